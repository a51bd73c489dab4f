"""``classic`` on the embedded Gmail-shaped server: every method, beside imaplib and by itself."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from imapcore import classic
from imapcore.simulator.in_thread import Simulator
from imapcore.simulator.options import Options
from tests.classic import walks

ERRORS = (imaplib.IMAP4.error, classic.IMAP4.error)
OPTIONS = Options(messages=20, now_ms=1_795_251_600_000, spurious_bumps=False)
ALL_MAIL = '"[Gmail]/All Mail"'

GMAIL: walks.Walk = [
    ("select all mail", lambda c: c.select(ALL_MAIL)),
    ("fetch", lambda c: c.fetch("1:5", "(UID X-GM-MSGID X-GM-THRID X-GM-LABELS FLAGS)")),
    ("fetch headers", lambda c: c.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])")),
    ("fetch structures", lambda c: c.fetch("1:*", "(ENVELOPE BODYSTRUCTURE)")),
    ("fetch messages", lambda c: c.fetch("1:*", "(BODY.PEEK[])")),
    ("gmail search", lambda c: c.uid("SEARCH", "X-GM-RAW", '"has:attachment"')),
    ("label", lambda c: c.uid("STORE", "3", "+X-GM-LABELS", '("Work/new" \\Starred)')),
    ("search by label", lambda c: c.uid("SEARCH", "X-GM-LABELS", '"Work/new"')),
    ("star", lambda c: c.store("1", "+FLAGS", "(\\Flagged)")),
    ("move to the bin", lambda c: c.uid("MOVE", "4", '"[Gmail]/Trash"')),
    ("status", lambda c: c.status(ALL_MAIL, "(MESSAGES UNSEEN)")),
    ("quota", lambda c: c.getquotaroot("INBOX")),
    ("id", lambda c: c.xatom("ID", '("name" "classic")')[0]),
]


def walked(module: Any, walk: walks.Walk) -> dict[str, Any]:
    """A walk through a fresh account."""
    with (
        Simulator(OPTIONS) as server,
        module.IMAP4(server.host, server.port, timeout=20) as client,
    ):
        heard = {"login": client.login(OPTIONS.email, OPTIONS.app_password)}
        heard |= walks.steps(client, walk, ERRORS)
        heard["logout"] = client.logout()
    return heard


@pytest.mark.parametrize("walk", [walks.SEED, GMAIL], ids=["seed", "gmail"])
def test_both_clients_hear_the_same(walk: walks.Walk) -> None:
    expected, heard = walked(imaplib, walk), walked(classic, walk)
    for name, answer in expected.items():
        assert heard[name] == answer, name


@pytest.fixture
def server() -> Iterator[Simulator]:
    """A Gmail of twenty messages."""
    with Simulator(OPTIONS) as server:
        yield server


@pytest.fixture
def client(server: Simulator) -> Iterator[classic.IMAP4]:
    """A client that has signed in."""
    with classic.IMAP4(server.host, server.port, timeout=20) as client:
        client.login(OPTIONS.email, OPTIONS.app_password)
        yield client


def test_gmails_capabilities_are_those_after_login(client: classic.IMAP4) -> None:
    assert {"MOVE", "COMPRESS=DEFLATE", "UTF8=ACCEPT", "X-GM-EXT-1"} <= set(client.capabilities)
    assert client.PROTOCOL_VERSION == "IMAP4REV1"


def test_names_and_searches_as_people_write_them(client: classic.IMAP4) -> None:
    assert client.select("[Gmail]/All Mail") == ("OK", [b"20"])
    typ, found = client.uid("SEARCH", "X-GM-RAW", "has:attachment in:anywhere")
    assert typ == "OK"
    assert found == client.uid("SEARCH", "X-GM-RAW", '"has:attachment in:anywhere"')[1]
    assert client.create("Grüße & Co")[0] == "OK"
    assert client.copy(1, "Grüße & Co")[0] == "OK"
    assert client.select("Grüße & Co") == ("OK", [b"1"])
    assert client.delete("Grüße & Co")[0] == "OK"


def test_partial_where_partial_is_gone(client: classic.IMAP4) -> None:
    client.select("[Gmail]/All Mail", readonly=True)
    whole = client.fetch(2, "(BODY.PEEK[])")[1][0][1]
    typ, data = client.partial(2, "RFC822.PEEK", 5, 20)
    assert (typ, data[0][1]) == ("OK", whole[4:24])
    assert data[0][0].startswith(b"2 (BODY[]<4>")


def test_a_message_with_utf8_in_its_header_is_stored_as_it_is(client: classic.IMAP4) -> None:
    message = "From: Jörg <jörg@example.org>\r\nSubject: Größe\r\n\r\nx\r\n".encode()
    assert client.enable("UTF8=ACCEPT")[0] == "OK"
    assert client.append("Ablage groß", None, None, message)[0] == "NO"
    assert client.create("Ablage groß")[0] == "OK"
    assert client.append("Ablage groß", "\\Seen", None, message)[0] == "OK"
    assert client.select("Ablage groß") == ("OK", [b"1"])
    assert client.fetch("1", "(BODY.PEEK[])")[1][0][1] == message
    assert client.search(None, "SUBJECT", "Größe") == ("OK", [b"1"])


def test_signing_in_with_a_token_that_is_refused(server: Simulator) -> None:
    answers: list[bytes] = []

    def xoauth2(challenge: bytes) -> bytes:
        answers.append(challenge)
        return b"" if challenge else b"user=demo@gmail.com\1auth=Bearer nothing\1\1"

    with classic.IMAP4(server.host, server.port, timeout=20) as client:
        with pytest.raises(client.error, match="AUTHENTICATIONFAILED"):
            client.authenticate("XOAUTH2", xoauth2)
        assert len(answers) == 2, "the token, and the empty answer to the report of its refusal"
        assert b"status" in answers[1]
        assert client.state == "NONAUTH"


def test_authenticate_really_works(server: Simulator) -> None:
    with classic.IMAP4(server.host, server.port, timeout=20) as client:
        plain = f"\0{OPTIONS.email}\0{OPTIONS.app_password}"
        assert client.AUTHENTICATE("plain", lambda challenge: plain)[0] == "OK"
        assert client.state == "AUTH"
        assert client.select("[Gmail]/All Mail") == ("OK", [b"20"])


def test_tls_with_the_servers_own_authority() -> None:
    with Simulator(Options(messages=0, tls=True)) as server:
        context = ssl.create_default_context(cadata=server.authority_pem.decode("ascii"))
        with classic.IMAP4_SSL("localhost", server.port, ssl_context=context, timeout=20) as client:
            assert client.login("demo@gmail.com", "demodemodemodemo")[0] == "OK"
            assert client.select() == ("OK", [b"0"])
        with classic.IMAP4_SSL("localhost", server.port, timeout=20) as client:
            assert client.noop()[0] == "OK", "loopback needs no authority"


def test_idle_on_gmail(client: classic.IMAP4, server: Simulator) -> None:
    client.select("INBOX")
    with classic.IMAP4(server.host, server.port, timeout=20) as other:
        other.login(OPTIONS.email, OPTIONS.app_password)
        with client.idle(duration=20) as idler:
            other.append("INBOX", None, None, walks.ANSWER)
            typ, data = next(idler)
    assert (typ, data[0].isdigit()) == ("EXISTS", True)
    assert client.check()[0] == "OK"


def test_idle_over_tls_and_a_file() -> None:
    class OverFile(classic.IMAP4_SSL):
        def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
            super().open(host, port, timeout)
            self.lines = self.sock.makefile("rb", buffering=0)
            self.file = self.lines

    with Simulator(Options(messages=3, tls=True)) as server:
        with OverFile("localhost", server.port, timeout=20) as client:
            client.login(OPTIONS.email, OPTIONS.app_password)
            client.select("[Gmail]/All Mail")
            with client.idle(duration=0.01) as idler:
                assert list(idler) == []
            with client.idle(duration=20) as idler, classic.IMAP4_SSL("localhost", server.port) as other:
                other.login(OPTIONS.email, OPTIONS.app_password)
                other.append("INBOX", None, None, walks.ANSWER)
                assert next(idler) == ("EXISTS", [b"4"])
        assert client.lines.closed
