"""Clients that flood, stall, or send what nobody asked for: bounded memory, BYE, and the server lives on."""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from imapcore.simulator import Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import DEADLINE_SECONDS, Wire, mail

GIGABYTE = 1 << 30


@pytest.fixture
def watched() -> Iterator[Simulator]:
    """A server whose unexpected errors are caught and fail the test."""
    with Simulator(options()) as sim:
        problems: list[dict[str, Any]] = []
        sim._loop.set_exception_handler(lambda loop, context: problems.append(context))
        yield sim
        assert problems == []


def peak_kib() -> int:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def still_serves(sim: Simulator) -> bool:
    """Whether a well-behaved client is served."""
    with Wire(sim) as wire:
        return wire.login()[-1].startswith("OK ") and wire.last("NOOP") == "OK Success"


def drain(wire: Wire) -> list[str]:
    """Every line until the server closes."""
    lines = []
    while line := wire.line():
        lines.append(line)
    return lines


def push(wire: Wire, data: bytes) -> None:
    """Send what the server may stop reading half-way."""
    try:
        wire.send(data)
    except (ConnectionError, TimeoutError):
        return


def vanish(sock: socket.socket) -> None:
    """Break off as a machine does that loses its power and comes back: reset, with no goodbye."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def wait_until_nobody_is_left(sim: Simulator) -> None:
    """Return when the last session has ended, and with it what it had to say."""

    async def gone() -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while sim._server.house.sessions:
                await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(gone(), sim._loop).result(DEADLINE_SECONDS)


BIG_FETCH = b"f FETCH 1:* (UID FLAGS ENVELOPE BODY.PEEK[])\r\n"


@pytest.mark.parametrize(
    "last",
    [
        b"",
        b"a NOO",
        b"a IDLE\r\n",
        b"a APPEND INBOX {300}\r\nhalf",
        b"a NOOP\r\n" * 50,
        b"a LOGOUT\r\n",
        BIG_FETCH,
        BIG_FETCH * 3 + b"a LOGOUT\r\n",
    ],
    ids=lambda last: last[:20].decode(),
)
def test_a_client_that_vanishes_is_no_error(watched: Simulator, last: bytes) -> None:
    for number in range(20):
        watched.control.deliver(mail(body="x" * 5000))
        with Wire(watched) as wire:
            wire.login()
            wire.select()
            wire.send(last)
            # Sometimes in the middle of the reply, sometimes before it.
            if b"\r\n" in last and number % 2:
                wire.socket.recv(1 + 100 * number)
            vanish(wire.socket)
        wait_until_nobody_is_left(watched)
    assert still_serves(watched)


def test_a_client_that_vanishes_before_it_is_let_in_is_no_error(watched: Simulator) -> None:
    may_go_on = threading.Event()
    watched._loop.call_soon_threadsafe(may_go_on.wait, DEADLINE_SECONDS)
    for _ in range(5):
        vanish(Wire.connect(watched))
    may_go_on.set()
    assert still_serves(watched)


def test_a_gigabyte_literal_is_refused_before_it_comes(watched: Simulator) -> None:
    with Wire(watched) as wire:
        wire.login()
        wire.send(b"z APPEND INBOX {%d}\r\n" % GIGABYTE)
        assert wire.line() == "z NO [TOOBIG] Message too large (Failure)"
        wire.send(b"z SELECT {%d}\r\n" % GIGABYTE)
        assert wire.line() == "z BAD Could not parse command"
        assert wire.last("NOOP") == "OK Success"


def test_a_gigabyte_literal_that_does_not_wait_is_dropped_with_bye(watched: Simulator) -> None:
    before = peak_kib()
    with Wire(watched) as wire:
        wire.login()
        wire.send(b"z APPEND INBOX {%d+}\r\n" % GIGABYTE)
        push(wire, bytes(1 << 22))
        assert drain(wire) == ["* BYE Command too long"]
    assert peak_kib() - before < 100_000
    assert still_serves(watched)


def test_a_line_without_end_is_dropped_with_bye(watched: Simulator) -> None:
    before = peak_kib()
    with Wire(watched) as wire:
        for _ in range(40):
            push(wire, b"x" * (1 << 20))
        assert drain(wire) == ["* BYE Command too long"]
    assert peak_kib() - before < 100_000
    assert still_serves(watched)


def test_a_line_too_long_that_ends_is_bad_and_the_session_goes_on(watched: Simulator) -> None:
    with Wire(watched) as wire:
        assert wire.ask("LOGIN " + "x" * 1_000_000)[-1].startswith("BAD Could not parse command")
        assert wire.login()[-1].startswith("OK ")


def test_a_flood_of_nonsense_ends_in_bye(watched: Simulator) -> None:
    with Wire(watched) as wire:
        push(wire, b"x\r\n" * 5000)
        lines = drain(wire)
        assert lines[0] == "* BAD [CLIENTBUG] Invalid tag"
        assert len(lines) <= 110
    assert still_serves(watched)


def test_good_commands_in_between_forgive_bad_ones(watched: Simulator) -> None:
    with Wire(watched) as wire:
        for _ in range(150):
            assert wire.ask("NONSENSE")[-1].startswith("BAD ")
            if _ % 50 == 0:
                assert wire.last("NOOP").startswith("OK ")


def test_a_pipelined_flood_is_answered_in_order(watched: Simulator) -> None:
    with Wire(watched) as wire:
        wire.login()
        wire.send(b"".join(b"n%d NOOP\r\n" % number for number in range(3000)))
        assert [wire.line() for _ in range(3000)] == [f"n{number} OK Success" for number in range(3000)]


def test_who_does_not_sign_in_is_thrown_out() -> None:
    with Simulator(options(login_seconds=0.1)) as sim, Wire(sim) as wire:
        wire.send(b"a CAPAB")
        assert drain(wire) == ["* BYE Timeout waiting for a command"]


def test_who_is_silent_too_long_is_thrown_out() -> None:
    with Simulator(options(silence_seconds=0.1)) as sim, Wire(sim) as wire:
        wire.login()
        wire.send(b"z APPEND INBOX {100}\r\nhalf a mail")
        assert drain(wire) == ["+ go ahead", "* BYE Timeout waiting for a command"]


def test_who_reads_nothing_is_cut_off_and_costs_little() -> None:
    with Simulator(options(write_seconds=0.3)) as sim:
        sim.control.deliver(mail(body="x" * 1_000_000))
        before = peak_kib()
        plain = Wire.connect(sim)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with Wire(sim, plain) as wire:
            wire.login()
            wire.select()
            wire.send(b"".join(b"f%d FETCH 1 BODY.PEEK[]\r\n" % number for number in range(200)))
            deadline = time.monotonic() + 10
            while sim.control.connections():
                assert time.monotonic() < deadline
        assert peak_kib() - before < 60_000
        assert still_serves(sim)


def test_strangers_are_limited() -> None:
    with Simulator(options(max_strangers=3)) as sim:
        wires = [Wire(sim) for _ in range(4)]
        try:
            assert [wire.greeting[:4] for wire in wires] == ["* OK", "* OK", "* OK", "* BY"]
        finally:
            for wire in wires:
                wire.socket.close()


def test_names_with_line_ends_cannot_split_a_reply(watched: Simulator) -> None:
    with Wire(watched) as wire:
        wire.login()
        assert wire.last(b"SELECT {8}\r\na\r\n* BYE") == "BAD Could not parse command"
        wire.ok("ENABLE UTF8=ACCEPT")
        assert wire.last(b"CREATE {3}\r\na\nb") == "BAD Could not parse command"
        assert wire.last(b"CREATE {2}\r\n\xff\xfe") == "BAD Could not parse command"
        assert wire.last("CREATE &AAo-").startswith("OK ")
        assert wire.last("DELETE &AAo-").startswith("OK ")
    with Wire(watched) as wire:
        wire.login()
        assert wire.last("CREATE &AAo-") == "NO [CANNOT] Folder name is not allowed. (Failure)"


def test_no_pattern_of_list_takes_long(watched: Simulator) -> None:
    with Wire(watched) as wire:
        wire.login()
        wire.ok("CREATE " + "a" * 200)
        start = time.process_time()
        assert wire.ok('LIST "" "' + "*a%" * 150 + 'b"') == []
        assert wire.last('LIST "" "' + "*" * 501 + '"') == "BAD Could not parse command"
        assert time.process_time() - start < 5


def test_a_long_search_does_not_keep_others_waiting() -> None:
    with Simulator(options(messages=3000)) as sim, Wire(sim) as slow, Wire(sim) as quick:
        for wire in (slow, quick):
            wire.login()
            wire.select()
        slow.send(b"s SEARCH TEXT nothingholdsthisword\r\n")
        assert quick.last("NOOP") == "OK Success"
        slow.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            slow.socket.recv(1)
        slow.socket.settimeout(30)
        assert [slow.line(), slow.line()] == ["* SEARCH", "s OK SEARCH completed (Success)"]


def test_a_deflate_bomb_is_dropped(watched: Simulator) -> None:
    before = peak_kib()
    bomb = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = bomb.compress(bytes(200 << 20)) + bomb.flush(zlib.Z_SYNC_FLUSH)
    grown = peak_kib()
    with Wire(watched) as wire:
        wire.login()
        assert wire.last("COMPRESS DEFLATE") == "OK Success"
        push(wire, data)
        answer = b""
        while chunk := wire.socket.recv(4096):
            answer += chunk
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(answer)
        assert inflated == b"* BYE Command too long\r\n"
    assert peak_kib() - max(grown, before) < 100_000


def test_broken_deflate_ends_the_connection(watched: Simulator) -> None:
    with Wire(watched) as wire:
        wire.login()
        assert wire.last("COMPRESS DEFLATE") == "OK Success"
        wire.send(b"\xff" * 100)
        assert wire.is_closed()


WORDS = """FETCH UID STORE SEARCH SELECT LIST STATUS APPEND COPY MOVE IDLE INBOX BODY[ ] <0. > ( ) 1:* * 1 "
\\ {3} {3+} X-GM-LABELS X-GM-RAW "a" FLAGS + - ALL NOT 4294967296 99999999999999999999999 RETURN CHARSET UTF-8
& &AAA- HEADER.FIELDS RFC822.SIZE (CHANGEDSINCE ENABLE UTF8=ACCEPT DONE CREATE RENAME DELETE [Gmail]/Trash
AUTHENTICATE PLAIN ID NIL %"""
PIECES = [*(word.encode() for word in WORDS.split()), *[b" "] * 8, b"\x00", b"\xff", b"\r\n"]


@pytest.mark.parametrize("seed", range(4))
def test_random_commands_never_end_the_server(watched: Simulator, seed: int) -> None:
    rng = random.Random(seed)
    watched.control.deliver(mail())
    for _ in range(12):
        with Wire(watched) as wire:
            wire.login()
            wire.select()
            commands = b"".join(
                b"t%d %b\r\n" % (number, b"".join(rng.choices(PIECES, k=rng.randint(1, 12))))
                for number in range(60)
            )
            push(wire, commands + b"DONE\r\nend LOGOUT\r\n")
            wire.socket.shutdown(socket.SHUT_WR)
            drain(wire)
    assert still_serves(watched)


def test_a_browsers_request_ends_the_connection_before_what_it_carries(watched: Simulator) -> None:
    with Wire(watched) as wire:
        push(
            wire,
            b"POST / HTTP/1.1\r\nHost: x\r\n\r\na1 LOGIN demo@gmail.com demodemodemodemo\r\na2 CREATE X\r\n",
        )
        assert [line[:5] for line in drain(wire)] == ["* BYE"]
    assert "X" not in watched.control.mailboxes()
    assert still_serves(watched)
