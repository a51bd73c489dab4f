"""What lies behind the panes: nothing but a colour, so that all its lines are one."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Flat(Widget):
    """A widget without a border that draws nothing of its own; Textual would draw each line of it."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The first line, as often as there are lines."""
        return super().render_lines(Region(crop.x, 0, crop.width, 1)) * crop.height


class Backdrop(Flat):
    """Holds panes; as large as it can be."""

    DEFAULT_CSS = """
    Backdrop {
        width: 1fr;
        height: 1fr;
        layout: vertical;
        overflow: hidden hidden;
    }
    """
