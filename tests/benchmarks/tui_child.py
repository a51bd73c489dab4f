"""What the benchmark runs on its terminal: an empty Textual app, or gimap-tui on a store or a server given.

``python -m tests.benchmarks.tui_child empty`` and ``… app FOLDER HOST PORT [offline]``. The second goes the
command line's own way; only the account and its secret come from the benchmark instead of the keyring.
"""

from __future__ import annotations

import sys
from pathlib import Path

MARKER = "ready-marker"


def empty() -> None:
    """The least that Textual can show."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Empty(App[None]):
        """One line of text."""

        def compose(self) -> ComposeResult:
            yield Static(MARKER)

    Empty().run()


def app(folder: Path, host: str, port: int, *, is_offline: bool) -> int:
    """gimap-tui."""
    from tui import __main__, command_line

    def account(*_: object) -> object:
        from imapcore.model import Account, Security

        return Account("demo@gmail.com", host, port, Security.NONE), lambda: "demodemodemodemo", folder

    command_line._account = account  # type: ignore[assignment]
    return __main__.main(["--offline"] if is_offline else [])


if __name__ == "__main__":
    if sys.argv[1] == "empty":
        empty()
    else:
        sys.exit(app(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), is_offline="offline" in sys.argv))
