"""Clients nobody here wrote do their jobs against the simulator (each skipped where it is not installed)."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from imapcore.simulator import Simulator
from tests.simulator.conftest import options


@pytest.fixture(scope="module")
def busy() -> Iterator[Simulator]:
    """An account with some hundred messages."""
    with Simulator(options(messages=300)) as simulator:
        yield simulator


def test_imaplib_lists_selects_fetches_labels_and_searches(busy: Simulator) -> None:
    with imaplib.IMAP4(busy.host, busy.port) as client:
        assert client.login("demo@gmail.com", "demodemodemodemo")[0] == "OK"
        status, lines = client.list()
        assert status == "OK"
        assert b'(\\All \\HasNoChildren) "/" "[Gmail]/All Mail"' in lines
        status, [exists] = client.select('"[Gmail]/All Mail"')
        assert status == "OK"
        assert isinstance(exists, bytes)
        assert int(exists) == len(busy.control.messages("[Gmail]/All Mail"))
        status, data = client.fetch("1", "(UID X-GM-MSGID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        assert status == "OK"
        first = busy.control.messages("[Gmail]/All Mail")[0]
        assert isinstance(data[0], tuple)
        assert b"X-GM-MSGID %d UID 1" % first.msgid in data[0][0]
        status, data = client.uid("STORE", "1", "+X-GM-LABELS", '("By imaplib")')
        assert status == "OK"
        assert "By imaplib" in busy.control.message(first.msgid).labels
        assert client.uid("SEARCH", "X-GM-LABELS", '"By imaplib"') == ("OK", [b"1"])


def test_imapclient_lists_selects_fetches_labels_and_searches(busy: Simulator) -> None:
    with IMAPClient(busy.host, busy.port, ssl=False) as client:
        client.login("demo@gmail.com", "demodemodemodemo")
        folders = {name: flags for flags, _, name in client.list_folders()}
        assert b"\\All" in folders["[Gmail]/All Mail"]
        assert client.find_special_folder(b"\\Trash") == "[Gmail]/Trash"
        client.select_folder("[Gmail]/All Mail")
        found = client.search(["X-GM-LABELS", "Finance"])
        assert found
        fetched = client.fetch(found, ["ENVELOPE", "BODYSTRUCTURE", "X-GM-LABELS", "X-GM-THRID", "FLAGS"])
        assert all(b"Finance" in data[b"X-GM-LABELS"] for data in fetched.values())
        assert all(data[b"ENVELOPE"].subject for data in fetched.values())
        client.add_gmail_labels(found, ["By IMAPClient"])
        assert sorted(client.search(["X-GM-LABELS", "By IMAPClient"])) == sorted(found)
        client.remove_gmail_labels(found, ["By IMAPClient"])
        assert client.search(["X-GM-LABELS", "By IMAPClient"]) == []
        client.add_flags(found[0], [b"\\Flagged"])
        assert "\\Starred" in client.get_gmail_labels(found[0])[found[0]]
