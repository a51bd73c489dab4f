"""What was said, for a person to read: the last lines of the conversation, redacted.

Secrets never get here: the protocol hands in ``Chunk``s that say of themselves whether they are secret, and
received lines only up to a length, literals left out, so no mail ends up in a report. Lines are kept as
bytes and made readable when they are looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from imapcore.protocol.refusals import sanitize
from imapcore.wire.encoder import Chunk
from imapcore.wire.framing import Frame

LINE_MAX = 300
"""Bytes kept of a line."""

HIDDEN = b"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"


class Transcript:
    """The last ``capacity`` lines of one or several connections. Safe to read from another thread."""

    __slots__ = ("_lines",)

    def __init__(self, capacity: int = 500) -> None:
        self._lines: deque[tuple[str, bytes]] = deque(maxlen=capacity)

    def sent(self, chunks: Sequence[Chunk]) -> None:
        """Note what the client says, without its secrets."""
        if self._lines.maxlen == 0:
            return
        line = b"".join([HIDDEN if chunk.is_secret else chunk.data[:LINE_MAX] for chunk in chunks])
        self._lines.append(("C", line[: 2 * LINE_MAX]))

    def received(self, frame: Frame) -> None:
        """Note what the server says, without the bytes of its literals."""
        if not frame.literals:
            self._lines.append(("S", frame.raw[:LINE_MAX]))
            return
        pieces = []
        at = 0
        for start, end in frame.literals[:20]:
            pieces.append(frame.raw[at:start][:LINE_MAX])
            at = end
        pieces.append(frame.raw[at : at + LINE_MAX])
        self._lines.append(("S", b" ".join(pieces)[:LINE_MAX]))

    def noted(self, text: str) -> None:
        """Note something that is neither said nor heard: connected, TLS agreed on, lost."""
        self._lines.append(("*", text.encode("utf-8", "replace")))

    def lines(self, limit: int = 500) -> tuple[str, ...]:
        """The newest ``limit`` lines, oldest first: ``C: A1 NOOP``, ``S: A1 OK``, ``*: connected``."""
        # copy() runs without giving up the interpreter, so a line noted meanwhile does not disturb it.
        kept = list(self._lines.copy())
        wanted = kept[-limit:] if limit > 0 else []
        return tuple(f"{who}: {sanitize(line.decode('utf-8', 'replace'))}" for who, line in wanted)
