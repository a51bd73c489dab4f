"""A server on loopback that follows a script: for what no decent server would do, and when."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.protocol.transcript import Transcript

PATIENCE = 10.0
"""Seconds a script waits for its client before the test fails."""

QUICK = Deadlines(connect=5, tls=5, read=5, write=5, command=8, logout=1)


@dataclass
class Peer:
    """The server's end of one connection, spoken in lines."""

    sock: socket.socket
    buffer: bytes = b""

    def say(self, *lines: str | bytes) -> None:
        """Send lines, each with its CRLF."""
        data = b"".join((line.encode() if isinstance(line, str) else line) + b"\r\n" for line in lines)
        self.sock.sendall(data)

    def hear(self) -> str:
        """The client's next line; fails when it closes instead."""
        while b"\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError("the client closed")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode()

    def expect(self, verb: str, *answers: str, ok: str = "OK done") -> str:
        """Hear a command that begins with a verb, answer it, and return its tag."""
        line = self.hear()
        tag, _, rest = line.partition(" ")
        assert rest.startswith(verb), f"expected {verb}, heard {rest}"
        self.say(*answers, f"{tag} {ok}")
        return tag

    def greet(self, capabilities: str = "IMAP4rev1 IDLE") -> None:
        """The greeting, with capabilities so that nobody asks."""
        self.say(f"* OK [CAPABILITY {capabilities}] scripted")

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands as the server."""
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def wait(self, seconds: float) -> None:
        """Let some time pass, unless the client hangs up."""
        readable, _, _ = select.select([self.sock], [], [], seconds)
        if readable and not self.sock.recv(65536):
            raise ConnectionError("the client closed")

    def wait_for_close(self) -> None:
        """Wait until the client has hung up."""
        while True:
            try:
                if not self.sock.recv(65536):
                    return
            except OSError:
                return


Script = Callable[[Peer], None]


@dataclass
class Server:
    """A listening script. ``endpoint`` says where."""

    listener: socket.socket
    script: Script
    problems: list[BaseException] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def endpoint(self, security: Security = Security.NONE, host: str = "127.0.0.1") -> Endpoint:
        """How to reach it."""
        return Endpoint(host, self.port, security)

    def run(self) -> None:
        """Serve one client by the script."""
        try:
            sock, _ = self.listener.accept()
        except OSError:
            # Nobody came before the test ended.
            return
        sock.settimeout(PATIENCE)
        peer = Peer(sock)
        try:
            self.script(peer)
        except (AssertionError, OSError) as error:
            self.problems.append(error)
        finally:
            peer.sock.close()


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Run a script for one client; its failure fails the test."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)
    server = Server(listener, script)
    thread = threading.Thread(target=server.run, name="scripted", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        thread.join(0.5)
        listener.close()
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the script did not end"
    assert not server.problems, server.problems


@contextmanager
def connected(
    script: Script, *, deadlines: Deadlines = QUICK, transcript: Transcript | None = None
) -> Iterator[Connection]:
    """A connection to a script, closed at the end."""
    with serving(script) as server:
        connection = Connection.open(server.endpoint(), deadlines=deadlines, transcript=transcript)
        try:
            yield connection
        finally:
            connection.close()
