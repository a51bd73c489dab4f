"""A fault of our own: the traceback goes into a file that only the user can read, a sentence to the screen.

A traceback with the values of variables, as Textual prints it, would hold mail and perhaps a password.
"""

from __future__ import annotations

import os
from pathlib import Path

from imapcore.private_folder import make_private_folder


def crash_sentence(text: str, path: Path) -> str:
    """Write a traceback down; returns the sentence that tells the user, with the file if there is one."""
    told = (
        "gimap-tui met a fault of its own and stopped. Nothing you did is lost: what was not sent yet is "
        "in the journal and goes out at the next start."
    )
    try:
        make_private_folder(path.parent)
        path.unlink(missing_ok=True)
        # Private from its first octet on, and never somebody else's file.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return told
    return f"{told} Please report it with {path}."
