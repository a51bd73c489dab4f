"""Row states: what the states of a conversation's messages mean for its row.

What lives here: how many there are, which are unread, what all of them together carry. What may not: the
database; who asks brings the sets.

A row state is made for most conversations that are shown for the first time, so that it must cost next to
nothing: a set of marks is an integer with a bit for each, several together are one ``|``, and what such a
union means is kept, for few occur.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from imapcore.model import ChangeState
from imapcore.store.marks.values import DRAFT, IMPORTANT, INBOX, PLACES, SEEN, STARRED, MarkIds
from imapcore.store.threads.message_state import PENDING, REJECTED

KEPT = 20_000
"""Row states, sets and unions kept in memory, of each so many."""

CHANGE_STATES = {PENDING: ChangeState.PENDING, REJECTED: ChangeState.REJECTED}
"""What a ``change_state`` is called outside; the first of them that any message has is the conversation's."""

RowKey = tuple[str, int]
"""What the messages show, and their ``change_state``, as ``set_ids`` reads it; the place the row is shown
from.
"""

MARKS = 1 << 16
"""No label has so high a number, for Gmail does not allow so many: one that has is damage, and must cost no
memory.
"""

_SEEN_BIT, _INBOX_BIT, _STARRED_BIT, _IMPORTANT_BIT, _DRAFT_BIT = (
    1 << mark for mark in (SEEN, INBOX, STARRED, IMPORTANT, DRAFT)
)


class Union(Struct, frozen=True):
    """What several messages carry together."""

    labels: tuple[str, ...]
    """The user's own, in order."""
    is_in_inbox: bool
    is_starred: bool
    is_important: bool
    has_draft: bool


class RowState(Struct, frozen=True):
    """What a row derives from the states of its messages."""

    count: int
    unread_at: tuple[int, ...]
    """Which of its messages are unread, by position."""
    union: Union
    state: ChangeState


class RowStates:
    """The meanings of states, made when they are first asked for."""

    def __init__(self) -> None:
        self._labels: Mapping[int, str] = {}
        self._known: dict[RowKey, RowState] = {}
        self._bits: dict[int, int] = {}
        self._unions: dict[int, Union] = {}

    def rename(self, labels: Mapping[int, str]) -> None:
        """What the user's labels are called from now on."""
        self._labels = labels
        self._known.clear()
        self._unions.clear()

    def of(self, keys: Sequence[RowKey], load: Callable[[set[int]], Mapping[int, MarkIds]]) -> list[RowState]:
        """The row state for each key; ``load`` brings sets of marks by their numbers."""
        known = self._known
        missing = {key for key in keys if key not in known}
        if missing:
            if len(known) > KEPT:
                known = self._known = {key: known[key] for key in keys if key in known}
            self._load_bits({number for states, _ in missing for number in set_ids(states)}, load)
            for key in missing:
                known[key] = self._make(*key)
        return [known[key] for key in keys]

    def _load_bits(self, numbers: set[int], load: Callable[[set[int]], Mapping[int, MarkIds]]) -> None:
        if not numbers <= self._bits.keys():
            if len(self._bits) > KEPT:
                self._bits.clear()
            sets = load(numbers)
            for number in numbers:
                self._bits[number] = sum([1 << mark for mark in sets[number] if 0 < mark < MARKS])

    def _make(self, states: str, place: int) -> RowState:
        bits, place_bit = self._bits, 1 << place if place in PLACES else 0
        count = union = change_states = 0
        unread = []
        for at, state in enumerate(states.split(",")):
            number = int(state)
            marks = bits[number >> 2]
            if marks & place_bit:
                count += 1
                union |= marks
                change_states |= 1 << (number & 3)
                if not marks & _SEEN_BIT:
                    unread.append(at)
        meaning = self._unions.get(union)
        if meaning is None:
            meaning = self._meaning(union)
        return RowState(count, tuple(unread), meaning, _STATES[change_states])

    def _meaning(self, union: int) -> Union:
        if len(self._unions) > KEPT:
            self._unions.clear()
        meaning = self._unions[union] = Union(
            tuple(sorted([name for mark, name in self._labels.items() if union >> mark & 1])),
            union & _INBOX_BIT != 0,
            union & _STARRED_BIT != 0,
            union & _IMPORTANT_BIT != 0,
            union & _DRAFT_BIT != 0,
        )
        return meaning


_STATES = tuple(
    next(
        (state for change_state, state in CHANGE_STATES.items() if change_states >> change_state & 1),
        ChangeState.SETTLED,
    )
    for change_states in range(16)
)
"""Set of ``change_state`` values, a bit each → what the conversation's is called."""


def set_ids(states: str) -> list[int]:
    """The numbers of the sets in a text of states."""
    return [int(state) >> 2 for state in states.split(",")]
