"""Pictures of the composer, each looked at before it was accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.tui.pilot import come_to_rest, make_app, make_desk
from tests.tui.stage import at_rest

SnapCompare = Callable[..., bool]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)], ids=["small", "usual", "wide"])
def test_snapshot_of_an_answer(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def write(pilot: Pilot[None]) -> None:
        await come_to_rest(pilot)
        await pilot.press("r")
        await at_rest(pilot)
        await pilot.press(*"Thanks, that is fine.")
        await at_rest(pilot)
        app.main.composing._save()
        await at_rest(pilot)
        await come_to_rest(pilot)

    app = make_app(make_desk())
    assert snap_compare(app, terminal_size=size, run_before=write)
