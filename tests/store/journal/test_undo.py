"""Undo and redo."""

from __future__ import annotations

from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Verb
from tests.store.journal.asking import TRASH, claimed, drained, label, read, states
from tests.store.worlds import ME, message


def test_undo_is_the_exact_inverse_many_levels_deep(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "Work", modseq=2)])
    seen = [reader.threads.messages(range(1, 9))]
    ops: list[Op] = [
        label("Work", "Play", of=(1, 2)),
        MarkAll(INBOX),
        Archive(Threads((1, 2))),
        MoveToSpam(Threads((3,))),
        MoveToTrash(Threads((1,), View.of_role(Role.ALL))),
        MoveToInbox(Threads((1,), TRASH)),
    ]
    for op in ops:
        store.journal.submit(op)
        drained(store)
        seen.append(reader.threads.messages(range(1, 9)))
    for expected in reversed(seen[:-1]):
        assert store.journal.undo() is not None
        drained(store)
        assert reader.threads.messages(range(1, 9)) == expected
    assert store.journal.undo() is None
    for expected in seen[1:]:
        assert store.journal.redo() is not None
        drained(store)
        assert reader.threads.messages(range(1, 9)) == expected
    assert store.journal.redo() is None


def test_something_new_ends_the_redo_list_but_an_automatic_change_does_not(
    store: Store, reader: Reader
) -> None:
    store.journal.submit(label("Work"))
    store.journal.undo()
    store.journal.submit(ChangeFlags(Messages((3,)), frozenset({"\\Seen"}), is_automatic=True))
    assert reader.journal.next_undo() is None
    assert reader.journal.next_redo() == "Labelled 1 message “Work”"
    store.journal.submit(read(2))
    assert reader.journal.next_redo() is None
    assert reader.journal.next_undo() == "Marked 1 message read"


def test_history_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "again" / "store.sqlite"
    with Store.open(path, clock=ManualClock(), email=ME.email) as store:
        store.messages.apply([message(1, 1, "\\Inbox")])
        store.journal.submit(Archive(Messages((1,))))
        drained(store)
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        assert reader.journal.next_undo() == "Archived 1 message"
        assert store.journal.undo() is not None
        assert reader.lists.window(INBOX).total == 1
        assert drained(store) == [(Verb.ADD_LABELS, ("\\Inbox",), (1,))]


def test_undo_leaves_alone_what_the_phone_changed_since(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work", of=(1, 2)))
    drained(store)
    store.messages.apply_deltas(Role.ALL, [Delta(1, labels=frozenset({"Play"}), modseq=9)])
    store.journal.undo()
    assert drained(store) == [(Verb.REMOVE_LABELS, ("Work",), (2,))]
    message_ = reader.threads.message(1)
    assert message_ is not None
    assert message_.labels == {"Play"}


def test_undo_of_a_move_restores_labels_gmail_dropped(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "Work", "\\Important", modseq=2)])
    store.journal.submit(MoveToTrash(Messages((1,))))
    drained(store)
    store.messages.apply([message(1, 1, place=Role.TRASH, uid=50, modseq=9)])
    assert reader.lists.window(TRASH).rows[0].labels == ()
    store.journal.undo()
    assert drained(store) == [
        (Verb.MOVE, (), (1,)),
        (Verb.ADD_LABELS, ("\\Important", "Work"), (1,)),
    ]
    message_ = reader.threads.message(1)
    assert message_ is not None
    assert message_.labels == {"\\Inbox", "\\Important", "Work"}


def test_delete_forever_asks_to_be_confirmed_and_cannot_be_undone(store: Store, reader: Reader) -> None:
    store.messages.apply([message(20, 20, place=Role.TRASH, uid=1)])
    store.bodies.put(20, b"body")
    target = Everything(TRASH)
    with pytest.raises(InvalidArgument):
        store.journal.submit(DeleteForever(target, Role.TRASH))
    with pytest.raises(InvalidArgument):
        store.journal.submit(DeleteForever(Everything(INBOX), Role.ALL, is_confirmed=True))
    receipt = store.journal.submit(DeleteForever(target, Role.TRASH, is_confirmed=True))
    assert not receipt.can_undo
    assert reader.lists.window(TRASH).total == 0
    batch = claimed(store)
    assert (batch.verb, batch.msgids, batch.destination) == (Verb.EXPUNGE, (20,), Role.TRASH)
    store.journal.answers.confirm(batch)
    with pytest.raises(InvalidArgument, match="Deleted 1 conversation forever") as caught:
        store.journal.undo()
    assert "cannot be brought back" in caught.value.title
    assert store.journal.undo() is None
    assert store.uids.known([20]) == set()
    assert reader.bodies.octets(20) is None


def test_what_was_to_be_changed_about_a_deleted_message_waits_for_nothing(
    store: Store, reader: Reader
) -> None:
    store.messages.apply([message(20, 20, place=Role.TRASH, uid=7)])
    store.journal.submit(DeleteForever(Messages((20,)), Role.TRASH, is_confirmed=True))
    store.journal.submit(read(20, 1))
    store.journal.submit(CreateLabel("New"))
    store.journal.answers.confirm(claimed(store))
    assert drained(store) == [(Verb.ADD_FLAGS, ("\\Seen",), (1,)), (Verb.CREATE_LABEL, ("New",), ())]
    assert reader.journal.pending() == 0
    assert states(reader) == [OpState.CONFIRMED] * 3


def test_a_label_is_deleted_though_all_that_carried_it_was_deleted_before(
    store: Store, reader: Reader
) -> None:
    """A pass has found the message gone, but the answer to its deletion never came."""
    store.messages.apply([message(20, 20, "Work", place=Role.TRASH, uid=7)])
    store.journal.submit(DeleteForever(Messages((20,)), Role.TRASH, is_confirmed=True))
    store.journal.answers.release(claimed(store))
    store.uids.remove_uids(Role.TRASH, ((7, 7),))
    store.journal.submit(DeleteLabel("Work"))
    assert drained(store) == [(Verb.EXPUNGE, (), (20,)), (Verb.DELETE_LABEL, ("Work",), ())]
    assert states(reader) == [OpState.CONFIRMED] * 2


def test_delete_forever_never_touches_what_is_elsewhere(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(DeleteForever(Messages((1, 2)), Role.TRASH, is_confirmed=True))
    assert receipt.messages == 0
    assert store.journal.queue.claim() is None
    assert reader.lists.window(INBOX).total == 4
