"""Mail: what the server says about messages, written down.

What lives here: applying facts and deltas. What may not: deciding what to fetch (sync), what the user
changed (the journal), where messages are (``uids``).

Every write is a series of transactions of few rows, so that the user's own changes get in between.
What has an open change keeps showing it: facts are written as confirmed, and what is shown is folded anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import partial

from imapcore.model import Role
from imapcore.store.facts import Changed, Delta, MessageFacts
from imapcore.store.mail.envelopes import Envelopes, StoredEnvelope
from imapcore.store.mail.uids import UidStore
from imapcore.store.marks.values import (
    FLAGGED,
    HAS_ATTACHMENT,
    HAS_INVITE,
    PLACE_OF_ROLE,
    PLACES,
    STARRED,
    STARRED_LABEL,
    MarkSet,
)
from imapcore.store.query.fulltext import Words, drop_words, put_words, words_of
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, integer_rows, listed
from imapcore.store.threads.message_state import SETTLED, MessageState
from imapcore.store.threads.search_hits import found_by_searches
from imapcore.store.threads.thread_states import ThreadStates

RECENT = "\\Recent"
"""A flag of the session, not of the message (RFC 3501 §2.3.2)."""


class MessageStore(Repository):
    """The messages; every method is safe on any thread and returns when committed."""

    def __init__(self, shared: StoreContext, envelopes: Envelopes, uids: UidStore) -> None:
        super().__init__(shared)
        self._envelopes = envelopes
        self._uids = uids

    # -- messages --------------------------------------------------------------------------------------

    def apply(self, facts: Sequence[MessageFacts]) -> Changed:
        """Store messages, new or known, as FETCH described them. Any number."""
        changed = Changed()
        for batch in self._portions(facts):
            changed = changed.merged(self._write(partial(self._apply_some, batch=batch)))
        return changed

    def _apply_some(self, tx: Transaction, batch: Sequence[MessageFacts]) -> Changed:
        facts_of = {facts.msgid: facts for facts in batch}
        names_before = len(self._names(tx))
        self.people.intern(
            tx,
            (address for f in facts_of.values() for address in (f.sender, *f.to, *f.cc, *f.bcc, *f.reply_to)),
        )
        stored = self._envelopes.stored(tx, facts_of)
        self._vacate(tx, facts_of)
        states = self.thread_states(tx)
        states.load({f.thrid for f in facts_of.values()} | {known.thrid for known in stored.values()})
        fresh = [f for f in facts_of.values() if f.msgid not in stored]
        # Backfill brings the newest first, and rows put in backwards leave every page half empty and make
        # the index of words begin anew at each.
        self._insert(tx, sorted(fresh, key=lambda f: f.msgid))
        records: list[MessageState] = []
        for facts in fresh:
            confirmed = self._confirmed(tx, facts)
            record = MessageState(
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
            states.add(record)
        self._join_searches(tx, records)
        for msgid, known in stored.items():
            record = self._revise(tx, states, facts_of[msgid], known)
            records.append(record)
        self.changes.fold(tx, self.marks, records)
        messages = states.flush()
        self.people.count(tx, fresh)
        return Changed(
            tuple(f.msgid for f in fresh), messages, has_new_label=len(self._names(tx)) != names_before
        )

    def _vacate(self, tx: Transaction, facts_of: Mapping[int, MessageFacts]) -> None:
        """Take a uid away from whoever holds it wrongly: the server has just said whose it is."""
        for place in {facts.place for facts in facts_of.values()}:
            uids = [facts.uid for facts in facts_of.values() if facts.place is place]
            tx.execute(
                "UPDATE message SET uid = NULL, unplaced = ? WHERE place = ? "
                "AND uid IN (SELECT value FROM json_each(?))",
                (self._uids.current_pass(tx), PLACE_OF_ROLE[place], listed(uids)),
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

    def _join_searches(self, tx: Transaction, records: Sequence[MessageState]) -> None:
        """Results a search found before the store knew the message."""
        found = found_by_searches(tx, [record.msgid for record in records])
        for record in records:
            record.searches = found.get(record.msgid, ())

    def _revise(
        self, tx: Transaction, states: ThreadStates, facts: MessageFacts, known: StoredEnvelope
    ) -> MessageState:
        """Bring a known message up to new facts."""
        place = PLACE_OF_ROLE[facts.place]
        record = states.records[facts.msgid]
        if record.thrid != facts.thrid:
            record = self._rethread(states, record, facts.thrid)
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
            drop_words(tx, [self._envelopes.indexed(tx, facts.msgid, known)])
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

    def _rethread(self, states: ThreadStates, record: MessageState, thrid: int) -> MessageState:
        """Gmail moved a message to another conversation."""
        moved = MessageState(
            record.msgid,
            thrid,
            record.date,
            record.sender,
            record.bits,
            record.confirmed,
            record.shown,
            record.change_state,
            record.searches,
        )
        states.rethread(record, moved)
        return moved

    # -- deltas ----------------------------------------------------------------------------------------

    def apply_deltas(self, place: Role, deltas: Sequence[Delta]) -> Changed:
        """Store new flags and labels of known messages; uids the store does not know are passed over."""
        changed = Changed()
        for batch in self._portions(deltas):
            changed = changed.merged(self._write(partial(self.learn, place=place, deltas=batch))[0])
        return changed

    def learn(self, tx: Transaction, place: Role, deltas: Sequence[Delta]) -> tuple[Changed, Set[int]]:
        """``apply_deltas`` within a transaction: what changed, and of which messages the store had not heard
        anything newer.
        """
        names_before = len(self._names(tx))
        known: dict[int, tuple[int, int]] = {
            uid: (msgid, modseq)
            for uid, msgid, modseq in integer_rows(
                tx.rows,
                "uid, msgid, modseq",
                "message WHERE place = ? AND uid IN (SELECT value FROM json_each(?))",
                (PLACE_OF_ROLE[place], listed(delta.uid for delta in deltas)),
            )
        }
        states = self.thread_states(tx)
        states.load_messages(msgid for msgid, _ in known.values())
        modseqs: dict[int, int] = {}
        touched: dict[int, MessageState] = {}
        for delta in deltas:
            if delta.uid not in known:
                continue
            msgid, modseq = known[delta.uid]
            if delta.modseq is not None:
                if delta.modseq < modseqs.get(msgid, modseq):
                    continue
                modseqs[msgid] = delta.modseq
            record = touched[msgid] = states.records[msgid]
            record.confirmed = self._revised(tx, record.confirmed, delta)
        tx.put(
            "UPDATE message SET modseq = v.column2 FROM (",
            list(modseqs.items()),
            ") AS v WHERE msgid = v.column1",
        )
        self.changes.fold(tx, self.marks, touched.values())
        messages = states.flush()
        return Changed((), messages, has_new_label=len(self._names(tx)) != names_before), touched.keys()

    def forget(self, tx: Transaction, msgids: Sequence[int]) -> None:
        """The server has deleted messages: forget everything about them."""
        self._envelopes.forget_messages(tx, msgids)

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

    @staticmethod
    def _names(tx: Transaction) -> range:
        return range(tx.number("SELECT count(*) FROM mark WHERE kind = 'label'"))


def _bits(facts: MessageFacts) -> int:
    return (HAS_ATTACHMENT if facts.has_attachment else 0) | (HAS_INVITE if facts.has_invite else 0)


def _words(facts: MessageFacts, snippet: str | None) -> Words:
    return words_of(
        facts.msgid, facts.subject, (facts.sender, *facts.to, *facts.cc, *facts.bcc, *facts.reply_to), snippet
    )
