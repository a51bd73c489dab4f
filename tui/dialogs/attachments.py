"""The attachments of a message: tick some and save them, or open one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.types import CSSPathType
from textual.widgets import Static

from imapcore.model import Attachment
from tui.dialogs.dialog import SHARED_STYLE, Dialog
from tui.keys.commands import Where
from tui.style.text import cut, size, steady
from tui.terminal.attachment_viewer import danger
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, words

_ROWS = 16
_FRAME = 7
"""Lines of the box that are not the list's: border, air, the folder, keys."""


class OpenAttachment(Struct, frozen=True):
    """What the picker returns when one is to be opened."""

    section: str
    filename: str


class AttachmentPicker(Dialog[tuple[str, ...] | OpenAttachment | None]):
    """Choose what to save (returns IMAP sections) or what to open; None when neither."""

    CSS_PATH: ClassVar[CSSPathType | None] = [SHARED_STYLE]
    PLACES = (Where.ATTACHMENTS,)

    def __init__(self, attachments: Sequence[Attachment], folder: Path, *, look: Look | None = None) -> None:
        super().__init__(look=look)
        self._attachments = tuple(attachments)
        self._folder = folder
        self._ticked: set[int] = set()

    def compose(self) -> ComposeResult:
        """The files, where they would go, the keys."""
        with Vertical(classes="box") as box:
            box.border_title = words("Attachments")
            # The list scrolls where the terminal is lower than the box would be.
            box.styles.height = max(1, min(_ROWS, len(self._attachments))) + _FRAME
            yield ChoiceList(self.look, id="list")
            yield Static("", id="folder", classes="dim", markup=False)
            yield self.key_line()

    def on_mount(self) -> None:
        """List them."""
        self.query_one("#folder", Static).styles.margin = (1, 0, 0, 0)
        self.query_one("#folder", Static).update(f"to {self._folder}")
        self.query_one(ChoiceList).show(len(self._attachments), self._line, empty="No attachments")
        self._teach()

    def _line(self, index: int) -> ChoiceLine:
        part = self._attachments[index]
        glyphs = self.look.glyphs
        is_ticked = index in self._ticked
        mark = glyphs.check_all if is_ticked else glyphs.check_none
        name = steady(part.filename or "(no name)")
        left = [
            Bit(self.look.check(mark), "good" if is_ticked else "faint", is_bold=is_ticked),
            Bit(cut(name, 120), "bright"),
        ]
        if danger(part.filename, part.media_type):
            left.append(Bit("  only saved", "refusal"))
        elif part.is_inline:
            left.append(Bit("  in the text", "dim"))
        return ChoiceLine(tuple(left), (Bit(f"{_kind(part)}  {size(part.size):>6} ", "dim"),))

    def _teach(self) -> None:
        count = len(self._ticked)
        save = f"save {count}" if count else "save"
        self.show_keys(
            [
                self.taught("dialog-accept", save),
                self.taught("open-attachment", "open"),
                self.taught("tick", "tick"),
                self.taught("tick-all", "all"),
                self.taught("dialog-cancel", "close"),
            ]
        )

    def action_command(self, command_id: str) -> None:
        """Tick one, tick all or none, open one."""
        choices = self.query_one(ChoiceList)
        if command_id == "tick" and choices.cursor >= 0:
            self._ticked ^= {choices.cursor}
        elif command_id == "tick-all":
            everything = set(range(len(self._attachments)))
            self._ticked = set() if self._ticked == everything else everything
        elif command_id == "open-attachment" and choices.cursor >= 0:
            self._open(self._attachments[choices.cursor])
            return
        else:
            super().action_command(command_id)
            return
        choices.redraw()
        self._teach()

    def _open(self, part: Attachment) -> None:
        """Return what is to be opened, or say why it is not."""
        problem = danger(part.filename, part.media_type)
        if problem:
            self.query_one("#folder", Static).update(problem)
        else:
            self.dismiss(OpenAttachment(part.section, part.filename))

    @on(ChoiceList.Chosen)
    def _clicked(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self._ticked ^= {event.index}
        event.choices.redraw()
        self._teach()

    def accept(self) -> None:
        """Return what is ticked, or else what is marked."""
        chosen = sorted(self._ticked) or [self.query_one(ChoiceList).cursor]
        sections = tuple(self._attachments[index].section for index in chosen if index >= 0)
        self.dismiss(sections or None)


def _kind(part: Attachment) -> str:
    """The last word of a media type: ``pdf``, ``sheet``, ``png``."""
    return cut(part.media_type.rpartition("/")[2].rpartition(".")[2] or part.media_type, 16)
