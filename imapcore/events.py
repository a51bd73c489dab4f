"""What the engine tells its listener: past tense, few and bare.

Events arrive on the engine's own threads; a listener only hands them on. Those marked *hint* carry
nothing that is lost when several are merged into one: look again at what you show.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.model import LinkStatus, OpState


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Hint: rows of some view changed, came or went."""


@dataclass(frozen=True, slots=True)
class MailboxesChanged:
    """Hint: the tree or its counts changed."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """Hint: sync progress or the number of pending ops changed."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link to the server went up, down, or is being retried."""

    link: LinkStatus


@dataclass(frozen=True, slots=True)
class MailArrived:
    """New unread mail reached the inbox while we watched."""

    count: int
    sender: str
    """Of the newest one, sanitized."""
    subject: str


@dataclass(frozen=True, slots=True)
class BodyArrived:
    """A body that was asked for is in the store now."""

    msgid: int


@dataclass(frozen=True, slots=True)
class BodyFailed:
    """A body that was asked for cannot be had (now)."""

    msgid: int
    title: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class SearchProgressed:
    """A search found more, ended, or fell back to what is stored here."""

    query: str
    found: int
    is_done: bool
    is_offline: bool = False
    problem: str = ""
    """Why it ended without the server's answer, for a person."""


@dataclass(frozen=True, slots=True)
class OpSettled:
    """An op was confirmed or superseded."""

    op_id: int
    state: OpState


@dataclass(frozen=True, slots=True)
class OpRejected:
    """The server refused an op; what it changed is shown again as Gmail has it."""

    op_id: int
    summary: str
    title: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class Alerted:
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
    | SearchProgressed
    | OpSettled
    | OpRejected
    | Alerted
)
