"""Servers to fetch from: one that replays octets, the embedded one, Dovecot; each a process of its own.

The replaying one has its answer ready: what is measured with it is the client alone. Which answer is told by
the items asked for. It knows just enough IMAP for every client to get to its FETCH.
"""

from __future__ import annotations

import os
import pwd
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.dovecot import running_dovecot

CAPABILITIES = b"IMAP4rev1 ID NAMESPACE X-GM-EXT-1"
GMAIL_ITEMS = "UID FLAGS X-GM-MSGID X-GM-THRID X-GM-LABELS INTERNALDATE RFC822.SIZE ENVELOPE"
PLAIN_ITEMS = "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"
ENVELOPES, HEADERS = "envelopes", "headers"
_UID_FETCH = re.compile(rb"\S+ UID FETCH ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to fetch from."""

    port: int
    user: str
    password: str
    mailbox: str
    items: str
    chunk: int = 5000
    """How many uids a command may list, for clients that know no ranges."""


# -- replaying ---------------------------------------------------------------------------------------------


def replay(folder: Path) -> None:
    """Serve the answers in a folder until standard input closes."""
    answers = {name: (folder / name).read_bytes() for name in (ENVELOPES, HEADERS)}
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, answers), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)


def _accept(listener: socket.socket, answers: dict[str, bytes]) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_serve, args=(connection, answers), daemon=True).start()


def _serve(connection: socket.socket, answers: dict[str, bytes]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    count = answers[ENVELOPES].count(b" FETCH (")
    said = {
        b"CAPABILITY": b"* CAPABILITY " + CAPABILITIES + b"\r\n",
        b"NAMESPACE": b'* NAMESPACE (("" "/")) NIL NIL\r\n',
        b"LIST": b'* LIST () "/" "INBOX"\r\n',
        b"LSUB": b'* LSUB () "/" "INBOX"\r\n',
        b"ID": b"* ID NIL\r\n",
        b"SELECT": b"* FLAGS (\\Seen)\r\n* %d EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n" % count,
        b"LOGOUT": b"* BYE\r\n",
    }
    uids = b"".join(b" %d" % uid for uid in range(1, count + 1))
    said[b"SEARCH"] = b"* SEARCH" + uids + b"\r\n"
    # A client that has what it came for may hang up as it likes.
    with suppress(ConnectionError), connection, connection.makefile("rb") as commands:
        connection.sendall(b"* OK [CAPABILITY " + CAPABILITIES + b"] ready\r\n")
        for command in commands:
            tag, name = command.replace(b" UID ", b" ").split()[:2]
            name = name.upper()
            if _UID_FETCH.match(command):
                connection.sendall(answers[HEADERS if b"HEADER]" in command.upper() else ENVELOPES])
            else:
                connection.sendall(said.get(name, b""))
            # Without a code: imapflow takes "[READ-WRITE]" from here, the others do not mind.
            connection.sendall(tag + b" OK " + (b"[READ-WRITE] " if name == b"SELECT" else b"") + b"done\r\n")


@contextmanager
def replaying(folder: Path) -> Iterator[Place]:
    """The replaying server, with the answers of ``record``."""
    with _child([sys.executable, "-m", "tests.benchmarks.fetch_server", str(folder)]) as line:
        yield Place(int(line), "user", "secret", "INBOX", GMAIL_ITEMS, chunk=10**9)


def record(place: Place, folder: Path) -> int:
    """Keep a server's answer, and headers made of its envelopes; how many messages."""
    folder.mkdir(exist_ok=True)
    envelopes = raw_answer(place)
    (folder / ENVELOPES).write_bytes(envelopes)
    with (folder / HEADERS).open("wb") as headers:
        for number, line in enumerate(envelopes.split(b"\r\n* "), 1):
            words = re.findall(rb'"((?:[^"\\]|\\.)*)"', line[line.find(b"ENVELOPE") :])[:6]
            texts = [*words, *[b"x"] * 6]
            header = b"Date: %b\r\nSubject: %b\r\nFrom: %b <%b@%b>\r\n" % tuple(texts[:5])
            header += b"To: demo@gmail.com\r\nMessage-ID: <%d@example.org>\r\n\r\n" % number
            headers.write(
                b"* %d FETCH (UID %d FLAGS (\\Seen) RFC822.SIZE 5000 BODY[HEADER] {%d}\r\n%b)\r\n"
                % (number, number, len(header), header)
            )

    return number


def raw_answer(place: Place) -> bytes:
    """The untagged lines of one FETCH of everything."""
    escaped = place.password.replace("\\", "\\\\").replace('"', '\\"')
    with socket.create_connection(("127.0.0.1", place.port), 120) as sock:
        _until(sock, b"* OK")
        commands = (f'LOGIN {place.user} "{escaped}"', f'SELECT "{place.mailbox}"')
        for number, command in enumerate((*commands, f"UID FETCH 1:* ({place.items})")):
            sock.sendall(f"r{number} {command}\r\n".encode())
            answer = _until(sock, b"r%d OK" % number)
    return answer[: answer.rindex(b"\r\nr2 OK") + 2]


def _until(sock: socket.socket, tag: bytes) -> bytes:
    """Read up to the line that begins with a tag."""
    data = bytearray()
    while not (data.endswith(b"\r\n") and bytes(data[-4000:]).split(b"\r\n")[-2].startswith(tag)):
        more = sock.recv(1 << 20)
        if not more:
            raise ConnectionError(f"the server hung up after {bytes(data[-200:])!r}")
        data += more
    return bytes(data)


# -- the others ----------------------------------------------------------------------------------------------


@contextmanager
def simulating(messages: int) -> Iterator[Place]:
    """The embedded server with every envelope rendered."""
    options = [f"--messages={messages}", "--warm", "--until-eof"]
    with _child([sys.executable, "-m", "imapcore.simulator", *options]) as line:
        port = int(line.rpartition(":")[2])
        yield Place(port, "demo@gmail.com", "demodemodemodemo", "[Gmail]/All Mail", GMAIL_ITEMS)


@contextmanager
def dovecot(headers: list[bytes]) -> Iterator[Place]:
    """Dovecot with a message for each header, its own cache filled."""
    with running_dovecot() as server:
        user = next(server.unused)
        folder = server.home / "mail" / user
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True)
        for number, header in enumerate(headers):
            (folder / "cur" / f"{1_700_000_000 + number}.M{number}.bench:2,S").write_bytes(header + b"hi\r\n")
        if os.getuid() == 0:
            owner = pwd.getpwnam("nobody")
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        place = Place(server.port, user, server.password, "INBOX", PLAIN_ITEMS)
        raw_answer(place)
        yield place


@contextmanager
def _child(command: list[str]) -> Iterator[str]:
    """A process that says one line when it stands and ends when its input does; the line."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout.readline()
    finally:
        child.stdin.close()
        child.wait(30)
        child.stdout.close()


if __name__ == "__main__":
    replay(Path(sys.argv[1]))
