"""Searches: the results of X-GM-RAW queries as views, and the searches the user keeps.

What lives here: the runs of a query, their results, saved searches. What may not: running a query on the
server (sync), the offline search (``query.offline_search``).

A run adds results as they come and, when it saw everything, drops what only earlier runs had found. A
result may name a message the store does not know yet: it joins the view when the message is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from imapcore.model import SavedSearch
from imapcore.store.repository import Repository
from imapcore.store.sqlite.connection import Transaction, integers, listed

KEPT_RUNS = 30
"""Searches whose results are kept; older ones go (saved ones stay)."""


class Searches(Repository):
    """Search views; every method is safe on any thread and returns when committed."""

    def begin(self, query: str) -> int:
        """A run of a query begins (its number); the results of earlier runs stay in view until it is
        finished.
        """
        return self._write(lambda tx: self._begin(tx, query))

    def _begin(self, tx: Transaction, query: str) -> int:
        tx.execute(
            "INSERT INTO search (query, run, began_at) VALUES (?, 1, ?) ON CONFLICT (query) "
            "DO UPDATE SET run = run + 1, began_at = excluded.began_at, is_complete = 0",
            (query, self._shared.clock.now_ms()),
        )
        return tx.number("SELECT run FROM search WHERE query = ?", (query,))

    def add(self, query: str, msgids: Iterable[int]) -> tuple[int, ...]:
        """Results of the present run; those among them that the store does not know, in the order given."""
        unknown: list[int] = []
        for batch in self._portions(list(msgids)):
            unknown.extend(self._write(partial(self._add, query=query, msgids=list(batch))))
        return tuple(unknown)

    def _add(self, tx: Transaction, query: str, msgids: list[int]) -> list[int]:
        row = tx.row("SELECT search_id, run FROM search WHERE query = ?", (query,))
        if row is None:
            return []
        search_id, run = int(row[0]), int(row[1])
        found = set(
            integers(
                tx.rows,
                "msgid",
                "search_result JOIN message USING (msgid) WHERE search_id = ? "
                "AND msgid IN (SELECT value FROM json_each(?))",
                (search_id, listed(msgids)),
            )
        )
        states = self.thread_states(tx)
        # What an earlier run found is in its lists already.
        records = states.load_messages([msgid for msgid in msgids if msgid not in found])
        tx.put(
            "INSERT INTO search_result (msgid, search_id, run)",
            [(msgid, search_id, run) for msgid in msgids],
            "ON CONFLICT (msgid, search_id) DO UPDATE SET run = excluded.run",
        )
        for record in records:
            if -search_id not in record.searches:
                record.searches = tuple(sorted((*record.searches, -search_id)))
        states.flush()
        known = found | {record.msgid for record in records}
        return [msgid for msgid in msgids if msgid not in known]

    def finish(self, query: str, *, is_complete: bool, run: int | None = None) -> int:
        """The run ended; how many messages it found. Complete: results of earlier runs only are dropped.

        ``run``: its number; one that a later run has overtaken ends nothing. None: the present one.
        """
        rows = self._read("SELECT search_id, run FROM search WHERE query = ?", (query,))
        if not rows:
            return 0
        search_id, present = rows[0]
        if run is None or run == present:
            if is_complete:
                self._drop_results(search_id, before=present)
            self._write(
                lambda tx: (
                    tx.execute(
                        "UPDATE search SET is_complete = ? WHERE search_id = ? AND run = ?",
                        (int(is_complete), search_id, present),
                    ).rowcount
                )
            )
        found = self._read("SELECT count(*) FROM search_result WHERE search_id = ?", (search_id,))
        return int(found[0][0])

    def tidy(self) -> bool:
        """Forget a little of what was not run for the longest time; whether there is more to forget.

        A search can have found very much: it goes in small steps, when nobody waits.
        """
        return self._write(self._tidy)

    def _tidy(self, tx: Transaction) -> bool:
        row = tx.row(
            "SELECT search_id FROM search WHERE query NOT IN (SELECT query FROM saved_search) "
            "ORDER BY began_at DESC, search_id DESC LIMIT 1 OFFSET ?",
            (KEPT_RUNS,),
        )
        if row is None:
            return False
        search_id = int(row[0])
        # Whoever looks meanwhile must not take what is left for everything.
        tx.execute("UPDATE search SET is_complete = 0 WHERE search_id = ?", (search_id,))
        if not self._drop_some(tx, search_id):
            tx.execute("DELETE FROM search WHERE search_id = ?", (search_id,))
            for table in ("entry", "unread", "tally", "span", "view_count"):
                tx.execute(f"DELETE FROM {table} WHERE view_id = ?", (-search_id,))
        return True

    def _drop_results(self, search_id: int, before: int) -> None:
        """Drop what only runs before a certain one have found."""
        while self._write(partial(self._drop_some, search_id=search_id, before=before)):
            pass

    def _drop_some(self, tx: Transaction, search_id: int, before: int | None = None) -> int:
        """Drop some of what only runs before a certain one, or any, have found; how many."""
        rows = tx.rows(
            "SELECT msgid FROM search_result WHERE search_id = ? AND run < coalesce(?, run + 1) LIMIT ?",
            (search_id, before, self._shared.writer.rows_at_once),
        )
        msgids = [row[0] for row in rows]
        states = self.thread_states(tx)
        for record in states.load_messages(msgids):
            record.searches = tuple(view for view in record.searches if view != -search_id)
        states.flush()
        tx.execute(
            "DELETE FROM search_result WHERE search_id = ? AND msgid IN (SELECT value FROM json_each(?))",
            (search_id, listed(msgids)),
        )
        return len(msgids)

    # -- saved searches --------------------------------------------------------------------------------

    def save(self, title: str, query: str) -> SavedSearch:
        """Keep a query in the tree."""

        def job(tx: Transaction) -> SavedSearch:
            tx.execute("INSERT INTO saved_search (title, query) VALUES (?, ?)", (title, query))
            return SavedSearch(tx.number("SELECT last_insert_rowid()"), title, query)

        return self._write(job, is_user=True)

    def rename(self, search_id: int, title: str, query: str) -> None:
        """Change a saved search's title and query."""

        def job(tx: Transaction) -> None:
            tx.execute(
                "UPDATE saved_search SET title = ?, query = ? WHERE saved_id = ?", (title, query, search_id)
            )

        self._write(job, is_user=True)

    def delete(self, search_id: int) -> None:
        """Take a saved search out of the tree; mail is not touched."""

        def job(tx: Transaction) -> None:
            tx.execute("DELETE FROM saved_search WHERE saved_id = ?", (search_id,))

        self._write(job, is_user=True)
