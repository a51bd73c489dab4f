"""What becomes of an op when the server answers, refuses, or is not heard of."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.model import (
    INBOX,
    ChangeState,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    OpState,
    Role,
    Threads,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Location, Verb
from tests.store.journal.asking import claimed, drained, label, read, states, unlabel
from tests.store.worlds import ME, message


def test_a_batch_is_answered_in_parts(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(read(1, 2, 3, 4))
    batch = claimed(store)
    assert store.journal.answers.confirm(batch, [1, 2]).confirmed == ()
    line = reader.journal.activity()[0]
    assert (line.state, line.done, line.messages) == (OpState.SENT, 2, 4)
    assert store.journal.answers.reject(batch, "NO", [3]).rejected == ()
    assert store.journal.answers.confirm(batch, [4]).rejected == (receipt.op_id,)
    line = reader.journal.activity()[0]
    assert (line.state, line.done, line.messages) == (OpState.REJECTED, 3, 4)
    flags = {m.msgid: (not m.is_unread, m.state) for m in reader.threads.messages([1, 3, 4])}
    assert flags == {
        1: (True, ChangeState.SETTLED),
        3: (False, ChangeState.REJECTED),
        4: (True, ChangeState.SETTLED),
    }


def test_what_the_phone_did_after_our_change_stands_though_it_was_heard_before_the_answer(
    store: Store, reader: Reader
) -> None:
    """The pass of one session may be quicker than the answer on another."""
    store.journal.submit(label("Work", of=(1, 2)))
    batch = claimed(store)
    store.messages.apply_deltas(Role.ALL, [Delta(1, labels=frozenset({"\\Inbox"}), modseq=7)])
    store.journal.answers.confirm(batch, modseqs={1: 6, 2: 6})
    assert {m.msgid: "Work" in m.labels for m in reader.threads.messages([1, 2])} == {1: False, 2: True}


@pytest.mark.parametrize("op", [MoveToTrash, MoveToSpam])
def test_what_is_on_its_way_out_is_not_shown_in_the_inbox_the_phone_put_it_into_meanwhile(
    store: Store, reader: Reader, op: type[MoveToTrash | MoveToSpam]
) -> None:
    store.messages.apply([message(1)])
    store.journal.submit(op(Messages((1,))))
    store.messages.apply([message(1, 1, "\\Inbox", uid=7, modseq=2)])
    shown = reader.threads.message(1)
    assert shown is not None
    assert (shown.place is Role.ALL, "\\Inbox" in shown.labels) == (False, False)


def test_a_moved_message_that_a_pass_has_found_already_keeps_its_uid(store: Store) -> None:
    """Without it the message would be nowhere, and forgotten."""
    store.messages.apply([message(9, place=Role.TRASH, uid=4)])
    store.journal.submit(MoveToInbox(Messages((9,))))
    batch = claimed(store)
    store.messages.apply([message(9, 9, "\\Inbox", "Phone", uid=90, modseq=8)])
    store.journal.answers.confirm(batch)
    assert store.uids.locations([9]) == {9: Location(Role.ALL, 90)}
    assert store.uids.prune(store.uids.begin_pass()) == 0


def test_a_lost_link_makes_a_replay(store: Store) -> None:
    store.journal.submit(MoveToTrash(Messages((1,))))
    store.journal.answers.release(claimed(store))
    batch = claimed(store)
    assert batch.is_replay
    store.journal.answers.confirm(batch, uids={1: 77})
    assert store.uids.locations([1]) == {1: Location(Role.TRASH, 77)}


def test_a_crash_between_sent_and_confirmed_makes_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "crash" / "store.sqlite"
    with Store.open(path, clock=ManualClock(), email=ME.email) as store:
        store.messages.apply([message(1)])
        store.journal.submit(read(1))
        claimed(store)
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        assert states(reader) == [OpState.PENDING]
        batch = claimed(store)
        assert (batch.msgids, batch.is_replay) == ((1,), True)


def test_a_refusal_spares_what_a_later_op_wants(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work", "Play"))
    batch = claimed(store)
    store.journal.submit(unlabel("Play"))
    store.journal.submit(read(1))
    store.journal.answers.reject(batch, "NO [CANNOT] not that")
    message_ = reader.threads.message(1)
    assert message_ is not None
    assert message_.labels == {"\\Inbox"}
    assert not message_.is_unread
    line = reader.journal.activity()[-1]
    assert (line.state, line.answer) == (OpState.REJECTED, "NO [CANNOT] not that")


def test_retry_sends_what_was_refused_again(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(read(1, 2))
    batch = claimed(store)
    store.journal.answers.confirm(batch, [1])
    store.journal.answers.reject(batch, "NO")
    again = store.journal.retry(receipt.op_id)
    assert again is not None
    assert drained(store) == [(Verb.ADD_FLAGS, ("\\Seen",), (2,))]
    assert not any(m.is_unread for m in reader.threads.messages([1, 2]))
    assert store.journal.retry(receipt.op_id) is None


def test_discard_takes_the_mark_of_refusal_off(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(read(1))
    store.journal.answers.reject(claimed(store), "NO")
    assert reader.lists.window(INBOX).rows[-1].state is ChangeState.REJECTED
    store.journal.discard(receipt.op_id)
    assert reader.lists.window(INBOX).rows[-1].state is ChangeState.SETTLED
    store.journal.discard(receipt.op_id)


def test_cancel_stops_what_is_not_sent(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(read(1, 2, 3))
    batch = claimed(store, 1)
    store.journal.cancel(receipt.op_id)
    assert [m.is_unread for m in reader.threads.messages([1, 2, 3])] == [False, True, True]
    store.journal.answers.confirm(batch)
    assert states(reader) == [OpState.CONFIRMED]
    store.journal.undo()
    assert drained(store) == [(Verb.REMOVE_FLAGS, ("\\Seen",), (1,))]


def test_commands_are_noted_as_they_were_sent(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work", of=(1, 2)))
    assert reader.journal.activity()[0].commands == ('UID STORE <2 uids> +X-GM-LABELS ("Work")',)
    batch = claimed(store)
    store.journal.queue.note_command(batch, 'A7 UID STORE 1:2 +X-GM-LABELS ("Work")')
    store.journal.answers.confirm(batch)
    assert reader.journal.activity()[0].commands == ('A7 UID STORE 1:2 +X-GM-LABELS ("Work")',)


def test_preview_changes_nothing(store: Store, reader: Reader) -> None:
    before = reader.lists.window(INBOX)
    store.journal.submit(read(5))
    op = MoveToLabel(Threads((1,)), "Brand/New")
    assert [(b.verb, b.names, b.msgids) for b in reader.previews().preview(op)] == [
        (Verb.CREATE_LABEL, ("Brand",), ()),
        (Verb.CREATE_LABEL, ("Brand/New",), ()),
        (Verb.ADD_LABELS, ("Brand/New",), (1, 2)),
        (Verb.REMOVE_LABELS, ("\\Inbox",), (1, 2)),
    ]
    assert len(reader.journal.activity()) == 1
    assert drained(store) == [(Verb.ADD_FLAGS, ("\\Seen",), (5,))]
    assert reader.lists.window(INBOX).total == before.total
