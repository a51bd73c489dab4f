"""No key is silent: it does something, or says in the bottom line why not; counts are read as vim's."""

from __future__ import annotations

import string

import pytest

from imapcore.model import Archive, Threads
from tests.tui.pilot import running
from tui.keys.commands import KEYMAPS, PANES, Command, Where
from tui.keys.dead_keys import dead_key_words
from tui.keys.key_reader import Dead, Ended, KeyReader, Verb, Waits
from tui.keys.keymap import Keymap

KEYS = (
    *string.ascii_letters,
    *string.digits,
    *string.punctuation,
    *(f"ctrl+{letter}" for letter in string.ascii_lowercase),
    *(f"f{number}" for number in range(1, 13)),
    "space", "enter", "escape", "tab", "shift+tab", "delete", "backspace", "insert", "home", "end",
    "pageup", "pagedown", "up", "down", "left", "right", "shift+up", "shift+down", "alt+x", "ä", "ß", "中",
)  # fmt: skip


@pytest.mark.parametrize("name", KEYMAPS)
@pytest.mark.parametrize("where", sorted(PANES))
def test_every_key_is_a_verb_or_has_a_sentence(name: str, where: Where) -> None:
    keymap = Keymap(name)
    for key in KEYS:
        if isinstance(KeyReader().read(keymap, where, key), Dead):
            words = dead_key_words(keymap, where, (key,))
            assert words
            assert len(words) <= 78, words


@pytest.mark.parametrize(
    ("where", "key", "says"),
    [
        (Where.TREE, "e", "e (archive) is for conversations: Enter opens the list"),
        (Where.TREE, "*", "* is for the list: Enter opens the list"),
        (Where.READER, "x", "x (select) is for the list: u goes back to it"),
        (Where.LIST, "P", "Shift+P (pin) is for the tree: Shift+Tab goes there"),
        (Where.LIST, "f12", "F12 means nothing here: ? shows the keys"),
    ],
)
def test_a_key_of_another_place_says_which(where: Where, key: str, says: str) -> None:
    assert dead_key_words(Keymap(), where, (key,)) == says


def _read(*strokes: str, where: Where = Where.LIST, name: str = "gmail") -> object:
    reader, keymap = KeyReader(), Keymap(name)
    outcome: object = None
    for stroke in strokes:
        outcome = reader.read(keymap, where, stroke)
    if isinstance(outcome, Verb):
        assert isinstance(outcome.command, Command)
        return outcome.command.id, outcome.count
    return outcome


def test_a_count_stands_before_a_verb() -> None:
    assert _read("5", "j") == ("next", 5)
    assert _read("1", "0", "j") == ("next", 10)
    assert _read("j") == ("next", 0)
    assert _read("3", "d", "d", name="vim") == ("trash", 3)
    assert _read("9", "9", "9", "9", "9", "9", "j") == ("next", 9999)
    assert _read("5", "escape") == Ended()
    assert _read("5") == Waits()
    assert _read("0") == Dead(("0",))
    assert _read("5", "f12") == Dead(("f12",))


async def test_counts_move_and_mean_so_many() -> None:
    async with running() as stage:
        rows = [row.thrid for row in stage.threads.window.rows]
        await stage.press("5", "j")
        assert stage.threads.cursor_index == 5
        await stage.press("2", "k")
        assert stage.threads.cursor_index == 3
        await stage.press("1", "0", "G")
        assert stage.threads.cursor_index == 9
        await stage.press("2", "k", "3")
        assert stage.screen_text().splitlines()[-1].startswith(" 3 ")
        await stage.press("e")
        op = stage.mail.submitted[-1]
        assert isinstance(op, Archive)
        assert isinstance(op.target, Threads)
        assert op.target.thrids == tuple(rows[7:10])
        await stage.press("2", "/")
        assert "means nothing" in stage.flash
        assert len(stage.app.screen_stack) == 1


async def test_a_dead_key_says_so_and_does_nothing() -> None:
    async with running() as stage:
        await stage.press("f8")
        assert stage.flash == "F8 means nothing here: ? shows the keys"
        await stage.press("shift+tab", "e")
        assert stage.flash.startswith("e (archive) is for conversations")
        assert stage.mail.submitted == []


async def test_a_dialog_says_that_a_key_has_no_meaning() -> None:
    async with running((120, 36)) as stage:
        for opened_by in ("g h", "?"):
            await stage.press(*opened_by.split(), "f8")
            assert "F8 means nothing here" in stage.screen_text()
            await stage.press("escape")


async def test_reading_verbs_act_on_what_is_shown_beside_the_list() -> None:
    async with running((200, 50)) as stage:
        assert stage.main.where is Where.LIST
        await stage.press("S")
        assert len(stage.app.screen_stack) == 2
        await stage.press("escape", "ctrl+f")
        assert stage.main.reader.is_finding
        assert "find" in stage.screen_text().splitlines()[-1]
        await stage.press(*"the", "escape")
        assert stage.mail.submitted == []
        assert stage.main.where is Where.LIST
        await stage.press(",")
        assert str(stage.main.where) == Where.READER.value
        assert stage.main.message_only
        await stage.press("j")
        assert not stage.main.message_only


async def test_without_a_message_on_the_screen_find_filters_and_the_rest_says_why() -> None:
    async with running() as stage:
        await stage.press("ctrl+f", *"the")
        assert stage.main.view.text == "the"
        assert stage.mail.submitted == []
        await stage.press("escape", "L")
        assert stage.flash == "No message is open: Enter opens one"
