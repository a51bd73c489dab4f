"""What the user waits for: bodies, attachments, searches; each a job of the session that waits for nothing
else.

What lives here: who still waits for what, and what is said when the link is down: a body cannot be had, a
search is answered from the store, and both are told so. What may not: how a body is fetched or a search run
(``sync``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path

from imapcore.clock import Clock
from imapcore.engine.job_runner import Job
from imapcore.engine.link import LinkMonitor
from imapcore.errors import GimapError
from imapcore.events import (
    Alerted,
    BodyArrived,
    BodyAwaited,
    BodyFailed,
    BodyProgressed,
    Event,
    MailboxesChanged,
    MessagesChanged,
    SearchProgressed,
    SourceArrived,
)
from imapcore.model import LinkState, LinkStatus, Role
from imapcore.store import Found, Store
from imapcore.sync.content.attachment_file import write_file
from imapcore.sync.content.bodies import fetch_body, fetch_part, fetch_source
from imapcore.sync.listener import Report
from imapcore.sync.pull.gmail_search import Search
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.remote import Remote

HOPELESS = (LinkState.OFFLINE, LinkState.SIGN_IN, LinkState.STOPPED)
"""States that end only when the user does something: nothing is gained by waiting."""


class Requests:
    """Bodies, attachments and searches asked for; every method is safe on any thread and returns at once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        board: LinkMonitor,
        places: Mapping[Role, MailboxSync],
        report: Report,
        tell: Callable[[Event], None],
        find_offline: Callable[[str], Found],
        submit: Callable[[Job], None],
        drop: Callable[[Hashable], None],
    ) -> None:
        """``submit`` and ``drop``: the queue of the session that does it."""
        self._store = store
        self._clock = clock
        self._board = board
        self._places = places
        self._report = report
        self._tell = tell
        self._find_offline = find_offline
        self._submit = submit
        self._drop = drop
        self._lock = threading.Lock()
        self._searches: dict[str, bool] = {}
        self._bodies: set[int] = set()
        self._sources: set[int] = set()

    # -- bodies and files --------------------------------------------------------------------------------

    def fetch_body(self, msgid: int, size: int = 0) -> None:
        """A body is to be read and is not stored."""
        if self._board.status.state in HOPELESS:
            self._fail_body(msgid, self._board.status)
            return
        with self._lock:
            self._bodies.add(msgid)
        self._tell(BodyAwaited(msgid))

        def steps(remote: Remote) -> Iterator[float]:
            yield from fetch_body(remote, self._store, msgid, size)
            with self._lock:
                self._bodies.discard(msgid)
            self._tell(BodyArrived(msgid))

        def failed(error: GimapError) -> None:
            with self._lock:
                self._bodies.discard(msgid)
            self._tell(BodyFailed(msgid, error.title, error.detail, error.hint))

        self._submit(Job(("body", msgid), steps, urgency=1, failed=failed))

    def fetch_source(self, msgid: int, size: int) -> None:
        """The whole source of a message is to be read: SourceArrived or BodyFailed follows."""
        if self._board.status.state in HOPELESS:
            self._fail_body(msgid, self._board.status)
            return
        come = bytearray()
        with self._lock:
            self._sources.add(msgid)

        def steps(remote: Remote) -> Iterator[float]:
            yield from fetch_source(remote, self._store, msgid, size, come, self._progress(msgid))
            with self._lock:
                self._sources.discard(msgid)
            self._tell(SourceArrived(msgid))

        def failed(error: GimapError) -> None:
            with self._lock:
                self._sources.discard(msgid)
            self._tell(BodyFailed(msgid, error.title, error.detail, error.hint))

        def is_wanted() -> bool:
            with self._lock:
                return msgid in self._sources

        self._submit(Job(("source", msgid), steps, urgency=1, failed=failed, is_wanted=is_wanted))

    def cancel_source(self, msgid: int) -> None:
        """Nobody waits for that source any more."""
        with self._lock:
            self._sources.discard(msgid)
        self._drop(("source", msgid))

    def _progress(self, msgid: int) -> Callable[[int, int], None]:
        return lambda done, size: self._tell(BodyProgressed(msgid, done, size))

    def _fail_body(self, msgid: int, link: LinkStatus) -> None:
        hint = link.hint or "It is fetched when the link is back; open it again then"
        self._tell(BodyFailed(msgid, link.title or "No connection", link.detail, hint))

    def save_part(self, msgid: int, section: str, name: str, folder: Path) -> None:
        """A part is to be saved and its message is not stored."""

        def steps(remote: Remote) -> Iterator[float]:
            octets = yield from fetch_part(remote, self._store, msgid, section, self._progress(msgid))
            self.save_octets(folder, name, octets)

        def failed(error: GimapError) -> None:
            self._tell(
                Alerted("The attachment could not be saved", f"{error.title}. {error.detail}", error.hint)
            )

        self._submit(Job(("part", msgid, section), steps, urgency=1, failed=failed))

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
            self._report,
            self._clock,
            lambda found: self._tell(SearchProgressed(query, found, is_done=False)),
        )

        def steps(remote: Remote) -> Iterator[float]:
            yield from search.run(remote, self._places)
            self._end_search(query)
            self._tell(MailboxesChanged())
            self._tell(SearchProgressed(query, search.found, is_done=True))
            self._submit(Job("tidy", self._tidy, urgency=9))

        def failed(error: GimapError) -> None:
            self._end_search(query)
            found = self._store.searches.finish(query, is_complete=False)
            self._tell(SearchProgressed(query, found, is_done=True, problem=f"{error.title}. {error.detail}"))

        with self._lock:
            self._searches.setdefault(query, False)
        self._submit(
            Job(
                ("search", query),
                steps,
                urgency=1,
                failed=failed,
                is_wanted=lambda: self.is_searching(query),
            )
        )
        if self._board.status.state in (*HOPELESS, LinkState.WAITING):
            self._search_offline(query, self._board.status)

    def _tidy(self, remote: Remote) -> Iterator[float]:
        while self._store.searches.tidy():
            yield 0.0

    def is_searching(self, query: str) -> bool:
        """Whether somebody waits for this search."""
        return query in self._searches

    def cancel_search(self, query: str) -> None:
        """Nobody waits for this search any more; what it found so far stays."""
        self._end_search(query)
        self._drop(("search", query))

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

    def link_changed(self, status: LinkStatus) -> None:
        """The link is up, down, or hopeless: who waits in vain is told."""
        if status.state not in (*HOPELESS, LinkState.WAITING):
            return
        with self._lock:
            bodies, self._bodies = self._bodies, set()
            searches = list(self._searches)
        for msgid in bodies:
            self._drop(("body", msgid))
            self._fail_body(msgid, status)
        for query in searches:
            self._search_offline(query, status)
