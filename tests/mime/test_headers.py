"""Header text and people: RFC 2047, address lists, and what senders make of them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.headers import (
    address_from_envelope,
    addresses_from_envelope,
    decode_header,
    parse_addresses,
)
from imapcore.model import Address


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Plain words", "Plain words"),
        (b"=?utf-8?Q?H=C3=A9l=C3=A8ne?=", "Hélène"),
        (b"=?UTF-8?b?5p2l6YCx?=", "来週"),
        (b"=?utf-8?Q?one?= =?utf-8?Q?_two?=", "one two"),
        (b"=?utf-8?Q?one?=\r\n =?iso-8859-1?Q?=E9?=", "oneé"),
        (b"=?utf-8?Q?one?= and =?utf-8?Q?two?=", "one and two"),
        (b"Re: =?utf-8?Q?caf=C3=A9?= menu", "Re: café menu"),
        (b"=?iso-8859-1*fr?Q?=E9t=E9?=", "été"),
        (b"=?iso-8859-1?Q?a=93b=94?=", "a“b”"),
        (b"=?iso-2022-jp?B?GyRCTWg9NRsoQg==?=", "来週"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?windows-1256?B?5NHN0sfI?=", "نرحزاب"),
        # A character cut in two by the sender, half in each word.
        (b"=?utf-8?B?5p2l6Q==?= =?utf-8?B?gLE=?=", "来週"),
        # Broken: spaces inside, padding lost, a charset nobody knows, no end.
        (b"=?utf-8?Q?two words?=", "two words"),
        (b"=?utf-8?B?5p2l6YCx?= tail", "来週 tail"),
        (b"=?utf-8?B?YWI?=", "ab"),
        (b"=?x-unknown?Q?abc?=", "abc"),
        (b"=?utf-8?B?bad", "=?utf-8?B?bad"),
        (b"=?unicode_escape?Q?=5Cn?=", "\\n"),
        # Read to the end that is one, whatever stands inside.
        (b"=?UTF-8?Q?What are you doing this week? [ask]?=", "What are you doing this week? [ask]"),
        (b"=?UTF-8?Q?Now?=20or_never=3F?= =?utf-8?q?_yes?=", "Now? or never? yes"),
        (b"=?utf-8?Q?a?=20 =?utf-8?Q?b?=", "a20 b"),
        (b"=?utf-8?Q?" + b"x" * 1900 + b"?=", "x" * 1900),
        (b"=?utf-8?B?" + base64.b64encode(b"y" * 1500) + b"?=", "y" * 1500),
        (b"=?utf-8?B?5p2l \r\n 6YCx?=", "来週"),
        (b"=? utf-8 ?Q?abc?=", "abc"),
        (b"=??Q?abc?=", "abc"),
        # Called UTF-8, and Windows-1252.
        (b"=?utf-8?Q?Ren=E9?=", "René"),
        (b"=?utf-8?Q?Ren=E9_Caf=E9s?=", "René Cafés"),
        (b"=?utf-8?Q?caf=C3=A9_=E2=82?=", "café"),
        # Raw 8-bit, labelled by nobody.
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("来週".encode("iso-2022-jp"), "来週"),
        # What an encoded word may smuggle.
        (b"=?utf-8?Q?a=1B[31mb=0D=0AX-Evil:_1?=", "ab X-Evil: 1"),
        (b"folded\r\n\tvalue", "folded value"),
        (None, ""),
        ("already text", "already text"),
    ],
)
def test_header_text(value: bytes | str | None, text: str) -> None:
    assert decode_header(value) == text


@pytest.mark.parametrize(
    ("value", "people"),
    [
        (b"ada@x.example", [("", "ada@x.example")]),
        (b"Ada <ada@x.example>", [("Ada", "ada@x.example")]),
        (b'"Byron, Ada" <ada@x.example>, lin@y.example',
         [("Byron, Ada", "ada@x.example"), ("", "lin@y.example")]),
        (b"Byron, Ada <ada@x.example>", [("Byron, Ada", "ada@x.example")]),
        (b"bob@y.example (Bob (the) B)", [("Bob (the) B", "bob@y.example")]),
        (b"Team: a@b.example, C <c@d.example>;, e@f.example",
         [("", "a@b.example"), ("C", "c@d.example"), ("", "e@f.example")]),
        (b"undisclosed-recipients:;", []),
        (b"a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (b'"=?utf-8?Q?J=C3=B8rn?=" <j@x.example>', [("Jørn", "j@x.example")]),
        (b"ada@x.example <ada@x.example>", [("", "ada@x.example")]),
        (b"\"'Ada'\" <ada@x.example>", [("Ada", "ada@x.example")]),
        (b"abel", [("", "abel")]),
        (b"<@relay.example:joe@x.example>", [("", "joe@x.example")]),
        (b"Ada ada@x.example", [("Ada", "ada@x.example")]),
        (b'Pete(A nice \\) chap) <pete(his)@silly.example>', [("Pete", "pete@silly.example")]),
        ("Jørn <j@blåbær.example>".encode(), [("Jørn", "j@blåbær.example")]),
        (b'"A \\"B\\" C" <abc@x.example>', [('A "B" C', "abc@x.example")]),
        (b"Ada <ada@x.example> Lin <lin@x.example>", [("Ada", "ada@x.example"), ("Lin", "lin@x.example")]),
        (b",, ,", []),
        (b"", []),
        (None, []),
    ],
)  # fmt: skip
def test_address_lists(value: bytes | None, people: list[tuple[str, str]]) -> None:
    assert [(a.name, a.email) for a in parse_addresses(value)] == people


@pytest.mark.parametrize(
    ("member", "address"),
    [
        ((b"Ada", b"ada", b"x.example"), Address("Ada", "ada@x.example")),
        ((None, b"ada", b"x.example"), Address("", "ada@x.example")),
        ((None, b"abel", None), Address("", "abel")),
        ((b"<ada@x.example>", b"Ada", None), Address("Ada", "ada@x.example")),
        ((b"<ada@x.example>", b"Ada", b""), Address("Ada", "ada@x.example")),
        ((b"=?utf-8?Q?J=C3=B8?=", b"j", b"x.example"), Address("Jø", "j@x.example")),
        ((b"Ada", b"MISSING_MAILBOX", b"MISSING_DOMAIN"), Address("Ada", "")),
        ((b"ada@x.example", b"ada", b"x.example"), Address("", "ada@x.example")),
        ((b"\x1b[31mAda", b"ada\r\n", b"x.example"), Address("Ada", "ada@x.example")),
        ((None, b"Ada <ada@x.example>", None), Address("Ada", "ada@x.example")),
    ],
)
def test_envelope_members(member: tuple[bytes | None, bytes | None, bytes | None], address: Address) -> None:
    assert address_from_envelope(*member) == address


def test_a_group_is_one_only_when_it_is_closed() -> None:
    local_only = (None, b"abel", None)
    friend = (b"Ada", b"ada", b"x.example")
    closing = (None, None, None)
    assert addresses_from_envelope([local_only, friend]) == (
        Address("", "abel"),
        Address("Ada", "ada@x.example"),
    )
    assert addresses_from_envelope([local_only, friend, closing]) == (Address("Ada", "ada@x.example"),)


@given(st.binary(max_size=300))
def test_any_octets_are_read(value: bytes) -> None:
    for text in (decode_header(value), *(a.name + a.email for a in parse_addresses(value))):
        assert all(c.isprintable() or not c.isascii() for c in text)


@given(st.text('=?utf8-QqBb_ "<>(),;:@\\é\n', max_size=120))
def test_any_mess_of_marks_is_read(value: str) -> None:
    decode_header(value)
    parse_addresses(value.encode())


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", [b"(", b"<", b'"', b"a,", b"=?utf-8?Q?a?= ", b"=?", b"a:", b"\\", b"a@b;"])
def test_a_hostile_megabyte_takes_no_time(unit: bytes) -> None:
    decode_header(unit * (1_000_000 // len(unit)))
    parse_addresses(unit * (1_000_000 // len(unit)))
