"""What a list shows: views, windows of a view, and the rows in them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imapcore.gmail.query import asks_for_inbox
from imapcore.model.mail import SYSTEM_LABELS, ChangeState, Person, Role


class ViewKind(StrEnum):
    """Where a view's conversations come from."""

    ROLE = "role"
    LABEL = "label"
    SEARCH = "search"


class View(Struct, frozen=True):
    """A list of conversations: a place, a label or a search, optionally narrowed."""

    kind: ViewKind
    value: str
    """A ``Role`` value, a label's name, or a Gmail query."""
    is_unread_only: bool = False
    text: str = ""
    """Local narrowing ("filter what is listed"): words that subject, people or snippet must contain."""

    @classmethod
    def of_role(cls, role: Role) -> View:
        """The view of one of Gmail's places."""
        return cls(ViewKind.ROLE, role.value)

    @classmethod
    def of_label(cls, name: str) -> View:
        """The view of a user's label."""
        return cls(ViewKind.LABEL, name)

    @classmethod
    def of_search(cls, query: str) -> View:
        """The view of an X-GM-RAW query."""
        return cls(ViewKind.SEARCH, query)

    @property
    def role(self) -> Role | None:
        """The role, for a view of one of Gmail's places."""
        return Role(self.value) if self.kind is ViewKind.ROLE else None

    @property
    def label(self) -> str | None:
        """The X-GM-LABELS value that every message of this view carries; None for All, Spam, Trash and for
        searches beyond the inbox.
        """
        if self.kind is ViewKind.LABEL:
            return self.value
        if self.kind is ViewKind.SEARCH:
            return SYSTEM_LABELS[Role.INBOX] if asks_for_inbox(self.value) else None
        return SYSTEM_LABELS.get(Role(self.value))


INBOX = View.of_role(Role.INBOX)


Key = tuple[int, int]
"""A row's place in its view: (date of its newest message there, thrid), newest first."""


class ThreadRow(Struct, frozen=True):
    """One conversation as a line of the list."""

    thrid: int
    date: int
    """Of the newest message that is in the view."""
    count: int
    """Messages in the conversation (Spam and Trash not counted, unless the view is one of them)."""
    unread: int
    subject: str
    snippet: str
    people: tuple[Person, ...]
    recipients: tuple[str, ...] = ()
    """Short names the account's own messages went to; for "To: …" in Sent and Drafts."""
    labels: tuple[str, ...] = ()
    """Names of user labels on any message, sorted; what the user sees (pending changes applied)."""
    is_in_inbox: bool = False
    is_starred: bool = False
    is_important: bool = False
    has_attachment: bool = False
    has_invite: bool = False
    has_draft: bool = False
    state: ChangeState = ChangeState.SETTLED

    @property
    def key(self) -> Key:
        """Its place in the view."""
        return (self.date, self.thrid)


class Top(Struct, frozen=True):
    """The first rows of a view."""


class Bottom(Struct, frozen=True):
    """The last rows of a view."""


class Around(Struct, frozen=True):
    """The rows on both sides of a key (the key itself need not exist any more)."""

    key: Key


class At(Struct, frozen=True):
    """The rows from an index on: how a dragged scroll bar asks."""

    index: int


Place = Top | Bottom | Around | At


class Window(Struct, frozen=True):
    """The rows around the viewport, and where they lie in the whole."""

    view: View
    rows: tuple[ThreadRow, ...]
    first: int
    """Index of ``rows[0]`` in the view, 0 for the newest."""
    total: int
    """Conversations in the view that the store knows of."""
    unread: int = 0
    is_complete: bool = True
    """False while the server is known to have more for this view than the store."""
