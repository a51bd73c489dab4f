"""``SpeedFloor``: whether an answer that keeps coming comes fast enough to be one.

A deadline between two bytes does not end an answer that drips, a byte a minute: nothing would be learnt of
the account for days, and the link be called live. So what arrives is measured in windows of time. What may
not be here: a socket, a wait.
"""

from __future__ import annotations

from collections.abc import Callable

from imapcore.clock import Clock
from imapcore.errors import Timeout
from imapcore.net.endpoint import Deadlines


class SpeedFloor:
    """Measures one answer; ``check`` after whatever was received.

    Within ``Deadlines.read`` a whole response must come, or ``Deadlines.slowest`` octets of one: a server may
    say "still searching" from time to time. Within ``Deadlines.command`` eight times as many must come, and
    something of what was asked for.
    """

    def __init__(
        self, deadlines: Deadlines, clock: Clock, octets: Callable[[], int], responses: Callable[[], int]
    ) -> None:
        self._deadlines = deadlines
        self._clock = clock
        self._octets = octets
        self._responses = responses
        now = clock.monotonic()
        self._short = (now, octets(), responses())
        self._long = (now, octets())
        self._useful_at = now

    def is_useful(self) -> None:
        """Something of what was asked for has come."""
        self._useful_at = self._clock.monotonic()

    def check(self) -> None:
        """Raises Timeout when too little has come for too long."""
        now, octets, responses = self._clock.monotonic(), self._octets(), self._responses()
        since, had_octets, had_responses = self._short
        if now - since >= self._deadlines.read:
            if responses == had_responses and octets - had_octets < self._deadlines.slowest:
                raise Timeout(f"only {octets - had_octets} octets came in {now - since:.0f} seconds")
            self._short = (now, octets, responses)
        since, had_octets = self._long
        if now - since >= self._deadlines.command:
            if octets - had_octets < 8 * self._deadlines.slowest:
                raise Timeout(f"only {octets - had_octets} octets came in {now - since:.0f} seconds")
            self._long = (now, octets)
        if now - self._useful_at >= self._deadlines.command:
            raise Timeout("what came was no answer to what was asked")
