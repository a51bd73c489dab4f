"""Triage: everything that changes mail, as ops the engine journals; undo and redo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    DeleteForever,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Receipt,
    Role,
    Target,
    Threads,
)
from tui.actions.submit import as_read, submit
from tui.bridge import background
from tui.bridge.messages import Tone
from tui.keys.commands import Where
from tui.style.text import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.actions.screen import TriageScreen

SEEN = frozenset({"\\Seen"})
FLAGGED = frozenset({"\\Flagged"})
IMPORTANT = frozenset({"\\Important"})


def _target(screen: TriageScreen) -> Target:
    target = screen.target()
    assert target is not None, "a verb that needs a target was run without one"
    return target


def _leaves_inbox(screen: TriageScreen) -> bool:
    return screen.view.label == INBOX.label


def _archive(step: int) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        target, left = as_read(screen, _target(screen))
        leaves = _leaves_inbox(screen) or step != 0
        submit(screen, Archive(target), leaves=leaves, step=step, left_out=left)

    return action


def trash(screen: TriageScreen) -> None:
    """Move to the trash; in the trash, say what would delete."""
    if screen.view.role is Role.TRASH:
        key = screen.desk.keymap.key_of("delete-forever")
        screen.flash(f"This is the trash already; {key} deletes forever", Tone.HINT)
        return
    target, left = as_read(screen, _target(screen))
    submit(screen, MoveToTrash(target), leaves=not _is_single_message(screen), left_out=left)


def spam(screen: TriageScreen) -> None:
    """Report as spam; in Spam, bring back."""
    target, left = as_read(screen, _target(screen))
    if screen.view.role is Role.SPAM:
        submit(screen, MoveToInbox(target), leaves=True, left_out=left)
    else:
        submit(screen, MoveToSpam(target), leaves=not _is_single_message(screen), left_out=left)


def _is_single_message(screen: TriageScreen) -> bool:
    thread = screen.reader.thread
    return isinstance(screen.target(), Messages) and thread is not None and len(thread.messages) > 1


def to_inbox(screen: TriageScreen) -> None:
    """Back to the inbox, from anywhere."""
    is_away = screen.view.role in (Role.TRASH, Role.SPAM)
    target, left = as_read(screen, _target(screen))
    submit(screen, MoveToInbox(target), leaves=is_away, left_out=left)


def remove_label(screen: TriageScreen) -> None:
    """Take the view's own label off: what Gmail's y does, view by view."""
    role, label = screen.view.role, screen.view.label
    target, left = as_read(screen, _target(screen))
    if label == INBOX.label:
        submit(screen, Archive(target), leaves=True, left_out=left)
    elif role is Role.STARRED:
        submit(screen, ChangeFlags(target, remove=FLAGGED), leaves=True, left_out=left)
    elif role in (Role.SPAM, Role.TRASH):
        submit(screen, MoveToInbox(target), leaves=True, left_out=left)
    elif label is None or role in (Role.SENT, Role.DRAFTS):
        screen.flash("There is no label here to remove", Tone.HINT)
    else:
        submit(screen, ChangeLabels(target, remove=frozenset({label})), leaves=True, left_out=left)


def star(screen: TriageScreen) -> None:
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


def _is_starred(screen: TriageScreen, target: Target) -> bool:
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
) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        target, left = as_read(screen, _target(screen)) if add else (_target(screen), 0)
        submit(screen, ChangeFlags(target, add, remove), left_out=left)
        if remove and screen.where is Where.READER:
            # As in Gmail: what is unread again is not looked at any longer.
            screen.go_to_pane(Where.LIST)

    return action


def _important(*, is_important: bool) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        target = _target(screen)
        if is_important:
            submit(screen, ChangeLabels(target, add=IMPORTANT))
        else:
            leaves = screen.view.role is Role.IMPORTANT
            submit(screen, ChangeLabels(target, remove=IMPORTANT), leaves=leaves)

    return action


def opened(screen: TriageScreen) -> None:
    """A conversation was opened: mark it as read, without a word and outside of undo."""
    thrid, thread = screen.open_thrid, screen.reader.thread
    if thrid is None or thread is None or not any(message.is_unread for message in thread.messages):
        return
    if screen.desk.mail.is_read_only:
        return
    op = ChangeFlags(Threads((thrid,), screen.view), add=SEEN, is_automatic=True)
    screen.aside.do(lambda: screen.desk.mail.submit(op), lambda _: screen.look_again())


def mark_all_read(screen: TriageScreen) -> None:
    """Everything in the view is read."""
    if not screen.thread_list.window.unread and not screen.thread_list.window.total:
        screen.flash("Nothing here to mark", Tone.HINT)
        return
    submit(screen, MarkAll(screen.view))


def message_scope(screen: TriageScreen) -> None:
    """Act on this message, or on the conversation; from the list, on the message beside it."""
    screen.bring_preview()
    if screen.where is not Where.READER:
        screen.show_reader()
        screen.message_only = True
    else:
        screen.message_only = not screen.message_only
    what = "this message only" if screen.message_only else "the whole conversation"
    screen.flash(f"Keys now mean {what}", Tone.HINT)
    screen.teach()


def repeat(screen: TriageScreen) -> None:
    """Do the last change again, to what is meant now."""
    if screen.again is None:
        screen.flash("Nothing was done yet to do again", Tone.HINT)
    else:
        screen.again()


def delete_forever(screen: TriageScreen) -> None:
    """Ask, then expunge; only in Spam and Trash."""
    place = screen.view.role
    if place not in (Role.SPAM, Role.TRASH):
        screen.flash("Only what is in Spam or Trash can be deleted forever", Tone.HINT)
        return
    meant = _target(screen)
    target, left = as_read(screen, meant)
    count = screen.thread_list.window.total if isinstance(meant, Everything) else _count(meant)
    what = "this conversation" if count == 1 else f"these {number(count)} conversations"

    def answered(is_confirmed: bool | None) -> None:
        if is_confirmed:
            op = DeleteForever(target, place, is_confirmed=True)
            screen.guard(lambda: submit(screen, op, leaves=True, left_out=left))

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


def undo(screen: TriageScreen) -> None:
    """Take the newest change back."""
    if screen.composing.undo():
        return
    _go_in_history(screen, screen.desk.mail.undo, "undo", back="redo")


def redo(screen: TriageScreen) -> None:
    """Do again what was undone last."""
    _go_in_history(screen, screen.desk.mail.redo, "redo", back="undo", intro="Again: ")


def _go_in_history(
    screen: TriageScreen, step: Callable[[], Receipt | None], word: str, *, back: str, intro: str = ""
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


def _edit_labels(*, is_move: bool) -> Callable[[TriageScreen], None]:
    def action(screen: TriageScreen) -> None:
        from tui.actions.edit_labels import edit_labels

        edit_labels(screen, is_move=is_move)

    return action


def keywords(screen: TriageScreen) -> None:
    """Edit flags and keywords."""
    from tui.actions.edit_labels import edit_keywords

    edit_keywords(screen)


ACTIONS: Mapping[str, Callable[[TriageScreen], None]] = {
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
    "repeat": repeat,
    "undo": undo,
    "redo": redo,
    "opened": opened,
}
