"""Two small functions of imaplib's that need no connection: flags of a response, numbers as letters."""

from __future__ import annotations

import re

_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)", re.IGNORECASE)
_LETTERS = b"ABCDEFGHIJKLMNOP"


def ParseFlags(resp: bytes | str) -> tuple[bytes, ...]:
    r"""The flags of a FETCH or FLAGS response: ``b'1 (FLAGS (\Seen x))'`` → ``(b'\Seen', b'x')``.

    Empty where the response has no flag list (RFC 3501 §7.2.6, §7.4.2).
    """
    data = resp.encode("ascii", "replace") if isinstance(resp, str) else resp
    found = _FLAGS.search(data)
    return tuple(found[1].split()) if found else ()


def Int2AP(num: float) -> bytes:
    """The absolute value of a number in base 16 with the digits ``A`` to ``P``; nothing for 0."""
    digits = bytearray()
    rest = int(abs(num))
    while rest:
        rest, digit = divmod(rest, 16)
        digits.append(_LETTERS[digit])
    digits.reverse()
    return bytes(digits)
