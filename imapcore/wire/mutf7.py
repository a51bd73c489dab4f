"""Modified UTF-7, the spelling of mailbox names on the wire (RFC 3501 §5.1.3). Values only.

``Übung`` is ``&ANw-bung``, ``R&D`` is ``R&-D``. Decoding is lenient where servers and old clients are
known to err: what is no valid shift sequence is kept as it stands, so that every name can be shown and,
encoded again, at least named in an error.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error


def encode(name: str) -> str:
    """Spell a name in modified UTF-7; the result is printable ASCII and any C0 the name had.

    Raises ValueError for a lone surrogate, which no charset can carry.
    """
    if name.isascii() and name.isprintable():
        return name.replace("&", "&-")
    out: list[str] = []
    shifted: list[str] = []
    for char in name:
        if " " <= char <= "~":
            if shifted:
                out.append(_shift("".join(shifted)))
                shifted.clear()
            out.append("&-" if char == "&" else char)
        else:
            shifted.append(char)
    if shifted:
        out.append(_shift("".join(shifted)))
    return "".join(out)


def encode_bytes(name: str) -> bytes:
    """``encode`` as the bytes to send."""
    return encode(name).encode("ascii")


def _shift(text: str) -> str:
    encoded = b64encode(text.encode("utf-16-be")).decode("ascii")
    return "&" + encoded.rstrip("=").replace("/", ",") + "-"


def decode(name: str | bytes) -> str:
    """Read a name from the wire. Raw UTF-8 (some servers, and all after ENABLE UTF8=ACCEPT) passes through.

    Never raises: bytes that are neither become U+FFFD, broken shift sequences stay as they are.
    """
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    if "&" not in name:
        return name
    parts = name.split("&")
    out = [parts[0]]
    for part in parts[1:]:
        shifted, dash, rest = part.partition("-")
        if not dash:
            out.append("&" + part)
        elif not shifted:
            out.append("&" + rest)
        else:
            text = _unshift(shifted)
            out.append("&" + part if text is None else text + rest)
    return "".join(out)


def _unshift(shifted: str) -> str | None:
    padded = shifted.replace(",", "/") + "=" * (-len(shifted) % 4)
    try:
        return b64decode(padded.encode("ascii"), validate=True).decode("utf-16-be")
    except (Base64Error, UnicodeError):
        return None
