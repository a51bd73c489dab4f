"""What the command palette lists: verbs that apply with their keys, places, kept searches and labels.

All of it from the registry, the live key map and the tree; the dialog itself is ``tui.dialogs.palette``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imapcore.model import View
from tui.dialogs.palette import Entry, PaletteScreen
from tui.keys.commands import COMMANDS, Command, Where
from tui.style.theme import OURS
from tui.widgets.label_chips import label_title
from tui.widgets.sidebar.tree_rows import place_title

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen


def command_entries(screen: TriageScreen, commands: Iterable[Command]) -> tuple[Entry, ...]:
    """Verbs that apply in the pane that has the keys."""
    return tuple(
        Entry(command.title, screen.desk.keymap.key_of(command.id), _runner(screen, command.id))
        for command in commands
        if command.is_in_palette and screen.where in command.where and screen.missing_for(command) is None
    )


def _runner(screen: TriageScreen, command_id: str) -> Callable[[], None]:
    return lambda: screen.command(command_id)


def view_entries(screen: TriageScreen, verb: str = "Go to ") -> tuple[Entry, ...]:
    """Places, kept searches and labels to go to."""
    entries: list[Entry] = []
    for mailbox in screen.mailboxes:
        if mailbox.role is not None:
            view = View.of_role(mailbox.role)
            entries.append(Entry(f"{verb}{place_title(mailbox)}", "", _goer(screen, view)))
    for search in screen.searches:
        view = View.of_search(search.query)
        entries.append(Entry(f"{verb}{search.title}", "", _goer(screen, view)))
    for mailbox in screen.mailboxes:
        if mailbox.role is None and mailbox.is_selectable:
            view = View.of_label(mailbox.name)
            title = f"{verb}{label_title(mailbox.name)}"
            entries.append(Entry(title, "", _goer(screen, view), screen.desk.ink(mailbox.name)))
    return tuple(entries)


def _goer(screen: TriageScreen, view: View) -> Callable[[], None]:
    def go() -> None:
        screen.show_view(view)
        screen.go_to_pane(Where.LIST)

    return go


def _open(screen: TriageScreen, title: str, entries: tuple[Entry, ...]) -> None:
    def closed(chosen: Entry | None) -> None:
        if chosen is not None:
            chosen.run()

    screen.app.push_screen(PaletteScreen(title, entries, look=screen.desk.look), closed)


def open_palette(screen: TriageScreen) -> None:
    """Everything there is."""
    _open(screen, "Commands", (*command_entries(screen, COMMANDS), *view_entries(screen)))


def open_actions(screen: TriageScreen) -> None:
    """Only what concerns the row under the cursor."""
    about_row = [
        command
        for command in COMMANDS
        if command.needs.value and (command.where != frozenset({Where.LIST}) or command.id == "select")
    ]
    _open(screen, "What can be done here", command_entries(screen, about_row))


def open_views(screen: TriageScreen) -> None:
    """Only where one can go."""
    _open(screen, "Go to", view_entries(screen, ""))


def open_themes(screen: TriageScreen) -> None:
    """Every theme by name; ours first."""

    def wear(name: str) -> Callable[[], None]:
        def run() -> None:
            screen.app.theme = name

        return run

    themes = sorted(screen.app.available_themes, key=lambda name: (name not in OURS, name))
    _open(screen, "Theme", tuple(Entry(name, "", wear(name)) for name in themes))
