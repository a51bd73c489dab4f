"""The tree of labels, and labels that change elsewhere."""

from __future__ import annotations

from functools import partial

import pytest

from imapcore.model import (
    DeleteLabel,
    Role,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import MailboxFacts
from imapcore.store.sqlite.writer import ROWS_AT_ONCE
from tests.store.mail.steps import steps_of
from tests.store.worlds import mailboxes, message


def test_roles_in_their_order_then_labels_with_parents_first(store: Store, reader: Reader) -> None:
    listed = [*mailboxes("b", "B/x", "a/deep"), MailboxFacts("a", "a", None, is_selectable=False)]
    changes = store.labels.replace_mailboxes(listed)
    assert changes.added == ("B/x", "a/deep", "b")
    found = reader.lists.mailboxes()
    assert [m.role for m in found[:8]] == list(Role)
    assert [(m.name, m.is_selectable) for m in found[8:]] == [
        ("a", False),
        ("a/deep", True),
        ("b", True),
        ("B/x", True),
    ]
    assert not store.labels.replace_mailboxes(listed).is_changed
    assert store.labels.replace_mailboxes(mailboxes("b")).removed == ("B/x", "a/deep")
    assert reader.lists.mailbox_name(Role.TRASH) == "[Gmail]/Trash"


def test_a_label_renamed_or_deleted_elsewhere(store: Store, reader: Reader) -> None:
    store.labels.replace_mailboxes(mailboxes("Old", "Gone"))
    store.messages.apply([message(n, n, "Old", "Gone") for n in range(1, 300)])
    assert len(store.labels.carrying("Gone")) == 299
    store.labels.rename("Old", "New")
    store.labels.replace_mailboxes(mailboxes("New"))
    assert store.labels.forget("Gone").messages == 299
    row = reader.lists.window(View.of_label("New"), size=1).rows[0]
    assert row.labels == ("New",)
    assert reader.lists.window(View.of_label("Gone")).total == 0
    assert store.labels.carrying("Gone") == ()
    assert store.labels.forget("Never was").messages == 0


@pytest.mark.parametrize("is_ours", [False, True])
def test_a_label_leaves_very_many_messages_in_small_steps(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, is_ours: bool
) -> None:
    """A key pressed meanwhile must not wait until it is off all of them."""
    many = 3 * ROWS_AT_ONCE
    store.labels.replace_mailboxes(mailboxes("Gone"))
    store.messages.apply([message(n, n, "Gone") for n in range(1, many + 1)])
    carrying = "SELECT count(*) FROM state JOIN mark_set ON set_id = confirmed, json_each(marks) AS one "
    carrying += "JOIN mark ON mark_id = one.value WHERE name = 'Gone'"

    def deleted() -> None:
        store.journal.submit(DeleteLabel("Gone"))
        batch = store.journal.queue.claim()
        assert batch is not None
        store.journal.answers.confirm(batch)

    forgotten = partial(store.labels.forget, "Gone")
    steps = steps_of(store, carrying, deleted if is_ours else forgotten, monkeypatch)
    assert sum(steps) == many
    assert max(steps) <= ROWS_AT_ONCE


def test_new_uids_are_given_in_small_steps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    many = 3 * ROWS_AT_ONCE
    store.messages.apply([message(n, n) for n in range(1, many + 1)])
    pairs = {n: n + 5000 for n in range(1, many + 1)}
    located = "SELECT count(*) FROM message WHERE uid IS NOT NULL"
    steps = steps_of(store, located, lambda: store.uids.remap(Role.ALL, 2, pairs), monkeypatch)
    assert max(map(abs, steps)) <= ROWS_AT_ONCE
    assert store.uids.msgids(Role.ALL, ((5001, 5000 + many),)) == {uid: n for n, uid in pairs.items()}


def test_both_names_of_a_renamed_label_become_one(store: Store, reader: Reader) -> None:
    """The new name is on messages before LIST tells that it is a rename."""
    store.messages.apply([message(1, 1, "Old"), message(2, 2, "New")])
    store.labels.rename("Old", "New")
    assert [row.thrid for row in reader.lists.window(View.of_label("New")).rows] == [2, 1]
