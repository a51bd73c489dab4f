"""Read-only connections to the store, lent to whoever reads, one borrower at a time.

What lives here: the pool. What may not: questions; they are the ``Reader``'s. The screen's thread reads
nearly always, so the pool holds one or two readers; short-lived worker threads borrow what is free.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from imapcore.errors import StoreError
from imapcore.store import Reader, Store

KEPT = 4
"""Idle readers that stay open."""


class ReaderPool:
    """Lends readers of one store; thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._idle: list[Reader] = []
        self._is_closed = False

    @contextmanager
    def borrow(self) -> Iterator[Reader]:
        """A reader for the length of a ``with``. Raises StoreError once the pool is closed."""
        with self._lock:
            if self._is_closed:
                raise StoreError("the engine has been stopped")
            reader = self._idle.pop() if self._idle else None
        if reader is None:
            reader = self._store.reader()
        try:
            yield reader
        except Exception as error:
            reader.explain(error)
            raise
        finally:
            with self._lock:
                surplus = None if self._keeps(reader) else reader
            if surplus is not None:
                surplus.close()

    def _keeps(self, reader: Reader) -> bool:
        if self._is_closed or len(self._idle) >= KEPT:
            return False
        self._idle.append(reader)
        return True

    def close(self) -> None:
        """Close the idle readers; one that is lent is closed when it comes back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.close()
