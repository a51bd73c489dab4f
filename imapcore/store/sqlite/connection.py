"""One transaction of the writer: statements, many rows at a time, with a breath at the gate between them.

What lives here: the thin hand that every write of the store goes through, and how connections are opened.
What may not: any table's name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec.json import Decoder, encode

from imapcore.errors import StoreError
from imapcore.store.sqlite.ui_priority import UiPriority

Row = tuple[Any, ...]
"""What sqlite3 gives for a row; its columns are named by the statement beside it."""

Rows = Callable[[str, Sequence[Any]], list[Row]]
"""Runs a query and gives every row."""

GROUPS = (512, 64, 16, 4, 1)
"""Rows per statement: sqlite3 gives the interpreter lock up and takes it again at every step, so that
fewer, larger statements are both faster and kinder to the screen; few sizes keep the statement cache
useful.
"""

BUSY_SECONDS = 5.0
"""How long SQLite waits for another connection's lock; with one writer only a checkpoint can be in the
way.
"""

WRITER_CACHE_KIB, READER_CACHE_KIB = 8192, 2048
"""Pages in memory. Whoever writes changes thousands in one transaction. For a reader the tops of the trees
are enough: what is under them it rarely reads twice, and keeping that made the slowest windows slower.
"""


OLDEST_SQLITE = (3, 35, 0)
"""Of 2021: what the statements here are written for; Python brings its own or the system's."""


def require_sqlite() -> None:
    """Raise StoreError where SQLite is older than what is spoken here."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        raise StoreError(
            f"This Python has SQLite {sqlite3.sqlite_version}; gimap-tui needs {wanted}",
            hint="A newer Python brings a newer SQLite: uv tool install --python 3.12 gimap-tui",
        )


class Transaction:
    """The writer's connection while a transaction is open."""

    def __init__(self, connection: sqlite3.Connection, gate: UiPriority, *, is_urgent: bool = False) -> None:
        self._connection = connection
        self._gate = gate
        self._is_urgent = is_urgent

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement, after a pause at the gate unless the user waits for this transaction."""
        if not self._is_urgent:
            self._gate.pause()
        return self._connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row of a query."""
        return self.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self.execute(sql, parameters).fetchone()
        return row

    def number(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The first column of the first row, as an integer; 0 when there is none."""
        row = self.row(sql, parameters)
        return int(row[0]) if row is not None and row[0] is not None else 0

    def put(self, head: str, rows: Sequence[Row], tail: str = "") -> None:
        """``head VALUES (…), (…) … tail`` for every row, many rows per statement."""
        start = 0
        for size in GROUPS:
            while len(rows) - start >= size:
                group = rows[start : start + size]
                marks = "(" + ",".join("?" * len(group[0])) + ")"
                values = list(chain.from_iterable(group))
                self.execute(f"{head} VALUES {','.join([marks] * size)} {tail}", values)
                start += size

    def drop(self, head: str, rows: Sequence[Row]) -> None:
        """``head (keys …)`` for every row: deletes by key, many keys per statement.

        The keys stand in a subquery: given as bare VALUES, SQLite scans the table instead of seeking each.
        """
        start = 0
        for size in GROUPS:
            while len(rows) - start >= size:
                group = rows[start : start + size]
                marks = "(" + ",".join("?" * len(group[0])) + ")"
                values = list(chain.from_iterable(group))
                self.execute(f"{head} (SELECT * FROM (VALUES {','.join([marks] * size)}))", values)
                start += size


_INTEGERS = Decoder(list[int])
_INTEGER_ROWS = Decoder(list[tuple[int, ...]])


def integers(rows: Rows, column: str, source: str, parameters: Sequence[Any] = ()) -> list[int]:
    """``SELECT column FROM source``, many integers in one step (see ``integer_rows``)."""
    return _INTEGERS.decode(rows(f"SELECT json_group_array({column}) FROM {source}", parameters)[0][0])


def integer_rows(
    rows: Rows, columns: str, source: str, parameters: Sequence[Any] = ()
) -> list[tuple[int, ...]]:
    """``SELECT columns FROM source``, many rows of integers in one step instead of one for each.

    At every step sqlite3 gives the interpreter lock up, and has to wait for its turn to have it again: beside
    a busy thread ten thousand steps take seconds.
    """
    statement = f"SELECT json_group_array(json_array({columns})) FROM {source}"
    return _INTEGER_ROWS.decode(rows(statement, parameters)[0][0])


def listed(values: Iterable[int]) -> str:
    """Integers as the JSON text that ``json_each(?)`` takes: one parameter for any number of them."""
    return encode(list(values)).decode()


def chunks(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """A sequence in parts of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes: WAL, explicit transactions, usable by whichever thread owns it."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "temp_store = MEMORY",
            f"cache_size = -{WRITER_CACHE_KIB}",
            # The writer does it itself, when nobody waits: a checkpoint inside a commit is felt.
            "wal_autocheckpoint = 0",
            # To this size the log's file is cut when it begins anew: by its growth the writer tells how much
            # is in it.
            "journal_size_limit = 0",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for one thread."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=64,
    )
    try:
        for pragma in (
            "query_only = ON",
            "temp_store = MEMORY",
            f"cache_size = -{READER_CACHE_KIB}",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection
