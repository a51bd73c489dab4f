"""Whether a verb can be done to what is on the screen now, and if not, why.

The palette greys by it, `.` leaves out by it, the bottom line teaches by it. Only what the screen already
knows is asked: nothing here reads the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import INBOX, Everything, Role, Threads, ViewKind
from tui.keys.commands import Command, Group, Where
from tui.keys.dead_keys import place_words
from tui.widgets.sidebar.tree_rows import TreeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imapcore.model import ThreadRow
    from tui.actions.screen import TriageScreen

_FROM_ANYWHERE = frozenset({"rename", "delete-label", "colour", "pin", "hide", "show-hidden"})
"""Verbs of the tree that mean the label of the view that is listed, wherever the keys are."""
_ONLY_LABELS = frozenset({"colour", "pin"})
_NOT_CHANGES = frozenset({"actions", "message-scope", "repeat"})
READ_ONLY = "Another gimap-tui has this account open; this one only reads"


def why_not(screen: TriageScreen, command: Command) -> str:
    """The reason why a verb does not apply; empty when it does."""
    if command.hint:
        return command.hint
    if screen.where not in command.where and command.id not in _FROM_ANYWHERE:
        return place_words(screen.desk.keymap, screen.where, command)
    missing = screen.missing_for(command)
    if missing is not None:
        return str(missing.value)
    if screen.desk.mail.is_read_only and _changes_mail(command):
        return READ_ONLY
    if command.id in _ONLY_LABELS:
        row = screen.places.cursor_row
        return "" if row is not None and row.kind is TreeKind.LABEL else "This is for labels"
    reason = _REASONS.get(command.id)
    return reason(screen) if reason is not None else ""


def _changes_mail(command: Command) -> bool:
    is_triage = command.group is Group.TRIAGE and command.id not in _NOT_CHANGES
    return is_triage or command.id in ("create-label", "rename", "delete-label")


def _meant(screen: TriageScreen) -> tuple[ThreadRow, ...]:
    """The rows that are meant, as far as they are held; none where that says nothing."""
    target = screen.target()
    if not isinstance(target, Threads) or isinstance(target, Everything):
        return ()
    rows = {row.thrid: row for row in screen.thread_list.window.rows}
    return tuple(rows[thrid] for thrid in target.thrids if thrid in rows)


def _archive(screen: TriageScreen) -> str:
    if screen.view.role in (Role.SPAM, Role.TRASH):
        return f"It is not in the inbox: {screen.desk.keymap.key_of('to-inbox')} puts it there"
    rows = _meant(screen)
    return "It is archived already" if rows and not any(row.is_in_inbox for row in rows) else ""


def _to_inbox(screen: TriageScreen) -> str:
    rows = _meant(screen)
    is_there = screen.view.role not in (Role.SPAM, Role.TRASH) and rows
    return "It is in the inbox already" if is_there and all(row.is_in_inbox for row in rows) else ""


def _remove_label(screen: TriageScreen) -> str:
    view = screen.view
    if view.label is None or view.role in (Role.SENT, Role.DRAFTS):
        return (
            "" if view.role in (Role.STARRED, Role.SPAM, Role.TRASH) else "There is no label here to remove"
        )
    return ""


def _delete_forever(screen: TriageScreen) -> str:
    return "" if screen.view.role in (Role.SPAM, Role.TRASH) else "Only what is in Spam or Trash"


def _trash(screen: TriageScreen) -> str:
    return "It is in the trash already" if screen.view.role is Role.TRASH else ""


def _read(screen: TriageScreen) -> str:
    rows = _meant(screen)
    return "It is read already" if rows and not any(row.unread for row in rows) else ""


def _mark_all(screen: TriageScreen) -> str:
    return "" if screen.thread_list.window.total else "Nothing is listed here"


def _important(screen: TriageScreen) -> str:
    rows = _meant(screen)
    return "It is important already" if rows and all(row.is_important for row in rows) else ""


def _not_important(screen: TriageScreen) -> str:
    rows = _meant(screen)
    return "It is not marked as important" if rows and not any(row.is_important for row in rows) else ""


def _select_none(screen: TriageScreen) -> str:
    return "" if screen.thread_list.selection else "Nothing is selected"


def _selects(screen: TriageScreen) -> str:
    return "" if screen.thread_list.window.total else "Nothing is listed here"


def _save_search(screen: TriageScreen) -> str:
    is_kept = any(each.query == screen.view.value for each in screen.searches)
    return "This search is saved already" if screen.view.kind is ViewKind.SEARCH and is_kept else ""


def _show_hidden(screen: TriageScreen) -> str:
    return "" if screen.desk.state.hidden else "Nothing is hidden"


def _undo(screen: TriageScreen) -> str:
    return "" if screen.desk.mail.next_undo() or screen.composing.can_undo else "Nothing to undo"


def _redo(screen: TriageScreen) -> str:
    return "" if screen.desk.mail.next_redo() else "Nothing to redo"


def _back(screen: TriageScreen) -> str:
    is_out = screen.where is not Where.LIST or screen.thread_list.selection or screen.history
    is_narrowed = screen.view.text or screen.view.is_unread_only
    return "" if is_out or is_narrowed or screen.view != INBOX else "Nothing to go back to"


_REASONS: Mapping[str, Callable[[TriageScreen], str]] = {
    "back": _back,
    "archive": _archive,
    "archive-newer": _archive,
    "archive-older": _archive,
    "to-inbox": _to_inbox,
    "remove-label": _remove_label,
    "delete-forever": _delete_forever,
    "trash": _trash,
    "read": _read,
    "important": _important,
    "not-important": _not_important,
    "mark-all-read": _mark_all,
    "select-all": _selects,
    "select-none": _select_none,
    "select-read": _selects,
    "select-unread": _selects,
    "select-starred": _selects,
    "select-unstarred": _selects,
    "save-search": _save_search,
    "show-hidden": _show_hidden,
    "undo": _undo,
    "redo": _redo,
    "repeat": lambda screen: "" if screen.again is not None else "Nothing was done yet to do again",
}
