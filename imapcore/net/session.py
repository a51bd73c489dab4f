"""A session: one daemon thread that owns one connection and works off an inbox.

The thread is the only one to touch its connection; others put work into the inbox, ``knock`` it awake, or
stop it. What the session does with its time is the subclass's (see ``imapcore.sync``); this file knows how
it starts, is asked, is interrupted and ends.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

ItemT = TypeVar("ItemT")


class Interruptible(Protocol):
    """What a session may be blocked in: a connection."""

    def interrupt(self) -> None:
        """End whatever the owner waits for, for good; any thread."""

    def wake(self) -> None:
        """End a wait for news; any thread."""


class Session(Generic[ItemT]):
    """An owner thread with an inbox; ``run`` is called on it and must return soon after ``is_stopping``."""

    def __init__(
        self, name: str, run: Callable[[], None], *, on_crash: Callable[[BaseException], None]
    ) -> None:
        self._run = run
        self._on_crash = on_crash
        self._inbox: queue.SimpleQueue[ItemT | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._blocked_in: Interruptible | None = None
        self._thread = threading.Thread(target=self._main, name=f"session:{name}", daemon=True)

    # -- for others -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def post(self, item: ItemT) -> None:
        """Put work into the inbox and wake the session if it waits for news."""
        self._inbox.put(item)
        self.knock()

    def knock(self) -> None:
        """Wake the session without giving it work."""
        self._inbox.put(None)
        with self._lock:
            if self._blocked_in is not None:
                self._blocked_in.wake()

    def stop(self) -> None:
        """Ask it to end: interrupts whatever it is blocked in. Returns at once; see ``join``."""
        self._stopping.set()
        self._inbox.put(None)
        with self._lock:
            if self._blocked_in is not None:
                self._blocked_in.interrupt()

    def join(self, timeout: float) -> bool:
        """Wait for the end; False when it is still running after ``timeout`` seconds."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # -- for the owner thread ---------------------------------------------------------------------------

    @property
    def is_stopping(self) -> bool:
        """Whether the session was asked to end."""
        return self._stopping.is_set()

    def block_in(self, connection: Interruptible | None) -> None:
        """Say what an interrupt must reach from now on; None while there is no connection."""
        with self._lock:
            self._blocked_in = connection
            if connection is not None and self._stopping.is_set():
                connection.interrupt()

    def take(self, timeout: float) -> ItemT | None:
        """The next item; None after ``timeout`` seconds, a knock, or when asked to stop."""
        if self._stopping.is_set():
            return None
        try:
            return self._inbox.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None

    def take_all(self) -> list[ItemT]:
        """Everything in the inbox, without waiting."""
        items: list[ItemT] = []
        while True:
            try:
                item = self._inbox.get_nowait()
            except queue.Empty:
                return items
            if item is not None:
                items.append(item)

    def _main(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 - a thread's end must be told, whatever it was
            self._on_crash(error)
