"""Selecting: one, a range, all of a kind, all in this view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.bridge.messages import Tone
from tui.style.text import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imapcore.model import ThreadRow
    from tui.actions.screen import TriageScreen


def _where(what: str, wanted: Callable[[ThreadRow], bool]) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        count = screen.thread_list.select_where(wanted)
        if count:
            screen.flash(f"{number(count)} on the screen {'is' if count == 1 else 'are'} {what}: selected")
        else:
            screen.flash(f"None on the screen is {what}", Tone.HINT)

    return action


def select_all(screen: TriageScreen) -> None:
    """All rows on the screen; once more, or where that is all there is: everything in the view."""
    listed = screen.thread_list
    total = listed.window.total
    if not listed.window.rows:
        screen.flash("There is nothing here to select", Tone.HINT)
    elif listed.is_screen_selected and len(listed.selection) < total:
        listed.select_everything()
        screen.flash(f"All {number(total)} in this view are selected")
    else:
        count = listed.select_where(lambda row: True)
        if count >= total:
            screen.flash(f"All {number(total)} in this view are selected")
        else:
            key = screen.desk.keymap.key_of("select-all")
            screen.flash(f"The {number(count)} on the screen are selected; {key} again: all {number(total)}")


def select(screen: TriageScreen) -> None:
    """The row under the cursor, or so many from there on."""
    screen.thread_list.toggle_selected(max(1, screen.count))


def _extend(rows: int) -> Callable[[TriageScreen], None]:
    return lambda screen: screen.thread_list.extend(rows * max(1, screen.count))


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "select": select,
    "select-range": lambda screen: screen.thread_list.toggle_range(),
    "select-next": _extend(1),
    "select-previous": _extend(-1),
    "select-all": select_all,
    "select-none": lambda screen: screen.thread_list.select_none(),
    "select-read": _where("read", lambda row: not row.unread),
    "select-unread": _where("unread", lambda row: bool(row.unread)),
    "select-starred": _where("starred", lambda row: row.is_starred),
    "select-unstarred": _where("without a star", lambda row: not row.is_starred),
}
