"""Small real files to attach: PDF, PNG, CSV, iCalendar; each opens in the program it is meant for.

Pure and deterministic; nothing is read from disk.
"""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

from imapcore.simulator.demo_mail.compose import File

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pdf(filename: str, *lines: str) -> File:
    """A one-page PDF with these lines (characters of Latin-1 only)."""
    text = "".join(f"({_pdf_escape(line)}) Tj 0 -18 Td " for line in lines)
    stream = f"BT /F1 12 Tf 72 760 Td {text}ET".encode("latin-1", "replace")
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return File(filename, "application/pdf", bytes(out))


def png(filename: str, width: int, height: int, hue: int, content_id: str = "") -> File:
    """A PNG with a gradient towards one colour (``0xRRGGBB``)."""
    red, green, blue = hue >> 16 & 255, hue >> 8 & 255, hue & 255
    rows = b"".join(
        b"\0"
        + bytes(channel * (x + y) // (width + height) for x in range(width) for channel in (red, green, blue))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    octets = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    )
    return File(filename, "image/png", octets, content_id)


def csv(filename: str, *rows: tuple[str | int | float, ...]) -> File:
    """A CSV of these rows."""
    text = "".join(
        ",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) + "\r\n" for row in rows
    )
    return File(filename, "text/csv", text.encode("utf-8"))


def text_file(filename: str, text: str) -> File:
    """A plain text file."""
    return File(filename, "text/plain", text.encode("utf-8"))


def invitation(
    uid: str,
    summary: str,
    start_ms: int,
    minutes: int,
    organizer: str,
    place: str,
    guest: str,
    note: str = "",
) -> str:
    """An iCalendar REQUEST (RFC 5545, RFC 5546)."""
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Almanac//Almanac 4.1//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_stamp(start_ms - 5 * 86_400_000)}",
        f"DTSTART:{_stamp(start_ms)}",
        f"DTEND:{_stamp(start_ms + minutes * 60_000)}",
        f"SUMMARY:{_ics_escape(summary)}",
        f"LOCATION:{_ics_escape(place)}",
        f"DESCRIPTION:{_ics_escape(note)}",
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest}",
        "STATUS:CONFIRMED",
        "SEQUENCE:0",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(_fold(line) for line in lines) + "\r\n"


def _stamp(ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms - ms % 60_000)).strftime("%Y%m%dT%H%M%SZ")


def _fold(line: str) -> str:
    """Content lines are at most 75 octets long (RFC 5545 §3.1)."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode("utf-8")) > 73:
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])


def _ics_escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _pdf_escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
