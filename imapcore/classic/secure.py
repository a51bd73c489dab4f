"""``IMAP4_SSL``: the same over TLS from the first byte on (RFC 8314 §3.2)."""

from __future__ import annotations

import socket
import ssl
import warnings

from imapcore.classic.imap4 import IMAP4
from imapcore.net import blocking_socket

IMAP4_SSL_PORT = 993


class IMAP4_SSL(IMAP4):  # noqa: N801
    """An ``IMAP4`` whose connection is encrypted.

    ``ssl_context`` says what to trust. Without one the certificate and its name are verified against the
    system's authorities, unless the host is this machine. ``keyfile`` and ``certfile`` name a client's
    certificate, as imaplib took them until Python 3.11; a context can hold it as well.
    """

    def __init__(
        self,
        host: str = "",
        port: int = IMAP4_SSL_PORT,
        keyfile: str | None = None,
        certfile: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        timeout: float | None = None,
    ) -> None:
        if keyfile is not None or certfile is not None:
            if ssl_context is not None:
                raise ValueError("keyfile and certfile belong into the ssl_context, where there is one")
            warnings.warn(
                "keyfile and certfile are deprecated, load them into an ssl_context",
                DeprecationWarning,
                stacklevel=2,
            )
        self.ssl_context = ssl_context or blocking_socket.context_for(host)
        if certfile is not None:
            self.ssl_context.load_cert_chain(certfile, keyfile)
        super().__init__(host, port, timeout)

    def open(self, host: str = "", port: int = IMAP4_SSL_PORT, timeout: float | None = None) -> None:
        """Connect and shake hands."""
        super().open(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = super()._create_socket(timeout)
        return blocking_socket.shake_hands(sock, self.host, self.ssl_context)
