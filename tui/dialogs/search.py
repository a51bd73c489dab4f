"""The search field: Gmail's language with history, completion, and a word where Gmail would misread.

Returns the query, or None. What completes is in ``tui.dialogs.search_completion``, the doubts are in
``imapcore.gmail.query_lint``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.gmail.operators import OPERATORS
from imapcore.gmail.query_lint import lint
from imapcore.model import Address
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.dialogs.search_completion import Completions, accept, complete
from tui.keys.commands import Where
from tui.style.text import cut
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

People = Callable[[str], Sequence[Address]]
_TAUGHT = (
    "from",
    "to",
    "subject",
    "label",
    "has",
    "is",
    "in",
    "older_than",
    "filename",
    "larger",
    "category",
)
"""Operators that an empty field teaches, below what was searched for lately."""
_HISTORY = 8
_FINDINGS = 3


class SearchScreen(Dialog[str | None]):
    """Type a query; Enter searches all mail."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "search.tcss"]
    PLACES = (Where.SEARCH,)

    def __init__(
        self,
        query: str,
        history: Sequence[str],
        labels: Sequence[str],
        people: People,
        *,
        today: date | None = None,
        look: Look | None = None,
    ) -> None:
        """``history`` is newest first; ``people`` completes names from the store, at once."""
        super().__init__(look=look)
        self._query = query
        self._history = tuple(history)
        self._labels = tuple(labels)
        self._people = people
        self._today = today or date.today()
        self._completions = Completions(0, 0)
        self._offered: tuple[str, ...] = ()
        self._is_picking = False

    def compose(self) -> ComposeResult:
        """The field, what could be meant, what would be misread, the keys."""
        with Vertical(id="box", classes="box") as box:
            box.border_title = words("Search all mail")
            box.border_subtitle = words("Gmail’s own language")
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(self._query, placeholder="words, or from: label: has: is: …", id="field")
            yield ChoiceList(self.look, id="list")
            yield Static("", id="findings", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin at the end of what is there already."""
        field = self.query_one(LineInput)
        field.focus()
        field.cursor_position = len(field.value)
        self._look_again()

    # -- what could be meant ----------------------------------------------------------------------------

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look_again()

    def _look_again(self) -> None:
        field = self.query_one(LineInput)
        query, cursor = field.value, field.cursor_position
        self._is_picking = False
        self._completions = complete(
            query, cursor, labels=self._labels, people=self._people, today=self._today
        )
        choices = self.query_one(ChoiceList)
        choices.is_cursor_shown = False
        if query.strip():
            self._offered = ()
            choices.show(len(self._completions.suggestions), self._suggestion_line)
        else:
            self._offered = (*self._history[:_HISTORY], *(f"{name}:" for name in _TAUGHT))
            choices.show(len(self._offered), self._offered_line)
        self._doubt(query)
        self._teach()

    def _suggestion_line(self, index: int) -> ChoiceLine:
        suggestion = self._completions.suggestions[index]
        name, colon, value = suggestion.text.partition(":")
        left = (Bit(f" {name}{colon}", "here" if colon else "text"), Bit(value, "bright"))
        return ChoiceLine(left, (Bit(cut(suggestion.about, 40) + " ", "dim"),) if suggestion.about else ())

    def _offered_line(self, index: int) -> ChoiceLine:
        text = self._offered[index]
        if index < len(self._history[:_HISTORY]):
            return ChoiceLine((Bit(f" {self.look.glyphs.search} ", "dim"), Bit(text, "text")))
        operator = next(each for each in OPERATORS if f"{each.name}:" == text)
        return ChoiceLine((Bit(f"   {text}", "here"), Bit(" " * (14 - len(text)) + operator.about, "dim")))

    def _doubt(self, query: str) -> None:
        field = self.query_one(LineInput)
        # What is being typed at this moment is not finished, and so not doubted.
        is_at_end = field.cursor_position == len(query)
        found = [
            finding
            for finding in lint(query, self._labels)
            if not (is_at_end and finding.end == len(query) and self._completions.suggestions)
        ]
        width = max(20, min(90, self.size.width) - 8)
        lines = [cut(f"{self.look.glyphs.dot} {finding.sentence}", width) for finding in found]
        if len(lines) > _FINDINGS:
            lines = [*lines[: _FINDINGS - 1], f"{self.look.glyphs.dot} and {len(lines) - _FINDINGS + 1} more"]
        self.query_one("#findings", Static).update("\n".join(lines))

    def _teach(self) -> None:
        keys = [("Enter", "take it" if self._is_picking and not self._is_history() else "search")]
        if self.query_one(ChoiceList).count:
            keys.append(self.taught("complete", "complete"))
            keys.append(("Up Down" if self.look.is_ascii else "↓ ↑", "choose"))
        keys.append(("Esc", "close"))
        self.show_keys(keys)

    # -- keys -------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """The first up or down begins to choose."""
        choices = self.query_one(ChoiceList)
        if event.key in ("down", "up", "ctrl+n", "ctrl+p", "pagedown", "pageup") and choices.count:
            if self._is_picking:
                return
            event.stop()
            event.prevent_default()
            self._is_picking = True
            choices.is_cursor_shown = True
            choices.go(0 if event.key != "up" else choices.count - 1)
            choices.redraw()
            self._teach()

    def action_command(self, command_id: str) -> None:
        """Complete what is typed, besides what every dialog does."""
        if command_id == "complete":
            self._take(self.query_one(ChoiceList).cursor if self._is_picking else 0)
        else:
            super().action_command(command_id)

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        self._teach()

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._take(event.index)

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def _is_history(self) -> bool:
        return bool(self._offered) and self.query_one(ChoiceList).cursor < len(self._history[:_HISTORY])

    def accept(self) -> None:
        """Search for what is typed; or take what the cursor was moved to."""
        choices = self.query_one(ChoiceList)
        if self._is_picking and 0 <= choices.cursor < choices.count:
            if self._is_history():
                self.dismiss(self._offered[choices.cursor])
            else:
                self._take(choices.cursor)
            return
        query = self.query_one(LineInput).value.strip()
        self.dismiss(query or None)

    def _take(self, index: int) -> None:
        """Put a completion, or an earlier query, into the field."""
        field = self.query_one(LineInput)
        if self._offered:
            if 0 <= index < len(self._offered):
                field.value = self._offered[index]
                field.cursor_position = len(field.value)
        elif 0 <= index < len(self._completions.suggestions):
            suggestion = self._completions.suggestions[index]
            text, cursor = accept(field.value, self._completions, suggestion)
            field.value = text
            field.cursor_position = cursor
            self._look_again()
