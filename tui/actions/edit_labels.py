"""The label editor and the keyword editor: what goes in as values, what comes out as ops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imapcore.errors import GimapError
from imapcore.model import (
    ChangeFlags,
    ChangeLabels,
    Everything,
    Mailbox,
    Messages,
    MoveToInbox,
    MoveToLabel,
    Op,
    Role,
    Target,
    Threads,
    ViewKind,
)
from tui.actions.submit import as_read, describe, submit
from tui.keys.commands import Where
from tui.widgets.sidebar.tree_rows import place_title

if TYPE_CHECKING:
    from tui.actions.screen import TriageScreen
    from tui.dialogs.keywords import KeywordChange
    from tui.dialogs.label_choices import LabelChange


INBOX_LABEL = "\\Inbox"
"""The inbox as the label that it is on the server."""


def edit_labels(screen: TriageScreen, *, is_move: bool) -> None:
    """Open the label editor on the target, to label or to move."""
    from tui.dialogs.label_editor import LabelEditor, Scope

    mail = screen.desk.mail
    labels = [mailbox for mailbox in screen.mailboxes if mailbox.role is None]
    if is_move and screen.view.role is not Role.INBOX:
        labels.insert(0, _inbox(screen))
    is_message_first = isinstance(screen.target(), Messages)
    target, single = _scopes(screen)

    def meant_by(change: LabelChange) -> Target:
        return single if change.is_message_only and single is not None else target

    def op_of(change: LabelChange, meant: Target) -> Op:
        if not is_move:
            return ChangeLabels(meant, change.add, change.remove)
        label = next(iter(change.add))
        if label == INBOX_LABEL and screen.view.kind is not ViewKind.LABEL:
            return MoveToInbox(meant)
        return MoveToLabel(meant, label, screen.view)

    previewed = mail.previewer()

    def preview(change: LabelChange) -> tuple[str, ...]:
        try:
            return previewed(op_of(change, meant_by(change)))
        except GimapError as error:
            return (error.sentence(),)

    def closed(change: LabelChange | None) -> None:
        if not change:
            return
        apply(change, meant_by(change))
        screen.again = lambda: apply(change, _now_meant(screen))

    def apply(change: LabelChange, meant: Target) -> None:
        # What is only labelled goes nowhere: a reply that came meanwhile belongs to it.
        read, left = as_read(screen, meant) if is_move else (meant, 0)
        op = op_of(change, read)
        if isinstance(op, ChangeLabels):
            leaves = screen.view.label in change.remove and not isinstance(meant, Messages)
        elif isinstance(op, MoveToInbox):
            leaves = screen.view.role in (Role.SPAM, Role.TRASH)
        else:
            leaves = screen.view.label is not None
        screen.guard(lambda: submit(screen, op, leaves=leaves, left_out=left))

    screen.app.push_screen(
        LabelEditor(
            labels,
            Scope(describe(screen, target), mail.label_counts(target)),
            message=Scope("this message", mail.label_counts(single)) if single is not None else None,
            is_message_first=is_message_first,
            is_move=is_move,
            preview=preview if screen.desk.config.look.commands else None,
            look=screen.desk.look,
        ),
        closed,
    )


def _now_meant(screen: TriageScreen) -> Target:
    target = screen.target()
    assert target is not None, "a change was done again without a target"
    return target


def _inbox(screen: TriageScreen) -> Mailbox:
    """The inbox as a label to move to; Spam and Trash have keys of their own and are no labels."""
    title = next((place_title(each) for each in screen.mailboxes if each.role is Role.INBOX), "Inbox")
    return Mailbox(INBOX_LABEL, title)


def _scopes(screen: TriageScreen) -> tuple[Target, Messages | None]:
    """The conversations that are meant, and the one message that could be meant instead."""
    target = screen.target()
    assert target is not None, "the label editor was opened without a target"
    if screen.where is Where.READER and screen.open_thrid is not None:
        message = screen.reader.message
        whole = Threads((screen.open_thrid,), screen.view)
        return whole, Messages((message.msgid,)) if message is not None else None
    if isinstance(target, Everything | Messages) or len(target.thrids) != 1:
        return target, None
    thread = screen.desk.mail.thread(target.thrids[0], screen.view)
    if thread is None or len(thread.messages) < 2:
        return target, None
    return target, Messages((thread.messages[-1].msgid,))


def edit_keywords(screen: TriageScreen) -> None:
    """Open the keyword editor on the target."""
    from tui.dialogs.keywords import KeywordEditor

    target = screen.target()
    assert target is not None, "the keyword editor was opened without a target"

    def closed(change: KeywordChange | None) -> None:
        if change:
            apply(change, target)
            screen.again = lambda: apply(change, _now_meant(screen))

    def apply(change: KeywordChange, meant: Target) -> None:
        screen.guard(lambda: submit(screen, ChangeFlags(meant, change.add, change.remove)))

    counts = screen.desk.mail.label_counts(target)
    screen.app.push_screen(KeywordEditor(describe(screen, target), counts, look=screen.desk.look), closed)
