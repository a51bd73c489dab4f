"""The local SQLite and the only SQL: what Gmail said, what the user changed, what is shown.

``Store.open`` gives the whole: ``mail`` (the server's side), ``journal`` (the user's), ``searches``,
``bodies``, a ``writer`` thread that does every write, and ``reader()`` for whoever looks. Values that cross
to sync are in ``facts``. Other packages import from here and from ``facts`` only.
"""

from __future__ import annotations

from imapcore.store.database import Store
from imapcore.store.find import Found
from imapcore.store.gate import Gate
from imapcore.store.reader import Reader
from imapcore.store.writer import Writer

__all__ = ["Found", "Gate", "Reader", "Store", "Writer"]
