"""Where a server is, and how long each kind of wait may last. Values only."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass

from imapcore.errors import InvalidArgument
from imapcore.model import Account, Security


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds that each kind of wait may last; every one of them ends."""

    connect: float = 20.0
    """Name resolution, TCP connect and TLS handshake, together."""
    read: float = 60.0
    """Between two arrivals of bytes while an answer is due."""
    write: float = 60.0
    """For the peer to take what we send."""
    command: float = 600.0
    """From a command's first byte to its tagged answer."""
    idle: float = 540.0
    """Before IDLE is renewed: Gmail drops a silent one after about ten minutes."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Host, port and protection of one IMAP server."""

    host: str
    port: int = 993
    security: Security = Security.TLS

    def __post_init__(self) -> None:
        if not self.host or any(char.isspace() or char == "\0" for char in self.host):
            raise InvalidArgument("the host name is empty or holds white space")
        if not 0 < self.port < 65536:
            raise InvalidArgument(f"{self.port} is not a port: use 1 to 65535")
        if self.security is Security.NONE and not is_loopback(self.host):
            raise InvalidArgument(
                f"a connection without TLS to {self.host} would send the password in clear",
                hint="--no-tls is for addresses of this machine only, such as 127.0.0.1",
            )

    @classmethod
    def of(cls, account: Account) -> Endpoint:
        """The endpoint of an account. Raises InvalidArgument, as the constructor does."""
        return cls(account.host, account.port, account.security)


def is_loopback(host: str) -> bool:
    """Whether a host names this very machine (127/8, ::1, localhost), without asking a resolver."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def verified_context(cafile: str | None = None) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and host name verified.

    ``cafile`` adds a PEM file of trusted authorities (a company's own, or a test's).
    """
    context = ssl.create_default_context(cafile=None)
    if cafile is not None:
        context.load_verify_locations(cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
