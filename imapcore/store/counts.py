"""Counts for the label editor: how far each label covers a target.

What lives here: a pure function over marks. What may not: rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from imapcore.model import LabelCounts
from imapcore.store.marks import FLAGGED, STARRED


def count_labels(
    threads: Iterable[Sequence[tuple[int, frozenset[int]]]],
    kinds: Mapping[int, tuple[str, str]],
    recent: tuple[str, ...],
) -> LabelCounts:
    """Conversations with a label on some or on every message, and messages by flag."""
    some: Counter[int] = Counter()
    full: Counter[int] = Counter()
    flags: Counter[str] = Counter()
    conversations = messages = 0
    for thread in threads:
        conversations += 1
        sets = [marks for _, marks in thread]
        messages += len(sets)
        some.update(frozenset().union(*sets))
        full.update(sets[0].intersection(*sets))
        for marks in sets:
            flags.update(kinds[mark][1] for mark in marks if kinds[mark][0] == "flag")
            if STARRED in marks:
                flags[FLAGGED] += 1
    return LabelCounts(
        conversations,
        messages,
        {kinds[mark][1]: number for mark, number in some.items() if kinds[mark][0] == "label"},
        {kinds[mark][1]: number for mark, number in full.items() if kinds[mark][0] == "label"},
        recent,
        dict(flags),
    )
