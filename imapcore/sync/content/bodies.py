"""Bodies: one message's source fetched when somebody opens it, and single parts of it when they are saved.

What lives here: what to fetch of a message and where it is kept. What may not: making it readable
(``mime``), choosing what to open. Bodies are fetched one by one, which is what Gmail throttles least; what is
large comes in pieces, between which others have the connection and after which progress can be told. RFC
3501 §6.4.5.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator

from imapcore.errors import GimapError
from imapcore.mime.message import extract_inside
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
from imapcore.wire.bodystructure import Part
from imapcore.wire.uidset import UidSet

MOST_ASKED = 2
"""So often a message is asked for before it is said that Gmail does not send it."""


PIECE = 1_000_000
"""Octets that are asked for at once: some seconds' worth on a slow line."""

Told = Callable[[int, int], None]
"""Hears how many octets are here, of how many; 0 as long as that is not known."""


def _to_nobody(_done: int, _size: int) -> None:
    """Nobody wants to hear of progress."""


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
    texts: dict[str, bytes] = {}
    for part in wanted_parts(structure):
        yield 0.0
        texts[part.section] = yield from _fetch_in_pieces(
            remote, store, msgid, part.section, bytearray(), most=TEXT_OCTETS
        )
    store.bodies.put(msgid, build_skeleton(structure, header, texts), SECTION)


def fetch_source(
    remote: Remote, store: Store, msgid: int, size: int, come: bytearray, told: Told = _to_nobody
) -> Iterator[float]:
    """Fetch the whole source of a message, whatever its size, and keep it. Raises MessageGone, BodyMissing.

    ``come`` holds what has come and survives the connection: asked again, only the rest is fetched.
    """
    octets = yield from _fetch_in_pieces(
        remote, store, msgid, "", come, told=lambda done: told(done, max(done, size) if size else 0)
    )
    if not octets:
        raise BodyMissing()
    store.bodies.put(msgid, octets)
    yield 0.0


def _fetch_in_pieces(
    remote: Remote,
    store: Store,
    msgid: int,
    section: str,
    come: bytearray,
    *,
    most: int = sys.maxsize,
    told: Callable[[int], None] = lambda _: None,
) -> Generator[float, None, bytes]:
    """A section's octets as transferred, ``most`` of them: until less comes than was asked for.

    A size that was announced does not say where the end is: now and then Gmail has it wrong.
    """
    while len(come) < most:
        length = min(PIECE, most - len(come))
        uid = _select(remote, store, msgid)
        found = _fetch_sections(remote, uid, body(section, start=len(come), length=length))
        piece = found.get(f"{section}<{len(come)}>") or b""
        come += piece
        told(len(come))
        if len(piece) < length:
            break
        yield 0.0
    return bytes(come)


def _fetch_sections(remote: Remote, uid: int, *items: str) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for _ in range(MOST_ASKED):
        for line in remote.fetch(UidSet((uid,)), ("UID", *items)):
            if line.uid == uid:
                found.update(line.sections)
        if found:
            break
    return found


def fetch_part(
    remote: Remote, store: Store, msgid: int, section: str, told: Told = _to_nobody
) -> Generator[float, None, bytes]:
    """One part's decoded octets. Raises MessageGone, BodyMissing.

    A section such as ``2/1`` is inside of part 2, where only this program can open it.
    """
    outer = section.partition("/")[0]
    uid = _select(remote, store, msgid)
    part: Part | None = None
    for line in remote.fetch(UidSet((uid,)), ("UID", "BODYSTRUCTURE")):
        if line.uid == uid and line.bodystructure is not None:
            part = find_part(line.bodystructure, outer)
    yield 0.0
    size = part.size if part is not None else 0
    octets = yield from _fetch_in_pieces(
        remote, store, msgid, outer, bytearray(), told=lambda done: told(done, max(done, size) if size else 0)
    )
    if not octets:
        raise BodyMissing()
    octets = decode_transfer(octets, part.encoding if part is not None else "")
    if outer == section:
        return octets
    try:
        return extract_inside(octets, part.media_type if part is not None else "", section)
    except KeyError as error:
        raise BodyMissing() from error


def _select(remote: Remote, store: Store, msgid: int) -> int:
    """Select the mailbox a message is in; its uid there."""
    found, _ = locate(remote, store, [msgid])
    for place, members in found.items():
        for uid in members.msgids:
            remote.ensure(place, members.uidvalidity)
            return uid
    raise MessageGone()
