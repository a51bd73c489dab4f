"""What the user opens jumps the queue: a label, a place, the conversations in sight.

What lives here: finding out which messages of a view the store lacks, and fetching the newest of them
before the backfill goes on. What may not: searches (``gmail_search``), bodies. On a complete store nothing is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imapcore.model import Role, View
from imapcore.store.facts import Changed, MessageFacts
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.pull.whole_threads import complete_threads
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

AT_ONCE = 100
"""Messages fetched, and their conversations completed, before anybody else's turn."""

MOST = 1000
"""What opening a view fetches at most; the rest is left to the backfill."""


def fetch_view(remote: Remote, places: Mapping[Role, MailboxSync], view: View) -> Iterator[float]:
    """Fetch the newest messages of a view that the store lacks, with their conversations."""
    place = view.role if view.role in (Role.SPAM, Role.TRASH) else Role.ALL
    assert place is not None
    mailbox = places[place]
    if mailbox.is_complete:
        return
    if mailbox.missing is None:
        yield from mailbox.run(remote)
        if mailbox.is_complete:
            return
    wanted = mailbox.missing or UidSet()
    if view.label is not None:
        remote.ensure(place)
        wanted = remote.search_label(view.label)
        yield 0.0
    wanted = mailbox.without_stored(wanted)
    newest = next(wanted.chunks(count=MOST, newest_first=True), UidSet())
    for chunk in newest.chunks(count=AT_ONCE, newest_first=True):
        thrids: set[int] = set()

        def note(facts: list[MessageFacts], _: Changed, thrids: set[int] = thrids) -> None:
            thrids.update(each.thrid for each in facts)

        yield from mailbox.fetch(remote, chunk, note)
        if place is Role.ALL:
            yield from complete_threads(remote, mailbox, thrids)
