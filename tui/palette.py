"""The command palette: every verb by name with its key, every place, search and label.

Textual's palette with our providers; what it lists comes from the registry and the live key map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from imapcore.model import View
from tui.commands import COMMANDS, Command, Where
from tui.views import view_title
from tui.widgets.label_chips import label_title

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    title: str
    key: str
    run: Callable[[], None]


class EntryProvider(Provider):
    """Fuzzy search over entries; all of them before anything is typed."""

    entries: tuple[Entry, ...] = ()

    async def discover(self) -> Hits:
        """Everything, in order."""
        for entry in self.entries:
            yield DiscoveryHit(_display(Text(entry.title), entry.key), entry.run, entry.title)

    async def search(self, query: str) -> Hits:
        """What matches, best first."""
        matcher = self.matcher(query)
        for entry in self.entries:
            score = matcher.match(entry.title)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.title), entry.run, entry.title, entry.key or None)


def _display(title: Text, key: str) -> Text:
    return Text.assemble(title, ("   " + key, "dim")) if key else title


def command_entries(screen: MainScreen, commands: Iterable[Command]) -> tuple[Entry, ...]:
    """Verbs that apply in the pane that has the keys."""
    return tuple(
        Entry(command.title, screen.desk.keymap.key_of(command.id), _runner(screen, command.id))
        for command in commands
        if command.is_in_palette and screen.where in command.where and screen.missing_for(command) is None
    )


def _runner(screen: MainScreen, command_id: str) -> Callable[[], None]:
    # After the palette has closed, so that the verb finds the pane it was meant for.
    def run() -> None:
        screen.call_later(screen.command, command_id)

    return run


def view_entries(screen: MainScreen) -> tuple[Entry, ...]:
    """Places, kept searches and labels to go to."""
    entries: list[Entry] = []
    for mailbox in screen.mailboxes:
        if mailbox.role is None and not mailbox.is_selectable:
            continue
        view = View.of_role(mailbox.role) if mailbox.role is not None else View.of_label(mailbox.name)
        title = mailbox.title if mailbox.role is not None else label_title(mailbox.name)
        entries.append(Entry(f"Go to {title}", "", _goer(screen, view)))
    for search in screen.searches:
        view = View.of_search(search.query)
        title = view_title(view, screen.mailboxes, screen.searches)
        entries.append(Entry(f"Search {title}", "", _goer(screen, view)))
    return tuple(entries)


def _goer(screen: MainScreen, view: View) -> Callable[[], None]:
    def go() -> None:
        screen.show_view(view)
        screen.go_to_pane(Where.LIST)

    def go_later() -> None:
        screen.call_later(go)

    return go_later


def _open(screen: MainScreen, entries: tuple[Entry, ...], placeholder: str) -> None:
    provider = type("Entries", (EntryProvider,), {"entries": entries})
    screen.app.push_screen(CommandPalette(providers=[provider], placeholder=placeholder))


def open_palette(screen: MainScreen) -> None:
    """Everything there is."""
    _open(screen, (*command_entries(screen, COMMANDS), *view_entries(screen)), "What do you want to do?")


def open_actions(screen: MainScreen) -> None:
    """Only what concerns the row under the cursor."""
    about_row = [
        command
        for command in COMMANDS
        if command.needs.value and (command.where != frozenset({Where.LIST}) or command.id == "select")
    ]
    _open(screen, command_entries(screen, about_row), "What to do with this row?")


def open_views(screen: MainScreen) -> None:
    """Only where one can go."""
    _open(screen, view_entries(screen), "Go to")
