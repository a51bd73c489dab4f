"""A session: one thread, one signed-in connection, a queue of jobs done in small steps.

What lives here: connecting when it is our turn, running the most urgent job one step at a time, what
becomes of a job when the link breaks or the server refuses, the stop. What may not: what the jobs do, SQL,
the protocol.

A job is a generator; between two steps something more urgent may run on the same connection, so a step must
not rely on what the last one selected. When the link breaks, a job starts anew on the next connection:
everything a job does is safe to do again.

The thread goes round in this circle, and is never anywhere else::

    wait for a turn --> dial --> serve: pick, probe, step, rest --> broken --> wait for a turn
                         |                                            ^
                         +--failed--> pause --------------------------+

*Who may wake it.* ``submit`` puts a job into the queue and ends an IDLE; ``knock`` (the link's state has
changed) ends a wait for a turn or a pause; ``doubt`` gives what is waited for on the socket only so long to
say something; ``interrupt`` ends every wait for good. Each is safe on any thread. Only ``doubt`` and
``interrupt`` can end a wait for an answer.

*What ends what.* A job ends by itself, by an error that concerns it alone (the server's NO, a message that is
gone, a mailbox that is hidden: ``failed`` is told), or by being given up after too many broken links. A
connection ends by an error of ``BREAKING``, which says that the server or the network is at fault. No error
of the first kind may ever be one of the second: it would break each new connection in turn, and every
connection is a sign-in. As nobody can be sure of that, connections that break again and again are made after
pauses that grow, however much was done on each of them.

*How a dead connection is found.* TCP tells nobody that the other end is gone. Before a step is begun on a
connection on which nothing came for a second, NOOP is asked; it is answered within seconds or never. A server
that takes long over what it was asked is not disturbed: only the user, by asking for a refresh, or another
connection that has died in silence, makes the runner give up an answer that is due.

*What survives.* Nothing of this: queue and connection are gone with the process. What must not be lost is in
the store's journal, whose job is submitted again at the next start.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterator

from msgspec import Struct

from imapcore.clock import Clock
from imapcore.engine.link import NUDGE_SECONDS, LinkMonitor, is_for_the_user
from imapcore.errors import (
    ConnectionLost,
    GimapError,
    LinkError,
    OverQuota,
    ProtocolError,
    Throttled,
    TooManyConnections,
    Unavailable,
)
from imapcore.net.backoff import Backoff
from imapcore.net.wakeup import Wakeup
from imapcore.net.worker import Session
from imapcore.sync.remote import Remote

SLEPT_SECONDS = 20.0
"""The wall clock ran so much further than the monotonic one: the machine slept, the connection is dead."""

MOST_STUMBLES = 4
"""A job during which the link broke so often in a row is given up: it may be what breaks it."""

QUICK_BREAKS = 3
BREAKS_SECONDS = 60.0
"""After so many broken connections within so long, the next one waits its turn however much was done on the
last: whatever breaks them would break the next one too, and each costs a sign-in.
"""

MANY_FAILURES = 4
"""So many failures of a follower in a row are no passing matter any more."""

LONGEST_WAIT = 3600.0
"""Every wait has an end, also one for a knock that never comes."""

BREAKING = (LinkError, ProtocolError, Throttled, Unavailable)
"""Errors after which the connection is given up, whichever job met them; only ever raised for what the server
or the network did. What is merely impossible to do ends the job that asked for it.
"""


def _ask(remote: Remote) -> Iterator[float]:
    """Whether the server is there."""
    remote.noop()
    yield 0.0


class Slept(ConnectionLost):
    """The machine slept: whatever the connection was good for, this is no fault of the server's."""


def _nobody_cares(error: GimapError) -> None:
    """Most jobs have nobody to tell: what they did not do is done by the next one of their kind."""


class Job(Struct, frozen=True):
    """Something to do on a session's connection."""

    key: Hashable
    """What it is about; of two jobs with one key in a queue, only the first is kept."""
    steps: Callable[[Remote], Iterator[float]]
    """Does it, a few commands per step; each step gives the seconds to rest after it (0: none)."""
    urgency: int = 5
    """Lower goes first."""
    failed: Callable[[GimapError], None] = _nobody_cares
    """Told when the job is given up."""
    group: str = ""
    """Of jobs in one group, one is finished before the next begins: two passes must not see each other
    half done.
    """
    is_lasting: bool = False
    """Never given up, however often the link breaks while it runs."""
    is_wanted: Callable[[], bool] = lambda: True
    """Whether anybody still waits for it; asked before each step."""


class _Entry(Struct):
    job: Job
    order: int
    not_before: float = 0.0
    stumbles: int = 0
    running: Iterator[float] | None = None
    again: Job | None = None
    """Asked for while it was under way."""


class JobRunner:
    """A session that works off jobs; owner of one ``net`` session (thread, inbox, interrupt).

    ``dial`` makes a signed-in connection that the ``Wakeup`` it is given can reach from other threads; it
    raises what the user should hear. ``connected`` is called after each sign-in, ``lost`` when a connection
    broke or could not be made, ``rest`` every ``rest_seconds`` while signed in, whether jobs run or not.
    """

    def __init__(
        self,
        name: str,
        board: LinkMonitor,
        clock: Clock,
        dial: Callable[[Wakeup], Remote],
        *,
        on_crash: Callable[[BaseException], None],
        is_leader: bool = False,
        connected: Callable[[], None] | None = None,
        lost: Callable[[GimapError], None] = lambda _: None,
        troubled: Callable[[GimapError], None] | None = None,
        rest: Callable[[Remote], None] | None = None,
        rest_seconds: float = 60.0,
        backoff: Backoff | None = None,
        quiet_seconds: float = 1.0,
        probe_seconds: float = 5.0,
    ) -> None:
        """``quiet_seconds``, ``probe_seconds``: as in ``EngineOptions``."""
        self.name = name
        self._board = board
        self._clock = clock
        self._dial = dial
        self._is_leader = is_leader
        self._connected = connected
        self._lost = lost
        self._troubled = troubled
        self._failures = 0
        self._breaks: deque[float] = deque(maxlen=QUICK_BREAKS)
        """When the last connections broke that nothing explains."""
        self._occasions = self._invitations = 0
        """As the board counted them when the present connection was begun: later ones shorten the pause after
        it.
        """
        self._rest = rest
        self._rest_seconds = rest_seconds
        self._backoff = backoff or Backoff()
        self._quiet_seconds = quiet_seconds
        self._probe_seconds = probe_seconds
        self._remote: Remote | None = None
        self._dialling_since: float | None = None
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self._counter = itertools.count()
        self._session: Session[bool] = Session(name, lambda _: self._run(), on_crash=on_crash)
        self._is_started = False
        self._has_worked = False
        self._is_serving = False
        self._moment = (clock.now_ms(), clock.monotonic())

    # -- from any thread -----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, unless begun; returns at once."""
        if not self._is_started:
            self._is_started = True
            self._session.start()

    def submit(self, job: Job) -> None:
        """Queue a job. One like it that is waiting is enough; one that is under way is done again afterwards.

        What is under way may have passed the point where it would have noticed what this one is about.
        """
        with self._lock:
            twin = next((entry for entry in self._entries if entry.job.key == job.key), None)
            if twin is not None:
                # Nobody is woken for what is known: the thread may sit in an IDLE, which that would end.
                if twin.running is not None:
                    twin.again = job
                return
            self._entries.append(_Entry(job, next(self._counter)))
        self._session.post(True)

    def knock(self) -> None:
        """Something that the loop waits for has changed: look again now.

        While a connection is served nothing is waited for but jobs, and an IDLE would only be ended for
        nothing; unless the machine has slept, so that the connection is dead.
        """
        if not self._is_serving or self._has_slept():
            self._session.post(True)

    @property
    def silent_seconds(self) -> float:
        """For how long the session has waited for an answer, or for a connection; 0 when it does not wait."""
        with self._lock:
            return self._waited()

    def _waited(self) -> float:
        if self._dialling_since is not None:
            return self._clock.monotonic() - self._dialling_since
        return 0.0 if self._remote is None else self._remote.silent_seconds

    def doubt(self, *, is_explicit: bool = False) -> None:
        """The connection may be dead: another one died in silence, or the user asks.

        Where nothing is waited for, the server is asked at once whether it is there. Where something is, it
        has to say something within the seconds that a living one takes at most, counted from when the waiting
        began; a server that merely takes long loses by it, and what it was asked is asked again. An attempt
        to connect is cut short only for the user.
        """
        with self._lock:
            waited, is_dialling = self._waited(), self._dialling_since is not None
            is_connected = self._remote is not None
            if waited > 0 and (is_explicit or not is_dialling):
                left = max(0.0, self._probe_seconds - waited)
                self._session.wakeup.limit(self._clock.monotonic() + left)
                return
        if is_connected:
            self.submit(Job("alive", _ask, urgency=0))

    def take_jobs(self) -> list[Job]:
        """Give away what is not begun, for another session to do."""
        with self._lock:
            jobs = [entry.job for entry in self._entries if entry.running is None]
            self._entries = [entry for entry in self._entries if entry.running is not None]
        return jobs

    def drop(self, key: Hashable) -> None:
        """Forget a job; one that is in the middle of a step ends after it."""
        with self._lock:
            self._entries = [entry for entry in self._entries if entry.job.key != key]

    def waiting(self) -> int:
        """Jobs that are not done."""
        with self._lock:
            return len(self._entries)

    @property
    def is_stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self._session.is_stopping

    def interrupt(self) -> None:
        """Break whatever the thread waits for, now and from now on; ``stop`` afterwards."""
        self._session.wakeup.interrupt()

    def stop(self, seconds: float) -> bool:
        """Interrupt, and wait for the end of the thread; whether it came in time."""
        return self._session.stop(seconds)

    # -- on the session's thread ---------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait_for_turn():
            remote = self._connect()
            if remote is None:
                continue
            try:
                self._serve(remote)
            except GimapError as error:
                self._note_broken(error)
            finally:
                self._abandon()
                remote.close()

    def _wait_for_turn(self) -> bool:
        while not self.is_stopping:
            patience = self._board.patience(is_leader=self._is_leader)
            if patience == 0.0:
                return True
            self._session.next_job(LONGEST_WAIT if patience is None else min(patience, LONGEST_WAIT))
        return False

    def _connect(self) -> Remote | None:
        if self._is_leader:
            self._board.connecting()
        self._has_worked = False
        self._occasions, self._invitations = self._board.occasions, self._board.invitations
        began = self._clock.monotonic()
        self._note_connection(None, dialling_since=began)
        try:
            remote = self._dial(self._session.wakeup)
        except GimapError as error:
            self._note_connection(None)
            if not self.is_stopping:
                self._lost(error)
                self._note_failed(error)
            return None
        except BaseException:
            self._note_connection(None)
            raise
        remote.tell_of_silence(lambda is_silent: self._board.silent(self.name, is_silent))
        self._note_connection(remote)
        self._is_awake()
        if self._connected is not None:
            self._connected()
        if self._is_leader:
            self._board.live()
        return remote

    def _note_connection(self, remote: Remote | None, *, dialling_since: float | None = None) -> None:
        with self._lock:
            # What was limited is over: the limit was not meant for what comes now.
            self._session.wakeup.lift_limit()
            self._remote, self._dialling_since = remote, dialling_since

    def _note_failed(self, error: GimapError) -> None:
        if self._is_leader:
            self._board.failed(error)
            return
        # A connection that breaks after it was of use is none that cannot be had.
        self._failures += not self._has_worked
        is_hopeless = is_for_the_user(error) or isinstance(error, (OverQuota, TooManyConnections))
        is_persistent = is_hopeless or self._failures >= MANY_FAILURES
        if self._troubled is not None and is_persistent and not self._has_worked:
            self._troubled(error)
        pause = LONGEST_WAIT if is_for_the_user(error) else self._backoff.next_pause(error)
        self._pause(pause, is_counted=is_hopeless)

    def _pause(self, seconds: float, *, is_counted: bool) -> None:
        """Wait before the next attempt; less when the user acts, not at all when he asks for it.

        ``is_counted``: the server counts attempts, or only the user can help; then only asking helps.
        """
        began = self._clock.monotonic()
        until = began + seconds
        while not self.is_stopping and self._board.invitations == self._invitations:
            if self._board.occasions != self._occasions and not is_counted:
                until = min(until, began + NUDGE_SECONDS)
            left = until - self._clock.monotonic()
            if left <= 0:
                return
            self._session.next_job(left)

    def _note_broken(self, error: GimapError) -> None:
        self._abandon()
        with self._lock:
            given_up = [
                entry
                for entry in self._entries
                if entry.stumbles >= MOST_STUMBLES and not entry.job.is_lasting
            ]
            self._entries = [entry for entry in self._entries if entry not in given_up]
            is_stuck = any(entry.stumbles > 1 for entry in self._entries)
        for entry in given_up:
            entry.job.failed(error)
        if self.is_stopping:
            return
        self._lost(error)
        if not isinstance(error, Slept):
            self._breaks.append(self._clock.monotonic())
        is_hasty = (is_stuck or not self._has_worked or self._is_breaking) and not isinstance(error, Slept)
        if is_hasty or isinstance(error, (Throttled, Unavailable)) or is_for_the_user(error):
            # A connection that breaks before it was of any use would otherwise be made again without end.
            self._note_failed(error)
        elif self._is_leader:
            self._board.lost(error)

    @property
    def _is_breaking(self) -> bool:
        """Whether connections break again and again."""
        is_full = len(self._breaks) == QUICK_BREAKS
        return is_full and self._clock.monotonic() - self._breaks[0] < BREAKS_SECONDS

    def _abandon(self) -> None:
        """End what is under way, on this thread, so that each job can put its things in order."""
        with self._lock:
            under_way = [entry for entry in self._entries if entry.running is not None]
        for entry in under_way:
            running, entry.running = entry.running, None
            entry.stumbles += 1
            if isinstance(running, Generator):
                running.close()

    def _has_slept(self) -> bool:
        """Whether the machine slept since the loop last looked."""
        now_ms, monotonic = self._moment
        elapsed = self._clock.monotonic() - monotonic
        return (self._clock.now_ms() - now_ms) / 1000 - elapsed >= SLEPT_SECONDS

    def _is_awake(self) -> bool:
        """Whether the machine has been awake since this was last asked."""
        has_slept = self._has_slept()
        self._moment = (self._clock.now_ms(), self._clock.monotonic())
        return not has_slept

    def _serve(self, remote: Remote) -> None:
        self._is_serving = True
        try:
            self._work(remote)
        finally:
            self._is_serving = False
            self._note_connection(None)
            self._board.silent(self.name, False)

    def _work(self, remote: Remote) -> None:
        rested_at = self._clock.monotonic()
        while not self.is_stopping:
            entry, patience = self._pick()
            if entry is None:
                left = rested_at + self._rest_seconds - self._clock.monotonic()
                self._session.next_job(max(0.0, min(left, patience)))
            if not self._is_awake():
                raise Slept("the computer slept")
            if entry is not None:
                remote.probe(self._quiet_seconds)
                self._step(entry, remote)
            if self._rest is not None and self._clock.monotonic() - rested_at >= self._rest_seconds:
                rested_at = self._clock.monotonic()
                self._rest(remote)

    def _pick(self) -> tuple[_Entry | None, float]:
        """The most urgent entry that may run now, and how long until another may."""
        with self._lock:
            now = self._clock.monotonic()
            under_way = {entry.job.group for entry in self._entries if entry.running is not None} - {""}
            free = [
                entry
                for entry in self._entries
                if entry.running is not None or entry.job.group not in under_way
            ]
            due = [entry for entry in free if entry.not_before <= now]
            if due:
                return min(due, key=lambda entry: (entry.job.urgency, entry.order)), 0.0
            return None, min((entry.not_before - now for entry in free), default=self._rest_seconds)

    def _step(self, entry: _Entry, remote: Remote) -> None:
        job = entry.job
        if not job.is_wanted():
            self._finish(entry)
            return
        if entry.running is None:
            with self._lock:
                entry.running = job.steps(remote)
        try:
            pause = next(entry.running)
        except StopIteration:
            self._finish(entry)
        except BREAKING:
            raise
        except GimapError as error:
            self._finish(entry)
            job.failed(error)
            return
        else:
            entry.not_before = self._clock.monotonic() + pause if pause > 0 else 0.0
        entry.stumbles = 0
        self._has_worked = True
        self._failures = 0
        if self._is_breaking:
            # It works for a while and breaks again: the pauses go on growing.
            return
        if self._is_leader:
            self._board.worked()
        self._backoff.reset()

    def _finish(self, entry: _Entry) -> None:
        with self._lock:
            entry.running = None
            if entry in self._entries:
                self._entries.remove(entry)
                if entry.again is not None:
                    self._entries.append(_Entry(entry.again, next(self._counter)))
