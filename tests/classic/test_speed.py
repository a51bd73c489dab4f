"""Reading a big mailbox through ``classic`` costs no more than through imaplib.

Processor time of this process is compared, not the clock's, so that a busy machine does not matter; the
server is a process of its own with its answers ready made.
"""

from __future__ import annotations

import imaplib
import subprocess
import sys
import time
from typing import Any

import pytest

from imapcore import classic

pytestmark = pytest.mark.soak
MESSAGES = 100_000
ROUNDS = 4
TOLERANCE = 1.25

SERVER = """
import socket, sys
line = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
body = b"".join(line % (number, number) for number in range(1, int(sys.argv[2]) + 1))
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as commands:
            connection.sendall(b"* PREAUTH hello\\r\\n")
            for command in commands:
                tag, name = command.split()[:2]
                said = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\\r\\n", b"FETCH": body}.get(name, b"")
                connection.sendall(said + tag + b" OK done\\r\\n")
"""
LINE = r"* %d FETCH (X-GM-MSGID 1773990834493845577 UID %d RFC822.SIZE 12345 FLAGS (\\Seen $Forwarded))\r\n"
LITERAL = r"* %d FETCH (UID %d BODY[HEADER.FIELDS (SUBJECT)] {24}\r\nSubject: hello there\r\n\r\n)\r\n"


def seconds(module: Any, port: int) -> float:
    """Processor time of one FETCH of everything."""
    with module.IMAP4("127.0.0.1", port) as client:
        client.select()
        started = time.process_time()
        typ, data = client.fetch("1:*", "(X)")
        spent = time.process_time() - started
    assert typ == "OK"
    assert len(data) >= MESSAGES
    return spent


@pytest.mark.parametrize("line", [LINE, LITERAL], ids=["lines", "literals"])
def test_a_big_fetch_costs_no_more_than_with_imaplib(line: str) -> None:
    command = [sys.executable, "-c", SERVER, line, str(MESSAGES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            best = {
                module: min(seconds(module, port) for _ in range(ROUNDS)) for module in (imaplib, classic)
            }
        finally:
            server.kill()
    assert best[classic] <= TOLERANCE * best[imaplib]
