"""What the user asks for: targets, ops, and what became of them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imapcore.model.mail import Role
from imapcore.model.views import INBOX, View


class Threads(Struct, frozen=True):
    """Whole conversations, as seen from a view."""

    thrids: tuple[int, ...]
    view: View = INBOX


class Messages(Struct, frozen=True):
    """Single messages."""

    msgids: tuple[int, ...]


class Everything(Struct, frozen=True):
    """Every conversation of a view, also those beyond the window; fixed when the op is submitted."""

    view: View


Target = Threads | Messages | Everything


class ChangeLabels(Struct, frozen=True):
    """Add and remove labels (names as X-GM-LABELS values: user labels and system labels alike)."""

    target: Target
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


class ChangeFlags(Struct, frozen=True):
    r"""Add and remove flags and keywords: ``\Seen``, ``\Flagged``, ``$Forwarded`` …"""

    target: Target
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    is_automatic: bool = False
    """Done by the program, not by a key (opening marks as read): journalled, but not in the undo list."""


class Archive(Struct, frozen=True):
    r"""Take out of the inbox: remove ``\Inbox`` with All Mail selected. Destroys nothing."""

    target: Target


class MoveToTrash(Struct, frozen=True):
    r"""UID MOVE to ``\Trash``."""

    target: Target


class MoveToSpam(Struct, frozen=True):
    r"""UID MOVE to ``\Junk``."""

    target: Target


class MoveToInbox(Struct, frozen=True):
    r"""Back to the inbox from anywhere: UID MOVE from Trash or Spam, else add ``\Inbox``."""

    target: Target


class MoveToLabel(Struct, frozen=True):
    """Add one label and leave the view: remove the view's own label (``\\Inbox`` in the inbox)."""

    target: Target
    label: str
    source: View = INBOX


class DeleteForever(Struct, frozen=True):
    """Expunge, only inside Trash or Spam, only when the user confirmed it. Cannot be undone."""

    target: Target
    place: Role
    is_confirmed: bool = False


class CreateLabel(Struct, frozen=True):
    """Create a label and the parents it lacks."""

    name: str


class RenameLabel(Struct, frozen=True):
    """Rename a user's label; its children follow."""

    name: str
    new_name: str


class DeleteLabel(Struct, frozen=True):
    """Remove a user's label from everything; the mail stays in All Mail."""

    name: str


class MarkAll(Struct, frozen=True):
    """Mark everything in a view read or unread."""

    view: View
    is_read: bool = True


Op = (
    ChangeLabels
    | ChangeFlags
    | Archive
    | MoveToTrash
    | MoveToSpam
    | MoveToInbox
    | MoveToLabel
    | DeleteForever
    | CreateLabel
    | RenameLabel
    | DeleteLabel
    | MarkAll
)


class OpState(StrEnum):
    """Where a journalled op stands."""

    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """Cancelled out by a later op before it was sent."""


class Receipt(Struct, frozen=True):
    """What ``submit``, ``undo`` and ``redo`` answer at once, when the op is durable and shown."""

    op_id: int
    summary: str
    """Past tense, for the flash: "Archived 3 conversations"; an undo says "Undone: Archived 3 …"."""
    threads: int
    messages: int
    can_undo: bool = True


class Activity(Struct, frozen=True):
    """One line of the Activity screen."""

    op_id: int
    at: int
    """When it was submitted."""
    summary: str
    state: OpState
    messages: int
    done: int
    """Messages already confirmed, for progress."""
    commands: tuple[str, ...]
    """The IMAP commands it stands for, exactly as sent or to be sent, sanitized."""
    answer: str = ""
    """The server's words, when it refused."""
    is_undone: bool = False
    undoes: int | None = None
    """The op this one takes back."""


class LabelCounts(Struct, frozen=True):
    """How many messages of a target carry each label: what the tri-state editor shows."""

    threads: int
    messages: int
    by_label: dict[str, int]
    """Label → conversations of the target in which at least one message carries it."""
    full_by_label: dict[str, int]
    """Label → conversations of the target in which every message carries it."""
    recent: tuple[str, ...] = ()
    """Labels used lately or often, best first."""
    flags: dict[str, int] | None = None
    """Flag or keyword → messages of the target that carry it."""
