"""Queries: the part of Gmail's search language that can be answered from the store.

What lives here: reading a query into conditions (pure). What may not: rows. Operators the store cannot
answer (attachments' names, list ids, categories …) are told, not guessed: ``Query.ignored``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

DAY_MS = 86_400_000
_PERIOD_DAYS = {"d": 1, "m": 30, "y": 365}
_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|\(([^()]*)\)?|(\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: an operator with its value ("" for plain words)."""

    operator: str
    value: str
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query as far as it was understood."""

    terms: tuple[Term, ...]
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


def parse_query(text: str) -> Query:
    """Read a query; never fails, what cannot be understood is listed in ``ignored``."""
    terms: list[Term] = []
    ignored: list[str] = []
    for match in _TOKEN.finditer(text[:4096]):
        minus, operator, quoted, group, plain = match.groups()
        value = next((part for part in (quoted, group, plain) if part is not None), "").strip()
        operator = (operator or "").lower()
        if not value or (not operator and value in ("AND", "OR", "AROUND")):
            if value == "OR":
                ignored.append("OR")
            continue
        if operator not in KNOWN:
            ignored.append(f"{operator}:")
            continue
        terms.append(Term(operator, value, bool(minus)))
    return Query(tuple(terms), tuple(ignored))


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
