"""A connection against scripts: commands, streams, IDLE, interruption, and servers that misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from imapcore import errors
from imapcore.clock import SystemClock
from imapcore.model import Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.auth import Plain
from imapcore.protocol.commands import (
    Append,
    Capability,
    Fetch,
    Login,
    Namespace,
    Noop,
    Search,
    Select,
    StatusOf,
    body,
)
from imapcore.protocol.events import Alerted, Ended, Noticed, ProtocolEvent
from imapcore.protocol.state import State
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from imapcore.wire.framing import Piece
from imapcore.wire.responses import Exists
from imapcore.wire.uidset import UidSet
from tests.net.scripted import PATIENCE, QUICK, Peer, connected, serving

EVERYTHING = UidSet.everything()
IMPATIENT = Deadlines(connect=2, tls=2, read=0.2, write=0.2, command=0.5, logout=0.2)


def sign_in(peer: Peer, capabilities: str = "IMAP4rev1 IDLE LITERAL+") -> None:
    """Greeting, LOGIN and SELECT, as a script begins."""
    peer.greet("IMAP4rev1")
    peer.expect("LOGIN", f"* CAPABILITY {capabilities}")
    peer.expect("SELECT", "* 9 EXISTS")


def enter(connection: Connection) -> None:
    """The client's part of ``sign_in``."""
    connection.authenticate(Login("me", Secret("pw")))
    connection.run(Select("INBOX"))


# -- the beginning ---------------------------------------------------------------------------------------


def test_opens_signs_in_and_leaves() -> None:
    def script(peer: Peer) -> None:
        peer.say("* OK hello")
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN")
        peer.expect("AUTHENTICATE PLAIN AG1lAHB3")
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 MOVE")
        peer.expect("NOOP", "* 3 EXISTS")
        peer.expect("LOGOUT", "* BYE bye")

    transcript = Transcript()
    with serving(script) as server, Connection.open(server.endpoint(), transcript=transcript) as connection:
        assert connection.capabilities == {"IMAP4REV1", "SASL-IR", "AUTH=PLAIN"}
        connection.authenticate(Plain("me", Secret("pw")))
        assert connection.capabilities == {"IMAP4REV1", "MOVE"}
        assert connection.state is State.AUTHENTICATED
        connection.run(Noop())
        assert Noticed(Exists(3)) in connection.events()
        assert connection.events() == []
        assert connection.tls_version == ""
        assert connection.bytes_received > 100
    assert not connection.is_open
    assert not any("AG1lAHB3" in line for line in transcript.lines())
    with pytest.raises(errors.LinkError):
        connection.run(Noop())


def test_tags_cannot_be_guessed() -> None:
    tags: list[str] = []
    for _ in range(2):

        def script(peer: Peer) -> None:
            peer.greet()
            tags.append(peer.expect("NOOP"))

        with connected(script) as connection:
            connection.run(Noop())
    assert tags[0] != tags[1]


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        ("* BYE [UNAVAILABLE] later", errors.Unavailable),
        ("HTTP/1.1 200 OK", errors.ProtocolError),
        ("220 smtp.example.com ESMTP", errors.ProtocolError),
    ],
)
def test_a_greeting_that_is_none(greeting: str, error: type[errors.GimapError]) -> None:
    with serving(lambda peer: peer.say(greeting)) as server, pytest.raises(error):
        Connection.open(server.endpoint(), deadlines=QUICK)


def test_a_server_that_hangs_up_at_once() -> None:
    with serving(lambda peer: None) as server, pytest.raises(errors.ConnectionLost):
        Connection.open(server.endpoint(), deadlines=QUICK)


def test_a_server_that_says_nothing() -> None:
    with serving(lambda peer: peer.wait_for_close()) as server, pytest.raises(errors.Timeout):
        Connection.open(server.endpoint(), deadlines=IMPATIENT)


def test_nobody_listens() -> None:
    with serving(lambda peer: None) as server:
        endpoint = server.endpoint()
        with pytest.raises(errors.LinkError):
            Connection.open(endpoint, deadlines=QUICK)
    with pytest.raises(errors.ConnectionRefused):
        Connection.open(endpoint, deadlines=QUICK)


def test_a_name_nobody_knows() -> None:
    with pytest.raises(errors.HostUnknown):
        Connection.open(Endpoint("no-such-host.invalid", 993), deadlines=QUICK)
    with pytest.raises(errors.HostUnknown):
        Connection.open(Endpoint("a..b", 993), deadlines=QUICK)


# -- commands --------------------------------------------------------------------------------------------


def test_a_refusal_is_an_error_and_the_connection_goes_on() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.expect("LOGIN", ok="NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        peer.expect("LOGIN", ok="OK in")
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1")
        peer.expect("SELECT", ok="NO [NONEXISTENT] Unknown Mailbox")

    with connected(script) as connection:
        with pytest.raises(errors.AuthenticationFailed, match="Invalid credentials"):
            connection.authenticate(Login("me", Secret("wrong")))
        connection.authenticate(Login("me", Secret("right")))
        with pytest.raises(errors.CommandRefused) as caught:
            connection.run(Select("x"))
        assert caught.value.code == "NONEXISTENT"
        assert connection.is_open
        with pytest.raises(errors.NotSupported):
            connection.run(Namespace())


def test_several_in_flight_and_results_in_any_order() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tags = [peer.hear().split()[0] for _ in range(3)]
        peer.say("* STATUS b (MESSAGES 2)", f"{tags[1]} OK", "* STATUS a (MESSAGES 1)", f"{tags[0]} OK")
        peer.say("* STATUS c (MESSAGES 3)", f"{tags[2]} OK")

    with connected(script) as connection:
        enter(connection)
        handles = [connection.submit(StatusOf(name, ("MESSAGES",))) for name in "abc"]
        assert [handle.result().messages for handle in reversed(handles)] == [3, 2, 1]
        assert all(handle.is_done for handle in handles)
        assert not handles[0].cancel()


def test_a_queued_command_can_be_given_up() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        peer.expect("UID SEARCH", "* SEARCH 1")

    with connected(script) as connection:
        enter(connection)
        first, second = connection.submit(Search()), connection.submit(Search())
        assert second.cancel()
        assert first.result().count == 1
        with pytest.raises(errors.Interrupted):
            second.result()


def test_a_literal_waits_for_the_server() -> None:
    heard: list[bytes] = []

    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1")
        peer.expect("LOGIN", "* CAPABILITY IMAP4rev1")
        line = peer.hear()
        assert line.endswith("{300000}")
        assert peer.buffer == b""
        peer.say("+ go on")
        while len(peer.buffer) < 300_002:
            peer.buffer += peer.sock.recv(65536)
        heard.append(peer.buffer)
        peer.say(f"{line.split()[0]} OK [APPENDUID 1 2] done")

    message = bytes(range(1, 256)) * 2000
    with connected(script) as connection:
        connection.authenticate(Login("me", Secret("pw")))
        where = connection.run(Append("x", message[:300_000]))
        assert where is not None
        assert where.uids == UidSet([2])
    assert heard == [message[:300_000] + b"\r\n"]


def test_an_answer_that_never_comes() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.wait_for_close()

    with connected(script, deadlines=IMPATIENT) as connection:
        with pytest.raises(errors.Timeout):
            connection.run(Noop())
        assert not connection.is_open
        assert any(isinstance(event, Ended) for event in connection.events())
        with pytest.raises(errors.LinkError):
            connection.run(Noop())


def test_a_command_has_an_end_even_when_the_server_keeps_talking() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        try:
            while True:
                peer.say("* 5 EXISTS")
        except OSError:
            return

    with connected(script, deadlines=IMPATIENT) as connection, pytest.raises(errors.Timeout):
        connection.run(Noop())


def test_a_server_that_takes_nothing() -> None:
    enough = threading.Event()

    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 LITERAL+")
        peer.expect("LOGIN", "* CAPABILITY IMAP4rev1 LITERAL+")
        assert enough.wait(PATIENCE)

    with connected(script, deadlines=IMPATIENT) as connection:
        connection.authenticate(Login("me", Secret("pw")))
        with pytest.raises(errors.Timeout, match="takes nothing"):
            connection.run(Append("x", b"x" * (32 << 20)))
        enough.set()


def test_a_goodbye_in_the_middle() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.hear()
        peer.say("* BYE Session expired, please login again.")

    with connected(script) as connection:
        with pytest.raises(errors.SessionExpired):
            connection.run(Noop())
        assert not connection.is_open


def test_news_is_kept_within_bounds() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say(*["* OK [ALERT] again"] * 6000, f"{tag} OK")

    with connected(script) as connection:
        enter(connection)
        connection.run(Noop())
        news = connection.events()
        assert len(news) == 10_000
        assert Alerted("again") in news


# -- streams ---------------------------------------------------------------------------------------------


def flags(first: int, last: int) -> list[str]:
    """FETCH lines."""
    return [f"* {n} FETCH (UID {n} FLAGS ())" for n in range(first, last + 1)]


def test_each_message_as_it_arrives() -> None:
    may_go_on = threading.Event()

    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say(*flags(1, 2))
        assert may_go_on.wait(PATIENCE)
        peer.say(*flags(3, 4), f"{tag} OK")

    with connected(script) as connection:
        enter(connection)
        uids = []
        for message in connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS"))):
            uids.append(message.uid)
            if message.uid == 2:
                may_go_on.set()
        assert uids == [1, 2, 3, 4]


def test_batches_are_never_empty_and_hold_everything() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say("* 5 EXISTS", *flags(1, 5000), f"{tag} OK")

    with connected(script) as connection:
        enter(connection)
        batches = list(connection.stream_batches(Fetch(EVERYTHING, ("UID", "FLAGS"))))
        assert all(batches)
        assert [message.uid for batch in batches for message in batch] == list(range(1, 5001))
        assert len(batches) > 1


def test_a_command_inside_the_loop_is_refused_and_a_submitted_one_answered_after_it() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say(*flags(1, 2))
        status = peer.hear().split()[0]
        peer.say(f"{tag} OK", "* STATUS x (MESSAGES 7)", f"{status} OK")

    with connected(script) as connection:
        enter(connection)
        handle = None
        for _ in connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS"))):
            with pytest.raises(errors.WrongState, match="inside a loop"):
                connection.run(Noop())
            with pytest.raises(errors.WrongState):
                next(iter(connection.stream(Fetch(EVERYTHING, ("UID",)))))
            handle = handle or connection.submit(StatusOf("x", ("MESSAGES",)))
            if not handle.is_done:
                with pytest.raises(errors.WrongState):
                    handle.result()
        assert handle is not None
        assert handle.result().messages == 7


def test_leaving_the_loop_early_reads_past_the_rest() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say(*flags(1, 3000), f"{tag} OK")
        peer.expect("NOOP")

    with connected(script) as connection:
        enter(connection)
        stream = connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS")))
        assert next(stream).uid == 1
        stream.close()
        connection.run(Noop())


def test_leaving_a_loop_that_will_not_end_closes_the_connection() -> None:
    # Made before anybody waits for it: that may take longer than the client is patient.
    endless = flags(1, 300_000)

    def script(peer: Peer) -> None:
        sign_in(peer)
        peer.hear()
        try:
            for first in range(0, len(endless), 1000):
                peer.say(*endless[first : first + 1000])
        except OSError:
            return

    with connected(script) as connection:
        enter(connection)
        stream = connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS")))
        assert next(stream).uid == 1
        stream.close()
        assert not connection.is_open


def test_leaving_a_loop_whose_server_falls_silent_closes_the_connection() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        peer.hear()
        peer.say(*flags(1, 3))
        peer.wait_for_close()

    with connected(script, deadlines=IMPATIENT) as connection:
        enter(connection)
        stream = connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS")))
        assert next(stream).uid == 1
        stream.close()
        assert not connection.is_open


def test_a_stream_that_is_refused_or_cut() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say(*flags(1, 2), f"{tag} NO Some messages could not be FETCHed (Failure)")
        peer.hear()
        peer.say("* 1 FETCH (UID 1 FL")

    with connected(script) as connection:
        enter(connection)
        got = []
        with pytest.raises(errors.CommandRefused):  # noqa: PT012 - the loop is what raises
            for message in connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS"))):
                got.append(message.uid)
        assert got == [1, 2]
        with pytest.raises(errors.ConnectionLost):
            list(connection.stream(Fetch(EVERYTHING, ("UID", "FLAGS"))))


def test_a_big_literal_goes_to_the_sink_in_pieces() -> None:
    content = bytes(range(256)) * 40_000

    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.sock.sendall(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\n" % (len(content), content))
        peer.say("* 2 FETCH (UID 2 BODY[] {2}", "hi)", f"{tag} OK")

    pieces: list[Piece] = []
    with connected(script) as connection:
        enter(connection)
        messages = list(connection.stream(Fetch(EVERYTHING, ("UID", body())), sink=pieces.append))
    assert b"".join(piece.data for piece in pieces) == content
    assert max(len(piece.data) for piece in pieces) <= 1 << 20
    assert [dict(message.streamed) for message in messages] == [{"": len(content)}, {}]
    assert messages[1].sections == {"": b"hi"}


# -- idle --------------------------------------------------------------------------------------------------


def test_idle_brings_news_and_ends_in_time() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say("+ idling", "* 10 EXISTS")
        assert peer.hear() == "DONE"
        peer.say("* 11 EXISTS", f"{tag} OK")
        peer.expect("NOOP")

    with connected(script) as connection:
        enter(connection)
        connection.events()
        news: list[ProtocolEvent] = []
        for lot in connection.idle(0.2):
            news.extend(lot)
        assert news == [Noticed(Exists(10)), Noticed(Exists(11))]
        connection.run(Noop())


def test_another_thread_ends_an_idle() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say("+ idling")
        threading.Timer(0.05, connection_box[0].wake).start()
        assert peer.hear() == "DONE"
        peer.say(f"{tag} OK")

    connection_box: list[Connection] = []
    with connected(script) as connection:
        connection_box.append(connection)
        enter(connection)
        connection.events()
        start = time.monotonic()
        assert list(connection.idle(PATIENCE)) == []
        assert time.monotonic() - start < 2


def test_a_wake_before_the_idle_is_not_lost() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say("+ idling")
        assert peer.hear() == "DONE"
        peer.say(f"{tag} OK")

    with connected(script) as connection:
        enter(connection)
        connection.events()
        connection.wake()
        start = time.monotonic()
        assert list(connection.idle(PATIENCE)) == []
        assert time.monotonic() - start < 2


def test_idle_is_renewed() -> None:
    rounds = 0

    def script(peer: Peer) -> None:
        nonlocal rounds
        sign_in(peer)
        for _ in range(3):
            tag = peer.hear().split()[0]
            rounds += 1
            peer.say("+ idling")
            assert peer.hear() == "DONE"
            peer.say(f"{tag} OK")

    short = Deadlines(connect=5, read=5, command=5, idle=0.1)
    with connected(script, deadlines=short) as connection:
        enter(connection)
        connection.events()
        assert list(connection.idle(0.25)) == []
    assert rounds == 3


def test_an_idle_the_server_ends() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        peer.hear()
        peer.say("+ idling", "* BYE Session expired, please login again.")

    with connected(script) as connection:
        enter(connection)
        connection.events()
        with pytest.raises(errors.SessionExpired):
            list(connection.idle(PATIENCE))


def test_an_idle_that_is_cut() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        peer.hear()
        peer.say("+ idling")

    with connected(script) as connection:
        enter(connection)
        connection.events()
        with pytest.raises(errors.ConnectionLost):
            list(connection.idle(PATIENCE))


def test_leaving_an_idle_early_ends_it() -> None:
    def script(peer: Peer) -> None:
        sign_in(peer)
        tag = peer.hear().split()[0]
        peer.say("+ idling", "* 10 EXISTS")
        assert peer.hear() == "DONE"
        peer.say(f"{tag} OK")
        peer.expect("NOOP")

    with connected(script) as connection:
        enter(connection)
        connection.events()
        for lot in connection.idle(PATIENCE):
            assert lot == [Noticed(Exists(10))]
            break
        connection.run(Noop())


# -- other threads -------------------------------------------------------------------------------------------


def interrupted_after(connection: Connection, act: Callable[[Connection], object]) -> float:
    """Seconds between ``interrupt`` from another thread and the end of what the owner was in."""
    rung: list[float] = []

    def ring() -> None:
        rung.append(time.monotonic())
        connection.interrupt()

    timer = threading.Timer(0.05, ring)
    timer.start()
    with pytest.raises(errors.Interrupted):
        act(connection)
    timer.join()
    return time.monotonic() - rung[0]


def test_any_wait_can_be_interrupted() -> None:
    def silent(peer: Peer) -> None:
        sign_in(peer)
        peer.wait_for_close()

    acts: list[Callable[[Connection], object]] = [
        lambda owned: owned.run(Noop()),
        lambda owned: list(owned.stream(Fetch(EVERYTHING, ("UID",)))),
        lambda owned: list(owned.idle(PATIENCE)),
        lambda owned: owned.run(Append("x", b"x" * (12 << 20))),
    ]
    for act in acts:
        with connected(silent) as connection:
            enter(connection)
            assert interrupted_after(connection, act) < 0.1
            assert not connection.is_open
            connection.interrupt()


def test_even_connecting_can_be_interrupted() -> None:
    wakeup = Wakeup()
    wakeup.interrupt()
    with serving(lambda peer: None) as server:
        with pytest.raises(errors.Interrupted):
            Connection.open(server.endpoint(), wakeup=wakeup)
        with pytest.raises(errors.LinkError):
            Connection.open(server.endpoint(), deadlines=QUICK)
    wakeup.close()
    wakeup.wake()
    wakeup.interrupt()


def test_a_wakeup_outlives_the_connections_it_serves() -> None:
    wakeup = Wakeup()
    for _ in range(2):

        def script(peer: Peer) -> None:
            peer.greet()
            peer.expect("NOOP")

        with serving(script) as server:
            connection = Connection.open(server.endpoint(), wakeup=wakeup, clock=SystemClock())
            connection.run(Noop())
            connection.close()
            connection.close()
    wakeup.close()


# -- the end ---------------------------------------------------------------------------------------------


def test_logout_does_not_wait_for_ever() -> None:
    def script(peer: Peer) -> None:
        peer.greet()
        peer.wait_for_close()

    with serving(script) as server:
        connection = Connection.open(server.endpoint(), deadlines=IMPATIENT)
        start = time.monotonic()
        connection.logout()
        connection.logout()
        assert time.monotonic() - start < 2
        assert not connection.is_open


def test_an_error_in_the_block_closes_without_a_word() -> None:
    heard: list[str] = []

    def script(peer: Peer) -> None:
        peer.greet()
        try:
            heard.append(peer.hear())
        except OSError:
            return

    with (
        serving(script) as server,
        pytest.raises(ZeroDivisionError),
        Connection.open(server.endpoint(), deadlines=QUICK),
    ):
        raise ZeroDivisionError
    assert heard == []


def test_capability_is_asked_for_only_when_unknown() -> None:
    def script(peer: Peer) -> None:
        peer.greet("IMAP4rev1 X")
        peer.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 Y")

    with connected(script) as connection:
        assert connection.capabilities == {"IMAP4REV1", "X"}
        assert connection.run(Capability()) == {"IMAP4REV1", "Y"}
        assert connection.endpoint.security is Security.NONE
