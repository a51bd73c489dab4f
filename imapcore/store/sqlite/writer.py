"""The writer: one thread, one connection, every write of the store.

What lives here: the thread, its two queues (what the user waits for goes first), transactions with commit
and rollback, deadlines, the stop. What may not: any SQL but BEGIN, COMMIT, ROLLBACK and pragmas.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from imapcore.clock import Clock, SystemClock
from imapcore.errors import StoreBusy, StoreError
from imapcore.store.sqlite.connection import Transaction, connect_writer
from imapcore.store.sqlite.errors import explained, told
from imapcore.store.sqlite.ui_priority import UiPriority

T = TypeVar("T")

QUEUE_LENGTH = 4
"""Ordinary jobs that may wait; whoever brings one more waits for a place, which is what slows a backfill
down.
"""

LOG_BYTES = 8 << 20
"""Size of the write-ahead log from which on it is moved into the store between two jobs."""

LOG_BYTES_WHILE_WORKING = 32 << 20
"""As much more may stand in it while the user works: the next change would wait until it is moved."""

QUIET_SECONDS = 0.25
QUIET_LOG_BYTES = 1 << 20
"""After so long without a job a log of that size is moved, too: a change of the user's waits until the disk
has everything that stands in the log before it.
"""

ROWS_AT_ONCE, ROWS_WHILE_WORKING = 200, 12
"""Rows of one background transaction, which a change of the user's may have to wait for: a few dozen
milliseconds where nobody changes anything, a few while somebody does.
"""

WORKING_SECONDS = 2.0
"""How long after a change of the user's the next is expected."""

DEADLINE_SECONDS = 60.0
"""How long a caller waits for its job before it hears that the store does not answer."""


class Ticket(Generic[T]):
    """A job on its way through the writer, and its outcome."""

    def __init__(self, job: Callable[[Transaction], T], *, is_urgent: bool, is_durable: bool) -> None:
        self.job = job
        self.is_urgent = is_urgent
        self.is_durable = is_durable
        self._done = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None

    def finish(self, result: T) -> None:
        """The job committed."""
        self._result.append(result)
        self._done.set()

    def fail(self, error: BaseException) -> None:
        """The job was rolled back, or never began."""
        self._error = error
        self._done.set()

    def outcome(self, seconds: float) -> T:
        """The job's result; raises what it raised, or StoreError when the deadline passes."""
        if not self._done.wait(seconds):
            raise StoreError(f"no answer within {seconds:.0f} s", title="The local store does not answer")
        if self._error is not None:
            raise self._error
        return self._result[0]


class Writer:
    """Owner of the thread ``writer`` and of the only connection that writes.

    A job is a function of a ``Transaction``; it runs alone, inside BEGIN IMMEDIATE … COMMIT, and is rolled
    back when it raises. It must touch nothing but the store: it may be refused, and it runs on the writer's
    thread.
    """

    def __init__(
        self, path: Path, gate: UiPriority, clock: Clock | None = None, *, deadline: float = DEADLINE_SECONDS
    ) -> None:
        self._path = path
        self._gate = gate
        self._clock = clock or SystemClock()
        self._working_until = 0.0
        self._deadline = deadline
        self._connection = connect_writer(path)
        self._log = path.with_name(path.name + "-wal")
        self._log_limit = LOG_BYTES
        self._ready = threading.Condition()
        self._urgent: deque[Ticket[Any]] = deque()
        self._ordinary: deque[Ticket[Any]] = deque()
        self._is_stopping = False
        self._rollback_hooks: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def on_rollback(self, hook: Callable[[], None]) -> None:
        """Call ``hook`` on the writer's thread after a rollback: whoever caches rows forgets them then."""
        self._rollback_hooks.append(hook)

    def call(
        self, job: Callable[[Transaction], T], *, is_urgent: bool = False, is_durable: bool = False
    ) -> T:
        """Run ``job`` in a transaction of its own and return what it returned, once committed.

        ``is_urgent`` jobs overtake the others and never wait at the gate; ``is_durable`` ones are on the
        disk (not only in the operating system's hands) when this returns. Raises what the job raised,
        StoreError when SQLite fails or the deadline passes.
        """
        return self._enter(job, is_urgent, is_durable).outcome(self._deadline)

    def post(self, job: Callable[[Transaction], object]) -> None:
        """Like ``call`` for what nobody waits for; still bounded, still in order."""
        self._enter(job, False, False)

    def _enter(self, job: Callable[[Transaction], T], is_urgent: bool, is_durable: bool) -> Ticket[T]:
        ticket = Ticket(job, is_urgent=is_urgent, is_durable=is_durable)
        with self._ready:
            if not is_urgent:
                has_place = self._ready.wait_for(
                    lambda: self._is_stopping or len(self._ordinary) < QUEUE_LENGTH, self._deadline
                )
                if not has_place:
                    raise StoreError("its queue is full", title="The local store does not answer")
            if self._is_stopping:
                raise StoreError("it is being closed", title="The local store is closed")
            (self._urgent if is_urgent else self._ordinary).append(ticket)
            if is_urgent:
                self._working_until = self._clock.monotonic() + WORKING_SECONDS
                self._gate.hurry(True)
            self._ready.notify_all()
        return ticket

    @property
    def rows_at_once(self) -> int:
        """How many rows a background job should touch just now."""
        return ROWS_WHILE_WORKING if self.is_user_working else ROWS_AT_ONCE

    @property
    def is_user_working(self) -> bool:
        """Whether another change of the user's is to be expected at any moment."""
        return self._clock.monotonic() < self._working_until

    @property
    def has_urgent(self) -> bool:
        """Whether a job that somebody waits for has not begun yet."""
        return bool(self._urgent)

    def stop(self) -> None:
        """Finish what was accepted, end the thread, close the connection."""
        with self._ready:
            self._is_stopping = True
            self._ready.notify_all()
        self._gate.hold(0)
        self._thread.join(self._deadline)
        if not self._thread.is_alive():
            self._connection.close()

    # -- the thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (ticket := self._next()) is not None:
            self._serve(ticket)
            limit = self._log_limit + (LOG_BYTES_WHILE_WORKING if self.is_user_working else 0)
            if not self._urgent and self._log_size() > limit:
                self._check_in()

    def _log_size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    def _check_in(self) -> None:
        """Move what the write-ahead log holds into the store, as far as readers let us."""
        try:
            _, logged, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            # The log only grows meanwhile; damage is met again, and said, by the next job.
            explained(error, self._path)
        else:
            # All of it: the log begins anew with the next commit, which cuts the file short (see
            # ``connect_writer``). Not all: somebody reads what is older, and asking again at once is idle.
            self._log_limit = LOG_BYTES if moved == logged else self._log_size() + LOG_BYTES

    def _next(self) -> Ticket[Any] | None:
        with self._ready:
            is_quiet = not self._ready.wait_for(self._has_work, QUIET_SECONDS)
        if is_quiet and self._log_size() > QUIET_LOG_BYTES:
            self._check_in()
        with self._ready:
            self._ready.wait_for(self._has_work)
            queue = self._urgent or self._ordinary
            if not queue:
                return None
            ticket = queue.popleft()
            self._gate.hurry(bool(self._urgent))
            self._ready.notify_all()
            return ticket

    def _has_work(self) -> bool:
        return self._is_stopping or bool(self._urgent) or bool(self._ordinary)

    def _serve(self, ticket: Ticket[Any]) -> None:
        connection = self._connection
        try:
            if ticket.is_durable:
                connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            result = ticket.job(Transaction(connection, self._gate, is_urgent=ticket.is_urgent))
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who waits for it
            self._roll_back()
            ticket.fail(told(error, self._path))
        else:
            ticket.finish(result)
        finally:
            if ticket.is_durable:
                connection.execute("PRAGMA synchronous = NORMAL")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for hook in self._rollback_hooks:
            hook()


class ClosedWriter(Writer):
    """Stands in for the writer when another process holds it: every job is refused."""

    def __init__(self) -> None:
        self._rollback_hooks = []
        self._clock = SystemClock()
        self._working_until = 0.0

    def call(
        self, job: Callable[[Transaction], T], *, is_urgent: bool = False, is_durable: bool = False
    ) -> T:
        """Raise StoreBusy."""
        raise StoreBusy

    def post(self, job: Callable[[Transaction], object]) -> None:
        """Raise StoreBusy."""
        raise StoreBusy

    def stop(self) -> None:
        """Nothing to stop."""
