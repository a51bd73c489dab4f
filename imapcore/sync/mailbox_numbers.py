"""The numbers of a mailbox that tell whether it changed (SELECT, STATUS), and the three that are synced."""

from __future__ import annotations

from msgspec import Struct

from imapcore.model import Role

PLACES = (Role.ALL, Role.SPAM, Role.TRASH)
"""The only mailboxes that are synced; every message of an account is in exactly one of them."""


class Numbers(Struct, frozen=True):
    """What SELECT or STATUS says of a mailbox."""

    uidvalidity: int
    uidnext: int
    highestmodseq: int
    exists: int
    unseen: int | None = None
    """Messages without ``\\Seen``; only STATUS tells."""
