"""Fetching messages of one mailbox into the store: newest first, in batches that adapt, past whatever is
refused.

What lives here: the loop from a set of uids to stored facts, used by the sync, by searches and by what is
opened; each user has its own fetcher, on its own session. What may not: deciding what to fetch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from imapcore.clock import Clock
from imapcore.errors import CommandRefused, GimapError, Interrupted, LinkError, ProtocolError, Unavailable
from imapcore.model import Role
from imapcore.store import Store
from imapcore.store.facts import Changed, MessageFacts
from imapcore.sync.convert.messages import is_whole, message_facts
from imapcore.sync.convert.partial_facts import UNREADABLE, is_known, merge_lines, partial_facts
from imapcore.sync.listener import Report
from imapcore.sync.pull.batch_size import BatchSize
from imapcore.sync.remote import ENVELOPES, LEAST, NAMELESS, WITH_HEADER, PendingFetch, Remote
from imapcore.wire.fetch import Fetched
from imapcore.wire.uidset import UidSet

ROWS_AT_THE_GATE = 20
"""Lines read between two looks at whether the screen needs the interpreter for a frame."""

AHEAD = 2
"""Batches that are asked for before the first of them is read."""

MOST_FAILURES = 3
"""A single message that failed so often is passed over for this run."""

MOST_NAMED = 10
"""Of more messages that could not be read only some are named."""

PLACE_TITLES = {Role.ALL: "All Mail", Role.SPAM: "Spam", Role.TRASH: "Trash"}

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
        self._told: set[int] = set()
        """Uids of messages of which it was said that they could not be read."""

    @property
    def refused(self) -> UidSet:
        """Messages Gmail could not hand out in this run."""
        return UidSet(tuple(self._refused))

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
        message that Gmail cannot hand out must not hold up all others. What the answers left out, or said so
        that it cannot be read, is asked for again at the end, with less and less (``_ask_again``).
        """
        left = uids
        lacking = UidSet()
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
                facts, unanswered = self._read(asked)
            except (CommandRefused, Unavailable) as error:
                self._pace.failed()
                if asked.uids.count() > 1:
                    left = left | asked.uids
                    yield self._pace.pause
                    continue
                self._give_up(asked.uids.min, error)
                facts, unanswered = [], UidSet()
            except (LinkError, ProtocolError) as error:
                # It may be this very message that breaks the link: next time with fewer, at last without.
                if not isinstance(error, Interrupted):
                    self._pace.failed()
                    if asked.uids.count() == 1:
                        self._give_up(asked.uids.min, error)
                raise
            lacking |= unanswered
            asked.check()
            self._store_facts(facts, told)
            now = self._clock.monotonic()
            self._pace.answered(asked.uids.count(), now - began, is_throttled=remote.take_throttled())
            began = now
            self._report.throttled(self._pace.is_throttled)
            yield self._pace.pause
        if lacking:
            yield from self._ask_again(remote, lacking, told, uidvalidity)

    def _store_facts(self, facts: list[MessageFacts], told: Told | None) -> None:
        changed = self._store.messages.apply(facts)
        self._report.changed(changed)
        self._report.progressed()
        if told is not None:
            told(facts, changed)

    def _give_up(self, uid: int, error: GimapError) -> None:
        """Count a failure of a single message; raises ``error`` as long as it may still be the server's
        bad day.
        """
        failures = self._failures[uid] = self._failures.get(uid, 0) + 1
        if failures < MOST_FAILURES:
            raise error
        self._refused.add(uid)
        self._tell_unreadable([], [uid])

    def _read(self, asked: PendingFetch) -> tuple[list[MessageFacts], UidSet]:
        """Facts from the lines that say everything, and the uids of which none does."""
        facts: dict[int, MessageFacts] = {}
        for count, line in enumerate(asked.lines(), 1):
            made = message_facts(line, self.place) if is_whole(line) else None
            if made is not None and made.uid in asked.uids:
                facts[made.uid] = made
            if count % ROWS_AT_THE_GATE == 0:
                self._store.gate.pause()
        return list(facts.values()), asked.uids - UidSet(facts)

    # -- what was left out ---------------------------------------------------------------------------------

    def _ask_again(
        self, remote: Remote, lacking: UidSet, told: Told | None, uidvalidity: int | None
    ) -> Iterator[float]:
        """Messages that were asked for and not described: those that are there, all together once more, then
        one by one with less.
        """
        # Only a fresh view knows what was expunged meanwhile.
        remote.look_again(self.place)
        remote.ensure(self.place, uidvalidity)
        left = remote.present(lacking)
        for chunk in left.chunks(count=self._pace.size, newest_first=True):
            yield 0.0
            asked = remote.ask(self.place, chunk, ENVELOPES, uidvalidity)
            try:
                facts, unanswered = self._read(asked)
            except (CommandRefused, Unavailable):
                continue
            if asked.is_doubtful and not facts:
                raise Unavailable(NAMELESS)
            asked.check()
            self._store_facts(facts, told)
            left = left - (chunk - unanswered)
        listed: list[int] = []
        absent: list[int] = []
        for uid in reversed(left):
            yield 0.0
            try:
                less = self._ask_for_less(remote, uid, uidvalidity)
            except (LinkError, ProtocolError) as error:
                if not isinstance(error, Interrupted):
                    self._give_up(uid, error)
                raise
            if less is None:
                self._refused.add(uid)
                absent.append(uid)
            else:
                self._store_facts([less], told)
                if less.subject == UNREADABLE:
                    listed.append(uid)
        self._tell_unreadable(listed, absent)

    def _ask_for_less(self, remote: Remote, uid: int, uidvalidity: int | None) -> MessageFacts | None:
        """What can be had of one message; None where not even its identity can."""
        lines: list[Fetched] = []
        for items in (ENVELOPES, WITH_HEADER, LEAST):
            asked = remote.ask(self.place, UidSet((uid,)), items, uidvalidity)
            try:
                lines += [line for line in asked.lines() if line.uid == uid]
            except (CommandRefused, Unavailable):
                continue
            asked.check()
            merged = merge_lines(lines)
            if merged is not None and is_known(merged):
                break
        merged = merge_lines(lines)
        return None if merged is None else partial_facts(merged, self.place, self._clock.now_ms())

    def _tell_unreadable(self, listed: list[int], absent: list[int]) -> None:
        """Messages of which the list shows that they could not be read, and those it cannot show at all."""
        fresh = [uid for uid in (*listed, *absent) if uid not in self._told]
        if not fresh:
            return
        self._told.update(fresh)
        count = len(fresh)
        title = PLACE_TITLES[self.place]
        missing = [str(uid) for uid in absent if uid in fresh]
        parts = [f"{count - len(missing)} in the list as “{UNREADABLE}”"] if count > len(missing) else []
        if missing:
            names = ", ".join(missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else "")
            parts.append(f"not in the list: number {names} of {title}")
        self._report.alert(
            f"{count} message{'s' if count > 1 else ''} of {title} could not be read",
            f"Gmail did not say what is asked of every message: {'; '.join(parts)}",
            "gimap-tui asks again from time to time, and at the next start; Gmail on the web shows all of it",
        )
