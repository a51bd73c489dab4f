"""What the search field can complete: operators, labels, people, days and sizes.

Pure. The language itself is ``imapcore.gmail.operators``; ``imapcore.gmail.query_lint`` says what Gmail would
misread.
People and dates are handed in: nothing here asks an engine or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from imapcore.gmail.operators import BY_NAME, OPERATORS, STARS, Operator, Takes, label_word
from imapcore.gmail.tokens import word_at
from imapcore.model import Address
from tui.style.fuzzy import match

_AGES: Sequence[str] = ("1d", "7d", "14d", "1m", "3m", "6m", "1y", "2y")
_SIZES: Sequence[str] = ("500K", "1M", "5M", "10M", "25M")
_MOST = 50
"""Completions at most."""


# -- completion ----------------------------------------------------------------------------------------------


class Suggestion(Struct, frozen=True):
    """Something that could stand where the cursor is."""

    text: str
    """What replaces the word under the cursor."""
    about: str = ""
    is_whole: bool = True
    """Whether a space follows; an operator still wants its value."""


class Completions(Struct, frozen=True):
    """What could stand at the cursor, and which part of the query it would replace."""

    start: int
    end: int
    suggestions: tuple[Suggestion, ...] = ()


def complete(
    query: str,
    cursor: int,
    *,
    labels: Sequence[str],
    people: Callable[[str], Sequence[Address]],
    today: date,
) -> Completions:
    """Completions for the word that ends at the cursor, best first."""
    token = word_at(query, cursor)
    if token is None:
        return Completions(cursor, cursor)
    sign = "-" if token.is_negated else ""
    operator = BY_NAME.get(token.operator)
    if operator is not None:
        head = f"{sign}{operator.name}:"
        values = _values(operator, token.value, labels, people, today)
        suggestions = [Suggestion(head + text, about) for text, about in values]
    elif token.operator or token.is_quoted or ":" in token.value:
        suggestions = []
    else:
        suggestions = list(_openings(sign, token.value, people))
    # What is there already is no suggestion.
    found = [each for each in suggestions if each.text.casefold() != token.text.casefold()]
    return Completions(token.start, cursor, tuple(found[:_MOST]))


def _openings(sign: str, word: str, people: Callable[[str], Sequence[Address]]) -> Iterator[Suggestion]:
    """Operators that begin with the word, ways to spell a value with its operator, and people."""
    folded = word.lower()
    for operator in OPERATORS:
        if operator.name.startswith(folded):
            yield Suggestion(f"{sign}{operator.name}:", operator.about, is_whole=False)
    if len(folded) < 2:
        return
    for operator in OPERATORS:
        if operator.takes in (Takes.FIXED, Takes.PLACE):
            for value in operator.values:
                if value.startswith(folded) and value not in STARS:
                    yield Suggestion(f"{sign}{operator.name}:{value}", operator.about)
    for person in people(word)[:5]:
        yield Suggestion(f"{sign}from:{person.email}", person.name)


def _values(
    operator: Operator,
    value: str,
    labels: Sequence[str],
    people: Callable[[str], Sequence[Address]],
    today: date,
) -> Iterator[tuple[str, str]]:
    takes = operator.takes
    folded = value.lower()
    if takes is Takes.PERSON:
        if operator.name in ("from", "to", "cc", "bcc") and "me".startswith(folded):
            yield "me", "yourself"
        for person in people(value):
            yield person.email, person.name
    if takes in (Takes.FIXED, Takes.PLACE):
        for word in operator.values:
            if word.startswith(folded):
                yield word, ""
    if takes in (Takes.LABEL, Takes.PLACE):
        yield from _labels(value, labels)
    elif takes is Takes.AGE:
        digits = folded.rstrip("dmy")
        ages = [digits + unit for unit in "dmy"] if digits.isdigit() else _AGES
        names = {"d": "days", "m": "months", "y": "years"}
        for age in ages:
            if age.startswith(folded):
                yield age, names[age[-1]] if digits.isdigit() else ""
    elif takes is Takes.SIZE:
        sizes = [folded + "K", folded + "M"] if folded.isdigit() else _SIZES
        for size in sizes:
            if size.lower().startswith(folded):
                yield size, ""
    elif takes is Takes.DATE:
        for day, about in _days(today):
            text = f"{day:%Y/%m/%d}"
            if text.startswith(value):
                yield text, about


def _labels(value: str, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    found: list[tuple[int, str]] = []
    for name in labels:
        hit = match(value, name) or match(value, label_word(name))
        if hit is not None:
            found.append((hit.score, name))
    for _score, name in sorted(found):
        yield label_word(name), name


def _days(today: date) -> Iterator[tuple[date, str]]:
    yield today, "today"
    yield today - timedelta(days=1), "yesterday"
    yield today - timedelta(days=today.weekday()), "this week"
    yield today.replace(day=1), "this month"
    yield (today.replace(day=1) - timedelta(days=1)).replace(day=1), "last month"
    yield today.replace(month=1, day=1), "this year"
    yield today.replace(year=today.year - 1, month=1, day=1), "last year"


def accept(query: str, completions: Completions, suggestion: Suggestion) -> tuple[str, int]:
    """The query with a suggestion put in, and where the cursor goes."""
    rest = query[completions.end :]
    space = " " if suggestion.is_whole and not rest.startswith(" ") else ""
    text = query[: completions.start] + suggestion.text + space
    return text + rest, len(text) + (1 if suggestion.is_whole and not space else 0)
