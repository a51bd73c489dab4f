"""What one session sees of its selected mailbox: frozen, until it is told of what came and went.

Sequence numbers are positions in this view, not in the mailbox. New messages join only when EXISTS is
sent, messages that left stay until EXPUNGE is sent; ``catch_up`` is the only place where either happens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from imapcore.simulator.account.account import Account
from imapcore.simulator.account.mailboxes import Entry, Mailbox, Message
from imapcore.wire.uidset import UidSet

State = tuple[frozenset[str], frozenset[Mailbox], int]
"""A message's flags, labels and modseq at one moment."""


class View:
    """The messages of one selected mailbox, numbered from 1."""

    def __init__(self, account: Account, mailbox: Mailbox, is_read_only: bool) -> None:
        self.account = account
        self.mailbox = mailbox
        self.is_read_only = is_read_only
        limit = account.options.max_folder_size
        self.entries: list[Entry] = mailbox.entries[-limit:] if limit else list(mailbox.entries)
        self.uidnext = mailbox.uidnext
        """UIDs below this are known to the session."""
        self.removals = mailbox.removals
        self.modseq = account.modseq
        """Changes up to this one are known to the session."""
        self.known: dict[int, int] = {}
        """Modseq by msgid of what the session changed, and so knows, itself."""
        self.old: dict[int, State] = {}
        """Earlier states still shown, for sessions that are told late."""

    def forget_all(self) -> None:
        """Look empty until the session is next told of arrivals, which then are all messages there are."""
        self.entries = []
        self.uidnext = 1

    def __len__(self) -> int:
        return len(self.entries)

    def resolve(self, numbers: UidSet, is_uid: bool) -> list[tuple[int, Entry]]:
        """(sequence number, entry) of each message named, ascending; raises IndexError for a sequence
        number the view does not have (a UID it does not have is nothing, RFC 3501 §6.4.8)."""
        entries = self.entries
        found: list[tuple[int, Entry]] = []
        if is_uid:
            largest = entries[-1].uid if entries else 0
            for low, high in numbers.resolve(largest).ranges:
                start = bisect_left(entries, low, key=_uid_of)
                stop = bisect_right(entries, high, lo=start, key=_uid_of)
                found.extend(enumerate(entries[start:stop], start + 1))
            return found
        if not numbers.is_open and numbers.max > len(entries):
            raise IndexError(numbers.max)
        for low, high in numbers.resolve(len(entries)).ranges:
            if low > len(entries):
                raise IndexError(low)
            found.extend(enumerate(entries[low - 1 : high], low))
        return found

    def state(self, message: Message) -> State:
        """Flags, labels and modseq as this session is to see them."""
        if self.old:
            earlier = self.old.get(message.msgid)
            if earlier is not None:
                return earlier
        return (message.flags, message.labels, message.modseq)

    def remember(self, message: Message) -> None:
        """A message is about to change behind this session's back; keep showing what it was."""
        self.old.setdefault(message.msgid, (message.flags, message.labels, message.modseq))

    # -- catching up -----------------------------------------------------------------------------

    def drop_gone(self) -> list[int]:
        """Forget what left the mailbox; the numbers to send as EXPUNGE, each already shifted."""
        if self.removals == self.mailbox.removals:
            return []
        self.removals = self.mailbox.removals
        gone = [number for number, entry in enumerate(self.entries, 1) if entry.is_gone]
        if gone:
            self.entries = [entry for entry in self.entries if not entry.is_gone]
        return [number - shift for shift, number in enumerate(gone)]

    def drop(self, entries: list[tuple[int, Entry]]) -> list[int]:
        """Forget these (ascending), which the session itself took out; the EXPUNGE numbers, shifted."""
        dropped = {id(entry) for _, entry in entries}
        self.entries = [entry for entry in self.entries if id(entry) not in dropped]
        return [number - shift for shift, (number, _) in enumerate(entries)]

    def take_new(self) -> bool:
        """Let in what arrived; True if there was any, so that EXISTS is due."""
        if self.uidnext == self.mailbox.uidnext:
            return False
        mailbox = self.mailbox
        start = bisect_left(mailbox.entries, self.uidnext, key=_uid_of)
        fresh = mailbox.entries[start:]
        self.uidnext = mailbox.uidnext
        for entry in fresh:
            self.known[entry.message.msgid] = entry.message.modseq
        self.entries.extend(fresh)
        return bool(fresh)

    def take_changed(self) -> list[tuple[int, Entry]]:
        """Messages whose flags or labels others changed since the session last asked."""
        self.old.clear()
        if self.modseq >= self.account.modseq:
            return []
        since, known = self.modseq, self.known
        changed = [
            (number, entry)
            for number, entry in enumerate(self.entries, 1)
            if entry.message.modseq > since and known.get(entry.message.msgid) != entry.message.modseq
        ]
        self.modseq = self.account.modseq
        known.clear()
        return changed


def _uid_of(entry: Entry) -> int:
    return entry.uid
