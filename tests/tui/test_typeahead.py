"""Keys typed faster than the screen draws reach what they were meant for, in order, none lost."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tests.tui.pilot import Stage, running
from tui.dialogs.help import HelpScreen
from tui.dialogs.label_editor import LabelEditor
from tui.dialogs.search import SearchScreen
from tui.widgets.line_input import LineInput


def type_ahead(stage: Stage, text: str) -> None:
    """Put keys into the app's queue all at once, as a terminal does after a paste of keystrokes."""
    names = {"/": "slash", ":": "colon", " ": "space", "\r": "enter", "\x1b": "escape", "?": "question_mark"}
    for char in text:
        printable = char if char.isprintable() else None
        stage.app.post_message(events.Key(names.get(char, char), printable))


@pytest.mark.parametrize("query", ["has:attachment", "from:ada e#!z"])
async def test_a_query_typed_behind_the_slash_is_text(query: str) -> None:
    async with running((120, 36)) as stage:
        type_ahead(stage, "/" + query)
        await stage.rest()
        assert isinstance(stage.app.screen, SearchScreen)
        assert stage.app.screen.query_one(LineInput).value == query
        assert stage.mail.submitted == []


async def test_a_label_is_set_by_keys_typed_in_one_go() -> None:
    async with running((120, 36)) as stage:
        type_ahead(stage, "jlpapers\r")
        await stage.rest()
        assert not isinstance(stage.app.screen, LabelEditor)
        (op,) = stage.mail.submitted
        assert getattr(op, "add", None) == frozenset({"Papers"})


async def test_keys_behind_a_closing_dialog_are_verbs_again() -> None:
    async with running((120, 36)) as stage:
        first, second, third = stage.subjects()[:3]
        type_ahead(stage, "/abc\x1bjj")
        await stage.rest()
        assert stage.here() == third
        assert first != second


async def test_many_keys_at_once_are_all_done() -> None:
    async with running((120, 36)) as stage:
        subjects = stage.subjects()
        type_ahead(stage, "j" * 30 + "k" * 28)
        await stage.rest()
        assert stage.here() == subjects[2]


async def test_a_dialog_that_is_slow_to_open_still_gets_the_keys_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.keys.key_queue._LOOK_SECONDS", 0.001)
    async with running((120, 36)) as stage:
        forward = stage.app._type_ahead._forward

        async def slowly(event: events.Key) -> None:
            await forward(event)
            if event.key == "question_mark":
                stage.app.screen.call_next(turns)

        async def turns() -> None:
            for _ in range(5000):
                await asyncio.sleep(0)

        stage.app._type_ahead._forward = slowly
        type_ahead(stage, "?qgs")
        await stage.rest()
        assert isinstance(stage.app.screen, HelpScreen)
        assert stage.app.screen.query_one(LineInput).value == "qgs"
