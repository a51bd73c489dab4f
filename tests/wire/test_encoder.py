"""Encoding: what is sent, what is refused, and that nothing a person types can become a command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.errors import InvalidArgument
from imapcore.wire.encoder import (
    LITERAL_MINUS_MAX,
    SYSTEM_LABELS,
    Chunk,
    Encoder,
    LiteralMode,
    Secret,
    literal_mode,
)
from imapcore.wire.lexer import Lexer
from imapcore.wire.uidset import NO_UIDS, UidSet

PLUS, MINUS = frozenset({"LITERAL+"}), frozenset({"LITERAL-"})

texts = st.text(st.characters(exclude_categories=["Cs"]))
nasty = st.one_of(texts, st.text('ab\\"\r\n\x00{}()+5 ~%*\x7f\tÜ😀', max_size=12))


def line(encoder: Encoder) -> bytes:
    return b"".join(chunk.data for chunk in encoder.chunks("T"))


def test_builds_a_command() -> None:
    encoder = Encoder()
    encoder.word("UID").word("STORE").uids(UidSet.parse("1:3")).word("+FLAGS")
    encoder.flags({"\\Seen", "$Forwarded"}).open().close().number(5).nstring(None).nstring("x").raw("(a b)")
    assert line(encoder) == b'T UID STORE 1:3 +FLAGS ($Forwarded \\Seen) () 5 NIL "x" (a b)\r\n'


@pytest.mark.parametrize(
    ("capabilities", "mode"),
    [
        (frozenset[str](), LiteralMode.SYNC),
        (PLUS, LiteralMode.PLUS),
        (PLUS | MINUS, LiteralMode.PLUS),
        (MINUS, LiteralMode.MINUS),
        (frozenset({"IMAP4REV2"}), LiteralMode.MINUS),
    ],
)
def test_knows_which_literals_a_server_takes(capabilities: frozenset[str], mode: LiteralMode) -> None:
    assert literal_mode(capabilities) is mode


@pytest.mark.parametrize(
    ("capabilities", "size", "header", "waits"),
    [
        (frozenset[str](), 3, b"{3}", True),
        (PLUS, 5000, b"{5000+}", False),
        (MINUS, LITERAL_MINUS_MAX, b"{4096+}", False),
        (MINUS, LITERAL_MINUS_MAX + 1, b"{4097}", True),
    ],
)
def test_waits_only_where_it_must(
    capabilities: frozenset[str], size: int, header: bytes, waits: bool
) -> None:
    chunks = Encoder(capabilities=capabilities).word("X").literal(b"a" * size).word("Y").chunks("T")
    assert [chunk.data for chunk in chunks] == [b"T X " + header + b"\r\n", b"a" * size, b" Y\r\n"]
    assert [chunk.waits for chunk in chunks] == [waits, False, False]


def test_binary_literals_may_hold_nul_and_others_not() -> None:
    assert line(Encoder(capabilities=PLUS).literal(b"\x00", is_binary=True)) == b"T ~{1+}\r\n\x00\r\n"
    with pytest.raises(InvalidArgument, match="NUL"):
        Encoder().literal(b"\x00")


def test_long_or_broken_text_goes_as_a_literal() -> None:
    for text in ("a\r\nb", "Ü", "x" * 1001):
        data = text.encode()
        assert line(Encoder(capabilities=PLUS).string(text)) == b"T {%d+}\r\n%b\r\n" % (len(data), data)
    assert line(Encoder(is_utf8=True).string("Ü")) == 'T "Ü"\r\n'.encode()
    assert line(Encoder().string(b'a"\\')) == b'T "a\\"\\\\"\r\n'


def test_notices_text_outside_ascii() -> None:
    assert Encoder().string("Ü").has_8bit
    assert not Encoder().string("U").has_8bit


@pytest.mark.parametrize(
    ("name", "default", "utf8"),
    [
        ("Übung", b'"&ANw-bung"', '"Übung"'.encode()),
        ("R&D", b'"R&-D"', b'"R&D"'),
        ('a"b\\c', b'"a\\"b\\\\c"', b'"a\\"b\\\\c"'),
    ],
)
def test_names_as_the_server_wants_them_now(name: str, default: bytes, utf8: bytes) -> None:
    for method in ("mailbox", "pattern", "label"):
        encoder, in_utf8 = Encoder(), Encoder(is_utf8=True)
        getattr(encoder, method)(name)
        getattr(in_utf8, method)(name)
        assert line(encoder) == b"T " + default + b"\r\n"
        assert line(in_utf8) == b"T " + utf8 + b"\r\n"


def test_system_labels_are_bare_and_all_others_quoted() -> None:
    for label in SYSTEM_LABELS:
        assert line(Encoder().label(label)) == b"T " + label.encode() + b"\r\n"
    assert line(Encoder().label("\\foo")) == b'T "\\\\foo"\r\n'
    assert line(Encoder().label("*x")) == b'T "*x"\r\n'


def test_secrets_are_marked_and_shown_to_nobody() -> None:
    secret = Secret('pa"ss')
    chunks = Encoder().word("LOGIN").string("me").secret(secret).chunks("T")
    assert b"".join(chunk.data for chunk in chunks) == b'T LOGIN "me" "pa\\"ss"\r\n'
    assert [chunk.is_secret for chunk in chunks] == [False, True, False]
    for shown in (repr(secret), str(secret), f"{secret}", repr(chunks)):
        assert "pa" not in shown
    assert Secret(b"x").reveal() == b"x"
    assert "'NOOP'" in repr(Chunk(b"NOOP"))


def test_secrets_outside_ascii_go_as_secret_literals() -> None:
    chunks = Encoder(capabilities=PLUS).word("LOGIN").secret(Secret("pässword")).chunks("T")
    assert [(chunk.data, chunk.is_secret) for chunk in chunks] == [
        (b"T LOGIN {9+}\r\n", False),
        ("pässword".encode(), True),
        (b"\r\n", False),
    ]
    assert line(Encoder(is_utf8=True).secret(Secret("ä"))) == 'T "ä"\r\n'.encode()
    assert line(Encoder().secret_word(b"AGE=")) == b"T AGE=\r\n"


def test_a_secret_may_come_first() -> None:
    assert line(Encoder().secret(Secret("x"))) == b'T "x"\r\n'


@pytest.mark.parametrize(
    "bad",
    [
        lambda e: e.word("NO OP"),
        lambda e: e.word("NOOP\r\n"),
        lambda e: e.word(""),
        lambda e: e.word("Ü"),
        lambda e: e.word("a{5}"),
        lambda e: e.raw("x\r\nT2 LOGOUT"),
        lambda e: e.raw("x\x00"),
        lambda e: e.raw("x {5}"),
        lambda e: e.raw(b"x {5+}"),
        lambda e: e.raw("x {5-} "),
        lambda e: e.number(-1),
        lambda e: e.number(2**32, 32),
        lambda e: e.uids(NO_UIDS),
        lambda e: e.flags(["\\Seen Deleted"]),
        lambda e: e.flags(["(x"]),
        lambda e: e.flags([""]),
        lambda e: e.flags(["x\r\n"]),
        lambda e: e.string("a\x00b"),
        lambda e: e.quoted("a\nb"),
        lambda e: e.quoted("Ü"),
        lambda e: e.mailbox(""),
        lambda e: e.label(""),
        lambda e: e.mailbox("\ud800"),
        lambda e: Encoder(is_utf8=True).mailbox("a\r\nb"),
        lambda e: e.secret(Secret("a\r\nb")),
        lambda e: e.secret_word(b"a\r\n"),
    ],
)
def test_refuses_what_cannot_be_sent(bad: object) -> None:
    assert callable(bad)
    with pytest.raises((InvalidArgument, UnicodeEncodeError)):
        bad(Encoder())


# -- properties ----------------------------------------------------------------------------------------


def tokens_of(sent: bytes) -> list[bytes | None]:
    """Read back what was sent, as a server would: one line, literals by their counts."""
    plain = re.sub(rb"\{(\d+)\+\}\r\n", rb"{\1}\r\n", sent)
    lexer = Lexer.over(plain[:-2])
    assert plain.endswith(b"\r\n")
    found: list[bytes | None] = []
    while not lexer.is_at_end:
        found.append(lexer.nstring())
        lexer.spaces()
    return found


@given(nasty, st.booleans())
def test_strings_survive(text: str, is_utf8: bool) -> None:
    encoder = Encoder(capabilities=PLUS, is_utf8=is_utf8)
    try:
        encoder.word("X").string(text).word("Y")
    except InvalidArgument:
        assert "\x00" in text
        return
    assert tokens_of(line(encoder)) == [b"T", b"X", text.encode(), b"Y"]


@given(
    st.lists(nasty, min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from(["mailbox", "label", "raw", "quoted"]),
)
def test_no_argument_becomes_a_second_line(arguments: list[str], is_utf8: bool, method: str) -> None:
    encoder = Encoder(capabilities=PLUS, is_utf8=is_utf8)
    for argument in arguments:
        try:
            getattr(encoder, method)(argument)
        except InvalidArgument:
            continue
    sent = line(encoder)
    assert sent.count(b"\r") == sent.count(b"\n") == 1
    assert b"\x00" not in sent
    assert not re.search(rb"\{\d+[+\-]?\}[ ]*\r\n\Z", sent)


@given(st.lists(st.tuples(st.booleans(), nasty), min_size=1, max_size=5))
def test_literals_are_the_only_way_to_send_a_line_end(arguments: list[tuple[bool, str]]) -> None:
    encoder = Encoder(capabilities=PLUS)
    expected: list[bytes | None] = [b"T"]
    for is_literal, text in arguments:
        data = text.replace("\x00", "").encode()
        if is_literal:
            encoder.literal(data)
        else:
            encoder.string(data)
        expected.append(data)
    assert tokens_of(line(encoder)) == expected


@given(st.binary())
def test_secret_words_never_break_a_line(data: bytes) -> None:
    try:
        sent = line(Encoder().secret_word(data))
    except InvalidArgument:
        assert re.search(rb"[\r\n\x00]", data)
        return
    assert sent == b"T " + data + b"\r\n"
