"""What Gmail would silently ignore or misread in a query.

Pure. Each rule is a small function from the words of a query to findings; ``RULES`` is the list of them. A
finding never forbids anything: it is a sentence, and the query can be run as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from imapcore.gmail.operators import BY_NAME, Takes, label_word
from imapcore.gmail.query import read_day
from imapcore.gmail.tokens import Token, read_words


class Finding(Struct, frozen=True):
    """One thing that Gmail would not read as it was meant."""

    start: int
    end: int
    sentence: str


class Query(Struct, frozen=True):
    """A query on its way through the rules."""

    text: str
    tokens: tuple[Token, ...]
    labels: frozenset[str]
    """Label names as search spells them."""


_OR = dict.fromkeys(
    ("or", "Or"), "A small “or” is searched for as a word; OR in capitals means either"
) | dict.fromkeys(("|", "||"), "OR, in capitals, means either")
_AND = frozenset(("and", "And", "&", "&&", "+"))
_JOINING = frozenset(("OR", "AND", *_OR, *_AND))
"""What is put between two conditions: no word that belongs to the one before it."""

Rule = Callable[[Query], Iterator[Finding]]
_DATE = re.compile(r"(\d{4})([/-])(\d{1,2})\2(\d{1,2})|(\d{1,2})([/-])(\d{1,2})\6(\d{4})|\d{9,13}")
_AGE = re.compile(r"\d+[dmy]", re.IGNORECASE)
_SIZE = re.compile(r"\d+([km]b?)?", re.IGNORECASE)
_LONGEST = 2000
_NOT_OVER_IMAP = {("in", "snoozed"), ("is", "snoozed"), ("in", "scheduled"), ("in", "chats"), ("is", "chat")}
"""Gmail knows these on the web and keeps them to itself here."""


def lint(query: str, labels: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Findings in the order of the query; ``labels`` are the account's label names."""
    if len(query) > _LONGEST:
        return (Finding(0, len(query), f"A query of {len(query):,} characters is more than Gmail reads"),)
    read = Query(query, tuple(read_words(query)), frozenset(label_word(name) for name in labels))
    found = [finding for rule in RULES for finding in rule(read)]
    return tuple(sorted(found, key=lambda finding: finding.start))


def _at(token: Token, sentence: str) -> Finding:
    return Finding(token.start, token.end, sentence)


def _unclosed(query: Query) -> Iterator[Finding]:
    """Quotation marks and brackets that are opened and not closed, or the other way round."""
    if query.text.count('"') % 2:
        at = query.text.rfind('"')
        yield Finding(at, len(query.text), "The quotation mark is not closed")
    outside = re.sub(r'"[^"]*"?', lambda found: " " * len(found.group()), query.text)
    for opening, closing in ("()", "{}"):
        depth = 0
        for index, character in enumerate(outside):
            depth += (character == opening) - (character == closing)
            if depth < 0:
                yield Finding(index, index + 1, f"There is a {closing} without its {opening}")
                depth = 0
        if depth:
            at = outside.rfind(opening)
            yield Finding(at, at + 1, f"The {opening} is not closed")


def _unknown_operators(query: Query) -> Iterator[Finding]:
    for token in query.tokens:
        if token.operator and token.operator not in BY_NAME:
            near = get_close_matches(token.operator, BY_NAME, n=1, cutoff=0.6)
            meant = f"; did you mean {near[0]}: ?" if near else ""
            yield _at(token, f"Gmail has no {token.operator}: and searches for the word{meant}")


def _empty_values(query: Query) -> Iterator[Finding]:
    for token in query.tokens:
        if token.operator in BY_NAME and not token.value:
            follows = query.text[token.end : token.end + 1]
            if follows in ("(", "{"):
                continue
            if follows == " " and token.end < len(query.text.rstrip()):
                yield _at(token, f"The space parts {token.operator}: from what it should look for")
            elif token.end < len(query.text):
                yield _at(token, f"{token.operator}: takes {BY_NAME[token.operator].takes.value}")


def _fixed_values(query: Query) -> Iterator[Finding]:
    for token in query.tokens:
        operator = BY_NAME.get(token.operator)
        if operator is None or not token.value:
            continue
        value = token.value.lower()
        if (token.operator, value) in _NOT_OVER_IMAP:
            yield _at(token, f"Gmail does not show {value} mail over IMAP: this finds nothing")
        elif operator.takes is Takes.FIXED and value not in operator.values:
            near = get_close_matches(value, operator.values, n=1, cutoff=0.6)
            meant = f"; did you mean {operator.name}:{near[0]} ?" if near else ""
            yield _at(token, f"Gmail has no {operator.name}:{token.value} and finds nothing{meant}")
        elif operator.takes is Takes.PLACE and value not in operator.values:
            if label_word(value) not in query.labels and not value.startswith("^"):
                yield _at(token, f"There is no place or label “{token.value}”")
        elif operator.takes is Takes.LABEL and query.labels and label_word(value) not in query.labels:
            near = get_close_matches(label_word(value), sorted(query.labels), n=1, cutoff=0.6)
            meant = f"; did you mean label:{near[0]} ?" if near else ""
            yield _at(token, f"There is no label “{token.value}”{meant}")


def _dates_and_numbers(query: Query) -> Iterator[Finding]:
    for token in query.tokens:
        operator = BY_NAME.get(token.operator)
        if operator is None or not token.value:
            continue
        value = token.value
        if operator.takes is Takes.AGE and not _AGE.fullmatch(value):
            weeks = re.fullmatch(r"(\d{1,4})w", value, re.IGNORECASE)
            way = f"{int(weeks.group(1)) * 7}d" if weeks else "7d, 3m or 1y"
            yield _at(token, f"Gmail counts in days, months and years: {operator.name}:{way}")
        elif operator.takes is Takes.SIZE and not _SIZE.fullmatch(value):
            yield _at(token, f"Gmail takes bytes, K or M: {operator.name}:5M")
        elif operator.takes is Takes.DATE:
            yield from _date(token)


def _date(token: Token) -> Iterator[Finding]:
    found = _DATE.fullmatch(token.value)
    if found is None:
        yield _at(token, f"Gmail reads dates as year/month/day: {token.operator}:2026/01/31")
        return
    if found.group(1) is None and found.group(5) is None:
        return
    day = read_day(token.value)
    if day is None:
        yield _at(token, f"There is no such date; Gmail reads year/month/day: {token.operator}:2026/01/31")
    elif found.group(5) and day.day <= 12 and day.month != day.day:
        yield _at(token, f"Gmail reads {token.value} as month/day/year; year/month/day is certain")


def _joins_conditions(token: Token, before: Token, after: Token) -> bool:
    """Whether "and" stands between conditions, not within a name: two words may well be "salt and pepper"."""
    return not token.text.isalpha() or bool(before.operator or after.operator)


def _words_that_are_no_operators(query: Query) -> Iterator[Finding]:
    words = list(query.tokens)
    for index, token in enumerate(words):
        if token.operator or token.is_quoted:
            continue
        inside = 0 < index < len(words) - 1
        if token.text in _OR and inside:
            yield _at(token, _OR[token.text])
        elif inside and token.text in _AND and _joins_conditions(token, words[index - 1], words[index + 1]):
            yield _at(token, f"AND is implied: leave “{token.text}” out, it is searched for as a word")
        elif token.text == "NOT" and index < len(words) - 1:
            yield _at(token, "Gmail has no NOT: a - right before the word leaves it out")
        elif token.text == "-":
            yield _at(token, "The - must stand right before the word it leaves out")
        elif "*" in token.text.strip("*") or (token.text.endswith("*") and len(token.text) > 1):
            yield _at(token, "Gmail finds whole words; * stands for nothing")
    if words and words[0].text == "OR":
        yield _at(words[0], "OR stands between two words")
    elif len(words) > 1 and words[-1].text == "OR":
        yield _at(words[-1], "OR stands between two words")


def _only_the_first_word(query: Query) -> Iterator[Finding]:
    """``subject:two words`` looks for the second one anywhere."""
    for token, following in zip(query.tokens, query.tokens[1:], strict=False):
        if token.operator not in ("subject", "from", "to", "cc", "filename") or not token.value:
            continue
        between = query.text[token.end : following.start]
        is_plain = not (following.operator or following.is_negated or following.text in _JOINING)
        if between.strip() or token.is_quoted or not is_plain or following.is_quoted:
            continue
        if token.operator == "subject" or "@" not in token.value:
            text = f"{token.operator}:({token.value} {following.text})"
            yield _at(following, f"“{following.text}” is searched for anywhere; {text} keeps both together")


def _ignored_lists(query: Query) -> Iterator[Finding]:
    for found in re.finditer(r"-(\w+):[({]", query.text):
        if found.group(1).lower() in BY_NAME:
            name = found.group(1).lower()
            yield Finding(
                found.start(),
                found.end(),
                f"Gmail was seen to ignore a list after -{name}: ; write -{name}: before each",
            )


RULES: tuple[Rule, ...] = (
    _unclosed,
    _unknown_operators,
    _empty_values,
    _fixed_values,
    _dates_and_numbers,
    _words_that_are_no_operators,
    _only_the_first_word,
    _ignored_lists,
)
"""Every rule, in no particular order: findings are sorted by where they stand."""
