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
from tui.keys.verb_search import match_verb
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
    name: str = ""
    """What is searched instead of the title: a label's name without the words before it."""
    phrases: tuple[str, ...] = ()
    """What people call it besides; with them it is found as a verb is: by words, not by single letters."""
    is_dangerous: bool = False
    """Whether only its own words find it."""
    reason: str = ""
    """Why it does not apply here; it is grey then, and choosing it says so."""


_BEHIND = 1000
"""Added to the rank of what does not apply here."""


class PaletteScreen(Dialog[Entry | None]):
    """Returns the entry that was chosen."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "palette.tcss"]

    def __init__(self, title: str, entries: Sequence[Entry], *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._title = title
        self._entries = tuple(entries)
        self._found: list[Found] = []

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
        self._found = find_entries(self._entries, query)
        choices = self.query_one(ChoiceList)
        choices.show(len(self._found), self._line, empty="Nothing of that name; Esc closes")
        choices.go(0)

    def _line(self, index: int) -> ChoiceLine:
        entry, positions, phrase = self._found[index]
        marked = frozenset(positions)
        ink = "faint" if entry.reason else "text"
        title = [
            Bit(character, "bright" if place in marked else ink, place in marked, place in marked)
            for place, character in enumerate(entry.title)
        ]
        if phrase and not marked:
            title.append(Bit(f"  {phrase}", "dim"))
        if entry.reason:
            title.append(Bit(f" {self.look.glyphs.dash} {entry.reason}", "dim"))
        dot = (Bit(f" {self.look.glyphs.label} ", entry.colour),) if entry.colour else (Bit(" "),)
        return ChoiceLine((*dot, *title), (Bit(f"{entry.key} ", "here", True),) if entry.key else ())

    def accept(self) -> None:
        """Enter does what the cursor is on."""
        choices = self.query_one(ChoiceList)
        if 0 <= choices.cursor < len(self._found):
            self.dismiss(self._found[choices.cursor][0])


Found = tuple[Entry, tuple[int, ...], str]
"""An entry, the letters of its title that fit, and the phrase that does."""


def find_entries(entries: Sequence[Entry], query: str) -> list[Found]:
    """The entries that a query means, the best first."""
    hits: list[tuple[int, int, Found]] = []
    for order, entry in enumerate(entries):
        found = _rank(entry, query)
        if found is not None:
            rank, positions, phrase = found
            # What does not apply is still what was meant when it is called by its very name.
            behind = bool(entry.reason) and (rank > 0 or not query.strip())
            hits.append((rank + (_BEHIND if behind else 0), order, (entry, positions, phrase)))
    return [found for _, _, found in sorted(hits, key=lambda hit: hit[:2])]


def _rank(entry: Entry, query: str) -> tuple[int, tuple[int, ...], str] | None:
    """How well a query fits an entry, the letters of its title that it fits, and the phrase it fits."""
    if query.strip() and query.strip() == entry.key:
        return 0, (), ""
    if entry.phrases:
        found = match_verb(query, entry.title, entry.phrases, is_dangerous=entry.is_dangerous)
        if found is None:
            return None
        at = entry.title.casefold().find(query.strip().casefold())
        is_seen = at >= 0 and query.strip() and len(entry.title) == len(entry.title.casefold())
        positions = tuple(range(at, at + len(query.strip()))) if is_seen else ()
        return found.rank, positions, found.phrase if found.phrase != entry.title else ""
    name = entry.name or entry.title
    hit = match(query, name)
    if hit is None:
        return None
    offset = len(entry.title) - len(name)
    return hit.score, tuple(place + offset for place in hit.positions), ""
