"""The pieces a screen line is made of, before any colour.

Pure values: a ``Line`` is a row of ``Piece``s, each a run of text that says what it *is* (``Ink``); what that
looks like is the theme's. Also here: how rows of pieces are parted and cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Flag, auto

from msgspec import Struct

from tui.style.text import steady


class Ink(Flag):
    """What a run of text is; several can hold at once."""

    PLAIN = 0
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    STRUCK = auto()
    LINK = auto()
    NOTE = auto()
    """Not the sender's words but ours: a link's host, a folded quote, a notice."""
    WARNING = auto()
    QUOTE = auto()
    SIGNATURE = auto()
    HEADING = auto()
    RULE = auto()
    MARK = auto()
    """A bullet, a bar beside a quote."""
    NAME = auto()
    """A person, an attachment: what one looks for."""
    BRIGHT = auto()
    STAR = auto()
    FOUND = auto()
    CHIP = auto()


class Piece(Struct, frozen=True):
    """A run of text in one ink."""

    text: str
    ink: Ink = Ink.PLAIN
    link: int | None = None
    """Index into ``Body.links``."""
    chip: str = ""
    """For a label's chip: the label's name, which decides its colour."""


class Line(Struct, frozen=True):
    """One line of the screen."""

    pieces: tuple[Piece, ...] = ()
    fold: int | None = None
    """The quotation that Enter or a click on this line shows or hides."""
    attachment: int | None = None
    """Index into ``Body.attachments``."""
    command: str = ""
    """The verb that a click on this line runs."""
    is_continued: bool = False
    """Whether the next line goes on with the same paragraph: no newline when it is copied."""

    @property
    def text(self) -> str:
        """What is written on it."""
        return "".join(piece.text for piece in self.pieces)


BLANK = Line()


def split_at_newlines(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Part pieces where the sender broke the line; lazily, since a paragraph may be a whole log file."""
    line: list[Piece] = []
    for piece in pieces:
        begin = 0
        while (end := piece.text.find("\n", begin)) >= 0:
            if end > begin:
                line.append(Piece(piece.text[begin:end], piece.ink, piece.link, piece.chip))
            yield line
            line = []
            begin = end + 1
        if begin < len(piece.text):
            line.append(Piece(piece.text[begin:], piece.ink, piece.link, piece.chip) if begin else piece)
    yield line


class Cutter:
    """Cuts ascending ranges out of a row of pieces without starting over each time."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._index = 0
        self._offset = 0

    def cut(self, start: int, end: int) -> list[Piece]:
        """The pieces of text between two offsets of the whole row."""
        found: list[Piece] = []
        index, offset = self._index, self._offset
        while index < len(self._pieces) and offset < end:
            piece = self._pieces[index]
            size = len(piece.text)
            if offset + size <= start:
                index, offset = index + 1, offset + size
                self._index, self._offset = index, offset
                continue
            low, high = max(0, start - offset), min(size, end - offset)
            text = steady(piece.text[low:high])
            found.append(piece if text is piece.text else Piece(text, piece.ink, piece.link, piece.chip))
            if offset + size > end:
                break
            index, offset = index + 1, offset + size
        return found
