"""What every part of the screen may look at: the mail, the settings in force, the colours, the time.

One object, made by the app before the first frame and handed to the screens; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from msgspec import Struct, field

from tui.bridge.port import MailEngine
from tui.keys.keymap import Keymap
from tui.settings.config import Config
from tui.settings.state import State
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.theme import DARK, LabelColours, Palette
from tui.widgets.dialog_style import Look
from tui.widgets.thread_list.thread_row import RowStyles


class AppContext(Struct):
    """Shared by the app and its screens."""

    mail: MailEngine
    now: Callable[[], int]
    """Milliseconds since 1970-01-01 UTC."""
    config: Config = field(default_factory=Config)
    state: State = field(default_factory=State)
    keymap: Keymap = field(default_factory=Keymap)
    glyphs: Glyphs = UNICODE
    zone: tzinfo | None = None
    """None: the machine's."""
    palette: Palette = DARK
    trial_colours: LabelColours | None = None
    """What the colour picker tries on; nothing of it is remembered."""

    @property
    def label_colours(self) -> LabelColours:
        """Which colour each label has; writes into the state, unless others are being tried on."""
        return self.trial_colours or LabelColours(self.state.colours, self.state.given_colours)

    def chip(self, label: str) -> tuple[str, str]:
        """Foreground and background of a label's chip in the theme in force."""
        if label == "\\Inbox":
            return self.palette.dim, self.palette.head
        return self.label_colours.pair(label, self.palette)

    def ink(self, label: str) -> str:
        """The colour of a label's dot."""
        return self.label_colours.ink(label, self.palette)

    def row_styles(self) -> RowStyles:
        """The list's styles in the theme in force."""
        return RowStyles(self.palette, self.chip)

    @property
    def look(self) -> Look:
        """Palette, marks and label colours, for a dialog."""
        return Look(self.palette, self.glyphs, self.chip)

    @property
    def reader_wanted(self) -> str:
        """Where the user wants the reader: auto, beside, below or off."""
        return self.state.reader or self.config.look.reader
