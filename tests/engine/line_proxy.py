"""A link on which one line of one answer is lost, doubled, late, or broken: a proxy between engine and
server.

A line is a whole response: where it announces a literal, the literal and what follows belong to it. Lines are
counted over all connections in the order they come; what is said to a connection stays in order, but for the
one line.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from enum import StrEnum

from tests.engine.proxy import Proxy, Way

_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


class Harm(StrEnum):
    """What happens to the line."""

    DROPPED = "dropped"
    REPEATED = "repeated"
    SWAPPED = "swapped"
    """It comes after the one that follows it at once; by itself it is only late."""
    SHORTENED = "shortened"
    """Its second half is missing."""
    GARBLED = "garbled"
    """Its middle says something else."""
    QUOTED = "quoted"
    """A quote in its middle opens a string that nothing closes."""
    DELAYED = "delayed"
    """It comes with the next octets of the connection; if there are none, never."""


class LineProxy(Proxy):
    """Does one harm to the ``at``-th line of the server's; -1 for none. ``lines`` is how many there were."""

    def __init__(self, port: int, *, at: int = -1, harm: Harm = Harm.DROPPED) -> None:
        super().__init__(port)
        self._at = at
        self._harm = harm
        self._partial: dict[socket.socket, bytes] = {}
        self._late: dict[socket.socket, bytes] = {}
        self.lines = 0
        self.harmed = b""
        """The line that was harmed, as the server said it."""

    def _seen(self, source: socket.socket, way: Way, data: bytes) -> bytes:
        if way is not Way.TO_CLIENT:
            return data
        lines, self._partial[source] = split(self._partial.get(source, b"") + data)
        passed: list[bytes] = []
        for line in lines:
            is_harmed = self.lines == self._at
            self.lines += 1
            if is_harmed:
                self.harmed = line
                passed.extend(self._harmed(source, line))
            else:
                passed.append(line)
                if self._harm is Harm.SWAPPED:
                    passed.append(self._late.pop(source, b""))
        if self._harm is Harm.DELAYED and not self.harmed.endswith(lines[-1] if lines else b"\0"):
            passed.insert(0, self._late.pop(source, b""))
        return b"".join(passed)

    def _harmed(self, source: socket.socket, line: bytes) -> list[bytes]:
        text = line.removesuffix(b"\r\n")
        third = len(text) // 3
        match self._harm:
            case Harm.DROPPED:
                return []
            case Harm.REPEATED:
                return [line, line]
            case Harm.SWAPPED | Harm.DELAYED:
                self._late[source] = line
                return []
            case Harm.SHORTENED:
                return [text[: len(text) // 2] + b"\r\n"]
            case Harm.GARBLED:
                return [text[:third] + b"#" * third + text[2 * third :] + b"\r\n"]
            case Harm.QUOTED:
                return [text[: len(text) // 2] + b'"' + text[len(text) // 2 :] + b"\r\n"]


class Rewriter(Proxy):
    """Says other lines than the server did: ``rewrite`` is given each, and returns what is passed on."""

    def __init__(self, port: int, rewrite: Callable[[bytes], bytes]) -> None:
        super().__init__(port)
        self.rewrite = rewrite
        self._partial: dict[socket.socket, bytes] = {}

    def _seen(self, source: socket.socket, way: Way, data: bytes) -> bytes:
        if way is not Way.TO_CLIENT:
            return data
        lines, self._partial[source] = split(self._partial.get(source, b"") + data)
        return b"".join(self.rewrite(line) for line in lines)


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """Whole responses, and the beginning of the next."""
    lines: list[bytes] = []
    start = at = 0
    while (end := data.find(b"\r\n", at)) >= 0:
        literal = _LITERAL.search(data, max(at, end - 24), end + 2)
        at = end + 2
        if literal is not None and data[start : start + 2] == b"* ":
            at += int(literal[1])
            if at > len(data):
                break
            continue
        lines.append(data[start:at])
        start = at
    return lines, data[start:]
