"""What FETCH said of messages."""

from __future__ import annotations

import pytest

from imapcore.model import (
    INBOX,
    Address,
    ChangeLabels,
    Messages,
    Role,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta
from tests.store.mail.steps import ALL
from tests.store.worlds import BOB, ME, message


def test_the_same_facts_again_change_nothing(store: Store) -> None:
    facts = [message(1, 1, "\\Inbox", "Work"), message(2, 1)]
    first = store.messages.apply(facts)
    assert (first.new, first.messages, first.has_new_label) == ((1, 2), 2, True)
    again = store.messages.apply(facts)
    assert (again.new, again.messages, again.has_new_label, bool(again)) == ((), 0, False, False)


def test_everything_a_message_says_is_kept(store: Store, reader: Reader) -> None:
    facts = message(
        7,
        3,
        "\\Inbox",
        "\\Starred",
        "Wörk/ü",
        flags=("\\Seen", "$Forwarded", "\\Recent"),
        subject="日本 “quotes” \\ and 'more'",
        sender=Address("", "bare@example.org"),
        to=(ME, BOB),
        snippet="a\u202fb",
        has_attachment=True,
    )
    store.messages.apply([facts])
    kept = reader.threads.message(7)
    assert kept is not None
    assert (kept.msgid, kept.thrid, kept.date, kept.subject, kept.snippet) == (
        7,
        3,
        facts.date,
        facts.subject,
        facts.snippet,
    )
    assert (kept.sender, kept.to, kept.message_id) == (facts.sender, (ME, BOB), "<7@example.org>")
    assert kept.flags == {"\\Seen", "\\Flagged", "$Forwarded"}
    assert kept.labels == {"\\Inbox", "\\Starred", "Wörk/ü"}
    assert (kept.has_attachment, kept.has_invite, kept.place, kept.is_mine) == (True, False, Role.ALL, False)


def test_more_messages_than_a_transaction_holds(store: Store, reader: Reader) -> None:
    facts = [message(n, 1 + n // 3, "\\Inbox") for n in range(1, 702)]
    assert store.messages.apply(facts).messages == 701
    assert reader.lists.window(INBOX).total == len({f.thrid for f in facts})
    assert store.uids.ranges(Role.ALL) == ((1, 701),)


def test_a_known_message_keeps_its_snippet_when_none_is_said(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, snippet=None), message(2, snippet=None), message(3)])
    assert store.envelopes.without_snippet() == (2, 1)
    store.envelopes.set_snippets({1: "first words", 9: "of nobody"})
    store.messages.apply([message(1, snippet=None, modseq=5)])
    assert reader.lists.window(ALL).rows[-1].snippet == "first words"
    assert reader.find("words").msgids == (1,)
    store.envelopes.set_snippets({1: "other"})
    assert reader.find("words").msgids == ()


def test_a_message_may_change_its_conversation(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox"), message(2, 1, "\\Inbox"), message(3, 3, "\\Inbox")])
    store.messages.apply([message(2, 3, "\\Inbox", modseq=2)])
    assert [(row.thrid, row.count) for row in reader.lists.window(INBOX).rows] == [(3, 2), (1, 1)]
    thread = reader.threads.thread(3, INBOX)
    assert thread is not None
    assert [m.msgid for m in thread.messages] == [2, 3]


def test_facts_that_are_older_than_what_is_known_do_not_count(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", modseq=10)])
    store.messages.apply([message(1, 1, modseq=9)])
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), frozenset(), 8)])
    assert reader.lists.window(INBOX).unread == 1
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), None, 11)])
    assert (reader.lists.window(INBOX).total, reader.lists.window(INBOX).unread) == (1, 0)
    store.messages.apply_deltas(Role.ALL, [Delta(1, None, frozenset({"Work"}), 12)])
    assert reader.lists.window(INBOX).total == 0
    kept = reader.threads.message(1)
    assert kept is not None
    assert (kept.flags, kept.labels) == (frozenset({"\\Seen"}), frozenset({"Work"}))


@pytest.mark.parametrize(
    ("delta", "is_starred"),
    [
        (Delta(1, frozenset({"\\Flagged"}), None), True),
        (Delta(1, None, frozenset({"\\Starred"})), True),
        (Delta(1, frozenset({"\\Flagged"}), frozenset()), True),
        (Delta(1, frozenset(), None), False),
        (Delta(1, None, frozenset()), False),
        (Delta(1), True),
    ],
)
def test_the_star_is_one_thing_under_two_names(
    store: Store, reader: Reader, delta: Delta, is_starred: bool
) -> None:
    store.messages.apply([message(1, 1, "\\Starred")])
    store.messages.apply_deltas(Role.ALL, [delta])
    kept = reader.threads.message(1)
    assert kept is not None
    assert kept.is_starred is is_starred
    assert ("\\Starred" in kept.labels) is is_starred
    assert reader.lists.window(View.of_role(Role.STARRED)).total == int(is_starred)


def test_deltas_of_unknown_uids_are_passed_over(store: Store) -> None:
    assert not store.messages.apply_deltas(Role.ALL, [Delta(99, frozenset(), frozenset(), 1)])


def test_the_phone_changes_another_label_than_the_pending_one(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "Old")])
    store.journal.submit(ChangeLabels(Messages((1,)), frozenset({"Work"}), frozenset({"\\Inbox"})))
    store.messages.apply_deltas(Role.ALL, [Delta(1, frozenset({"\\Seen"}), frozenset({"\\Inbox", "New"}), 5)])
    kept = reader.threads.message(1)
    assert kept is not None
    assert (kept.labels, kept.is_unread) == (frozenset({"Work", "New"}), False)
