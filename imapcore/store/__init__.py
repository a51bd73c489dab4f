"""The local SQLite and the only SQL: what Gmail said, what the user changed, what is shown.

``Store.open`` gives the whole: ``mail`` (the server's side), ``journal`` (the user's), ``searches``,
``bodies``, a ``writer`` thread that does every write, and ``reader()`` for whoever looks. Values that cross
to sync are in ``facts``. Other packages import from here and from ``facts`` only.
"""

from __future__ import annotations

from imapcore.store.query.offline_search import Found
from imapcore.store.reader.reader import Reader
from imapcore.store.sqlite.ui_priority import UiPriority
from imapcore.store.sqlite.writer import Writer
from imapcore.store.store import Store

__all__ = ["Found", "Reader", "Store", "UiPriority", "Writer"]
