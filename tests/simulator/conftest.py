"""What the tests share: a small server, and a bare client that hides nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imapcore.simulator import Options, Simulator
from tests.simulator.wire import Wire

NOW_MS = 1_795_251_600_000
"""21 November 2026, 09:00 UTC."""


def options(**changes: object) -> Options:
    """Options of a small, still account."""
    settings: dict[str, object] = {"messages": 0, "spurious_bumps": False}
    settings.update(changes)
    return Options(**settings)  # type: ignore[arg-type]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """An empty account."""
    with Simulator(options()) as simulator:
        yield simulator


@pytest.fixture
def wire(sim: Simulator) -> Iterator[Wire]:
    """A client of ``sim``, signed in."""
    with Wire(sim) as client:
        client.login()
        yield client
