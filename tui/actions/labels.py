"""Places and labels: folding, creating, renaming, deleting, colouring, pinning and hiding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from imapcore.gmail.label_names import LabelNames
from imapcore.model import INBOX, CreateLabel, DeleteLabel, RenameLabel, View, ViewKind
from tui.actions.submit import submit
from tui.bridge.messages import Tone
from tui.widgets.sidebar.tree_rows import TreeKind, TreeRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen


def _row(screen: TriageScreen, *kinds: TreeKind) -> TreeRow | None:
    """The tree's cursor row, if it is of one of these kinds; else a hint."""
    row = screen.places.cursor_row
    if row is not None and row.kind in kinds:
        return row
    wanted = "a label or a saved search" if TreeKind.SEARCH in kinds else "a label"
    screen.flash(f"Put the cursor on {wanted} first: Gmail's own places stay as they are", Tone.HINT)
    return None


def _names(screen: TriageScreen) -> LabelNames:
    """The names of the account's labels, as the rule for a new one has to know them."""
    own = [mailbox.name for mailbox in screen.mailboxes if mailbox.role is not None]
    users = [mailbox for mailbox in screen.mailboxes if mailbox.role is None]
    return LabelNames(
        [mailbox.name for mailbox in users if mailbox.is_selectable],
        [mailbox.name for mailbox in users if not mailbox.is_selectable],
        own,
    )


def create_label(screen: TriageScreen) -> None:
    """Ask for a name and create the label; inside the label the tree's cursor is on, if it is there."""
    from tui.dialogs.prompt import PromptScreen
    from tui.keys.commands import Where

    row = screen.places.cursor_row
    inside = f"{row.name}/" if screen.where is Where.TREE and row and row.kind is TreeKind.LABEL else ""
    names = _names(screen)

    def closed(name: str | None) -> None:
        if name:
            screen.guard(lambda: submit(screen, CreateLabel(name)))

    screen.app.push_screen(
        PromptScreen("New label", inside, names.create_problem, look=screen.desk.look),
        closed,
    )


def rename(screen: TriageScreen) -> None:
    """Ask for another name."""
    from tui.dialogs.prompt import PromptScreen

    row = _row(screen, TreeKind.LABEL, TreeKind.SEARCH)
    if row is None:
        return
    if row.kind is TreeKind.SEARCH:
        _edit_search(screen, row)
        return
    names = _names(screen)

    def closed(name: str | None) -> None:
        if name and name != row.name:
            screen.guard(lambda: submit(screen, RenameLabel(row.name, name)))

    screen.app.push_screen(
        PromptScreen(
            "Rename label",
            row.name,
            lambda name: "" if name == row.name else names.rename_problem(row.name, name),
            look=screen.desk.look,
        ),
        closed,
    )


def _edit_search(screen: TriageScreen, row: TreeRow) -> None:
    """Another name, another query, or both."""
    from tui.dialogs.saved_search import KeptSearch, KeptSearchScreen

    search = next((each for each in screen.searches if str(each.search_id) == row.name), None)
    if search is None:
        return

    def closed(wanted: KeptSearch | None) -> None:
        if wanted is not None:
            screen.guard(lambda: changed(wanted))

    def changed(wanted: KeptSearch) -> None:
        screen.desk.mail.rename_search(search.search_id, wanted.title, wanted.query)
        screen.look_again()
        if wanted.query != search.query:
            if screen.view.kind is ViewKind.SEARCH and screen.view.value == search.query:
                screen.show_view(View.of_search(wanted.query), remember=False)
            screen.flash(f"“{wanted.title}” searches for {wanted.query} now")
        else:
            screen.flash(f"Renamed to “{wanted.title}”")

    labels = tuple(mailbox.name for mailbox in screen.mailboxes if mailbox.role is None)
    screen.app.push_screen(
        KeptSearchScreen(
            search.title, search.query, labels, heading="Change this search", look=screen.desk.look
        ),
        closed,
    )


def delete_label(screen: TriageScreen) -> None:
    """Ask, then delete a label or a kept search; mail is never deleted with it."""
    from tui.dialogs.confirm import ConfirmScreen

    row = _row(screen, TreeKind.LABEL, TreeKind.SEARCH)
    if row is None:
        return
    if row.kind is TreeKind.SEARCH:
        screen.desk.mail.delete_search(int(row.name))
        screen.look_again()
        screen.flash(f"“{row.title}” is no longer saved; / searches for the same")
        return

    def closed(is_confirmed: bool | None) -> None:
        if is_confirmed:
            screen.guard(lambda: _deleted(screen, row))

    detail = "The label comes off every conversation. The mail stays in All Mail."
    inside = [mailbox for mailbox in screen.mailboxes if mailbox.name.startswith(f"{row.name}/")]
    if inside:
        what = "label inside of it stays" if len(inside) == 1 else f"{len(inside)} labels inside of it stay"
        detail += f" The {what}."
    screen.app.push_screen(
        ConfirmScreen(f"Delete the label “{row.name}”?", detail, "delete", look=screen.desk.look), closed
    )


def _deleted(screen: TriageScreen, row: TreeRow) -> None:
    submit(screen, DeleteLabel(row.name))
    if row.view is not None and screen.view == row.view:
        screen.show_view(INBOX, remember=False)


def colour(screen: TriageScreen) -> None:
    """Let the user choose the label's colour; the tree and the list wear it while the choice is open."""
    from tui.dialogs.colours import ColourPicker
    from tui.style.theme import AUTOMATIC

    row = _row(screen, TreeKind.LABEL)
    if row is None:
        return
    desk, name = screen.desk, row.name
    before = desk.label_colours.chosen_of(name)
    automatic = desk.label_colours.copy()
    automatic.choose(name, AUTOMATIC)

    def try_on(wanted: str) -> None:
        desk.trial_colours = None
        trial = desk.label_colours.copy()
        trial.choose(name, wanted)
        desk.trial_colours = trial
        screen.redress()

    def closed(wanted: str | None) -> None:
        desk.trial_colours = None
        if wanted is not None and wanted != before:
            desk.label_colours.choose(name, wanted)
            worn = desk.label_colours.name_of(name)
            screen.flash(f"{row.title} is {worn} now")
        screen.redress()

    screen.app.push_screen(
        ColourPicker(row.title, before, automatic.name_of(name), try_on, look=desk.look), closed
    )


def pin(screen: TriageScreen) -> None:
    """Keep the label at the top of the labels, or let it go."""
    row = _row(screen, TreeKind.LABEL)
    if row is None:
        return
    pinned = screen.desk.state.pinned
    if row.name in pinned:
        pinned.remove(row.name)
        screen.flash(f"“{row.name}” is back in its place")
    else:
        pinned.append(row.name)
        screen.flash(f"“{row.name}” stays at the top")
    screen.places.take_state(screen.desk.state)


def hide(screen: TriageScreen) -> None:
    """Hide the label or search, or show it again."""
    row = _row(screen, TreeKind.LABEL, TreeKind.SEARCH)
    if row is None:
        return
    name = f"search:{row.name}" if row.kind is TreeKind.SEARCH else row.name
    hidden = screen.desk.state.hidden
    if name in hidden:
        hidden.remove(name)
        screen.flash(f"“{row.title}” is shown again")
    else:
        hidden.append(name)
        key = screen.desk.keymap.key_of("show-hidden")
        screen.flash(f"“{row.title}” is hidden {screen.desk.glyphs.dot} {key} shows what is hidden")
    screen.places.take_state(screen.desk.state)


def show_hidden(screen: TriageScreen) -> None:
    """Show what is hidden, or hide it again."""
    state = screen.places.state
    if not screen.desk.state.hidden:
        screen.flash("Nothing is hidden", Tone.HINT)
        return
    screen.places.set_state(replace(state, shows_hidden=not state.shows_hidden))


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "fold": lambda screen: screen.places.fold(True),
    "unfold": lambda screen: screen.places.fold(False),
    "create-label": create_label,
    "rename": rename,
    "delete-label": delete_label,
    "colour": colour,
    "pin": pin,
    "hide": hide,
    "show-hidden": show_hidden,
}
