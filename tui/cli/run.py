"""One verb of the command line, from its words to its exit code."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from imapcore.engine.stored_mail import StoredMail
from imapcore.model import Account, Message, Thread
from tui.cli.look import NOTHING_FOUND, count, limited, list_them, tell_count, tell_threads
from tui.cli.parser import BY_NAME
from tui.cli.targets import are_ids, meant, note, read_id, threads, warned

if TYPE_CHECKING:
    from imapcore.engine import Engine

APP_IS_OPEN = 4
_SAID = "The app has this account open, so nothing can be changed from here: do it there, or quit it first"


class Opening:
    """How an engine on this account is opened; only what needs one loads it."""

    def __init__(
        self,
        account: Account,
        secret: Callable[[], str] | None,
        *,
        is_token: bool,
        data_dir: Path | None = None,
    ) -> None:
        self.account = account
        self.secret = secret
        self.is_token = is_token
        self.data_dir = data_dir


def run(options: argparse.Namespace, opening: Opening) -> int:
    """Do what the verb says. Raises GimapError for what cannot be done."""
    verb = BY_NAME[options.verb]
    if verb.name == "sync":
        return _sync(options, opening)
    with StoredMail(opening.account, opening.data_dir) as mail:
        if verb.is_change:
            return _change(mail, options, opening)
        if verb.name == "watch":
            return _watch(mail, options, opening)
        if verb.name == "show":
            return _show(mail, options, opening)
        if options.server:
            return _ask_server(mail, options, opening)
        if verb.name == "count":
            return count(mail, options)
        return list_them(mail, options, _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _engine(
    stack: ExitStack, options: argparse.Namespace, opening: Opening, *, fetches_all: bool = False
) -> Engine:
    # Late: looking at what is stored needs none of it.
    from imapcore.engine import Engine, EngineOptions

    # It connects when it is told to; what is only noted or read needs no connection.
    settings = EngineOptions(
        is_offline=options.offline, backfill=fetches_all, snippet_messages=0, head_start_seconds=86_400.0
    )
    return stack.enter_context(
        Engine(
            opening.account,
            secret=opening.secret,
            is_token=opening.is_token,
            data_dir=opening.data_dir,
            options=settings,
        )
    )


def _change(mail: StoredMail, options: argparse.Namespace, opening: Opening) -> int:
    from tui.cli.change import change, ops_of, tell_plan, undo

    if getattr(options, "dry_run", False):
        return tell_plan(mail, options)
    ops = ops_of(mail, options) if options.verb != "undo" else []
    if not ops and options.verb != "undo":
        note("Nothing was found, so nothing was changed")
        return NOTHING_FOUND
    with ExitStack() as stack:
        engine = _engine(stack, options, opening)
        if engine.is_read_only:
            note(_SAID)
            return APP_IS_OPEN
        return undo(engine, options) if options.verb == "undo" else change(engine, ops, options)


def _sync(options: argparse.Namespace, opening: Opening) -> int:
    from tui.cli.server import sync

    with ExitStack() as stack:
        engine = _engine(stack, options, opening, fetches_all=True)
        if engine.is_read_only:
            note("The app has this account open and keeps it in step")
            return APP_IS_OPEN
        return sync(engine, options)


def _watch(mail: StoredMail, options: argparse.Namespace, opening: Opening) -> int:
    from tui.cli.server import watch

    with ExitStack() as stack:
        return watch(_engine(stack, options, opening, fetches_all=True), mail, options)


def _ask_server(mail: StoredMail, options: argparse.Namespace, opening: Opening) -> int:
    from tui.cli.server import search

    query = warned(mail, options.words)
    with ExitStack() as stack:
        engine = _engine(stack, options, opening)
        if engine.is_read_only:
            note("The app has this account open: search there, or leave --server out")
            return APP_IS_OPEN
        thrids = search(engine, query)
        if options.verb == "count":
            tell_count(options, len(thrids))
            return 0
        return tell_threads(mail, thrids, options, _now_ms())


def _show(mail: StoredMail, options: argparse.Namespace, opening: Opening) -> int:
    from tui.cli.output import message_json, message_lines
    from tui.cli.server import body_of

    chosen = limited(meant(mail, options.words), options)
    with ExitStack() as stack:
        engine = _engine(stack, options, opening)
        for thread, _view in threads(mail, chosen):
            for message in _wanted(mail, options, thread):
                body = body_of(engine, message.msgid, is_offline=options.offline)
                if options.json:
                    print(message_json(message, body))
                else:
                    print("\n".join(message_lines(message, body)))
    return 0 if chosen else NOTHING_FOUND


def _wanted(mail: StoredMail, options: argparse.Namespace, thread: Thread) -> tuple[Message, ...]:
    """All messages of a conversation, or those whose own ids were typed."""
    if not are_ids(options.words):
        return thread.messages
    numbers = {number for word in options.words for number in read_id(word)}
    if thread.thrid in numbers:
        return thread.messages
    return tuple(each for each in thread.messages if each.msgid in numbers)
