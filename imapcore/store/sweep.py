"""The sweep: one change of labels or flags on very many conversations.

What lives here: the swift way for what a large op usually is: add or take away marks that no row tells, or
move whole conversations, on messages with nothing open. What may not: anything the book does otherwise; both
must come to the same, and the model test runs every op both ways. What does not fit is left to a book,
conversation by conversation.

A book keeps an object for every message; a sweep looks at rows once and reasons by set of marks, of which
there are few. That is what lets ten thousand messages be labelled before the next frame.
"""

from __future__ import annotations

from msgspec import Struct

from imapcore.store.listing import Listing, enter
from imapcore.store.marks import INBOX, PLACES, SEEN, Marks, MarkSet, Shift
from imapcore.store.people import People
from imapcore.store.plan import NumberedSteps, outcome
from imapcore.store.record import PENDING, SPOKEN
from imapcore.store.results import (
    Found,
    Results,
    Views,
    enter_searches,
    found_by_searches,
    scopes_of_searches,
)
from imapcore.store.targets import Wanted
from imapcore.store.transaction import Row, Transaction, listed

_TELLING = PLACES | {SEEN, INBOX}
"""Marks by which a conversation may leave a search, or its list of what is unread."""

SWEEP_FROM = 200
"""Conversations from which on sweeping pays."""


class _Fate(Struct, frozen=True, eq=False):
    """What becomes of every message that shows a certain set."""

    before: MarkSet
    after: MarkSet
    shifts: tuple[tuple[int, Shift], ...]
    views_before: tuple[int, ...]
    """Views it is listed in that the sweep may change; all of them if reading, unreading or moving is part of
    it.
    """
    views_after: tuple[int, ...]


class Swept(Struct):
    """What a sweep changed."""

    threads: list[int]
    messages: dict[tuple[int, Shift], list[int]]
    """(step, shift) → messages."""
    rest: list[int]
    """Conversations that take a book; nothing of them was changed."""


def sweep(
    tx: Transaction,
    marks: Marks,
    people: People,
    thrids: list[int],
    wanted: Wanted,
    steps: NumberedSteps,
    busy: frozenset[int],
) -> Swept | None:
    """Change the wanted messages of some conversations; None, with nothing written, if that takes a book.

    ``busy``: marks that something open in the journal touches; only there can a change meet its opposite.
    """
    parameter = (listed(thrids),)
    rows = tx.rows(
        "SELECT thrid, msgid, date, confirmed, shown, mood, sender, bits FROM state "
        "WHERE thrid IN (SELECT value FROM json_each(?))",
        parameter,
    )
    fates = _fates(tx, marks, steps, {row[4] for row in rows})
    if fates is None:
        return None
    found: Found = {}
    if any(_TELLING & shift.marks() for fate in fates.values() for _, shift in fate.shifts):
        found = found_by_searches(tx, [row[1] for row in rows])
    results = Results(found, scopes_of_searches(tx) if found else {})
    is_busy = any(busy & shift.marks() for fate in fates.values() for _, shift in fate.shifts)
    swept = Swept([], {}, [])
    written: list[Row] = []
    listing = Listing(tx, marks, people, dict.fromkeys(thrids, ()))
    at = 0
    while at < len(rows):
        thrid = rows[at][0]
        end = at + 1
        while end < len(rows) and rows[end][0] == thrid:
            end += 1
        changed = _sweep_thread(rows[at:end], fates, wanted, results, listing, is_busy=is_busy)
        if changed is None:
            swept.rest.append(thrid)
        elif changed:
            swept.threads.append(thrid)
            for fate, row in changed:
                for step in fate.shifts:
                    swept.messages.setdefault(step, []).append(row[1])
                written.append(row)
        at = end
    tx.put("INSERT OR REPLACE INTO state", written)
    listing.write_compared()
    return swept


def _fates(tx: Transaction, marks: Marks, steps: NumberedSteps, set_ids: set[int]) -> dict[int, _Fate] | None:
    """Set → what becomes of it; None if some set would change what a row tells of people."""
    marks.load_sets(tx, set_ids)
    sets = [marks.get(tx, set_id) for set_id in set_ids]
    outcomes = {each: outcome(steps, each.ids) for each in sets}
    touched = frozenset().union(*(shift.marks() for shifts, _ in outcomes.values() for _, shift in shifts))
    if touched & SPOKEN:
        return None
    marks.number_all(tx, (after for _, after in outcomes.values()))
    fates = {}
    for before, (shifts, ids) in outcomes.items():
        after = marks.numbered(tx, ids)
        if SEEN in touched or PLACES & touched:
            fates[before.set_id] = _Fate(before, after, tuple(shifts), before.views, after.views)
        else:
            views = [tuple(view for view in each.views if view in touched) for each in (before, after)]
            fates[before.set_id] = _Fate(before, after, tuple(shifts), *views)
    return fates


def _sweep_thread(
    rows: list[Row],
    fates: dict[int, _Fate],
    wanted: Wanted,
    results: Results,
    listing: Listing,
    *,
    is_busy: bool,
) -> list[tuple[_Fate, Row]] | None:
    """One conversation: what becomes of which messages, as rows to be written; None if it takes a book.

    It does if a message would change on which the same marks may be open, if only a part of it moves, or if
    something of it is nowhere for the moment.
    """
    old: Views = {}
    new: Views = {}
    unread_before: set[int] = set()
    unread_after: set[int] = set()
    changed: list[tuple[_Fate, Row]] = []
    moves: set[tuple[int, int]] = set()
    for thrid, msgid, date, confirmed, shown, mood, sender, bits in rows:
        fate = fates[shown]
        before = fate.before
        if not before.place:
            return None
        enter(old, unread_before, before, fate.views_before, date)
        searches = results.found.get(msgid, ())
        enter_searches(old, before, date, searches, results.scopes)
        is_meant = (
            msgid in wanted.msgids if wanted.msgids is not None else before.place == wanted.places[thrid]
        )
        if not fate.shifts or not is_meant:
            enter(new, unread_after, before, fate.views_before, date)
            enter_searches(new, before, date, searches, results.scopes)
            moves.add((before.place, before.place))
            continue
        if mood == PENDING and is_busy:
            return None
        enter(new, unread_after, fate.after, fate.views_after, date)
        enter_searches(new, fate.after, date, searches, results.scopes)
        moves.add((before.place, fate.after.place))
        changed.append((fate, (thrid, msgid, date, confirmed, fate.after.set_id, PENDING, sender, bits)))
    if not changed:
        return changed
    thrid = rows[0][0]
    was, place = next(iter(moves))
    if len(moves) == 1 and place and was != place:
        listing.move(thrid, was, place)
    elif any(was != place for was, place in moves):
        return None
    listing.compare(thrid, old, unread_before, new, unread_after)
    return changed
