"""What the engine tells its listener: past tense, few and bare.

Events arrive on the engine's own threads; a listener only hands them on. Those marked *hint* carry
nothing that is lost when several are merged into one: look again at what you show.
"""

from __future__ import annotations

from msgspec import Struct

from imapcore.model import LinkStatus, OpState, OutgoingState


class MessagesChanged(Struct, frozen=True):
    """Hint: rows of some view changed, came or went."""


class MailboxesChanged(Struct, frozen=True):
    """Hint: the tree or its counts changed."""


class Progressed(Struct, frozen=True):
    """Hint: sync progress or the number of pending ops changed."""


class LinkChanged(Struct, frozen=True):
    """The link to the server went up, down, or is being retried."""

    link: LinkStatus


class MailArrived(Struct, frozen=True):
    """New unread mail reached the inbox while we watched."""

    count: int
    sender: str
    """Of the newest one, sanitized."""
    subject: str


class BodyArrived(Struct, frozen=True):
    """A body that was asked for is in the store, and has been read."""

    msgid: int
    section: str = ""
    """Of which form or part, where another than the first was asked for."""


class BodyAwaited(Struct, frozen=True):
    """A body that was asked for is not in the store; it is fetched as soon as the server can be asked."""

    msgid: int


class BodyFailed(Struct, frozen=True):
    """A body that was asked for cannot be had (now)."""

    msgid: int
    title: str
    detail: str
    hint: str


class BodyProgressed(Struct, frozen=True):
    """More of a large source or attachment has come."""

    msgid: int
    done: int
    """Octets that are here."""
    size: int
    """Of how many; 0 when that is not known."""


class SourceArrived(Struct, frozen=True):
    """A message's whole source, that was asked for, is in the store now."""

    msgid: int


class SearchProgressed(Struct, frozen=True):
    """A search found more, ended, or fell back to what is stored here."""

    query: str
    found: int
    is_done: bool
    is_offline: bool = False
    problem: str = ""
    """Why it ended without the server's answer, for a person."""


class OpSettled(Struct, frozen=True):
    """An op was confirmed or superseded."""

    op_id: int
    state: OpState


class OpRejected(Struct, frozen=True):
    """The server refused an op; what it changed is shown again as Gmail has it."""

    op_id: int
    summary: str
    title: str
    detail: str
    hint: str


class OutgoingChanged(Struct, frozen=True):
    """Hint: something of the outbox changed, or of the drafts."""

    outgoing_id: int = 0
    state: OutgoingState | None = None
    """Of one message; None where it is about drafts."""


class Alerted(Struct, frozen=True):
    """A sentence the user must see: a server ALERT, a store rebuilt, a limit found."""

    title: str
    detail: str
    hint: str = ""


Event = (
    MessagesChanged
    | MailboxesChanged
    | Progressed
    | LinkChanged
    | MailArrived
    | BodyArrived
    | BodyFailed
    | BodyAwaited
    | BodyProgressed
    | SourceArrived
    | SearchProgressed
    | OpSettled
    | OpRejected
    | OutgoingChanged
    | Alerted
)
