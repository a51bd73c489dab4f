"""The values that cross the border between sync and the store.

What lives here: frozen facts the server told (a mailbox, a message, a delta), what the store answers (what
really changed), and a batch of the journal on its way to the server. What may not: SQL, threads, any wire
type. RFC 3501 §2.3 (message attributes), RFC 7162 (modseq), Gmail's X-GM-EXT-1.

Promises of whoever builds a fact: every text meant for the screen (``title``, ``subject``, ``snippet``,
names and addresses of people) is decoded and sanitized already; names of labels, mailboxes and flags are
raw identities, decoded from modified UTF-7. Times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from imapcore.model import Address, Role, Target

UidRanges = tuple[tuple[int, int], ...]
"""Ascending, disjoint, inclusive ranges: ``((1, 4), (7, 7))``."""


NOBODY = Address("", "")
"""The sender of a message that names none."""

# -- what the server said ------------------------------------------------------------------------------


class MailboxFacts(Struct, frozen=True):
    """One line of LIST."""

    name: str
    """Decoded mailbox name, the whole path."""
    title: str
    """Sanitized leaf, for the tree."""
    role: Role | None = None
    is_selectable: bool = True
    attributes: frozenset[str] = frozenset()


class MessageFacts(Struct, frozen=True):
    r"""One message as FETCH described it, in the mailbox ``place``.

    ``labels`` is the full set of X-GM-LABELS values. In Spam and Trash Gmail omits the mailbox's own label;
    ``place`` says it. ``\Flagged`` and the label ``\Starred`` are one thing: either of them is enough.
    """

    msgid: int
    thrid: int
    place: Role
    """Role.ALL, Role.SPAM or Role.TRASH."""
    uid: int
    date: int
    """INTERNALDATE."""
    size: int = 0
    flags: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    modseq: int = 0
    subject: str = ""
    sender: Address = NOBODY
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    message_id: str = ""
    has_attachment: bool = False
    has_invite: bool = False
    snippet: str | None = None
    """None: not known yet, an earlier one is kept."""
    text_section: str = ""
    """IMAP section of the part worth previewing, e.g. ``1.1``; opaque here."""


class Delta(Struct, frozen=True):
    """A later FETCH of a message whose envelope is stored: what may have changed, by uid."""

    uid: int
    flags: frozenset[str] | None = None
    """The full set, or None when the line did not say."""
    labels: frozenset[str] | None = None
    modseq: int | None = None


class SyncState(Struct, frozen=True):
    """What the last finished pass over a place saw; three equal numbers end the next pass at once."""

    place: Role
    name: str
    """Mailbox name at that time."""
    uidvalidity: int
    uidnext: int = 0
    highestmodseq: int = 0
    exists: int = 0
    backfilled_down_to: int | None = None
    """Lowest uid that backfill has stored; None before it began, 1 (or the lowest uid) when it is done."""
    is_complete: bool = False
    """Whether every message of the place is stored."""
    settled_modseq: int = 0
    """Up to here changes were asked for twice: Gmail's counter may run ahead of what it tells a session."""


# -- what the store answers ----------------------------------------------------------------------------


class Changed(Struct, frozen=True):
    """What a write really changed; all empty when the store knew everything already."""

    new: tuple[int, ...] = ()
    """Messages never seen before, in the order given."""
    messages: int = 0
    """Messages whose shown state or envelope changed, the new ones included."""
    has_new_label: bool = False
    """A label appeared that no mailbox of the tree stands for: list the mailboxes again."""

    def __bool__(self) -> bool:
        return self.messages > 0 or self.has_new_label

    def merged(self, other: Changed) -> Changed:
        """Both, as if they were one write."""
        return Changed(
            self.new + other.new, self.messages + other.messages, self.has_new_label or other.has_new_label
        )


class MailboxChanges(Struct, frozen=True):
    """How a new LIST differs from the last one: names of user labels."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    is_changed: bool = False
    """Anything at all differs (titles, attributes, roles too)."""
    is_outdated: bool = False
    """The list was not taken: a label was made, renamed or deleted here since it was asked for."""


class Location(Struct, frozen=True):
    """Where the server keeps a message; ``uid`` is None when it moved there and its uid is not known
    yet.
    """

    place: Role
    uid: int | None


class Notice(Struct, frozen=True):
    """Something about the store that the user must be told at start."""

    title: str
    detail: str
    hint: str = ""


# -- the journal on its way out ------------------------------------------------------------------------


class Verb(StrEnum):
    """What a batch asks the server to do; every op is made of these."""

    ADD_LABELS = "add_labels"
    REMOVE_LABELS = "remove_labels"
    ADD_FLAGS = "add_flags"
    REMOVE_FLAGS = "remove_flags"
    MOVE = "move"
    r"""UID MOVE to ``Batch.destination``: Role.TRASH, Role.SPAM or Role.INBOX."""
    EXPUNGE = "expunge"
    """Delete forever, inside ``Batch.destination`` (Role.TRASH or Role.SPAM)."""
    CREATE_LABEL = "create_label"
    RENAME_LABEL = "rename_label"
    DELETE_LABEL = "delete_label"


class Batch(Struct, frozen=True):
    """What is claimed of the journal at once: one IMAP command per mailbox its messages live in.

    ``op_ids`` has several entries when ops that ask the same were coalesced. Every msgid of the batch must
    be answered by ``confirm``, ``reject`` or ``release``.
    """

    batch_id: int
    verb: Verb
    op_ids: tuple[int, ...]
    names: tuple[str, ...] = ()
    """Labels or flags, raw, as the server knows them now; CREATE and DELETE: the label; RENAME: (old,
    new).
    """
    msgids: tuple[int, ...] = ()
    destination: Role | None = None
    is_replay: bool = False
    """It was sent before and nobody knows with what result: look first (MOVE, EXPUNGE), then send."""


class TargetStates(Struct, frozen=True):
    """The messages of a target as they were when somebody looked; for previews."""

    target: Target
    by_marks: Mapping[frozenset[int], list[int]] = field(default_factory=dict)
    """Numbers of what they show → messages, ascending."""
    uids: Mapping[Role, Mapping[int, int]] = field(default_factory=dict)
    """Place → message → its uid there, as far as known."""


class Settled(Struct, frozen=True):
    """What became of ops after an answer: which of them are finished now."""

    confirmed: tuple[int, ...] = ()
    rejected: tuple[int, ...] = ()
    summaries: Mapping[int, str] = field(default_factory=dict)
    """op id → its summary, for those in ``rejected``."""
