"""What the engine tells: awaited by whoever asked for it, or kept as news until the next prompt.

What lives here: waiting with an end, and events in words. What may not: printing; the engine's threads
would print into the line that is being typed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from imapcore.errors import GimapError
from imapcore.events import Alerted, Event, LinkChanged, MailArrived, OpRejected
from imapcore.model import LinkState
from tui.bridge.port import MailEngine
from tui.style.text import plural

_MOST_NEWS = 50


class _Expected:
    """An event that somebody waits for."""

    def __init__(self, is_it: Callable[[Event], bool]) -> None:
        self.is_it = is_it
        self.found: Event | None = None


class Hearing:
    """Listens to an engine; ``hear`` runs on its threads, all else on the one that talks."""

    def __init__(self, mail: MailEngine) -> None:
        self._changed = threading.Condition()
        self._expected: list[_Expected] = []
        self._news: deque[str] = deque(maxlen=_MOST_NEWS)
        self.close = mail.subscribe(self.hear)

    def hear(self, event: Event) -> None:
        """Hand an event to who waits for it; else keep what a person should be told."""
        with self._changed:
            waiting = [each for each in self._expected if each.found is None and each.is_it(event)]
            for each in waiting:
                each.found = event
            news = "" if waiting else news_of(event)
            if news and news not in self._news:
                self._news.append(news)
            self._changed.notify_all()

    def news(self) -> list[str]:
        """What has happened since the last call, oldest first."""
        with self._changed:
            told = list(self._news)
            self._news.clear()
        return told

    def ask(
        self, request: Callable[[], object], is_it: Callable[[Event], bool], seconds: float
    ) -> Event | None:
        """Ask for something and wait for the event that answers; None when it did not come in time."""
        expected = _Expected(is_it)
        with self._changed:
            self._expected.append(expected)
        try:
            request()
            with self._changed:
                self._changed.wait_for(lambda: expected.found is not None, seconds)
        finally:
            with self._changed:
                self._expected.remove(expected)
        return expected.found

    def wait(self, is_so: Callable[[], bool], seconds: float, step: float = 0.5) -> bool:
        """Wait until something holds, looked at after every event; whether it does now."""
        rounds = max(1, int(seconds / step))
        for _ in range(rounds):
            if is_so():
                return True
            with self._changed:
                self._changed.wait(step)
        return is_so()


def news_of(event: Event) -> str:
    """An event as a sentence; empty for what a person need not hear of."""
    match event:
        case MailArrived(count, sender, subject):
            return f"{plural(count, 'new message')}: {sender}, {subject}"
        case OpRejected(_, summary, title, detail, hint):
            return " ".join(part for part in (f"{title}: {summary}.", detail, hint) if part)
        case Alerted(title, detail, hint):
            return GimapError(detail, title=title, hint=hint).sentence()
        case LinkChanged(link) if link.title:
            way = "Type signin to type the password." if link.state is LinkState.SIGN_IN else ""
            told = GimapError(link.detail, title=link.title, hint=link.hint).sentence()
            return f"{told} {way}".strip()
        case _:
            return ""
