"""Fuzzy matching for everything that is filtered while one types: labels, links, keywords, help.

Pure: text in, a score and the matched positions out. Case and diacritics are ignored (``uber`` finds
``Über``); words may come in any order (``contr work`` finds ``Work/contracts``). What is found is ranked as a
person would: the beginning of the name, then the beginning of a word in it (the last part of a nested name
before its parents), then anywhere, then scattered letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

_WORD_ENDS = frozenset(" /-_.,:;()[]{}<>@&+|\\\"'“”‘’·")
_MAX_QUERY = 256
"""A paste longer than this matches nothing: no name is that long."""
_WHOLE, _START, _LEAF_WORD, _WORD, _INSIDE, _SCATTERED = 0, 10, 20, 30, 50, 90


class Match(Struct, frozen=True):
    """How well a query fits a text, and where."""

    score: int
    """Lower is better; 0 is the very same text."""
    positions: tuple[int, ...]
    """Indices into the text of the characters that were matched, ascending."""


@lru_cache(maxsize=16384)
def _fold(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in comparable letters, and for each of them its index in the text (marks are left out)."""
    letters: list[str] = []
    places: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if not unicodedata.combining(part):
                letters.append(part)
                places.append(index)
    return "".join(letters), tuple(places)


def match(query: str, text: str) -> Match | None:
    """Fit every word of the query into the text; None when one of them does not fit.

    An empty query fits everything with no position.
    """
    words = query.split()
    if not words:
        return Match(0, ())
    if len(query) > _MAX_QUERY:
        return None
    folded, places = _fold(text)
    score = 0
    positions: set[int] = set()
    for word in words:
        needle = _fold(word)[0]
        if not needle:
            continue
        found = _find(needle, folded)
        if found is None:
            return None
        score += found[0]
        positions.update(places[index] for index in found[1])
    return Match(score, tuple(sorted(positions)))


def _find(needle: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """The best place of one word: (penalty, indices into ``text``)."""
    if needle == text:
        return _WHOLE, tuple(range(len(text)))
    best: tuple[int, int] | None = None
    leaf = text.rfind("/") + 1
    start = text.find(needle)
    while start >= 0:
        if start == 0:
            tier = _START
        elif text[start - 1] in _WORD_ENDS:
            tier = _LEAF_WORD if start >= leaf else _WORD
        else:
            tier = _INSIDE
        if best is None or tier < best[0]:
            best = tier, start
        start = text.find(needle, start + 1)
    if best is not None:
        tier, start = best
        return tier, tuple(range(start, start + len(needle)))
    return _scatter(needle, text)


def _scatter(needle: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """Letters in order with gaps between them; the tightest of the places where it can begin."""
    best: tuple[int, tuple[int, ...]] | None = None
    begin = text.find(needle[0])
    tries = 0
    while begin >= 0 and tries < 8:
        indices = [begin]
        for letter in needle[1:]:
            at = text.find(letter, indices[-1] + 1)
            if at < 0:
                break
            indices.append(at)
        if len(indices) < len(needle):
            break
        gaps = indices[-1] - indices[0] + 1 - len(needle)
        jumps = sum(
            1
            for before, after in pairwise(indices)
            if after != before + 1 and text[after - 1] not in _WORD_ENDS
        )
        penalty = _SCATTERED + min(gaps, 60) + 4 * jumps
        if best is None or penalty < best[0]:
            best = penalty, tuple(indices)
        begin = text.find(needle[0], begin + 1)
        tries += 1
    # Letters strewn over a long name are noise, not a find.
    if best is not None and best[0] > _SCATTERED + 6 * len(needle) + 8:
        return None
    return best
