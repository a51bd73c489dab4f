"""The connection under an IMAP4 object: bytes in and out, whole responses, and what a subclass may replace.

What lives here: ``open``, ``read``, ``readline``, ``send``, ``shutdown``, ``socket`` as imaplib documents
them, over ``imapcore.net`` and ``imapcore.wire.framing``. A subclass that overrides ``read`` or
``readline``, or hands over a ``file``, is read through those; everything else arrives in whatever pieces
the socket has. What does not live here: the meaning of a line.
"""

from __future__ import annotations

import select
import socket
import ssl
import sys
import time
import warnings
from collections import deque
from typing import Protocol

from imapcore.classic.errors import abort
from imapcore.classic.settings import max_line
from imapcore.errors import LimitExceeded
from imapcore.net import blocking_socket
from imapcore.wire.framing import Frame, Framer, Limits

IMAP4_PORT = 143
_CHUNK = 1 << 16
_CHUNKS_AHEAD = 64
"""How much is read before a command is sent, at most: a server that never stops may not keep us for ever."""


class File(Protocol):
    """What a subclass may set as ``file``: anything to read bytes from, such as ``sock.makefile('rb')``."""

    def readline(self, size: int, /) -> bytes | None:
        """One line, of at most ``size`` bytes."""
        ...

    def read(self, size: int, /) -> bytes | None:
        """``size`` bytes, or what is left."""
        ...

    def close(self) -> object:
        """Let go of it."""
        ...


class Link:
    """An open connection, its socket, and the bytes received and not yet understood."""

    sock: socket.socket
    host: str = ""
    port: int = IMAP4_PORT

    def __init__(self) -> None:
        self._limits = Limits(line=max_line())
        self._framer = Framer(self._limits)
        self._unread = bytearray()
        """Bytes a caller of ``read`` or ``readline`` left over; they come before anything new."""
        self._ahead: deque[Frame] = deque()
        """Whole responses that came before the command now to be sent; they come before anything new."""
        self._file: File | None = None
        self._tls_established = False

    # -- what imaplib documents, and a subclass may override --------------------------------------------

    def open(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        """Connect. ``timeout`` in seconds, for this and every later wait; 0 is a ValueError."""
        self.host = host
        self.port = port
        self.sock = self._create_socket(timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        if timeout is not None and not timeout:
            raise ValueError("a timeout of 0 would make the socket non-blocking, which cannot work here")
        sys.audit("imaplib.open", self, self.host, self.port)
        return blocking_socket.connect(self.host, self.port, timeout)

    def socket(self) -> socket.socket:
        """The socket under this connection."""
        return self.sock

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        sys.audit("imaplib.send", self, data)
        self.sock.sendall(data)

    def readline(self) -> bytes:
        """One line with its end; less at the end of the stream. For callers who converse by themselves."""
        if self._file is not None:
            return self._file.readline(self._limits.line + 1) or b""
        buffer = self._loose()
        scanned = 0
        while (end := buffer.find(b"\n", scanned)) < 0:
            scanned = len(buffer)
            if scanned > self._limits.line or not self._receive_into(buffer):
                end = len(buffer) - 1
                break
        return _cut(buffer, end + 1)

    def read(self, size: int) -> bytes:
        """``size`` bytes; less at the end of the stream."""
        if self._file is not None:
            return self._file.read(size) or b""
        buffer = self._loose()
        while len(buffer) < size and self._receive_into(buffer):
            pass
        return _cut(buffer, size)

    def shutdown(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._file is not None:
            self._file.close()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the peer was faster
        finally:
            self.sock.close()

    @property
    def file(self) -> File | None:
        """What a subclass has set as the file to read from; reading it would lose responses."""
        warnings.warn("IMAP4.file is not for use: it may hold bytes already", RuntimeWarning, stacklevel=2)
        return self._file

    @file.setter
    def file(self, value: File) -> None:
        self._file = value

    # -- inside ---------------------------------------------------------------------------------------

    def _transmit(self, data: bytes) -> None:
        try:
            self.send(data)
        except OSError as problem:
            raise abort(f"socket error: {problem}") from problem

    def _abandon(self) -> None:
        """Close a connection that failed while it was made; that failure is what the caller hears of."""
        try:
            self.shutdown()
        except OSError:
            pass

    def _get_line(self) -> bytes:
        """One line without its CRLF, for callers who converse by themselves."""
        line = self.readline()
        if not line:
            raise abort("socket error: EOF")
        if len(line) > self._limits.line:
            raise abort(f"got more than {self._limits.line} bytes in a line")
        if line[-2:] != b"\r\n":
            raise abort(f"socket error: unterminated line: {line[:80]!r}")
        return line[:-2]

    def _get_frame(self) -> Frame:
        """One whole response. Raises ``abort`` at the end of the stream."""
        try:
            while (frame := self._take_frame()) is None:
                self._feed()
        except LimitExceeded as problem:
            raise self._too_much() from problem
        return frame

    def _waiting_lines(self) -> list[bytes]:
        """The beginnings of all responses that have come and that nobody has read yet; waits for nothing."""
        if self._unread:
            self._framer.feed(bytes(self._unread))
            self._unread.clear()
        if not self._is_read_by_lines:
            self._receive_waiting()
        try:
            while (frame := self._framer.take()) is not None:
                assert isinstance(frame, Frame)  # no literal is handed on in pieces
                self._ahead.append(frame)
        except LimitExceeded as problem:
            raise self._too_much() from problem
        return [*(frame.raw for frame in self._ahead), self._framer.first]

    def _receive_waiting(self) -> None:
        """Take what the socket has at this moment; a lost connection is for the next wait to find."""
        if self.sock.fileno() < 0:
            return
        usual = self.sock.gettimeout()
        try:
            for _ in range(_CHUNKS_AHEAD):
                if not self._is_readable(0):
                    return
                self.sock.settimeout(0)
                data = self.sock.recv(_CHUNK)
                if not data:
                    return
                self._framer.feed(data)
        except OSError:
            return
        finally:
            self.sock.settimeout(usual)

    def _take_frame(self) -> Frame | None:
        """The next whole response that is here already."""
        if self._ahead:
            return self._ahead.popleft()
        frame = self._framer.take()
        assert frame is None or isinstance(frame, Frame)  # no literal is handed on in pieces
        return frame

    def _feed(self) -> None:
        """Hand the framer what a caller left over, or receive something."""
        if self._unread:
            data = bytes(self._unread)
            self._unread.clear()
        elif self._is_read_by_lines:
            wanted = self._framer.wanted
            data = self.read(wanted) if wanted else self.readline()
        else:
            data = self.sock.recv(_CHUNK)
        if not data:
            raise abort("socket error: EOF")
        self._framer.feed(data)

    def _too_much(self) -> abort:
        limits = f"{self._limits.line} bytes in a line or {self._limits.literal} in a literal"
        return abort(f"got more than {limits}")

    @property
    def _is_read_by_lines(self) -> bool:
        kind = type(self)
        return self._file is not None or kind.read is not Link.read or kind.readline is not Link.readline

    def _wait_for_frame(self, timeout: float | None) -> Frame | None:
        """One whole response within ``timeout`` seconds (None: however long it takes), or None.

        What has come of a response by then is kept for the next call.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        usual = self.sock.gettimeout()
        try:
            while (frame := self._take_frame()) is None:
                left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
                if not self._is_read_by_lines:
                    self.sock.settimeout(left)
                elif not self._is_readable(left):
                    # A file that is interrupted in the middle of a line cannot be read on: ask before.
                    return None
                self._feed()
        except LimitExceeded as problem:
            raise self._too_much() from problem
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            return None
        finally:
            self.sock.settimeout(usual)
        return frame

    def _is_readable(self, timeout: float | None) -> bool:
        if self._unread:
            return True
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return True
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return bool(poller.poll(None if timeout is None else timeout * 1000))

    def _start_tls(self, ssl_context: ssl.SSLContext | None) -> None:
        if self._framer.pending or self._unread or self._ahead:
            raise abort("the server sent more before the TLS handshake, which anybody could have written")
        context = ssl_context or blocking_socket.context_for(self.host)
        self.sock = blocking_socket.shake_hands(self.sock, self.host, context)
        self._tls_established = True

    def _loose(self) -> bytearray:
        """The bytes received and not yet understood, taken from the framer for a caller who reads himself."""
        if self._ahead or self._framer.pending:
            whole = b"".join(frame.raw + b"\r\n" for frame in self._ahead)
            self._ahead.clear()
            self._unread[:0] = whole + self._framer.take_rest()
            self._framer = Framer(self._limits)
        return self._unread

    def _receive_into(self, buffer: bytearray) -> bool:
        data = self.sock.recv(_CHUNK)
        buffer += data
        return bool(data)


def _cut(buffer: bytearray, size: int) -> bytes:
    data = bytes(buffer[:size])
    del buffer[:size]
    return data
