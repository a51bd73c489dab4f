r"""The mailbox tree, kept like the server's: LIST, and what a label renamed or deleted elsewhere means.

What lives here: reading LIST into the store, and finding out what became of labels that came or went. What
may not: passes over mailboxes. Gmail announces neither a rename nor a deletion, and neither raises the
modseq of a message: only comparing two LISTs shows them, and only a search shows which messages a new name
is on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imapcore.errors import AllMailHidden
from imapcore.gmail.label_names import fold_label
from imapcore.model import SYSTEM_LABELS, Role
from imapcore.store import Store
from imapcore.store.facts import MailboxFacts
from imapcore.sync.convert.messages import mailbox_facts, message_delta
from imapcore.sync.listener import Report
from imapcore.sync.mailbox_numbers import PLACES
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

CHUNK = 500

MOST_LISTS = 5
"""So often LIST is asked again because labels change here at the same time; the next poll goes on."""


class LabelSync:
    """Keeps the store's mailboxes like LIST; used by one thread."""

    def __init__(self, store: Store, report: Report) -> None:
        self._store = store
        self._report = report
        self._uidvalidities: dict[str, int] = {}

    def run(self, remote: Remote) -> Iterator[float]:
        """LIST once; first follow up what came and went, then take the list in. Raises AllMailHidden.

        In this order, a follow-up that is cut short is made again at the next LIST. A label that we made or
        deleted ourselves meanwhile makes the list at hand an old one: then another is asked for.
        """
        for _ in range(MOST_LISTS):
            own_changes = self._store.labels.own_changes
            before = self._store.labels.listed_labels()
            facts = self._list(remote)
            if self._store.labels.own_changes != own_changes:
                continue
            yield 0.0
            # While nothing is stored yet, no message can carry an outdated name.
            if self._store.uids.sync_state(Role.ALL) is not None:
                yield from self._follow_up(remote, before, facts)
            if self._take_in(facts, own_changes):
                return

    def read_list(self, remote: Remote) -> None:
        """LIST into the store, nothing followed up. Raises AllMailHidden when there is no mailbox with
        ``\\All``.
        """
        for _ in range(MOST_LISTS):
            own_changes = self._store.labels.own_changes
            if self._take_in(self._list(remote), own_changes):
                return

    def _list(self, remote: Remote) -> tuple[MailboxFacts, ...]:
        facts = mailbox_facts(remote.list_mailboxes())
        for _ in range(MOST_LISTS):
            if not self._has_lost(remote, facts):
                break
            # A mailbox that is gone or hidden stays so; one whose line was lost is there the next time.
            before, facts = facts, mailbox_facts(remote.list_mailboxes())
            if facts == before:
                break
        names = {each.role: each.name for each in facts if each.role is not None}
        remote.learn_names(names)
        if Role.ALL not in names:
            raise AllMailHidden()
        return facts

    def _has_lost(self, remote: Remote, facts: Sequence[MailboxFacts]) -> bool:
        """Whether a list lacks anything that the last one had, or what every account has."""
        roles = {each.role for each in facts}
        labels = {each.name for each in facts if each.role is None and each.is_selectable}
        known = {role for role in Role if remote.find_name(role) is not None} | {Role.ALL, Role.INBOX}
        return not (known <= roles and self._store.labels.listed_labels() <= labels)

    def _take_in(self, facts: Sequence[MailboxFacts], own_changes: int) -> bool:
        """Take a list for what the server has, unless it is an old one."""
        changes = self._store.labels.replace_mailboxes(facts, own_changes=own_changes)
        if changes.is_changed:
            self._report.mailboxes_changed()
        return not changes.is_outdated

    def _follow_up(
        self, remote: Remote, before: frozenset[str], facts: Sequence[MailboxFacts]
    ) -> Iterator[float]:
        after = {each.name for each in facts if each.role is None and each.is_selectable}
        left = set(before - after)
        renamed: dict[str, str] = {}
        unknown: list[str] = []
        for new in sorted(after - before):
            there = self._search(remote, new)
            old = self._renamed_from(new, there, left)
            if old is not None:
                left.discard(old)
                renamed[old] = new
                self._store.labels.rename(old, new)
                self._report.mailboxes_changed()
            elif not any(there.values()):
                unknown.append(new)
            yield 0.0
            for place, uids in there.items():
                yield from self._read_labels(remote, place, uids)
        yield from self._follow_empty(remote, renamed, left, unknown)
        for old in sorted(left):
            # "Show in IMAP" switched off hides a label from LIST and leaves it on the messages.
            if not any(self._search(remote, old).values()):
                self._report.changed(self._store.labels.forget(old))
                self._report.mailboxes_changed()
            yield 0.0

    def _follow_empty(
        self, remote: Remote, renamed: Mapping[str, str], left: set[str], unknown: Sequence[str]
    ) -> Iterator[float]:
        """Labels without mail that came or went: a parent went with its children, or the mailbox is the same.

        The others are new: what was remembered of a label of that name is another's.
        """
        pairs = dict(renamed)
        for old, new in renamed.items():
            while old.rpartition("/")[2] == new.rpartition("/")[2] and "/" in old and "/" in new:
                old, new = old.rpartition("/")[0], new.rpartition("/")[0]
                if old in left and new in unknown:
                    pairs[old] = new
        for old in sorted(left):
            above = max((each for each in pairs if old.startswith(each + "/")), key=len, default=None)
            if above is not None and pairs[above] + old[len(above) :] in unknown:
                pairs[old] = pairs[above] + old[len(above) :]
        numbers: dict[str, int] = {}
        if left and set(unknown) - set(pairs.values()) and self._uidvalidities:
            # Gmail keeps a label's UIDVALIDITY when it is renamed, and gives a new label another one.
            numbers = {name: number for name, (_, number, _) in remote.list_counts().items()}
            yield 0.0
        for new in unknown:
            same = [
                old
                for old in left - pairs.keys()
                if fold_label(old) == fold_label(new)
                or (new in numbers and self._uidvalidities.get(old) == numbers[new])
            ]
            if len(same) == 1 and new not in pairs.values():
                pairs[same[0]] = new
        for old in sorted(left & pairs.keys()):
            left.discard(old)
            self._store.labels.rename(old, pairs[old])
            self._report.mailboxes_changed()
        for new in unknown:
            if new not in pairs.values():
                self._store.labels.renew(new)
        yield 0.0

    def _search(self, remote: Remote, label: str) -> dict[Role, UidSet]:
        """Where a label is, in each of the three places."""
        found: dict[Role, UidSet] = {}
        for place in PLACES:
            if remote.find_name(place) is not None:
                remote.ensure(place)
                found[place] = remote.search_label(label)
        return found

    def _renamed_from(self, new: str, there: dict[Role, UidSet], removed: set[str]) -> str | None:
        """Which vanished label was on exactly the messages the new one is on."""
        if not removed:
            return None
        bearers = {
            msgid
            for place, uids in there.items()
            for msgid in self._store.uids.msgids(place, uids.ranges).values()
        }
        leaf = new.rpartition("/")[2]
        # Of several candidates, the one that kept its last part: a renamed parent takes its children along.
        for old in sorted(removed, key=lambda name: (name.rpartition("/")[2] != leaf, name)):
            carried = self._store.labels.carrying(old)
            if bearers and bearers == set(self._store.uids.locations(carried)):
                return old
        return None

    def audit(self, remote: Remote) -> Iterator[float]:
        """Compare how many messages each label is on, there and here, and read again those that differ.

        A label deleted and made anew between two LISTs leaves no other trace, and whatever else was missed is
        found here. Only worth it when everything is stored. A mailbox counts only what is in All Mail, so
        that a label on mail in Spam or Trash is looked for there when it is, or may be, another than before.
        """
        listing = remote.list_counts()
        here = self._store.labels.confirmed_counts()
        yield 0.0
        numbers = {
            label: (uidvalidity, messages)
            for name, (role, uidvalidity, messages) in listing.items()
            if (label := name if role is None else SYSTEM_LABELS.get(role)) is not None
        }
        known = {label for label, (number, _) in numbers.items() if self._uidvalidities.get(label) == number}
        # Labels no mailbox stands for: hidden from IMAP, or deleted while messages with it were on their way.
        doubtful = [(Role.ALL, label) for label in sorted(here[Role.ALL].keys() - numbers.keys())]
        for label, (uidvalidity, messages) in numbers.items():
            is_another = self._uidvalidities.get(label, uidvalidity) != uidvalidity
            if is_another or here[Role.ALL].get(label, 0) != messages:
                doubtful.append((Role.ALL, label))
        for place in (Role.SPAM, Role.TRASH):
            if remote.find_name(place) is not None:
                doubtful += [(place, label) for label in sorted(here[place].keys() - known)]
        for place, label in doubtful:
            remote.ensure(place)
            there = remote.search_label(label)
            yield 0.0
            yield from self._read_labels(remote, place, difference(there, self._bearers(place, label)))
        # Only now, so that an audit that was cut short is made again.
        self._uidvalidities = {label: number for label, (number, _) in numbers.items()}

    def _bearers(self, place: Role, label: str) -> UidSet:
        """Uids in a place of the messages that carry a label here."""
        places = self._store.uids.locations(self._store.labels.carrying(label)).values()
        return UidSet(each.uid for each in places if each.place is place and each.uid is not None)

    def _read_labels(self, remote: Remote, place: Role, uids: UidSet) -> Iterator[float]:
        known = UidSet(self._store.uids.msgids(place, uids.ranges))
        for chunk in known.chunks(count=CHUNK, newest_first=True):
            remote.ensure(place)
            deltas = [delta for line in remote.changes(chunk) if (delta := message_delta(line))]
            self._report.changed(self._store.messages.apply_deltas(place, deltas))
            yield 0.0


def difference(one: UidSet, other: UidSet) -> UidSet:
    """What is in one of two sets and not in both."""
    return (one - other) | (other - one)
