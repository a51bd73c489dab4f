"""A client without opinions: sends lines, gives back lines. What the server says is seen octet by octet."""

from __future__ import annotations

import re
import socket
from types import TracebackType
from typing import Self

from imapcore.simulator import Simulator

DEADLINE_SECONDS = 10.0
_LITERAL = re.compile(rb"\{(\d+)\}$")


class Wire:
    """One connection; every read has a deadline."""

    def __init__(self, sim: Simulator | tuple[str, int], sock: socket.socket | None = None) -> None:
        self.socket = sock or self.connect(sim)
        self.socket.settimeout(DEADLINE_SECONDS)
        self._buffer = b""
        self.count = 0
        self.greeting = self.line()

    @staticmethod
    def connect(sim: Simulator | tuple[str, int]) -> socket.socket:
        """A bare connection to the server."""
        address = sim if isinstance(sim, tuple) else (sim.host, sim.port)
        return socket.create_connection(address, DEADLINE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.socket.close()

    # -- raw -------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self.socket.sendall(data)

    def line(self) -> str:
        """One response with its literals in place, without its end; empty at the end of the stream."""
        data = self._physical_line()
        while (match := _LITERAL.search(data)) is not None:
            data += b"\r\n" + self._exactly(int(match[1])) + self._physical_line()
        return data.decode("utf-8", "surrogateescape")

    def _physical_line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if not self._receive():
                rest, self._buffer = self._buffer, b""
                return rest
        data, _, self._buffer = self._buffer.partition(b"\r\n")
        return data

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size and self._receive():
            pass
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self._buffer += data
        return bool(data)

    def is_closed(self) -> bool:
        """Whether the server has ended the connection; waits for it within the deadline."""
        return not self._buffer and not self._receive()

    # -- commands --------------------------------------------------------------------------------

    def ask(self, command: str | bytes) -> list[str]:
        """Send a command under a fresh tag; every line of the answer, the tagged one last, tag removed.

        A ``{n}`` before CRLF is a synchronizing literal: the rest of the command waits for ``+``.
        """
        self.count += 1
        tag = f"a{self.count}"
        data = command if isinstance(command, bytes) else command.encode()
        return self.exchange(tag, tag.encode() + b" " + data + b"\r\n")

    def exchange(self, tag: str, data: bytes) -> list[str]:
        """The same with everything spelled out."""
        lines: list[str] = []
        while True:
            head, rest = _split_at_literal(data)
            self.send(head)
            data = rest
            while True:
                line = self.line()
                if line.startswith("+") and data:
                    break
                lines.append(line)
                if line.startswith(tag + " "):
                    lines[-1] = line[len(tag) + 1 :]
                    return lines
                if not line:
                    return lines
                if line.startswith("+"):
                    return lines

    def ok(self, command: str | bytes) -> list[str]:
        """``ask``, and the answer must be OK; the untagged lines."""
        *untagged, last = self.ask(command)
        assert last.startswith("OK"), last
        return untagged

    def last(self, command: str | bytes) -> str:
        """``ask``, the tagged line only."""
        return self.ask(command)[-1]

    def login(self) -> list[str]:
        """Sign in with the app password."""
        return self.ask("LOGIN demo@gmail.com demodemodemodemo")

    def select(self, mailbox: str = "[Gmail]/All Mail", condstore: bool = False) -> list[str]:
        """Select a mailbox."""
        return self.ok(f'SELECT "{mailbox}"' + (" (CONDSTORE)" if condstore else ""))


def _split_at_literal(data: bytes) -> tuple[bytes, bytes]:
    match = re.search(rb"\{\d+\}\r\n", data)
    return (data, b"") if match is None else (data[: match.end()], data[match.end() :])


def mail(subject: str = "Lunch", **headers: str) -> bytes:
    """A small mail; ``in_reply_to="<a@b>"`` becomes ``In-Reply-To: <a@b>``; ``body`` is its text."""
    body = headers.pop("body", "Hello.")
    fields = {
        "From": "Ada <ada@example.org>",
        "To": "demo@gmail.com",
        "Subject": subject,
        "Date": "Sat, 21 Nov 2026 08:00:00 +0000",
    }
    fields.update({name.replace("_", "-").title(): value for name, value in headers.items()})
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{head}\r\n{body}\r\n".encode()
