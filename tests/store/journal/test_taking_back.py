"""What undo and redo say: never that something came back where nothing did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Role,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta
from tests.store.worlds import mailboxes, message

PLACES = (Role.ALL, Role.SPAM, Role.TRASH)
STARRED = frozenset(("\\Flagged",))
SEEN = frozenset(("\\Seen",))


@pytest.fixture(autouse=True)
def mail(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work"))
    store.messages.apply([message(n, n, "\\Inbox", "Work", uid=n) for n in (1, 2, 3)])
    store.messages.apply([message(9, 9, place=Role.TRASH, uid=9)])


def send(store: Store) -> None:
    while (batch := store.journal.queue.claim()) is not None:
        store.journal.answers.confirm(batch, uids={msgid: 100 + msgid for msgid in batch.msgids})


def erase_elsewhere(store: Store, *msgids: int) -> None:
    """Somebody deletes messages forever, and two passes have seen that they are nowhere."""
    for msgid, location in store.uids.locations(msgids).items():
        if location.uid is not None:
            store.uids.remove_uids(location.place, ((location.uid, location.uid),))
        assert msgid in msgids
    for _ in range(2):
        store.uids.prune(store.uids.begin_pass())
    assert not store.uids.known(msgids)


VERBS: dict[str, Callable[[Messages], Op]] = {
    "archive": Archive,
    "trash": MoveToTrash,
    "spam": MoveToSpam,
    "star": lambda target: ChangeFlags(target, add=STARRED),
    "read": lambda target: ChangeFlags(target, add=SEEN),
    "label": lambda target: ChangeLabels(target, add=frozenset(("New",))),
    "unlabel": lambda target: ChangeLabels(target, remove=frozenset(("Work",))),
    "important": lambda target: ChangeLabels(target, add=frozenset(("\\Important",))),
    "move": lambda target: MoveToLabel(target, "Elsewhere"),
}
LABEL_MAKING = ("label", "move")
"""Their undo deletes the label they made: that comes back also where the mail does not."""


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in LABEL_MAKING])
def test_what_was_deleted_elsewhere_is_not_said_to_come_back(store: Store, reader: Reader, verb: str) -> None:
    receipt = store.journal.submit(VERBS[verb](Messages((1,))))
    send(store)
    erase_elsewhere(store, 1)
    with pytest.raises(InvalidArgument, match="deleted forever elsewhere") as caught:
        store.journal.undo()
    assert caught.value.title == "That cannot be undone"
    assert receipt.summary in caught.value.detail
    assert [(act.op_id, act.is_undone) for act in reader.journal.activity()] == [(receipt.op_id, False)]
    assert store.journal.undo() is None


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_deleted_elsewhere_is_not_done_again(store: Store, verb: str) -> None:
    store.journal.submit(VERBS[verb](Messages((1,))))
    send(store)
    assert store.journal.undo() is not None
    send(store)
    erase_elsewhere(store, 1)
    if verb in LABEL_MAKING:
        again = store.journal.redo()
        assert again is not None
        assert again.messages == 0
        return
    with pytest.raises(InvalidArgument, match="deleted forever elsewhere") as caught:
        store.journal.redo()
    assert caught.value.title == "That cannot be done again"
    assert store.journal.redo() is None


@pytest.mark.parametrize("verb", VERBS)
def test_what_comes_back_in_part_says_what_does_not(store: Store, verb: str) -> None:
    store.journal.submit(VERBS[verb](Messages((1, 2))))
    send(store)
    erase_elsewhere(store, 1)
    receipt = store.journal.undo()
    assert receipt is not None
    assert receipt.summary.endswith("; 1 message was deleted forever elsewhere")
    assert receipt.messages == 1


def test_what_was_changed_elsewhere_is_left_and_said_to_be(store: Store) -> None:
    store.journal.submit(ChangeFlags(Messages((1,)), add=STARRED))
    send(store)
    store.messages.apply_deltas(Role.ALL, [Delta(uid=1, flags=frozenset(), labels=frozenset(), modseq=99)])
    with pytest.raises(InvalidArgument, match="changed elsewhere since"):
        store.journal.undo()


def test_an_older_change_is_taken_back_only_after_a_word(store: Store) -> None:
    store.journal.submit(Archive(Messages((1,))))
    forever = DeleteForever(Messages((9,)), Role.TRASH, is_confirmed=True)
    store.journal.submit(forever)
    with pytest.raises(InvalidArgument) as caught:
        store.journal.undo()
    assert "cannot be brought back" in caught.value.title
    assert caught.value.hint == "Undo once more takes back: Archived 1 message"
    receipt = store.journal.undo()
    assert receipt is not None
    assert receipt.summary == "Undone: Archived 1 message"


def test_a_refused_change_is_said_before_an_older_one_is_taken_back(store: Store) -> None:
    store.journal.submit(Archive(Messages((1,))))
    send(store)
    store.journal.submit(MoveToTrash(Messages((2,))))
    batch = store.journal.queue.claim()
    assert batch is not None
    store.journal.answers.reject(batch, "no")
    with pytest.raises(InvalidArgument, match="Moved 1 message to Trash") as caught:
        store.journal.undo()
    assert "refused" in caught.value.title
    receipt = store.journal.undo()
    assert receipt is not None
    assert receipt.summary == "Undone: Archived 1 message"


def test_a_word_is_said_in_its_turn(store: Store) -> None:
    store.journal.submit(DeleteForever(Messages((9,)), Role.TRASH, is_confirmed=True))
    store.journal.submit(Archive(Messages((1,))))
    assert store.journal.undo() is not None
    with pytest.raises(InvalidArgument, match="forever"):
        store.journal.undo()
    assert store.journal.undo() is None


@pytest.mark.parametrize(
    "op",
    [
        MoveToInbox(Messages((1,))),
        ChangeLabels(Messages((1, 2, 3)), add=frozenset(("Work",))),
        ChangeFlags(Messages((1,)), remove=SEEN),
        MarkAll(INBOX, is_read=False),
    ],
    ids=lambda op: type(op).__name__,
)
def test_what_is_so_already_is_said_to_be_and_ends_no_redo(store: Store, reader: Reader, op: Op) -> None:
    store.journal.submit(Archive(Messages((2,))))
    assert store.journal.undo() is not None
    receipt = store.journal.submit(op)
    assert receipt.summary == "Nothing to change"
    assert not any(" 0 " in act.summary for act in reader.journal.activity())
    assert store.journal.redo() is not None


def test_a_label_in_use_is_not_said_to_be_taken_back(store: Store) -> None:
    store.journal.submit(CreateLabel("New"))
    send(store)
    store.messages.apply([message(5, 5, "New", uid=5)])
    with pytest.raises(InvalidArgument, match="in use"):
        store.journal.undo()


def test_states_stay_what_they_are_after_a_refused_undo(store: Store, reader: Reader) -> None:
    store.journal.submit(Archive(Messages((1,))))
    send(store)
    erase_elsewhere(store, 1)
    with pytest.raises(InvalidArgument):
        store.journal.undo()
    assert [act.state for act in reader.journal.activity()] == [OpState.CONFIRMED]
    assert store.journal.queue.claim() is None
