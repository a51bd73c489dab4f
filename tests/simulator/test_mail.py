"""A stored mail as FETCH shows it: ENVELOPE, BODYSTRUCTURE, and sections that are exact slices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.simulator.account.mime_parts import Part
from imapcore.simulator.account.stored_mail import Mail, decode_words, parse_mail
from imapcore.simulator.demo_mail.mailbox import bulk_messages, demo_messages

NOW = 1_795_251_600_000


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8")


NESTED = crlf("""\
From: "Ada \\"B\\" Byron" <ada@x.example>, bob@y.example (Bob B)
To: Team: a@b.example, c@d.example; , abel
Subject: =?utf-8?q?H=C3=A9?=
 folded
Date: Fri, 20 Nov 2026 09:12:40 GMT
Message-ID: <1@x.example>
In-Reply-To: <0@x.example>
Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain; charset=utf-8
Content-Language: en, nb

hello

--b
Content-Type: message/rfc822
Content-Disposition: attachment; filename="in.eml"

Subject: inner
Content-Type: multipart/alternative; boundary=c

--c

plain
--c
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

<p>=C3=A9
--c--
--b
Content-Type: image/png; name=x.png
Content-Transfer-Encoding: base64
Content-ID: <pic>
Content-Description: a picture
Content-MD5: Q2hlY2s=

iVBORw0K
--b--
epilogue
""")


@pytest.fixture
def nested() -> Mail:
    return parse_mail(NESTED)


def test_the_envelope_has_gmails_form(nested: Mail) -> None:
    people = b'(("Ada \\"B\\" Byron" NIL "ada" "x.example")("Bob B" NIL "bob" "y.example"))'
    group = (
        b'((NIL NIL "Team" NIL)(NIL NIL "a" "b.example")(NIL NIL "c" "d.example")(NIL NIL NIL NIL)'
        b'(NIL NIL "abel" NIL))'
    )
    assert nested.envelope() == (
        b'("Fri, 20 Nov 2026 09:12:40 GMT" "=?utf-8?q?H=C3=A9?= folded" '
        + people + b" " + people + b" " + people + b" " + group
        + b' NIL NIL "<0@x.example>" "<1@x.example>")'
    )  # fmt: skip


def test_bodystructure_has_gmails_form(nested: Mail) -> None:
    inner = b'(NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL)'
    embedded = (
        b'(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 5 0 NIL NIL NIL)'
        b'("TEXT" "HTML" ("CHARSET" "UTF-8") NIL NIL "QUOTED-PRINTABLE" 9 0 NIL NIL NIL)'
        b' "ALTERNATIVE" ("BOUNDARY" "c") NIL NIL)'
    )
    octets = nested.section("2")
    assert octets is not None
    assert nested.bodystructure() == (
        b'(("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 7 1 NIL NIL ("en" "nb"))'
        b'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" %d ' % len(octets)
        + inner + b" " + embedded
        + b' %d NIL ("ATTACHMENT" ("FILENAME" "in.eml")) NIL)' % octets.count(b"\n")
        + b'("IMAGE" "PNG" ("NAME" "x.png") "<pic>" "a picture" "BASE64" 8 "Q2hlY2s=" NIL NIL)'
        b' "MIXED" ("BOUNDARY" "b") NIL NIL)'
    )  # fmt: skip


def test_body_leaves_the_extension_data_out(nested: Mail) -> None:
    assert nested.body().startswith(b'(("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 7 1)("MESSAGE"')
    assert nested.body().endswith(b'"BASE64" 8) "MIXED")')


@pytest.mark.parametrize(
    ("spec", "octets"),
    [
        ("", NESTED),
        ("1", b"hello\r\n"),
        ("1.MIME", b"Content-Type: text/plain; charset=utf-8\r\nContent-Language: en, nb\r\n\r\n"),
        ("2.HEADER", b"Subject: inner\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n"),
        ("2.header.fields (SUBJECT)", b"Subject: inner\r\n\r\n"),
        ("2.HEADER.FIELDS.NOT (subject)", b"Content-Type: multipart/alternative; boundary=c\r\n\r\n"),
        ("2.1", b"plain"),
        ("2.1.MIME", b"\r\n"),
        ("2.2", b"<p>=C3=A9"),
        ("3", b"iVBORw0K"),
        ('HEADER.FIELDS ("subject" message-id)',
         b"Subject: =?utf-8?q?H=C3=A9?=\r\n folded\r\nMessage-ID: <1@x.example>\r\n\r\n"),
        ("HEADER.FIELDS (X-None)", b"\r\n"),
        ("4", None),
        ("1.1", None),
        ("1.TEXT", None),
        ("1.HEADER", None),
        ("2.3", None),
    ],
)  # fmt: skip
def test_sections(nested: Mail, spec: str, octets: bytes | None) -> None:
    assert nested.section(spec) == octets


def test_header_and_text_are_the_whole(nested: Mail) -> None:
    header, text = nested.section("HEADER"), nested.section("TEXT")
    assert header is not None
    assert text is not None
    assert header + text == NESTED
    inner, rest = nested.section("2.HEADER"), nested.section("2.TEXT")
    assert inner is not None
    assert rest is not None
    assert inner + rest == nested.section("2")


@pytest.mark.parametrize(
    "spec", ["MIME", "0", "1.0", "HEADER.FIELDS", "1.", "FOO", "1.FOO", "HEADER (a)", "1..2", "01"]
)
def test_what_is_no_section_raises(nested: Mail, spec: str) -> None:
    with pytest.raises(ValueError, match="no section"):
        nested.section(spec)


def test_a_single_part_is_number_one() -> None:
    mail = parse_mail(crlf("Subject: x\n\nbody\n"))
    assert mail.section("1") == mail.section("TEXT") == b"body\r\n"
    assert mail.section("1.MIME") == mail.section("HEADER")
    assert mail.section("2") is None
    assert mail.bodystructure() == b'("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 6 1 NIL NIL NIL)'


def test_nested_multiparts_with_one_boundary_lose_their_children() -> None:
    mail = parse_mail(
        crlf("""\
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

x
--b--
""")
    )
    assert mail.bodystructure().startswith(b'(("ALTERNATIVE" ("BOUNDARY" "b") NIL NIL)')
    assert mail.body().startswith(b'(("ALTERNATIVE")')


@pytest.mark.parametrize(
    ("field", "rendered"),
    [
        ("abel", b'((NIL NIL "abel" NIL))'),
        ("<>", b"((NIL NIL NIL NIL))"),
        ("", b"NIL"),
        ("undisclosed-recipients:;", b'((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL))'),
        ("Ada (the one) <a@x.example>", b'(("Ada" NIL "a" "x.example"))'),
        ("=?utf-8?q?A=C3=A9?= <a@x.example>", b'(("=?utf-8?q?A=C3=A9?=" NIL "a" "x.example"))'),
        ("Aé <a@x.example>", b'(({3}\r\nA\xc3\xa9 NIL "a" "x.example"))'),
        ('"a b"@x.example', b'((NIL NIL "a b" "x.example"))'),
        ("<@relay:a@x.example>", b'((NIL "@relay" "a" "x.example"))'),
        ("Ada <@one,@two:a@x.example>", b'(("Ada" "@one,@two" "a" "x.example"))'),
        ("<@one, @two : a@x.example>", b'((NIL "@one,@two" "a" "x.example"))'),
        ('<"a>b"@x.example>', b'((NIL NIL "a>b" "x.example"))'),
        ("<a(who)@(where)x.example>", b'((NIL NIL "a" "x.example"))'),
        ("a(who)@(where)x.example", b'(("who" NIL "a" "x.example"))'),
        ("<a@x.example", b'((NIL NIL "a" "x.example"))'),
    ],
)
def test_address_lists_of_the_envelope(field: str, rendered: bytes) -> None:
    envelope = parse_mail(f"To: {field}\r\n\r\n".encode()).envelope()
    assert envelope == b"(NIL NIL NIL NIL NIL " + rendered + b" NIL NIL NIL NIL)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?Q?a=C3=A9?= =?utf-8?Q?b?=", "aéb"),
        (b"=?iso-8859-1?B?6Q==?= x", "é x"),
        (b"=?nonsense?Q?a?=", "=?nonsense?Q?a?="),
        ("é".encode(), "é"),
    ],
)
def test_encoded_words(value: bytes, text: str) -> None:
    assert decode_words(value) == text


def test_what_search_sees(nested: Mail) -> None:
    assert nested.header("Subject") == "Hé folded"
    assert nested.headers("x-none") == ()
    assert [word for word in ("hello", "plain", "é") if word in nested.text()] == ["hello", "plain", "é"]
    assert [(f.filename, f.media_type) for f in nested.files()] == [
        ("in.eml", "message/rfc822"),
        ("x.png", "image/png"),
    ]


def leaves(part: Part, path: str = "") -> list[str]:
    if part.message is not None:
        return [path]
    if part.children:
        inside = [leaves(child, f"{path}.{n}".lstrip(".")) for n, child in enumerate(part.children, 1)]
        return [leaf for found in inside for leaf in found]
    return [path or "1"]


def test_every_part_of_every_mail_can_be_had() -> None:
    for raw in [m.raw() for m in demo_messages(1, NOW)] + [m.raw() for m in bulk_messages(60, 1, NOW)]:
        mail = parse_mail(raw)
        assert (mail.section("HEADER") or b"") + (mail.section("TEXT") or b"") == raw
        for leaf in leaves(mail.root):
            octets = mail.section(leaf)
            assert octets is not None
            assert octets in raw


@given(st.binary(max_size=300))
def test_any_octets_are_a_mail(raw: bytes) -> None:
    mail = parse_mail(raw)
    for rendered in (mail.envelope(), mail.bodystructure(), mail.body()):
        assert rendered.startswith(b"(")
    assert (mail.section("HEADER") or b"") + (mail.section("TEXT") or b"") == raw
    mail.text()
    mail.files()


PIECES = (
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b'To: (((<a@"\r\n',
    b"--b\r\n",
    b"--b--",
    b"--b",
    b"\r\n",
    b"\n",
    b"x",
)


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_any_broken_structure_is_a_mail(pieces: list[bytes]) -> None:
    mail = parse_mail(b"".join(pieces))
    mail.envelope()
    mail.bodystructure()
    for leaf in leaves(mail.root):
        mail.section(leaf)
