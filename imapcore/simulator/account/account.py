r"""The account: its messages, labels and places, and the one counter all changes draw from.

This module knows Gmail's rules of what follows from what (a star is a label, Spam and Trash exclude All
Mail, a returning message gets a new UID, a draft is a label and no flag) and nothing of the wire. It is
owned by the server's loop: no lock, no thread.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable

from imapcore.clock import Clock
from imapcore.simulator import gmail_texts
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Mailbox, Message
from imapcore.simulator.account.source import Seed
from imapcore.simulator.account.special_mailboxes import (
    FIRST_LABEL_UIDVALIDITY,
    LARGE_UIDVALIDITY,
    NAMES,
    UIDVALIDITY,
)
from imapcore.simulator.options import ExpungeBehavior, Options
from imapcore.simulator.replies import Refusal

FLAGGED = "\\Flagged"
RESERVED = frozenset(
    (
        *("updates", "promotions", "social", "forums", "primary", "purchases", "reservations"),
        *("migrated", "\\muted"),
    )
)
"""Names no label may have: Gmail's categories and a few of its own."""

_REPLY_MARK = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|sv|tr|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def normalized_subject(subject: str) -> str:
    """A subject without its reply and forward marks, for telling conversations apart."""
    return " ".join(_REPLY_MARK.sub("", subject).split()).casefold()


class Account:
    """Everything one Gmail account holds, and the rules by which it changes."""

    def __init__(self, options: Options, clock: Clock) -> None:
        self.options = options
        self.clock = clock
        self.skew_ms = 0
        """How wrong this server's clock is."""
        self.random = random.Random(f"{options.seed}/account")
        self.modseq = options.first_modseq
        """The account-wide HIGHESTMODSEQ."""
        self.label_generation = 0
        """Raised by every change of a label's name, so that rendered label lists are forgotten."""
        self.messages: dict[int, Message] = {}
        self.keywords: set[str] = {*gmail_texts.PHISHING, *options.account_keywords}
        self.watchers: set[Callable[[], None]] = set()
        """Called after every change: sessions in IDLE."""
        self.witnesses: set[Callable[[Message], None]] = set()
        """Called before a message changes: sessions that are told of changes late."""
        self._label_sets: dict[frozenset[Mailbox], frozenset[Mailbox]] = {}
        self._flag_sets: dict[frozenset[str], frozenset[str]] = {}
        self._by_message_id: dict[str, Message] | None = None
        self._next_uidvalidity = FIRST_LABEL_UIDVALIDITY
        self._looks = 0
        self.by_name: dict[str, Mailbox] = {}
        """Every mailbox by its case-folded name."""
        self.left_out: dict[int, frozenset[str]] = {}
        """Messages whose FETCH line is left out, by msgid: whenever one of these items is asked for."""
        self.special = self._make_special()
        self.hide_by_options()
        self.parent = options.parent or NAMES[options.locale].parent
        self.inbox = self.special[Kind.INBOX]
        self.all = self.special[Kind.ALL]
        self.spam = self.special[Kind.SPAM]
        self.trash = self.special[Kind.TRASH]
        self.starred = self.special[Kind.STARRED]
        self.drafts = self.special[Kind.DRAFTS]

    def _make_special(self) -> dict[Kind, Mailbox]:
        names = NAMES[self.options.locale]
        parent = self.options.parent or names.parent
        base = LARGE_UIDVALIDITY if self.options.large_uidvalidity else 0
        made: dict[Kind, Mailbox] = {}
        for kind, uidvalidity in UIDVALIDITY.items():
            name = "INBOX" if kind is Kind.INBOX else f"{parent}/{names.leaves[kind]}"
            mailbox = Mailbox(name, kind, base + uidvalidity)
            made[kind] = self.by_name[name.casefold()] = mailbox
        return made

    def hide_by_options(self) -> None:
        """Show and hide every mailbox as the options have it."""
        for mailbox in self.by_name.values():
            mailbox.is_hidden = self._is_hidden(mailbox)

    def _is_hidden(self, mailbox: Mailbox) -> bool:
        if mailbox.kind is Kind.MUTED or (mailbox.kind is Kind.CHATS and not self.options.chats):
            return True
        name = mailbox.name if mailbox.kind is Kind.LABEL else mailbox.kind.value
        return name in self.options.hidden

    # -- time and numbers ------------------------------------------------------------------------

    def now_ms(self) -> int:
        """Milliseconds since 1970 as this server believes."""
        return self.clock.now_ms() + self.skew_ms

    def new_msgid(self, date_ms: int) -> int:
        """An unused X-GM-MSGID of a message of that date: ``(ms << 20) | random``."""
        first = self.options.first_id
        while (msgid := first + ((date_ms << 20) | self.random.getrandbits(20))) in self.messages:
            pass
        return msgid

    def next_modseq(self) -> int:
        """Count one change."""
        self.modseq += 1
        return self.modseq

    def look(self) -> None:
        """Somebody opened or polled a mailbox: now and then HIGHESTMODSEQ has crept up unseen."""
        self._looks += 1
        if self.options.spurious_bumps and self._looks % 4 == 0:
            self.modseq += 1 + self._looks % 3

    def announce(self) -> None:
        """Wake whoever watches."""
        for watcher in tuple(self.watchers):
            watcher()

    # -- mailboxes and labels --------------------------------------------------------------------

    def mailbox(self, name: str) -> Mailbox | None:
        """The visible mailbox of that name, in any case."""
        found = self.by_name.get(name.casefold())
        return None if found is None or found.is_hidden else found

    def visible_mailboxes(self) -> list[Mailbox]:
        """Every mailbox LIST shows, in LIST's order."""
        shown = [mailbox for mailbox in self.by_name.values() if not mailbox.is_hidden]
        prefix = self.parent + "/"
        users_first = self.options.users_before_special

        def order(mailbox: Mailbox) -> tuple[bool, bool, str]:
            is_special = mailbox.name.startswith(prefix)
            return (mailbox.kind is not Kind.INBOX, users_first and is_special, mailbox.name)

        return sorted(shown, key=order)

    def find_label(self, name: str) -> Mailbox | None:
        r"""The mailbox behind an X-GM-LABELS value (``\Inbox``, a user label), in any case."""
        folded = name.casefold()
        for mailbox in self.special.values():
            if mailbox.kind not in (Kind.ALL, Kind.CHATS) and mailbox.label.casefold() == folded:
                return mailbox
        found = self.by_name.get(folded)
        return found if found is not None and found.kind is Kind.LABEL else None

    def create_label(self, name: str) -> Mailbox:
        """A new user label. Raises Refusal with Gmail's words for a name it does not take."""
        self._check_name(name)
        if name.casefold() in self.by_name:
            raise Refusal(gmail_texts.DUPLICATE_FOLDER.format(mailbox=name))
        base = LARGE_UIDVALIDITY if self.options.large_uidvalidity else 0
        mailbox = Mailbox(name, Kind.LABEL, base + self._next_uidvalidity)
        self._next_uidvalidity += 1
        mailbox.is_hidden = self._is_hidden(mailbox)
        self.by_name[name.casefold()] = mailbox
        return mailbox

    def _check_name(self, name: str) -> None:
        parts = name.split("/")
        if any(part != part.strip(" ") or "  " in part for part in parts):
            raise Refusal(gmail_texts.EXCESS_WHITESPACE)
        folded = name.casefold()
        is_odd = not all(parts) or "^" in name or len(name) > self.options.label_length
        is_odd = is_odd or not name.isprintable()
        in_special = folded == self.parent.casefold() or folded.startswith(self.parent.casefold() + "/")
        if is_odd or (in_special and folded not in self.by_name) or folded in RESERVED:
            raise Refusal(gmail_texts.NAME_NOT_ALLOWED)

    def rename(self, mailbox: Mailbox, name: str) -> None:
        """Give a user label, and the labels nested in it, another name; no message is touched by it."""
        if mailbox.kind is not Kind.LABEL:
            raise Refusal(self.options.system_mailbox_error)
        self._check_name(name)
        taken = self.by_name.get(name.casefold())
        if taken is not None and taken is not mailbox:
            raise Refusal(gmail_texts.DUPLICATE_FOLDER.format(mailbox=name))
        old = mailbox.name
        nested = [
            child
            for child in self.by_name.values()
            if child.kind is Kind.LABEL and child.name.startswith(old + "/")
        ]
        for one in (mailbox, *nested):
            del self.by_name[one.name.casefold()]
        for one in (mailbox, *nested):
            one.name = name + one.name[len(old) :]
            self.by_name[one.name.casefold()] = one
        self._labels_changed(message for one in (mailbox, *nested) for message in self._bearers(one))

    def delete_label(self, mailbox: Mailbox) -> None:
        """Take a user label away; its messages stay in All Mail."""
        if mailbox.kind is not Kind.LABEL:
            raise Refusal(self.options.system_mailbox_error)
        del self.by_name[mailbox.name.casefold()]
        bearers = self._bearers(mailbox)
        for message in bearers:
            message.labels = self.intern_labels(message.labels - {mailbox})
        for entry in mailbox.entries:
            entry.is_gone = True
        mailbox.removals += len(mailbox.entries)
        mailbox.entries.clear()
        mailbox.by_msgid.clear()
        mailbox.is_hidden = True
        self._labels_changed(bearers)

    def _bearers(self, mailbox: Mailbox) -> list[Message]:
        """Every message with the label, those in Spam and Trash included."""
        exiled = (entry.message for place in (self.spam, self.trash) for entry in place.entries)
        return [
            *(entry.message for entry in mailbox.entries),
            *(message for message in exiled if mailbox in message.labels),
        ]

    def _labels_changed(self, bearers: Iterable[Message]) -> None:
        self.label_generation += 1
        if self.options.label_events_bump:
            for message in bearers:
                message.modseq = self.next_modseq()
        self.announce()

    def reset_uidvalidity(self, mailbox: Mailbox) -> None:
        """Make every UID of the mailbox worthless: new UIDVALIDITY, UIDs from 1 in the same order."""
        mailbox.uidvalidity += 100_000
        messages = [entry.message for entry in mailbox.entries]
        for entry in mailbox.entries:
            entry.is_gone = True
        mailbox.removals += len(mailbox.entries)
        mailbox.entries = []
        mailbox.by_msgid = {}
        mailbox.uidnext = 1
        for message in messages:
            mailbox.add(message)
        self.next_modseq()
        self.announce()

    # -- messages --------------------------------------------------------------------------------

    def intern_labels(self, labels: Iterable[Mailbox]) -> frozenset[Mailbox]:
        """One shared object per set of labels: a hundred thousand messages have some hundred sets."""
        made = frozenset(labels)
        return self._label_sets.setdefault(made, made)

    def intern_flags(self, flags: Iterable[str]) -> frozenset[str]:
        """One shared object per set of flags."""
        made = frozenset(flags)
        return self._flag_sets.setdefault(made, made)

    def is_starred(self, message: Message) -> bool:
        r"""Whether it has the star, which is both ``\Flagged`` and ``\Starred``."""
        return self.starred in message.labels

    def homes(self, message: Message) -> frozenset[Mailbox]:
        """The mailboxes it is seen in: its place, and its labels' while it is in All Mail."""
        if message.place is self.all:
            return message.labels | {self.all}
        return frozenset((message.place,))

    def add(
        self,
        source: Seed,
        *,
        date_ms: int,
        labels: Iterable[Mailbox] = (),
        place: Mailbox | None = None,
        flags: Iterable[str] = (),
        thrid: int | None = None,
    ) -> Message:
        """A message that is new to the account; joins the conversation it answers unless told which."""
        msgid = self.new_msgid(date_ms)
        if thrid is None:
            parent = self._conversation_of(source)
            thrid = msgid if parent is None else parent.thrid
        message = Message(
            msgid,
            thrid,
            date_ms,
            source,
            self.intern_flags(flags),
            self.intern_labels(labels),
            place or self.all,
            self.next_modseq(),
        )
        self.messages[msgid] = message
        for mailbox in self.homes(message):
            mailbox.add(message)
        if self._by_message_id is not None and source.message_id:
            self._by_message_id.setdefault(source.message_id, message)
        return message

    def load(self, seeds: Iterable[Seed]) -> None:
        """Fill an empty account, oldest message first; labels that do not exist yet are created."""
        by_message_id: dict[str, Message] = {}
        sets: dict[frozenset[str], frozenset[Mailbox]] = {}
        places = {Kind.ALL: self.all, Kind.SPAM: self.spam, Kind.TRASH: self.trash}
        for seed in seeds:
            names = seed.labels
            labels = sets.get(names)
            if labels is None:
                found = (self.find_label(name) or self.create_label(name) for name in sorted(names))
                labels = sets[names] = self.intern_labels(found)
            flags = self.intern_flags(seed.flags)
            parent = by_message_id.get(seed.in_reply_to) if seed.in_reply_to else None
            msgid = self.new_msgid(seed.date_ms)
            thrid = msgid if parent is None else parent.thrid
            place = places[seed.place]
            message = Message(msgid, thrid, seed.date_ms, seed, flags, labels, place, self.next_modseq())
            self.messages[msgid] = message
            place.add(message)
            if place is self.all:
                for label in labels:
                    label.add(message)
            by_message_id[seed.message_id] = message
        for flags in self._flag_sets:
            self.keywords.update(flag for flag in flags if not flag.startswith("\\"))

    def change(
        self,
        message: Message,
        *,
        flags: Iterable[str] | None = None,
        labels: Iterable[Mailbox] | None = None,
        place: Mailbox | None = None,
    ) -> bool:
        """Set what is given; False, and no new MODSEQ, if nothing is different afterwards."""
        new_flags = message.flags if flags is None else self.intern_flags(flags)
        new_labels = message.labels if labels is None else self.intern_labels(labels)
        new_place = place or message.place
        if (new_flags, new_labels, new_place) == (message.flags, message.labels, message.place):
            return False
        for witness in tuple(self.witnesses):
            witness(message)
        before = self.homes(message)
        message.flags, message.labels, message.place = new_flags, new_labels, new_place
        after = self.homes(message)
        for mailbox in before - after:
            mailbox.remove(message)
        for mailbox in after - before:
            mailbox.add(message)
        message.modseq = self.next_modseq()
        return True

    def erase(self, message: Message) -> None:
        """Delete forever."""
        for mailbox in self.homes(message):
            mailbox.remove(message)
        del self.messages[message.msgid]
        if self._by_message_id is not None:
            self._by_message_id.pop(message.source.message_id, None)
        self.next_modseq()

    def file(self, message: Message, target: Mailbox) -> None:
        """What COPY does: add the label, or bring the message to the place; into the chats nothing."""
        if target.kind is Kind.CHATS:
            raise Refusal(self.options.system_mailbox_error)
        if target.kind in (Kind.TRASH, Kind.SPAM):
            kept = {
                label
                for label in message.labels
                if label is not self.inbox
                and (label.kind is not Kind.LABEL or self.options.labels_survive_trash)
            }
            self.change(message, labels=kept, place=target)
        elif target is self.all:
            self.change(message, place=self.all)
        else:
            self.change(message, labels=message.labels | {target}, place=self.all)

    def unfile(self, message: Message, mailbox: Mailbox) -> None:
        """Take the label of a mailbox away; of a place, nothing."""
        if mailbox in message.labels:
            self.change(message, labels=message.labels - {mailbox})

    def expunge(self, message: Message, mailbox: Mailbox) -> bool:
        r"""What ``\Deleted`` means in this mailbox; False where it means nothing (All Mail, archiving)."""
        if mailbox in (self.trash, self.spam):
            self.erase(message)
            return True
        behavior = self.options.expunge_behavior
        if mailbox is not self.all:
            self.unfile(message, mailbox)
            is_last = not any(not label.is_hidden for label in message.labels)
            if not is_last:
                return True
        elif behavior is ExpungeBehavior.ARCHIVE:
            return False
        if behavior is ExpungeBehavior.TRASH:
            self.file(message, self.trash)
        elif behavior is ExpungeBehavior.DELETE_FOREVER:
            self.erase(message)
        return True

    # -- conversations ---------------------------------------------------------------------------

    def find_message_id(self, message_id: str) -> Message | None:
        """The message with that Message-ID."""
        if self._by_message_id is None:
            # Built when first needed: a benchmark's million generated messages never need it.
            self._by_message_id = {}
            for message in self.messages.values():
                if message.source.message_id:
                    self._by_message_id.setdefault(message.source.message_id, message)
        return self._by_message_id.get(message_id) if message_id else None

    def _conversation_of(self, source: Seed) -> Message | None:
        """The message whose conversation this one joins: one it refers to, with the same subject."""
        referred = [source.in_reply_to, *reversed(source.references)]
        subject = normalized_subject(source.subject)
        for message_id in dict.fromkeys(referred):
            found = self.find_message_id(message_id)
            if found is not None and normalized_subject(found.source.subject) == subject:
                return found
        return None
