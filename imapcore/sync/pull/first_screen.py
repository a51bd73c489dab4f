r"""The first screen: on an empty store, the newest conversations of the inbox before anything else.

What lives here: the shortest way from a signed-in connection to a screen of mail, counted in round trips:
LIST; SELECT All Mail; SEARCH for ``\Inbox``; FETCH of the newest; the first words of those on top; SEARCH
for their conversations; FETCH of the rest of those. What may not: the backfill, which comes after.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapcore.clock import Clock
from imapcore.model import Role
from imapcore.store import Store
from imapcore.store.facts import MessageFacts
from imapcore.sync.listener import Report
from imapcore.sync.pull.labels import LabelSync
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.pull.snippets import fetch_snippets
from imapcore.sync.pull.whole_threads import complete_threads
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

SCREEN = 60
"""Messages of the first FETCH: a tall terminal's worth of rows."""

SNIPPETS = 40
"""Of these the first words are fetched at once."""

BIG = 300_000
"""Messages in All Mail above which a search for ``\\Inbox`` is bounded by a date, or it may take minutes."""

RECENT_DAYS = 90


def fetch_first_screen(
    remote: Remote, store: Store, report: Report, labels: LabelSync, everything: MailboxSync, clock: Clock
) -> Iterator[float]:
    """Bring an empty store to a first screen of INBOX; afterwards the first pass may begin."""
    labels.read_list(remote)
    name = remote.name_of(Role.ALL)
    seen = remote.select(name)
    since = clock.now_ms() - RECENT_DAYS * 86_400_000 if seen.exists > BIG else None
    inbox = remote.search_label("\\Inbox", since)
    if not inbox and seen.uidnext > 1:
        # Nothing in the inbox: show that All Mail is there at least.
        inbox = UidSet.of_ranges([(max(1, seen.uidnext - SCREEN), seen.uidnext - 1)])
    newest: list[MessageFacts] = []
    chunk = next(inbox.chunks(count=SCREEN, newest_first=True), UidSet())
    yield from everything.fetch(remote, chunk, lambda facts, _: newest.extend(facts))
    everything.remember_first(name, seen)
    newest.sort(key=lambda facts: facts.date, reverse=True)
    yield from fetch_snippets(remote, store, report, [facts.msgid for facts in newest[:SNIPPETS]])
    yield from complete_threads(remote, everything, (facts.thrid for facts in newest))
