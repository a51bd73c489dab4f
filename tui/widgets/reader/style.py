"""What an ink looks like in a palette: rich styles, made once per theme.

The only place of the reader that knows colours.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style

from tui.style.theme import Palette
from tui.widgets.reader.body_lines import Ink, Piece

ChipColours = Callable[[str], tuple[str, str]]
"""Foreground and background of a label's chip, by the label's name."""


class ReaderStyles:
    """The styles of the reader in one palette."""

    def __init__(self, palette: Palette, chip: ChipColours) -> None:
        self.palette = palette
        self._chip = chip
        self._inks: dict[Ink, Style] = {}
        self._chips: dict[str, Style] = {}
        self.page = Style(color=palette.text, bgcolor=palette.list)
        self.cursor = Style(bgcolor=palette.cursor)
        self.bar = Style(color=palette.here, bgcolor=palette.list, bold=True)
        self.selected = Style(color=palette.list, bgcolor=palette.here)
        self.hit = Style(color=palette.bright, bgcolor=palette.cursor, underline=True)
        self.hit_here = Style(color=palette.list, bgcolor=palette.star, bold=True)

    def of(self, piece: Piece) -> Style:
        """The style of a piece of text."""
        if piece.chip:
            style = self._chips.get(piece.chip)
            if style is None:
                foreground, background = self._chip(piece.chip)
                style = self._chips[piece.chip] = Style(color=foreground, bgcolor=background)
            return style
        style = self._inks.get(piece.ink)
        if style is None:
            style = self._inks[piece.ink] = self._make(piece.ink)
        return style

    def _make(self, ink: Ink) -> Style:
        palette = self.palette
        colour = palette.text
        # The first that applies decides the colour: a warning inside a quotation stays a warning.
        for wanted, value in (
            (Ink.WARNING, palette.refusal),
            (Ink.NOTE, palette.dim),
            (Ink.STAR, palette.star),
            (Ink.RULE, palette.faint),
            (Ink.BRIGHT, palette.bright),
            (Ink.NAME, palette.bright),
            (Ink.LINK, palette.here),
            (Ink.SIGNATURE, palette.dim),
            (Ink.QUOTE, palette.dim),
            (Ink.HEADING, palette.bright),
            (Ink.MARK, palette.middle),
            (Ink.CODE, palette.good),
            (Ink.STRUCK, palette.dim),
        ):
            if wanted in ink:
                colour = value
                break
        if colour == palette.text and Ink.BOLD in ink:
            colour = palette.bright
        return Style(
            color=colour,
            bold=bool(ink & (Ink.BOLD | Ink.HEADING | Ink.NAME)) or None,
            italic=Ink.ITALIC in ink or None,
            underline=Ink.LINK in ink or None,
            strike=Ink.STRUCK in ink or None,
        )
