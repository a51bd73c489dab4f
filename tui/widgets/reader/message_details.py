"""The details of an open message, on demand: who wrote to whom in full, and who vouches for it.

Pure: values in, ``Line``s out. What the header says of a message's origin is ``Body.details``; what its
sender claims and what the receiving server found out are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from imapcore.model import Address, Body, Details, Message, Verdict
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.text import anchored, cells, size, steady, when_in_full
from tui.widgets.reader.body_lines import Ink, Line, Piece
from tui.widgets.reader.body_wrap import break_lines

_NAMES = 13
"""Cells for what a line is about."""
_PEOPLE = 100
"""People of one field that are listed; a longer list is in the source."""
_FINE = frozenset({"pass"})
_BAD = frozenset({"fail", "softfail", "permerror", "policy"})


def details_lines(
    message: Message,
    body: Body | None,
    width: int,
    zone: tzinfo | None = None,
    glyphs: Glyphs = UNICODE,
) -> list[Line]:
    """All that is known of where a message comes from, within ``width`` cells."""
    lines: list[Line] = []
    for name, pieces in _rows(message, body, zone, glyphs):
        lines.extend(_row(name, pieces, width))
    return lines


Row = tuple[str, Sequence[Piece]]


def _rows(message: Message, body: Body | None, zone: tzinfo | None, glyphs: Glyphs) -> Iterator[Row]:
    details = (body.details if body is not None else None) or Details()
    sender = details.sender or message.sender
    doubt = [Piece("  the name is not its address", Ink.WARNING)] if sender.is_name_doubtful else []
    yield "from", [Piece(_in_full(sender)), *doubt]
    if details.sent_by is not None:
        yield "sent by", [Piece(_in_full(details.sent_by))]
    people = (
        ("reply to", details.reply_to or message.reply_to),
        ("to", details.to or message.to),
        ("cc", details.cc or message.cc),
        ("bcc", message.bcc),
    )
    for name, addresses in people:
        if addresses:
            yield name, [Piece(_everybody(addresses))]
    yield "date", [Piece(when_in_full(message.date, zone))]
    if details.date:
        yield "as written", [Piece(details.date, Ink.NOTE)]
    if details.list_id:
        yield "mailing list", [Piece(details.list_id)]
    if details.list_post:
        yield "list address", [Piece(details.list_post)]
    if details.list_archive:
        yield "list archive", [Piece(details.list_archive)]
    if details.mailed_by:
        yield "mailed by", [Piece(details.mailed_by)]
    if details.signed_by:
        yield "signed by", [Piece(details.signed_by)]
    if details.verdicts:
        yield "checked", list(_verdicts(details.verdicts, glyphs))
    if details.is_encrypted is not None:
        words = "came encrypted (TLS)" if details.is_encrypted else "came without encryption"
        yield "security", [Piece(words, Ink.PLAIN if details.is_encrypted else Ink.WARNING)]
    way = details.unsubscribe
    if way is not None:
        one_click = "  with one click" if way.is_one_click and way.url else ""
        yield "unsubscribe", [Piece(way.url or way.mailto), Piece(one_click, Ink.NOTE)]
    if body is not None and body.forms:
        shown = [f"{form.title}{' (shown)' if form.is_shown else ''}" for form in body.forms]
        yield "parts", [Piece(", ".join(shown))]
    if details.message_id or message.message_id:
        yield "message id", [Piece((details.message_id or message.message_id).strip("<>"), Ink.NOTE)]
    yield "size", [Piece(f"{size(message.size)} {glyphs.dot} Gmail id {message.web_id}", Ink.NOTE)]


def _in_full(person: Address) -> str:
    return f"{person.name} <{person.email}>" if person.name else f"<{person.email}>"


def _everybody(people: Sequence[Address]) -> str:
    shown = ", ".join(_in_full(person) for person in people[:_PEOPLE])
    return shown + (f" and {len(people) - _PEOPLE} more" if len(people) > _PEOPLE else "")


def _verdicts(verdicts: Sequence[Verdict], glyphs: Glyphs) -> Iterator[Piece]:
    for number, each in enumerate(verdicts):
        if number:
            yield Piece(f" {glyphs.dot} ", Ink.NOTE)
        ink = Ink.WARNING if each.result in _BAD else Ink.PLAIN if each.result in _FINE else Ink.NOTE
        domain = f" ({each.domain})" if each.domain else ""
        yield Piece(f"{each.method.upper()} {each.result}{domain}", ink)


def _row(name: str, pieces: Sequence[Piece], width: int) -> Iterator[Line]:
    """A name, and beside it what may take several lines."""
    inks = [(steady(piece.text), piece.ink) for piece in pieces]
    text = "".join(part for part, _ in inks)
    is_narrow = width < _NAMES + 24
    indent = 2 if is_narrow else _NAMES
    lead = Piece(f"{name}:".ljust(_NAMES), Ink.NOTE)
    if is_narrow:
        yield Line((lead,))
    for number, (start, end) in enumerate(break_lines(text, max(8, width - indent))):
        head = lead if number == 0 and not is_narrow else Piece(" " * indent)
        yield Line((head, *_cut(inks, start, end)), is_continued=end < len(text))


def _cut(inks: Sequence[tuple[str, Ink]], start: int, end: int) -> Iterator[Piece]:
    offset = 0
    for text, ink in inks:
        low, high = max(0, start - offset), min(len(text), end - offset)
        if high > low:
            shown = anchored(text[low:high])
            if cells(shown):
                yield Piece(shown, ink)
        offset += len(text)
