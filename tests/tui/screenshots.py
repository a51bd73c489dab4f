"""The README's pictures, from the demo: ``python -m tests.tui.screenshots`` writes ``screenshots/*.svg``.

The same server, engine and screen that `gimap-tui --demo` opens; only the terminal is not a real one. Some
pictures stand alone; those called ``triage`` follow one session from a full inbox to an empty one.
"""

from __future__ import annotations

import asyncio
import html
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from imapcore.demo import demo_account
from imapcore.engine import Engine
from imapcore.model import LinkState
from tests.tui.pilot import come_to_rest
from tui.app import GimapApp
from tui.context import AppContext
from tui.settings.state import State
from tui.widgets.thread_list.thread_list import ThreadList

FOLDER = Path(__file__).parents[2] / "screenshots"
PATIENCE = 30.0


_TEXT = re.compile(r'textLength="([\d.]+)"([^>]*)>([^<]*)<')


def with_wide_text(svg: str) -> str:
    """The picture with characters of two cells as wide as they are: the export gives each of them one."""

    def widened(found: re.Match[str]) -> str:
        text = html.unescape(found[3])
        width = float(found[1]) * cell_len(text) / max(1, len(text))
        return f'textLength="{width:g}"{found[2]}>{found[3]}<'

    return _TEXT.sub(widened, svg)


class Session:
    """A running demo that pictures are taken of."""

    def __init__(self, app: GimapApp, pilot: Pilot[None], engine: Engine) -> None:
        self.app = app
        self._pilot = pilot
        self._engine = engine

    @property
    def threads(self) -> ThreadList:
        """The list."""
        return self.app.main.thread_list

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError("the demo did not come so far")
            await self._pilot.pause(0.02)
        await come_to_rest(self._pilot)

    async def ready(self, *, is_empty: bool = False) -> None:
        """Wait until the account is synced, rows are there or gone, and the open conversation can be read."""
        engine, reader = self._engine, self.app.main.reader
        await self.until(
            lambda: engine.link().state is LinkState.LIVE and bool(self.threads.window.rows) != is_empty
        )
        await self.until(lambda: not engine.progress().is_syncing and not engine.progress().pending_ops)
        await self.until(lambda: self.app.main.open_thrid is None or reader.body is not None)

    async def go_to(self, subject: str) -> None:
        """Put the cursor on the conversation whose subject begins so."""
        rows = self.threads.window.rows
        self.threads.move_to(next(i for i, row in enumerate(rows) if row.subject.startswith(subject)))
        await come_to_rest(self._pilot)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self._pilot.press(*keys)
        await come_to_rest(self._pilot)

    async def take(self, name: str) -> None:
        """Write a picture of what is on the screen."""
        await come_to_rest(self._pilot)
        path = FOLDER / f"{name}.svg"
        path.write_text(with_wide_text(self.app.export_screenshot(title="gimap-tui")), encoding="utf-8")
        print(path.relative_to(FOLDER.parent))


async def inbox(session: Session) -> None:
    """What one sees first."""
    await session.take("inbox")


async def labels(session: Session) -> None:
    """Labels on two conversations."""
    await session.press("x", "j", "j", "x", "l", *"tra", "space", *["backspace"] * 3)
    await session.take("labels")
    await session.press("escape", "escape")


async def search(session: Session) -> None:
    """A search being typed, with completion."""
    await session.press("slash", *"has:attachment from:r")
    await session.take("search")
    await session.press("escape")


async def reading(session: Session) -> None:
    """A conversation, read."""
    await session.press("g", "g", "enter")
    await session.ready()
    await session.take("reading")
    await session.press("u")


async def activity(session: Session) -> None:
    """What was done, and what can be taken back."""
    await session.press("j", "j", "e", "s", "l", *"papers", "enter", "j", "e", "z")
    await session.ready()
    await session.press("g", "h")
    await session.take("activity")
    await session.press("escape")


async def help_screen(session: Session) -> None:
    """Every key."""
    await session.press("question_mark")
    await session.take("help")
    await session.press("escape")


async def light(session: Session) -> None:
    """The light theme."""
    session.app.theme = "gimap-light"
    await session.take("light")


async def triage(session: Session) -> None:
    """A session: from a full inbox over labels, archive and search to an empty one."""
    await session.go_to("Your parcel from")
    await session.take("triage-1-inbox")
    await session.press("l", *"wai")
    await session.take("triage-2-label")
    await session.press("enter")
    await session.ready()
    await session.take("triage-3-labelled")
    await session.press("e")
    await session.ready()
    await session.take("triage-4-archived")
    await session.press("slash", *"from:notify@circles.example is:read", "enter")
    await session.ready()
    await session.press("asterisk", "a")
    await session.take("triage-5-search")
    await session.press("e", "g", "i", "asterisk", "a", "asterisk", "a", "e")
    await session.ready(is_empty=True)
    await session.take("triage-6-zero")


Scene = Callable[[Session], Awaitable[None]]
SCENES: dict[tuple[int, int], tuple[Scene, ...]] = {
    (120, 36): (inbox, labels, search, reading, help_screen, activity, light),
    (100, 24): (triage,),
    (200, 50): (),
    (80, 24): (),
}


async def _play(size: tuple[int, int], scenes: tuple[Scene, ...]) -> None:
    with (
        demo_account() as (account, secret),
        tempfile.TemporaryDirectory() as folder,
        Engine(account, secret=secret, data_dir=Path(folder)) as engine,
    ):
        app = GimapApp(AppContext(engine, lambda: time.time_ns() // 1_000_000, state=State()))
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            session = Session(app, pilot, engine)
            await session.ready()
            if not scenes:
                await session.take("wide" if size[0] > 120 else "small")
            for scene in scenes:
                await scene(session)


def main() -> int:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    for size, scenes in SCENES.items():
        asyncio.run(_play(size, scenes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
