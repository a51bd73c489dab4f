"""What a key without a meaning here says: where it has one, or that it has none. Pure."""

from __future__ import annotations

from tui.keys.commands import MAIL, PANES, Command, Where
from tui.keys.keymap import Keymap, Strokes, show_keys

_CALLED = {Where.TREE: "the tree", Where.LIST: "the list", Where.READER: "the reader"}


def dead_key_words(keymap: Keymap, where: Where, strokes: Strokes) -> str:
    """One sentence for a key that does nothing in this pane; nothing is done."""
    shown = show_keys(strokes)
    for other in (Where.LIST, Where.READER, Where.TREE):
        if other is where:
            continue
        found = keymap.resolve(other, strokes)
        if isinstance(found, Command):
            return f"{shown} ({found.word}) is for {_for(found)}: {_way(keymap, where, other)}"
        if found:
            return f"{shown} is for {_CALLED[other]}: {_way(keymap, where, other)}"
    key = keymap.key_of("help")
    return f"{shown} means nothing here{f': {key} shows the keys' if key else ''}"


def place_words(keymap: Keymap, where: Where, command: Command) -> str:
    """Why a verb does not apply in this pane, and how to come where it does."""
    other = next((place for place in (Where.LIST, Where.READER, Where.TREE) if place in command.where), None)
    if other is None:
        return "Not here"
    return f"For {_for(command)}: {_way(keymap, where, other)}"


def _for(command: Command) -> str:
    if command.where & PANES == MAIL:
        return "conversations"
    place = next(each for each in (Where.LIST, Where.READER, Where.TREE) if each in command.where)
    return _CALLED[place]


def _way(keymap: Keymap, where: Where, other: Where) -> str:
    """The key that leads from one pane to another, and whereto."""
    if other is Where.TREE:
        return f"{keymap.key_of('previous-pane')} goes there"
    if where is Where.TREE:
        return f"{keymap.key_of('open')} opens the list"
    if other is Where.READER:
        return f"{keymap.key_of('open')} opens one"
    return f"{keymap.key_of('back')} goes back to it"
