"""How often the sync session looks for changes, seen without a session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from imapcore.clock import ManualClock
from imapcore.engine.options import EngineOptions
from imapcore.engine.session import Job
from imapcore.engine.workers import Workers
from imapcore.sync.account import AccountSync
from imapcore.sync.remote import Remote

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
    workers = Workers.__new__(Workers)
    for name, value in {
        "_clock": clock,
        "_options": EngineOptions(poll_seconds=1.0),
        "account": cast(AccountSync, Account(clock)),
        "sync": line,
        "_polls_from": 0.0,
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
