"""IDLE as a context manager and an iterator (RFC 2177), the shape imaplib has had since Python 3.14.

The object is made by ``IMAP4.idle`` and of use only inside its ``with`` block; how it is made up inside
is nobody's business.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from imapcore.classic.conversation import Conversation, Data

IDLING = "IDLING"
"""The state in between: no command but DONE is allowed."""


class Idler:
    """Untagged responses, one at a time or in bursts, as they arrive."""

    def __init__(self, imap: Conversation, duration: float | None = None) -> None:
        if "IDLE" not in imap.capabilities:
            raise imap.error("the server does not support IMAP4 IDLE")
        self._imap = imap
        self._duration = duration
        self._deadline: float | None = None
        self._tag: bytes | None = None
        self._state = imap.state
        self._heard: deque[tuple[str, Data]] = deque()

    def __enter__(self) -> Self:
        """Send IDLE and wait until the server takes it. Raises ``error`` if it refuses."""
        imap = self._imap
        self._state = imap.state
        tag = imap._command("IDLE")
        imap._idle_heard = self._heard
        try:
            while imap._get_response() is not None:
                if imap.tagged_commands[tag] is not None:
                    typ, data = imap._command_complete("IDLE", tag)
                    raise imap.error(f"IDLE refused: {typ} {data[-1]!r}")
        except BaseException:
            self._give_back()
            raise
        imap.state = IDLING
        self._tag = tag
        if self._duration is not None:
            self._deadline = time.monotonic() + self._duration
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send DONE and wait for the end of IDLE; what was not read is handed to ``response``."""
        imap, tag = self._imap, self._tag
        self._tag = None
        self._give_back()
        if tag is None:
            return
        imap.state = self._state
        try:
            imap._send_line(b"DONE")
            imap._command_complete("IDLE", tag)
        except (OSError, imap.abort):
            # The caller's own exception says more than the loss of a connection it no longer wants.
            if kind is None:
                raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[str, Data]:
        response = self._next(self._seconds_left())
        if response is None:
            raise StopIteration
        return response

    def burst(self, interval: float = 0.1) -> Iterator[tuple[str, Data]]:
        """The next response, and those that follow it no more than ``interval`` seconds apart."""
        response = self._next(self._seconds_left())
        while response is not None:
            yield response
            response = self._next(interval)

    def _seconds_left(self) -> float | None:
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def _next(self, timeout: float | None) -> tuple[str, Data] | None:
        """The next response within ``timeout`` seconds (None: however long it takes), or None."""
        imap = self._imap
        if self._tag is None:
            raise imap.error("an idle object is of use only inside its with block")
        while not self._heard:
            # A server that ended IDLE by itself has nothing more to say before the next command.
            if imap.tagged_commands[self._tag] is not None or not imap._wait_for_response(timeout):
                return None
        return self._heard.popleft()

    def _give_back(self) -> None:
        imap = self._imap
        imap._idle_heard = None
        while self._heard:
            typ, data = self._heard.popleft()
            imap.untagged_responses.setdefault(typ, []).extend(data)
