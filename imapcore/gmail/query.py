"""Queries: Gmail's search language, as far as it is understood here.

What lives here: reading a query into a tree of conditions (pure), and whether it asks for the inbox. What may
not: rows, places. Operators the store
cannot answer (attachments' names, list ids, categories …) are told, not guessed: ``Query.ignored``.

Side by side means all of them; ``OR`` (or ``|``) joins its two neighbours only, so that ``a OR b c`` is
``(a OR b) c``, as on Gmail; parentheses group, braces are groups of which one is enough, an operator before
a group is that of every word in it, and ``a AROUND 3 b`` asks for two words with at most three between them
(within quotation marks: the first of them first).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

DAY_MS = 86_400_000
MOST_LETTERS = 4096
MOST_DEPTH = 20
"""Groups within groups; what is nested deeper belongs to the innermost that counts."""

_PERIOD_DAYS = {"d": 1, "m": 30, "y": 365}
_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|([({])|([^\s(){}]+))|([)}])')
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
    for match in _TOKEN.finditer(text[:MOST_LETTERS]):
        minus, named, quoted, bracket, plain, end = match.groups()
        operator = (named or "").lower() or opened[-1].operator
        is_number = may_be_number and plain is not None and plain.isdecimal() and len(plain) < 6
        may_be_number = plain == _AROUND and not named and not minus
        if may_be_number or is_number:
            opened[-1].begin_near(plain if is_number else "")
        elif end is not None:
            _close(opened, ignored)
        elif bracket is not None and len(opened) < MOST_DEPTH:
            opened.append(_Open(bracket == "{", bool(minus), operator))
        elif plain in ("OR", "|") and not named:
            opened[-1].is_joined = True
        elif (value := (quoted or plain or "").strip()) and (named or value not in _IDLE_WORDS):
            if operator in KNOWN:
                _add(opened[-1], _read_value(operator, value, bool(minus), is_quoted=bool(quoted)), ignored)
            else:
                ignored.append(f"{operator}:")
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
