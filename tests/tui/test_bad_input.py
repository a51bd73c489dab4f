"""What no one would type, on the whole screen: a sentence, and nothing lost."""

from __future__ import annotations

import pytest
from textual.events import Paste

from imapcore.events import SearchProgressed
from imapcore.model import ChangeLabels, CreateLabel, View
from tests.tui.pilot import Stage, running
from tui.keys.commands import Where
from tui.widgets.line_input import LineInput

NAMES = {
    "long": "q" * 225,
    "deep": "/".join(["deep"] * 45),
    "quoted": 'say "so" \\ or not',
    "emoji": "🚆🇵🇹" * 50,
    "marked up": "[b]bold[/b] $text [",
    "right to left": "مشروع/الجبر" * 9,
}


async def paste(stage: Stage, text: str) -> None:
    stage.app.post_message(Paste(text))
    await stage.rest()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_label_of_any_name_is_created_given_coloured_and_gone_to(name: str) -> None:
    async with running((120, 36)) as stage:
        await stage.press("N")
        await paste(stage, name)
        await stage.press("enter")
        assert stage.mail.submitted == [CreateLabel(name)]
        await stage.press("l")
        await paste(stage, name)
        await stage.press("enter")
        op = stage.mail.submitted[-1]
        assert isinstance(op, ChangeLabels)
        assert op.add == frozenset({name})
        assert stage.threads.cursor_row is not None
        assert name in stage.threads.cursor_row.labels
        stage.main.go_to_pane(Where.TREE)
        tree = stage.main.places
        tree.move_to(next(index for index, row in enumerate(tree.rows) if row.name == name))
        await stage.press("C", "down", "enter")
        assert name in stage.desk.state.colours
        await stage.press("R", "escape", ".", "escape", "P", "H", "enter")
        assert stage.main.view == View.of_label(name)
        for width in (20, 40, 60, 200):
            await stage.pilot.resize_terminal(width, 12)
            await stage.rest()
            assert all(len(line) for line in stage.screen_text().splitlines())
        assert stage.app.is_running


REFUSED = ("a//b", "/a", "a/", "a^x", "q" * 226, "Inbox", "[Gmail]/x", " ", "👩\u200d👧")


@pytest.mark.parametrize("name", REFUSED)
async def test_a_name_that_gmail_would_refuse_is_a_sentence_and_stays_in_the_field(name: str) -> None:
    async with running((120, 36)) as stage:
        await stage.press("N")
        await paste(stage, name)
        await stage.press("enter")
        assert stage.mail.submitted == []
        assert stage.app.screen.query_one(LineInput).value.strip() == name.strip()
        assert str(stage.app.screen.query_one("#problem").render())


async def test_what_cannot_be_seen_is_left_out_of_a_paste() -> None:
    async with running((120, 36)) as stage:
        await stage.press("N")
        await paste(stage, "a\x07b\x1b\n")
        await stage.press("enter")
        assert stage.mail.submitted == [CreateLabel("ab")]


async def test_a_search_that_gmail_refuses_says_so_and_keeps_what_was_found() -> None:
    async with running((120, 36)) as stage:
        await stage.press("slash", *"lisbon {", "enter")
        query = stage.main.view.value
        stage.mail.emit(SearchProgressed(query, 0, True, problem="Gmail did not understand the search"))
        await stage.rest()
        assert "Gmail did not understand the search" in stage.screen_text()
        await stage.press("slash")
        assert query in stage.screen_text()
        await stage.press("escape", "u")
        await stage.press("slash", *"budget", "enter")
        assert stage.subjects()
        stage.mail.emit(SearchProgressed("budget", 1, True, problem="[CANNOT] Search failed"))
        await stage.rest()
        assert stage.subjects()
        assert "[CANNOT] Search failed" in stage.flash


async def test_a_paste_where_keys_are_verbs_does_nothing() -> None:
    async with running((80, 24)) as stage:
        for _ in range(3):
            await paste(stage, "e#!Dy\n" * 20_000)
            await stage.press("tab")
        assert stage.mail.submitted == []
        assert len(stage.app.screen_stack) == 1
