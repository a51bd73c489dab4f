"""The link cut after any byte of a scripted session, each cut point its own run.

The script is a person's minute: start on an empty store, see the inbox, label, star, archive, trash, undo.
Wherever the link is cut, the engine comes back by itself and what was done is done once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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


def play(folder: Path, cut_after: int | None, way: Way) -> int:
    """One run of the script; how many bytes went the counted way."""
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
        return proxy.passed


def cuts(folder: Path, way: Way, count: int | None) -> Iterator[int]:
    """Where to cut: ``count`` points spread over the session, or every byte of it."""
    total = play(folder / "whole", None, way)
    shutil.rmtree(folder / "whole")
    yield from range(0, total, 1 if count is None else max(1, total // count))


@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.value)
def test_cut_here_and_there(tmp_path: Path, way: Way) -> None:
    for point in cuts(tmp_path, way, 8):
        play(tmp_path / str(point), point, way)


@pytest.mark.soak
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.value)
def test_cut_after_every_byte(tmp_path: Path, way: Way) -> None:
    for point in cuts(tmp_path, way, None):
        folder = tmp_path / str(point)
        play(folder, point, way)
        shutil.rmtree(folder)
