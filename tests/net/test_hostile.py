"""Servers that mean harm or know no better, on a real socket: bounded memory and time, a typed error."""

from __future__ import annotations

import itertools
from contextlib import suppress

import pytest

from imapcore import errors
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines
from imapcore.protocol.auth import Plain
from imapcore.protocol.commands import Fetch, Noop, Select, body
from imapcore.protocol.events import Noticed, Unparsed
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from imapcore.wire.framing import Limits
from imapcore.wire.responses import Exists
from imapcore.wire.uidset import UidSet
from tests.net.scripted import QUICK, Peer, Script, connected, serving

SMALL = Limits(line=2_000, literal=10_000, response=20_000, nesting=20, items=100)


def flood(start: bytes, more: bytes) -> Script:
    """A server that answers with a beginning and never stops."""

    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        # It ends when the client has had enough and closes.
        with suppress(OSError):
            peer.sock.sendall(start)
            while True:
                peer.sock.sendall(more)

    return script


SLOW = Deadlines(connect=5, tls=5, read=0.2, write=5, command=0.6, logout=1, slowest=64)


def drip(text: bytes) -> Script:
    """A server that sends an answer again and again, an octet at a time, each well within the deadline."""

    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        with suppress(OSError):
            for octet in itertools.cycle(text):
                peer.sock.sendall(bytes((octet,)))
                peer.wait(0.02)

    return script


def take_all(connection: Connection, fetch: Fetch, *, is_streamed: bool) -> None:
    """Wait for all of an answer."""
    if is_streamed:
        for _ in connection.stream(fetch):
            pass
    else:
        connection.run(fetch)


@pytest.mark.parametrize("is_streamed", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        b"* 1 FETCH (BODY[] {999}\r\n" + b"x" * 900,
        b"* 1 FETCH (UID 1 FLAGS ())\r\n",
        b"* 5 FETCH (UID 5 FLAGS ())\r\n",
        b"* OK still here\r\n",
    ],
    ids=["one line", "the same answer", "answers to nothing", "words"],
)
def test_an_answer_that_drips_is_given_up(text: bytes, is_streamed: bool) -> None:
    fetch = Fetch(UidSet((1,)), ("UID", "FLAGS"))
    with serving(drip(text)) as server:
        connection = Connection.open(server.endpoint(), deadlines=SLOW)
        # As if it had been selected: the script knows one answer only.
        connection.protocol._state = State.SELECTED
        with pytest.raises(errors.Timeout):
            take_all(connection, fetch, is_streamed=is_streamed)
        assert not connection.is_open
        connection.close()


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"* OK ", b"x" * 1000),
        (b"* 1 FETCH (BODY[] {99999999}\r\n", b"x" * 1000),
        (b"* LIST () ", b'"' + b"a" * 1000),
        (b"* 1 FETCH (BODYSTRUCTURE ", b"(" * 1000),
        (b"* 1 FETCH (X ", b"{900}\r\n" + b"y" * 900 + b" "),
        (b"", b"\0" * 1000),
    ],
    ids=["line", "literal", "quoted", "nesting", "many literals", "NUL"],
)
def test_what_never_ends_is_cut_off(start: bytes, more: bytes) -> None:
    with serving(flood(start, more)) as server:
        connection = Connection.open(server.endpoint(), deadlines=QUICK, limits=SMALL)
        try:
            with pytest.raises(errors.ProtocolError):
                connection.run(Noop())
            assert not connection.is_open
            # What had come is a few reads' worth, however fast it came.
            assert connection.bytes_received < 1 << 20
        finally:
            connection.close()


def test_a_drip_does_not_outlast_the_command() -> None:
    brief = Deadlines(connect=5, tls=5, read=5, write=5, command=0.5, logout=0.2)

    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        with suppress(OSError):
            # A byte each time the client has had time to take the last one: never silent, never done.
            peer.sock.settimeout(0.02)
            while True:
                peer.sock.sendall(b"*")
                with suppress(TimeoutError):
                    if not peer.sock.recv(1):
                        return

    with connected(script, deadlines=brief) as connection:
        with pytest.raises(errors.Timeout):
            connection.run(Noop())
        assert not connection.is_open


def test_lines_that_make_no_sense_are_told_and_skipped() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.expect("NOOP", "* ? what", "* 1 FETCH (UID", "* SEARCH x", "* 3 EXISTS")
        peer.expect("NOOP")

    with connected(script) as connection:
        connection.run(Noop())
        news = connection.events()
        assert any(isinstance(each, Unparsed) for each in news)
        assert Exists(3) in [each.response for each in news if isinstance(each, Noticed)]
        connection.run(Noop())


@pytest.mark.parametrize("line", ["A999 OK done", "+ go on", "X"])
def test_who_answers_what_nobody_asked_is_not_listened_to_any_more(line: str) -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        tag = peer.hear().partition(" ")[0]
        peer.say(line)
        # The client may have closed by now.
        with suppress(OSError):
            peer.say(f"{tag} OK done")
        peer.wait_for_close()

    with connected(script) as connection:
        with pytest.raises(errors.ProtocolError):
            connection.run(Noop())
        assert not connection.is_open


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("NO [THROTTLED] slower please", errors.Throttled),
        ("NO [OVERQUOTA] too much today", errors.OverQuota),
        ("NO [UNAVAILABLE] later", errors.Unavailable),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", errors.TooManyConnections),
        ("NO no such thing", errors.CommandRefused),
        ("BAD what", errors.CommandMalformed),
    ],
)
def test_each_refusal_has_its_kind_and_a_hint(answer: str, error: type[errors.ServerError]) -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        tag = peer.hear().partition(" ")[0]
        peer.say(f"{tag} {answer}")
        peer.expect("NOOP")

    with connected(script) as connection:
        with pytest.raises(errors.ServerError) as caught:
            connection.run(Noop())
        assert type(caught.value) is error
        assert caught.value.title
        # A refusal is no reason to hang up.
        connection.run(Noop())


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Session expired, please login again.", errors.SessionExpired),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits.", errors.OverQuota),
        ("[UNAVAILABLE] later", errors.Unavailable),
        ("Too many simultaneous connections. (Failure)", errors.TooManyConnections),
        ("good night", errors.ServerClosed),
    ],
)
def test_each_goodbye_has_its_kind(words: str, error: type[errors.ServerError]) -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        peer.say(f"* BYE {words}")

    with connected(script) as connection:
        handles = (connection.submit(Noop()), connection.submit(Noop()))
        for handle in reversed(handles):
            with pytest.raises(errors.ServerError) as caught:
                handle.result()
            assert type(caught.value) is error
        assert not connection.is_open


def test_the_secret_is_in_nothing_one_could_look_at() -> None:
    secret = "s3same-0pen"
    transcript = Transcript()

    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 SASL-IR")
        tag = peer.hear().partition(" ")[0]
        peer.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
        tag = peer.hear().partition(" ")[0]
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR] hello", f"{tag} OK")
        peer.expect("SELECT", "* 1 EXISTS")
        tag = peer.hear().partition(" ")[0]
        peer.say("* 1 FETCH (UID 1 BODY[] {4}\r\nmail)", f"{tag} OK")

    with connected(script, transcript=transcript) as connection:
        mechanism = Plain("me", Secret(secret))
        with pytest.raises(errors.AuthenticationFailed) as caught:
            connection.authenticate(mechanism)
        connection.authenticate(mechanism)
        connection.run(Select("INBOX"))
        connection.run(Fetch(UidSet([1]), ("UID", body())))
        said = "\n".join(transcript.lines())
        shown = [said, repr(mechanism), repr(caught.value), str(caught.value), repr(connection.protocol)]
        encoded = "AG1lAHMzc2FtZS0wcGVu"
        assert not [each for each in shown if secret in each or encoded in each]
        assert "AUTHENTICATE PLAIN" in said
        assert "mail" not in said
