"""Textual's log holds nothing that was typed, and is nobody else's to read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, sys
from pathlib import Path
from textual import events
from textual.app import ComposeResult
from tui.terminal.terminal_app import TerminalApp
from textual.widgets import Input

class Asking(TerminalApp[None]):
    def compose(self) -> ComposeResult:
        yield Input(password=True)

async def main():
    app = Asking(Path(sys.argv[1]))
    async with app.run_test() as pilot:
        await pilot.press(*"qzxjvw")
        app.post_message(events.Paste("pastedsecret"))
        await pilot.pause()
        assert app.query_one(Input).value == "qzxjvwpastedsecret"

asyncio.run(main())
"""


def test_the_log_has_no_keys_and_is_private(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch(mode=0o644)
    log.chmod(0o644)
    env = {**os.environ, "TEXTUAL_LOG": str(log)}
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path / "crash")], check=True, env=env, timeout=50)
    text = log.read_text(encoding="utf-8")
    assert "Key" in text, "events are still told by their kind"
    assert not [letter for letter in "qzxjvw" if f"'{letter}'" in text]
    assert "secret" not in text
    assert "qzx" not in text
    assert log.stat().st_mode & 0o777 == 0o600
