"""When the sessions are made: not before the screen stands, and nothing asked meanwhile is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from imapcore.engine.connections import Connections
from imapcore.engine.startup import DeferredStart

SECONDS = 5.0


class Hands:
    """Workers that only know how they ended."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.stopped: list[float] = []

    def stop(self, seconds: float) -> None:
        self.stopped.append(seconds)


class Bench:
    """A crew of such workers."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.made = threading.Event()
        self.crashes: list[BaseException] = []
        self.crew = DeferredStart(self._make, self.crashes.append)

    def _make(self) -> Connections:
        self.made.set()
        return cast(Connections, self.hands)

    def does(self, word: str) -> Callable[[Connections], None]:
        return lambda work: cast(Hands, work).did.append(word)


def test_what_was_asked_before_is_done_in_order_and_then_at_once() -> None:
    bench = Bench()
    bench.crew.begin(60.0)
    bench.crew.ask(bench.does("first"))
    bench.crew.ask(bench.does("second"))
    assert not bench.made.is_set()
    assert bench.hands.did == []
    bench.crew.go()
    assert bench.made.wait(SECONDS)
    done = threading.Event()
    bench.crew.ask(lambda _: done.set())
    assert done.wait(SECONDS)
    bench.crew.ask(bench.does("third"))
    bench.crew.stop(1.5)
    assert bench.hands.did == ["first", "second", "third"]
    assert bench.hands.stopped == [1.5]


def test_who_asks_while_they_begin_keeps_its_place() -> None:
    bench = Bench()

    def first(work: Connections) -> None:
        cast(Hands, work).did.append("first")
        bench.crew.ask(bench.does("last"))

    bench.crew.ask(first)
    bench.crew.ask(bench.does("second"))
    bench.crew.begin(0.0)
    assert bench.hands.did == ["first", "second", "last"]


def test_time_makes_them_too() -> None:
    bench = Bench()
    bench.crew.begin(0.001)
    assert bench.made.wait(SECONDS)
    bench.crew.stop(1.0)


def test_who_leaves_before_makes_none() -> None:
    bench = Bench()
    bench.crew.begin(60.0)
    bench.crew.ask(bench.does("never"))
    bench.crew.stop(1.0)
    bench.crew.ask(bench.does("nor this"))
    assert not bench.made.is_set()
    assert bench.hands.did == []
    assert bench.hands.stopped == []


def test_what_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[BaseException] = []

    def broken() -> Connections:
        raise OSError("no such file")

    seen = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: seen.set())
    crew = DeferredStart(broken, told.append)
    crew.begin(60.0)
    crew.go()
    assert seen.wait(SECONDS)
    crew.stop(1.0)
    assert [type(each) for each in told] == [OSError]


def test_a_first_frame_waits_for_nothing_that_speaks_imap(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
import tui.app, tui.context
from imapcore.engine import Engine, EngineOptions
from imapcore.model import Account, Role, View
with Engine(Account("me@gmail.com", "127.0.0.1", 9), secret=lambda: "x", data_dir=Path({str(tmp_path)!r}),
            options=EngineOptions(head_start_seconds=600.0)) as engine:
    engine.window(View.of_role(Role.INBOX)); engine.mailboxes(); engine.progress(); engine.link()
    engine.next_undo(); engine.activity(); engine.open(View.of_role(Role.INBOX)); engine.transcript()
    heavy = ("imapcore.protocol", "imapcore.sync", "imapcore.mime.message",
             "imapcore.net.connection", "keyring")
    print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
