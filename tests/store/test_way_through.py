"""The thin way through: facts in, rows out, a label set, confirmed, refused, undone."""

from __future__ import annotations

from imapcore.model import (
    INBOX,
    Archive,
    ChangeLabels,
    ChangeState,
    MoveToTrash,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Verb
from tests.store.worlds import BOB, ME, mailboxes, message

WORK = View.of_label("Work")


def fill(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work"))
    store.messages.apply(
        [
            message(1, 1, "\\Inbox", subject="Lunch", snippet="Shall we"),
            message(2, 1, "\\Sent", sender=ME, flags=("\\Seen",), subject="Re: Lunch", snippet="Gladly"),
            message(3, 3, "\\Inbox", "Work", sender=BOB, flags=("\\Seen",)),
            message(4, 4, place=Role.SPAM, uid=1),
        ]
    )


def test_rows_of_the_inbox(store: Store, reader: Reader) -> None:
    fill(store)
    window = reader.lists.window(INBOX)
    assert [row.thrid for row in window.rows] == [3, 1]
    assert (window.first, window.total, window.unread) == (0, 2, 1)
    lunch = window.rows[1]
    assert (lunch.subject, lunch.snippet, lunch.count, lunch.unread) == ("Lunch", "Gladly", 2, 1)
    assert [(p.name, p.is_me, p.is_unread) for p in lunch.people] == [
        ("Ann", False, True),
        ("me", True, False),
    ]
    assert window.rows[0].labels == ("Work",)


def test_a_label_is_shown_sent_and_confirmed(store: Store, reader: Reader) -> None:
    fill(store)
    receipt = store.journal.submit(ChangeLabels(Threads((1,)), add=frozenset({"Work"})))
    assert receipt.summary == "Labelled 1 conversation “Work”"
    assert (receipt.threads, receipt.messages) == (1, 2)
    row = reader.lists.window(WORK).rows[1]
    assert (row.thrid, row.state) == (1, ChangeState.PENDING)
    batch = store.journal.queue.claim()
    assert batch is not None
    assert (batch.verb, batch.names, batch.msgids) == (Verb.ADD_LABELS, ("Work",), (1, 2))
    settled = store.journal.answers.confirm(batch)
    assert settled.confirmed == (receipt.op_id,)
    assert reader.lists.window(WORK).rows[1].state is ChangeState.SETTLED
    assert store.journal.queue.claim() is None


def test_a_refusal_shows_what_gmail_has(store: Store, reader: Reader) -> None:
    fill(store)
    store.journal.submit(Archive(Threads((1, 3))))
    assert reader.lists.window(INBOX).rows == ()
    batch = store.journal.queue.claim()
    assert batch is not None
    settled = store.journal.answers.reject(batch, "NO not now")
    assert list(settled.summaries.values()) == ["Archived 2 conversations"]
    assert [row.state for row in reader.lists.window(INBOX).rows] == [ChangeState.REJECTED] * 2


def test_undo_before_it_was_sent_sends_nothing(store: Store, reader: Reader) -> None:
    fill(store)
    before = reader.lists.window(INBOX)
    store.journal.submit(MoveToTrash(Threads((1,))))
    assert [row.thrid for row in reader.lists.window(View.of_role(Role.TRASH)).rows] == [1]
    receipt = store.journal.undo()
    assert receipt is not None
    assert receipt.summary == "Undone: Moved 1 conversation to Trash"
    assert reader.lists.window(INBOX) == before
    assert store.journal.queue.claim() is None


def test_undo_after_the_move_brings_back_exactly_what_was(store: Store, reader: Reader) -> None:
    fill(store)
    store.journal.submit(MoveToTrash(Threads((1,))))
    batch = store.journal.queue.claim()
    assert batch is not None
    store.journal.answers.confirm(batch, uids={1: 7, 2: 8})
    store.journal.undo()
    sent = []
    while (batch := store.journal.queue.claim()) is not None:
        sent.append((batch.verb, batch.names, batch.msgids, batch.destination))
        store.journal.answers.confirm(batch)
    assert (Verb.MOVE, (), (1, 2), Role.INBOX) in sent
    assert (Verb.REMOVE_LABELS, ("\\Inbox",), (2,), None) in sent
    assert [(row.thrid, row.count) for row in reader.lists.window(INBOX).rows] == [(3, 1), (1, 2)]


def test_the_tree_counts_conversations(store: Store, reader: Reader) -> None:
    fill(store)
    counted = {m.role or m.name: (m.total, m.unread) for m in reader.lists.mailboxes()}
    assert counted[Role.INBOX] == (2, 1)
    assert counted[Role.SPAM] == (1, 1)
    assert counted["Work"] == (1, 0)
    assert "[Gmail]" not in counted


def test_a_conversation_and_its_label_counts(store: Store, reader: Reader) -> None:
    fill(store)
    thread = reader.threads.thread(1, INBOX)
    assert thread is not None
    assert [(m.msgid, m.is_mine, m.is_unread) for m in thread.messages] == [
        (1, False, True),
        (2, True, False),
    ]
    counts = reader.threads.label_counts(Threads((1, 3)))
    assert (counts.threads, counts.messages) == (2, 3)
    assert counts.by_label["\\Inbox"] == 2
    assert counts.full_by_label["\\Inbox"] == 1


def test_a_body_is_kept(store: Store, reader: Reader) -> None:
    fill(store)
    store.bodies.put(1, b"Subject: Lunch\r\n\r\nShall we?\r\n" * 100)
    assert reader.bodies.octets(1) == b"Subject: Lunch\r\n\r\nShall we?\r\n" * 100
    assert reader.bodies.octets(2) is None


def test_a_search_is_a_view_and_unknown_results_join_later(store: Store, reader: Reader) -> None:
    fill(store)
    view = View.of_search("lunch")
    store.searches.begin("lunch")
    assert store.searches.add("lunch", [1, 9]) == (9,)
    assert [row.thrid for row in reader.lists.window(view).rows] == [1]
    assert reader.lists.window(view).rows[0].date == message(1).date
    store.messages.apply([message(9, 9)])
    assert store.searches.finish("lunch", is_complete=True) == 2
    window = reader.lists.window(view)
    assert [row.thrid for row in window.rows] == [9, 1]
    assert window.is_complete
