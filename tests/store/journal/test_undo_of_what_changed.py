"""Undo of what was changed elsewhere meanwhile, or is nowhere."""

from __future__ import annotations

import pytest

from imapcore.model import (
    INBOX,
    ChangeLabels,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Verb
from tests.store.journal.asking import TRASH, WORK, drained, label
from tests.store.worlds import message


@pytest.mark.parametrize("bulk_from", [1, 1000])
def test_what_the_phone_did_meanwhile_is_seen_when_a_move_is_taken_back(
    store: Store, reader: Reader, bulk_from: int
) -> None:
    store.journal.writer.bulk_from = bulk_from
    store.messages.apply([message(1, 1, modseq=2), message(2, 1, modseq=2)])
    store.journal.submit(MoveToTrash(Threads((1,))))
    store.messages.apply([message(1, 1, "\\Inbox", modseq=3)])
    assert 1 not in [row.thrid for row in reader.lists.window(INBOX).rows]
    store.journal.undo()
    assert 1 in [row.thrid for row in reader.lists.window(INBOX).rows]
    assert drained(store) == []


@pytest.mark.parametrize("bulk_from", [1, 1000])
def test_what_went_to_another_conversation_meanwhile_is_taken_back_too(
    store: Store, reader: Reader, bulk_from: int
) -> None:
    store.journal.writer.bulk_from = bulk_from
    store.journal.submit(label("Work", of=(1, 2, 3)))
    store.messages.apply([message(2, 4, "\\Inbox", modseq=2)])
    receipt = store.journal.undo()
    assert receipt is not None
    assert receipt.messages == 3
    assert reader.lists.window(WORK).rows == ()
    assert drained(store) == []


@pytest.mark.parametrize("bulk_from", [1, 1000])
@pytest.mark.parametrize(
    ("op", "view"),
    [(MoveToInbox(Threads((1,))), INBOX), (MoveToTrash(Threads((1,))), TRASH)],
    ids=["inbox", "trash"],
)
def test_a_move_of_what_is_nowhere_can_be_taken_back(
    store: Store, reader: Reader, op: Op, view: View, bulk_from: int
) -> None:
    def thrids(view: View) -> list[int]:
        return [row.thrid for row in reader.lists.window(view).rows]

    store.journal.writer.bulk_from = bulk_from
    uid = store.uids.locations([1, 2])[1].uid
    assert uid is not None
    store.uids.remove_uids(Role.ALL, ((uid, uid + 1),))
    store.journal.submit(op)
    assert 1 in thrids(view)
    store.journal.undo()
    assert not any(1 in thrids(each) for each in (INBOX, TRASH, View.of_role(Role.ALL)))
    assert drained(store) == []


@pytest.mark.parametrize("bulk_from", [1, 1000])
@pytest.mark.parametrize(
    ("op", "view"),
    [
        (MoveToInbox(Threads((1,))), INBOX),
        (MoveToTrash(Threads((1,))), TRASH),
        (MoveToSpam(Threads((1,))), View.of_role(Role.SPAM)),
    ],
    ids=["inbox", "trash", "spam"],
)
def test_a_move_of_what_is_nowhere_can_be_done_again(
    store: Store, reader: Reader, op: Op, view: View, bulk_from: int
) -> None:
    store.journal.writer.bulk_from = bulk_from
    uid = store.uids.locations([1, 2])[1].uid
    assert uid is not None
    store.uids.remove_uids(Role.ALL, ((uid, uid + 1),))
    store.journal.submit(op)
    before = reader.threads.messages([1])
    for _ in range(2):
        store.journal.undo()
        assert 1 not in [row.thrid for row in reader.lists.window(view).rows]
        store.journal.redo()
        assert 1 in [row.thrid for row in reader.lists.window(view).rows]
        assert reader.threads.messages([1]) == before


def test_a_move_done_again_still_knows_the_labels_of_the_way_back(store: Store) -> None:
    """Gmail may drop them on the way to Trash: the second way back must restore them as the first would."""
    store.journal.submit(label("Work"))
    drained(store)
    store.journal.submit(MoveToTrash(Messages((1,))))
    store.journal.undo()
    store.journal.redo()
    drained(store)
    store.journal.undo()
    assert (Verb.ADD_LABELS, ("Work",), (1,)) in drained(store)


def test_what_one_step_of_an_undo_sends_counts_for_the_next_that_meets_something(
    store: Store, reader: Reader
) -> None:
    """A label taken off by one step was shown again by the next, which met an open move and reckoned anew."""
    store.messages.apply([message(30, 30, "Work", place=Role.TRASH, uid=3)])
    store.journal.submit(MoveToLabel(Messages((30,)), "Play", WORK))
    store.journal.submit(MoveToTrash(Messages((30,))))
    for again in (store.journal.undo, store.journal.redo, store.journal.undo, store.journal.undo):
        again()
    shown = reader.threads.messages([30])[0]
    assert (shown.place, shown.labels) == (Role.TRASH, frozenset(("Work",)))
    drained(store)
    assert reader.threads.messages([30])[0].labels == {"Work"}


def test_an_op_taken_back_step_by_step_reckons_with_its_own_steps(store: Store, reader: Reader) -> None:
    """One step puts it back into the inbox, the next meets an open change: lists and message say the same."""
    store.messages.apply([message(30, 30)])
    store.journal.submit(MoveToInbox(Threads((30,), View.of_role(Role.ALL))))
    store.journal.submit(ChangeLabels(Messages((30,)), frozenset(("Play",)), frozenset(("\\Inbox",))))
    store.journal.undo()
    assert reader.threads.messages([30])[0].labels == {"\\Inbox"}
    assert 30 in [row.thrid for row in reader.lists.window(INBOX).rows]
