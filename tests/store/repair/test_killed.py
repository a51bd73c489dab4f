"""kill -9 at any moment: the store opens, what was acknowledged is there, the lists are right, the journal
goes on.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.model import OpState, Role, View
from imapcore.store import Store
from tests.store.naive import expected_rows, shown_rows
from tests.store.worlds import ME


def die(path: Path, seed: int, lines: int) -> list[int]:
    """Let a process work, kill it right after its ``lines``-th acknowledgement; what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.repair.victim", str(path), str(seed)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    acknowledged = []
    with process, process.stdout:
        for line in process.stdout:
            acknowledged.append(int(line))
            if len(acknowledged) == lines:
                process.kill()
        assert process.wait(30) == -signal.SIGKILL, "the victim died by itself"
    return acknowledged


def survive(path: Path, kills: int, seed: int) -> None:
    """Kill again and again on one store, and look at what is left each time."""
    rng = random.Random(seed)
    done: set[int] = set()
    for number in range(kills):
        done.update(die(path, seed * 1000 + number, rng.randint(1, 12)))
        with Store.open(path, clock=SystemClock(), email=ME.email) as store, store.reader() as reader:
            assert store.notices == ()
            assert store.check() is None
            states = {line.op_id: line.state for line in reader.journal.activity(100_000)}
            assert done <= set(states)
            assert OpState.SENT not in {states[op_id] for op_id in done if op_id == max(done)}
            stored = [uid for low, high in store.uids.ranges(Role.ALL) for uid in range(low, high + 1)]
            known = reader.threads.messages(sorted(store.uids.known(range(1, 1 + max(stored, default=0)))))
            for role in (Role.INBOX, Role.ALL, Role.TRASH, Role.STARRED):
                view = View.of_role(role)
                assert shown_rows(reader, view, 200) == expected_rows(list(known), view, set())
    with Store.open(path, clock=SystemClock(), email=ME.email) as store, store.reader() as reader:
        before = reader.threads.messages(range(1, 10_000))
        while (batch := store.journal.queue.claim()) is not None:
            store.journal.answers.confirm(batch)
        assert store.journal.queue.pending() == 0
        after = reader.threads.messages(range(1, 10_000))
        assert [(m.place, m.labels, m.flags) for m in after] == [(m.place, m.labels, m.flags) for m in before]


def test_killed_a_few_times(tmp_path: Path) -> None:
    survive(tmp_path / "account" / "store.sqlite", 6, 1)


@pytest.mark.soak
def test_killed_two_hundred_times(tmp_path: Path, soak_seed: int, tell: Callable[[str], None]) -> None:
    for number in range(10):
        survive(tmp_path / str(number) / "store.sqlite", 20, soak_seed + number)
    tell("200 kills")
