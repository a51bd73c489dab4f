"""Is a table data or layout? Collected cell by cell, judged when it ends.

Most tables in mail hold a design together and are flattened in reading order; one whose rows line up, with
short words in most cells and no table inside, is kept as a table. Cells that span rows or columns leave their
other places empty, so that what follows stays under its heading; a row that is one cell over the whole width
is a line of its own.
"""

from __future__ import annotations

from msgspec import Struct, field

from imapcore.mime.html.drafts import NO_MARKER, Draft
from imapcore.model import BlockKind, Span

MAX_ROWS = 5000
MAX_COLUMNS = 40
_SHORT_CELL = 160
"""Characters that most cells of a data table do not exceed."""
_LONG_CELL = 1500
_LONG_CELLS = 0.15
"""Share of cells that may be longer than short."""
_ROW_OF_WORDS = 90
"""Characters of a layout row whose cells may stand on one line."""
_TEXT = (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM, BlockKind.PREFORMATTED)
SEPARATOR = "  ·  "


class Cell(Struct):
    """A cell: what was written into it."""

    drafts: list[Draft]
    is_header: bool
    columns: int = 1
    rows: int = 1
    has_gap: bool = False
    """A blank line follows it, or is all there is in it."""

    @property
    def length(self) -> int:
        """Characters of its words."""
        return sum(len(span.text) for draft in self.drafts for span in draft.spans)

    @property
    def is_text(self) -> bool:
        """Whether it holds words and nothing else."""
        return all(draft.kind in _TEXT for draft in self.drafts)


class TableFrame(Struct):
    """A table under way. ``outer`` is where its drafts will go."""

    outer: list[Draft]
    is_layout: bool
    """The sender says so (``role="presentation"``)."""
    has_borders: bool
    quote: int
    rows: list[list[Cell]] = field(default_factory=list)
    loose: list[Draft] = field(default_factory=list)
    """What stands in the table outside of any cell: its caption."""

    def begin_row(self) -> None:
        """A ``<tr>``."""
        self.rows.append([])

    def begin_cell(self, is_header: bool, columns: int, rows: int) -> Cell:
        """A ``<td>`` or ``<th>``."""
        if not self.rows:
            self.rows.append([])
        cell = Cell([], is_header, max(1, min(columns, MAX_COLUMNS)), max(1, min(rows, MAX_ROWS)))
        self.rows[-1].append(cell)
        return cell

    def finish(self) -> tuple[list[Draft], bool]:
        """The table as one draft or its content in reading order, and whether a blank line follows."""
        if not self.is_layout:
            grid = _grid([row for row in self.rows if any(cell.drafts for cell in row)])
            if _is_data(grid, self.has_borders):
                return [*self.loose, *_data(grid, self.quote)], True
        flat, gap = _flatten(self.rows)
        return self.loose + flat, gap


Grid = list[list[Cell | None]]
"""Rows of equal length; None where a cell from the left or above reaches over."""


def _grid(rows: list[list[Cell]]) -> Grid:
    """Cells in their columns (HTML §4.9.12); empty when it would be too wide or too high."""
    if not 2 <= len(rows) <= MAX_ROWS:
        return []
    reaching: dict[int, int] = {}
    """How many more rows a cell from above takes, by column."""
    grid: Grid = []
    for row in rows:
        line: list[Cell | None] = []
        for cell in row:
            while reaching.get(len(line), 0):
                line.append(None)
            column = len(line)
            line += [cell, *([None] * (cell.columns - 1))]
            if cell.rows > 1:
                for each in range(column, column + cell.columns):
                    reaching[each] = cell.rows
            if len(line) > MAX_COLUMNS:
                return []
        while reaching.get(len(line), 0) and len(line) < MAX_COLUMNS:
            line.append(None)
        reaching = {column: left - 1 for column, left in reaching.items() if left > 1}
        grid.append(line)
    width = max(map(len, grid))
    # A cell may claim more columns than any row has.
    used = max((at + 1 for line in grid for at, cell in enumerate(line) if cell is not None), default=0)
    width = min(width, max(used, 1))
    return [line[:width] + [None] * (width - len(line)) for line in grid]


def _is_data(grid: Grid, has_borders: bool) -> bool:
    if len(grid) < 2 or len(grid[0]) < 2:
        return False
    rows = [line for line in grid if not _is_whole_row(line)]
    width = len(grid[0])
    if not rows:
        return False
    cells = [cell for line in rows for cell in line if cell is not None]
    if not all(cell.is_text for cell in cells):
        return False
    lengths = [cell.length for cell in cells]
    long = sum(length > _SHORT_CELL for length in lengths)
    has_header = any(cell.is_header for cell in cells)
    is_sure = has_header or (has_borders and len(rows) > 1)
    if max(lengths) > _LONG_CELL or long > len(cells) * (0.34 if is_sure else _LONG_CELLS):
        return False
    filled = sum(bool(cell.drafts) for cell in cells)
    if is_sure:
        return filled * 2 >= len(cells)
    spans = sum(sum(cell is not None for cell in line) == width for line in rows)
    if len(rows) < 2 or spans * 3 < len(rows) * 2:
        return False
    if any(
        len(cell.drafts) > 2 or any(draft.kind is BlockKind.HEADING for draft in cell.drafts)
        for cell in cells
    ):
        return False
    begins = sum(bool(line[0] and line[0].drafts) for line in rows)
    return filled * 5 >= len(cells) * 4 and begins * 2 > len(rows)


def _is_whole_row(line: list[Cell | None]) -> bool:
    """Whether one cell takes the whole width."""
    first = line[0]
    return first is not None and first.columns >= len(line) and first.columns > 1


def _data(grid: Grid, quote: int) -> list[Draft]:
    """Tables, parted by the rows that are one line each."""
    found: list[Draft] = []
    rows: list[list[Cell | None]] = []

    def end_table() -> None:
        if not rows:
            return
        head = [cell for cell in rows[0] if cell is not None]
        cells = tuple(tuple(_cell_spans(cell) for cell in line) for line in rows)
        has_header = bool(head) and all(cell.is_header for cell in head) and len(rows) > 1
        found.append(Draft(BlockKind.TABLE, quote=quote, rows=cells, has_header=has_header, gap=True))
        rows.clear()

    for line in grid:
        first = line[0]
        if first is not None and _is_whole_row(line):
            end_table()
            if first.drafts:
                first.drafts[0].gap = True
            found += first.drafts
        else:
            rows.append(line)
    end_table()
    return found


def _cell_spans(cell: Cell | None) -> tuple[Span, ...]:
    spans: list[Span] = []
    for draft in cell.drafts if cell is not None else ():
        if spans:
            spans.append(Span("\n"))
        if draft.kind is BlockKind.ITEM and draft.marker != NO_MARKER:
            spans.append(Span(draft.marker + " "))
        spans += draft.spans
    return tuple(spans)


def _flatten(rows: list[list[Cell]]) -> tuple[list[Draft], bool]:
    """A layout table in reading order, and whether a blank line follows."""
    found: list[Draft] = []
    gap = False
    for row in rows:
        filled = [cell for cell in row if cell.drafts]
        if not filled:
            gap = gap or any(cell.has_gap for cell in row)
            continue
        drafts = _row(filled)
        drafts[0].gap = drafts[0].gap or gap
        gap = any(cell.has_gap for cell in filled) or (len(filled) > 1 and len(drafts) > 1)
        found += drafts
    return found, gap


def _row(filled: list[Cell]) -> list[Draft]:
    """A few words in each cell make one line, anything more its own blocks."""
    if len(filled) == 1:
        return filled[0].drafts
    is_line = (
        len(filled) <= 8
        and all(len(cell.drafts) == 1 and cell.drafts[0].kind is BlockKind.PARAGRAPH for cell in filled)
        and sum(cell.length for cell in filled) <= _ROW_OF_WORDS
        and not any("\n" in span.text for cell in filled for span in cell.drafts[0].spans)
        and len({(cell.drafts[0].quote, cell.drafts[0].is_signature) for cell in filled}) == 1
    )
    if not is_line:
        drafts: list[Draft] = []
        for cell in filled:
            # Columns side by side are read one after the other, and are not one text.
            cell.drafts[0].gap = True
            drafts += cell.drafts
        return drafts
    first = filled[0].drafts[0]
    spans = list(first.spans)
    for cell in filled[1:]:
        spans.append(Span(SEPARATOR))
        spans += cell.drafts[0].spans
    return [Draft(first.kind, spans, quote=first.quote, gap=first.gap, is_signature=first.is_signature)]
