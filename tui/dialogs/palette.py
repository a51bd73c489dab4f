"""The command palette: a field, what matches, Enter does it. Verbs, places, searches and labels alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.style.fuzzy import match
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput


class Entry(Struct, frozen=True):
    """One line of the palette."""

    title: str
    key: str
    """The key that does the same, as shown; empty when there is none."""
    run: Callable[[], None]
    colour: str = ""
    """``#rrggbb`` of a dot before the title, for labels."""


class PaletteScreen(Dialog[Entry | None]):
    """Returns the entry that was chosen."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "palette.tcss"]

    def __init__(self, title: str, entries: Sequence[Entry], *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._title = title
        self._entries = tuple(entries)
        self._found: list[tuple[Entry, tuple[int, ...]]] = []

    def compose(self) -> ComposeResult:
        """The field, what matches, the keys."""
        with Vertical(id="box", classes="box") as box:
            box.border_title = words(self._title)
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(placeholder="type what you want", id="field")
            yield ChoiceList(self.look, id="list")
            yield self.key_line()

    def on_mount(self) -> None:
        """Everything, before anything is typed."""
        self.query_one(LineInput).focus()
        self._filter("")
        self.show_keys([("Enter", "do it"), ("Esc", "close")])

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value)

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.accept()

    def _filter(self, query: str) -> None:
        hits = []
        for order, entry in enumerate(self._entries):
            hit = match(query, entry.title)
            if hit is not None:
                hits.append((hit.score, order, entry, hit.positions))
            elif query.strip() == entry.key:
                hits.append((0, order, entry, ()))
        self._found = [
            (entry, positions) for _, _, entry, positions in sorted(hits, key=lambda each: each[:2])
        ]
        choices = self.query_one(ChoiceList)
        choices.show(len(self._found), self._line, empty="Nothing of that name here")
        choices.go(0)

    def _line(self, index: int) -> ChoiceLine:
        entry, positions = self._found[index]
        marked = frozenset(positions)
        title = tuple(
            Bit(character, "bright" if place in marked else "text", place in marked, place in marked)
            for place, character in enumerate(entry.title)
        )
        dot = (Bit(f" {self.look.glyphs.label} ", entry.colour),) if entry.colour else (Bit(" "),)
        return ChoiceLine((*dot, *title), (Bit(f"{entry.key} ", "here", True),) if entry.key else ())

    def accept(self) -> None:
        """Enter does what the cursor is on."""
        choices = self.query_one(ChoiceList)
        if 0 <= choices.cursor < len(self._found):
            self.dismiss(self._found[choices.cursor][0])
