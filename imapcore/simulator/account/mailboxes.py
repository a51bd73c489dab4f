r"""The things an account is made of: messages, mailboxes, and the places messages have in them.

Plain state without behaviour of its own beyond keeping itself consistent; ``account`` decides what
changes. A label *is* its mailbox: a message holds its labels by identity, so that a rename touches no
message, as on Gmail.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from imapcore.simulator.account.kinds import LABEL_OF, Kind

if TYPE_CHECKING:
    # Only a name here: content is built on this module.
    from imapcore.simulator.account.source import Seed


class Message:
    """One mail of the account: what is the same in every mailbox it is seen in."""

    __slots__ = (
        "_envelope",
        "_size",
        "date_ms",
        "flags",
        "labels",
        "modseq",
        "msgid",
        "place",
        "source",
        "thrid",
    )

    def __init__(
        self,
        msgid: int,
        thrid: int,
        date_ms: int,
        source: Seed,
        flags: frozenset[str],
        labels: frozenset[Mailbox],
        place: Mailbox,
        modseq: int,
    ) -> None:
        self.msgid = msgid
        self.thrid = thrid
        self.date_ms = date_ms
        self.source = source
        self.flags = flags
        r"""Without ``\Flagged``, which is the label ``\Starred``, and ``\Deleted``, which is an entry's."""
        self.labels = labels
        self.place = place
        self.modseq = modseq
        self._size = -1
        self._envelope: bytes | None = None

    @property
    def size(self) -> int:
        """RFC822.SIZE, asked of the content once."""
        if self._size < 0:
            self._size = self.source.size
        return self._size

    def claim_size(self, octets: int) -> None:
        """Answer this RFC822.SIZE from now on; for a server that lies."""
        self._size = octets

    def envelope(self) -> bytes:
        """ENVELOPE, rendered once; a message never changes its content."""
        if self._envelope is None:
            self._envelope = self.source.mail().envelope()
        return self._envelope


class Entry:
    """A message's place in one mailbox: its UID there."""

    __slots__ = ("is_deleted", "is_gone", "message", "uid")

    def __init__(self, uid: int, message: Message) -> None:
        self.uid = uid
        self.message = message
        self.is_deleted = False
        r"""``\Deleted`` is per mailbox, unlike every other flag."""
        self.is_gone = False
        """It left the mailbox; sessions that have not been told still hold it in their view."""


class Mailbox:
    """One of Gmail's own mailboxes, or a label as a mailbox; UIDs ascend and are never used twice."""

    __slots__ = (
        "by_msgid",
        "entries",
        "is_hidden",
        "is_subscribed",
        "kind",
        "name",
        "removals",
        "uidnext",
        "uidvalidity",
    )

    def __init__(self, name: str, kind: Kind, uidvalidity: int) -> None:
        self.name = name
        """Decoded and whole: ``[Gmail]/All Mail``, ``work/Übung``."""
        self.kind = kind
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.entries: list[Entry] = []
        self.by_msgid: dict[int, Entry] = {}
        self.removals = 0
        """How often something left; lets a session see cheaply that nothing did."""
        self.is_hidden = False
        self.is_subscribed = True

    @property
    def label(self) -> str:
        """Its X-GM-LABELS value, decoded."""
        return LABEL_OF.get(self.kind, self.name)

    def add(self, message: Message) -> Entry:
        """Give the message the next UID here."""
        entry = Entry(self.uidnext, message)
        self.uidnext += 1
        self.entries.append(entry)
        self.by_msgid[message.msgid] = entry
        return entry

    def remove(self, message: Message) -> None:
        """Take the message out; its UID is gone for good."""
        entry = self.by_msgid.pop(message.msgid)
        entry.is_gone = True
        self.removals += 1
        index = bisect_left(self.entries, entry.uid, key=_uid_of)
        del self.entries[index]


def _uid_of(entry: Entry) -> int:
    return entry.uid
