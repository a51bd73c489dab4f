"""The queue of a session: urgency, groups, twins, and what becomes of a job when the link breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from imapcore.clock import SystemClock
from imapcore.engine.job_runner import MOST_STUMBLES, Job, JobRunner
from imapcore.engine.link import LinkMonitor
from imapcore.errors import CommandRefused, ConnectionLost, GimapError, HostUnknown
from imapcore.model import LinkState
from imapcore.net.backoff import Backoff
from imapcore.net.wakeup import Wakeup
from imapcore.sync.remote import Remote

DEADLINE = 5.0


class Bench:
    """A leading session on connections that do nothing."""

    def __init__(self) -> None:
        self.dials = 0
        self.refusals: list[GimapError] = []
        self.log: list[str] = []
        self.crashes: list[BaseException] = []
        self._ready = threading.Condition()
        quick = Backoff(0.001, 0.01)
        self.board = LinkMonitor(SystemClock(), lambda _: None, quick)
        self.board.attach(lambda _: None, self._knock)
        self.session = JobRunner(
            "test",
            self.board,
            SystemClock(),
            self._dial,
            on_crash=self.crashes.append,
            is_leader=True,
        )

    def _knock(self) -> None:
        self.session.knock()

    def _dial(self, wakeup: Wakeup) -> Remote:
        self.dials += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return cast(Remote, _Nothing())

    def note(self, text: str) -> None:
        with self._ready:
            self.log.append(text)
            self._ready.notify_all()

    def wait_for(self, text: str) -> None:
        with self._ready:
            assert self._ready.wait_for(lambda: text in self.log, DEADLINE), self.log

    def steps(self, name: str, count: int = 1) -> Callable[[Remote], Iterator[float]]:
        """A job that notes each of its steps."""

        def run(_: Remote) -> Iterator[float]:
            for number in range(count):
                self.note(f"{name}{number}")
                yield 0.0

        return run


class _Nothing:
    silent_seconds = 0.0

    def probe(self, _: float) -> None:
        """It is there."""

    def tell_of_silence(self, _: object) -> None:
        """It is never silent."""

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.session.interrupt()
    assert made.session.stop(DEADLINE)
    assert made.crashes == []


def test_the_most_urgent_job_runs_between_the_steps_of_another(bench: Bench) -> None:
    def slow(_: Remote) -> Iterator[float]:
        bench.note("slow0")
        bench.session.submit(Job("urgent", bench.steps("urgent", 2), urgency=1))
        yield 0.0
        bench.note("slow1")

    bench.session.submit(Job("slow", slow, urgency=5))
    bench.session.start()
    bench.wait_for("slow1")
    assert bench.log == ["slow0", "urgent0", "urgent1", "slow1"]


def test_jobs_of_one_group_are_done_one_after_the_other(bench: Bench) -> None:
    def first(_: Remote) -> Iterator[float]:
        bench.session.submit(Job("second", bench.steps("second"), urgency=1, group="passes"))
        bench.session.submit(Job("other", bench.steps("other"), urgency=2))
        bench.note("first0")
        yield 0.0
        bench.note("first1")

    bench.session.submit(Job("first", first, urgency=5, group="passes"))
    bench.session.start()
    bench.wait_for("second0")
    assert bench.log == ["first0", "other0", "first1", "second0"]


def test_of_two_waiting_twins_one_is_enough_but_a_running_one_is_done_again(bench: Bench) -> None:
    def run(_: Remote) -> Iterator[float]:
        bench.note("ran")
        if bench.log.count("ran") == 1:
            bench.session.submit(Job("twin", run))
            bench.session.submit(Job("twin", run))
        yield 0.0

    bench.session.submit(Job("twin", run))
    bench.session.submit(Job("twin", run))
    bench.session.submit(Job("last", bench.steps("last"), urgency=9))
    bench.session.start()
    bench.wait_for("last0")
    assert bench.log == ["ran", "ran", "last0"]


def test_a_job_begins_anew_when_the_link_breaks(bench: Bench) -> None:
    def fragile(_: Remote) -> Iterator[float]:
        bench.note("begun")
        yield 0.0
        try:
            if bench.log.count("begun") < 3:
                raise ConnectionLost("cut")
        finally:
            bench.note("in order")
        bench.note("done")

    bench.session.submit(Job("fragile", fragile))
    bench.session.start()
    bench.wait_for("done")
    assert bench.log.count("begun") == 3
    assert bench.dials == 3


def test_a_job_that_is_suspended_when_the_link_breaks_puts_its_things_in_order(bench: Bench) -> None:
    def holding(_: Remote) -> Iterator[float]:
        try:
            yield 60.0
        finally:
            bench.note(f"released by {threading.current_thread().name}")

    def breaking(_: Remote) -> Iterator[float]:
        if "broke" not in bench.log:
            bench.note("broke")
            raise ConnectionLost("cut")
        yield 0.0

    bench.session.submit(Job("holding", holding, urgency=1))
    bench.session.submit(Job("breaking", breaking, urgency=2))
    bench.session.start()
    bench.wait_for("released by session:test")


def test_what_breaks_the_link_each_time_is_given_up_unless_it_is_lasting(bench: Bench) -> None:
    def poison(_: Remote) -> Iterator[float]:
        bench.note("poison")
        raise ConnectionLost("cut")
        yield 0.0

    def lasting(_: Remote) -> Iterator[float]:
        bench.note("lasting")
        if bench.log.count("lasting") <= MOST_STUMBLES + 2:
            raise ConnectionLost("cut")
        bench.note("lasting is done")
        yield 0.0

    bench.session.submit(Job("poison", poison, urgency=1, failed=lambda error: bench.note("given up")))
    bench.session.submit(Job("lasting", lasting, urgency=2, is_lasting=True))
    bench.session.start()
    bench.wait_for("lasting is done")
    assert bench.log.count("poison") == MOST_STUMBLES
    assert "given up" in bench.log


def test_a_refused_job_is_told_and_the_connection_stays(bench: Bench) -> None:
    def refused(_: Remote) -> Iterator[float]:
        raise CommandRefused("no")
        yield 0.0

    bench.session.submit(Job("refused", refused, failed=lambda error: bench.note(error.detail)))
    bench.session.submit(Job("last", bench.steps("last"), urgency=9))
    bench.session.start()
    bench.wait_for("last0")
    assert bench.log == ["no", "last0"]
    assert bench.dials == 1


def test_a_job_nobody_waits_for_any_more_is_not_begun(bench: Bench) -> None:
    bench.session.submit(Job("unwanted", bench.steps("unwanted"), is_wanted=lambda: False))
    bench.session.submit(Job("last", bench.steps("last"), urgency=9))
    bench.session.start()
    bench.wait_for("last0")
    assert bench.log == ["last0"]


def test_attempts_go_on_until_one_succeeds(bench: Bench) -> None:
    bench.refusals = [HostUnknown("nowhere"), HostUnknown("nowhere")]
    bench.session.submit(Job("one", bench.steps("one")))
    bench.session.start()
    bench.wait_for("one0")
    assert bench.dials == 3
    assert bench.board.status.state is LinkState.LIVE
