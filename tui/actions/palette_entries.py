"""What the command palette lists: verbs with their keys, places, saved searches and labels.

All of it from the registry, the live key map and the tree; the dialog itself is ``tui.dialogs.palette``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imapcore.model import Role, View
from tui.actions.applies import why_not
from tui.bridge.messages import Tone
from tui.dialogs.palette import Entry, PaletteScreen
from tui.keys.commands import BY_ID, COMMANDS, Command, Where
from tui.keys.search_words import DANGEROUS, phrases_of
from tui.style.theme import OURS
from tui.widgets.label_chips import label_title
from tui.widgets.sidebar.tree_rows import place_title

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen


def command_entries(screen: TriageScreen, commands: Iterable[Command]) -> tuple[Entry, ...]:
    """Verbs, those that do not apply with the reason."""
    return tuple(
        Entry(
            command.title,
            screen.desk.keymap.key_of(command.id),
            _runner(screen, command.id),
            phrases=phrases_of(command),
            is_dangerous=command.id in DANGEROUS,
            reason=why_not(screen, command),
        )
        for command in commands
        if command.is_in_palette
    )


def _runner(screen: TriageScreen, command_id: str) -> Callable[[], None]:
    return lambda: screen.command(command_id)


_GO = {role: f"go-{role.value}" for role in Role}


def view_entries(screen: TriageScreen, verb: str = "Go to ") -> tuple[Entry, ...]:
    """Places, saved searches and labels to go to."""
    entries: list[Entry] = []
    for mailbox in screen.mailboxes:
        if mailbox.role is not None:
            view, title = View.of_role(mailbox.role), place_title(mailbox)
            go = _GO[mailbox.role]
            key = screen.desk.keymap.key_of(go)
            entries.append(
                Entry(f"{verb}{title}", key, _goer(screen, view), phrases=(title, *phrases_of(BY_ID[go])))
            )
    for search in screen.searches:
        view = View.of_search(search.query)
        entries.append(Entry(f"{verb}{search.title}", "", _goer(screen, view), name=search.title))
    for mailbox in screen.mailboxes:
        if mailbox.role is None and mailbox.is_selectable:
            view = View.of_label(mailbox.name)
            title = label_title(mailbox.name)
            colour = screen.desk.ink(mailbox.name)
            entries.append(Entry(f"{verb}{title}", "", _goer(screen, view), colour, name=title))
    return tuple(entries)


def _goer(screen: TriageScreen, view: View) -> Callable[[], None]:
    def go() -> None:
        screen.show_view(view)
        screen.go_to_pane(Where.LIST)

    return go


def _open(screen: TriageScreen, title: str, entries: tuple[Entry, ...]) -> None:
    def closed(chosen: Entry | None) -> None:
        if chosen is None:
            return
        if chosen.reason:
            screen.flash(chosen.reason, Tone.HINT)
        else:
            chosen.run()

    screen.app.push_screen(PaletteScreen(title, entries, look=screen.desk.look), closed)


def open_palette(screen: TriageScreen) -> None:
    """Everything there is; going to a place is listed with the places."""
    places = {_GO[mailbox.role] for mailbox in screen.mailboxes if mailbox.role is not None}
    verbs = [command for command in COMMANDS if command.id not in places]
    _open(screen, "Commands", (*command_entries(screen, verbs), *view_entries(screen)))


def open_actions(screen: TriageScreen) -> None:
    """Only what can be done to the row under the cursor."""
    about_row = [
        command
        for command in COMMANDS
        if command.needs.value
        and screen.where in command.where
        and (command.where != frozenset({Where.LIST}) or command.id == "select")
    ]
    entries = tuple(entry for entry in command_entries(screen, about_row) if not entry.reason)
    if not entries:
        screen.flash("Nothing can be done here", Tone.HINT)
        return
    _open(screen, "What can be done here", entries)


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
