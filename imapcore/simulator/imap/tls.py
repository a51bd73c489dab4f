"""A certificate for localhost made on the spot, for tests of trust; needs the optional ``trustme``."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field


class TlsUnavailable(Exception):
    """``trustme`` is not installed, and without it there is no certificate."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's side, and what a client must trust to like it."""

    server: ssl.SSLContext
    authority_pem: bytes = field(repr=False)
    """The certificate authority, for a client's ``load_verify_locations(cadata=…)``."""


def make_certificate(*names: str) -> Certificate:
    """A fresh authority and a certificate by it, for these names (``localhost`` and 127.0.0.1 by default)."""
    try:
        import trustme
    except ModuleNotFoundError as error:
        raise TlsUnavailable("TLS needs trustme: pip install gimap-tui[tls]") from error
    authority = trustme.CA()
    issued = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    issued.configure_cert(context)
    return Certificate(context, authority.cert_pem.bytes())
