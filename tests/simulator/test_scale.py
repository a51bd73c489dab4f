"""Size and speed: a big mailbox is there soon, costs little, and is served faster than clients can read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imapcore.simulator import Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire

ASKED = "(UID FLAGS INTERNALDATE X-GM-MSGID X-GM-THRID X-GM-LABELS ENVELOPE)"
LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc (Linux)")


@contextmanager
def serving(messages: int, *extra: str) -> Iterator[tuple[tuple[str, int], int, float]]:
    """A server process: its address, its process id, and the seconds until it listened."""
    command = [sys.executable, "-m", "imapcore.simulator", f"--messages={messages}", "--until-eof", *extra]
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        match = re.search(rb"127\.0\.0\.1:(\d+)", child.stdout.readline())
        assert match is not None
        yield ("127.0.0.1", int(match[1])), child.pid, time.monotonic() - start
        child.stdin.close()


def resident_mib(pid: int) -> int:
    """Memory of a process."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert match is not None
    return int(match[1]) // 1024


def fetch_all(wire: Wire, items: str) -> tuple[int, float]:
    """Lines and seconds of one FETCH of everything, counted as octets come in."""
    start = time.monotonic()
    wire.send(f"f UID FETCH 1:* {items}\r\n".encode())
    lines, tail = 0, b""
    while b"f OK Success\r\n" not in tail:
        data = wire.socket.recv(1 << 20)
        lines += data.count(b"\r\n* ") + data.startswith(b"* ")
        tail = (tail + data)[-64:]
    return lines, time.monotonic() - start


def test_a_generated_mailbox_is_whole_and_the_same_each_time() -> None:
    with Simulator(options(messages=2000, now_ms=1_795_251_600_000)) as sim:
        first = sim.control.messages()
    with Simulator(options(messages=2000, now_ms=1_795_251_600_000)) as sim:
        second = sim.control.messages()
        assert first == second
        assert len(first) == 2000
        by_thread: dict[int, list[int]] = {}
        for message in first:
            by_thread.setdefault(message.thrid, []).append(message.msgid)
        assert all(thrid == min(members) for thrid, members in by_thread.items())
        assert max(len(members) for members in by_thread.values()) > 5
        assert all(message.msgid >> 20 == message.date_ms for message in first)


def test_what_is_served_without_the_octets_equals_what_they_say() -> None:
    with Simulator(options(messages=300)) as sim, Wire(sim) as wire:
        wire.login()
        wire.select()
        cheap = wire.ok("FETCH 1:* (RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
        for line, whole in zip(cheap, wire.ok("FETCH 1:* BODY.PEEK[]"), strict=True):
            size = re.search(r"RFC822\.SIZE (\d+)", line)
            octets = re.search(r"BODY\[\] \{(\d+)\}", whole)
            subject = re.search(r"\r\nSubject: (\S+)", whole)
            assert size is not None
            assert octets is not None
            assert subject is not None
            assert size[1] == octets[1]
            assert subject[1] in line


@LINUX
def test_twenty_thousand_messages_cost_little_and_come_soon() -> None:
    with serving(20_000) as (address, pid, seconds), Wire(address) as wire:
        assert seconds < 15
        wire.login()
        wire.select()
        lines, _ = fetch_all(wire, ASKED)
        assert lines > 18_000
        assert resident_mib(pid) < 150


@LINUX
@pytest.mark.soak
def test_a_hundred_thousand_messages_within_ten_seconds_and_600_megabytes() -> None:
    with serving(100_000) as (address, pid, seconds), Wire(address) as wire:
        wire.login()
        wire.select()
        fetch_all(wire, ASKED)
        lines, took = fetch_all(wire, ASKED)
        assert lines > 90_000
        assert resident_mib(pid) < 600
        assert seconds < 10
        assert lines / took > 30_000
