"""A field of one line without a box, for dialogs.

It takes any paste: newlines become spaces, and what is longer than any name or query is cut, with a message
that says so; nothing is typed into nowhere.
"""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input

from tui.bridge.messages import Flashed, Tone


class LineInput(Input):
    """A calm one-line field."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus {
        border: none;
        height: 1;
        padding: 0;
        background: $head-shade;
        background-tint: transparent;
        color: $bright-ink;
    }
    LineInput > .input--placeholder { color: $faint-ink; }
    """
    LONGEST_PASTE = 2000
    """Characters of a paste that are taken."""

    class SpacePressed(Message):
        """Space was pressed in a field that gives it away."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        is_space_given_away: bool = False,
        password: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(value, placeholder=placeholder, select_on_focus=False, password=password, id=id)
        # A steady cursor: nothing moves on the screen but what the user moves.
        self.cursor_blink = False
        self.is_space_given_away = is_space_given_away
        """While true, Space is not text but a verb of the dialog around the field."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is text here."""
        if key == "space" and self.is_space_given_away:
            return False
        return super().check_consume_key(key, character)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "space" and self.is_space_given_away:
            event.stop()
            event.prevent_default()
            self.post_message(self.SpacePressed())

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste as one line of a sane length, without control characters."""
        event.stop()
        event.prevent_default()
        line = " ".join(event.text[: self.LONGEST_PASTE * 4].split())
        text = "".join(char for char in line if char >= " " and not "\x7f" <= char <= "\x9f")
        if len(text) > self.LONGEST_PASTE or len(event.text) > self.LONGEST_PASTE * 4:
            text = text[: self.LONGEST_PASTE]
            self.post_message(
                Flashed(f"Only the first {self.LONGEST_PASTE:,} characters were pasted", Tone.HINT)
            )
        if text:
            self.replace(text, *sorted(self.selection))


class PasswordInput(LineInput):
    """A hidden field: what is typed in it leaves it for the server only, never for a clipboard."""

    def action_copy(self) -> None:
        """Say that a password is not copied."""
        self.post_message(Flashed("A password is not copied", Tone.HINT))

    def action_cut(self) -> None:
        """Neither is it cut: that would put it into the clipboard, too."""
        self.action_copy()
