"""One simulated day: sessions expire every hour, mail comes in, the server throttles, the machine sleeps
twice.

An hour passes in a fraction of a second: what makes an hour an hour (an expired session, the polls, its
share of mail) is played by the server's controls. At the end threads, sockets, memory and file size are as
at the start.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.engine import Engine
from imapcore.events import Alerted, LinkChanged, MailArrived
from imapcore.model import INBOX, Archive, ChangeFlags, LinkState, Messages, Threads
from imapcore.simulator import Fault, Options, Simulator
from tests.engine.harness import HASTY, Watcher, agree, engine_on, in_store, store_of

HOURS = 24
NIGHTS = (8, 20)
SPARE_FILES = 6
"""Readers that were lent at the moment of counting, and the write-ahead log's files."""


class SleepyClock(SystemClock):
    """The machine's clock, but for nights in which only the wall clock goes on."""

    def __init__(self) -> None:
        self._slept_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self._slept_ms

    def sleep_for(self, hours: float) -> None:
        """The machine was suspended."""
        self._slept_ms += int(hours * 3_600_000)


def threads_now() -> list[str]:
    """Names of our threads."""
    return sorted(
        each.name for each in threading.enumerate() if each.name.startswith(("session:", "hub", "writer"))
    )


def files_now() -> int:
    """Open file descriptors of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def memory_now() -> int:
    """Resident octets of this process."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def an_hour(sim: Simulator, engine: Engine, watcher: Watcher, arrivals: int) -> None:
    """Some mail, some triage, and at the end of it every session expires."""
    delivered = [sim.control.deliver_next() for _ in range(arrivals)]
    if delivered:
        watcher.wait_until(lambda: delivered[-1] in in_store(store_of(engine)), "the mail of this hour")
    rows = engine.window(INBOX).rows
    engine.submit(ChangeFlags(Messages((rows[0].thrid,)), add=frozenset(("\\Seen",))))
    engine.submit(Archive(Threads((rows[-1].thrid,))))
    engine.undo()
    # In an hour there is time for that: sessions that expire faster than they can be of use are trouble, and
    # the user is told of it.
    watcher.wait_until(lambda: engine.progress().pending_ops == 0, "the changes of this hour")
    for command in ("STATUS", "IDLE", "UID STORE"):
        sim.control.fault(Fault.parse(f"expired:command={command}"))


def live_through(tmp_path: Path, arrivals: int) -> str:
    """The day, with so many arrivals; what it took."""
    clock = SleepyClock()
    with (
        Simulator(Options(messages=200, seed=5)) as sim,
        engine_on(sim, tmp_path, clock=clock, options=HASTY) as (engine, watcher),
    ):
        agree(engine, watcher, sim)
        threads, files, memory = threads_now(), files_now(), memory_now()
        for hour in range(HOURS):
            an_hour(sim, engine, watcher, arrivals // HOURS)
            if hour in NIGHTS:
                clock.sleep_for(7.5)
            if hour % 6 == 5:
                sim.control.fault(Fault.parse("throttled:command=UID FETCH"))
                sim.control.cut()
        sim.control.clear_faults()
        agree(engine, watcher, sim)
        watcher.wait_until(lambda: threads_now() == threads, "threads as at the start")
        watcher.wait_until(lambda: files_now() <= files + SPARE_FILES, "files as at the start")
        assert sim.control.signed_in() <= 3
        more_memory = memory_now() - memory
        assert more_memory < 30_000_000 + 20_000 * arrivals
        stored = sum(path.stat().st_size for path in tmp_path.glob("*.sqlite3"))
        assert stored < 2_000_000 + 8_000 * arrivals
        assert sum(event.count for event in watcher.of(MailArrived)) > 0
        signed_in = [event for event in watcher.of(LinkChanged) if event.link.state is LinkState.LIVE]
        assert len(signed_in) > HOURS
        assert not watcher.of(Alerted)
        return (
            f"{HOURS} hours, {arrivals} arrivals, {len(signed_in)} sign-ins of the sync session; "
            f"{len(threads)} threads as before, {files_now() - files:+} files, "
            f"{more_memory / 1e6:+.0f} MB resident, a store of {stored / 1e6:.1f} MB"
        )


def test_a_day(tmp_path: Path) -> None:
    live_through(tmp_path, arrivals=96)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_day_with_two_thousand_arrivals(tmp_path: Path, tell: Callable[[str], None]) -> None:
    tell(live_through(tmp_path, arrivals=2000))
