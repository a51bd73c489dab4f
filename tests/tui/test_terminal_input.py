"""Nothing that comes from outside is taken for a key, whole or in pieces; and keys stay keys."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from textual.events import Key, MouseDown, Paste
from textual.message import Message

from tests.tui.terminal_replies import ALL
from tui.terminal.control_sequences import LONGEST_PASTE, SequenceParser, State
from tui.terminal.driver import Decoder
from tui.terminal.input_events import InputEvents

LATER = 60.0


def read(*pieces: bytes, gap: float = 0.001) -> list[Message]:
    """What becomes of reads that come so many seconds apart."""
    decoder, events, now = Decoder(), InputEvents(0.1), 100.0
    messages: list[Message] = []
    for piece in pieces:
        now += gap
        messages += events.tick(now)
        messages += events.feed(decoder.decode(piece), now)
    return messages + events.tick(now + LATER)


def keys(messages: Iterable[Message]) -> list[str]:
    return [message.key for message in messages if isinstance(message, Key)]


def acted(messages: Iterable[Message]) -> list[Message]:
    """Whatever a widget could act on."""
    return [message for message in messages if isinstance(message, Key | Paste | MouseDown)]


@pytest.mark.parametrize("reply", ALL, ids=repr)
def test_a_reply_is_no_key_whole_or_cut_anywhere(reply: bytes) -> None:
    assert acted(read(reply)) == []
    assert acted(read(*(bytes([octet]) for octet in reply))) == []
    for cut in range(1, len(reply)):
        for gap in (0.001, 0.05, 0.5, 3.0):
            got = keys(acted(read(reply[:cut], reply[cut:], gap=gap)))
            # An ESC alone for longer than a key takes was the Escape key, as far as anybody can tell.
            is_escape = cut == 1 and reply[0] == 0x1B and gap > 0.1
            assert got == (["escape"] if is_escape else []), (cut, gap)


@pytest.mark.parametrize("reply", ALL, ids=repr)
def test_keys_around_a_reply_count(reply: bytes) -> None:
    assert keys(read(b"j", reply + b"k", b"\x11")) == ["j", "k", "ctrl+q"]


def test_all_replies_at_once_leave_nothing() -> None:
    assert acted(read(b"".join(ALL))) == []


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"j", ["j"]),
        (b"\x1b[A", ["up"]),
        (b"\x1bOA", ["up"]),
        (b"\x1bOP", ["f1"]),
        (b"\x1b[[A", ["f1"]),
        (b"\x1b[Z", ["shift+tab"]),
        (b"\x1b[3~", ["delete"]),
        (b"\x1b[1;5C", ["ctrl+right"]),
        (b"\x1b[1;2:1B", ["shift+down"]),
        (b"\x1b[1;1:3B", []),
        (b"\x1b[3$", ["shift+delete"]),
        (b"\x1be", ["alt+e"]),
        (b"\x1bE", ["alt+shift+e"]),
        (b"\x1b\r", ["enter"]),
        (b"\x1b[101u", ["e"]),
        (b"\x1b[101;5u", ["ctrl+e"]),
        (b"\x1b[101:69;2;69u", ["E"]),
        (b"\x1b[13u", ["enter"]),
        (b"\x1b[27u", ["escape"]),
        (b"\x1b[9;2u", ["shift+tab"]),
        (b"\r", ["enter"]),
        (b"\x01", ["ctrl+a"]),
        ("é".encode(), ["é"]),
    ],
)
def test_keys_are_keys(octets: bytes, expected: list[str]) -> None:
    assert keys(read(octets)) == expected
    if octets[:1] == b"\x1b" and len(octets) > 2:
        assert keys(read(*(bytes([octet]) for octet in octets))) == expected


def test_alt_and_a_letter_is_not_the_letter() -> None:
    (key,) = read(b"\x1be")
    assert isinstance(key, Key)
    assert key.character is None


IMPOSSIBLE = (
    b"\x1b[1114112u",
    b"\x1b[55296u",
    b"\x1b[97;;1114112:55296u",
    b"\x1b[97;999;u",
    b"\x1b[;;;u",
    b"\x1b[u",
    b"\x1b[" + b"9" * 5000 + b"u",
    b"\x1b[<" + b"9" * 5000 + b";1;1M",
    b"\x1b[48;0;0;0;0t",
)


@pytest.mark.parametrize("report", IMPOSSIBLE, ids=lambda report: report[:12].decode())
def test_reports_with_impossible_numbers_harm_nobody(report: bytes) -> None:
    assert [key for key in keys(read(report, b"j")) if "a" not in key] == ["j"]


LEAVING = (
    b"\x11",
    b"\x1b[113;5u",
    b"\x1b[113;5:1u",
    b"\x1b[113;133u",
    b"\x1b[27;5;113~",
    b"\x1b[81;16;17;1;8;1_",
)
UNFINISHED = (
    b"\x1b",
    b"\x1b[",
    b"\x1b[?62;2",
    b"\x1bO",
    b"\x1b[M!",
    b"\x1b]11;rgb:",
    b"\x1b]11;rgb:\x1b",
    b"\x1bP",
    b"\x1b_G",
    b"\x1b[200~pasted",
    b"\x1b[200~pasted\x1b[20",
    b"\xe2\x9b",
    b"a paste without brackets",
)


@pytest.mark.parametrize("leaving", LEAVING, ids=repr)
@pytest.mark.parametrize("unfinished", UNFINISHED, ids=repr)
def test_ctrl_q_leaves_whatever_is_unfinished(unfinished: bytes, leaving: bytes) -> None:
    assert "ctrl+q" in keys(read(unfinished, leaving))


@pytest.mark.parametrize("unfinished", UNFINISHED, ids=repr)
def test_nothing_without_an_end_locks_the_keys(unfinished: bytes) -> None:
    assert keys(read(unfinished, b"j", b"j", b"j", gap=6.0))[-2:] == ["j", "j"]


def test_what_was_pressed_by_a_protocol_nobody_asked_for_is_no_key() -> None:
    assert acted(read(b"\x1b[27;5;101~", b"\x1b[27;1;101~", b"\x1b[69;18;101;1;0;1_")) == []


@pytest.mark.parametrize(
    "octets", [b"\xff", b"\xea", b"\xc3", b"\xf0\x9f\x98", b"\xc0\xaf", b"\x80", b"\xed\xa0\x80"]
)
def test_octets_that_are_no_utf_8_are_no_key_and_end_nothing(octets: bytes) -> None:
    assert keys(read(octets, b"j", b"k")) == ["j", "k"]


# -- pastes ----------------------------------------------------------------------------------------------

PASTE = b"\x1b[200~" + "first é line\r\nsecond".encode() + b"\x1b[201~"


def test_a_bracketed_paste_may_be_cut_anywhere() -> None:
    expected = "first é line\nsecond"
    for cut in range(1, len(PASTE)):
        for second in range(cut, len(PASTE)):
            pieces = [PASTE[:cut], PASTE[cut:second], PASTE[second:]]
            (paste,) = acted(read(*filter(None, pieces)))
            assert isinstance(paste, Paste)
            assert paste.text == expected


def test_a_paste_without_an_end_ends_and_its_rest_is_none_of_the_keys() -> None:
    late = read(b"\x1b[200~e e e", b"e#!\x1b[201~j", gap=3.0)
    assert [each.text for each in late if isinstance(each, Paste)] == ["e e e", "e#!"]
    assert keys(late) == ["j"]


def test_an_endless_paste_is_bounded() -> None:
    (paste,) = acted(read(b"\x1b[200~", *([b"x" * 4096] * 400), b"\x1b[201~"))
    assert isinstance(paste, Paste)
    assert len(paste.text) == LONGEST_PASTE


def test_controls_in_a_paste_are_gone() -> None:
    (paste,) = acted(read(b"\x1b[200~a\x00b\x1b]0;x\x07c\xc2\x9bd\x1b[201~"))
    assert isinstance(paste, Paste)
    assert paste.text == "ab]0;xcd"


# -- lumps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lump",
    [
        b"Dear all, please see the minutes below.",
        b"hello",
        b"e#!e#!",
        b"see\rthe\rmail\r",
        b"e\x01#\x1b[3~!x",
        b"/from:ada\r",
    ],
)
def test_letters_that_come_as_a_lump_are_a_paste(lump: bytes) -> None:
    got = acted(read(lump))
    assert [type(each) for each in got] == [Paste]


def test_a_lump_in_several_reads_is_one() -> None:
    (paste,) = acted(read(b"Dear all, ", b"e", b"#", b"see the minutes"))
    assert isinstance(paste, Paste)
    assert paste.text == "Dear all, e#see the minutes"


@pytest.mark.parametrize(
    "typed", [b"j" * 200, b"jjjkkk", b"gi", b"jxj", b"* a", b"jjj\x1b[B\x1b[B\x1b[Be", b"j\r"]
)
def test_what_a_person_types_fast_are_keys(typed: bytes) -> None:
    assert len(keys(read(typed))) == len(typed.replace(b"\x1b[B", b"v"))


def test_typing_fast_in_many_reads_is_typing() -> None:
    text = b"typed quickly over a good line"
    assert len(keys(read(*(bytes([octet]) for octet in text), gap=0.01))) == len(text)


# -- anything --------------------------------------------------------------------------------------------


def test_random_octets_end_and_lock_nothing() -> None:
    """Cut anywhere, whatever they are: Ctrl+Q is seen, and the parser comes to rest."""
    rng = random.Random(7)
    for _ in range(2_000):
        data = b"".join(
            rng.choice((rng.randbytes(rng.randrange(1, 30)), rng.choice(ALL), b"\x1b", PASTE, b"\x1b[" * 3))
            for _ in range(rng.randrange(1, 6))
        )
        cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(5)))
        pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        gap = rng.choice((0.001, 0.2, 2.0))
        assert "ctrl+q" in keys(read(*filter(None, pieces), b"\x11", gap=gap)), pieces


def test_the_parser_rests_after_silence() -> None:
    for unfinished in UNFINISHED:
        parser = SequenceParser()
        parser.feed(unfinished.decode("utf-8", "replace"), 1.0)
        parser.tick(LATER)
        assert parser.state is State.GROUND
        assert parser.deadline is None
