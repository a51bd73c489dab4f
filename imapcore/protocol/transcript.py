"""What was said, for a person to read: the last lines of the conversation, redacted.

What is said never brings a secret here: the protocol hands in ``Chunk``s that say of themselves whether they
are secret. What is heard may repeat one; that is taken out when lines are read, since few ever are. Received
lines are kept only up to a length, literals left out, so no mail ends up in a report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from imapcore.protocol.redaction import HIDDEN, Redactor
from imapcore.protocol.refusals import sanitize
from imapcore.wire.encoder import Chunk
from imapcore.wire.framing import Frame

LINE_MAX = 300
"""Bytes kept of a line."""


class Transcript:
    """The last ``capacity`` lines of one or several connections. Safe to read from another thread."""

    __slots__ = ("_lines", "redactor")

    def __init__(self, capacity: int = 500) -> None:
        self._lines: deque[tuple[str, bytes]] = deque(maxlen=capacity)
        self.redactor = Redactor()
        """Knows the secrets that were sent on any of the connections."""

    def sent(self, chunks: Sequence[Chunk]) -> None:
        """Note what the client says, without its secrets."""
        for chunk in chunks:
            if chunk.is_secret:
                self.redactor.learn(chunk.data)
        if self._lines.maxlen == 0:
            return
        line = b"".join([HIDDEN.encode() if chunk.is_secret else chunk.data[:LINE_MAX] for chunk in chunks])
        self._lines.append(("C", line[: 2 * LINE_MAX]))

    def received(self, frame: Frame) -> None:
        """Note what the server says, without the bytes of its literals."""
        # Beyond the cut, as far as a secret reaches that begins before it; a blank may follow each octet.
        most = LINE_MAX + 2 * self.redactor.longest
        if not frame.literals:
            self._lines.append(("S", frame.raw[:most]))
            return
        pieces = []
        at = 0
        for start, end in frame.literals[:20]:
            pieces.append(frame.raw[at:start][:most])
            at = end
        pieces.append(frame.raw[at : at + most])
        self._lines.append(("S", b" ".join(pieces)[:most]))

    def noted(self, text: str) -> None:
        """Note something that is neither said nor heard: connected, TLS agreed on, lost."""
        self._lines.append(("*", text.encode("utf-8", "replace")))

    def lines(self, limit: int = 500) -> tuple[str, ...]:
        """The newest ``limit`` lines, oldest first: ``C: A1 NOOP``, ``S: A1 OK``, ``*: connected``."""
        # copy() runs without giving up the interpreter, so a line noted meanwhile does not disturb it.
        kept = list(self._lines.copy())
        wanted = kept[-limit:] if limit > 0 else []
        return tuple(f"{who}: {self._readable(who, line)}" for who, line in wanted)

    def _readable(self, who: str, line: bytes) -> str:
        heard = self.redactor.octets(line)[:LINE_MAX] if who == "S" else line
        return sanitize(heard.decode("utf-8", "replace"))
