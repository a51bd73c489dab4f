"""What stands on the terminal, cell by cell, so that only what differs is sent.

What lives here: the picture of the screen as it was last written, and the octets that turn it into the next
one. What is written at the last moment, and filtered, is ``screen_output``'s.

Textual writes again whatever a widget says it may have changed, and a widget cannot know better than "all of
me". Over a slow line the eye waits for octets, so each frame is compared with what the terminal shows: cells
that stay as they are are skipped, colours are switched only where they change, and lines that moved up or
down as a block are moved by the terminal itself (DECSTBM with DL and IL, which every terminal since the VT102
knows).

A picture that is wrong would leave dirt on the screen for ever. So a cell whose content is not known for
certain is ``None`` and is written whatever comes: all of them after a new size, a stop, another program and
Ctrl+L, and what remains of a wide character of which one half was overwritten. Text whose width terminals
dispute is one indivisible cell (``Run``): when it changes, the rest of its line is written with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import SGR_STYLES, Strip

from tui.terminal.disputed_width import at_most, is_disputed
from tui.terminal.last_frame import Frame

_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "51": "54",
    "52": "54",
    "53": "55",
}
"""SGR: what takes an attribute back; bold and dim share theirs, and so do the two underlines."""
_SEEN_ON_BLANKS = frozenset(("4", "7", "9", "21", "51", "52", "53"))
_GAP = 4
"""Cells that stay are written once more where going past them would cost as much."""
_WORTH_MOVING = 3
"""So many lines must be saved before the terminal is asked to move some."""


class Pen(NamedTuple):
    """How a cell is drawn: SGR parameters, and the address behind it."""

    attributes: frozenset[str] = frozenset()
    foreground: str = "39"
    background: str = "49"
    link: str = ""


class Run(NamedTuple):
    """Text of so many cells whose width terminals dispute; it is written as a whole."""

    text: str
    pen: Pen
    width: int


Cell = tuple[str, Pen] | Run
"""One character and how it is drawn; a second half of a wide character, or of a run, has no text."""
Line = list[Cell | None]
Piece = tuple[int, int, Strip]
"""A line, a column and what begins there, all counted from 0."""
_PLAIN = Pen()


class ShownScreen:
    """The picture of a terminal."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._lines: list[Line] = []

    def forget(self) -> None:
        """Nothing is known of the terminal any more: all of the next frame is written."""
        self._size, self._lines = (0, 0), []

    def changes(
        self, pieces: Iterable[Piece], size: tuple[int, int], colours: ColorSystem = ColorSystem.TRUECOLOR
    ) -> str:
        """What to write so that the terminal shows these pieces too; empty where it does already.

        ``size``: columns and lines. Behind it the pen is plain and the cursor anywhere.
        """
        if size != self._size:
            self._size, self._lines = size, [[None] * size[0] for _ in range(size[1])]
        wanted: dict[int, Line] = {}
        for y, x, strip in pieces:
            if not (0 <= y < size[1] and 0 <= x < size[0]):
                continue
            line = wanted.get(y)
            if line is None:
                line = wanted[y] = self._lines[y].copy()
            _put(line, x, cells_of(strip, colours))
        changed = {y: line for y, line in wanted.items() if line != self._lines[y]}
        if not changed:
            return ""
        writer = _Writer()
        self._move_blocks(changed, writer)
        for y, line in sorted(changed.items()):
            _write_line(writer, y, self._lines[y], line)
            self._lines[y] = line
        return writer.ended()

    # -- the frame of the next start ---------------------------------------------------------------------

    def drawn(self) -> Frame:
        """The picture, as a frame that can be kept: without addresses behind text."""
        frame: Frame = []
        for y, line in enumerate(self._lines):
            text, start, pen = "", 0, _PLAIN
            for x, cell in enumerate([*line, None]):
                if cell is not None and not cell[0]:
                    continue
                is_run = isinstance(cell, Run)
                if text and (cell is None or is_run or cell not in ((cell[0], pen), _blank(pen))):
                    frame.append((y, start, x - start, *_parameters(pen), text))
                    text = ""
                if cell is None:
                    continue
                if not text:
                    start, pen = x, cell[1]
                text += cell[0]
                if isinstance(cell, Run):
                    frame.append((y, start, cell.width, *_parameters(pen), text))
                    text = ""
        return frame

    def assume(self, frame: Frame, size: tuple[int, int]) -> None:
        """Somebody else has drawn this frame, and nothing beside it."""
        self._size, self._lines = size, [[None] * size[0] for _ in range(size[1])]
        for y, x, width, attributes, foreground, background, text in frame:
            pen = Pen(frozenset(filter(None, attributes.split(";"))), foreground, background)
            cells: list[Cell] = []
            _append_text(cells, text, pen)
            if len(cells) == width:
                _put(self._lines[y], x, cells)

    # -- what moved ------------------------------------------------------------------------------------

    def _move_blocks(self, changed: dict[int, Line], writer: _Writer) -> None:
        """Let the terminal move what moved, where that saves lines."""
        block = _moved_block(self._lines, changed) if len(changed) >= _WORTH_MOVING else None
        if block is None:
            return
        first, end, shift = block
        writer.move_lines(first, end, shift)
        count = abs(shift)
        unknown: list[Line] = [[None] * self._size[0] for _ in range(count)]
        held = self._lines[first:end]
        moved: list[Line] = [*held[count:], *unknown] if shift > 0 else [*unknown, *held[:-count]]
        self._lines[first:end] = moved
        for y in range(first, end):
            changed.setdefault(y, held[y - first])


def _moved_block(lines: Sequence[Line], changed: dict[int, Line]) -> tuple[int, int, int] | None:
    """The lines ``first`` to ``end`` (exclusive) that are best moved up by ``shift`` (down, if negative)."""
    # By their text alone: what is only coloured otherwise, such as the cursor's line, costs little. Lines
    # that are alike (blank ones) would match any shift: only those that stand once on the screen tell.
    places: dict[str, int] = {}
    for y, line in enumerate(lines):
        if None not in line:
            text = _text(line)
            places[text] = -1 if text in places else y
    votes: dict[int, list[int]] = {}
    for y, line in changed.items():
        source = -1 if None in line else places.get(_text(line), -1)
        if source not in (-1, y):
            votes.setdefault(source - y, []).append(y)
    if not votes:
        return None
    shift, found = max(votes.items(), key=lambda item: len(item[1]))
    found.sort()
    first, last = found[0], found[-1]
    if shift > 0:
        first, end = first, last + shift + 1
    else:
        first, end = first + shift, last + 1
    # What stands between and stays, such as a heading, would have to be written anew.
    kept = sum(1 for y in range(first, end) if y not in changed)
    return (first, end, shift) if len(found) - kept >= _WORTH_MOVING else None


def _text(line: Line) -> str:
    return "".join([cell[0] for cell in line if cell is not None])


# -- cells -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def pen_of(style: Style | None, colours: ColorSystem) -> Pen:
    """How a style is drawn by a terminal of so many colours."""
    if style is None:
        return _PLAIN
    bits = style._attributes & style._set_attributes
    attributes = frozenset(code for bit, code in enumerate(SGR_STYLES) if bits & (1 << bit))
    ink, paper = style._color, style._bgcolor
    return Pen(
        attributes,
        ";".join(ink.downgrade(colours).get_ansi_codes()) if ink is not None else "39",
        ";".join(paper.downgrade(colours).get_ansi_codes(False)) if paper is not None else "49",
        style._link or "",
    )


@lru_cache(maxsize=16_384)
def _blank(pen: Pen) -> Cell:
    """A space: whatever colour it would be written in, the ink is not seen."""
    if pen.link or pen.attributes & _SEEN_ON_BLANKS:
        return (" ", pen)
    return (" ", Pen(background=pen.background))


def cells_of(strip: Strip, colours: ColorSystem) -> list[Cell]:
    """The cells of a strip."""
    cells: list[Cell] = []
    for text, style, control in strip._segments:
        if text and not control:
            _append_text(cells, text, pen_of(style, colours))
    return cells


def _append_text(cells: list[Cell], text: str, pen: Pen) -> None:
    blank = _blank(pen)
    if text.isascii():
        cells += [(char, pen) if char != " " else blank for char in text]
    elif is_disputed(text):
        width = cell_len(text)
        if width:
            cells.append(Run(text, pen, width))
            cells += [("", pen)] * (width - 1)
    else:
        for char in text:
            cells.append((char, pen) if char != " " else blank)
            if cell_len(char) == 2:
                cells.append(("", pen))


def _parameters(pen: Pen) -> tuple[str, str, str]:
    return ";".join(sorted(pen.attributes)), pen.foreground, pen.background


def _put(line: Line, x: int, cells: Sequence[Cell]) -> None:
    """Lay cells over a line; what they cut in two is not known any more."""
    end = min(len(line), x + len(cells))
    head = x
    while head > 0 and _is_half(line[head]):
        head -= 1
    tail = end
    while tail < len(line) and _is_half(line[tail]):
        tail += 1
    line[head:x] = [None] * (x - head) if head < x else []
    line[end:tail] = [None] * (tail - end)
    line[x:end] = cells[: end - x]


def _is_half(cell: Cell | None) -> bool:
    return cell is not None and not cell[0]


# -- octets ----------------------------------------------------------------------------------------------


class _Writer:
    """Collects what is written, and knows where the cursor stands and which pen it has."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pen = _PLAIN
        self._at: tuple[int, int] | None = None

    def go(self, y: int, x: int) -> None:
        """Put the cursor where the next cell is written."""
        if self._at == (y, x):
            return
        is_same_line = self._at is not None and self._at[0] == y
        self._parts.append(f"\x1b[{x + 1}G" if is_same_line else f"\x1b[{y + 1};{x + 1}H")
        self._at = (y, x)

    def write(self, y: int, x: int, cell: Cell, *, is_last: bool) -> None:
        """Write one cell; ``is_last``: what follows on the line is not written again."""
        self.go(y, x)
        text, pen = cell[0], cell[1]
        self._take(self._pen_for_blank(pen) if text == " " else pen)
        if isinstance(cell, Run):
            # Cleared first, and the column behind it said: it may be drawn wider, or less wide.
            shown = at_most(text, cell.width) if is_last else text
            self._parts += (" " * cell.width, f"\x1b[{x + 1}G", shown, f"\x1b[{x + cell.width + 1}G")
            self._at = (y, x + cell.width)
            return
        self._parts.append(text)
        self._at = (y, x + (1 if text.isascii() else cell_len(text)))

    def _pen_for_blank(self, pen: Pen) -> Pen:
        if pen.link or self._pen.link or (pen.attributes | self._pen.attributes) & _SEEN_ON_BLANKS:
            return pen
        return self._pen._replace(background=pen.background)

    def _take(self, pen: Pen) -> None:
        if pen is not self._pen and pen != self._pen:
            self._parts.append(_switch(self._pen, pen))
            self._pen = pen

    def move_lines(self, first: int, end: int, shift: int) -> None:
        """Move the lines ``first`` to ``end`` (exclusive) up by ``shift``, or down where it is negative."""
        self._take(_PLAIN)
        what = "M" if shift > 0 else "L"
        self._parts.append(f"\x1b[{first + 1};{end}r\x1b[{first + 1};1H\x1b[{abs(shift)}{what}\x1b[r")
        self._at = None

    def ended(self) -> str:
        """All of it."""
        self._take(_PLAIN)
        return "".join(self._parts)


@lru_cache(maxsize=16_384)
def _switch(old: Pen, new: Pen) -> str:
    """What turns one pen into another."""
    text = ""
    if old.link != new.link:
        # The same number for the same address: halves of it on two lines are lit together.
        target = f"id={crc32(new.link.encode()):x};{new.link}" if new.link else ";"
        text = f"\x1b]8;{target}\x1b\\"
    if new[:3] == _PLAIN[:3]:
        return f"{text}\x1b[0m" if old[:3] != _PLAIN[:3] else text
    off = {_OFF[code] for code in old.attributes - new.attributes}
    on = {code for code in new.attributes if code not in old.attributes or _OFF[code] in off}
    codes = [*sorted(off), *sorted(on)]
    if old.foreground != new.foreground:
        codes.append(new.foreground)
    if old.background != new.background:
        codes.append(new.background)
    return f"{text}\x1b[{';'.join(codes)}m" if codes else text


def _write_line(writer: _Writer, y: int, old: Line, new: Line) -> None:
    """Write the cells of a line that are not there yet."""
    different = [x for x, cell in enumerate(new) if cell is not None and cell != old[x]]
    if not different:
        return
    disputed = [x for x in different if isinstance(old[x], Run) or isinstance(new[x], Run)]
    if disputed:
        # However wide it is drawn, and was: all behind it is put in its place again.
        first = disputed[0]
        different = [*(x for x in different if x < first), *range(first, len(new))]
    last = -_GAP - 1
    position = 0
    for x in different:
        if x < position:
            continue
        start = x
        if x - last <= _GAP and all(new[between] is not None for between in range(last, x)):
            start = max(last, position)
        while start > 0 and _is_half(new[start]):
            start -= 1
        for column in range(max(start, position), x + 1):
            cell = new[column]
            if cell is None or not cell[0]:
                continue
            width = cell.width if isinstance(cell, Run) else 1 if cell[0].isascii() else cell_len(cell[0])
            behind = column + width
            is_last = behind >= len(new) or new[behind] is None
            writer.write(y, column, cell, is_last=is_last)
            position = behind
        last = position
