"""A search kept in the tree: its name and what it asks, in one small dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.gmail.query_lint import lint
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.style.text import cut
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

_FINDINGS = 2
NO_NAME = "A saved search needs a name"
NO_QUERY = "A search needs something to search for"


class KeptSearch(Struct, frozen=True):
    """What the dialog returns: a name and a query, neither of them empty."""

    title: str
    query: str


class KeptSearchScreen(Dialog[KeptSearch | None]):
    """Edit the name and the query; None when the user thought better of it."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]

    def __init__(
        self, title: str, query: str, labels: Sequence[str], *, heading: str, look: Look | None = None
    ) -> None:
        """``labels`` are the account's, for the word about what Gmail would misread."""
        super().__init__(look=look)
        self._title = title
        self._query = query
        self._labels = tuple(labels)
        self._heading = heading

    def compose(self) -> ComposeResult:
        """Two fields, what is wrong, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words(self._heading)
            yield Static("name", classes="dim", markup=False)
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(self._title, id="title")
            yield Static("search for", classes="dim", markup=False)
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(self._query, id="query")
            yield Static("", id="problem", classes="hint", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin at the end of the name."""
        for field in self.query(LineInput):
            field.cursor_position = len(field.value)
        self.query_one("#title").focus()
        self.show_keys([("Enter", "accept"), ("Tab", "name or search"), ("Esc", "cancel")])

    @property
    def _value(self) -> KeptSearch:
        title, query = (self.query_one(f"#{each}", LineInput).value for each in ("title", "query"))
        return KeptSearch(title.strip(), " ".join(query.split()))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        width = max(20, min(90, self.size.width) - 8)
        found = lint(self._value.query, self._labels)[:_FINDINGS]
        self._say("\n".join(cut(f"{self.look.glyphs.dot} {each.sentence}", width) for each in found))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(problem)

    def accept(self) -> None:
        """Return both, or say what is missing."""
        value = self._value
        if not value.title or not value.query:
            self._say(NO_QUERY if value.title else NO_NAME)
            self.query_one("#query" if value.title else "#title").focus()
        else:
            self.dismiss(value)
