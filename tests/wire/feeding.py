"""Feeding the parser: every case whole, byte by byte, cut in two anywhere, and with garbage behind it."""

from __future__ import annotations

from imapcore.wire.fetch import Fetched, FetchReader
from imapcore.wire.framing import Frame, Framer, Limits, Piece
from imapcore.wire.grammar import Grammar
from imapcore.wire.lexer import ParseError
from imapcore.wire.responses import Response

GARBAGE = b"* 5 FETCH (BODY[] {12}\r\n* half a lit"
"""The beginning of another response, which must not disturb the one before it."""


def frames_of(data: bytes, *, cut: int | None = None, limits: Limits | None = None) -> list[Frame]:
    """The frames in some bytes, fed in pieces of ``cut`` bytes (None: all at once)."""
    framer = Framer(limits)
    found: list[Frame] = []
    step = cut or max(1, len(data))
    for start in range(0, len(data), step):
        framer.feed(data[start : start + step])
        for each in framer:
            assert not isinstance(each, Piece)
            found.append(each)
    return found


def read(line: bytes, *, is_utf8: bool = False) -> Response:
    """The response of one line (given without its final CRLF), read in every way with the same outcome."""
    data = line + b"\r\n"
    whole = _read_frames(frames_of(data), is_utf8)
    assert len(whole) == 1, "one response, one frame"
    assert _read_frames(frames_of(data, cut=1), is_utf8) == whole
    assert _read_frames(frames_of(data, cut=3), is_utf8) == whole
    assert _read_frames(frames_of(data + GARBAGE), is_utf8) == whole
    return whole[0]


def _read_frames(frames: list[Frame], is_utf8: bool) -> list[Response]:
    grammar = Grammar()
    grammar.is_utf8 = is_utf8
    found = [grammar.read(frame) for frame in frames]
    # What reading them again and again teaches the grammar must not change what it reads.
    for _ in range(FetchReader.LEARN_AFTER):
        assert [grammar.read(frame) for frame in frames] == found
    return found


def fetched(line: bytes, *, is_utf8: bool = False) -> Fetched:
    """``read`` for a FETCH response."""
    response = read(line, is_utf8=is_utf8)
    assert isinstance(response, Fetched)
    return response


def refuses(line: bytes) -> ParseError:
    """The error a line gives, which must be a ParseError however it is fed."""
    for cut in (None, 1):
        (frame,) = frames_of(line + b"\r\n", cut=cut)
        try:
            response = Grammar().read(frame)
        except ParseError as error:
            problem = error
        else:
            raise AssertionError(f"was read as {response!r}")
    return problem
