"""The rows around the viewport: indexes, places, lines and headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapcore.model import INBOX, ThreadRow, Window
from tui.widgets.thread_list.row_window import RowWindow, heading_above, last_top, lay_out


def make_row(number: int, total: int = 1000) -> ThreadRow:
    return ThreadRow(number, (total - number) * 10, 1, 0, f"row {number}", "", ())


def make_window(first: int, count: int, total: int) -> RowWindow:
    return RowWindow(Window(INBOX, tuple(make_row(n) for n in range(first, first + count)), first, total))


def no_group(row: ThreadRow) -> str:
    return ""


def by_tens(row: ThreadRow) -> str:
    return f"{row.thrid // 10}"


def test_rows_by_index() -> None:
    window = make_window(100, 50, 1000)
    assert window.row(99) is None
    assert window.row(150) is None
    assert window.row(120) == make_row(120)
    assert window.find(149) == 149
    assert window.find(150) is None


@pytest.mark.parametrize(
    ("first", "end", "is_held"), [(100, 150, True), (99, 120, False), (120, 151, False), (-5, 3, False)]
)
def test_what_is_held(first: int, end: int, is_held: bool) -> None:
    assert make_window(100, 50, 1000).holds(first, end) is is_held


def test_ranges_beyond_the_ends_are_held_when_what_exists_is() -> None:
    assert make_window(0, 30, 30).holds(-10, 99)


def test_the_place_of_a_key_that_is_gone_is_that_of_its_successor() -> None:
    window = make_window(0, 30, 30)
    assert window.place_of(make_row(12).key) == 12
    date, thrid = make_row(12).key
    assert window.place_of((date + 1, thrid)) == 12
    assert window.place_of((date - 1, thrid)) == 13
    assert window.place_of((-1, 0)) == 29


@given(st.integers(0, 200), st.integers(1, 60), st.integers(1, 2), st.integers(0, 199))
def test_the_viewport_is_always_full_and_in_order(total: int, height: int, lines: int, top: int) -> None:
    window = make_window(0, total, total)
    laid = lay_out(window, min(top, max(0, total - 1)), height, lines, by_tens)
    assert len(laid) == height
    shown = [line.index for line in laid if line.index is not None]
    assert shown == sorted(shown)


@given(st.integers(1, 200), st.integers(3, 60), st.integers(1, 2))
def test_the_last_top_shows_the_last_row_in_full(total: int, height: int, lines: int) -> None:
    window = make_window(0, total, total)
    for group in (no_group, by_tens):
        top = last_top(window, height, lines, group)
        laid = lay_out(window, top, height, lines, group)
        assert any(line.index == total - 1 and line.part == lines - 1 for line in laid)


def test_headings_stand_where_the_group_changes() -> None:
    window = make_window(0, 40, 40)
    assert [index for index in range(40) if heading_above(window, index, by_tens)] == [0, 10, 20, 30]


def test_today_needs_no_heading_at_the_top() -> None:
    window = make_window(0, 5, 5)
    assert heading_above(window, 0, lambda row: "Today") == ""


def test_no_heading_is_made_up_where_the_row_before_is_not_held() -> None:
    window = make_window(100, 50, 1000)
    assert lay_out(window, 100, 5, 1, by_tens)[0].part == 0
