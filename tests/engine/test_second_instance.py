"""A second gimap-tui on one account: it follows the first one, and takes over when that one has left."""

from __future__ import annotations

from pathlib import Path

from imapcore.engine import Engine
from imapcore.events import MessagesChanged
from imapcore.model import INBOX, Archive, LinkState, Threads
from imapcore.simulator import Simulator
from tests.engine.harness import QUICK, Watcher, account_of, agree, engine_on, settle


def test_the_second_one_follows_what_the_first_one_does(small: Simulator, tmp_path: Path) -> None:
    with (
        engine_on(small, tmp_path) as (first, watcher),
        engine_on(small, tmp_path, second_look_seconds=0.02) as (second, seen),
    ):
        settle(first, watcher)
        seen.wait_until(lambda: second.window(INBOX).rows == first.window(INBOX).rows)
        told = len(seen.of(MessagesChanged))
        first.submit(Archive(Threads((first.window(INBOX).rows[0].thrid,))))
        seen.wait_until(lambda: len(seen.of(MessagesChanged)) > told, "the change to be seen")
        assert second.window(INBOX).rows == first.window(INBOX).rows
        assert second.is_read_only


def test_the_second_one_takes_over_when_the_first_one_has_left(small: Simulator, tmp_path: Path) -> None:
    password = small.options.app_password
    first = Engine(account_of(small), secret=lambda: password, data_dir=tmp_path, options=QUICK)
    first.__enter__()
    try:
        settle(first, Watcher(first))
        with engine_on(small, tmp_path, second_look_seconds=0.02) as (second, seen):
            assert second.is_read_only
            assert second.link().state is LinkState.OFFLINE
            first.__exit__(None, None, None)
            seen.wait_until(lambda: not second.is_read_only, "the lock to be taken")
            agree(second, seen, small)
            row = second.window(INBOX).rows[0]
            second.submit(Archive(Threads((row.thrid,))))
            agree(second, seen, small)
            assert second.undo() is not None
            agree(second, seen, small)
    finally:
        first.__exit__(None, None, None)
