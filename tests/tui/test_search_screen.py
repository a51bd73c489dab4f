"""The search field as a person uses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from textual import events

from imapcore.model import Address
from tests.tui.stage import Stage
from tui.dialogs.search import SearchScreen
from tui.widgets.choice_list import ChoiceList
from tui.widgets.line_input import LineInput

PEOPLE = [Address("Ada Byron", "ada@analytical.example"), Address("Lin Wei", "lin.wei@analytical.example")]
HISTORY = ["has:attachment from:ada", "is:unread"]


def people(prefix: str) -> Sequence[Address]:
    return [each for each in PEOPLE if prefix.lower() in f"{each.name} {each.email}".lower()]


def stage(query: str = "", history: Sequence[str] = HISTORY) -> Stage:
    return Stage(
        screen=lambda: SearchScreen(
            query, history, ["Work", "Work/contracts", "Project X"], people, today=date(2026, 11, 21)
        )
    )


async def typed(*keys: str, query: str = "") -> object:
    app = stage(query)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        (result,) = app.results
        return result


def value(app: Stage) -> str:
    return app.screen.query_one(LineInput).value


def findings(app: Stage) -> str:
    return str(app.screen.query_one("#findings").render())


async def test_enter_searches_for_what_was_typed() -> None:
    assert await typed(*"lunch", "enter") == "lunch"


async def test_escape_searches_for_nothing() -> None:
    assert await typed(*"lunch", "escape") is None


async def test_an_empty_field_searches_for_nothing() -> None:
    assert await typed("space", "enter") is None


async def test_the_query_in_force_is_there_to_be_edited() -> None:
    assert await typed(*" is:read".replace(" ", ""), "enter", query="from:ada ") == "from:ada is:read"


async def test_tab_completes_operator_and_value() -> None:
    keys = (*"fr", "tab", *"ada", "tab", *"la", "tab", *"contr", "tab", "enter")
    assert await typed(*keys) == "from:ada@analytical.example label:work-contracts"


async def test_down_and_enter_take_a_completion_and_enter_searches() -> None:
    assert await typed(*"is:", "down", "down", "enter", "enter") == "is:read"


async def test_an_earlier_query_runs_by_down_and_enter() -> None:
    assert await typed("down", "down", "enter") == "is:unread"


async def test_an_earlier_query_is_edited_after_tab() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("tab")
        assert value(app) == "has:attachment from:ada"


async def test_without_history_operators_are_taught() -> None:
    app = stage(history=())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "enter")
        assert value(app) == "from:"
        assert app.results == []


async def test_what_gmail_would_misread_is_said_but_not_forbidden() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"form:ada", "space")
        await pilot.pause()
        assert "did you mean from:" in findings(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == ["form:ada"]


async def test_a_word_that_is_being_typed_is_not_doubted_yet() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"is:unr")
        await pilot.pause()
        assert findings(app) == ""


async def test_a_click_completes() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"is:")
        await pilot.click(ChoiceList, offset=(4, 0))
        await pilot.pause()
        assert value(app) == "is:unread "


@pytest.mark.parametrize("paste", ["x" * 100_000, "from:" * 9999, '"' * 500, "a\nb\r\nc\x1b[2J", "{" * 2000])
@pytest.mark.parametrize("size", [(100, 30), (20, 5)])
async def test_any_paste_in_any_window_is_survived(paste: str, size: tuple[int, int]) -> None:
    app = stage()
    async with app.run_test(size=size) as pilot:
        app.screen.query_one(LineInput).post_message(events.Paste(paste))
        await pilot.pause()
        await pilot.press("tab", "down", "up", "pagedown", "escape")
        await pilot.pause()
        assert app.results == [None]
