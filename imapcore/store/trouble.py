"""Trouble: what SQLite's errors mean for a person, and damage remembered for the next start.

What lives here: one place that tells damage from a full disk. What may not: mending (``database.py`` does
it at the next start).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from imapcore.errors import StoreError
from imapcore.store.files import suspect_mark


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is broken (SQLITE_CORRUPT, SQLITE_NOTADB)."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def explained(error: sqlite3.Error, path: Path) -> StoreError:
    """An error of SQLite's in words; damage is remembered beside the store, so that its next opening mends
    it.
    """
    if is_damage(error):
        suspect_mark(path).touch(mode=0o600)
        return StoreError(
            str(error),
            title="The local store is damaged",
            hint="Start again: it is checked and rebuilt from Gmail",
        )
    return StoreError(str(error), hint="Is the disk full, or the folder read-only?")
