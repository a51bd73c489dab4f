"""The gate: who needs the interpreter for a frame says so, and the writer waits between two statements.

What lives here: one shared moment ("busy until"), and waiting for it with a floor, so that a key held down
cannot starve the sync, and not at all while somebody waits for the waiter. What may not: SQL, knowledge of
a screen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FLOOR_SECONDS = 0.25
"""After so long at the gate a waiter goes on, whatever is announced."""


class UiPriority:
    """A moment until which background work holds its breath; thread-safe, and cheap when open."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
        floor: float = FLOOR_SECONDS,
    ) -> None:
        self._monotonic = monotonic
        self._opened = threading.Event()
        self._sleep = sleep if sleep is not None else self._wait
        self._floor = floor
        self._until = 0.0
        self._is_awaited = False

    def hold(self, seconds: float) -> None:
        """Ask background work to rest for ``seconds`` from now; 0 opens the gate. The last call counts."""
        self._until = self._monotonic() + seconds if seconds > 0 else 0.0
        # Whoever waits looks again: it may be for less than was asked before.
        self._opened.set()

    def hurry(self, is_awaited: bool) -> None:
        """Whether the user waits behind whoever is at the gate; then nobody rests there."""
        self._is_awaited = is_awaited
        if is_awaited:
            self._opened.set()

    def pause(self) -> float:
        """Wait while the gate is held, at most the floor; how long it was, in seconds."""
        if self._until <= 0.0:
            return 0.0
        began = now = self._monotonic()
        last = began + self._floor
        while now < last:
            # Before looking: what is said between the look and the sleep must end the sleep.
            self._opened.clear()
            rest = min(self._until, last) - now
            if rest <= 0 or self._is_awaited:
                break
            self._sleep(rest)
            now = self._monotonic()
        return now - began

    def _wait(self, seconds: float) -> None:
        self._opened.wait(seconds)
