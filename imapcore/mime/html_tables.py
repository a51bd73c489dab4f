"""Is a table data or layout? Collected cell by cell, judged when it ends.

Most tables in mail hold a design together and are flattened in reading order; one whose rows line up, with
short words in most cells and nothing nested, is kept as a table.
"""

from __future__ import annotations

from msgspec import Struct, field

from imapcore.model import Block, BlockKind, Span

MAX_ROWS = 2000
MAX_COLUMNS = 40
MAX_CELL = 160
"""Characters of a cell in a data table."""
_ROW_OF_WORDS = 90
"""Characters of a layout row whose cells may stand on one line."""


class Cell(Struct):
    """A cell: what was written into it."""

    blocks: list[Block]
    is_header: bool


class TableFrame(Struct):
    """A table under way. ``outer`` is where its blocks will go."""

    outer: list[Block]
    rows: list[list[Cell]] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)
    """What stands in the table outside of any cell."""

    def begin_row(self) -> None:
        """A ``<tr>``."""
        self.rows.append([])

    def begin_cell(self, is_header: bool) -> list[Block]:
        """A ``<td>`` or ``<th>``; returns where its blocks go."""
        if not self.rows:
            self.rows.append([])
        cell = Cell([], is_header)
        self.rows[-1].append(cell)
        return cell.blocks

    def end_cell(self) -> list[Block]:
        """The cell is over; returns where blocks between cells go."""
        return self.loose

    def blocks(self, quote: int) -> list[Block]:
        """The table as one block, or its content in reading order."""
        rows = [row for row in self.rows if any(cell.blocks for cell in row)]
        if self._is_data(rows):
            width = max(map(len, rows))
            cells = tuple(
                tuple(_cell_spans(row[column].blocks) if column < len(row) else () for column in range(width))
                for row in rows
            )
            has_header = all(cell.is_header for cell in rows[0])
            return [*self.loose, Block(BlockKind.TABLE, quote=quote, rows=cells, has_header=has_header)]
        flat = list(self.loose)
        for row in rows:
            flat += _flatten(row)
        return flat

    def _is_data(self, rows: list[list[Cell]]) -> bool:
        if not 2 <= len(rows) <= MAX_ROWS:
            return False
        widths = [len(row) for row in rows]
        width = max(widths)
        if width < 2 or width > MAX_COLUMNS or sum(w == width for w in widths) * 3 < len(rows) * 2:
            return False
        cells = [cell for row in rows for cell in row]
        if not all(_is_short(cell.blocks) for cell in cells):
            return False
        filled = sum(bool(cell.blocks) for cell in cells)
        if any(cell.is_header for cell in cells):
            return filled * 2 >= len(cells)
        return filled * 5 >= len(cells) * 4 and sum(bool(row[0].blocks) for row in rows) * 2 > len(rows)


def _is_short(blocks: list[Block]) -> bool:
    if len(blocks) > 1 or (blocks and blocks[0].kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING)):
        return False
    words = _words(blocks)
    return len(words) <= MAX_CELL and words.count("\n") <= 2


def _words(blocks: list[Block]) -> str:
    return "".join(span.text for block in blocks for span in block.spans)


def _cell_spans(blocks: list[Block]) -> tuple[Span, ...]:
    spans = [span for block in blocks for span in block.spans]
    return tuple(Span(s.text.replace("\n", " "), s.is_bold, s.is_italic, s.is_code, s.link) for s in spans)


def _flatten(row: list[Cell]) -> list[Block]:
    """A layout row: a few words in each cell make one line, anything more its own blocks."""
    filled = [cell.blocks for cell in row if cell.blocks]
    words = [_words(blocks) for blocks in filled]
    is_line = (
        1 < len(filled) <= 8
        and all(len(blocks) == 1 and blocks[0].kind is BlockKind.PARAGRAPH for blocks in filled)
        and sum(map(len, words)) <= _ROW_OF_WORDS
        and not any("\n" in text for text in words)
    )
    if not is_line:
        return [block for blocks in filled for block in blocks]
    spans: list[Span] = []
    for blocks in filled:
        spans += ([Span("  ·  ")] if spans else []) + list(blocks[0].spans)
    return [Block(BlockKind.PARAGRAPH, tuple(spans), quote=filled[0][0].quote)]
