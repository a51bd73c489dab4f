"""A whole message for the screen: which part is read, what is attached, what the reader is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.mime.message import extract_part, read_body
from imapcore.mime.parts import decode_transfer, parse_parts
from imapcore.mime.snippet import make_snippet, snippet
from imapcore.model import BlockKind, Body


def mail(text: str, charset: str = "utf-8") -> bytes:
    return text.replace("\n", "\r\n").encode(charset)


def body(source: str | bytes) -> Body:
    return read_body(7, source if isinstance(source, bytes) else mail(source))


def words(found: Body) -> list[str]:
    return ["".join(span.text for span in block.spans) for block in found.blocks if block.spans]


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"


def multipart(kind: str, *parts: str, boundary: str = "b", more: str = "") -> str:
    inside = "".join(f"--{boundary}\n{part}\n" for part in parts)
    head = f"Content-Type: multipart/{kind}; boundary={boundary}{more}\n\npreamble\n"
    return f"{head}{inside}--{boundary}--\nepilogue\n"


def test_a_plain_mail() -> None:
    found = body("Subject: x\n\nHello\n")
    assert (found.msgid, words(found), found.is_html, found.notice) == (7, ["Hello"], False, "")


def test_the_plain_form_is_preferred_when_it_says_the_same() -> None:
    found = body(multipart("alternative", PLAIN + "Hello there", HTML + "<p>Hello <b>there</b>"))
    assert (words(found), found.is_html) == (["Hello there"], False)


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("", "<p>The news</p>"),
        ("Your mail program does not support HTML.", "<p>" + "The news. " * 40),
        ("View this email in your browser: https://x.example", "<p>" + "The news. " * 40),
        ("The", "<p>" + "The news. " * 40),
        ("The news " + "https://track.example/" + "x" * 300, "<p>The news in words</p>"),
        ("Prices: 1 2 3 4", "<table><tr><th>a<th>b<tr><td>1<td>2<tr><td>3<td>4</table>"),
    ],
)
def test_the_html_form_is_read_when_only_it_carries_the_content(plain: str, html: str) -> None:
    assert body(multipart("alternative", PLAIN + plain, HTML + html)).is_html


def test_files_beside_and_inside() -> None:
    picture = (
        "Content-Type: image/png; name=logo.png\nContent-ID: <c>\nContent-Transfer-Encoding: base64\n\nAAAA"
    )
    related = multipart("related", HTML + "<p>Hi<img src=cid:c>", picture, boundary="r")
    pdf = (
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="../../a b.pdf"\n'
        "Content-Transfer-Encoding: base64\n\nSGVsbG8="
    )
    source = multipart("mixed", multipart("alternative", PLAIN, related, boundary="a"), pdf)
    found = body(source)
    assert [(a.section, a.filename, a.size, a.is_inline) for a in found.attachments] == [
        ("1.2.2", "logo.png", 3, True),
        ("2", "a b.pdf", 5, False),
    ]
    assert extract_part(mail(source), "2") == b"Hello"
    with pytest.raises(KeyError):
        extract_part(mail(source), "9")


def test_a_file_without_a_name_gets_one() -> None:
    found = body("Content-Type: application/pdf\n\nx")
    assert [(a.section, a.filename) for a in found.attachments] == [("1", "part-1.pdf")]


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=utf-8''%E2%82%AC%20rates.txt",
        "attachment; filename*0*=utf-8''%E2%82%AC; filename*1=\" rates\"; filename*2*=.txt",
        'attachment; filename="=?utf-8?Q?=E2=82=AC_rates.txt?="',
        'attachment; filename="€ rates.txt"',
    ],
)
def test_names_of_files_in_every_encoding(disposition: str) -> None:
    found = body(f"Content-Type: text/x-rates\nContent-Disposition: {disposition}\n\nx")
    assert found.attachments[0].filename == "€ rates.txt"


def test_a_forwarded_message_is_a_file_named_by_its_subject() -> None:
    inner = "Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=/x\n\ntext"
    found = body(multipart("mixed", PLAIN + "see below", inner))
    assert [(a.section, a.filename, a.media_type) for a in found.attachments] == [
        ("2", "x.eml", "message/rfc822")
    ]


INVITE = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Lunch\\, with
  everybody
DTSTART;TZID=Europe/Oslo:20261124T100000
DTEND;TZID=Europe/Oslo:20261124T113000
LOCATION:Quay 4
ORGANIZER;CN="Liv Marsh":mailto:liv@x.example
ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@x.example
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR"""


def test_an_invitation_is_shown_once_and_first() -> None:
    calendar = f"Content-Type: text/calendar; method=REQUEST\n\n{INVITE}"
    file = f"Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment\n\n{INVITE}"
    found = body(multipart("mixed", multipart("alternative", PLAIN + "come", calendar, boundary="a"), file))
    assert words(found)[0] == "Invitation: Lunch, with everybody"
    table = found.blocks[1]
    assert table.kind is BlockKind.TABLE
    assert [[span.text for cell in row for span in cell] for row in table.rows] == [
        ["When", "Tuesday, 24 November 2026, 10:00–11:30 Europe/Oslo"],
        ["Repeats", "every week on Tuesday"],
        ["Where", "Quay 4"],
        ["From", "Liv Marsh"],
        ["Guests", "ada@x.example (accepted)"],
    ]
    assert [a.filename for a in found.attachments] == ["invite.ics"]


def test_a_calendar_that_cannot_be_read_is_a_file() -> None:
    found = body("Content-Type: text/calendar\n\nnothing of the kind")
    assert [a.filename for a in found.attachments] == ["part-1.ics"]


@pytest.mark.parametrize(
    ("source", "notice"),
    [
        (HTML + '<img src="https://x.example/a.png" width=300 alt=boat>', "pictures were not loaded"),
        (multipart("mixed", PLAIN + "a").replace("--b--", ""), "ends early"),
        (
            multipart("signed", PLAIN + "a", "Content-Type: application/pgp-signature\n\nx"),
            "signature was not checked",
        ),
        (
            multipart(
                "encrypted",
                "Content-Type: application/pgp-encrypted\n\nVersion: 1",
                "Content-Type: application/octet-stream\n\nx",
            ),
            "encrypted",
        ),
        ("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nx", "encrypted"),
        ("Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "winmail.dat"),
        (PLAIN + "word " * 700_000, "only its beginning"),
    ],
)
def test_the_reader_is_told_what_is_missing(source: str, notice: str) -> None:
    assert notice in body(source).notice


@pytest.mark.parametrize(
    ("declared", "octets"),
    [
        ("iso-8859-1", "Blåbær".encode("latin-1")),
        ("us-ascii", "Blåbær".encode()),
        ("utf-8", "Blåbær".encode("latin-1")),
        ("x-nonsense", "Blåbær".encode()),
        ("", "Blåbær".encode("latin-1")),
        ("hex", "Blåbær".encode()),
    ],
)
def test_charsets_are_rescued(declared: str, octets: bytes) -> None:
    parameter = f"; charset={declared}" if declared else ""
    found = body(f"Content-Type: text/plain{parameter}\r\n\r\n".encode() + octets)
    assert words(found) == ["Blåbær"]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-jp", "来週の予定"),
        ("gb2312", "你好"),
        ("euc-kr", "안녕"),
        ("koi8-r", "Привет"),
        ("windows-1256", "مرحبا"),
        ("utf-16", "Hé"),
        ("big5", "你好"),
        ("shift_jis", "来週"),
    ],
)
def test_charsets_of_the_world(charset: str, text: str) -> None:
    found = body(f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + text.encode(charset))
    assert words(found) == [text]
    assert found.notice == ""


@pytest.mark.parametrize(
    ("encoding", "octets", "plain"),
    [
        ("base64", b"SGVs\r\nbG8=", b"Hello"),
        ("base64", b"SGVsbG8", b"Hello"),
        ("base64", b"SGV!sb G8==", b"Hello"),
        ("base64", b"SGVsb", b"Hel"),
        ("quoted-printable", b"a=3Db=\r\nc  \r\nd=E9", b"a=bc\r\nd\xe9"),
        ("quoted-printable", b"cut=", b"cut="),
        ("quoted-printable", b"bad=ZZ", b"bad=ZZ"),
        ("x-uuencode", b"begin 644 a\r\n%2&5L;&\\\r\n`\r\nend\r\n", b"Hello"),
        ("8bit", b"\xe9", b"\xe9"),
        ("nonsense", b"x", b"x"),
    ],
)
def test_transfer_encodings(encoding: str, octets: bytes, plain: bytes) -> None:
    assert decode_transfer(octets, encoding) == plain


def test_broken_structures_are_read_as_far_as_they_go() -> None:
    assert words(body("Content-Type: multipart/mixed\n\njust text\n")) == ["just text"]
    assert words(body("Content-Type: multipart/mixed; boundary=b\n\nno delimiter\n")) == ["no delimiter"]
    nested = multipart("mixed", "Content-Type: multipart/alternative; boundary=b\n\n--b\n" + PLAIN + "inner")
    assert "inner" in words(body(nested))
    assert words(body("no header at all")) == [] or body("no header at all").notice


def test_nesting_is_bounded() -> None:
    source = b""
    for depth in range(200):
        source += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
    read_body(1, source + b"\r\ntext")
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000
    assert sum(1 for _ in parse_parts(many).walk()) <= 1001


def test_several_texts_are_parted_by_a_rule() -> None:
    found = body(multipart("mixed", PLAIN + "one", PLAIN + "two"))
    assert [b.kind for b in found.blocks] == [BlockKind.PARAGRAPH, BlockKind.RULE, BlockKind.PARAGRAPH]


def test_enriched_text_and_reports() -> None:
    assert words(body("Content-Type: text/enriched\n\n<bold>Hi</bold> <<you")) == ["Hi <you"]
    report = multipart("report", PLAIN + "failed", "Content-Type: message/delivery-status\n\nStatus: 5.1.1")
    assert words(body(report)) == ["failed"]


@pytest.mark.parametrize(
    ("part", "options", "expected"),
    [
        (b"Hello there,\r\nit is me.\r\n\r\n> old\r\n-- \r\nAda", {}, "Hello there, it is me."),
        (b"On Monday, Ada wrote:\r\n> only quotes\r\n", {}, "On Monday, Ada wrote: only quotes"),
        (b"SGVsbG8gd29y", {"encoding": "base64"}, "Hello wor"),
        (b"caf=C3=A9 and=", {"encoding": "quoted-printable"}, "café and="),
        ("café ".encode()[:-2], {}, "caf"),
        (
            b"<style>x</style><div style='display:none'>pre</div><p>News <b>today</b>",
            {"is_html": True},
            "pre News today",
        ),
        (b"<p>cut in <a href='http", {"is_html": True}, "cut in"),
        (b"a\x1b[31mb", {}, "ab"),
        (
            b"View this email in your browser: https://x.example/1\r\n\r\nNEWS\r\nof today",
            {},
            "NEWS of today",
        ),
        (b"> a long line of what was said before\r\n" * 60 + b"\r\nAnd my answer.", {}, "And my answer."),
        (b"https://x.example/1", {}, "https://x.example/1"),
        (b"", {}, ""),
        ("Grüße aus München, und noch eine gute Zeit".encode()[:7], {"charset": ""}, "Grüße"),
        (
            "Вы получили это письмо, потому что".encode("koi8-r"),
            {"charset": ""},
            "Вы получили это письмо, потому что",
        ),
    ],
)
def test_snippets(part: bytes, options: dict[str, str | bool], expected: str) -> None:
    given_: dict[str, str | bool] = {"encoding": "7bit", "charset": "utf-8", "is_html": False, **options}
    found = make_snippet(
        part,
        encoding=str(given_["encoding"]),
        charset=str(given_["charset"]),
        is_html=bool(given_["is_html"]),
    )
    assert found == expected


def test_a_snippet_is_short_and_one_line() -> None:
    found = make_snippet(b"word \r\n\r\n" * 400, encoding="", charset="", is_html=False)
    assert len(found) <= 200
    assert "\n" not in found
    assert snippet(mail(multipart("alternative", PLAIN + "plain words", HTML + "x"))) == "plain words"
    assert snippet(mail("Content-Type: image/png\n\nx")) == ""


STRUCTURE = st.lists(
    st.sampled_from(
        [
            b"Content-Type: multipart/mixed; boundary=b\r\n",
            b"Content-Type: text/html\r\n",
            b"\r\n",
            b"--b\r\n",
            b"--b--\r\n",
            b"Content-Transfer-Encoding: base64\r\n",
            b"Content-Type: message/rfc822\r\n",
            b"text \xff\xfe\x1b[31m",
            b"<p>x",
            b"Content-Disposition: attachment; filename*=x''%ff\r\n",
            b"Content-Type: text/calendar\r\n",
            b"BEGIN:VEVENT\r\n",
            b"Content-Type: multipart/alternative; boundary=b\r\n",
            b"Content-Type: multipart/related; boundary=b\r\n",
        ]
    ),
    max_size=30,
)


@given(st.one_of(st.binary(max_size=400), STRUCTURE.map(b"".join)))
def test_any_octets_are_a_message(raw: bytes) -> None:
    found = read_body(1, raw)
    shown = [span.text for block in found.blocks for span in block.spans]
    shown += [span.text for block in found.blocks for row in block.rows for cell in row for span in cell]
    shown += [a.filename for a in found.attachments] + [
        link.text + link.url + link.host for link in found.links
    ]
    for text in shown:
        assert not [c for c in text if (c < " " and c != "\n") or "\x7f" <= c < "\xa0"]
    for attachment in found.attachments:
        assert isinstance(extract_part(raw, attachment.section), bytes)
    snippet(raw)


@given(
    st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "", "x-uuencode"]), st.booleans()
)
def test_any_part_has_a_snippet(part: bytes, encoding: str, is_html: bool) -> None:
    assert len(make_snippet(part, encoding=encoding, charset="utf-8", is_html=is_html)) <= 200


def test_a_large_html_mail_is_read_to_its_end() -> None:
    source = b"<p>words of a long report, again and again</p>" * 30_000 + b"<p>the last line</p>"
    found = read_body(1, b"Content-Type: text/html; charset=utf-8\r\n\r\n" + source)
    assert "".join(span.text for span in found.blocks[-1].spans) == "the last line"
    assert not found.notice


def test_text_behind_a_picture_in_the_source_is_read() -> None:
    source = b"<p>before<img src='data:image/png;base64," + b"QUJD" * 500_000 + b"'><p>after"
    found = read_body(1, b"Content-Type: text/html; charset=utf-8\r\n\r\n" + source)
    assert ["".join(span.text for span in block.spans) for block in found.blocks] == ["before", "after"]
