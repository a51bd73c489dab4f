"""The states of whole conversations, changed in memory and written where they differ.

What lives here: loading and writing ``state`` (one narrow row a message, clustered by conversation). What may
not: why a message changed (that is sync's or the journal's affair), what follows for the lists
(``view_index``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.sqlite.connection import Transaction, integer_rows, integers, listed
from imapcore.store.threads.message_state import MessageState, Stored
from imapcore.store.threads.people import People
from imapcore.store.threads.search_hits import found_by_searches
from imapcore.store.threads.view_index import ViewIndex


class ThreadStates:
    """The conversations one transaction touches."""

    def __init__(self, tx: Transaction, marks: MarkRegistry, people: People) -> None:
        self._tx = tx
        self._marks = marks
        self._people = people
        self.records: dict[int, MessageState] = {}
        self._threads: dict[int, list[MessageState]] = {}
        self._leaving: list[MessageState] = []

    # -- loading ---------------------------------------------------------------------------------------

    def load(self, thrids: Iterable[int]) -> None:
        """Read the states of whole conversations; those read already stay as they are."""
        wanted = [thrid for thrid in dict.fromkeys(thrids) if thrid not in self._threads]
        if not wanted:
            return
        for thrid in wanted:
            self._threads[thrid] = []
        rows = integer_rows(
            self._tx.rows,
            "thrid, msgid, date, confirmed, shown, mood, sender, bits",
            "state WHERE thrid IN (SELECT value FROM json_each(?))",
            (listed(wanted),),
        )
        numbers = {row[3] for row in rows}
        numbers.update([row[4] for row in rows])
        sets = self._marks.load_sets(self._tx, numbers)
        found = found_by_searches(self._tx, (row[1] for row in rows))
        for thrid, msgid, date, confirmed, shown, change_state, sender, bits in rows:
            confirmed_set, shown_set = sets[confirmed], sets[shown]
            searches = found.get(msgid, ())
            stored = Stored(date, bits, sender, searches, shown_set, change_state, confirmed_set)
            record = MessageState(
                msgid, thrid, date, sender, bits, confirmed_set, shown_set, change_state, searches, stored
            )
            self.records[msgid] = record
            self._threads[thrid].append(record)

    def load_messages(self, msgids: Iterable[int]) -> list[MessageState]:
        """Read the conversations of messages; the records of those that exist, in the order given."""
        wanted = list(msgids)
        missing = [msgid for msgid in wanted if msgid not in self.records]
        if missing:
            source = "message WHERE msgid IN (SELECT value FROM json_each(?))"
            self.load(integers(self._tx.rows, "thrid", source, (listed(missing),)))
        return [self.records[msgid] for msgid in wanted if msgid in self.records]

    def add(self, record: MessageState) -> None:
        """A message that is new; its conversation must be loaded."""
        self.records[record.msgid] = record
        self._threads[record.thrid].append(record)

    def rethread(self, old: MessageState, new: MessageState) -> None:
        """A message that moves to another conversation: it leaves one and is new in the other."""
        old.is_gone = True
        self._leaving.append(old)
        self.add(new)

    def of_thread(self, thrid: int) -> list[MessageState]:
        """The records of a loaded conversation."""
        return self._threads[thrid]

    # -- writing ---------------------------------------------------------------------------------------

    def flush(self) -> int:
        """Write every difference; how many messages changed in what is shown (or in their envelope).

        They are written once: whoever has more to change makes another ``ThreadStates``.
        """
        changed = [record for record in self.records.values() if record.is_changed] + self._leaving
        if not changed:
            return 0
        self._write_states(changed)
        touched: dict[int, list[MessageState]] = defaultdict(list)
        for record in changed:
            touched[record.thrid].append(record)
        ViewIndex(
            self._tx, self._marks, self._people, {thrid: self._threads[thrid] for thrid in touched}
        ).write(touched)
        return sum(record.is_changed_in_view for record in changed)

    def _write_states(self, changed: list[MessageState]) -> None:
        gone = [(r.thrid, r.msgid) for r in changed if r.is_gone and r.old is not None]
        self._tx.drop("DELETE FROM state WHERE (thrid, msgid) IN", gone)
        rows = [
            (r.thrid, r.msgid, r.date, r.confirmed.set_id, r.shown.set_id, r.change_state, r.sender, r.bits)
            for r in changed
            if not r.is_gone
        ]
        self._tx.put("INSERT OR REPLACE INTO state", rows)
        more = sum(r.old is None and not r.is_gone for r in changed) - len(gone)
        if more:
            self._tx.execute("UPDATE meta SET value = value + ? WHERE key = 'messages'", (more,))
