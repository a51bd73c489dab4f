"""Ops as tests ask for them, and what the queue makes of them."""

from __future__ import annotations

from imapcore.model import (
    ChangeFlags,
    ChangeLabels,
    Messages,
    OpState,
    Role,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Batch, Verb

WORK = View.of_label("Work")


TRASH = View.of_role(Role.TRASH)


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


def names(reader: Reader) -> list[str]:
    return [mailbox.name for mailbox in reader.lists.mailboxes() if mailbox.role is None]
