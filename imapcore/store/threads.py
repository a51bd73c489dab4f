"""Conversations: what a row of a list says, and in which views it stands, kept in step with the messages.

What lives here: the *book*. It loads the state of whole conversations, lets others change messages in
memory, and writes what really differs: states, conversations, entries of views, counters. What may not: why
a message changed (that is sync's or the journal's affair), SQL over envelopes but for a row's subject and
snippet.

Nothing is counted that can be kept: the difference between the old and the new rows of a conversation is
also the difference of every counter. ``audit.py`` proves that the sum is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from imapcore.store.marks import ALL, DRAFT, SEEN, SENT, Marks, MarkSet
from imapcore.store.people import People, Voice
from imapcore.store.transaction import Transaction, listed

SLICE_BITS = 28
"""A slice of time is 2^28 ms, some three days: some 2,000 of them cover fifteen years, and at a million
messages one holds about as many entries. An index in a view is a sum over slices and one short count."""

HAS_ATTACHMENT, HAS_INVITE, IS_PENDING, IS_REJECTED = 1, 2, 4, 8
"""Bits of a conversation; the first two also of a message."""

SETTLED, PENDING, REJECTED = 0, 1, 2
"""Moods of a message: whether the journal has something open on it, or had something refused."""


@dataclass(slots=True, eq=False)
class Record:
    """A message's state, as it was read and as it is to be."""

    msgid: int
    thrid: int
    date: int
    sender: int
    bits: int
    confirmed: MarkSet
    shown: MarkSet
    mood: int
    searches: tuple[int, ...] = ()
    """Views of searches that found it."""
    old: tuple[int, int, MarkSet, MarkSet, int, tuple[int, ...]] | None = None
    """(date, bits, confirmed, shown, mood, searches) as stored; None for a message that is new."""
    is_gone: bool = False
    has_new_text: bool = False
    """Subject, snippet or sender changed: the row's text must be read again."""

    def keep(self) -> None:
        """Take the present values for what is stored."""
        self.old = (self.date, self.bits, self.confirmed, self.shown, self.mood, self.searches)

    @property
    def is_changed(self) -> bool:
        """Whether anything of it must be written."""
        return (
            self.is_gone
            or self.has_new_text
            or self.old is None
            or self.old != (self.date, self.bits, self.confirmed, self.shown, self.mood, self.searches)
        )


@dataclass(slots=True)
class Summary:
    """One conversation in one place, computed from its messages."""

    count: int = 0
    unread: int = 0
    marks: frozenset[int] = frozenset()
    bits: int = 0
    voices: list[Voice] = field(default_factory=list)
    first: tuple[int, int] = (0, 0)
    newest: tuple[int, int] = (0, 0)
    views: dict[int, int] = field(default_factory=dict)
    """View → date of the newest message listed there."""


Fields = tuple[int, int, MarkSet, int, int, tuple[int, ...], int, int]
"""(msgid, date, shown, mood, bits, searches, sender, thrid) of one message, old or new."""


class Book:
    """The conversations one transaction touches."""

    def __init__(self, tx: Transaction, marks: Marks, people: People) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self.records: dict[int, Record] = {}
        self._threads: dict[int, list[Record]] = {}
        self._leaving: list[Record] = []

    # -- loading ---------------------------------------------------------------------------------------

    def load(self, thrids: Iterable[int]) -> None:
        """Read the states of whole conversations; those read already stay as they are."""
        wanted = [thrid for thrid in set(thrids) if thrid not in self._threads]
        if not wanted:
            return
        for thrid in wanted:
            self._threads[thrid] = []
        parameter = (listed(wanted),)
        rows = self._tx.rows(
            "SELECT thrid, msgid, date, confirmed, shown, mood, sender, bits FROM state "
            "WHERE thrid IN (SELECT value FROM json_each(?))",
            parameter,
        )
        get, tx = self._marks.get, self._tx
        for thrid, msgid, date, confirmed, shown, mood, sender, bits in rows:
            record = Record(msgid, thrid, date, sender, bits, get(tx, confirmed), get(tx, shown), mood)
            self.records[msgid] = record
            self._threads[thrid].append(record)
        found: dict[int, list[int]] = defaultdict(list)
        if rows and self._tx.row("SELECT 1 FROM search_result LIMIT 1"):
            for msgid, search_id in self._tx.rows(
                "SELECT msgid, search_id FROM search_result WHERE msgid IN (SELECT value FROM json_each(?))",
                (listed(row[1] for row in rows),),
            ):
                found[msgid].append(-search_id)
        for row in rows:
            record = self.records[row[1]]
            record.searches = tuple(sorted(found.get(row[1], ())))
            record.keep()

    def load_messages(self, msgids: Iterable[int]) -> list[Record]:
        """Read the conversations of messages; the records of those that exist."""
        wanted = list(msgids)
        missing = [msgid for msgid in wanted if msgid not in self.records]
        if missing:
            self.load(
                row[0]
                for row in self._tx.rows(
                    "SELECT DISTINCT thrid FROM message WHERE msgid IN (SELECT value FROM json_each(?))",
                    (listed(missing),),
                )
            )
        return [self.records[msgid] for msgid in wanted if msgid in self.records]

    def add(self, record: Record) -> None:
        """A message that is new; its conversation must be loaded."""
        self.records[record.msgid] = record
        self._threads[record.thrid].append(record)

    def rethread(self, old: Record, new: Record) -> None:
        """A message that moves to another conversation: it leaves one and is new in the other."""
        old.is_gone = True
        self._leaving.append(old)
        self.records[new.msgid] = new
        self._threads[new.thrid].append(new)

    def of_thread(self, thrid: int) -> list[Record]:
        """The records of a loaded conversation."""
        return self._threads[thrid]

    # -- writing ---------------------------------------------------------------------------------------

    def flush(self) -> int:
        """Write every difference; how many messages changed in what is shown (or in their envelope)."""
        changed = [record for record in self.records.values() if record.is_changed] + self._leaving
        if not changed:
            return 0
        self._write_states(changed)
        by_thread = {thrid: self._threads[thrid] for thrid in {record.thrid for record in changed}}
        _Listing(self._tx, self._marks, self._people, by_thread).write()
        shown = sum(
            1
            for record in changed
            if record.old is None
            or record.is_gone
            or record.has_new_text
            or (record.date, record.bits, record.shown, record.mood, record.searches)
            != (record.old[0], record.old[1], record.old[3], record.old[4], record.old[5])
        )
        for record in changed:
            if record.is_gone:
                self._threads[record.thrid].remove(record)
                if self.records[record.msgid] is record:
                    del self.records[record.msgid]
            else:
                record.keep()
                record.has_new_text = False
        self._leaving.clear()
        return shown

    def _write_states(self, changed: list[Record]) -> None:
        rows = [
            (r.thrid, r.msgid, r.date, r.confirmed.set_id, r.shown.set_id, r.mood, r.sender, r.bits)
            for r in changed
            if not r.is_gone
            and (
                r.old is None or r.has_new_text or r.old[:5] != (r.date, r.bits, r.confirmed, r.shown, r.mood)
            )
        ]
        self._tx.put("INSERT OR REPLACE INTO state", rows)
        gone = [(r.thrid, r.msgid) for r in changed if r.is_gone and r.old is not None]
        self._tx.drop("DELETE FROM state WHERE (thrid, msgid) IN", gone)


class _Listing:
    """The rows, entries and counters of some conversations: the difference between before and now."""

    def __init__(
        self, tx: Transaction, marks: Marks, people: People, threads: dict[int, list[Record]]
    ) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self._threads = threads
        self._tallies: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        self._counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._ids: dict[tuple[int, int], int] = {}
        self._voices_of: dict[int, list[Voice]] = {}

    def write(self) -> None:
        """Bring conversations, entries and counters up to what the records say."""
        tx = self._tx
        for conversation_id, thrid, place in tx.rows(
            "SELECT conversation_id, thrid, place FROM conversation "
            "WHERE thrid IN (SELECT value FROM json_each(?))",
            (listed(self._threads),),
        ):
            self._ids[(thrid, place)] = conversation_id
        before: dict[int, dict[int, Summary]] = {}
        after: dict[int, dict[int, Summary]] = {}
        for thrid, records in self._threads.items():
            before[thrid] = summarize(
                (r.msgid, r.old[0], r.old[3], r.old[4], r.old[1], r.old[5], r.sender, thrid)
                for r in records
                if r.old is not None
            )
            after[thrid] = summarize(
                (r.msgid, r.date, r.shown, r.mood, r.bits, r.searches, r.sender, thrid)
                for r in records
                if not r.is_gone
            )
        self._write_conversations(before, after)
        self._write_entries(before, after)
        self._write_counters()

    # -- conversations ---------------------------------------------------------------------------------

    def _write_conversations(
        self, before: dict[int, dict[int, Summary]], after: dict[int, dict[int, Summary]]
    ) -> None:
        tx = self._tx
        created: list[tuple[int, int, Summary]] = []
        marked: list[tuple[int, ...]] = []
        voiced: list[tuple[int, int, Summary]] = []
        worded: list[tuple[int, int, Summary]] = []
        dropped: list[tuple[int, ...]] = []
        for thrid, places in after.items():
            has_new_text = any(record.has_new_text for record in self._threads[thrid])
            for place, now in places.items():
                was = before[thrid].get(place)
                if was is None:
                    created.append((thrid, place, now))
                    continue
                conversation_id = self._ids[(thrid, place)]
                if (now.count, now.unread, now.marks, now.bits) != (
                    was.count,
                    was.unread,
                    was.marks,
                    was.bits,
                ):
                    marked.append((conversation_id, now.count, now.unread, self._set_id(now.marks), now.bits))
                if has_new_text or now.voices != was.voices:
                    voiced.append((thrid, place, now))
                if has_new_text or (now.first, now.newest) != (was.first, was.newest):
                    worded.append((thrid, place, now))
            dropped.extend((self._ids[(thrid, place)],) for place in before[thrid] if place not in places)
        tx.drop("DELETE FROM conversation WHERE conversation_id IN", dropped)
        if created or worded:
            words = self._words_of(summary for _, _, summary in created + worded)
        if created or voiced:
            sent = self._recipients_of({thrid for thrid, _, _ in created + voiced})
        if created:
            tx.put(
                "INSERT INTO conversation "
                "(thrid, place, count, unread, marks, bits, people, recipients, subject, snippet)",
                [
                    (
                        thrid,
                        place,
                        now.count,
                        now.unread,
                        self._set_id(now.marks),
                        now.bits,
                        self._people.described(tx, now.voices),
                        sent.get((thrid, place), "[]"),
                        words[now.first[1]][0],
                        words[now.newest[1]][1],
                    )
                    for thrid, place, now in created
                ],
            )
            for conversation_id, thrid, place in tx.rows(
                "SELECT conversation_id, thrid, place FROM conversation "
                "WHERE thrid IN (SELECT value FROM json_each(?))",
                (listed(thrid for thrid, _, _ in created),),
            ):
                self._ids[(thrid, place)] = conversation_id
        self._update("count = v.column2, unread = v.column3, marks = v.column4, bits = v.column5", marked)
        self._update(
            "people = v.column2, recipients = v.column3",
            [
                (
                    self._ids[(thrid, place)],
                    self._people.described(tx, now.voices),
                    sent.get((thrid, place), "[]"),
                )
                for thrid, place, now in voiced
            ],
        )
        self._update(
            "subject = v.column2, snippet = v.column3",
            [
                (self._ids[(thrid, place)], words[now.first[1]][0], words[now.newest[1]][1])
                for thrid, place, now in worded
            ],
        )

    def _update(self, assignments: str, rows: list[tuple[int, ...]] | list[tuple[int, str, str]]) -> None:
        self._tx.put(
            f"UPDATE conversation SET {assignments} FROM (", rows, ") AS v WHERE conversation_id = v.column1"
        )

    def _set_id(self, ids: frozenset[int]) -> int:
        return self._marks.numbered(self._tx, ids).set_id

    def _words_of(self, summaries: Iterable[Summary]) -> dict[int, tuple[str, str]]:
        wanted = {msgid for summary in summaries for msgid in (summary.first[1], summary.newest[1])}
        rows = self._tx.rows(
            "SELECT msgid, subject, coalesce(snippet, '') FROM message "
            "WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(wanted),),
        )
        return {msgid: (subject, snippet) for msgid, subject, snippet in rows}

    def _recipients_of(self, thrids: set[int]) -> dict[tuple[int, int], str]:
        mine: dict[int, tuple[int, int]] = {}
        for thrid in thrids:
            for record in sorted(self._threads[thrid], key=lambda r: (r.date, r.msgid)):
                if not record.is_gone and record.shown.ids & {SENT, DRAFT}:
                    mine[record.msgid] = (thrid, record.shown.place)
        if not mine:
            return {}
        encoded: dict[tuple[int, int], list[str]] = defaultdict(list)
        people: dict[int, str] = dict(
            self._tx.rows(
                "SELECT msgid, people FROM message WHERE msgid IN (SELECT value FROM json_each(?))",
                (listed(mine),),
            )
        )
        for msgid, key in mine.items():
            encoded[key].append(people[msgid])
        return {key: self._people.recipients(self._tx, texts) for key, texts in encoded.items()}

    # -- entries ---------------------------------------------------------------------------------------

    def _write_entries(
        self, before: dict[int, dict[int, Summary]], after: dict[int, dict[int, Summary]]
    ) -> None:
        dropped: list[tuple[int, int, int]] = []
        added: list[tuple[int, int, int, int, int]] = []
        for thrid in self._threads:
            old = listed_in(before[thrid])
            new = listed_in(after[thrid])
            for view, (date, place, is_unread) in old.items():
                if new.get(view) != (date, place, is_unread):
                    dropped.append((view, date, thrid))
                    self._count(view, date, -1, -is_unread)
            for view, (date, place, is_unread) in new.items():
                # A conversation that left a place and came back has another row: its entries follow.
                if old.get(view) != (date, place, is_unread):
                    added.append((view, date, thrid, is_unread, self._ids[(thrid, place)]))
                    self._count(view, date, 1, is_unread)
        self._tx.drop("DELETE FROM entry WHERE (view_id, date, thrid) IN", dropped)
        self._tx.put("INSERT INTO entry", added)

    def _count(self, view: int, date: int, total: int, unread: int) -> None:
        for pair in (self._tallies[(view, date >> SLICE_BITS)], self._counts[view]):
            pair[0] += total
            pair[1] += unread

    def _write_counters(self) -> None:
        sums = "DO UPDATE SET total = total + excluded.total, unread = unread + excluded.unread"
        self._tx.put(
            "INSERT INTO tally",
            [(*key, *pair) for key, pair in self._tallies.items() if pair != [0, 0]],
            f"ON CONFLICT (view_id, slice) {sums}",
        )
        self._tx.put(
            "INSERT INTO view_count",
            [(view, *pair) for view, pair in self._counts.items() if pair != [0, 0]],
            f"ON CONFLICT (view_id) {sums}",
        )


def summarize(messages: Iterable[Fields]) -> dict[int, Summary]:
    """A conversation's summaries by place, from its messages."""
    places: dict[int, Summary] = {}
    for msgid, date, shown, mood, bits, searches, sender, _ in sorted(messages, key=lambda m: (m[1], m[0])):
        if not shown.place:
            continue
        summary = places.get(shown.place)
        if summary is None:
            summary = places[shown.place] = Summary(first=(date, msgid))
        summary.count += 1
        summary.unread += shown.is_unread
        summary.marks |= shown.ids
        summary.bits |= bits
        if mood == PENDING:
            summary.bits |= IS_PENDING
        elif mood == REJECTED:
            summary.bits |= IS_REJECTED
        summary.voices.append(Voice(sender, shown.is_unread, DRAFT in shown.ids, SENT in shown.ids))
        summary.newest = (date, msgid)
        for view in shown.views:
            summary.views[view] = date
        for view in searches:
            summary.views[view] = date
    return places


def listed_in(places: dict[int, Summary]) -> dict[int, tuple[int, int, int]]:
    """Where a conversation is listed: view → (date, place of the row to show, is it unread).

    A search can find messages of a conversation in All Mail and in Trash; it stands there once, as in All
    Mail.
    """
    entries: dict[int, tuple[int, int, int]] = {}
    for place in sorted(places):
        summary = places[place]
        for view, date in summary.views.items():
            entries.setdefault(view, (date, place, 1 if summary.unread else 0))
    return entries


__all__ = ["ALL", "SEEN", "Book", "Record", "Summary", "listed_in", "summarize"]
