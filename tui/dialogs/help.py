"""The help: every key that means something here, from the live key map, filtered as one types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import PANES, Command, Where
from tui.keys.keymap import Keymap
from tui.style.fuzzy import match
from tui.style.text import cells, fit
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

_PLACES: dict[Where, str] = {
    Where.TREE: "the tree",
    Where.LIST: "the list",
    Where.READER: "the reader",
}
_DIALOGS = (
    Where.LABEL_EDITOR,
    Where.DIALOG,
    Where.SEARCH,
    Where.COLOURS,
    Where.CONFIRM,
    Where.LINKS,
    Where.ATTACHMENTS,
    Where.MESSAGE,
    Where.ACTIVITY,
)


class _Row(Struct, frozen=True):
    """A heading (no command), a verb with its keys, or an empty line."""

    text: str = ""
    keys: str = ""
    command: Command | None = None


class HelpScreen(Dialog[None]):
    """Keys and what they do; this pane's first, then all the others."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "help.tcss"]

    def __init__(self, keymap: Keymap, where: Where, *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._keymap = keymap
        self._where = where
        self._rows: list[_Row] = []
        self._key_width = 0

    def compose(self) -> ComposeResult:
        """A filter and the table."""
        with Vertical(id="box", classes="box") as box:
            box.border_title = words(f"Keys in {_PLACES.get(self._where, 'this screen')}")
            box.border_subtitle = words(f"key map “{self._keymap.name}”")
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(placeholder="type what you want to do", id="field")
            yield ChoiceList(self.look, id="list")
            yield self.key_line()

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(LineInput).focus()
        self._filter("")
        self.show_keys([("type", "to filter"), ("Esc", "close")])

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value)

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(None)

    def _filter(self, query: str) -> None:
        self._rows = list(self._found(query) if query.strip() else self._everything())
        self._key_width = max((cells(row.keys) for row in self._rows), default=0)
        self.query_one(ChoiceList).show(
            len(self._rows), self._line, empty="Nothing here does that; : lists every command"
        )

    def _everything(self) -> Iterator[_Row]:
        """This pane's verbs by heading, then what other panes and the dialogs know."""
        seen: set[str] = set()
        others = [place for place in (*sorted(PANES), *_DIALOGS) if place is not self._where]
        is_first = True
        for places in ((self._where,), *((place,) for place in others)):
            for group, verbs in self._keymap.sections(places):
                fresh = [(command, keys) for command, keys in verbs if command.id not in seen]
                if not fresh:
                    continue
                if not is_first:
                    yield _Row()
                is_first = False
                place = (
                    "" if places == (self._where,) else f" {self.look.glyphs.dot} in the {places[0].value}"
                )
                yield _Row(f"{group.value}{place}")
                for command, keys in fresh:
                    seen.add(command.id)
                    yield _Row(command.title, keys, command)

    def _found(self, query: str) -> Iterator[_Row]:
        found: list[tuple[int, int, _Row]] = []
        for row in self._everything():
            if row.command is None:
                continue
            hit = match(query, f"{row.command.word} {row.text}")
            if hit is not None:
                found.append((hit.score, len(found), row))
            elif query.strip() in row.keys.split():
                found.append((0, len(found), row))
        for _score, _order, row in sorted(found, key=lambda each: each[:2]):
            yield row

    def _line(self, index: int) -> ChoiceLine:
        row = self._rows[index]
        if row.command is None:
            return ChoiceLine((Bit(f" {row.text}", "dim", is_bold=True),), is_choosable=False)
        width = min(self._key_width, 22, max(6, self.size.width // 3))
        keys = Bit(f" {fit(row.keys, width)}  ", "here", is_bold=True)
        elsewhere = self._where not in row.command.where
        text = Bit(row.text, "dim" if row.command.hint or elsewhere else "text")
        if not row.command.hint:
            return ChoiceLine((keys, text))
        return ChoiceLine((keys, text, Bit(f" {self.look.glyphs.dash} {row.command.hint}", "dim")))

    def accept(self) -> None:
        """Enter closes it, as Esc does."""
        self.dismiss(None)
