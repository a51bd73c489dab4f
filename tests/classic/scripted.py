"""A server that answers by a table and remembers every byte: for comparing two clients call by call."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

DEADLINE = 10.0
"""Seconds after which a forgotten client lets the server's thread go."""

_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")

Answers = Mapping[str, bytes | Sequence[bytes]]
"""Command (``FETCH``, ``UID FETCH``) → what to send, or several for one time after another.

``TAG`` stands for the tag; at ``WAIT`` a line of the client's is awaited (an answer to a challenge, DONE).
Nothing at all: hang up.
"""

CAPABILITY = b"* CAPABILITY IMAP4rev1 UIDPLUS IDLE ENABLE UTF8=ACCEPT AUTH=CRAM-MD5\r\nTAG OK done\r\n"
COMMON: dict[str, bytes] = {
    "CAPABILITY": CAPABILITY,
    # Announced here, the capabilities are not asked for: imaplib does so since 3.14 only.
    "LOGIN": CAPABILITY.replace(b"done", b"LOGIN completed"),
    "LOGOUT": b"* BYE see you\r\nTAG OK LOGOUT completed\r\n",
    "SELECT": b"* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK [READ-WRITE] completed\r\n",
    "EXAMINE": b"* 2 EXISTS\r\n* 0 RECENT\r\nTAG OK [READ-ONLY] EXAMINE completed\r\n",
}


class ScriptedServer:
    """Serves one connection at a time on loopback; ``heard`` is what the last one sent, without tags."""

    def __init__(self, answers: Answers, greeting: bytes = b"* OK ready\r\n") -> None:
        self._answers = {**COMMON, **answers}
        self._greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(DEADLINE)
        self._thread = threading.Thread(target=self._serve, name="scripted server", daemon=True)
        self.heard: list[bytes] = []
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Wakes the accept; closing alone does not on Linux.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(DEADLINE)
        self._listener.close()
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reader:
                connection.settimeout(DEADLINE)
                try:
                    self._converse(connection, reader.readline, reader.read)
                except OSError:
                    continue  # the client is gone; the next one may come

    def _converse(
        self, connection: socket.socket, readline: Callable[[], bytes], read: Callable[[int], bytes]
    ) -> None:
        self.heard = []
        turns: dict[str, int] = {}
        connection.sendall(self._greeting)
        while line := readline():
            tag, _, rest = line.partition(b" ")
            command = rest
            while (literal := _LITERAL.search(command)) is not None:
                self.heard.append(rest)
                connection.sendall(b"+ go ahead\r\n")
                rest = command = read(int(literal[1])) + readline()
            self.heard.append(rest)
            name = self._name_of(line)
            answer = self._answers.get(name, b"TAG BAD unknown command\r\n")
            if not isinstance(answer, bytes):
                turn = turns.get(name, 0)
                turns[name] = turn + 1
                answer = answer[min(turn, len(answer) - 1)]
            first, *others = answer.split(b"WAIT")
            connection.sendall(first.replace(b"TAG", tag))
            if not answer:
                return
            for part in others:
                self.heard.append(readline())
                connection.sendall(part.replace(b"TAG", tag))

    @staticmethod
    def _name_of(line: bytes) -> str:
        words = line.decode("latin-1").split()
        return f"UID {words[2]}".upper() if words[1].upper() == "UID" else words[1].upper()
