"""A message's octets → its tree of MIME parts, as well as they can be told apart (RFC 2045, 2046, 2047).

Bounded in depth and number; broken nesting, lost boundaries and wrong encodings give what is there instead
of an error. Sections are numbered as IMAP numbers them (RFC 3501 §6.4.5), so that a part found here can be
asked for there.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from msgspec import Struct, field

from imapcore.mime.headers import decode_header
from imapcore.mime.parameters import parse_disposition, parse_media_type
from imapcore.sanitize import clean_filename

MAX_DEPTH = 30
MAX_PARTS = 1000
MAX_FIELDS = 2000

_HEADER_END = re.compile(rb"(?:(?<=\n)|\A|\r?\n)\r?\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200}+)[ \t]*+:")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
# Each of these starts at one place of a run of blanks and never gives any of it back: a run that ends in
# something else costs its length once, not once per blank.
_SOFT_BREAK = re.compile(rb"=[ \t]*+\r?\n")
_LINE_BLANKS = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*+(?:\r?(?=\n)|\Z)")
_UU = re.compile(rb"(?:\A|\n)begin [0-7]{3,4} [^\r\n]*\r?\n")
_UU_NAMES = ("x-uuencode", "uuencode", "x-uue")
_SUFFIXES = {
    "application/pdf": "pdf", "application/zip": "zip", "application/ics": "ics", "message/rfc822": "eml",
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "audio/mpeg": "mp3",
    "video/mp4": "mp4", "text/calendar": "ics", "text/plain": "txt", "text/html": "html", "text/csv": "csv",
    "text/vcard": "vcf",
}  # fmt: skip


class Part(Struct):
    """A leaf, a multipart, or an embedded message."""

    section: str
    """IMAP section; empty for the message itself when it is a multipart."""
    media_type: str
    parameters: dict[str, str]
    disposition: str
    """``attachment``, ``inline`` or empty."""
    filename: str
    """Safe to use; empty when the part has no name."""
    encoding: str
    octets: bytes
    """The body, still in its transfer encoding."""
    content_id: str = ""
    children: list[Part] = field(default_factory=list)
    is_cut: bool = False
    """Its closing delimiter never came."""

    @property
    def charset(self) -> str:
        """As declared, or empty."""
        return self.parameters.get("charset", "")

    @property
    def is_multipart(self) -> bool:
        """Whether it consists of other parts."""
        return self.media_type.startswith("multipart/")

    @property
    def is_attachment(self) -> bool:
        """Whether it is a file rather than something to read in place."""
        if self.is_multipart:
            return False
        if self.disposition == "attachment" or self.media_type == "message/rfc822":
            return True
        is_text = self.media_type in ("text/plain", "text/html")
        return not self.media_type.startswith("text/") or (bool(self.filename) and not is_text)

    def content(self) -> bytes:
        """The body decoded from its transfer encoding."""
        return decode_transfer(self.octets, self.encoding)

    @property
    def size(self) -> int:
        """Decoded octets, near enough without decoding."""
        if self.encoding in _UU_NAMES:
            return len(self.content())
        if self.encoding != "base64":
            return len(self.octets)
        ends = self.octets.count(b"\n") + self.octets.count(b"\r")
        return max(0, (len(self.octets) - ends) * 3 // 4 - self.octets[-4:].rstrip().count(b"="))

    def walk(self) -> Iterator[Part]:
        """Itself and every part inside, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse_parts(raw: bytes) -> Part:
    """The tree of a whole message; never raises."""
    counter = [0]
    root = _parse(raw, 0, len(raw), "", 0, counter, "text/plain")
    if not root.is_multipart:
        root.section = "1"
    return root


def header_fields(raw: bytes) -> dict[str, str]:
    """The first value of every header field by lower-case name, unfolded, not yet decoded."""
    return _fields(raw, 0, _body_start(raw, 0, len(raw)))


def field_values(raw: bytes, name: str) -> list[str]:
    """Every value of one header field, topmost first; ``name`` in lower case."""
    return [value for each, value in _every_field(raw, 0, _body_start(raw, 0, len(raw))) if each == name]


def decode_transfer(octets: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045 §6), forgiving a cut end and foreign characters."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        letters = _NOT_BASE64.sub(b"", octets)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    if encoding == "quoted-printable":
        octets = _SOFT_BREAK.sub(b"", _LINE_BLANKS.sub(b"", octets))
        return _HEX.sub(lambda match: _BYTES[match[1]], octets)
    if encoding in _UU_NAMES:
        return _decode_uu(octets)
    return octets


_BYTES = {
    f"{high}{low}".encode("ascii"): bytes((int(high + low, 16),))
    for high in "0123456789ABCDEFabcdef"
    for low in "0123456789ABCDEFabcdef"
}


def _decode_uu(octets: bytes) -> bytes:
    match = _UU.search(octets)
    out = bytearray()
    for line in octets[match.end() if match else 0 :].split(b"\n"):
        line = line.rstrip(b"\r")
        if line in (b"end", b"`", b""):
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders pad a line too far; what it announces is what counts.
            count = ((line[0] - 32 & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:count])
            except binascii.Error:
                continue
    return bytes(out)


def _parse(
    raw: bytes, start: int, stop: int, section: str, depth: int, counter: list[int], default: str
) -> Part:
    counter[0] += 1
    body = _body_start(raw, start, stop)
    fields = _fields(raw, start, body)
    declared = fields.get("content-type")
    media_type, parameters = parse_media_type(declared) if declared else (default, {})
    disposition, more = parse_disposition(fields.get("content-disposition"))
    name = more.get("filename") or parameters.get("name") or ""
    part = Part(
        section,
        media_type,
        parameters,
        disposition,
        clean_filename(name) if name.strip() else "",
        fields.get("content-transfer-encoding", "").split(";")[0].strip().lower(),
        raw[body:stop] if not media_type.startswith("multipart/") else b"",
        fields.get("content-id", "").strip(" <>"),
    )
    if part.is_multipart and depth < MAX_DEPTH:
        _parse_children(part, raw, body, stop, depth, counter)
        if not part.children:
            # No boundary, or none that occurs: the text is still worth reading.
            part.media_type, part.octets = "text/plain", raw[body:stop]
            part.section = section or "1"
    elif part.is_multipart:
        part.media_type, part.octets, part.disposition = (
            "application/octet-stream",
            raw[body:stop],
            "attachment",
        )
    elif part.media_type == "message/rfc822" and not part.filename:
        inner = header_fields(part.octets[:65_536])
        part.filename = clean_filename(decode_header(inner.get("subject", "")) or "message") + ".eml"
    return part


def _parse_children(part: Part, raw: bytes, body: int, stop: int, depth: int, counter: list[int]) -> None:
    boundary = part.parameters.get("boundary", "").rstrip()
    default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    if not boundary:
        return
    prefix = f"{part.section}." if part.section else ""
    for start, end, is_closed in _split(raw, body, stop, boundary.encode("utf-8", "replace")):
        if counter[0] >= MAX_PARTS:
            part.is_cut = True
            return
        number = len(part.children) + 1
        child = _parse(raw, start, end, f"{prefix}{number}", depth + 1, counter, default)
        child.is_cut = child.is_cut or not is_closed
        part.children.append(child)


def _split(raw: bytes, body: int, stop: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """What stands between delimiter lines, and whether one ended it (RFC 2046 §5.1.1)."""
    delimiter = b"--" + boundary
    begin = -1
    found = raw.find(delimiter, body, stop)
    while found >= 0:
        ending = _DELIMITER_END.match(raw, found + len(delimiter), stop)
        is_line = found == body or raw[found - 1] == 10
        if ending is None or not is_line:
            found = raw.find(delimiter, found + 1, stop)
            continue
        if begin >= 0:
            # The line end before a delimiter belongs to the delimiter.
            end = found - 1 if found > begin and raw[found - 1] == 10 else found
            end = end - 1 if end > begin and raw[end - 1] == 13 else end
            yield begin, max(begin, end), True
        if ending[1]:
            return
        begin = min(ending.end() + 1, stop)
        found = raw.find(delimiter, max(begin, found + 1), stop)
    if begin >= 0:
        yield begin, stop, False


def _body_start(raw: bytes, start: int, stop: int) -> int:
    if raw.startswith((b"\r\n", b"\n"), start, stop):
        return start + (2 if raw[start : start + 1] == b"\r" else 1)
    match = _HEADER_END.search(raw, start, stop)
    return match.end() if match else stop


def _fields(raw: bytes, start: int, stop: int) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in _every_field(raw, start, stop):
        fields.setdefault(name, value)
    return fields


def _every_field(raw: bytes, start: int, stop: int) -> Iterator[tuple[str, str]]:
    name = ""
    lines: list[bytes] = []
    for number, line in enumerate(raw[start : min(stop, start + 1_000_000)].split(b"\n")):
        if number > MAX_FIELDS * 4:
            break
        if line[:1] in (b" ", b"\t"):
            lines.append(line)
            continue
        if name:
            yield name, _unfold(lines)
        match = _FIELD.match(line)
        name = match[1].decode("ascii").lower() if match else ""
        lines = [line[match.end() :]] if match else []
    if name:
        yield name, _unfold(lines)


def _unfold(lines: list[bytes]) -> str:
    octets = b" ".join(line.strip() for line in lines)[:65_536]
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def suggested_name(part: Part) -> str:
    """A name for a file that has none, from its type and place."""
    suffix = _SUFFIXES.get(part.media_type, "bin")
    return f"part-{part.section.replace('.', '-') or '1'}.{suffix}"
