"""Events on their way to the listeners: few, bare, in order, on one thread.

What lives here: the queue of what must be told, the set of hints that are merged, and the thread that
tells. What may not: knowledge of any event's meaning but whether it is a hint. A burst of ten thousand
changes is told at most some twenty times a second; anything that is no hint is told at once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from imapcore.clock import Clock, SystemClock
from imapcore.events import Event, MailboxesChanged, MessagesChanged, Progressed

Listener = Callable[[Event], None]

HINTS = (MessagesChanged, MailboxesChanged, Progressed)
"""Events that lose nothing when several are merged into one."""

HINT_SECONDS = 0.05
"""The shortest time between two deliveries of hints: a frame or two."""

JOIN_SECONDS = 1.0


class EventQueue:
    """Owner of the thread ``hub``; ``tell`` may be called from anywhere and never waits for a listener."""

    def __init__(self, *, clock: Clock | None = None, hint_seconds: float = HINT_SECONDS) -> None:
        self._clock = clock or SystemClock()
        self._hint_seconds = hint_seconds
        self._ready = threading.Condition()
        self._listeners: list[Listener] = []
        self._queue: deque[Event] = deque()
        self._hints: dict[Event, None] = {}
        self._hints_at = 0.0
        self.views_changed = 0
        """How often rows or the tree were said to have changed: who looked since has seen all of it."""
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver what is queued, then end the thread."""
        with self._ready:
            self._is_stopping = True
            self._ready.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hand every further event to ``listener``, on the hub's thread; returns what ends it."""
        with self._ready:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._ready:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def tell(self, event: Event) -> None:
        """Queue an event; a hint that is queued already is not queued twice."""
        with self._ready:
            if self._is_stopping:
                return
            if isinstance(event, HINTS):
                self._hints[event] = None
                self.views_changed += not isinstance(event, Progressed)
            else:
                self._queue.append(event)
            self._ready.notify_all()

    def _run(self) -> None:
        while True:
            with self._ready:
                while not (events := self._due()):
                    if self._is_stopping:
                        return
                    self._ready.wait(self._rest())
                listeners = tuple(self._listeners)
            for event in events:
                for listener in listeners:
                    listener(event)

    def _due(self) -> list[Event]:
        events: list[Event] = []
        now = self._clock.monotonic()
        if self._hints and (now >= self._hints_at or self._is_stopping):
            events.extend(self._hints)
            self._hints.clear()
            self._hints_at = now + self._hint_seconds
        events.extend(self._queue)
        self._queue.clear()
        return events

    def _rest(self) -> float | None:
        return max(0.001, self._hints_at - self._clock.monotonic()) if self._hints else None
