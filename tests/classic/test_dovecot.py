"""``classic`` and imaplib beside each other on a real server, Dovecot: same calls, same answers."""

from __future__ import annotations

import imaplib
import shlex
import ssl
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from imapcore import classic
from tests.classic import walks
from tests.dovecot import PROGRAM, Dovecot, running_dovecot

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(PROGRAM is None, reason="Dovecot is not installed (Debian: dovecot-imapd)"),
]
KINDS = ("error", "abort", "readonly")
ERRORS = (imaplib.IMAP4.error, classic.IMAP4.error)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """A server for the tests of this module; each takes accounts of its own."""
    with running_dovecot() as server:
        yield server


class Shouting:
    """A client whose methods are called by their names in capitals."""

    def __init__(self, client: classic.IMAP4) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        is_method = callable(value) and name.islower() and not name.startswith("_") and name not in KINDS
        return getattr(self._client, name.upper()) if is_method else value


def walked(module: Any, server: Dovecot, walk: walks.Walk, *, in_capitals: bool = False) -> dict[str, Any]:
    """A walk on a fresh account."""
    with module.IMAP4("127.0.0.1", server.port, timeout=20) as client:
        heard = {"login": walks.evened(client.login(next(server.unused), server.password))}
        client.create("Sorted")
        for message in (walks.ANSWER, walks.MESSAGE):
            client.append("Sorted", None, walks.WHEN, message)
        heard |= walks.steps(Shouting(client) if in_capitals else client, walk, ERRORS)
        heard["logout"] = client.logout()
    return heard


@pytest.mark.parametrize("walk", ["SEED", "SORTED_AND_THREADED", "RIGHTS_AND_QUOTA"])
def test_both_clients_hear_the_same(walk: str, dovecot: Dovecot) -> None:
    expected = walked(imaplib, dovecot, getattr(walks, walk))
    heard = walked(classic, dovecot, getattr(walks, walk))
    for name, answer in expected.items():
        assert heard[name] == answer, name


@pytest.mark.parametrize("walk", ["SEED", "SORTED_AND_THREADED", "RIGHTS_AND_QUOTA"])
def test_capitals_make_no_difference(walk: str, dovecot: Dovecot) -> None:
    quiet = walked(classic, dovecot, getattr(walks, walk))
    assert walked(classic, dovecot, getattr(walks, walk), in_capitals=True) == quiet


def test_every_way_in(dovecot: Dovecot, user: str) -> None:
    with classic.IMAP4_SSL("127.0.0.1", dovecot.tls_port, ssl_context=dovecot.context, timeout=20) as client:
        assert client.login(user, dovecot.password)[0] == "OK"
        assert "MOVE" in client.capabilities, "what Dovecot offers once somebody is signed in"
        assert isinstance(client.sock, ssl.SSLSocket)

    with classic.IMAP4("localhost", dovecot.port, timeout=20) as client:
        assert client.starttls(dovecot.context)[0] == "OK"
        assert "STARTTLS" not in client.capabilities
        with pytest.raises(client.abort):
            client.starttls(dovecot.context)
        plain = f"\0{user}\0{dovecot.password}"
        assert walks.evened(client.authenticate("PLAIN", lambda challenge: plain)) == ("OK", [b"Logged in"])
        assert client.state == "AUTH"

    with classic.IMAP4("127.0.0.1", dovecot.port, timeout=20) as client:
        assert client.login_cram_md5(user, dovecot.password)[0] == "OK"

    with classic.IMAP4("127.0.0.1", dovecot.port, timeout=20) as client:
        with pytest.raises(client.error, match="AUTHENTICATIONFAILED"):
            client.login(user, "wrong")
        prompts = iter([user, dovecot.password])
        assert client.authenticate("LOGIN", lambda challenge: next(prompts))[0] == "OK"


def test_a_certificate_nobody_trusts_is_refused(dovecot: Dovecot) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        classic.IMAP4_SSL("127.0.0.1", dovecot.tls_port, ssl_context=ssl.create_default_context(), timeout=20)
    with classic.IMAP4("127.0.0.1", dovecot.port, timeout=20) as client:
        with pytest.raises(ssl.SSLCertVerificationError):
            client.starttls(ssl.create_default_context())
        client.state = "LOGOUT"


@pytest.fixture
def user(dovecot: Dovecot) -> str:
    """Somebody with an empty account."""
    return next(dovecot.unused)


@pytest.fixture
def client(dovecot: Dovecot, user: str) -> Iterator[classic.IMAP4]:
    """A client that has signed in, and a mailbox with a space and a message in it, selected."""
    with classic.IMAP4("127.0.0.1", dovecot.port, timeout=20) as client:
        client.login(user, dovecot.password)
        client.create("New box")
        client.append("New box", "\\Seen", 1_000_000_000, walks.MESSAGE)
        client.select("New box")
        yield client


def test_what_imaplib_cannot_do(client: classic.IMAP4) -> None:
    assert client.search(None, "FROM", "Ann <ann") == ("OK", [b"1"])
    assert client.search(None, "HEADER", "Message-ID", "<1@example.org>") == ("OK", [b"1"])
    assert client.search("UTF-8", "SUBJECT", "käse") == ("OK", [b""])
    assert client.fetch(1, "(UID)") == ("OK", [b"1 (UID 1)"])
    assert client.create("Entwürfe & Co")[0] == "OK"
    assert client.list(pattern="Entw*")[1] == [b'(\\HasNoChildren) "/" "Entw&APw-rfe &- Co"']
    assert client.move(1, "Entwürfe & Co")[0] == "OK"
    assert client.status("Entwürfe & Co", "MESSAGES")[1] == [b'"Entw&APw-rfe &- Co" (MESSAGES 1)']


def test_partial_is_answered_by_a_slice(client: classic.IMAP4) -> None:
    whole = client.fetch("1", "(BODY.PEEK[])")[1][0][1]
    assert client.partial("1", "RFC822.PEEK", 1, 10) == ("OK", [(b"1 (BODY[]<0> {10}", whole[:10]), b")"])
    assert client.partial(1, "RFC822", "11", "5")[1][0][1] == whole[10:15]
    assert client.PARTIAL("1", "BODY[HEADER]", 1, 4)[1][0][1] == whole[:4]
    header, text = whole.split(b"\r\n\r\n", 1)
    assert client.partial("1", "RFC822.TEXT", 1, 1000)[1][0][1] == text
    assert client.partial("1", "RFC822.HEADER", 1, 1000)[1][0][1] == header + b"\r\n\r\n"
    assert client.partial("1", "(RFC822.TEXT.PEEK)", 7, 4)[1][0][1] == text[6:10]
    assert client.partial("1", "RFC822", 100_000, 4) == ("OK", [(b"1 (BODY[]<99999> {0}", b""), b")"])


def test_idle_hears_what_another_client_does(client: classic.IMAP4, dovecot: Dovecot, user: str) -> None:
    with classic.IMAP4("127.0.0.1", dovecot.port, timeout=20) as other:
        other.login(user, dovecot.password)
        with client.idle(duration=20) as idler:
            other.append("New box", None, None, walks.ANSWER)
            assert next(idler) == ("EXISTS", [b"2"])
        assert client.state == "SELECTED"
        assert client.fetch("2", "(UID)") == ("OK", [b"2 (UID 2)"])
        with client.idle(duration=0) as idler:
            assert list(idler) == []


RELAY = """
import os, socket, sys, threading
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while data := os.read(0, 65536):
        server.sendall(data)
    server.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := server.recv(65536):
    os.write(1, data)
"""


def test_a_program_may_be_the_server(dovecot: Dovecot, user: str) -> None:
    command = shlex.join([sys.executable, "-c", RELAY, str(dovecot.port)])
    with classic.IMAP4_stream(command) as client:
        assert client.login(user, dovecot.password)[0] == "OK"
        assert client.select() == ("OK", [b"0"])
        with client.idle(duration=0.01) as idler:
            assert list(idler.burst()) == []
    assert client.process.returncode == 0
