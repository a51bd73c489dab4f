"""An op handed to the engine: done, said in the bottom line, and the cursor put where the user goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import (
    CreateLabel,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    Op,
    Receipt,
    RenameLabel,
    Role,
    Target,
    Threads,
)
from tui.bridge import background
from tui.bridge.messages import Tone
from tui.keys.commands import Where
from tui.style.text import number
from tui.widgets.sidebar.view_titles import view_title

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen


def submit(screen: TriageScreen, op: Op, *, leaves: bool = False, step: int = 0, left_out: int = 0) -> None:
    """Do it, say so, and look again. ``leaves``: the conversation goes out of this view; ``left_out``: so
    many unread replies of it are not meant.

    ``step`` is where the cursor goes then: -1 newer, 1 older, 0 what the configuration says. What is about
    very many conversations is done beside the screen, and said when it is.
    """
    was_reading, view = screen.where is Where.READER, screen.view

    def done(receipt: Receipt) -> None:
        screen.composing.mail_changed()
        if leaves and screen.view == view:
            _leave(screen, was_reading=was_reading, step=step)
        else:
            screen.look_again()
        _say(screen, op, receipt, left_out)

    many = _conversations(screen, op)
    if many >= background.LARGE:
        screen.flash(f"Changing {number(many)} conversations{screen.desk.glyphs.ellipsis}")
    screen.aside.do(lambda: screen.desk.mail.submit(op), done, is_long=many >= background.LARGE)


def _conversations(screen: TriageScreen, op: Op) -> int:
    """How many conversations an op is about; 0 for one about single messages or labels themselves."""
    if isinstance(op, MarkAll):
        return screen.thread_list.window.total
    if isinstance(op, CreateLabel | RenameLabel | DeleteLabel):
        return 0
    if isinstance(op.target, Everything):
        return screen.thread_list.window.total
    return len(op.target.thrids) if isinstance(op.target, Threads) else 0


def as_read(screen: TriageScreen, target: Target) -> tuple[Target, int]:
    """What of a target the user has had before his eyes, and how many unread replies have come beside it.

    While a long message is read a reply may arrive below the fold: what takes a conversation away, or calls
    it read, means what stood there when it was opened.
    """
    thread = screen.reader.thread if screen.where is Where.READER else None
    if thread is None or target != Threads((thread.thrid,), screen.view):
        return target, 0
    unseen = {message.msgid for message in screen.reader.unseen}
    role = screen.view.role
    place = role if role in (Role.SPAM, Role.TRASH) else Role.ALL
    left = [each.msgid for each in thread.messages if each.place is place and each.msgid not in unseen]
    return (Messages(tuple(left)), len(unseen)) if unseen and left else (target, 0)


def _say(screen: TriageScreen, op: Op, receipt: Receipt, left_out: int) -> None:
    if receipt.messages == 0 and not isinstance(op, CreateLabel | RenameLabel | DeleteLabel):
        screen.flash("Nothing to change", Tone.HINT)
        return
    undo = screen.desk.keymap.key_of("undo")
    hint = f" {screen.desk.glyphs.dot} {undo} undo" if receipt.can_undo and undo else ""
    stays = "stays" if left_out == 1 else "stay"
    left = f"; {number(left_out)} new unread {stays}" if left_out else ""
    screen.flash(f"{receipt.summary}{left}{hint}")


def _leave(screen: TriageScreen, *, was_reading: bool, step: int) -> None:
    """The target went out of the view: put the cursor where the user goes on."""
    listed = screen.thread_list
    direction = step or {"older": 1, "newer": -1}.get(screen.desk.config.behaviour.after_archive, 0)
    gone = screen.open_thrid if was_reading else None
    index = listed.cursor_index
    listed.selection.clear()
    screen.look_again()
    # The older one took the place of the one that left; the newer one is the row above.
    if direction < 0 and index > 0:
        listed.move_to(index - 1)
    if not was_reading:
        return
    row = listed.cursor_row
    if direction == 0 or row is None or row.thrid == gone:
        screen.close_thread()
    else:
        screen.open_thread(row.thrid)


def describe(screen: TriageScreen, target: Target) -> str:
    """What is meant by a verb, in words: for the titles of dialogs."""
    if isinstance(target, Messages):
        return "this message"
    if isinstance(target, Everything):
        return f"everything in {view_title(screen.view, screen.mailboxes, screen.searches)}"
    count = len(target.thrids)
    return "this conversation" if count == 1 else f"{number(count)} conversations"
