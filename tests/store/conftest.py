"""Fixtures of the store's tests: a store, a reader, a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.store import Reader, Store
from tests.store.worlds import ME


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
