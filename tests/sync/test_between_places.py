"""A message that a pass has seen leave and not yet found elsewhere: what is done with it then arrives all
the same, or is refused with a sentence.
"""

from __future__ import annotations

import pytest

from imapcore.model import (
    ChangeFlags,
    ChangeLabels,
    Messages,
    MoveToInbox,
    MoveToTrash,
    Op,
    OpState,
    Role,
)
from imapcore.store.facts import Settled
from imapcore.sync.push.replay import GONE, Replay
from tests.sync.bench import ALL_MAIL, TRASH, Bench, exhaust


def taken_from_all_mail(bench: Bench) -> int:
    """A message that has just left All Mail, as the first half of a pass sees it."""
    msgid = bench.sim.control.messages(ALL_MAIL)[0].msgid
    uid = bench.store.uids.locations([msgid])[msgid].uid
    assert uid is not None
    bench.store.uids.remove_uids(Role.ALL, ((uid, uid),))
    return msgid


def replayed(bench: Bench) -> list[str]:
    """Send the journal; the words of what was refused."""
    words: list[str] = []

    def settled(facts: Settled, answer: str) -> None:
        words.extend(answer for _ in facts.rejected)

    exhaust(Replay(bench.store, settled, lambda: None, bench.sync.places).run(bench.remote))
    return words


def ops(msgid: int) -> dict[str, Op]:
    """What a person may do with a message."""
    target = Messages((msgid,))
    return {
        "label": ChangeLabels(target, add=frozenset({"Papers"})),
        "flag": ChangeFlags(target, add=frozenset({"$Forwarded"})),
        "trash": MoveToTrash(target),
        "inbox": MoveToInbox(target),
    }


@pytest.mark.parametrize("kind", ["label", "flag", "trash", "inbox"])
def test_it_is_done_where_the_message_is_now(bench: Bench, kind: str) -> None:
    msgid = taken_from_all_mail(bench)
    bench.sim.control.move(msgid, TRASH)
    receipt = bench.store.journal.submit(ops(msgid)[kind])
    assert receipt.messages == 1
    assert replayed(bench) == []
    there = bench.sim.control.message(msgid)
    is_in_trash = msgid in {each.msgid for each in bench.sim.control.messages(TRASH)}
    assert is_in_trash is (kind != "inbox")
    assert {"label": "Papers" in there.labels, "flag": "$Forwarded" in there.flags}.get(kind, True)
    bench.look()
    (shown,) = bench.reader.threads.messages([msgid])
    assert shown.place is (Role.ALL if kind == "inbox" else Role.TRASH)


@pytest.mark.parametrize("kind", ["label", "flag", "trash", "inbox"])
def test_of_one_that_is_gone_it_is_said(bench: Bench, kind: str) -> None:
    msgid = taken_from_all_mail(bench)
    bench.sim.control.erase(msgid)
    bench.store.journal.submit(ops(msgid)[kind])
    assert set(replayed(bench)) == {GONE}
    (line, *_) = bench.reader.journal.activity()
    assert (line.state, line.answer) == (OpState.REJECTED, GONE)
