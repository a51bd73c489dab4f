"""The text of a mail: Textual's editor, with what mail asks of it.

Soft wrap, undo and selecting are Textual's. Ours: quoted lines are dimmer than one's own, lines can be quoted
and unquoted, and a paste loses what a terminal would obey.
"""

from __future__ import annotations

import re

from rich.style import Style
from rich.text import Text
from textual import events
from textual.widgets import TextArea

from tui.style.theme import Palette

_QUOTED = re.compile(r"> ?")
_NOT_TEXT = {code: None for code in (*range(32), 127, *range(128, 160)) if code not in (9, 10)}
"""Controls; a terminal's paste may hold any of them, a mail has no use for one."""


class MailText(TextArea):
    """The text, as it is typed."""

    DEFAULT_CSS = """
    MailText, MailText:focus {
        border: none;
        padding: 0 1;
        width: 1fr;
        height: 1fr;
        background: $list-shade;
        background-tint: transparent;
        color: $bright-ink;
        scrollbar-size-vertical: 1;
        scrollbar-background: $list-shade;
        scrollbar-background-hover: $list-shade;
        scrollbar-background-active: $list-shade;
    }
    MailText .text-area--cursor-line { background: transparent; }
    MailText .text-area--selection { background: $cursor-shade; color: $bright-ink; }
    """

    def __init__(self, palette: Palette, *, id: str | None = None) -> None:
        super().__init__(
            "",
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            id=id,
        )
        self.cursor_blink = False
        self._quoted_ink = Style(color=palette.dim)
        self._rule_ink = Style(color=palette.faint)

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._quoted_ink = Style(color=palette.dim)
        self._rule_ink = Style(color=palette.faint)
        self._line_cache.clear()
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn: quoted ones dimmer."""
        line = super().get_line(line_index)
        if line.plain.startswith(">"):
            line.stylize(self._quoted_ink)
        elif line.plain == "-- ":
            line.stylize(self._rule_ink)
        return line

    async def _on_paste(self, event: events.Paste) -> None:
        text = event.text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOT_TEXT)
        event.prevent_default()
        event.stop()
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def set_text(self, text: str, cursor: int = 0) -> None:
        """Begin with another text, the cursor behind so many characters of it; this cannot be undone."""
        self.load_text(text)
        before = text[:cursor]
        self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1))

    def change_text(self, text: str) -> None:
        """Put another text in the place of all, which can be undone."""
        if text != self.text:
            self.replace(text, (0, 0), self.document.end)
            self.move_cursor((0, 0))

    def toggle_quote(self) -> None:
        """Quote the lines of the selection, or take one level of quotation off where all are quoted."""
        first, last = sorted((self.selection.start, self.selection.end))
        end = last[0] - 1 if last[0] > first[0] and last[1] == 0 else last[0]
        lines = [self.document.get_line(row) for row in range(first[0], end + 1)]
        if all(line.startswith(">") for line in lines):
            changed = [_QUOTED.sub("", line, count=1) for line in lines]
        else:
            changed = [f">{line}" if line.startswith(">") else f"> {line}" for line in lines]
        self.replace("\n".join(changed), (first[0], 0), (end, len(lines[-1])))
