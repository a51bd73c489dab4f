"""Gmail's own search: X-GM-RAW in the mailboxes a query is about, results streamed into a view as they
resolve.

What lives here: running a query. What may not: which places it concerns and the offline search, which are
the store's. X-GM-RAW finds only within the selected mailbox; All Mail holds neither Spam nor
Trash. Messages the store knows are in the view at once; the others are fetched newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from imapcore.clock import Clock
from imapcore.model import Role
from imapcore.protocol.search import GmailRaw, Key, Uids
from imapcore.store import Store, scope_of
from imapcore.store.facts import Changed, MessageFacts
from imapcore.sync.listener import Report
from imapcore.sync.locate import can_look
from imapcore.sync.pull.batch_size import BatchSize
from imapcore.sync.pull.fetcher import Fetcher
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

KNOWN_AT_ONCE = 200
"""Known results given to the view together; the first screen of them is there after the first."""

FIRST_BATCH = 50
LARGEST_BATCH = 200
"""Unknown results per FETCH: somebody is waiting for them."""


class Reach(NamedTuple):
    """How far a search has looked in one place: at every uid below ``uidnext``."""

    uidvalidity: int
    uidnext: int


class Search:
    """One run of one query."""

    def __init__(
        self,
        query: str,
        store: Store,
        report: Report,
        clock: Clock,
        progressed: Callable[[int], None],
    ) -> None:
        """``progressed`` hears how many messages are in the view by now."""
        self.query = query
        self._store = store
        self._report = report
        self._clock = clock
        self._progressed = progressed
        self._found = 0

    def run(self, remote: Remote, places: Mapping[Role, MailboxSync]) -> Iterator[float]:
        """Search, then resolve what was found; at the end the view holds exactly the server's answer."""
        self._found = 0
        run = self._store.searches.begin(self.query)
        raw = GmailRaw(self.query)
        yield from self._look(remote, places, dict.fromkeys(scope_of(self.query).roles, raw))
        self._store.searches.finish(self.query, is_complete=True, run=run)

    def add_arrivals(
        self,
        remote: Remote,
        places: Mapping[Role, MailboxSync],
        before: Mapping[Role, Reach],
        now: Mapping[Role, Reach],
    ) -> Iterator[float]:
        """Add to the view what the query finds between two reaches; what is in it stays."""
        new = {
            role: UidSet.of_ranges([(before[role].uidnext, reach.uidnext - 1)])
            for role, reach in now.items()
            if reach.uidnext > before[role].uidnext
        }
        raw = GmailRaw(self.query)
        yield from self._look(remote, places, {role: Uids(uids) & raw for role, uids in new.items()})

    def _look(
        self, remote: Remote, places: Mapping[Role, MailboxSync], keys: Mapping[Role, Key]
    ) -> Iterator[float]:
        pace = BatchSize(first=FIRST_BATCH, largest=LARGEST_BATCH)
        unknown: dict[Role, tuple[UidSet, int]] = {}
        for place, key in keys.items():
            if not can_look(remote, place):
                continue
            uids = remote.search(key)
            known = self._store.uids.msgids(place, uids.ranges)
            remote.check(place)
            self._show_known(known)
            unknown[place] = uids - UidSet(known), remote.uidvalidity
            yield 0.0
        for place, (uids, uidvalidity) in unknown.items():
            fetcher = Fetcher(place, self._store, self._report, pace, self._clock)
            with places[place].storing():
                yield from fetcher.fetch(remote, uids, self._show_fetched, uidvalidity)
            places[place].found_elsewhere(uids, uidvalidity)

    @property
    def found(self) -> int:
        """Messages in the view by now."""
        return self._found

    def _show_known(self, known: Mapping[int, int]) -> None:
        newest_first = [known[uid] for uid in sorted(known, reverse=True)]
        for start in range(0, len(newest_first), KNOWN_AT_ONCE):
            part = newest_first[start : start + KNOWN_AT_ONCE]
            self._store.searches.add(self.query, part)
            self._tell(len(part))

    def _show_fetched(self, facts: list[MessageFacts], _: Changed) -> None:
        self._store.searches.add(self.query, [each.msgid for each in facts])
        self._tell(len(facts))

    def _tell(self, more: int) -> None:
        self._found += more
        self._progressed(self._found)
