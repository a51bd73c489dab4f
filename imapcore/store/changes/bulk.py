"""One change on very many conversations, or one taken back, by groups of messages.

What lives here: the fast path for what a large op usually is: add or take away marks that do not decide what
a row says of its people, or move whole conversations. What may not: another result than ``ThreadStates``
comes to; the model test runs every op both ways. What does not fit is left to ``ThreadStates``, conversation
by conversation.

``ThreadStates`` keeps an object for every message. Here rows are read once and grouped: messages of which the
same is shown, confirmed and open end up alike, and there are few such groups. That is what lets ten thousand
messages be labelled before the next frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, repeat

from msgspec import Struct, field

from imapcore.store.changes.inverse import Inverse, Resolution, opposite_of, resolve
from imapcore.store.changes.pending import OPEN, PendingChange, PendingChanges
from imapcore.store.changes.steps import NumberedSteps, outcome
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import INBOX, PLACES, SEEN, MarkDiff, MarkIds, MarkSet
from imapcore.store.sqlite.connection import Row, Transaction, integer_rows, listed
from imapcore.store.threads.message_state import PENDING, PEOPLE_MARKS
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

BULK_FROM = 200
"""From so many conversations on, changing them by groups is the faster way."""

_TELLING = PLACES | {SEEN, INBOX}
"""Marks by which a conversation may leave a search, or its list of what is unread."""


class _Group(Struct, frozen=True, eq=False):
    """Messages of which the same is shown, confirmed and open, and what becomes of each of them."""

    before: MarkSet
    after: MarkSet
    diffs: tuple[tuple[int, MarkDiff, str], ...]
    """(step, diff, state of the pending change); empty: they stay as they are."""
    change_state: int
    views_before: tuple[int, ...]
    """Views they are listed in that the op may change; all of them if reading, unreading or moving is part of
    it.
    """
    views_after: tuple[int, ...]
    cancelled: tuple[PendingChange, ...] = ()
    """The open changes that are cancelled."""
    places: tuple[int, int] = (0, 0)
    """The place before and after."""
    was_unread: bool = False
    is_unread: bool = False


class BulkResult(Struct):
    """What was changed by groups."""

    threads: list[int] = field(default_factory=list)
    messages: dict[tuple[int, MarkDiff, str], list[int]] = field(default_factory=dict)
    """(step, diff, state of the pending change) → messages."""
    cancelled: dict[PendingChange, set[int]] = field(default_factory=dict)
    """Open changes that are cancelled by their opposite → messages."""
    rest: list[int] = field(default_factory=list)
    """Conversations that are left to ``ThreadStates``; nothing of them was changed."""
    left: set[int] = field(default_factory=set)
    """Messages that were to be taken back and are left to ``ThreadStates``: of these conversations, or of
    none that was named.
    """


class _BulkChange:
    """One look at the states of some conversations."""

    def __init__(self, tx: Transaction, marks: MarkRegistry, people: People, thrids: Sequence[int]) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self._thrids = thrids
        self._results = SearchHits({}, {})
        self._touched: MarkIds = frozenset()
        self._unchanged: dict[int, _Group] = {}
        self.rows = integer_rows(
            tx.rows,
            "thrid, msgid, date, confirmed, shown, mood, sender, bits",
            "json_each(?) CROSS JOIN state ON thrid = value",
            (listed(sorted(set(thrids))),),
        )
        self.sets = marks.load_sets(tx, {row[3] for row in self.rows} | {row[4] for row in self.rows})

    def touch(self, touched: MarkIds) -> bool:
        """Which marks will be touched at most; False if that is for ``ThreadStates``."""
        self._touched = touched
        if touched & _TELLING and (found := found_by_searches(self._tx, [row[1] for row in self.rows])):
            self._results = SearchHits(found, scopes_of_searches(self._tx))
        return not touched & PEOPLE_MARKS

    def group(
        self,
        before: MarkSet,
        after: MarkSet,
        diffs: Iterable[tuple[int, MarkDiff, str]],
        change_state: int = PENDING,
        cancelled: tuple[PendingChange, ...] = (),
    ) -> _Group:
        """What becomes of a message that shows ``before``."""
        views = (before.views, after.views)
        if SEEN not in self._touched and not self._touched & PLACES:
            views = (self._touched_views(before), self._touched_views(after))
        places = (before.place, after.place)
        return _Group(
            before,
            after,
            tuple(diffs),
            change_state,
            *views,
            cancelled,
            places,
            before.is_unread,
            after.is_unread,
        )

    def cancelled(self, before: MarkSet, resolution: Resolution) -> _Group:
        """The group of a message whose open changes are resolved."""
        after = self._marks.numbered(self._tx, resolution.ids)
        return self.group(before, after, resolution.diffs, resolution.change_state, resolution.cancelled)

    def _touched_views(self, marks: MarkSet) -> tuple[int, ...]:
        return tuple(view for view in marks.views if view in self._touched)

    def unchanged(self, shown: int) -> _Group:
        """The group of a message that stays as it is."""
        group = self._unchanged.get(shown)
        if group is None:
            before = self.sets[shown]
            group = self._unchanged[shown] = self.group(before, before, ())
        return group

    def run(self, group_of: Callable[[Row], _Group | None]) -> BulkResult:
        """Do it. A conversation with a message that has no group is left to ``ThreadStates``."""
        result = BulkResult()
        listing = ViewIndex(self._tx, self._marks, self._people, dict.fromkeys(self._thrids, ()))
        rows = self.rows
        groups = [group_of(row) for row in rows]
        starts = [at for at, row in enumerate(rows) if not at or row[0] != rows[at - 1][0]]
        for start, end in pairwise((*starts, len(rows))):
            thrid = rows[start][0]
            is_changed = self._compare(rows[start:end], groups[start:end], listing)
            if is_changed:
                result.threads.append(thrid)
            elif is_changed is None:
                result.rest.append(thrid)
                groups[start:end] = repeat(None, end - start)
        written: list[Row] = []
        messages: dict[_Group, list[int]] = defaultdict(list)
        for (thrid, msgid, date, confirmed, _, _, sender, bits), group in zip(rows, groups, strict=True):
            if group is not None and group.diffs:
                written.append(
                    (thrid, msgid, date, confirmed, group.after.set_id, group.change_state, sender, bits)
                )
                messages[group].append(msgid)
        self._tx.put("INSERT OR REPLACE INTO state", written)
        listing.write_compared()
        for group, msgids in messages.items():
            for step in group.diffs:
                result.messages.setdefault(step, []).extend(msgids)
            for change in group.cancelled:
                result.cancelled.setdefault(change, set()).update(msgids)
        return result

    def _compare(
        self, rows: Sequence[Row], groups: Sequence[_Group | None], listing: ViewIndex
    ) -> bool | None:
        """Note what becomes of one conversation: whether anything does; None, with nothing noted, if it is
        left to ``ThreadStates``.

        It is if something of it is nowhere for the moment, if only a part of it moves, or if what its row
        says of the people would change.
        """
        found, scopes = self._results
        old: Views = {}
        new: Views = {}
        unread_before: set[int] = set()
        unread_after: set[int] = set()
        seen: set[_Group] = set()
        moves: set[tuple[int, int]] = set()
        is_changed = False
        each = zip(rows, groups, strict=True)
        # Newest first: an older message of the same group adds nothing.
        for row, group in sorted(each, key=_date, reverse=True) if len(rows) > 1 else each:
            if group is None or not group.places[0]:
                return None
            date = row[2]
            if group not in seen:
                seen.add(group)
                moves.add(group.places)
                was, place = group.places
                if group.was_unread:
                    unread_before.add(was)
                if group.is_unread and place:
                    unread_after.add(place)
                entry = (date, was)
                for view in group.views_before:
                    old.setdefault(view, entry)
                entry = (date, place)
                for view in group.views_after:
                    new.setdefault(view, entry)
                is_changed = is_changed or bool(group.diffs)
            if found and (searches := found.get(row[1])) is not None:
                enter_searches(old, group.before, date, searches, scopes)
                enter_searches(new, group.after, date, searches, scopes)
        if not is_changed:
            return False
        thrid = rows[0][0]
        was, place = next(iter(moves))
        if len(moves) == 1 and place and was != place:
            listing.move(thrid, was, place)
        elif any(was != place for was, place in moves):
            return None
        listing.compare(thrid, old, unread_before, new, unread_after)
        return True


def _date(each: tuple[Row, _Group | None]) -> int:
    """When a message was received, of a row of ``state`` as it is read here."""
    date: int = each[0][2]
    return date


def change_in_bulk(
    tx: Transaction,
    marks: MarkRegistry,
    people: People,
    thrids: list[int],
    wanted: TargetedMessages,
    steps: NumberedSteps,
    changes: PendingChanges,
) -> BulkResult | None:
    """Change the wanted messages of some conversations; None, with nothing written, if that is for
    ``ThreadStates``.

    ``changes``: what is open in the journal; a new change may cancel its opposite there.
    """
    bulk = _BulkChange(tx, marks, people, thrids)
    sets = {shown: bulk.sets[shown] for shown in {row[4] for row in bulk.rows}}
    outcomes = {shown: outcome(steps, each.ids) for shown, each in sets.items()}
    touched = _touched(diff for diffs, _ in outcomes.values() for _, diff in diffs)
    if not bulk.touch(touched):
        return None
    marks.number_all(tx, (after for _, after in outcomes.values()))
    groups = {
        shown: bulk.group(
            sets[shown], marks.numbered(tx, after), [(number, diff, OPEN) for number, diff in diffs]
        )
        for shown, (diffs, after) in outcomes.items()
    }
    busy: Mapping[int, Sequence[PendingChange]] = {}
    if any(change.marks & touched for change in changes.all(tx)):
        busy = changes.touching(tx, (row[1] for row in bulk.rows if row[5] == PENDING))
    deleted_labels = changes.deleted_labels(tx)
    # Of many messages, few differ in what is confirmed, shown and open.
    resolutions: dict[tuple[object, ...], _Group] = {}
    msgids, places = wanted.msgids, wanted.places

    def group_of(row: Row) -> _Group | None:
        group = groups[row[4]]
        place = group.before.place
        if not place:
            return None
        is_meant = place == places[row[0]] if msgids is None else row[1] in msgids
        if not is_meant or not group.diffs:
            return bulk.unchanged(row[4])
        open_on = busy.get(row[1])
        if not open_on:
            return group
        key = (row[4], row[3], *open_on)
        found = resolutions.get(key)
        if found is None:
            resolution = resolve(
                group.before, bulk.sets[row[3]], open_on, outcomes[row[4]][0], deleted_labels
            )
            found = resolutions[key] = bulk.cancelled(group.before, resolution)
        return found

    return bulk.run(group_of)


def take_back_in_bulk(
    tx: Transaction,
    marks: MarkRegistry,
    people: People,
    thrids: Sequence[int],
    plans: Mapping[int, Inverse],
    busy: Mapping[int, Sequence[PendingChange]],
    deleted_labels: MarkIds,
) -> BulkResult | None:
    """Take changes of some conversations back; None, with nothing written, if that is for ``ThreadStates``.

    ``plans``: message → how it is taken back; ``busy``: message → everything open on it, in order;
    ``deleted_labels``: those being deleted.
    """
    bulk = _BulkChange(tx, marks, people, thrids)
    each_plan = set(plans.values())
    if not bulk.touch(_touched(diff for plan in each_plan for diff in (plan.back, plan.change.diff))):
        return None
    sets = bulk.sets
    groups: dict[tuple[object, ...], _Group | None] = {}

    def decide(
        plan: Inverse, before: MarkSet, confirmed: MarkSet, changes: Sequence[PendingChange]
    ) -> _Group | None:
        if not before.place:
            return None
        is_unsent = (
            plan.is_open and opposite_of(confirmed, changes, plan.back, is_taken_back=True) is not None
        )
        if is_unsent:
            diffs = [(plan.first_step(), plan.back)]
        else:
            diffs, _ = outcome(plan.steps(), before.ids)
            if _touched(diff for _, diff in diffs) & PEOPLE_MARKS:
                return None
        resolution = resolve(before, confirmed, changes, diffs, deleted_labels, is_taken_back=is_unsent)
        return bulk.cancelled(before, resolution)

    def group_of(row: Row) -> _Group | None:
        plan = plans.get(row[1])
        if plan is None:
            return bulk.unchanged(row[4])
        changes = busy.get(row[1], ())
        key = (plan, row[4], row[3], *changes)
        if key not in groups:
            groups[key] = decide(plan, sets[row[4]], sets[row[3]], changes)
        return groups[key]

    result = bulk.run(group_of)
    rest = set(result.rest)
    result.left = plans.keys() - {row[1] for row in bulk.rows if row[0] not in rest}
    return result


def _touched(diffs: Iterable[MarkDiff]) -> MarkIds:
    return frozenset().union(*(diff.marks() for diff in diffs))
