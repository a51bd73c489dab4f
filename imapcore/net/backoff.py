"""How long to wait before trying again: doubling, with jitter, longer where the server asks for rest.

Values in, seconds out: no clock and no sleep here.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from imapcore.errors import GimapError, OverQuota, Throttled, TooManyConnections

FLOORS: tuple[tuple[type[GimapError], float], ...] = (
    (OverQuota, 900.0),
    (Throttled, 60.0),
    (TooManyConnections, 60.0),
)
"""Seconds to wait at least after an error of a kind, however few there were; the first that fits counts."""


class Backoff:
    """The pauses between attempts. ``reset`` when one went well.

    ``chance`` gives a number in [0, 1); half of each pause is left to it, so that many clients cut off at one
    moment do not all come back at one moment.
    """

    def __init__(
        self, initial: float = 1.0, maximum: float = 300.0, *, chance: Callable[[], float] = random.random
    ) -> None:
        self._initial = initial
        self._maximum = maximum
        self._chance = chance
        self._attempts = 0

    def reset(self) -> None:
        """The next pause is short again."""
        self._attempts = 0

    def next_pause(self, error: GimapError | None = None) -> float:
        """Seconds to wait now, after one more failure."""
        pause = min(self._maximum, self._initial * 2.0 ** min(self._attempts, 30))
        self._attempts += 1
        floor = next((seconds for kind, seconds in FLOORS if isinstance(error, kind)), 0.0)
        pause = max(pause, floor)
        return pause / 2 + pause / 2 * self._chance() if floor == 0 else pause * (1 + self._chance() / 4)
