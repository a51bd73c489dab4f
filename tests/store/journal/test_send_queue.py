"""What is sent, and in which order."""

from __future__ import annotations

from imapcore.model import (
    Messages,
    MoveToTrash,
    OpState,
    Role,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Verb
from tests.store.journal.asking import WORK, claimed, drained, label, read, states, unlabel
from tests.store.worlds import message


def test_only_what_really_changes_is_sent(store: Store) -> None:
    store.messages.apply([message(2, 1, "\\Inbox", "Work", modseq=2)])
    receipt = store.journal.submit(label("Work", of=(1, 2, 3)))
    assert receipt.messages == 2
    assert drained(store) == [(Verb.ADD_LABELS, ("Work",), (1, 3))]


def test_ops_that_ask_the_same_go_together(store: Store) -> None:
    first = store.journal.submit(label("Work", of=(1,)))
    store.journal.submit(read(2))
    second = store.journal.submit(label("Work", of=(3,)))
    batch = claimed(store)
    assert (batch.op_ids, batch.msgids) == ((first.op_id, second.op_id), (1, 3))
    assert set(store.journal.answers.confirm(batch).confirmed) == {first.op_id, second.op_id}


def test_order_is_kept_per_message(store: Store) -> None:
    store.journal.submit(label("Work", of=(1,)))
    store.journal.submit(read(1))
    store.journal.submit(label("Work", of=(2,)))
    store.journal.submit(MoveToTrash(Messages((1,))))
    store.journal.submit(MoveToTrash(Messages((3,))))
    assert drained(store) == [
        (Verb.ADD_LABELS, ("Work",), (1, 2)),
        (Verb.ADD_FLAGS, ("\\Seen",), (1,)),
        (Verb.MOVE, (), (1, 3)),
    ]


def test_what_is_under_way_is_not_overtaken(store: Store) -> None:
    store.journal.submit(label("Work", of=(1,)))
    store.journal.submit(label("Play", of=(1,)))
    store.journal.submit(label("Play", of=(2,)))
    first = claimed(store)
    second = claimed(store)
    assert (second.names, second.msgids) == (("Play",), (2,))
    store.journal.answers.confirm(first)
    assert claimed(store).msgids == (1,)


def test_a_batch_has_at_most_the_limit(store: Store) -> None:
    store.journal.submit(read(*range(1, 9)))
    assert claimed(store, 3).msgids == (1, 2, 3)
    assert claimed(store, 3).msgids == (4, 5, 6)


def test_opposites_cancel_before_they_are_sent(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work", of=(1, 2)))
    store.journal.submit(unlabel("Work", of=(2,)))
    assert drained(store) == [(Verb.ADD_LABELS, ("Work",), (1,))]
    assert states(reader) == [OpState.SUPERSEDED, OpState.CONFIRMED]


def test_an_opposite_of_what_was_sent_is_sent_too(store: Store) -> None:
    store.journal.submit(label("Work"))
    batch = claimed(store)
    store.journal.submit(unlabel("Work"))
    assert store.journal.queue.claim() is None
    store.journal.answers.confirm(batch)
    assert drained(store) == [(Verb.REMOVE_LABELS, ("Work",), (1,))]


def test_an_opposite_is_sent_when_the_phone_did_the_same_meanwhile(store: Store, reader: Reader) -> None:
    """Dropping both would leave the label the phone has set, against the user's last word."""
    store.journal.submit(label("Work"))
    store.messages.apply_deltas(Role.ALL, [Delta(1, labels=frozenset({"\\Inbox", "Work"}), modseq=5)])
    store.journal.submit(unlabel("Work"))
    assert reader.lists.window(WORK).rows == ()
    assert drained(store)[-1] == (Verb.REMOVE_LABELS, ("Work",), (1,))
