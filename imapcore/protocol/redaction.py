"""A secret that comes back: servers may say what they were told, in a refusal or in a notice.

What lives here: ``Redactor``, which learns each secret as it goes out and takes it out of what comes in,
before it can become an error, an event or a line of the transcript. What may not: keeping a secret that was
not sent.

A secret is known in the forms in which it may come back: as it is, however its blanks and case, as a quoted
string, percent-encoded, in hexadecimal, and in base64, also in the middle of a longer base64 text, where its
digits depend on how many octets stand before it, modulo three (RFC 4648 §4).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from urllib.parse import quote_from_bytes

SHORTEST = 4
"""Octets of the shortest secret that is looked for: less is in every other line, and no secret."""
LONGEST_SPREAD = 64
"""Octets of the longest form that is found with blanks in it, too: nobody spaces a token."""
HIDDEN = "•••"
_BEARER = re.compile(rb"auth=Bearer ([^\x01]+)")


class Redactor:
    """Takes the secrets it has learnt out of bytes and texts."""

    __slots__ = ("_forms", "_pattern", "longest")

    def __init__(self) -> None:
        self._forms: set[bytes] = set()
        self._pattern: re.Pattern[bytes] | None = None
        self.longest = 0
        """Octets of the longest form: so far beyond a cut one has to look."""

    def __repr__(self) -> str:
        return "Redactor(•••)"

    def learn(self, sent: bytes) -> None:
        """Know a secret by what was sent of it: a string as it is or quoted, or a SASL message in base64."""
        sent = sent.rstrip(b"\r\n")
        forms = {form for secret in _secrets_in(sent) for form in _forms_of(secret)}
        forms.add(sent.rstrip(b"="))
        new = {form for form in forms if len(form) >= SHORTEST} - self._forms
        if not new:
            return
        self._forms |= new
        # Longest first: one form may be the beginning of another.
        ordered = sorted(self._forms, key=lambda form: (-len(form), form))
        self.longest = len(ordered[0])
        self._pattern = re.compile(b"|".join(_loosely(form) for form in ordered), re.IGNORECASE)

    def octets(self, data: bytes) -> bytes:
        """Bytes without the secrets."""
        return data if self._pattern is None else self._pattern.sub(HIDDEN.encode(), data)

    def text(self, text: str) -> str:
        """A text without the secrets."""
        if self._pattern is None:
            return text
        data = text.encode("utf-8", "surrogateescape")
        clean = self._pattern.sub(HIDDEN.encode(), data)
        return text if clean == data else clean.decode("utf-8", "replace")


def _loosely(form: bytes) -> bytes:
    # Google shows an app password in groups of four, and whoever repeats it may do so, too.
    letters = [re.escape(form[at : at + 1]) for at in range(len(form))]
    return (b" ?" if len(form) <= LONGEST_SPREAD else b"").join(letters)


def _secrets_in(sent: bytes) -> Iterable[bytes]:
    """The secrets in what was sent: itself, unquoted, and those in a SASL message."""
    yield sent
    if len(sent) >= 2 and sent[:1] == sent[-1:] == b'"':
        yield re.sub(rb"\\(.)", rb"\1", sent[1:-1], flags=re.DOTALL)
        return
    try:
        message = b64decode(sent, validate=True)
    except (Base64Error, ValueError):
        return
    yield message
    bearer = _BEARER.search(message)
    if bearer is not None:
        yield bearer[1]
    elif b"\x00" in message:
        # PLAIN: who acts, who signs in, the password.
        yield message.rpartition(b"\x00")[2]


def _forms_of(secret: bytes) -> Iterable[bytes]:
    if len(secret) < SHORTEST:
        return
    yield secret
    yield secret.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    yield quote_from_bytes(secret, safe="").encode()
    yield secret.hex().encode()
    for before in range(3):
        digits = b64encode(b"\x00" * before + secret)
        # The first digits also hold what stands before; the last ones, what comes after.
        first = (0, 2, 3)[before]
        last = (before + len(secret)) * 8 // 6
        yield digits[first:last]
        yield digits[first:last].translate(bytes.maketrans(b"+/", b"-_"))
