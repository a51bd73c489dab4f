"""UIDVALIDITY changes in the middle of something: no message is taken for another, none is lost, none is
called gone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.errors import GimapError
from imapcore.model import ChangeLabels, DeleteForever, Messages, MoveToTrash, Op, Role
from imapcore.protocol.transcript import Transcript
from imapcore.simulator import Options, Simulator
from imapcore.store import Store
from imapcore.store.facts import Batch, Settled
from imapcore.sync.pull.account import AccountSync
from imapcore.sync.pull.gmail_search import Search
from imapcore.sync.push.replay import Replay
from imapcore.sync.remote import UidsChanged
from tests.sync.bench import ALL_MAIL, TRASH, Bench, Silence, connected, exhaust


def test_what_a_backfill_fetched_before_is_not_what_is_missing_afterwards(tmp_path: Path) -> None:
    with (
        Simulator(Options(messages=80, seed=2)) as sim,
        Store.open(tmp_path / "store.sqlite3", clock=SystemClock(), email=sim.options.email) as store,
        connected(sim, store, Transcript()) as remote,
    ):
        # With these gone all uids are smaller when they are given anew, and overlap with those of before.
        for each in sim.control.messages(ALL_MAIL)[:20]:
            sim.control.erase(each.msgid)
        sync = AccountSync(store, Silence(), SystemClock())
        sync.labels.read_list(remote)
        exhaust(sync.run(remote))
        backfill = sync.backfill(remote)
        next(backfill)
        sim.control.reset_uidvalidity(ALL_MAIL)
        fresh = [sim.control.deliver_next() for _ in range(3)]
        exhaust(sync.run(remote))
        exhaust(backfill)
        assert sync.is_complete
        assert store.uids.known(fresh) == set(fresh)


@pytest.mark.parametrize("kind", ["label", "move"])
def test_an_op_is_not_refused_because_its_uids_have_changed(bench: Bench, kind: str) -> None:
    with connected(bench.sim, bench.store, Transcript()) as actions:
        actions.ensure(Role.ALL)
        msgids = tuple(each.msgid for each in bench.sim.control.messages(ALL_MAIL)[:2])
        ops: dict[str, Op] = {
            "label": ChangeLabels(Messages(msgids), add=frozenset({"Papers"})),
            "move": MoveToTrash(Messages(msgids)),
        }
        bench.store.journal.submit(ops[kind])
        refused: list[str] = []

        def settled(facts: Settled, answer: str) -> None:
            if facts.rejected:
                refused.append(answer)

        bench.sim.control.reset_uidvalidity(ALL_MAIL)
        replay = Replay(bench.store, settled, lambda: None, bench.sync.places)
        with pytest.raises(UidsChanged):
            exhaust(replay.run(actions))
        bench.look()
        exhaust(replay.run(actions))
        assert not refused
        assert bench.store.journal.queue.pending() == 0
        there = [bench.sim.control.message(msgid) for msgid in msgids]
        assert all(
            "Papers" in each.labels if kind == "label" else ALL_MAIL not in each.uids for each in there
        )


def test_what_was_not_deleted_is_not_called_deleted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """New uids just before the EXPUNGE: it finds nobody, and afterwards nobody is there by the old ones."""
    sim, journal = bench.sim, bench.store.journal
    msgids = tuple(each.msgid for each in sim.control.messages(TRASH)[:2])
    journal.submit(DeleteForever(Messages(msgids), Role.TRASH, is_confirmed=True))
    note = journal.queue.note_command
    sent: list[str] = []

    def noted(batch: Batch, command: str) -> None:
        note(batch, command)
        sent.append(command)
        if len(sent) == 2:
            sim.control.reset_uidvalidity(TRASH)

    monkeypatch.setattr(journal.queue, "note_command", noted)
    with connected(sim, bench.store, Transcript()) as actions:
        replay = Replay(bench.store, lambda _settled, _answer: None, lambda: None, bench.sync.places)
        with pytest.raises(UidsChanged):
            exhaust(replay.run(actions))
        assert sent[1].startswith("UID EXPUNGE")
        bench.look()
        exhaust(replay.run(actions))
    assert journal.queue.pending() == 0
    assert not {each.msgid for each in sim.control.messages(TRASH)} & set(msgids)


def test_a_search_does_not_show_other_messages(bench: Bench) -> None:
    # The store has never heard of the mail that is found, as in the middle of a backfill.
    bench.store.uids.remove_uids(Role.ALL, bench.store.uids.ranges(Role.ALL))
    search = Search("from:me", bench.store, Silence(), SystemClock(), lambda _: None)
    with connected(bench.sim, bench.store, Transcript()) as actions:
        steps = search.run(actions, bench.sync.places)
        next(steps)
        for each in bench.sim.control.messages(ALL_MAIL)[:20]:
            bench.sim.control.erase(each.msgid)
        bench.sim.control.reset_uidvalidity(ALL_MAIL)
        bench.look()
        with pytest.raises(GimapError):
            exhaust(steps)
        assert search.found == 0
