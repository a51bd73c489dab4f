"""Windows: the rows of a view around a position, read in one step.

What lives here: the statements behind ``Reader.window`` and how their one JSON text becomes rows. What may
not: OFFSET beyond one slice of time, counting of rows.

The theory. A window is asked for by key (the row at the top of the screen), by index (the scrollbar was
dragged), or by an end of the view. Whichever it is, the answer is ONE row of one column of JSON and six
numbers, because sqlite3 gives the interpreter's lock up at every step of a statement: beside a busy thread a
hundred rows fetched one by one wait a hundred times.

Each statement has the same three parts:

- ``picked``: the keys of the window. By key: half a window above and half below, and where one side is short
  the other gives more (``_AROUND``). By index: the span that the index falls into is found by summing
  counters from the newest on, then the slice in it, and only what is left is skipped by OFFSET (``_AT``); see
  ``view_index`` for slices and spans. MATERIALIZED everywhere: SQLite would otherwise compute a part anew for
  each place that uses it.
- the index of the first picked row in its view: spans newer than the key, slices newer than the key in its
  span, and entries newer than the key in its slice.
- ``_ROWS``: for each key the conversation's stored text and the states of its messages as one short text
  (``set * 4 + change state``), from which ``row_state`` derives count, unread, labels and star. In the order
  of ``picked``, which CROSS JOIN keeps as the outer loop.

``{table}`` and ``{count}`` are filled in: a view of what is unread reads ``unread`` and its counters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from imapcore.model import (
    Around,
    At,
    Bottom,
    Person,
    Place,
    ThreadRow,
    View,
)
from imapcore.store.marks.values import HAS_ATTACHMENT, HAS_INVITE
from imapcore.store.threads.people import IS_DOUBTFUL, IS_DRAFT, IS_ME
from imapcore.store.threads.row_state import RowState
from imapcore.store.threads.view_index import SLICE_BITS, SPAN_BITS

# In the order of ``picked``: it is the outer loop.
_ROWS = """(SELECT '[' || coalesce(group_concat('[' || e.date || ',' || e.thrid || ',' || e.place || ','
 || c.row || ',"' || (SELECT group_concat(s.shown * 4 + s.mood) || '","' || group_concat(s.sender)
 from state AS s WHERE s.thrid = e.thrid) || '"]'), '') || ']'
 from picked AS e CROSS JOIN conversation AS c ON c.conversation_id = e.conversation_id)"""

_COUNTS = """coalesce((SELECT total FROM view_count WHERE view_id = :view), 0),
 coalesce((SELECT unread FROM view_count WHERE view_id = :view), 0),
 coalesce((SELECT value FROM meta WHERE key = 'names'), 0),
 coalesce(CASE WHEN :view < 0 THEN (SELECT is_complete FROM search WHERE search_id = -:view) ELSE
 (SELECT is_complete FROM sync_state WHERE place = CASE WHEN :view <= 3 THEN :view ELSE 1 END) END, 0)"""

_KEYS = "SELECT date, thrid, conversation_id, place FROM {table} WHERE view_id = :view"

_NEWEST_FIRST = "ORDER BY date DESC, thrid DESC"

_TOP = f"""WITH picked AS MATERIALIZED ({_KEYS} {_NEWEST_FIRST} LIMIT :size)
SELECT 0, {_COUNTS}, {_ROWS}"""

_BOTTOM = f"""WITH picked AS MATERIALIZED (
    SELECT * FROM ({_KEYS} ORDER BY date, thrid LIMIT :size) {_NEWEST_FIRST})
SELECT -(SELECT count(*) FROM picked), {_COUNTS}, {_ROWS}"""

_DEPTH = SPAN_BITS - SLICE_BITS

# Half of the rows above the key, its own and the rest below; where one side is short, the other gives more.
_AROUND = f"""WITH
newer AS MATERIALIZED ({_KEYS} AND (date, thrid) > (:date, :thrid) ORDER BY date, thrid LIMIT :size),
older AS MATERIALIZED ({_KEYS} AND (date, thrid) <= (:date, :thrid) {_NEWEST_FIRST} LIMIT :size),
above AS MATERIALIZED (SELECT * FROM newer ORDER BY date, thrid
    LIMIT max(:half, :size - (SELECT count(*) FROM older))),
picked AS MATERIALIZED (SELECT * FROM (SELECT * FROM above UNION ALL
    SELECT * FROM (SELECT * FROM older {_NEWEST_FIRST} LIMIT :size - (SELECT count(*) FROM above)))
    {_NEWEST_FIRST})
SELECT (SELECT coalesce(sum({{count}}), 0) FROM span WHERE view_id = :view AND slice > :slice >> {_DEPTH})
 + (SELECT coalesce(sum({{count}}), 0) FROM tally WHERE view_id = :view AND slice > :slice
    AND slice < ((:slice >> {_DEPTH}) + 1) << {_DEPTH})
 + (SELECT count(*) FROM {{table}} WHERE view_id = :view AND (date, thrid) > (:date, :thrid)
    AND date < (:slice + 1) << {SLICE_BITS})
 - (SELECT count(*) FROM above), {_COUNTS}, {_ROWS}"""

# The span an index falls into is found by summing, then the slice; what is skipped lies within that slice.
_AT = f"""WITH
bound AS MATERIALIZED (SELECT max(0, min(:index,
    coalesce((SELECT {{count}} FROM view_count WHERE view_id = :view), 0) - :size)) AS number),
spans AS (SELECT slice, {{count}} AS here,
    sum({{count}}) OVER (ORDER BY slice DESC ROWS UNBOUNDED PRECEDING) AS upto
    from span WHERE view_id = :view),
spanned AS MATERIALIZED (SELECT slice, upto - here AS before FROM spans
    WHERE upto > (SELECT number FROM bound) ORDER BY slice DESC LIMIT 1),
slices AS (SELECT slice, {{count}} AS here, (SELECT before FROM spanned)
    + sum({{count}}) OVER (ORDER BY slice DESC ROWS UNBOUNDED PRECEDING) AS upto FROM tally
    WHERE view_id = :view AND slice >= (SELECT slice FROM spanned) << {_DEPTH}
    AND slice < ((SELECT slice FROM spanned) + 1) << {_DEPTH}),
start AS MATERIALIZED (SELECT slice, upto - here AS before FROM slices
    WHERE upto > (SELECT number FROM bound) ORDER BY slice DESC LIMIT 1),
picked AS MATERIALIZED ({_KEYS} AND date < ((SELECT slice FROM start) + 1) << {SLICE_BITS} {_NEWEST_FIRST}
    LIMIT :size OFFSET (SELECT number FROM bound) - coalesce((SELECT before FROM start), 0))
SELECT (SELECT number FROM bound), {_COUNTS}, {_ROWS}"""

PICKED = f"""WITH picked AS MATERIALIZED (SELECT * FROM entry WHERE view_id = :view AND (date, thrid) IN
 (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:keys))
 {_NEWEST_FIRST})
SELECT 0, {_COUNTS}, {_ROWS}"""
"""The rows of given keys: for a view narrowed by words, whose keys were found before."""


class RawText(Struct, array_like=True):
    """What is stored of a row, as ``view_index`` writes it."""

    bits: int
    subject: str
    snippet: str
    people: list[tuple[str, int, list[int]]]
    """Name, bits, the addresses behind it."""
    recipients: tuple[str, ...]


class RawRow(Struct, array_like=True):
    """One conversation as the statement's JSON tells it."""

    date: int
    thrid: int
    place: int
    text: RawText
    states: str
    """What its messages show, and their ``change_state``: as ``set_ids`` reads it."""
    senders: str
    """Addresses of its messages, in the order of the states."""


class RawWindow(Struct, frozen=True):
    """What one statement gave."""

    first: int
    total: int
    unread: int
    names_version: int
    is_complete: bool
    rows: list[RawRow]


_ROWS_OF_TEXT = Decoder(list[RawRow])


def window_statement(view: View, view_id: int, place: Place, size: int) -> tuple[str, dict[str, int]]:
    """The statement and its parameters for a place in a view."""
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
    return _filled(statement, is_unread_only=view.is_unread_only), parameters


@lru_cache(maxsize=32)
def _filled(statement: str, *, is_unread_only: bool) -> str:
    table, count = ("unread", "unread") if is_unread_only else ("entry", "total")
    return statement.replace("{table}", table).replace("{count}", count)


def read_raw(row: tuple[Any, ...], *, is_unread_only: bool) -> RawWindow:
    """A window from the statement's one row."""
    first, total, unread, version, is_complete, text = row
    shown = unread if is_unread_only else total
    rows = _ROWS_OF_TEXT.decode(text)
    return RawWindow(first + shown if first < 0 else first, shown, unread, version, bool(is_complete), rows)


def thread_row(raw: RawRow, row_state: RowState) -> ThreadRow:
    """One conversation from its JSON and what its states mean."""
    text, union = raw.text, row_state.union
    unread = row_state.unread_at
    voices: set[int] = set()
    if unread:
        numbers = raw.senders.split(",")
        voices = {int(numbers[at]) for at in unread}
    return ThreadRow(
        raw.thrid,
        raw.date,
        row_state.count,
        len(unread),
        text.subject,
        text.snippet,
        tuple([person(name, flags, not voices.isdisjoint(ids)) for name, flags, ids in text.people]),
        text.recipients,
        union.labels,
        union.is_in_inbox,
        union.is_starred,
        union.is_important,
        text.bits & HAS_ATTACHMENT != 0,
        text.bits & HAS_INVITE != 0,
        union.has_draft,
        row_state.state,
    )


@lru_cache(maxsize=8192)
def person(name: str, bits: int, is_unread: bool) -> Person:
    """Somebody in a row; the same few people are on most rows."""
    return Person(name, bits & IS_ME != 0, is_unread, bits & IS_DRAFT != 0, bits & IS_DOUBTFUL != 0)


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
