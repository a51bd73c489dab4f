"""Envelopes: what is stored of messages besides their state, and their words in the index.

What lives here: reading envelopes back, snippets, forgetting messages with everything that hangs on them.
What may not: states (``threads.thread_states``), where the server keeps a message (``uids``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from imapcore.store.query.fulltext import Words, drop_words, put_words, words_of
from imapcore.store.repository import Repository
from imapcore.store.sqlite.connection import Transaction, integers, listed


class StoredEnvelope(Struct):
    """What the store knows of a message's envelope."""

    thrid: int
    place: int | None
    uid: int | None
    modseq: int
    people: str
    subject: str
    snippet: str | None


def stored_among(tx: Transaction, msgids: Iterable[int]) -> set[int]:
    """Those of some messages that are stored."""
    source = "message WHERE msgid IN (SELECT value FROM json_each(?))"
    return set(integers(tx.rows, "msgid", source, (listed(msgids),)))


class Envelopes(Repository):
    """Envelopes and snippets; every method is safe on any thread and returns when committed."""

    def stored(self, tx: Transaction, msgids: Iterable[int]) -> dict[int, StoredEnvelope]:
        """msgid → what is stored of it; unknown messages are left out."""
        rows = tx.rows(
            "SELECT msgid, thrid, place, uid, modseq, people, subject, snippet FROM message "
            "WHERE msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        )
        return {row[0]: StoredEnvelope(*row[1:]) for row in rows}

    def indexed(self, tx: Transaction, msgid: int, known: StoredEnvelope) -> Words:
        """The words a stored message was indexed with."""
        return words_of(msgid, known.subject, self.people.everyone(tx, known.people), known.snippet)

    def set_snippets(self, snippets: Mapping[int, str]) -> None:
        """Store the first words of messages' texts."""
        for batch in self._portions(list(snippets)):
            self._write(partial(self._set_snippets, snippets={m: snippets[m] for m in batch}))

    def _set_snippets(self, tx: Transaction, snippets: Mapping[int, str]) -> None:
        stored = self.stored(tx, snippets)
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
        states = self.thread_states(tx)
        for record in states.load_messages(changed):
            record.has_new_text = True
        states.flush()

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

    def forget_messages(self, tx: Transaction, msgids: Sequence[int]) -> None:
        """Delete messages with everything that hangs on them, inside a transaction of the caller's."""
        stored = self.stored(tx, msgids)
        drop_words(tx, [self.indexed(tx, msgid, known) for msgid, known in stored.items()])
        states = self.thread_states(tx)
        for record in states.load_messages(stored):
            record.is_gone = True
        states.flush()
        parameter = (listed(stored),)
        for table in ("message", "body", "search_result"):
            tx.execute(f"DELETE FROM {table} WHERE msgid IN (SELECT value FROM json_each(?))", parameter)
