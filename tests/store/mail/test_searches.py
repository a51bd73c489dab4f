"""Searches that are saved, and what they found."""

from __future__ import annotations

import pytest

from imapcore.clock import ManualClock
from imapcore.model import (
    Archive,
    MoveToSpam,
    MoveToTrash,
    Op,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.mail.searches import KEPT_RUNS
from imapcore.store.sqlite.writer import ROWS_AT_ONCE
from tests.store.mail.steps import RESULTS, steps_of, tidied
from tests.store.worlds import message


@pytest.mark.usefixtures("library")
def test_a_run_that_saw_everything_drops_what_only_earlier_runs_found(store: Store, reader: Reader) -> None:
    view = View.of_search("in:anywhere q")
    store.searches.begin("in:anywhere q")
    store.searches.add("in:anywhere q", [1, 2])
    assert store.searches.finish("in:anywhere q", is_complete=True) == 2
    store.searches.begin("in:anywhere q")
    assert not reader.lists.window(view).is_complete
    store.searches.add("in:anywhere q", [2, 3, 4])
    assert [row.thrid for row in reader.lists.window(view).rows] == [4, 3, 2, 1]
    assert store.searches.finish("in:anywhere q", is_complete=True) == 3
    assert [row.thrid for row in reader.lists.window(view).rows] == [4, 3, 2]
    thread = reader.threads.thread(4, view)
    assert thread is not None
    assert thread.messages[0].place is Role.SPAM


@pytest.mark.parametrize(
    ("query", "op", "is_left"),
    [
        ("ann", MoveToTrash(Threads((1,))), True),
        ("ann", MoveToSpam(Threads((1,))), True),
        ("ann", Archive(Threads((1,))), False),
        ("in:anywhere ann", MoveToTrash(Threads((1,))), False),
        ("in:inbox ann", Archive(Threads((1,))), True),
        ("category:primary label:inbox", Archive(Threads((1,))), True),
        ("in:inbox OR ann", Archive(Threads((1,))), False),
        ("-in:inbox ann", Archive(Threads((1,))), False),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.usefixtures("library")
def test_what_is_no_longer_where_a_search_looks_leaves_it_and_undo_brings_it_back(
    store: Store, reader: Reader, query: str, op: Op, is_left: bool
) -> None:
    view = View.of_search(query)
    store.searches.begin(query)
    store.searches.add(query, [1, 2])
    store.searches.finish(query, is_complete=True)
    before = [row.thrid for row in reader.lists.window(view).rows]
    assert 1 in before
    store.journal.submit(op)
    window = reader.lists.window(view)
    assert ([row.thrid for row in window.rows] == before) is not is_left
    assert window.total == len(window.rows)
    store.journal.undo()
    assert [row.thrid for row in reader.lists.window(view).rows] == before


def found_by_old(store: Store) -> range:
    """A search called "old" has found everything there is."""
    many = range(1, 3 * ROWS_AT_ONCE)
    store.messages.apply([message(n, n) for n in many])
    store.searches.begin("old")
    store.searches.add("old", many)
    store.searches.finish("old", is_complete=True)
    return many


def test_results_go_in_small_steps(store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key pressed while an old search goes must not wait until all of its results are gone."""
    searches, many = store.searches, found_by_old(store)
    searches.begin("old")
    searches.add("old", many[: ROWS_AT_ONCE + 10])
    steps = steps_of(store, RESULTS, lambda: searches.finish("old", is_complete=True), monkeypatch)
    assert sum(steps) == 2 * ROWS_AT_ONCE - 11
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.lists.window(View.of_search("old")).total == ROWS_AT_ONCE + 10
    for number in range(KEPT_RUNS - 1):
        searches.begin(f"newer {number}")
    assert not searches.tidy()
    searches.begin("newest")
    steps = steps_of(store, RESULTS, lambda: tidied(store), monkeypatch)
    assert sum(steps) == ROWS_AT_ONCE + 10
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.lists.window(View.of_search("old")).total == 0


def test_a_search_that_goes_is_not_taken_for_complete(store: Store, reader: Reader) -> None:
    """Killed while it goes, or looked at, it is there with a part of its results."""
    searches, many = store.searches, found_by_old(store)
    for number in range(KEPT_RUNS):
        searches.begin(f"newer {number}")
    assert searches.tidy()
    window = reader.lists.window(View.of_search("old"))
    assert 0 < window.total < len(many)
    assert not window.is_complete
    tidied(store)
    assert reader.lists.window(View.of_search("old")).total == 0


def test_old_searches_go_but_not_the_saved_ones(store: Store, reader: Reader, clock: ManualClock) -> None:
    store.messages.apply([message(1)])
    saved = store.searches.save("Kept", "keep")
    for query in ("keep", *(f"q{number}" for number in range(40))):
        store.searches.begin(query)
        store.searches.add(query, [1])
        clock.advance(1)
    tidied(store)
    assert reader.lists.window(View.of_search("q39")).total == 1
    assert reader.lists.window(View.of_search("q1")).total == 0
    assert reader.lists.window(View.of_search("keep")).total == 1
    store.searches.rename(saved.search_id, "Kept!", "keep")
    assert [(s.title, s.total, s.unread) for s in reader.lists.saved_searches()] == [("Kept!", 1, 1)]
    store.searches.delete(saved.search_id)
    assert reader.lists.saved_searches() == ()
