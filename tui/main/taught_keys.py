"""Which verbs the bottom line teaches: those that matter in this pane, in this view, in this moment. Pure.

What the registry ranks for a pane is the rule; here stand the places and moments that differ from it.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from imapcore.model import Role, View, ViewKind
from tui.keys.commands import BY_ID, Command, Group, Where
from tui.keys.keymap import Keymap

_Words = tuple[tuple[str, str], ...]
"""Ids of verbs, and the word for each here; empty: its own."""

_SPAM: _Words = (("spam", "not spam"), ("delete-forever", ""), ("trash", ""), ("search", ""))
_TRASH: _Words = (("to-inbox", "to inbox"), ("delete-forever", ""), ("label", ""), ("search", ""))
_DRAFTS: _Words = (("open", "go on writing"), ("trash", "delete draft"), ("label", ""), ("search", ""))
_SEARCH: _Words = (
    ("archive", ""),
    ("trash", ""),
    ("label", ""),
    ("search", "change search"),
    ("save-search", "save"),
)
_LABEL: _Words = (
    ("remove-label", "remove label"),
    ("archive", ""),
    ("trash", ""),
    ("label", ""),
    ("star", ""),
)
_ALL_MAIL: _Words = (("to-inbox", "to inbox"), ("trash", ""), ("label", ""), ("star", ""), ("search", ""))
_STARRED: _Words = (("star", "unstar"), ("archive", ""), ("trash", ""), ("label", ""), ("search", ""))
_TREE: _Words = (
    ("open", ""),
    ("create-label", ""),
    ("rename", ""),
    ("delete-label", ""),
    ("colour", ""),
    ("filter", "filter"),
    ("help", ""),
)
_OF_ROLE: dict[Role, _Words] = {
    Role.SPAM: _SPAM,
    Role.TRASH: _TRASH,
    Role.DRAFTS: _DRAFTS,
    Role.ALL: _ALL_MAIL,
    Role.STARRED: _STARRED,
}


class Moment(Struct, frozen=True):
    """What the bottom line depends on."""

    where: Where
    view: View
    is_selecting: bool = False
    """Whether conversations are selected."""
    is_narrow: bool = False
    """Whether the tree is on the screen only while it has the keys."""
    message_only: bool = False


def taught_keys(
    keymap: Keymap, moment: Moment, is_missing: Callable[[Command], bool]
) -> list[tuple[str, str, str]]:
    """Key, word and id of what is taught, the most important first; ``is_missing``: it does not apply."""
    words: dict[str, str] = {}
    for command_id, word in (*_of_moment(moment), *_of_place(moment)):
        words.setdefault(command_id, word)
    ranked = [command.id for command, _ in keymap.footer(moment.where) if _belongs(command, moment.where)]
    order = [*words, *ranked]
    if moment.where is Where.LIST and moment.is_narrow:
        # Nothing else on a narrow screen shows that there are labels.
        words["previous-pane"] = "labels"
        at = order.index("search") + 1 if "search" in order else len(order)
        order.insert(at, "previous-pane")
        # Undo is told by every change; help is not.
        order.insert(at + 1, "help")
    taught: list[tuple[str, str, str]] = []
    for command_id in dict.fromkeys(order):
        command, key = BY_ID[command_id], keymap.key_of(command_id)
        if key and moment.where in command.where and not is_missing(command):
            taught.append((key, words.get(command_id) or command.word, command_id))
    return taught


def _belongs(command: Command, where: Where) -> bool:
    """Whether a ranked verb is worth a word in this pane: those of reading are in the reader."""
    is_of_reading = command.group is Group.READING or command.id == "message-scope"
    return where is Where.READER or not is_of_reading


def _of_moment(moment: Moment) -> _Words:
    if moment.where is Where.LIST:
        if moment.is_selecting:
            return (("back", "select none"),)
        if moment.view.text or moment.view.is_unread_only:
            return (("back", "show all"),)
    if moment.where is Where.READER:
        word = "whole conversation" if moment.message_only else "this message only"
        return (("message-scope", word),) if moment.message_only else (("reply", ""),)
    return ()


def _of_place(moment: Moment) -> _Words:
    if moment.where is Where.TREE:
        return _TREE
    if moment.view.kind is ViewKind.SEARCH:
        return _SEARCH
    if moment.view.kind is ViewKind.LABEL:
        return _LABEL
    return _OF_ROLE.get(Role(moment.view.value), ())
