"""The kinds of mailboxes Gmail has, and the label each stands for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Only a name here: content is built on this module.
    pass


class Kind(Enum):
    r"""What a mailbox is: one of Gmail's own (value: its LIST attribute), or a user's label.

    The chats' value is in no LIST, where that mailbox has no attribute.
    """

    INBOX = "\\Inbox"
    ALL = "\\All"
    DRAFTS = "\\Drafts"
    IMPORTANT = "\\Important"
    SENT = "\\Sent"
    SPAM = "\\Junk"
    STARRED = "\\Flagged"
    TRASH = "\\Trash"
    MUTED = "\\Muted"
    CHATS = "\\Chats"
    LABEL = ""


LABEL_OF: dict[Kind, str] = {
    Kind.INBOX: "\\Inbox",
    Kind.DRAFTS: "\\Draft",
    Kind.IMPORTANT: "\\Important",
    Kind.SENT: "\\Sent",
    Kind.STARRED: "\\Starred",
    Kind.SPAM: "\\Spam",
    Kind.TRASH: "\\Trash",
    Kind.MUTED: "\\Muted",
}
r"""X-GM-LABELS value of Gmail's own mailboxes (``\Draft`` is singular there, ``\Drafts`` in LIST).

``\Muted`` is a label without a mailbox: it is seen on messages and can be selected nowhere."""


PLACES = (Kind.ALL, Kind.SPAM, Kind.TRASH)
"""Every message is in exactly one of these."""
