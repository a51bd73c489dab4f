"""What an IMAP4 object tells about its traffic, and that no secret is ever in it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from imapcore import classic
from tests.classic.by_hand import ByHand
from tests.classic.scripted import ScriptedServer

SECRET = "correct horse"
REFUSING = {
    "LOGIN": b"TAG NO no\r\n",
    "AUTHENTICATE": b"+ \r\nWAITTAG NO no\r\n",
    "NOOP": b"* NO watch out\r\n* 3 EXISTS\r\nTAG OK done\r\n",
}


@pytest.fixture
def client() -> Iterator[ByHand]:
    """A signed-in client, with the test as its server."""
    near, far = socket.socketpair()
    with near, far:
        yield ByHand(near, far)


@pytest.mark.parametrize("level", [0, 1, 3, 4, 5])
def test_no_secret_at_any_level(
    level: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classic, "Debug", level)
    with ScriptedServer(REFUSING) as server, classic.IMAP4("127.0.0.1", server.port, timeout=5) as client:
        assert client.debug == level
        problems = []
        calls: list[Callable[[], object]] = [
            lambda: client.login("fred", SECRET),
            lambda: client.login("fred", SECRET + "ß"),
            lambda: client.authenticate("PLAIN", lambda challenge: f"\0fred\0{SECRET}"),
            lambda: client._simple_command("LOGIN", "fred", client._quote(SECRET)),
        ]
        for call in calls:
            try:
                problems.append(repr(call()))
            except client.error as problem:
                problems.append(repr(problem))
        client.noop()
        client.print_log()
    written = capsys.readouterr().err + "".join(problems) + repr(client.__dict__)
    assert SECRET not in written
    assert "Y29ycmVjdCBob3JzZ" not in written, "nor base64"
    assert "NOOP" in written


@pytest.mark.parametrize("level", [1, 3, 4, 5])
def test_a_secret_that_the_server_repeats_is_in_no_log(
    level: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classic, "Debug", level)
    echo = f'you said {SECRET}, Y29ycmVjdCBob3JzZQ== and "correct horse"'.encode()
    answers = {"LOGIN": b"* NO [ALERT] " + echo + b"\r\nTAG NO " + echo + b"\r\n"}
    with ScriptedServer(answers) as server, classic.IMAP4("127.0.0.1", server.port, timeout=5) as client:
        with pytest.raises(client.error):
            client.login("fred", SECRET)
        client.print_log()
    written = capsys.readouterr().err
    assert "you said" in written
    assert SECRET not in written
    assert "Y29ycmVjdCBob3JzZ" not in written


def test_every_command_is_traced_from_level_four(client: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    client.say_done()
    client.noop()
    assert "NOOP" not in capsys.readouterr().err
    client.untagged_responses.clear()
    client.debug = 4
    client.say_done()
    client.noop()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" ", 3)[3] for line in lines] == [
        f"C: {client.last_tag.decode()} NOOP",
        f"S: {client.last_tag.decode()} OK done",
    ]


def test_refusals_are_told_from_level_one(client: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    client.debug = 1
    client.say(b"* NO [ALERT] watch out\r\n")
    client.say_done()
    client.noop()
    assert "NO response: b'[ALERT] watch out'" in capsys.readouterr().err


def test_a_mailbox_that_cannot_be_written_is_told_from_level_one(
    client: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    client.debug = 1
    client.say_done(b"OK [READ-ONLY] selected")
    with pytest.raises(client.readonly, match="'Shared' is not writable"):
        client.select("Shared")
    assert "READ-ONLY" in capsys.readouterr().err


def test_the_last_lines_are_told_when_the_connection_is_lost(
    client: ByHand, capsys: pytest.CaptureFixture[str]
) -> None:
    client.debug = 1
    for _ in range(12):
        client.say_done()
        client.noop()
    client.answer(b"nonsense\r\n")
    with pytest.raises(client.abort):
        client.noop()
    lines = capsys.readouterr().err.splitlines()
    assert "last lines" in lines[0]
    assert len(lines) == 1 + 10
    assert lines[-1].endswith("S: nonsense")


def test_what_noop_finds_is_told_from_level_three(client: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    client.debug = 3
    client.say(b"* 3 EXISTS\r\n")
    client.say_done()
    client.noop()
    client.say_done()
    client.noop()
    assert "untagged responses dump:" in capsys.readouterr().err


def test_response_types_are_told_at_level_five(client: ByHand, capsys: pytest.CaptureFixture[str]) -> None:
    client.debug = 5
    client.say(b"* 3 EXISTS\r\n")
    client.say_done()
    client.noop()
    assert "response: EXISTS" in capsys.readouterr().err


def test_the_version_and_the_table(client: ByHand) -> None:
    assert client.PROTOCOL_VERSION in classic.AllowedVersions
    assert classic.Commands["FETCH"] == ("SELECTED",)


def test_a_program_may_add_to_the_table(client: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(client.error, match="illegal"):
        client._simple_command("X-THING", "NIL")
    monkeypatch.setitem(classic.Commands, "X-THING", ("AUTH", "SELECTED"))
    client.say(b"* X-THING NIL\r\n")
    client.say_done()
    assert client._untagged_response(*client._simple_command("X-THING", "NIL"), "X-THING") == ("OK", [b"NIL"])


def test_xatom_leaves_the_table_alone(client: ByHand) -> None:
    client.say_done()
    client.xatom("X-NEW")
    assert "X-NEW" not in classic.Commands


@pytest.mark.parametrize("name", ["noop", "recent", "response", "xatom", "partial", "login_cram_md5", "idle"])
def test_every_method_has_its_name_in_capitals(client: ByHand, name: str) -> None:
    assert getattr(client, name.upper()) == getattr(client, name)


@pytest.mark.parametrize("name", ["Noop", "NOTHING", "_COMMAND", "nothing", "STATE", "SOCK"])
def test_nothing_else_does(client: ByHand, name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(client, name)
