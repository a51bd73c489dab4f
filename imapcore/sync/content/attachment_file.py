"""Attachments on disk: a safe name, never over another file, readable by nobody else.

What lives here: writing octets that came in a mail into a folder of the user's. What may not: the network,
opening files.
"""

from __future__ import annotations

import os
from pathlib import Path

from imapcore.private_folder import make_private_folder
from imapcore.sanitize import clean_filename

MOST_TRIES = 1000


def write_file(folder: Path, name: str, octets: bytes) -> Path:
    """Write a new file ``name`` (or ``name (2)`` …) with mode 0600; its path. Raises OSError."""
    make_private_folder(folder)
    safe = clean_filename(name)
    stem, dot, ending = safe.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (safe, "")
    for number in range(1, MOST_TRIES):
        path = folder / (safe if number == 1 else f"{stem} ({number}){ending}")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        return path
    raise FileExistsError(f"too many files named {safe}")
