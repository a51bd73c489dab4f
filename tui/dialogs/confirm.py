"""Are you sure: only where nothing can take it back. Everywhere else there is undo."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.types import CSSPathType
from textual.widgets import Static

from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import Where
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words


class ConfirmScreen(Dialog[bool]):
    """Two answers, the harmless one first: the Enter that was meant for something else destroys nothing."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]
    PLACES = (Where.CONFIRM,)

    def __init__(self, title: str, detail: str, verb: str, *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._title = title
        self._detail = detail
        self._verb = verb

    def compose(self) -> ComposeResult:
        """What would happen, the two answers, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words(self._title)
            yield Static(self._detail, classes="words", markup=False)
            choices = ChoiceList(self.look, id="list")
            choices.styles.height = 2
            choices.styles.margin = (1, 0, 0, 0)
            yield choices
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin with the harmless answer."""
        self.query_one(ChoiceList).show(2, self._line)
        self.show_keys(
            [
                self.taught("confirm-yes", self._verb),
                self.taught("confirm-no", "leave it"),
                self.taught("dialog-accept", "what is marked"),
            ]
        )

    def _line(self, index: int) -> ChoiceLine:
        if index == 0:
            return ChoiceLine((Bit(" leave everything as it is", "bright"),))
        return ChoiceLine((Bit(f" {self._verb}", "refusal", is_bold=True),))

    def on_key(self, event: events.Key) -> None:
        """The mark goes from one answer to the other; the keys that answer are verbs."""
        if event.key in ("tab", "left", "right", "shift+tab"):
            event.stop()
            event.prevent_default()
            self.query_one(ChoiceList).move(1)

    def action_command(self, command_id: str) -> None:
        """Yes and no answer at once."""
        if command_id in ("confirm-yes", "confirm-no"):
            self.dismiss(command_id == "confirm-yes")
        else:
            super().action_command(command_id)

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """A click answers."""
        event.stop()
        self.dismiss(event.index == 1)

    def accept(self) -> None:
        """Give the answer that is marked."""
        self.dismiss(self.query_one(ChoiceList).cursor == 1)

    def cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(False)
