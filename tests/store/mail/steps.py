"""Views, and how many rows each step of a large job takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imapcore.model import (
    Role,
    View,
)
from imapcore.store import Store
from imapcore.store.sqlite.connection import Transaction

ALL = View.of_role(Role.ALL)


TRASH = View.of_role(Role.TRASH)


RESULTS = "SELECT count(*) FROM search_result"


def tidied(store: Store) -> None:
    """Forget every search there is one too many of."""
    while store.searches.tidy():
        pass


def steps_of(
    store: Store, counted: str, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[int]:
    """How many rows each transaction took away from what a query counts."""
    steps: list[int] = []
    call = store.writer.call

    def watched(job: Callable[[Transaction], object], **how: bool) -> object:
        def watching(tx: Transaction) -> object:
            before = tx.number(counted)
            answer = job(tx)
            steps.append(before - tx.number(counted))
            return answer

        return call(watching, **how)

    with monkeypatch.context() as patched:
        patched.setattr(store.writer, "call", watched)
        action()
    return steps
