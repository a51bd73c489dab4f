"""Spelling of keys, sequences, overrides and conflicts."""

from __future__ import annotations

import pytest

from tui.keys.commands import Command, Where
from tui.keys.keymap import Keymap, parse_keys, show_keys, stroke_of


@pytest.mark.parametrize(
    ("typed", "strokes", "shown"),
    [
        ("e", ("e",), "e"),
        ("Shift+I", ("I",), "Shift+I"),
        ("I", ("I",), "Shift+I"),
        ("g i", ("g", "i"), "g i"),
        ("* a", ("*", "a"), "* a"),
        ("Ctrl+P", ("ctrl+p",), "Ctrl+P"),
        ("Esc", ("escape",), "Esc"),
        ("shift+down", ("shift+down",), "Shift+↓"),
        ("PgDn", ("pagedown",), "PgDn"),
        ("f5", ("f5",), "F5"),
        ("Alt+x", ("alt+x",), "Alt+X"),
        ("#", ("#",), "#"),
        ("+", ("+",), "+"),
    ],
)
def test_keys_are_read_and_shown_as_people_write_them(
    typed: str, strokes: tuple[str, ...], shown: str
) -> None:
    assert parse_keys(typed) == strokes
    assert show_keys(strokes) == shown


@pytest.mark.parametrize("typed", ["", "gi", "Hyper+x", "ctrl+", "archive"])
def test_what_is_no_key_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="key"):
        parse_keys(typed)


def test_a_key_event_is_its_character_where_it_prints() -> None:
    assert stroke_of("number_sign", "#") == "#"
    assert stroke_of("I", "I") == "I"
    assert stroke_of("space", " ") == "space"
    assert stroke_of("escape", "\x1b") == "escape"
    assert stroke_of("ctrl+p", "\x10") == "ctrl+p"


def _id(found: object) -> str:
    assert isinstance(found, Command)
    return found.id


def test_a_prefix_tells_what_may_follow() -> None:
    following = Keymap().resolve(Where.LIST, ("g",))
    assert isinstance(following, tuple)
    assert {(rest, command.id) for rest, command in following} >= {(("i",), "go-inbox"), (("g",), "top")}


def test_what_means_nothing_resolves_to_nothing() -> None:
    assert Keymap().resolve(Where.LIST, ("g", "y")) == ()


def test_an_override_takes_the_place_of_the_verbs_own_keys() -> None:
    keymap = Keymap("gmail", {"archive": ["E", "g e"]})
    assert keymap.problems == []
    assert _id(keymap.resolve(Where.LIST, ("E",))) == "archive"
    assert _id(keymap.resolve(Where.LIST, ("g", "e"))) == "archive"
    assert keymap.resolve(Where.LIST, ("e",)) == ()


def test_an_override_that_takes_anothers_only_key_is_told() -> None:
    keymap = Keymap("gmail", {"star": ["e"]})
    assert _id(keymap.resolve(Where.LIST, ("e",))) == "star"
    assert any("archive" in problem for problem in keymap.problems)


def test_two_overrides_for_one_key_are_a_conflict_and_the_first_keeps_it() -> None:
    keymap = Keymap("gmail", {"archive": ["A"], "trash": ["A"]})
    assert _id(keymap.resolve(Where.LIST, ("A",))) == "archive"
    assert any("“archive”" in problem and "“trash”" in problem for problem in keymap.problems)


def test_a_key_that_begins_a_sequence_cannot_be_a_verb_too() -> None:
    keymap = Keymap("gmail", {"archive": ["x"], "trash": ["x y"]})
    assert _id(keymap.resolve(Where.LIST, ("x",))) == "archive"
    assert keymap.problems


def test_a_misspelt_verb_is_answered_with_the_nearest() -> None:
    problems = Keymap("gmail", {"archve": ["A"]}).problems
    assert problems == ["[keys]: there is no command “archve”; did you mean “archive”?"]


def test_an_unknown_map_falls_back_to_gmails() -> None:
    keymap = Keymap("emacs")
    assert keymap.name == "gmail"
    assert "emacs" in keymap.problems[0]


def test_an_empty_list_takes_a_verbs_keys_away_without_a_word() -> None:
    keymap = Keymap("gmail", {"spam": []})
    assert keymap.problems == []
    assert keymap.keys_of("spam") == ()
