r"""A FETCH line → the store's facts: decoded, sanitized, in Gmail's terms.

What lives here: pure translation of ``Fetched`` into ``MessageFacts`` and ``Delta``, of LIST lines into
``MailboxFacts``, and the names of flags and labels that mean the same. What may not: a connection, the
store, a decision about what to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from imapcore.gmail.label_names import is_below_special, special_parents
from imapcore.mime.headers import address_from_envelope, addresses_from_envelope, decode_header
from imapcore.model import Address, Role
from imapcore.protocol.gmail import find_roles
from imapcore.sanitize import clean_line
from imapcore.store.facts import NOBODY, Delta, MailboxFacts, MessageFacts
from imapcore.sync.convert.ids import stored_id
from imapcore.sync.convert.snippet_source import TextNote
from imapcore.sync.convert.structure import Marks, read_marks
from imapcore.wire.envelope import Addresses, Envelope
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Listed

MOST_PEOPLE = 1000
"""Of a longer list of recipients the rest is left out."""

NOT_ON_SERVER = frozenset(("\\Recent",))
"""Flags that belong to a session, never to a message."""


def message_facts(fetched: Fetched, place: Role) -> MessageFacts | None:
    """The facts of one message; None when the line lacks what a message cannot be stored without.

    Gmail sends bare lines now and then (flags only, unasked); those are deltas, not messages.
    """
    if (
        fetched.uid is None
        or fetched.msgid is None
        or fetched.thrid is None
        or fetched.internaldate is None
        or fetched.envelope is None
    ):
        return None
    envelope: Envelope = fetched.envelope
    marks = (
        read_marks(fetched.bodystructure) if fetched.bodystructure is not None else Marks(False, False, None)
    )
    senders = envelope.from_ or envelope.sender
    return MessageFacts(
        msgid=stored_id(fetched.msgid),
        thrid=stored_id(fetched.thrid),
        place=place,
        uid=fetched.uid,
        date=fetched.internaldate,
        size=fetched.size or 0,
        flags=message_flags(fetched.flags),
        labels=fetched.labels or frozenset(),
        modseq=fetched.modseq or 0,
        subject=decode_header(envelope.subject),
        sender=_sender(senders),
        to=_people(envelope.to),
        cc=_people(envelope.cc),
        bcc=_people(envelope.bcc),
        reply_to=() if envelope.reply_to == envelope.from_ else _people(envelope.reply_to),
        message_id=clean_line((envelope.message_id or b"").decode("utf-8", "replace")).strip("<>"),
        has_attachment=marks.has_attachment,
        has_invite=marks.has_invite,
        snippet=None if marks.text is not None and marks.text.size else "",
        text_section=str(TextNote.of_part(marks.text)) if marks.text is not None else "",
    )


def _sender(senders: Addresses) -> Address:
    """Who wrote it: the first that has an address. A second member may belong to the first one's name."""
    people = _people(senders)
    return next((each for each in people if "@" in each.email), people[0] if people else NOBODY)


def is_whole(fetched: Fetched) -> bool:
    """Whether a line says all that a message is stored with."""
    return (
        not fetched.unreadable
        and fetched.labels is not None
        and fetched.flags is not None
        and fetched.msgid is not None
        and fetched.thrid is not None
        and fetched.internaldate is not None
        and fetched.size is not None
        and fetched.envelope is not None
        and fetched.bodystructure is not None
    )


def _people(addresses: Addresses) -> tuple[Address, ...]:
    if not addresses:
        return ()
    if any(each.mailbox is None or each.host is None for each in addresses):
        # Groups, and addresses without a host: only the list as a whole tells which.
        return addresses_from_envelope((each.name, each.mailbox, each.host) for each in addresses)
    return tuple(_person(each.name, each.mailbox, each.host) for each in addresses[:MOST_PEOPLE])


@lru_cache(maxsize=8192)
def _person(name: bytes | None, mailbox: bytes | None, host: bytes | None) -> Address:
    """A mailbox has far fewer people than messages."""
    return address_from_envelope(name, mailbox, host)


def message_flags(flags: Iterable[str] | None) -> frozenset[str]:
    """Flags as stored: without those that belong to the session."""
    return frozenset(flags or ()) - NOT_ON_SERVER


def message_delta(fetched: Fetched) -> Delta | None:
    """What a line says of a message that is stored already; None when it names no uid or says nothing."""
    if fetched.uid is None or (fetched.flags is None and fetched.labels is None):
        return None
    flags = None if fetched.flags is None else message_flags(fetched.flags)
    return Delta(uid=fetched.uid, flags=flags, labels=fetched.labels, modseq=fetched.modseq)


def mailbox_facts(lines: Iterable[Listed]) -> tuple[MailboxFacts, ...]:
    """LIST as the store keeps it. Gmail's own parent (``[Gmail]``) is left out, and what lies below it
    without an attribute (``[Gmail]/Chats``): neither is a label of the user's.
    """
    listed = list(lines)
    roles: dict[str, Role | None] = {line.name: None for line in listed}
    roles.update((line.name, role) for role, line in find_roles(listed).items())
    own = [name for name, role in roles.items() if role is not None]
    special = special_parents(own, {line.name for line in listed if line.is_selectable})
    return tuple(
        MailboxFacts(
            name=line.name,
            title=clean_line(line.name.rpartition("/")[2]) or clean_line(line.name),
            role=roles[line.name],
            is_selectable=line.is_selectable,
            attributes=line.attributes,
        )
        for line in listed
        if roles[line.name] is not None or not is_below_special(line.name, special)
    )
