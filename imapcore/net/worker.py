"""``Session``: a long-lived thread with an inbox, the owner of one connection at a time.

The thread runs one function, which is given the session and loops until ``is_stopping``. Whatever it opens
it opens with ``session.wakeup``, so that ``post`` ends its IDLE and ``stop`` ends any wait it is in. Who
starts a session stops it; ``stop`` returns within its deadline whatever the network does.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from imapcore.errors import Interrupted
from imapcore.net.wakeup import Wakeup

J = TypeVar("J")


class Session(Generic[J]):
    """A thread that works on jobs of type ``J``.

    ``main`` is called once, in the thread. It may raise Interrupted, which ends it quietly; any other
    exception ends it too and is kept in ``problem`` and handed to ``on_crash``.
    """

    def __init__(
        self,
        name: str,
        main: Callable[[Session[J]], None],
        *,
        on_crash: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.name = name
        self.wakeup = Wakeup()
        """What connections of this session are opened with."""
        self.problem: BaseException | None = None
        self._main = main
        self._on_crash = on_crash
        self._inbox: queue.SimpleQueue[J | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"session:{name}", daemon=True)
        self._is_started = False

    # -- from other threads ------------------------------------------------------------------------

    def start(self) -> None:
        """Begin."""
        self._is_started = True
        self._thread.start()

    def post(self, job: J) -> None:
        """Give it a job; an IDLE it is in ends."""
        self._inbox.put(job)
        self.wakeup.wake()

    def stop(self, timeout: float = 2.0) -> bool:
        """Interrupt whatever it waits for and wait for its end; False if it did not end in time."""
        self.wakeup.interrupt()
        self._inbox.put(None)
        if self._is_started:
            self._thread.join(timeout)
            if self._thread.is_alive():
                return False
        self.wakeup.close()
        return True

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    # -- in the thread -----------------------------------------------------------------------------

    @property
    def is_stopping(self) -> bool:
        """Whether ``stop`` was called."""
        return self.wakeup.is_interrupted

    def next_job(self, timeout: float) -> J | None:
        """Wait for a job for so many seconds; None when there is none. Raises Interrupted when stopping."""
        try:
            job = self._inbox.get(timeout=timeout) if timeout > 0 else self._inbox.get_nowait()
        except queue.Empty:
            job = None
        if self.is_stopping:
            raise Interrupted
        return job

    def _run(self) -> None:
        try:
            self._main(self)
        except Interrupted:
            return
        except BaseException as error:
            self.problem = error
            if self._on_crash is None:
                raise
            self._on_crash(error)
