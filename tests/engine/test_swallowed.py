"""A connection that dies without a word: found soon, said on the screen, and the wish is done on a fresh one.

The seconds of the real thing (5 to find it, 10 until all is done) are shortened; every test has the read
deadline so far away that only what is tested here can end a wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.engine import Engine
from imapcore.events import BodyArrived, OpSettled, SearchProgressed
from imapcore.model import INBOX, Account, Archive, LinkState, Messages, OpState, Security, View
from imapcore.simulator import Options, Simulator
from tests.engine.harness import QUICK, Watcher, agree, engine_on, in_store, settle, store_of
from tests.engine.proxy import Proxy

AN_HOUR = 3600.0
DEAD_SOON = replace(
    QUICK,
    poll_seconds=AN_HOUR,
    list_seconds=AN_HOUR,
    thorough_seconds=AN_HOUR,
    audit_seconds=AN_HOUR,
    read_seconds=AN_HOUR,
    connect_seconds=AN_HOUR,
    longest_retry_seconds=AN_HOUR,
    snippet_messages=0,
    probe_seconds=0.4,
    silence_seconds=0.1,
    quiet_seconds=0.0,
)
"""Nothing happens by itself, and a living server answers within 0.4 s."""


@contextmanager
def through(sim: Simulator, folder: Path, **changes: object) -> Iterator[tuple[Engine, Watcher, Proxy]]:
    with Proxy(sim.port) as proxy:
        account = Account(sim.options.email, "127.0.0.1", proxy.port, Security.NONE)
        options = replace(DEAD_SOON, **changes)
        with engine_on(sim, folder, account=account, options=options) as (engine, watcher):
            settle(engine, watcher)
            watcher.wait_until(lambda: sim.control.signed_in() == 3, "three connections")
            yield engine, watcher, proxy


def thrid_of(engine: Engine) -> int:
    return engine.window(INBOX).rows[0].thrid


@pytest.mark.parametrize("wish", ["change", "read", "search", "refresh"])
def test_a_wish_finds_that_the_link_is_dead_and_is_done_on_a_fresh_one(
    small: Simulator, tmp_path: Path, wish: str
) -> None:
    with through(small, tmp_path) as (engine, watcher, proxy):
        msgid = thrid_of(engine)
        proxy.swallow()
        arrived = small.control.deliver_next()
        if wish == "change":
            receipt = engine.submit(Archive(Messages((msgid,))))
            settled = watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
            assert settled.state is OpState.CONFIRMED
        elif wish == "read":
            engine.open_body(msgid)
            watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)
        elif wish == "search":
            engine.open(View.of_search("in:inbox"))
            found = watcher.wait_for(SearchProgressed, lambda event: event.is_done)
            assert not found.is_offline
        else:
            engine.refresh()
        watcher.wait_until(lambda: arrived in in_store(store_of(engine)), "the mail that came meanwhile")
        agree(engine, watcher, small)
        watcher.wait_until(lambda: proxy.accepted >= 6, "each of the three connections to be made once more")
        agree(engine, watcher, small)
        assert proxy.accepted == 6


def test_while_an_answer_is_due_the_link_says_so(small: Simulator, tmp_path: Path) -> None:
    with through(small, tmp_path, probe_seconds=1.5) as (engine, watcher, proxy):
        proxy.swallow()
        engine.submit(Archive(Messages((thrid_of(engine),))))
        watcher.wait_until(lambda: engine.link().is_silent, "the link to say that an answer is due")
        watcher.wait_until(lambda: not engine.link().is_silent)
        agree(engine, watcher, small)


def test_a_server_that_takes_long_is_not_taken_for_dead(small: Simulator, tmp_path: Path) -> None:
    with through(small, tmp_path, silence_seconds=0.3) as (engine, watcher, proxy):
        workers = engine._crew.workers
        assert workers is not None
        msgid = thrid_of(engine)
        small.control.fault("stall:command=UID FETCH,seconds=4")
        engine.open_body(msgid)
        watcher.wait_until(lambda: workers.actions.silent_seconds > 1.0, "an answer that takes long")
        assert engine.link().is_silent
        other = engine.submit(Archive(Messages((engine.window(INBOX).rows[1].thrid,))))
        watcher.wait_for(OpSettled, lambda event: event.op_id == other.op_id)
        assert not watcher.of(BodyArrived), "the change waited for the slow answer"
        watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)
        assert proxy.accepted == 3


def test_an_explicit_refresh_cuts_short_an_attempt_that_hangs(small: Simulator, tmp_path: Path) -> None:
    with through(small, tmp_path) as (engine, watcher, proxy):
        proxy.swallow(also_new=True)
        engine.refresh()
        watcher.wait_until(lambda: engine.link().state is LinkState.CONNECTING, "the link to be found dead")
        accepted = proxy.accepted
        watcher.wait_until(lambda: proxy.accepted >= accepted, "an attempt that hangs")
        proxy.swallow()
        engine.refresh()
        agree(engine, watcher, small)


def test_an_explicit_refresh_holds_for_the_attempt_that_is_under_way(
    small: Simulator, tmp_path: Path
) -> None:
    """It fails all the same, and the next one does not wait for the pause."""
    with through(small, tmp_path, first_retry_seconds=AN_HOUR) as (engine, watcher, proxy):
        proxy.swallow(also_new=True)
        small.control.fault("login-refused:text=unavailable,times=1")
        engine.refresh()
        watcher.wait_until(lambda: engine.link().state is LinkState.CONNECTING, "the link to be found dead")
        proxy.swallow()
        engine.refresh()
        agree(engine, watcher, small)


def test_an_answer_that_never_comes_is_given_up_when_the_user_asks(small: Simulator, tmp_path: Path) -> None:
    with through(small, tmp_path) as (engine, watcher, _):
        msgid = thrid_of(engine)
        small.control.fault("stall:command=UID FETCH,seconds=600")
        engine.open_body(msgid)
        watcher.wait_until(lambda: engine.link().is_silent, "the link to say that an answer is due")
        engine.refresh()
        watcher.wait_for(BodyArrived, lambda event: event.msgid == msgid)


def test_with_one_connection_everything_is_done_on_it(tmp_path: Path) -> None:
    with (
        Simulator(Options(messages=60, seed=3, max_connections=1)) as sim,
        engine_on(sim, tmp_path) as (engine, watcher),
    ):
        agree(engine, watcher, sim)
        rows = engine.window(INBOX).rows
        receipt = engine.submit(Archive(Messages((rows[0].thrid,))))
        settled = watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
        assert settled.state is OpState.CONFIRMED
        engine.open_body(rows[1].thrid)
        watcher.wait_for(BodyArrived, lambda event: event.msgid == rows[1].thrid)
        engine.open(View.of_search("in:inbox"))
        found = watcher.wait_for(SearchProgressed, lambda event: event.is_done)
        assert not found.is_offline
        assert engine.undo() is not None
        agree(engine, watcher, sim)
        arrived = sim.control.deliver_next()
        watcher.wait_until(lambda: arrived in in_store(store_of(engine)), "new mail")
        assert sim.control.signed_in() == 1
