"""The colour of a label: names with a sample each, tried on in the tree while one looks.

Returns a colour's name, ``AUTOMATIC`` for the one the label has without a wish, or None when all stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.types import CSSPathType

from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import Where
from tui.style.text import cut
from tui.style.theme import AUTOMATIC, COLOUR_NAMES, label_pair
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words

_CHOICES = (AUTOMATIC, *COLOUR_NAMES)
_SAMPLE = 18
_FRAME = 5
"""Lines of the box that are not the list's: border, air, keys."""
_NAME_WIDTH = max(len("automatic"), *map(len, COLOUR_NAMES)) + 2


class ColourPicker(Dialog[str | None]):
    """Choose by looking: the mark says what is in force, the sample what would be."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE, "colours.tcss"]
    PLACES = (Where.COLOURS,)

    def __init__(
        self,
        title: str,
        chosen: str,
        automatic: str,
        try_on: Callable[[str], None],
        *,
        look: Look | None = None,
    ) -> None:
        """``chosen`` is in force, ``automatic`` names what AUTOMATIC would be, ``try_on`` shows one."""
        super().__init__(look=look)
        self._title = title
        self._chosen = chosen
        self._automatic = automatic
        self._try_on = try_on

    def compose(self) -> ComposeResult:
        """The colours, and the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words(f"Colour of {cut(self._title, 40, self.look.glyphs.ellipsis)}")
            # The list scrolls where the terminal is lower than the box would be.
            box.styles.height = len(_CHOICES) + _FRAME
            yield ChoiceList(self.look, id="list")
            yield self.key_line()

    def on_mount(self) -> None:
        """Begin with the colour in force."""
        self.query_one(ChoiceList).show(len(_CHOICES), self._line, cursor=_CHOICES.index(self._chosen))
        self.show_keys([self.taught("dialog-accept", "take it"), self.taught("dialog-cancel", "as it was")])

    def _line(self, index: int) -> ChoiceLine:
        choice, look = _CHOICES[index], self.look
        is_chosen = choice == self._chosen
        # An empty box would ask to be ticked; here one line is marked and the rest are not.
        mark = f" {look.glyphs.selected} " if is_chosen else "   "
        ink, shade = label_pair(choice or self._automatic, look.palette.is_dark)
        sample = f" {cut(self._title, _SAMPLE, look.glyphs.ellipsis)} "
        name = choice or "automatic"
        return ChoiceLine(
            (
                Bit(mark, "good", is_bold=True),
                Bit(name.ljust(_NAME_WIDTH), "bright" if is_chosen else "text"),
                Bit(sample, ink, back=shade),
            ),
            (Bit(f"{self._automatic} ", "dim"),) if choice == AUTOMATIC else (),
        )

    @on(ChoiceList.Moved)
    def _moved(self, event: ChoiceList.Moved) -> None:
        event.stop()
        self._try_on(_CHOICES[event.index])

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        if event.is_again:
            self.accept()

    def action_command(self, command_id: str) -> None:
        """Up and down by the keys of the list."""
        if command_id in ("next", "previous"):
            self.query_one(ChoiceList).move(1 if command_id == "next" else -1)
        else:
            super().action_command(command_id)

    def accept(self) -> None:
        """Return what is marked."""
        self.dismiss(_CHOICES[self.query_one(ChoiceList).cursor])
