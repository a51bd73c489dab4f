"""Fixtures of the store's tests: a store, a reader, a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.model import Role
from imapcore.store import Reader, Store
from tests.store.worlds import ANN, BOB, ME, mailboxes, message


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    with Store.open(tmp_path / "account" / "store.sqlite", clock=clock, email=ME.email) as opened:
        yield opened


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    with store.reader() as opened:
        yield opened


@pytest.fixture
def library(store: Store) -> None:
    """Mail to be searched."""
    store.labels.replace_mailboxes(mailboxes("Work/Top Secret"))
    store.messages.apply(
        [
            message(1, 1, "\\Inbox", subject="Invoice for March", sender=ANN, snippet="please pay"),
            message(
                2, 2, "Work/Top Secret", subject="Lunch", sender=BOB, flags=("\\Seen",), has_attachment=True
            ),
            message(3, 3, "\\Sent", subject="Re: invoice", sender=ME, to=(BOB,), snippet="paid"),
            message(4, 4, subject="Invoice spam", place=Role.SPAM, uid=1),
            message(5, 5, subject="会議の資料について", snippet="よろしく"),
            message(6, 6, subject="Réunion générale", snippet="à bientôt"),
        ]
    )
