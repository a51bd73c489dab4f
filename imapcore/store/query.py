"""Queries: the part of Gmail's search language that can be answered from the store.

What lives here: reading a query into a tree of conditions (pure). What may not: rows. Operators the store
cannot answer (attachments' names, list ids, categories …) are told, not guessed: ``Query.ignored``.

Side by side means all of them; ``OR`` (or ``|``) joins its two neighbours only, so that ``a OR b c`` is
``(a OR b) c``, as on Gmail; parentheses group, braces are groups of which one is enough, and an operator
before a group is that of every word in it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec import Struct, field
from msgspec.structs import replace

DAY_MS = 86_400_000
MOST_LETTERS = 4096
MOST_DEPTH = 20
"""Groups within groups; what is nested deeper belongs to the innermost that counts."""

_PERIOD_DAYS = {"d": 1, "m": 30, "y": 365}
_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|([({])|([^\s(){}]+))|([)}])')
_IDLE_WORDS = frozenset(("AND", "AROUND"))


class Term(Struct, frozen=True):
    """One condition: an operator with its value ("" for plain words)."""

    operator: str
    value: str
    is_negated: bool = False


class Group(Struct, frozen=True):
    """Conditions of which all must hold, or any; never empty but for a query that says nothing."""

    parts: tuple[Term | Group, ...]
    is_any: bool = False
    is_negated: bool = False


class Query(Struct, frozen=True):
    """A query as far as it was understood."""

    root: Group
    """All of its parts must hold."""
    ignored: tuple[str, ...] = ()
    """Operators that were left out, as they were written."""


WORD_OPERATORS = {
    "": "",
    "subject": "subject",
    "from": "people",
    "to": "people",
    "cc": "people",
    "bcc": "people",
}
"""Operators answered by the index, and the column they look into."""

_MORE = ("older_than", "newer_than", "larger", "smaller", "size", "rfc822msgid")
KNOWN = frozenset([*WORD_OPERATORS, "in", "is", "label", "has", "before", "after", "older", "newer", *_MORE])


class _Open(Struct):
    """A group whose end has not been read."""

    is_any: bool = False
    is_negated: bool = False
    operator: str = ""
    rows: list[list[Term | Group]] = field(default_factory=list)
    """Conditions side by side, each with those that ``OR`` joined to it."""
    is_joined: bool = False
    """Whether ``OR`` was just read."""

    def add(self, part: Term | Group) -> None:
        """One more condition."""
        if self.rows and (self.is_joined or self.is_any):
            self.rows[-1].append(part)
        else:
            self.rows.append([part])
        self.is_joined = False

    def parts(self) -> tuple[Term | Group, ...]:
        """The conditions that stand side by side."""
        return tuple(row[0] if len(row) == 1 else Group(tuple(row), is_any=True) for row in self.rows)

    def closed(self) -> Term | Group | None:
        """What it came to; None if nothing was in it."""
        parts = self.parts()
        if len(parts) != 1:
            return Group(parts, is_negated=self.is_negated) if parts else None
        return replace(parts[0], is_negated=parts[0].is_negated != self.is_negated)


def parse_query(text: str) -> Query:
    """Read a query; never fails, what cannot be understood is listed in ``ignored``."""
    ignored: list[str] = []
    opened = [_Open()]
    for match in _TOKEN.finditer(text[:MOST_LETTERS]):
        minus, named, quoted, bracket, plain, end = match.groups()
        operator = (named or "").lower() or opened[-1].operator
        if end is not None:
            _close(opened)
        elif bracket is not None and len(opened) < MOST_DEPTH:
            opened.append(_Open(bracket == "{", bool(minus), operator))
        elif plain in ("OR", "|") and not named:
            opened[-1].is_joined = True
        elif (value := (quoted or plain or "").strip()) and (named or value not in _IDLE_WORDS):
            if operator in KNOWN:
                opened[-1].add(Term(operator, value, bool(minus)))
            else:
                ignored.append(f"{operator}:")
                opened[-1].is_joined = False
    while len(opened) > 1:
        _close(opened)
    return Query(Group(opened[0].parts()), tuple(dict.fromkeys(ignored)))


def _close(opened: list[_Open]) -> None:
    """The end of the innermost group; one that was never begun is passed over."""
    if len(opened) > 1:
        part = opened.pop().closed()
        if part is not None:
            opened[-1].add(part)


def day_ms(value: str) -> int | None:
    """``2026/11/21`` or ``2026-11-21`` as milliseconds (start of that day, UTC); None for anything else."""
    parts = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", value)
    if parts is None:
        return None
    try:
        moment = datetime(int(parts[1]), int(parts[2]), int(parts[3]), tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def period_ms(value: str) -> int | None:
    """``3d``, ``2m``, ``1y`` as milliseconds; None for anything else."""
    parts = re.fullmatch(r"(\d{1,5})([dmy])", value)
    return None if parts is None else int(parts[1]) * _PERIOD_DAYS[parts[2]] * DAY_MS


def octets(value: str) -> int | None:
    """``10M``, ``500k``, ``1000`` as octets; None for anything else."""
    parts = re.fullmatch(r"(\d{1,12})([kKmM]?)[bB]?", value)
    if parts is None:
        return None
    return int(parts[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20}[parts[2].lower()]
