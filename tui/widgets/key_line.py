"""The bottom line of a dialog: keys and what they do, in words, as many as fit whole."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tui.format import cells
from tui.look import Look

_GAP = 3


class KeyLine(Widget):
    """Teaches the keys that matter now, the most important first."""

    DEFAULT_CSS = """
    KeyLine { height: 1; color: $middle-ink; }
    """

    def __init__(self, look: Look, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.look = look
        self._keys: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What is taught, whether it fits or not."""
        return self._keys

    def teach(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys, each with its word."""
        self._keys = tuple(keys)
        self.refresh()

    def render(self) -> Content:
        """As many pairs of key and word as have room; half a pair would teach nothing."""
        here = self.look.palette.here
        parts: list[str | tuple[str, str]] = []
        room = self.size.width
        for key, word in self._keys:
            needed = cells(key) + 1 + cells(word)
            if needed > room:
                break
            parts.extend(((key, f"{here} bold"), f" {word}{' ' * _GAP}"))
            room -= needed + _GAP
        return Content.assemble(*parts)
