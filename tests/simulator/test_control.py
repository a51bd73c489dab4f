"""The control API: acts of "another client", in process and over its line protocol."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imapcore.simulator import Simulator
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.control_protocol import ACTS
from tests.simulator.conftest import options
from tests.simulator.wire import DEADLINE_SECONDS, Wire, mail

Ask = Callable[..., Any]


@pytest.fixture
def controlled() -> Iterator[Simulator]:
    """A server with a control port."""
    with Simulator(options(control_port=0)) as sim:
        yield sim


@pytest.fixture
def ask(controlled: Simulator) -> Iterator[Ask]:
    """A client of the line protocol: ``ask("deliver", raw=…)`` → the answer."""
    with (
        socket.create_connection((controlled.host, controlled.control_port), DEADLINE_SECONDS) as sock,
        sock.makefile("rwb") as stream,
    ):

        def send(act: str, **arguments: Any) -> Any:
            stream.write(json.dumps({"do": act, **arguments}).encode() + b"\n")
            stream.flush()
            return json.loads(stream.readline())

        yield send


def test_another_process_delivers_relabels_moves_and_erases(controlled: Simulator, ask: Ask) -> None:
    msgid = ask("deliver", raw=mail().decode(), labels=["\\Inbox"])["ok"]
    ask("relabel", msgid=msgid, add=["Work"], remove=["\\Inbox"])
    ask("reflag", msgid=msgid, add=["\\Flagged", "\\Seen"])
    message = controlled.control.message(msgid)
    assert message.labels == {"Work", "\\Starred"}
    assert message.flags == {"\\Seen", "\\Flagged"}
    ask("reflag", msgid=msgid, remove=["\\Flagged"])
    assert controlled.control.message(msgid).labels == {"Work"}
    ask("move", msgid=msgid, mailbox="[Gmail]/Trash")
    assert ask("message", msgid=msgid)["ok"]["uids"] == {"[Gmail]/Trash": 1}
    assert ask("erase", msgid=msgid) == {"ok": None}
    assert ask("messages") == {"ok": []}


def test_another_process_sets_faults_and_options(controlled: Simulator, ask: Ask) -> None:
    with Wire(controlled) as wire:
        wire.login()
        assert ask("signed_in") == {"ok": 1}
        ask("fault", fault="system-error:command=NOOP")
        assert wire.last("NOOP") == "NO System Error (Failure)"
        ask("set_options", state_error="Nope")
        assert wire.last("CLOSE") == "BAD Nope"


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"do": "__init__"}',
        b'{"do": "message", "msgid": 1}',
        b'{"do": "bump", "x": 1}',
        b'{"do": "create_label", "name": " x"}',
    ],
)
def test_what_cannot_be_done_is_an_error_and_the_connection_goes_on(
    controlled: Simulator, ask: Ask, line: bytes
) -> None:
    with socket.create_connection((controlled.host, controlled.control_port), DEADLINE_SECONDS) as sock:
        sock.sendall(line + b"\n" + b'{"do": "connections"}\n')
        with sock.makefile("rb") as stream:
            assert "error" in json.loads(stream.readline())
            assert json.loads(stream.readline()) == {"ok": 0}


@pytest.mark.parametrize(
    "first",
    [
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\n",
        b"GET / HTTP/1.0\n",
        b"nonsense\n",
        b"\n",
        b"[]\n",
        b"5\n",
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
    ],
    ids=["POST", "GET", "word", "blank", "list", "number", "deep", "bytes"],
)
def test_a_line_that_is_no_object_ends_the_connection_before_anything_is_done(
    controlled: Simulator, first: bytes
) -> None:
    with socket.create_connection((controlled.host, controlled.control_port), DEADLINE_SECONDS) as sock:
        sock.sendall(first + b'{"do": "create_label", "name": "X"}\n')
        try:
            assert sock.recv(1000) == b""
        except ConnectionResetError:
            pass  # closed with our second line unread
    assert "X" not in controlled.control.mailboxes()


def test_what_was_asked_before_is_done(controlled: Simulator, ask: Ask) -> None:
    ask("create_label", name="X")
    assert "X" in controlled.control.mailboxes()


def test_options_that_hide_are_followed_at_once(controlled: Simulator, ask: Ask) -> None:
    ask("set_options", hidden=["\\Trash", "\\Junk"], chats=True)
    with Wire(controlled) as wire:
        wire.login()
        assert wire.last('SELECT "[Gmail]/Trash"').startswith("NO [NONEXISTENT]")
        assert wire.last('SELECT "[Gmail]/Chats"').startswith("OK ")
        ask("set_options", hidden=[], chats=False)
        assert wire.last('SELECT "[Gmail]/Trash"').startswith("OK ")
        assert wire.last('SELECT "[Gmail]/Chats"').startswith("NO [NONEXISTENT]")


def test_every_act_of_the_line_protocol_is_a_method(controlled: Simulator) -> None:
    assert all(callable(getattr(controlled.control, act)) for act in ACTS)


def test_invented_mail_arrives_on_demand(sim: Simulator) -> None:
    msgid = sim.control.deliver_next()
    message = sim.control.message(msgid)
    assert message.place is Kind.ALL
    assert message.subject


def test_labels_come_and_go_and_hide(sim: Simulator, wire: Wire) -> None:
    sim.control.create_label("Work")
    sim.control.hide("Work")
    assert wire.last("SELECT Work").startswith("NO ")
    sim.control.hide("Work", False)
    assert wire.last("SELECT Work").startswith("OK ")
    sim.control.delete_label("Work")
    assert "Work" not in sim.control.mailboxes()
    with pytest.raises(KeyError):
        sim.control.delete_label("Work")


def test_modseq_can_be_raised_for_no_reason(sim: Simulator) -> None:
    before = sim.control.modseq()
    sim.control.bump(5)
    assert sim.control.modseq() == before + 5
