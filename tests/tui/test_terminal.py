"""On a real pseudo-terminal: starting, leaving and being ended leave it as it was found."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.benchmarks.terminal import Terminal
from tui.settings.state import load_state
from tui.terminal.driver import HUNG_UP, Output

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
SECONDS = 30.0


_SEEN = re.compile(r"[^\s\u2500-\u259f]")


class Recorder(Terminal):
    """Keeps every byte the terminal was sent."""

    def __init__(
        self,
        folder: Path,
        *,
        columns: int = 80,
        lines: int = 24,
        command: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        child = ["tests.benchmarks.tui_child", "app", str(folder), "127.0.0.1", "4", "offline"]
        own = {"GIMAP_CONFIG_DIR": str(folder / "config"), "GIMAP_STATE_DIR": str(folder / "state")}
        super().__init__(
            [sys.executable, "-m", *(command or child)],
            columns=columns,
            lines=lines,
            env={**own, **(env or {})},
        )
        self.sent = b""

    def unreadable(self) -> list[str]:
        """What is drawn in the colour of what is behind it; rules and bars need not be seen."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        cells = (row[x] for row in rows for x in range(self._screen.columns))
        return [cell.data for cell in cells if _SEEN.match(cell.data) and cell.fg == cell.bg]

    def colours(self) -> set[str]:
        """Every colour on the screen: a name, ``default``, or six hexadecimal digits."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        cells = [row[x] for row in rows for x in range(self._screen.columns)]
        return {cell.fg for cell in cells} | {cell.bg for cell in cells}

    def read(self, seconds: float) -> bytes:
        data = super().read(seconds)
        self.sent += data
        return data

    def shows(self, text: str) -> None:
        """Wait until it is on the screen; says what is there instead."""
        assert self.wait_for(text, SECONDS) is not None, (
            f"no {text!r} in\n{self.text()}\n{self.sent[-2000:]!r}"
        )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


def test_ctrl_q_leaves_with_success(folder: Path) -> None:
    with Recorder(folder) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.2, 3)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0
        terminal.settle(0.1, 2)
    assert terminal.sent.rfind(LEAVE) > terminal.sent.rfind(ENTER)
    assert terminal.sent.rfind(SHOW_CURSOR) > terminal.sent.rfind(b"\x1b[?25l")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_sane(folder: Path, number: signal.Signals) -> None:
    with Recorder(folder) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.2, 3)
        os.kill(terminal.pid, number)
        assert terminal.wait(SECONDS) == 128 + number
        terminal.settle(0.1, 2)
    assert terminal.sent.rfind(LEAVE) > terminal.sent.rfind(ENTER)
    assert b"Traceback" not in terminal.sent


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_terminal_that_vanishes_ends_the_run(folder: Path, unbuffered: str) -> None:
    """Whatever is still buffered then: Python ends with 120 if it cannot hand that on."""
    with Recorder(folder, env={"PYTHONUNBUFFERED": unbuffered}) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.2, 3)
        for key in b"jjkkjjkk" * 20:
            terminal.write(bytes([key]))
        terminal.hang_up()
        assert terminal.wait(SECONDS) == HUNG_UP


def test_what_is_written_to_a_terminal_that_is_gone_is_lost_without_a_wait() -> None:
    class Gone(io.StringIO):
        def flush(self) -> None:
            raise OSError("Input/output error")

    told: list[None] = []
    output = Output(Gone(), lambda: told.append(None))
    assert output.write("frame") == 5
    output.flush()
    assert output.write("frame") == 5
    output.flush()
    assert told == [None]


def test_a_terminal_of_twenty_by_five_works(folder: Path) -> None:
    with Recorder(folder, columns=20, lines=5) as terminal:
        terminal.shows("Inbox")
        for key in (b"j", b"\r", b"\t", b"?", b"q", b"g", b"s"):
            terminal.write(key)
            terminal.settle(0.1, 1)
        # An escape and the key after it are one key (Alt) to a terminal, unless there is time between.
        for step, shown in ((b"\x1b", "Primary"), (b"\x1b", "offline"), (b"gs", "Starred")):
            terminal.write(step)
            terminal.shows(shown)
            terminal.settle(0.3, 3)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


def test_a_paste_of_a_hundred_kilobytes_is_no_list_of_commands(folder: Path) -> None:
    with Recorder(folder) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.2, 3)
        paste = b"\x1b[200~" + b"e#!z" * 25_000 + b"\x1b[201~"
        for start in range(0, len(paste), 4096):
            terminal.write(paste[start : start + 4096])
            terminal.read(0.01)
        terminal.settle(0.3, 5)
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0
    assert b"Traceback" not in terminal.sent


GREY = re.compile(r"default|black|white|bright\w*(black|white)|([0-9a-f]{2})\2\2")


@pytest.mark.parametrize(
    "env",
    [
        {"TERM": "xterm", "COLORTERM": ""},
        {"TERM": "xterm-256color", "COLORTERM": ""},
        {"NO_COLOR": "1"},
        {"NO_COLOR": "1", "TERM": "xterm", "COLORTERM": ""},
    ],
    ids=["16 colours", "256 colours", "no colour", "no colour of 16"],
)
def test_cursor_and_selection_are_seen_with_few_colours_or_none(folder: Path, env: dict[str, str]) -> None:
    with Recorder(folder, columns=120, lines=30, command=("tui", "--demo"), env=env) as terminal:
        terminal.shows("unread of")
        terminal.write(b"jxj")
        terminal.shows("1 selected")
        terminal.settle(0.3, 5)
        rows = terminal.text().splitlines()
        (picked,) = [row for row in rows if "\u2713" in row]
        (here,) = [row for row in rows if "\u258e" in row[26:]]
        assert rows.index(here) > rows.index(picked)
        assert terminal.unreadable() == []
        terminal.write(b"l")
        terminal.shows("Esc leaves all as it was")
        terminal.settle(0.3, 5)
        assert terminal.unreadable() == []
        if "NO_COLOR" in env:
            assert [each for each in terminal.colours() if not GREY.fullmatch(each)] == []
    if env.get("TERM"):
        assert b"38;2;" not in terminal.sent


def test_a_kill_loses_nothing_that_is_remembered(folder: Path) -> None:
    command = ("tui", "--offline", "--account", "ada.l@gmail.com")
    env = {"XDG_DATA_HOME": str(folder / "data"), "HOME": str(folder)}
    remembered = folder / "state" / "state-ada.l@gmail.com.json"
    with Recorder(folder, command=command, env=env) as terminal:
        terminal.shows("Inbox")
        terminal.settle(0.3, 5)
        terminal.write(b"\x1b[20~")
        deadline = time.monotonic() + SECONDS
        while load_state(remembered).theme != "gimap-light":
            assert time.monotonic() < deadline, terminal.text()
            terminal.read(0.05)
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait(SECONDS) == -signal.SIGKILL
    assert load_state(remembered).theme == "gimap-light"
    assert remembered.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in remembered.parent.iterdir() if each.name.startswith(".")] == []
