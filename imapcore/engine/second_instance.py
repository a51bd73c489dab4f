"""A second gimap-tui on one account: it reads what the first one stores, and takes over when that one leaves.

What lives here: the thread that looks whether the store has changed, and whether its lock is free. What may
not: reading and taking over themselves (``engine``).

One process writes a store. SQLite tells every other whether something was committed since it last looked
(``PRAGMA data_version``), and the operating system lets go of the lock when its holder ends, however it ends;
so looking once a second is all there is to do, and nothing has to be said between the two.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

JOIN_SECONDS = 5.0


class SecondInstance:
    """Owner of the thread ``second``, from ``start`` to ``stop``; ends by itself when it has taken over."""

    def __init__(
        self,
        version: Callable[[], int],
        changed: Callable[[], None],
        take_over: Callable[[], bool],
        crashed: Callable[[BaseException], None],
        *,
        seconds: float,
    ) -> None:
        """``version`` differs when the store was changed; ``changed`` is told so; ``take_over`` tries to
        become the one that writes, and says whether it has.
        """
        self._version = version
        self._changed = changed
        self._take_over = take_over
        self._crashed = crashed
        self._seconds = seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="second", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end of the thread."""
        self._is_over.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        try:
            seen = self._version()
            while not self._is_over.wait(self._seconds):
                if self._take_over():
                    return
                version = self._version()
                if version != seen:
                    seen = version
                    self._changed()
        except BaseException as error:
            self._crashed(error)
            raise
