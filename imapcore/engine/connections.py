"""The three sessions and what each is for: who syncs, who sends and opens, who watches.

What lives here: which job goes to which session and how urgent it is, when passes are made, and the events
that come of it. What may not: how a job is done (``sync``), what ``Engine`` answers itself. Three
connections at most, as Gmail's limit of fifteen is shared by all devices of the account.

- ``sync`` leads: first screen, passes, backfill, what was opened. It alone decides whether the account is
  online.
- ``actions`` sends the journal, fetches bodies, runs searches: what the user waits for never queues behind
  a backfill.
- ``watch`` sits in IDLE on All Mail and knocks when something arrives.

Which of them does a job is a matter of speed and never of possibility. Where there is no second connection
(the account's fifteen are in use, or the server takes no more), or where the second one waits for an answer
that takes long, ``sync`` does what the user waits for, between two steps of its own work. Two sessions may
then send the journal at one moment: the store hands out each message to one of them, in the order of the
changes.

What the sessions tell each other: a follower that lost its connection has the leader look whether it still
has its own, and a connection that died in silence has everybody look. Nothing else passes between them but
through the store.

All Mail hidden by a setting is the one state in which a connection is there and nothing can be done. The
connection is kept and asked again now and then, so that waiting for the user costs no sign-in; changes end
with the sentence that names the setting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from imapcore.clock import Clock
from imapcore.engine.job_runner import Job, JobRunner
from imapcore.engine.link import LinkMonitor
from imapcore.engine.options import EngineOptions
from imapcore.engine.requests import Requests
from imapcore.engine.saved_searches import SavedSearches
from imapcore.engine.sync_events import SyncEvents
from imapcore.errors import (
    AllMailHidden,
    CommandRefused,
    ConnectionLost,
    GimapError,
    MailboxHidden,
    Timeout,
)
from imapcore.events import (
    Alerted,
    Event,
    MailboxesChanged,
    MessagesChanged,
    OpRejected,
    OpSettled,
    Progressed,
)
from imapcore.model import LinkStatus, OpState, Role, View, ViewKind
from imapcore.net.backoff import Backoff
from imapcore.net.wakeup import Wakeup
from imapcore.protocol.search import GmailLabel, GmailRaw
from imapcore.store import Found, Store
from imapcore.store.facts import Settled
from imapcore.sync.pull.account import AccountSync
from imapcore.sync.push.replay import Replay
from imapcore.sync.remote import Remote, UidsChanged

KEEPALIVE_SECONDS = 120.0
"""An idle ``actions`` connection is asked so often whether it is alive, so that the next op need not find
out.
"""

PASSES = "passes"
"""The group of jobs that compare the store with the server."""

SNIPPETS_PAUSE = 0.5
"""Seconds between two batches of first words while the user works: they are for rows further down."""

NEVER_SEEN = 10_000
"""Conversations whose snippets were asked for, remembered so as not to ask twice."""


class Connections:
    """Owner of the sessions; every method is safe on any thread and returns at once."""

    def __init__(
        self,
        store: Store,
        options: EngineOptions,
        clock: Clock,
        board: LinkMonitor,
        dial: Callable[[Wakeup], Remote],
        tell: Callable[[Event], None],
        find_offline: Callable[[str], Found],
        saved_queries: Callable[[], Sequence[str]],
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._is_stopping = False
        self.board = board
        report = SyncEvents(self, tell)
        self.account = AccountSync(store, report, clock)
        self.wishes = Requests(
            store, clock, self.board, self.account.places, report, tell, find_offline, self._act, self._forget
        )
        self.kept = SavedSearches(
            store,
            clock,
            self.account.places,
            report,
            tell,
            saved_queries,
            self.wishes.is_searching,
            lambda job: self._doer.submit(job),
            options.searches_seconds,
        )
        self._replay = Replay(store, self._op_settled, self.request_pass, self.account.places)
        self._must_send = False
        self._is_watching = False
        self._has_told_trouble = False
        self._is_alone = False
        """Whether there is only the leader's connection."""
        self._is_all_hidden = False
        """Whether the server was last found to hide All Mail."""
        self._asked_snippets: dict[int, None] = {}
        self._listed_at = self._thorough_at = self._audited_at = clock.monotonic()
        self._polls_from = 0.0
        """Not before this moment is there another poll."""
        self._opened: tuple[ViewKind, str] | None = None
        self.sync = self._session(
            "sync", dial, is_leader=True, rest=self._rest, rest_seconds=options.poll_seconds
        )
        self.actions = self._session(
            "actions",
            dial,
            connected=self._joined,
            troubled=self._work_alone,
            rest=_keep_alive,
            rest_seconds=KEEPALIVE_SECONDS,
        )
        self.watch = self._session("watch", dial)
        board.attach(self._link_changed, self._knock_all)

    def _session(
        self,
        name: str,
        dial: Callable[[Wakeup], Remote],
        *,
        is_leader: bool = False,
        connected: Callable[[], None] | None = None,
        troubled: Callable[[GimapError], None] | None = None,
        rest: Callable[[Remote], None] | None = None,
        rest_seconds: float = KEEPALIVE_SECONDS,
    ) -> JobRunner:
        return JobRunner(
            name,
            self.board,
            self._clock,
            dial,
            on_crash=self._crashed,
            is_leader=is_leader,
            connected=self._connected if is_leader else connected,
            lost=lambda error: self._doubt(name, error),
            troubled=troubled,
            rest=rest,
            rest_seconds=rest_seconds,
            backoff=Backoff(self._options.first_retry_seconds, self._options.longest_retry_seconds),
            quiet_seconds=self._options.quiet_seconds,
            probe_seconds=self._options.probe_seconds,
        )

    @property
    def _sessions(self) -> tuple[JobRunner, ...]:
        return (self.sync, self.actions, self.watch)

    # -- lifetime --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the leading session; the others follow once there is a first screen, or when they are
        needed.
        """
        self.sync.start()
        if self._store.journal.queue.pending():
            self.send()

    def stop(self, seconds: float) -> None:
        """Interrupt and join all sessions within ``seconds``."""
        with self._lock:
            self._is_stopping = True
        for session in self._sessions:
            session.interrupt()
        deadline = self._clock.monotonic() + seconds
        for session in self._sessions:
            session.stop(max(0.1, deadline - self._clock.monotonic()))

    def hang_up(self, is_wanted: Callable[[], bool]) -> None:
        """End every connection that is signed in, as long as that is wanted."""
        for session in self._sessions:
            session.submit(Job("hang up", _hang_up, urgency=-1, is_wanted=is_wanted))

    def _knock_all(self) -> None:
        for session in self._sessions:
            session.knock()

    def _crashed(self, error: BaseException) -> None:
        self._tell(
            Alerted(
                "A part of gimap-tui has stopped working",
                f"{type(error).__name__}: {error}",
                "What you did is saved; please start again and report this",
            )
        )
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
        )

    def _doubt(self, name: str, error: GimapError) -> None:
        """A session has lost its connection, or could not make one: the one that leads, which only asks once
        in a while, is to see at once whether it still has its own; and so is every other, if the connection
        died without a word.
        """
        if not self.board.is_live:
            return
        for session in self._sessions:
            if session.name != name and (session is self.sync or isinstance(error, Timeout)):
                session.doubt()

    def _follow(self, session: JobRunner) -> None:
        with self._lock:
            if not self._is_stopping:
                session.start()

    # -- the sync session --------------------------------------------------------------------------------

    def _connected(self) -> None:
        """The leader has signed in, for the first time or again: whatever changed meanwhile is to be
        found.
        """
        self.sync.submit(Job("begin", self._begin, urgency=0, failed=self._begin_failed, group=PASSES))

    def _begin(self, remote: Remote) -> Iterator[float]:
        yield from self.account.first_screen(remote)
        if self._is_all_hidden:
            self._is_all_hidden = False
            self.board.live()
        self._listed_at = self._clock.monotonic()
        self._tell(MessagesChanged())
        self._begin_others()
        yield from self.account.run(remote, is_thorough=True)
        self._thorough_at = self._clock.monotonic()
        self._passed()
        self.sync.submit(Job("snippets", self._recent_snippets, urgency=7))

    def _begin_others(self) -> None:
        """There is a first screen: now the other sessions may have their share of the link."""
        self._follow(self.actions)
        self._follow(self.watch)
        self.watch.submit(Job("idle", self._idle, is_lasting=True))

    def _begin_failed(self, error: GimapError) -> None:
        if self._is_stopped_by(error):
            return
        self._tell(Alerted(f"The account cannot be read: {error.title}", error.detail, error.hint))

    def _pull_failed(self, error: GimapError) -> None:
        """A look at the account was refused: most often for a mailbox that is not shown any more."""
        if not self._is_stopped_by(error) and isinstance(error, (CommandRefused, MailboxHidden)):
            self.request_list()

    def _list_failed(self, error: GimapError) -> None:
        self._is_stopped_by(error)

    def _is_stopped_by(self, error: GimapError) -> bool:
        """Whether an error means that All Mail is hidden: then nothing can be done, and the screen says so.

        The connection is kept, and asked now and then whether it is shown again: no sign-in is needed.
        """
        if not isinstance(error, AllMailHidden):
            return False
        self._is_all_hidden = True
        self.board.failed(error)
        if self._store.journal.queue.pending():
            self.send()
        return True

    def _rest(self, remote: Remote) -> None:
        if self._is_all_hidden:
            self._connected()
            return
        now = self._clock.monotonic()
        if now - self._listed_at >= self._options.list_seconds:
            self._listed_at = now
            self.request_list()
        if now - self._audited_at >= self._options.audit_seconds:
            self._audited_at = now
            self.request_audit()
        if now - self._thorough_at >= self._options.thorough_seconds:
            self.request_pass(is_thorough=True)
        elif now >= self._polls_from:
            self.sync.submit(Job("poll", self._poll, urgency=3, group=PASSES, failed=self._pull_failed))

    def _poll(self, remote: Remote) -> Iterator[float]:
        began = self._clock.monotonic()
        yield from self.account.poll(remote)
        # A pass that takes longer than the time between two polls would leave none for the backfill.
        ended = self._clock.monotonic()
        self._polls_from = ended + (ended - began)
        self._passed()

    def request_pass(self, *, is_thorough: bool = False) -> None:
        """Something is known or likely to have changed on the server: look now."""

        def steps(remote: Remote) -> Iterator[float]:
            if is_thorough:
                self._thorough_at = self._clock.monotonic()
            yield from self.account.run(remote, is_thorough=is_thorough)
            self._passed()

        self.sync.submit(Job(("pass", is_thorough), steps, urgency=2, group=PASSES, failed=self._pull_failed))

    def _passed(self) -> None:
        """A pass is done: what it found missing is fetched, and what waited for it goes on."""
        self._is_watching = True
        self._begin_others()
        if self._options.backfill and not self.account.is_complete:
            self.sync.submit(Job("backfill", self._backfill, urgency=8, is_lasting=True))
        if self._must_send:
            self._must_send = False
            self.send()
        self.kept.look()

    def _backfill(self, remote: Remote) -> Iterator[float]:
        yield from self.account.backfill(remote)
        if self.account.is_complete and self._store.journal.queue.pending():
            # Changes rescued from a damaged store waited for the messages they are about.
            self.send()
        self.kept.look()

    def look_for_changes(self) -> None:
        """The user wants to know: mailboxes, messages and counts, all of them."""
        for session in self._sessions:
            session.doubt(is_explicit=True)
        if self._is_all_hidden:
            self._connected()
        self.request_list()
        self.request_pass(is_thorough=True)
        self.request_audit()

    def request_list(self) -> None:
        """A label appeared that the tree does not have."""
        self.sync.submit(
            Job("list", self.account.labels.run, urgency=3, group=PASSES, failed=self._list_failed)
        )

    def label_appeared(self) -> None:
        """A message carries a label the tree does not have: list the mailboxes, and count what is on them."""
        self.request_list()
        self.request_audit()

    def request_audit(self) -> None:
        """Compare each label's number of messages, once everything is stored."""
        if self.account.places[Role.ALL].is_complete:
            self.sync.submit(Job("audit", self.account.labels.audit, urgency=4, group=PASSES))

    def _recent_snippets(self, remote: Remote) -> Iterator[float]:
        left = self._options.snippet_messages
        while left > 0:
            wanted = self._store.envelopes.without_snippet(min(left, 100))
            if not wanted:
                return
            left -= len(wanted)
            yield from self.account.read_snippets(remote, wanted)
            if self._store.is_user_working:
                yield SNIPPETS_PAUSE

    # -- the watch session -------------------------------------------------------------------------------

    def _idle(self, remote: Remote) -> Iterator[float]:
        seen = remote.select(remote.name_of(Role.ALL))
        state = self._store.uids.sync_state(Role.ALL)
        if state is None or (state.uidvalidity, state.uidnext, state.exists) != (
            seen.uidvalidity,
            seen.uidnext,
            seen.exists,
        ):
            # It came while nobody listened, as between two networks: of that IDLE tells nothing.
            self.request_pass()
        while True:
            yield 0.0
            remote.idle(self._options.idle_seconds, self.request_pass)

    # -- what the user looks at --------------------------------------------------------------------------

    def open_view(self, view: View) -> None:
        """The user looks at a view that is no search."""
        self.board.nudge()
        opened = self._opened = (view.kind, view.value)
        self.sync.submit(
            Job(
                ("view", *opened),
                lambda remote: self.account.open_view(remote, view),
                urgency=1,
                is_wanted=lambda: self._opened == opened,
            )
        )

    def open_thread(self, thrid: int) -> None:
        """The user reads a conversation: all of it must be here."""
        if not self.account.places[Role.ALL].is_complete:
            self.sync.submit(
                Job(("thread", thrid), lambda remote: self.account.open_threads(remote, (thrid,)), urgency=1)
            )

    def want_snippets(self, thrids: Iterable[int]) -> None:
        """Conversations without a snippet are in sight."""
        if not self.board.is_live:
            return
        with self._lock:
            fresh = [thrid for thrid in thrids if thrid not in self._asked_snippets]
            self._asked_snippets.update(dict.fromkeys(fresh))
            while len(self._asked_snippets) > NEVER_SEEN:
                del self._asked_snippets[next(iter(self._asked_snippets))]
        if fresh:
            self.sync.submit(
                Job(
                    ("sight", fresh[0]),
                    lambda remote: self.account.read_snippets(
                        remote, self._store.envelopes.texts_of_threads(fresh)
                    ),
                    urgency=2,
                )
            )

    # -- the actions session -----------------------------------------------------------------------------

    @property
    def _doer(self) -> JobRunner:
        """The session that does what the user waits for: the one that leads where there is no other, and
        where the other has waited for an answer for so long that it may wait for longer.
        """
        patience = self._options.silence_seconds
        is_stuck = self.actions.silent_seconds >= patience and self.sync.silent_seconds < patience
        return self.sync if self._is_alone or self._is_all_hidden or is_stuck else self.actions

    def _act(self, job: Job) -> None:
        """Do something the user waits for."""
        self._doer.submit(job)
        self.board.nudge()
        self._follow(self.actions)

    def _forget(self, key: Hashable) -> None:
        for session in (self.actions, self.sync):
            session.drop(key)

    def _work_alone(self, error: GimapError) -> None:
        """The leader is live and the other session is not, most often one connection too many: one is enough
        for everything. Said once, for it is slower so.
        """
        self._is_alone = True
        for job in self.actions.take_jobs():
            self.sync.submit(job)
        if not self._has_told_trouble:
            self._has_told_trouble = True
            self._tell(Alerted(error.title, "Everything is done over one connection meanwhile", error.hint))

    def _joined(self) -> None:
        """The other session has a connection."""
        self._is_alone = self._has_told_trouble = False

    def send(self) -> None:
        """Something is in the journal."""
        self._act(Job("ops", self._replay.run, urgency=2, is_lasting=True, failed=self._ops_failed))

    def act(self, job: Job) -> None:
        """Have the session do something that the user waits for, or that goes along with it."""
        self._act(job)

    def look_in_sent(self, message_id: str, answer: Callable[[bool | None], None]) -> None:
        """Ask Gmail whether a message with this Message-ID is in Sent; None is answered where that could not
        be asked.
        """
        bare = message_id.strip("<>")

        def steps(remote: Remote) -> Iterator[float]:
            remote.ensure(Role.ALL)
            # Not from a view that is older than the message: Gmail shows arrivals to NOOP alone.
            remote.noop()
            found = remote.search(GmailRaw(f"rfc822msgid:{bare}") & GmailLabel("\\Sent"))
            remote.check(Role.ALL)
            answer(bool(found))
            yield 0.0

        self._act(Job(("sent", message_id), steps, urgency=1, failed=lambda _: answer(None)))

    def _ops_failed(self, error: GimapError) -> None:
        """The journal stands still: for new uids, which a pass brings; for anything else the user must
        know.
        """
        if isinstance(error, UidsChanged):
            self._must_send = True
            self.request_pass()
        else:
            self._tell(Alerted(f"Changes cannot be sent: {error.title}", error.detail, error.hint))

    @property
    def is_watching(self) -> bool:
        """Whether what arrives now is news: the first pass of this run has seen what came before."""
        return self._is_watching

    def _op_settled(self, settled: Settled, answer: str) -> None:
        for op_id in settled.confirmed:
            self._tell(OpSettled(op_id, OpState.CONFIRMED))
        for op_id in settled.rejected:
            summary = settled.summaries.get(op_id, "")
            is_undo = summary.startswith("Undone: ")
            self._tell(
                OpRejected(
                    op_id,
                    summary.removeprefix("Undone: "),
                    "A change was not taken back" if is_undo else "A change was not made",
                    answer,
                    "It is shown again as Gmail has it; Activity can try it again",
                )
            )
        self._tell(MessagesChanged())
        self._tell(MailboxesChanged())
        self._tell(Progressed())

    # -- the link ----------------------------------------------------------------------------------------

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""
        self.board.throttled(is_throttled)

    def _link_changed(self, status: LinkStatus) -> None:
        self.wishes.link_changed(status)


def _keep_alive(remote: Remote) -> None:
    remote.noop()


def _hang_up(_: Remote) -> Iterator[float]:
    yield 0.0
    raise ConnectionLost("signed out")
