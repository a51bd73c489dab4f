"""The line between two panes: drawn where it parts list and reader, and moved with the mouse."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.bridge.messages import DividerMoved
from tui.style.glyphs import Glyphs
from tui.style.theme import Palette
from tui.widgets.backdrop import flat_lines


class Divider(Widget):
    """One cell wide (or high); dragging it posts ``DividerMoved``."""

    def __init__(
        self,
        palette: Palette,
        glyphs: Glyphs,
        *,
        is_upright: bool,
        shade: str,
        name: str,
        id: str | None = None,
    ) -> None:
        """``shade`` names the palette's colour behind it: ``frame`` or ``list``."""
        super().__init__(id=id, name=name)
        self._palette = palette
        self._glyphs = glyphs
        self.is_upright = is_upright
        self._shade = shade
        self._dragged_from: int | None = None
        self._is_under_mouse = False

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """One line for all."""
        return flat_lines(super().render_lines, crop)

    def render_line(self, y: int) -> Strip:
        """A faint rule between list and reader, nothing beside the tree; bright under the mouse."""
        palette, glyphs = self._palette, self._glyphs
        background = palette.frame if self._shade == "frame" else palette.list
        is_bright = self._is_under_mouse or self._dragged_from is not None
        ink = Style(color=palette.here if is_bright else palette.cursor, bgcolor=background)
        if self.is_upright:
            mark = glyphs.column if is_bright or self._shade == "list" else " "
        else:
            mark = glyphs.rule
        return Strip([Segment(mark * self.size.width, ink)])

    def on_enter(self) -> None:
        """Show that it can be dragged."""
        self._is_under_mouse = True
        self.refresh()

    def on_leave(self) -> None:
        """Fade again."""
        self._is_under_mouse = False
        self.refresh()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        event.stop()
        self.capture_mouse()
        self._dragged_from = event.screen_x if self.is_upright else event.screen_y

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell how far it was dragged."""
        if self._dragged_from is None:
            return
        here = event.screen_x if self.is_upright else event.screen_y
        if here != self._dragged_from:
            self.post_message(DividerMoved(self.name or "", int(here - self._dragged_from)))
            self._dragged_from = int(here)

    def on_mouse_up(self) -> None:
        """Let go."""
        self._dragged_from = None
        self.release_mouse()
        self.refresh()
