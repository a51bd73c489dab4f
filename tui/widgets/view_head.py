"""The line above the list: which view, how much of it, what is selected."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from tui.bridge.messages import CommandChosen
from tui.style.text import anchored, cells, cut, steady
from tui.style.theme import Palette


class ViewHead(Widget):
    """Title, counts and, at the right, the selection or what narrows the view."""

    DEFAULT_CSS = "ViewHead { height: 1; }"

    def __init__(self, palette: Palette, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = palette
        self._title, self._words, self._right = "", "", ""
        self._is_selection = False
        self._has_keys = True

    def set_has_keys(self, has_keys: bool) -> None:
        """Whether the keys go to the list: its title is bright then."""
        if has_keys != self._has_keys:
            self._has_keys = has_keys
            self.refresh()

    def show(self, title: str, words: str, right: str, *, is_selection: bool) -> None:
        """Show a title, what there is to say about it, and what stands at the right."""
        shown = (title, words, right, is_selection)
        if shown != (self._title, self._words, self._right, self._is_selection):
            self._title, self._words, self._right, self._is_selection = shown
            self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, palette = self.size.width, self._palette
        background = Style(bgcolor=palette.head)
        right = cut(self._right, max(0, width * 2 // 3))
        room = width - cells(right) - 4
        title = cut(steady(self._title), max(0, room))
        room -= cells(title) + 3
        words = self._words if cells(self._words) <= room else ""
        title_ink = Style(color=palette.bright, bold=True) if self._has_keys else Style(color=palette.middle)
        segments = [
            Segment(f"  {anchored(title)}", title_ink),
            Segment(f"   {words}" if words else "", Style(color=palette.dim)),
        ]
        used = sum(cells(segment.text) for segment in segments)
        segments.append(Segment(" " * max(1, width - used - cells(right) - 1)))
        ink = palette.good if self._is_selection else palette.star
        segments.append(Segment(right, Style(color=ink)))
        return Strip(Segment.apply_style(segments, background)).adjust_cell_length(width, background)

    def on_click(self, event: events.Click) -> None:
        """A click on the selection selects everything."""
        if self._is_selection and event.x > self.size.width - cells(self._right) - 2:
            self.post_message(CommandChosen("select-all"))
