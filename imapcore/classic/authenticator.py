"""SASL as the IMAP4 object does it: a caller's function between base64 and base64 (RFC 3501 §6.2.2)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable

from imapcore.classic.errors import abort, error
from imapcore.protocol.auth import CramMd5
from imapcore.wire.encoder import Secret

Mechanism = Callable[[bytes], bytes | str | None]
"""From a challenge, decoded, to the answer; None breaks the exchange off."""


class Authenticator:
    """Turns what the server sends after ``+`` into what it is answered."""

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism

    def process(self, challenge: bytes) -> bytes:
        """The line that answers a challenge: base64, or ``*`` to break off."""
        try:
            decoded = b64decode(challenge, validate=True)
        except Base64Error as problem:
            raise abort("the server's challenge is not base64") from problem
        answer = self._mechanism(decoded)
        if answer is None:
            return b"*"
        return b64encode(answer.encode("utf-8") if isinstance(answer, str) else answer)


def cram_md5(user: str, password: str | bytes) -> Mechanism:
    """The mechanism CRAM-MD5 (RFC 2195), which proves the password without sending it."""
    mechanism = CramMd5(user, Secret(password))

    def answer(challenge: bytes) -> bytes:
        try:
            return mechanism.answer(challenge)
        except ValueError as problem:
            # An OpenSSL in FIPS mode has no MD5.
            raise error("CRAM-MD5 authentication is not supported here") from problem

    return answer
