"""``gimap-tui doctor``: what stands between the user and the mail, as lines or as JSON.

What lives here: how findings are printed, and what is found about this terminal and these settings. What may
not: the checks of server, keyring and store; they are the engine's (``imapcore.engine.diagnosis``).
"""

from __future__ import annotations

import json
import locale
import os
import platform
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import asdict, replace

from imapcore import __version__
from imapcore.engine.diagnosis import Check, Report, Verdict, examine
from imapcore.model import Account
from tui.terminal.standard_streams import can_place_cursor, has_terminal

_SMALLEST = (60, 12)
"""Columns and lines below which the screen shows next to nothing."""
_MARKS = {Verdict.OK: "ok", Verdict.WARNING: "warning", Verdict.FAILED: "FAILED", Verdict.SKIPPED: "-"}
_COLOURS = {Verdict.OK: "32", Verdict.WARNING: "33", Verdict.FAILED: "31", Verdict.SKIPPED: "2"}
_MARK_WIDTH, _TITLE_WIDTH = 9, 15
_SUMMARIES = {
    Verdict.OK: "All is well.",
    Verdict.WARNING: "It works; what could be better is marked “warning”.",
    Verdict.FAILED: "Something does not work: begin with the first line marked FAILED.",
}
FAILED = 1
"""The exit code when something failed; warnings are no failure."""


def run_doctor(
    account: Account | None,
    *,
    secret: Callable[[], str] | None = None,
    is_token: bool = False,
    teller: str = "",
    data_dir: Path | None = None,
    problems: tuple[str, ...] = (),
    is_json: bool = False,
) -> int:
    """Look at everything and print what is found; the exit code.

    ``account``: None when none is configured. ``problems``: sentences about the configuration.
    """
    printer = _Printer(is_coloured=_has_colour())
    told = (lambda _: None) if is_json else printer.print
    here = [*_about_settings(problems), *_about_terminal()]
    if account is None:
        report = Report("", "", 0, (_NO_ACCOUNT,))
        told(_NO_ACCOUNT)
    else:
        if not is_json:
            print(f"{account.email} at {account.host}:{account.port}\n")
        report = examine(
            account, secret=secret, is_token=is_token, teller=teller, data_dir=data_dir, told=told
        )
    for check in here:
        told(check)
    report = replace(report, checks=(*report.checks, *here))
    if is_json:
        print(as_json(report))
    else:
        print(f"\n{_SUMMARIES[report.verdict]}")
    return FAILED if report.verdict is Verdict.FAILED else 0


_NO_ACCOUNT = Check(
    "account", "Account", Verdict.FAILED, "None is configured", "gimap-tui --account you@gmail.com"
)


def as_json(report: Report) -> str:
    """A report for programs; the names of checks and verdicts stay what they are."""
    return json.dumps(
        {
            "version": __version__,
            "verdict": report.verdict,
            "account": report.account,
            "host": report.host,
            "port": report.port,
            "checks": [asdict(each) for each in report.checks],
        },
        ensure_ascii=False,
        indent=1,
    )


class _Printer:
    """Prints each finding on lines as wide as the terminal, advice below it."""

    def __init__(self, *, is_coloured: bool) -> None:
        self._is_coloured = is_coloured
        self._width = max(40, shutil.get_terminal_size().columns)

    def print(self, check: Check) -> None:
        mark = _MARKS[check.verdict].ljust(_MARK_WIDTH)
        lines = self._folded(f"{check.title.ljust(_TITLE_WIDTH)}{check.told}", _MARK_WIDTH + _TITLE_WIDTH)
        if self._is_coloured:
            mark = f"\x1b[{_COLOURS[check.verdict]}m{mark}\x1b[0m"
        print(mark + lines.lstrip(), flush=True)
        if check.advice:
            print(
                self._folded(f"{' ' * _TITLE_WIDTH}→ {check.advice}", _MARK_WIDTH + _TITLE_WIDTH + 2),
                flush=True,
            )

    def _folded(self, text: str, indent: int) -> str:
        # An address is opened by whoever clicks on it: it is never cut.
        return textwrap.fill(
            text,
            self._width,
            initial_indent=" " * _MARK_WIDTH,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
            replace_whitespace=False,
        )


def _has_colour() -> bool:
    return sys.stdout.isatty() and can_place_cursor() and not os.environ.get("NO_COLOR")


def _about_settings(problems: tuple[str, ...]) -> Iterator[Check]:
    for problem in problems:
        advice = "gimap-tui config prints what is in force; gimap-tui locate config tells the file"
        yield Check("config", "Configuration", Verdict.WARNING, problem, advice)
    if not problems:
        yield Check("config", "Configuration", Verdict.OK, "Nothing is wrong with it")
    parts = f"gimap-tui {__version__}, Python {platform.python_version()}, Textual {version('textual')}"
    yield Check("versions", "Versions", Verdict.OK, f"{parts}, {platform.system()} {platform.release()}")


def _about_terminal() -> Iterator[Check]:
    """What this terminal says of itself."""
    name = os.environ.get("TERM", "")
    if not has_terminal():
        yield Check("terminal", "Terminal", Verdict.SKIPPED, "This is none: input or output goes elsewhere")
    elif not can_place_cursor():
        yield Check(
            "terminal",
            "Terminal",
            Verdict.FAILED,
            f"TERM={name or '(empty)'} cannot place a cursor",
            "gimap-tui --linear works with lines; if it is a better terminal, set TERM to its name",
        )
    else:
        yield _size(name)
    encoding = locale.getpreferredencoding(False)
    if encoding.replace("-", "").lower() == "utf8":
        yield Check("encoding", "Encoding", Verdict.OK, encoding)
    else:
        yield Check(
            "encoding",
            "Encoding",
            Verdict.WARNING,
            f"{encoding}: letters beyond it cannot be shown, and marks are drawn in ASCII",
            "Set LANG to a UTF-8 locale: export LANG=C.UTF-8",
        )


def _size(name: str) -> Check:
    from rich.console import Console

    columns, lines = shutil.get_terminal_size()
    colours = Console().color_system or "no colours"
    shown = {"standard": "16 colours", "256": "256 colours", "truecolor": "all colours"}.get(colours, colours)
    told = f"{name}, {columns}×{lines}, {shown}"
    if columns < _SMALLEST[0] or lines < _SMALLEST[1]:
        advice = f"Make the window larger: at least {_SMALLEST[0]}×{_SMALLEST[1]}"
        return Check("terminal", "Terminal", Verdict.WARNING, told, advice)
    if colours == "standard" and "color" not in name:
        advice = "If it can do more, set COLORTERM=truecolor or TERM=xterm-256color"
        return Check("terminal", "Terminal", Verdict.WARNING, told, advice)
    return Check("terminal", "Terminal", Verdict.OK, told)
