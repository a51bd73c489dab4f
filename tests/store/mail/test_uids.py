"""Where messages are."""

from __future__ import annotations

import pytest

from imapcore.model import (
    INBOX,
    Archive,
    ChangeLabels,
    Messages,
    Role,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, Location, SyncState
from imapcore.store.sqlite.writer import ROWS_AT_ONCE
from tests.store.mail.steps import ALL, TRASH, steps_of
from tests.store.worlds import message


def test_uids_are_told_as_ranges(store: Store) -> None:
    store.messages.apply([message(n) for n in (1, 2, 3, 5, 9, 10)])
    store.messages.apply([message(20, place=Role.SPAM, uid=4)])
    assert store.uids.ranges(Role.ALL) == ((1, 3), (5, 5), (9, 10))
    assert store.uids.ranges(Role.SPAM) == ((4, 4),)
    assert store.uids.ranges(Role.TRASH) == ()
    assert store.uids.msgids(Role.ALL, ((2, 5),)) == {2: 2, 3: 3, 5: 5}
    assert store.uids.known([1, 4, 20]) == {1, 20}


def test_to_trash_and_back_keeps_identity_and_body(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.bodies.put(1, b"body")
    number = store.uids.begin_pass()
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert reader.lists.window(ALL).total == 0
    assert store.uids.locations([1]) == {}
    store.uids.prune(number)
    assert store.uids.known([1]) == {1}, "it was lost in this very pass: the next place may have it"
    store.messages.apply([message(1, 1, place=Role.TRASH, uid=5, modseq=3)])
    assert [row.thrid for row in reader.lists.window(TRASH).rows] == [1]
    store.uids.remove_uids(Role.TRASH, ((1, 9),))
    store.messages.apply([message(1, 1, "\\Inbox", uid=2, modseq=4)])
    assert reader.lists.window(INBOX).total == 1
    assert store.uids.locations([1]) == {1: Location(Role.ALL, 2)}
    assert reader.bodies.octets(1) == b"body"


def test_trash_seen_before_all_mail_is_looked_at(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.messages.apply([message(1, 1, place=Role.TRASH, uid=5, modseq=3)])
    assert not store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert reader.lists.window(TRASH).total == 1


def test_what_is_nowhere_for_a_whole_pass_is_forgotten(store: Store, reader: Reader) -> None:
    store.messages.apply([message(n, 1, "\\Inbox") for n in range(1, 4)])
    store.bodies.put(2, b"body")
    store.uids.remove_uids(Role.ALL, ((2, 2),))
    number = store.uids.begin_pass()
    assert store.uids.prune(number) == 1
    assert store.uids.known([1, 2, 3]) == {1, 3}
    assert reader.bodies.octets(2) is None
    assert reader.find("subject").msgids == (3, 1)
    assert store.uids.prune(number) == 0


def test_what_has_an_open_change_is_not_forgotten(store: Store) -> None:
    store.messages.apply([message(1, 1, "\\Inbox")])
    store.journal.submit(Archive(Messages((1,))))
    store.uids.remove_uids(Role.ALL, ((1, 1),))
    assert store.uids.prune(store.uids.begin_pass()) == 0
    batch = store.journal.queue.claim()
    assert batch is not None
    store.journal.answers.confirm(batch)
    assert store.uids.prune(store.uids.begin_pass()) == 1


def test_very_many_messages_are_pruned_in_small_steps_and_busy_ones_stay(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = 3 * ROWS_AT_ONCE
    store.messages.apply([message(n, n) for n in range(1, many + 1)])
    store.journal.submit(ChangeLabels(Messages(tuple(range(5, ROWS_AT_ONCE + 50))), add=frozenset(("Work",))))
    store.uids.remove_uids(Role.ALL, ((1, many),))
    later = store.uids.begin_pass()
    steps = steps_of(store, "SELECT count(*) FROM message", lambda: store.uids.prune(later), monkeypatch)
    assert sum(steps) == many - ROWS_AT_ONCE - 45
    assert max(steps) <= ROWS_AT_ONCE
    assert reader.stored() == ROWS_AT_ONCE + 45


def test_a_uid_that_now_is_anothers_is_taken_away(store: Store) -> None:
    store.messages.apply([message(1, uid=10)])
    store.messages.apply([message(2, uid=10)])
    assert store.uids.locations([1, 2]) == {1: Location(Role.ALL, None), 2: Location(Role.ALL, 10)}


def test_uidvalidity_changes_and_only_uids_do(store: Store, reader: Reader) -> None:
    store.messages.apply([message(n, n, "\\Inbox", modseq=100) for n in range(1, 6)])
    store.messages.apply([message(9, 9, place=Role.TRASH, uid=3)])
    store.uids.save_sync_state(SyncState(Role.ALL, "[Gmail]/All Mail", 1, 6, 100, 5, 1, True))
    store.bodies.put(4, b"body")
    store.uids.remap(Role.ALL, 2, {1: 11, 2: 3, 4: 14, 77: 15})
    assert store.uids.ranges(Role.ALL) == ((3, 3), (11, 11), (14, 14))
    assert store.uids.ranges(Role.TRASH) == ((3, 3),)
    assert [row.thrid for row in reader.lists.window(INBOX).rows] == [4, 2, 1]
    assert reader.bodies.octets(4) == b"body"
    state = store.uids.sync_state(Role.ALL)
    assert state is not None
    assert (state.uidvalidity, state.highestmodseq) == (2, 0)
    store.messages.apply_deltas(Role.ALL, [Delta(11, frozenset({"\\Seen"}), None, 1)])
    assert reader.lists.window(INBOX).unread == 2


def test_sync_state_is_kept_by_place(store: Store) -> None:
    assert store.uids.sync_state(Role.SPAM) is None
    state = SyncState(Role.SPAM, "[Gmail]/Spam", 3, 10, 99, 4, None, False)
    store.uids.save_sync_state(state)
    store.uids.save_sync_state(SyncState(Role.TRASH, "[Gmail]/Bin", 2))
    assert store.uids.sync_state(Role.SPAM) == state
