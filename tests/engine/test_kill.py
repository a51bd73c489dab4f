"""kill −9 at any moment, during backfill and triage: the store opens, the journal finishes, nothing is lost.

The server runs here; the engine is a real process of its own. After the last kill an engine in this process
takes over the store, and everything that was acknowledged is on the server.
"""

from __future__ import annotations

import random
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imapcore.model import OpState, Role
from imapcore.simulator import Options, Simulator
from imapcore.store.journal.op_writer import OPS_KEPT
from tests.engine.harness import Seen, agree, engine_on, on_server

ROOT = Path(__file__).parents[2]
READY_SECONDS = 30.0
KILLS = 60
"""In each part of the long form."""


class Ledger:
    """What the victims wished for, by (message, mark), and whether that was acknowledged."""

    def __init__(self) -> None:
        self.wishes: dict[tuple[int, str], tuple[str, bool]] = {}
        self.acknowledged: list[int] = []

    def note(self, lines: list[str]) -> None:
        """Read what one victim said."""
        last: list[tuple[int, str]] = []
        for line in lines:
            kind, *fields = line.split("\t")
            if kind == "?" and len(fields) == 3:
                mark, value, listed = fields
                last = [(int(msgid), mark) for msgid in listed.split(",")]
                for key in last:
                    self.wishes[key] = (value, False)
            elif kind == "!" and len(fields) == 1:
                self.acknowledged += [int(field) for field in fields if field]
                for key in last:
                    self.wishes[key] = (self.wishes[key][0], True)

    def broken(self, there: dict[int, Seen]) -> list[str]:
        """Acknowledged wishes that the server does not show."""
        return [
            f"{msgid}: {mark} should be {value}: {there[msgid]}"
            for (msgid, mark), (value, is_certain) in self.wishes.items()
            if is_certain and not _holds(there[msgid], mark, value)
        ]


def _holds(seen: Seen, mark: str, value: str) -> bool:
    if mark == "place":
        return seen.place is Role(value)
    return (mark in seen.flags or mark in seen.labels) is (value == "True")


def run_victim(simulator: Simulator, folder: Path, seed: int, seconds: float) -> list[str]:
    """Let a victim work for ``seconds`` after it is ready, kill it, and return its last words."""
    command = [sys.executable, "-m", "tests.engine.victim", str(simulator.port), str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(READY_SECONDS), "the victim did not start"
            assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        assert process.wait(10) == -signal.SIGKILL, "the victim died by itself"
    # The last line may be cut in the middle: it was not heard.
    return rest.decode().split("\n")[:-1]


def moments(chance: random.Random, count: int) -> Iterator[float]:
    """When to kill: mostly soon, sometimes later."""
    for _ in range(count):
        yield chance.choice((0.02, 0.1, 0.3, 0.8)) * chance.random()


def kill_often(folder: Path, count: int, seed: int, messages: int) -> int:
    """``count`` kills, then the reckoning; how many ops were acknowledged."""
    chance = random.Random(seed)
    ledger = Ledger()
    with Simulator(Options(messages=messages, seed=seed)) as sim:
        for number, seconds in enumerate(moments(chance, count)):
            ledger.note(run_victim(sim, folder, seed * 1000 + number, seconds))
        with engine_on(sim, folder) as (engine, watcher):
            agree(engine, watcher, sim)
            states = {each.op_id: each.state for each in engine.activity(1_000_000)}
            # What is older was forgotten after it was settled; the wishes below know what became of it.
            kept = max(ledger.acknowledged, default=0) - OPS_KEPT
            assert [op_id for op_id in ledger.acknowledged if op_id > kept and op_id not in states] == []
            assert set(states.values()) <= {OpState.CONFIRMED, OpState.SUPERSEDED}
            assert ledger.broken(on_server(sim)) == []
    assert ledger.acknowledged, "nobody got to do anything"
    return len(ledger.acknowledged)


def test_killed_now_and_then(tmp_path: Path) -> None:
    kill_often(tmp_path, 4, seed=1, messages=300)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(4))
def test_killed_again_and_again(
    tmp_path: Path, part: int, soak_seed: int, tell: Callable[[str], None]
) -> None:
    ops = kill_often(tmp_path, KILLS, seed=soak_seed * 4 + part, messages=3000)
    tell(f"{KILLS} kills, {ops} ops acknowledged")
