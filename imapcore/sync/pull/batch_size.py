"""How much to ask for at once, and how long to rest between: adapts to latency and to Gmail's wishes.

What lives here: two numbers, the size of a batch and the pause after it, and how each answer moves them.
What may not: waiting, a clock, a connection. Gmail marks an answer it gave reluctantly with
``[THROTTLED]``; the pause then doubles from a second to half a minute and shrinks by a quarter with each
clean answer.
"""

from __future__ import annotations

SMALLEST = 10
LARGEST = 500
FIRST = 100
"""Messages per FETCH: the first batch must be there soon, whatever the link."""

QUICK_SECONDS = 0.4
"""A batch that took less may be twice as large."""
SLOW_SECONDS = 1.5
"""A batch that took longer is halved: what the user opens must not wait behind it."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


class BatchSize:
    """The batch size and the pause of one account; used by one thread at a time."""

    def __init__(self, *, first: int = FIRST, largest: int = LARGEST) -> None:
        self._largest = largest
        self._size = min(first, largest)
        self._pause = 0.0

    @property
    def size(self) -> int:
        """Messages to ask for in the next batch."""
        return self._size

    @property
    def pause(self) -> float:
        """Seconds to rest before the next batch; 0 when the server is at ease."""
        return self._pause

    @property
    def is_throttled(self) -> bool:
        """Whether the server asked to slow down, not long ago."""
        return self._pause > 0

    def answered(self, messages: int, seconds: float, *, is_throttled: bool = False) -> None:
        """A batch of ``messages`` took ``seconds`` until it was stored."""
        if is_throttled:
            self.throttled()
            return
        self._pause = self._pause * 0.75 if self._pause > FIRST_PAUSE / 4 else 0.0
        if seconds > SLOW_SECONDS:
            self._size = max(SMALLEST, self._size // 2)
        elif seconds < QUICK_SECONDS and messages >= self._size:
            self._size = min(self._largest, self._size * 2)

    def throttled(self) -> None:
        """The server asked to slow down."""
        self._pause = min(LONGEST_PAUSE, self._pause * 2 if self._pause else FIRST_PAUSE)
        self._size = max(SMALLEST, self._size // 2)

    def failed(self) -> None:
        """A batch was refused as a whole: ask for less."""
        self._size = max(1, self._size // 2)
