"""A large message without its weight: header and texts as they are, every file an empty part in its place.
Pure.

What lives here: which parts of a large message are worth fetching to read it, and putting them together so
that ``mime`` reads the result like any message. What may not: fetching. The sizes of the files left out
travel in a header field of our own, since an empty part no longer shows its size. RFC 2045, RFC 2046 §5.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from imapcore.model import Body
from imapcore.sync.convert.structure import walk_leaves
from imapcore.wire.bodystructure import BodyStructure, Multipart, Part

SECTION = "~"
"""Under which name of a section the store keeps a skeleton; "" is the whole source."""

WHOLE_OCTETS = 1_000_000
"""Messages up to this size are fetched whole: one question, and everything is there."""

TEXT_OCTETS = 4_000_000
"""Of a text part no more than this is fetched."""

PACKED_OCTETS = 1_000_000
"""Parts with readable words inside are fetched up to this size: half of one is worth nothing."""

MOST_TEXTS = 20
FIELD = b"X-Gimap-Left-Out"

_READABLE = frozenset(
    ("text/plain", "text/html", "text/enriched", "text/calendar", "text/markdown", "text/rfc822-headers",
     "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
     "message/feedback-report")
)  # fmt: skip
_PACKED = frozenset(
    ("message/rfc822", "message/global", "application/pkcs7-mime", "application/x-pkcs7-mime",
     "application/ms-tnef", "application/vnd.ms-tnef")
)  # fmt: skip
_LEFT_OUT = re.compile(rb"([0-9.]{1,40})=(\d{1,12})")


def wanted_parts(structure: BodyStructure) -> list[Part]:
    """The parts that are read: texts that are no files, invitations, reports, and what holds such."""
    texts = [part for part, _ in walk_leaves(structure) if _is_readable(part)]
    return texts[:MOST_TEXTS]


def _is_readable(part: Part) -> bool:
    if part.media_type in _PACKED:
        return part.size <= PACKED_OCTETS
    return part.media_type in _READABLE and part.extension.disposition != "attachment"


def build_skeleton(structure: BodyStructure, header: bytes, texts: Mapping[str, bytes]) -> bytes:
    """The message's source with nothing in it but ``texts`` (section → octets as transferred)."""
    left_out = b" ".join(
        f"{part.section}={_decoded_size(part)}".encode("ascii")
        for part, _ in walk_leaves(structure)
        if part.section not in texts
    )
    body = b"".join(_body(structure, texts))
    return FIELD + b": " + left_out + b"\r\n" + header.rstrip(b"\r\n") + b"\r\n\r\n" + body


def _decoded_size(part: Part) -> int:
    # Lines of 76 letters and their ends carry 57 octets.
    return part.size * 57 // 78 if part.encoding == "base64" else part.size


def _body(structure: BodyStructure, texts: Mapping[str, bytes]) -> Iterator[bytes]:
    if isinstance(structure, Part):
        yield texts.get(structure.section, b"")
        return
    boundary = _parameter(structure, "boundary").encode("utf-8", "replace")
    for part in structure.parts:
        yield b"--" + boundary + b"\r\n"
        yield from _header(part)
        yield b"\r\n"
        yield from _body(part, texts)
        yield b"\r\n"
    yield b"--" + boundary + b"--\r\n"


def _header(part: BodyStructure) -> Iterator[bytes]:
    yield _field("Content-Type", part.media_type, part.params)
    if isinstance(part, Part):
        yield _field("Content-Transfer-Encoding", part.encoding, ())
        if part.content_id:
            yield _field("Content-ID", part.content_id, ())
    if part.extension.disposition:
        yield _field("Content-Disposition", part.extension.disposition, part.extension.disposition_params)


def _field(name: str, value: str, parameters: tuple[tuple[str, str], ...]) -> bytes:
    parts = [_line(value), *(f'{_line(key)}="{_quoted(content)}"' for key, content in parameters)]
    return f"{name}: {'; '.join(parts)}\r\n".encode("utf-8", "surrogateescape")


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace('"', '\\"')


def _parameter(structure: Multipart, name: str) -> str:
    return next((value for key, value in structure.params if key == name), "gimap")


def restore_sizes(body: Body, skeleton: bytes) -> Body:
    """The body with the sizes its attachments really have."""
    first = skeleton.partition(b"\r\n")[0]
    if not first.startswith(FIELD):
        return body
    sizes = {section.decode("ascii"): int(size) for section, size in _LEFT_OUT.findall(first)}
    attachments = tuple(replace(each, size=sizes.get(each.section, each.size)) for each in body.attachments)
    return replace(body, attachments=attachments)
