"""The tree as rows: groups, nesting, folds, filters."""

from __future__ import annotations

import pytest

from imapcore.model import Mailbox, Role, SavedSearch
from tests.fakes.engine import FakeEngine
from tui.widgets.sidebar.tree_rows import SPACE, TreeKind, TreeRow, TreeState, build_rows, follow_row


def titles(rows: tuple[TreeRow, ...]) -> list[str]:
    return [("  " * row.depth) + row.title for row in rows]


def build(state: TreeState | None = None) -> tuple[TreeRow, ...]:
    engine = FakeEngine()
    return build_rows(engine.mailboxes(), engine.saved_searches(), state or TreeState())


def test_three_groups_in_order() -> None:
    shown = titles(build())
    assert shown[:8] == ["Inbox", "Starred", "Important", "Sent", "Drafts", "All Mail", "Spam", "Trash"]
    assert shown[8:11] == ["", "Searches", "Primary"]
    assert shown[shown.index("Labels") + 1 : shown.index("Labels") + 4] == ["Family", "  school", "Finance"]


def test_drafts_count_all_others_what_is_unread() -> None:
    counts = {row.role: row.count for row in build() if row.role}
    assert counts[Role.INBOX] == 6
    assert counts[Role.DRAFTS] == 2
    assert counts[Role.SENT] == 0


def test_a_folded_label_hides_its_children() -> None:
    shown = titles(build(TreeState(folded={"Work"})))
    assert "Work" in shown
    assert "  contracts" not in shown


def test_parents_that_are_no_labels_are_made_up() -> None:
    rows = build_rows([Mailbox("A/b/c", "c", total=1)], (), TreeState())
    assert titles(rows) == ["Labels", "A", "  b", "    c"]
    assert [row.view is None for row in rows[1:]] == [True, True, False]


def test_siblings_stand_together_whatever_sorts_between_them() -> None:
    names = ["Work", "Work stuff", "Work/a", "work-b"]
    rows = build_rows([Mailbox(name, name.rpartition("/")[2]) for name in names], (), TreeState())
    assert [row.name for row in rows[1:]] == ["Work", "Work/a", "Work stuff", "work-b"]


def test_hidden_ones_are_shown_on_demand() -> None:
    state = TreeState(hidden={"Papers", "search:2"})
    assert "Papers" not in titles(build(state))
    assert "Promotions" not in titles(build(state))
    shown = build(TreeState(hidden={"Papers", "search:2"}, shows_hidden=True))
    assert {row.title for row in shown if row.is_hidden} == {"Papers", "Promotions"}


def test_pinned_ones_come_first_with_their_whole_path() -> None:
    rows = build(TreeState(pinned=("Travel/trains",)))
    labels = [row for row in rows if row.kind is TreeKind.LABEL]
    assert (labels[0].title, labels[0].depth, labels[0].is_pinned) == ("Travel/trains", 0, True)


def test_the_filter_looks_into_folds_and_paths() -> None:
    shown = titles(build(TreeState(folded={"Work"}, text="work press")))
    assert shown == ["Labels", "  press"]


def test_a_filter_that_matches_nothing_leaves_nothing() -> None:
    assert build(TreeState(text="zzzz")) == ()


def test_hostile_label_names_are_drawn_harmlessly() -> None:
    rows = build_rows([Mailbox("a\x1b[31m/\u202eb", "b")], [SavedSearch(1, "ok", "x")], TreeState())
    assert all("\x1b" not in row.title and "\u202e" not in row.title for row in rows)


def _rows(*names: str) -> tuple[TreeRow, ...]:
    return (SPACE, *(TreeRow(TreeKind.LABEL, name, None, name) for name in names))


@pytest.mark.parametrize(
    ("before", "after", "cursor", "expected"),
    [
        (("a", "b", "c"), ("a", "c", "x"), "b", "x"),
        (("a", "b", "b/c"), ("a", "x", "x/c"), "b/c", "x/c"),
        (("a", "b", "c"), ("a", "c"), "b", "c"),
        (("a", "b"), ("a",), "b", "a"),
        (("a", "b"), ("a", "aa", "b"), "b", "b"),
        (("a",), (), "a", ""),
    ],
)
def test_the_cursor_follows_its_label_or_stays_where_it_was(
    before: tuple[str, ...], after: tuple[str, ...], cursor: str, expected: str
) -> None:
    rows, now = _rows(*before), _rows(*after)
    index = next(place for place, row in enumerate(rows) if row.name == cursor)
    assert now[follow_row(rows, now, rows[index], index)].name == expected
