"""A message as it came: every header and the raw source, with nothing hidden and nothing that acts.

Control characters are shown as marks, long lines are broken at the edge; a line is read only when it is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from imapcore.events import BodyFailed, BodyProgressed, Event, SourceArrived
from imapcore.model import Message
from tui.bridge.daemon_thread import in_daemon_thread
from tui.dialogs.dialog import DialogKeys, say_dead_key
from tui.keys.commands import Where
from tui.keys.keymap import bindings_for
from tui.style.text import cut, size, steady
from tui.widgets.choice_list import Bit, ChoiceLine, ChoiceList
from tui.widgets.dialog_style import Look, keymap_of, look_of
from tui.widgets.key_line import KeyLine

_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {127: "␡"}
"""Control characters as the pictures Unicode has for them."""
_LARGE = 200_000
"""Octets from which on cutting the lines takes longer than a key may wait."""
_KEYS = (("Esc", "back"), ("PgDn PgUp", "scroll"), ("Home End", "ends"), ("Ctrl+Y", "copy all"))
_ASCII_PICTURES = dict.fromkeys((*range(32), 127), "?")


_KEPT = {ord("\n"), ord("\t")}
_HARMLESS: dict[int, str] = {
    **{code: picture for code, picture in _PICTURES.items() if code not in _KEPT},
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
}


def harmless(raw: bytes) -> str:
    """The source for the clipboard: pasted into a shell, an escape sequence in it would be obeyed."""
    return raw.decode("utf-8", "replace").replace("\r\n", "\n").translate(_HARMLESS)


class SourceLines:
    """The lines of a raw message, cut to a width, decoded one by one."""

    def __init__(self, raw: bytes, width: int, *, is_ascii: bool = False) -> None:
        self._pictures = _ASCII_PICTURES if is_ascii else _PICTURES
        self._raw = raw
        self._ranges: list[tuple[int, int]] = []
        position = 0
        self.header_lines = 0
        in_header = True
        while position < len(raw):
            end = raw.find(b"\n", position)
            following = len(raw) if end < 0 else end + 1
            stop = len(raw) if end < 0 else end - (end > position and raw[end - 1] == 13)
            begin = position
            # A cut inside a UTF-8 sequence would show one letter as two marks; step back to its beginning.
            while stop - begin > width:
                middle = begin + width
                # No sequence is longer than four octets: further back there is none to keep whole.
                while middle > begin + max(1, width - 3) and raw[middle] & 0xC0 == 0x80:
                    middle -= 1
                self._ranges.append((begin, middle))
                begin = middle
            self._ranges.append((begin, stop))
            if in_header and stop == position:
                in_header = False
                self.header_lines = len(self._ranges) - 1
            position = following
        if in_header:
            self.header_lines = len(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)

    def __getitem__(self, index: int) -> str:
        begin, end = self._ranges[index]
        text = self._raw[begin:end].decode("utf-8", "replace").expandtabs(8).translate(self._pictures)
        return steady("".join(character if character.isprintable() else "�" for character in text))


class SourceAccess(Struct, frozen=True):
    """How the screen comes by a source that is not at hand."""

    read: Callable[[], bytes | None]
    """The stored source, or None; called on a thread of its own."""
    fetch: Callable[[], object]
    """Ask for it; events tell the rest."""
    cancel: Callable[[], object]


class MessageScreen(Screen[None]):
    """The raw source of one message; one that is still to come is waited for, and Esc stops that."""

    CSS_PATH: ClassVar[CSSPathType | None] = "message_source.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.DIALOG)]

    def __init__(self, message: Message, source: bytes | SourceAccess, *, look: Look | None = None) -> None:
        super().__init__()
        self._message = message
        self._raw = source if isinstance(source, bytes) else b""
        self._access = source if isinstance(source, SourceAccess) else None
        self._is_fetching = False
        self._says = "There is nothing in it"
        self._look = look
        self._lines = SourceLines(b"", 80)
        self._keys = DialogKeys(Where.MESSAGE)

    @property
    def look(self) -> Look:
        """Palette and marks."""
        if self._look is None:
            self._look = look_of(self.app)
        return self._look

    def compose(self) -> ComposeResult:
        """A head, the lines, the keys."""
        yield Static("", id="head", markup=False)
        choices = ChoiceList(self.look, back="list", id="source")
        choices.is_cursor_shown = False
        yield choices
        yield KeyLine(self.look, id="keys")

    def on_mount(self) -> None:
        """Teach the keys; get what is not at hand."""
        self._teach()
        if self._access is not None:
            self._says = f"Reading{self.look.glyphs.ellipsis}"
            self.run_worker(self._get(self._access), group="source", exclusive=True)

    def _teach(self) -> None:
        keys = (("Esc", "stop"),) if self._is_fetching else _KEYS
        self.query_one(KeyLine).teach(keys)

    async def _get(self, access: SourceAccess, *, has_come: bool = False) -> None:
        """Take what is stored, beside the screen; ask for what is not."""
        raw = await in_daemon_thread(access.read)
        if raw is not None:
            self._access = None
            self._is_fetching = False
            self._says = "There is nothing in it"
            self._raw = raw
            self._teach()
            await self._cut_lines()
        elif has_come:
            self._say("It came, and is not in the store; close this and ask once more")
        else:
            self._is_fetching = True
            self._say(f"It is not here yet; asking for it{self.look.glyphs.ellipsis}")
            access.fetch()

    def engine_spoke(self, event: Event) -> None:
        """How far the source has come, that it is here, or why it is not."""
        if self._access is None:
            return
        match event:
            case SourceArrived(msgid) if msgid == self._message.msgid:
                self.run_worker(self._get(self._access, has_come=True), group="source", exclusive=True)
            case BodyFailed(msgid, title, detail, hint) if msgid == self._message.msgid:
                self._is_fetching = False
                self._say(". ".join(part for part in (title, detail, hint) if part))
            case BodyProgressed(msgid, done, total) if msgid == self._message.msgid:
                of = f" of {size(total)}" if total else ""
                share = f", {min(100, done * 100 // total)} %" if total else ""
                self._say(f"Getting the source: {size(done)}{of}{share}")
            case _:
                pass

    def _say(self, words: str) -> None:
        self._says = words
        self._teach()
        self.query_one(ChoiceList).show(0, self._line, empty=words)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        if self._access is not None and self._is_fetching:
            self._access.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """Cut the lines for the new width; those of megabytes beside the screen."""
        self._show_head(event.size.width)
        if len(self._raw) > _LARGE:
            self.run_worker(self._cut_lines(), group="lines", exclusive=True)
        else:
            self._show_lines(self._cut(self._raw, event.size.width))

    def _show_head(self, width: int) -> None:
        message, dot = self._message, f" {self.look.glyphs.dot} "
        octets = len(self._raw) or message.size
        about = (size(octets), f"web id {message.web_id}", f"X-GM-MSGID {message.msgid}")
        subject = cut(steady(message.subject) or "(no subject)", max(10, width // 2))
        head = f"{subject}   {dot.join(about)}"
        self.query_one("#head", Static).update(cut(head, max(1, width - 2)))

    def _cut(self, raw: bytes, width: int) -> SourceLines:
        return SourceLines(raw, max(8, width - 4), is_ascii=self.look.is_ascii)

    async def _cut_lines(self) -> None:
        raw, width = self._raw, self.size.width
        lines = await in_daemon_thread(lambda: self._cut(raw, width))
        if (raw, width) == (self._raw, self.size.width):
            self._show_head(width)
            self._show_lines(lines)

    def _show_lines(self, lines: SourceLines) -> None:
        self._lines = lines
        self.query_one(ChoiceList).show(len(lines), self._line, empty=self._says)

    def _line(self, index: int) -> ChoiceLine:
        text = self._lines[index]
        if index < self._lines.header_lines:
            name, colon, value = text.partition(":")
            if colon and name and not name.startswith(" "):
                return ChoiceLine((Bit(name + colon, "here"), Bit(value, "text")))
            return ChoiceLine((Bit(text, "text"),))
        return ChoiceLine((Bit(text, "middle"),))

    def on_key(self, event: events.Key) -> None:
        """Scroll; nothing is chosen here."""
        source = self.query_one(ChoiceList)
        height = max(1, source.size.height)
        ways = {
            "next": 1,
            "previous": -1,
            "page-down": height - 2,
            "page-up": 2 - height,
            "top": -len(self._lines),
            "bottom": len(self._lines),
        }
        command_id = self._keys.read(keymap_of(self.app), event)
        if command_id is None:
            say_dead_key(self, event)
            return
        event.stop()
        event.prevent_default()
        if command_id in ways:
            source.scroll_to(y=source.scroll_y + ways[command_id], animate=False, immediate=True)
        elif command_id == "copy" and self._raw:
            self.app.copy_to_clipboard(harmless(self._raw))
            self.notify("The whole source was copied; control characters in it as marks", markup=False)
        elif command_id == "back":
            self.dismiss(None)

    def action_command(self, command_id: str) -> None:
        """Esc and Enter go back."""
        self.dismiss(None)
