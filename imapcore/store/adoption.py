"""A store under a name that two accounts could share: whose it is, and its own name for it.

Earlier versions put ``_`` for each character of an address that a file's name should not have, so that
``a/b@x.y`` and ``a_b@x.y`` shared a store. What lives here: finding such a store and renaming it. What may
not: names of new stores; they are the engine's.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from imapcore.store.sqlite.connection import connect_reader
from imapcore.store.sqlite.lockfile import SIDE_FILES, WriterLock, suspect_mark

_WEIGHT = "SELECT coalesce(sum(written * 4 + seen + 1), 0) FROM address WHERE lower(email) = ?"


def adopt_store(old: Path, new: Path, email: str) -> Path:
    """Where the store of ``email`` lies: ``new``, to which one at ``old`` is moved if it is this account's.

    ``old`` itself as long as it is this account's and another process has it open.
    """
    if new.exists() or not old.exists() or not _is_of(old, email.lower()):
        return new
    lock = WriterLock(old)
    try:
        if not lock.acquire():
            return old
        # The database last: a store without it is none, and is looked for again.
        for suffix in SIDE_FILES:
            side = old.with_name(old.name + suffix)
            if side.exists():
                side.rename(new.with_name(new.name + suffix))
        if suspect_mark(old).exists():
            suspect_mark(old).rename(suspect_mark(new))
        old.rename(new)
    except OSError:
        # It can be opened under its old name, where whatever is wrong with the folder is said.
        return old
    finally:
        lock.release()
    return new


def _is_of(path: Path, email: str) -> bool:
    """Whether an account's own address is met in a store more often than the one its name stands for."""
    rival = path.name.removesuffix(".sqlite3")
    rival = "@".join(rival.split("@")[:2])
    if rival == email:
        return True
    try:
        with closing(connect_reader(path)) as connection:
            mine, others = (
                connection.execute(_WEIGHT, (address,)).fetchone()[0] for address in (email, rival)
            )
    except sqlite3.Error:
        # Damaged, or no store at all: whoever opens it under its name is told.
        return False
    return bool(mine > others)
