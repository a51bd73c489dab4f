"""Where lines break: text to ranges that fit a number of terminal cells.

Pure and lazy: a range is found when it is asked for, so a body of a megabyte costs nothing until it is
scrolled to. Wide characters count two cells, combining marks none; a cluster (letter with its marks, joined
emoji) is never parted. Scripts without spaces may break between wide characters, but no line begins with
closing punctuation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import get_character_cell_size, split_graphemes

_NEVER_FIRST = frozenset(
    "、。，．・：；？！）］｝〕〉》」』】゛゜ヽヾ々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ”’…"
)
"""Characters that Japanese and Chinese typesetting does not let begin a line."""
_ALPHABETS = ((0x20, 0x7F), (0xA0, 0x780), (0x1E00, 0x2000), (0x2010, 0x2060), (0x20A0, 0x20C0))
"""Latin, Greek, Cyrillic, Hebrew, Arabic; punctuation, currencies."""


@lru_cache(maxsize=1)
def _single_cells() -> frozenset[str]:
    """Letters of the alphabets that take one cell each, so that cells are characters: most mail, by far."""
    return frozenset(
        character
        for first, last in _ALPHABETS
        for character in map(chr, range(first, last))
        if get_character_cell_size(character) == 1 and not unicodedata.combining(character)
    )


def break_lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Ranges of ``text`` (without newlines) that each fit ``width`` cells, broken between words if possible.

    Spaces at a break belong to no range; an empty text is one empty range.
    """
    size = len(text)
    position = 0
    room = max(1, width)
    if not size:
        yield 0, 0
        return
    while position < size:
        end, following = _next_break(text, position, room)
        yield position, end
        position = following


def chop_lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Ranges that each fit ``width`` cells with every space kept: for preformatted text.

    A line too long is broken between words where one ends in its second half.
    """
    size = len(text)
    position = 0
    if not size:
        yield 0, 0
        return
    while position < size:
        ahead = text[position : position + width + 1]
        if ahead.isascii() or _single_cells().issuperset(ahead):
            end = min(size, position + width)
        else:
            end, _ = _cut(text, position, width, is_soft=False)
        if end < size and text[end] != " ":
            space = text.rfind(" ", position + (end - position) // 2, end)
            end = space + 1 if space >= 0 else end
        yield position, end
        position = end


def _next_break(text: str, position: int, width: int) -> tuple[int, int]:
    """The end of the line that begins at ``position``, and where the next one begins."""
    ahead = text[position : position + width + 1]
    if not (ahead.isascii() or _single_cells().issuperset(ahead)):
        return _cut(text, position, width, is_soft=True)
    if len(ahead) <= width:
        return len(text), len(text)
    space = ahead.rfind(" ")
    # A space at the very beginning parts nothing; break the long word instead.
    if space <= 0 or not ahead[:space].strip():
        return position + width, position + width
    return _trim(text, position, position + space)


def _cut(text: str, position: int, width: int, *, is_soft: bool) -> tuple[int, int]:
    """As ``_next_break``, cluster by cluster; a hard cut when no place is good for a break."""
    # A window of so many characters fills the line unless it is full of marks, which take no cells; then a
    # wider one does for honest text, and is an end for the rest.
    window = text[position : position + width + 2]
    spans, total = split_graphemes(window)
    if total <= width and position + len(window) < len(text):
        window = text[position : position + 4 * width + 64]
        spans, total = split_graphemes(window)
    if total <= width and position + len(window) >= len(text):
        return len(text), len(text)
    used = 0
    soft: int | None = None
    after_wide = False
    for start, end, cells in spans:
        cluster = window[start:end]
        if cluster == " ":
            soft = start if start else soft
        elif soft != start and start and (cells > 1 or after_wide) and cluster[0] not in _NEVER_FIRST:
            soft = start
        if used + cells > width:
            if cluster == " ":
                soft = start
            if is_soft and soft:
                return _trim(text, position, position + soft)
            # One cluster wider than the line still has to go somewhere.
            hard = position + (start or end)
            return hard, hard
        used += cells
        after_wide = cells > 1
    return position + len(window), position + len(window)


def _trim(text: str, begin: int, end: int) -> tuple[int, int]:
    """Leave out the spaces on both sides of a break."""
    following = end
    size = len(text)
    while following < size and text[following] == " ":
        following += 1
    while end > begin and text[end - 1] == " ":
        end -= 1
    return end, following
