"""Kept searches: what the tree counts beside the searches the user saved, kept as true as other counts.

What lives here: which saved search is due, and how much of it: all of it when it was never run in this
process or that was long ago, else only what has arrived since. What may not: running it (``sync.search``),
searches somebody looks at (``wishes``). They wait until the account is stored: before that, a count would
say how far the backfill is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from imapcore.clock import Clock
from imapcore.engine.job_runner import BREAKING, Job
from imapcore.errors import GimapError
from imapcore.events import Event, MailboxesChanged, MessagesChanged
from imapcore.model import Role
from imapcore.store import Store, scope_of
from imapcore.sync.listener import Report
from imapcore.sync.pull.gmail_search import Reach, Search
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.remote import Remote

URGENCY = 8
"""Whatever the user waits for goes first."""


class _Run(NamedTuple):
    """What is known of the last run of a search."""

    at: float
    """Monotonic seconds of the last whole run."""
    reach: Mapping[Role, Reach]
    """How far it and what was added since have looked."""


class SavedSearches:
    """Runs the saved searches in the background; ``look`` is safe on any thread."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        places: Mapping[Role, MailboxSync],
        report: Report,
        tell: Callable[[Event], None],
        queries: Callable[[], Sequence[str]],
        is_looked_at: Callable[[str], bool],
        submit: Callable[[Job], None],
        seconds: float,
    ) -> None:
        """``queries``: the saved ones; ``is_looked_at``: whether a run that somebody waits for is under way;
        ``seconds``: how long a whole run is believed.
        """
        self._store = store
        self._clock = clock
        self._places = places
        self._report = report
        self._tell = tell
        self._queries = queries
        self._is_looked_at = is_looked_at
        self._submit = submit
        self._seconds = seconds
        self._runs: dict[str, _Run] = {}

    def look(self) -> None:
        """Something may have arrived, or a search was saved."""
        if all(mailbox.is_complete for mailbox in self._places.values()) and self._due():
            self._submit(Job("kept searches", self._freshen, urgency=URGENCY))

    def _due(self) -> list[str]:
        return [query for query in self._queries() if not self._is_fresh(query)]

    def _is_fresh(self, query: str) -> bool:
        run = self._runs.get(query)
        return run is not None and self._is_young(run) and run.reach == self._reach(query)

    def _is_young(self, run: _Run) -> bool:
        return self._clock.monotonic() - run.at < self._seconds

    def _reach(self, query: str) -> dict[Role, Reach]:
        """How far a search that is begun now looks."""
        states = (self._store.uids.sync_state(role) for role in scope_of(query).roles)
        return {state.place: Reach(state.uidvalidity, state.uidnext) for state in states if state is not None}

    def _freshen(self, remote: Remote) -> Iterator[float]:
        for query in self._due():
            if self._is_looked_at(query):
                # It comes to the same, and two runs at once would be in each other's way.
                continue
            reach = self._reach(query)
            search = Search(query, self._store, self._report, self._clock, lambda _: None)
            run = self._runs.get(query)
            try:
                if run is not None and self._is_young(run) and _goes_on(run.reach, reach):
                    yield from search.add_arrivals(remote, self._places, run.reach, reach)
                    self._runs[query] = _Run(run.at, reach)
                else:
                    yield from search.run(remote, self._places)
                    self._runs[query] = _Run(self._clock.monotonic(), reach)
            except BREAKING:
                raise
            except GimapError:
                # Opening it says why; the others are not to wait for it, nor is it to be asked all the time.
                self._runs[query] = _Run(self._clock.monotonic(), reach)
            self._tell(MessagesChanged())
            self._tell(MailboxesChanged())


def _goes_on(before: Mapping[Role, Reach], now: Mapping[Role, Reach]) -> bool:
    """Whether uids still mean what they meant, so that only new ones need looking at."""
    return {role: reach.uidvalidity for role, reach in before.items()} == {
        role: reach.uidvalidity for role, reach in now.items()
    }
