"""The local SQLite and the only SQL: what Gmail said, what the user changed, what is shown.

``Store.open`` gives the whole: what Gmail said is in ``messages``, ``uids``, ``labels``, ``envelopes``,
``searches`` and ``bodies``; what the user changed in ``journal``, whose ``queue`` and ``answers`` are for who
sends it. A ``writer`` thread does every write, ``reader()`` is for whoever looks. Values that cross
to sync are in ``facts``. Other packages import from here and from ``facts`` only.

The rooms, from the ground up; each imports only rooms further down:

- ``sqlite``      connections, the one writer, migrations; knows no mail
- ``marks``       labels, flags and places as small numbers, and the sets of them that occur
- ``query``       full text, the scope of a view, Gmail's language in SQL
- ``threads``     conversations as rows of a list, kept in step with every change
- ``changes``     what an op does to a message, as values: steps, what is open, the inverse
- ``repair``      whether the tables agree, and what can be saved of a damaged file
- ``repository``  what the next two share: one writer, one numbering, one way to read
- ``mail``        what Gmail said: messages, uids, labels, bodies, searches
- ``journal``     what the user changed; ``outbox`` what the user writes; ``reader`` is who only looks
- ``store``       ``Store``: opens the file and puts the rooms together
"""

from __future__ import annotations

from imapcore.store.query.offline_search import Found
from imapcore.store.query.scope import scope_of
from imapcore.store.reader.reader import Reader
from imapcore.store.repair.health import SQLITE_VERSION, StoreHealth, look_at_store, sqlite_problem
from imapcore.store.sqlite.ui_priority import UiPriority
from imapcore.store.sqlite.writer import Writer
from imapcore.store.store import Store

__all__ = [
    "SQLITE_VERSION",
    "Found",
    "Reader",
    "Store",
    "StoreHealth",
    "UiPriority",
    "Writer",
    "look_at_store",
    "scope_of",
    "sqlite_problem",
]
