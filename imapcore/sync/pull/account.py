"""The whole account: three mailboxes and the tree of labels, in the order in which a person wants them.

What lives here: the first screen, passes over All Mail, Spam and Trash, the backfill, what was opened. What
may not: threads, connections, the journal; everything here is a generator run by one session, in steps.

A message can move between the three places while a pass is under way; so messages that are nowhere are
forgotten only after a later pass has looked into all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imapcore.clock import Clock
from imapcore.errors import CommandRefused
from imapcore.model import Role, View
from imapcore.store import Store
from imapcore.sync.listener import Report
from imapcore.sync.mailbox_numbers import PLACES, Numbers
from imapcore.sync.pull.batch_size import BatchSize
from imapcore.sync.pull.first_screen import fetch_first_screen
from imapcore.sync.pull.labels import LabelSync
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.pull.opened_view import fetch_view
from imapcore.sync.pull.pass_plan import is_settled
from imapcore.sync.pull.snippets import fetch_snippets
from imapcore.sync.pull.whole_threads import complete_threads
from imapcore.sync.remote import Remote

RECENT = 1000
"""So much of All Mail is fetched before Spam and Trash get their turn in a backfill."""


OTHERS = (Role.SPAM, Role.TRASH)
"""The places beside All Mail; Gmail's settings may hide each of them from IMAP."""


class AccountSync:
    """Brings the store to what the server has; used by the thread of one session."""

    def __init__(self, store: Store, report: Report, clock: Clock) -> None:
        self._store = store
        self._report = report
        self._clock = clock
        self.pace = BatchSize()
        self.labels = LabelSync(store, report)
        self.places = {place: MailboxSync(place, store, report, self.pace, clock) for place in PLACES}
        self._backfilled = 0
        self._must_prune = True
        self._hidden: frozenset[Role] = frozenset()
        """Places that Gmail's settings hide from IMAP: what is stored of them stays as it was last seen."""

    @property
    def total(self) -> int:
        """Messages the server has, as far as known."""
        return sum(mailbox.exists for mailbox in self.places.values())

    @property
    def refused(self) -> int:
        """Messages the server has and could not hand out in this run."""
        return sum(mailbox.refused for mailbox in self.places.values())

    @property
    def is_complete(self) -> bool:
        """Whether everything that can be had is stored."""
        return all(self._is_done(place) for place in PLACES)

    def _is_done(self, place: Role) -> bool:
        return place in self._hidden or self.places[place].is_complete

    def first_screen(self, remote: Remote) -> Iterator[float]:
        """LIST, and on an empty store the newest conversations of INBOX."""
        if self._store.uids.sync_state(Role.ALL) is not None:
            yield from self.labels.run(remote)
            return
        yield from fetch_first_screen(
            remote, self._store, self._report, self.labels, self.places[Role.ALL], self._clock
        )

    @property
    def _is_doubtful(self) -> bool:
        return any(mailbox.is_doubtful for mailbox in self.places.values())

    # -- passes ----------------------------------------------------------------------------------------

    def poll(self, remote: Remote) -> Iterator[float]:
        """One STATUS; a pass if it says that something may have changed, or something is in doubt."""
        state = self._store.uids.sync_state(Role.ALL)
        status = remote.status([remote.name_of(Role.ALL)])[0]
        if (
            self._is_doubtful
            or any(remote.find_name(place) is not None for place in self._hidden)
            or state is None
            or not is_settled(state, status)
            or _numbers(status) != (state.uidvalidity, state.uidnext, state.exists)
        ):
            yield from self.run(remote)
        # Nothing may be left to fetch, and yet the server's mood must be seen to mend.
        self.pace.answered(0, 0.0, is_throttled=remote.take_throttled())
        self._report.throttled(self.pace.is_throttled)

    def run(self, remote: Remote, *, is_thorough: bool = False) -> Iterator[float]:
        """A pass over All Mail, and over Spam and Trash where STATUS shows a change.

        ``is_thorough``: over all three whatever STATUS says, since a star set in Spam moves none of its
        numbers.
        """
        if is_thorough:
            for mailbox in self.places.values():
                mailbox.be_thorough()
        if self._is_doubtful:
            # What was stored late was taken from wherever it had been found by then.
            for mailbox in self.places.values():
                mailbox.is_doubtful = True
        pass_id = self._store.uids.begin_pass()
        yield from self.places[Role.ALL].run(remote)
        statuses = self._statuses(remote)
        yield from self._note_hidden(remote, frozenset(OTHERS) - statuses.keys())
        for place, status in statuses.items():
            mailbox = self.places[place]
            if is_thorough or not mailbox.is_quiet(status):
                yield from mailbox.run(remote, status=status)
        self._prune(pass_id)

    @staticmethod
    def _statuses(remote: Remote) -> dict[Role, Numbers]:
        """STATUS of Spam and Trash, of those that Gmail's settings show."""
        listed = [place for place in OTHERS if remote.find_name(place) is not None]
        try:
            numbers = remote.status([remote.name_of(place) for place in listed])
        except CommandRefused:
            shown = [place for place in listed if not remote.is_hidden(place)]
            if shown == listed:
                raise
            listed, numbers = shown, remote.status([remote.name_of(place) for place in shown])
        return dict(zip(listed, numbers, strict=True))

    def _note_hidden(self, remote: Remote, hidden: frozenset[Role]) -> Iterator[float]:
        """Places were hidden or shown since the last pass: the tree is to say so."""
        if hidden == self._hidden:
            return
        for place in self._hidden - hidden:
            self.places[place].is_doubtful = True
        self._hidden = hidden
        yield from self.labels.run(remote)
        self._report.mailboxes_changed()
        self._report.progressed()

    def _prune(self, pass_id: int) -> None:
        has_lost = any(mailbox.lost_something for mailbox in self.places.values())
        others_complete = all(self._is_done(place) for place in OTHERS)
        if self._must_prune and others_complete:
            self._store.uids.prune(pass_id)
            self._must_prune = False
        if has_lost:
            # What left in this pass may only be on its way; the next pass decides.
            self._must_prune = True
            for mailbox in self.places.values():
                mailbox.lost_something = False

    # -- backfill --------------------------------------------------------------------------------------

    def backfill(self, remote: Remote) -> Iterator[float]:
        """Everything the store lacks, newest first: some of All Mail, Spam and Trash, then the rest."""
        while (mailbox := self._next_place()) is not None:
            before = mailbox.missing
            yield from mailbox.fetch_missing(remote)
            if before is not None and mailbox.missing is not None:
                self._backfilled += before.count() - mailbox.missing.count()

    def _next_place(self) -> MailboxSync | None:
        order = (
            (Role.SPAM, Role.TRASH, Role.ALL)
            if self._backfilled >= RECENT
            else (Role.ALL, Role.SPAM, Role.TRASH)
        )
        shown = (self.places[place] for place in order if place not in self._hidden)
        return next((mailbox for mailbox in shown if mailbox.missing), None)

    # -- what is looked at -------------------------------------------------------------------------------

    def open_view(self, remote: Remote, view: View) -> Iterator[float]:
        """The newest messages of a view that the store lacks."""
        yield from fetch_view(remote, self.places, view)

    def open_threads(self, remote: Remote, thrids: Iterable[int]) -> Iterator[float]:
        """Whatever the store lacks of conversations."""
        yield from complete_threads(remote, self.places[Role.ALL], thrids)

    def read_snippets(self, remote: Remote, msgids: Iterable[int]) -> Iterator[float]:
        """The first words of messages that have none yet."""
        yield from fetch_snippets(remote, self._store, self._report, msgids)


def _numbers(status: Numbers) -> tuple[int, int, int]:
    return (status.uidvalidity, status.uidnext, status.exists)
