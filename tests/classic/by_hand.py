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
        self._answers = bytearray()
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self._near.settimeout(PATIENCE)
        self._far.settimeout(PATIENCE)
        self.sock = self._near
        self._far.sendall(b"* PREAUTH hello\r\n")
        self.say(b"* CAPABILITY IMAP4rev1 %b\r\n%b OK done\r\n" % (self._offered, self.next_tag))

    def send(self, data: bytes) -> None:
        """Send, and let the far end say what it holds ready."""
        super().send(data)
        if self._answers:
            answers = bytes(self._answers)
            self._answers.clear()
            self.flush(answers)

    def flush(self, data: bytes) -> None:
        """Let the far end say it now."""
        self._far.sendall(data)

    def say_done(self, text: bytes = b"OK done") -> None:
        """Let the far end answer the next command as soon as it is sent."""
        self.answer(self.next_tag + b" " + text + b"\r\n")

    def say_signed_in(self, text: bytes = b"OK done") -> None:
        """The same for a command that signs in: the far end says what it can do for its user, too."""
        self.answer(b"* CAPABILITY IMAP4rev1 %b\r\n" % self._offered)
        self.say_done(text)

    def answer(self, data: bytes) -> None:
        """Let the far end say something as soon as the next command is sent."""
        self._answers += data

    @property
    def next_tag(self) -> bytes:
        """The tag the next command will have."""
        return self.tagpre + b"%d" % self.tagnum

    @property
    def last_tag(self) -> bytes:
        """The tag of the command now in flight."""
        return self.tagpre + b"%d" % (self.tagnum - 1)

    def say(self, data: bytes) -> None:
        """Let the far end say something: now, or if it answers the next command, as soon as that is sent."""
        if self._answers or self.next_tag in data:
            self.answer(data)
        else:
            self._far.sendall(data)

    def heard(self) -> bytes:
        """What the far end has received since it was last asked."""
        return self._far.recv(1 << 16)

    def hang_up(self) -> None:
        """Let the far end leave."""
        self._far.shutdown(socket.SHUT_RDWR)
