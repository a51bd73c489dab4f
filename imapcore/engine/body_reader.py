"""Reading stored mail beside the screen: one thread that makes bodies of sources, what is asked for first.

What lives here: the order of reading (what somebody waits for, then what is likely to be opened next), and
the bodies that are kept in memory. What may not: fetching, choosing what to read.

A body is wanted by message and section; what is told when it is ready carries both, so that whoever has gone
on to another message or form can tell a late answer from the one that is waited for.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence

from imapcore.errors import GimapError
from imapcore.model import Body

KEPT_BODIES = 128
KEPT_OCTETS = 24_000_000
"""Bodies kept in memory, and the octets of the sources they were made of; a body takes some times as much."""
JOIN_SECONDS = 1.0

BodyKey = tuple[int, str]
"""A message, and the section of the form or part that is wanted; "" for the message as it is shown first."""
Read = Callable[[int, str], tuple[Body | None, int]]
"""Makes a body of what is stored, and tells the source's octets; None when nothing is stored."""
Done = Callable[[Body | None, GimapError | None], None]
"""Hears, on the reading thread, what became of a wish: a body, nothing stored, or why it cannot be read."""


class UnreadableMessage(GimapError):
    """Something in a mail that the reader did not expect."""

    title = "This message could not be read"
    hint = "Its source can be looked at; please report this"


class BodyReader:
    """Owner of the reading thread; every method is safe on any thread and returns at once."""

    def __init__(self, read: Read, pause: Callable[[], object] = lambda: None) -> None:
        """``pause`` waits, for a moment, as long as the screen is busy: called before reading ahead."""
        self._read = read
        self._pause = pause
        self._lock = threading.Condition()
        self._wanted: OrderedDict[BodyKey, list[Done]] = OrderedDict()
        self._calls: deque[Callable[[], None]] = deque()
        self._ahead: deque[Callable[[], Sequence[int]] | int] = deque()
        self._kept: OrderedDict[BodyKey, tuple[Body, int]] = OrderedDict()
        self._octets = 0
        self._thread: threading.Thread | None = None
        self._is_stopping = False

    def ready(self, msgid: int, section: str = "") -> Body | None:
        """A body that is in memory."""
        with self._lock:
            found = self._kept.get((msgid, section))
            if found is None:
                return None
            self._kept.move_to_end((msgid, section))
            return found[0]

    def ask(self, msgid: int, section: str, done: Done) -> None:
        """Read a body; the newest wish is the first to be answered."""
        with self._lock:
            self._wanted.setdefault((msgid, section), []).append(done)
            self._wanted.move_to_end((msgid, section), last=False)
            self._wake()

    def do(self, call: Callable[[], None]) -> None:
        """Run something else that reads a mail, in order; it raises nothing."""
        with self._lock:
            self._calls.append(call)
            self._wake()

    def read_ahead(self, find: Callable[[], Sequence[int]]) -> None:
        """Read what ``find`` tells (called on the reading thread), when nobody waits; this replaces what was
        to be read ahead before.
        """
        with self._lock:
            self._ahead = deque([find])
            self._wake()

    def forget(self, msgid: int) -> None:
        """Another source of a message has come: what was made of the old one is made anew."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == msgid]:
                self._octets -= self._kept.pop(key)[1]

    def keep(self, msgid: int, section: str, body: Body, octets: int) -> None:
        """Keep a body in memory, and let the longest unused ones go."""
        with self._lock:
            key = (msgid, section)
            if key in self._kept:
                self._octets -= self._kept.pop(key)[1]
            self._kept[key] = (body, octets)
            self._octets += octets
            while len(self._kept) > 1 and (len(self._kept) > KEPT_BODIES or self._octets > KEPT_OCTETS):
                _, (_, freed) = self._kept.popitem(last=False)
                self._octets -= freed

    def close(self) -> None:
        """End the thread; what was wanted is forgotten."""
        with self._lock:
            self._is_stopping = True
            self._wanted.clear()
            self._calls.clear()
            self._ahead.clear()
            self._lock.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            # A mail of megabytes is read to its end: the thread is not waited for much longer than a key is.
            self._thread.join(JOIN_SECONDS)

    def _wake(self) -> None:
        if self._thread is None and not self._is_stopping:
            self._thread = threading.Thread(target=self._run, name="body-reader", daemon=True)
            self._thread.start()
        self._lock.notify_all()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            task()

    def _next(self) -> Callable[[], None] | None:
        """What is to be done now: bodies that are waited for, then other work, then what may be wanted next;
        waits for it. None when it is time to end.
        """
        with self._lock:
            while not self._is_stopping:
                if self._wanted:
                    key, callbacks = self._wanted.popitem(last=False)
                    return lambda: self._answer(key, callbacks)
                if self._calls:
                    return self._calls.popleft()
                if self._ahead:
                    ahead = self._ahead.popleft()
                    return lambda: self._go_ahead(ahead)
                self._lock.wait()
        return None

    def _answer(self, key: BodyKey, callbacks: Sequence[Done]) -> None:
        body = self.ready(*key)
        error: GimapError | None = None
        if body is None:
            body, error = self._try(key)
        for done in callbacks:
            done(body, error)

    def _go_ahead(self, ahead: Callable[[], Sequence[int]] | int) -> None:
        self._pause()
        if isinstance(ahead, int):
            if self.ready(ahead) is None:
                self._try((ahead, ""))
            return
        try:
            found = ahead()
        except GimapError:
            # Nobody waits for it: whoever opens the conversation is told what is wrong.
            return
        with self._lock:
            # A newer wish may have come meanwhile; it replaced this one.
            if not self._ahead:
                self._ahead.extend(found)

    def _try(self, key: BodyKey) -> tuple[Body | None, GimapError | None]:
        try:
            body, octets = self._read(*key)
        except GimapError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 - one odd mail must not end the reading of all others
            return None, UnreadableMessage(f"{type(error).__name__}: {error}")
        if body is not None:
            self.keep(*key, body, octets)
        return body, None
