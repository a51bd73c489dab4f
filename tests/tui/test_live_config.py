"""The configuration is in force as soon as it is saved; a mistake in it costs nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, come_to_rest, make_desk
from tui.app import GimapApp
from tui.settings.config import keep_in_force, load_config, parse_config


class Live(Stage):
    """A running app whose configuration is a file."""

    path: Path
    ticks = 0

    async def save(self, text: str | bytes) -> None:
        """Write the file as an editor does, and let the second pass after which it is looked at."""
        self.path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.ticks += 1
        os.utime(self.path, (self.ticks, self.ticks))
        self.app._tick()
        await self.rest()

    def notices(self) -> str:
        """Every notice on the screen."""
        return "\n".join(f"{each.title}: {each.message}" for each in self.app._notifications)


@asynccontextmanager
async def live(path: Path, text: str = "", **chosen: str) -> AsyncIterator[Live]:
    path.write_text(text)
    mail = FakeEngine()
    desk = make_desk(mail, config=load_config(path), keymap=load_config(path).keymap)
    for name, value in chosen.items():
        setattr(desk.state, name, value)
    app = GimapApp(desk, config_path=path, has_timers=False)
    async with app.run_test(size=(120, 36)) as pilot:
        await come_to_rest(pilot)
        stage = Live(app, pilot, mail, desk)
        stage.path = path
        yield stage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


async def test_theme_density_reader_and_keys_change_without_a_restart(path: Path) -> None:
    async with live(path) as stage:
        await stage.save(
            '[look]\ntheme = "nord"\ndensity = "two"\nreader = "off"\nday_headings = false\n'
            '[keys]\nmap = "vim"\nstar = "f4"\n'
        )
        assert stage.app.theme == "nord"
        assert stage.threads.density.lines == 2
        assert not stage.main.has_reader_pane
        assert "Yesterday" not in stage.screen_text()
        assert stage.flash == "The configuration was read again"
        await stage.press("f4")
        assert stage.mail.submitted
        subject = stage.here()
        await stage.press("a")
        assert subject not in stage.subjects()
        await stage.save("")
        assert stage.app.theme == "gimap-dark"
        assert stage.threads.density.lines == 1
        assert stage.main.has_reader_pane
        assert stage.desk.keymap.name == "gmail"
        assert stage.desk.state.theme == ""


async def test_what_is_written_now_counts_more_than_what_was_chosen_before(path: Path) -> None:
    async with live(path, density="two", keymap="mutt", reader="below", theme="nord") as stage:
        assert stage.app.theme == "nord"
        await stage.save('[look]\ntheme = "gimap-light"\nreader = "off"\n[keys]\nmap = "vim"\n')
        assert (stage.app.theme, stage.desk.keymap.name) == ("gimap-light", "vim")
        assert not stage.main.has_reader_pane
        assert stage.threads.density.lines == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[look]\nthem = "gimap-light"\n', "did you mean “theme”?"),
        ('[look]\ntheme = "nrod"\n', "did you mean “nord”?"),
        ('[look]\ndensity = "three"\n', "must be one of one, two"),
        ('[look\ntheme = "gimap-light"\n', "The configuration is not TOML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ('[loo]\ntheme = "gimap-light"\n', "did you mean “look”?"),
        ('[keys]\narchiv = "E"\n', "did you mean “archive”?"),
        ('[look]\ntheme = "' + "x" * 100_000 + '"\n', "There is no theme"),
    ],
    ids=["setting", "theme", "value", "syntax", "bytes", "section", "command", "length"],
)
async def test_a_mistake_is_a_sentence_and_the_old_values_stay(
    path: Path, text: str | bytes, sentence: str
) -> None:
    async with live(path, '[look]\ntheme = "nord"\ndensity = "two"\n[keys]\nmap = "mutt"\n') as stage:
        await stage.save(text)
        assert sentence in stage.notices()
        assert len(stage.notices()) < 1000
        assert "Configuration: the rest stays as it was" in stage.notices()
        assert stage.app.theme == "nord"
        assert stage.threads.density.lines == 2
        assert stage.desk.keymap.name == "mutt"
        assert stage.app.is_running
        await stage.save('[look]\ntheme = "gimap-light"\n')
        assert stage.app.theme == "gimap-light"
        assert stage.desk.keymap.name == "gmail"


async def test_what_counts_only_from_the_next_start_is_said(path: Path) -> None:
    async with live(path) as stage:
        await stage.save("[look]\nascii = true\n")
        assert "from the next start" in stage.flash


def test_beside_a_mistake_what_is_right_counts() -> None:
    before = parse_config('[look]\ntheme = "nord"\n[keys]\nmap = "vim"\nstar = "f4"\n')
    after = keep_in_force(before, parse_config('[look]\ndensity = "two"\nthem = "x"\n[keys]\nspam = "f5"\n'))
    assert (after.look.theme, after.look.density, after.keymap) == ("nord", "two", "vim")
    assert after.keys == {"spam": ("f5",)}
    assert len(after.problems) == 1


async def test_a_theme_for_this_run_is_not_remembered() -> None:
    desk = make_desk(FakeEngine())
    app = GimapApp(desk, theme="nord", has_timers=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await come_to_rest(pilot)
        assert app.theme == "nord"
        assert desk.state.theme == ""
