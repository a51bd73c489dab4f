"""The rows around the viewport, and how they fall into lines: pure.

A list of a million conversations holds a few hundred rows. ``RowWindow`` answers by index and by key;
``lay_out`` says what each line of the viewport shows, day headings included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from msgspec import Struct

from imapcore.model import Key, ThreadRow, View, Window


class RowWindow:
    """A ``Window`` that can be asked by index."""

    def __init__(self, window: Window) -> None:
        self._window = window

    @property
    def view(self) -> View:
        """The view these rows belong to."""
        return self._window.view

    @property
    def rows(self) -> tuple[ThreadRow, ...]:
        """The rows held, newest first."""
        return self._window.rows

    @property
    def first(self) -> int:
        """Index of the first row held."""
        return self._window.first

    @property
    def end(self) -> int:
        """Index after the last row held."""
        return self._window.first + len(self._window.rows)

    @property
    def total(self) -> int:
        """Rows in the whole view."""
        return max(self._window.total, self.end)

    @property
    def unread(self) -> int:
        """Unread conversations in the whole view."""
        return self._window.unread

    @property
    def is_complete(self) -> bool:
        """Whether the store holds all that the server has of this view."""
        return self._window.is_complete

    def row(self, index: int) -> ThreadRow | None:
        """The row at an index; None where it is not held."""
        if self.first <= index < self.end:
            return self._window.rows[index - self.first]
        return None

    def holds(self, first: int, end: int) -> bool:
        """Whether every existing row of the range is held."""
        return self.first <= max(0, first) and min(end, self.total) <= self.end

    def find(self, thrid: int) -> int | None:
        """Index of a conversation, if it is held."""
        for number, row in enumerate(self._window.rows):
            if row.thrid == thrid:
                return self.first + number
        return None

    def place_of(self, key: Key) -> int:
        """Index of the key, or of the row that took its place; the last row if it lies below."""
        rows = self._window.rows
        # Newest first: keys fall, so the search runs over their negatives.
        number = bisect_left(rows, (-key[0], -key[1]), key=lambda row: (-row.date, -row.thrid))
        return max(0, min(self.first + number, self.total - 1))


class Line(Struct, frozen=True):
    """What one line of the viewport shows."""

    index: int | None
    """The row's index; None below the last row."""
    part: int = 0
    """Which line of the row; -1 for the heading above it."""
    heading: str = ""


NOTHING = Line(None)
GroupOf = Callable[[ThreadRow], str]
"""The day heading a row stands under; empty for lists without headings."""


def heading_above(window: RowWindow, index: int, group_of: GroupOf) -> str:
    """The heading to draw above a row: its day's, where the row before it stands under another."""
    row = window.row(index)
    if row is None:
        return ""
    group = group_of(row)
    if index == 0:
        return "" if group == "Today" else group
    before = window.row(index - 1)
    return group if before is None or group_of(before) != group else ""


def lay_out(window: RowWindow, top: int, height: int, lines: int, group_of: GroupOf) -> list[Line]:
    """The lines of a viewport ``height`` high whose first row is ``top``; always ``height`` of them."""
    laid: list[Line] = []
    index = top
    while len(laid) < height and index < window.total:
        # The row before the top one may not be held: then no heading is known, and none is drawn.
        has_before = index == 0 or window.row(index - 1) is not None
        heading = heading_above(window, index, group_of) if has_before else ""
        if heading:
            laid.append(Line(index, -1, heading))
        laid.extend(Line(index, part) for part in range(lines))
        index += 1
    laid.extend([NOTHING] * (height - len(laid)))
    return laid[:height]


def last_top(window: RowWindow, height: int, lines: int, group_of: GroupOf, index: int | None = None) -> int:
    """The greatest top with which the row ``index`` (None: the last) is still shown in full."""
    if window.total == 0:
        return 0
    target = window.total - 1 if index is None else index
    room = height
    top = target
    while top >= 0:
        cost = lines + (1 if heading_above(window, top, group_of) else 0)
        if room < cost:
            return min(top + 1, target)
        room -= cost
        top -= 1
    return 0
