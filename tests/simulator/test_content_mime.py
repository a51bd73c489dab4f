"""Composed mail and made files, judged by programs that nobody here wrote: Python's email package, zlib."""

from __future__ import annotations

import email
import email.policy
import re
import struct
import zlib
from email.message import EmailMessage

import pytest

from imapcore.simulator.demo_mail.attachments import csv, invitation, pdf, png
from imapcore.simulator.demo_mail.compose import (
    File,
    Flow,
    Letter,
    compose,
    encode_text,
    format_date,
    format_people,
)

NOW = 1_795_251_600_000


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def letter(text: str = "words", **more: object) -> Letter:
    given: dict[str, object] = {
        "sender": ("Ada Byron", "ada@x.example"),
        "to": (("Noor", "demo@gmail.com"),),
        "subject": "Hello",
        "date_ms": NOW,
        "message_id": "<1@x.example>",
        "text": text,
        **more,
    }
    return Letter(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "subject",
    [
        "Plain",
        "Blåbær og fløte",
        "来週の打ち合わせについて",
        "مشروع المكتبة الجديدة",
        "✈️ 20 % off",
        "word " * 40,
        "長い" * 60,
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "iso-2022-jp"])
def test_subjects_are_read_as_they_were_meant(subject: str, charset: str) -> None:
    raw = compose(letter(subject=subject, charset=charset))
    assert read(raw)["subject"] == subject.strip()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "iso-2022-jp", "windows-1256"])
@pytest.mark.parametrize("text", ["Plain words.\n\nTwo.", "Blåbær", "来週の予定", "مشروع", "line " * 60])
@pytest.mark.parametrize("flow", list(Flow))
def test_texts_are_read_as_they_were_meant(text: str, charset: str, flow: Flow) -> None:
    body = read(compose(letter(text, charset=charset, flow=flow))).get_content()
    assert body.split() == text.split()


def test_people_of_every_kind_of_name() -> None:
    people = (
        ("Ada Byron", "a@x.example"),
        ('Olivia "Liv" Marsh', "l@x.example"),
        ("سمير حداد", "s@x.example"),
        ("", "bare@x.example"),
        ("Byron, Ada", "b@x.example"),
    )
    raw = compose(letter(cc=people))
    assert [(a.display_name, a.addr_spec) for a in read(raw)["cc"].addresses] == list(people)
    assert format_people((("", "x@y"),)) == "x@y"


def test_everything_is_nested_as_usual() -> None:
    files = (File("a.pdf", "application/pdf", b"%PDF"), File("logo.png", "image/png", b"x", content_id="c@x"))
    raw = compose(letter(html="<p>words", files=files, invite="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
    types = [part.get_content_type() for part in read(raw).walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/calendar",
        "application/pdf",
        "application/ics",
    ]


def test_a_file_name_in_another_script() -> None:
    raw = compose(letter(files=(File("مخطط.pdf", "application/pdf", b"%PDF"),)))
    assert [part.get_filename() for part in read(raw).iter_attachments()] == ["مخطط.pdf"]


def test_references_and_further_fields() -> None:
    ids = tuple(f"<{n}@x.example>" for n in range(30))
    message = read(compose(letter(in_reply_to=ids[-1], references=ids, extra=(("List-Id", "<l.example>"),))))
    assert message["references"].split() == list(ids)
    assert message["in-reply-to"] == ids[-1]
    assert message["list-id"] == "<l.example>"


@pytest.mark.parametrize(
    ("zone", "date"),
    [
        (0, "Sat, 21 Nov 2026 09:00:00 +0000"),
        (330, "Sat, 21 Nov 2026 14:30:00 +0530"),
        (-300, "Sat, 21 Nov 2026 04:00:00 -0500"),
    ],
)
def test_dates(zone: int, date: str) -> None:
    assert format_date(NOW, zone) == date


def test_encoded_words_are_short_enough() -> None:
    for word in re.findall(r"=\?\S+\?=", encode_text("長いBlåbær" * 30)):
        assert len(word) <= 75


def test_a_pdf_has_its_objects_where_it_says() -> None:
    octets = pdf("a.pdf", "One (1)", "Two \\ three").octets
    start = int(octets.split(b"startxref\n")[1].split(b"\n")[0])
    assert octets[start:].startswith(b"xref\n0 6\n")
    rows = octets[start:].split(b"\n")[3:8]
    for number, row in enumerate(rows, 1):
        assert octets[int(row[:10]) :].startswith(b"%d 0 obj" % number)
    stream = octets.partition(b"stream\n")[2].partition(b"\nendstream")[0]
    assert b"/Length %d " % len(stream) in octets
    assert rb"(One \(1\)) Tj" in stream


def test_a_png_has_its_checksums_and_its_pixels() -> None:
    octets = png("a.png", 7, 5, 0x336699).octets
    assert octets.startswith(b"\x89PNG\r\n\x1a\n")
    position, chunks = 8, {}
    while position < len(octets):
        size, kind = struct.unpack(">I4s", octets[position : position + 8])
        data = octets[position + 8 : position + 8 + size]
        (checksum,) = struct.unpack(">I", octets[position + 8 + size : position + 12 + size])
        assert checksum == zlib.crc32(kind + data)
        chunks[kind] = data
        position += 12 + size
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (7, 5)
    assert len(zlib.decompress(chunks[b"IDAT"])) == 5 * (1 + 7 * 3)


def test_a_csv_quotes_what_has_commas() -> None:
    assert (
        csv("a.csv", ("name", "sum"), ("backup, off site", 4.5)).octets
        == b'name,sum\r\n"backup, off site",4.5\r\n'
    )


def test_an_invitation_is_folded_and_escaped() -> None:
    text = invitation(
        "u@x", "Lunch, with; everybody " * 6, NOW, 75, "liv@x.example", "Quay\n4", "demo@gmail.com"
    )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "DTSTART:20261121T090000Z\r\nDTEND:20261121T101500Z\r\n" in unfolded
    assert "SUMMARY:Lunch\\, with\\; everybody" in unfolded
    assert "LOCATION:Quay\\n4" in unfolded
