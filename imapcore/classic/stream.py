"""``IMAP4_stream``: a conversation with a program started for it, such as a server over ssh."""

from __future__ import annotations

import socket
import subprocess

from imapcore.classic.imap4 import IMAP4

PATIENCE = 5.0
"""Seconds a program has to end once its connection is closed, before it is told to, and then made to."""


class IMAP4_stream(IMAP4):  # noqa: N801
    """An ``IMAP4`` that talks to the standard input and output of ``command``, run by the shell.

    Both are one end of a socket pair, so that timeouts and ``idle`` work as on any other connection.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, command: str) -> None:
        self.command = command
        super().__init__()

    def open(self, host: str | None = None, port: int | None = None, timeout: float | None = None) -> None:
        """Start the program; host and port are of no meaning here."""
        self.host, self.port = "", 0
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self.process = subprocess.Popen(
                    self.command, stdin=theirs.fileno(), stdout=theirs.fileno(), shell=True
                )
            except BaseException:
                ours.close()
                raise
        ours.settimeout(timeout)
        self.sock = ours

    def shutdown(self) -> None:
        """Close the connection and wait for the program to end."""
        super().shutdown()
        for hurry in (self.process.terminate, self.process.kill):
            try:
                self.process.wait(PATIENCE)
                return
            except subprocess.TimeoutExpired:
                hurry()
        self.process.wait(PATIENCE)
