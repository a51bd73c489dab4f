"""Verbs that change mail: ops of the journal, durable when they return, sent at once if there is a link."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from imapcore.engine import Engine
from imapcore.engine.stored_mail import StoredMail
from imapcore.errors import InvalidArgument
from imapcore.gmail.label_names import same_label
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    Receipt,
    Threads,
)
from tui.cli.look import NOTHING_FOUND
from tui.cli.output import change_json, counted
from tui.cli.server import wait_until_sent
from tui.cli.targets import by_place, meant, note

_SEEN, _FLAGGED = frozenset({"\\Seen"}), frozenset({"\\Flagged"})


def _makers(label: str) -> dict[str, Callable[[Threads], Op]]:
    names = frozenset({label})
    return {
        "archive": Archive,
        "trash": MoveToTrash,
        "spam": MoveToSpam,
        "inbox": MoveToInbox,
        "star": lambda target: ChangeFlags(target, add=_FLAGGED),
        "unstar": lambda target: ChangeFlags(target, remove=_FLAGGED),
        "read": lambda target: ChangeFlags(target, add=_SEEN),
        "unread": lambda target: ChangeFlags(target, remove=_SEEN),
        "label": lambda target: ChangeLabels(target, add=names),
        "unlabel": lambda target: ChangeLabels(target, remove=names),
        "move": lambda target: MoveToLabel(target, label, INBOX),
    }


def ops_of(mail: StoredMail, options: argparse.Namespace) -> list[Op]:
    """What a verb would do to the conversations that are meant; none where nothing was found."""
    label = ""
    if hasattr(options, "label"):
        labels = [box.name for box in mail.mailboxes() if box.role is None]
        found = same_label(options.label, labels)
        if found is None:
            raise InvalidArgument(
                "Make it in the app first, or check its name", title=f"There is no label “{options.label}”"
            )
        label = found
    make = _makers(label)[options.verb]
    return [make(target) for target in by_place(mail, meant(mail, options.words))]


def tell_plan(mail: StoredMail, options: argparse.Namespace) -> int:
    """Print the IMAP commands, and how many conversations they are about; change nothing."""
    ops = ops_of(mail, options)
    preview = mail.previewer()
    total = 0
    for op in ops:
        target = getattr(op, "target", None)
        total += len(target.thrids) if isinstance(target, Threads) else 0
        for line in preview(op):
            print(line)
    note(f"{counted(total)}; nothing was changed")
    return 0 if ops else NOTHING_FOUND


def change(engine: Engine, ops: Sequence[Op], options: argparse.Namespace) -> int:
    """Do it, say so, and wait for a moment until it is sent."""
    return _tell(engine, [engine.submit(op) for op in ops], options)


def undo(engine: Engine, options: argparse.Namespace) -> int:
    """Take the last change back."""
    receipt = engine.undo()
    if receipt is None:
        note("Nothing to undo")
        return NOTHING_FOUND
    return _tell(engine, [receipt], options)


def _tell(engine: Engine, receipts: Sequence[Receipt], options: argparse.Namespace) -> int:
    is_sent = wait_until_sent(engine, is_offline=options.offline)
    for receipt in receipts:
        if options.json:
            print(change_json(receipt.summary, receipt.threads, receipt.messages, is_sent=is_sent))
        else:
            print(receipt.summary if receipt.messages else "Nothing to change")
    if not is_sent:
        note("It is noted and shown in the app; it is sent with the next connection")
    return 0
