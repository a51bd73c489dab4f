"""What the bottom line has no room for: the same, over as many lines as it needs, above all else.

A narrow terminal is told as much as a wide one. Nothing below moves: this lies over it and goes again.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui.bridge.messages import CommandChosen
from tui.style.glyphs import Glyphs
from tui.style.text import anchored, cells, cut, steady
from tui.style.theme import Palette
from tui.widgets.flash import NOTHING, Flash
from tui.widgets.status_bar import Taught, flash_style

_MOST_LINES = 8
_GAP = 2
_LEAST_WIDTH = 16


class LongLine(Widget):
    """Hidden while one line is enough."""

    DEFAULT_CSS = "LongLine { layer: above; dock: bottom; width: 1fr; height: 1; display: none; }"

    def __init__(self, palette: Palette, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = palette
        self._glyphs = glyphs
        self._keys: tuple[Taught, ...] = ()
        self._lead = ""
        self._flash = NOTHING
        self._placed: list[list[tuple[int, int, Taught]]] = []
        self._said: list[str] = []

    def show_keys(self, keys: Sequence[Taught], lead: str = "") -> None:
        """Show all of these keys; none: one line is enough."""
        if (tuple(keys), lead) != (self._keys, self._lead):
            self._keys, self._lead = tuple(keys), lead
            self._lay_out()

    def show_flash(self, flash: Flash) -> None:
        """Show a sentence whole, if it is too long for one line."""
        if flash != self._flash:
            self._flash = flash
            self._lay_out()

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def on_resize(self) -> None:
        """Other breaks for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.app.size.width
        if width < _LEAST_WIDTH:
            self.display = False
            return
        self._said = wrap_words(steady(self._flash.text), width - 2) if self._flash.text else []
        self._placed = wrap_keys(self._keys, self._lead, width) if self._keys and not self._said else []
        count = min(_MOST_LINES, max(len(self._said), len(self._placed)))
        # The bottom line says what fits into it.
        is_needed = count > 1
        if is_needed:
            self.styles.height = count
        if self.display != is_needed:
            self.display = is_needed
        if is_needed:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        width, palette = self.size.width, self._palette
        if self._said:
            style = flash_style(palette, self._flash.tone)
            text = self._said[y] if y < len(self._said) else ""
            return Strip([Segment(f" {anchored(text)}", style)]).adjust_cell_length(width, style)
        background = Style(bgcolor=palette.frame)
        segments: list[Segment] = []
        used = 0
        if y == 0 and self._lead:
            segments.append(Segment(f" {self._lead} ", Style(color=palette.star, bold=True)))
            used = cells(self._lead) + 2
        for start, end, (key, word, _command) in self._placed[y] if y < len(self._placed) else ():
            segments.append(Segment(" " * (start - used)))
            segments.append(Segment(key, Style(color=palette.here, bold=True)))
            segments.append(Segment(f" {word}", Style(color=palette.middle)))
            used = end
        return Strip(Segment.apply_style(segments, background)).adjust_cell_length(width, background)

    def on_click(self, event: events.Click) -> None:
        """A click on a word does what its key does."""
        event.stop()
        for start, end, (_key, _word, command) in (
            self._placed[event.y] if event.y < len(self._placed) else ()
        ):
            if start <= event.x < end and command:
                self.post_message(CommandChosen(command))


def wrap_words(text: str, width: int) -> list[str]:
    """A sentence in lines of at most ``width`` cells, broken between words where that can be."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while cells(line) > max(1, width):
            head = cut(line, max(1, width), "") or line[0]
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line] if line else lines


def wrap_keys(keys: Sequence[Taught], lead: str, width: int) -> list[list[tuple[int, int, Taught]]]:
    """Keys in lines: of each its first cell, the one behind its last, and what it is."""
    begin = cells(lead) + 3 if lead else 1
    lines: list[list[tuple[int, int, Taught]]] = [[]]
    at = begin
    for taught in keys:
        size = cells(taught[0]) + 1 + cells(taught[1])
        if at + size > width - 1 and lines[-1]:
            lines.append([])
            at = begin if begin < width // 3 else 1
        lines[-1].append((at, at + size, taught))
        at += size + _GAP
    return lines
