"""The sessions' side of an engine, made when the screen stands: loading it takes longer than a first frame.

What lives here: when ``Connections`` are made, who made them, and what was asked of them before. What may
not: an import of anything that speaks IMAP before ``_make`` runs; that is the point of this file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imapcore.engine.connections import Connections

JOIN_SECONDS = 5.0
"""Loading cannot be interrupted; whoever leaves at once waits for its end at most so long."""


class DeferredStart:
    """Owner of the workers and of the thread that makes them; thread-safe, and nobody waits for it."""

    def __init__(self, make: Callable[[], Connections], crashed: Callable[[BaseException], None]) -> None:
        """``make`` loads and starts them."""
        self._make = make
        self._crashed = crashed
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked: list[Callable[[Connections], None]] | None = []
        self._is_stopping = False
        self.workers: Connections | None = None

    def begin(self, within_seconds: float) -> None:
        """Make them: at once and before this returns for 0, else when ``go`` is called or the time is up."""
        if within_seconds <= 0:
            self._begin()
            return
        self._thread = threading.Thread(
            target=self._begin_later, args=(within_seconds,), name="crew", daemon=True
        )
        self._thread.start()

    def go(self) -> None:
        """Nothing is gained by waiting any longer."""
        self._go.set()

    def ask(self, call: Callable[[Connections], None]) -> None:
        """Have the workers do something: now, or in order as soon as they are there."""
        with self._lock:
            if self._asked is not None:
                self._asked.append(call)
                return
        if self.workers is not None:
            call(self.workers)

    def stop(self, seconds: float) -> None:
        """Stop them within ``seconds``; what was asked and not begun is forgotten (the journal keeps ops)."""
        with self._lock:
            self._is_stopping = True
        self._go.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
        if self.workers is not None:
            self.workers.stop(seconds)

    def _begin_later(self, seconds: float) -> None:
        self._go.wait(seconds)
        try:
            self._begin()
        except BaseException as error:
            self._crashed(error)
            raise

    def _begin(self) -> None:
        with self._lock:
            if self._is_stopping:
                self._asked = None
                return
        workers = self.workers = self._make()
        while True:
            with self._lock:
                calls = self._asked
                if not calls:
                    self._asked = None
                    return
                self._asked = []
            for call in calls:
                call(workers)
