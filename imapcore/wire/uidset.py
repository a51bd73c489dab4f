"""Sets of UIDs or sequence numbers, kept as ranges and never expanded (RFC 3501 §9 ``sequence-set``).

Values only: this module knows no other part of the parser. A server may say ``1:4294967295`` in nine
bytes, so whatever a set is asked for costs time in its *ranges*; only iterating it costs time in its
members, and the caller decides to do that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

MAX_NUMBER = 0xFFFF_FFFF
"""The largest UID or sequence number: RFC 3501 ``nz-number`` is an unsigned 32-bit value."""

STAR = MAX_NUMBER + 1
"""Stands for ``*``, the largest number in use in the mailbox; above every real number."""

Range = tuple[int, int]
"""First and last member, both inclusive, first ≤ last."""


def parse_ranges(text: str | bytes) -> tuple[Range, ...]:
    """Read a sequence set as its ranges *in the order they are written* (COPYUID pairs by order).

    ``5:2`` means ``2:5`` (RFC 3501 §9). Raises ValueError on anything that is not a sequence set.
    """
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    if not text:
        raise ValueError("an empty sequence set")
    ranges: list[Range] = []
    for part in text.split(","):
        first, colon, last = part.partition(":")
        low = _number(first)
        high = _number(last) if colon else low
        ranges.append((low, high) if low <= high else (high, low))
    return tuple(ranges)


def _number(text: str) -> int:
    if text == "*":
        return STAR
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ValueError(f"not a message number: {text[:20]!r}")
    number = int(text)
    if not 0 < number <= MAX_NUMBER:
        raise ValueError(f"message number out of range: {number}")
    return number


def format_range(low: int, high: int) -> str:
    """One range as the wire has it: ``7``, ``7:9``, ``7:*`` or ``*``."""
    if low == high:
        return "*" if low == STAR else str(low)
    return f"{low}:*" if high == STAR else f"{low}:{high}"


class UidSet:
    """An immutable, compact, ordered set of message numbers.

    Built from numbers, parsed from text, or made of others by ``|``, ``-`` and ``&``. May hold ``*`` as
    the open end of its last range; length and iteration then raise ValueError until ``resolve`` has
    replaced it.
    """

    __slots__ = ("_ranges",)

    _ranges: tuple[Range, ...]

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._ranges = _merge_numbers(numbers)

    @classmethod
    def of_ranges(cls, ranges: Iterable[Range]) -> UidSet:
        """The union of inclusive ranges, in any order, overlapping or not."""
        checked = list(ranges)
        for low, high in checked:
            if not 0 < low <= high <= STAR:
                raise ValueError(f"not a range of message numbers: {low}:{high}")
        return cls._of(_merge_ranges(sorted(checked)))

    @classmethod
    def parse(cls, text: str | bytes) -> UidSet:
        """Read ``1,4:7,9:*``. Raises ValueError on anything else."""
        return cls._of(_merge_ranges(sorted(parse_ranges(text))))

    @classmethod
    def everything(cls) -> UidSet:
        """``1:*``."""
        return cls._of(((1, STAR),))

    @classmethod
    def _of(cls, ranges: tuple[Range, ...]) -> UidSet:
        made = cls.__new__(cls)
        made._ranges = ranges
        return made

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Disjoint, ascending, not adjacent; the last may end in ``STAR``."""
        return self._ranges

    @property
    def is_open(self) -> bool:
        """Whether ``*`` is in it, so that only the server knows its members."""
        return bool(self._ranges) and self._ranges[-1][1] == STAR

    @property
    def min(self) -> int:
        """The smallest member. Raises ValueError when empty."""
        if not self._ranges:
            raise ValueError("an empty set has no members")
        return self._ranges[0][0]

    @property
    def max(self) -> int:
        """The largest member. Raises ValueError when empty; is ``STAR`` when the set is open."""
        if not self._ranges:
            raise ValueError("an empty set has no members")
        return self._ranges[-1][1]

    def resolve(self, maximum: int) -> UidSet:
        """Replace ``*`` by the largest number in use (0: the mailbox is empty).

        ``5:*`` in a mailbox whose largest is 3 is ``3:5`` (RFC 3501 §9, ``seq-range``): the result may hold
        numbers above ``maximum``, which no message has.
        """
        if not self.is_open:
            return self
        if maximum <= 0:
            return UidSet.of_ranges(r for r in self._ranges if r[1] != STAR)
        low, _ = self._ranges[-1]
        last = (min(low, maximum), max(low, maximum)) if low != STAR else (maximum, maximum)
        return UidSet.of_ranges((*self._ranges[:-1], last))

    def __len__(self) -> int:
        """How many members, from the ranges alone. Raises ValueError while open."""
        return self.count()

    def count(self) -> int:
        """How many members, from the ranges alone. Raises ValueError while open."""
        self._require_closed()
        return sum(high - low + 1 for low, high in self._ranges)

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __iter__(self) -> Iterator[int]:
        """Every member, ascending, one at a time. Raises ValueError while open."""
        self._require_closed()
        for low, high in self._ranges:
            yield from range(low, high + 1)

    def __reversed__(self) -> Iterator[int]:
        """Every member, descending: newest message first. Raises ValueError while open."""
        self._require_closed()
        for low, high in reversed(self._ranges):
            yield from range(high, low - 1, -1)

    def _require_closed(self) -> None:
        if self.is_open:
            raise ValueError("a set with * has members only the server knows")

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        index = bisect_right(self._ranges, (number, STAR)) - 1
        return index >= 0 and self._ranges[index][0] <= number <= self._ranges[index][1]

    def __or__(self, other: UidSet) -> UidSet:
        return UidSet._of(_merge_ranges(sorted((*self._ranges, *other._ranges))))

    def __and__(self, other: UidSet) -> UidSet:
        found: list[Range] = []
        mine, theirs = self._ranges, other._ranges
        i = j = 0
        while i < len(mine) and j < len(theirs):
            low, high = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if low <= high:
                found.append((low, high))
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1
        return UidSet._of(tuple(found))

    def __sub__(self, other: UidSet) -> UidSet:
        left: list[Range] = []
        theirs = other._ranges
        j = 0
        for low, high in self._ranges:
            while j < len(theirs) and theirs[j][1] < low:
                j += 1
            k = j
            while k < len(theirs) and theirs[k][0] <= high:
                if low < theirs[k][0]:
                    left.append((low, theirs[k][0] - 1))
                low = theirs[k][1] + 1
                k += 1
            if low <= high:
                left.append((low, high))
        return UidSet._of(tuple(left))

    def __eq__(self, other: object) -> bool:
        return self._ranges == other._ranges if isinstance(other, UidSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._ranges)

    def __str__(self) -> str:
        """As the wire has it: ``1,4:7``; empty text for the empty set, which no command may send."""
        return ",".join(format_range(low, high) for low, high in self._ranges)

    def __repr__(self) -> str:
        text = ",".join(format_range(low, high) for low, high in islice(self._ranges, 20))
        more = ",…" if len(self._ranges) > 20 else ""
        return f"UidSet({text + more!r})"

    def chunks(
        self, *, count: int | None = None, text: int = 8000, newest_first: bool = False
    ) -> Iterator[UidSet]:
        """Cut into sets of at most ``count`` members whose text is at most ``text`` bytes.

        Servers limit the length of a command line and what they do for one command. With ``newest_first``
        the chunks come from the highest numbers down (each chunk is a set all the same). An open set can be
        cut by text only, so ``count`` raises ValueError there.
        """
        if text < 21:
            raise ValueError("a single range can take 21 bytes")
        if count is not None:
            if count < 1:
                raise ValueError("a chunk holds at least one member")
            self._require_closed()
        pending: list[Range] = []
        members = length = 0
        for low, high in self._pieces(count, newest_first):
            size = len(format_range(low, high)) + 1
            held = high - low + 1
            # A piece never exceeds a whole chunk, so it is cut only where a chunk is already part full.
            while count is not None and members + held > count:
                room = count - members
                if room:
                    cut = (high - room + 1, high) if newest_first else (low, low + room - 1)
                    pending.append(cut)
                    low, high = (low, cut[0] - 1) if newest_first else (cut[1] + 1, high)
                    held -= room
                yield UidSet.of_ranges(pending)
                pending, members, length = [], 0, 0
                size = len(format_range(low, high)) + 1
            if pending and length + size > text - 21:
                yield UidSet.of_ranges(pending)
                pending, members, length = [], 0, 0
            pending.append((low, high))
            members += held
            length += size
        if pending:
            yield UidSet.of_ranges(pending)

    def _pieces(self, count: int | None, newest_first: bool) -> Iterator[Range]:
        for low, high in reversed(self._ranges) if newest_first else self._ranges:
            if count is None:
                yield low, high
            elif newest_first:
                for end in range(high, low - 1, -count):
                    yield max(low, end - count + 1), end
            else:
                for start in range(low, high + 1, count):
                    yield start, min(high, start + count - 1)


def _merge_numbers(numbers: Iterable[int]) -> tuple[Range, ...]:
    ordered = sorted(set(numbers))
    if not ordered:
        return ()
    if ordered[0] < 1 or ordered[-1] > STAR:
        raise ValueError("message numbers are 1 to 4294967295")
    ranges: list[Range] = []
    low = high = ordered[0]
    for number in ordered:
        if number > high + 1:
            ranges.append((low, high))
            low = number
        high = number
    ranges.append((low, high))
    return tuple(ranges)


def _merge_ranges(ordered: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for low, high in ordered:
        # STAR is not adjacent to the largest number: nobody knows what it stands for.
        if merged and low <= merged[-1][1] + 1 and not (low == STAR and merged[-1][1] == MAX_NUMBER):
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


NO_UIDS = UidSet()
"""The empty set."""
