"""Mail as Gmail has it: mailboxes, labels, people, messages and conversations."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    r"""Gmail's own places, found by RFC 6154 attribute, never by name (``\Important`` is Gmail's own)."""

    INBOX = "inbox"
    STARRED = "starred"
    IMPORTANT = "important"
    SENT = "sent"
    DRAFTS = "drafts"
    ALL = "all"
    SPAM = "spam"
    TRASH = "trash"


SYSTEM_LABELS: dict[Role, str] = {
    Role.INBOX: "\\Inbox",
    Role.STARRED: "\\Starred",
    Role.IMPORTANT: "\\Important",
    Role.SENT: "\\Sent",
    Role.DRAFTS: "\\Draft",
}
"""The X-GM-LABELS value of each role that is a label. All, Spam and Trash are places, not labels."""

ENGLISH_TITLES: dict[Role, str] = {
    Role.INBOX: "Inbox",
    Role.STARRED: "Starred",
    Role.IMPORTANT: "Important",
    Role.SENT: "Sent Mail",
    Role.DRAFTS: "Drafts",
    Role.ALL: "All Mail",
    Role.SPAM: "Spam",
    Role.TRASH: "Trash",
}
"""What each is called where the server has not told its name."""


def web_id(number: int) -> str:
    """X-GM-MSGID or X-GM-THRID as Gmail's web addresses have it: unsigned, in hexadecimal."""
    return f"{number & 0xFFFF_FFFF_FFFF_FFFF:x}"


class Mailbox(Struct, frozen=True):
    """One line of the tree: a place of Gmail's or a user's label."""

    name: str
    """Decoded mailbox name, e.g. ``Work/contracts``; for a user label also its X-GM-LABELS value."""
    title: str
    """What to show: the sanitized leaf, in the account's own language."""
    role: Role | None = None
    """None for a user's label."""
    is_selectable: bool = True
    r"""False for a parent that is no label itself (``\Noselect``, ``\NonExistent``)."""
    total: int = 0
    """Conversations in it."""
    unread: int = 0
    """Conversations in it with an unread message."""
    is_hidden: bool = False
    """Whether Gmail's settings hide this place from IMAP: it is shown as it was last seen."""
    label_id: str = ""
    """Of a user's label: the same as long as it is the same label, whatever it is called and whoever renamed
    it; one that was deleted and made again is another. What stands before the hyphen names the store.
    """


class SavedSearch(Struct, frozen=True):
    """A Gmail query kept in the tree."""

    search_id: int
    title: str
    query: str
    total: int | None = None
    """Conversations it found when it was last run; None before the first run."""
    unread: int | None = None


class Address(Struct, frozen=True):
    """A person as a header names them, decoded and sanitized."""

    name: str
    email: str

    @property
    def title(self) -> str:
        """What to call them where there is room for one word: the name, or the address where there is no
        name, or none that is to be believed.
        """
        return self.email if self.email and (not self.name or self.is_name_doubtful) else self.name

    @property
    def is_name_doubtful(self) -> bool:
        """Whether the name could be taken for another address than the one the message is from.

        A name is whatever a sender writes: one with an address, a bracket or another's host in it says who
        it is *not*, and is shown only behind the address.
        """
        name = unicodedata.normalize("NFKC", self.name).casefold()
        if not _DOUBTFUL.search(name):
            hosts = _HOST.findall(name)
            return any(not _is_within(self.email.casefold(), host) for host in hosts)
        return self.email.casefold() not in name or len(_MAILBOX.findall(name)) > 1


_DOUBTFUL = re.compile("[@<>\u2039\u203a\u2329\u232a\u27e8\u27e9\u3008\u3009]|://")
"""Signs of an address, and what passes for one (after NFKC, which turns wide and small forms into these)."""
_MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:@]+@[^\s<>()\[\]\"',;:@]+")
_HOST = re.compile(
    r"(?<![\w.-])(?:[\w-]{1,63}\.)*[\w-]{3,63}\.(?:com|org|net|edu|gov|co|io|info|biz|eu|[a-z]{2})(?![\w.-])"
)


def _is_within(email: str, host: str) -> bool:
    """Whether a host named in a display name is the address's own, or one above or below it."""
    own = email.rpartition("@")[2]
    host = host.removeprefix("www.")
    return own == host or own.endswith("." + host) or host.endswith("." + own)


class Person(Struct, frozen=True):
    """Somebody in a conversation's row, in the order Gmail shows them."""

    name: str
    """Short display name; the account's owner is given as ``me``."""
    is_me: bool = False
    is_unread: bool = False
    is_draft: bool = False
    is_doubtful: bool = False
    """Shown by the address, since the name could be taken for another address."""


class ChangeState(StrEnum):
    """What the journal knows of a row's last change made here."""

    SETTLED = "settled"
    PENDING = "pending"
    REJECTED = "rejected"


class Message(Struct, frozen=True):
    """One mail, without its body."""

    msgid: int
    thrid: int
    date: int
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    snippet: str
    size: int
    flags: frozenset[str]
    r"""IMAP flags and keywords as shown, e.g. ``\Seen``, ``$Forwarded``."""
    labels: frozenset[str]
    r"""X-GM-LABELS as shown, full set, e.g. ``\Inbox``, ``Work/contracts``."""
    place: Role = Role.ALL
    """Role.ALL, Role.SPAM or Role.TRASH: the mailbox it lives in."""
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    has_attachment: bool = False
    has_invite: bool = False
    is_mine: bool = False
    message_id: str = ""
    state: ChangeState = ChangeState.SETTLED

    @property
    def is_unread(self) -> bool:
        r"""Whether ``\Seen`` is missing."""
        return "\\Seen" not in self.flags

    @property
    def is_starred(self) -> bool:
        r"""Whether it carries ``\Flagged`` (Gmail's star)."""
        return "\\Flagged" in self.flags

    @property
    def is_draft(self) -> bool:
        r"""Whether it carries Gmail's ``\Draft`` label."""
        return "\\Draft" in self.labels

    @property
    def web_id(self) -> str:
        """The id in Gmail's web addresses: X-GM-MSGID in hexadecimal."""
        return web_id(self.msgid)


class Thread(Struct, frozen=True):
    """A conversation, oldest message first."""

    thrid: int
    subject: str
    messages: tuple[Message, ...]
    labels: tuple[str, ...]
    """User labels on any of its messages, sorted."""

    def unfolded(self) -> tuple[Message, ...]:
        """What is open when the conversation is: the unread messages, or else the newest one."""
        unread = tuple(each for each in self.messages if each.is_unread and not each.is_draft)
        return unread or self.messages[-1:]
