r"""What can be said of a message that Gmail did not describe in one whole line. Pure.

What lives here: putting together what several answers said of one message, its header in place of an
envelope, and a row that says so where there is neither. What may not: asking. RFC 5322 §2.2 (header fields).
"""

from __future__ import annotations

from collections.abc import Iterable
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import mktime_tz, parsedate_tz

from msgspec.structs import replace

from imapcore.mime.headers import decode_header, parse_addresses
from imapcore.model import Address, Role
from imapcore.sanitize import clean_line
from imapcore.store.facts import NOBODY, MessageFacts
from imapcore.sync.convert.ids import date_of_id, stored_id
from imapcore.sync.convert.messages import MOST_PEOPLE, message_facts, message_flags
from imapcore.wire.fetch import Fetched

UNREADABLE = "(this message could not be read)"
"""The subject of a row of which nothing else is known."""

MOST_HEADER = 1 << 20
"""Octets of a header that are looked at."""


def merge_lines(lines: Iterable[Fetched]) -> Fetched | None:
    """What several lines said of one message: each item as it was said first; None without a line."""
    merged: Fetched | None = None
    for line in lines:
        if merged is None:
            merged = line
            continue
        items = [one if one is not None else other for one, other in zip(merged, line, strict=True)]
        merged = Fetched._make(items)._replace(sections={**line.sections, **merged.sections})
    return merged


def is_known(line: Fetched) -> bool:
    """Whether a line says what a row needs, be it with a header instead of an envelope."""
    return (
        line.msgid is not None
        and line.labels is not None
        and line.flags is not None
        and (line.envelope is not None or bool(line.sections.get("HEADER")))
    )


def partial_facts(line: Fetched, place: Role, now: int) -> MessageFacts | None:
    """The facts of a message from what is known of it; None without the two numbers that name it.

    ``now``, in milliseconds since 1970, bounds what a date is guessed from.
    """
    if line.uid is None or line.msgid is None:
        return None
    header = line.sections.get("HEADER") or b""
    thrid = line.msgid if line.thrid is None else line.thrid
    moment = date_of_id(line.msgid, now) if line.internaldate is None else line.internaldate
    date = _date(header) if moment is None else moment
    facts = message_facts(line._replace(thrid=thrid, internaldate=date), place)
    if facts is not None:
        return facts
    bare = MessageFacts(
        msgid=stored_id(line.msgid),
        thrid=stored_id(thrid),
        place=place,
        uid=line.uid,
        date=date,
        size=line.size or 0,
        flags=message_flags(line.flags),
        labels=line.labels or frozenset(),
        modseq=line.modseq or 0,
        subject=UNREADABLE,
        snippet="",
    )
    return _with_header(bare, header) if header else bare


def _with_header(facts: MessageFacts, header: bytes) -> MessageFacts:
    fields = BytesHeaderParser(policy=compat32).parsebytes(header[:MOST_HEADER])

    def text(name: str) -> str:
        found = fields.get(name)
        return "" if found is None else str(found)

    def people(name: str) -> tuple[Address, ...]:
        return parse_addresses(", ".join(str(each) for each in fields.get_all(name, ())))[:MOST_PEOPLE]

    senders = people("From") or people("Sender")
    return replace(
        facts,
        subject=decode_header(text("Subject")),
        sender=senders[0] if senders else NOBODY,
        to=people("To"),
        cc=people("Cc"),
        bcc=people("Bcc"),
        reply_to=people("Reply-To"),
        message_id=clean_line(text("Message-ID")).strip("<>"),
    )


def _date(header: bytes) -> int:
    fields = BytesHeaderParser(policy=compat32).parsebytes(header[:MOST_HEADER])
    parsed = parsedate_tz(str(fields.get("Date", "")))
    if parsed is None:
        return 0
    try:
        return mktime_tz(parsed) * 1000
    except (ValueError, OverflowError):
        return 0
