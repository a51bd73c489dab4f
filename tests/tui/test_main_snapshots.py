"""Pictures of the main screen: fixed mail, fixed time, one state each. Message-flow tests come first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from textual.app import App
from textual.pilot import Pilot

from imapcore.model import LinkState, LinkStatus, Progress, View
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tests.tui.pilot import come_to_rest, make_app, make_desk
from tui.app import GimapApp
from tui.settings.config import parse_config
from tui.style.glyphs import ASCII, UNICODE, Glyphs

SnapCompare = Callable[..., bool]


@dataclass(frozen=True)
class Picture:
    """One state of the screen."""

    size: tuple[int, int] = (120, 36)
    press: tuple[str, ...] = ()
    mail: Callable[[], FakeEngine] = FakeEngine
    config: str = ""
    theme: str = ""
    keymap: str = "gmail"
    glyphs: Glyphs = UNICODE
    then: Callable[[GimapApp], None] | None = field(default=None)


def _pending() -> FakeEngine:
    return FakeEngine(stays_pending=True)


def _syncing() -> FakeEngine:
    return FakeEngine(done=Progress(100_050, 104_218, 2, True))


def _offline() -> FakeEngine:
    link = LinkStatus(LinkState.WAITING, "No connection to the mail server", "", "", retry_at=NOW_MS + 8_000)
    return FakeEngine(status=link, bodies_arrive=False)


def _show(view: View) -> Callable[[GimapApp], None]:
    return lambda app: app.main.show_view(view)


def _rejected(app: GimapApp) -> None:
    mail = app.desk.mail
    assert isinstance(mail, FakeEngine)
    mail.reject()
    app.main.look_again()


def _everything(app: GimapApp) -> None:
    app.main.thread_list.select_everything()


PICTURES: dict[str, Picture] = {
    "small": Picture((80, 24)),
    "usual": Picture((120, 36)),
    "wide": Picture((200, 50)),
    "narrow": Picture((60, 20)),
    "narrow-tree": Picture((60, 24), ("tab",)),
    "very-narrow": Picture((40, 16)),
    "tiny": Picture((20, 5)),
    "light": Picture(theme="gimap-light"),
    "foreign-theme": Picture(theme="nord"),
    "two-lines": Picture((100, 30), config='[look]\ndensity = "two"\n'),
    "no-day-headings": Picture((80, 24), config="[look]\nday_headings = false\n"),
    "ascii": Picture(glyphs=ASCII),
    "vim": Picture((120, 20), keymap="vim"),
    "selected": Picture(press=("j", "x", "j", "j", "x", "j")),
    "range": Picture((80, 24), ("j", "V", "j", "j", "j")),
    "everything-selected": Picture((80, 24), then=_everything),
    "archived": Picture(press=("j", "e")),
    "pending": Picture(press=("s", "j", "e", "j", "I"), mail=_pending),
    "refused": Picture(press=("j", "s"), mail=_pending, then=_rejected),
    "syncing": Picture((120, 20), mail=_syncing),
    "offline": Picture(mail=_offline),
    "read-only": Picture((80, 24), mail=lambda: FakeEngine(is_read_only=True)),
    "inbox-zero": Picture((80, 24), ("asterisk", "a", "e")),
    "filtered": Picture((80, 24), ("backslash", *"lisbon")),
    "nothing-found": Picture((80, 24), then=_show(View.of_search("from:nobody"))),
    "search-results": Picture((120, 20), then=_show(View.of_search("has:attachment from:bank"))),
    "label": Picture((120, 20), then=_show(View.of_label("Work"))),
    "sent": Picture((120, 20), ("g", "t")),
    "drafts": Picture((80, 24), ("g", "d")),
    "spam": Picture((80, 24), ("g", "exclamation_mark")),
    "all-mail": Picture((120, 30), ("g", "a")),
    "tree": Picture(press=("shift+tab", "j", "j", "j")),
    "tree-folded": Picture(press=("shift+tab", "G", "k", "left", "left")),
    "reading-in-place": Picture((80, 24), ("enter",)),
    "reading-off": Picture((120, 24), ("enter",)),
    "scrolled": Picture((80, 24), ("G",)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_snapshot(name: str, snap_compare: SnapCompare) -> None:
    picture = PICTURES[name]
    desk = make_desk(
        picture.mail(),
        config=parse_config(picture.config),
        keymap=picture.keymap,
        glyphs=picture.glyphs,
        theme=picture.theme,
    )
    app = make_app(desk)

    async def prepare(pilot: Pilot[None]) -> None:
        await come_to_rest(pilot)
        await pilot.press(*picture.press)
        await come_to_rest(pilot)
        if picture.then is not None:
            picture.then(app)
        await come_to_rest(pilot)

    run_before: Callable[[Pilot[None]], Awaitable[None]] = prepare
    shown: App[None] = app
    assert snap_compare(shown, terminal_size=picture.size, run_before=run_before)
