"""A client whose server is the test itself: one end of a socket pair each, no thread, no waiting."""

from __future__ import annotations

import socket

from imapcore import classic

PATIENCE = 10.0


class ByHand(classic.IMAP4):
    """An IMAP4 object over a given socket, which the far end has greeted with PREAUTH."""

    def __init__(self, near: socket.socket, far: socket.socket, capabilities: bytes = b"IDLE ENABLE") -> None:
        self._near = near
        self._far = far
        self._offered = capabilities
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self._near.settimeout(PATIENCE)
        self._far.settimeout(PATIENCE)
        self.sock = self._near
        self._far.sendall(b"* PREAUTH hello\r\n* CAPABILITY IMAP4rev1 %b\r\n" % self._offered)
        self.say_done()

    def say_done(self, text: bytes = b"OK done") -> None:
        """Let the far end answer the next command, before it is sent."""
        self._far.sendall(self.next_tag + b" " + text + b"\r\n")

    @property
    def next_tag(self) -> bytes:
        """The tag the next command will have."""
        return self.tagpre + b"%d" % self.tagnum

    @property
    def last_tag(self) -> bytes:
        """The tag of the command now in flight."""
        return self.tagpre + b"%d" % (self.tagnum - 1)

    def say(self, data: bytes) -> None:
        """Let the far end say something."""
        self._far.sendall(data)

    def heard(self) -> bytes:
        """What the far end has received since it was last asked."""
        return self._far.recv(1 << 16)

    def hang_up(self) -> None:
        """Let the far end leave."""
        self._far.shutdown(socket.SHUT_RDWR)
