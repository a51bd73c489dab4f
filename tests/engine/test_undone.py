"""What was deleted forever elsewhere does not come back, and nobody is told that it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.events import OpRejected
from imapcore.model import INBOX, Messages, MoveToTrash, OpState
from imapcore.simulator import Simulator
from imapcore.sync.push.replay import GONE
from tests.engine.harness import QUICK, agree, engine_on, in_store, settle, store_of

UNAWARE = replace(QUICK, poll_seconds=3600.0, list_seconds=3600.0, thorough_seconds=3600.0)
"""What happens elsewhere is not seen by itself."""


def test_what_the_store_knows_to_be_gone_is_not_taken_back(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
        msgid = engine.window(INBOX).rows[0].thrid
        engine.submit(MoveToTrash(Messages((msgid,))))
        agree(engine, watcher, small)
        small.control.erase(msgid)
        watcher.wait_until(lambda: msgid not in in_store(store_of(engine)), "the deletion to be seen")
        watcher.wait_until(lambda: not store_of(engine).uids.known([msgid]), "the message to be forgotten")
        with pytest.raises(InvalidArgument, match="deleted forever elsewhere"):
            engine.undo()


def test_what_only_the_server_knows_to_be_gone_is_refused(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path, options=UNAWARE) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
        engine.submit(MoveToTrash(Messages((msgid,))))
        agree(engine, watcher, small)
        small.control.erase(msgid)
        receipt = engine.undo()
        assert receipt is not None
        rejected = watcher.wait_for(OpRejected, lambda event: event.op_id == receipt.op_id)
        assert (rejected.title, rejected.detail) == ("A change was not taken back", GONE)
        assert not rejected.summary.startswith("Undone")
        act = next(each for each in engine.activity() if each.op_id == receipt.op_id)
        assert act.state is OpState.REJECTED
