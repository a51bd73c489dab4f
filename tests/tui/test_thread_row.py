"""A conversation as a line: exact cells whatever the script, people as Gmail shows them."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from imapcore.model import INBOX, ChangeState, Person, Role, ThreadRow, View
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tui.style.glyphs import ASCII, UNICODE
from tui.style.theme import DARK
from tui.widgets.thread_list.thread_row import Density, RowLook, RowStyles, plan_columns, render_row

STYLES = RowStyles(DARK, lambda label: ("#ffffff", "#000000"))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=50)
PEOPLE = st.builds(Person, TEXTS, st.booleans(), st.booleans(), st.booleans())
ROWS = st.builds(
    ThreadRow,
    thrid=st.integers(1, 2**63),
    date=st.integers(0, 2**42),
    count=st.integers(1, 5000),
    unread=st.integers(0, 3),
    subject=TEXTS,
    snippet=TEXTS,
    people=st.lists(PEOPLE, max_size=6).map(tuple),
    recipients=st.lists(TEXTS, max_size=3).map(tuple),
    labels=st.lists(TEXTS, max_size=5).map(tuple),
    is_in_inbox=st.booleans(),
    is_starred=st.booleans(),
    is_important=st.booleans(),
    has_attachment=st.booleans(),
    has_invite=st.booleans(),
    has_draft=st.booleans(),
    state=st.sampled_from(ChangeState),
)


def make_look(
    width: int, density: Density = Density.ONE, view: View = INBOX, *, is_ascii: bool = False
) -> RowLook:
    return RowLook(
        plan_columns(width, density),
        STYLES,
        ASCII if is_ascii else UNICODE,
        NOW_MS,
        UTC,
        own_label=view.label,
        shows_recipients=view.role in (Role.SENT, Role.DRAFTS),
        shows_inbox=view.role is Role.ALL,
    )


def draw(row: ThreadRow, look: RowLook, **state: bool) -> list[str]:
    strips = render_row(
        row,
        look,
        is_cursor=state.get("is_cursor", False),
        is_focused=True,
        is_selected=state.get("is_selected", False),
    )
    return [strip.text for strip in strips]


@settings(max_examples=400)
@given(ROWS, st.integers(8, 300), st.sampled_from(Density), st.booleans(), st.booleans())
def test_a_row_takes_exactly_its_width(
    row: ThreadRow, width: int, density: Density, is_cursor: bool, is_selected: bool
) -> None:
    for view in (INBOX, View.of_role(Role.SENT), View.of_role(Role.ALL)):
        strips = render_row(
            row,
            make_look(width, density, view),
            is_cursor=is_cursor,
            is_focused=True,
            is_selected=is_selected,
        )
        assert len(strips) == density.lines
        # Cells are counted from the text, not taken from what the strip says of itself.
        assert [sum(segment.cell_length for segment in strip) for strip in strips] == [width] * density.lines


@pytest.mark.parametrize("width", range(44, 301, 16))
def test_the_date_stands_at_one_edge_whatever_the_script(width: int) -> None:
    look = make_look(width)
    for row in FakeEngine().window(INBOX).rows:
        strip = render_row(row, look, is_cursor=False, is_focused=True, is_selected=False)[0]
        date = strip.crop(width - look.columns.date - 1, width - 1).text
        assert date.strip()
        assert strip.crop(width - 1, width).text == " "


@pytest.mark.parametrize("width", range(8, 301))
def test_columns_add_up(width: int) -> None:
    columns = plan_columns(width)
    parts = (columns.mark, columns.star, columns.important, columns.senders, columns.count, columns.text,
             columns.attachment, columns.date)  # fmt: skip
    assert min(parts) >= 0
    assert sum(parts) + 2 <= width or width < 16


def row_of(subject: str) -> ThreadRow:
    engine = FakeEngine()
    return next(row for row in engine.window(View.of_role(Role.ALL), size=200).rows if row.subject == subject)


def test_people_as_gmail_shows_them() -> None:
    assert "Ada, me, Lin" in draw(row_of("Budget 2027"), make_look(120))[0]
    assert "Mum, me" in draw(row_of("Sunday lunch?"), make_look(120))[0]
    assert "Lin, Draft" in draw(row_of("Contract, second reading"), make_look(120))[0]


def test_many_people_keep_the_first_and_the_last() -> None:
    people = tuple(Person(name) for name in ("Ada", "Bertha", "Clara", "Dorothea", "Elisabeth", "Florence"))
    row = ThreadRow(1, NOW_MS, 6, 0, "x", "", people)
    shown = draw(row, make_look(100))[0]
    assert "Ada .. " in shown
    assert "Florence" in shown
    assert "Clara" not in shown


def test_sent_says_to_whom() -> None:
    shown = draw(row_of("Postcard to everybody"), make_look(120, view=View.of_role(Role.SENT)))[0]
    assert "To: Mum, Ingrid" in shown


def test_the_views_own_label_is_left_out() -> None:
    row = row_of("Budget 2027")
    assert "Work" in draw(row, make_look(120))[0]
    assert " Work " not in draw(row, make_look(120, view=View.of_label("Work")))[0]
    assert " Finance " in draw(row, make_look(120, view=View.of_label("Work")))[0]


def test_labels_without_room_are_counted() -> None:
    row = ThreadRow(1, NOW_MS, 1, 0, "Subject", "", (Person("Ada"),), labels=tuple("abcdefghijkl"))
    assert " +" in draw(row, make_look(80))[0]


def test_all_mail_tells_what_is_in_the_inbox() -> None:
    assert " Inbox " in draw(row_of("Budget 2027"), make_look(140, view=View.of_role(Role.ALL)))[0]


def test_cursor_and_selection_are_seen_without_colour() -> None:
    row, look = row_of("Statement for October"), make_look(100)
    plain = draw(row, look)[0]
    assert draw(row, look, is_cursor=True)[0] != plain
    assert draw(row, look, is_selected=True)[0] != plain


@pytest.mark.parametrize("state", [ChangeState.PENDING, ChangeState.REJECTED])
def test_changes_under_way_are_marked_without_colour(state: ChangeState) -> None:
    settled = row_of("Statement for October")
    assert draw(replace(settled, state=state), make_look(100))[0] != draw(settled, make_look(100))[0]


def test_an_ascii_row_is_ascii() -> None:
    row = row_of("Statement for October")
    assert draw(row, make_look(100, is_ascii=True), is_cursor=True, is_selected=True)[0].isascii()


def test_without_subject_or_people_it_says_so() -> None:
    shown = draw(ThreadRow(1, NOW_MS, 1, 0, "", "", ()), make_look(100))[0]
    assert "(no subject)" in shown
    assert "(nobody)" in shown


def test_two_lines_part_people_from_text() -> None:
    first, second = draw(row_of("Your tickets to Lisbon"), make_look(80, Density.TWO))
    assert "Rail Europe" in first
    assert "06:30" in first
    assert "Your tickets to Lisbon — Coach 7" in second
