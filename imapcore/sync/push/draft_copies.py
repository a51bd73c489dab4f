"""A draft's copy in Gmail's Drafts: a newer version is put there, then our own older one goes.

The only place of the client that erases mail nobody confirmed, and therefore the narrowest: what is removed

- is known by the uid that APPEND gave (APPENDUID, RFC 4315) under the UIDVALIDITY that still holds,
- is seen to be ours: its Message-ID is the one that version was given, and a field of ours names the draft,
- is moved to Trash first, and erased there by the uid that MOVE gave (COPYUID) and no other.

Where any of this fails the message stays: two versions are better than none. Gmail gives a draft that was
changed on the web or the phone another uid; then the old one is gone from here, and that is said.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from imapcore.mime.compose.parse import OURS
from imapcore.model import Role
from imapcore.protocol.commands import Append, Fetch, Move, header_fields
from imapcore.sync.push.commands import expunge_order
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

"""The header field that names the draft a copy is of: by its Message-ID, which what is sent will have."""

_FIELDS = header_fields(("Message-ID", OURS))


class DraftCopy(Struct, frozen=True):
    """One version of a draft as it stands in Gmail's Drafts."""

    draft_message_id: str
    copy_message_id: str
    """Each version has its own: Gmail throws a second message with a known Message-ID away."""
    uidvalidity: int
    uid: int


class Removal(Enum):
    """What became of an older version."""

    GONE = "gone"
    """Removed by us just now."""
    NOT_THERE = "not there"
    """Somebody changed, sent or deleted it elsewhere."""
    NOT_OURS = "not ours"
    """What stands there now is another message: it is left alone."""


def put_copy(remote: Remote, octets: bytes, draft_message_id: str, copy_message_id: str) -> DraftCopy | None:
    """APPEND a version; None where the server does not say where it went, so that it can never be removed.

    Raises MailboxHidden when Drafts is not shown in IMAP.
    """
    told = remote.run(Append.of(remote.name_of(Role.DRAFTS), octets, ("\\Draft", "\\Seen")))
    if told is None or len(told.uids) != 1:
        return None
    return DraftCopy(draft_message_id, copy_message_id, told.uidvalidity, next(iter(told.uids)))


def remove_copy(remote: Remote, copy: DraftCopy, *, is_erased: bool) -> Removal:
    """Move a version of ours to Trash, and erase it there if ``is_erased``; nothing else is ever touched."""
    remote.select(remote.name_of(Role.DRAFTS))
    if remote.uidvalidity != copy.uidvalidity:
        return Removal.NOT_THERE
    uids = UidSet((copy.uid,))
    lines = [line for line in remote.run(Fetch(uids, ("UID", _FIELDS))) if line.uid == copy.uid]
    if not lines:
        return Removal.NOT_THERE
    heads = [octets for line in lines for octets in line.sections.values() if octets]
    if not any(_is_ours(head, copy) for head in heads):
        return Removal.NOT_OURS
    trash = remote.name_of(Role.TRASH)
    copied = remote.run(Move(uids, trash))
    moved = dict(copied.pairs()).get(copy.uid) if copied is not None else None
    if not is_erased or copied is None or moved is None:
        return Removal.GONE
    remote.select(trash)
    if remote.uidvalidity == copied.uidvalidity:
        mark, expunge = expunge_order(UidSet((moved,)))
        remote.run(mark)
        remote.run(expunge)
    return Removal.GONE


def _is_ours(head: bytes, copy: DraftCopy) -> bool:
    """Whether a header's two fields are those this version was given."""
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    fields = dict(line.partition(b":")[::2] for line in unfolded.split(b"\r\n") if b":" in line)
    values = {name.strip().lower(): value.strip() for name, value in fields.items()}
    return (
        values.get(b"message-id") == copy.copy_message_id.encode()
        and values.get(OURS.lower().encode()) == copy.draft_message_id.encode()
    )
