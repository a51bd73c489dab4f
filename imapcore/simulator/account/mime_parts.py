"""A mail as a tree of byte ranges: header fields, MIME parts, embedded messages (RFC 5322, 2045, 2046).

Every range points into the one raw octet string, so that a section served is an exact slice of what was
stored. Nothing is decoded here and nothing is repaired: a broken part is a part with what can be seen of
it. Rendering for the wire lives in ``mail_structure``, the public face in ``mail``. Independent of
``imapcore.mime``, which is the client's and must be able to disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_DEPTH = 40
"""Nesting beyond this is served as a leaf; a hostile mail must not exhaust the stack."""
MAX_PARTS = 2000
"""Children of one multipart beyond this are left out."""

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_HEADER_END = re.compile(rb"(?:(?<=\n)|\r?\n)\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_MEDIA_TYPE = re.compile(rb"\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)\s*/\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)")
_TOKEN = re.compile(rb"\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)")
_PARAMETER = re.compile(rb';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)

Parameters = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case and where it stands, line end included."""

    name: bytes
    start: int
    value: int
    """Where its value begins, right after the colon."""
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A message or a MIME part: header at ``start``, body at ``body``, both up to ``end``."""

    raw: bytes
    start: int
    body: int
    end: int
    fields: tuple[Field, ...]
    media_type: bytes
    """Upper case, e.g. ``TEXT``."""
    subtype: bytes
    parameters: Parameters
    """Of Content-Type: names in upper case, values unquoted."""
    children: tuple[Part, ...] = ()
    """Of a multipart; empty when its boundary is nowhere to be found."""
    message: Part | None = None
    """The embedded message of a message/rfc822."""

    @property
    def is_multipart(self) -> bool:
        """Whether it is declared a multipart, with children or without."""
        return self.media_type == b"MULTIPART"

    def values(self, name: bytes) -> list[bytes]:
        """Every value of a header field (name in lower case), unfolded and stripped, top to bottom."""
        return [self._value(field) for field in self.fields if field.name == name]

    def value(self, name: bytes) -> bytes | None:
        """The first value of a header field, or None."""
        for field in self.fields:
            if field.name == name:
                return self._value(field)
        return None

    def _value(self, field: Field) -> bytes:
        return unfold(self.raw[field.value : field.end])


def unfold(value: bytes) -> bytes:
    """A field's value on one line: line ends before white space go, the rest of them become spaces."""
    value = _FOLD.sub(b"", value.strip(b" \t\r\n"))
    return value.replace(b"\r\n", b" ").replace(b"\n", b" ").replace(b"\r", b" ").replace(b"\0", b"")


def parse_part(
    raw: bytes, start: int = 0, end: int | None = None, default: bytes = b"TEXT/PLAIN", depth: int = 0
) -> Part:
    """The part between two offsets; ``default`` is its type when it declares none (RFC 2046 §5.1.5)."""
    stop = len(raw) if end is None else end
    body = _find_body(raw, start, stop)
    fields = _parse_fields(raw, start, body)
    content_type = next((f for f in fields if f.name == b"content-type"), None)
    declared = unfold(raw[content_type.value : content_type.end]) if content_type else default
    media_type, subtype, parameters = parse_media_type(declared)
    if content_type is None and media_type == b"TEXT":
        parameters = ((b"CHARSET", b"US-ASCII"),)
    children: tuple[Part, ...] = ()
    message: Part | None = None
    if depth < MAX_DEPTH:
        if media_type == b"MULTIPART":
            inner = b"MESSAGE/RFC822" if subtype == b"DIGEST" else b"TEXT/PLAIN"
            boundary = dict(parameters).get(b"BOUNDARY", b"")
            ranges = _split(raw, body, stop, boundary) if boundary else []
            children = tuple(parse_part(raw, a, b, inner, depth + 1) for a, b in ranges)
        elif (media_type, subtype) == (b"MESSAGE", b"RFC822"):
            message = parse_part(raw, body, stop, depth=depth + 1)
    return Part(raw, start, body, stop, fields, media_type, subtype, parameters, children, message)


def parse_media_type(value: bytes) -> tuple[bytes, bytes, Parameters]:
    """``text/html; charset=x`` → upper-case type and subtype, parameters; nonsense is text/plain."""
    match = _MEDIA_TYPE.match(value)
    if match is None:
        return b"TEXT", b"PLAIN", ()
    return match[1].upper(), match[2].upper(), parse_parameters(value[match.end() :])


def parse_disposition(value: bytes) -> tuple[bytes, Parameters] | None:
    """``attachment; filename=x`` → its upper-case word and parameters."""
    match = _TOKEN.match(value)
    return (match[1].upper(), parse_parameters(value[match.end() :])) if match else None


def parse_parameters(value: bytes) -> Parameters:
    """``; a=b; c="d"`` → pairs, names in upper case, values unquoted, as they come (RFC 2231 left alone)."""
    return tuple(
        (name.upper(), _ESCAPED.sub(rb"\1", quoted) if not plain else plain.strip())
        for name, quoted, plain in _PARAMETER.findall(value)
    )


def _find_body(raw: bytes, start: int, stop: int) -> int:
    """Where the body begins: after the first empty line, or at the end when there is none."""
    if raw.startswith(b"\r\n", start, stop):
        return start + 2
    if raw.startswith(b"\n", start, stop):
        return start + 1
    match = _HEADER_END.search(raw, start, stop)
    return match.end() if match else stop


def _parse_fields(raw: bytes, start: int, stop: int) -> tuple[Field, ...]:
    """The header's fields in order; a line that is no field belongs to nothing."""
    fields: list[Field] = []
    position = start
    while position < stop:
        line_end = raw.find(b"\n", position, stop)
        line_end = stop if line_end < 0 else line_end + 1
        if raw[position : position + 1] in (b" ", b"\t"):
            if fields and fields[-1].end == position and raw[position:line_end].strip():
                last = fields.pop()
                fields.append(Field(last.name, last.start, last.value, line_end))
        else:
            match = _FIELD.match(raw, position, line_end)
            if match:
                fields.append(Field(match[1].lower(), position, match.end(), line_end))
        position = line_end
    return tuple(fields)


def _split(raw: bytes, body: int, stop: int, boundary: bytes) -> list[tuple[int, int]]:
    """The ranges between a multipart's delimiter lines; the line end before one belongs to it."""
    pattern = re.compile(
        rb"(?:\r?\n|(?<=\n))--" + re.escape(boundary.rstrip()) + rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)"
    )
    ranges: list[tuple[int, int]] = []
    begin = -1
    for match in pattern.finditer(raw, body, stop):
        if begin >= 0:
            ranges.append((begin, max(begin, match.start())))
        if match[1] or len(ranges) >= MAX_PARTS:
            return ranges
        begin = match.end()
        begin += 2 if raw.startswith(b"\r\n", begin, stop) else 1
        begin = min(begin, stop)
    if begin >= 0:
        ranges.append((begin, stop))
    return ranges
