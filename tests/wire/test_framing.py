"""Frames: where a response ends, whatever the cuts, and what a hostile server cannot make us hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.errors import LimitExceeded
from imapcore.wire.framing import Frame, Framer, Limits, Piece
from tests.wire.feeding import frames_of

LITERAL = b"* 1 FETCH (BODY[] {10}\r\nA1 OK\r\n{3} FLAGS ())"

CASES = [
    [b"* OK hello"],
    [LITERAL, b"A1 OK done"],
    [b"* 1 FETCH (BODY[1] {0}\r\n BODY[2] ~{2}\r\n\x00\xff)", b"A1 OK"],
    [b'* LIST () "/" {5}\r\nhello', b"A1 OK"],
    [b"+ ready {5}", b"A1 OK really {5}", b"* OK prose {12}", b"* bye {7}", b"* NO {1}", b"* BAD {2}"],
    [b"* 1 FETCH (BODY[] {02}\r\nhi)", b"* 1 FETCH (BODY[] {3+}\r\nabc)"],
    [b"* 1 FETCH (X {99999999999999999999999}", b"A OK"],
]


@pytest.mark.parametrize("lines", CASES)
@pytest.mark.parametrize("cut", [None, 1, 2, 7])
def test_cuts_responses_apart(lines: list[bytes], cut: int | None) -> None:
    data = b"".join(line + b"\r\n" for line in lines)
    assert [frame.raw for frame in frames_of(data, cut=cut)] == lines


@pytest.mark.parametrize("lines", CASES)
def test_every_cut_in_two_gives_the_same(lines: list[bytes]) -> None:
    data = b"".join(line + b"\r\n" for line in lines)
    whole = frames_of(data)
    for at in range(1, len(data)):
        framer = Framer()
        framer.feed(data[:at])
        first = list(framer)
        framer.feed(data[at:])
        assert first + list(framer) == whole


def test_knows_where_its_literals_are() -> None:
    (frame,) = frames_of(LITERAL + b"\r\n")
    assert frame.parts() == [b"* 1 FETCH (BODY[] {10}\r\n", b"A1 OK\r\n{3}", b" FLAGS ())"]
    assert Frame(b"A1 OK").parts() == [b"A1 OK"]


def test_nothing_in_a_literal_is_looked_at() -> None:
    evil = b"\r\nA1 OK forged\r\n* BYE {100}\r\n"
    data = b"* 1 FETCH (BODY[] {%d}\r\n%b)\r\nA1 OK true\r\n" % (len(evil), evil)
    assert [frame.raw for frame in frames_of(data, cut=1)] == [
        data.split(b"\r\nA1 OK true")[0],
        b"A1 OK true",
    ]


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 50))
def test_any_bytes_survive_as_literals(contents: list[bytes], cut: int) -> None:
    data = b"* 1 FETCH ("
    data += b" ".join(b"BODY[%d] {%d}\r\n%b" % (n, len(c), c) for n, c in enumerate(contents)) + b")\r\n"
    (frame,) = frames_of(data, cut=cut)
    assert frame.parts()[1::2] == contents


def test_skips_blank_lines_between_responses() -> None:
    assert [frame.raw for frame in frames_of(b"\r\n\r\n* OK\r\n\r\nA OK\r\n", cut=1)] == [b"* OK", b"A OK"]


def test_skips_a_blank_line_after_a_literal_of_fetch() -> None:
    """Zoho sends one (CPython's imaplib has skipped it since 3.14)."""
    data = b"* 1 FETCH (BODY[] {2}\r\nhi\r\n)\r\nA OK\r\n"
    for cut in (None, 1):
        assert [frame.raw for frame in frames_of(data, cut=cut)] == [b"* 1 FETCH (BODY[] {2}\r\nhi)", b"A OK"]


def test_tells_how_much_a_literal_lacks() -> None:
    framer = Framer()
    framer.feed(b"* 1 FETCH (BODY[] {100}\r\nabc")
    assert framer.take() is None
    assert framer.wanted == 97
    assert framer.pending == 28
    framer.feed(b"x" * 97)
    assert framer.take() is None
    assert framer.wanted == 0


def test_gives_up_the_rest_for_the_layer_below() -> None:
    framer = Framer()
    framer.feed(b"A1 OK begin TLS\r\n\x16\x03\x01")
    assert isinstance(framer.take(), Frame)
    assert framer.take_rest() == b"\x16\x03\x01"
    assert framer.take_rest() == b""
    framer.feed(b"* OK\r\n")
    assert isinstance(framer.take(), Frame)


# -- limits ------------------------------------------------------------------------------------------

SMALL = Limits(line=100, literal=200, response=300, streamed_literal=1000, items=3)


@pytest.mark.parametrize(
    "data",
    [
        b"* OK " + b"x" * 200,
        b"* OK " + b"x" * 200 + b"\r\n",
        b"* 1 FETCH (BODY[] {201}\r\n",
        b"* 1 FETCH (BODY[] {99999999999999999999}\r\n",
        b"* 1 FETCH (BODY[] {200}\r\n" + b"x" * 200 + b" BODY[] {100}\r\n",
        b"* 1 FETCH (A {90}\r\n" + b"x" * 90 + b" B {90}\r\n" + b"x" * 90 + b" " * 99,
        b"* 1 FETCH (" + b"A {0}\r\n" * 4,
    ],
)
@pytest.mark.parametrize("cut", [None, 1])
def test_refuses_more_than_any_mail_needs(data: bytes, cut: int | None) -> None:
    with pytest.raises(LimitExceeded):
        frames_of(data, cut=cut, limits=SMALL)


def feed_for_ever(framer: Framer) -> None:
    """A line that never ends."""
    while True:
        framer.feed(b"x" * 100)
        assert framer.take() is None


def test_an_endless_line_costs_no_more_than_the_limit() -> None:
    framer = Framer(Limits(line=1000))

    with pytest.raises(LimitExceeded):
        feed_for_ever(framer)

    assert framer.pending <= 1200


# -- big literals in pieces --------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 7, 64, 10_000])
def test_hands_a_big_literal_on_in_pieces(cut: int) -> None:
    content = bytes(range(256)) * 4
    data = b"* 1 FETCH (UID 3 BODY[] {%d}\r\n%b FLAGS () BODY[HEADER] {2}\r\nhi)\r\n* OK\r\n" % (
        len(content),
        content,
    )
    framer = Framer()
    framer.piece_from = 1000
    found: list[Frame | Piece] = []
    for start in range(0, len(data), cut):
        framer.feed(data[start : start + cut])
        found.extend(framer)
        assert framer.pending <= cut + 70
    pieces = [each for each in found if isinstance(each, Piece)]
    frames = [each for each in found if isinstance(each, Frame)]
    assert b"".join(piece.data for piece in pieces) == content
    assert [piece.offset for piece in pieces] == [0, *_running(pieces)][:-1]
    assert [piece.is_last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert {piece.head for piece in pieces} == {b"* 1 FETCH (UID 3 BODY[] {1024}\r\n"}
    assert frames[0].raw == b"* 1 FETCH (UID 3 BODY[] {1024}\r\n FLAGS () BODY[HEADER] {2}\r\nhi)"
    assert frames[0].streamed == ((32, 1024),)
    assert frames[1].raw == b"* OK"


def _running(pieces: list[Piece]) -> list[int]:
    total, sums = 0, []
    for piece in pieces:
        total += len(piece.data)
        sums.append(total)
    return sums


def test_an_empty_literal_is_a_piece_too() -> None:
    framer = Framer()
    framer.piece_from = 0
    framer.feed(b"* 1 FETCH (BODY[] {0}\r\n)\r\n")
    piece, frame = list(framer)
    assert isinstance(piece, Piece)
    assert piece.is_last
    assert isinstance(frame, Frame)


def test_tells_how_much_of_a_streamed_literal_is_to_come() -> None:
    framer = Framer()
    framer.piece_from = 10
    framer.feed(b"* 1 FETCH (BODY[] {100}\r\nabc")
    assert len(list(framer)) == 1
    assert framer.wanted == 97


def test_even_a_streamed_literal_has_a_limit() -> None:
    framer = Framer(SMALL)
    framer.piece_from = 100
    framer.feed(b"* 1 FETCH (BODY[] {1001}\r\n")
    with pytest.raises(LimitExceeded):
        framer.take()


# -- time --------------------------------------------------------------------------------------------


def _seconds(data: bytes, cut: int) -> float:
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        frames_of(data, cut=cut, limits=Limits(line=1 << 30, literal=1 << 30, response=1 << 30))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(
    ("unit", "end"),
    [(b"A {3}\r\nabc ", b"\r\n"), (b"x", b"\r\n"), (b"* OK\r\n", b""), (b"{5}", b"\r\n"), (b"\r\n", b"")],
    ids=["literals", "one long line", "many lines", "almost literals", "blank lines"],
)
def test_time_grows_with_the_bytes(unit: bytes, end: bytes) -> None:
    """Four times the bytes take about four times as long (net-imap CVE-2026-42245 took sixteen)."""
    head = b"* 1 FETCH (" if end else b""
    small, large = (_seconds(head + unit * count + end, 512) for count in (4_000, 16_000))
    assert large < 10 * small + 0.01
