"""Cells, cuts and dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.fakes.mail import DAY, HOUR, NOW_MS
from tui.style import text as fm

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)


@given(TEXTS, st.integers(0, 40))
def test_fit_takes_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(fm.fit(fm.steady(text), width)) == width


@given(TEXTS, st.integers(0, 40))
def test_cut_never_takes_more(text: str, width: int) -> None:
    assert cell_len(fm.cut(text, width)) <= max(width, 0)


@given(TEXTS)
def test_steady_text_is_as_wide_as_its_characters(text: str) -> None:
    steady = fm.steady(text)
    assert cell_len(steady) == sum(cell_len(character) for character in steady)


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("👩‍👩‍👧‍👦 family", "👩 family"),
        ("❤️", "❤"),
        ("👍🏽", "👍"),
        ("🇳🇴", "NO"),
        ("1️⃣2️⃣", "12"),
        ("क्‍ष", "क्ष"),
        ("می‌خواهم", "میخواهم"),
        ("plain", "plain"),
    ],
)
def test_sequences_terminals_disagree_on_become_plain(text: str, steady: str) -> None:
    assert fm.steady(text) == steady


def test_a_wide_character_is_not_halved() -> None:
    assert fm.cut("日本語", 4) == "日…"
    assert fm.fit("日本語", 4) == "日… "


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert fm.cut("e\u0301e\u0301e\u0301", 2) == "e\u0301…"


def test_right_to_left_text_is_anchored_before_the_next_column() -> None:
    assert fm.fit("سمير", 6) == "سمير\u200e  "
    assert fm.anchored("plain") == "plain"


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (0, "09:12"),
        (9 * HOUR, "00:12"),
        (10 * HOUR, "Fri"),
        (6 * DAY, "Sun"),
        (7 * DAY, "14 Nov"),
        (170 * DAY, "4 Jun"),
        (400 * DAY, "Oct ’25"),
        (-HOUR, "10:12"),
        (-2 * DAY, "23 Nov"),
        (-500 * DAY, "Apr ’28"),
    ],
)
def test_dates_as_a_list_shows_them(age: int, shown: str) -> None:
    assert fm.when(NOW_MS - age, NOW_MS, UTC) == shown
    assert fm.cells(shown) <= fm.DATE_CELLS


@given(st.integers(-(2**62), 2**62))
def test_any_date_is_shown(date: int) -> None:
    assert fm.cells(fm.when(date, NOW_MS, UTC)) <= fm.DATE_CELLS
    assert fm.day_group(date, NOW_MS, UTC)


@pytest.mark.parametrize(
    ("age", "group"),
    [
        (0, "Today"),
        (-HOUR, "Today"),
        (DAY, "Yesterday"),
        (2 * DAY, "This week"),
        (6 * DAY, "Last week"),
        (13 * DAY, "Earlier this month"),
        (30 * DAY, "October"),
        (400 * DAY, "October 2025"),
    ],
)
def test_days_are_grouped(age: int, group: str) -> None:
    assert fm.day_group(NOW_MS - age, NOW_MS, UTC) == group


def test_the_moment_of_the_pictures() -> None:
    assert datetime.fromtimestamp(NOW_MS / 1000, UTC).isoformat() == "2026-11-21T09:12:00+00:00"


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (47_400, "47 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_100_000, "3.1 MB"),
    ],
)
def test_sizes(octets: int, shown: str) -> None:
    assert fm.size(octets) == shown


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (0, "just now"),
        (3 * 60_000, "3 min ago"),
        (2 * HOUR, "2 h ago"),
        (DAY, "1 day ago"),
        (5 * DAY, "5 days ago"),
        (60 * DAY, ""),
        (-HOUR, ""),
    ],
)
def test_ages(age: int, shown: str) -> None:
    assert fm.age(NOW_MS - age, NOW_MS) == shown
