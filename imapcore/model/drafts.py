"""What the user writes: drafts, their files, and mail on its way out.

A draft is a value like all others here: each change makes a new one. Octets of files are not in it, only what
a person wants to know of them; the store has the rest.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imapcore.model.mail import Address


class DraftFile(Struct, frozen=True):
    """A file that goes with a draft."""

    filename: str
    media_type: str
    size: int
    """Octets, before any encoding."""
    file_id: int = 0
    """Where the store has its octets; 0 before it has."""
    content_id: str = ""
    """What the HTML refers to by ``cid:``; empty for a file of its own."""


class Draft(Struct, frozen=True):
    """A message that is being written. Text as typed: nothing of it is wrapped, encoded or sanitized."""

    draft_id: int = 0
    """The store's number; 0 for one that was never saved."""
    sender: Address = Address("", "")
    """From: one of the account's own addresses."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    is_markdown: bool = False
    """Whether an HTML alternative is made of the text."""
    files: tuple[DraftFile, ...] = ()
    message_id: str = ""
    """With its angle brackets; given once, when the draft is first saved, and kept by what is sent."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    """Message-IDs with their angle brackets, oldest first (RFC 5322 §3.6.4)."""
    thrid: int | None = None
    """The conversation it stands in."""
    answers: int | None = None
    """The message it answers: its X-GM-MSGID."""
    forwards: int | None = None
    """The message it forwards."""
    continues: int | None = None
    """The message in Gmail's Drafts that it goes on with: moved to Trash when this one is sent."""
    changed_at: int = 0
    """Milliseconds since 1970-01-01 UTC; 0 for one that was never saved."""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody it goes to."""
        return (*self.to, *self.cc, *self.bcc)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost with it."""
        return not (self.text.strip() or self.subject.strip() or self.recipients or self.files)


class Recipients(Struct, frozen=True):
    """A field of recipients as it was typed, read."""

    addresses: tuple[Address, ...]
    """Those that can be written to, each once, in the order typed."""
    problems: tuple[str, ...] = ()
    """A sentence for each that cannot."""


class OutgoingState(StrEnum):
    """How a message stands on its way out; each is told on the screen in a word."""

    HELD = "held"
    """Not sent for some seconds, so that sending can be undone."""
    WAITING = "waiting"
    """For its time, or for a connection."""
    SENDING = "sending"
    UNKNOWN = "unknown"
    """The link broke between the end of the message and the server's answer: Gmail is asked whether it has
    it before anything is sent again.
    """
    SENT = "sent"
    REFUSED = "refused"
    """The server said no; the words are in ``Outgoing.detail``, the mail is a draft again."""


class Outgoing(Struct, frozen=True):
    """A message in the outbox."""

    outgoing_id: int
    draft: Draft
    state: OutgoingState
    send_at: int
    """Not before this: milliseconds since 1970-01-01 UTC."""
    title: str = ""
    """What is wrong, in a sentence; empty while nothing is."""
    detail: str = ""
    """The server's own words."""
    hint: str = ""
    """What to do next."""
