"""A store that was damaged while changes waited: they are sent once their mail is here again, or refused."""

from __future__ import annotations

from pathlib import Path

from imapcore.engine.engine import store_path
from imapcore.events import OpRejected
from imapcore.model import ChangeLabels, Messages, OpState
from imapcore.simulator import Simulator
from imapcore.sync.push.replay import GONE
from tests.engine.harness import account_of, engine_on, settle
from tests.store.worlds import spoil

ALL_MAIL = "[Gmail]/All Mail"


def test_changes_rescued_from_a_damaged_store_are_sent_without_a_further_key(
    sim: Simulator, tmp_path: Path
) -> None:
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
    newest_first = sorted((each.msgid for each in sim.control.messages(ALL_MAIL)), reverse=True)
    kept, gone = newest_first[-1], newest_first[-2]
    with engine_on(sim, tmp_path, is_offline=True) as (engine, _):
        engine.submit(ChangeLabels(Messages((kept, gone)), add=frozenset({"Papers"})))
    sim.control.erase(gone)
    spoil(store_path(account_of(sim), tmp_path), "message")
    with engine_on(sim, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        rejected = watcher.wait_for(OpRejected)
        assert rejected.detail == GONE
        (line,) = engine.activity()
        assert (line.state, line.done) == (OpState.REJECTED, 1)
    assert "Papers" in sim.control.message(kept).labels
