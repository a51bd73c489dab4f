"""What needs the server: ``sync``, ``watch``, ``--server``; and waiting for it, always with an end."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable

from imapcore.engine import Engine
from imapcore.engine.stored_mail import StoredMail
from imapcore.errors import GimapError, LinkError
from imapcore.events import BodyArrived, BodyFailed, Event, SearchProgressed
from imapcore.model import Body, LinkState, View
from tui.cli.output import message_json
from tui.cli.targets import note
from tui.style.text import plural, when_in_full

SENDING_SECONDS = 20.0
SYNC_SECONDS = 3600.0
SEARCH_SECONDS = 60.0
BODY_SECONDS = 30.0
_STEP_SECONDS = 0.5
_HOPELESS = (LinkState.SIGN_IN, LinkState.STOPPED, LinkState.OFFLINE)


class Waiting:
    """Waits for an engine's events, and looks again after each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._unsubscribe = engine.subscribe(self._hear)

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *_: object) -> None:
        self._unsubscribe()

    def _hear(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def heard(self, is_it: Callable[[Event], bool]) -> Event | None:
        """The first event of a kind so far."""
        with self._changed:
            return next((event for event in self._events if is_it(event)), None)

    def until(self, is_so: Callable[[], bool], seconds: float, *, gives_up: bool = True) -> bool:
        """Wait until something holds; ends early where the link is beyond help."""
        for _ in range(max(1, int(seconds / _STEP_SECONDS))):
            if is_so():
                return True
            if gives_up and self._engine.link().state in _HOPELESS:
                return is_so()
            with self._changed:
                self._changed.wait(_STEP_SECONDS)
                del self._events[:-200]
        return is_so()


def link_problem(engine: Engine) -> GimapError:
    """Why there is no link, as an error to raise."""
    link = engine.link()
    return LinkError(link.detail, title=link.title or "Gmail did not answer in time", hint=link.hint)


def wait_until_sent(engine: Engine, *, is_offline: bool) -> bool:
    """Wait for a moment until nothing is pending; whether it is so."""
    if is_offline:
        return not engine.progress().pending_ops
    with Waiting(engine) as waiting:
        engine.connect()
        return waiting.until(lambda: not engine.progress().pending_ops, SENDING_SECONDS)


def sync(engine: Engine, options: argparse.Namespace) -> int:
    """Fetch what is new, send what is pending."""

    def is_done() -> bool:
        if engine.link().state is not LinkState.LIVE:
            return False
        progress = engine.progress()
        return progress.total > 0 and not progress.is_syncing and not progress.pending_ops

    with Waiting(engine) as waiting:
        engine.connect()
        if not waiting.until(is_done, SYNC_SECONDS):
            raise link_problem(engine)
    if not options.json:
        print(f"{plural(engine.progress().stored, 'message')} stored")
    return 0


def search(engine: Engine, query: str) -> list[int]:
    """Let Gmail search; the conversations it found, newest first."""
    view = View.of_search(query)

    def is_it(event: Event) -> bool:
        return isinstance(event, SearchProgressed) and event.query == query and event.is_done

    with Waiting(engine) as waiting:
        engine.connect()
        if not waiting.until(lambda: engine.link().state is LinkState.LIVE, SEARCH_SECONDS):
            raise link_problem(engine)
        engine.open(view)
        waiting.until(lambda: waiting.heard(is_it) is not None, SEARCH_SECONDS)
        done = waiting.heard(is_it)
    if not isinstance(done, SearchProgressed) or done.is_offline or done.problem:
        detail = done.problem if isinstance(done, SearchProgressed) else ""
        raise LinkError(
            detail, title="Gmail has not answered the search", hint="Without --server the store answers"
        )
    total = engine.window(view, size=1).total
    rows = engine.window(view, size=max(1, total)).rows
    return list(dict.fromkeys(row.thrid for row in rows))


def body_of(engine: Engine, msgid: int, *, is_offline: bool) -> Body | None:
    """A message's content, fetched where it is not stored; None where it cannot be had."""
    body = engine.body(msgid)
    if body is not None or is_offline or engine.is_read_only:
        return body

    def is_it(event: Event) -> bool:
        return isinstance(event, BodyArrived | BodyFailed) and event.msgid == msgid

    with Waiting(engine) as waiting:
        engine.connect()
        if waiting.until(lambda: engine.link().state is LinkState.LIVE, BODY_SECONDS):
            engine.open_body(msgid)
            waiting.until(lambda: waiting.heard(is_it) is not None, BODY_SECONDS)
    return engine.body(msgid)


def watch(engine: Engine, mail: StoredMail, options: argparse.Namespace) -> int:
    """Print a line for each message that reaches the inbox unread, until Ctrl+C; beside the app, too."""
    known = set(mail.unread_in_inbox())
    with Waiting(engine) as waiting:
        if not options.offline:
            engine.connect()
        while True:
            seen = engine.views_changed
            fresh = [msgid for msgid in mail.unread_in_inbox() if msgid not in known]
            for message in reversed(mail.messages(fresh)):
                known.add(message.msgid)
                if options.json:
                    print(message_json(message, None, "arrival"), flush=True)
                else:
                    sender = message.sender.name or message.sender.email
                    print(f"{when_in_full(message.date)}  {sender}  {message.subject}", flush=True)
            if engine.link().state in (LinkState.SIGN_IN, LinkState.STOPPED):
                note(link_problem(engine).sentence())
                return 1
            waiting.until(_is_other(engine, seen), 60.0, gives_up=False)


def _is_other(engine: Engine, seen: int) -> Callable[[], bool]:
    return lambda: engine.views_changed != seen
