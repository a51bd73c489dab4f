"""The real app on invented mail: fixed time, fixed zone, nothing that moves by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC

from textual.pilot import Pilot

from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tui.app import GimapApp
from tui.context import AppContext
from tui.keys.keymap import Keymap
from tui.main.screen import MainScreen
from tui.settings.config import Config
from tui.settings.state import State
from tui.style.glyphs import UNICODE, Glyphs
from tui.widgets.thread_list.thread_list import ThreadList


def make_desk(
    mail: FakeEngine | None = None,
    *,
    config: Config | None = None,
    keymap: str = "gmail",
    glyphs: Glyphs = UNICODE,
    theme: str = "",
) -> AppContext:
    """A desk on invented mail, at NOW_MS in UTC."""
    config = config or Config()
    return AppContext(
        mail or FakeEngine(),
        lambda: NOW_MS,
        config=config,
        state=State(theme=theme),
        keymap=Keymap(keymap, config.keys),
        glyphs=glyphs,
        zone=UTC,
    )


def make_app(desk: AppContext) -> GimapApp:
    """The app without timers or animation."""
    app = GimapApp(desk, has_timers=False)
    app.animation_level = "none"
    return app


@dataclass
class Stage:
    """A running app and what tests look at."""

    app: GimapApp
    pilot: Pilot[None]
    mail: FakeEngine
    desk: AppContext

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        return self.app.main

    @property
    def threads(self) -> ThreadList:
        """The list."""
        return self.app.main.thread_list

    @property
    def flash(self) -> str:
        """The sentence in the bottom line."""
        return self.app.main.status_bar.flash_text

    async def press(self, *keys: str) -> None:
        """Press keys and let everything they set off come to rest."""
        await self.pilot.press(*keys)
        await self.rest()

    async def rest(self) -> None:
        """Let messages be handled and the screen be drawn."""
        await come_to_rest(self.pilot)

    def subjects(self) -> list[str]:
        """Subjects of the rows held, newest first."""
        return [row.subject for row in self.threads.window.rows]

    def here(self) -> str:
        """Subject of the row under the cursor."""
        row = self.threads.cursor_row
        return row.subject if row else ""

    def screen_text(self) -> str:
        """What the terminal shows, line by line."""
        _, height = self.app.size
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines[:height])


async def come_to_rest(pilot: Pilot[None]) -> None:
    """Wait until what was set off is done: a message may post another, a frame may mount the reader."""
    for _ in range(3):
        await pilot.pause()


@asynccontextmanager
async def running(
    size: tuple[int, int] = (80, 24),
    mail: FakeEngine | None = None,
    *,
    config: Config | None = None,
    keymap: str = "gmail",
    prepare: Callable[[AppContext], None] | None = None,
    has_notices: bool = False,
) -> AsyncIterator[Stage]:
    """Run the app on invented mail for as long as the context; notices are shown only where asked for."""
    engine = mail or FakeEngine()
    desk = make_desk(engine, config=config, keymap=keymap)
    if prepare is not None:
        prepare(desk)
    app = make_app(desk)
    async with app.run_test(size=size, notifications=has_notices) as pilot:
        await come_to_rest(pilot)
        yield Stage(app, pilot, engine, desk)
