"""Trouble: what errors met in the store mean for a person, and damage remembered for the next start.

What lives here: one place that tells damage from a full disk. What may not: finding out what is damaged
(``repair.integrity``) and mending (``Store.open`` does it at the next start).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from msgspec import MsgspecError

from imapcore.errors import GimapError, InvalidArgument, StoreError
from imapcore.store.sqlite.lockfile import suspect_mark

PHRASES = (
    "could not decode to utf-8",
    "no such column",
    "no such table",
    "has no column named",
    "because it is a view",
    "unsupported file format",
    "malformed json",
    "json cannot hold",
)
"""What is said when a text of the store is none any more (SQLite itself does not look), when the tables are
not those that were made, and when the header names a format there is not.
"""

BROKEN = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG))
"""Codes of SQLite's for what cannot be: what we store is far from too large, so that only damage is."""


NONSENSE = (ValueError, LookupError, TypeError, MsgspecError)
"""What Python says of a stored value that cannot be."""


def is_damage(error: Exception) -> bool:
    """Whether the file itself is broken, or what stands in it."""
    # A broken schema is told with its own words, which may be no text either.
    if isinstance(error, UnicodeDecodeError) or any(phrase in str(error).lower() for phrase in PHRASES):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in BROKEN


def explained(error: sqlite3.Error, path: Path) -> StoreError:
    """An error of SQLite's in words; damage is remembered beside the store, so that its next opening mends
    it.
    """
    if is_damage(error):
        return damaged(str(error), path)
    if isinstance(error, sqlite3.IntegrityError):
        # Rows contradict each other. No check finds that, so the mark itself says it.
        trouble = damaged(str(error), path)
        suspect_mark(path).write_text(str(error), encoding="utf-8")
        return trouble
    return _out_of_room(error) or StoreError(str(error), hint="Is the disk full, or the folder read-only?")


def _out_of_room(error: sqlite3.Error) -> StoreError | None:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            "The local store needs room for what it is to keep",
            title="The disk is full",
            hint="Make room and start again; what was stored before is not lost",
        )
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(
            "Nothing can be written to the local store",
            title="The local store is read-only",
            hint="Make its folder and file writable, or choose another folder",
        )
    return None


def told(error: BaseException, path: Path) -> BaseException:
    """What to raise for an error met while reading or writing the store: whatever it was, or a StoreError."""
    if isinstance(error, GimapError):
        return error
    if isinstance(error, sqlite3.Error):
        return explained(error, path)
    if isinstance(error, UnicodeEncodeError):
        return InvalidArgument("It holds half a character, which is no text")
    if isinstance(error, NONSENSE):
        return damaged(f"something in it makes no sense ({type(error).__name__}: {error})", path)
    return error


def damaged(detail: str, path: Path) -> StoreError:
    """What stands in the store cannot be."""
    suspect_mark(path).touch(mode=0o600)
    return StoreError(
        detail,
        title="The local store is damaged",
        hint="Start again: it is checked and rebuilt from Gmail",
    )
