"""Mail for the tests of the journal."""

from __future__ import annotations

import pytest

from imapcore.store import Store
from tests.store.worlds import mailboxes, message


@pytest.fixture(autouse=True)
def mail(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "Play"))
    store.messages.apply([message(n, (n + 1) // 2, "\\Inbox") for n in range(1, 9)])
