"""How an IMAP4 object gets its socket: ``imapcore.net`` connects and shakes hands, then lets go of it.

From then on it is an ordinary blocking socket with the caller's timeout, because programs set timeouts and
options on ``IMAP4.sock`` and wait on it. Errors leave here as what imaplib's callers catch: OSError,
TimeoutError, ``ssl.SSLError``.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapcore.errors import LinkError, Timeout
from imapcore.model import Security
from imapcore.net.endpoint import Deadlines, Endpoint, is_loopback, verified_context
from imapcore.net.stream import Stream

_PATIENCE = 120.0
"""Seconds for connecting where the caller sets no limit; the kernel gives up at about the same time."""


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connected TCP socket whose waits last at most ``timeout`` seconds (None: the module's default)."""
    limit = socket.getdefaulttimeout() if timeout is None else timeout
    # STARTTLS: connect now, protect later or never, which is for the caller of IMAP4 to say.
    endpoint = Endpoint(host or "localhost", port, Security.STARTTLS)
    with _as_oserror():
        stream = Stream.open(endpoint, Deadlines(connect=limit or _PATIENCE))
    return _released(stream, limit)


def shake_hands(
    sock: socket.socket, host: str, context: ssl.SSLContext, timeout: float | None
) -> socket.socket:
    """TLS over a connected socket, within ``timeout`` seconds. The socket is closed if it fails."""
    stream = Stream(sock, Deadlines(connect=timeout or _PATIENCE))
    try:
        with _as_oserror():
            stream.start_tls(host or "localhost", context)
    except BaseException:
        stream.close()
        raise
    return _released(stream, timeout)


def context_for(host: str) -> ssl.SSLContext:
    """Where a caller brings no context: verified, but for this very machine, where no wire is in between."""
    context = verified_context()
    if is_loopback(host or "localhost"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _released(stream: Stream, timeout: float | None) -> socket.socket:
    sock = stream.release()
    sock.settimeout(timeout)
    return sock


@contextmanager
def _as_oserror() -> Iterator[None]:
    try:
        yield
    except Timeout as problem:
        raise TimeoutError(problem.detail) from problem
    except LinkError as problem:
        if isinstance(problem.__cause__, OSError):
            raise problem.__cause__ from None
        raise OSError(problem.detail) from problem
