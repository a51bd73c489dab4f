"""Selecting: one, a range, all of a kind, all in this view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.bridge.messages import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imapcore.model import ThreadRow
    from tui.actions.screen import TriageScreen


def _where(what: str, wanted: Callable[[ThreadRow], bool]) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        if not screen.thread_list.select_where(wanted):
            screen.flash(f"None of those listed is {what}", Tone.HINT)

    return action


def select_all(screen: TriageScreen) -> None:
    """All rows that are held; once more, or where that is all there is: everything in the view."""
    listed = screen.thread_list
    window = listed.window
    if not window.rows:
        screen.flash("There is nothing here to select", Tone.HINT)
    elif listed.is_all_held_selected and len(window.rows) < window.total:
        listed.select_everything()
    else:
        listed.select_where(lambda row: True)


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
    "select": lambda screen: screen.thread_list.toggle_selected(),
    "select-range": lambda screen: screen.thread_list.toggle_range(),
    "select-next": lambda screen: screen.thread_list.extend(1),
    "select-previous": lambda screen: screen.thread_list.extend(-1),
    "select-all": select_all,
    "select-none": lambda screen: screen.thread_list.select_none(),
    "select-read": _where("read", lambda row: not row.unread),
    "select-unread": _where("unread", lambda row: bool(row.unread)),
    "select-starred": _where("starred", lambda row: row.is_starred),
    "select-unstarred": _where("without a star", lambda row: not row.is_starred),
}
