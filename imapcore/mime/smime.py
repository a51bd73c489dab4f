"""S/MIME as far as it can be read without a key (RFC 8551, RFC 5652): what kind it is, and what was signed.

An opaque signature carries the signed message inside itself: nothing of it is secret, it only has to be taken
out of its envelope of ASN.1. Only the few levels down to the content are read (X.690, with lengths that are
not said in advance); no signature is checked, and nothing is decrypted.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

_SEQUENCE = 0x30
_OCTETS = 0x04
_OCTETS_IN_PARTS = 0x24
_OID = 0x06
_EXPLICIT = 0xA0
MAX_DEPTH = 20
MAX_PIECES = 100_000


class Kind(Enum):
    """What a ``smime.p7m`` is."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"
    UNKNOWN = "unknown"


_KINDS = {
    bytes.fromhex("2a864886f70d010702"): Kind.SIGNED,
    bytes.fromhex("2a864886f70d010703"): Kind.ENCRYPTED,
    bytes.fromhex("2a864886f70d01091001" + "17"): Kind.ENCRYPTED,
    bytes.fromhex("2a864886f70d01091001" + "09"): Kind.COMPRESSED,
}
"""ContentInfo's object identifiers: signedData, envelopedData, authEnvelopedData, compressedData."""


class Opened(Struct, frozen=True):
    """What could be read of it."""

    kind: Kind
    content: bytes = b""
    """The MIME entity that was signed; empty when there is none, or none that can be read."""


class _Broken(Exception):
    """No ASN.1, or cut off."""


class _Element(Struct, frozen=True):
    tag: int
    start: int
    """Where its content begins."""
    stop: int
    """Where its content ends; the end of all octets where no length was said."""
    has_length: bool


def open_smime(octets: bytes) -> Opened:
    """What kind of S/MIME object this is, and the content it carries in the open. Never raises."""
    try:
        outer = _read(octets, 0, len(octets), _SEQUENCE)
        oid = _read(octets, outer.start, outer.stop, _OID)
        kind = _KINDS.get(octets[oid.start : oid.stop], Kind.UNKNOWN)
        if kind is not Kind.SIGNED:
            return Opened(kind)
        return Opened(kind, _signed_content(octets, oid.stop, outer.stop))
    except _Broken:
        return Opened(Kind.UNKNOWN)


def _signed_content(octets: bytes, start: int, stop: int) -> bytes:
    """SignedData → encapContentInfo → eContent."""
    try:
        wrapped = _read(octets, start, stop, _EXPLICIT)
        signed = _read(octets, wrapped.start, wrapped.stop, _SEQUENCE)
        version = _read(octets, signed.start, signed.stop)
        algorithms = _read(octets, version.stop, signed.stop)
        info = _read(octets, _end(octets, algorithms, 0), signed.stop, _SEQUENCE)
        oid = _read(octets, info.start, info.stop, _OID)
        if oid.stop >= info.stop:
            # Certificates alone, or a signature whose content stands elsewhere.
            return b""
        explicit = _read(octets, oid.stop, info.stop, _EXPLICIT)
        pieces: list[bytes] = []
        _gather(octets, _read(octets, explicit.start, explicit.stop), pieces, 0)
        return b"".join(pieces)
    except _Broken:
        return b""


def _gather(octets: bytes, element: _Element, pieces: list[bytes], depth: int) -> int:
    """The octets of a string, in one piece or in many; where it ends."""
    if depth > MAX_DEPTH or len(pieces) > MAX_PIECES:
        raise _Broken
    if element.tag == _OCTETS and element.has_length:
        pieces.append(octets[element.start : element.stop])
        return element.stop
    if element.tag != _OCTETS_IN_PARTS:
        raise _Broken
    position = element.start
    while position < element.stop:
        if not element.has_length and octets[position : position + 2] == b"\0\0":
            return position + 2
        position = _gather(octets, _read(octets, position, element.stop), pieces, depth + 1)
    return position


def _end(octets: bytes, element: _Element, depth: int) -> int:
    """Where the element after this one begins."""
    if element.has_length:
        return element.stop
    if depth > MAX_DEPTH:
        raise _Broken
    position = element.start
    while octets[position : position + 2] != b"\0\0":
        position = _end(octets, _read(octets, position, element.stop), depth + 1)
    return position + 2


def _read(octets: bytes, position: int, stop: int, tag: int | None = None) -> _Element:
    """The element that begins here."""
    if position + 2 > stop or (tag is not None and octets[position] != tag):
        raise _Broken
    found, length = octets[position], octets[position + 1]
    position += 2
    if length == 0x80:
        return _Element(found, position, stop, has_length=False)
    if length > 0x80:
        count = length & 0x7F
        if count > 4 or position + count > stop:
            raise _Broken
        length = int.from_bytes(octets[position : position + count], "big")
        position += count
    # A cut end shows what there is of it.
    return _Element(found, position, min(position + length, stop), has_length=True)
