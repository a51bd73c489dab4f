"""What a dialog needs to look like the rest: palette, marks, and the colours of labels, in one value.

Dialogs are made, shown and thrown away; they take the look of the moment they are opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct
from textual.content import Content

from tui.keys.keymap import Keymap
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.text import steady
from tui.style.theme import DARK, Palette, label_pair

if TYPE_CHECKING:
    from textual.widget import Widget


def _grey(_label: str) -> tuple[str, str]:
    return label_pair("grey", True)


class Look(Struct, frozen=True):
    """Palette, marks and label colours."""

    palette: Palette = DARK
    glyphs: Glyphs = UNICODE
    chip: Callable[[str], tuple[str, str]] = _grey
    """Foreground and background of a label's chip, by the label's name."""

    @property
    def is_ascii(self) -> bool:
        """Whether marks and lines are drawn in ASCII."""
        return self.glyphs.ellipsis != "…"

    def box(self, element: Widget) -> None:
        """Draw a box's border in ASCII where nothing else may be drawn."""
        if self.is_ascii:
            element.styles.border = ("ascii", self.palette.faint)

    def check(self, mark: str) -> str:
        """A box to tick; in ASCII a mark alone would not look like one."""
        return f"[{mark}]" if self.is_ascii else f" {mark} "

    def ink(self, tone: str) -> str:
        """A colour by its name in the palette, or ``#rrggbb`` as it is."""
        return tone if tone.startswith("#") else str(getattr(self.palette, tone))


class _Desk(Protocol):
    @property
    def look(self) -> Look: ...

    @property
    def keymap(self) -> Keymap: ...


@runtime_checkable
class _HasDesk(Protocol):
    @property
    def desk(self) -> _Desk: ...


def words(text: str) -> Content:
    """Text as it is, never as markup: a label may be called ``[Imap]/Drafts``; as wide as it is measured."""
    return Content(steady(text))


def look_of(app: object) -> Look:
    """The look in force in an app that has a desk; ours, in the dark, in one that has none."""
    return app.desk.look if isinstance(app, _HasDesk) else Look()


def keymap_of(app: object) -> Keymap:
    """The key map in force in an app that has a desk; the default one in one that has none."""
    return app.desk.keymap if isinstance(app, _HasDesk) else Keymap()
