"""Which lines of a list are meant: ``3``, ``1-3``, ``2,5``, ``2, 5-7``. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imapcore.errors import InvalidArgument

_PART = re.compile(r"(\d{1,6})(?:(?:-|–|\.\.)(\d{1,6}))?")
_MOST = 10_000
"""Numbers that one range may stand for; nobody has heard so many lines."""


def is_number(word: str) -> bool:
    """Whether a word is about lines of the list; one of digits alone always is, however long."""
    return all(_PART.fullmatch(part) or part.isdecimal() for part in word.strip(",").split(","))


def read_numbers(words: Sequence[str]) -> tuple[int, ...]:
    """The numbers, each once, in the order they were said. Raises InvalidArgument for what is none."""
    found: list[int] = []
    for part in (part for word in words for part in word.strip(",").split(",")):
        match = _PART.fullmatch(part)
        if match is None:
            raise InvalidArgument(
                "Say numbers such as 3, 1-3 or 2,5", title=f"There is no conversation {part} in this list"
            )
        first = int(match[1])
        last = int(match[2] or first)
        if last < first or last - first >= _MOST:
            raise InvalidArgument(
                "The smaller number comes first, as in 1-3", title=f"{part} is no range of this list"
            )
        found.extend(range(first, last + 1))
    return tuple(dict.fromkeys(found))


def split_numbers(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is said of numbers first, and the rest."""
    count = next((index for index, word in enumerate(words) if not is_number(word)), len(words))
    return list(words[:count]), list(words[count:])
