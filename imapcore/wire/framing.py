"""Bytes → frames: one server response each, literals included (RFC 3501 §2.2, §4.3).

What lives here: finding where a response ends. Nothing is understood beyond "a line that ends in
``{n}`` goes on with n bytes" — those bytes are counted, never looked at, so nothing inside a literal
can pass for a line, a tag or a literal of its own. What may not: the meaning of a line.

A frame keeps its literals in place, so the reader of the usual response sees one run of bytes. Every
byte is scanned once however the peer cuts them, and what a hostile peer can make us hold is bounded by
``Limits``. A literal too big to hold can be handed on in pieces as it arrives (``piece_from``); the frame
then remembers only where it stood and how long it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from imapcore.errors import LimitExceeded

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server may make us hold or do. The defaults fit any real mailbox."""

    line: int = 16 * MIB
    """Bytes of one line between literals: a SEARCH of a million messages is 8 MB."""
    literal: int = 128 * MIB
    """Bytes of one literal held in memory; Gmail's largest message is 50 MB, encoded."""
    response: int = 192 * MIB
    """Bytes of one response with all its literals."""
    streamed_literal: int = 4096 * MIB
    """Bytes of one literal handed on in pieces."""
    nesting: int = 64
    """Depth of parentheses; messages nest parts some ten deep at most."""
    items: int = 1_000_000
    """Elements of a generic list, addresses of an envelope, parts of a message."""


class Frame(NamedTuple):
    """One whole response without its final CRLF."""

    raw: bytes
    """Text and literals as they came: ``* 1 FETCH (BODY[] {2}\\r\\nhi)``."""
    literals: tuple[tuple[int, int], ...] = ()
    """Start and end of each held literal's bytes within ``raw``."""
    streamed: tuple[tuple[int, int], ...] = ()
    """(offset in ``raw``, size) of each literal that was handed on in pieces and is not in ``raw``."""

    def parts(self) -> list[bytes]:
        """Text and literals in turn, text first and last: for callers that want imaplib's shape."""
        parts: list[bytes] = []
        at = 0
        for start, end in self.literals:
            parts.append(self.raw[at:start])
            parts.append(self.raw[start:end])
            at = end
        parts.append(self.raw[at:])
        return parts


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a literal that is too big to be held."""

    head: bytes
    """The response's text up to the literal, e.g. ``* 12 FETCH (UID 5 BODY[] {70000000}\\r\\n``."""
    offset: int
    """Where these bytes stand in the literal."""
    size: int
    """Of the whole literal."""
    data: bytes

    @property
    def is_last(self) -> bool:
        """Whether the literal ends with this piece."""
        return self.offset + len(self.data) == self.size


_LITERAL = re.compile(rb"~?\{(\d{1,20})\+?\}\Z")
# A status response ends in human text, and a tagged one or a continuation always does: "{5}" at the
# end of such a line is prose, not the announcement of five bytes (RFC 3501 §7.1, §7.5).
_PROSE = re.compile(rb"(?!\* )|\* (?:OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_FETCH = re.compile(rb"\* \d+ FETCH \(", re.IGNORECASE)
_CLOSING_BRACE = 0x7D


class Framer:
    """Cuts a stream of bytes into frames. Feed it anything, in any cuts; take frames until there are none.

    ``piece_from`` is the size from which a literal is handed on in pieces; None (the default) holds all.
    Raises LimitExceeded, after which it must not be used again.
    """

    __slots__ = (
        "_body",
        "_buffer",
        "_end",
        "_head",
        "_limits",
        "_line_max",
        "_literals",
        "_response_max",
        "_scan",
        "_streamed",
        "piece_from",
    )

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._line_max, self._response_max = self._limits.line, self._limits.response
        self._buffer = bytearray()
        self._body = 0
        """Where the line now being scanned begins: 0, or the end of the last literal."""
        self._scan = 0
        """Up to here there is no line end after ``_body``."""
        self._end: int | None = None
        """Where the held literal now arriving ends in the buffer."""
        self._head: Piece | None = None
        """The literal now being handed on, with what was given so far."""
        self._literals: list[tuple[int, int]] = []
        self._streamed: list[tuple[int, int]] = []
        self.piece_from: int | None = None

    def feed(self, data: bytes) -> None:
        """Add what was received."""
        self._buffer += data

    @property
    def pending(self) -> int:
        """Bytes received and not yet part of any frame."""
        return len(self._buffer)

    @property
    def wanted(self) -> int:
        """Bytes the literal now arriving still lacks; 0 outside a literal. A hint for how much to read."""
        if self._end is not None:
            return max(0, self._end - len(self._buffer))
        return self._head.size - self._head.offset if self._head is not None else 0

    @property
    def first(self) -> bytes:
        """How the response now arriving begins; nothing between two of them."""
        return bytes(self._buffer[:80])

    def take_rest(self) -> bytes:
        """Give up everything not yet framed: what follows a change of the layer below (TLS, DEFLATE)."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        self._body = self._scan = 0
        return rest

    def __iter__(self) -> Iterator[Frame | Piece]:
        """Every frame and piece that is complete by now."""
        while (found := self.take()) is not None:
            yield found

    def take(self) -> Frame | Piece | None:
        """The next frame or piece, or None when more bytes are needed."""
        buffer = self._buffer
        while True:
            if self._head is not None:
                return self._take_piece(self._head)
            if self._end is not None:
                if len(buffer) < self._end:
                    return None
                self._body = self._scan = self._end
                self._end = None
            at = buffer.find(b"\r\n", self._scan)
            if at < 0:
                # The CR may be the last byte we have: scan it again with what follows.
                self._scan = max(self._body, len(buffer) - 1)
                self._check_line(len(buffer) - self._body)
                return None
            if at - self._body > self._line_max or at > self._response_max:
                self._check_line(at - self._body)
            if at == self._body and self._is_stray_line(at):
                del buffer[at : at + 2]
                self._scan = self._body
                continue
            if at > self._body and buffer[at - 1] == _CLOSING_BRACE:
                size = self._announced(at)
                if size is not None:
                    self._begin_literal(at + 2, size)
                    continue
            raw = bytes(buffer[:at])
            del buffer[: at + 2]
            self._body = self._scan = 0
            if not (self._literals or self._streamed):
                return Frame(raw)
            frame = Frame(raw, tuple(self._literals), tuple(self._streamed))
            self._literals.clear()
            self._streamed.clear()
            return frame

    def _is_stray_line(self, at: int) -> bool:
        # Blank lines between responses mean nothing; some servers also add one after a FETCH literal,
        # where at least the closing parenthesis must still come.
        return at == 0 or (self._body > 0 and _FETCH.match(self._buffer) is not None)

    def _announced(self, at: int) -> int | None:
        match = _LITERAL.search(self._buffer, max(self._body, at - 24), at)
        if match is None or _PROSE.match(self._buffer):
            return None
        return int(match[1])

    def _begin_literal(self, start: int, size: int) -> None:
        limits = self._limits
        if self.piece_from is not None and size >= self.piece_from:
            if size > limits.streamed_literal:
                raise LimitExceeded(f"a literal of {size} bytes")
            self._head = Piece(bytes(self._buffer[:start]), 0, size, b"")
            self._streamed.append((start, size))
            return
        if size > limits.literal or start + size > limits.response:
            raise LimitExceeded(f"a literal of {size} bytes")
        if len(self._literals) >= limits.items:
            raise LimitExceeded("too many literals in one response")
        self._literals.append((start, start + size))
        self._end = start + size

    def _take_piece(self, head: Piece) -> Piece | None:
        start = len(head.head)
        data = bytes(self._buffer[start : start + head.size - head.offset])
        if not data and head.size > head.offset:
            return None
        del self._buffer[start : start + len(data)]
        piece = Piece(head.head, head.offset, head.size, data)
        if piece.is_last:
            self._head = None
            self._body = self._scan = start
        else:
            self._head = Piece(head.head, head.offset + len(data), head.size, b"")
        return piece

    def _check_line(self, length: int) -> None:
        if length > self._limits.line or self._body + length > self._limits.response:
            raise LimitExceeded(f"a line of more than {length - 1} bytes")
