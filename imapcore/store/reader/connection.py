"""A read-only connection, and what is kept between two questions.

What lives here: the connection, names of marks and the meaning of sets, under a version the writer raises
when a name changes. What may not: questions (they are asked by the parts of ``reader``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.json import Decoder

from imapcore.gmail.label_names import is_user_label
from imapcore.store.marks.values import MarkIds
from imapcore.store.sqlite.connection import Row, connect_reader, listed
from imapcore.store.sqlite.errors import damaged, explained, told
from imapcore.store.threads.row_state import RowStates

_MARKS = Decoder(frozenset[int])

SETS_EXPECTED = 1000
"""Sets of marks read together at the first look: the earliest are the commonest, and few are asked for
later.
"""

SETS_KEPT = 20_000
"""Sets of marks whose meaning is kept in memory."""


class ReadConnection:
    """A read-only connection for one thread; a context manager."""

    def __init__(self, path: Path, email: str = "") -> None:
        self.email = email.casefold()
        """Whose store it is."""
        self._path = path
        self._connection = connect_reader(path)
        self.names_version = -1
        """Which names are held: the writer counts it up when one changes."""
        self.labels: dict[int, str] = {}
        """The user's labels: number → name."""
        self.label_ids: dict[str, int] = {}
        """Every label: name → number."""
        self.kinds: dict[int, tuple[str, str]] = {}
        """Every mark: number → its kind and name."""
        self.row_states = RowStates()
        self.sets: dict[int, MarkIds] = {}
        """Sets of marks that were read, by number."""

    def explain(self, error: BaseException) -> None:
        """Raise a StoreError for an error of a question that the store's own contents caused."""
        explanation = told(error, self._path)
        if explanation is not error:
            raise explanation from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def check(self) -> str | None:
        """SQLite's own check of the whole file, then whether what stands in it can be; what is found, or
        None.
        """
        # Late: hardly anybody asks.
        from imapcore.store.repair.integrity import contradiction

        answer = str(self.rows("PRAGMA quick_check(1)")[0][0])
        return contradiction(self._connection) if answer == "ok" else answer

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Ask. Raises StoreError for what the file caused."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def load_names(self, version: int) -> None:
        """Read what marks are called, as of a version."""
        self.names_version = version
        self.kinds = {
            mark_id: (kind, name)
            for mark_id, kind, name in self.rows("SELECT mark_id, kind, shown_name FROM mark")
        }
        self.label_ids = {name: mark_id for mark_id, (kind, name) in self.kinds.items() if kind == "label"}
        listed = {
            name
            for (name,) in self.rows(
                "SELECT name FROM shelf WHERE role IS NULL AND substr(name, 1, 1) = '\\'"
            )
        }
        self.labels = {
            mark_id: name for name, mark_id in self.label_ids.items() if is_user_label(name, listed)
        }
        self.row_states.rename(self.labels)

    def load_sets(self, set_ids: Iterable[int]) -> Mapping[int, MarkIds]:
        """Sets of marks by number, these ones among them."""
        missing = {set_id for set_id in set_ids if set_id not in self.sets}
        if missing:
            if len(self.sets) > SETS_KEPT:
                self.sets.clear()
            if not self.sets:
                self._read_sets("ORDER BY set_id LIMIT ?", SETS_EXPECTED)
                missing.difference_update(self.sets)
        if missing:
            self._read_sets("WHERE set_id IN (SELECT value FROM json_each(?))", listed(missing))
            if not missing <= self.sets.keys():
                raise damaged("what some messages show is not known", self._path)
        return self.sets

    def _read_sets(self, which: str, parameter: int | str) -> None:
        for set_id, marks in self.rows(f"SELECT set_id, marks FROM mark_set {which}", (parameter,)):
            self.sets[set_id] = _MARKS.decode(marks)

    def prepare(self, rows: Sequence[Row]) -> None:
        """Have the names as they are now, and the sets of marks in the fourth column of some rows."""
        version = self.rows("SELECT coalesce((SELECT value FROM meta WHERE key = 'names'), 0)")[0][0]
        if version != self.names_version:
            self.load_names(version)
        self.load_sets(row[3] for row in rows)
