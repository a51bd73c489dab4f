"""Finding words in the lines of the reader.

Pure. A phrase is found across the end of a line, since where a line ends is our doing and not the sender's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tui.widgets.reader.body_lines import Line

Range = tuple[int, int, int]
"""Line index, and start and end in its text."""
_MOST = 10_000
"""Hits that are kept; who looks for "e" in a megabyte needs no more."""


def find_all(lines: Sequence[Line], query: str) -> list[tuple[Range, ...]]:
    """Every place where the query stands, in order; a hit across lines has one range for each of them."""
    needle = _fold(" ".join(query.split()))
    if not needle:
        return []
    parts: list[str] = []
    starts: list[int] = []
    total = 0
    for line in lines:
        starts.append(total)
        # A newline is never part of a query, so a hit does not cross from one paragraph into another.
        text = line.text + (" " if line.is_continued else "\n")
        parts.append(text)
        total += len(text)
    text = _fold("".join(parts))
    hits: list[tuple[Range, ...]] = []
    at = text.find(needle)
    while at >= 0 and len(hits) < _MOST:
        hits.append(_ranges(at, at + len(needle), starts, lines))
        at = text.find(needle, at + len(needle))
    return hits


def _ranges(begin: int, end: int, starts: Sequence[int], lines: Sequence[Line]) -> tuple[Range, ...]:
    found: list[Range] = []
    index = bisect_right(starts, begin) - 1
    while index < len(starts) and starts[index] < end:
        size = len(lines[index].text)
        low, high = max(0, begin - starts[index]), min(size, end - starts[index])
        if high > low:
            found.append((index, low, high))
        index += 1
    return tuple(found)


def _fold(text: str) -> str:
    """Lower case without changing how long the text is."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)
