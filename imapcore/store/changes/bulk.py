"""The sweep: one change on very many conversations, or one taken back.

What lives here: the swift way for what a large op usually is: add or take away marks that no row tells, or
move whole conversations. What may not: anything the book does otherwise; both must come to the same, and
the model test runs every op both ways. What does not fit is left to a book,
conversation by conversation.

A book keeps an object for every message; a sweep looks at rows once and reasons by set of marks, of which
there are few. That is what lets ten thousand messages be labelled before the next frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, repeat

from msgspec import Struct, field

from imapcore.store.changes.inverse import Inverse, Resolution, meet, opposite_of
from imapcore.store.changes.pending import OPEN, OpenPieces, PendingChange
from imapcore.store.changes.steps import NumberedSteps, outcome
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import INBOX, PLACES, SEEN, MarkDiff, MarkIds, MarkSet
from imapcore.store.sqlite.connection import Row, Transaction, integer_rows, listed
from imapcore.store.threads.message_state import PENDING, SPOKEN
from imapcore.store.threads.people import People
from imapcore.store.threads.search_hits import (
    SearchHits,
    Views,
    enter_searches,
    found_by_searches,
    scopes_of_searches,
)
from imapcore.store.threads.targets import TargetedMessages
from imapcore.store.threads.view_index import ViewIndex

SWEEP_FROM = 200
"""Conversations from which on sweeping pays."""

_TELLING = PLACES | {SEEN, INBOX}
"""Marks by which a conversation may leave a search, or its list of what is unread."""


class _Fate(Struct, frozen=True, eq=False):
    """What becomes of every message of which the same is shown, confirmed and open."""

    before: MarkSet
    after: MarkSet
    shifts: tuple[tuple[int, MarkDiff, str], ...]
    """(step, shift, state of the piece); empty: nothing becomes of it."""
    mood: int
    views_before: tuple[int, ...]
    """Views it is listed in that the sweep may change; all of them if reading, unreading or moving is part of
    it.
    """
    views_after: tuple[int, ...]
    met: tuple[PendingChange, ...] = ()
    """The open changes that it takes back."""
    way: tuple[int, int] = (0, 0)
    """Its places, before and after."""
    was_unread: bool = False
    is_unread: bool = False


class Swept(Struct):
    """What a sweep changed."""

    threads: list[int] = field(default_factory=list)
    messages: dict[tuple[int, MarkDiff, str], list[int]] = field(default_factory=dict)
    """(step, shift, state of the piece) → messages."""
    met: dict[PendingChange, set[int]] = field(default_factory=dict)
    """Open changes that met their opposite."""
    rest: list[int] = field(default_factory=list)
    """Conversations that take a book; nothing of them was changed."""
    left: set[int] = field(default_factory=set)
    """Messages that were to be taken back and take a book: of these conversations, or of none that was named.
    """


class _Sweep:
    """One look at the states of some conversations."""

    def __init__(self, tx: Transaction, marks: MarkRegistry, people: People, thrids: Sequence[int]) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self._thrids = thrids
        self._results = SearchHits({}, {})
        self._touched: MarkIds = frozenset()
        self._still: dict[int, _Fate] = {}
        self.rows = integer_rows(
            tx.rows,
            "thrid, msgid, date, confirmed, shown, mood, sender, bits",
            "json_each(?) CROSS JOIN state ON thrid = value",
            (listed(sorted(set(thrids))),),
        )
        self.sets = marks.load_sets(tx, {row[3] for row in self.rows} | {row[4] for row in self.rows})

    def touch(self, touched: MarkIds) -> bool:
        """Which marks will be touched at most; False if that takes a book."""
        self._touched = touched
        if touched & _TELLING and (found := found_by_searches(self._tx, [row[1] for row in self.rows])):
            self._results = SearchHits(found, scopes_of_searches(self._tx))
        return not touched & SPOKEN

    def fate(
        self,
        before: MarkSet,
        after: MarkSet,
        shifts: Iterable[tuple[int, MarkDiff, str]],
        mood: int = PENDING,
        met: tuple[PendingChange, ...] = (),
    ) -> _Fate:
        """What becomes of a message that shows ``before``."""
        views = (before.views, after.views)
        if SEEN not in self._touched and not self._touched & PLACES:
            views = (self._touched_views(before), self._touched_views(after))
        way = (before.place, after.place)
        return _Fate(before, after, tuple(shifts), mood, *views, met, way, before.is_unread, after.is_unread)

    def met(self, before: MarkSet, meeting: Resolution) -> _Fate:
        """What becomes of a message after a meeting."""
        after = self._marks.numbered(self._tx, meeting.ids)
        return self.fate(before, after, meeting.shifts, meeting.mood, meeting.met)

    def _touched_views(self, marks: MarkSet) -> tuple[int, ...]:
        return tuple(view for view in marks.views if view in self._touched)

    def still(self, shown: int) -> _Fate:
        """The fate of a message that stays as it is."""
        fate = self._still.get(shown)
        if fate is None:
            before = self.sets[shown]
            fate = self._still[shown] = self.fate(before, before, ())
        return fate

    def run(self, fate_of: Callable[[Row], _Fate | None]) -> Swept:
        """Do it. A conversation with a message that has no fate takes a book."""
        swept = Swept()
        listing = ViewIndex(self._tx, self._marks, self._people, dict.fromkeys(self._thrids, ()))
        rows = self.rows
        fates = [fate_of(row) for row in rows]
        starts = [at for at, row in enumerate(rows) if not at or row[0] != rows[at - 1][0]]
        for start, end in pairwise((*starts, len(rows))):
            thrid = rows[start][0]
            is_changed = self._compare(rows[start:end], fates[start:end], listing)
            if is_changed:
                swept.threads.append(thrid)
            elif is_changed is None:
                swept.rest.append(thrid)
                fates[start:end] = repeat(None, end - start)
        written: list[Row] = []
        messages: dict[_Fate, list[int]] = defaultdict(list)
        for (thrid, msgid, date, confirmed, _, _, sender, bits), fate in zip(rows, fates, strict=True):
            if fate is not None and fate.shifts:
                written.append((thrid, msgid, date, confirmed, fate.after.set_id, fate.mood, sender, bits))
                messages[fate].append(msgid)
        self._tx.put("INSERT OR REPLACE INTO state", written)
        listing.write_compared()
        for fate, msgids in messages.items():
            for step in fate.shifts:
                swept.messages.setdefault(step, []).extend(msgids)
            for piece in fate.met:
                swept.met.setdefault(piece, set()).update(msgids)
        return swept

    def _compare(self, rows: Sequence[Row], fates: Sequence[_Fate | None], listing: ViewIndex) -> bool | None:
        """Note what becomes of one conversation: whether anything does; None, with nothing noted, if it takes
        a book.

        It does if something of it is nowhere for the moment, if only a part of it moves, or if what its row
        says of the people would change.
        """
        found, scopes = self._results
        old: Views = {}
        new: Views = {}
        unread_before: set[int] = set()
        unread_after: set[int] = set()
        seen: set[_Fate] = set()
        ways: set[tuple[int, int]] = set()
        is_changed = False
        each = zip(rows, fates, strict=True)
        # Newest first: what an older message of the same fate has to say was said.
        for row, fate in sorted(each, key=_date, reverse=True) if len(rows) > 1 else each:
            if fate is None or not fate.way[0]:
                return None
            date = row[2]
            if fate not in seen:
                seen.add(fate)
                ways.add(fate.way)
                was, place = fate.way
                if fate.was_unread:
                    unread_before.add(was)
                if fate.is_unread and place:
                    unread_after.add(place)
                entry = (date, was)
                for view in fate.views_before:
                    old.setdefault(view, entry)
                entry = (date, place)
                for view in fate.views_after:
                    new.setdefault(view, entry)
                is_changed = is_changed or bool(fate.shifts)
            if found and (searches := found.get(row[1])) is not None:
                enter_searches(old, fate.before, date, searches, scopes)
                enter_searches(new, fate.after, date, searches, scopes)
        if not is_changed:
            return False
        thrid = rows[0][0]
        was, place = next(iter(ways))
        if len(ways) == 1 and place and was != place:
            listing.move(thrid, was, place)
        elif any(was != place for was, place in ways):
            return None
        listing.compare(thrid, old, unread_before, new, unread_after)
        return True


def _date(each: tuple[Row, _Fate | None]) -> int:
    """When a message was received, of a row of ``state`` as the sweep reads it."""
    date: int = each[0][2]
    return date


def sweep(
    tx: Transaction,
    marks: MarkRegistry,
    people: People,
    thrids: list[int],
    wanted: TargetedMessages,
    steps: NumberedSteps,
    pieces: OpenPieces,
) -> Swept | None:
    """Change the wanted messages of some conversations; None, with nothing written, if that takes a book.

    ``pieces``: what is open in the journal; a change may meet its opposite there.
    """
    sweeping = _Sweep(tx, marks, people, thrids)
    sets = {shown: sweeping.sets[shown] for shown in {row[4] for row in sweeping.rows}}
    outcomes = {shown: outcome(steps, each.ids) for shown, each in sets.items()}
    touched = _touched(shift for shifts, _ in outcomes.values() for _, shift in shifts)
    if not sweeping.touch(touched):
        return None
    marks.number_all(tx, (after for _, after in outcomes.values()))
    fates = {
        shown: sweeping.fate(
            sets[shown], marks.numbered(tx, after), [(number, shift, OPEN) for number, shift in shifts]
        )
        for shown, (shifts, after) in outcomes.items()
    }
    busy: Mapping[int, Sequence[PendingChange]] = {}
    if any(piece.marks & touched for piece in pieces.all(tx)):
        busy = pieces.touching(tx, (row[1] for row in sweeping.rows if row[5] == PENDING))
    going = pieces.going(tx)
    # Of many messages, few differ in what is confirmed, shown and open.
    meetings: dict[tuple[object, ...], _Fate] = {}
    msgids, places = wanted.msgids, wanted.places

    def fate_of(row: Row) -> _Fate | None:
        fate = fates[row[4]]
        place = fate.before.place
        if not place:
            return None
        is_meant = place == places[row[0]] if msgids is None else row[1] in msgids
        if not is_meant or not fate.shifts:
            return sweeping.still(row[4])
        open_on = busy.get(row[1])
        if not open_on:
            return fate
        key = (row[4], row[3], *open_on)
        found = meetings.get(key)
        if found is None:
            meeting = meet(fate.before, sweeping.sets[row[3]], open_on, outcomes[row[4]][0], going)
            found = meetings[key] = sweeping.met(fate.before, meeting)
        return found

    return sweeping.run(fate_of)


def sweep_back(
    tx: Transaction,
    marks: MarkRegistry,
    people: People,
    thrids: Sequence[int],
    plans: Mapping[int, Inverse],
    busy: Mapping[int, Sequence[PendingChange]],
    going: MarkIds,
) -> Swept | None:
    """Take changes of some conversations back; None, with nothing written, if that takes a book.

    ``plans``: message → how it is taken back; ``busy``: message → everything open on it, in order; ``going``:
    labels that are being deleted.
    """
    sweeping = _Sweep(tx, marks, people, thrids)
    each_plan = set(plans.values())
    if not sweeping.touch(_touched(shift for plan in each_plan for shift in (plan.back, plan.piece.shift))):
        return None
    sets = sweeping.sets
    fates: dict[tuple[object, ...], _Fate | None] = {}

    def decide(
        plan: Inverse, before: MarkSet, confirmed: MarkSet, pieces: Sequence[PendingChange]
    ) -> _Fate | None:
        if not before.place:
            return None
        is_met = plan.is_open and opposite_of(confirmed, pieces, plan.back, is_taken_back=True) is not None
        if is_met:
            shifts = [(plan.first_step(), plan.back)]
        else:
            shifts, _ = outcome(plan.steps(), before.ids)
            if _touched(shift for _, shift in shifts) & SPOKEN:
                return None
        meeting = meet(before, confirmed, pieces, shifts, going, is_taken_back=is_met)
        return sweeping.met(before, meeting)

    def fate_of(row: Row) -> _Fate | None:
        plan = plans.get(row[1])
        if plan is None:
            return sweeping.still(row[4])
        pieces = busy.get(row[1], ())
        key = (plan, row[4], row[3], *pieces)
        if key not in fates:
            fates[key] = decide(plan, sets[row[4]], sets[row[3]], pieces)
        return fates[key]

    swept = sweeping.run(fate_of)
    rest = set(swept.rest)
    swept.left = plans.keys() - {row[1] for row in sweeping.rows if row[0] not in rest}
    return swept


def _touched(shifts: Iterable[MarkDiff]) -> MarkIds:
    return frozenset().union(*(shift.marks() for shift in shifts))
