"""Windows: the rows of a view around a place, read in one step.

What lives here: the statements behind ``Reader.window`` and how their one JSON text becomes rows. What may
not: OFFSET beyond one slice of time, counting of rows.

One step, because sqlite3 gives the interpreter lock up at every step: beside a busy thread a hundred steps
take a hundred waits. A row's index in its view is the sum of the newer slices in ``tally`` and a count
inside one slice.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from imapcore.model import (
    Around,
    At,
    Bottom,
    ChangeState,
    Person,
    Place,
    ThreadRow,
    View,
)
from imapcore.store.marks import DRAFT, IMPORTANT, INBOX, STARRED
from imapcore.store.people import IS_DRAFT, IS_ME, IS_UNREAD
from imapcore.store.threads import HAS_ATTACHMENT, HAS_INVITE, IS_PENDING, IS_REJECTED, SLICE_BITS

_ROWS = """(SELECT '[' || coalesce(group_concat('[' || e.date || ',' || e.thrid || ',' || c.count || ','
 || c.unread || ',' || c.marks || ',' || c.bits || ',' || json_quote(c.subject) || ','
 || json_quote(c.snippet) || ',' || c.people || ',' || c.recipients || ']'), '') || ']'
 FROM (SELECT * FROM picked ORDER BY date DESC, thrid DESC) AS e
 JOIN conversation AS c ON c.conversation_id = e.conversation_id)"""

_COUNTS = """coalesce((SELECT total FROM view_count WHERE view_id = :view), 0),
 coalesce((SELECT unread FROM view_count WHERE view_id = :view), 0),
 coalesce((SELECT value FROM meta WHERE key = 'names'), 0),
 coalesce(CASE WHEN :view < 0 THEN (SELECT is_complete FROM search WHERE search_id = -:view) ELSE
 (SELECT is_complete FROM sync_state WHERE place = CASE WHEN :view <= 3 THEN :view ELSE 1 END) END, 0)"""

_KEYS = "SELECT date, thrid, conversation_id FROM entry WHERE view_id = :view{only}"

_TOP = f"""WITH picked AS MATERIALIZED ({_KEYS} ORDER BY date DESC, thrid DESC LIMIT :size)
SELECT 0, {_COUNTS}, {_ROWS}"""

_BOTTOM = f"""WITH picked AS MATERIALIZED ({_KEYS} ORDER BY date, thrid LIMIT :size)
SELECT -(SELECT count(*) FROM picked), {_COUNTS}, {_ROWS}"""

# Half of the rows above the key, its own and the rest below; where one side is short, the other gives more.
_AROUND = f"""WITH
newer AS MATERIALIZED ({_KEYS} AND (date, thrid) > (:date, :thrid) ORDER BY date, thrid LIMIT :size),
older AS MATERIALIZED ({_KEYS} AND (date, thrid) <= (:date, :thrid)
    ORDER BY date DESC, thrid DESC LIMIT :size),
above AS MATERIALIZED (SELECT * FROM newer ORDER BY date, thrid
    LIMIT max(:half, :size - (SELECT count(*) FROM older))),
picked AS MATERIALIZED (SELECT * FROM above UNION ALL
    SELECT * FROM (SELECT * FROM older ORDER BY date DESC, thrid DESC
    LIMIT :size - (SELECT count(*) FROM above)))
SELECT (SELECT coalesce(sum({{count}}), 0) FROM tally WHERE view_id = :view AND slice > :slice)
 + (SELECT count(*) FROM entry WHERE view_id = :view{{only}} AND (date, thrid) > (:date, :thrid)
    AND date < (:slice + 1) << {SLICE_BITS})
 - (SELECT count(*) FROM above), {_COUNTS}, {_ROWS}"""

# The slice an index falls into is found by summing; what is skipped then lies within that one slice.
_AT = f"""WITH
bound AS MATERIALIZED (SELECT max(0, min(:index,
    coalesce((SELECT {{count}} FROM view_count WHERE view_id = :view), 0) - :size)) AS number),
sums AS (SELECT slice, {{count}} AS here, sum({{count}}) OVER (ORDER BY slice DESC) AS upto FROM tally
    WHERE view_id = :view),
start AS MATERIALIZED (SELECT slice, upto - here AS before FROM sums WHERE upto > (SELECT number FROM bound)
    ORDER BY slice DESC LIMIT 1),
picked AS MATERIALIZED ({_KEYS} AND date < ((SELECT slice FROM start) + 1) << {SLICE_BITS}
    ORDER BY date DESC, thrid DESC
    LIMIT :size OFFSET (SELECT number FROM bound) - coalesce((SELECT before FROM start), 0))
SELECT (SELECT number FROM bound), {_COUNTS}, {_ROWS}"""


@dataclass(frozen=True, slots=True)
class RawWindow:
    """What one statement gave."""

    first: int
    total: int
    unread: int
    names_version: int
    is_complete: bool
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class SetFace:
    """What a set of marks means for a row."""

    labels: tuple[str, ...]
    is_in_inbox: bool
    is_starred: bool
    is_important: bool
    has_draft: bool


def window_statement(view: View, view_id: int, place: Place, size: int) -> tuple[str, dict[str, int]]:
    """The statement and its parameters for a place in a view."""
    only = " AND is_unread = 1" if view.is_unread_only else ""
    count = "unread" if view.is_unread_only else "total"
    parameters = {"view": view_id, "size": size}
    match place:
        case Around(key=(date, thrid)):
            statement = _AROUND
            parameters |= {"date": date, "thrid": thrid, "half": size // 2, "slice": date >> SLICE_BITS}
        case At(index=index):
            statement = _AT
            parameters |= {"index": index}
        case Bottom():
            statement = _BOTTOM
        case _:
            statement = _TOP
    return _filled(statement, only, count), parameters


@lru_cache(maxsize=32)
def _filled(statement: str, only: str, count: str) -> str:
    return statement.replace("{only}", only).replace("{count}", count)


def read_raw(row: tuple[Any, ...], *, is_unread_only: bool) -> RawWindow:
    """A window from the statement's one row."""
    first, total, unread, version, is_complete, text = row
    shown = unread if is_unread_only else total
    rows = json.loads(text)
    return RawWindow(first + shown if first < 0 else first, shown, unread, version, bool(is_complete), rows)


PICKED = f"""WITH picked AS MATERIALIZED (SELECT * FROM entry WHERE view_id = :view AND (date, thrid) IN
 (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys)))
SELECT 0, {_COUNTS}, {_ROWS}"""
"""The rows of given keys: for a view narrowed by words, whose keys were found before."""


def thread_row(raw: list[Any], faces: Mapping[int, SetFace]) -> ThreadRow:
    """One conversation from its JSON."""
    date, thrid, count, unread, marks, bits, subject, snippet, people, recipients = raw
    marked = faces[marks]
    return ThreadRow(
        thrid,
        date,
        count,
        unread,
        subject,
        snippet,
        tuple([person(name, flags) for name, flags in people]),
        tuple(recipients),
        marked.labels,
        marked.is_in_inbox,
        marked.is_starred,
        marked.is_important,
        bits & HAS_ATTACHMENT != 0,
        bits & HAS_INVITE != 0,
        marked.has_draft,
        state_of(bits),
    )


@lru_cache(maxsize=8192)
def person(name: str, bits: int) -> Person:
    """Somebody in a row; the same few people are on most rows."""
    return Person(name, bits & IS_ME != 0, bits & IS_UNREAD != 0, bits & IS_DRAFT != 0)


def state_of(bits: int) -> ChangeState:
    """What the journal knows of a conversation."""
    if bits & IS_PENDING:
        return ChangeState.PENDING
    return ChangeState.REJECTED if bits & IS_REJECTED else ChangeState.SETTLED


def set_face(ids: Sequence[int], labels: Mapping[int, str]) -> SetFace:
    """What a set means, given the names of the user's labels."""
    return SetFace(
        tuple(sorted(labels[mark] for mark in ids if mark in labels)),
        INBOX in ids,
        STARRED in ids,
        IMPORTANT in ids,
        DRAFT in ids,
    )


def first_index(keys: Sequence[tuple[Any, ...]], place: Place, size: int) -> int:
    """Where a window begins in a list of keys, newest first."""
    last = max(0, len(keys) - size)
    match place:
        case Around(key=key):
            above = bisect_left(keys, (-key[0], -key[1]), key=lambda each: (-each[0], -each[1]))
            return max(0, min(above - size // 2, last))
        case At(index=index):
            return max(0, min(index, last))
        case Bottom():
            return last
        case _:
            return 0
