"""On a real pseudo-terminal: starting, leaving and being ended leave it as it was found."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.benchmarks.terminal import Terminal

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
SECONDS = 30.0


class Recorder(Terminal):
    """Keeps every byte the terminal was sent."""

    def __init__(self, folder: Path, *, columns: int = 80, lines: int = 24) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.tui_child", "app", str(folder), "127.0.0.1", "4"]
        env = {"GIMAP_CONFIG_DIR": str(folder / "config"), "GIMAP_STATE_DIR": str(folder / "state")}
        super().__init__([*command, "offline"], columns=columns, lines=lines, env=env)
        self.sent = b""

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
