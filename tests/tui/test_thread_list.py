"""The list as a widget: a million rows, scrolling, and cursors that stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from imapcore.model import INBOX, Around, At, Bottom, Key, Place, ThreadRow, Top, View, Window
from tests.fakes.mail import NOW_MS
from tui.style.glyphs import UNICODE
from tui.style.theme import DARK
from tui.widgets.thread_list.thread_list import ThreadList
from tui.widgets.thread_list.thread_row import RowStyles

MILLION = 1_000_000


@dataclass
class Many:
    """A view of very many rows, made up as they are asked for; rows can be put on top."""

    total: int = MILLION
    added: int = 0
    is_complete: bool = True
    asked: list[tuple[Place, int]] = field(default_factory=list)

    def row(self, index: int) -> ThreadRow:
        number = index - self.added
        return ThreadRow(number + 10_000, NOW_MS - number * 60_000, 1, 0, f"row {number}", "", ())

    def _index(self, key: Key) -> int:
        return (NOW_MS - key[0]) // 60_000 + self.added

    def window(self, view: View, place: Place, size: int) -> Window:
        self.asked.append((place, size))
        total = self.total + self.added
        match place:
            case Top():
                first = 0
            case Bottom():
                first = total - size
            case At(index):
                first = index - size // 2
            case Around(key):
                first = self._index(key) - size // 2
        first = max(0, min(first, total - size))
        rows = tuple(self.row(index) for index in range(first, min(total, first + size)))
        return Window(view, rows, first, total, is_complete=self.is_complete)


class Stage(App[None]):
    """A list and nothing else."""

    CSS = "ThreadList { height: 1fr; }"

    def __init__(self, many: Many) -> None:
        super().__init__()
        styles = RowStyles(DARK, lambda label: ("#ffffff", "#000000"))
        self.many = many
        self.threads = ThreadList(
            many.window, styles, UNICODE, lambda: NOW_MS, zone=UTC, has_day_headings=False
        )

    def compose(self) -> ComposeResult:
        yield self.threads

    def on_mount(self) -> None:
        self.threads.show(INBOX)


def here(stage: Stage) -> str:
    row = stage.threads.cursor_row
    return row.subject if row else ""


def shown(stage: Stage) -> list[str]:
    threads = stage.threads
    return [threads.render_line(y).text for y in range(threads.size.height)]


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()


async def test_a_million_rows_hold_a_few_hundred() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.threads.move_to_end(is_bottom=True)
        await settle(pilot)
        assert here(stage) == "row 999999"
        assert "row 999999" in shown(stage)[-1]
        stage.threads.move(-500_000)
        await settle(pilot)
        assert here(stage) == "row 499999"
        assert any("row 499999" in line for line in shown(stage))
        assert max(size for _, size in stage.many.asked) < 400


async def test_stepping_reads_a_new_window_only_now_and_then() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = len(stage.many.asked)
        for _ in range(200):
            stage.threads.move(1)
        await settle(pilot)
        assert here(stage) == "row 200"
        assert len(stage.many.asked) - before < 8


async def test_every_line_is_drawn_wherever_it_is_scrolled_to() -> None:
    stage = Stage(Many(total=5_000))
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for y in (0, 1, 77, 2_500, 4_976, 9_999):
            stage.threads.scroll_to(y=y, animate=False, immediate=True)
            await settle(pilot)
            assert all("row " in line for line in shown(stage)), y


async def test_rows_above_leave_cursor_and_viewport_alone() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.threads.move_to(1_000)
        await settle(pilot)
        before = shown(stage)
        stage.many.added = 37
        stage.threads.refresh_rows()
        await settle(pilot)
        assert here(stage) == "row 1000"
        assert shown(stage) == before
        assert stage.threads.cursor_index == 1_037


async def test_a_viewport_scrolled_away_from_the_cursor_stays_too() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.threads.scroll_to(y=600, animate=False, immediate=True)
        await settle(pilot)
        before = shown(stage)
        stage.many.added = 5
        stage.threads.refresh_rows()
        await settle(pilot)
        assert shown(stage) == before
        assert here(stage) == "row 0"
        stage.threads.move(1)
        await settle(pilot)
        assert here(stage) == "row 1"
        assert any("row 1 " in line for line in shown(stage))


async def test_new_rows_are_seen_when_one_is_at_the_top() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.many.added = 3
        stage.threads.refresh_rows()
        await settle(pilot)
        assert "row -3" in shown(stage)[0]
        assert here(stage) == "row 0"


async def test_a_range_over_thousands_is_read_in_one_piece() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.threads.toggle_range()
        stage.threads.move(3_000)
        await settle(pilot)
        assert len(stage.threads.selection) == 3_001


async def test_an_empty_view_says_what_it_was_told() -> None:
    stage = Stage(Many(total=0))
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.threads.set_empty(("Inbox zero", "Nothing is waiting"))
        await settle(pilot)
        text = "\n".join(shown(stage))
        assert "Inbox zero" in text
        for move in (1, -1, 100):
            stage.threads.move(move)
        stage.threads.toggle_range()
        stage.threads.toggle_selected()
        assert stage.threads.target() is None


async def test_while_a_view_is_filled_the_cursor_stays_at_the_top_until_it_is_moved() -> None:
    stage = Stage(Many(is_complete=False))
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for added in (5, 40):
            stage.many.added = added
            stage.threads.refresh_rows()
            await settle(pilot)
            assert (stage.threads.cursor_index, here(stage)) == (0, f"row {-added}")
        stage.threads.move(0)
        stage.many.added = 45
        stage.threads.refresh_rows()
        await settle(pilot)
        assert (stage.threads.cursor_index, here(stage)) == (5, "row -40")


async def test_what_arrives_in_a_whole_view_does_not_slip_under_the_cursor() -> None:
    stage = Stage(Many())
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.many.added = 5
        stage.threads.refresh_rows()
        await settle(pilot)
        assert (stage.threads.cursor_index, here(stage)) == (5, "row 0")


async def test_a_choice_made_while_a_view_is_filled_holds_the_cursor() -> None:
    stage = Stage(Many(is_complete=False))
    async with stage.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = stage.threads.cursor_row
        assert row is not None
        stage.threads.selection.toggle(row.thrid)
        stage.many.added = 5
        stage.threads.refresh_rows()
        await settle(pilot)
        assert here(stage) == "row 0"
