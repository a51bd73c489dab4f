"""``Wakeup``: how any thread reaches one that waits for a socket.

Every wait of ``stream`` watches a pipe besides the socket. ``wake`` ends the present wait, or the next one,
once, and means "look at your inbox"; ``interrupt`` ends every wait from then on and means "stop"; ``limit``
gives the present connection no longer than that to say anything, and means "there may be nobody at the other
end". A wait is over within the time the operating system needs to run the waiting thread.
"""

from __future__ import annotations

import socket
import threading


class Wakeup:
    """A pipe with a meaning. One waits on it, anybody rings."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._lock = threading.Lock()
        self._is_interrupted = False
        self._is_woken = False
        self._is_closed = False
        self._limit: float | None = None

    def fileno(self) -> int:
        """What to wait on; readable when somebody rang."""
        return self._reader.fileno()

    @property
    def is_interrupted(self) -> bool:
        """Whether everything must stop."""
        return self._is_interrupted

    def wake(self) -> None:
        """From any thread: end the present wait, or the next."""
        with self._lock:
            if not self._is_woken:
                self._is_woken = True
                self._ring()

    def interrupt(self) -> None:
        """From any thread: end every wait, now and from now on."""
        with self._lock:
            self._is_interrupted = True
            self._ring()

    def limit(self, moment: float) -> None:
        """From any thread: unless something comes before this moment, the connection is given up."""
        with self._lock:
            self._limit = moment
            self._ring()

    @property
    def limited_to(self) -> float | None:
        """The moment until which something has to come."""
        return self._limit

    def lift_limit(self) -> None:
        """By the waiter: something has come, or another connection is begun."""
        self._limit = None

    def _ring(self) -> None:
        if self._is_closed:
            return
        try:
            self._writer.send(b"\0")
        except BlockingIOError:
            # The pipe is full of earlier rings: the waiter will wake all the same.
            return

    def drain(self) -> None:
        """By the waiter: empty the pipe. Who rang is remembered, so that a wait in between loses nothing."""
        with self._lock:
            if self._is_interrupted or self._is_closed:
                return
            try:
                self._reader.recv(64)
            except BlockingIOError:
                return

    def take(self) -> bool:
        """By the waiter: whether ``wake`` was called since the last time it was asked."""
        with self._lock:
            was_woken, self._is_woken = self._is_woken, False
            return was_woken

    def close(self) -> None:
        """By the owner, when nobody waits any more."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._reader.close()
                self._writer.close()
