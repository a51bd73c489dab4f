"""What the small screens have in common: a box in the middle, a list moved from a field, keys in words.

A dialog knows values only; it returns one when it is dismissed, or None when all stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual import events
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.types import CSSPathType

from tui.keys.commands import Command, Where
from tui.keys.keymap import Keymap, Strokes, bindings_for, show_stroke, stroke_of
from tui.widgets.choice_list import ChoiceList
from tui.widgets.dialog_style import Look, keymap_of, look_of
from tui.widgets.key_line import KeyLine

Result = TypeVar("Result")
SHARED_STYLE = str(Path(__file__).with_name("dialog.tcss"))
"""The stylesheet every dialog begins with."""
_LEFT_TO_BINDINGS = ("enter", "escape")
"""Keys that mean yes and no in every dialog, also to the field that has the focus."""
_SMALL = 16
"""Below this height a box gives up its air."""


class DialogKeys:
    """Reads keys as verbs of the registry, sequences too, in the places a screen stands for."""

    def __init__(self, *places: Where) -> None:
        self._places = places
        self._held: Strokes = ()

    def read(self, keymap: Keymap, event: events.Key) -> str | None:
        """The id of the verb; empty while a sequence waits for its end; None when the key is none of ours."""
        strokes = (*self._held, stroke_of(event.key, event.character))
        self._held = ()
        for place in self._places:
            found = keymap.resolve(place, strokes)
            if isinstance(found, Command):
                return found.id
            if found:
                self._held = strokes
                return ""
        return None


class Dialog(ModalScreen[Result]):
    """A modal box; the one below stays visible behind it."""

    PLACES: ClassVar[tuple[Where, ...]] = ()
    """Where the dialog's own verbs live in the registry, besides those of every dialog."""

    CSS_PATH: ClassVar[CSSPathType | None] = SHARED_STYLE
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.DIALOG)]

    def __init__(self, *, look: Look | None = None) -> None:
        super().__init__()
        self._look = look
        self._keys = DialogKeys(*self.PLACES, Where.DIALOG)

    @property
    def keymap(self) -> Keymap:
        """The key map in force."""
        return keymap_of(self.app)

    def taught(self, command_id: str, word: str) -> tuple[str, str]:
        """A verb's key as it is shown, and the word for it here."""
        return self.keymap.key_of(command_id), word

    @property
    def look(self) -> Look:
        """Palette and marks."""
        if self._look is None:
            self._look = look_of(self.app)
        return self._look

    # -- verbs ----------------------------------------------------------------------------------------

    def action_command(self, command_id: str) -> None:
        """Do a verb of the registry."""
        if command_id == "dialog-accept":
            self.accept()
        elif command_id == "dialog-cancel":
            self.cancel()

    def accept(self) -> None:
        """What Enter does."""

    def cancel(self) -> None:
        """What Esc does."""
        self.dismiss(None)

    # -- what is common -------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Draw the box as the terminal can. Textual calls this beside the one of the dialog itself."""
        for box in self.query(".box"):
            self.look.box(box)

    def on_resize(self, event: events.Resize) -> None:
        """Give up the air in a small window."""
        self.set_class(event.size.height < _SMALL, "-small")

    def on_key(self, event: events.Key) -> None:
        """Do a verb of the registry, or move the list's cursor, wherever the focus is."""
        command_id = self._keys.read(self.keymap, event)
        if command_id is not None and event.key not in _LEFT_TO_BINDINGS:
            event.stop()
            event.prevent_default()
            if command_id:
                self.action_command(command_id)
            return
        for choices in self.query(ChoiceList):
            if choices.display and move_choices(choices, event.key):
                event.stop()
                event.prevent_default()
                return
            break
        say_dead_key(self, event)

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Teach some keys, in words, in the bottom line of the box."""
        self.query_one(KeyLine).teach([(key, word) for key, word in keys if key])

    def key_line(self) -> KeyLine:
        """The bottom line of the box."""
        return KeyLine(self.look, id="keys", classes="keys")


def say_dead_key(screen: Screen[Any], event: events.Key) -> None:
    """Say in the line of keys that a key has no meaning here, unless someone else has one for it."""
    if event.key in screen.active_bindings or event.key in _LEFT_TO_BINDINGS:
        return
    for line in screen.query(KeyLine):
        event.stop()
        line.say(f"{show_stroke(stroke_of(event.key, event.character))} means nothing here")


def move_choices(choices: ChoiceList, key: str) -> bool:
    """Move a list's cursor if the key means that; whether it did."""
    moves: dict[str, Callable[[], None]] = {
        "down": lambda: choices.move(1),
        "up": lambda: choices.move(-1),
        "ctrl+n": lambda: choices.move(1),
        "ctrl+p": lambda: choices.move(-1),
        "pagedown": lambda: choices.page(1),
        "pageup": lambda: choices.page(-1),
    }
    move = moves.get(key)
    if move is None:
        return False
    move()
    return True
