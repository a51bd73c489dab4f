"""The palette finds what people call things, and nothing that does something else."""

from __future__ import annotations

import pytest

from tests.tui.pilot import running
from tui.actions import palette_entries
from tui.dialogs.palette import Entry, find_entries
from tui.keys.commands import BY_ID, COMMANDS
from tui.keys.search_words import DANGEROUS, WORDS, phrases_of
from tui.keys.verb_search import match_verb

EVERYDAY = {
    # Gmail
    "archive": "archive", "delete": "trash", "spam": "go-spam", "report spam": "spam", "star": "star",
    "mark as read": "read", "mark as unread": "unread", "mark read": "read", "mute": "open-in-gmail",
    "label": "label", "labels": "label", "move to": "move", "important": "important", "undo": "undo",
    "search": "search", "compose": "compose", "inbox": "go-inbox", "sent": "go-sent", "drafts": "go-drafts",
    "all mail": "go-all", "starred": "go-starred", "bin": "trash", "not spam": "spam",
    "show original": "source", "delete forever": "delete-forever", "move to inbox": "to-inbox",
    "select all": "select-all", "settings": "theme", "density": "density", "create label": "create-label",
    "expand all": "unfold-all", "print": "open-in-gmail", "snooze": "open-in-gmail",
    # Outlook
    "junk": "spam", "flag": "star", "folder": "move", "folders": "go-label", "new folder": "create-label",
    "deleted items": "go-trash", "sent items": "go-sent", "categorize": "label", "follow up": "star",
    "reading pane": "reader-layout", "rules": None, "send and receive": "refresh", "sidebar": "toggle-tree",
    "recover": "to-inbox", "unread": "unread", "attachments": "attachments",
    # mutt, vim and the shell
    "limit": "filter", "tag": "label", "purge": "delete-forever", "expunge": "delete-forever", "q": "quit",
    "quit": "quit", "exit": "quit", "help": "help", "sync": "refresh", "refile": "move", "headers": "source",
    "urls": "links", "catchup": "mark-all-read", "macro": None, "wq": "quit",
    # what everybody says
    "filter": "filter", "mark all": "mark-all-read", "mark all as read": "mark-all-read",
    "reload": "refresh", "refresh": "refresh", "export": "save-message", "pin": "pin", "color": "colour",
    "colour": "colour", "thread": "unfold-all", "keys": "help", "shortcuts": "help",
    "dark": "theme-light-dark",
    "theme": "theme", "logout": "sign-out", "sign out": "sign-out", "download": "attachments",
    "find": "find", "raw": "source", "links": "links", "browser": "open-in-gmail", "preview": "reader-layout",
    "hide": "hide", "rename": "rename", "bookmark": "star", "redo": "redo", "back": "back",
    "next unread": "next-unread", "folder list": "toggle-tree", "restore": "to-inbox", "done": "archive",
    "quotes": "toggle-quotes", "save search": "save-search", "pending": "go-activity", "log": "go-activity",
    "trash": "trash", "unstar": "star", "flags": "keywords", "save": "save-message", "unarchive": "to-inbox",
    # slips of the finger
    "archvie": "archive", "serach": "search", "delte": "trash", "attachement": "attachments",
    "lable": "label", "sidbar": "toggle-tree", "filtr": "filter", "setings": "theme",
}  # fmt: skip
"""What is typed → the verb that Enter does; None: no verb, rather than another one."""


async def test_everyday_words_find_their_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running((120, 36)) as stage:
        entries: list[Entry] = []

        def keep(screen: object, title: str, found: tuple[Entry, ...]) -> None:
            entries.extend(found)

        monkeypatch.setattr(palette_entries, "_open", keep)
        palette_entries.open_palette(stage.main)
        ids = {command.title: command.id for command in COMMANDS}
        places = {f"Go to {BY_ID[each].title}": each for each in BY_ID if each.startswith("go-")}
        wrong: dict[str, tuple[str | None, str | None]] = {}
        for word, wanted in EVERYDAY.items():
            found = find_entries(entries, word)
            title = found[0][0].title if found else ""
            got = ids.get(title) or places.get(title) or (title or None)
            if got != wanted:
                wrong[word] = (wanted, got)
        assert wrong == {}
        assert len(EVERYDAY) >= 80


def _first(query: str) -> str | None:
    ranked = []
    for order, command in enumerate(COMMANDS):
        found = match_verb(
            query,
            command.title,
            phrases_of(command),
            is_dangerous=command.id in DANGEROUS,
        )
        if found is not None and command.is_in_palette:
            ranked.append((found.rank, order, command.id))
    return min(ranked)[2] if ranked else None


def test_every_phrase_finds_the_verb_it_stands_at() -> None:
    lost = {
        phrase: (command_id, found)
        for command_id in WORDS
        if BY_ID[command_id].is_in_palette
        for phrase in phrases_of(BY_ID[command_id])[2:]
        if (found := _first(phrase)) != command_id and not (command_id in DANGEROUS and found is not None)
    }
    assert lost == {}


def test_every_id_finds_its_verb() -> None:
    shown = [command.id for command in COMMANDS if command.is_in_palette and command.id not in DANGEROUS]
    assert [each for each in shown if _first(each.replace("-", " ")) != each] == []


@pytest.mark.parametrize(
    "slip",
    ["spom", "spma", "purg", "delete forevr", "sing out", "mark al", "qiut", "expung3", "print", "thr"],
)
def test_a_near_miss_is_never_a_dangerous_verb(slip: str) -> None:
    found = _first(slip)
    if found in DANGEROUS:
        assert any(phrase.startswith(slip) for phrase in phrases_of(BY_ID[str(found)]))


@pytest.mark.parametrize("query", ["x" * 10_000, "\x00", "((((", "ß" * 70, " ", ":"])
def test_nothing_that_is_typed_breaks_the_search(query: str) -> None:
    _first(query)
