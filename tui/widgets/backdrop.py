"""What lies behind the panes: nothing but a colour, so that all its lines are one."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def flat_lines(render_lines: Callable[[Region], list[Strip]], crop: Region) -> list[Strip]:
    """The lines of a widget without a border that draws nothing of its own: the first one, again and again.

    ``render_lines``: Textual's, which would draw each of them.
    """
    return render_lines(Region(crop.x, 0, crop.width, 1)) * crop.height


class Backdrop(Widget):
    """Holds panes; as large as it can be."""

    DEFAULT_CSS = """
    Backdrop {
        width: 1fr;
        height: 1fr;
        layout: vertical;
        overflow: hidden hidden;
    }
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """One line for all."""
        return flat_lines(super().render_lines, crop)
