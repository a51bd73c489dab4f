"""The parts of a message: choose one to read alone, or another form of the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.types import CSSPathType

from imapcore.model import Form
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.style.text import cut, steady
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words

_ROWS = 16
_FRAME = 5
"""Lines of the box that are not the list's: border, air, keys."""


class PartPicker(Dialog[str | None]):
    """Returns the section of the part that is wanted, or None."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]

    def __init__(self, forms: Sequence[Form], *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._forms = tuple(forms)

    def compose(self) -> ComposeResult:
        """The parts, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words("Parts of this message")
            box.styles.height = max(1, min(_ROWS, len(self._forms))) + _FRAME
            yield ChoiceList(self.look, id="list")
            yield self.key_line()

    def on_mount(self) -> None:
        """List them, the one that is shown marked."""
        self.query_one(ChoiceList).show(len(self._forms), self._line, empty="No parts")
        self.show_keys([self.taught("dialog-accept", "read"), self.taught("dialog-cancel", "close")])

    def _line(self, index: int) -> ChoiceLine:
        form = self._forms[index]
        mark = self.look.glyphs.selected if form.is_shown else " "
        left = (Bit(f" {mark} ", "good", is_bold=True), Bit(cut(steady(form.title), 60), "bright"))
        return ChoiceLine(left, (Bit(f"{cut(form.media_type, 30)}  {form.section} ", "dim"),))

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if event.is_again:
            self.accept()

    def accept(self) -> None:
        """Return the section of the marked part."""
        cursor = self.query_one(ChoiceList).cursor
        self.dismiss(self._forms[cursor].section if 0 <= cursor < len(self._forms) else None)
