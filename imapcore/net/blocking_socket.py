"""An ordinary blocking socket, connected, with or without TLS: for ``classic``, whose callers own the waits.

Programs set timeouts and options on ``IMAP4.sock``, ask it for the peer's certificate and wait on it, so it
has to be what the socket and ssl modules make. Everybody else uses ``Stream``. What lives here: making one.
Errors are the system's own (OSError, TimeoutError, ``ssl.SSLError``), for these callers catch those.
"""

from __future__ import annotations

import socket
import ssl

from imapcore.net.endpoint import is_loopback, make_tls_context

PATIENCE = 120.0
"""Seconds for connecting where the caller sets no limit; the kernel gives up at about the same time."""


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A TCP connection to a host ("" is this machine) whose waits last at most ``timeout`` seconds.

    None means the socket module's default for the waits, and ``PATIENCE`` for connecting if that is none.
    """
    usual = socket.getdefaulttimeout() if timeout is None else timeout
    sock = socket.create_connection((host or "localhost", port), usual or PATIENCE)
    sock.settimeout(usual)
    # A peer that died without a word (suspend, NAT) is noticed by the kernel even where nobody waits.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return sock


def shake_hands(sock: socket.socket, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """TLS over a connected socket, within its timeout. The socket is closed if that fails."""
    usual = sock.gettimeout()
    try:
        sock.settimeout(usual or PATIENCE)
        secured = context.wrap_socket(sock, server_hostname=host or "localhost")
    except BaseException:
        sock.close()
        raise
    secured.settimeout(usual)
    return secured


def context_for(host: str) -> ssl.SSLContext:
    """TLS 1.2 or newer; certificate and name verified, but on this very machine, where no wire is between."""
    context = make_tls_context()
    if is_loopback(host or "localhost"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
