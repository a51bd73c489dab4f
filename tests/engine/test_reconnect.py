"""Coming back: after a night, a changed network, a server that was away for long; and at once when somebody
acts. The options leave no other reason to connect than the one a test is about.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.clock import SystemClock
from imapcore.engine import Engine
from imapcore.events import LinkChanged, OpSettled
from imapcore.model import (
    INBOX,
    Account,
    Archive,
    ChangeLabels,
    LinkState,
    Messages,
    OpState,
    Security,
    Threads,
)
from imapcore.net.backoff import Backoff
from imapcore.simulator import Fault, Options, Simulator
from tests.engine.harness import QUICK, Watcher, agree, engine_on, in_store, settle, store_of
from tests.engine.test_link import free_port

AN_HOUR = 3600.0
PATIENT = replace(
    QUICK,
    poll_seconds=AN_HOUR,
    list_seconds=AN_HOUR,
    thorough_seconds=AN_HOUR,
    audit_seconds=AN_HOUR,
    first_retry_seconds=AN_HOUR,
    longest_retry_seconds=AN_HOUR,
)
"""Nothing happens by itself."""


class Night(SystemClock):
    """A clock of which the wall's hands can run ahead: the machine was suspended."""

    def __init__(self) -> None:
        self._slept_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self._slept_ms

    def fall(self) -> None:
        """Eight hours."""
        self._slept_ms += 8 * 3_600_000


def times_live(watcher: Watcher) -> int:
    return sum(event.link.state is LinkState.LIVE for event in watcher.of(LinkChanged))


def wait_for_mail(engine: Engine, watcher: Watcher, msgid: int) -> None:
    watcher.wait_until(lambda: msgid in in_store(store_of(engine)), "the mail that came meanwhile")


def test_pauses_grow_to_a_bound_and_no_two_clients_keep_step() -> None:
    tosses = iter([0.0, 0.5, 0.999] * 21)
    backoff = Backoff(1.0, 60.0, chance=lambda: next(tosses))
    pauses = [backoff.next_pause() for _ in range(60)]
    assert pauses[:3] == [0.5, 1.5, pytest.approx(4.0, rel=0.01)]
    assert all(30.0 <= pause <= 60.0 for pause in pauses[6:])
    assert len(set(pauses[6:])) > 2
    backoff.reset()
    assert backoff.next_pause() <= 1.0


def test_a_server_that_was_away_for_long_is_found_again_within_the_bound(tmp_path: Path) -> None:
    port = free_port()
    account = Account("demo@gmail.com", "127.0.0.1", port, Security.NONE)
    options = replace(PATIENT, first_retry_seconds=0.005, longest_retry_seconds=0.05)
    with (
        Simulator(Options(messages=0)) as elsewhere,
        engine_on(elsewhere, tmp_path, account=account, options=options) as (engine, watcher),
    ):

        def attempts() -> int:
            return sum(event.link.state is LinkState.WAITING for event in watcher.of(LinkChanged))

        # By far more failures than it takes to reach the longest pause.
        watcher.wait_until(lambda: attempts() >= 30)
        retry_at = engine.link().retry_at
        assert retry_at is None or retry_at - engine._clock.now_ms() <= 50
        with Simulator(Options(messages=20, port=port)) as late:
            agree(engine, watcher, late)


@pytest.mark.parametrize("act", ["look", "read", "change", "refresh"])
def test_a_key_does_not_wait_for_the_next_attempt(tmp_path: Path, act: str) -> None:
    port = free_port()
    account = Account("demo@gmail.com", "127.0.0.1", port, Security.NONE)
    content = Options(messages=60, seed=3, port=port, now_ms=1_790_000_000_000)
    with (
        Simulator(content) as sim,
        engine_on(sim, tmp_path, account=account, backfill=False, snippet_messages=0) as (engine, watcher),
    ):
        watcher.wait_until(lambda: bool(engine.window(INBOX).rows))
        msgid = engine.window(INBOX).rows[0].thrid
    with engine_on(sim, tmp_path, account=account, options=PATIENT) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.WAITING)
        with Simulator(content) as back:
            acts = {
                "look": lambda: engine.open(INBOX),
                "read": lambda: engine.open_body(msgid),
                "change": lambda: engine.submit(Archive(Threads((msgid,)))),
                "refresh": engine.refresh,
            }
            acts[act]()
            agree(engine, watcher, back)


@pytest.mark.parametrize("act", ["look", "change"])
def test_after_a_night_the_first_key_makes_a_new_connection(
    small: Simulator, tmp_path: Path, act: str
) -> None:
    clock = Night()
    with engine_on(small, tmp_path, clock=clock, options=PATIENT) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
        before = times_live(watcher)
        clock.fall()
        if act == "look":
            engine.open(INBOX)
        else:
            engine.submit(Archive(Threads((msgid,))))
        watcher.wait_until(lambda: times_live(watcher) > before, "a new connection")
        agree(engine, watcher, small)


def test_another_network_is_noticed_without_a_key(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path, options=PATIENT) as (engine, watcher):
        settle(engine, watcher)
        before = times_live(watcher)
        small.control.cut()
        msgid = small.control.deliver_next()
        wait_for_mail(engine, watcher, msgid)
        assert times_live(watcher) > before


def test_a_server_that_goes_away_is_noticed_at_once(tmp_path: Path) -> None:
    """The session that waits for mail hears it; the one that leads only asks once in a while."""
    port = free_port()
    account = Account("demo@gmail.com", "127.0.0.1", port, Security.NONE)
    content = Options(messages=60, seed=3, port=port, now_ms=1_790_000_000_000)
    with ExitStack() as server:
        sim = server.enter_context(Simulator(content))
        with engine_on(sim, tmp_path, account=account, options=PATIENT) as (engine, watcher):
            settle(engine, watcher)
            watcher.wait_until(lambda: sim.control.signed_in() > 1, "the session that waits for mail")
            server.close()
            watcher.wait_until(lambda: engine.link().state is LinkState.WAITING, "an attempt that failed")
            with Simulator(content) as back:
                receipt = engine.submit(Archive(Threads((engine.window(INBOX).rows[0].thrid,))))
                watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
                agree(engine, watcher, back)


def test_a_network_that_swallows_everything_is_given_up_and_nothing_is_lost(
    small: Simulator, tmp_path: Path
) -> None:
    options = replace(QUICK, read_seconds=0.3)
    with engine_on(small, tmp_path, options=options) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
        before = times_live(watcher)
        for command in ("STATUS", "UID STORE"):
            small.control.fault(Fault.parse(f"stall:command={command},seconds=2"))
        receipt = engine.submit(ChangeLabels(Messages((msgid,)), add=frozenset(("Kept",))))
        settled = watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
        assert settled.state is OpState.CONFIRMED
        watcher.wait_until(lambda: times_live(watcher) > before, "the sync session to come back")
        agree(engine, watcher, small)
