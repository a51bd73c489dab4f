"""The label editor as a person uses it: keys in, a change out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from imapcore.errors import GimapError
from imapcore.model import LabelCounts, Mailbox
from tests.tui.stage import Stage, at_rest
from tui.dialogs.label_choices import LabelChange
from tui.dialogs.label_editor import LabelEditor, Scope
from tui.widgets.choice_list import ChoiceList
from tui.widgets.key_line import KeyLine
from tui.widgets.line_input import LineInput

LABELS = [
    Mailbox(name, name.rpartition("/")[2])
    for name in ("Family", "Family/trips", "Travel", "Travel/trains", "Work", "Work/contracts")
]
COUNTS = LabelCounts(3, 9, {"Travel": 3, "Work/contracts": 2}, {"Travel": 3, "Work/contracts": 2})
MESSAGE = LabelCounts(1, 1, {"Work": 1}, {"Work": 1})


def preview(change: LabelChange) -> Sequence[str]:
    lines = []
    if change.add:
        lines.append(f"UID STORE 4711,4718,4802 +X-GM-LABELS ({' '.join(sorted(change.add))})")
    if change.remove:
        lines.append(f"UID STORE 4711,4718,4802 -X-GM-LABELS ({' '.join(sorted(change.remove))})")
    return lines


def stage(*, is_move: bool = False, has_message: bool = True, labels: Sequence[Mailbox] = LABELS) -> Stage:
    return Stage(
        screen=lambda: LabelEditor(
            labels,
            Scope("3 conversations", COUNTS),
            message=Scope("this message", MESSAGE) if has_message else None,
            is_move=is_move,
            preview=preview,
        )
    )


async def pressed(*keys: str, is_move: bool = False) -> LabelChange | None:
    app = stage(is_move=is_move)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        (result,) = app.results
        assert result is None or isinstance(result, LabelChange)
        return result


def text(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector).render())


def title(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#box").border_title)


async def test_a_usual_label_takes_two_letters_and_enter() -> None:
    assert await pressed("f", "a", "enter") == LabelChange(frozenset({"Family"}))


async def test_a_label_on_all_is_taken_off_the_same_way() -> None:
    assert await pressed("t", "r", "a", "v", "enter") == LabelChange(frozenset(), frozenset({"Travel"}))


async def test_space_ticks_several_and_enter_applies_them() -> None:
    keys = ("f", "a", "m", "space", *["backspace"] * 3, "c", "o", "n", "t", "space", "enter")
    assert await pressed(*keys) == LabelChange(frozenset({"Family", "Work/contracts"}))


async def test_enter_with_something_ticked_leaves_the_line_under_the_cursor_alone() -> None:
    assert await pressed("space", "down", "enter") == LabelChange(frozenset(), frozenset({"Travel"}))


async def test_escape_leaves_all_as_it_was() -> None:
    assert await pressed("space", "escape") is None


async def test_ticking_twice_and_enter_applies_what_is_under_the_cursor() -> None:
    assert await pressed("space", "space", "enter") == LabelChange(frozenset(), frozenset({"Travel"}))


async def test_what_was_typed_becomes_a_label_by_the_last_line() -> None:
    change = await pressed("t", "r", "up", "enter")
    assert change == LabelChange(frozenset({"tr"}), frozenset(), ("tr",))


async def test_space_belongs_to_the_name_on_the_line_for_creating() -> None:
    change = await pressed(*"zoo", "space", *"ab", "enter")
    assert change == LabelChange(frozenset({"zoo ab"}), frozenset(), ("zoo ab",))


async def test_tab_switches_to_the_message_and_back() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        assert title(pilot) == "Label 3 conversations"
        await pilot.press("tab")
        assert title(pilot) == "Label this message"
        await pilot.press(*"fam", "enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset({"Family"}), is_message_only=True)]


async def test_without_a_message_tab_does_nothing() -> None:
    app = stage(has_message=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("tab")
        assert title(pilot) == "Label 3 conversations"
        assert isinstance(app.focused, LineInput)


async def test_the_preview_says_what_would_be_sent() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"fam")
        await at_rest(pilot)
        assert "+X-GM-LABELS (Family)" in text(pilot, "#preview")
        await pilot.press("space", *["backspace"] * 3, *"trav", "space")
        await at_rest(pilot)
        assert "(+1 more)" in text(pilot, "#preview")


async def test_enter_at_once_repeats_the_label_used_last() -> None:
    counts = replace(COUNTS, recent=("Travel", "Work", "Family"))
    app = Stage(screen=lambda: LabelEditor(LABELS, Scope("x", counts)))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset({"Work"}))]


async def test_enter_at_once_takes_nothing_off() -> None:
    assert await pressed("enter") is None
    assert await pressed("f", "backspace", "enter") is None


async def test_moving_at_once_takes_the_line_under_the_cursor() -> None:
    assert await pressed("enter", is_move=True) == LabelChange(frozenset({"Travel"}))


async def test_moving_picks_one_label() -> None:
    assert await pressed(*"work", "enter", is_move=True) == LabelChange(frozenset({"Work"}))


async def test_moving_takes_spaces_as_text() -> None:
    change = await pressed(*"a", "space", *"b", "enter", is_move=True)
    assert change == LabelChange(frozenset({"a b"}), frozenset(), ("a b",))


async def test_a_name_gmail_refuses_is_said_and_not_lost() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"a^b", "enter")
        await pilot.pause()
        assert app.results == []
        assert app.screen.query_one(LineInput).value == "a^b"
        assert app.screen.query_one(ChoiceList).cursor == -1


@pytest.mark.parametrize(
    "paste",
    [
        "x" * 100_000,
        "y " * 50_000,
        'quoted "and" \\ back',
        "🚆" * 225,
        "line\nbreaks\tand\x1b[31m",
        "\n\n",
        "/" * 999,
    ],
)
async def test_any_paste_is_survived(paste: str) -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        app.screen.query_one(LineInput).post_message(events.Paste(paste))
        await pilot.pause()
        await pilot.press("down", "up", "space", "tab", "escape")
        await pilot.pause()
        assert app.results == [None]


async def test_a_label_of_225_characters_is_created_whole() -> None:
    name = "q" * 225
    app = stage()
    async with app.run_test(size=(40, 12)) as pilot:
        app.screen.query_one(LineInput).post_message(events.Paste(name))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset({name}), frozenset(), (name,))]


@pytest.mark.parametrize("size", [(20, 5), (4, 2), (300, 80)])
async def test_any_window_is_survived(size: tuple[int, int]) -> None:
    app = stage()
    async with app.run_test(size=size) as pilot:
        await pilot.press(*"tr", "down", "pagedown", "pageup", "up", "space", "enter")
        await pilot.pause()
        assert len(app.results) == 1


async def test_five_thousand_labels_filter_while_one_types() -> None:
    many = [Mailbox(f"Client {number:04}/project", "project") for number in range(5000)]
    app = stage(labels=many)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"4711")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset({"Client 4711/project"}))]


async def test_a_click_ticks() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.click(ChoiceList, offset=(6, 0))
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset(), frozenset({"Travel"}))]


async def test_a_preview_that_cannot_be_made_says_why() -> None:
    def refuse(change: LabelChange) -> Sequence[str]:
        raise GimapError("The conversation is gone", title="Nothing to label")

    app = Stage(screen=lambda: LabelEditor(LABELS, Scope("x", COUNTS), preview=refuse))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "up")
        await at_rest(pilot)
        assert "Nothing to label" in text(pilot, "#preview")
        await pilot.press("enter")
        await pilot.pause()
        assert app.results


async def test_space_is_text_inside_a_name_that_has_one() -> None:
    labels = [*LABELS, Mailbox("Reading list", "Reading list")]
    app = stage(labels=labels)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"reading", "space", *"li", "space", "enter")
        await pilot.pause()
        assert app.results == [LabelChange(frozenset({"Reading list"}))]


async def test_a_click_on_a_key_presses_it() -> None:
    app = stage()
    async with app.run_test(size=(100, 30)) as pilot:
        line = app.screen.query_one(KeyLine)
        at = 0
        for key, word in line.keys:
            if key == "Tab":
                break
            at += len(key) + len(word) + 4
        await pilot.click(KeyLine, offset=(at + 1, 0))
        await pilot.pause()
        assert title(pilot) == "Label this message"
