"""A body as lines: model blocks laid out in the width at hand.

Pure: ``lay_out`` turns a ``Body`` into an iterator of ``Line`` values, one block at a time, so that nothing
is laid out before it is looked at. Tables are in ``body_table``, line breaking in ``body_wrap``; which colour
an ink has is the theme's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import overload

from msgspec.structs import replace
from rich.cells import cell_len

from imapcore.model import Attachment, Block, BlockKind, Body, Link, Span
from tui.style.glyphs import ASCII, UNICODE, Glyphs
from tui.style.text import cut, size
from tui.widgets.reader.body_lines import BLANK, Cutter, Ink, Line, Piece, split_at_newlines
from tui.widgets.reader.body_tables import lay_out_table
from tui.widgets.reader.body_wrap import break_lines, chop_lines

MEASURE = 80
"""Cells of a line of prose: what an eye follows without losing the line."""
WIDEST = 88
"""Cells that tables and preformatted lines may take."""
_LONG_ADDRESS = 60
_BULLETS = frozenset({"", "*", "-", "•", "·", "◦", "▪"})
_SHORT_QUOTE = 5
"""Quoted lines that stay open where an answer follows them."""
_FILE_NAME = 24
"""Cells of a file's name that are worth more than what kind it is."""
_FILE_KIND = 8
"""Cells of a kind that still say something."""
_SMALL_TAIL = 2
"""Quoted lines at the end that are not worth folding."""


def lay_out(
    body: Body, width: int, opened: frozenset[int] | None = frozenset(), glyphs: Glyphs = UNICODE
) -> Iterator[Line]:
    """The lines of a body within ``width`` cells, lazily.

    ``opened`` holds the numbers of the quotations that are shown; None shows them all. A quotation at the end
    is folded to one line, and so is a long one in the middle; short ones that an answer follows stay.
    """
    page = _Page(body, max(8, width), glyphs)
    # Blocks are walked with one look ahead only: a body may have a hundred thousand of them.
    last_own = _last_own(body.blocks)
    previous: Block | None = None
    fold = -1
    for is_quote, group in groupby(enumerate(body.blocks), key=lambda item: item[1].quote > 0):
        if not is_quote:
            for _index, block in group:
                yield from page.gap(previous, block)
                yield from page.block(block)
                previous = block
            continue
        fold += 1
        indexed = list(group)
        run = [block for _index, block in indexed]
        count = sum(page.estimate(block) for block in run)
        is_tail = last_own is None or indexed[0][0] > last_own
        is_folding = count > (_SMALL_TAIL if is_tail else _SHORT_QUOTE) and last_own is not None
        if previous is not None:
            yield BLANK
        if is_folding and opened is not None and fold not in opened:
            yield Line((Piece(page.fold_note(count), Ink.NOTE),), fold=fold)
            previous = run[-1]
            continue
        if is_folding:
            yield Line((Piece(f"{glyphs.unfolded} quoted", Ink.NOTE),), fold=fold)
        inner: Block | None = None
        for block in run:
            yield from page.gap(inner, block)
            yield from page.block(block)
            inner = block
        previous = run[-1]
    yield from page.end(has_text=previous is not None)


def _last_own(blocks: Sequence[Block]) -> int | None:
    """Index of the last block that the sender wrote now (no quotation, no signature)."""
    for index in range(len(blocks) - 1, -1, -1):
        if not blocks[index].quote and not blocks[index].is_signature:
            return index
    return None


class _Page:
    """One body on its way to lines."""

    def __init__(self, body: Body, width: int, glyphs: Glyphs) -> None:
        self.body = body
        self.wide = min(width, WIDEST)
        self.prose = min(width, MEASURE)
        self.glyphs = glyphs

    def fold_note(self, count: int) -> str:
        """What stands for a folded quotation."""
        return f"{self.glyphs.ellipsis} {count} quoted line{'' if count == 1 else 's'}"

    def estimate(self, block: Block) -> int:
        """About how many lines a quoted block has, without laying it out."""
        if block.kind is BlockKind.TABLE:
            return len(block.rows)
        text = "".join(span.text for span in block.spans)
        return sum(1 + max(0, len(part) - 1) // self.prose for part in text.split("\n"))

    def gap(self, previous: Block | None, block: Block) -> Iterator[Line]:
        """The blank line between two blocks, where there is one."""
        if previous is None:
            return
        if previous.kind is BlockKind.ITEM and block.kind is BlockKind.ITEM:
            return
        prefix = self._prefix(min(previous.quote, block.quote))
        yield Line((prefix,)) if prefix.text else BLANK

    def block(self, block: Block) -> Iterator[Line]:
        """The lines of one block."""
        prefix = self._prefix(block.quote)
        ink = Ink.PLAIN
        if block.quote:
            ink |= Ink.QUOTE
        if block.is_signature:
            ink |= Ink.SIGNATURE
        if block.kind is BlockKind.RULE:
            yield Line((prefix, Piece(self.glyphs.rule * min(24, self.prose), Ink.RULE)))
        elif block.kind is BlockKind.TABLE:
            room = max(8, self.wide - cell_len(prefix.text))
            rows = _Rows(block.rows, lambda row: [list(self.pieces(cell, ink)) for cell in row])
            for pieces in lay_out_table(rows, room, has_header=block.has_header, glyphs=self.glyphs):
                yield Line((prefix, *pieces) if prefix.text else pieces)
        elif block.kind is BlockKind.PREFORMATTED:
            yield from self._preformatted(block, prefix, ink)
        else:
            if block.kind is BlockKind.HEADING:
                ink |= Ink.HEADING
            yield from self._prose(block, prefix, ink)

    def _prose(self, block: Block, prefix: Piece, ink: Ink) -> Iterator[Line]:
        indent = ""
        marker: tuple[Piece, ...] = ()
        if block.kind is BlockKind.ITEM:
            sign = self.glyphs.dot if block.marker in _BULLETS else block.marker
            lead = "  " * min(block.level, 8)
            marker = (Piece(lead), Piece(f"{sign} ", Ink.MARK | ink))
            indent = " " * cell_len(lead + sign + " ")
        room = max(8, self.prose - cell_len(prefix.text) - cell_len(indent))
        is_first = True
        for line in split_at_newlines(self.pieces(block.spans, ink)):
            text = "".join(piece.text for piece in line)
            ranges = break_lines(text, room)
            cutter = Cutter(line)
            for (start, end), is_last in _with_last(ranges):
                head: tuple[Piece, ...] = marker if is_first else (Piece(indent),) if indent else ()
                lead_in = (prefix,) if prefix.text else ()
                yield Line((*lead_in, *head, *cutter.cut(start, end)), is_continued=not is_last)
                is_first = False

    def _preformatted(self, block: Block, prefix: Piece, ink: Ink) -> Iterator[Line]:
        room = max(8, self.wide - cell_len(prefix.text))
        spans = tuple(
            replace(span, text=span.text.expandtabs(8)) if "\t" in span.text else span for span in block.spans
        )
        for line in split_at_newlines(self.pieces(spans, ink)):
            text = "".join(piece.text for piece in line)
            cutter = Cutter(line)
            for (start, end), is_last in _with_last(chop_lines(text, room)):
                lead_in = (prefix,) if prefix.text else ()
                yield Line((*lead_in, *cutter.cut(start, end)), is_continued=not is_last)

    def _prefix(self, quote: int) -> Piece:
        return Piece(f"{self.glyphs.column} " * min(quote, 6), Ink.MARK | Ink.QUOTE)

    def pieces(self, spans: Iterable[Span], ink: Ink) -> Iterator[Piece]:
        """Spans in their ink, each link followed by its number and real host; lazily, since a paragraph may
        hold megabytes.
        """
        for link, group in groupby(spans, key=lambda span: span.link):
            target = self._target(link)
            if target is None or link is None:
                for span in group:
                    yield Piece(self._words(span), ink | _ink_of(span))
                continue
            run = list(group)
            shown = "".join(span.text for span in run)
            if shown.strip() == target.url and len(target.url) > _LONG_ADDRESS:
                yield Piece(cut(target.url, _LONG_ADDRESS, self.glyphs.ellipsis), ink | Ink.LINK, link)
            else:
                for span in run:
                    yield Piece(self._words(span), ink | _ink_of(span) | Ink.LINK, link)
            note = self._link_note(link, target)
            if note is not None:
                yield note

    def _words(self, span: Span) -> str:
        """A span's text; a plain terminal cannot cross words out and is given marks instead."""
        return f"~{span.text}~" if span.is_struck and self.glyphs is ASCII else span.text

    def _target(self, link: int | None) -> Link | None:
        if link is None or not 0 <= link < len(self.body.links):
            return None
        return self.body.links[link]

    def _link_note(self, link: int, target: Link) -> Piece | None:
        """A link's number, and its host unless text or sender say it already; None in full sight."""
        # Held together by spaces that do not break: a number without its host would be read as a footnote.
        space = " " if self.glyphs is ASCII else "\u00a0"
        number = target.label(link)
        if target.is_suspicious:
            words = [*([number] if number and not target.is_footnote else []), "really", target.host]
            return Piece(f" [{space.join(words)}]", Ink.WARNING, link)
        if not number or target.is_footnote:
            return None
        is_known = target.is_host_shown or target.is_senders or not target.host
        return Piece(f" [{number}]" if is_known else f" [{number}{space}{target.host}]", Ink.NOTE, link)

    def end(self, *, has_text: bool) -> Iterator[Line]:
        """What stands under the text: what the reader should know, and the attachments."""
        if not has_text:
            yield Line((Piece("This message has no text", Ink.NOTE),))
        if self.body.notice:
            yield BLANK
            text = f"{self.glyphs.dot} {self.body.notice}"
            for start, end in break_lines(text, self.prose):
                yield Line((Piece(text[start:end], Ink.NOTE),))
        way = self.body.details.unsubscribe if self.body.details is not None else None
        if way is not None and (way.url or way.mailto):
            yield BLANK
            target = way.url.partition("://")[2].partition("/")[0]
            where = target or way.mailto.removeprefix("mailto:").partition("?")[0]
            text = cut(
                f"{self.glyphs.dot} Unsubscribe from this list: {where}", self.prose, self.glyphs.ellipsis
            )
            yield Line((Piece(text, Ink.NOTE),), command="unsubscribe")
        files = [(number, part) for number, part in enumerate(self.body.attachments)]
        if files:
            yield BLANK
        for number, part in files:
            yield Line(attachment_pieces(part, self.prose, self.glyphs), attachment=number)


class _Rows(Sequence[list[list[Piece]]]):
    """A table's rows, made when they are looked at: there may be a hundred thousand."""

    def __init__(
        self,
        rows: Sequence[Sequence[Sequence[Span]]],
        make: Callable[[Sequence[Sequence[Span]]], list[list[Piece]]],
    ) -> None:
        self._rows, self._make = rows, make

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> list[list[Piece]]: ...

    @overload
    def __getitem__(self, index: slice) -> _Rows: ...

    def __getitem__(self, index: int | slice) -> list[list[Piece]] | _Rows:
        if isinstance(index, slice):
            return _Rows(self._rows[index], self._make)
        return self._make(self._rows[index])


def attachment_pieces(part: Attachment, width: int, glyphs: Glyphs) -> tuple[Piece, ...]:
    """One attachment as pieces: mark, name, size and kind."""
    name = part.filename or "(no name)"
    about = f"  {size(part.size)}"
    kind = f"  {part.media_type}"
    # The name comes first, then its size; what kind it is tells the least.
    room = width - 2 - cell_len(about) - min(cell_len(name), _FILE_NAME)
    about += cut(kind, max(0, room), glyphs.ellipsis) if room > _FILE_KIND else ""
    left = width - 2 - cell_len(about)
    name = cut(name, max(4, left), glyphs.ellipsis)
    return (Piece(f"{glyphs.attachment} ", Ink.MARK), Piece(name, Ink.NAME), Piece(about, Ink.NOTE))


def _ink_of(span: Span) -> Ink:
    ink = Ink.PLAIN
    if span.is_bold:
        ink |= Ink.BOLD
    if span.is_italic:
        ink |= Ink.ITALIC
    if span.is_code:
        ink |= Ink.CODE
    if span.is_struck:
        ink |= Ink.STRUCK
    return ink


def _with_last(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], bool]]:
    held = next(ranges, None)
    if held is None:
        return
    for following in ranges:
        yield held, False
        held = following
    yield held, True
