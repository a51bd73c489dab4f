"""One question with one line for an answer: a new label's name, another name for a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.types import CSSPathType
from textual.widgets import Input, Static

from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.widgets.dialog_style import Look, words
from tui.widgets.line_input import LineInput

Check = Callable[[str], str]
"""What is wrong with an answer, as a sentence; empty when it will do."""


class PromptScreen(Dialog[str | None]):
    """Ask for a line of text; None when the user thought better of it."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]

    def __init__(self, title: str, value: str, check: Check, *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._title = title
        self._value = value
        self._check = check

    def compose(self) -> ComposeResult:
        """The question, the field, what is wrong, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words(self._title)
            with Horizontal(classes="field"):
                yield Static(self.look.glyphs.prompt, classes="prompt")
                yield LineInput(self._value, id="field")
            yield Static("", id="problem", classes="hint", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin at the end of what is there."""
        field = self.query_one(LineInput)
        field.focus()
        field.cursor_position = len(field.value)
        self.show_keys([("Enter", "accept"), ("Esc", "cancel")])

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        # An empty or untouched field is no mistake yet.
        is_touched = event.value.strip() and event.value != self._value
        self.query_one("#problem", Static).update(self._check(event.value) if is_touched else "")

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    def accept(self) -> None:
        """Return the answer, or say what is wrong with it and keep it."""
        value = self.query_one(LineInput).value
        problem = self._check(value)
        if problem:
            self.query_one("#problem", Static).update(problem)
        else:
            self.dismiss(value)
