"""The server as a process of its own, and the demo account that stands on it."""

from __future__ import annotations

import asyncio
import imaplib
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from imapcore.demo import demo_account
from imapcore.errors import LinkError
from imapcore.model import Security
from imapcore.simulator import Options
from imapcore.simulator.server import Server
from tests.simulator.wire import Wire

COMMAND = (sys.executable, "-m", "imapcore.simulator", "--messages=20")


def test_it_prints_one_line_with_its_port_and_ends_cleanly_on_sigterm() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        match = re.search(rb"127\.0\.0\.1:(\d+)", child.stdout.readline())
        assert match is not None
        client = imaplib.IMAP4("127.0.0.1", int(match[1]))
        client.login("demo@gmail.com", "demodemodemodemo")
        child.send_signal(signal.SIGTERM)
        output, errors = child.communicate(timeout=20)
        client.shutdown()
    assert (child.returncode, output, errors) == (0, b"", b"")


def serve(*extra: str) -> subprocess.Popen[bytes]:
    """A server process that ends with its input; its first line is still to be read."""
    return subprocess.Popen(
        (*COMMAND, "--until-eof", *extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def first_line(child: subprocess.Popen[bytes]) -> bytes:
    """What it prints when it listens."""
    assert child.stdout is not None
    return child.stdout.readline()


def test_mailboxes_are_hidden_and_chats_shown_from_the_command_line() -> None:
    with serve("--hide=\\Trash", "--hide=Work", "--chats", "--messages=0") as child:
        match = re.search(rb"127\.0\.0\.1:(\d+)", first_line(child))
        assert match is not None
        with Wire(("127.0.0.1", int(match[1]))) as wire:
            wire.login()
            wire.ok("CREATE Work")
            lines = "\n".join(wire.ok('LIST "" "*"'))
    assert "[Gmail]/Chats" in lines
    assert "Trash" not in lines
    assert "Work" not in lines


def test_locale_fault_and_control_can_be_had_from_the_command_line() -> None:
    with serve("--locale=de", "--control=0", "--fault=system-error:command=NOOP") as child:
        match = re.search(rb"127\.0\.0\.1:(\d+), control 127\.0\.0\.1:(\d+)", first_line(child))
        assert match is not None
        with Wire(("127.0.0.1", int(match[1]))) as wire:
            wire.login()
            assert wire.last("NOOP") == "NO System Error (Failure)"
            assert any("Papierkorb" in line for line in wire.ok('LIST "" "*"'))
            with socket.create_connection(("127.0.0.1", int(match[2])), 10) as control:
                control.sendall(b'{"do": "signed_in"}\n')
                assert control.recv(100) == b'{"ok": 1}\n'
        child.communicate(timeout=20)
    assert child.returncode == 0


def test_tls_writes_down_whom_to_trust(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    with serve(f"--tls={authority}") as child:
        match = re.search(rb"127\.0\.0\.1:(\d+)", first_line(child))
        assert match is not None
        context = ssl.create_default_context(cafile=str(authority))
        with imaplib.IMAP4_SSL("localhost", int(match[1]), ssl_context=context) as client:
            assert client.login("demo@gmail.com", "demodemodemodemo")[0] == "OK"
        child.communicate(timeout=20)
    assert child.returncode == 0


@pytest.mark.parametrize(
    ("argument", "word"),
    [("--fault=nonsense", b"--fault"), ("--messages=-1", b"negative"), ("--locale=xx", b"--locale")],
)
def test_arguments_that_make_no_sense_are_refused(argument: str, word: bytes) -> None:
    with serve(argument) as child:
        _, errors = child.communicate(timeout=20)
    assert child.returncode == 2
    assert word in errors
    assert b"Traceback" not in errors


def test_the_demo_ends_when_who_started_it_is_killed() -> None:
    program = (
        "import sys\nfrom imapcore.demo import demo_account\n"
        "with demo_account(messages=1) as (account, secret):\n"
        "    print(account.port, flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        (sys.executable, "-c", program), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        port = int(first_line(parent))
        with Wire(("127.0.0.1", port)) as wire:
            parent.kill()
            # The server notices by itself and lets this connection go.
            assert wire.is_closed()


def test_a_server_that_does_not_start_is_a_link_error() -> None:
    with pytest.raises(LinkError), demo_account(messages=-1):
        pass


def test_it_ends_when_its_input_ends() -> None:
    with subprocess.Popen(
        (*COMMAND, "--until-eof"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        child.stdin.close()
        assert child.wait(20) == 0


def test_a_port_in_use_is_said_in_one_sentence() -> None:
    with demo_account(messages=1) as (account, _):
        done = subprocess.run(
            (*COMMAND, f"--port={account.port}"), capture_output=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert b"cannot listen" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_demo_account_signs_in_and_ends_with_its_context() -> None:
    with demo_account() as (account, secret):
        assert account.security is Security.NONE
        with imaplib.IMAP4(account.host, account.port) as client:
            assert client.login(account.email, secret())[0] == "OK"
            status, [exists] = client.select("INBOX", readonly=True)
            assert status == "OK"
            assert isinstance(exists, bytes)
            assert int(exists) > 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((account.host, account.port), 5)


def test_a_connection_that_comes_while_the_server_stops_is_closed() -> None:
    """Its task is cancelled before its first step, and closed nothing."""
    aborted: list[bool] = []

    class Peer:
        transport = SimpleNamespace(abort=lambda: aborted.append(True))

    async def come_and_stop() -> None:
        server = Server(Options(messages=0))
        await server.start(is_warm=True)
        server._accept(asyncio.StreamReader(), cast(asyncio.StreamWriter, Peer()))
        await server.stop()

    asyncio.run(come_and_stop())
    assert aborted == [True]
