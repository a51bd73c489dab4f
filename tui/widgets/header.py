"""The top line: whose mail, how the link stands, what is still to be sent."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from imapcore.model import LinkState, LinkStatus, Progress
from tui.bridge.messages import CommandChosen
from tui.style.glyphs import Glyphs
from tui.style.text import cells, cut, number, steady
from tui.style.theme import Palette

_WORDS = {
    LinkState.CONNECTING: "connecting",
    LinkState.LIVE: "live",
    LinkState.OFFLINE: "offline",
    LinkState.WAITING: "waiting",
    LinkState.SIGN_IN: "sign in",
    LinkState.STOPPED: "stopped",
}


class Header(Widget):
    """One line; what does not fit goes, the link's state last."""

    DEFAULT_CSS = "Header { height: 1; dock: top; }"

    def __init__(self, email: str, palette: Palette, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._email = email
        self._palette = palette
        self._glyphs = glyphs
        self._link = LinkStatus(LinkState.CONNECTING)
        self._progress = Progress(0, 0, 0, False)
        self._is_read_only = False
        self._spots: list[tuple[int, int, str]] = []

    def show(
        self, link: LinkStatus, progress: Progress, *, is_read_only: bool, seconds_left: int = 0
    ) -> None:
        """Show the link and the progress; ``seconds_left`` until the next try, where it waits."""
        shown = (link, progress, is_read_only, seconds_left)
        if shown != (self._link, self._progress, self._is_read_only, self._seconds_left):
            self._link, self._progress, self._is_read_only, self._seconds_left = shown
            self.refresh()

    _seconds_left = 0

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def _parts(self) -> list[tuple[str, str, str]]:
        """Text, colour and command of what stands at the right, the last to go at the end."""
        palette, glyphs, progress, link = self._palette, self._glyphs, self._progress, self._link
        parts: list[tuple[str, str, str]] = []
        if self._is_read_only:
            parts.append(("read only", palette.star, "go-activity"))
        if progress.is_syncing and progress.total and progress.stored < progress.total:
            share = min(99, progress.stored * 100 // progress.total)
            text = f"{glyphs.syncing} {share}% of {number(progress.total)}"
            parts.append((text, palette.dim, "go-activity"))
        if progress.missing:
            parts.append((f"{number(progress.missing)} missing", palette.refusal, "go-activity"))
        if progress.pending_ops:
            parts.append((f"{number(progress.pending_ops)} pending", palette.star, "go-activity"))
        word = _WORDS[link.state]
        colour, mark = palette.good, glyphs.live
        if link.state in (LinkState.OFFLINE, LinkState.STOPPED):
            colour, mark = palette.dim, glyphs.offline
        elif link.state is LinkState.CONNECTING:
            colour, mark = palette.dim, glyphs.syncing
        elif link.state is not LinkState.LIVE:
            colour, mark = palette.refusal, glyphs.offline
        if link.is_throttled:
            word, colour = "slowed by Gmail", palette.star
        elif link.is_silent:
            word, colour = "waiting for an answer", palette.star
        elif link.state is LinkState.WAITING and self._seconds_left > 0:
            word = f"offline, next try in {self._seconds_left} s"
        parts.append((f"{mark} {word}", colour, "refresh"))
        return parts

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, palette = self.size.width, self._palette
        background = Style(bgcolor=palette.frame)
        parts = self._parts()
        while len(parts) > 1 and sum(cells(text) + 2 for text, _, _ in parts) > width * 2 // 3:
            parts.pop(0)
        right = sum(cells(text) + 2 for text, _, _ in parts) - 1
        badge = " gimap " if width >= 60 else ""
        room = width - cells(badge) - right - 2
        email = cut(steady(self._email), room - 2, self._glyphs.ellipsis) if room > 6 else ""
        left = [
            Segment(badge, Style(color=palette.frame, bgcolor=palette.here, bold=True)),
            Segment(f"  {email}" if badge else f" {email}", Style(color=palette.middle)),
        ]
        used = sum(cells(segment.text) for segment in left)
        segments = [*left, Segment(" " * max(1, width - used - right - 1))]
        self._spots = []
        x = sum(cells(segment.text) for segment in segments)
        for text, colour, command in parts:
            segments.append(Segment(text, Style(color=colour)))
            self._spots.append((x, x + cells(text), command))
            segments.append(Segment("  "))
            x += cells(text) + 2
        return Strip(Segment.apply_style(segments, background)).adjust_cell_length(width, background)

    def on_click(self, event: events.Click) -> None:
        """What is pending leads to Activity, the link's state to a new try."""
        for first, end, command in self._spots:
            if first <= event.x < end:
                self.post_message(CommandChosen(command))
