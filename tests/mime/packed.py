"""S/MIME and TNEF objects as their programs write them, made on the spot."""

from __future__ import annotations

import struct

OID_DATA = "2a864886f70d010701"
OID_SIGNED = "2a864886f70d010702"
OID_ENVELOPED = "2a864886f70d010703"
OID_COMPRESSED = "2a864886f70d0109100109"


def element(tag: int, content: bytes) -> bytes:
    """One element with its length said in advance (DER)."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def open_ended(tag: int, content: bytes) -> bytes:
    """One element whose end is marked (BER, as streaming signers write it)."""
    return bytes((tag, 0x80)) + content + b"\0\0"


def oid(number: str) -> bytes:
    """An object identifier by its content in hexadecimal."""
    return element(0x06, bytes.fromhex(number))


def content_info(kind: str, content: bytes) -> bytes:
    """ContentInfo (RFC 5652 §3)."""
    return element(0x30, oid(kind) + element(0xA0, content))


def signed(content: bytes) -> bytes:
    """An opaque signature in DER, its content in one piece; the signers are left out."""
    info = element(0x30, oid(OID_DATA) + element(0xA0, element(0x04, content)))
    return content_info(
        OID_SIGNED, element(0x30, element(0x02, b"\1") + element(0x31, b"") + info + element(0x31, b""))
    )


def signed_in_pieces(content: bytes, size: int = 7) -> bytes:
    """The same in BER, in pieces, without lengths."""
    pieces = b"".join(element(0x04, content[at : at + size]) for at in range(0, len(content), size))
    info = open_ended(0x30, oid(OID_DATA) + open_ended(0xA0, open_ended(0x24, pieces)))
    algorithms = open_ended(0x31, open_ended(0x30, oid(OID_DATA)))
    inside = open_ended(0x30, element(0x02, b"\1") + algorithms + info)
    return open_ended(0x30, oid(OID_SIGNED) + open_ended(0xA0, inside))


def certificates() -> bytes:
    """A signature of nothing, which only carries certificates."""
    info = element(0x30, oid(OID_DATA))
    return content_info(OID_SIGNED, element(0x30, element(0x02, b"\1") + element(0x31, b"") + info))


def attribute(level: int, number: int, data: bytes) -> bytes:
    """One TNEF attribute; its kind is not looked at."""
    return struct.pack("<BHHI", level, number, 0, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def mapi(*values: tuple[int, int, bytes]) -> bytes:
    """A list of MAPI properties: (kind, number, value as it stands)."""
    out = struct.pack("<I", len(values))
    for kind, number, value in values:
        out += struct.pack("<HH", kind, number)
        if kind in (0x1E, 0x1F, 0x102):
            out += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
        else:
            out += value
    return out


def tnef(*attributes: bytes) -> bytes:
    """A ``winmail.dat``."""
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)
