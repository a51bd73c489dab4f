"""Keys typed faster than the screen draws: each is for what the one before it opened.

Textual hands a key at once to whatever has the focus. A verb that opens a dialog takes some milliseconds, and
what was typed meanwhile would lie in the queue of the screen below, where letters are verbs. So keys go on
one at a time: the next only when the one before has been through its widget and every parent up to the
screen, and a screen that it opened has found its focus.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App
from textual.dom import DOMNode

_LOOK_SECONDS = 0.25
"""How often to look whether a key went down with the widget that it was given to."""
_PATIENCE_SECONDS = 5.0
"""A widget that is there but silent for so long will not answer; the next key may go."""


class KeyQueue:
    """Holds the keys that came while one is under way, in order."""

    def __init__(self, app: App[None], forward: Callable[[events.Key], Awaitable[None]]) -> None:
        """``forward`` gives a key to what has the focus now."""
        self._app = app
        self._forward = forward
        self._held: deque[events.Key] = deque()
        self._sent_at: float | None = None
        self._depth = 0
        self._at: DOMNode | None = None

    async def take(self, event: events.Key) -> None:
        """A key from the terminal: goes on at once when none is under way, else waits its turn."""
        if self._sent_at is None and not self._held:
            await self._send(event)
            return
        self._held.append(event)
        if len(self._held) == 1:
            self._app.set_timer(_LOOK_SECONDS, self._unstick)

    async def _send(self, event: events.Key) -> None:
        app = self._app
        self._sent_at = sent_at = time.monotonic()
        self._depth = len(app.screen_stack)
        target: DOMNode = app.focused or app.screen
        await self._forward(event)
        self._follow(target, sent_at)

    def _follow(self, node: DOMNode | None, sent_at: float) -> None:
        """Walk the way the key bubbles: a callback behind it in each queue, from the widget to its screen."""
        while node is not None and not isinstance(node, App):
            parent = node.parent
            self._at = node
            if node.call_later(self._follow, parent, sent_at):
                return
            node = parent  # It is closing: its parents are not.
        if self._sent_at == sent_at:
            self._settled()

    def _settled(self) -> None:
        if not self._held:
            self._sent_at = None
        elif len(self._app.screen_stack) != self._depth:
            # A screen came or went: it takes keys when it has composed itself and found its focus.
            self._depth = len(self._app.screen_stack)
            self._at = self._app.screen
            self._app.screen.call_after_refresh(self._settled)
        else:
            self._app.call_later(self._send, self._held.popleft())

    def _unstick(self) -> None:
        if self._sent_at is None or not self._held:
            return
        silent = time.monotonic() - self._sent_at
        is_there = self._at is not None and self._at.is_attached and self._at.is_running
        if silent >= (_PATIENCE_SECONDS if is_there else _LOOK_SECONDS):
            self._app.call_later(self._send, self._held.popleft())
        if self._held:
            self._app.set_timer(_LOOK_SECONDS, self._unstick)
