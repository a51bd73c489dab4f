"""An address goes to a browser that is seen, and never to one that takes our screen unasked."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.tui.pilot import running
from tui.actions.read import open_link
from tui.terminal.browser import Browser, find_browser, run_browser, start_browser

URL = "https://example.org/a?b=%s&c='$(touch x)'"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    for name in ("xdg-open", "w3m", "lynx", "firefox", "www-browser", "open"):
        path = tmp_path / name
        path.write_text("#!/bin/sh\n", encoding="ascii")
        path.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("env", "platform", "found"),
    [
        ({}, "linux", None),
        ({"DISPLAY": ":0"}, "linux", Browser(("xdg-open",))),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", Browser(("xdg-open",))),
        ({}, "darwin", Browser(("open",))),
        ({"BROWSER": "w3m"}, "linux", Browser(("w3m",), True)),
        (
            {"BROWSER": "gone:lynx -nocolor"},
            "linux",
            Browser(("lynx", "-nocolor"), True),
        ),
        ({"BROWSER": "firefox --new-window %s"}, "linux", Browser(("firefox", "--new-window", "%s"))),
        ({"BROWSER": "'", "DISPLAY": ":0"}, "linux", Browser(("xdg-open",))),
    ],
)
def test_which_browser(programs: Path, env: dict[str, str], platform: str, found: Browser | None) -> None:
    assert find_browser({"PATH": str(programs), **env}, platform) == found


def test_an_address_is_one_word_and_no_command() -> None:
    assert Browser(("firefox", "--url=%s")).words(URL) == ["firefox", f"--url={URL}"]
    assert Browser(("w3m",)).words(URL) == ["w3m", URL]


def test_a_desktop_browser_has_none_of_our_streams(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = "import os, sys; print('\\x1b]0;x\\x07'); open(sys.argv[1][5:], 'w').write('ran')"
    done = tmp_path / "done"
    assert start_browser(Browser((sys.executable, "-c", script)), f"file:{done}") == ""
    deadline = time.monotonic() + 30
    while not done.exists() or done.read_text() != "ran":
        assert time.monotonic() < deadline
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("start", [start_browser, run_browser])
def test_a_browser_that_is_not_there_is_a_sentence(start: object) -> None:
    assert callable(start)
    assert "could not be started" in start(Browser(("/nowhere/browser",)), URL)


async def test_an_address_is_copied_lent_or_handed_on_and_each_is_said(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(programs))
    url = "https://example.org/a"
    async with running((120, 24)) as stage:
        open_link(stage.main, url)
        assert stage.app.clipboard == url
        assert stage.flash == f"There is no desktop here, so it was copied: {url}"
        # Without a terminal there is none to lend.
        monkeypatch.setenv("BROWSER", "w3m")
        open_link(stage.main, url)
        assert stage.flash == f"This terminal cannot be lent to w3m: {url}"
        monkeypatch.setenv("BROWSER", "firefox")
        open_link(stage.main, url)
        assert stage.flash == f"Opened {url}"
        (programs / "firefox").write_text("#!/nowhere/shell\n", encoding="ascii")
        open_link(stage.main, url)
        assert "firefox could not be started" in stage.flash
        open_link(stage.main, "file:///etc/passwd")
        assert stage.flash == "Only web and mail addresses are opened"
