"""The three sessions and what each is for: who syncs, who sends and opens, who watches.

What lives here: which job goes to which session and how urgent it is, when passes are made, and the events
that come of it. What may not: how a job is done (``sync``), the façade's questions. Three connections at
most, as Gmail's limit of fifteen is shared by all devices of the account.

- ``sync`` leads: first screen, passes, backfill, what was opened. It alone decides whether the account is
online.
- ``actions`` sends the journal, fetches bodies, runs searches: what the user waits for never queues behind
a backfill.
- ``watch`` sits in IDLE on All Mail and knocks when something arrives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from imapcore.clock import Clock
from imapcore.engine.link import LinkBoard
from imapcore.engine.options import EngineOptions
from imapcore.engine.session import Job, JobSession
from imapcore.errors import GimapError
from imapcore.events import (
    Alerted,
    BodyArrived,
    BodyFailed,
    Event,
    LinkChanged,
    MailArrived,
    MailboxesChanged,
    MessagesChanged,
    OpRejected,
    OpSettled,
    Progressed,
    SearchProgressed,
)
from imapcore.model import LinkState, LinkStatus, OpState, Role, View, ViewKind
from imapcore.net.backoff import Backoff
from imapcore.net.wakeup import Wakeup
from imapcore.store import Found, Store
from imapcore.store.facts import Changed, MessageFacts, Settled
from imapcore.sync.account import AccountSync
from imapcore.sync.bodies import fetch_body, fetch_part
from imapcore.sync.files import write_file
from imapcore.sync.remote import Remote, UidsChanged
from imapcore.sync.replay import Replay
from imapcore.sync.search import Search

KEEPALIVE_SECONDS = 120.0
"""An idle ``actions`` connection is asked so often whether it is alive, so that the next op need not find
out.
"""

HOPELESS = (LinkState.OFFLINE, LinkState.SIGN_IN, LinkState.STOPPED)
"""States that end only when the user does something: nothing is gained by waiting."""

PASSES = "passes"
"""The group of jobs that compare the store with the server."""

NEVER_SEEN = 10_000
"""Conversations whose snippets were asked for, remembered so as not to ask twice."""


class Workers:
    """Owner of the sessions; every method is safe on any thread and returns at once."""

    def __init__(
        self,
        store: Store,
        options: EngineOptions,
        clock: Clock,
        dial: Callable[[Wakeup], Remote],
        tell: Callable[[Event], None],
        find_offline: Callable[[str], Found],
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._tell = tell
        self._lock = threading.Lock()
        self._is_stopping = False
        self.board = LinkBoard(
            clock,
            self._link_changed,
            self._knock_all,
            Backoff(options.first_retry_seconds, options.longest_retry_seconds),
        )
        self.account = AccountSync(store, _Reporter(self, tell), clock)
        self._replay = Replay(store, self._op_settled, self.request_pass)
        self._find_offline = find_offline
        self._must_send = False
        self._is_watching = False
        self._has_told_trouble = False
        self._searches: dict[str, bool] = {}
        self._bodies: set[int] = set()
        self._asked_snippets: dict[int, None] = {}
        self._listed_at = self._thorough_at = self._audited_at = clock.monotonic()
        self._opened: tuple[ViewKind, str] | None = None
        self.sync = self._session(
            "sync", dial, is_leader=True, rest=self._rest, rest_seconds=options.poll_seconds
        )
        self.actions = self._session("actions", dial, rest=_keep_alive, rest_seconds=KEEPALIVE_SECONDS)
        self.watch = self._session("watch", dial)

    def _session(
        self,
        name: str,
        dial: Callable[[Wakeup], Remote],
        *,
        is_leader: bool = False,
        rest: Callable[[Remote], None] | None = None,
        rest_seconds: float = KEEPALIVE_SECONDS,
    ) -> JobSession:
        return JobSession(
            name,
            self.board,
            self._clock,
            dial,
            on_crash=self._crashed,
            is_leader=is_leader,
            connected=self._connected if is_leader else None,
            troubled=self._cannot_send if name == "actions" else None,
            rest=rest,
            rest_seconds=rest_seconds,
            backoff=Backoff(self._options.first_retry_seconds, self._options.longest_retry_seconds),
        )

    @property
    def _sessions(self) -> tuple[JobSession, ...]:
        return (self.sync, self.actions, self.watch)

    # -- lifetime --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the leading session; the others follow once there is a first screen, or when they are
        needed.
        """
        self.sync.start()
        if self._store.journal.pending():
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

    def _follow(self, session: JobSession) -> None:
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
        self._tell(Alerted(f"The account cannot be read: {error.title}", error.detail, error.hint))

    def _rest(self, remote: Remote) -> None:
        now = self._clock.monotonic()
        if now - self._listed_at >= self._options.list_seconds:
            self._listed_at = now
            self.sync.submit(Job("list", self.account.labels.run, urgency=3, group=PASSES))
        if now - self._audited_at >= self._options.audit_seconds:
            self._audited_at = now
            self.request_audit()
        if now - self._thorough_at >= self._options.thorough_seconds:
            self.request_pass(is_thorough=True)
        else:
            self.sync.submit(Job("poll", self._poll, urgency=3, group=PASSES))

    def _poll(self, remote: Remote) -> Iterator[float]:
        yield from self.account.poll(remote)
        self._passed()

    def request_pass(self, *, is_thorough: bool = False) -> None:
        """Something is known or likely to have changed on the server: look now."""

        def steps(remote: Remote) -> Iterator[float]:
            if is_thorough:
                self._thorough_at = self._clock.monotonic()
            yield from self.account.run(remote, is_thorough=is_thorough)
            self._passed()

        self.sync.submit(Job(("pass", is_thorough), steps, urgency=2, group=PASSES))

    def _passed(self) -> None:
        """A pass is done: what it found missing is fetched, and what waited for it goes on."""
        self._is_watching = True
        self._begin_others()
        if self._options.backfill and not self.account.is_complete:
            self.sync.submit(Job("backfill", self.account.backfill, urgency=8, is_lasting=True))
        if self._must_send:
            self._must_send = False
            self.send()

    def request_list(self) -> None:
        """A label appeared that the tree does not have."""
        self.sync.submit(Job("list", self.account.labels.run, urgency=3, group=PASSES))

    def request_audit(self) -> None:
        """Compare each label's number of messages, once everything is stored."""
        if self.account.places[Role.ALL].is_complete:
            self.sync.submit(Job("audit", self.account.labels.audit, urgency=4, group=PASSES))

    def _recent_snippets(self, remote: Remote) -> Iterator[float]:
        left = self._options.snippet_messages
        while left > 0:
            wanted = self._store.mail.without_snippet(min(left, 100))
            if not wanted:
                return
            left -= len(wanted)
            yield from self.account.read_snippets(remote, wanted)

    # -- the watch session -------------------------------------------------------------------------------

    def _idle(self, remote: Remote) -> Iterator[float]:
        remote.select(remote.name_of(Role.ALL))
        while True:
            if remote.idle(self._options.idle_seconds):
                self.request_pass()
            yield 0.0

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
                        remote, self._store.mail.texts_of_threads(fresh)
                    ),
                    urgency=2,
                )
            )

    # -- the actions session -----------------------------------------------------------------------------

    def send(self) -> None:
        """Something is in the journal."""
        self.board.nudge()
        self._follow(self.actions)
        self.actions.submit(Job("ops", self._replay.run, urgency=2, is_lasting=True, failed=self._ops_failed))

    def _ops_failed(self, error: GimapError) -> None:
        """The journal stands still: for new uids, which a pass brings; for anything else the user must
        know.
        """
        if isinstance(error, UidsChanged):
            self._must_send = True
            self.request_pass()
        else:
            self._tell(Alerted(f"Changes cannot be sent: {error.title}", error.detail, error.hint))

    def _cannot_send(self, error: GimapError) -> None:
        """The leader is live and this session is not, most often one connection too many: say so once."""
        if not self._has_told_trouble:
            self._has_told_trouble = True
            self._tell(Alerted(f"Changes wait to be sent: {error.title}", error.detail, error.hint))

    @property
    def is_watching(self) -> bool:
        """Whether what arrives now is news: the first pass of this run has seen what came before."""
        return self._is_watching

    def _op_settled(self, settled: Settled, answer: str) -> None:
        self._has_told_trouble = False
        for op_id in settled.confirmed:
            self._tell(OpSettled(op_id, OpState.CONFIRMED))
        for op_id in settled.rejected:
            self._tell(
                OpRejected(
                    op_id,
                    settled.summaries.get(op_id, ""),
                    "Gmail refused a change",
                    answer,
                    "It is shown again as Gmail has it; Activity can try it again",
                )
            )
        self._tell(MessagesChanged())
        self._tell(MailboxesChanged())
        self._tell(Progressed())

    def fetch_body(self, msgid: int, size: int = 0) -> None:
        """A body is to be read and is not stored."""
        if self.board.status.state in HOPELESS:
            self._fail_body(msgid, self.board.status)
            return
        with self._lock:
            self._bodies.add(msgid)

        def steps(remote: Remote) -> Iterator[float]:
            yield from fetch_body(remote, self._store, msgid, size)
            with self._lock:
                self._bodies.discard(msgid)
            self._tell(BodyArrived(msgid))

        def failed(error: GimapError) -> None:
            with self._lock:
                self._bodies.discard(msgid)
            self._tell(BodyFailed(msgid, error.title, error.detail, error.hint))

        self.actions.submit(Job(("body", msgid), steps, urgency=1, failed=failed))
        self.board.nudge()
        self._follow(self.actions)

    def _fail_body(self, msgid: int, link: LinkStatus) -> None:
        hint = link.hint or "It is fetched when the link is back; open it again then"
        self._tell(BodyFailed(msgid, link.title or "No connection", link.detail, hint))

    def save_part(self, msgid: int, section: str, name: str, folder: Path) -> None:
        """A part is to be saved and its message is not stored."""
        self.board.nudge()
        self._follow(self.actions)

        def steps(remote: Remote) -> Iterator[float]:
            self.save_octets(folder, name, fetch_part(remote, self._store, msgid, section))
            yield 0.0

        def failed(error: GimapError) -> None:
            self._tell(
                Alerted("The attachment could not be saved", f"{error.title}. {error.detail}", error.hint)
            )

        self.actions.submit(Job(("part", msgid, section), steps, urgency=1, failed=failed))

    def save_octets(self, folder: Path, name: str, octets: bytes) -> None:
        """Write an attachment, and say where it went or why it did not."""
        try:
            path = write_file(folder, name, octets)
        except OSError as error:
            self._tell(
                Alerted(
                    "The attachment could not be saved",
                    f"{folder}: {error.strerror or error}",
                    "Choose another folder in the configuration",
                )
            )
        else:
            self._tell(Alerted("Saved", str(path)))

    # -- searches ----------------------------------------------------------------------------------------

    def search(self, query: str) -> None:
        """Run a query on the server, results streaming into its view; on the store as long as there is no
        link.
        """
        search = Search(
            query,
            self._store,
            _Reporter(self, self._tell),
            self._clock,
            lambda found: self._tell(SearchProgressed(query, found, is_done=False)),
        )

        def steps(remote: Remote) -> Iterator[float]:
            yield from search.run(remote, self.account.places)
            self._end_search(query)
            self._tell(MailboxesChanged())
            self._tell(SearchProgressed(query, search.found, is_done=True))

        def failed(error: GimapError) -> None:
            self._end_search(query)
            found = self._store.searches.finish(query, is_complete=False)
            self._tell(SearchProgressed(query, found, is_done=True, problem=f"{error.title}. {error.detail}"))

        with self._lock:
            self._searches.setdefault(query, False)
        self.actions.submit(
            Job(
                ("search", query),
                steps,
                urgency=1,
                failed=failed,
                is_wanted=lambda: query in self._searches,
            )
        )
        if self.board.status.state in (*HOPELESS, LinkState.WAITING):
            self._search_offline(query, self.board.status)
        self.board.nudge()
        self._follow(self.actions)

    def cancel_search(self, query: str) -> None:
        """Nobody waits for this search any more; what it found so far stays."""
        self._end_search(query)
        self.actions.drop(("search", query))

    def _end_search(self, query: str) -> None:
        with self._lock:
            self._searches.pop(query, None)

    def _search_offline(self, query: str, link: LinkStatus) -> None:
        """Answer from the store, once, and say so; the job stays, and asks Gmail when the link is back."""
        with self._lock:
            if self._searches.get(query) is not False:
                return
            self._searches[query] = True
        found = self._find_offline(query)
        self._store.searches.begin(query)
        self._store.searches.add(query, found.msgids)
        self._store.searches.finish(query, is_complete=False)
        problem = f"{link.title or 'No connection'}: searched in what is stored here"
        if found.ignored:
            problem += f", without {', '.join(found.ignored)}"
        self._tell(MessagesChanged())
        self._tell(SearchProgressed(query, len(found.msgids), is_done=True, is_offline=True, problem=problem))

    # -- the link ----------------------------------------------------------------------------------------

    def _link_changed(self, status: LinkStatus) -> None:
        self._tell(LinkChanged(status))
        if status.state not in (*HOPELESS, LinkState.WAITING):
            return
        with self._lock:
            bodies, self._bodies = self._bodies, set()
            searches = list(self._searches)
        for msgid in bodies:
            self.actions.drop(("body", msgid))
            self._fail_body(msgid, status)
        for query in searches:
            self._search_offline(query, status)


def _keep_alive(remote: Remote) -> None:
    remote.noop()


class _Reporter:
    """What sync tells, as events."""

    def __init__(self, workers: Workers, tell: Callable[[Event], None]) -> None:
        self._workers = workers
        self._tell = tell

    def changed(self, changed: Changed) -> None:
        """Rows moved; and a label nobody knew calls for a LIST."""
        if changed.messages:
            self._tell(MessagesChanged())
            self._tell(MailboxesChanged())
        if changed.has_new_label:
            self._workers.request_list()
            self._workers.request_audit()

    def texts_changed(self) -> None:
        """Snippets."""
        self._tell(MessagesChanged())

    def mailboxes_changed(self) -> None:
        """The tree."""
        self._tell(MailboxesChanged())

    def progressed(self) -> None:
        """More is stored."""
        self._tell(Progressed())

    def arrived(self, messages: Sequence[MessageFacts]) -> None:
        """New mail in the inbox is worth a word; new mail elsewhere is not."""
        fresh = [each for each in messages if "\\Inbox" in each.labels and "\\Seen" not in each.flags]
        if fresh and self._workers.is_watching:
            newest = max(fresh, key=lambda each: each.date)
            sender = newest.sender.name or newest.sender.email
            self._tell(MailArrived(len(fresh), sender, newest.subject))

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""
        self._workers.board.throttled(is_throttled)

    def alert(self, title: str, detail: str, hint: str = "") -> None:
        """Something to read."""
        self._tell(Alerted(title, detail, hint))
