"""Triage: everything that changes mail, as ops the engine journals; undo and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
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
    from collections.abc import Callable, Mapping

    from tui.main.screen import MainScreen

SEEN = frozenset({"\\Seen"})
FLAGGED = frozenset({"\\Flagged"})
IMPORTANT = frozenset({"\\Important"})


def submit(screen: MainScreen, op: Op, *, leaves: bool = False, step: int = 0) -> None:
    """Do it, say so, and look again. ``leaves``: the conversation goes out of this view.

    ``step`` is where the cursor goes then: -1 newer, 1 older, 0 what the configuration says. What is about
    very many conversations is done beside the screen, and said when it is.
    """
    was_reading, view = screen.where is Where.READER, screen.view

    def done(receipt: Receipt) -> None:
        if leaves and screen.view == view:
            _leave(screen, was_reading=was_reading, step=step)
        else:
            screen.look_again()
        _say(screen, op, receipt)

    many = _conversations(screen, op)
    if many >= background.LARGE:
        screen.flash(f"Noting a change of {number(many)} conversations{screen.desk.glyphs.ellipsis}")
    screen.aside.do(lambda: screen.desk.mail.submit(op), done, is_long=many >= background.LARGE)


def _conversations(screen: MainScreen, op: Op) -> int:
    """How many conversations an op is about; 0 for one about single messages or labels themselves."""
    if isinstance(op, MarkAll):
        return screen.thread_list.window.total
    if isinstance(op, CreateLabel | RenameLabel | DeleteLabel):
        return 0
    if isinstance(op.target, Everything):
        return screen.thread_list.window.total
    return len(op.target.thrids) if isinstance(op.target, Threads) else 0


def _say(screen: MainScreen, op: Op, receipt: Receipt) -> None:
    if receipt.messages == 0 and not isinstance(op, CreateLabel | RenameLabel | DeleteLabel):
        screen.flash("It was so already: nothing changed", Tone.HINT)
        return
    undo = screen.desk.keymap.key_of("undo")
    hint = f" {screen.desk.glyphs.dot} {undo} undo" if receipt.can_undo and undo else ""
    screen.flash(f"{receipt.summary}{hint}")


def _leave(screen: MainScreen, *, was_reading: bool, step: int) -> None:
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


def _target(screen: MainScreen) -> Target:
    target = screen.target()
    assert target is not None, "a verb that needs a target was run without one"
    return target


def _leaves_inbox(screen: MainScreen) -> bool:
    return screen.view.label == INBOX.label


def _archive(step: int) -> Callable[[MainScreen], None]:
    def action(screen: MainScreen) -> None:
        target = _target(screen)
        submit(screen, Archive(target), leaves=_leaves_inbox(screen) or step != 0, step=step)

    return action


def trash(screen: MainScreen) -> None:
    """Move to the trash; in the trash, say what would delete."""
    if screen.view.role is Role.TRASH:
        key = screen.desk.keymap.key_of("delete-forever")
        screen.flash(f"This is the trash already; {key} deletes forever", Tone.HINT)
        return
    submit(screen, MoveToTrash(_target(screen)), leaves=not _is_single_message(screen))


def spam(screen: MainScreen) -> None:
    """Report as spam; in Spam, bring back."""
    if screen.view.role is Role.SPAM:
        submit(screen, MoveToInbox(_target(screen)), leaves=True)
    else:
        submit(screen, MoveToSpam(_target(screen)), leaves=not _is_single_message(screen))


def _is_single_message(screen: MainScreen) -> bool:
    thread = screen.reader.thread
    return isinstance(screen.target(), Messages) and thread is not None and len(thread.messages) > 1


def to_inbox(screen: MainScreen) -> None:
    """Back to the inbox, from anywhere."""
    is_away = screen.view.role in (Role.TRASH, Role.SPAM)
    submit(screen, MoveToInbox(_target(screen)), leaves=is_away)


def remove_label(screen: MainScreen) -> None:
    """Take the view's own label off: what Gmail's y does, view by view."""
    role, label = screen.view.role, screen.view.label
    target = _target(screen)
    if label == INBOX.label:
        submit(screen, Archive(target), leaves=True)
    elif role is Role.STARRED:
        submit(screen, ChangeFlags(target, remove=FLAGGED), leaves=True)
    elif role in (Role.SPAM, Role.TRASH):
        submit(screen, MoveToInbox(target), leaves=True)
    elif label is None or role in (Role.SENT, Role.DRAFTS):
        screen.flash("This view has no label of its own to take off", Tone.HINT)
    else:
        submit(screen, ChangeLabels(target, remove=frozenset({label})), leaves=True)


def star(screen: MainScreen) -> None:
    """Star; take the star off where everything that is meant has one."""
    target = _target(screen)
    if _is_starred(screen, target):
        submit(screen, ChangeFlags(target, remove=FLAGGED))
        return
    thread = screen.reader.thread
    if isinstance(target, Threads) and screen.where is Where.READER and thread is not None:
        # Gmail stars the message one is at, so that the star can be found inside a long conversation.
        message = screen.reader.message or thread.messages[-1]
        target = Messages((message.msgid,))
    submit(screen, ChangeFlags(target, add=FLAGGED))


def _is_starred(screen: MainScreen, target: Target) -> bool:
    if isinstance(target, Messages):
        message = screen.reader.message
        return message is not None and message.is_starred
    if isinstance(target, Everything):
        return screen.view.role is Role.STARRED
    rows = {row.thrid: row for row in screen.thread_list.window.rows}
    held = [rows[thrid] for thrid in target.thrids if thrid in rows]
    return bool(held) and all(row.is_starred for row in held)


def _flags(
    *, add: frozenset[str] = frozenset(), remove: frozenset[str] = frozenset()
) -> Callable[[MainScreen], None]:
    def action(screen: MainScreen) -> None:
        submit(screen, ChangeFlags(_target(screen), add, remove))
        if remove and screen.where is Where.READER:
            # As in Gmail: what is unread again is not looked at any longer.
            screen.go_to_pane(Where.LIST)

    return action


def _important(*, is_important: bool) -> Callable[[MainScreen], None]:
    def action(screen: MainScreen) -> None:
        target = _target(screen)
        if is_important:
            submit(screen, ChangeLabels(target, add=IMPORTANT))
        else:
            leaves = screen.view.role is Role.IMPORTANT
            submit(screen, ChangeLabels(target, remove=IMPORTANT), leaves=leaves)

    return action


def opened(screen: MainScreen) -> None:
    """A conversation was opened: mark it as read, without a word and outside of undo."""
    thrid, thread = screen.open_thrid, screen.reader.thread
    if thrid is None or thread is None or not any(message.is_unread for message in thread.messages):
        return
    if screen.desk.mail.is_read_only:
        return
    op = ChangeFlags(Threads((thrid,), screen.view), add=SEEN, is_automatic=True)
    screen.aside.do(lambda: screen.desk.mail.submit(op), lambda _: screen.look_again())


def mark_all_read(screen: MainScreen) -> None:
    """Everything in the view is read."""
    if not screen.thread_list.window.unread and not screen.thread_list.window.total:
        screen.flash("Nothing here to mark", Tone.HINT)
        return
    submit(screen, MarkAll(screen.view))


def message_scope(screen: MainScreen) -> None:
    """Act on this message, or on the conversation."""
    screen.message_only = not screen.message_only
    what = "this message only" if screen.message_only else "the whole conversation"
    screen.flash(f"Keys now act on {what}", Tone.HINT)
    screen.teach()


def delete_forever(screen: MainScreen) -> None:
    """Ask, then expunge; only in Spam and Trash."""
    place = screen.view.role
    if place not in (Role.SPAM, Role.TRASH):
        screen.flash("Only what is in Spam or Trash can be deleted forever", Tone.HINT)
        return
    target = _target(screen)
    count = screen.thread_list.window.total if isinstance(target, Everything) else _count(target)
    what = "this conversation" if count == 1 else f"these {number(count)} conversations"

    def answered(is_confirmed: bool | None) -> None:
        if is_confirmed:
            screen.guard(lambda: submit(screen, DeleteForever(target, place, is_confirmed=True), leaves=True))

    from tui.dialogs.confirm import ConfirmScreen

    screen.app.push_screen(
        ConfirmScreen(
            f"Delete {what} forever?",
            "This cannot be undone, neither here nor in Gmail.",
            "delete",
            look=screen.desk.look,
        ),
        answered,
    )


def _count(target: Target) -> int:
    if isinstance(target, Threads):
        return len(target.thrids)
    return len(target.msgids) if isinstance(target, Messages) else 0


def undo(screen: MainScreen) -> None:
    """Take the newest change back."""
    _go_in_history(screen, screen.desk.mail.undo, "undo", back="redo")


def redo(screen: MainScreen) -> None:
    """Do again what was undone last."""
    _go_in_history(screen, screen.desk.mail.redo, "redo", back="undo", intro="Again: ")


def _go_in_history(
    screen: MainScreen, step: Callable[[], Receipt | None], word: str, *, back: str, intro: str = ""
) -> None:
    """One step, said with the way back."""

    def done(receipt: Receipt | None) -> None:
        if receipt is None:
            screen.flash(f"Nothing to {word}", Tone.HINT)
            return
        screen.look_again()
        key = screen.desk.keymap.key_of(back)
        screen.flash(f"{intro}{receipt.summary} {screen.desk.glyphs.dot} {key} {back}")

    screen.aside.do(step, done, is_long=background.may_be_large(screen.desk.mail))


def _edit_labels(*, is_move: bool) -> Callable[[MainScreen], None]:
    def action(screen: MainScreen) -> None:
        from tui.actions.edit_labels import edit_labels

        edit_labels(screen, is_move=is_move)

    return action


def keywords(screen: MainScreen) -> None:
    """Edit flags and keywords."""
    from tui.actions.edit_labels import edit_keywords

    edit_keywords(screen)


def describe(screen: MainScreen, target: Target) -> str:
    """What is meant by a verb, in words: for the titles of dialogs."""
    if isinstance(target, Messages):
        return "this message"
    if isinstance(target, Everything):
        return f"everything in {view_title(screen.view, screen.mailboxes, screen.searches)}"
    count = len(target.thrids)
    return "this conversation" if count == 1 else f"{number(count)} conversations"


ACTIONS: Mapping[str, Callable[[MainScreen], None]] = {
    "archive": _archive(0),
    "archive-newer": _archive(-1),
    "archive-older": _archive(1),
    "trash": trash,
    "spam": spam,
    "label": _edit_labels(is_move=False),
    "move": _edit_labels(is_move=True),
    "remove-label": remove_label,
    "to-inbox": to_inbox,
    "star": star,
    "read": _flags(add=SEEN),
    "unread": _flags(remove=SEEN),
    "important": _important(is_important=True),
    "not-important": _important(is_important=False),
    "keywords": keywords,
    "delete-forever": delete_forever,
    "mark-all-read": mark_all_read,
    "message-scope": message_scope,
    "undo": undo,
    "redo": redo,
    "opened": opened,
}
