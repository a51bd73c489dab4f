"""On a real pseudo-terminal: whatever arrives as input, and however the streams stand, the app is itself."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.terminal import Terminal
from tests.tui.terminal_replies import ALL
from tests.tui.test_terminal import SECONDS, Recorder
from tui.terminal.crash_report import crash_sentence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


def environment(folder: Path) -> dict[str, str]:
    return {"GIMAP_CONFIG_DIR": str(folder / "config"), "GIMAP_STATE_DIR": str(folder / "state")}


def in_shell(folder: Path, redirection: str = "", **env: str) -> Terminal:
    """A shell on a terminal that starts the app, tells its exit code and waits."""
    child = f"{sys.executable} -m tests.benchmarks.tui_child app {folder} 127.0.0.1 4 offline {redirection}"
    script = f"set -m; {child}; echo code=$?; read line"
    return Terminal(["bash", "-c", script], columns=80, lines=24, env={**environment(folder), **env})


def shows(terminal: Terminal, text: str) -> None:
    assert terminal.wait_for(text, SECONDS) is not None, f"no {text!r} in\n{terminal.text()}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """The demo with its list drawn."""
    folder = tmp_path_factory.mktemp("demo")
    with Recorder(folder, columns=100, lines=30, command=("tui", "--demo")) as terminal:
        terminal.shows("conversations")
        terminal.settle(0.3, 10)
        yield terminal
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


def nothing_was_done(demo: Recorder) -> None:
    """The journal is empty: there is no change to take back."""
    demo.write(b"z")
    demo.shows("Nothing to undo")


def test_late_replies_do_nothing_to_the_mail(demo: Recorder) -> None:
    for reply in ALL:
        demo.write(reply)
        demo.read(0.01)
    demo.settle(0.3, 10)
    nothing_was_done(demo)


def test_a_lump_of_letters_does_nothing_and_says_so(demo: Recorder) -> None:
    demo.write(b"Dear all, please see the minutes below.")
    demo.shows("39 characters came at once")
    nothing_was_done(demo)


def test_in_a_field_a_reply_is_no_text_and_a_lump_is(demo: Recorder) -> None:
    demo.write(b"/")
    demo.shows("Search all mail")
    demo.write(b"\x1b[?62;22c")
    demo.write(b"from:ada \x1b]11;rgb:0000/0000/0000\x07")
    demo.shows("from:ada")
    assert "62;22c" not in demo.text()
    assert "rgb" not in demo.text()
    demo.write(b"\x1b")
    demo.settle(0.5, 10)


def test_octets_that_are_no_utf_8_end_nothing(demo: Recorder) -> None:
    demo.write(b"\xff")
    demo.write(b"\xea")
    demo.settle(0.2, 2)
    demo.write(b"\x1bOP")
    demo.shows("Keys in the list")
    demo.write(b"\x1b")
    demo.settle(0.5, 10)


@pytest.mark.parametrize("octets", [b"\x00", b"j", b"\x1b[B", b"\x1b[<35;10;10M"], ids=repr)
def test_a_flood_is_over_when_it_is_over(folder: Path, octets: bytes) -> None:
    with Recorder(folder, columns=100, lines=30, command=("tui", "--demo")) as terminal:
        terminal.shows("conversations")
        terminal.write(octets * (30_000 // len(octets)))
        terminal.settle(0.3, 10)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


def test_ctrl_l_draws_every_line_again(demo: Recorder) -> None:
    demo._screen.reset()
    assert "Inbox" not in demo.text()
    demo.write(b"\x0c")
    demo.shows("conversations")
    demo.shows("SEARCHES")
    demo.shows("archive")


def test_ctrl_c_says_what_it_is_for(demo: Recorder) -> None:
    demo.write(b"\x03")
    demo.shows("Ctrl+Q quits")


def test_ctrl_z_stops_and_fg_brings_everything_back(folder: Path) -> None:
    with Terminal(
        ["bash", "--norc", "--noprofile", "-i"], columns=80, lines=24, env=environment(folder)
    ) as terminal:
        child = f"{sys.executable} -m tests.benchmarks.tui_child app {folder} 127.0.0.1 4 offline"
        terminal.write(f"stty -a >{folder}/before; PS1='$ '; {child}; echo code=$?\n".encode())
        shows(terminal, "Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x1a")
        shows(terminal, "code=14")
        terminal.write(f"stty -a >{folder}/after; clear; fg\n".encode())
        shows(terminal, "Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x11")
        terminal.settle(0.5, 10)
        terminal.write(b"echo left\n")
        shows(terminal, "left")
        terminal.write(b"exit\n")
    assert (folder / "after").read_text(encoding="ascii") == (folder / "before").read_text(encoding="ascii")


def test_where_no_shell_waits_ctrl_z_says_so(folder: Path) -> None:
    with Recorder(folder) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x1a")
        terminal.shows("there is none here")
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


def test_stopped_and_continued_from_outside_it_draws_again(folder: Path) -> None:
    with Recorder(folder) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.3, 5)
        os.kill(terminal.pid, signal.SIGSTOP)
        terminal._screen.reset()
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.shows("Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


@pytest.mark.parametrize("redirection", ["", "2>log", "2>&-"])
def test_the_screen_is_drawn_wherever_standard_error_goes(folder: Path, redirection: str) -> None:
    with in_shell(folder, redirection.replace("log", str(folder / "log"))) as terminal:
        shows(terminal, "Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x11")
        shows(terminal, "code=0")


@pytest.mark.parametrize(
    ("redirection", "env", "sentence"),
    [
        ("<&-", {}, "This is not a terminal"),
        ("</dev/null", {}, "This is not a terminal"),
        (">&-", {}, "This is not a terminal"),
        ("", {"TERM": "dumb"}, "cannot place a cursor"),
    ],
)
def test_where_there_is_no_screen_there_is_a_sentence(
    folder: Path, redirection: str, env: dict[str, str], sentence: str
) -> None:
    with in_shell(folder, redirection, **env) as terminal:
        shows(terminal, "code=2")
        assert sentence in terminal.text().replace("\n", "")
        assert "Traceback" not in terminal.text()


def test_the_size_is_the_terminals_own_whatever_is_exported(folder: Path) -> None:
    with in_shell(folder, COLUMNS="60", LINES="12") as terminal:
        shows(terminal, "Inbox")
        deadline = time.monotonic() + SECONDS
        while not terminal.text().splitlines()[-1].strip():
            assert time.monotonic() < deadline, terminal.text()
            terminal.read(0.05)
        terminal.write(b"\x11")
        shows(terminal, "code=0")


def test_a_browser_in_the_terminal_gets_it_whole_and_its_ctrl_c_ends_only_the_browser(folder: Path) -> None:
    browser = folder / "w3m"
    browser.write_text('#!/bin/sh\nstty -a >"$0.modes"\necho "page $1"\nread line\n', encoding="ascii")
    browser.chmod(0o700)
    command, env = ("tui", "--demo"), {"BROWSER": str(browser)}
    with Recorder(folder, columns=120, lines=30, command=command, env=env) as terminal:
        terminal.shows("conversations")
        terminal.settle(0.3, 10)
        for key in (b"\x03", b"\x1c", b"\r"):
            terminal.write(b"W")
            terminal.shows("page https://mail.google.com/mail/?authuser=")
            assert "\nisig icanon " in (folder / "w3m.modes").read_text(encoding="ascii")
            terminal.write(key)
            terminal.shows("Opened https://mail.google.com/")
            terminal.shows("conversations")
            terminal.write(b"j")
            terminal.settle(0.3, 10)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


BROKEN = """
import sys
from tui.terminal import input_events
def fail(*_):
    raise RuntimeError("a fault in the thread that reads keys")
input_events.InputEvents.feed = fail
from tests.benchmarks import tui_child
from pathlib import Path
sys.exit(tui_child.app(Path(sys.argv[1]), "127.0.0.1", 4, is_offline=True))
"""


def test_when_reading_keys_fails_the_run_ends_with_a_sentence_and_a_private_file(folder: Path) -> None:
    script = folder / "broken.py"
    script.write_text(BROKEN, encoding="utf-8")
    command = [sys.executable, "-c", BROKEN, str(folder)]
    with Terminal(command, columns=80, lines=24, env=environment(folder)) as terminal:
        shows(terminal, "Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"j")
        assert terminal.wait(SECONDS) == 1
        terminal.settle(0.1, 2)
        assert "met a fault of its own" in terminal.text()
        assert "Traceback" not in terminal.text()
    (crash,) = folder.rglob("crash*")
    assert "RuntimeError" in crash.read_text(encoding="utf-8")
    assert crash.stat().st_mode & 0o777 == 0o600


def test_every_folder_that_a_crash_makes_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert "crash.log" in crash_sentence("Traceback", tmp_path / "state" / "gimap-tui" / "crash.log")
    finally:
        os.umask(before)
    made = [tmp_path / "state", tmp_path / "state" / "gimap-tui"]
    assert [each.stat().st_mode & 0o777 for each in made] == [0o700, 0o700]
