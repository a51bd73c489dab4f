"""Bodies, people, conversations, as a reader asks for them."""

from __future__ import annotations

from pathlib import Path

from imapcore.clock import ManualClock
from imapcore.model import (
    INBOX,
    Address,
    Messages,
    MoveToTrash,
    Role,
    View,
)
from imapcore.store import Reader, Store
from tests.store.mail.steps import ALL, TRASH
from tests.store.worlds import ANN, BOB, HOUR, ME, NOON, message


def test_the_longest_unused_bodies_go(store: Store, reader: Reader, clock: ManualClock) -> None:
    store.bodies.max_bytes = 2500
    for number in (1, 2):
        store.bodies.put(number, bytes([number]) * 1000)
        clock.advance(1)
    store.bodies.touch(1)
    clock.advance(1)
    store.bodies.put(3, b"\x03" * 1000)
    assert [reader.bodies.octets(number) is not None for number in (1, 2, 3)] == [True, False, True]
    assert store.bodies.trim(0) == 2
    assert reader.bodies.octets(1) is None


def test_parts_and_the_whole_are_kept_apart(store: Store, reader: Reader) -> None:
    store.bodies.put(1, b"part", "1.2")
    assert (reader.bodies.octets(1), reader.bodies.octets(1, "1.2")) == (None, b"part")
    store.bodies.put(1, b"all " * 4000)
    assert reader.bodies.sections(1) == ("", "1.2")
    assert reader.bodies.octets(1) == b"all " * 4000


def test_completion_puts_those_first_one_writes_to(store: Store, reader: Reader) -> None:
    carol = Address("Carol Ann Smith", "carol@example.org")
    store.messages.apply(
        [
            *(message(n, n, sender=ANN) for n in (1, 2, 3)),
            *(message(n, n, "\\Sent", sender=ME, to=(carol,)) for n in (4, 5)),
        ]
    )
    assert reader.people("ann") == (carol, ANN)
    assert reader.people("CAROL@") == (carol,)
    assert reader.people("smi") == (carol,)
    assert reader.people("%") == ()
    assert reader.people("ann", 1) == (carol,)


def test_people_and_recipients_of_a_row(store: Store, reader: Reader) -> None:
    store.messages.apply(
        [
            message(1, 1, "\\Inbox", sender=ANN, flags=("\\Seen",)),
            message(2, 1, "\\Sent", sender=ME, to=(ANN, BOB), flags=("\\Seen",)),
            message(3, 1, "\\Inbox", sender=BOB),
            message(4, 1, "\\Draft", sender=ME, to=(BOB,), flags=("\\Seen",)),
        ]
    )
    row = reader.lists.window(INBOX).rows[0]
    assert [(p.name, p.is_me, p.is_unread, p.is_draft) for p in row.people] == [
        ("Ann", False, False, False),
        ("me", True, False, False),
        ("Bob", False, True, False),
        ("Draft", True, False, True),
    ]
    assert (row.recipients, row.has_draft, row.count, row.unread) == (("Ann", "Bob"), True, 4, 1)
    assert reader.lists.window(View.of_role(Role.SENT)).rows[0].date == NOON + 2 * HOUR


def test_a_thread_from_spam_and_from_all_mail(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox"), message(2, 1, place=Role.SPAM, uid=1)])
    spam = View.of_role(Role.SPAM)
    seen = {view.value: reader.threads.thread(1, view) for view in (INBOX, spam)}
    assert [[m.msgid for m in t.messages] for t in seen.values() if t is not None] == [[1], [2]]
    assert reader.threads.thread(1, TRASH) is None
    store.journal.submit(MoveToTrash(Messages((1,))))
    assert reader.threads.thread(1, INBOX) is None


def test_an_unknown_view_is_empty(reader: Reader) -> None:
    assert reader.lists.window(View.of_label("Nothing")).rows == ()
    assert reader.lists.window(View.of_search("never run")).total == 0


def test_opening_twice_in_a_row_gives_the_same_lists(tmp_path: Path) -> None:
    path = tmp_path / "twice" / "store.sqlite"
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        store.messages.apply([message(n, n, "\\Inbox") for n in range(1, 30)])
        store.journal.submit(MoveToTrash(Messages((3, 4))))
        before = [reader.lists.window(view) for view in (INBOX, TRASH, ALL)]
    with Store.open(path, clock=ManualClock(), email=ME.email) as store, store.reader() as reader:
        assert [reader.lists.window(view) for view in (INBOX, TRASH, ALL)] == before
