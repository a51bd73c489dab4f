"""A message's state in memory: as it was read, and as it is to be.

What lives here: ``MessageState`` and what counts as a change. What may not: rows.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from imapcore.store.marks.values import DRAFT, SENT, MarkSet

SETTLED, PENDING, REJECTED = 0, 1, 2
"""``change_state`` of a message (column ``mood``): whether the journal has something open on it, or had
something refused.
"""

PEOPLE_MARKS = frozenset((DRAFT, SENT))
"""Marks that decide how a conversation's row names its people."""


class Stored(NamedTuple):
    """A message's state as the table has it."""

    date: int
    bits: int
    sender: int
    searches: tuple[int, ...]
    shown: MarkSet
    change_state: int
    confirmed: MarkSet


class MessageState(Struct, eq=False):
    """A message's state, as it was read and as it is to be."""

    msgid: int
    thrid: int
    date: int
    sender: int
    bits: int
    confirmed: MarkSet
    shown: MarkSet
    change_state: int
    searches: tuple[int, ...] = ()
    """Views of searches that found it."""
    old: Stored | None = None
    """As stored; None for a message that is new."""
    is_gone: bool = False
    has_new_text: bool = False
    """Subject or snippet changed: the row's text must be read again."""

    @property
    def is_changed(self) -> bool:
        """Whether anything of it must be written."""
        old = self.old
        return (
            old is None
            or self.is_gone
            or self.has_new_text
            or self.shown is not old.shown
            or self.confirmed is not old.confirmed
            or self.change_state != old.change_state
            or (self.date, self.bits, self.sender, self.searches) != old[:4]
        )

    @property
    def is_changed_in_view(self) -> bool:
        """Whether a row of some list may look different."""
        old = self.old
        return (
            old is None
            or self.is_gone
            or self.has_new_text
            or self.shown is not old.shown
            or self.change_state != old.change_state
            or (self.date, self.bits, self.sender, self.searches) != old[:4]
        )

    @property
    def is_changed_in_marks_only(self) -> bool:
        """Whether nothing changed but marks that rows derive when they are read: the usual label or flag."""
        old = self.old
        if old is None or self.is_gone or self.has_new_text:
            return False
        if self.shown is not old.shown and (
            self.shown.place != old.shown.place or PEOPLE_MARKS & (self.shown.ids ^ old.shown.ids)
        ):
            return False
        return (self.date, self.bits, self.sender) == old[:3]

    @property
    def is_being_deleted(self) -> bool:
        """Whether the user deletes it forever: it is shown nowhere, though Gmail still has it."""
        return not self.shown.place and self.confirmed.place != 0
