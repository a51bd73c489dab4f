"""What fingers expect of a program in a terminal, and what tells where one is."""

from __future__ import annotations

from typing import cast

import pytest

from imapcore.model import INBOX, Archive, ChangeFlags, ChangeLabels, Role, Threads, View
from tests.tui.pilot import Stage, running
from tui.keys.commands import BY_ID, COMMANDS, PANES, Needs, Where
from tui.keys.keymap import Keymap
from tui.main.taught_keys import Moment, taught_keys
from tui.settings.config import parse_config


def _words(moment: Moment) -> list[str]:
    keys = taught_keys(Keymap(), moment, lambda command: command.needs in (Needs.LABEL, Needs.SEARCH))
    return [f"{key} {word}" for key, word, _ in keys]


@pytest.mark.parametrize(
    ("view", "first"),
    [
        (View.of_role(Role.SPAM), ["! not spam", "Shift+D delete forever"]),
        (View.of_role(Role.TRASH), ["i to inbox", "Shift+D delete forever"]),
        (View.of_role(Role.DRAFTS), ["Enter go on writing", "# delete draft"]),
        (View.of_label("Work"), ["y remove label", "e archive"]),
        (View.of_role(Role.STARRED), ["s unstar"]),
        (INBOX, ["e archive", "# trash", "l label", "s star", "/ search"]),
    ],
)
def test_the_bottom_line_teaches_what_holds_in_this_place(view: View, first: list[str]) -> None:
    assert _words(Moment(Where.LIST, view))[: len(first)] == first


def test_a_narrow_screen_is_told_where_the_labels_are() -> None:
    line = "  ".join(_words(Moment(Where.LIST, INBOX, is_narrow=True)))
    assert line.index("Shift+Tab labels") + len("Shift+Tab labels") <= 78


def test_a_selection_and_a_filter_say_how_they_end() -> None:
    assert "select none" in _words(Moment(Where.LIST, INBOX, is_selecting=True))[0]
    filtered = View.of_role(Role.INBOX)
    assert "whole conversation" in _words(Moment(Where.READER, filtered, message_only=True))[0]


async def test_next_and_previous_unread() -> None:
    async with running() as stage:
        rows = stage.threads.window.rows
        unread = [index for index, row in enumerate(rows) if row.unread]
        start = stage.threads.cursor_index
        for wanted in [index for index in unread if index > start]:
            await stage.press("}")
            assert stage.threads.cursor_index == wanted
        await stage.press("}")
        assert stage.flash == "No unread conversation further down"
        await stage.press("{")
        assert stage.threads.cursor_index == unread[-2]


async def test_the_rows_of_the_screen_have_keys() -> None:
    async with running(keymap="vim") as stage:
        await stage.press("L")
        bottom = stage.threads.cursor_index
        await stage.press("H")
        assert stage.threads.cursor_index == 0
        await stage.press("M")
        assert 0 < stage.threads.cursor_index < bottom


async def test_the_last_change_is_done_again() -> None:
    async with running(keymap="vim") as stage:
        first, second = stage.threads.window.rows[:2]
        await stage.press(".")
        assert "Nothing was done yet" in stage.flash
        await stage.press("a", ".")
        assert [op.target for op in cast(list[Archive], stage.mail.submitted)] == [
            Threads((first.thrid,), INBOX),
            Threads((second.thrid,), INBOX),
        ]


async def test_labels_are_given_again() -> None:
    async with running(keymap="vim") as stage:
        await stage.press("t", *"Papers", "enter")
        given = stage.mail.submitted[-1]
        assert isinstance(given, ChangeLabels)
        await stage.press("5", "j", ".")
        again = stage.mail.submitted[-1]
        assert isinstance(again, ChangeLabels)
        assert (again.add, again.remove) == (given.add, given.remove)
        assert again.target != given.target


async def test_one_jumps_back_and_forth_between_views() -> None:
    async with running() as stage:
        await stage.press("g", "s", "g", "d")
        await stage.press("ctrl+o")
        assert stage.main.view == View.of_role(Role.STARRED)
        await stage.press("ctrl+o")
        assert stage.main.view == INBOX
        await stage.press("alt+right", "alt+right")
        assert stage.main.view == View.of_role(Role.DRAFTS)
        await stage.press("alt+right")
        assert stage.flash == "There is no view after this one"


async def test_the_next_match_after_finding() -> None:
    async with running((120, 36), keymap="vim") as stage:
        await stage.press("enter", "n")
        assert "Nothing was looked for yet" in stage.flash
        await stage.press("?", *"the", "enter", "escape", "n")
        told = stage.flash
        assert " of " in told
        await stage.press("N", "n")
        assert stage.flash == told
        await stage.press("?")
        await stage.press("x")
        assert stage.main.reader.words_to_find == "x"


def _marked(stage: Stage) -> list[ChangeFlags]:
    return [op for op in stage.mail.submitted if isinstance(op, ChangeFlags)]


@pytest.mark.parametrize("setting", ["mark_read = false", "mark_read_after = 3600"])
async def test_nothing_is_read_before_its_time_also_when_archiving_opens_the_next(setting: str) -> None:
    config = parse_config(f"[behaviour]\n{setting}\n")
    assert config.problems == ()
    async with running((120, 36), config=config) as stage:
        await stage.press("enter", "e", "e")
        assert stage.main.where is Where.READER
        assert _marked(stage) == []


async def test_what_is_open_long_enough_is_read() -> None:
    async with running((120, 36), config=parse_config("[behaviour]\nmark_read_after = 1\n")) as stage:
        unread = next(row for row in stage.threads.window.rows if row.unread)
        stage.threads.move_to(stage.threads.window.find(unread.thrid) or 0)
        await stage.press("enter")
        assert _marked(stage) == []
        timer = stage.main._read_timer
        assert timer is not None
        stage.main.command("back")
        await stage.rest()
        stage.main._read_due(unread.thrid)
        assert _marked(stage) == []
        await stage.press("enter")
        stage.main._read_due(unread.thrid)
        await stage.rest()
        assert len(_marked(stage)) == 1


async def test_the_pane_with_the_keys_is_seen_without_colour() -> None:
    async with running((120, 36)) as stage:
        assert "▎" in stage.screen_text()
        before = stage.screen_text().count("▎")
        await stage.press("shift+tab")
        after = stage.screen_text()
        assert stage.main.where is Where.TREE
        assert "╎" in after
        assert after.count("▎") == before == 1


async def test_what_the_layout_keys_say_is_so() -> None:
    async with running((80, 24)) as stage:
        for _ in range(4):
            await stage.press("|")
            assert "full screen" in stage.flash
        await stage.press("ctrl+b")
        assert stage.main.where is Where.TREE
        await stage.press("ctrl+b")
        assert str(stage.main.where) == Where.LIST.value


async def test_a_long_sentence_is_shown_whole_at_80_columns() -> None:
    async with running((80, 24)) as stage:
        sentence = " ".join(f"word{number}" for number in range(30))
        stage.main.flash(sentence)
        await stage.rest()
        text = " ".join(stage.screen_text().split())
        assert "word0" in text
        assert "word29" in text


async def test_every_continuation_is_shown_at_80_columns() -> None:
    async with running((80, 24)) as stage:
        await stage.press("g")
        stage.main.teach_prefix()
        await stage.rest()
        shown = "\n".join(stage.screen_text().splitlines()[-4:])
        following = stage.desk.keymap.resolve(Where.LIST, ("g",))
        assert isinstance(following, tuple)
        assert [command.word for _, command in following if command.word not in shown] == []


async def test_deleting_a_label_says_that_those_inside_stay() -> None:
    async with running((120, 36)) as stage:
        await stage.press("shift+tab")
        index = next(i for i, row in enumerate(stage.main.places.rows) if row.name == "Work")
        stage.main.places.move_to(index)
        await stage.press("delete")
        assert "inside of it stay" in " ".join(stage.screen_text().split())


def test_every_verb_is_said_in_a_line() -> None:
    assert [c.id for c in COMMANDS if len(c.title) > 70 or len(c.hint) > 72] == []
    assert all(len(need.value) <= 76 for need in Needs)
    assert BY_ID["find"].where == PANES
