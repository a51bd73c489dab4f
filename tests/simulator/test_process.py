"""The server as a process of its own, and the demo account that stands on it."""

from __future__ import annotations

import imaplib
import re
import signal
import socket
import subprocess
import sys

import pytest

from imapcore.demo import demo_account
from imapcore.model import Security

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
