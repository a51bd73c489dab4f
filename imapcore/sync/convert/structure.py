"""What a BODYSTRUCTURE tells before anything is downloaded: marks for the list, the part worth previewing.

What lives here: pure walks over the tree of parts (RFC 3501 §7.4.2, RFC 2046 §5.1). What may not: the bytes
of a part, decoding. Messages within messages are opaque: what is attached to a forwarded mail is not
attached to this one.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from imapcore.wire.bodystructure import BodyStructure, Part

INVITES = frozenset(("text/calendar", "application/ics"))

NO_FILES = frozenset(
    (
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ms-tnef-signature",
    )
)
"""Parts with a name that nobody would call an attachment."""


EMPTY_OCTETS = 16
"""A text of no more than this is blank lines often enough; where there is another, that one is read."""


class Marks(Struct, frozen=True):
    """What the list shows of a message's parts."""

    has_attachment: bool
    has_invite: bool
    text: Part | None
    """The part that says what the message says: plain text where there is some, else HTML."""


def read_marks(structure: BodyStructure) -> Marks:
    """The marks of one message."""
    leaves = list(walk_leaves(structure))
    return Marks(
        has_attachment=any(is_file(part, in_related) for part, in_related in leaves),
        has_invite=any(part.media_type in INVITES for part, _ in leaves),
        text=find_text(structure),
    )


def walk_leaves(structure: BodyStructure, in_related: bool = False) -> Iterator[tuple[Part, bool]]:
    """Every leaf in document order, and whether it stands in a multipart/related (a picture of the HTML)."""
    if isinstance(structure, Part):
        yield structure, in_related
        return
    is_related = structure.media_type == "multipart/related"
    for part in structure.parts:
        yield from walk_leaves(part, is_related)


def is_file(part: Part, in_related: bool) -> bool:
    """Whether a person would call it an attachment."""
    if part.media_type in INVITES or part.media_type in NO_FILES:
        return False
    disposition = part.extension.disposition
    if disposition == "attachment":
        # Apple Mail marks the pictures of an HTML body as attachments too, but gives them a Content-ID.
        return not (in_related and part.content_id and part.media_type.startswith("image/"))
    if in_related and part.content_id:
        return False
    if part.media_type.startswith(("text/plain", "text/html")):
        return False
    return part.filename is not None or part.media_type == "message/rfc822"


def find_text(structure: BodyStructure) -> Part | None:
    """The part whose beginning is the snippet; None when the message has no text at all."""
    if isinstance(structure, Part):
        is_text = structure.media_type in ("text/plain", "text/html", "text/enriched")
        return structure if is_text and structure.extension.disposition != "attachment" else None
    if structure.media_type == "multipart/alternative":
        found = [text for part in structure.parts if (text := find_text(part)) is not None]
        plain = (text for text in found if text.media_type == "text/plain" and text.size > EMPTY_OCTETS)
        return next(plain, found[-1] if found else None)
    found = [text for part in structure.parts if (text := find_text(part)) is not None]
    return next((text for text in found if text.size > EMPTY_OCTETS), found[0] if found else None)


def find_part(structure: BodyStructure, section: str) -> Part | None:
    """The part with that section number."""
    return next(
        (part for part in structure.walk() if isinstance(part, Part) and part.section == section), None
    )
