"""The collector rests while keys are pressed, and works when they are quiet."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from tests.tui.pilot import make_desk
from tui import app as app_module
from tui.app import GimapApp


@pytest.fixture
def collector() -> Iterator[None]:
    """Leave the collector as it was found."""
    yield
    gc.enable()
    gc.unfreeze()


async def test_the_collector_is_run_by_hand_and_the_app_lives_on(
    monkeypatch: pytest.MonkeyPatch, collector: None
) -> None:
    monkeypatch.setattr(app_module, "_COLLECT_SECONDS", 0.02)
    app = GimapApp(make_desk())
    collected = asyncio.Event()

    def watch(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 2 and not gc.isenabled():
            collected.set()

    gc.callbacks.append(watch)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await asyncio.wait_for(collected.wait(), 20)
            await pilot.pause()
            assert app.is_running
            assert not gc.isenabled()
    finally:
        gc.callbacks.remove(watch)
