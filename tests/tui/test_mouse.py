"""The mouse does everything too: dividers, right clicks, the wheel."""

from __future__ import annotations

import pytest
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp

from tests.tui.pilot import Stage, running
from tui.dialogs.palette import PaletteScreen
from tui.keys.commands import Where
from tui.widgets.divider import Divider


async def drag(stage: Stage, name: str, cells: int) -> None:
    """Drag a divider right (or down) by so many cells, one at a time as a slow hand does."""
    divider = stage.main.query_one(f"#{name}", Divider)
    step = 1 if cells > 0 else -1
    x, y = divider.region.x, divider.region.y
    across, down = (step, 0) if divider.is_upright else (0, step)

    async def post(kind: type[MouseDown | MouseMove | MouseUp], at: int) -> None:
        where = (x + across * at, y + down * at)
        await stage.pilot._post_mouse_events([kind], offset=where, button=1)
        await stage.rest()

    await post(MouseDown, 0)
    for at in range(1, abs(cells) + 1):
        await post(MouseMove, at)
    await post(MouseUp, abs(cells))


@pytest.mark.parametrize("by", [7, -7])
async def test_the_divider_of_the_tree_follows_the_mouse(by: int) -> None:
    async with running((120, 36)) as stage:
        before = stage.main.layout_now.tree
        await drag(stage, "tree-divider", by)
        assert stage.main.layout_now.tree == before + by
        assert stage.desk.state.tree_width == before + by


@pytest.mark.parametrize(("size", "by"), [((200, 50), 9), ((200, 50), -9), ((333, 50), 12)])
async def test_the_divider_beside_the_reader_follows_the_mouse_cell_by_cell(
    size: tuple[int, int], by: int
) -> None:
    async with running(size) as stage:
        before = stage.main.layout_now.list_width
        await drag(stage, "reader-divider", by)
        assert stage.main.layout_now.list_width == before + by


@pytest.mark.parametrize("by", [6, -4])
async def test_the_divider_above_the_reader_follows_the_mouse(by: int) -> None:
    async with running((120, 60)) as stage:
        before = stage.main.layout_now.list_height
        await drag(stage, "reader-divider", by)
        assert stage.main.layout_now.list_height == before + by
        # Let go is let go.
        await stage.pilot.hover("#list", offset=(5, 2))
        assert stage.main.layout_now.list_height == before + by


async def test_a_right_click_offers_what_can_be_done_with_the_row() -> None:
    async with running((120, 36)) as stage:
        await stage.pilot.click("#list", offset=(40, 2), button=3)
        await stage.rest()
        assert isinstance(stage.app.screen, PaletteScreen)
        assert stage.threads.cursor_row is not None
        subject = stage.here()
        await stage.press(*"archive:", "enter")
        assert subject not in stage.subjects()


async def test_a_right_click_in_the_tree_offers_what_can_be_done_with_the_label() -> None:
    async with running((120, 36)) as stage:
        tree = stage.main.places
        index = next(i for i, row in enumerate(tree.rows) if row.name == "Papers")
        await stage.pilot.click("#tree", offset=(5, index), button=3)
        await stage.rest()
        assert isinstance(stage.app.screen, PaletteScreen)
        assert "Choose the colour of this label" in stage.screen_text()
        assert stage.main.where is Where.TREE


async def test_the_wheel_scrolls_the_tree_and_its_end_is_its_end() -> None:
    async with running((120, 20)) as stage:
        tree = stage.main.places
        for kind, wanted in ((MouseScrollDown, tree.max_scroll_y), (MouseScrollUp, 0)):
            for _ in range(20):
                await stage.pilot._post_mouse_events([kind], "#tree", offset=(4, 4))
            await stage.rest()
            assert tree.scroll_offset.y == wanted
