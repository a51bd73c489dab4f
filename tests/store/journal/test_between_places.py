"""Messages that are nowhere for the moment, and what is asked of them."""

from __future__ import annotations

import pytest

from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    DeleteForever,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Op,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Location, Verb
from tests.store.journal.asking import TRASH, claimed, drained, label
from tests.store.worlds import message


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
