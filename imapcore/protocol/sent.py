"""``Sent``: a command on its way, from the queue to its result."""

from __future__ import annotations

from typing import Generic, TypeVar

from imapcore.errors import GimapError, Interrupted, WrongState
from imapcore.protocol.commands.base import Collector, Command, Streaming
from imapcore.wire.encoder import Chunk
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Status

T = TypeVar("T", covariant=True)


class Sent(Generic[T]):
    """The handle ``Protocol.send`` returns. Ends with a result or an error, once."""

    __slots__ = (
        "_error",
        "_result",
        "collector",
        "command",
        "is_done",
        "is_out",
        "pending",
        "status",
        "tag",
        "unparsed",
    )

    def __init__(self, command: Command[T], collector: Collector[T]) -> None:
        self.command = command
        self.collector = collector
        self.tag: str | None = None
        """None while it waits for its turn."""
        self.pending: list[Chunk] = []
        """What must wait for the server's go-ahead."""
        self.status: Status | None = None
        """The tagged response, once it came."""
        self.unparsed = 0
        """Untagged responses that could not be read while it was in flight."""
        self.is_done = False
        self.is_out = False
        """Whether anything of it has been handed to the socket: before that nothing can be its answer."""
        self._result: list[T] = []
        self._error: GimapError | None = None

    @property
    def is_queued(self) -> bool:
        """Whether nothing of it has been sent."""
        return self.tag is None and not self.is_done

    @property
    def error(self) -> GimapError | None:
        """Why it failed, if it did."""
        return self._error

    def take(self) -> list[Fetched]:
        """Messages that arrived since the last call, for commands that stream; else none."""
        return self.collector.take() if isinstance(self.collector, Streaming) else []

    def result(self) -> T:
        """The result. Raises the command's error, or WrongState while it is still on its way."""
        if self._error is not None:
            raise self._error
        if not self.is_done:
            raise WrongState(f"{self.command.name} has not ended yet")
        return self._result[0]

    def succeed(self, status: Status) -> None:
        """End it well. For the protocol only."""
        self.status = status
        self._result.append(self.collector.result(status))
        self._end()

    def fail(self, error: GimapError, status: Status | None = None) -> None:
        """End it with an error. For the protocol only."""
        self.status = status
        self._error = error
        self._end()

    def cancel(self) -> bool:
        """Give up a command of which nothing has been sent; False when it is too late for that."""
        if self.is_queued:
            self.fail(Interrupted("given up before it was sent"))
        return self.tag is None

    def _end(self) -> None:
        self.pending = []
        self.is_done = True

    def __repr__(self) -> str:
        where = "done" if self.is_done else "queued" if self.tag is None else "in flight"
        return f"Sent({self.tag}, {self.command.name}, {where})"
