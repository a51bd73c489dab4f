"""The store: one account's SQLite file, opened, checked, locked, rebuilt if need be.

What lives here: ``Store``, which owns lock, writer and rooms and lends readers. What may not: any row.

One process writes a store; the next one opens it read-only and says so. A file that SQLite cannot read is
set aside, never deleted, and a new one takes its place with whatever ops and saved searches could be read
from the old one.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from imapcore.clock import Clock
from imapcore.errors import StoreBusy, StoreError
from imapcore.store.facts import Notice
from imapcore.store.mail.bodies import Bodies
from imapcore.store.mail.envelopes import Envelopes
from imapcore.store.mail.mailboxes import LabelStore
from imapcore.store.mail.messages import MessageStore
from imapcore.store.mail.searches import Searches
from imapcore.store.mail.uids import UidStore
from imapcore.store.outbox.drafts import Drafts
from imapcore.store.outbox.outgoing import OutgoingMail
from imapcore.store.reader.reader import Reader
from imapcore.store.repair.recovery import Rescued, rescue, restore
from imapcore.store.repository import StoreContext
from imapcore.store.sqlite.connection import connect_reader, connect_writer, require_sqlite
from imapcore.store.sqlite.errors import is_damage, told
from imapcore.store.sqlite.lockfile import WriterLock, make_private, set_aside, suspect_mark
from imapcore.store.sqlite.migrations import APPLICATION_ID, MIGRATIONS, migrate
from imapcore.store.sqlite.ui_priority import UiPriority
from imapcore.store.sqlite.writer import ClosedWriter, Writer
from imapcore.store.threads.people import People

if TYPE_CHECKING:
    from imapcore.store.journal.journal import Journal

CHECKED_WHOLE = 48 << 20
"""Files up to this size are checked whole at every start (some tenth of a second); of larger ones the
user's own tables, unless the file is suspect: mail can be had again, and SQLite says so when it meets a
broken page.
"""

OWN_TABLES = (
    "meta",
    "mark",
    "mark_set",
    "op",
    "step",
    "piece",
    "mailbox",
    "shelf",
    "sync_state",
    "search",
    "saved_search",
    "draft",
    "draft_file",
    "outgoing",
    "draft_copy",
)
"""Small tables, and what no server can give back."""

MADE = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master "
    "WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'words_%' ORDER BY type, name"
)
"""The schema, without what SQLite adds to it by itself."""


def one_line(text: str) -> str:
    """Text without anything that could move a cursor: the least a title needs."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


class Store:
    """One account's local store; a context manager. Made by ``Store.open``."""

    def __init__(
        self, path: Path, lock: WriterLock | None, gate: UiPriority, shared: StoreContext, email: str
    ) -> None:
        self.path = path
        self.gate = gate
        self.writer = shared.writer
        self.is_read_only = lock is None
        """Another process writes this store: whatever would write raises StoreBusy here."""
        self.notices: tuple[Notice, ...] = ()
        """What the user must be told about the store, found when it was opened."""
        # What Gmail said.
        self.labels = LabelStore(shared)
        self.envelopes = Envelopes(shared)
        self.uids = UidStore(shared, self.envelopes)
        self.messages = MessageStore(shared, self.envelopes, self.uids)
        self._journal: Journal | None = None
        self._journal_lock = threading.Lock()
        self.searches = Searches(shared)
        self.bodies = Bodies(shared)
        self.drafts = Drafts(shared)
        self.outgoing = OutgoingMail(shared)
        self._shared = shared
        self._lock = lock
        self._email = email
        self._is_closed = False

    @classmethod
    def open(
        cls, path: Path, *, clock: Clock, email: str = "", sanitize: Callable[[str], str] = one_line
    ) -> Store:
        """Open or make the store at ``path``.

        Raises StoreError when the file belongs to something else or to a newer version of this program, or
        cannot be made; StoreBusy when another process is just making it.
        """
        require_sqlite()
        lock = WriterLock(path)
        try:
            make_private(path)
            is_writer = lock.acquire()
        except OSError as error:
            raise StoreError(
                f"{path.name}: {error.strerror}",
                hint="Is the folder writable, and is there room on the disk?",
            ) from error
        if not is_writer:
            return cls._open_reading(path, clock, email, sanitize)
        try:
            return cls._open_writing(path, clock, email, sanitize, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _open_reading(cls, path: Path, clock: Clock, email: str, sanitize: Callable[[str], str]) -> Store:
        reads = connect_reader(path)
        try:
            version = int(reads.execute("PRAGMA user_version").fetchone()[0])
            if version != len(MIGRATIONS):
                raise StoreBusy("it is being made, or belongs to another version of this program")
        except BaseException:
            reads.close()
            raise
        return cls(
            path,
            None,
            UiPriority(),
            StoreContext(path, ClosedWriter(), reads, clock, People(email), sanitize),
            email,
        )

    @classmethod
    def _open_writing(
        cls, path: Path, clock: Clock, email: str, sanitize: Callable[[str], str], lock: WriterLock
    ) -> Store:
        notices: list[Notice] = []
        rescued = _prepare(path, clock, notices)
        gate = UiPriority()
        writer = Writer(path, gate, clock)
        try:
            reads = connect_reader(path)
            try:
                shared = StoreContext(path, writer, reads, clock, People(email), sanitize)
                writer.on_rollback(shared.forget)
                store = cls(path, lock, gate, shared, email)
                if rescued is not None:
                    writer.call(lambda tx: restore(tx, shared.marks, rescued))
                if _was_sending(reads):
                    store.journal.queue.recover()
                store.outgoing.recover(clock.now_ms())
            except BaseException as error:
                reads.close()
                explanation = told(error, path)
                if explanation is not error:
                    raise explanation from error
                raise
        except BaseException:
            writer.stop()
            raise
        store.notices = tuple(notices)
        return store

    @property
    def journal(self) -> Journal:
        """What the user changed."""
        with self._journal_lock:
            if self._journal is None:
                # Late: a first frame changes nothing, and shows what was changed without this.
                from imapcore.store.journal.journal import Journal

                self._journal = Journal(self._shared, self.labels, self.messages)
            return self._journal

    @property
    def is_user_working(self) -> bool:
        """Whether the user has just changed something: another change is to be expected at any moment."""
        return self._shared.writer.is_user_working

    def is_free(self) -> bool:
        """Of a store that was opened for reading: whether nobody writes it any more."""
        lock = WriterLock(self.path)
        try:
            return lock.acquire()
        finally:
            lock.release()

    def version(self) -> int:
        """A number that differs when another process has changed the store since the last call."""
        with self._shared.lock:
            try:
                return int(self._shared.reads.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise told(error, self.path) from error

    def reader(self) -> Reader:
        """A read-only connection for the calling thread; close it."""
        return Reader(self.path, self._email)

    def check(self) -> str | None:
        """A thorough check, on a connection of its own: what is wrong, or None. May take seconds.

        Damage is remembered, and mended at the next start.
        """
        with self.reader() as reader:
            problem = reader.check()
        if problem is not None:
            suspect_mark(self.path).touch(mode=0o600)
        return problem

    def close(self) -> None:
        """Finish what was accepted, stop the writer, let the lock go. Harmless when closed already."""
        if self._is_closed:
            return
        self._is_closed = True
        # The writer's connection must be the last one: it clears away what SQLite keeps beside the store.
        with self._shared.lock:
            self._shared.reads.close()
        self.writer.stop()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _prepare(path: Path, clock: Clock, notices: list[Notice]) -> Rescued | None:
    """Check and migrate the file; set a damaged one aside. What could be rescued from it, or None."""
    damage = _damage(path)
    if damage is None:
        return None
    rescued = rescue(path)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(clock.now_ms() / 1000))
    aside = set_aside(path, stamp)
    make_private(path)
    second = _damage(path)
    if second is not None:
        raise StoreError(second)
    kept = "nothing was waiting to be sent"
    if rescued.ops:
        kept = f"{len(rescued.ops)} change{'s' if len(rescued.ops) > 1 else ''} not yet sent could be saved"
    if rescued.is_partial:
        kept += "; some of the old file could not be read"
    notices.append(
        Notice(
            "The local store was damaged and is being rebuilt from Gmail",
            f"{damage}; {kept}",
            f"The old file was kept beside it as {aside.name}",
        )
    )
    return rescued


def _damage(path: Path) -> str | None:
    """Open, check and migrate; what is wrong with the file, or None. Raises StoreError for what is no
    damage.
    """
    try:
        connection = connect_writer(path)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if is_damage(error):
            return str(error)
        raise told(error, path) from error
    try:
        owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
        if owner not in (0, APPLICATION_ID):
            raise StoreError(
                f"{path.name} belongs to another program",
                hint="Choose another folder, or move that file away",
            )
        mark = suspect_mark(path)
        is_suspect = mark.exists()
        is_thorough = is_suspect or path.stat().st_size <= CHECKED_WHOLE
        problem = mark.read_text(encoding="utf-8") if is_suspect else None
        problem = problem or _quick_check(connection, is_thorough=is_thorough)
        if problem is None:
            migrate(connection)
            problem = _slow_check(connection) if is_suspect else None
        if problem is None:
            mark.unlink(missing_ok=True)
    except LookupError as error:
        raise StoreError(
            f"it was written by a newer version (format {error})", hint="Use that version, or another folder"
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if is_damage(error):
            return str(error)
        raise told(error, path) from error
    finally:
        connection.close()
    return problem


def _was_sending(reads: sqlite3.Connection) -> bool:
    """Whether the last run was cut short with something of the journal on its way."""
    # Spelled as the two partial indexes are: they hold next to nothing.
    return any(
        state == "sent"
        for states in (
            "SELECT state FROM op WHERE state IN ('pending', 'sent')",
            "SELECT state FROM piece WHERE state IN ('open', 'sent')",
        )
        for (state,) in reads.execute(states)
    )


def _quick_check(connection: sqlite3.Connection, *, is_thorough: bool) -> str | None:
    """SQLite's own check of the whole file or of the user's own tables; what it finds, or None."""
    foreign = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')"
    ).fetchone()
    if foreign is not None:
        # We make neither: reading one would run what somebody else wrote.
        return f"{foreign[0]!r} in it is none of our tables"
    present = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    checks = ["1"] if is_thorough else [table for table in OWN_TABLES if table in present]
    for check in checks:
        answer = str(connection.execute(f"PRAGMA quick_check({check})").fetchone()[0])
        if answer != "ok":
            return answer
    return None


def _slow_check(connection: sqlite3.Connection) -> str | None:
    """What the quick check passes over: other tables than were made, indexes that do not fit their tables,
    and values that cannot be.

    Raises sqlite3.OperationalError for a text that is none.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        if fresh.execute(MADE).fetchall() != connection.execute(MADE).fetchall():
            return "its tables are not those that were made"
    answer = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if answer != "ok":
        return answer
    texts = connection.execute(
        "SELECT t.name, group_concat('\"' || c.name || '\"') "
        "FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' "
        "AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND c.type = 'TEXT' GROUP BY t.name"
    ).fetchall()
    for table, columns in texts:
        for _ in connection.execute(f'SELECT {columns} FROM "{table}"'):
            pass
    # Late: hardly any start needs it.
    from imapcore.store.repair.integrity import contradiction

    return contradiction(connection)
