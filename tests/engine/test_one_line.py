"""One line of one answer lost, doubled, late or broken, each line of a person's minute its own run.

Afterwards the store is what the server is; or the screen says what is missing, and a restart heals it. The
minute: a first sync, a pass that finds a change of another client's, a label, a move, a search.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.engine import Engine
from imapcore.events import Alerted, SearchProgressed
from imapcore.model import (
    INBOX,
    Account,
    ChangeLabels,
    LinkState,
    Messages,
    MoveToTrash,
    OpState,
    Role,
    Security,
    Threads,
    View,
)
from imapcore.simulator import Options, Simulator
from tests.engine.harness import HASTY, Watcher, differences, engine_on, on_server, settle
from tests.engine.line_proxy import Harm, LineProxy

OPTIONS = Options(messages=2, seed=11, spurious_bumps=False)
MAIL = (
    b"From: Ann <ann%d@example.org>\r\nTo: demo@gmail.com\r\nSubject: Number %d\r\n"
    b"Message-ID: <%d@example.org>\r\n\r\nHello.\r\n"
)
PATIENT = replace(HASTY, read_seconds=0.6, poll_seconds=0.1, list_seconds=0.3, audit_seconds=0.5)
"""An answer whose end was lost is waited for only so long."""

HIDDEN = {"[Gmail]/Chats", "[Gmail]/Muted"}
"""No LIST shows these."""

SECONDS = 15.0
BRISK = 29
"""The short form takes every so many'th line, each with another harm."""
PARTS = 4
RUNS_BEYOND = 2
"""How many lines there are differs a little; after so many runs that were over before, it is the end."""


@dataclass(frozen=True, slots=True)
class Played:
    """One run."""

    lines: int
    harmed: bytes
    outcome: str
    """``equal``, ``said`` (the screen says what is missing) or ``healed`` (a restart was needed)."""


def play(folder: Path, at: int = -1, harm: Harm = Harm.DROPPED) -> Played:
    """The minute, with one line harmed; fails where store and server differ and nothing says so."""
    with Simulator(OPTIONS) as sim, LineProxy(sim.port, at=at, harm=harm) as proxy:
        one, two, three = (sim.control.deliver(MAIL % (number, number, number)) for number in range(3))
        account = Account("demo@gmail.com", "127.0.0.1", proxy.port, Security.NONE)
        with engine_on(sim, folder, account=account, options=PATIENT) as (engine, watcher):
            watcher.wait_until(lambda: len(engine.window(INBOX).rows) >= 3, "the inbox", SECONDS)
            sim.control.reflag(two, add=("\\Flagged",))
            fourth = sim.control.deliver(MAIL % (4, 4, 4))
            engine.submit(ChangeLabels(Threads((one,)), add=frozenset(("Cut",))))
            engine.submit(MoveToTrash(Messages((three,))))
            engine.open(View.of_search("number"))
            watcher.wait_for(SearchProgressed, lambda event: event.is_done)
            outcome = "equal"
            if not is_equal(engine, watcher, sim):
                assert is_said(engine, watcher), account_of_faults(engine, watcher, sim, proxy)
                outcome = "said"
            there = on_server(sim)
            is_done = "Cut" in there[one].labels and there[three].place is Role.TRASH
            is_refused = any(each.state is OpState.REJECTED for each in engine.activity())
            assert is_done or is_refused, account_of_faults(engine, watcher, sim, proxy)
            assert fourth in there
            names = set(sim.control.mailboxes()) - HIDDEN
            has_tree = names <= tree_of(engine)
        if outcome != "equal" or not has_tree:
            with engine_on(sim, folder, account=account, options=PATIENT) as (engine, watcher):
                assert is_equal(engine, watcher, sim), account_of_faults(engine, watcher, sim, proxy)
                assert names <= tree_of(engine)
            outcome = "healed" if outcome == "equal" else outcome
        return Played(proxy.lines, proxy.harmed, outcome)


def is_equal(engine: Engine, watcher: Watcher, sim: Simulator) -> bool:
    """Whether engine and server come to rest and hold the same."""
    try:
        settle(engine, watcher, SECONDS)
        watcher.wait_until(lambda: not differences(engine, sim), seconds=4.0)
    except AssertionError:
        return False
    return True


def is_said(engine: Engine, watcher: Watcher) -> bool:
    """Whether a person can see that something is amiss."""
    states = {each.state for each in engine.activity()}
    return bool(watcher.of(Alerted)) or OpState.REJECTED in states or not is_live(engine)


def is_live(engine: Engine) -> bool:
    """Whether the head calls the link live."""
    return engine.link().state is LinkState.LIVE


def tree_of(engine: Engine) -> set[str]:
    """The mailboxes the screen shows."""
    return {each.name for each in engine.mailboxes()}


def account_of_faults(engine: Engine, watcher: Watcher, sim: Simulator, proxy: LineProxy) -> str:
    """What to read when it fails."""
    lines = "\n".join(engine.transcript(60))
    found = differences(engine, sim)
    return (
        f"{proxy.harmed!r}\n{engine.link()} {engine.progress()}\n(on the server, in the store): {found}\n"
        f"{engine.activity()}\n{watcher.of(Alerted)}\n{lines}"
    )


def test_some_lines(tmp_path: Path) -> None:
    """Every so many'th line, each with the next harm in turn."""
    whole = play(tmp_path / "whole").lines
    harms = itertools.cycle(Harm)
    for at in range(0, whole, BRISK):
        play(tmp_path / str(at), at, next(harms))


@pytest.mark.soak
@pytest.mark.timeout(36_000)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("harm", list(Harm), ids=lambda harm: harm.value)
def test_every_line(tmp_path: Path, harm: Harm, part: int, tell: Callable[[str], None]) -> None:
    """Every line has its own run, in one of the parts, until the runs are over before they get there."""
    failures: dict[int, str] = {}
    outcomes: Counter[str] = Counter()
    at, beyond = part, 0
    while beyond < RUNS_BEYOND:
        folder = tmp_path / str(at)
        try:
            played = play(folder, at, harm)
        except AssertionError as error:
            failures[at] = str(error)
            beyond = 0
        else:
            outcomes[played.outcome] += bool(played.harmed)
            beyond = 0 if played.harmed else beyond + 1
        shutil.rmtree(folder)
        at += PARTS
    tell(f"{harm.value}: {dict(outcomes)}, {len(failures)} failures")
    assert not failures
