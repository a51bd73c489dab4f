r"""One message that the embedded account starts with, or that arrives in it.

A ``Seed`` is what ``content`` hands to the server: when, where, with which labels and flags, the header
fields that lists, threading and search need, and the octets on demand. ``StoredSeed`` holds its octets
(demo mail, APPENDed mail); bulk mail makes them from a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.stored_mail import Mail, parse_mail

_SOCIAL = re.compile(r"@(?:[\w.-]+\.)?(?:lumen-social|ringside|circles)\.example\b", re.IGNORECASE)
_ROBOT = re.compile(
    r"\b(?:no-?reply|do-?not-?reply|notifications?|alerts?|orders?|receipts?|statements?|service|info)@",
    re.IGNORECASE,
)


class Seed(Protocol):
    r"""A message's content and first state. Everything but ``raw`` and ``mail`` is cheap."""

    @property
    def date_ms(self) -> int:
        """INTERNALDATE, milliseconds since 1970-01-01 UTC."""
        ...

    @property
    def place(self) -> Kind:
        """Kind.ALL, Kind.SPAM or Kind.TRASH."""
        ...

    @property
    def labels(self) -> frozenset[str]:
        r"""X-GM-LABELS, decoded; a star is ``\Starred`` here and nowhere else."""
        ...

    @property
    def flags(self) -> frozenset[str]:
        r"""IMAP flags and keywords without ``\Flagged``: ``\Seen``, ``\Answered``, ``$Forwarded``."""
        ...

    @property
    def category(self) -> str:
        """Gmail's tab: primary, social, promotions, updates or forums."""
        ...

    @property
    def subject(self) -> str:
        """Decoded subject."""
        ...

    @property
    def sender(self) -> str:
        """Decoded From."""
        ...

    @property
    def to(self) -> str:
        """Decoded To."""
        ...

    @property
    def cc(self) -> str:
        """Decoded Cc."""
        ...

    @property
    def date(self) -> str:
        """The Date header."""
        ...

    @property
    def message_id(self) -> str:
        """Message-ID with its angle brackets, or empty."""
        ...

    @property
    def in_reply_to(self) -> str:
        """Message-ID of what it answers, or empty."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of its ancestors, oldest first."""
        ...

    @property
    def size(self) -> int:
        """Octets of ``raw()``."""
        ...

    def raw(self) -> bytes:
        """RFC 5322 octets, CRLF line ends."""
        ...

    def mail(self) -> Mail:
        """The same, ready for sections and search."""
        ...


@dataclass(frozen=True, slots=True)
class StoredSeed:
    """A message whose octets are kept."""

    octets: bytes
    date_ms: int
    place: Kind
    labels: frozenset[str]
    flags: frozenset[str]
    category: str
    subject: str
    sender: str
    to: str
    cc: str
    date: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]

    @property
    def size(self) -> int:
        """Octets of ``raw()``."""
        return len(self.octets)

    def raw(self) -> bytes:
        """RFC 5322 octets."""
        return self.octets

    def mail(self) -> Mail:
        """The same, ready for sections and search."""
        return parse_mail(self.octets)


def store(
    octets: bytes,
    date_ms: int,
    *,
    labels: Iterable[str] = (),
    flags: Iterable[str] = (),
    place: Kind = Kind.ALL,
    category: str = "",
) -> StoredSeed:
    """A seed of any octets; what it needs of the header is read here, the tab guessed when not given."""
    mail = parse_mail(octets)
    in_reply_to = mail.header("in-reply-to").split()
    return StoredSeed(
        octets=octets,
        date_ms=date_ms,
        place=place,
        labels=frozenset(labels),
        flags=frozenset(flags),
        category=category or classify(mail),
        subject=mail.header("subject"),
        sender=", ".join(mail.headers("from")),
        to=", ".join(mail.headers("to")),
        cc=", ".join(mail.headers("cc")),
        date=mail.header("date"),
        message_id=mail.header("message-id"),
        in_reply_to=in_reply_to[0] if in_reply_to else "",
        references=tuple(mail.header("references").split()),
    )


def classify(mail: Mail) -> str:
    """The tab Gmail would probably put a mail in; its real rules are not public."""
    sender = mail.header("from")
    if _SOCIAL.search(sender):
        return "social"
    if mail.header("list-id") and mail.header("list-post"):
        return "forums"
    if mail.header("list-unsubscribe") or mail.header("precedence").lower() == "bulk":
        return "promotions"
    return "updates" if _ROBOT.search(sender) else "primary"
