"""SASL: how a client proves who it is (RFC 4422), one small class per mechanism.

A mechanism answers challenges; it knows nothing of IMAP. All hold their secret in a ``Secret``, so none can
show it. Random values are arguments, which keeps this module pure and testable.

PLAIN (RFC 4616), LOGIN (the old habit of two prompts), CRAM-MD5 (RFC 2195), SCRAM-SHA-256 (RFC 7677, RFC
5802), XOAUTH2 (Google), OAUTHBEARER (RFC 7628).
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from hashlib import md5, pbkdf2_hmac, sha256
from typing import ClassVar, Protocol

from imapcore.errors import AuthenticationFailed, InvalidArgument, ProtocolError
from imapcore.wire.encoder import Secret

MAX_ITERATIONS = 200_000
"""SCRAM: a server may ask for more rounds than anybody uses, to keep us busy for hours."""

MIN_ITERATIONS = 4096
"""RFC 7677 §4: fewer make the password easy to guess."""


class Mechanism(Protocol):
    """One attempt to sign in."""

    @property
    def name(self) -> str:
        """As in ``AUTH=…``."""
        ...

    @property
    def is_server_proven(self) -> bool:
        """Whether the server has shown all the mechanism wants of it before an OK may count."""
        ...

    def initial(self) -> bytes | None:
        """What to say before being asked; None when the server speaks first."""
        ...

    def answer(self, challenge: bytes) -> bytes:
        """The answer to a challenge. Raises AuthenticationFailed or ProtocolError."""
        ...


def _checked(text: str, what: str) -> str:
    if not text or "\x00" in text or "\r" in text or "\n" in text:
        raise InvalidArgument(f"a {what} cannot be empty or hold CR, LF or NUL")
    return text


@dataclass(frozen=True, slots=True)
class Plain:
    """PLAIN: user and password in one message."""

    name: ClassVar[str] = "PLAIN"
    is_server_proven: ClassVar[bool] = True
    user: str
    password: Secret = field(repr=False)
    authorize_as: str = ""

    def __post_init__(self) -> None:
        _checked(self.user, "user name")
        if b"\x00" in self.password.reveal():
            raise InvalidArgument("a password cannot hold NUL")

    def initial(self) -> bytes | None:
        """The whole message."""
        return b"\x00".join((self.authorize_as.encode(), self.user.encode(), self.password.reveal()))

    def answer(self, challenge: bytes) -> bytes:
        """The same, to a server without SASL-IR, which sends an empty challenge."""
        return self.initial() or b""


@dataclass(slots=True)
class PlainPrompts:
    """LOGIN as a SASL mechanism: the server asks for the user, then for the password."""

    name: ClassVar[str] = "LOGIN"
    is_server_proven: ClassVar[bool] = True
    user: str
    password: Secret = field(repr=False)
    _step: int = field(default=0, repr=False)

    def initial(self) -> bytes | None:
        """The server asks first."""
        return None

    def answer(self, challenge: bytes) -> bytes:
        """User, then password; the prompts' words differ between servers and mean nothing."""
        self._step += 1
        if self._step > 2:
            raise ProtocolError("the server asks for more than user and password")
        return self.user.encode() if self._step == 1 else self.password.reveal()


@dataclass(frozen=True, slots=True)
class CramMd5:
    """CRAM-MD5: proves knowledge of the password by one keyed hash."""

    name: ClassVar[str] = "CRAM-MD5"
    is_server_proven: ClassVar[bool] = True
    user: str
    password: Secret = field(repr=False)

    def initial(self) -> bytes | None:
        """The server asks first."""
        return None

    def answer(self, challenge: bytes) -> bytes:
        """``user digest``."""
        digest = hmac.new(self.password.reveal(), challenge, md5).hexdigest()
        return f"{self.user} {digest}".encode()


_SCRAM_FIRST = re.compile(r"r=([!-+\--~]+),s=([A-Za-z0-9+/=]+),i=([0-9]{1,9})(?:,.*)?")
_SCRAM_FINAL = re.compile(r"v=([A-Za-z0-9+/=]+)(?:,.*)?")


@dataclass(slots=True)
class ScramSha256:
    """SCRAM-SHA-256 without channel binding: neither side learns enough to act as the other.

    ``nonce`` is printable ASCII without comma, never used twice.
    """

    name: ClassVar[str] = "SCRAM-SHA-256"
    user: str
    password: Secret = field(repr=False)
    nonce: str = field(repr=False)
    _step: int = field(default=0, repr=False)
    _server_signature: bytes = field(default=b"", repr=False)
    _is_proven: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        _checked(self.user, "user name")
        if not re.fullmatch(r"[!-+\--~]{8,}", self.nonce):
            raise InvalidArgument("a nonce is at least eight printable characters, no comma")

    @property
    def _first(self) -> str:
        name = self.user.replace("=", "=3D").replace(",", "=2C")
        return f"n={name},r={self.nonce}"

    @property
    def is_server_proven(self) -> bool:
        """Whether the server has shown that it knows the password too; false means somebody else answered."""
        return self._is_proven

    def initial(self) -> bytes | None:
        """client-first-message."""
        return f"n,,{self._first}".encode()

    def answer(self, challenge: bytes) -> bytes:
        """client-final-message, then the check of the server's own proof."""
        text = challenge.decode("utf-8", "replace")
        if not challenge and self._step == 0:
            # A server without SASL-IR asks for the first message by an empty challenge.
            return self.initial() or b""
        self._step += 1
        if self._step == 1:
            return self._prove(text)
        match = _SCRAM_FINAL.fullmatch(text)
        if self._step > 2 or match is None:
            raise AuthenticationFailed("the server refused the proof")
        if not hmac.compare_digest(_base64(match[1]), self._server_signature):
            raise AuthenticationFailed("the server could not prove that it knows the password")
        self._is_proven = True
        return b""

    def _prove(self, server_first: str) -> bytes:
        match = _SCRAM_FIRST.fullmatch(server_first)
        if match is None or not match[1].startswith(self.nonce) or match[1] == self.nonce:
            raise ProtocolError("a SCRAM challenge that does not answer ours")
        rounds = int(match[3])
        if not MIN_ITERATIONS <= rounds <= MAX_ITERATIONS:
            raise ProtocolError(f"SCRAM with {rounds} iterations")
        salted = pbkdf2_hmac("sha256", self.password.reveal(), _base64(match[2]), rounds)
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        final = f"c=biws,r={match[1]}"
        message = f"{self._first},{server_first},{final}".encode()
        signature = hmac.digest(sha256(client_key).digest(), message, "sha256")
        self._server_signature = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        return f"{final},p={b64encode(proof).decode('ascii')}".encode()


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise ProtocolError("not base64") from error


@dataclass(frozen=True, slots=True)
class XOAuth2:
    """XOAUTH2: an OAuth access token, as Google defined it."""

    name: ClassVar[str] = "XOAUTH2"
    is_server_proven: ClassVar[bool] = True
    user: str
    token: Secret = field(repr=False)

    def __post_init__(self) -> None:
        if "\x01" in _checked(self.user, "user name") or b"\x01" in self.token.reveal():
            raise InvalidArgument("user and token cannot hold control characters")

    def initial(self) -> bytes | None:
        """``user=…^Aauth=Bearer …^A^A``."""
        return b"user=%b\x01auth=Bearer %b\x01\x01" % (self.user.encode(), self.token.reveal())

    def answer(self, challenge: bytes) -> bytes:
        """The token if it was not sent yet; an empty line to an error report, after which the NO comes."""
        return (self.initial() or b"") if not challenge else b""


@dataclass(frozen=True, slots=True)
class OAuthBearer:
    """OAUTHBEARER: the same as a standard (RFC 7628)."""

    name: ClassVar[str] = "OAUTHBEARER"
    is_server_proven: ClassVar[bool] = True
    user: str
    token: Secret = field(repr=False)
    host: str = ""
    port: int = 0

    def __post_init__(self) -> None:
        if "\x01" in _checked(self.user, "user name") or b"\x01" in self.token.reveal():
            raise InvalidArgument("user and token cannot hold control characters")

    def initial(self) -> bytes | None:
        """The GS2 header, host and port if given, and the token."""
        name = self.user.replace("=", "=3D").replace(",", "=2C")
        where = f"host={self.host}\x01port={self.port}\x01" if self.host else ""
        return f"n,a={name},\x01{where}auth=Bearer ".encode() + self.token.reveal() + b"\x01\x01"

    def answer(self, challenge: bytes) -> bytes:
        """The token if it was not sent yet; a lone ^A to an error report, after which the NO comes."""
        return (self.initial() or b"") if not challenge else b"\x01"


def choose(capabilities: frozenset[str], offered: dict[str, Mechanism]) -> Mechanism | None:
    """The safest mechanism both sides have, by ``PREFERENCE``; None when there is none."""
    return next(
        (offered[name] for name in PREFERENCE if name in offered and f"AUTH={name}" in capabilities), None
    )


PREFERENCE = ("OAUTHBEARER", "XOAUTH2", "SCRAM-SHA-256", "PLAIN", "CRAM-MD5", "LOGIN")
"""Under TLS a plain password beats CRAM-MD5, whose server must keep the password in the clear."""
