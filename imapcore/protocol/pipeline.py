"""``Pipeline``: the commands in flight and those that wait for their turn (RFC 9051 §5.5).

Which may share the line is decided by the table of commands and by each command's ``conflicts_with``. Nobody
overtakes: a command that must wait holds those behind it, so they arrive in the order they were given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from imapcore.protocol.commands.base import Command
from imapcore.protocol.commands.table import rule_of
from imapcore.protocol.sent import Sent
from imapcore.wire.responses import Response

DEPTH = 8
"""Commands in flight at most: Gmail dislikes more."""


class Pipeline:
    """At most ``depth`` commands in flight, any number behind them; iterates over those in flight."""

    __slots__ = ("_depth", "_flight", "_queue")

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._queue: deque[Sent[Any]] = deque()
        self._flight: list[Sent[Any]] = []

    def all_out(self) -> None:
        """What is in flight has been handed to the socket."""
        for sent in self._flight:
            sent.is_out = True

    def __iter__(self) -> Iterator[Sent[Any]]:
        return iter(self._flight)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in flight and nothing waits."""
        return not (self._flight or self._queue)

    def has_any_but(self, *kinds: type[Command[Any]]) -> bool:
        """Whether a command of another kind than these is in flight or waits."""
        return any(not isinstance(sent.command, kinds) for sent in (*self._flight, *self._queue))

    def add(self, sent: Sent[Any]) -> None:
        """Put a command behind all others."""
        self._queue.append(sent)

    def next_ready(self) -> Sent[Any] | None:
        """Take the next command that may go now out of the queue; those given up meanwhile are dropped."""
        while self._queue:
            if not (self._queue[0].is_done or self._may_start(self._queue[0].command)):
                return None
            sent = self._queue.popleft()
            if not sent.is_done:
                return sent
        return None

    def _may_start(self, command: Command[Any]) -> bool:
        if not self._flight:
            return True
        if len(self._flight) >= self._depth or rule_of(command).is_alone:
            return False
        return not any(
            earlier.pending or rule_of(earlier.command).is_alone or command.conflicts_with(earlier.command)
            for earlier in self._flight
        )

    def launch(self, sent: Sent[Any]) -> None:
        """It is on its way."""
        self._flight.append(sent)

    def land(self, sent: Sent[Any]) -> None:
        """Its answer has come."""
        self._flight.remove(sent)

    def find(self, tag: str | None) -> Sent[Any] | None:
        """The command in flight with a tag."""
        return next((sent for sent in self._flight if sent.tag == tag), None)

    def first(self, kind: type[Command[Any]]) -> Sent[Any] | None:
        """The oldest command of a kind in flight."""
        return next((sent for sent in self._flight if isinstance(sent.command, kind)), None)

    def offer(self, response: Response) -> bool:
        """Show an untagged response to the commands in flight, oldest first; whether one took it."""
        for sent in self._flight:  # noqa: SIM110 - called for every line: a generator costs more than the rest
            if sent.is_out and sent.collector.accepts(response):
                return True
        return False

    def clear(self) -> list[Sent[Any]]:
        """Give up everything; returns what was in flight, then what waited."""
        unfinished = [*self._flight, *self._queue]
        self._flight.clear()
        self._queue.clear()
        return unfinished
