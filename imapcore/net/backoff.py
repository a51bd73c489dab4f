"""How long to wait before trying again: exponential with full jitter, bounded, and resettable.

Pure but for the random source, which is handed in; the caller does the waiting.
"""

from __future__ import annotations

import random


class Backoff:
    """Delays that double from ``first`` to ``most`` seconds, each drawn at random from the upper half.

    Jitter keeps many clients from coming back in step after an outage; the lower bound of one half
    keeps a lucky draw from hammering a server that asked for rest.
    """

    def __init__(
        self, first: float = 1.0, most: float = 120.0, *, source: random.Random | None = None
    ) -> None:
        self._first = first
        self._most = most
        self._random = source or random.Random()
        self._attempt = 0

    @property
    def attempts(self) -> int:
        """Delays handed out since the last success."""
        return self._attempt

    def next_delay(self, *, at_least: float = 0.0) -> float:
        """Seconds to wait now; ``at_least`` is a floor, e.g. after [THROTTLED]."""
        ceiling = min(self._most, self._first * 2.0 ** min(self._attempt, 32))
        self._attempt += 1
        return max(at_least, ceiling * (0.5 + 0.5 * self._random.random()))

    def reset(self) -> None:
        """It worked: the next failure starts from ``first`` again."""
        self._attempt = 0
