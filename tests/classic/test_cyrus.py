"""``classic`` on a real server, Cyrus: a session step by step, and the same walks as imaplib."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from imapcore import classic
from tests.classic import walks
from tests.cyrus import IS_INSTALLED, Cyrus, running_cyrus

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not IS_INSTALLED, reason="Cyrus is not installed (Debian: cyrus-imapd)"),
]
ERRORS = (imaplib.IMAP4.error, classic.IMAP4.error)
OWN = re.compile(rb"MAILBOXID \([^)]*\)|\(\d+\.\d+ secs(?: \d+ calls)?\)")
"""What Cyrus says that no two runs share: a mailbox's identity, and how long it took."""


@pytest.fixture(scope="module")
def cyrus() -> Iterator[Cyrus]:
    """A server for the tests of this module; each takes accounts of its own."""
    with running_cyrus() as server:
        yield server


def evened(value: Any) -> Any:
    """A result without what differs from run to run on this server."""
    if isinstance(value, bytes):
        return OWN.sub(b"", value)
    if isinstance(value, tuple | list):
        return type(value)(evened(item) for item in value)
    return value


def walked(module: Any, server: Cyrus, walk: walks.Walk) -> dict[str, Any]:
    """A walk on a fresh account."""
    with module.IMAP4("127.0.0.1", server.port, timeout=20) as client:
        heard = {"login": client.login(next(server.unused), server.password)[0]}
        client.create("Sorted")
        for message in (walks.ANSWER, walks.MESSAGE):
            client.append("Sorted", None, walks.WHEN, message.replace(b"\r\n", b"\n"))
        heard |= walks.steps(client, walk, ERRORS)
        heard["logout"] = client.logout()
    return heard


@pytest.mark.parametrize("walk", ["SEED", "SORTED_AND_THREADED", "RIGHTS_AND_QUOTA"])
def test_both_clients_hear_the_same(walk: str, cyrus: Cyrus) -> None:
    expected = walked(imaplib, cyrus, getattr(walks, walk))
    heard = walked(classic, cyrus, getattr(walks, walk))
    assert set(heard) == set(expected)
    for name, answer in expected.items():
        assert evened(heard[name]) == evened(answer), name


def test_a_session_from_login_to_logout(cyrus: Cyrus) -> None:
    client = classic.IMAP4("127.0.0.1", cyrus.port, timeout=20)
    assert client.login(next(cyrus.unused), cyrus.password)[0] == "OK"
    assert client.state == "AUTH"
    assert client.create("Entwürfe & Co")[0] == "OK"
    assert client.list(pattern="Entw*") == ("OK", [b'(\\HasNoChildren) "/" "Entw&APw-rfe &- Co"'])
    for message in (walks.MESSAGE, walks.ANSWER):
        assert client.append("Entwürfe & Co", "\\Flagged", walks.WHEN, message)[0] == "OK"
    assert client.status("Entwürfe & Co", "(MESSAGES)")[1] == [b'"Entw&APw-rfe &- Co" (MESSAGES 2)']
    assert client.select("Entwürfe & Co") == ("OK", [b"2"])
    typ, data = client.fetch("1", "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    assert typ == "OK"
    assert data[0][1] == b"Subject: first\r\n\r\n"
    assert data[0][0].startswith(b"1 (UID 1 ")
    assert client.search(None, "FROM", "Bob Builder") == ("OK", [b"2"])
    typ, data = client.store("1", "+FLAGS", "(\\Deleted)")
    assert (typ, b"\\Deleted" in data[0]) == ("OK", True)
    assert client.expunge() == ("OK", [b"1"])
    assert client.uid("SEARCH", None, "ALL") == ("OK", [b"2"])
    assert client.move(1, "INBOX")[0] == "OK"
    assert client.close()[0] == "OK"
    assert client.delete("Entwürfe & Co")[0] == "OK"
    assert client.select() == ("OK", [b"1"])
    assert client.logout()[0] == "BYE"
    assert client.state == "LOGOUT"


def test_authenticate_and_refusals(cyrus: Cyrus) -> None:
    with classic.IMAP4("127.0.0.1", cyrus.port, timeout=20) as client:
        user = next(cyrus.unused)
        with pytest.raises(client.error):
            client.login(user, "wrong")
        assert client.state == "NONAUTH"
        plain = f"\0{user}\0{cyrus.password}"
        assert client.authenticate("PLAIN", lambda challenge: plain)[0] == "OK"
        assert client.state == "AUTH"
        assert "MOVE" in client.capabilities, "what Cyrus offers once somebody is signed in"
        assert client.select("Nowhere")[0] == "NO"
        assert client.state == "AUTH"


def test_partial_and_idle(cyrus: Cyrus) -> None:
    user = next(cyrus.unused)
    with (
        classic.IMAP4("127.0.0.1", cyrus.port, timeout=20) as client,
        classic.IMAP4("127.0.0.1", cyrus.port, timeout=20) as other,
    ):
        for each in (client, other):
            each.login(user, cyrus.password)
        client.append("INBOX", None, None, walks.MESSAGE)
        client.select("INBOX")
        whole = client.fetch("1", "(BODY.PEEK[])")[1][0][1]
        assert client.partial("1", "RFC822.PEEK", 1, 10)[1][0][1] == whole[:10]
        with client.idle(duration=20) as idler:
            other.append("INBOX", None, None, walks.ANSWER)
            assert next(idler) == ("EXISTS", [b"2"])
        assert client.fetch("2", "(UID)") == ("OK", [b"2 (UID 2)"])
