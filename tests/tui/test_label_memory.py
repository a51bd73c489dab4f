"""What hangs on a label's name follows the label, whoever renamed it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from imapcore.model import CreateLabel, Mailbox, RenameLabel, View
from tests.tui.pilot import Stage, running
from tui.actions.follow_labels import move_names, renamed_query, renamed_view
from tui.settings.label_memory import see_labels
from tui.settings.state import State
from tui.style.theme import COLOUR_NAMES, LabelColours


def labels(**names: str) -> list[Mailbox]:
    return [Mailbox(name, name, label_id=label_id.replace("_", "-")) for label_id, name in names.items()]


def seen(*lists: list[Mailbox]) -> tuple[dict[str, str], frozenset[str]]:
    state = State()
    for each in lists[:-1]:
        see_labels(state, each)
    return see_labels(state, lists[-1])


def test_the_first_look_only_learns() -> None:
    assert seen(labels(a_1="Work")) == ({}, frozenset())


def test_a_label_of_another_name_is_the_same_label() -> None:
    assert seen(labels(a_1="Work", a_2="Play"), labels(a_1="Jobs", a_2="Play")) == (
        {"Work": "Jobs"},
        frozenset(),
    )


def test_two_labels_change_names() -> None:
    moved, others = seen(labels(a_1="Work", a_2="Play"), labels(a_1="Play", a_2="Work"))
    assert (moved, others) == ({"Work": "Play", "Play": "Work"}, frozenset())


def test_a_label_made_again_is_another() -> None:
    assert seen(labels(a_1="Work"), labels(a_2="Play"), labels(a_2="Play", a_3="Work")) == (
        {},
        frozenset(("Work",)),
    )


def test_a_label_that_comes_back_is_the_same() -> None:
    assert seen(labels(a_1="Work", a_2="Play"), labels(a_2="Play"), labels(a_1="Work", a_2="Play")) == (
        {},
        frozenset(),
    )


def test_another_store_says_nothing_of_the_labels_of_this_one() -> None:
    assert seen(labels(a_1="Work", a_2="Play"), labels(b_1="Play", b_2="Work")) == ({}, frozenset())


def test_everything_moves_at_once() -> None:
    state = State(folded=["A"], hidden=["B/x"], pinned=["B", "A", "C"], recent_searches=["label:a lunch"])
    state.colours.update({"A": "red", "B": "blue", "C": "green"})
    moved = {"A": "B", "B": "A", "B/x": "A/x"}
    move_names(state, LabelColours(state.colours, state.given_colours), moved, frozenset(("C",)))
    assert (state.folded, state.hidden, state.pinned) == (["B"], ["A/x"], ["A", "B"])
    assert state.colours == {"B": "red", "A": "blue"}
    assert state.recent_searches == ["label:b lunch"]


@pytest.mark.parametrize(
    ("query", "renamed"),
    [
        ("label:work-deep is:unread", "label:big-jobs is:unread"),
        ("-label:Work/Deep (in:work-deep OR x)", "-label:big-jobs (in:big-jobs OR x)"),
        ('label:"work deep"', 'label:"big-jobs"'),
        ("work-deep subject:work-deep label:work", "work-deep subject:work-deep label:work"),
        ("", ""),
    ],
)
def test_a_query_names_labels_as_they_are_called_now(query: str, renamed: str) -> None:
    assert renamed_query(query, {"Work/Deep": "Big Jobs"}) == renamed


def test_a_view_of_something_else_stays() -> None:
    assert renamed_view(View.of_label("A"), {"A": "B"}) == View.of_label("B")
    assert renamed_view(View.of_search("A"), {"A": "B"}) == View.of_search("A")


def here(stage: Stage) -> None:
    stage.main.guard(lambda: stage.mail.submit(RenameLabel("Work", "Jobs")))


def back_and_again(stage: Stage) -> None:
    here(stage)
    stage.mail.undo()
    stage.mail.redo()


@pytest.mark.parametrize(
    "rename",
    [here, back_and_again, lambda stage: stage.mail.rename_elsewhere("Work", "Jobs")],
    ids=["here", "undone and done again", "elsewhere"],
)
def test_a_label_is_followed_on_the_screen(rename: Callable[[Stage], None]) -> None:
    async def story() -> None:
        async with running(size=(120, 36)) as stage:
            state = stage.desk.state
            child = next(box.name for box in stage.main.mailboxes if box.name.startswith("Work/"))
            state.pinned, state.folded, state.hidden = ["Work"], [child], [child]
            stage.desk.label_colours.choose("Work", COLOUR_NAMES[0])
            stage.mail.save_search("Unread work", "label:work is:unread")
            stage.main.look_again()
            stage.main.show_view(View.of_label("Work"))
            stage.main.show_view(View.of_label(child))
            total = stage.threads.window.total
            rename(stage)
            await stage.rest()
            moved = child.replace("Work/", "Jobs/")
            assert stage.main.view == View.of_label(moved)
            assert stage.threads.window.total == total > 0
            assert stage.main.history[-1] == View.of_label("Jobs")
            assert (state.pinned, state.folded, state.hidden) == (["Jobs"], [moved], [moved])
            assert stage.main.places.state.pinned == ("Jobs",)
            assert stage.desk.label_colours.chosen_of("Jobs") == COLOUR_NAMES[0]
            assert "label:jobs is:unread" in [search.query for search in stage.mail.saved_searches()]

    asyncio.run(story())


def test_the_trees_cursor_stays_with_its_label() -> None:
    async def story() -> None:
        async with running(size=(120, 36)) as stage:
            tree = stage.main.places
            tree.focus()
            await stage.rest()
            tree.move_to(next(index for index, row in enumerate(tree.rows) if row.name == "Work"))
            stage.mail.rename_elsewhere("Work", "Zebra")
            await stage.rest()
            assert tree.cursor_row is not None
            assert tree.cursor_row.name == "Zebra"

    asyncio.run(story())


def test_a_label_made_again_begins_anew() -> None:
    async def story() -> None:
        async with running() as stage:
            state = stage.desk.state
            state.pinned = ["Work"]
            stage.desk.label_colours.choose("Work", COLOUR_NAMES[0])
            stage.main.look_again()
            stage.mail.make_again_elsewhere("Work")
            await stage.rest()
            assert state.pinned == []
            assert stage.desk.label_colours.chosen_of("Work") == ""
            stage.mail.submit(CreateLabel("Quite new"))
            await stage.rest()
            assert state.labels

    asyncio.run(story())
