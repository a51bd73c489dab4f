"""kill −9 at any moment while mail is written and sent: each mail leaves once, or is here as not sent."""

from __future__ import annotations

import random
import selectors
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from imapcore.engine import Engine
from imapcore.engine import outbox as outbox_module
from imapcore.model import OutgoingState
from imapcore.simulator import Options, Simulator
from tests.engine.harness import QUICK
from tests.engine.writing_victim import SECRET, account_on

ROOT = Path(__file__).parents[2]
READY_SECONDS, SETTLE_SECONDS = 30.0, 120.0
KILLS = 200
UNDER_WAY = (OutgoingState.HELD, OutgoingState.WAITING, OutgoingState.SENDING, OutgoingState.UNKNOWN)


def run_victim(server: Simulator, folder: Path, seed: int, seconds: float) -> list[str]:
    """Let a victim work for ``seconds`` after it is ready and kill it; the Message-IDs it acknowledged."""
    arguments = (str(server.port), str(server.smtp_port), str(folder), str(seed))
    command = [sys.executable, "-m", "tests.engine.writing_victim", *arguments]
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
        process.wait(READY_SECONDS)
        assert process.returncode == -signal.SIGKILL, "the victim ended by itself"
    return [line[2:] for line in rest.decode().splitlines() if line.startswith("!\t")]


def settle(server: Simulator, folder: Path) -> set[str]:
    """Let an engine of this process take over until nothing is under way; the Message-IDs of its drafts."""
    account, changed = account_on(server.port, server.smtp_port), threading.Condition()

    def heard(_: object) -> None:
        with changed:
            changed.notify_all()

    with Engine(account, secret=lambda: SECRET, data_dir=folder, options=QUICK) as engine:
        engine.subscribe(heard)
        with changed:
            assert changed.wait_for(
                lambda: not any(each.state in UNDER_WAY for each in engine.writing.outbox()), SETTLE_SECONDS
            ), engine.writing.outbox()
        return {draft.message_id for draft in engine.writing.drafts()}


def departed(server: Simulator) -> Counter[str]:
    """How often each Message-ID left the house."""
    return Counter(str(message_from_bytes(each.octets)["Message-ID"]) for each in server.control.departures())


def prove(folder: Path, kills: int, seed: int, tell: Callable[[str], None]) -> None:
    """Kill so often, then look at what became of every mail."""
    chance = random.Random(seed)
    acknowledged: list[str] = []
    with Simulator(Options(messages=0, smtp_port=0, smtp_daily_limit=1_000_000)) as server:
        for _ in range(kills):
            acknowledged += run_victim(server, folder, chance.randrange(1 << 30), chance.uniform(0.05, 0.6))
        drafts = settle(server, folder)
        left = departed(server)
    assert not [message_id for message_id, times in left.items() if times > 1], "sent twice"
    lost = [each for each in acknowledged if not left[each] and each not in drafts]
    assert not lost, "neither sent nor here"
    both = [each for each in acknowledged if left[each] and each in drafts]
    # Nobody could know of these: the answer was lost and Sent did not show them in time.
    assert not both, "sent, and shown as not sent, though Sent has it"
    tell(f"{kills} kills, {len(acknowledged)} mails acknowledged, {sum(left.values())} left")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LOOKS_SECONDS", (0.05, 0.2, 0.5, 1.0, 2.0))
    monkeypatch.setattr(outbox_module, "FIRST_RETRY", 0.05)


def test_killed_now_and_then(tmp_path: Path, tell: Callable[[str], None]) -> None:
    prove(tmp_path, 4, 1, tell)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_two_hundred_times(tmp_path: Path, soak_seed: int, tell: Callable[[str], None]) -> None:
    prove(tmp_path, KILLS, soak_seed, tell)
