"""Beside the screen: changes that take longer than a key may wait, one after the other.

What lives here: the queue in front of the engine's writer. What may not: which changes are large. As long as
one is under way whatever else would write waits behind it, in order; the screen goes on reading.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from imapcore.errors import GimapError
from tui.messages import Tone

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

T = TypeVar("T")


class Aside:
    """Does what it is given, at once or beside the screen; the results are handled on the screen's thread."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], object]]] = deque()
        self._is_busy = False
        self._has_seen_long_ones = False

    def do(self, work: Callable[[], T], then: Callable[[T], object], *, is_long: bool = False) -> None:
        """Run ``work`` and hand its result to ``then``; ``is_long``: on another thread.

        Raises what ``work`` raises if it is run at once; later, an error of the engine's becomes a sentence.
        """
        if not is_long and not self._is_busy:
            then(work())
            return
        self._has_seen_long_ones = True
        self._waiting.append((work, then))
        if not self._is_busy:
            self._is_busy = True
            self._screen.run_worker(self._work_off(), group="aside")

    @property
    def may_be_long(self) -> bool:
        """Whether what is taken back may be as large as something done before."""
        return self._has_seen_long_ones

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                work, then = self._waiting.popleft()
                try:
                    result = await asyncio.to_thread(work)
                except GimapError as error:
                    self._screen.flash(error.sentence(), Tone.PROBLEM)
                else:
                    then(result)
        finally:
            self._is_busy = False
