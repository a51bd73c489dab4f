"""How a store's file is, seen from outside: for whoever asks what is wrong, beside a program that uses it.

What lives here: looking, on a connection that cannot write. What may not: making, migrating or mending a
store; opening it does that.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from imapcore.store.sqlite.connection import connect_reader
from imapcore.store.sqlite.errors import is_damage
from imapcore.store.sqlite.lockfile import SIDE_FILES, suspect_mark
from imapcore.store.sqlite.migrations import APPLICATION_ID, MIGRATIONS, migrate

SQLITE_VERSION = sqlite3.sqlite_version
"""The library's, as Python brings it."""
_LOOKED_AT_EVERY = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


class StoreHealth(Struct, frozen=True):
    """What was found; ``problem`` is empty where nothing is wrong."""

    octets: int
    """With what SQLite keeps beside it."""
    messages: int = 0
    waiting: int = 0
    """Changes of the user's that were not sent yet."""
    problem: str = ""
    is_damaged: bool = False
    """The next start rebuilds it; otherwise it belongs to somebody else, or cannot be opened."""
    is_whole: bool = True
    """Whether all of it was looked at in the time there was."""
    readable_by_others: bool = False


def sqlite_problem() -> str:
    """Why this SQLite cannot keep a store: what making an empty one in memory raised; empty if it can."""
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            migrate(fresh)
    except sqlite3.Error as error:
        return str(error)
    return ""


def look_at_store(path: Path, seconds: float) -> StoreHealth | None:
    """Look at a store for so long at most; None where there is none. What is wrong with
    the file is in the answer."""
    try:
        found = path.stat()
        files = [path, *(path.with_name(path.name + suffix) for suffix in SIDE_FILES)]
        octets = sum(each.stat().st_size for each in files if each.exists())
    except FileNotFoundError:
        return None
    except OSError as error:
        return StoreHealth(0, problem=error.strerror or "it cannot be looked at")
    is_open = bool(found.st_mode & 0o077)
    if suspect_mark(path).exists():
        return StoreHealth(
            octets, problem="damage was met while working", is_damaged=True, readable_by_others=is_open
        )
    try:
        with closing(connect_reader(path)) as connection:
            problem, is_damaged = _stranger(connection)
            if problem:
                return StoreHealth(octets, problem=problem, is_damaged=is_damaged)
            messages, waiting = (int(connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])
                                 for rows in ("state", "op WHERE state IN ('pending', 'sent')"))  # fmt: skip
            answer = _check(connection, seconds)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return StoreHealth(octets, problem=str(error), is_damaged=is_damage(error))
    return StoreHealth(
        octets,
        messages,
        waiting,
        problem=answer if answer not in (None, "ok") else "",
        is_damaged=answer not in (None, "ok"),
        is_whole=answer is not None,
        readable_by_others=is_open,
    )


def _stranger(connection: sqlite3.Connection) -> tuple[str, bool]:
    """Why a file is no store of this version, and whether it is damaged."""
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if owner not in (0, APPLICATION_ID):
        return "it belongs to another program", False
    if version > len(MIGRATIONS):
        return f"it was written by a newer version (format {version})", False
    if version < len(MIGRATIONS):
        # Nothing is wrong with that: the next start brings it up to date.
        return f"it was written by an older version (format {version})", False
    return "", False


def _check(connection: sqlite3.Connection, seconds: float) -> str | None:
    """SQLite's own check; None when the time was up first."""
    until = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > until, _LOOKED_AT_EVERY)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
