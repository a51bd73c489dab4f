"""The bottom line of a dialog: keys and what they do, in words, as many as fit whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import events
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from tui.style.text import cells, cut
from tui.widgets.dialog_style import Look

_GAP = 3
_SAID_SECONDS = 4.0
_PRESSED = {"Esc": "escape", "Shift+Z": "Z"}
"""Keys whose name is not what is shown."""


class KeyLine(Widget):
    """Teaches the keys that matter now, the most important first."""

    DEFAULT_CSS = """
    KeyLine { height: 1; color: $middle-ink; }
    """

    def __init__(self, look: Look, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.look = look
        self._keys: tuple[tuple[str, str], ...] = ()
        self._said = ""
        self._timer: Timer | None = None

    @property
    def said(self) -> str:
        """The sentence that stands in place of the keys; empty when there is none."""
        return self._said

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the keys, for as long as it takes to read."""
        self._said = sentence
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SAID_SECONDS, lambda: self.say("")) if sentence else None
        self.refresh()

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What is taught, whether it fits or not."""
        return self._keys

    def teach(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys, each with its word."""
        if tuple(keys) != self._keys:
            # What was said was about another moment.
            self.say("")
            self._keys = tuple(keys)
        self.refresh()

    def render(self) -> Content:
        """As many pairs of key and word as have room; half a pair would teach nothing."""
        if self._said:
            return Content.styled(cut(self._said, self.size.width), self.look.palette.star)
        here = self.look.palette.here
        parts: list[str | tuple[str, str]] = []
        for _start, _end, key, word in self._placed():
            parts.extend(((key, f"{here} bold"), f" {word}{' ' * _GAP}"))
        return Content.assemble(*parts)

    def _placed(self) -> Iterator[tuple[int, int, str, str]]:
        """The pairs that fit, each with the cells it takes."""
        start = 0
        for key, word in self._keys:
            end = start + cells(key) + 1 + cells(word)
            if end > self.size.width:
                return
            yield start, end, key, word
            start = end + _GAP

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        if self._said:
            return
        for start, end, key, _word in self._placed():
            if start <= event.x < end and " " not in key:
                event.stop()
                self.app.simulate_key(_PRESSED.get(key, key.lower() if len(key) > 1 else key))
