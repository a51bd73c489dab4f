"""The link cut after any byte of a scripted session, each cut point its own run.

The script is a person's minute: start on an empty store, see the inbox, label, star, archive, trash, undo.
Wherever the link is cut, the engine comes back by itself and what was done is done once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from imapcore.model import (
    INBOX,
    Account,
    Archive,
    ChangeFlags,
    ChangeLabels,
    Messages,
    MoveToTrash,
    OpState,
    Role,
    Security,
    Threads,
)
from imapcore.simulator import Options, Simulator
from tests.engine.harness import HASTY, agree, engine_on, on_server
from tests.engine.proxy import Proxy, Way

OPTIONS = Options(messages=2, seed=11, spurious_bumps=False)
MAIL = (
    b"From: Ann <ann%d@example.org>\r\nTo: demo@gmail.com\r\nSubject: Number %d\r\n"
    b"Message-ID: <%d@example.org>\r\n\r\nHello.\r\n"
)

PARTS = 20
"""The long form is so many tests, which can run beside each other."""
RUNS_BEYOND = 5
"""How long a run is differs a little; after so many that were over before the cut, it is the end."""


@dataclass(frozen=True, slots=True)
class Played:
    """One run of the script."""

    passed: int
    """Octets that went the counted way."""
    has_cut: bool


def play(folder: Path, cut_after: int | None, way: Way) -> Played:
    """Run the script once, and look whether all of it has been done once."""
    with Simulator(OPTIONS) as sim, Proxy(sim.port, cut_after=cut_after, way=way) as proxy:
        one, two, three = (sim.control.deliver(MAIL % (number, number, number)) for number in range(3))
        account = Account("demo@gmail.com", "127.0.0.1", proxy.port, Security.NONE)
        with engine_on(sim, folder, account=account, options=HASTY) as (engine, watcher):
            watcher.wait_until(lambda: len(engine.window(INBOX).rows) >= 3, "the inbox")
            engine.submit(ChangeLabels(Threads((one,)), add=frozenset(("Cut",))))
            engine.submit(ChangeFlags(Messages((two,)), add=frozenset(("\\Flagged",))))
            engine.submit(Archive(Threads((two,))))
            engine.submit(MoveToTrash(Messages((three,))))
            engine.undo()
            engine.submit(MoveToTrash(Messages((one,))))
            agree(engine, watcher, sim)
            states = {each.state for each in engine.activity()}
            assert states <= {OpState.CONFIRMED, OpState.SUPERSEDED}
            there = on_server(sim)
            assert "Cut" in there[one].labels
            assert there[one].place is Role.TRASH
            assert "\\Flagged" in there[two].flags
            assert "\\Inbox" not in there[two].labels
            assert (there[three].place, "\\Inbox" in there[three].labels) == (Role.ALL, True)
        return Played(proxy.passed, proxy.has_cut)


@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.value)
def test_cut_here_and_there(tmp_path: Path, way: Way) -> None:
    whole = play(tmp_path / "whole", None, way).passed
    for point in range(0, whole, whole // 8):
        play(tmp_path / str(point), point, way)


@pytest.mark.soak
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.value)
def test_cut_after_every_byte(tmp_path: Path, way: Way, part: int, tell: Callable[[str], None]) -> None:
    """Every byte has its own run, in one of the parts; each part ends where no run gets to any more."""
    failures: dict[int, str] = {}
    cuts = beyond = 0
    point = part
    while beyond < RUNS_BEYOND:
        folder = tmp_path / str(point)
        try:
            has_cut = play(folder, point, way).has_cut
        except AssertionError as error:
            has_cut = True
            failures[point] = str(error)
        shutil.rmtree(folder)
        cuts += has_cut
        beyond = 0 if has_cut else beyond + 1
        point += PARTS
    tell(f"{cuts} cuts {way.value}, the last at {point - PARTS * (beyond + 1)}, {len(failures)} failures")
    assert not failures
