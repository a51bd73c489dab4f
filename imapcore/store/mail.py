"""Mail: what the server says about messages, written down.

What lives here: applying facts and deltas, locations (uid in a place), the passes of sync and what they
forget. What may not: deciding what to fetch (sync), what the user changed (the journal). RFC 3501 §2.3.1.1
(uids), RFC 7162.

Every write is a series of transactions of at most 200 rows, so that the user's own changes get in between.
A message keeps its row, and with it body and identity, as long as a pass may still find it elsewhere: it is
``prune`` that forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from imapcore.model import Role
from imapcore.store.book import Book
from imapcore.store.facts import Changed, Delta, Location, MessageFacts, SyncState, UidRanges
from imapcore.store.mailboxes import Mailboxes
from imapcore.store.marks import (
    FLAGGED,
    PLACE_OF_ROLE,
    PLACES,
    ROLE_OF_PLACE,
    STARRED,
    STARRED_LABEL,
    MarkSet,
)
from imapcore.store.record import HAS_ATTACHMENT, HAS_INVITE, SETTLED, Record
from imapcore.store.transaction import Transaction, chunks, listed
from imapcore.store.words import Words, drop_words, put_words, words_of

ROWS_PER_TRANSACTION = 200
"""So few that a key pressed meanwhile waits for a few milliseconds at most."""

RECENT = "\\Recent"
"""A flag of the session, not of the message (RFC 3501 §2.3.2)."""


@dataclass(slots=True)
class _Stored:
    """What the store knows of a message's envelope."""

    thrid: int
    place: int | None
    uid: int | None
    modseq: int
    people: str
    subject: str
    snippet: str | None


class Mail(Mailboxes):
    """The server's side of the store; every method is safe on any thread and returns when committed."""

    # -- messages --------------------------------------------------------------------------------------

    def apply_messages(self, facts: Sequence[MessageFacts]) -> Changed:
        """Store messages, new or known, as FETCH described them. Any number."""
        changed = Changed()
        for batch in chunks(facts, ROWS_PER_TRANSACTION):
            changed = changed.merged(self._write(partial(self._apply, batch=batch)))
        return changed

    def _apply(self, tx: Transaction, batch: Sequence[MessageFacts]) -> Changed:
        facts_of = {facts.msgid: facts for facts in batch}
        names_before = len(self._names(tx))
        self.people.intern(
            tx,
            (address for f in facts_of.values() for address in (f.sender, *f.to, *f.cc, *f.bcc, *f.reply_to)),
        )
        stored = self._stored(tx, facts_of)
        self._vacate(tx, facts_of)
        book = self.book(tx)
        book.load({f.thrid for f in facts_of.values()} | {known.thrid for known in stored.values()})
        fresh = [f for f in facts_of.values() if f.msgid not in stored]
        self._insert(tx, fresh)
        records: list[Record] = []
        for facts in fresh:
            confirmed = self._confirmed(tx, facts)
            record = Record(
                facts.msgid,
                facts.thrid,
                facts.date,
                self.people.number(facts.sender),
                _bits(facts),
                confirmed,
                confirmed,
                SETTLED,
            )
            records.append(record)
            book.add(record)
        self._join_searches(tx, records)
        for msgid, known in stored.items():
            record = self._revise(tx, book, facts_of[msgid], known)
            records.append(record)
        self.pieces.fold(tx, self.marks, records)
        messages = book.flush()
        self.people.count(tx, fresh)
        return Changed(
            tuple(f.msgid for f in fresh), messages, has_new_label=len(self._names(tx)) != names_before
        )

    def _stored(self, tx: Transaction, msgids: Iterable[int]) -> dict[int, _Stored]:
        rows = tx.rows(
            "SELECT msgid, thrid, place, uid, modseq, people, subject, snippet FROM message "
            "WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        )
        return {row[0]: _Stored(*row[1:]) for row in rows}

    def _vacate(self, tx: Transaction, facts_of: Mapping[int, MessageFacts]) -> None:
        """Take a uid away from whoever holds it wrongly: the server has just said whose it is."""
        for place in {facts.place for facts in facts_of.values()}:
            uids = [facts.uid for facts in facts_of.values() if facts.place is place]
            tx.execute(
                "UPDATE message SET uid = NULL, unplaced = ? WHERE place = ? "
                "AND uid IN (SELECT value FROM json_each(?))",
                (self._pass(tx), PLACE_OF_ROLE[place], listed(uids)),
            )

    def _insert(self, tx: Transaction, fresh: Sequence[MessageFacts]) -> None:
        tx.put(
            "INSERT INTO message (msgid, thrid, place, uid, modseq, size, people, subject, snippet, "
            "message_id, "
            "text_section)",
            [
                (
                    f.msgid,
                    f.thrid,
                    PLACE_OF_ROLE[f.place],
                    f.uid,
                    f.modseq,
                    f.size,
                    self.people.encode(f),
                    f.subject,
                    f.snippet,
                    f.message_id,
                    f.text_section,
                )
                for f in fresh
            ],
        )
        put_words(tx, [_words(f, f.snippet) for f in fresh])

    def _confirmed(self, tx: Transaction, facts: MessageFacts) -> MarkSet:
        return self.marks.of_facts(tx, PLACE_OF_ROLE[facts.place], facts.flags - {RECENT}, facts.labels)

    def _join_searches(self, tx: Transaction, records: Sequence[Record]) -> None:
        """Results a search found before the store knew the message."""
        if not records or not tx.row("SELECT 1 FROM search_result LIMIT 1"):
            return
        by_msgid = {record.msgid: record for record in records}
        for msgid, search_id in tx.rows(
            "SELECT msgid, search_id FROM search_result WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(by_msgid),),
        ):
            record = by_msgid[msgid]
            record.searches = tuple(sorted((*record.searches, -search_id)))

    def _revise(self, tx: Transaction, book: Book, facts: MessageFacts, known: _Stored) -> Record:
        """Bring a known message up to new facts."""
        place = PLACE_OF_ROLE[facts.place]
        record = book.records[facts.msgid]
        if record.thrid != facts.thrid:
            record = self._rethread(book, record, facts.thrid)
        # Two sessions read the same message; the one that asked earlier may be written later.
        is_stale = known.place == place and facts.modseq < known.modseq
        if not is_stale:
            record.confirmed = self._confirmed(tx, facts)
        record.date = facts.date
        record.bits = _bits(facts)
        record.sender = self.people.number(facts.sender)
        people = self.people.encode(facts)
        snippet = known.snippet if facts.snippet is None else facts.snippet
        if (people, facts.subject, snippet) != (known.people, known.subject, known.snippet):
            record.has_new_text = True
            drop_words(tx, [self._indexed(tx, facts.msgid, known.people, known.subject, known.snippet)])
            put_words(tx, [_words(facts, snippet)])
        tx.execute(
            "UPDATE message SET thrid = ?, place = ?, uid = ?, unplaced = 0, modseq = ?, size = ?, "
            "people = ?, "
            "subject = ?, snippet = ?, message_id = ?, text_section = ? WHERE msgid = ?",
            (
                facts.thrid,
                place,
                facts.uid,
                known.modseq if is_stale else facts.modseq,
                facts.size,
                people,
                facts.subject,
                snippet,
                facts.message_id,
                facts.text_section,
                facts.msgid,
            ),
        )
        return record

    def _rethread(self, book: Book, record: Record, thrid: int) -> Record:
        """Gmail moved a message to another conversation."""
        moved = Record(
            record.msgid,
            thrid,
            record.date,
            record.sender,
            record.bits,
            record.confirmed,
            record.shown,
            record.mood,
            record.searches,
        )
        book.rethread(record, moved)
        return moved

    def _indexed(self, tx: Transaction, msgid: int, people: str, subject: str, snippet: str | None) -> Words:
        """The words a stored message was indexed with."""
        return words_of(msgid, subject, self.people.everyone(tx, people), snippet)

    def set_snippets(self, snippets: Mapping[int, str]) -> None:
        """Store the first words of messages' texts."""
        for batch in chunks(list(snippets), ROWS_PER_TRANSACTION):
            self._write(partial(self._set_snippets, snippets={m: snippets[m] for m in batch}))

    def _set_snippets(self, tx: Transaction, snippets: Mapping[int, str]) -> None:
        stored = self._stored(tx, snippets)
        changed = {
            msgid: snippets[msgid] for msgid, known in stored.items() if known.snippet != snippets[msgid]
        }
        before = []
        after = []
        for msgid in changed:
            known = stored[msgid]
            everyone = self.people.everyone(tx, known.people)
            before.append(words_of(msgid, known.subject, everyone, known.snippet))
            after.append(words_of(msgid, known.subject, everyone, changed[msgid]))
        drop_words(tx, before)
        put_words(tx, after)
        tx.put(
            "UPDATE message SET snippet = v.column2 FROM (",
            list(changed.items()),
            ") AS v WHERE msgid = v.column1",
        )
        book = self.book(tx)
        for record in book.load_messages(changed):
            record.has_new_text = True
        book.flush()

    def without_snippet(self, limit: int = 500) -> tuple[int, ...]:
        """Messages whose snippet is not known, newest first (by msgid, which follows INTERNALDATE)."""
        rows = self._read(
            "SELECT msgid FROM message WHERE snippet IS NULL AND uid IS NOT NULL ORDER BY msgid DESC LIMIT ?",
            (limit,),
        )
        return tuple(row[0] for row in rows)

    def texts_wanted(self, msgids: Iterable[int]) -> dict[int, str]:
        """msgid → ``text_section``, for those of the messages whose snippet is not known and could be."""
        rows = self._read(
            "SELECT msgid, text_section FROM message WHERE snippet IS NULL AND text_section <> '' "
            "AND uid IS NOT NULL AND msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        )
        return {row[0]: row[1] for row in rows}

    def texts_of_threads(self, thrids: Iterable[int]) -> tuple[int, ...]:
        """Messages of conversations whose snippet is not known and could be, newest first."""
        rows = self._read(
            "SELECT message.msgid FROM state JOIN message ON message.msgid = state.msgid "
            "WHERE state.thrid IN (SELECT value FROM json_each(?)) AND snippet IS NULL "
            "AND text_section <> '' AND uid IS NOT NULL ORDER BY state.date DESC, message.msgid DESC",
            (listed(thrids),),
        )
        return tuple(row[0] for row in rows)

    # -- deltas ----------------------------------------------------------------------------------------

    def apply_deltas(self, place: Role, deltas: Sequence[Delta]) -> Changed:
        """Store new flags and labels of known messages; uids the store does not know are passed over."""
        changed = Changed()
        for batch in chunks(deltas, ROWS_PER_TRANSACTION):
            changed = changed.merged(self._write(partial(self._apply_deltas, place=place, deltas=batch)))
        return changed

    def _apply_deltas(self, tx: Transaction, place: Role, deltas: Sequence[Delta]) -> Changed:
        names_before = len(self._names(tx))
        known: dict[int, tuple[int, int]] = {
            uid: (msgid, modseq)
            for uid, msgid, modseq in tx.rows(
                "SELECT uid, msgid, modseq FROM message WHERE place = ? AND uid IN (SELECT value "
                "FROM json_each(?))",
                (PLACE_OF_ROLE[place], listed(delta.uid for delta in deltas)),
            )
        }
        book = self.book(tx)
        book.load_messages(msgid for msgid, _ in known.values())
        modseqs: dict[int, int] = {}
        touched: dict[int, Record] = {}
        for delta in deltas:
            if delta.uid not in known:
                continue
            msgid, modseq = known[delta.uid]
            if delta.modseq is not None:
                if delta.modseq < modseqs.get(msgid, modseq):
                    continue
                modseqs[msgid] = delta.modseq
            record = touched[msgid] = book.records[msgid]
            record.confirmed = self._revised(tx, record.confirmed, delta)
        tx.put(
            "UPDATE message SET modseq = v.column2 FROM (",
            list(modseqs.items()),
            ") AS v WHERE msgid = v.column1",
        )
        self.pieces.fold(tx, self.marks, touched.values())
        messages = book.flush()
        return Changed((), messages, has_new_label=len(self._names(tx)) != names_before)

    def _revised(self, tx: Transaction, confirmed: MarkSet, delta: Delta) -> MarkSet:
        ids = set(confirmed.ids)
        if delta.flags is not None:
            ids = {mark for mark in ids if not self.marks.is_flag(tx, mark)}
            ids.update(self.marks.flag(tx, flag) for flag in delta.flags - {RECENT, FLAGGED})
        if delta.labels is not None:
            ids = {mark for mark in ids if mark in PLACES or self.marks.is_flag(tx, mark)}
            ids.update(self.marks.label(tx, label) for label in delta.labels - {STARRED_LABEL})
        is_starred = FLAGGED in (delta.flags or ()) or STARRED_LABEL in (delta.labels or ())
        if delta.flags is None and delta.labels is None:
            is_starred = STARRED in confirmed.ids
        ids.discard(STARRED)
        if is_starred:
            ids.add(STARRED)
        return self.marks.numbered(tx, frozenset(ids))

    # -- uids ------------------------------------------------------------------------------------------

    def remove_uids(self, place: Role, uids: UidRanges) -> Changed:
        """The server no longer has these uids in ``place``. Identity and body are kept until ``prune``."""
        changed = Changed()
        for low, high in uids:
            after = low - 1
            while True:
                part, after = self._write(
                    partial(self._remove_uids, place=PLACE_OF_ROLE[place], after=after, high=high)
                )
                changed = changed.merged(part)
                if after >= high:
                    break
        return changed

    def _remove_uids(self, tx: Transaction, place: int, after: int, high: int) -> tuple[Changed, int]:
        rows = tx.rows(
            "SELECT msgid, uid FROM message WHERE place = ? AND uid > ? AND uid <= ? ORDER BY uid LIMIT ?",
            (place, after, high, ROWS_PER_TRANSACTION),
        )
        tx.execute(
            "UPDATE message SET place = NULL, uid = NULL, unplaced = ? "
            "WHERE msgid IN (SELECT value FROM json_each(?))",
            (self._pass(tx), listed(row[0] for row in rows)),
        )
        book = self.book(tx)
        records = book.load_messages(row[0] for row in rows)
        for record in records:
            record.confirmed = self.marks.numbered(tx, record.confirmed.ids - PLACES)
        self.pieces.fold(tx, self.marks, records)
        done = rows[-1][1] if len(rows) == ROWS_PER_TRANSACTION else high
        return Changed((), book.flush()), done

    def remap(self, place: Role, uidvalidity: int, pairs: Mapping[int, int]) -> None:
        """UIDVALIDITY changed: give messages their new uids, and forget the place's other uids (RFC 3501
        §2.3.1.1).

        ``pairs`` is msgid → new uid. Bodies and envelopes stay; modseqs start anew.
        """
        self._write(lambda tx: self._remap(tx, PLACE_OF_ROLE[place], uidvalidity, pairs))

    def _remap(self, tx: Transaction, place: int, uidvalidity: int, pairs: Mapping[int, int]) -> None:
        kept = {
            row[0]
            for row in tx.rows(
                "SELECT msgid FROM message WHERE msgid IN (SELECT value FROM json_each(?))", (listed(pairs),)
            )
        }
        lost = [
            row[0]
            for row in tx.rows("SELECT msgid FROM message WHERE place = ?", (place,))
            if row[0] not in kept
        ]
        tx.execute(
            "UPDATE message SET uid = NULL, unplaced = ?, modseq = 0 WHERE place = ?", (self._pass(tx), place)
        )
        tx.put(
            f"UPDATE message SET place = {place}, uid = v.column2, unplaced = 0 FROM (",
            [(msgid, uid) for msgid, uid in pairs.items() if msgid in kept],
            ") AS v WHERE msgid = v.column1",
        )
        tx.execute(
            "UPDATE sync_state SET uidvalidity = ?, uidnext = 0, highestmodseq = 0 WHERE place = ?",
            (uidvalidity, place),
        )
        for batch in chunks([*lost, *kept], ROWS_PER_TRANSACTION):
            book = self.book(tx)
            records = book.load_messages(batch)
            for record in records:
                ids = record.confirmed.ids - PLACES
                record.confirmed = self.marks.numbered(tx, ids | {place} if record.msgid in kept else ids)
            self.pieces.fold(tx, self.marks, records)
            book.flush()
        tx.execute("UPDATE message SET place = NULL WHERE place = ? AND uid IS NULL", (place,))

    def begin_pass(self) -> int:
        """A pass over the three places begins; its number."""

        def job(tx: Transaction) -> int:
            tx.execute(
                "INSERT INTO meta VALUES ('pass', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
            )
            return self._pass(tx)

        return self._write(job)

    def prune(self, pass_id: int) -> int:
        """Forget messages that have been nowhere since before pass ``pass_id`` began; how many.

        Call it after the pass has looked into all three places. Messages with something open in the journal
        stay.
        """
        total = 0
        while True:
            gone = self._write(lambda tx: self._prune(tx, pass_id))
            total += gone
            if gone < ROWS_PER_TRANSACTION:
                return total

    def _prune(self, tx: Transaction, pass_id: int) -> int:
        rows = tx.rows(
            "SELECT msgid, people, subject, snippet FROM message WHERE uid IS NULL AND unplaced < ?",
            (pass_id,),
        )
        busy = self.pieces.touching(tx, (row[0] for row in rows))
        rows = [row for row in rows if row[0] not in busy][:ROWS_PER_TRANSACTION]
        self.forget_messages(tx, [row[0] for row in rows])
        return len(rows)

    def forget_messages(self, tx: Transaction, msgids: Sequence[int]) -> None:
        """Delete messages with everything that hangs on them, inside a transaction of the caller's."""
        stored = self._stored(tx, msgids)
        drop_words(
            tx, [self._indexed(tx, msgid, k.people, k.subject, k.snippet) for msgid, k in stored.items()]
        )
        book = self.book(tx)
        for record in book.load_messages(stored):
            record.is_gone = True
        book.flush()
        parameter = (listed(stored),)
        for table in ("message", "body", "search_result"):
            tx.execute(f"DELETE FROM {table} WHERE msgid IN (SELECT value FROM json_each(?))", parameter)

    # -- what sync asks --------------------------------------------------------------------------------

    def uids(self, place: Role) -> UidRanges:
        """Every uid the store knows in a place, as ranges."""
        rows = self._read_long(
            "SELECT min(uid), max(uid) FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island "
            "FROM message WHERE place = ? AND uid IS NOT NULL) GROUP BY island ORDER BY 1",
            (PLACE_OF_ROLE[place],),
        )
        return tuple((low, high) for low, high in rows)

    def locations(self, msgids: Iterable[int]) -> dict[int, Location]:
        """Where the server keeps messages; those that are nowhere (or unknown) are left out."""
        rows = self._read(
            "SELECT msgid, place, uid FROM message WHERE place IS NOT NULL "
            "AND msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        )
        return {msgid: Location(ROLE_OF_PLACE[place], uid) for msgid, place, uid in rows}

    def msgids(self, place: Role, uids: UidRanges) -> dict[int, int]:
        """uid → msgid for the uids of some ranges that the store knows."""
        found: dict[int, int] = {}
        for low, high in uids:
            found.update(
                self._read(
                    "SELECT uid, msgid FROM message WHERE place = ? AND uid BETWEEN ? AND ?",
                    (PLACE_OF_ROLE[place], low, high),
                )
            )
        return found

    def known(self, msgids: Iterable[int]) -> set[int]:
        """Those of some messages that are stored."""
        rows = self._read(
            "SELECT msgid FROM message WHERE msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)
        )
        return {row[0] for row in rows}

    def sync_state(self, place: Role) -> SyncState | None:
        """What the last finished pass over a place saw; None before the first."""
        rows = self._read(
            "SELECT name, uidvalidity, uidnext, highestmodseq, messages, backfilled_down_to, is_complete "
            "FROM sync_state WHERE place = ?",
            (PLACE_OF_ROLE[place],),
        )
        if not rows:
            return None
        name, uidvalidity, uidnext, highestmodseq, exists, backfilled, is_complete = rows[0]
        return SyncState(
            place, name, uidvalidity, uidnext, highestmodseq, exists, backfilled, bool(is_complete)
        )

    def save_sync_state(self, state: SyncState) -> None:
        """Remember what a finished pass saw."""
        self._write(
            lambda tx: (
                tx.execute(
                    "INSERT OR REPLACE INTO sync_state VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        PLACE_OF_ROLE[state.place],
                        state.name,
                        state.uidvalidity,
                        state.uidnext,
                        state.highestmodseq,
                        state.exists,
                        state.backfilled_down_to,
                        int(state.is_complete),
                    ),
                ).rowcount
            )
        )

    # -- inside ----------------------------------------------------------------------------------------

    @staticmethod
    def _pass(tx: Transaction) -> int:
        return tx.number("SELECT value FROM meta WHERE key = 'pass'")

    @staticmethod
    def _names(tx: Transaction) -> range:
        return range(tx.number("SELECT count(*) FROM mark WHERE kind = 'label'"))


def _bits(facts: MessageFacts) -> int:
    return (HAS_ATTACHMENT if facts.has_attachment else 0) | (HAS_INVITE if facts.has_invite else 0)


def _words(facts: MessageFacts, snippet: str | None) -> Words:
    return words_of(
        facts.msgid, facts.subject, (facts.sender, *facts.to, *facts.cc, *facts.bcc, *facts.reply_to), snippet
    )
