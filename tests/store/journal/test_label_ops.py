"""Labels that are made, renamed and deleted."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    ChangeLabels,
    CreateLabel,
    DeleteLabel,
    Messages,
    Op,
    OpState,
    RenameLabel,
    Role,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Verb
from imapcore.store.threads.message_state import MessageState
from imapcore.store.threads.thread_states import ThreadStates
from tests.store.journal.asking import WORK, claimed, drained, label, names, states
from tests.store.worlds import message


def test_a_new_label_is_shown_at_once_with_the_parents_it_lacks(store: Store, reader: Reader) -> None:
    store.journal.submit(CreateLabel("A/B/C"))
    assert names(reader) == ["A", "A/B", "A/B/C", "Play", "Work", "Work/Deep"]
    assert drained(store) == [(Verb.CREATE_LABEL, (name,), ()) for name in ("A", "A/B", "A/B/C")]
    assert names(reader) == ["A", "A/B", "A/B/C", "Play", "Work", "Work/Deep"]


def test_undoing_a_creation_that_was_not_sent_sends_nothing(store: Store, reader: Reader) -> None:
    store.journal.submit(CreateLabel("New"))
    store.journal.undo()
    assert names(reader) == ["Play", "Work", "Work/Deep"]
    assert store.journal.queue.claim() is None
    assert states(reader) == [OpState.SUPERSEDED, OpState.SUPERSEDED]


def test_labelling_with_a_new_name_creates_it_first_and_a_refusal_stops_the_rest(
    store: Store, reader: Reader
) -> None:
    store.journal.submit(label("New"))
    batch = claimed(store)
    assert (batch.verb, batch.names) == (Verb.CREATE_LABEL, ("New",))
    store.journal.answers.reject(batch, "NO [CANNOT] reserved")
    assert store.journal.queue.claim() is None
    assert names(reader) == ["Play", "Work", "Work/Deep"]
    assert reader.lists.window(View.of_label("New")).rows == ()


def test_a_label_is_deleted_though_it_was_set_on_mail_only_a_moment_ago(store: Store, reader: Reader) -> None:
    """The setting need not be sent, the deletion must."""
    store.journal.submit(label("Work"))
    store.journal.submit(DeleteLabel("Work"))
    assert names(reader) == ["Play", "Work", "Work/Deep"]
    assert states(reader) == [OpState.PENDING, OpState.SUPERSEDED]
    assert drained(store) == [(Verb.DELETE_LABEL, ("Work",), ())]
    store.journal.undo()
    assert drained(store) == [(Verb.CREATE_LABEL, ("Work",), ()), (Verb.ADD_LABELS, ("Work",), (1,))]


def test_undoing_that_deletion_before_it_is_sent_sends_the_setting_only(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work"))
    store.journal.submit(DeleteLabel("Work"))
    store.journal.undo()
    assert [row.labels for row in reader.lists.window(WORK).rows] == [("Work",)]
    assert drained(store) == [(Verb.ADD_LABELS, ("Work",), (1,))]
    store.journal.undo()
    assert drained(store) == [(Verb.REMOVE_LABELS, ("Work",), (1,))]


@pytest.mark.parametrize("way", ["cancelled", "undone", "refused"])
def test_mail_is_looked_at_once_when_a_label_stays(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A label on a hundred thousand messages is deleted in a hundred parts: each of them looked at all."""
    monkeypatch.setattr("imapcore.store.changes.pending.CHANGE_SIZE", 2)
    store.journal.submit(label("Work", of=tuple(range(1, 9))))
    drained(store)
    receipt = store.journal.submit(DeleteLabel("Work"))
    looked_at: list[int] = []
    load = ThreadStates.load_messages

    def counted(book: ThreadStates, msgids: Iterable[int]) -> list[MessageState]:
        records = load(book, msgids)
        looked_at.extend(record.msgid for record in records)
        return records

    monkeypatch.setattr(ThreadStates, "load_messages", counted)
    if way == "cancelled":
        store.journal.cancel(receipt.op_id)
    elif way == "undone":
        store.journal.undo()
    else:
        store.journal.answers.reject(claimed(store), "NO not today")
    assert [row.thrid for row in reader.lists.window(WORK).rows] == [4, 3, 2, 1]
    # Once for the label, once for the messages of the op.
    assert len(looked_at) <= 2 * 8


@pytest.mark.parametrize("way", ["cancelled", "refused"])
def test_a_label_deleted_under_a_name_it_never_got_is_gone_from_the_tree(
    store: Store, reader: Reader, way: str
) -> None:
    """The deletion is sent for the label, so it is shown for the label."""
    receipt = store.journal.submit(RenameLabel("Play", "Games"))
    store.journal.submit(DeleteLabel("Games"))
    if way == "cancelled":
        store.journal.cancel(receipt.op_id)
    else:
        store.journal.answers.reject(claimed(store), "NO [CANNOT] reserved")
    assert names(reader) == ["Work", "Work/Deep"]
    assert drained(store) == [(Verb.DELETE_LABEL, ("Play",), ())]
    assert names(reader) == ["Work", "Work/Deep"]


def test_a_rename_is_shown_at_once_and_its_children_follow(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work", "Work/Deep", of=(1,)))
    store.journal.submit(RenameLabel("Work", "Jobs"))
    assert names(reader) == ["Jobs", "Jobs/Deep", "Play"]
    assert reader.lists.window(View.of_label("Jobs/Deep")).rows[0].labels == ("Jobs", "Jobs/Deep")
    store.journal.submit(label("Jobs", of=(5,)))
    assert drained(store) == [
        (Verb.ADD_LABELS, ("Work", "Work/Deep"), (1,)),
        (Verb.RENAME_LABEL, ("Work", "Jobs"), ()),
        (Verb.ADD_LABELS, ("Jobs",), (5,)),
    ]
    store.messages.apply_deltas(Role.ALL, [Delta(1, labels=frozenset({"Jobs"}), modseq=9)])
    assert [row.thrid for row in reader.lists.window(View.of_label("Jobs")).rows] == [3, 1]


def test_a_refused_rename_gives_the_name_back(store: Store, reader: Reader) -> None:
    store.journal.submit(label("Work"))
    drained(store)
    store.journal.submit(RenameLabel("Work", "Jobs"))
    store.journal.answers.reject(claimed(store), "NO")
    assert names(reader) == ["Play", "Work", "Work/Deep"]
    assert reader.lists.window(WORK).rows[0].labels == ("Work",)


def test_a_deleted_label_leaves_the_mail_and_undo_brings_it_back(store: Store, reader: Reader) -> None:
    store.messages.apply([message(30, 30, "Play", place=Role.TRASH, uid=3)])
    store.journal.submit(label("Play", of=(1, 3)))
    drained(store)
    store.journal.submit(DeleteLabel("Play"))
    assert names(reader) == ["Work", "Work/Deep"]
    assert reader.lists.window(INBOX).total == 4
    assert drained(store) == [(Verb.DELETE_LABEL, ("Play",), ())]
    store.journal.undo()
    assert names(reader) == ["Play", "Work", "Work/Deep"]
    assert drained(store) == [(Verb.CREATE_LABEL, ("Play",), ()), (Verb.ADD_LABELS, ("Play",), (1, 3, 30))]


@pytest.mark.parametrize(
    "op",
    [
        CreateLabel("Work"),
        CreateLabel(""),
        CreateLabel("a//b"),
        CreateLabel("a\r\nb"),
        CreateLabel(" a"),
        RenameLabel("Nothing", "Else"),
        RenameLabel("Work", "Play"),
        RenameLabel("Work", "Work/Inner"),
        RenameLabel("[Gmail]/Trash", "Bin"),
        DeleteLabel("INBOX"),
        label("\\Trash"),
        ChangeLabels(Messages((1,)), frozenset({"Work"}), frozenset({"Work"})),
    ],
)
def test_nonsense_is_refused_before_it_is_journalled(store: Store, reader: Reader, op: Op) -> None:
    with pytest.raises(InvalidArgument):
        store.journal.submit(op)
    assert reader.journal.activity() == ()
    assert names(reader) == ["Play", "Work", "Work/Deep"]


def test_a_name_being_renamed_away_is_not_free_yet(store: Store) -> None:
    store.journal.submit(RenameLabel("Work", "Jobs"))
    with pytest.raises(InvalidArgument, match="being renamed"):
        store.journal.submit(CreateLabel("Work"))
    drained(store)
    store.journal.submit(CreateLabel("Work"))


@pytest.mark.parametrize("op", [CreateLabel("Jobs"), ChangeLabels(Messages((1,)), add=frozenset({"Jobs"}))])
def test_a_name_that_a_label_has_only_on_its_way_back_is_not_free_yet(store: Store, op: Op) -> None:
    """Whoever asked for a label of that name got the one that was being renamed."""
    store.journal.submit(RenameLabel("Work", "Jobs"))
    store.journal.answers.release(claimed(store))
    store.journal.undo()
    with pytest.raises(InvalidArgument, match="being renamed"):
        store.journal.submit(op)
    drained(store)
    store.journal.submit(op)


def test_labels_used_lately_come_first(store: Store, reader: Reader, clock: ManualClock) -> None:
    store.journal.submit(label("Work"))
    clock.advance(5)
    store.journal.submit(label("Play"))
    assert reader.threads.label_counts(Messages((1,))).recent == ("Play", "Work")
