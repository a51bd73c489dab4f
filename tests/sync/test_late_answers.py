"""What the server says of a message before it goes, and is stored after it was seen to be gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.model import Messages, MoveToInbox, MoveToTrash, Role
from imapcore.protocol.transcript import Transcript
from imapcore.simulator import Options, Simulator
from imapcore.store import Store
from imapcore.store.facts import Batch, Settled
from imapcore.sync.pull.account import AccountSync
from imapcore.sync.pull.gmail_search import Search
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.push.replay import Replay
from tests.sync.bench import ALL_MAIL, SPAM, TRASH, Bench, Silence, connected, exhaust

PLACES = {SPAM: Role.SPAM, TRASH: Role.TRASH, None: None}


def there(sim: Simulator) -> set[int]:
    """Uids the server has in All Mail."""
    return {uid for each in sim.control.messages(ALL_MAIL) if (uid := each.uids.get(ALL_MAIL)) is not None}


def here(store: Store) -> set[int]:
    """Uids the store has in All Mail."""
    return set(store.uids.msgids(Role.ALL, store.uids.ranges(Role.ALL)))


@pytest.mark.parametrize("destination", [None, SPAM, TRASH])
def test_a_batch_that_was_under_way_during_a_pass(tmp_path: Path, destination: str | None) -> None:
    with (
        Simulator(Options(messages=400, seed=2)) as sim,
        Store.open(tmp_path / "store.sqlite3", clock=SystemClock(), email=sim.options.email) as store,
        connected(sim, store, Transcript()) as remote,
    ):
        sync = AccountSync(store, Silence(), SystemClock())
        sync.labels.read_list(remote)
        exhaust(sync.run(remote))
        exhaust(sync.places[Role.SPAM].fetch_missing(remote))
        exhaust(sync.places[Role.TRASH].fetch_missing(remote))
        backfill = sync.backfill(remote)
        next(backfill)
        # The second batch was asked for with the first, and is stored only now.
        second = sorted(there(sim), reverse=True)[150]
        (lost,) = [each for each in sim.control.messages(ALL_MAIL) if each.uids.get(ALL_MAIL) == second]
        if destination is None:
            sim.control.erase(lost.msgid)
        else:
            sim.control.move(lost.msgid, destination)
        exhaust(sync.run(remote))
        exhaust(backfill)
        exhaust(sync.poll(remote))
        exhaust(sync.backfill(remote))
        assert here(store) == there(sim)
        found = store.uids.locations([lost.msgid]).values()
        assert [each.place for each in found] == [PLACES[destination]] * (destination is not None)


def test_what_a_search_brings_late(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = max(bench.sim.control.messages(ALL_MAIL), key=lambda each: each.uids[ALL_MAIL])
    bench.store.uids.remove_uids(Role.ALL, bench.store.uids.ranges(Role.ALL))
    apply, is_first = bench.store.messages.apply, [True]

    def apply_late(facts: list[object]) -> object:
        if is_first.pop() if is_first else False:
            bench.sim.control.erase(lost.msgid)
            bench.look()
        return apply(facts)  # type: ignore[arg-type]

    with connected(bench.sim, bench.store, Transcript()) as actions:
        monkeypatch.setattr(bench.store.messages, "apply", apply_late)
        search = Search("in:anywhere", bench.store, Silence(), SystemClock(), lambda _: None)
        exhaust(search.run(actions, bench.sync.places))
    exhaust(bench.sync.poll(bench.remote))
    exhaust(bench.sync.backfill(bench.remote))
    assert here(bench.store) == there(bench.sim)


@pytest.mark.parametrize("start", [ALL_MAIL, SPAM])
def test_a_move_that_is_confirmed_late(bench: Bench, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    msgid = bench.sim.control.messages(start)[0].msgid
    op = MoveToTrash if start == ALL_MAIL else MoveToInbox
    bench.store.journal.submit(op(Messages((msgid,))))
    confirm: Callable[..., Settled] = bench.store.journal.answers.confirm

    def confirm_late(batch: Batch, *arguments: object, **named: object) -> Settled:
        bench.look()
        bench.sim.control.erase(msgid)
        bench.look()
        return confirm(batch, *arguments, **named)

    monkeypatch.setattr(bench.store.journal.answers, "confirm", confirm_late)
    with connected(bench.sim, bench.store, Transcript()) as actions:
        exhaust(Replay(bench.store, lambda *_: None, lambda: None, bench.sync.places).run(actions))
    exhaust(bench.sync.run(bench.remote))
    exhaust(bench.sync.run(bench.remote))
    assert bench.store.uids.locations([msgid]) == {}


def test_mail_already_at_home_that_went_is_not_said_to_be_there(bench: Bench) -> None:
    msgid = bench.sim.control.messages(TRASH)[0].msgid
    bench.store.journal.submit(MoveToInbox(Messages((msgid,))))
    bench.sim.control.move(msgid, "INBOX")
    bench.look()
    bench.sim.control.erase(msgid)
    refused: list[int] = []
    with connected(bench.sim, bench.store, Transcript()) as actions:
        replay = Replay(
            bench.store, lambda settled, _: refused.extend(settled.rejected), lambda: None, bench.sync.places
        )
        exhaust(replay.run(actions))
    assert len(refused) == 1


def test_every_late_answer_is_doubted_once(bench: Bench) -> None:
    mailbox: MailboxSync = bench.sync.places[Role.ALL]
    with mailbox.storing():
        bench.sync.run(bench.remote)
    assert not mailbox.is_doubtful
    with mailbox.storing():
        bench.sim.control.erase(bench.sim.control.messages(ALL_MAIL)[0].msgid)
        bench.look()
    assert mailbox.is_doubtful
    assert "SEARCH" in " ".join(bench.commands(bench.sync.poll(bench.remote)))
    assert not mailbox.is_doubtful
    assert "SEARCH" not in " ".join(bench.commands(bench.sync.poll(bench.remote)))
