"""One synced mailbox: All Mail, Spam or Trash, brought from what the store remembers to what the server has.

What lives here: a pass over one mailbox, and the fetching of messages that are missing. What may not: which
mailbox comes first, labels as mailboxes, the journal. RFC 3501 §6.4, RFC 4731 (ESEARCH), RFC 7162
(CONDSTORE).

A pass asks in a fixed order: SELECT; new uids; the comparison of all uids where the numbers do not add up;
what changed since the remembered modseq. Only then it remembers the numbers SELECT gave, which were read
before anything was fetched: whatever changed in between is told again next time. Killed anywhere, it can
simply run again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from imapcore.clock import Clock
from imapcore.errors import LinkError
from imapcore.model import Role
from imapcore.store import Store
from imapcore.store.facts import Changed, MessageFacts, SyncState
from imapcore.sync.convert.messages import message_delta
from imapcore.sync.listener import Report
from imapcore.sync.mailbox_numbers import Numbers
from imapcore.sync.pull.batch_size import BatchSize
from imapcore.sync.pull.fetcher import Fetcher, Told
from imapcore.sync.pull.pass_plan import is_quiet, may_be_limited, must_compare_after, plan_pass
from imapcore.sync.remote import IDENTITIES, Remote
from imapcore.wire.uidset import UidSet

NOTED_TOGETHER = 2000
"""Messages that are fetched before the rest of what is missing is looked at again."""

COMPARED_SECONDS = 3600.0
"""So long after the last comparison of uids a thorough pass makes another."""

DELTAS_AT_ONCE = 200
"""Changed messages handed to the store together."""


MUCH = 10
"""So many messages that go at once, if they are half of a place or more, are asked after a second time."""


class AskedAfresh(LinkError):
    """What the server says is so grave that it must say it twice, on two connections."""

    title = "Asking Gmail again on a fresh connection"
    hint = "Nothing is taken out of the list before it is certain"


class MailboxSync:
    """What one run knows of one place beyond the store: uids that are missing, uids that cannot be had."""

    def __init__(self, place: Role, store: Store, report: Report, pace: BatchSize, clock: Clock) -> None:
        self.place = place
        self._store = store
        self._report = report
        self._fetcher = Fetcher(place, store, report, pace, clock)
        self._unseen: int | None = None
        self._has_told_limit = False
        self._lock = threading.Lock()
        self._missing: UidSet | None = None
        self.lost_something = False
        """Whether a message left since this was last set to False."""
        self.is_doubtful = False
        """Whether the store may hold a message that has left: the next pass compares the sets of uids."""
        self._comparisons = 0
        """Beginnings and ends of comparisons: odd while one is under way."""
        self._clock = clock
        self._compared_at = clock.monotonic()
        self._compared: tuple[int, int, int] | None = None
        """UIDVALIDITY, messages there and messages here, as the last comparison left them."""
        self._suspicion: tuple[Remote, UidSet] | None = None
        """Many uids that were not there any more, and the connection that said so."""

    @property
    def missing(self) -> UidSet | None:
        """Uids the server has and the store lacks, as far as known; None before the first comparison."""
        return self._missing

    def _set_missing(self, uids: UidSet | None) -> None:
        with self._lock:
            self._missing = uids

    @property
    def exists(self) -> int:
        """Messages the server had at the last pass."""
        state = self._store.uids.sync_state(self.place)
        return 0 if state is None else state.exists

    @property
    def refused(self) -> int:
        """Messages the server could not hand out in this run."""
        return self._fetcher.refused.count()

    @property
    def is_complete(self) -> bool:
        """Whether the store holds every message that can be had."""
        return self.missing is not None and not self.missing

    def be_thorough(self) -> None:
        """Before a thorough pass: now and then the sets of uids are compared whatever the numbers say, and
        what Gmail could not hand out some time ago, it may be able to hand out now.
        """
        if self._clock.monotonic() - self._compared_at >= COMPARED_SECONDS:
            self.is_doubtful = True
        if self._fetcher.refused:
            self._fetcher.forget_refused()
            self.is_doubtful = True

    def is_quiet(self, status: Numbers) -> bool:
        """Whether STATUS shows that a pass would find nothing, but for flags changed in Spam and Trash."""
        state = self._store.uids.sync_state(self.place)
        return self.missing is not None and not self.is_doubtful and is_quiet(state, status, self._unseen)

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Around asking the server about messages and storing what it said; on any thread.

        If the sets of uids were compared in between, a message that was there when it was asked for may have
        been seen to be gone since. Nothing in the numbers would ever tell that it is stored again.
        """
        since = self._comparisons
        try:
            yield
        finally:
            if since % 2 or self._comparisons != since:
                self.is_doubtful = True

    def run(self, remote: Remote, *, status: Numbers | None = None) -> Iterator[float]:
        """One pass. What is merely missing is noted, and left to ``fetch_missing``.

        ``status`` is what STATUS said just before, if it was asked.
        """
        name = remote.name_of(self.place)
        state = self._store.uids.sync_state(self.place)
        seen = remote.select(name)
        is_partial = self.missing is None and (state is None or not state.is_complete)
        plan = plan_pass(state, seen, must_compare=is_partial or self.is_doubtful)
        if plan.must_remap:
            yield from self._remap(remote, seen.uidvalidity)
        present = 0
        if plan.arrivals is not None:
            fresh = UidSet.of_ranges([plan.arrivals])
            wanted = fresh - self._stored_among(fresh) - self._fetcher.refused
            yield from self.fetch(remote, wanted, self._tell_arrivals)
            present = self._stored_among(fresh).count()
        must_compare = plan.must_compare or (
            state is not None and plan.arrivals is not None and must_compare_after(state, seen, present)
        )
        if must_compare or self._lacks_something(seen):
            self._compare(remote)
            must_compare = True
        elif self.missing is None:
            self._set_missing(UidSet())
        if plan.changed_since is not None:
            yield from self._fetch_changes(remote, plan.changed_since)
        if must_compare or not plan.is_nothing:
            self._remember(name, seen, settled=0 if state is None or plan.must_remap else state.highestmodseq)
        self._unseen = status.unseen if status is not None else None

    def _lacks_something(self, seen: Numbers) -> bool:
        """Whether what is stored, and what is known to be missing, are not as many as the server has.

        Where a comparison has found nothing, the same numbers are no reason for another.
        """
        refused = self._fetcher.refused
        missing = self.missing or UidSet()
        known = self._store.uids.count(self.place) + missing.count() + refused.count()
        return known != seen.exists and (seen.uidvalidity, seen.exists, known) != self._compared

    def _tell_arrivals(self, facts: list[MessageFacts], changed: Changed) -> None:
        new = set(changed.new)
        self._report.arrived([each for each in facts if each.msgid in new])

    def _stored(self) -> UidSet:
        return UidSet.of_ranges(self._store.uids.ranges(self.place))

    def _stored_among(self, uids: UidSet) -> UidSet:
        return UidSet(self._store.uids.msgids(self.place, uids.ranges))

    def _remember(self, name: str, seen: Numbers, settled: int) -> None:
        missing = self.missing if self.missing is not None else UidSet()
        is_complete = not missing and not self._fetcher.refused
        self._store.uids.save_sync_state(
            SyncState(
                place=self.place,
                name=name,
                uidvalidity=seen.uidvalidity,
                uidnext=seen.uidnext,
                highestmodseq=seen.highestmodseq,
                exists=seen.exists,
                backfilled_down_to=missing.max + 1 if missing else 1,
                is_complete=is_complete,
                # Numbers that have shrunk begin anew.
                settled_modseq=min(settled, seen.highestmodseq) or seen.highestmodseq,
            )
        )
        self._report.progressed()

    def remember_first(self, name: str, seen: Numbers) -> None:
        """Before the first pass: the numbers under which the first screen was fetched."""
        self._store.uids.save_sync_state(
            SyncState(
                self.place,
                name,
                seen.uidvalidity,
                seen.uidnext,
                seen.highestmodseq,
                seen.exists,
                is_complete=False,
                settled_modseq=seen.highestmodseq,
            )
        )

    def _compare(self, remote: Remote) -> None:
        """The sets of uids, there and here: what is gone, what is missing."""
        remote.ensure(self.place)
        self.is_doubtful = False
        self._comparisons += 1
        try:
            there = self._ask_all(remote)
            here = self._stored()
            gone = self._confirmed(remote, here, there)
        except BaseException:
            self.is_doubtful = True
            raise
        finally:
            self._comparisons += 1
        self._compared_at = self._clock.monotonic()
        if gone:
            self.lost_something = True
            self._report.changed(self._store.uids.remove_uids(self.place, gone.ranges))
        self._set_missing(there - here - self._fetcher.refused)
        known = (here - gone).count() + (there - here).count()
        self._compared = (remote.uidvalidity, remote.exists, known)
        is_limited = self.place is Role.ALL and bool(there) and may_be_limited(there.count(), there.min)
        if is_limited and not self._has_told_limit:
            self._has_told_limit = True
            self._report.alert(
                "All Mail shows a round number of messages",
                f"Gmail shows exactly {there.count():,} messages over IMAP; older mail seems to be hidden.",
                "In Gmail on the web: Settings › Forwarding and POP/IMAP › Folder size limits › Do not limit",
            )

    def _ask_all(self, remote: Remote) -> UidSet:
        """Every uid of the place. What does not have as many members as there are messages is asked for once
        more, on a fresh view.
        """
        there = remote.search()
        if there.count() == remote.exists and there:
            return there
        remote.look_again(self.place)
        there = remote.search()
        if there.count() != remote.exists:
            # Which of the two is wrong nobody knows: the next pass looks again, and nothing goes meanwhile.
            self.is_doubtful = True
        return there

    def _confirmed(self, remote: Remote, here: UidSet, there: UidSet) -> UidSet:
        """The uids that are not there any more. That most of a place is gone is believed only when a second
        connection says so, too. Raises AskedAfresh for that.
        """
        gone = here - there
        if self.is_doubtful:
            return UidSet()
        state = self._store.uids.sync_state(self.place)
        is_new = state is None or not state.is_complete
        is_empty_account = self.place is Role.ALL and is_new and not here and not there
        is_much = gone.count() >= MUCH and 2 * gone.count() >= here.count()
        if not (is_much or is_empty_account):
            self._suspicion = None
            return gone
        if self._suspicion is None or self._suspicion[0] is remote:
            self._suspicion = (remote, gone)
            raise AskedAfresh(
                f"{gone.count():,} of {here.count():,} messages seem to be gone"
                if gone
                else "All Mail seems to be empty"
            )
        gone = gone & self._suspicion[1]
        self._suspicion = None
        return gone

    def _remap(self, remote: Remote, uidvalidity: int) -> Iterator[float]:
        """UIDVALIDITY changed: find every message again by its msgid, without downloading any of it."""
        pairs: dict[int, int] = {}
        remote.ensure(self.place, uidvalidity)
        for chunk in remote.search().chunks(count=5000):
            remote.ensure(self.place, uidvalidity)
            for line in remote.fetch(chunk, IDENTITIES):
                if line.uid is not None and line.msgid is not None:
                    pairs[line.msgid] = line.uid
            yield 0.0
        self._store.uids.remap(self.place, uidvalidity, pairs)
        self._fetcher.forget_refused()
        self._set_missing(None)

    def _fetch_changes(self, remote: Remote, since: int) -> Iterator[float]:
        remote.ensure(self.place)
        waiting = []
        for line in remote.changes(UidSet.everything(), since=since):
            delta = message_delta(line)
            if delta is not None:
                waiting.append(delta)
            if len(waiting) >= DELTAS_AT_ONCE:
                self._report.changed(self._store.messages.apply_deltas(self.place, waiting))
                waiting = []
        if waiting:
            self._report.changed(self._store.messages.apply_deltas(self.place, waiting))
        yield 0.0

    # -- messages ------------------------------------------------------------------------------------

    @property
    def uidvalidity(self) -> int | None:
        """Under which the store holds uids of this place, and ``missing`` names them."""
        state = self._store.uids.sync_state(self.place)
        return None if state is None else state.uidvalidity

    def found_elsewhere(self, uids: UidSet, uidvalidity: int | None) -> None:
        """Another session stored these; safe on any thread.

        Uids read under another UIDVALIDITY are those of other messages by now, which may well be missing.
        """
        with self._lock:
            if self._missing is not None and uidvalidity == self.uidvalidity:
                self._missing = self._missing - uids

    def without_stored(self, uids: UidSet) -> UidSet:
        """Those of ``uids`` that are worth fetching: neither stored nor refused before."""
        missing = self.missing
        if missing is not None:
            return uids & missing
        return uids - self._stored_among(uids) - self._fetcher.refused

    def fetch_missing(self, remote: Remote) -> Iterator[float]:
        """Some of what the store lacks, newest first."""
        missing = self.missing
        if missing:
            yield from self.fetch(remote, next(missing.chunks(count=NOTED_TOGETHER, newest_first=True)))

    def fetch(self, remote: Remote, uids: UidSet, told: Told | None = None) -> Iterator[float]:
        """Fetch and store messages, newest first."""
        uidvalidity = self.uidvalidity
        for chunk in uids.chunks(count=NOTED_TOGETHER, newest_first=True):
            with self.storing():
                yield from self._fetcher.fetch(remote, chunk, told)
            # Also what brought nothing: it was expunged meanwhile, or cannot be had.
            self.found_elsewhere(chunk, uidvalidity)
        if self.is_complete:
            self._complete()

    def _complete(self) -> None:
        state = self._store.uids.sync_state(self.place)
        if state is not None and not state.is_complete:
            self._store.uids.save_sync_state(replace(state, backfilled_down_to=1, is_complete=True))
            self._report.progressed()
