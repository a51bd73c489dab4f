"""Labels keep what they are when their names change, go and come back."""

from __future__ import annotations

import pytest

from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    CreateLabel,
    DeleteLabel,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToTrash,
    Op,
    RenameLabel,
    Role,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Verb
from imapcore.store.sqlite.connection import Transaction
from tests.store.journal.asking import WORK, claimed, drained, label, unlabel
from tests.store.worlds import mailboxes, message


def test_a_label_being_deleted_is_gone_from_mail_that_arrives_meanwhile(store: Store, reader: Reader) -> None:
    store.journal.submit(DeleteLabel("Play"))
    store.messages.apply([message(40, 40, "\\Inbox", "Play"), message(41, 41, "Play")])
    assert reader.lists.window(View.of_label("Play")).rows == ()
    assert reader.lists.window(INBOX).rows[0].labels == ()
    batch = claimed(store)
    store.journal.answers.reject(batch, "NO")
    assert [row.thrid for row in reader.lists.window(View.of_label("Play")).rows] == [41, 40]
    store.journal.submit(DeleteLabel("Play"))
    store.messages.apply([message(42, 42, "Play")])
    drained(store)
    assert reader.lists.window(View.of_role(Role.ALL)).rows[0].labels == ()
    assert store.labels.carrying("Play") == ()


def test_a_label_takes_the_name_of_one_that_was_never_made(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "Work", "Work/Deep", modseq=2)])
    store.journal.submit(CreateLabel("New/Deep"))
    store.journal.undo()
    store.journal.submit(RenameLabel("Work", "New"))
    assert [row.thrid for row in reader.lists.window(View.of_label("New/Deep")).rows] == [1]
    drained(store)
    assert reader.lists.window(View.of_label("New")).rows[0].labels == ("New", "New/Deep")


def test_a_label_does_not_take_the_name_of_a_hidden_one(store: Store) -> None:
    store.messages.apply([message(1, 1, "Hidden", modseq=2)])
    with pytest.raises(InvalidArgument, match="of this name already") as refused:
        store.journal.submit(RenameLabel("Work", "hidden"))
    assert "Show in IMAP" in refused.value.hint


def test_open_changes_follow_a_label_that_turns_out_to_be_another(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "Old", modseq=2), message(2, 2, "New", modseq=2)])
    store.labels.replace_mailboxes(mailboxes("Old", "New"))
    store.journal.submit(label("Old", of=(3,)))
    store.labels.rename("Old", "New")
    assert {row.thrid for row in reader.lists.window(View.of_label("New")).rows} == {1, 2}
    assert drained(store) == [(Verb.ADD_LABELS, ("New",), (3,))]


def test_a_deletion_does_not_meet_a_label_set_again(store: Store, reader: Reader) -> None:
    """DELETE takes the label off everything; what the user labels after it must be labelled again."""
    store.messages.apply([message(1, 1, "Play", modseq=2)])
    store.journal.submit(DeleteLabel("Play"))
    store.journal.submit(label("Play"))
    assert drained(store) == [
        (Verb.DELETE_LABEL, ("Play",), ()),
        (Verb.CREATE_LABEL, ("Play",), ()),
        (Verb.ADD_LABELS, ("Play",), (1,)),
    ]
    assert [row.thrid for row in reader.lists.window(View.of_label("Play")).rows] == [1]


@pytest.mark.parametrize(
    ("op", "undos"),
    [(unlabel("Work", of=(3,)), 1), (MoveToLabel(Messages((3,)), "Play", WORK), 2)],
    ids=["taken off", "left"],
)
def test_a_label_that_is_no_more_can_come_back_under_its_name(
    store: Store, reader: Reader, op: Op, undos: int
) -> None:
    store.journal.submit(label("Work", of=(1, 2)))
    store.journal.submit(RenameLabel("Work", "Moved"))
    drained(store)
    store.journal.submit(op)
    drained(store)
    for _ in range(undos):
        store.journal.undo()
    assert [row.thrid for row in reader.lists.window(WORK).rows] == [1]


def test_a_label_being_deleted_is_not_shown_though_its_name_was_free_for_a_while(
    store: Store, reader: Reader
) -> None:
    store.journal.submit(CreateLabel("New"))
    store.journal.submit(DeleteLabel("New"))
    store.journal.submit(RenameLabel("Work", "New"))
    store.journal.undo()
    batch = claimed(store)
    assert (batch.verb, batch.names) == (Verb.CREATE_LABEL, ("New",))
    store.journal.answers.confirm(batch)
    store.messages.apply([message(4, 2, "\\Inbox", "New", modseq=2)])
    (shown,) = reader.threads.messages([4])
    assert shown.labels == {"\\Inbox"}
    assert drained(store) == [(Verb.DELETE_LABEL, ("New",), ())]


def test_a_label_that_is_being_deleted_does_not_come_back_with_a_move(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "Work", modseq=2)])
    store.journal.submit(MoveToTrash(Messages((1,))))
    store.journal.submit(DeleteLabel("Work"))
    store.journal.submit(MoveToInbox(Messages((1,))))
    (shown,) = reader.threads.messages([1])
    assert "Work" not in shown.labels


def test_a_label_that_comes_back_has_its_own_name(store: Store, reader: Reader) -> None:
    """A label deleted, its name passed on and given back: undo sent the name it was kept under meanwhile."""
    store.journal.submit(label("Play"))
    store.journal.submit(label("Work", of=(2,)))
    store.journal.submit(DeleteLabel("Play"))
    drained(store)
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep"))
    store.journal.submit(RenameLabel("Work", "Play"))
    store.journal.undo()
    store.journal.undo()
    assert "Play" in reader.threads.messages([1])[0].labels
    assert drained(store) == [(Verb.CREATE_LABEL, ("Play",), ()), (Verb.ADD_LABELS, ("Play",), (1,))]
    assert [row.thrid for row in reader.lists.window(View.of_label("Play")).rows] == [1]


def test_a_label_that_comes_back_gives_way_to_whoever_has_its_name(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Play"))
    store.journal.submit(DeleteLabel("Play"))
    drained(store)
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep"))
    store.journal.submit(RenameLabel("Work", "Play"))
    drained(store)

    def numbers(tx: Transaction) -> tuple[int, int | None]:
        (old,) = tx.row("SELECT mark_id FROM mark WHERE kind = 'retired'") or (0,)
        return store.journal.marks.living(tx, old), store.journal.marks.find_label(tx, "Play")

    living, playing = store.writer.call(numbers)
    assert living == playing


def test_a_label_that_was_refused_is_tried_again_under_its_own_name(store: Store) -> None:
    """Its name had been passed on meanwhile and given back."""
    refused = store.journal.submit(label("Play"))
    store.journal.answers.reject(claimed(store), "NO")
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep"))
    store.journal.submit(RenameLabel("Work", "Play"))
    store.journal.undo()
    assert store.journal.retry(refused.op_id) is not None
    assert (Verb.ADD_LABELS, ("Play",), (1,)) in drained(store)


def test_a_label_is_deleted_under_the_name_it_has_when_its_renaming_was_refused(store: Store) -> None:
    store.journal.submit(label("Work"))
    drained(store)
    store.journal.submit(RenameLabel("Work", "Jobs"))
    store.journal.submit(DeleteLabel("Jobs"))
    store.journal.answers.reject(claimed(store), "NO")
    assert drained(store) == [(Verb.DELETE_LABEL, ("Work",), ())]
