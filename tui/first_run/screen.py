"""The first start: no account yet. Try the invented one, or add your own in three steps.

Returns what was chosen; signing in is ``sign_in``'s.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Input, Static

from imapcore.gmail.app_password import APP_PASSWORDS
from imapcore.model import Account
from tui.dialogs.dialog import move_choices, say_dead_key
from tui.keys.commands import Where
from tui.keys.keymap import bindings_for
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, look_of
from tui.widgets.key_line import KeyLine
from tui.widgets.line_input import LineInput

_LOW, _LOWEST = 22, 17
"""Lines below which the welcome, and below which the steps give way."""
_ADDRESS = re.compile(r"[^\s@<>\"(),:;]+@[^\s@<>\"(),:;]+\.[^\s@<>\"(),:;.]+")


class FirstChoice(Enum):
    """A way to begin that needs no account."""

    DEMO = "demo"


def address_problem(text: str) -> str:
    """Why this is no mail address, as a sentence; empty if it is one."""
    text = text.strip()
    if not text:
        return "Type your Gmail address"
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        return "That is not a mail address"
    return ""


class FirstRunScreen(Screen[Account | FirstChoice | None]):
    """Friendly, short, and never a dead end."""

    CSS_PATH: ClassVar[CSSPathType | None] = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.DIALOG)]

    def __init__(self, email: str = "", *, look: Look | None = None) -> None:
        """With an ``email`` that was typed before, the screen begins at its field."""
        super().__init__()
        self._look = look
        self._email = email

    @property
    def look(self) -> Look:
        """Palette and marks."""
        if self._look is None:
            self._look = look_of(self.app)
        return self._look

    def compose(self) -> ComposeResult:
        """A welcome, two ways, what to do for the second."""
        with Vertical(id="box"):
            yield Static("Welcome to gimap-tui", id="title", markup=False)
            yield Static(
                "Your Gmail in the terminal: conversations, labels and search, with Gmail's own keys. "
                "Everything can be undone, and no mail is ever lost by accident.",
                classes="words",
                markup=False,
            )
            yield ChoiceList(self.look, back="list", id="ways")
            yield Static("", id="steps", markup=False)
            yield LineInput(self._email, placeholder="you@gmail.com", id="field")
            yield Static("", id="problem", markup=False)
            yield KeyLine(self.look, id="keys")

    def on_mount(self) -> None:
        """Begin with the demo under the cursor, or where the user has been before."""
        self.query_one(ChoiceList).show(2, self._line, cursor=1 if self._email else 0)

    def on_resize(self, event: events.Resize) -> None:
        """In a low window the field is worth more than the welcome."""
        self.set_class(event.size.height < _LOW, "-low")
        self.set_class(event.size.height < _LOWEST, "-lowest")

    def _line(self, index: int) -> ChoiceLine:
        if index == 0:
            return ChoiceLine(
                (Bit(" Look around ", "bright", is_bold=True), Bit("in a mailbox of invented mail", "dim"))
            )
        return ChoiceLine((Bit(" Add my account ", "bright", is_bold=True), Bit("in three steps", "dim")))

    @property
    def _is_asking(self) -> bool:
        return self.has_class("-asking")

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        self._show(event.index)

    def _show(self, index: int) -> None:
        here = self.look.palette.here
        self.set_class(index == 1, "-asking")
        field = self.query_one(LineInput)
        steps = self.query_one("#steps", Static)
        if index == 1:
            steps.update(
                Content.assemble(
                    ("1 ", f"{here} bold"),
                    f"Make an app password: {APP_PASSWORDS}\n",
                    ("2 ", f"{here} bold"),
                    "Type your address here, and Enter\n",
                    ("3 ", f"{here} bold"),
                    "Paste the app password at the next question\n",
                )
            )
            field.focus()
        else:
            steps.update("Nothing leaves this machine; new mail arrives while you watch.\n")
            self.set_focus(None)
        self.query_one("#problem", Static).update("")
        words = ("next", "back") if index == 1 else ("begin", "quit")
        self.query_one(KeyLine).teach((("Enter", words[0]), ("Up Down", "choose"), ("Esc", words[1])))

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if event.index == 0:
            self.accept()

    @on(Input.Submitted, "#field")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept()

    @on(Input.Changed, "#field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#problem", Static).update("")

    def on_key(self, event: events.Key) -> None:
        """Up and down choose, also from within the field."""
        if move_choices(self.query_one(ChoiceList), event.key):
            event.stop()
            event.prevent_default()
        else:
            say_dead_key(self, event)

    def action_command(self, command_id: str) -> None:
        """Enter begins, Esc goes back, and from the start quits."""
        if command_id == "dialog-accept":
            self.accept()
        elif self._is_asking:
            self.query_one(ChoiceList).go(0)
        else:
            self.dismiss(None)

    def accept(self) -> None:
        """Return what was chosen; an address that is none gets a sentence."""
        if not self._is_asking:
            self.dismiss(FirstChoice.DEMO)
            return
        email = self.query_one(LineInput).value.strip()
        problem = address_problem(email)
        if problem:
            self.query_one("#problem", Static).update(problem)
        else:
            self.dismiss(Account(email))
