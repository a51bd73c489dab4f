"""One TCP connection: TLS and DEFLATE as layers, every wait with a deadline, interruptible from outside.

One thread owns a stream and is the only one to read and write it. Two calls are for any other thread:
``wake`` ends a ``wait`` (that is how IDLE is left), ``interrupt`` ends whatever the owner is blocked in and
every later wait, at once and for good. Both go through a pipe that each wait watches, so that neither
needs a signal or a short polling interval.

The socket is non-blocking and always tried before it is waited for: bytes that TLS has already decrypted
are invisible to ``poll``, and asking first finds them.
"""

from __future__ import annotations

import errno
import os
import queue
import select
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from imapcore.errors import (
    ConnectionLost,
    ConnectionRefused,
    HostUnknown,
    Interrupted,
    LinkError,
    Timeout,
    TlsError,
)
from imapcore.model import Security
from imapcore.net.endpoint import Deadlines, Endpoint, verified_context

READ_SIZE = 1 << 16
"""Octets asked for at once: enough for a few hundred FETCH lines."""
_INFLATE_LIMIT = 1 << 18
"""Octets inflated at once, so that a compressed bomb is met in slices."""

_T = TypeVar("_T")
Socket = socket.socket
"""Another name, for the class below has a property ``socket``."""
_AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]


class Readiness(Enum):
    """Why a ``wait`` ended."""

    READABLE = "readable"
    WOKEN = "woken"
    TIMEOUT = "timeout"


class Stream:
    """A connection as bytes in and bytes out."""

    def __init__(self, sock: socket.socket, deadlines: Deadlines, pipe: WakePipe | None = None) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._deadlines = deadlines
        self._pipe = pipe or WakePipe()
        self._inflater: zlib._Decompress | None = None
        self._deflater: zlib._Compress | None = None
        self._held = b""
        self._is_closed = False
        self.octets_in = 0
        """Octets received from the network, before inflating."""
        self.octets_out = 0
        """Octets given to the network, after deflating."""

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        deadlines: Deadlines | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        pipe: WakePipe | None = None,
    ) -> Stream:
        """Resolve, connect and, for Security.TLS, shake hands, all within ``deadlines.connect``.

        Raises HostUnknown, ConnectionRefused, Timeout, TlsError, Interrupted or LinkError.
        """
        deadlines = deadlines or Deadlines()
        end = time.monotonic() + deadlines.connect
        pipe = pipe or WakePipe()
        try:
            sock = _connect(endpoint, end, pipe)
        except BaseException:
            pipe.close()
            raise
        stream = cls(sock, deadlines, pipe)
        if endpoint.security is Security.TLS:
            try:
                stream.start_tls(endpoint.host, tls, end=end)
            except BaseException:
                stream.close()
                raise
        return stream

    # -- layers -------------------------------------------------------------------------------------

    def start_tls(self, host: str, tls: ssl.SSLContext | None = None, *, end: float | None = None) -> None:
        """Shake hands as a client of ``host``. The caller makes sure that no byte was read past the OK.

        Raises TlsError, Timeout, ConnectionLost or Interrupted.
        """
        context = tls or verified_context()
        end = end if end is not None else time.monotonic() + self._deadlines.connect
        try:
            wrapped = context.wrap_socket(self._sock, server_hostname=host, do_handshake_on_connect=False)
        except (ssl.SSLError, ValueError, OSError) as error:
            raise TlsError(_reason(error)) from error
        self._sock = wrapped
        try:
            self._retry(wrapped.do_handshake, end, "the TLS handshake")
        except ssl.SSLCertVerificationError as error:
            raise TlsError(f"{host}: {error.verify_message}") from error
        except ssl.SSLError as error:
            raise TlsError(
                f"{host}: {_reason(error)}", title="TLS could not be agreed on", hint="Check the port"
            ) from error

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is in force."""
        return isinstance(self._sock, ssl.SSLSocket)

    def start_compression(self) -> None:
        """Speak DEFLATE both ways from the next octet on (RFC 4978 §3)."""
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)

    @property
    def is_compressed(self) -> bool:
        """Whether DEFLATE is in force."""
        return self._inflater is not None

    @property
    def socket(self) -> socket.socket:
        """The socket underneath, for callers that must know its addresses."""
        return self._sock

    # -- bytes --------------------------------------------------------------------------------------

    def read(self, *, end: float | None = None) -> bytes:
        """The next octets, as many as are there; ``b""`` when the peer closed.

        Waits at most ``deadlines.read`` seconds, and not beyond ``end`` (a reading of the monotonic clock).
        Raises Timeout, ConnectionLost or Interrupted.
        """
        limit = time.monotonic() + self._deadlines.read
        if end is not None:
            limit = min(limit, end)
        while True:
            if self._held and (data := self._inflate(b"")):
                return data
            data = self._retry(self._receive, limit, "an answer")
            if not data:
                return b""
            self.octets_in += len(data)
            if self._inflater is None:
                return data
            if inflated := self._inflate(data):
                return inflated

    def write(self, data: bytes, *, end: float | None = None) -> None:
        """Send all of ``data``. Raises Timeout, ConnectionLost or Interrupted."""
        if self._deflater is not None:
            data = self._deflater.compress(data) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        limit = time.monotonic() + self._deadlines.write
        if end is not None:
            limit = min(limit, end)
        rest = memoryview(data)
        while rest:
            piece = rest[: 1 << 16]
            sent = self._retry(lambda piece=piece: self._sock.send(piece), limit, "the server to take data")  # type: ignore[misc]
            self.octets_out += sent
            rest = rest[sent:]

    def wait(self, timeout: float) -> Readiness:
        """Wait for octets, for ``wake``, or for ``timeout`` seconds. Raises Interrupted."""
        if self._held or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return Readiness.READABLE
        poller = select.poll()
        poller.register(self._fileno(), select.POLLIN)
        poller.register(self._pipe.fileno(), select.POLLIN)
        ready = set() if self._pipe.is_woken else {fd for fd, _ in poller.poll(max(0.0, timeout) * 1000)}
        if self._pipe.is_interrupted:
            raise Interrupted
        if self._pipe.take_wake():
            return Readiness.WOKEN
        return Readiness.READABLE if self._fileno() in ready else Readiness.TIMEOUT

    # -- for other threads ------------------------------------------------------------------------------

    def wake(self) -> None:
        """End a ``wait`` of the owner's; the connection stays as it is. Any thread."""
        self._pipe.wake()

    def interrupt(self) -> None:
        """End every wait, now and from now on; the owner gets Interrupted. Any thread, any time."""
        self._pipe.interrupt()

    def release(self) -> Socket:
        """Give the socket away as an ordinary blocking one; this stream is of no use afterwards.

        For ``classic``, whose callers set timeouts on the socket and wait on it themselves. Not for a
        connection that speaks DEFLATE, where part of what was received lies in here.
        """
        self._is_closed = True
        self._pipe.close()
        self._sock.setblocking(True)
        return self._sock

    def close(self) -> None:
        """Close the connection. The owner's call; others use ``interrupt``."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # Not connected any more: that is what was wanted.
        self._sock.close()
        self._pipe.close()

    # -- inside ---------------------------------------------------------------------------------------

    def _fileno(self) -> int:
        number = self._sock.fileno()
        if number < 0:
            raise ConnectionLost("the connection is closed")
        return number

    def _receive(self) -> bytes:
        return self._sock.recv(READ_SIZE)

    def _inflate(self, data: bytes) -> bytes:
        assert self._inflater is not None
        try:
            inflated = self._inflater.decompress(self._held + data, _INFLATE_LIMIT)
        except zlib.error as error:
            raise ConnectionLost("the compressed stream is damaged") from error
        self._held = self._inflater.unconsumed_tail
        return inflated

    def _retry(self, operation: Callable[[], _T], end: float, what: str) -> _T:
        """Try until it neither blocks nor wants TLS to turn around."""
        while True:
            if self._pipe.is_interrupted:
                raise Interrupted
            try:
                return operation()
            except (ssl.SSLWantReadError, BlockingIOError):
                wanted = select.POLLIN
                if not isinstance(self._sock, ssl.SSLSocket) and what.startswith("the server to take"):
                    wanted = select.POLLOUT
            except ssl.SSLWantWriteError:
                wanted = select.POLLOUT
            except ssl.SSLZeroReturnError as error:
                raise ConnectionLost("the server closed the connection") from error
            except ssl.SSLEOFError as error:
                raise ConnectionLost("the server cut the connection") from error
            except ssl.SSLError:
                raise
            except OSError as error:
                if self._pipe.is_interrupted:
                    raise Interrupted from None
                raise ConnectionLost(_reason(error)) from error
            _wait_for(self._fileno(), wanted, end, self._pipe, what)


class WakePipe:
    """A pipe that every wait watches, with flags that say which kind of knock it was.

    The flags outlive the knock: a wake that comes while the owner reads is seen by its next ``wait``.
    """

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._lock = threading.Lock()
        self._is_open = True
        self.is_woken = False
        self.is_interrupted = False

    def fileno(self) -> int:
        """What to poll for POLLIN."""
        return self._reader.fileno()

    def wake(self) -> None:
        """Make the current or next ``wait`` end."""
        self.is_woken = True
        self.knock()

    def interrupt(self) -> None:
        """Make every wait end, for good."""
        self.is_interrupted = True
        self.knock()

    def knock(self) -> None:
        """Make the current poll return, without saying why."""
        with self._lock:
            if self._is_open:
                try:
                    self._writer.send(b"\0")
                except BlockingIOError:
                    pass  # It is full of knocks already: the waiter will wake.

    def take_wake(self) -> bool:
        """Whether a wake came since the last call; forgets the knocks so far."""
        self.drain()
        was_woken, self.is_woken = self.is_woken, False
        return was_woken

    def drain(self) -> None:
        """Forget the knocks so far, but not what they meant."""
        try:
            while self._reader.recv(4096):
                pass
        except BlockingIOError:
            pass  # Empty now.

    def close(self) -> None:
        """Close both ends; later knocks are ignored."""
        with self._lock:
            self._is_open = False
            self._reader.close()
            self._writer.close()


def _wait_for(fd: int, events: int, end: float, pipe: WakePipe, what: str) -> None:
    """Wait until ``fd`` is ready. A mere wake is no reason to stop waiting here, an interrupt is."""
    poller = select.poll()
    poller.register(fd, events)
    poller.register(pipe.fileno(), select.POLLIN)
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise Timeout(f"waited too long for {what}")
        ready = {number for number, _ in poller.poll(left * 1000)}
        if pipe.is_interrupted:
            raise Interrupted
        if fd in ready:
            return
        pipe.drain()


def _resolve(host: str, port: int, end: float, pipe: WakePipe) -> list[_AddressInfo]:
    """Addresses of a host. The resolver cannot be interrupted, so it works in a thread that may be left."""
    answer: queue.Queue[list[_AddressInfo] | OSError] = queue.Queue(1)

    def resolve() -> None:
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))  # type: ignore[arg-type]
        except OSError as error:
            answer.put(error)
        except UnicodeError:
            answer.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))
        pipe.knock()

    threading.Thread(target=resolve, name="resolver", daemon=True).start()
    poller = select.poll()
    poller.register(pipe.fileno(), select.POLLIN)
    while True:
        left = end - time.monotonic()
        poller.poll(max(0.0, left) * 1000)
        if pipe.is_interrupted:
            raise Interrupted
        pipe.drain()
        try:
            found = answer.get_nowait()
        except queue.Empty:
            if left <= 0:
                raise Timeout(f"waited too long for the address of {host}") from None
            continue
        if isinstance(found, socket.gaierror):
            raise HostUnknown(f"{host}: {found.strerror or 'not found'}") from found
        if isinstance(found, OSError):
            raise LinkError(_reason(found)) from found
        return found


def _connect(endpoint: Endpoint, end: float, pipe: WakePipe) -> socket.socket:
    """A connected socket to the first address that answers; each gets its share of the time left."""
    addresses = _resolve(endpoint.host.strip("[]"), endpoint.port, end, pipe)
    failure: LinkError = HostUnknown(endpoint.host)
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        now = time.monotonic()
        share = now + (end - now) / (len(addresses) - number)
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            _connect_one(sock, address, share, pipe)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A link that died without a word (suspend, NAT) is noticed by the kernel as well.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except Interrupted:
            sock.close()
            raise
        except LinkError as error:
            sock.close()
            failure = error
            continue
        except OSError as error:
            sock.close()
            failure = LinkError(_reason(error))
            failure.__cause__ = error
            continue
        return sock
    raise failure


def _connect_one(sock: socket.socket, address: object, end: float, pipe: WakePipe) -> None:
    try:
        sock.connect(address)  # type: ignore[arg-type]
        return
    except BlockingIOError:
        pass  # Under way: writable when it is done.
    except ConnectionRefusedError as error:
        raise ConnectionRefused(_reason(error)) from error
    _wait_for(sock.fileno(), select.POLLOUT, end, pipe, "the connection")
    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        cause = OSError(number, os.strerror(number))
        kinds: dict[int, type[LinkError]] = {errno.ECONNREFUSED: ConnectionRefused, errno.ETIMEDOUT: Timeout}
        raise kinds.get(number, LinkError)(_reason(cause)) from cause


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
