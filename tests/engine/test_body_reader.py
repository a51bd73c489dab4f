"""The reading thread: order of wishes, what is kept, and that nothing a mail does ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from imapcore.engine import body_reader
from imapcore.engine.body_reader import BodyReader
from imapcore.errors import GimapError, StoreError
from imapcore.model import Body

PATIENCE = 10.0


class Desk:
    """A reader of bodies that notes what is read, held at its first task until it is let go."""

    def __init__(self) -> None:
        self.read: list[tuple[int, str]] = []
        self.threads: set[str] = set()
        self.problems: dict[int, Exception] = {}
        self.absent: set[int] = set()
        self.octets = 1
        self._gate = threading.Event()
        self.reader = BodyReader(self._read)

    def _read(self, msgid: int, section: str) -> tuple[Body | None, int]:
        self.read.append((msgid, section))
        self.threads.add(threading.current_thread().name)
        if msgid in self.problems:
            raise self.problems[msgid]
        return (None if msgid in self.absent else Body(msgid, ())), self.octets

    def hold(self) -> None:
        """Keep the thread busy until ``let_go``."""
        held = threading.Event()

        def wait() -> None:
            held.set()
            self._gate.wait(PATIENCE)

        self.reader.do(wait)
        assert held.wait(PATIENCE)

    def let_go(self) -> None:
        """Let everything run, and wait until there is nothing left."""
        done = threading.Event()
        self._gate.set()
        # What is read ahead comes last of all, and the end of it after that.

        def find() -> list[int]:
            done.set()
            return []

        with self.reader._lock:
            self.reader._ahead.append(find)
            self.reader._wake()
        assert done.wait(PATIENCE)


@contextmanager
def at_desk() -> Iterator[Desk]:
    desk = Desk()
    try:
        yield desk
    finally:
        desk._gate.set()
        desk.reader.close()


def to_nobody(_body: Body | None, _error: GimapError | None) -> None:
    return None


def test_the_newest_wish_is_answered_first_and_reading_ahead_comes_last() -> None:
    with at_desk() as desk:
        desk.hold()
        desk.reader.read_ahead(lambda: [9])
        desk.reader.read_ahead(lambda: [7, 8])
        for msgid in (1, 2, 3):
            desk.reader.ask(msgid, "", to_nobody)
        desk.let_go()
        assert [msgid for msgid, _ in desk.read[:3]] == [3, 2, 1]
        assert desk.threads == {"body-reader"}
        assert 9 not in {msgid for msgid, _ in desk.read}


def test_what_was_read_ahead_is_ready_and_not_read_again() -> None:
    with at_desk() as desk:
        ready = threading.Event()
        desk.reader.read_ahead(lambda: [5])
        for _ in range(1000):
            if desk.reader.ready(5) is not None:
                break
            ready.wait(0.01)
        heard: list[Body | None] = []
        desk.hold()
        desk.reader.ask(5, "", lambda body, _error: heard.append(body))
        desk.let_go()
        assert heard == [Body(5, ())]
        assert desk.read == [(5, "")]


def test_two_who_want_the_same_are_both_told_of_one_reading() -> None:
    with at_desk() as desk:
        heard: list[int] = []
        desk.hold()
        desk.reader.ask(5, "1", lambda *_: heard.append(1))
        desk.reader.ask(5, "1", lambda *_: heard.append(2))
        desk.let_go()
        assert heard == [1, 2]
        assert desk.read == [(5, "1")]


def test_a_mail_that_cannot_be_read_is_said_and_the_next_is_read() -> None:
    heard: dict[int, GimapError | None] = {}

    def hear(msgid: int) -> Callable[[Body | None, GimapError | None], None]:
        return lambda _body, error: heard.__setitem__(msgid, error)

    with at_desk() as desk:
        desk.problems = {1: RecursionError("too deep"), 2: StoreError("disk full")}
        desk.hold()
        for msgid in (1, 2, 3):
            desk.reader.ask(msgid, "", hear(msgid))
        desk.let_go()
    assert heard[3] is None
    assert heard[1] is not None
    assert "RecursionError" in heard[1].detail
    assert isinstance(heard[2], StoreError)


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_reader, "KEPT_OCTETS", 10)
    with at_desk() as desk:
        for msgid in range(5):
            desk.reader.keep(msgid, "", Body(msgid, ()), 4)
        assert [msgid for msgid in range(5) if desk.reader.ready(msgid)] == [3, 4]
        desk.reader.keep(9, "", Body(9, ()), 1_000)
        assert desk.reader.ready(9) is not None
        assert desk.reader.ready(4) is None
        desk.reader.forget(9)
        assert desk.reader.ready(9) is None


def test_closing_ends_the_thread_and_forgets_what_was_wanted() -> None:
    desk = Desk()
    desk.hold()
    desk.reader.ask(1, "", to_nobody)
    closer = threading.Thread(target=desk.reader.close)
    closer.start()
    desk._gate.set()
    closer.join(PATIENCE)
    assert desk.reader._thread is not None
    desk.reader._thread.join(PATIENCE)
    assert not desk.reader._thread.is_alive()
    desk.reader.ask(2, "", to_nobody)
    assert desk.read == []
