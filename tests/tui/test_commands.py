"""The registry agrees with itself, with the actions, and with Gmail's own keys."""

from __future__ import annotations

import pytest

from tui.actions import actions
from tui.keys.commands import BY_ID, COMMANDS, KEYMAPS, PANES, Command, Where
from tui.keys.key_table import key_table, markdown_table
from tui.keys.keymap import Keymap, bindings_for, parse_keys

MAIN_COMMANDS = [command for command in COMMANDS if command.where & PANES and not command.hint]
INTERNAL = {"opened"}
"""What the screen does by itself, without a key."""

GMAIL = {
    "j": "next", "k": "previous", "o": "open", "enter": "open", "u": "back", "z": "undo", "Z": "redo",
    "e": "archive", "#": "trash", "!": "spam", "s": "star", "x": "select", "l": "label", "v": "move",
    "y": "remove-label", "V": "select-range", "J": "select-next", "K": "select-previous", "* a": "select-all",
    "* n": "select-none", "* r": "select-read", "* u": "select-unread", "* s": "select-starred",
    "* t": "select-unstarred", "+": "important", "=": "important", "-": "not-important", "]": "archive-newer",
    "[": "archive-older", "I": "read", "U": "unread", "/": "search", "\\": "filter", "g i": "go-inbox",
    "g s": "go-starred", "g t": "go-sent", "g d": "go-drafts", "g a": "go-all", "g l": "go-label",
    "g !": "go-spam", "g #": "go-trash", "g g": "top", "G": "bottom", ".": "actions", "?": "help",
    ":": "palette", "ctrl+p": "palette", "tab": "next-pane", "ctrl+q": "quit", "r": "reply", "a": "reply-all",
    "f": "forward", "c": "compose", "d": "hint-delete", "b": "hint-snooze", "m": "hint-mute",
}  # fmt: skip


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(COMMANDS)


def test_every_verb_of_the_main_screen_has_an_action_and_no_other_has() -> None:
    assert {command.id for command in MAIN_COMMANDS} == set(actions()) - INTERNAL


@pytest.mark.parametrize(("keys", "command"), GMAIL.items())
def test_the_default_map_is_gmails(keys: str, command: str) -> None:
    found = Keymap().resolve(Where.LIST, parse_keys(keys))
    assert isinstance(found, Command)
    assert found.id == command


@pytest.mark.parametrize(
    ("keys", "command"),
    {"n": "next-message", "p": "previous-message", ";": "unfold-all", "ctrl+f": "find", "j": "older"}.items(),
)
def test_the_reader_has_keys_of_its_own(keys: str, command: str) -> None:
    found = Keymap().resolve(Where.READER, parse_keys(keys))
    assert isinstance(found, Command)
    assert found.id == command


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_map_contradicts_itself(name: str) -> None:
    assert Keymap(name).problems == []


@pytest.mark.parametrize("name", KEYMAPS)
def test_every_map_reaches_every_verb_that_the_default_map_reaches(name: str) -> None:
    keymap = Keymap(name)
    lost = [command.id for command in MAIN_COMMANDS if command.gmail and not keymap.keys_of(command.id)]
    assert lost == []


@pytest.mark.parametrize("name", KEYMAPS)
def test_keys_that_destroy_elsewhere_do_nothing_but_hint_in_gmails_map(name: str) -> None:
    found = Keymap().resolve(Where.LIST, ("d",))
    assert isinstance(found, Command)
    assert "# deletes" in found.hint


def test_a_dialogs_bindings_carry_the_ids_of_the_registry() -> None:
    bindings = bindings_for(Where.DIALOG)
    assert {binding.id for binding in bindings} >= {"dialog-accept", "dialog-cancel"}
    assert all(binding.action == f"command('{binding.id}')" for binding in bindings)


@pytest.mark.parametrize("name", KEYMAPS)
def test_the_key_table_names_every_verb(name: str) -> None:
    table = key_table(Keymap(name))
    keymap = Keymap(name)
    assert all(f"[{command.id}]" in table for command in COMMANDS if keymap.keys_of(command.id))


def test_the_readme_table_has_a_row_for_every_verb_of_the_main_screen() -> None:
    table = markdown_table()
    assert all(command.title in table for command in MAIN_COMMANDS)
