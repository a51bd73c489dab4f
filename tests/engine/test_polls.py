"""How often the sync session looks for changes, seen without a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from imapcore.clock import ManualClock
from imapcore.engine.connections import SNIPPETS_PAUSE, Connections
from imapcore.engine.job_runner import Job
from imapcore.engine.options import EngineOptions
from imapcore.model import Archive, Messages
from imapcore.store import Store
from imapcore.sync.pull.account import AccountSync
from imapcore.sync.remote import Remote
from tests.store.worlds import message

PASS_SECONDS = 60.0
REMOTE = cast(Remote, None)


class Account:
    """An account on which every poll finds something, and which takes its time over it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def poll(self, _: Remote) -> Iterator[float]:
        self._clock.advance(PASS_SECONDS)
        yield 0.0


class Line:
    """A session that only notes what it is given."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)


def test_a_slow_pass_leaves_the_backfill_as_much_time_as_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a million messages passes took longer than the time between two polls: nothing was ever fetched."""
    clock, line = ManualClock(), Line()
    workers = Connections.__new__(Connections)
    for name, value in {
        "_clock": clock,
        "_options": EngineOptions(poll_seconds=1.0),
        "account": cast(AccountSync, Account(clock)),
        "sync": line,
        "_polls_from": 0.0,
        "_is_all_hidden": False,
        "_listed_at": clock.monotonic(),
        "_audited_at": clock.monotonic(),
        "_thorough_at": clock.monotonic(),
        "_passed": lambda: None,
    }.items():
        monkeypatch.setattr(workers, name, value, raising=False)
    workers._rest(REMOTE)
    (poll,) = line.jobs
    assert list(poll.steps(REMOTE)) == [0.0]
    clock.advance(PASS_SECONDS / 2)
    workers._rest(REMOTE)
    assert line.jobs == [poll]
    clock.advance(PASS_SECONDS / 2)
    workers._rest(REMOTE)
    assert len(line.jobs) == 2


def test_first_words_are_fetched_slowly_while_the_user_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch is a dozen small writes one after the other, and a key waits for the one it meets."""
    clock = ManualClock()
    with Store.open(tmp_path / "store.sqlite", clock=clock) as store:
        store.messages.apply([message(n, n, snippet=None) for n in range(1, 251)])

        def read_snippets(_: Remote, msgids: Sequence[int]) -> Iterator[float]:
            store.envelopes.set_snippets(dict.fromkeys(msgids, "Hello"))
            yield 0.0

        workers = Connections.__new__(Connections)
        account = SimpleNamespace(read_snippets=read_snippets)
        for name, value in {"_store": store, "_options": EngineOptions(), "account": account}.items():
            monkeypatch.setattr(workers, name, value, raising=False)
        steps = workers._recent_snippets(REMOTE)
        assert [next(steps), next(steps)] == [0.0, 0.0]
        store.journal.submit(Archive(Messages((1,))))
        assert SNIPPETS_PAUSE in list(steps)
        assert not store.envelopes.without_snippet()
