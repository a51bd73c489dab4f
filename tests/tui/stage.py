"""A bare app to put one widget or one screen on, in the colours of the real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tui.style.theme import DARK, LIGHT, Palette, our_themes


class Stage(App[None]):
    """Shows what ``widget`` or ``screen`` makes; remembers what a screen returned and what was posted."""

    CSS = "Screen { background: $list-shade; color: $text-ink; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        *,
        widget: Callable[[], Widget] | None = None,
        screen: Callable[[], Screen[Any]] | None = None,
        palette: Palette = DARK,
    ) -> None:
        self._widget = widget
        self._screen = screen
        self.palette = palette
        self.results: list[object] = []
        super().__init__()
        self.animation_level = "none"
        for theme in our_themes():
            self.register_theme(theme)
        self.theme = "gimap-light" if palette is LIGHT else "gimap-dark"

    def get_css_variables(self) -> dict[str, str]:
        return super().get_css_variables() | self.palette.variables()

    def compose(self) -> ComposeResult:
        if self._widget is not None:
            yield self._widget()

    def on_mount(self) -> None:
        if self._screen is not None:
            self.push_screen(self._screen(), self.results.append)


async def at_rest(pilot: Pilot[None]) -> None:
    """Wait until no worker runs: what one answered may have asked the next."""
    for _ in range(100):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        if not len(pilot.app.workers):
            return
    raise AssertionError("the workers never came to rest")
