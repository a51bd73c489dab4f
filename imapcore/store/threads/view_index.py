"""In which views a conversation stands, what its row stores, and the counters of the views.

What lives here: the difference between the lists before and after some messages changed. What may not: what a
row derives from its messages when it is read (``row_state``), how a window is read (``window``).

The theory. A *view* is a list of conversations by date: one for each label, place, flag and search, all of
them numbers. Three kinds of rows make a view:

- ``entry`` (view, date, thrid): the conversation stands in the view. Its date is that of the newest of its
  messages *that belong to the view*, so that one conversation may stand at different heights in two views.
  ``unread`` is the same list again for conversations with an unread message in that place: a view narrowed
  to what is unread needs no filter.
- ``conversation`` and ``spot``: what the row says as text (subject, snippet, people), one for each place a
  conversation has messages in, since its Trash row tells of other messages than its inbox row. ``spot`` says
  where it is and is narrow, ``conversation`` says what it says and is wide: a move of ten thousand
  conversations rewrites the narrow one only.
- counters: how many entries a view has in each *slice* of time (``tally``) and in each *span* of 32 slices
  (``span``), and in all (``view_count``). The index of any row in its view is a sum over spans, one over
  slices and one count within a slice; OFFSET would walk the view.

What changes often is kept out of what is stored. A label, a flag or a star is derived from the messages'
states when a window is read; setting one on ten thousand messages writes their states and the entries of that
label's view, and no conversation at all. Only the marks in ``PEOPLE_MARKS`` (draft, sent) decide who is named
in a row and therefore write it again.

Nothing is counted that can be kept: entries that come and go are the difference of the counters, too. That is
also the danger (an error here is never healed by itself), hence ``repair.integrity``, and a model test that
compares every sum with a count by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import DRAFT, SENT, MarkSet
from imapcore.store.query.scope import Scope
from imapcore.store.sqlite.connection import Transaction, integer_rows, listed
from imapcore.store.threads.message_state import PEOPLE_MARKS, MessageState
from imapcore.store.threads.people import People, Voice, dump
from imapcore.store.threads.search_hits import Views, enter_searches, scopes_of_searches

SLICE_BITS = 28
"""A slice of time is 2^28 ms, some three days; a million messages of twelve years make some 1,400 of them."""

SPAN_BITS = 33
"""A span is 32 slices: an index in a view is a sum over spans, one over slices, and one short count."""


class Summary(Struct):
    """What the row of one conversation in one place says, as far as it is stored."""

    bits: int = 0
    voices: list[Voice] = field(default_factory=list)
    first: int = 0
    """Oldest message: its subject is the row's."""
    newest: int = 0
    """Newest message: its snippet is the row's."""


def _nothing() -> list[int]:
    """No conversations, none of them unread."""
    return [0, 0]


class ViewIndex:
    """The rows, entries and counters of some conversations: the difference between before and now."""

    def __init__(
        self,
        tx: Transaction,
        marks: MarkRegistry,
        people: People,
        threads: Mapping[int, Sequence[MessageState]],
    ) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self._threads = threads
        self._ids: dict[tuple[int, int], int] = {}
        self._moved: list[tuple[int, int, int]] = []
        self._dropped: list[tuple[int, int, int]] = []
        self._added: list[tuple[int, int, int, int, int]] = []
        self._read: list[tuple[int, int, int]] = []
        self._unread: list[tuple[int, int, int, int, int]] = []
        for conversation_id, thrid, place in integer_rows(
            tx.rows,
            "conversation_id, thrid, place",
            "json_each(?) CROSS JOIN spot ON thrid = value",
            (listed(sorted(self._threads)),),
        ):
            self._ids[(thrid, place)] = conversation_id

    def write(self, changed: Mapping[int, Sequence[MessageState]]) -> None:
        """Bring conversations, entries and counters up to what the records say.

        ``changed``: conversation → its records that differ from what is stored.
        """
        self._write_conversations(
            [t for t, records in changed.items() if not all(r.is_changed_in_marks_only for r in records)]
        )
        is_found = any(
            record.searches or (record.old is not None and record.old.searches)
            for records in self._threads.values()
            for record in records
        )
        scopes = scopes_of_searches(self._tx) if is_found else {}
        for thrid, records in self._threads.items():
            self.compare(thrid, *_views_before(records, scopes), *_views_now(records, scopes))
        self.write_compared()

    # -- conversations ---------------------------------------------------------------------------------

    def _write_conversations(self, thrids: Iterable[int]) -> None:
        created: list[tuple[int, int, Summary]] = []
        altered: list[tuple[int, int, Summary]] = []
        dropped: list[tuple[int, int]] = []
        for thrid in thrids:
            records = self._threads[thrid]
            places = whole_move(records)
            if places is not None:
                self.move(thrid, *places)
                continue
            has_new_text = any(record.has_new_text for record in records)
            before = summarize(
                (r.old.date, r.msgid, r.old.shown, r.old.bits, r.old.sender)
                for r in records
                if r.old is not None
            )
            after = summarize((r.date, r.msgid, r.shown, r.bits, r.sender) for r in records if not r.is_gone)
            for place, summary in after.items():
                if place not in before:
                    created.append((thrid, place, summary))
                elif has_new_text or summary != before[place]:
                    altered.append((thrid, place, summary))
            dropped.extend((thrid, self._ids.pop((thrid, place))) for place in before if place not in after)
        self._tx.drop("DELETE FROM spot WHERE (thrid, conversation_id) IN", dropped)
        self._tx.drop("DELETE FROM conversation WHERE conversation_id IN", [(each,) for _, each in dropped])
        if not created and not altered:
            return
        texts = self._texts([*created, *altered])
        last = self._tx.number("SELECT coalesce(max(conversation_id), 0) FROM conversation")
        for conversation_id, (thrid, place, _) in enumerate(created, last + 1):
            self._ids[(thrid, place)] = conversation_id
        self._tx.put(
            "INSERT INTO conversation",
            [(self._ids[(thrid, place)], texts[(thrid, place)]) for thrid, place, _ in created],
        )
        self._tx.put(
            "INSERT INTO spot",
            [(thrid, self._ids[(thrid, place)], place) for thrid, place, _ in created],
        )
        self._tx.put(
            "UPDATE conversation SET row = v.column2 FROM (",
            [(self._ids[(thrid, place)], texts[(thrid, place)]) for thrid, place, _ in altered],
            ") AS v WHERE conversation_id = v.column1",
        )

    def _texts(self, rows: Sequence[tuple[int, int, Summary]]) -> dict[tuple[int, int], str]:
        """(conversation, place) → what is stored of its row, as JSON: bits, subject, snippet, people,
        recipients.
        """
        wanted = {msgid for _, _, summary in rows for msgid in (summary.first, summary.newest)}
        words = {
            msgid: (subject, snippet)
            for msgid, subject, snippet in self._tx.rows(
                "SELECT msgid, subject, coalesce(snippet, '') FROM message "
                "WHERE msgid IN (SELECT value FROM json_each(?))",
                (listed(wanted),),
            )
        }
        sent = self._recipients({thrid for thrid, _, _ in rows})
        texts: dict[tuple[int, int], str] = {}
        for thrid, place, summary in rows:
            subject, snippet = dump(words[summary.first][0]), dump(words[summary.newest][1])
            people = self._people.described(self._tx, summary.voices)
            recipients = sent.get((thrid, place), "[]")
            texts[(thrid, place)] = f"[{summary.bits},{subject},{snippet},{people},{recipients}]"
        return texts

    def _recipients(self, thrids: Iterable[int]) -> dict[tuple[int, int], str]:
        mine = {
            record.msgid: (thrid, record.shown.place)
            for thrid in thrids
            for record in sorted(self._threads[thrid], key=lambda r: (r.date, r.msgid))
            if not record.is_gone and record.shown.is_mine
        }
        if not mine:
            return {}
        people: dict[int, str] = dict(
            self._tx.rows(
                "SELECT msgid, people FROM message WHERE msgid IN (SELECT value FROM json_each(?))",
                (listed(mine),),
            )
        )
        encoded: dict[tuple[int, int], list[str]] = defaultdict(list)
        for msgid, key in mine.items():
            encoded[key].append(people[msgid])
        return {key: self._people.recipients(self._tx, texts) for key, texts in encoded.items()}

    # -- entries ---------------------------------------------------------------------------------------

    def compare(self, thrid: int, old: Views, was_unread: set[int], new: Views, is_unread: set[int]) -> None:
        """Note how the entries of one conversation differ; ``was_unread`` and ``is_unread`` are places."""
        if old == new and was_unread == is_unread:
            return
        ids = self._ids
        for view, entry in old.items():
            is_other = new.get(view) != entry
            date, place = entry
            if is_other:
                self._dropped.append((view, date, thrid))
            if place in was_unread and (is_other or place not in is_unread):
                self._read.append((view, date, thrid))
        for view, entry in new.items():
            is_other = old.get(view) != entry
            date, place = entry
            if is_other:
                self._added.append((view, date, thrid, ids[(thrid, place)], place))
            if place in is_unread and (is_other or place not in was_unread):
                self._unread.append((view, date, thrid, ids[(thrid, place)], place))

    def move(self, thrid: int, was: int, place: int) -> None:
        """Note that a whole conversation goes from one place to another: its row goes with it."""
        conversation_id = self._ids[(thrid, place)] = self._ids.pop((thrid, was))
        self._moved.append((thrid, conversation_id, place))

    def write_compared(self) -> None:
        """Write the differences that were noted, and with them the counters."""
        self._tx.put("INSERT OR REPLACE INTO spot", self._moved)
        self._tx.drop("DELETE FROM entry WHERE (view_id, date, thrid) IN", self._dropped)
        self._tx.drop("DELETE FROM unread WHERE (view_id, date, thrid) IN", self._read)
        self._tx.put("INSERT INTO entry", self._added)
        self._tx.put("INSERT INTO unread", self._unread)
        self._write_counters()

    def _write_counters(self) -> None:
        """Each entry that came or went is one more or less in its view, in its slice and span of time."""
        tallies: dict[tuple[int, int], list[int]] = defaultdict(_nothing)
        for column, sign, entries in (
            (0, -1, self._dropped),
            (0, 1, self._added),
            (1, -1, self._read),
            (1, 1, self._unread),
        ):
            for key, number in Counter([(each[0], each[1] >> SLICE_BITS) for each in entries]).items():
                tallies[key][column] += sign * number
        spans: dict[tuple[int, int], list[int]] = defaultdict(_nothing)
        views: dict[int, list[int]] = defaultdict(_nothing)
        for (view, slice_number), (total, unread) in tallies.items():
            for sums in (spans[(view, slice_number >> (SPAN_BITS - SLICE_BITS))], views[view]):
                sums[0] += total
                sums[1] += unread
        adding = "DO UPDATE SET total = total + excluded.total, unread = unread + excluded.unread"
        for table, pairs in (("tally", tallies), ("span", spans)):
            self._tx.put(
                f"INSERT INTO {table}",
                [(*key, *pair) for key, pair in pairs.items() if pair != [0, 0]],
                f"ON CONFLICT (view_id, slice) {adding}",
            )
        self._tx.put(
            "INSERT INTO view_count",
            [(view, *pair) for view, pair in views.items() if pair != [0, 0]],
            f"ON CONFLICT (view_id) {adding}",
        )


def summarize(messages: Iterable[tuple[int, int, MarkSet, int, int]]) -> dict[int, Summary]:
    """A conversation's rows by place, from (date, msgid, shown, bits, sender) of its messages."""
    places: dict[int, Summary] = {}
    for _, msgid, shown, bits, sender in sorted(messages, key=lambda each: each[:2]):
        if not shown.place:
            continue
        summary = places.get(shown.place)
        if summary is None:
            summary = places[shown.place] = Summary(first=msgid)
        summary.bits |= bits
        summary.voices.append(Voice(sender, DRAFT in shown.ids, SENT in shown.ids))
        summary.newest = msgid
    return places


def whole_move(records: Sequence[MessageState]) -> tuple[int, int] | None:
    """From which place to which a whole conversation goes, if nothing else its row tells changes with it."""
    was = place = 0
    for record in records:
        old = record.old
        if old is None or record.is_gone or record.has_new_text:
            return None
        if not place:
            was, place = old.shown.place, record.shown.place
            if was == place or not was or not place:
                return None
        elif (old.shown.place, record.shown.place) != (was, place):
            return None
        if PEOPLE_MARKS & (record.shown.ids ^ old.shown.ids):
            return None
        if (record.date, record.bits, record.sender) != old[:3]:
            return None
    return (was, place) if place else None


def _views_before(records: Iterable[MessageState], scopes: Mapping[int, Scope]) -> tuple[Views, set[int]]:
    views: Views = {}
    unread: set[int] = set()
    for record in records:
        if record.old is not None:
            date, _, _, searches, shown, _, _ = record.old
            enter(views, unread, shown, shown.views, date)
            if searches:
                enter_searches(views, shown, date, searches, scopes)
    return views, unread


def _views_now(records: Iterable[MessageState], scopes: Mapping[int, Scope]) -> tuple[Views, set[int]]:
    views: Views = {}
    unread: set[int] = set()
    for record in records:
        if not record.is_gone:
            shown = record.shown
            enter(views, unread, shown, shown.views, record.date)
            if record.searches:
                enter_searches(views, shown, record.date, record.searches, scopes)
    return views, unread


def enter(views: Views, unread: set[int], shown: MarkSet, listed_in: tuple[int, ...], date: int) -> None:
    """Enter one message into views of its conversation, and its place into those with unread mail."""
    place = shown.place
    if place and shown.is_unread:
        unread.add(place)
    for view in listed_in:
        held = views.get(view)
        if held is None or held[0] < date:
            views[view] = (date, place)
