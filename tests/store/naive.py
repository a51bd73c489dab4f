"""A server in a few lines and the lists as one would count them by hand: what the model test holds the
store to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from imapcore.model import Key, Message, Role, View, ViewKind
from imapcore.store import Reader, Store
from imapcore.store.facts import Batch, Delta, MessageFacts, SyncState, UidRanges, Verb
from tests.store.worlds import ANN, BOB, ME, mailboxes, message

PLACES = (Role.ALL, Role.SPAM, Role.TRASH)

Row = tuple[Key, int, int, str, str, tuple[str, ...], bool, bool, bool, str]
"""Key, size, unread, subject, snippet, labels, in the inbox, starred, with a draft, state."""


@dataclass
class Mail:
    """One message as the server has it."""

    msgid: int
    thrid: int
    place: Role
    uid: int
    modseq: int
    labels: set[str]
    flags: set[str]

    def facts(self) -> MessageFacts:
        """As FETCH would describe it."""
        sender = (ANN, BOB, ME)[self.msgid % 3]
        return message(
            self.msgid,
            self.thrid,
            *self.labels,
            place=self.place,
            uid=self.uid,
            flags=tuple(self.flags),
            modseq=self.modseq,
            sender=sender,
            to=(ME,) if sender is not ME else (BOB,),
            snippet=f"Snippet {self.msgid}",
            # Days apart, and two at the same moment: keys must tell them apart.
            date=1_700_000_000_000 + (self.msgid // 2) * 86_400_000,
        )


@dataclass
class Server:
    """Gmail, as far as the store can see it."""

    mail: dict[int, Mail] = field(default_factory=dict)
    labels: list[str] = field(default_factory=lambda: ["Work", "Play"])
    modseq: int = 1
    uids: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(PLACES, 0))

    def arrive(
        self, msgid: int, thrid: int, place: Role, labels: Iterable[str], flags: Iterable[str]
    ) -> None:
        """A new message."""
        self.mail[msgid] = Mail(msgid, thrid, place, 0, 0, set(labels), set(flags))
        self._place(self.mail[msgid], place)

    def _place(self, mail: Mail, place: Role) -> None:
        self.uids[place] += 1
        mail.place, mail.uid = place, self.uids[place]
        self.touch(mail)

    def touch(self, mail: Mail) -> None:
        """Something about a message changed."""
        self.modseq += 1
        mail.modseq = self.modseq

    def move(self, mail: Mail, to: Role) -> None:
        """UID MOVE to Trash, Spam or the inbox; what is in All Mail already only gets the inbox's label."""
        if to is Role.INBOX:
            mail.labels.add("\\Inbox")
        elif mail.place is not to:
            mail.labels.discard("\\Inbox")
        place = Role.ALL if to is Role.INBOX else to
        if mail.place is not place:
            self._place(mail, place)
        self.touch(mail)

    def perform(self, batch: Batch) -> set[int]:
        """What a batch asks for; the messages it was not done for, because they are not where it was to be
        done.
        """
        if batch.verb is Verb.CREATE_LABEL:
            self.labels = sorted({*self.labels, batch.names[0]})
        elif batch.verb is Verb.DELETE_LABEL:
            self.labels = [label for label in self.labels if label != batch.names[0]]
            for mail in self.mail.values():
                mail.labels.discard(batch.names[0])
        elif batch.verb is Verb.RENAME_LABEL:
            self.labels = sorted(renamed(label, *batch.names) for label in self.labels)
            for mail in self.mail.values():
                mail.labels = {renamed(label, *batch.names) for label in mail.labels}
        there = [self.mail[msgid] for msgid in batch.msgids if msgid in self.mail]
        elsewhere = {
            mail.msgid for mail in there if batch.verb is Verb.EXPUNGE and mail.place is not batch.destination
        }
        for mail in there:
            if mail.msgid not in elsewhere:
                self._perform_on(mail, batch)
        return elsewhere

    def _perform_on(self, mail: Mail, batch: Batch) -> None:
        names = set(batch.names)
        match batch.verb:
            case Verb.ADD_LABELS:
                mail.labels |= names
            case Verb.REMOVE_LABELS:
                mail.labels -= names
            case Verb.ADD_FLAGS | Verb.REMOVE_FLAGS:
                self.flag(mail, names, is_on=batch.verb is Verb.ADD_FLAGS)
            case Verb.MOVE:
                assert batch.destination is not None
                self.move(mail, batch.destination)
            case Verb.EXPUNGE:
                del self.mail[mail.msgid]
        self.touch(mail)

    def flag(self, mail: Mail, names: set[str], *, is_on: bool) -> None:
        r"""Set or clear flags; ``\Flagged`` is the label ``\Starred``."""
        for name in names:
            held, word = (mail.labels, "\\Starred") if name == "\\Flagged" else (mail.flags, name)
            if is_on:
                held.add(word)
            else:
                held.discard(word)


def renamed(label: str, old: str, new: str) -> str:
    """A label after a rename: its children follow."""
    return new + label[len(old) :] if label == old or label.startswith(old + "/") else label


def ranges(uids: Iterable[int]) -> UidRanges:
    """Uids as ranges of one."""
    return tuple((uid, uid) for uid in sorted(uids))


def spread(found: UidRanges) -> set[int]:
    """Ranges as uids."""
    return {uid for low, high in found for uid in range(low, high + 1)}


def synchronize(server: Server, store: Store) -> None:
    """One pass, as sync makes it: what is gone, what is new, what changed; then forget."""
    for label in store.labels.replace_mailboxes(mailboxes(*server.labels)).removed:
        # A label renamed or deleted elsewhere moves no modseq: LIST tells, then the messages are asked.
        for mail in (server.mail[msgid] for msgid in store.labels.carrying(label) if msgid in server.mail):
            store.messages.apply_deltas(mail.place, [delta(mail)])
    number = store.uids.begin_pass()
    for place in PLACES:
        here = {mail.uid: mail for mail in server.mail.values() if mail.place is place}
        known = spread(store.uids.ranges(place))
        store.uids.remove_uids(place, ranges(known - set(here)))
        store.messages.apply([mail.facts() for uid, mail in sorted(here.items()) if uid not in known])
        state = store.uids.sync_state(place)
        since = state.highestmodseq if state is not None else 0
        store.messages.apply_deltas(place, [delta(mail) for mail in here.values() if mail.modseq > since])
        store.uids.save_sync_state(
            SyncState(place, place.value, 1, server.uids[place] + 1, server.modseq, len(here), 1, True)
        )
    store.uids.prune(number)


def delta(mail: Mail) -> Delta:
    """What CHANGEDSINCE tells of a message."""
    return Delta(mail.uid, frozenset(mail.flags), frozenset(mail.labels), mail.modseq)


# -- the lists, counted by hand ------------------------------------------------------------------------


def expected_rows(messages: list[Message], view: View, results: set[int]) -> list[Row]:
    """Key, size, unread, subject, snippet, labels, marks and state of every conversation of a view, newest
    first.
    """
    rows: list[Row] = []
    for thrid in {each.thrid for each in messages}:
        thread = sorted((m for m in messages if m.thrid == thrid), key=lambda m: (m.date, m.msgid))
        listed = [m for m in thread if is_listed(m, view, results)]
        if not listed:
            continue
        place = min((m.place for m in listed), key=PLACES.index)
        listed = [m for m in listed if m.place is place]
        there = [m for m in thread if m.place is place]
        unread = sum(m.is_unread for m in there)
        if view.is_unread_only and not unread:
            continue
        labels = sorted({label for m in there for label in m.labels if not label.startswith("\\")})
        states = {m.state.value for m in there}
        rows.append(
            (
                (max(m.date for m in listed), thrid),
                len(there),
                unread,
                there[0].subject,
                there[-1].snippet,
                tuple(labels),
                any("\\Inbox" in m.labels for m in there),
                any(m.is_starred for m in there),
                any(m.is_draft for m in there),
                next(state for state in ("pending", "rejected", "settled") if state in states),
            )
        )
    return sorted(rows, reverse=True, key=lambda row: row[0])


def is_listed(message_: Message, view: View, results: set[int]) -> bool:
    """Whether a message is one of a view's own."""
    if view.kind is ViewKind.SEARCH:
        return message_.msgid in results and message_.place is Role.ALL and "\\Inbox" in message_.labels
    if view.role in PLACES:
        return message_.place is view.role
    return message_.place is Role.ALL and view.label in message_.labels


def shown_rows(reader: Reader, view: View, size: int = 100) -> list[Row]:
    """The same of what the store shows."""
    return [
        (
            row.key,
            row.count,
            row.unread,
            row.subject,
            row.snippet,
            row.labels,
            row.is_in_inbox,
            row.is_starred,
            row.has_draft,
            row.state.value,
        )
        for row in reader.lists.window(view, size=size).rows
    ]
