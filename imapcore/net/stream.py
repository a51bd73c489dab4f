"""``Stream``: bytes to and from one server, with a deadline on every wait (the only sockets of the client).

The socket is never blocking; all waiting is done in one place, on the socket and the ``Wakeup`` together. So
whoever owns the stream can be reached at any time, in the middle of connecting, of a handshake, of a literal.
TLS and DEFLATE are filters (``layers``). One thread owns a stream; others only ring its ``Wakeup``.
"""

from __future__ import annotations

import errno
import os
import queue
import select
import socket
import ssl
import threading
from collections.abc import Callable
from enum import Enum

from imapcore.clock import Clock, SystemClock
from imapcore.errors import (
    ConnectionLost,
    ConnectionRefused,
    GimapError,
    HostUnknown,
    Interrupted,
    InvalidArgument,
    LinkError,
    Timeout,
    TlsError,
)
from imapcore.net.endpoint import Deadlines, Endpoint, is_loopback, make_tls_context
from imapcore.net.filters import Certificate, DeflateLayer, TlsLayer
from imapcore.net.wakeup import Wakeup
from imapcore.security import Security

CHUNK = 16 * 1024
"""Bytes read at a time: what TLS brings at most, and some thirty messages, so that whoever shares the
interpreter with us gets it back soon."""

BULK = 256 * 1024
"""Bytes read at a time in the middle of a big literal, which nobody looks into."""

_AddressInfo = tuple[int, int, tuple[object, ...]]


class Readiness(Enum):
    """What ended a wait."""

    DATA = "data"
    WOKEN = "woken"
    TIMEOUT = "timeout"


class Stage(Enum):
    """How far an opening has got."""

    RESOLVED = "resolved"
    """The name has an address."""
    CONNECTED = "connected"
    """TCP reaches it."""
    ENCRYPTED = "encrypted"
    """TLS was agreed on, and the certificate verified."""


Reached = Callable[[Stage], None]


class Stream:
    """An open connection. ``Stream.open`` makes one; ``close`` ends it."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        deadlines: Deadlines,
        clock: Clock,
        wakeup: Wakeup,
        tls: ssl.SSLContext | None,
        reached: Reached = lambda _: None,
    ) -> None:
        self._reached = reached
        self.endpoint = endpoint
        self._deadlines = deadlines
        self._clock = clock
        self._wakeup = wakeup
        self._context = tls
        self._socket: socket.socket | None = None
        self._tls: TlsLayer | None = None
        self._deflate: DeflateLayer | None = None
        self._unread = b""
        self._is_ended = False
        self.received = 0
        """Bytes that came over the socket, as they came: encrypted, deflated."""

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        *,
        wakeup: Wakeup,
        deadlines: Deadlines | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
        reached: Reached = lambda _: None,
    ) -> Stream:
        """Connect, and shake hands where TLS comes first; ``reached`` is told each stage, on this thread.

        Raises HostUnknown, ConnectionRefused, Timeout, TlsError, Interrupted, or another LinkError.
        """
        stream = cls(
            endpoint,
            deadlines=deadlines or Deadlines(),
            clock=clock or SystemClock(),
            wakeup=wakeup,
            tls=tls,
            reached=reached,
        )
        try:
            stream._connect()
            if endpoint.security is Security.TLS:
                stream.start_tls()
        except BaseException:
            stream.close()
            raise
        return stream

    # -- connecting ------------------------------------------------------------------------------

    def _connect(self) -> None:
        until = self._clock.monotonic() + self._deadlines.connect
        addresses = self._resolve(until)
        self._reached(Stage.RESOLVED)
        problem: LinkError | None = None
        for index, address in enumerate(addresses):
            # An address that swallows packets must leave time for the others.
            left = until - self._clock.monotonic()
            try:
                self._connect_to(address, self._clock.monotonic() + left / (len(addresses) - index))
                self._reached(Stage.CONNECTED)
                return
            except Interrupted:
                raise
            except LinkError as error:
                problem = problem or error
        raise problem or HostUnknown(self.endpoint.host)

    def _resolve(self, until: float) -> list[_AddressInfo]:
        host, port = self.endpoint.host, self.endpoint.port
        bell = Wakeup()
        answers: queue.SimpleQueue[list[_AddressInfo] | OSError | UnicodeError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answers.put([(family, kind, address) for family, kind, _, _, address in found])
            except (OSError, UnicodeError) as error:
                answers.put(error)
            bell.wake()

        # getaddrinfo cannot be given a deadline nor be stopped, so a thread is left to it: it holds nothing
        # but the question, and ends by itself when the resolver gives up.
        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            if self._wait_for(bell, select.POLLIN, until, heeds_wake=False) is Readiness.TIMEOUT:
                raise Timeout(f"the name {host} could not be looked up in time")
        finally:
            bell.close()
        answer = answers.get_nowait()
        if isinstance(answer, UnicodeError | socket.gaierror):
            raise HostUnknown(host) from answer
        if isinstance(answer, OSError):
            raise LinkError(os.strerror(answer.errno or 0)) from answer
        if self.endpoint.security is Security.NONE:
            answer = [each for each in answer if is_loopback(str(each[2][0]))]
            if not answer:
                raise InvalidArgument(
                    f"{host} is not this machine, and without TLS nothing else may be asked"
                )
        return answer

    def _connect_to(self, address: _AddressInfo, until: float) -> None:
        family, kind, target = address
        try:
            self._socket = socket.socket(family, kind)
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _keep_alive(self._socket)
            number = self._socket.connect_ex(target)
            if number not in (0, errno.EINPROGRESS):
                raise _error_of(number)
            if self._wait(select.POLLOUT, until) is Readiness.TIMEOUT:
                raise Timeout(f"{self.endpoint.host} did not answer in time")
            number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                raise _error_of(number)
        except GimapError:
            self._close_socket()
            raise
        except OSError as error:
            self._close_socket()
            raise _error_of(error.errno or 0) from error

    def start_tls(self) -> None:
        """Shake hands; from here on all is encrypted. Raises TlsError."""
        until = self._clock.monotonic() + self._deadlines.tls
        layer = TlsLayer(self._context or make_tls_context(), self.endpoint.host)
        received = b""
        try:
            while not layer.shake(received):
                self._write(layer.to_send(), until)
                received = self._read_socket(until)
                if not received:
                    raise TlsError("the server closed the connection during the handshake")
            self._write(layer.to_send(), until)
        except ssl.SSLCertVerificationError as error:
            raise TlsError(error.verify_message or "the certificate was not accepted") from error
        except ssl.SSLError as error:
            raise TlsError(
                error.reason or "TLS could not be agreed on",
                title="TLS could not be agreed on",
                hint="Check host and port: 993 is for TLS at once",
            ) from error
        self._tls = layer
        self._reached(Stage.ENCRYPTED)

    def start_deflate(self, rest: bytes) -> None:
        """Deflate from here on; ``rest`` is what had been read beyond the server's OK, deflated already."""
        self._deflate = DeflateLayer()
        self._unread = rest

    # -- bytes -----------------------------------------------------------------------------------

    @property
    def tls_version(self) -> str:
        """``TLSv1.3`` …; empty without TLS."""
        return self._tls.version if self._tls is not None else ""

    @property
    def certificate(self) -> Certificate | None:
        """Who vouches for the server; None without TLS."""
        return self._tls.certificate if self._tls is not None else None

    @property
    def address(self) -> str:
        """The address it is connected to; empty when closed."""
        try:
            return str(self._open_socket().getpeername()[0])
        except (OSError, ConnectionLost):
            return ""

    def send(self, data: bytes) -> None:
        """Send all of it. Raises Timeout when the server takes nothing for too long."""
        if self._deflate is not None:
            data = self._deflate.deflate(data)
        # TLS takes its own copy of what it is given; big messages go through it in slices.
        for start in range(0, len(data), 1 << 20):
            piece = data[start : start + (1 << 20)]
            self._write(self._tls.encrypt(piece) if self._tls is not None else piece, None)

    def receive(self, until: float | None = None, size: int = CHUNK) -> bytes:
        """Wait for bytes until a moment of the clock; b"" when the peer has closed.

        ``size`` is how much to take from the socket at most. Raises Timeout, Interrupted, ConnectionLost. A
        mere ``wake`` does not end it.
        """
        if until is None:
            until = self._clock.monotonic() + self._deadlines.read
        while True:
            if self.wait(until, heeds_wake=False) is Readiness.TIMEOUT:
                raise Timeout(f"nothing came from {self.endpoint.host} in time")
            data = self.read_some(size)
            if data is not None:
                return data

    def wait(self, until: float, *, heeds_wake: bool = True) -> Readiness:
        """Wait for bytes, for somebody to ``wake`` us, or for a moment of the clock."""
        if self._unread or self._is_ended or (self._deflate is not None and self._deflate.has_more):
            return Readiness.DATA
        return self._wait_for(self._open_socket(), select.POLLIN, until, heeds_wake=heeds_wake)

    def read_some(self, size: int = CHUNK) -> bytes | None:
        """What is there now: plain bytes, b"" at the end, None when it was not enough to decrypt anything."""
        if self._deflate is not None and self._deflate.has_more:
            return self._deflate.inflate(b"")
        raw, self._unread = self._unread, b""
        if not raw:
            raw = self._read_plain(size)
        if raw and self._deflate is not None:
            raw = self._deflate.inflate(raw)
        return raw if raw or self._is_ended else None

    def _read_plain(self, size: int) -> bytes:
        """What is there now, decrypted; b"" for nothing yet, or for the end with ``_is_ended`` set."""
        if self._is_ended:
            return b""
        raw = self._read_now(size)
        if raw is None or self._tls is None:
            return raw or b""
        plain, has_ended = self._tls.decrypt(raw)
        self._is_ended = has_ended or not raw
        return plain

    def close(self) -> None:
        """Close the socket; the wakeup stays its owner's."""
        self._is_ended = True
        self._close_socket()

    def _close_socket(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    # -- the socket ------------------------------------------------------------------------------

    def _open_socket(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionLost("the connection is closed")
        return self._socket

    def _read_now(self, size: int = CHUNK) -> bytes | None:
        """Bytes without waiting; b"" and ``_is_ended`` at the end; None when there are none."""
        try:
            data = self._open_socket().recv(size)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            raise ConnectionLost(os.strerror(error.errno or 0)) from error
        self.received += len(data)
        self._is_ended = not data
        if data:
            self._wakeup.lift_limit()
        return data

    def _read_socket(self, until: float) -> bytes:
        while True:
            if self._wait(select.POLLIN, until) is Readiness.TIMEOUT:
                raise Timeout(f"nothing came from {self.endpoint.host} in time")
            data = self._read_now()
            if data is not None:
                return data

    def _write(self, data: bytes, until: float | None) -> None:
        view = memoryview(data)
        while view:
            moment = until if until is not None else self._clock.monotonic() + self._deadlines.write
            try:
                view = view[self._open_socket().send(view) :]
                continue
            except (BlockingIOError, InterruptedError):
                readiness = self._wait(select.POLLOUT, moment)
            except OSError as error:
                raise ConnectionLost(os.strerror(error.errno or 0)) from error
            if readiness is Readiness.TIMEOUT:
                raise Timeout(f"{self.endpoint.host} takes nothing any more")

    def _wait(self, events: int, until: float) -> Readiness:
        return self._wait_for(self._open_socket(), events, until, heeds_wake=False)

    def _wait_for(
        self, what: socket.socket | Wakeup, events: int, until: float, *, heeds_wake: bool
    ) -> Readiness:
        """The one place where this room waits."""
        poll = select.poll()
        poll.register(self._wakeup.fileno(), select.POLLIN)
        poll.register(what, events)
        while True:
            if self._wakeup.is_interrupted:
                raise Interrupted
            if heeds_wake and self._wakeup.take():
                return Readiness.WOKEN
            now, limit = self._clock.monotonic(), self._wakeup.limited_to
            if limit is not None and limit <= now:
                raise Timeout(f"{self.endpoint.host} has been silent for too long")
            left = min(until, until if limit is None else limit) - now
            if until <= now:
                return Readiness.TIMEOUT
            ready = poll.poll(int(left * 1000) + 1)
            if any(fd == self._wakeup.fileno() for fd, _ in ready):
                self._wakeup.drain()
            if any(fd == what.fileno() for fd, _ in ready):
                return Readiness.DATA


ALIVE_OPTIONS = (
    ("TCP_KEEPIDLE", 60),
    ("TCP_KEEPALIVE", 60),
    ("TCP_KEEPINTVL", 10),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 20_000),
)
"""Where the system knows these, it finds out by itself that the peer's system is gone: asked after a minute
of silence, given up half a minute later (RFC 9293 §3.8.4), and 20 s after what was sent was not even received
(RFC 5482). A server that takes long has received it. macOS calls the first one by the second name.
"""


def _keep_alive(made: socket.socket) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in ALIVE_OPTIONS:
        option = getattr(socket, name, None)
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)


_REFUSED = frozenset({errno.ECONNREFUSED})
_LATE = frozenset({errno.ETIMEDOUT})


def _error_of(number: int) -> LinkError:
    if number in _REFUSED:
        return ConnectionRefused(os.strerror(number))
    if number in _LATE:
        return Timeout(os.strerror(number))
    return LinkError(os.strerror(number) if number else "the system gives no reason")
