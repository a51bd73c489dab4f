"""Whole conversations: the messages of a thread that the store lacks, found by X-GM-THRID.

What lives here: searching All Mail for threads and fetching what is missing of them. What may not: choosing
the threads. While a backfill is under way a conversation's older half is often not stored yet; what the
user looks at is completed at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imapcore.model import Role
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

THREADS_PER_SEARCH = 100
"""Some 30 octets each in one SEARCH: well below what Gmail takes as one line."""


def complete_threads(remote: Remote, everything: MailboxSync, thrids: Iterable[int]) -> Iterator[float]:
    """Fetch what the store lacks of conversations in All Mail, in as few commands as it takes."""
    if not everything.missing and everything.missing is not None:
        return
    wanted = sorted(set(thrids), reverse=True)
    missing = UidSet()
    for start in range(0, len(wanted), THREADS_PER_SEARCH):
        remote.ensure(Role.ALL)
        missing |= remote.search_threads(wanted[start : start + THREADS_PER_SEARCH])
        yield 0.0
    yield from everything.fetch(remote, everything.without_stored(missing))
