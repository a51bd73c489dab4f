"""The bottom line teaches: the keys that matter here, in words; at its right what just happened.

While a prefix key waits, what may follow stands in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui.bridge.messages import CommandChosen, Tone
from tui.style.glyphs import Glyphs
from tui.style.text import anchored, cells, cut, steady
from tui.style.theme import Palette, readable_on
from tui.widgets.flash import NOTHING, Flash

Taught = tuple[str, str, str]
"""A key, its word, and the id of its command (empty: a click on it does nothing)."""


class StatusBar(Widget):
    """One line of keys, and the flash."""

    DEFAULT_CSS = "StatusBar { height: 1; dock: bottom; }"

    def __init__(self, palette: Palette, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = palette
        self._glyphs = glyphs
        self._keys: tuple[Taught, ...] = ()
        self._lead = ""
        self._flash = NOTHING
        self._spots: list[tuple[int, int, str]] = []

    @property
    def flash_text(self) -> str:
        """The sentence that is shown; empty when there is none."""
        return self._flash.text

    @property
    def lead(self) -> str:
        """What stands before the keys."""
        return self._lead

    def teach(self, keys: Sequence[Taught], lead: str = "") -> None:
        """Show these keys; ``lead`` stands before them, for a prefix that waits."""
        if (tuple(keys), lead) != (self._keys, self._lead):
            self._keys, self._lead = tuple(keys), lead
            self.refresh()

    def flash(self, flash: Flash) -> None:
        """Show a sentence at the right, in place of the last one."""
        self._flash = flash
        self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, palette = self.size.width, self._palette
        background = Style(bgcolor=palette.frame)
        flash = ""
        if self._flash.text:
            # A flash is news: it may take all but a few cells of the line.
            flash = f" {anchored(cut(steady(self._flash.text), max(0, width - 3), self._glyphs.ellipsis))} "
        room = width - cells(flash) - 1
        segments: list[Segment] = []
        self._spots = []
        used = 0
        if self._lead:
            segments.append(Segment(f" {self._lead} ", Style(color=palette.star, bold=True)))
            used += cells(self._lead) + 2
        for key, word, command in self._keys:
            size = 1 + cells(key) + 1 + cells(word) + 2
            if used + size - 2 > room:
                break
            segments.append(Segment(f" {key}", Style(color=palette.here, bold=True)))
            segments.append(Segment(f" {word}  ", Style(color=palette.middle)))
            self._spots.append((used, used + size - 1, command))
            used += size
        segments.append(Segment(" " * max(0, width - used - cells(flash))))
        if flash:
            segments.append(Segment(flash, flash_style(palette, self._flash.tone)))
        return Strip(Segment.apply_style(segments, background)).adjust_cell_length(width, background)

    def on_click(self, event: events.Click) -> None:
        """A click on a word does what its key does."""
        for first, end, command in self._spots:
            if first <= event.x < end and command:
                self.post_message(CommandChosen(command))


def flash_style(palette: Palette, tone: Tone) -> Style:
    """How a sentence of a tone is drawn."""
    colour = {Tone.DONE: palette.good, Tone.HINT: palette.star, Tone.PROBLEM: palette.refusal}[tone]
    return Style(color=readable_on(palette.frame, colour), bgcolor=colour)
