"""Writing mail: a letter's fields → RFC 5322 octets, in the several ways real programs write them.

Pure and deterministic: boundaries come from the Message-ID, dates from arguments. Only composition lives
here; what people write to each other is in the ``content_…`` stories. CRLF line ends throughout.
"""

from __future__ import annotations

import base64
import quopri
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORD_OCTETS = 33
"""Octets of text in one encoded word: with its frame and ``Subject: `` a line stays under 78 characters."""


class Flow(Enum):
    """How a program breaks its lines."""

    FIXED = "fixed"
    FLOWED = "flowed"
    """RFC 3676: a trailing space says that the paragraph goes on."""
    LONG = "long"
    """One line a paragraph, however long; quoted-printable breaks it on the way."""


@dataclass(frozen=True, slots=True)
class File:
    """Something attached, or shown inside the HTML when it has a content id."""

    filename: str
    media_type: str
    octets: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is written down."""

    sender: tuple[str, str]
    """Display name and address."""
    to: tuple[tuple[str, str], ...]
    subject: str
    date_ms: int
    message_id: str
    text: str = ""
    html: str = ""
    cc: tuple[tuple[str, str], ...] = ()
    bcc: tuple[tuple[str, str], ...] = ()
    zone: int = 0
    """Minutes east of UTC, for the Date header."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    charset: str = "utf-8"
    flow: Flow = Flow.FIXED
    files: tuple[File, ...] = ()
    invite: str = ""
    """An iCalendar object; makes the mail an invitation."""
    extra: tuple[tuple[str, str], ...] = ()
    """Further header fields, ASCII."""


def compose(letter: Letter) -> bytes:
    """The letter as octets."""
    headers, content = _content(letter)
    fields = [
        *letter.extra,
        ("Date", format_date(letter.date_ms, letter.zone)),
        ("From", format_people((letter.sender,), letter.charset)),
        ("To", format_people(letter.to, letter.charset)),
        ("Cc", format_people(letter.cc, letter.charset)),
        ("Bcc", format_people(letter.bcc, letter.charset)),
        ("Subject", encode_text(letter.subject, letter.charset)),
        ("Message-ID", letter.message_id),
        ("In-Reply-To", letter.in_reply_to),
        ("References", "\r\n ".join(letter.references)),
        ("MIME-Version", "1.0"),
    ]
    lines = [f"{name}: {value}\r\n" for name, value in fields if value]
    return "".join(lines).encode("ascii") + headers + b"\r\n" + content


def format_date(ms: int, zone: int = 0) -> str:
    """Milliseconds since 1970 → ``Fri, 20 Nov 2026 09:12:40 +0100`` (RFC 5322 §3.3)."""
    moment = (_EPOCH + timedelta(milliseconds=ms)).astimezone(timezone(timedelta(minutes=zone)))
    hours, minutes = divmod(abs(zone), 60)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year:04d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} "
        f"{'-' if zone < 0 else '+'}{hours:02d}{minutes:02d}"
    )


def format_people(people: tuple[tuple[str, str], ...], charset: str = "utf-8") -> str:
    """An address list, one member a line."""
    return ",\r\n ".join(_format_person(name, address, charset) for name, address in people)


def _format_person(name: str, address: str, charset: str) -> str:
    if not name:
        return address
    if name.isascii() and all(c.isalnum() or c in " -'" for c in name):
        return f"{name} <{address}>"
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{encode_text(name, charset)} <{address}>"


def encode_text(text: str, charset: str = "utf-8") -> str:
    """A header's text in ASCII: as it is, or in RFC 2047 words cut between characters, folded."""
    if text.isascii():
        if len(text) <= 70 and text.isprintable() and "  " not in text and text == text.strip():
            return text
        return "\r\n ".join(textwrap.wrap(text, 70, break_long_words=False)) or text
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    if len(text) * 4 <= _WORD_OCTETS or len(text.encode(charset)) <= _WORD_OCTETS:
        return _encode_word(text, charset)
    words: list[str] = []
    piece = ""
    for character in text:
        if len((piece + character).encode(charset)) > _WORD_OCTETS:
            words.append(piece)
            piece = ""
        piece += character
    words.append(piece)
    return "\r\n ".join(_encode_word(word, charset) for word in words)


def _encode_word(text: str, charset: str) -> str:
    octets = text.encode(charset)
    ascii_share = sum(c < 0x80 for c in octets) / len(octets)
    if ascii_share > 0.75 and charset != "iso-2022-jp":
        quoted = "".join(
            chr(c) if 48 <= c < 58 or 65 <= c < 91 or 97 <= c < 123 else f"={c:02X}" for c in octets
        )
        word = f"=?{charset}?Q?{quoted.replace('=20', '_')}?="
        if len(word) <= 69:
            return word
    return f"=?{charset}?B?{base64.b64encode(octets).decode('ascii')}?="


def _content(letter: Letter) -> tuple[bytes, bytes]:
    """Content-… fields and body: plain text, HTML twin, invitation and files, nested as usual."""
    seed = "".join(c for c in letter.message_id if c.isalnum())[:24]
    headers, body = _text_part(letter.text, letter.charset, letter.flow)
    if letter.html:
        html = _html_part(letter.html)
        pictures = [file for file in letter.files if file.content_id]
        if pictures:
            html = _multipart("related", f"rel_{seed}", [html, *map(_file_part, pictures)])
        parts = [(headers, body), html] if letter.text else [html]
        if letter.invite:
            parts.append(_calendar_part(letter.invite))
        headers, body = _multipart("alternative", f"alt_{seed}", parts) if len(parts) > 1 else parts[0]
    elif letter.invite:
        parts = [(headers, body), _calendar_part(letter.invite)]
        headers, body = _multipart("alternative", f"alt_{seed}", parts)
    files = [_file_part(file) for file in letter.files if not file.content_id]
    if letter.invite:
        files.append(_file_part(File("invite.ics", "application/ics", letter.invite.encode("utf-8"))))
    if files:
        headers, body = _multipart("mixed", f"mix_{seed}", [(headers, body), *files])
    return headers, body


def _text_part(text: str, charset: str, flow: Flow) -> tuple[bytes, bytes]:
    wrapped = "\n".join(_wrap(text, flow)) + "\n"
    try:
        octets = wrapped.encode(charset)
    except UnicodeEncodeError:
        charset, octets = "utf-8", wrapped.encode("utf-8")
    octets = octets.replace(b"\n", b"\r\n")
    parameters = f"; charset={charset}" + ("; format=flowed" if flow is Flow.FLOWED else "")
    is_short = all(len(line) < 200 for line in octets.split(b"\n"))
    if is_short and (octets.isascii() or charset == "iso-2022-jp"):
        return _fields("text/plain", parameters, "7bit"), octets
    if sum(c < 0x80 for c in octets) > len(octets) * 0.7:
        return _fields("text/plain", parameters, "quoted-printable"), _quote_printable(octets)
    return _fields("text/plain", parameters, "base64"), _base64(octets)


def _html_part(html: str) -> tuple[bytes, bytes]:
    octets = html.replace("\n", "\r\n").encode("utf-8")
    return _fields("text/html", "; charset=utf-8", "quoted-printable"), _quote_printable(octets)


def _calendar_part(invite: str) -> tuple[bytes, bytes]:
    octets = invite.encode("utf-8")
    return _fields("text/calendar", "; charset=utf-8; method=REQUEST", "base64"), _base64(octets)


def _file_part(file: File) -> tuple[bytes, bytes]:
    if file.filename.isascii():
        name = f'; filename="{file.filename}"'
        type_name = f'; name="{file.filename}"'
    else:
        quoted = "".join(
            chr(c) if (chr(c).isalnum() and c < 0x80) or chr(c) in ".-_" else f"%{c:02X}"
            for c in file.filename.encode("utf-8")
        )
        name = f";\r\n filename*=utf-8''{quoted}"
        type_name = f';\r\n name="{encode_text(file.filename)}"'
    fields = _fields(file.media_type, type_name, "base64")
    disposition = "inline" if file.content_id else "attachment"
    fields += f"Content-Disposition: {disposition}{name}\r\n".encode("ascii")
    if file.content_id:
        fields += f"Content-ID: <{file.content_id}>\r\n".encode("ascii")
    return fields, _base64(file.octets)


def _multipart(subtype: str, boundary: str, parts: list[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    mark = boundary.encode("ascii")
    body = b"".join(
        b"--" + mark + b"\r\n" + headers + b"\r\n" + content + b"\r\n" for headers, content in parts
    )
    return _fields(f"multipart/{subtype}", f'; boundary="{boundary}"', ""), body + b"--" + mark + b"--\r\n"


def _fields(media_type: str, parameters: str, encoding: str) -> bytes:
    lines = f"Content-Type: {media_type}{parameters}\r\n"
    if encoding:
        lines += f"Content-Transfer-Encoding: {encoding}\r\n"
    return lines.encode("ascii")


def _wrap(text: str, flow: Flow) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        if flow is Flow.LONG or len(line) <= 74 or (not line.isascii() and " " not in line):
            lines.append(line)
            continue
        mark = line[: len(line) - len(line.lstrip("> "))]
        pieces = textwrap.wrap(
            line[len(mark) :], 72 - len(mark), break_long_words=False, break_on_hyphens=False
        )
        soft = " " if flow is Flow.FLOWED else ""
        lines += [mark + piece + soft for piece in pieces[:-1]] + [mark + piece for piece in pieces[-1:]]
    return lines


def _quote_printable(octets: bytes) -> bytes:
    return quopri.encodestring(octets).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _base64(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")
