"""Finding verbs by what people call them: pure, from what is typed to a rank.

Whole phrases first, then their beginnings, then single words, then slips of the finger. Letters strewn over a
title find nothing: with verbs a near miss does something nobody asked for. Dangerous verbs are found by their
own words alone, and stand behind a harmless one of the same rank.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

_LONGEST = 64
"""A query longer than this is no verb's name."""
_NAME, _BEGINS, _WORDS, _INSIDE, _TYPO = 0, 10, 20, 40, 60
_DANGER = 5
_INSIDE_FROM = 3
"""Letters from which a part inside of a word is a find."""
_TYPO_FROM, _TWO_TYPOS_FROM = 4, 8
"""Letters from which one slip, or two, are forgiven."""


class VerbMatch(Struct, frozen=True):
    """How well a query names a verb, and by which of its phrases."""

    rank: int
    """Lower is better."""
    phrase: str


def match_verb(
    query: str, title: str, phrases: Sequence[str], *, is_dangerous: bool = False
) -> VerbMatch | None:
    """Rank a verb for a query; None when it does not mean this verb. An empty query fits all alike."""
    typed = _folded(query[: _LONGEST + 1].strip().removeprefix(":"))
    if not typed:
        return VerbMatch(0, "")
    if len(typed) > _LONGEST:
        return None
    names = [_folded(phrase) for phrase in phrases]
    best: VerbMatch | None = None
    for name, phrase in [*zip(names, phrases, strict=True), (_folded(title), title)]:
        rank = _rank(typed, name, is_dangerous=is_dangerous)
        if rank is not None and (best is None or rank < best.rank):
            best = VerbMatch(rank, phrase)
    if best is not None and is_dangerous:
        return VerbMatch(best.rank + _DANGER, best.phrase)
    return best


def _rank(typed: str, name: str, *, is_dangerous: bool) -> int | None:
    if typed == name:
        return _NAME
    if name.startswith(typed):
        # The nearer to the whole of it the better: “mark” is nearer to “marks” than to “mark all read”.
        return _BEGINS + min(4, (len(name) - len(typed)) // 4)
    wanted, words = typed.split(), _words(name)
    if all(any(word.startswith(each) for word in words) for each in wanted):
        return _WORDS
    if is_dangerous:
        return None
    if all(len(each) >= _INSIDE_FROM and any(each in word for word in words) for each in wanted):
        return _INSIDE
    if all(any(_is_slip(each, word) for word in words) for each in wanted):
        return _TYPO
    return None


def _folded(text: str) -> str:
    """Lower case, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    return tuple("".join(char if char.isalnum() else " " for char in name).split())


def _is_slip(typed: str, word: str) -> bool:
    """Whether a word was meant: it begins so, or a letter or two is wrong, too many, missing or swapped."""
    if word.startswith(typed):
        return True
    if len(typed) < _TYPO_FROM or len(word) < _TYPO_FROM:
        return False
    most = 2 if min(len(typed), len(word)) >= _TWO_TYPOS_FROM else 1
    return abs(len(typed) - len(word)) <= most and _distance(typed, word) <= most


def _distance(first: str, second: str) -> int:
    """Edits that make one of the other: Damerau and Levenshtein's, neighbours swapped counting as one."""
    before: list[int] = []
    line = list(range(len(second) + 1))
    for row, left in enumerate(first, 1):
        earlier, before, line = before, line, [row]
        for column, right in enumerate(second, 1):
            least = min(before[column] + 1, line[-1] + 1, before[column - 1] + (left != right))
            if row > 1 and column > 1 and left == second[column - 2] and first[row - 2] == right:
                least = min(least, earlier[column - 2] + 1)
            line.append(least)
    return line[-1]
