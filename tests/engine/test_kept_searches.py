"""Saved searches count by themselves: once all is stored, when mail arrives, and after a while."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imapcore.engine import Engine
from imapcore.model import Archive, SavedSearch, Threads, View
from imapcore.simulator import Options, Simulator
from imapcore.simulator.faults import Fault, FaultKind
from tests.engine.harness import engine_on, settle

MAIL = (
    b"From: Ann <ann%d@example.org>\r\nTo: demo@gmail.com\r\nSubject: Zebra %d\r\n"
    b"Message-ID: <z%d@example.org>\r\n\r\nHello.\r\n"
)
ZEBRAS = "in:inbox subject:zebra"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """An account with two zebras in the inbox."""
    with Simulator(Options(messages=20, seed=3)) as simulator:
        for number in (1, 2):
            deliver(simulator, number)
        yield simulator


def deliver(simulator: Simulator, number: int) -> int:
    return simulator.control.deliver(MAIL % (number, number, number))


def kept(engine: Engine, query: str = ZEBRAS) -> tuple[int | None, int | None]:
    """Total and unread of a saved search."""
    search: SavedSearch = next(each for each in engine.saved_searches() if each.query == query)
    return search.total, search.unread


def searched(engine: Engine) -> list[str]:
    """The searches sent, without their tags."""
    return [line for line in engine.transcript(2000) if "X-GM-RAW" in line]


def test_a_saved_search_counts_without_being_opened_and_follows_what_arrives(
    sim: Simulator, tmp_path: Path
) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        assert engine.save_search("Zebras", ZEBRAS).total is None
        watcher.wait_until(lambda: kept(engine) == (2, 2), "the first count")
        third = deliver(sim, 3)
        watcher.wait_until(lambda: kept(engine) == (3, 3), "the arrival to be counted")
        # Only what arrived was asked for.
        assert "UID" in searched(engine)[-1].partition("SEARCH")[2]
        engine.submit(Archive(Threads((third,))))
        assert kept(engine) == (2, 2)


def test_a_saved_search_counts_at_the_next_start(sim: Simulator, tmp_path: Path) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        engine.save_search("Zebras", ZEBRAS)
        watcher.wait_until(lambda: kept(engine) == (2, 2), "the first count")
    deliver(sim, 3)
    with engine_on(sim, tmp_path) as (engine, watcher):
        watcher.wait_until(lambda: kept(engine) == (3, 3), "the count of the new start")


def test_what_no_longer_belongs_to_a_saved_search_is_found_after_a_while(
    sim: Simulator, tmp_path: Path
) -> None:
    query = "subject:zebra is:unread"
    with engine_on(sim, tmp_path, searches_seconds=0.3) as (engine, watcher):
        settle(engine, watcher)
        engine.save_search("Unread", query)
        watcher.wait_until(lambda: kept(engine, query) == (2, 2), "the first count")
        newest = engine.window(View.of_search(query)).rows[0].thrid
        sim.control.reflag(newest, add=("\\Seen",))
        watcher.wait_until(lambda: kept(engine, query) == (1, 1), "the search to be run again")


def test_a_saved_search_that_gmail_refuses_keeps_no_other_from_counting(
    sim: Simulator, tmp_path: Path
) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        sim.control.fault(Fault(FaultKind.SYSTEM_ERROR, command="UID SEARCH", times=1))
        engine.save_search("Other", "subject:aardvark in:inbox")
        engine.save_search("Zebras", ZEBRAS)
        watcher.wait_until(lambda: kept(engine) == (2, 2), "the other search")


def test_a_saved_search_is_not_asked_for_again_while_nothing_happens(sim: Simulator, tmp_path: Path) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        engine.save_search("Zebras", ZEBRAS)
        watcher.wait_until(lambda: kept(engine) == (2, 2), "the first count")
        before = len(searched(engine))
        polls = count_polls(engine)
        watcher.wait_until(lambda: count_polls(engine) > polls + 3, "some polls")
        assert len(searched(engine)) == before


def count_polls(engine: Engine) -> int:
    return sum(" STATUS " in line for line in engine.transcript(2000))


def test_nothing_is_searched_without_a_saved_search(sim: Simulator, tmp_path: Path) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        polls = count_polls(engine)
        watcher.wait_until(lambda: count_polls(engine) > polls + 2, "some polls")
        assert searched(engine) == []


def test_an_opened_search_ends_complete_though_the_same_is_kept(sim: Simulator, tmp_path: Path) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        engine.save_search("Zebras", ZEBRAS)
        view = View.of_search(ZEBRAS)
        engine.open(view)
        watcher.wait_until(lambda: engine.window(view).is_complete, "the search to end")
        assert (engine.window(view).total, kept(engine)) == (2, (2, 2))
