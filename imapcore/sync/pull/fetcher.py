"""Fetching messages of one mailbox into the store: newest first, in batches that adapt, past whatever is
refused.

What lives here: the loop from a set of uids to stored facts, used by the sync, by searches and by what is
opened; each user has its own fetcher, on its own session. What may not: deciding what to fetch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from imapcore.clock import Clock
from imapcore.errors import CommandRefused, GimapError, Interrupted, LinkError, ProtocolError, Unavailable
from imapcore.model import Role
from imapcore.store import Store
from imapcore.store.facts import Changed, MessageFacts
from imapcore.sync.convert.messages import message_facts
from imapcore.sync.listener import Report
from imapcore.sync.pull.batch_size import BatchSize
from imapcore.sync.remote import ENVELOPES, NAMELESS, PendingFetch, Remote
from imapcore.wire.fetch import Fetched
from imapcore.wire.uidset import UidSet

ROWS_AT_THE_GATE = 20
"""Lines read between two looks at whether the screen needs the interpreter for a frame."""

AHEAD = 2
"""Batches that are asked for before the first of them is read."""

MOST_FAILURES = 3
"""A single message that failed so often is passed over for this run."""

Told = Callable[[list[MessageFacts], Changed], None]


class Fetcher:
    """Fetches from one place; used by one thread."""

    def __init__(self, place: Role, store: Store, report: Report, pace: BatchSize, clock: Clock) -> None:
        self.place = place
        self._store = store
        self._report = report
        self._pace = pace
        self._clock = clock
        self._refused: set[int] = set()
        self._failures: dict[int, int] = {}

    @property
    def refused(self) -> UidSet:
        """Messages Gmail could not hand out in this run."""
        return UidSet(self._refused)

    def forget_refused(self) -> None:
        """The uids mean other messages now, or another try is due."""
        self._refused.clear()
        self._failures.clear()

    def fetch(
        self, remote: Remote, uids: UidSet, told: Told | None = None, uidvalidity: int | None = None
    ) -> Iterator[float]:
        """Fetch and store messages. ``told`` is given what each batch brought, after it is stored.

        ``uidvalidity``: what the uids were read under, where no other message will do. Raises UidsChanged.

        A refused batch is asked for in halves; a single message that is refused is passed over, since one
        message that Gmail cannot hand out must not hold up all others.
        """
        left = uids
        flight: deque[PendingFetch] = deque()
        began = self._clock.monotonic()
        while left or flight:
            # One batch ahead: the server prepares it while this one is stored. Not when it asked for
            # patience.
            while left and len(flight) < (1 if self._pace.is_throttled else AHEAD):
                chunk = next(left.chunks(count=self._pace.size, newest_first=True))
                left = left - chunk
                flight.append(remote.ask(self.place, chunk, ENVELOPES, uidvalidity))
            asked = flight.popleft()
            try:
                facts = self._facts(remote, asked)
            except (CommandRefused, Unavailable) as error:
                self._pace.failed()
                if asked.uids.count() > 1:
                    left = left | asked.uids
                    yield self._pace.pause
                    continue
                self._give_up(asked.uids.min, error)
                facts = []
            except (LinkError, ProtocolError) as error:
                # It may be this very message that breaks the link: next time with fewer, at last without.
                if not isinstance(error, Interrupted):
                    self._pace.failed()
                    if asked.uids.count() == 1:
                        self._give_up(asked.uids.min, error)
                raise
            asked.check()
            changed = self._store.mail.apply_messages(facts)
            now = self._clock.monotonic()
            self._pace.answered(asked.uids.count(), now - began, is_throttled=remote.take_throttled())
            began = now
            self._report.throttled(self._pace.is_throttled)
            self._report.changed(changed)
            self._report.progressed()
            if told is not None:
                told(facts, changed)
            yield self._pace.pause

    def _give_up(self, uid: int, error: GimapError) -> None:
        """Count a failure of a single message; raises ``error`` as long as it may still be the server's
        bad day.
        """
        failures = self._failures[uid] = self._failures.get(uid, 0) + 1
        if failures < MOST_FAILURES:
            raise error
        self._refused.add(uid)

    def _facts(self, remote: Remote, asked: PendingFetch) -> list[MessageFacts]:
        facts, bare = self._read(asked.lines(), asked.uids)
        if asked.is_doubtful:
            bare = set(asked.uids) - {each.uid for each in facts}
        if bare:
            # Gmail now and then sends a line without what was asked for. Once more; then it cannot be had.
            again = remote.ask(self.place, UidSet(bare), ENVELOPES)
            more, still_bare = self._read(again.lines(), asked.uids)
            facts.extend(more)
            self._refused.update(still_bare)
            if again.is_doubtful and not more:
                raise Unavailable(NAMELESS)
        return facts

    def _read(self, lines: Iterable[Fetched], wanted: UidSet) -> tuple[list[MessageFacts], set[int]]:
        """Facts from lines, and the uids of lines that say too little."""
        facts: dict[int, MessageFacts] = {}
        bare: set[int] = set()
        for count, line in enumerate(lines, 1):
            made = message_facts(line, self.place)
            if made is not None:
                facts[made.uid] = made
            elif line.uid is not None and line.uid in wanted:
                bare.add(line.uid)
            if count % ROWS_AT_THE_GATE == 0:
                self._store.gate.pause()
        return list(facts.values()), bare - facts.keys()
