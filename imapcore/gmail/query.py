"""Queries: Gmail's search language, as far as it is understood here.

What lives here: a query's tokens as a tree of conditions (pure), what values mean (days, periods, sizes),
and whether it asks for the inbox. What may not: rows, places, where a token begins and ends (``tokens``).
Operators the store cannot answer (attachments' names, list ids, categories …) are told, not guessed:
``Query.ignored``. What only looks like an operator is a word, as for Gmail.

Side by side means all of them; ``OR`` (or ``|``) joins its two neighbours only, so that ``a OR b c`` is
``(a OR b) c``, as on Gmail; parentheses group, braces are groups of which one is enough, an operator before
a group is that of every word in it, and ``a AROUND 3 b`` asks for two words with at most three between them
(within quotation marks: the first of them first).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from imapcore.gmail.operators import BY_NAME
from imapcore.gmail.tokens import read_tokens

DAY_MS = 86_400_000
MOST_LETTERS = 4096
MOST_DEPTH = 20
"""Groups within groups; what is nested deeper belongs to the innermost that counts."""

_DAY = re.compile(
    r"(?P<y1>\d{4})(?P<s1>[-/])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<m2>\d{1,2})(?P<s2>[-/])(?P<d2>\d{1,2})(?P=s2)(?P<y2>\d{4})"
)
_PERIOD_DAYS = {"d": 1, "m": 30, "y": 365}
_EITHER = frozenset(("OR", "|"))
_IDLE_WORDS = frozenset(("AND",))
_AROUND = "AROUND"
_NEAR_IN_ORDER = re.compile(r"(.*\S)\s+AROUND(?:\s+(\d{1,5}))?\s+(\S.*)")
NEAR = 5
"""Words between two that are to be near each other, where no number is given."""


class Term(Struct, frozen=True):
    """One condition: an operator with its value ("" for plain words)."""

    operator: str
    value: str
    is_negated: bool = False
    is_phrase: bool = False
    """Whether its words must stand as they are written, one after the other."""


class Near(Struct, frozen=True):
    """Words, or phrases, with at most so many words between them."""

    operator: str
    """Where both of them are looked for: "" or ``subject``."""
    left: str
    right: str
    distance: int = NEAR
    is_ordered: bool = False
    """Whether the left one must come first."""
    is_negated: bool = False


class Group(Struct, frozen=True):
    """Conditions of which all must hold, or any; never empty but for a query that says nothing."""

    parts: tuple[Part, ...]
    is_any: bool = False
    is_negated: bool = False


Part = Term | Near | Group


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

NEAR_OPERATORS = frozenset(("", "subject"))
"""Operators within which words can be near each other."""

_MORE = ("older_than", "newer_than", "larger", "smaller", "size", "rfc822msgid")
KNOWN = frozenset([*WORD_OPERATORS, "in", "is", "label", "has", "before", "after", "older", "newer", *_MORE])


class _Open(Struct):
    """A group whose end has not been read."""

    is_any: bool = False
    is_negated: bool = False
    operator: str = ""
    rows: list[list[Part]] = field(default_factory=list)
    """Conditions side by side, each with those that ``OR`` joined to it."""
    is_joined: bool = False
    """Whether ``OR`` was just read."""
    near: int | None = None
    """What ``AROUND`` was just read with; what comes next belongs to what came before."""

    def begin_near(self, number: str = "") -> None:
        """``AROUND``, and then its number."""
        self.near = int(number) if number else NEAR

    def _brought_near(self, part: Part) -> Near | None:
        """The last condition and the next one as one; None if they cannot be."""
        last = self.rows[-1][-1] if self.rows else None
        if not isinstance(last, Term) or not isinstance(part, Term) or self.near is None:
            return None
        if last.operator != part.operator or last.operator not in NEAR_OPERATORS:
            return None
        if last.is_negated or part.is_negated:
            return None
        return Near(last.operator, last.value, part.value, self.near)

    def add(self, part: Part) -> bool:
        """One more condition; False if it should have been near the last one, and that is not understood."""
        is_near, near = self.near is not None, self._brought_near(part)
        self.near = None
        if near is not None:
            self.rows[-1][-1] = near
            return True
        if self.rows and (self.is_joined or self.is_any):
            self.rows[-1].append(part)
        else:
            self.rows.append([part])
        self.is_joined = False
        return not is_near

    def parts(self) -> tuple[Part, ...]:
        """The conditions that stand side by side."""
        return tuple(row[0] if len(row) == 1 else Group(tuple(row), is_any=True) for row in self.rows)

    def closed(self) -> Part | None:
        """What it came to; None if nothing was in it."""
        parts = self.parts()
        if len(parts) != 1:
            return Group(parts, is_negated=self.is_negated) if parts else None
        return replace(parts[0], is_negated=parts[0].is_negated != self.is_negated)


def parse_query(text: str) -> Query:
    """Read a query; never fails, what cannot be understood is listed in ``ignored``."""
    ignored: list[str] = []
    opened = [_Open()]
    may_be_number = False
    for token in read_tokens(text[:MOST_LETTERS]):
        operator, value = token.operator, token.value.strip()
        if operator and operator not in BY_NAME:
            operator, value = "", token.text.removeprefix("-").replace('"', "") if value else ""
        is_bare = not (token.operator or token.is_quoted or token.is_negated or token.bracket)
        is_number = may_be_number and is_bare and value.isdecimal() and len(value) < 6
        may_be_number = is_bare and value == _AROUND
        within = operator or opened[-1].operator
        if may_be_number or is_number:
            opened[-1].begin_near(value if is_number else "")
        elif token.bracket in (")", "}"):
            _close(opened, ignored)
        elif token.bracket:
            if len(opened) < MOST_DEPTH:
                opened.append(_Open(token.bracket == "{", token.is_negated, within))
        elif is_bare and value in _EITHER:
            opened[-1].is_joined = True
        elif not value or (is_bare and value in _IDLE_WORDS):
            continue
        elif within in KNOWN:
            part = _read_value(within, value, token.is_negated, is_quoted=token.is_quoted)
            _add(opened[-1], part, ignored)
        else:
            ignored.append(f"{within}:")
            opened[-1].is_joined = False
    while len(opened) > 1:
        _close(opened, ignored)
    _end_near(opened[0], ignored)
    return Query(Group(opened[0].parts()), tuple(dict.fromkeys(ignored)))


def _read_value(operator: str, value: str, is_negated: bool, *, is_quoted: bool) -> Part:
    """What an operator is given: a term, or within quotation marks two that are near each other."""
    is_phrase = is_quoted and operator in NEAR_OPERATORS
    pair = _NEAR_IN_ORDER.fullmatch(value) if is_phrase else None
    if pair is None:
        return Term(operator, value, is_negated, is_phrase)
    left, number, right = pair.groups()
    return Near(operator, left, right, int(number or NEAR), is_ordered=True, is_negated=is_negated)


def _add(group: _Open, part: Part, ignored: list[str]) -> None:
    if not group.add(part):
        ignored.append(_AROUND)


def _end_near(group: _Open, ignored: list[str]) -> None:
    """A group ends, and nothing came after its last ``AROUND``."""
    if group.near is not None:
        ignored.append(_AROUND)


@lru_cache(maxsize=256)
def asks_for_inbox(text: str) -> bool:
    """Whether whatever a query finds must be in the inbox."""
    return any(
        isinstance(part, Term) and names_place(part) and part.value.casefold() == "inbox"
        for part in parse_query(text).root.parts
    )


def names_place(term: Term) -> bool:
    """Whether a condition says where a message must be."""
    return term.operator in ("in", "label") and not term.is_negated


def _close(opened: list[_Open], ignored: list[str]) -> None:
    """The end of the innermost group; one that was never begun is passed over."""
    if len(opened) > 1:
        closing = opened.pop()
        _end_near(closing, ignored)
        part = closing.closed()
        if part is not None:
            _add(opened[-1], part, ignored)


def day_ms(value: str, zone: tzinfo | None = None) -> int | None:
    """The moment a day begins, in milliseconds; None for what is no day.

    ``2026/11/21``, ``2026-11-21``, as Gmail reads it also ``11/21/2026``, and seconds since 1970. Days begin
    where the rows' days do: in ``zone``, by default the machine's own, summer time included.
    """
    if re.fullmatch(r"\d{9,13}", value):
        return int(value) * 1000
    day = read_day(value)
    try:
        return None if day is None else int(datetime.combine(day, time(), zone).timestamp() * 1000)
    except (OverflowError, OSError, ValueError):
        # The first and the last days that there are begin outside of what a clock can say.
        return None


def read_day(value: str) -> date | None:
    """A day as a query names it: year first, or month/day/year; None for what is none."""
    found = _DAY.fullmatch(value)
    if found is None:
        return None
    year, month, day = (
        (found["y1"], found["m1"], found["d1"]) if found["y1"] else found.group("y2", "m2", "d2")
    )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


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
