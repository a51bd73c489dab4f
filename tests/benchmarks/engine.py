"""The engine's numbers against the embedded server, which runs in a process of its own.

Run ``python -m tests.benchmarks.engine [--messages N …]``; prints one line per number, its goal beside it:
cold start in round trips and seconds, the backfill beside a bare socket that reads the same answers, a delta
pass in commands, a warm start, what a change costs until it is shown, and the memory and disk it all takes.
A very large account is not backfilled, which would take minutes; its store is filled with invented mail
under the server's uids, and everything else is measured on that.
"""

from __future__ import annotations

import argparse
import gc
import imaplib
import multiprocessing
import random
import re
import socket
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from imapcore import demo
from imapcore.clock import SystemClock
from imapcore.engine import Engine, EngineOptions
from imapcore.engine.engine import store_path
from imapcore.model import (
    INBOX,
    Account,
    At,
    ChangeFlags,
    Everything,
    LinkState,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.store import Store
from imapcore.store.facts import SyncState
from imapcore.sync.pull.first_screen import RECENT_DAYS
from imapcore.sync.remote import ENVELOPES
from imapcore.wire.uidset import UidSet
from tests.benchmarks.store import MANY, WINDOW_ROWS, spread, timed, write_mail
from tests.benchmarks.table import like_the_app, read_from_disk, resident, say

DEADLINE = 3600.0
ALL_MAIL = '"[Gmail]/All Mail"'
BACKFILLED = 200_000
"""Messages up to which an account is backfilled."""
WAITED_FOR = 200_000
"""Messages of a change for whose confirmation by the server one can wait."""
SINGLES = 100
"""Changes of one conversation each."""
OPTIONS = EngineOptions(poll_seconds=0.5, list_seconds=3600.0, thorough_seconds=3600.0)


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.002)


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


def measure_cold(account: Account, secret: Callable[[], str], folder: Path, *, backfill: bool) -> None:
    """From nothing to a first screen, and to everything."""
    raw_seconds, octets = bare_socket(account, secret()) if backfill else (0.0, 0)
    before = resident()
    # Polled as the app does it: at a million messages the embedded server takes seconds for every pass.
    options = replace(OPTIONS, backfill=backfill, poll_seconds=EngineOptions().poll_seconds)
    engine = Engine(account, secret=secret, data_dir=folder, options=options)
    began = time.monotonic()
    with engine:
        wait_until(lambda: bool(engine.window(INBOX, size=40).rows))
        seconds = time.monotonic() - began
        say(
            "cold start to first rows",
            f"{seconds:.3f} s, {round_trips(engine.transcript(500))} round trips",
            "≤ 10 round trips",
        )
        wait_until(lambda: all(row.snippet for row in engine.window(INBOX, size=20).rows))
        seconds = time.monotonic() - began
        say(
            "  … with conversations and snippets",
            f"{seconds:.3f} s, {round_trips(engine.transcript(500))} round trips",
        )
        if not backfill:
            return
        wait_until(lambda: not engine.progress().is_syncing and engine.link().state is LinkState.LIVE)
        seconds = time.monotonic() - began
        stored = engine.progress().stored
        say("full backfill", f"{seconds:.1f} s, {stored / seconds:,.0f} messages a second")
        say(
            "  bare socket, same answers",
            f"{raw_seconds:.1f} s for {octets / 1e6:.1f} MB; ratio {seconds / raw_seconds:.2f}",
        )
        say("resident memory", f"{resident():.0f} MB (before: {before:.0f} MB)", "≤ 60 MB")


def measure_first_search(account: Account, password: str) -> None:
    """What of a cold start is the embedded server's: the one search in it, asked again on a bare socket."""
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.email, password)
        client.select(ALL_MAIL)
        since = time.strftime("%d-%b-%Y", time.gmtime(time.time() - RECENT_DAYS * 86_400))
        began = time.monotonic()
        client.uid("SEARCH", f'X-GM-LABELS "\\\\Inbox" SINCE {since}')
        say("  of which the server searches for the inbox", f"{time.monotonic() - began:.3f} s")


def fill_like(account: Account, password: str, path: Path) -> None:
    """In a process of its own: fill a store with invented mail under the server's uids, as if it had been
    synced.
    """
    with (
        Store.open(path, clock=SystemClock(), email=account.email) as store,
        imaplib.IMAP4(account.host, account.port) as client,
    ):
        client.login(account.email, password)
        for place, name in {Role.ALL: "All Mail", Role.SPAM: "Spam", Role.TRASH: "Trash"}.items():
            client.select(f'"[Gmail]/{name}"', readonly=True)
            numbers = {key: int(client.response(key)[1][0]) for key in ("UIDVALIDITY", "UIDNEXT")}
            _, answer = client.status(f'"[Gmail]/{name}"', "(HIGHESTMODSEQ MESSAGES)")
            status = dict(re.findall(r"([A-Z]+) (\d+)", answer[0].decode()))
            # As ranges: a line with a million numbers is more than imaplib takes.
            client.uid("SEARCH", "RETURN (ALL)", "ALL")
            found = client.response("ESEARCH")[1][0].split()[-1].decode()
            known = store.uids.msgids(place, store.uids.ranges(place))
            uids = [uid for uid in reversed(list(UidSet.parse(found))) if uid not in known]
            write_mail(store, uids, place)
            store.uids.save_sync_state(
                SyncState(
                    place,
                    f"[Gmail]/{name}",
                    numbers["UIDVALIDITY"],
                    numbers["UIDNEXT"],
                    int(status["HIGHESTMODSEQ"]),
                    int(status["MESSAGES"]),
                    1,
                    is_complete=True,
                )
            )


def measure_warm(account: Account, secret: Callable[[], str], folder: Path) -> None:
    """A second start, and windows read as the screen reads them."""
    began = time.monotonic()
    with Engine(account, secret=secret, data_dir=folder, options=replace(OPTIONS, is_offline=True)) as engine:
        assert engine.window(INBOX, size=60).rows
        say("warm open to a window", f"{(time.monotonic() - began) * 1000:.1f} ms")
        rng = random.Random(7)
        for name, view in (("inbox", INBOX), ("all mail", View.of_role(Role.ALL))):
            total = engine.window(view, size=1).total
            for source in ("as found", "from memory"):
                if source == "from memory":
                    # What the system does not hold in memory is a disk's time, not ours.
                    hold_in_memory(folder)
                places = [At(rng.randrange(total)) for _ in range(300)]
                before = read_from_disk()
                times = [timed(partial(engine.window, view, place, WINDOW_ROWS)) for place in places]
                disk = f"; from the disk: {read_from_disk() - before:.1f} MB"
                say(
                    f"window of {WINDOW_ROWS} rows, {name}, {source}",
                    spread(times) + disk,
                    "p99 ≤ 1 ms",
                )


def hold_in_memory(folder: Path) -> None:
    """Let the system read every file of a folder."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def measure_live(account: Account, secret: Callable[[], str], folder: Path) -> None:
    """What goes on while the screen stands."""
    before = resident()
    with Engine(account, secret=secret, data_dir=folder, options=OPTIONS) as engine:
        wait_until(lambda: engine.link().state is LinkState.LIVE and not engine.progress().is_syncing)
        stored = engine.progress().stored
        measure_delta(engine, account, secret())
        measure_submit(engine)
        gc.collect()
        say("resident memory after all that", f"{resident():.0f} MB (before: {before:.0f} MB)", "≤ 60 MB")
        measure_everything(engine)
    octets_on_disk = sum(path.stat().st_size for path in folder.iterdir())
    say("on disk", f"{octets_on_disk / max(1, stored):,.0f} octets a message")


def measure_delta(engine: Engine, account: Account, password: str) -> None:
    """What a star set by somebody else costs."""
    time.sleep(1.5)
    row = next(row for row in engine.window(INBOX, size=100).rows if not row.is_starred and row.count == 1)
    uid = engine._open_store.uids.locations([row.thrid])[row.thrid].uid
    last = next(line for line in reversed(engine.transcript(500)) if line.startswith("C: "))
    with imaplib.IMAP4(account.host, account.port) as client:
        client.login(account.email, password)
        client.select(ALL_MAIL)
        client.uid("STORE", str(uid), "+FLAGS", "(\\Flagged)")

        def is_starred() -> bool:
            return any(
                each.is_starred for each in engine.window(INBOX, size=100).rows if each.thrid == row.thrid
            )

        wait_until(is_starred)
        wait_until(lambda: bool(delta_pass(engine.transcript(500), last)))
        said = delta_pass(engine.transcript(500), last)
        names = [" ".join(line.split()[: 2 if line.startswith("UID") else 1]) for line in said]
        say("delta pass after one change", f"{len(said)} commands: {', '.join(names)}", "≤ 4 commands")


def delta_pass(transcript: tuple[str, ...], last: str) -> list[str]:
    """The commands of the first pass after another command, once it is over; the STATUS before it noticed the
    change.
    """
    lines = list(transcript)
    said = [
        each
        for each in commands(transcript[lines.index(last) :])
        # First words of old mail are fetched on the same session when it has nothing better to do; of a long
        # line only the beginning is kept, so what is known of it is that it asks for no flags.
        if not each.startswith("IDLE") and ("FLAGS" in each or not each.startswith("UID FETCH"))
    ]
    begin = next((n for n, line in enumerate(said) if line.startswith("SELECT")), len(said))
    over = ("SELECT", 'STATUS "[Gmail]/All')
    end = next((n for n, line in enumerate(said) if n > begin and line.startswith(over)), begin)
    return said[begin:end]


def measure_submit(engine: Engine) -> None:
    """From the key to what is shown."""
    singles = []
    for row in engine.window(INBOX, size=SINGLES).rows:
        mark = ChangeFlags(Threads((row.thrid,)), add=frozenset(("$Single",)))
        singles.append(timed(partial(engine.submit, mark)))
        wait_until(lambda: engine.progress().pending_ops == 0)
    say("submit to shown, one, the first", f"{singles[0].wall:.1f} ms", "≤ 5 ms")
    say("  … each when the last was confirmed", spread(singles), "≤ 5 ms")
    threads: list[int] = []
    held = 0
    view = View.of_role(Role.ALL)
    window = engine.window(view, size=500)
    while held < MANY and window.rows:
        for row in window.rows:
            if held < MANY:
                threads.append(row.thrid)
                held += row.count
        window = engine.window(view, At(window.first + len(window.rows)), 500)
        if window.rows and window.rows[-1].thrid in threads:
            break
    say_submit(engine, Threads(tuple(threads), view), "$Benchmark", "≤ 100 ms")


def measure_everything(engine: Engine) -> None:
    """A change of all mail there is, and until the server has heard of all changes."""
    say_submit(engine, Everything(View.of_role(Role.ALL)), "$Everything", "")
    began = time.monotonic()
    pending = sum(each.messages for each in engine.activity(2))
    if pending > WAITED_FOR:
        say("  … until the server has confirmed it", "not waited for")
        return
    wait_until(lambda: engine.progress().pending_ops == 0)
    seconds = time.monotonic() - began
    say(
        "  … until the server has confirmed all",
        f"{seconds:.1f} s, {pending / seconds:,.0f} messages a second",
    )


def say_submit(engine: Engine, target: Target, keyword: str, goal: str) -> None:
    """What one op costs, a flag on every message of a target."""
    began, worked = time.monotonic(), time.process_time()
    receipt = engine.submit(ChangeFlags(target, add=frozenset((keyword,))))
    seconds, work = time.monotonic() - began, time.process_time() - worked
    say(
        f"submit to shown, {receipt.messages:,} messages",
        f"{seconds * 1000:.0f} ms (processor: {work * 1000:.0f}; {receipt.threads:,} conversations)",
        goal,
    )


def measure(messages: int, backfilled: int) -> None:
    """The table for one size; an account of more than ``backfilled`` messages gets its store filled."""
    # A million messages take a busy machine longer than anybody waits for a demo.
    demo.START_SECONDS = 900.0
    like_the_app()
    with tempfile.TemporaryDirectory() as name, demo.demo_account(messages) as (account, secret):
        folder = Path(name)
        is_backfilled = messages <= backfilled
        measure_cold(account, secret, folder, backfill=is_backfilled)
        if not is_backfilled:
            measure_first_search(account, secret())
            say("full backfill", "not measured: the store is filled with invented mail instead")
            in_own_process(fill_like, account, secret(), store_path(account, folder))
        measure_warm(account, secret, folder)
        measure_live(account, secret, folder)


def in_own_process(action: Callable[..., None], *arguments: object) -> None:
    """Run something where its memory is its own affair."""
    process = multiprocessing.get_context("spawn").Process(target=action, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit(process.exitcode)


def main() -> None:
    """Print the table for each size asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000])
    parser.add_argument("--backfill-up-to", type=int, default=BACKFILLED)
    arguments = parser.parse_args()
    for messages in arguments.messages:
        print(f"-- {messages:,} messages", flush=True)
        in_own_process(measure, messages, arguments.backfill_up_to)


if __name__ == "__main__":
    main()
