"""Sight: a read-only connection and what is kept between two looks.

What lives here: the connection, names of marks and the meaning of sets, under a version the writer raises
when a name changes. What may not: questions (they are in the classes built on this one).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec.json import Decoder

from imapcore.gmail.label_names import is_user_label
from imapcore.model import View
from imapcore.store.marks.values import MarkIds
from imapcore.store.sqlite.connection import Row, connect_reader, listed
from imapcore.store.sqlite.errors import damaged, explained, told
from imapcore.store.threads.row_state import Faces

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
        self._email = email.casefold()
        self._path = path
        self._connection = connect_reader(path)
        self._names_version = -1
        self._labels: dict[int, str] = {}
        self._label_ids: dict[str, int] = {}
        self._narrow: tuple[View, int, list[Row]] | None = None
        self._kinds: dict[int, tuple[str, str]] = {}
        self._faces = Faces()
        self._sets: dict[int, MarkIds] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is not None:
            self.explain(error)

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

        answer = str(self._rows("PRAGMA quick_check(1)")[0][0])
        return contradiction(self._connection) if answer == "ok" else answer

    def _rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def _load_names(self, version: int) -> None:
        self._names_version = version
        self._kinds = {
            mark_id: (kind, name)
            for mark_id, kind, name in self._rows("SELECT mark_id, kind, shown_name FROM mark")
        }
        self._label_ids = {name: mark_id for mark_id, (kind, name) in self._kinds.items() if kind == "label"}
        listed = {
            name
            for (name,) in self._rows(
                "SELECT name FROM shelf WHERE role IS NULL AND substr(name, 1, 1) = '\\'"
            )
        }
        self._labels = {
            mark_id: name for name, mark_id in self._label_ids.items() if is_user_label(name, listed)
        }
        self._faces.rename(self._labels)

    def _load_sets(self, set_ids: Iterable[int]) -> Mapping[int, MarkIds]:
        missing = {set_id for set_id in set_ids if set_id not in self._sets}
        if missing:
            if len(self._sets) > SETS_KEPT:
                self._sets.clear()
            if not self._sets:
                self._read_sets("ORDER BY set_id LIMIT ?", SETS_EXPECTED)
                missing.difference_update(self._sets)
        if missing:
            self._read_sets("WHERE set_id IN (SELECT value FROM json_each(?))", listed(missing))
            if not missing <= self._sets.keys():
                raise damaged("what some messages show is not known", self._path)
        return self._sets

    def _read_sets(self, which: str, parameter: int | str) -> None:
        for set_id, marks in self._rows(f"SELECT set_id, marks FROM mark_set {which}", (parameter,)):
            self._sets[set_id] = _MARKS.decode(marks)

    def _prepare(self, rows: Sequence[Row]) -> None:
        version = self._rows("SELECT coalesce((SELECT value FROM meta WHERE key = 'names'), 0)")[0][0]
        if version != self._names_version:
            self._load_names(version)
        self._load_sets(row[3] for row in rows)
