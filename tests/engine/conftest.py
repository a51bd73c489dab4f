"""Fixtures of the engine's tests; and the proof after each test that nothing is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from imapcore.simulator import Options, Simulator

OURS = ("session:", "hub", "writer")


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """After every test: no thread of an engine is alive."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith(OURS)]
    assert not left


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """The demo account: some 400 messages, 120 conversations."""
    with Simulator(Options(seed=7)) as simulator:
        yield simulator
        simulator.control.clear_faults()


@pytest.fixture
def small() -> Iterator[Simulator]:
    """An account of sixty messages."""
    with Simulator(Options(messages=60, seed=3)) as simulator:
        yield simulator
