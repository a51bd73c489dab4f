"""Where to connect, how protected, and how long to wait: values, checked when built."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imapcore.errors import InvalidArgument
from imapcore.security import Security

if TYPE_CHECKING:
    from imapcore.model import Account

LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost", "localhost.localdomain"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.lower().rstrip(".") in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server. Without TLS only ever this machine: raises InvalidArgument otherwise."""

    host: str
    port: int = 993
    security: Security = Security.TLS

    def __post_init__(self) -> None:
        if not self.host or any(char in self.host for char in "\r\n\x00/ "):
            raise InvalidArgument("that is not the name of a host")
        if not 0 < self.port < 65536:
            raise InvalidArgument(f"there is no port {self.port}")
        object.__setattr__(self, "host", self.host.strip("[]"))
        if self.security is Security.NONE and not is_loopback(self.host):
            raise InvalidArgument(
                f"without TLS only this machine may be asked, not {self.host}",
                hint="Leave out --no-tls",
            )

    @classmethod
    def of(cls, account: Account) -> Endpoint:
        """The server of an account."""
        return cls(account.host, account.port, account.security)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds to wait at most, layer by layer."""

    connect: float = 20.0
    """Name and TCP together."""
    tls: float = 15.0
    read: float = 60.0
    """Without a single byte while an answer is due."""
    write: float = 60.0
    """Without a single byte taken by the server."""
    command: float = 300.0
    """From a command's first byte to its answer; a stream of messages has no such end, only ``read``."""
    slowest: int = 2048
    """Octets that must come within ``read`` of an answer under way: well below the slowest link there is."""
    idle: float = 540.0
    """One IDLE: renewed after this long, since Gmail hangs up after some ten minutes."""
    logout: float = 2.0
    probe: float = 5.0
    """What a server that is there answers at once: NOOP when nothing else is under way, and the end of IDLE.
    """
    silence: float = 3.0
    """So long nothing may come while an answer is due before somebody is told."""


def make_tls_context() -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and host name verified against the system's authorities.

    The name has to be one of the certificate's subjectAltName (RFC 9525 §6.3): its common name says nothing.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    return context
