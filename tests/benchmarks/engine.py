"""The engine's numbers against the embedded server, which runs in a process of its own.

Run ``python -m tests.benchmarks.engine [--messages N]``; prints one line per number: cold start in round
trips and seconds, the backfill beside a bare socket that reads the same answers, a delta pass in commands,
a warm start, what a change costs until it is shown, and the memory and disk it all takes.
"""

from __future__ import annotations

import argparse
import imaplib
import os
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from imapcore import demo
from imapcore.engine import Engine, EngineOptions
from imapcore.events import Event
from imapcore.model import INBOX, Account, ChangeFlags, Everything, LinkState, Role, Threads, View
from imapcore.sync.remote import ENVELOPES

DEADLINE = 3600.0
ALL_MAIL = '"[Gmail]/All Mail"'
OPTIONS = EngineOptions(poll_seconds=0.5, list_seconds=3600.0, thorough_seconds=3600.0)


def say(what: str, value: str) -> None:
    """One line of the table."""
    print(f"{what:<44} {value}", flush=True)


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.002)


def resident() -> int:
    """Octets of memory this process holds now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def round_trips(transcript: tuple[str, ...]) -> int:
    """How often the first session spoke after it had heard something; the greeting counts as one."""
    prefix = next(line[3:7] for line in transcript if line.startswith("C: "))
    others = {line[3:7] for line in transcript if line.startswith("C: ")} - {prefix}
    if others:
        # Another session has begun: what it hears cannot be told apart, what it says can.
        transcript = tuple(line for line in transcript if line[3:7] not in others)
    speakers = [line[0] for line in transcript if line[0] in "CS"]
    return 1 + sum(
        1 for before, now in zip(["S", *speakers], speakers, strict=False) if (before, now) == ("S", "C")
    )


def commands(transcript: tuple[str, ...]) -> list[str]:
    """The commands in a piece of transcript, without tags."""
    return [line.split(" ", 2)[2] for line in transcript if line.startswith("C: ") and line.count(" ") > 1]


def bare_socket(account: Account, password: str) -> tuple[float, int]:
    """Seconds and octets of reading what a whole backfill reads, and doing nothing with it."""
    with socket.create_connection((account.host, account.port)) as sock:
        sock.recv(4096)
        sock.sendall(f"A1 LOGIN {account.email} {password}\r\nA2 SELECT {ALL_MAIL} (CONDSTORE)\r\n".encode())
        _read_to(sock, b"A2 OK")
        began = time.monotonic()
        sock.sendall(f"A3 UID FETCH 1:* ({' '.join(ENVELOPES)})\r\n".encode())
        octets = _read_to(sock, b"A3 OK")
        return time.monotonic() - began, octets


def _read_to(sock: socket.socket, end: bytes) -> int:
    octets = 0
    tail = b""
    while True:
        data = sock.recv(1 << 16)
        octets += len(data)
        tail = (tail + data)[-200:]
        if b"\r\n" + end in tail:
            return octets


def measure_cold(account: Account, secret: Callable[[], str], folder: Path) -> None:
    """From nothing to everything."""
    raw_seconds, octets = bare_socket(account, secret())
    before = resident()
    engine = Engine(account, secret=secret, data_dir=folder, options=OPTIONS)
    began = time.monotonic()
    with engine:
        wait_until(lambda: bool(engine.window(INBOX, size=40).rows))
        seconds = time.monotonic() - began
        say("cold start to first rows", f"{seconds:.3f} s, {round_trips(engine.transcript(500))} round trips")
        wait_until(lambda: all(row.snippet for row in engine.window(INBOX, size=20).rows))
        seconds = time.monotonic() - began
        say(
            "  … with conversations and snippets",
            f"{seconds:.3f} s, {round_trips(engine.transcript(500))} round trips",
        )
        wait_until(lambda: not engine.progress().is_syncing and engine.link().state is LinkState.LIVE)
        seconds = time.monotonic() - began
        stored = engine.progress().stored
        say("full backfill", f"{seconds:.1f} s, {stored / seconds:,.0f} messages a second")
        say(
            "  bare socket, same answers",
            f"{raw_seconds:.1f} s for {octets / 1e6:.1f} MB; ratio {seconds / raw_seconds:.2f}",
        )
        say("resident memory", f"{resident() / 1e6:.0f} MB (before: {before / 1e6:.0f} MB)")
        measure_delta(engine, account, secret())
        measure_submit(engine)
    octets_on_disk = sum(path.stat().st_size for path in folder.iterdir())
    say("on disk", f"{octets_on_disk / max(1, stored):,.0f} octets a message")


def measure_delta(engine: Engine, account: Account, password: str) -> None:
    """What a star set by somebody else costs."""
    time.sleep(1.5)
    row = next(row for row in engine.window(INBOX, size=100).rows if not row.is_starred)
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.email, password)
        client.select(ALL_MAIL)
        _, found = client.uid("SEARCH", f"X-GM-MSGID {row.thrid}")
        uid = found[0].split()[0].decode()
        client.uid("STORE", uid, "+FLAGS", "(\\Flagged)")

        def is_starred() -> bool:
            return any(
                each.is_starred for each in engine.window(INBOX, size=100).rows if each.thrid == row.thrid
            )

        wait_until(is_starred)
        # The rest of the pass, and the poll that finds nothing more.
        time.sleep(2.0)
        said = commands(engine.transcript(200))
        last = max(index for index, line in enumerate(said) if line.startswith("SELECT"))
        # From the SELECT of the pass to the poll after it; the STATUS before it noticed the change.
        after = [line for line in said[last:] if not line.startswith("IDLE")]
        end = next(
            (n for n, line in enumerate(after) if n and line.startswith('STATUS "[Gmail]/All')), len(after)
        )
        names = [" ".join(line.split()[: 2 if line.startswith("UID") else 1]) for line in after[:end]]
        say("delta pass after one change", f"{end} commands: {', '.join(names)}")


def measure_submit(engine: Engine) -> None:
    """From the key to what is shown."""
    row = engine.window(INBOX).rows[0]
    began = time.monotonic()
    engine.submit(ChangeFlags(Threads((row.thrid,)), add=frozenset(("\\Flagged",))))
    say("submit to shown, one conversation", f"{(time.monotonic() - began) * 1000:.1f} ms")
    view = View.of_role(Role.ALL)
    total = engine.window(view).total
    began = time.monotonic()
    receipt = engine.submit(ChangeFlags(Everything(view), add=frozenset(("$Benchmark",))))
    seconds = time.monotonic() - began
    say(
        f"submit to shown, {receipt.messages:,} messages",
        f"{seconds * 1000:.0f} ms ({total:,} conversations)",
    )
    began = time.monotonic()
    wait_until(lambda: engine.progress().pending_ops == 0)
    seconds = time.monotonic() - began
    say(
        "  … until the server has confirmed it",
        f"{seconds:.1f} s, {receipt.messages / seconds:,.0f} messages a second",
    )


def measure_warm(account: Account, secret: Callable[[], str], folder: Path) -> None:
    """A second start."""
    heard: list[Event] = []
    began = time.monotonic()
    with Engine(account, secret=secret, data_dir=folder, options=replace(OPTIONS, is_offline=True)) as engine:
        engine.subscribe(heard.append)
        assert engine.window(INBOX, size=60).rows
        say("warm open to a window", f"{(time.monotonic() - began) * 1000:.1f} ms")


def main() -> None:
    """Print the table for each size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    # A million messages take a busy machine longer than anybody waits for a demo.
    demo.START_SECONDS = 600.0
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000])
    for messages in parser.parse_args().messages:
        print(f"-- {messages:,} messages")
        with tempfile.TemporaryDirectory() as name, demo.demo_account(messages) as (account, secret):
            measure_cold(account, secret, Path(name))
            measure_warm(account, secret, Path(name))


if __name__ == "__main__":
    main()
