"""The application itself: help, palette, layout, themes, keys, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.bridge.messages import Tone
from tui.keys.commands import KEYMAPS, Where
from tui.keys.keymap import Keymap
from tui.style.layout import READER_CHOICES, ReaderPlace
from tui.style.theme import OURS
from tui.widgets.thread_list.thread_row import Density

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tui.actions.screen import TriageScreen
    from tui.terminal.terminal_app import TerminalApp

_DIVIDER_STEP = 4


def help_here(screen: TriageScreen) -> None:
    """Every key that means something here."""
    from tui.dialogs.help import HelpScreen

    screen.app.push_screen(HelpScreen(screen.desk.keymap, screen.where, look=screen.desk.look))


def palette(screen: TriageScreen) -> None:
    """All commands, places and labels by name."""
    from tui.actions.palette_entries import open_palette

    open_palette(screen)


def actions_here(screen: TriageScreen) -> None:
    """What can be done with the row under the cursor."""
    from tui.actions.palette_entries import open_actions

    open_actions(screen)


def reader_layout(screen: TriageScreen) -> None:
    """The next place for the reader."""
    state = screen.desk.state
    here = screen.desk.reader_wanted
    state.reader = READER_CHOICES[(READER_CHOICES.index(here) + 1) % len(READER_CHOICES)]
    screen.place_panes()
    screen.go_to_pane(screen.where)
    row = screen.thread_list.cursor_row
    if screen.has_reader_pane and row is not None and screen.open_thrid is None:
        screen.show_thread(row.thrid)
    screen.flash(_reader_words(state.reader, screen.layout_now.place))


_PLACES = {
    ReaderPlace.BESIDE: "beside the list",
    ReaderPlace.BELOW: "below the list",
    ReaderPlace.OFF: "full screen",
    ReaderPlace.NARROW: "full screen",
}


def _reader_words(wanted: str, place: ReaderPlace) -> str:
    """Where the reader is now, and where it would be with more room."""
    here = _PLACES[place]
    if wanted == "auto":
        return f"Reader: by the room there is, now {here}"
    meant = _PLACES[ReaderPlace(wanted)]
    return f"Reader: {here}" if meant == here else f"Reader: {meant} when there is room; here {here}"


def _divide(cells: int) -> Callable[[TriageScreen], None]:
    return lambda screen: screen.move_divider("list", cells)


def toggle_tree(screen: TriageScreen) -> None:
    """Show or hide the tree; on a narrow screen, which it fills, go to it or back."""
    if screen.layout_now.place is ReaderPlace.NARROW:
        screen.go_to_pane(Where.LIST if screen.where is Where.TREE else Where.TREE)
        return
    state = screen.desk.state
    state.has_tree = not state.has_tree
    screen.place_panes()
    key = screen.desk.keymap.key_of("toggle-tree")
    screen.flash("The tree is shown" if state.has_tree else f"The tree is hidden; {key} shows it again")


def density(screen: TriageScreen) -> None:
    """One or two lines for each conversation."""
    chosen = Density.TWO if screen.thread_list.density is Density.ONE else Density.ONE
    screen.desk.state.density = chosen.value
    screen.thread_list.set_density(chosen)


def refresh(screen: TriageScreen) -> None:
    """Look for new mail; reconnect."""
    screen.desk.mail.refresh()
    if screen.desk.mail.is_read_only:
        screen.flash("Another gimap-tui has this account open: what it stores is shown here", Tone.HINT)
    else:
        screen.flash("Checking for new mail")


def next_theme(screen: TriageScreen) -> None:
    """Choose a theme by name."""
    from tui.actions.palette_entries import open_themes

    open_themes(screen)


def light_dark(screen: TriageScreen) -> None:
    """Between our dark and our light theme."""
    dark, light = OURS
    screen.app.theme = light if screen.app.current_theme.dark else dark


def keymap(screen: TriageScreen) -> None:
    """The next key map."""
    desk = screen.desk
    chosen = KEYMAPS[(KEYMAPS.index(desk.keymap.name) + 1) % len(KEYMAPS)]
    desk.state.keymap = chosen
    desk.keymap = Keymap(chosen, desk.config.keys)
    screen.teach()
    screen.flash(f"Keys: {chosen} {desk.glyphs.dot} {desk.keymap.key_of('help')} help", Tone.DONE)


def sign_out(screen: TriageScreen) -> None:
    """Forget the password."""
    from tui.actions.sign_in import sign_out

    sign_out(screen)


def redraw(screen: TriageScreen) -> None:
    """Draw the whole screen again."""
    _terminal(screen).action_draw_again()


def suspend(screen: TriageScreen) -> None:
    """Give the terminal back to the shell until it continues us."""
    _terminal(screen).action_stop_process()


def _terminal(screen: TriageScreen) -> TerminalApp[Any]:
    from tui.terminal.terminal_app import TerminalApp

    app = screen.app
    assert isinstance(app, TerminalApp)
    return app


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "help": help_here,
    "palette": palette,
    "actions": actions_here,
    "reader-layout": reader_layout,
    "wider": _divide(_DIVIDER_STEP),
    "narrower": _divide(-_DIVIDER_STEP),
    "toggle-tree": toggle_tree,
    "density": density,
    "refresh": refresh,
    "sign-out": sign_out,
    "theme": next_theme,
    "theme-light-dark": light_dark,
    "keymap": keymap,
    "redraw": redraw,
    "suspend": suspend,
    "quit": lambda screen: _terminal(screen).leave(),
}
