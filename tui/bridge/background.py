"""Beside the screen: changes that take longer than a key may wait, one after the other.

What lives here: the queue in front of the engine's writer, and from when on a change is large. As long as one
is under way whatever else would write waits behind it, in order; the screens go on reading.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct
from textual.dom import DOMNode

from imapcore.errors import GimapError
from tui.bridge.port import MailEngine

T = TypeVar("T")

LARGE = 1_000
"""Conversations, or messages, from which on a change takes the journal longer than a key may wait."""

LAST = 50
"""Ops among which the one is that undo or redo is about."""


class _Task(Struct, frozen=True):
    work: Callable[[], Any]
    then: Callable[[Any], object]
    complain: Callable[[str], object]


class Background:
    """Does what it is given, at once or beside the screen; the results are handled on the screen's thread."""

    def __init__(self, owner: DOMNode, complain: Callable[[str], object]) -> None:
        """``owner`` lives as long as anything may be under way; ``complain`` is told, in a sentence, what
        could not be done.
        """
        self._owner = owner
        self._complain = complain
        self._waiting: deque[_Task] = deque()
        self._is_busy = False

    def do(
        self,
        work: Callable[[], T],
        then: Callable[[T], object],
        *,
        is_long: bool = False,
        complain: Callable[[str], object] | None = None,
    ) -> None:
        """Run ``work`` and hand its result to ``then``; ``is_long``: on another thread.

        Raises what ``work`` raises if it is run at once; later, an error of the engine's becomes a sentence.
        """
        if not is_long and not self._is_busy:
            then(work())
            return
        self._waiting.append(_Task(work, then, complain or self._complain))
        if not self._is_busy:
            self._is_busy = True
            self._owner.run_worker(self._work_off(), group="aside")

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                task = self._waiting.popleft()
                try:
                    result = await asyncio.to_thread(task.work)
                except GimapError as error:
                    task.complain(error.sentence())
                else:
                    task.then(result)
        finally:
            self._is_busy = False


def may_be_large(mail: MailEngine) -> bool:
    """Whether what undo or redo is about may be a large change."""
    return any(each.messages >= LARGE for each in mail.activity(LAST))
