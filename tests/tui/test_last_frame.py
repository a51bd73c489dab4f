"""The frame that is drawn before anything is loaded: only where it is true, only what is harmless."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.benchmarks.terminal import Terminal
from tests.benchmarks.tui import stored
from tests.tui.test_terminal import ENTER, LEAVE, SECONDS, Recorder
from tui.terminal import last_frame
from tui.terminal.last_frame import Frame
from tui.terminal.shown_screen import ShownScreen

WORDS, SIZE = ("--offline",), (40, 5)
FRAME: Frame = [
    (0, 0, 6, "1", "38;2;1;2;3", "49", "Inbox "),
    (1, 2, 4, "", "39", "48;5;7", "来週"),
    (2, 0, 2, "", "39", "49", "सब"),
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands for the mail, and a place for the frame."""
    (tmp_path / "state").mkdir(mode=0o700)
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path / "state"))
    store = tmp_path / "mail.sqlite3"
    store.write_bytes(b"mail")
    return store


def keep(store: Path, frame: Frame = FRAME) -> Path:
    """Keep a frame made from this store; the file it is in."""
    last_frame.keep(WORDS, SIZE, frame, [str(store), f"{store}-wal"])
    return Path(last_frame._path(WORDS))


def kept(words: tuple[str, ...] = WORDS, size: tuple[int, int] = SIZE) -> Frame | None:
    """The frame that would be drawn now."""
    try:
        return last_frame._read(last_frame._path(words), last_frame._stamp(words, size), size)
    except OSError:
        return None


def test_what_was_kept_is_drawn_and_nobody_else_can_read_it(store: Path) -> None:
    path = keep(store)
    assert kept() == FRAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert "\x1b" not in path.read_text(encoding="utf-8")


CHANGES: dict[str, Callable[[Path, pytest.MonkeyPatch], object]] = {
    "the store was written to": lambda store, _: store.write_bytes(b"mails"),
    "as many octets, later": lambda store, _: os.utime(store, ns=(1, 1)),
    "another is writing to it": lambda store, _: Path(f"{store}-wal").write_bytes(b"wal"),
    "it was put in its place": lambda store, _: (
        (store.parent / "new").write_bytes(b"mail"),
        (store.parent / "new").replace(store),
    ),
    "another terminal": lambda _, patch: patch.setenv("TERM", "vt100"),
    "other colours": lambda _, patch: patch.setenv("NO_COLOR", "1"),
    "another language": lambda _, patch: patch.setenv("LC_ALL", "C"),
    "another day": lambda _, patch: patch.setattr(time, "strftime", lambda _: "2031-01-01 +0000"),
    "another version": lambda _, patch: patch.setattr("imapcore.__version__", "9.9.9"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_frame_that_may_not_be_true_is_not_drawn(
    store: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    keep(store)
    CHANGES[change](store, monkeypatch)
    assert kept() is None


def test_other_words_another_size_another_account_have_none(store: Path) -> None:
    keep(store)
    assert kept(size=(41, 5)) is None
    assert kept(("--offline", "--account", "b@gmail.com")) is None
    assert kept() == FRAME


def test_when_the_mail_is_removed_its_frame_goes_too(store: Path) -> None:
    path = keep(store)
    store.unlink()
    assert kept() is None
    assert not path.exists()


def test_a_frame_that_cannot_be_written_or_is_too_large_leaves_none(store: Path) -> None:
    path = keep(store)
    keep(store, [(y, 0, 40, "", "39", "49", "x" * 40) for y in range(20_000)])
    assert not path.exists()
    path.mkdir()
    keep(store)
    assert kept() is None


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\x9bb", "\u202eabc", "\u2066abc", "a\tb", "a\nb", "\udce9"])
def test_what_would_move_a_terminal_is_neither_kept_nor_drawn(store: Path, text: str) -> None:
    path = keep(store, [(0, 0, 9, "", "39", "49", text)])
    assert kept() == [(0, 0, 9, "", "39", "49", " " * 9)]
    changed = path.read_bytes().replace(b" " * 9, text.encode("utf-8", "surrogateescape"))
    path.write_bytes(changed)
    assert kept() is None


@pytest.mark.parametrize("piece", ["5\t0", "0\t40", "-1\t0", "0\t-1", "0\t39", "x\t0", "0\t0\t1"])
def test_a_piece_outside_of_the_screen_is_none(store: Path, piece: str) -> None:
    path = keep(store)
    path.write_text(path.read_text(encoding="utf-8").replace("\n0\t0\t6", f"\n{piece}\t6"), encoding="utf-8")
    assert kept() is None


@pytest.mark.parametrize("colour", ["38;2;1;2;3m\x1b[2J", "1" * 30, "0x", "5n", "-", "?"])
def test_colours_are_numbers(store: Path, colour: str) -> None:
    path = keep(store)
    path.write_text(path.read_text(encoding="utf-8").replace("38;2;1;2;3", colour), encoding="utf-8")
    assert kept() is None


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.integers(0, 700), st.integers(0, 60), st.booleans())
def test_whatever_is_in_the_file_nothing_moves_the_terminal(
    store: Path, junk: bytes, place: int, gone: int, is_all: bool
) -> None:
    path = keep(store)
    octets = path.read_bytes()
    path.write_bytes(junk if is_all else octets[:place] + junk + octets[place + gone :])
    for drawn in kept() or []:
        octets_drawn = last_frame._octets(drawn)
        assert last_frame.is_safe(drawn[6])
        assert octets_drawn.count("\x1b") == 2 + (not drawn[6].isascii())
        assert drawn[0] < SIZE[1]
        assert drawn[1] + drawn[2] <= SIZE[0]


@pytest.mark.parametrize("what", ["fifo", "link", "folder", "large"])
def test_a_file_that_is_none_costs_no_wait(store: Path, what: str) -> None:
    path = keep(store)
    octets = path.read_bytes()
    path.unlink()
    if what == "fifo":
        os.mkfifo(path)
    elif what == "link":
        (path.parent / "other").write_bytes(octets)
        path.symlink_to(path.parent / "other")
    elif what == "folder":
        path.mkdir()
    else:
        path.write_bytes(octets + b"\n" * 500_000)
    assert kept() is None


def test_the_picture_of_a_frame_is_the_frame() -> None:
    shown = ShownScreen()
    shown.assume(FRAME, SIZE)
    assert shown.drawn() == FRAME


# -- on a terminal -----------------------------------------------------------------------------------------

MODES = b"\x1b[?1000h"
"""What the screen asks the terminal for as soon as it has been loaded."""


@pytest.fixture
def started_before(tmp_path: Path) -> Path:
    """A stored account whose screen was left a moment ago."""
    folder = tmp_path / "mail"
    stored(folder, 200)
    (folder / "state").mkdir(mode=0o700)
    with Recorder(folder) as terminal:
        terminal.shows("conversations")
        terminal.settle(0.3, 5)
        terminal.write(b"jj\r\x11")
        assert terminal.wait(SECONDS) == 0
    return folder


def rows(terminal: Terminal) -> list[str]:
    """The lines of the list."""
    return terminal.text().split("\n")[1:-1]


def test_the_list_stands_before_anything_is_loaded_and_is_taken_over(started_before: Path) -> None:
    with Recorder(started_before) as terminal:
        terminal.shows("? help")
        early = terminal.sent
        drawn = rows(terminal)
        terminal.settle(0.5, 10)
        assert rows(terminal) == drawn
        assert MODES not in early
        assert terminal.sent.count(ENTER) == 1
        # The header's link, no more: nothing flickers.
        assert len(terminal.sent.partition(MODES)[2]) < 800
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0
        assert terminal.sent.count(LEAVE) == 1


def test_keys_typed_at_the_early_frame_do_what_they_say_in_order(started_before: Path) -> None:
    with Recorder(started_before) as terminal:
        terminal.shows("? help")
        before = rows(terminal)
        terminal.write(b"jjkjk\r")
        assert MODES not in terminal.sent
        terminal.shows("next message")
        assert b"jjkjk" not in terminal.sent
        terminal.write(b"u")
        terminal.shows("conversations")
        terminal.settle(0.3, 5)
        marked = [y for y, line in enumerate(rows(terminal)) if line.startswith("▎")]
        first = [y for y, line in enumerate(before) if line.startswith("▎")]
        assert marked[0] > first[0]
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


def test_after_a_change_of_the_mail_nothing_is_drawn_early(started_before: Path) -> None:
    store = next(started_before.glob("*.sqlite3"))
    os.utime(store, ns=(store.stat().st_atime_ns, store.stat().st_mtime_ns + 1))
    with Recorder(started_before) as terminal:
        terminal.shows("conversations")
        assert MODES in terminal.sent
        terminal.write(b"\x11")
        assert terminal.wait(SECONDS) == 0


_ALONE = """
import os, sys, time
from tui.terminal import last_frame
last_frame._read = lambda *_: [(0, 0, 5, "", "39", "49", "Inbox")]
last_frame.paint([])
if sys.argv[1] == "wait":
    time.sleep(60)
last_frame.give_back()
print("an error", file=sys.stderr)
"""


@pytest.mark.parametrize("number", [0, signal.SIGTERM, signal.SIGHUP])
def test_where_no_screen_follows_the_terminal_is_as_it_was(number: int) -> None:
    with Terminal(
        [sys.executable, "-c", _ALONE, "wait" if number else "end"], columns=40, lines=5
    ) as terminal:
        before = termios.tcgetattr(terminal._master)
        if number:
            assert terminal.wait_for("Inbox", SECONDS) is not None
            assert termios.tcgetattr(terminal._master) != before
            os.kill(terminal.pid, number)
        assert terminal.wait(SECONDS) == (128 + number if number else 0)
        terminal.settle(0.1, 2)
        assert termios.tcgetattr(terminal._master) == before


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": ""}])
def test_a_terminal_that_cannot_be_drawn_on_is_left_alone(env: dict[str, str]) -> None:
    with Terminal([sys.executable, "-c", _ALONE, "end"], columns=40, lines=5, env=env) as terminal:
        assert terminal.wait_for("an error", SECONDS) is not None
        assert "Inbox" not in terminal.text()
