"""IDLE as Python 3.14 documents it: every response in order, bursts, durations, and what is left over."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.classic.by_hand import ByHand

DATE = b"Date: Fri, 06 Dec 2024 06:00:00 +0000\r\n\r\n"
FETCHED = b"* 1 FETCH (BODY[HEADER.FIELDS (DATE)] {%d}\r\n%b)\r\n" % (len(DATE), DATE)


@pytest.fixture
def client() -> Iterator[ByHand]:
    """A signed-in client, with the test as its server."""
    near, far = socket.socketpair()
    with near, far:
        client = ByHand(near, far)
        client.heard()
        yield client


def finish(client: ByHand, before: bytes = b"") -> None:
    """Let the server answer DONE before it is sent."""
    client.say(before + client.last_tag + b" OK IDLE completed\r\n")


def test_responses_come_in_order_and_what_was_read_is_gone(client: ByHand) -> None:
    client.say(b"* 0 EXISTS\r\n+ idling\r\n* 2 EXISTS\r\n" + FETCHED + b"* 3 EXISTS\r\n* 1 RECENT\r\n")
    with client.idle() as idler:
        assert client.state == "IDLING"
        assert next(idler) == ("EXISTS", [b"0"]), "what came before the server agreed"
        assert next(idler) == ("EXISTS", [b"2"])
        assert next(idler) == ("FETCH", [(b"1 (BODY[HEADER.FIELDS (DATE)] {41}", DATE), b")"])
        assert next(idler) == ("EXISTS", [b"3"])
        finish(client, b"* 9 RECENT\r\n")
    assert client.state == "AUTH"
    assert client.heard() == client.last_tag + b" IDLE\r\nDONE\r\n"
    assert client.response("EXISTS") == ("EXISTS", [None])
    assert client.response("RECENT") == ("RECENT", [b"1", b"9"]), "not read, and read after DONE"


def test_a_burst_ends_when_nothing_more_is_there(client: ByHand) -> None:
    client.say(b"+ idling\r\n* 3 EXPUNGE\r\n* 2 EXPUNGE\r\n* OK [HIGHESTMODSEQ 7] ok\r\n* 1 REC")
    with client.idle() as idler:
        assert list(idler.burst(0.001)) == [
            ("EXPUNGE", [b"3"]),
            ("EXPUNGE", [b"2"]),
            ("OK", [b"[HIGHESTMODSEQ 7] ok"]),
            ("HIGHESTMODSEQ", [b"7"]),
        ]
        client.say(b"ENT\r\n")
        assert list(idler.burst(interval=0)) == [("RECENT", [b"1"])]
        finish(client)


def test_a_response_cut_by_the_end_of_the_duration_arrives_whole_afterwards(client: ByHand) -> None:
    client.say(b"+ idling\r\n* 1 EX")
    with client.idle(duration=0.01) as idler:
        assert list(idler) == []
        with pytest.raises(StopIteration):
            next(idler)
        client.say(b"ISTS\r\n")
        finish(client)
    assert client.response("EXISTS") == ("EXISTS", [b"1"])


def test_the_duration_is_a_limit_for_all_waiting_together(client: ByHand) -> None:
    client.say(b"+ idling\r\n* 1 EXISTS\r\n")
    started = time.monotonic()
    with client.idle(0.05) as idler:
        assert list(idler) == [("EXISTS", [b"1"])]
        assert 0.04 < time.monotonic() - started < 5
        assert list(idler.burst()) == [], "an expired one has no bursts either"
        finish(client)
    assert client.sock.gettimeout() is not None, "the caller's own timeout is as it was"


def test_no_duration_outlasts_the_timeout_of_the_connection(client: ByHand) -> None:
    client.sock.settimeout(0.001)
    client.say(b"+ idling\r\n")
    with client.idle(0.05) as idler:
        started = time.monotonic()
        assert list(idler) == []
        assert time.monotonic() - started > 0.04
        client.sock.settimeout(10)
        finish(client)


def test_only_servers_that_can_idle_are_asked(client: ByHand) -> None:
    client.capabilities = ("IMAP4REV1",)
    with pytest.raises(client.error, match="IDLE"):
        client.idle()


def test_a_refusal_is_an_error_and_nothing_is_lost(client: ByHand) -> None:
    client.say(b"* 4 EXISTS\r\n")
    client.say_done(b"NO not now")
    with pytest.raises(client.error, match="not now"), client.idle():
        pytest.fail("the server refused")
    assert client.state == "AUTH"
    assert client.response("EXISTS") == ("EXISTS", [b"4"])
    client.say_done()
    assert client.noop()[0] == "OK"


def test_nothing_else_is_allowed_while_idling(client: ByHand) -> None:
    client.say(b"+ idling\r\n")
    with client.idle() as idler:
        with pytest.raises(client.error, match="IDLING"):
            client.noop()
        with pytest.raises(client.error, match="IDLING"), client.idle():
            pytest.fail("one is enough")
        client.say(b"* 1 EXISTS\r\n")
        assert next(idler) == ("EXISTS", [b"1"]), "the first one still works"
        finish(client)


def test_it_is_of_use_only_inside_its_block(client: ByHand) -> None:
    idler = client.idle()
    with pytest.raises(client.error):
        next(idler)
    client.say(b"+ idling\r\n")
    with idler:
        finish(client)
    with pytest.raises(client.error):
        list(idler.burst())


def test_a_server_that_ends_idle_ends_the_iteration(client: ByHand) -> None:
    client.say(b"+ idling\r\n* 1 EXISTS\r\n")
    with client.idle() as idler:
        assert next(idler) == ("EXISTS", [b"1"])
        finish(client)
        assert list(idler) == []


def test_a_lost_connection_is_told(client: ByHand) -> None:
    client.say(b"+ idling\r\n* BYE timeout\r\n")
    idler = client.idle().__enter__()
    assert next(idler) == ("BYE", [b"timeout"])
    client.hang_up()
    with pytest.raises(client.abort):
        next(idler)
    with pytest.raises(client.abort):
        idler.__exit__(None, None, None)


def test_the_callers_own_exception_wins_over_a_lost_connection(client: ByHand) -> None:
    client.say(b"+ idling\r\n")

    def fail_while_idling() -> None:
        with client.idle():
            client.hang_up()
            raise KeyError

    with pytest.raises(KeyError):
        fail_while_idling()


def test_a_subclass_that_reads_by_itself_can_idle() -> None:
    class OverFile(ByHand):
        def readline(self) -> bytes:
            return self.reader.readline()

        def read(self, size: int) -> bytes:
            return self.reader.read(size)

        def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
            super().open(host, port, timeout)
            self.reader = self.sock.makefile("rb", buffering=0)

    near, far = socket.socketpair()
    with near, far:
        client = OverFile(near, far)
        client.say(b"+ idling\r\n" + FETCHED)
        with client.reader, client.idle(0.01) as idler:
            assert list(idler) == [("FETCH", [(b"1 (BODY[HEADER.FIELDS (DATE)] {41}", DATE), b")"])]
            finish(client)
