"""What the rooms of the store share: one writer, one set of numberings, one way to read.

What lives here: ``StoreContext`` (made once by ``Store``) and ``Repository`` (base of what
reads and writes tables). What may not: any table's SQL.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from imapcore.clock import Clock
from imapcore.store.changes.pending import PendingChanges
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.sqlite.connection import Row, Transaction, connect_reader
from imapcore.store.sqlite.errors import explained
from imapcore.store.sqlite.writer import Writer
from imapcore.store.threads.people import People
from imapcore.store.threads.thread_states import ThreadStates

T = TypeVar("T")
V = TypeVar("V")


class StoreContext(Struct):
    """What every room holds on to."""

    path: Path
    writer: Writer
    reads: sqlite3.Connection
    """A read-only connection for questions of sync and journal; used under ``lock``."""
    clock: Clock
    people: People
    sanitize: Callable[[str], str]
    """One line, no control characters: for names that come from the user and are shown as titles."""
    marks: MarkRegistry = field(default_factory=MarkRegistry)
    changes: PendingChanges = field(default_factory=PendingChanges)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """After a rollback the caches may know what never was."""
        self.marks.forget()
        self.people.clear()
        self.changes.forget()


class Repository:
    """A part of the store with a noun of its own."""

    def __init__(self, shared: StoreContext) -> None:
        self._shared = shared
        self.marks = shared.marks
        self.people = shared.people
        self.changes = shared.changes

    def thread_states(self, tx: Transaction) -> ThreadStates:
        """The states of conversations, for one transaction."""
        return ThreadStates(tx, self.marks, self.people)

    def _write(self, job: Callable[[Transaction], T], *, is_user: bool = False) -> T:
        """Run a job on the writer; ``is_user``: somebody waits for it, and it must survive a power cut."""
        return self._shared.writer.call(job, is_urgent=is_user, is_durable=is_user)

    def _portions(self, values: Sequence[V]) -> Iterator[Sequence[V]]:
        """What there is to write in the background, in portions of so many rows as are right at the
        moment.
        """
        at = 0
        while at < len(values):
            portion = values[at : at + self._shared.writer.rows_at_once]
            at += len(portion)
            yield portion

    def _read_long(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Like ``_read`` for what takes long: on a connection of its own, so that nobody else waits."""
        try:
            with closing(connect_reader(self._shared.path)) as connection:
                return connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._shared.path) from error

    def _read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._shared.lock:
            try:
                return self._shared.reads.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise explained(error, self._shared.path) from error
