"""Handing an address to a browser: which one, and never one that draws on our own screen unasked.

On a machine without a desktop ``xdg-open`` and Python's ``webbrowser`` start lynx or w3m in the terminal
they find, which is ours. So: what the user named in ``BROWSER``; else the desktop's opener where there is a
desktop; else nobody. A browser that draws in a terminal gets it, while we stand aside; any other gets no
stream of ours.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_IN_TERMINAL = frozenset(
    (
        "w3m",
        "lynx",
        "links",
        "links2",
        "elinks",
        "www-browser",
        "browsh",
        "carbonyl",
        "chawan",
        "cha",
        "retawq",
    )
)
"""Browsers that draw in the terminal they are started in."""
_started: list[subprocess.Popen[bytes]] = []


class Browser(Struct, frozen=True):
    """A program that shows addresses."""

    command: tuple[str, ...]
    """With ``%s`` where the address goes, if it is not the last word."""
    is_in_terminal: bool = False

    def words(self, url: str) -> list[str]:
        """What to run, without any shell."""
        if any("%s" in word for word in self.command):
            return [word.replace("%s", url) for word in self.command]
        return [*self.command, url]


def find_browser(env: Mapping[str, str] | None = None, platform: str = sys.platform) -> Browser | None:
    """The browser for this user on this machine; None where there is none that would be seen."""
    env = os.environ if env is None else env
    path = env.get("PATH")
    for entry in filter(None, env.get("BROWSER", "").split(":")):
        try:
            words = shlex.split(entry)
        except ValueError:
            continue
        if words and shutil.which(words[0], path=path):
            return Browser(tuple(words), Path(words[0]).name in _IN_TERMINAL)
    if platform == "darwin":
        names = ["open"]
    else:
        has_desktop = env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")
        names = ["wslview", *(["xdg-open"] if has_desktop else [])]
    for name in names:
        if shutil.which(name, path=path):
            return Browser((name,))
    return None


def start_browser(browser: Browser, url: str) -> str:
    """Start a browser of the desktop; what is wrong, as a sentence, or empty."""
    # One that has ended is let go here, so that it does not stay in the table of processes.
    _started[:] = [each for each in _started if each.poll() is None]
    try:
        process = subprocess.Popen(
            browser.words(url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{browser.command[0]} could not be started: {error.strerror or error}"
    _started.append(process)
    return ""


def run_browser(browser: Browser, url: str) -> str:
    """Let a browser draw in the terminal until it ends; what is wrong, as a sentence, or empty.

    The caller has given the terminal back before, and is the main thread. Ctrl+C and Ctrl+\\ reach every
    program on the terminal; as with ``system(3)``, they are for the one that draws there, and do not end us.
    """
    # A function and not SIG_IGN: that would be inherited, and the browser deaf to them, too.
    before = {number: signal.signal(number, _pass_over) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        subprocess.run(browser.words(url), check=False)
    except OSError as error:
        return f"{browser.command[0]} could not be started: {error.strerror or error}"
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ""


def _pass_over(number: int, frame: object) -> None:
    """A signal that is meant for the program in front."""
