"""From engine events to Textual messages: the only file that knows both.

Events arrive on the engine's threads, at a full-speed sync thousands a second. Hints only set a flag, and a
flag wakes the screen at most ten times a second; ``can_replace`` alone would not do, since posting itself
costs the interpreter lock. Events that carry something are posted one by one: they are few.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from imapcore.events import Event, MailboxesChanged, MessagesChanged, Progressed
from tui.bridge.messages import EngineSpoke, MailHinted

if TYPE_CHECKING:
    from textual.message import Message

HINTS_PER_SECOND = 10
"""How often, at most, the screen looks again for the sake of hints."""


class Bridge:
    """Hands events on to one message pump; thread-safe on the engine's side."""

    def __init__(
        self,
        post: Callable[[Message], bool],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        """``post`` must be thread-safe; ``later`` is called in the UI thread only, with seconds to wait."""
        self._post = post
        self._later = later
        self._lock = threading.Lock()
        self._is_dirty = False
        self._is_asleep = True

    def listen(self, event: Event) -> None:
        """Take an event, on any thread."""
        if isinstance(event, MessagesChanged | MailboxesChanged | Progressed):
            with self._lock:
                self._is_dirty = True
                wakes = self._is_asleep
                self._is_asleep = False
            if wakes:
                self._post(MailHinted())
        else:
            self._post(EngineSpoke(event))

    def hint_taken(self) -> None:
        """Told by the UI thread when it begins to look again: the next hint waits a tenth of a second."""
        with self._lock:
            self._is_dirty = False
        self._later(1 / HINTS_PER_SECOND, self._wake)

    def _wake(self) -> None:
        with self._lock:
            wakes = self._is_dirty
            self._is_asleep = not wakes
        if wakes:
            self._post(MailHinted())
