"""The clock as a seam: production reads the machine's, tests turn the hands themselves.

Only rooms that do IO (net, store, sync, engine) may hold a clock; wire, protocol and mime are
given times as arguments.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two readings of time; nothing else in imapcore asks the operating system for it."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC (may jump: suspend, NTP)."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; for deadlines."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now_ms: int = 1_795_251_600_000) -> None:
        self._now_ms = now_ms
        self._monotonic = 1000.0

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return self._now_ms

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both readings forward."""
        self._now_ms += int(seconds * 1000)
        self._monotonic += seconds
