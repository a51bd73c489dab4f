"""The reader: everything the screen asks of the store, for one thread, without waiting for anybody.

What lives here: the parts that ask, on one connection; people, the offline search. What may not: writing; the
network.
"""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from imapcore.model import Address
from imapcore.store.query.offline_search import Found, find
from imapcore.store.reader.activity import JournalReader
from imapcore.store.reader.bodies import BodyReader
from imapcore.store.reader.connection import ReadConnection
from imapcore.store.reader.lists import ListReader
from imapcore.store.reader.threads import ThreadReader
from imapcore.store.sqlite.migrations import MIGRATIONS

if TYPE_CHECKING:
    from imapcore.store.reader.preview import Previews


class Reader:
    """Questions to the store, for one thread; a context manager."""

    def __init__(self, path: Path, email: str = "") -> None:
        self._reads = ReadConnection(path, email)
        self.lists = ListReader(self._reads)
        """The tree, and windows of its lists."""
        self.threads = ThreadReader(self._reads)
        """Conversations and messages."""
        self.bodies = BodyReader(self._reads)
        """What was read."""
        self.journal = JournalReader(self._reads)
        """What the user changed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is not None:
            self.explain(error)

    def explain(self, error: BaseException) -> None:
        """Raise a StoreError for an error of a question that the store's own contents caused."""
        self._reads.explain(error)

    def check(self) -> str | None:
        """SQLite's own check of the whole file, then whether what stands in it can be; what is found, or
        None.
        """
        return self._reads.check()

    def close(self) -> None:
        """Close the connection."""
        self._reads.close()

    def people(self, prefix: str, limit: int = 20) -> tuple[Address, ...]:
        """Addresses for completion: the name, a word of it, or the address begins so. Those written to come
        first.
        """
        pattern = prefix.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._reads.rows(
            "SELECT name, email FROM (SELECT name, email, max(written * 4 + seen) AS weight, "
            "max(last) AS last "
            "FROM address WHERE email LIKE ?1 ESCAPE '\\' OR name LIKE ?1 ESCAPE '\\' "
            "OR name LIKE '% ' || ?1 ESCAPE '\\' GROUP BY lower(email)) WHERE email <> '' "
            "ORDER BY weight DESC, last DESC, email LIMIT ?2",
            (pattern, limit),
        )
        return tuple(Address(name, email) for name, email in rows)

    def previews(self) -> Previews:
        """What ops would send, as the store is now."""
        # Late: before the first frame nobody asks what a change would send.
        from imapcore.store.reader.preview import Previews

        self._reads.prepare(())
        return Previews(self._reads.rows, self._reads.kinds, self._reads.labels, self.threads.expanded)

    def is_current(self) -> bool:
        """Whether the store is of the version that is read here."""
        version = int(self._reads.rows("PRAGMA user_version")[0][0])
        return version == len(MIGRATIONS)

    def stored(self) -> int:
        """Messages in the store."""
        return int(self._reads.rows("SELECT value FROM meta WHERE key = 'messages'")[0][0])

    def find(self, query: str, limit: int = 5000, *, zone: tzinfo | None = None) -> Found:
        """The offline search: newest messages first that match, and which operators could not be
        understood. Days are those of ``zone``, by default the machine's own.
        """
        return find(self._reads.rows, query, limit, zone)
