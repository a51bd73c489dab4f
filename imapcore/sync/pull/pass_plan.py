"""What a pass has to ask, decided from numbers alone (RFC 3501 §2.3.1, RFC 7162; no QRESYNC on Gmail).

What lives here: the comparison of a remembered ``SyncState`` with what SELECT or STATUS just said, and the
arithmetic that proves a question needless. What may not: a connection, the store, a clock.

Three facts about Gmail decide everything. HIGHESTMODSEQ is one counter of the whole account and also creeps
up by itself, so a moved one is only a "maybe". UIDs ascend and are never used twice, so a mailbox in which
UIDNEXT and EXISTS stand still has lost and gained nothing. And nothing announces an expunge, so where the
numbers of messages do not add up, the sets of UIDs must be compared.
"""

from __future__ import annotations

from msgspec import Struct

from imapcore.store.facts import SyncState
from imapcore.sync.mailbox_numbers import Numbers

FOLDER_LIMITS = frozenset((1000, 2000, 5000, 10_000))
"""What Gmail's setting "Limit IMAP folders to contain no more than this many messages" can be."""


class Plan(Struct, frozen=True):
    """What to ask about one mailbox, in this order: remap, arrivals, comparison, changes."""

    must_remap: bool = False
    """UIDVALIDITY changed: every stored uid is worthless and is found again by msgid."""
    arrivals: tuple[int, int] | None = None
    """The uids that new messages can have, both inclusive."""
    must_compare: bool = False
    """Ask for all uids whatever the arithmetic says."""
    changed_since: int | None = None
    """FETCH what changed after this modseq; None: nothing can have changed."""

    @property
    def is_nothing(self) -> bool:
        """Whether the mailbox is as it was."""
        return not (self.must_remap or self.arrivals or self.must_compare) and self.changed_since is None


def plan_pass(state: SyncState | None, seen: Numbers, *, must_compare: bool = False) -> Plan:
    """Decide what a pass over a mailbox asks, from what the last one remembered.

    ``must_compare`` asks for the comparison of uids in any case: the first pass of a run over a mailbox
    that is not wholly stored has no other way to learn what is missing.
    """
    if state is None:
        return Plan(must_compare=True)
    if state.uidvalidity != seen.uidvalidity:
        return Plan(must_remap=True, must_compare=True, changed_since=1)
    if state.uidnext == 0:
        # The uids were found anew, and the pass that did it ended before it had read what had changed.
        return Plan(must_compare=True, changed_since=1)
    if seen.uidnext < state.uidnext or seen.highestmodseq < state.highestmodseq:
        # Numbers that only ever grow have shrunk: an account restored from a backup. Believe nothing.
        return Plan(must_compare=True, changed_since=1)
    arrivals = (state.uidnext, seen.uidnext - 1) if seen.uidnext > state.uidnext else None
    return Plan(
        arrivals=arrivals,
        must_compare=must_compare or (arrivals is None and seen.exists != state.exists),
        changed_since=None if is_settled(state, seen) else max(1, state.settled_modseq),
    )


def is_settled(state: SyncState, seen: Numbers) -> bool:
    """Whether nothing has changed, and what changed before was asked for twice.

    HIGHESTMODSEQ jumps at once while the change itself reaches a session later, so that a pass may ask too
    early; the same question in the next one hears of it. It is also what heals an answer of which a line was
    lost.
    """
    return seen.highestmodseq == state.highestmodseq == state.settled_modseq


def must_compare_after(state: SyncState, seen: Numbers, arrived: int) -> bool:
    """Whether messages must have gone, now that ``arrived`` new ones were counted."""
    return state.exists + arrived != seen.exists


def is_quiet(state: SyncState | None, status: Numbers, unseen: int | None) -> bool:
    """Whether STATUS lets a pass leave out this mailbox, HIGHESTMODSEQ aside.

    For Spam and Trash only: the counter of the account moves with every change anywhere, so it says nothing
    about them. What this may overlook (a star set in Trash by another client) the next thorough pass finds.
    """
    return (
        state is not None
        and state.is_complete
        and (state.uidvalidity, state.uidnext, state.exists)
        == (status.uidvalidity, status.uidnext, status.exists)
        and unseen == status.unseen
    )


def may_be_limited(exists: int, lowest_uid: int) -> bool:
    """Whether All Mail looks cut off by Gmail's folder-size limit: a round number, and older mail is
    missing.
    """
    return exists in FOLDER_LIMITS and lowest_uid > 1
