"""Fixtures of the tests of sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.bench import Bench, synced


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with synced(tmp_path) as made:
        yield made
