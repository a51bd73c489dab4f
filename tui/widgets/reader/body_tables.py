"""A table as aligned lines.

Pure. Columns are as wide as they need while the table fits; then the widest give way and their cells wrap;
and where no honest column is left, the table is read out row by row as ``name: value``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from tui.style.glyphs import Glyphs
from tui.widgets.reader.body_lines import Cutter, Ink, Piece, split_at_newlines
from tui.widgets.reader.body_wrap import break_lines

Cell = Sequence[Piece]
_GAP = 3
_INDENT = 2
_NARROWEST = 6
_SAMPLE = 200
"""Rows that are measured; a table of a million rows keeps the columns of its first ones."""
_NUMBER = re.compile(r"[-+−–(]?\s*[$€£¥]?\s*\d[\d\s.,’'\u00a0\u202f]*+(%|[$€£¥]|[A-Za-z]{1,3})?\)?\s*")


def lay_out_table(
    rows: Sequence[Sequence[Cell]], width: int, *, has_header: bool, glyphs: Glyphs
) -> Iterator[tuple[Piece, ...]]:
    """The lines of a table within ``width`` cells."""
    sample = list(rows[:_SAMPLE])
    count = max((len(row) for row in sample), default=0)
    if not count:
        return
    natural = [
        max((_width(row[column]) for row in sample if column < len(row)), default=0)
        for column in range(count)
    ]
    indent = _INDENT if width >= 40 else 0
    widths = share(natural, width - indent - _GAP * (count - 1))
    if widths is None:
        yield from _read_out(rows, width, has_header=has_header)
        return
    is_right = [
        _is_numeric([row[column] for row in sample[1 if has_header else 0 :] if column < len(row)])
        for column in range(count)
    ]
    for number, row in enumerate(rows):
        is_header = has_header and number == 0
        yield from _row(row, widths, is_right, indent, is_header=is_header)
        if is_header:
            total = sum(widths) + _GAP * (count - 1)
            yield (Piece(" " * indent), Piece(glyphs.rule * total, Ink.RULE))


def share(natural: Sequence[int], room: int) -> list[int] | None:
    """Widths that together fit ``room``: narrow columns keep theirs, the widest give way; None: no way."""
    if sum(natural) <= room:
        return list(natural)
    if room < _NARROWEST * len(natural):
        return None
    low, high = _NARROWEST, max(natural)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(width, middle) for width in natural) <= room:
            low = middle
        else:
            high = middle - 1
    widths = [min(width, low) for width in natural]
    if sum(widths) > room:
        return None
    spare = room - sum(widths)
    for column, width in enumerate(natural):
        more = min(spare, width - widths[column])
        widths[column] += more
        spare -= more
    return widths


def _row(
    row: Sequence[Cell], widths: Sequence[int], is_right: Sequence[bool], indent: int, *, is_header: bool
) -> Iterator[tuple[Piece, ...]]:
    stacks = [_wrap(row[column], width) if column < len(row) else [] for column, width in enumerate(widths)]
    height = max((len(stack) for stack in stacks), default=0) or 1
    for line in range(height):
        pieces: list[Piece] = [Piece(" " * indent)] if indent else []
        for column, width in enumerate(widths):
            cell = stacks[column][line] if line < len(stacks[column]) else []
            gap = Piece(" " * (width - _width(cell)))
            if is_header:
                cell = [Piece(piece.text, piece.ink | Ink.BOLD, piece.link) for piece in cell]
            pieces.extend([gap, *cell] if is_right[column] else [*cell, gap])
            if column < len(widths) - 1:
                pieces.append(Piece(" " * _GAP))
        yield tuple(piece for piece in pieces if piece.text)


def _wrap(cell: Cell, width: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for part in split_at_newlines(cell):
        text = "".join(piece.text for piece in part)
        cutter = Cutter(part)
        lines.extend(cutter.cut(start, end) for start, end in break_lines(text, max(1, width)))
    return lines


def _read_out(rows: Sequence[Sequence[Cell]], width: int, *, has_header: bool) -> Iterator[tuple[Piece, ...]]:
    names = ["".join(piece.text for piece in cell) for cell in rows[0]] if has_header and rows else []
    for row in rows[1 if has_header else 0 :]:
        for column, cell in enumerate(row):
            name = names[column] if column < len(names) else ""
            lead = [Piece(f"{name}: ", Ink.BOLD)] if name else []
            for line in _wrap([*lead, *cell], width):
                if line:
                    yield tuple(line)
        yield ()


def _width(cell: Cell) -> int:
    """Cells of the widest line of a cell."""
    text = "".join(piece.text for piece in cell)
    if "\n" not in text:
        return cell_len(text)
    return max(cell_len(part) for part in text.split("\n"))


def _is_numeric(cells: Sequence[Cell]) -> bool:
    """Whether a column reads as figures, which align at the right."""
    texts = ["".join(piece.text for piece in cell).strip() for cell in cells]
    filled = [text for text in texts if text]
    # The length guard keeps the pattern from walking through a page of digits.
    return bool(filled) and all(len(text) <= 32 and _NUMBER.fullmatch(text) for text in filled)
