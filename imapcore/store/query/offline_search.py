"""Find: the offline search over what is stored.

What lives here: from a query's terms to SQL conditions over words, marks, dates and sizes. What may not:
writing, the server's own search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

from msgspec import Struct

from imapcore.gmail.query import (
    WORD_OPERATORS,
    Group,
    Near,
    Part,
    Term,
    day_ms,
    octets,
    parse_query,
    period_ms,
)
from imapcore.model import Role
from imapcore.store.marks.values import (
    ALL,
    DRAFT,
    HAS_ATTACHMENT,
    HAS_INVITE,
    IMPORTANT,
    SEEN,
    STARRED,
    VIEW_OF_ROLE,
)
from imapcore.store.query.fulltext import has_phrase, is_near, match_words
from imapcore.store.query.scope import scope_of
from imapcore.store.sqlite.connection import Rows, listed

Condition = tuple[str, tuple[Any, ...]]
ANYWHERE = "anywhere"

NEAR_AMONG = 20_000
"""Messages that have both words; of so many, the newest, it is seen whether they are near each other."""

_HEADERS = {"from": "$[0]", "to": "$[1]", "cc": "$[2]", "bcc": "$[3]"}
"""Where the people of a header stand among those of a message."""

_IN = {role.value: number for role, number in VIEW_OF_ROLE.items()} | {"draft": DRAFT, "mail": ALL}
_IS = {
    "unread": (SEEN, False),
    "read": (SEEN, True),
    "starred": (STARRED, True),
    "important": (IMPORTANT, True),
}
_HAS = {"attachment": HAS_ATTACHMENT, "invite": HAS_INVITE}


class Found(Struct, frozen=True):
    """What the offline search found."""

    msgids: tuple[int, ...]
    """Newest first."""
    ignored: tuple[str, ...] = ()
    """Operators the store cannot answer; a word to the user is due."""


def find(rows: Rows, query: str, limit: int, zone: tzinfo | None = None) -> Found:
    """Search the store. Spam and Trash are left out unless the query names them, as Gmail does.

    Days are those of ``zone``, by default the machine's own: the days that the rows show.
    """
    parsed = parse_query(query)
    reading = _Reading(rows, list(parsed.ignored), zone)
    conditions: list[Condition] = []
    words: list[str] = []
    for part in parsed.root.parts:
        sought = _match(part)
        if sought:
            words.append(sought)
        if not sought or _is_addressed(part):
            if sought and isinstance(part, Term) and part.operator in _HEADERS:
                condition: Condition | None = _addressed(part)
            else:
                condition = reading.of(part)
            if condition is not None:
                conditions.append(condition)
    if not conditions and not words:
        return Found((), tuple(reading.ignored))
    conditions.append(_any_mark(set(scope_of(query).places)))
    if words:
        # The index gives its rows in the order of msgids: a common word costs no more than a rare one.
        # Msgids follow INTERNALDATE; where they should not, the order of results is all that suffers.
        conditions.insert(0, ("words MATCH ?", (" AND ".join(words),)))
        source = "words JOIN message ON message.msgid = words.rowid"
        order = "words.rowid DESC"
    else:
        source, order = "message", "state.date DESC, message.msgid DESC"
    where = " AND ".join(f"({text})" for text, _ in conditions)
    found = rows(
        f"SELECT message.msgid FROM {source} JOIN state ON state.thrid = message.thrid "
        f"AND state.msgid = message.msgid WHERE {where} ORDER BY {order} LIMIT ?",
        (*(value for _, parameters in conditions for value in parameters), limit),
    )
    return Found(tuple(row[0] for row in found), tuple(reading.ignored))


def _match(part: Part) -> str:
    """What the index is asked for a part that only names words: it drives the search. "" for any other."""
    if part.is_negated:
        return ""
    if isinstance(part, Near):
        return f"({_match_near(part)})" if _match_near(part) else ""
    if isinstance(part, Term):
        words = _match_term(part) if _is_words(part) else ""
        return f"({words})" if words else ""
    each = [_match(inner) for inner in part.parts]
    return f"({(' OR ' if part.is_any else ' AND ').join(each)})" if all(each) else ""


def _match_near(near: Near) -> str:
    """Both words, wherever they are; "" if either is none."""
    both = [match_words(each, WORD_OPERATORS[near.operator]) for each in (near.left, near.right)]
    return " AND ".join(both) if all(both) else ""


def _match_term(term: Term) -> str:
    return match_words(term.value, WORD_OPERATORS[term.operator], is_exact=term.is_phrase)


def _is_words(term: Term) -> bool:
    return term.operator in WORD_OPERATORS


def _is_addressed(part: Part) -> bool:
    """Whether the index alone does not tell: which header a name is in, where words stand."""
    if isinstance(part, Near):
        return True
    if isinstance(part, Term):
        return part.operator in _HEADERS or part.is_phrase
    return any(_is_addressed(inner) for inner in part.parts)


class _Reading:
    """Parts of a query as SQL conditions; what cannot be answered is noted."""

    def __init__(self, rows: Rows, ignored: list[str], zone: tzinfo | None) -> None:
        self._rows = rows
        self._zone = zone
        self.ignored = ignored

    def of(self, part: Part) -> Condition | None:
        """The condition of a part; None when nothing of it can be answered."""
        if isinstance(part, Group):
            found = self._group(part)
        else:
            found = self._near(part) if isinstance(part, Near) else self._term(part)
        if found is None or not part.is_negated:
            return found
        text, parameters = found
        return f"NOT coalesce({text}, 0)", parameters

    def _group(self, group: Group) -> Condition | None:
        found = [condition for part in group.parts if (condition := self.of(part)) is not None]
        if not found:
            return None
        text = (" OR " if group.is_any else " AND ").join(f"({each})" for each, _ in found)
        return f"({text})", tuple(value for _, parameters in found for value in parameters)

    def _near(self, near: Near) -> Condition | None:
        def is_so(text: str) -> bool:
            return is_near(text, near.left, near.right, near.distance, is_ordered=near.is_ordered)

        words = _match_near(near)
        return _one_of(self._standing(words, near.operator, is_so)) if words else None

    def _phrase(self, term: Term) -> Condition | None:
        def is_so(text: str) -> bool:
            return has_phrase(text, term.value)

        words = _match_term(term)
        if not words:
            return None
        found = self._standing(words, term.operator, is_so)
        if not term.operator:
            found |= self._named(match_words(term.value, "people", is_exact=True), is_so)
        return _one_of(found)

    def _standing(self, words: str, operator: str, is_so: Callable[[str], bool]) -> set[int]:
        """Messages whose words stand so, of those that have them: the index keeps no positions."""
        snippet = "''" if operator == "subject" else "coalesce(message.snippet, '')"
        candidates = self._rows(
            f"SELECT message.msgid, message.subject, {snippet} FROM words "
            "JOIN message ON message.msgid = words.rowid WHERE words MATCH ? "
            "ORDER BY words.rowid DESC LIMIT ?",
            (words, NEAR_AMONG),
        )
        return {msgid for msgid, *texts in candidates if any(is_so(text) for text in texts)}

    def _named(self, words: str, is_so: Callable[[str], bool]) -> set[int]:
        """Messages that name somebody of whose name or address it is so."""
        candidates = self._rows(
            "SELECT message.msgid, name, email FROM (SELECT rowid AS found FROM words WHERE words MATCH ? "
            "ORDER BY rowid DESC LIMIT ?) JOIN message ON message.msgid = found, "
            "json_tree(message.people) AS one JOIN address ON address_id = one.atom",
            (words, NEAR_AMONG),
        )
        return {msgid for msgid, *texts in candidates if any(is_so(text) for text in texts)}

    def _term(self, term: Term) -> Condition | None:
        found = self._phrase(term) if term.is_phrase else _condition(self._rows, term, self._zone)
        if found is None:
            self.ignored.append(f"{term.operator}:{term.value}" if term.operator else term.value)
        return found


def _one_of(msgids: Iterable[int]) -> Condition:
    return "message.msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)


def _addressed(term: Term) -> Condition:
    """The index knows who is named, not where: this looks into the header that is meant."""
    given = [
        word.casefold() for word in term.value.removeprefix("+").replace("<", " ").replace(">", " ").split()
    ]
    test = " AND ".join(["instr(lower(name || ' ' || email), ?) > 0"] * len(given)) or "1"
    named = "json_each(message.people, ?) AS one JOIN address ON address_id = one.value"
    return f"EXISTS (SELECT 1 FROM {named} WHERE {test})", (_HEADERS[term.operator], *given)


def _any_mark(marks: set[int]) -> Condition:
    numbers = ",".join(str(mark) for mark in sorted(marks))
    sets = f"SELECT set_id FROM mark_set, json_each(mark_set.marks) AS one WHERE one.value IN ({numbers})"
    return f"shown IN ({sets})", ()


def _condition(rows: Rows, term: Term, zone: tzinfo | None) -> Condition | None:
    value = term.value.lower()
    if _is_words(term):
        words = _match_term(term)
        if not words:
            return None
        text, parameters = _addressed(term) if term.operator in _HEADERS else ("1", ())
        return f"message.msgid IN (SELECT rowid FROM words WHERE words MATCH ?) AND {text}", (
            words,
            *parameters,
        )
    if term.operator == "in" and value == ANYWHERE:
        return "1", ()
    if term.operator in ("in", "label"):
        return _labelled(rows, term)
    if term.operator == "is" and value in _IS:
        mark, has_it = _IS[value]
        text, parameters = _any_mark({mark})
        return (text if has_it else f"NOT {text}", parameters)
    if term.operator == "has" and value in _HAS:
        return (f"bits & {_HAS[value]} <> 0", ())
    if term.operator == "rfc822msgid":
        return ("message_id IN (?, ?)", (term.value, f"<{term.value}>"))
    return _measured(rows, term, zone)


def _labelled(rows: Rows, term: Term) -> Condition | None:
    value = term.value.lower()
    if value in _IN:
        return _any_mark({_IN[value]})
    # Gmail writes spaces and slashes of a label as hyphens in a query.
    found = [
        row[0]
        for row in rows("SELECT mark_id, shown_name FROM mark WHERE kind = 'label'", ())
        if _hyphened(row[1]) == _hyphened(term.value)
    ]
    return _any_mark(set(found)) if found else ("0", ())


def _hyphened(name: str) -> str:
    return name.casefold().replace(" ", "-").replace("/", "-")


_DATES = {"before": "<", "older": "<", "after": ">=", "newer": ">="}
_SIZES = {"larger": ">", "size": ">", "smaller": "<"}


def _measured(rows: Rows, term: Term, zone: tzinfo | None) -> Condition | None:
    value = term.value.lower()
    if term.operator in _DATES:
        moment = day_ms(value, zone)
        return None if moment is None else (f"state.date {_DATES[term.operator]} ?", (moment,))
    if term.operator in ("older_than", "newer_than"):
        period = period_ms(value)
        if period is None:
            return None
        # The newest message is the present: a store that was offline for a week finds the last days.
        newest = rows(
            "SELECT coalesce(max(date), 0) FROM entry WHERE view_id = ?", (VIEW_OF_ROLE[Role.ALL],)
        )[0][0]
        return (f"state.date {'<' if term.operator == 'older_than' else '>='} ?", (newest - period,))
    if term.operator in _SIZES:
        number = octets(value)
        return None if number is None else (f"size {_SIZES[term.operator]} ?", (number,))
    return None
