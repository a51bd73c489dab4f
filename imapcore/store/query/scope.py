"""Scopes: where a query of Gmail's can find something.

What lives here: reading from a query the places it looks into and whether it asks for the inbox (pure). Sync
runs it there, the offline search looks there, and a result that has left is no result any more. What may
not: conditions that Gmail does not hold a list to either; what is read stays in a list of unread mail until
it is asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from imapcore.gmail.query import Group, Part, Term, asks_for_inbox, names_place, parse_query
from imapcore.model import Role
from imapcore.store.marks.values import ALL, INBOX, PLACE_OF_ROLE, ROLE_OF_PLACE, SPAM, TRASH, MarkIds

_ELSEWHERE = {
    "anywhere": frozenset((ALL, SPAM, TRASH)),
    "spam": frozenset((SPAM,)),
    "trash": frozenset((TRASH,)),
    "bin": frozenset((TRASH,)),
}


class Scope(NamedTuple):
    """Where a query looks."""

    places: MarkIds
    """Of All Mail, Spam and Trash those it is run in."""
    is_inbox_only: bool
    """Whether what it finds must be in the inbox."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """The places as roles: All Mail first."""
        return tuple(ROLE_OF_PLACE[place] for place in PLACE_OF_ROLE.values() if place in self.places)

    def holds(self, place: int, ids: MarkIds) -> bool:
        """Whether a message with these marks in this place is where the query looks."""
        return place in self.places and (not self.is_inbox_only or INBOX in ids)


@lru_cache(maxsize=256)
def scope_of(query: str) -> Scope:
    """All Mail, unless a query names Spam, Trash or everything; beside ``OR``, both."""
    parts = parse_query(query).root.parts
    named = _named(part for part in parts if isinstance(part, Term))
    if not named:
        named = {ALL} | _named(part for part in parts if isinstance(part, Group))
    return Scope(frozenset(named), asks_for_inbox(query))


def _named(parts: Iterable[Part]) -> set[int]:
    """Places beyond All Mail that parts of a query name."""
    places: set[int] = set()
    for part in parts:
        if isinstance(part, Term):
            if names_place(part):
                places |= _ELSEWHERE.get(part.value.casefold(), frozenset())
        elif isinstance(part, Group) and not part.is_negated:
            places |= _named(part.parts)
    return places
