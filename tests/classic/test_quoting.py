"""When an argument is quoted, left alone or refused; and that none can start a second command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.classic import quoting
from imapcore.classic.quoting import Literal, Piece
from imapcore.errors import InvalidArgument


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("INBOX", b"INBOX"),
        (b"INBOX", b"INBOX"),
        (7, b"7"),
        ("New folder", b'"New folder"'),
        ('a"b', b'"a\\"b"'),
        ("a\\b", b'"a\\\\b"'),
        ("", b'""'),
        ("*", b'"*"'),
        ("%", b'"%"'),
        ("foo{3}", b'"foo{3}"'),
        ("[Gmail]/Spam", b"[Gmail]/Spam"),
        ("[Gmail]/All Mail", b'"[Gmail]/All Mail"'),
        ('"New folder"', b'"New folder"'),
        ('""', b'""'),
        (r'"a\b"', rb'"a\b"'),
        ("(a b)", b"(a b)"),
        # These only look enclosed: a quote inside would end the string and let the rest be arguments.
        ('"a" SELECT evil "', b'"\\"a\\" SELECT evil \\""'),
        ('"', b'"\\""'),
        ('"a\\"', b'"\\"a\\\\\\""'),
    ],
)
def test_a_string_is_quoted_where_necessary(argument: quoting.Text, expected: bytes) -> None:
    assert quoting.astring(argument) == expected
    assert quoting.mailbox(argument) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("*", b"*"), ("%", b"%"), ("foo/%", b"foo/%"), ("New folder/*", b'"New folder/*"'), ("", b'""')],
)
def test_wildcards_of_a_list_pattern_need_no_quotes(pattern: str, expected: bytes) -> None:
    assert quoting.list_mailbox(pattern) == expected


def test_a_mailbox_outside_ascii_is_spelled_in_modified_utf7() -> None:
    assert quoting.mailbox("Entwürfe") == b"Entw&APw-rfe"
    assert quoting.mailbox("Entwürfe & Co") == b'"Entw&APw-rfe &- Co"'
    assert quoting.list_mailbox("Entwürfe/%") == b"Entw&APw-rfe/%"
    assert quoting.mailbox("Entw&APw-rfe") == b"Entw&APw-rfe", "what LIST gave is handed back as it is"


def test_with_utf8_accept_text_travels_in_quotes() -> None:
    assert quoting.mailbox("Entwürfe", "utf-8") == '"Entwürfe"'.encode()
    assert quoting.list_mailbox('"Entwürfe"', "utf-8") == '"Entwürfe"'.encode()


def test_eight_bit_text_before_utf8_accept_travels_as_a_literal() -> None:
    assert quoting.quote("pässword", charset="utf-8") == Literal("pässword".encode())
    assert quoting.astring('"kä\\"se"', charset="latin-1") == Literal('kä"se'.encode("latin-1"))
    with pytest.raises(UnicodeEncodeError):
        quoting.astring("käse")


def test_a_literal_does_not_show_what_it_holds() -> None:
    assert "secret" not in repr(Literal(b"secret"))


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("ALL",), [b"ALL"]),
        (("FROM", "Bob B"), [b"FROM", b'"Bob B"']),
        (("from", '"LDJ"'), [b"from", b'"LDJ"']),
        (('(FROM "LDJ")',), [b'(FROM "LDJ")']),
        (("UNSEEN SINCE 1-Feb-2020",), [b"UNSEEN SINCE 1-Feb-2020"]),
        (("NOT FROM", "Bob B", "UNSEEN"), [b"NOT FROM", b'"Bob B"', b"UNSEEN"]),
        (("HEADER", "X-Thing", "a b"), [b"HEADER", b"X-Thing", b'"a b"']),
        (("HEADER X-Thing", "a b", "SEEN"), [b"HEADER X-Thing", b'"a b"', b"SEEN"]),
        (("HEADER", "X-Thing a SUBJECT b"), [b"HEADER", b"X-Thing a SUBJECT b"]),
        (("X-GM-RAW", "has:attachment in:inbox"), [b"X-GM-RAW", b'"has:attachment in:inbox"']),
        (("X-GM-LABELS", "\\Inbox"), [b"X-GM-LABELS", b'"\\\\Inbox"']),
        (("KEYWORD", "$Forwarded"), [b"KEYWORD", b"$Forwarded"]),
        ((None, "ALL"), [b"ALL"]),
    ],
)
def test_a_search_value_is_quoted_and_a_search_program_is_not(
    criteria: tuple[quoting.Text | None, ...], expected: list[bytes]
) -> None:
    assert quoting.search_program(criteria) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("NIL", b"NIL"),
        ("\\Seen", b"\\Seen"),
        ('("name" "x y")', b'("name" "x y")'),
        ("BODY[HEADER.FIELDS (A B)]", b"BODY[HEADER.FIELDS (A B)]"),
        ('"a b"', b'"a b"'),
        ("a b", b'"a b"'),
        ("(a", b'"(a"'),
        ("a]", b'"a]"'),
        ('a"b', b'"a\\"b"'),
        ("", b'""'),
        ("a\tb", b'"a\tb"'),
    ],
)
def test_an_argument_of_an_unknown_command_is_quoted_unless_it_is_one_token(
    argument: str, expected: bytes
) -> None:
    assert quoting.extension_argument(argument) == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("\\Seen", b"(\\Seen)"), ("(\\Seen x)", b"(\\Seen x)"), (b"(x)", b"(x)"), ("", b"()")],
)
def test_lists_are_parenthesized_once(flags: str | bytes, expected: bytes) -> None:
    assert quoting.parenthesized(flags) == expected


RENDERINGS = [
    quoting.to_bytes,
    quoting.quote,
    quoting.astring,
    quoting.mailbox,
    quoting.list_mailbox,
    quoting.parenthesized,
    quoting.extension_argument,
]


@pytest.mark.parametrize("render", RENDERINGS, ids=lambda render: render.__name__)
@given(before=st.text(max_size=20), bad=st.sampled_from("\r\n\0"), after=st.text(max_size=20))
def test_cr_lf_and_nul_are_refused_everywhere(render: object, before: str, bad: str, after: str) -> None:
    assert callable(render)
    if render in (quoting.mailbox, quoting.list_mailbox) and not (before + after).isascii():
        # Modified UTF-7 spells controls in base64: nothing of them is left on the wire.
        assert not set(render(before + bad + after)) & set(b"\r\n\0")
        return
    with pytest.raises(InvalidArgument):
        render((before + bad + after).encode())
    with pytest.raises((InvalidArgument, UnicodeEncodeError)):
        render(before + bad + after)


_ONE_STRING = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+|"(?:[^"\\\r\n\x00]|\\.)*"')
_ARGUMENT = st.one_of(st.text(max_size=30), st.text(alphabet=' "\\(){}[]*%a&', max_size=12))


@given(argument=_ARGUMENT)
def test_a_string_stays_one_argument(argument: str) -> None:
    if set(argument) & set("\r\n\0"):
        return
    if argument.startswith("(") and argument.endswith(")"):
        return  # the caller's own list, left alone by rule
    piece: Piece = quoting.astring(argument, "ascii", "utf-8")
    if isinstance(piece, Literal):
        assert not argument.isascii()
    else:
        assert _ONE_STRING.fullmatch(piece)


@given(argument=_ARGUMENT)
def test_quoting_twice_is_quoting_once(argument: str) -> None:
    if set(argument) & set("\r\n\0"):
        return
    once = quoting.mailbox(argument)
    assert isinstance(once, bytes)
    assert quoting.mailbox(once) == once


@given(password=_ARGUMENT)
def test_a_password_always_arrives_as_it_is(password: str) -> None:
    if set(password) & set("\r\n\0"):
        return
    piece = quoting.quote(password, charset="utf-8")
    if isinstance(piece, Literal):
        assert piece.data.decode() == password
    else:
        assert piece[:1] == piece[-1:] == b'"'
        assert re.sub(rb"\\(.)", rb"\1", piece[1:-1]).decode() == password
