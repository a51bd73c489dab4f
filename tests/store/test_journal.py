"""The journal: order, coalescing, partial answers, replays, history, labels, words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    ChangeState,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    RenameLabel,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Batch, Delta, Location, Verb
from imapcore.store.sqlite.connection import Transaction
from imapcore.store.threads.message_state import MessageState
from imapcore.store.threads.thread_states import ThreadStates
from tests.store.worlds import ME, mailboxes, message

WORK = View.of_label("Work")
TRASH = View.of_role(Role.TRASH)


@pytest.fixture(autouse=True)
def mail(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "Play"))
    store.messages.apply([message(n, (n + 1) // 2, "\\Inbox") for n in range(1, 9)])


def label(*names: str, of: tuple[int, ...] = (1,)) -> ChangeLabels:
    return ChangeLabels(Messages(of), add=frozenset(names))


def unlabel(*names: str, of: tuple[int, ...] = (1,)) -> ChangeLabels:
    return ChangeLabels(Messages(of), remove=frozenset(names))


def read(*of: int) -> ChangeFlags:
    return ChangeFlags(Messages(of), add=frozenset({"\\Seen"}))


def claimed(store: Store, limit: int = 1000) -> Batch:
    batch = store.journal.queue.claim(limit)
    assert batch is not None
    return batch


def drained(store: Store) -> list[tuple[Verb, tuple[str, ...], tuple[int, ...]]]:
    sent = []
    while (batch := store.journal.queue.claim()) is not None:
        sent.append((batch.verb, batch.names, batch.msgids))
        store.journal.answers.confirm(batch)
    return sent


def states(reader: Reader) -> list[OpState]:
    return [line.state for line in reader.journal.activity()]


# -- what is sent --------------------------------------------------------------------------------------


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


# -- what is nowhere for the moment -------------------------------------------------------------------


def test_a_message_between_two_places_is_changed_where_it_arrives(store: Store) -> None:
    """A pass has seen it leave All Mail and not yet found it in Trash: the key was meant for it."""
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    receipt = store.journal.submit(label("Work", of=(1,)))
    assert receipt.messages == 1
    assert claimed(store).msgids == (1,)


def test_a_conversation_between_two_places_is_changed_where_it_arrives(store: Store, reader: Reader) -> None:
    store.uids.remove_uids(Role.ALL, ((1, 2),))
    # Whoever asks what would be changed is told the same.
    assert reader.threads.expand(Threads((1, 2))) == (1, 2, 3, 4)
    assert reader.threads.expand(Messages((1, 3))) == (1, 3)
    receipt = store.journal.submit(ChangeFlags(Threads((1, 2)), add=frozenset({"\\Seen"})))
    assert (receipt.threads, receipt.messages) == (2, 4)
    assert claimed(store).msgids == (1, 2, 3, 4)


def test_of_a_conversation_only_what_is_there_is_meant(store: Store, reader: Reader) -> None:
    """The rest of it was just moved away by somebody."""
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert reader.threads.expand(Threads((1,))) == (2,)
    assert store.journal.submit(ChangeFlags(Threads((1,)), add=frozenset({"\\Seen"}))).messages == 1
    assert claimed(store).msgids == (2,)


def test_a_message_between_two_places_can_be_moved(store: Store, reader: Reader) -> None:
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    store.journal.submit(MoveToTrash(Messages((1,))))
    batch = claimed(store)
    assert (batch.verb, batch.destination, batch.msgids) == (Verb.MOVE, Role.TRASH, (1,))
    store.journal.answers.confirm(batch, uids={1: 7})
    assert reader.lists.window(TRASH).total == 1
    assert store.uids.locations([1]) == {1: Location(Role.TRASH, 7)}


@pytest.mark.parametrize("bulk_from", [1, 1000])
def test_a_move_back_of_what_left_meanwhile_is_sent(store: Store, reader: Reader, bulk_from: int) -> None:
    """Neither move had to be sent while it lay in Spam; now nobody knows where it turns up."""
    store.journal.writer.bulk_from = bulk_from
    spam = View.of_role(Role.SPAM)
    store.messages.apply([message(20, 20, place=Role.SPAM, uid=7)])
    store.journal.submit(MoveToInbox(Threads((20,), spam)))
    store.uids.remove_uids(Role.SPAM, ((7, 7),))
    store.journal.submit(MoveToSpam(Threads((20,), INBOX)))
    assert [row.thrid for row in reader.lists.window(spam).rows] == [20]
    store.messages.apply([message(20, 20, place=Role.TRASH, uid=3)])
    batch = claimed(store)
    while batch.destination is not Role.SPAM:
        store.journal.answers.confirm(batch)
        batch = claimed(store)
    assert (batch.verb, batch.msgids) == (Verb.MOVE, (20,))


def test_what_comes_to_light_elsewhere_shows_what_was_asked_of_it(store: Store, reader: Reader) -> None:
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    store.journal.submit(label("Work", of=(1,)))
    store.messages.apply([message(1, 1, place=Role.TRASH)])
    shown = reader.threads.message(1)
    assert shown is not None
    assert (shown.place, "Work" in shown.labels) == (Role.TRASH, True)


@pytest.mark.parametrize("target", [Messages((1, 2)), Threads((1,), TRASH), Threads((1,))])
def test_what_is_being_deleted_forever_is_not_brought_back_by_another_key(
    store: Store, reader: Reader, target: Target
) -> None:
    """It is shown nowhere as well, but not because it is on its way."""
    store.messages.apply([message(n, 1, place=Role.TRASH) for n in (1, 2)])
    store.journal.submit(DeleteForever(target=Threads((1,), TRASH), place=Role.TRASH, is_confirmed=True))
    with pytest.raises(InvalidArgument):
        store.journal.submit(MoveToInbox(target))
    assert (reader.lists.window(TRASH).total, reader.lists.window(INBOX).total) == (0, 3)
    assert [batch for batch in drained(store) if batch[0] is Verb.MOVE] == []


def test_a_move_out_of_the_trash_elsewhere_does_not_put_spam_into_the_inbox(
    store: Store, reader: Reader
) -> None:
    """Gmail takes the inbox's label off whatever goes to Spam, also what came into the inbox meanwhile."""
    store.messages.apply([message(1, 1, place=Role.TRASH)])
    store.journal.submit(MoveToSpam(Messages((1,))))
    store.messages.apply([message(1, 1, "\\Inbox", modseq=2)])
    shown = reader.threads.message(1)
    assert shown is not None
    assert (shown.place, shown.labels) == (Role.SPAM, frozenset())


@pytest.mark.parametrize(
    "op", [Archive(Messages((99,))), Archive(Threads((99,))), MoveToTrash(Messages((99, 98)))]
)
def test_what_is_no_longer_there_is_said(store: Store, reader: Reader, op: Op) -> None:
    with pytest.raises(InvalidArgument) as caught:
        store.journal.submit(op)
    assert "no longer" in caught.value.title
    assert reader.journal.activity() == ()


def test_the_program_itself_is_told_nothing_of_what_is_no_longer_there(store: Store) -> None:
    op = ChangeFlags(Messages((99,)), add=frozenset({"\\Seen"}), is_automatic=True)
    assert store.journal.submit(op).messages == 0


# -- answers -------------------------------------------------------------------------------------------


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


# -- history -------------------------------------------------------------------------------------------


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


# -- labels --------------------------------------------------------------------------------------------


def names(reader: Reader) -> list[str]:
    return [mailbox.name for mailbox in reader.lists.mailboxes() if mailbox.role is None]


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


# -- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "summary"),
    [
        (Archive(Threads((1, 2))), "Archived 2 conversations"),
        (MoveToTrash(Messages((1,))), "Moved 1 message to Trash"),
        (MoveToSpam(Threads((1,))), "Reported 1 conversation as spam"),
        (label("Work", "Play", of=(1, 2)), "Labelled 2 messages “Play” and “Work”"),
        (label("a", "b", "c"), "Labelled 1 message “a” and 2 more"),
        (unlabel("\\Inbox"), "Archived 1 message"),
        (label("\\Starred"), "Starred 1 message"),
        (ChangeLabels(Messages((1,)), frozenset({"Work"}), frozenset({"\\Inbox"})), None),
        (MarkAll(INBOX), "Marked 4 conversations read"),
        (MoveToLabel(Threads((1,)), "Play"), "Moved 1 conversation to “Play”"),
        (CreateLabel("New"), "Created label “New”"),
        (RenameLabel("Play", "Fun"), "Renamed label “Play” to “Fun”"),
        (DeleteLabel("Play"), "Deleted label “Play”"),
    ],
)
def test_summaries(store: Store, op: Op, summary: str | None) -> None:
    said = store.journal.submit(op).summary
    assert said == (summary or "Labelled 1 message “Work”, took “Inbox” off")


def test_nothing_to_change_is_no_step_of_history(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(unlabel("Work"))
    assert (receipt.messages, receipt.can_undo) == (0, False)
    assert "0" not in receipt.summary
    assert store.journal.undo() is None
    assert store.journal.queue.pending() == 0
    assert states(reader) == []


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


def test_very_old_ops_are_forgotten_but_open_ones_never(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imapcore.store.journal.op_writer.OPS_KEPT", 5)
    waiting = store.journal.submit(label("Work", of=(8,)))
    store.journal.answers.release(claimed(store))
    for number in range(20):
        store.journal.submit((label, unlabel)[number % 2]("Play"))
    ids = [line.op_id for line in reader.journal.activity()]
    assert waiting.op_id in ids
    assert len(ids) < 15


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

    living, playing = store.journal._write(numbers)
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


def test_a_label_is_deleted_under_the_name_it_has_when_its_renaming_was_refused(store: Store) -> None:
    store.journal.submit(label("Work"))
    drained(store)
    store.journal.submit(RenameLabel("Work", "Jobs"))
    store.journal.submit(DeleteLabel("Jobs"))
    store.journal.answers.reject(claimed(store), "NO")
    assert drained(store) == [(Verb.DELETE_LABEL, ("Work",), ())]
