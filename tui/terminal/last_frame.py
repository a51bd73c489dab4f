"""The last frame: what the screen will show first, drawn before anything that draws it is loaded.

What lives here: the file that holds it, whether it still is true, drawing it with nothing but the system's
calls, and handing the terminal over to the driver. Nothing of ours may be imported at the head of this file,
and little of Python's: loading Textual takes longer than other mail programs take to start, and all of that
time the list can stand on the screen.

A list that is not true is not wanted. So the frame is that of a start (the inbox from its top, nothing open),
made when the user leaves, and is drawn only if since then nothing was written to the store, the configuration
and what is remembered (each file's size and time, to the nanosecond; with SQLite's write-ahead log), and if
the words of the command line, the terminal, its size, the language, the version and the day are the same: a
date reads differently tomorrow. Whatever differs, nothing is drawn, and the start is as it would be without.

The file is input like any other. It holds no escape sequences: text, colours as numbers, places as numbers;
one that does not fit, or a character that is not printable, and none of it is drawn. The screen that comes
afterwards is compared with it (``shown_screen``), so that only what differs is sent.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

Drawn = tuple[int, int, int, str, str, str, str]
"""Line, column, cells; SGR parameters of attributes, foreground and background; the text."""
Frame = list[Drawn]

_FORMAT = "gimap-tui frame 1"
_LARGEST_OCTETS = 400_000
_MOST_FILES = 16
_MOST_PARAMETERS = 24
_DUMB = ("", "dumb", "unknown")
_TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "LC_TIME", "TZ", "PYTHONUTF8")
_TAKEN = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
"""A screen of our own without cursor and line wrap, on which a paste is told from keys."""
_GIVEN_BACK = "\x1b[0m\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"
_PRINTABLE_TOO = frozenset("\u00a0\u3000\u2002\u2003\u2009\u202f\u200c\u200d\u200e\u200f")
"""Spaces, joiners and marks of direction, which Python calls not printable."""


class Painted:
    """A frame that stands on the terminal, and how the terminal was before."""

    def __init__(self, size: tuple[int, int], frame: Frame, attributes: list[Any]) -> None:
        self.size = size
        self.frame = frame
        self.attributes = attributes


_painted: Painted | None = None


# -- before the start --------------------------------------------------------------------------------------


def paint(words: Sequence[str]) -> None:
    """Draw the frame that was kept for this command line, if there is one that is true."""
    global _painted
    if _painted is not None or os.environ.get("TERM", "") in _DUMB:
        return
    if not all(os.isatty(descriptor) for descriptor in (0, 1, 2)):
        return
    try:
        size = os.get_terminal_size(2)
        if os.tcgetpgrp(0) != os.getpgrp():
            return
        frame = _read(_path(words), _stamp(words, (size.columns, size.lines)), (size.columns, size.lines))
    except OSError:
        return  # No frame, or no terminal that can be asked: the start finds out by itself.
    if frame is not None:
        _painted = Painted((size.columns, size.lines), frame, _take_terminal())
        _write(_TAKEN + "".join(map(_octets, frame)) + "\x1b[0m\x1b[1;1H")


def take() -> Painted | None:
    """Who calls this draws from now on, and gives the terminal back in the end."""
    global _painted
    painted, _painted = _painted, None
    return painted


def give_back() -> None:
    """Nobody came to draw: the terminal is as it was before. Without effect when somebody did."""
    painted = take()
    if painted is not None:
        import signal
        import termios

        _write(_GIVEN_BACK)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        try:
            termios.tcsetattr(0, termios.TCSADRAIN, painted.attributes)
        except termios.error:
            return  # It is gone.


def _take_terminal() -> list[Any]:
    """No echo, no lines: what is typed meanwhile is kept for the screen. Returns how it was."""
    import signal
    import termios

    before = termios.tcgetattr(0)
    raw = termios.tcgetattr(0)
    raw[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    raw[6][termios.VMIN] = 1
    termios.tcsetattr(0, termios.TCSANOW, raw)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended_by)
    return before


def _ended_by(number: int, _: object) -> None:
    give_back()
    os._exit(128 + number)


def _octets(drawn: Drawn) -> str:
    y, x, width, attributes, foreground, background, text = drawn
    pen = ";".join(each for each in ("0", attributes, foreground, background) if each)
    place = f"\x1b[{x + 1}G"
    # Cleared first: how wide the text is drawn may be the terminal's own affair.
    cleared = "" if text.isascii() else " " * width + place
    return f"\x1b[{y + 1};{x + 1}H\x1b[{pen}m{cleared}{text}"


def _write(text: str) -> None:
    stream = sys.__stderr__
    encoding = "utf-8" if stream is None else stream.encoding
    octets = text.encode(encoding, "replace")
    try:
        while octets:
            octets = octets[os.write(2, octets) :]
    except OSError:
        return  # The terminal is gone: the start finds out by itself.


# -- the file ----------------------------------------------------------------------------------------------


def _path(words: Sequence[str]) -> str:
    """The file of a command line: two accounts have two."""
    from zlib import crc32

    folder = os.environ.get("GIMAP_STATE_DIR", "")
    if not folder and sys.platform == "darwin":
        folder = os.path.expanduser("~/Library/Application Support/gimap-tui")
    elif not folder:
        base = os.environ.get("XDG_STATE_HOME", "") or os.path.expanduser("~/.local/state")
        folder = os.path.join(base, "gimap-tui")
    return os.path.join(folder, f"frame-{crc32(chr(0).join(words).encode('utf-8', 'replace')):08x}")


def _stamp(words: Sequence[str], size: tuple[int, int]) -> str:
    """All that must be the same, but for the files."""
    import time

    from imapcore import __version__

    terminal = [os.environ.get(name) for name in _TERMINAL]
    day = time.strftime("%Y-%m-%d %z")
    return ascii((__version__, day, size[0], size[1], terminal, os.getcwd() if words else "", list(words)))


def _states(files: Sequence[str]) -> list[str]:
    """One line for each file: how it is now."""
    lines = []
    for name in files:
        try:
            found = os.stat(name)
            state = f"{found.st_size} {found.st_mtime_ns} {found.st_ino}"
        except OSError:
            state = "-"
        lines.append(f"{os.fsencode(name).hex()} {state}")
    return lines


def _read(path: str, stamp: str, size: tuple[int, int]) -> Frame | None:
    """The frame, if it is true; None also where the file is none of ours. Raises OSError without one."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.getuid() or found.st_size > _LARGEST_OCTETS:
            return None
        octets = os.read(descriptor, _LARGEST_OCTETS)
    finally:
        os.close(descriptor)
    try:
        lines = octets.decode("utf-8").split("\n")
        count = int(lines[2])
        if lines[0] != _FORMAT or lines[1] != stamp or not 0 < count <= _MOST_FILES or lines[-1] != "end":
            return None
        files = lines[3 : 3 + count]
        now = _states([os.fsdecode(bytes.fromhex(line.partition(" ")[0])) for line in files])
        if now[0].endswith(" -"):
            # The mail it shows was removed: it goes the same way.
            os.unlink(path)
        if now != files:
            return None
        return [_parsed(line, size) for line in lines[3 + count : -1]] or None
    except (ValueError, IndexError):
        return None


def _parsed(line: str, size: tuple[int, int]) -> Drawn:
    """One piece of the frame. Raises ValueError if it is not what we write."""
    y, x, width, attributes, foreground, background, text = line.split("\t")
    place = int(y), int(x), int(width)
    is_inside = 0 <= place[0] < size[1] and place[1] >= 0 and 0 < place[2] <= size[0] - place[1]
    if not is_inside or len(text) > 4 * place[2] or not is_safe(text):
        raise ValueError("this is no piece of a frame of that size")
    for parameters in (attributes, foreground, background):
        if len(parameters) > _MOST_PARAMETERS or parameters.strip("0123456789;"):
            raise ValueError("these are no colours")
    return (*place, attributes, foreground, background, text)


def is_safe(text: str) -> bool:
    """Whether a text holds nothing that moves a terminal, or turns what stands beside it around."""
    return text.isprintable() or all(each.isprintable() or each in _PRINTABLE_TOO for each in text)


# -- after the end -----------------------------------------------------------------------------------------


def keep(words: Sequence[str], size: tuple[int, int], frame: Frame, files: Sequence[str]) -> None:
    """Write the frame of the next start.

    ``files``: what it was made from, the store first; all of them are at rest by now.

    Where it cannot be written there is none, and the next start is as it would be without.
    """
    path = _path(words)
    lines = [_FORMAT, _stamp(words, size), str(len(files)), *_states(files)]
    for y, x, width, attributes, foreground, background, text in frame:
        shown = text if is_safe(text) else " " * width
        lines.append(f"{y}\t{x}\t{width}\t{attributes}\t{foreground}\t{background}\t{shown}")
    octets = "\n".join([*lines, "end"]).encode("utf-8", "replace")
    draft = f"{path}.new"
    try:
        forget(words)
        if len(octets) > _LARGEST_OCTETS:
            return
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            written = os.write(descriptor, octets)
        finally:
            os.close(descriptor)
        if written == len(octets):
            os.replace(draft, path)
        else:
            os.unlink(draft)
    except OSError:
        return


def forget(words: Sequence[str]) -> None:
    """Remove what was kept for a command line."""
    try:
        os.unlink(_path(words))
    except OSError:
        return  # There is none, or none that could be read either.
