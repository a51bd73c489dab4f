"""How much is sent to the terminal: what changed, and nothing where nothing did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.screen import Screen

from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, running
from tui.app import GimapApp
from tui.context import AppContext
from tui.settings.config import BehaviourSettings, Config
from tui.terminal.screen_output import pieces
from tui.terminal.shown_screen import ShownScreen

SIZES = [(80, 24, 1_000), (200, 50, 2_000)]
"""Columns, lines, and the octets that one step may take."""


class Line:
    """Counts what would go over it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.octets = 0
        self._shown = ShownScreen()
        patch.setattr(GimapApp, "_display", self._display())

    def _display(self) -> Callable[[GimapApp, Screen[Any], object], None]:
        def display(app: GimapApp, screen: Screen[Any], frame: object) -> None:
            if isinstance(frame, LayoutUpdate | ChopsUpdate):
                self.octets += len(self._shown.changes(pieces(frame), app.size).encode())

        return display

    def taken(self) -> int:
        """Octets since this was asked last."""
        octets, self.octets = self.octets, 0
        return octets


async def cost(stage: Stage, line: Line, *keys: str) -> int:
    """Octets for some keys."""
    line.taken()
    await stage.press(*keys)
    return line.taken()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    """What is sent."""
    return Line(monkeypatch)


@pytest.mark.parametrize(("columns", "lines", "bound"), SIZES)
async def test_a_step_in_the_list(line: Line, columns: int, lines: int, bound: int) -> None:
    # The reader, which follows when the cursor rests, is no part of the step.
    config = Config(behaviour=BehaviourSettings(preview=False))
    async with running((columns, lines), config=config) as stage:
        for key in "jjjjkj":
            assert 0 < await cost(stage, line, key) <= bound


@pytest.mark.parametrize(("columns", "lines", "bound"), SIZES)
async def test_a_step_in_the_tree(line: Line, columns: int, lines: int, bound: int) -> None:
    async with running((columns, lines)) as stage:
        await stage.press("shift+tab")
        for key in ("down", "down", "up"):
            # In the tree the list does not follow before Enter.
            assert 0 < await cost(stage, line, key) <= bound


@pytest.mark.parametrize(("columns", "lines", "bound"), SIZES)
@pytest.mark.parametrize("opening", [("l",), ("colon",), ("question_mark",), ("full_stop",)])
async def test_a_step_in_a_dialog(
    line: Line, columns: int, lines: int, bound: int, opening: tuple[str, ...]
) -> None:
    async with running((columns, lines)) as stage:
        await stage.press(*opening)
        for key in ("down", "down", "up"):
            assert await cost(stage, line, key) <= bound


@pytest.mark.parametrize(("columns", "lines", "bound"), SIZES)
async def test_a_letter_typed_into_a_field(line: Line, columns: int, lines: int, bound: int) -> None:
    async with running((columns, lines)) as stage:
        await stage.press("slash", "a")
        assert 0 < await cost(stage, line, "d") <= bound


@pytest.mark.parametrize(("columns", "lines", "bound"), SIZES)
async def test_a_tick_and_a_look_at_what_stayed_send_nothing(
    line: Line, columns: int, lines: int, bound: int
) -> None:
    async with running((columns, lines)) as stage:
        line.taken()
        stage.app._tick()
        stage.main.look_again()
        stage.threads.tick()
        stage.main.refresh(layout=True)
        await stage.rest()
        assert line.taken() == 0


async def test_a_selected_row_and_one_archived_cost_what_they_change(line: Line) -> None:
    async with running((80, 24)) as stage:
        assert 0 < await cost(stage, line, "x") <= 600
        await stage.press("x", "j")
        assert 0 < await cost(stage, line, "e") <= 1_500


async def test_a_step_with_few_colours_or_marks_of_ascii(line: Line) -> None:
    from tui.style.glyphs import ASCII

    def plain(desk: AppContext) -> None:
        desk.glyphs = ASCII

    async with running((80, 24), FakeEngine(), prepare=plain) as stage:
        assert 0 < await cost(stage, line, "j") <= 1_000
