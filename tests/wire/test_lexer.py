"""Tokens: strings of every kind, numbers, lists, and the places an error names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.wire.framing import Frame
from imapcore.wire.lexer import Lexer, ParseError, Value, unescape


def test_reads_every_kind_of_string() -> None:
    lexer = Lexer.over(b'atom "quo\\"ted" {3}\r\na"b ~{2}\r\n\x00\xff NIL nil')
    found = []
    while not lexer.is_at_end:
        found.append(lexer.nstring())
        lexer.spaces()
    assert found == [b"atom", b'quo"ted', b'a"b', b"\x00\xff", None, None]


def test_a_quoted_nil_is_text() -> None:
    assert Lexer.over(b'"NIL"').nstring() == b"NIL"


@pytest.mark.parametrize("text", [b"{3}x", b"{", b"~", b"{x}\r\n"])
def test_a_brace_that_announces_nothing_begins_an_atom(text: bytes) -> None:
    lexer = Lexer.over(text)
    assert not lexer.is_string()
    assert lexer.astring() == text.split(b"\r\n")[0]


def test_moves_only_past_what_it_reads() -> None:
    lexer = Lexer.over(b"ab cd")
    assert not lexer.skip(b"x")
    assert lexer.skip(b"ab")
    lexer.space()
    assert lexer.keyword() == "CD"
    assert lexer.peek() == -1
    assert lexer.rest() == b""
    lexer.end()


@pytest.mark.parametrize(
    "act",
    [
        lambda lexer: lexer.expect(b"x"),
        lambda lexer: lexer.space(),
        lambda lexer: lexer.string(),
        lambda lexer: lexer.number(),
        lambda lexer: lexer.end(),
        lambda lexer: lexer.nstrings(),
    ],
)
def test_an_error_names_the_place(act: object) -> None:
    assert callable(act)
    with pytest.raises(ParseError, match="at byte 0 of 2"):
        act(Lexer.over(b"ab"))


@pytest.mark.parametrize("text", [b'"ab', b"{5}\r\nab", b"", b"(a", b'("a" (b', b")"])
def test_refuses_what_is_cut_off(text: bytes) -> None:
    with pytest.raises(ParseError):
        Lexer.over(text).value()


def test_flat_lists() -> None:
    assert Lexer.over(b'(a "b" NIL)').nstrings() == [b"a", b"b", None]
    assert Lexer.over(b'(a "b" NIL)').strings() == [b"a", b"b"]
    assert Lexer.over(b"NIL").nstrings() == []


def test_looks_for_a_sloppy_end_only_once() -> None:
    lexer = Lexer.over(b'"a"b"c"d')
    assert lexer.nstring() == b"a"
    assert lexer.nstring() == b"b"


def test_a_streamed_literal_stands_for_its_size() -> None:
    lexer = Lexer(Frame(b"{5}\r\n {5}\r\nabcde", ((11, 16),), ((5, 5),)))
    assert lexer.streamed_size == 5
    assert lexer.nstring() == b""
    lexer.space()
    assert lexer.streamed_size is None
    assert lexer.nstring() == b"abcde"
    assert Lexer.over(b"x").streamed_size is None
    assert Lexer(Frame(b"x", (), ((9, 5),))).streamed_size is None


def test_unescapes_once() -> None:
    assert unescape(rb"a\\\"b\x") == rb"a\"bx"


values: st.SearchStrategy[Value] = st.recursive(
    st.one_of(st.none(), st.binary(max_size=6)), lambda inner: st.lists(inner, max_size=4), max_leaves=12
)


def spell(value: Value, style: int) -> bytes:
    if value is None:
        return b"NIL"
    if isinstance(value, list):
        return b"(" + b" ".join(spell(each, style + 1) for each in value) + b")"
    if style % 2 or any(byte in value for byte in b"\r\n\x00"):
        return b"{%d}\r\n%b" % (len(value), value)
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@given(values, st.integers(0, 1))
def test_every_value_survives(value: Value, style: int) -> None:
    lexer = Lexer.over(spell(value, style))
    assert lexer.value() == value
    lexer.end()
