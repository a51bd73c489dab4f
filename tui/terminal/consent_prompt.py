"""Signing in with Google on the bare terminal: a browser here, or over ssh an address and a pasted answer."""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imapcore.errors import GimapError, InvalidArgument
from tui.terminal.browser import find_browser, start_browser
from tui.terminal.password_prompt import tell

if TYPE_CHECKING:
    from imapcore.engine.google_sign_in import GoogleSignIn
    from imapcore.model import Account

LONGEST_SECONDS = 600.0
"""Whoever has not answered by then has gone away."""
_STEP_SECONDS = 0.2


def sign_in_with_google(account: Account, client_file: Path) -> None:
    """Ask for consent until there is an answer, and keep what it gives. Raises GimapError: none is kept."""
    from imapcore.engine.google_sign_in import GoogleSignIn

    with GoogleSignIn(account, client_file) as attempt:
        _show(attempt)
        until = time.monotonic() + LONGEST_SECONDS
        while (answer := _next_answer(attempt, until)) is not None:
            try:
                attempt.finish(answer)
            except GimapError as error:
                if not _may_paste_again(error):
                    raise
                tell(error.sentence())
            else:
                return
    raise InvalidArgument("Begin again when there is time", title="There was no answer from Google")


def _may_paste_again(error: GimapError) -> bool:
    """Whether what was pasted was no answer at all; a real one counts only once."""
    return error.title == "This is not Google's answer"


def _show(attempt: GoogleSignIn) -> None:
    browser = None if os.environ.get("SSH_CONNECTION") else find_browser()
    if browser is not None and not browser.is_in_terminal and not start_browser(browser, attempt.address):
        print("Your browser asks for your consent. If it does not, open this address:")
    else:
        print("Open this address in a browser, on any machine:")
    print(f"\n{attempt.address}\n")
    print("On another machine the browser ends at an address of http://127.0.0.1 that does not open:")
    print("copy that address, paste it here, and press Enter.", flush=True)


def _next_answer(attempt: GoogleSignIn, until: float) -> str | None:
    """What the browser brought or the user pasted; None when the time is up, or nobody can paste."""
    can_read = True
    while time.monotonic() < until:
        if (answer := attempt.wait(0 if can_read else _STEP_SECONDS)) is not None:
            return answer
        if can_read and select.select([sys.stdin], [], [], _STEP_SECONDS)[0]:
            line = sys.stdin.readline()
            if line.strip():
                return line
            can_read = bool(line)
    return None
