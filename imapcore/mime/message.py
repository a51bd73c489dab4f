"""A whole message → what the reader shows, and what can be saved.

``read_body`` chooses among the parts as a person would: the plain text where it is worth reading, the HTML
where only that carries the content or the links; invitations first, what mail systems report in a sentence,
forwarded messages in their place, attachments named safely, and a notice of whatever was left out or mended.
Every other form and part can be asked for by its section. Pure, bounded, and nothing raises for what a sender
wrote.
"""

from __future__ import annotations

from imapcore.mime import reports
from imapcore.mime.alternatives import first_text
from imapcore.mime.calendar import Localize
from imapcore.mime.containers import MESSAGES, find_part
from imapcore.mime.details import read_details
from imapcore.mime.links import Links
from imapcore.mime.parts import Part, field_values, header_fields, parse_parts
from imapcore.mime.reading import Reading
from imapcore.model import Block, BlockKind, Body, Form, Span
from imapcore.sanitize import clean_line

MAX_ATTACHMENTS = 500
_TITLES = {"text/plain": "plain text", "text/html": "HTML", "text/calendar": "invitation",
           "text/enriched": "enriched text", "text/markdown": "Markdown"}  # fmt: skip


def read_body(msgid: int, raw: bytes, section: str = "", localize: Localize | None = None) -> Body:
    """A message's content for the screen; ``raw`` is its RFC 5322 source, whole or cut short.

    ``section`` asks for another form than the one that would be chosen, or for one part alone; a section that
    the message has not is passed over. ``localize`` sets an invitation's times to the reader's clock.
    """
    root = parse_parts(raw)
    fields = header_fields(raw)
    details = read_details(fields, field_values(raw, "received"))
    reading = Reading(
        Links(details.sender.email if details.sender is not None else ""), wanted=section, localize=localize
    )
    wanted = find_part(root, section) if section else None
    if wanted is not None and not _is_in_alternative(root, section):
        reading.single(wanted)
    else:
        reading.part(root)
    reading.finish_event()
    if not reading.reports:
        reading.reports += reports.failed_recipients(fields)
    if reading.reports:
        reading.blocks[:0] = [
            Block(BlockKind.PARAGRAPH, (Span(line, is_bold=True),)) for line in reading.reports
        ]
    if reading.pictures:
        reading.notices.setdefault("Remote pictures were not loaded.")
    if root.is_cut or any(part.is_cut for part in root.children):
        reading.notices.setdefault("The message ends early.")
    return Body(
        msgid,
        tuple(reading.blocks),
        tuple(reading.links.found),
        tuple(reading.attachments[:MAX_ATTACHMENTS]),
        reading.is_html,
        " ".join(reading.notices),
        _forms(root, reading.shown),
        details,
    )


def extract_part(raw: bytes, section: str) -> bytes:
    """An attachment's decoded octets. Raises KeyError when the message has no such section."""
    part = find_part(parse_parts(raw), section)
    if part is None or part.is_multipart:
        raise KeyError(section)
    return part.content()


def extract_inside(octets: bytes, media_type: str, section: str) -> bytes:
    """Of one part's decoded octets, what is packed in it as ``section``. Raises KeyError when there is none.

    A section such as ``2/1`` is the first file inside of part 2 (a ``winmail.dat``, an opaque signature, a
    text with uuencoded files): a server knows part 2 and nothing of what it holds.
    """
    outer = section.partition("/")[0]
    part = find_part(Part(outer, media_type, {}, "", "", "", octets), section)
    if part is None or part.is_multipart:
        raise KeyError(section)
    return part.content()


def _is_in_alternative(root: Part, section: str) -> bool:
    """Whether the part is one form among several of the same words."""
    for part in root.walk():
        if part.media_type == "multipart/alternative":
            for child in part.children:
                text = first_text(child)
                if text is not None and text.section == section:
                    return True
    return False


def _forms(root: Part, shown: set[str]) -> tuple[Form, ...]:
    """Every part of the message that can be read; nothing where there is no choice."""
    found: list[Form] = []
    for part in root.walk():
        is_readable = part.media_type.startswith("text/") or part.media_type in MESSAGES
        if part.is_multipart or not is_readable or len(found) >= MAX_ATTACHMENTS:
            continue
        title = part.filename or _TITLES.get(part.media_type) or clean_line(part.media_type, 60)
        is_alternative = _is_in_alternative(root, part.section) if len(found) < 50 else False
        found.append(
            Form(part.section, clean_line(part.media_type, 100), title, part.section in shown, is_alternative)
        )
    return tuple(found) if len(found) > 1 else ()
