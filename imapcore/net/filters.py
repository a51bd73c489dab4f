"""What may lie between IMAP and the socket: TLS and DEFLATE, as filters over bytes.

Neither touches a socket. TLS works on memory, so the socket stays ours alone: every wait can be interrupted,
and what a peer sent before the handshake cannot slip past it. DEFLATE (RFC 4978) is inflated a bounded piece
at a time, so that a kilobyte cannot become a gigabyte at once.
"""

from __future__ import annotations

import ssl
import zlib
from dataclasses import dataclass
from typing import cast

from imapcore.errors import ConnectionLost, ProtocolError

INFLATED = 64 * 1024
"""Bytes given out at a time."""


_Names = tuple[tuple[tuple[str, str], ...], ...]
"""A distinguished name as Python gives it: parts, each of pairs."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who vouches for a server, as its certificate says; unsanitized, as all that a server sends."""

    issuer: str
    ends: float
    """Seconds since 1970-01-01 UTC; it holds no longer."""


class TlsLayer:
    """TLS as a filter. ``shake`` until it says done, then ``decrypt`` and ``encrypt``."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    @property
    def version(self) -> str:
        """``TLSv1.3`` …"""
        return self._tls.version() or ""

    @property
    def certificate(self) -> Certificate | None:
        """The server's, once it was verified."""
        found = self._tls.getpeercert()
        if not found:
            return None
        names = dict(pair for part in cast(_Names, found.get("issuer", ())) for pair in part)
        issuer = " ".join(names[name] for name in ("organizationName", "commonName") if name in names)
        return Certificate(issuer, ssl.cert_time_to_seconds(str(found["notAfter"])))

    def shake(self, received: bytes) -> bool:
        """One more step of the handshake; True when it is over. Raises ssl.SSLError."""
        if received:
            self._incoming.write(received)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def to_send(self) -> bytes:
        """What the socket must take."""
        return self._outgoing.read()

    def encrypt(self, data: bytes) -> bytes:
        """Plain bytes → what the socket must take."""
        if data:
            self._tls.write(data)
        return self._outgoing.read()

    def decrypt(self, received: bytes) -> tuple[bytes, bool]:
        """What the socket gave → plain bytes (perhaps none yet), and whether the peer ended the session."""
        if received:
            self._incoming.write(received)
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(INFLATED):
                pieces.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(pieces), False
        except ssl.SSLZeroReturnError:
            return b"".join(pieces), True
        except ssl.SSLError as error:
            raise ConnectionLost(f"TLS broke: {error.reason or 'unknown reason'}") from error
        return b"".join(pieces), True


class DeflateLayer:
    """DEFLATE in both directions, raw, as RFC 4978 wants it."""

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        self._inflate = zlib.decompressobj(-15)
        self._waiting = b""

    @property
    def has_more(self) -> bool:
        """Whether received bytes wait to be inflated."""
        return bool(self._waiting)

    def deflate(self, data: bytes) -> bytes:
        """Plain bytes → what the layer below must send, complete up to here."""
        return self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)

    def inflate(self, received: bytes) -> bytes:
        """What the layer below gave → at most ``INFLATED`` plain bytes; call again while ``has_more``."""
        try:
            data = self._inflate.decompress(self._waiting + received, INFLATED)
        except zlib.error as error:
            raise ProtocolError("what the server sent is not DEFLATE") from error
        self._waiting = self._inflate.unconsumed_tail
        if self._inflate.eof:
            raise ProtocolError("the server ended the compression")
        return data
