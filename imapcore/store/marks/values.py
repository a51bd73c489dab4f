"""Marks as values: the numbers of places, labels and flags, sets of them, and what an op changes in a set."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from imapcore.model import Role

ALL, SPAM, TRASH, INBOX, STARRED, IMPORTANT, SENT, DRAFT, SEEN = range(1, 10)
PLACES = frozenset((ALL, SPAM, TRASH))


PLACE_OF_ROLE = {Role.ALL: ALL, Role.SPAM: SPAM, Role.TRASH: TRASH}


ROLE_OF_PLACE = {number: role for role, number in PLACE_OF_ROLE.items()}


VIEW_OF_ROLE = {
    **PLACE_OF_ROLE,
    Role.INBOX: INBOX,
    Role.STARRED: STARRED,
    Role.IMPORTANT: IMPORTANT,
    Role.SENT: SENT,
    Role.DRAFTS: DRAFT,
}
"""Every role is a mark, and the mark's number is also its view's."""


FLAGGED = "\\Flagged"


STARRED_LABEL = "\\Starred"


HAS_ATTACHMENT, HAS_INVITE = 1, 2
"""Bits of a message, and of the conversation it is in."""

MarkIds = frozenset[int]


class MarkDiff(Struct, frozen=True):
    """What an op really changes on one message: marks it did not have, marks it had."""

    add: MarkIds = frozenset()
    remove: MarkIds = frozenset()
    keep: MarkIds = frozenset()
    """Marks to be there afterwards that were there before: of a move, the labels a way back must restore
    (Gmail may drop them on the way to Trash); of anything else, marks to be asserted.
    """

    def __bool__(self) -> bool:
        return bool(self.add or self.remove or self.keep)

    def applied(self, ids: MarkIds) -> MarkIds:
        """A set of marks after the diff; harmless when it was applied before."""
        if self.add & PLACES:
            # Gmail takes whatever goes to Spam or Trash out of the inbox.
            left = PLACES if ALL in self.add else PLACES | {INBOX}
            return (ids - left - self.remove) | self.add
        return (ids - self.remove) | self.add | self.keep

    def is_inverse_of(self, other: MarkDiff) -> bool:
        """Whether one takes the other back."""
        return self.add == other.remove and self.remove == other.add

    def marks(self) -> MarkIds:
        """Every mark it touches; a change of place touches all places."""
        touched = self.add | self.remove
        return touched | PLACES if touched & PLACES else touched

    def text(self) -> str:
        """As kept in the journal: ``+5 -3 =12``."""
        signs = (("+", self.add), ("-", self.remove), ("=", self.keep))
        return " ".join(f"{sign}{mark}" for sign, marks in signs for mark in sorted(marks))

    @staticmethod
    def of(before: MarkIds, after: MarkIds) -> MarkDiff:
        """What leads from one set to another."""
        return MarkDiff(after - before, before - after)


@lru_cache(maxsize=4096)
def parse_mark_diff(text: str) -> MarkDiff:
    """A diff from the journal's text."""
    words = text.split()
    return MarkDiff(*(frozenset(int(word[1:]) for word in words if word[0] == sign) for sign in "+-="))


class MarkSet(Struct, frozen=True, eq=False):
    """A numbered set of marks and what follows from it; there is one object for each number."""

    set_id: int
    ids: MarkIds
    place: int
    """ALL, SPAM, TRASH, or 0 when the message is nowhere at the moment."""
    is_unread: bool
    is_mine: bool
    """Sent or still a draft."""
    views: tuple[int, ...]
    """Views a message with these marks is listed in: its place, and in All Mail its labels."""
