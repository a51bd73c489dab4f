"""Bodies: one message's source fetched when somebody opens it, and single parts of it when they are saved.

What lives here: what to fetch of a message and where it is kept. What may not: making it readable
(``mime``), choosing what to open. Bodies are fetched one by one, which is what Gmail throttles least. RFC
3501 §6.4.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from imapcore.errors import GimapError
from imapcore.mime.parts import decode_transfer
from imapcore.protocol.commands import body
from imapcore.store import Store
from imapcore.sync.content.partial_message import (
    SECTION,
    TEXT_OCTETS,
    WHOLE_OCTETS,
    build_skeleton,
    wanted_parts,
)
from imapcore.sync.convert.structure import find_part
from imapcore.sync.locate import locate
from imapcore.sync.remote import Remote
from imapcore.wire.uidset import UidSet

MOST_ASKED = 2
"""So often a message is asked for before it is said that Gmail does not send it."""


class MessageGone(GimapError):
    """The message is in none of the three mailboxes any more."""

    title = "The message is no longer there"
    hint = "It was deleted elsewhere"


class BodyMissing(GimapError):
    """Gmail answered, but without the message's content."""

    title = "Gmail did not send the message"
    hint = "Try again; if it happens again, open it in Gmail on the web"


def fetch_body(remote: Remote, store: Store, msgid: int, size: int = 0) -> Iterator[float]:
    """Fetch a message's source and keep it; of a large one only what is read. Raises MessageGone,
    BodyMissing.
    """
    uid = _select(remote, store, msgid)
    if size > WHOLE_OCTETS:
        yield from _fetch_skeleton(remote, store, msgid, uid)
        return
    octets = _fetch_sections(remote, uid, body()).get("")
    if not octets:
        raise BodyMissing()
    store.bodies.put(msgid, octets)
    yield 0.0


def _fetch_skeleton(remote: Remote, store: Store, msgid: int, uid: int) -> Iterator[float]:
    structure = None
    header = b""
    for line in remote.fetch(UidSet((uid,)), ("UID", "BODYSTRUCTURE", body("HEADER"))):
        if line.uid == uid:
            structure = line.bodystructure or structure
            header = line.sections.get("HEADER") or header
    if structure is None or not header:
        raise BodyMissing()
    yield 0.0
    uid = _select(remote, store, msgid)
    parts = wanted_parts(structure)
    texts: dict[str, bytes] = {}
    if parts:
        items = [body(part.section, start=0, length=TEXT_OCTETS) for part in parts]
        found = _fetch_sections(remote, uid, *items)
        texts = {part.section: found.get(f"{part.section}<0>") or b"" for part in parts}
    store.bodies.put(msgid, build_skeleton(structure, header, texts), SECTION)


def _fetch_sections(remote: Remote, uid: int, *items: str) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for _ in range(MOST_ASKED):
        for line in remote.fetch(UidSet((uid,)), ("UID", *items)):
            if line.uid == uid:
                found.update(line.sections)
        if found:
            break
    return found


def fetch_part(remote: Remote, store: Store, msgid: int, section: str) -> bytes:
    """One part's decoded octets. Raises MessageGone, BodyMissing."""
    uid = _select(remote, store, msgid)
    encoding = ""
    octets = b""
    for line in remote.fetch(UidSet((uid,)), ("UID", "BODYSTRUCTURE", body(section))):
        if line.uid != uid:
            continue
        if line.bodystructure is not None:
            part = find_part(line.bodystructure, section)
            encoding = part.encoding if part is not None else ""
        octets = line.sections.get(section) or octets
    if not octets:
        raise BodyMissing()
    return decode_transfer(octets, encoding)


def _select(remote: Remote, store: Store, msgid: int) -> int:
    """Select the mailbox a message is in; its uid there."""
    found, _ = locate(remote, store, [msgid])
    for place, members in found.items():
        for uid in members.msgids:
            remote.ensure(place, members.uidvalidity)
            return uid
    raise MessageGone()
