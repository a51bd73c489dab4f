"""The files of a store: private to the user, locked by one writer, set aside when damaged.

What lives here: folders and files with their permissions, the operating system's lock, renaming. What may
not: SQL.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from imapcore.private_folder import make_private_folder

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database in WAL mode."""


def make_private(path: Path) -> None:
    """Make the file's folder (0700) and an empty file (0600) where they are missing, and narrow what is
    wider.
    """
    make_private_folder(path.parent)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    path.chmod(0o600)


class WriterLock:
    """The right to write one store, held by one process at a time and let go when that process ends.

    The lock is the operating system's (``flock``), on a file beside the store: a killed process leaves
    none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting; False when somebody else has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def suspect_mark(path: Path) -> Path:
    """The file whose presence says: damage was met while working, check the whole store when it is opened;
    and whose text, if it has one, what the damage is that no check finds.
    """
    return path.with_name(path.name + ".suspect")


def set_aside(path: Path, stamp: str) -> Path:
    """Rename a damaged store and what lies beside it; the new name of the store itself."""
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(aside.with_name(aside.name + suffix))
    path.rename(aside)
    suspect_mark(path).unlink(missing_ok=True)
    return aside
