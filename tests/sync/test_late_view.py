"""A session sees its mailbox as it was when it last looked: what arrived since must be triaged all the same.

Gmail passes over uids that the session has not been told of in silence, with OK.
"""

from __future__ import annotations

import pytest

from imapcore.model import ChangeFlags, ChangeLabels, Messages, MoveToInbox, MoveToTrash, Op, Role
from imapcore.protocol.transcript import Transcript
from imapcore.store.facts import Settled
from imapcore.sync.push.replay import Replay
from tests.sync.bench import Bench, connected, exhaust


@pytest.mark.parametrize("kind", ["label", "flag", "move", "inbox"])
def test_mail_that_came_after_the_session_looked_is_triaged(bench: Bench, kind: str) -> None:
    with connected(bench.sim, bench.store, Transcript()) as actions:
        actions.ensure(Role.ALL)
        old = bench.sim.control.messages("[Gmail]/All Mail")[0].msgid
        new = bench.sim.control.deliver_next()
        for msgid in (old, new):
            bench.sim.control.relabel(msgid, remove=["\\Inbox"])
        bench.look()
        target = Messages((old, new))
        ops: dict[str, Op] = {
            "label": ChangeLabels(target, add=frozenset({"Papers"})),
            "flag": ChangeFlags(target, add=frozenset({"$Forwarded"})),
            "move": MoveToTrash(target),
            "inbox": MoveToInbox(target),
        }
        bench.store.journal.submit(ops[kind])
        answers: list[str] = []

        def settled(facts: Settled, answer: str) -> None:
            assert not facts.rejected, answer
            answers.append(answer)

        exhaust(Replay(bench.store, settled, lambda: None, bench.sync.places).run(actions))
        assert answers
        assert bench.store.journal.queue.pending() == 0
        for msgid in (old, new):
            there = bench.sim.control.message(msgid)
            is_done = {
                "label": "Papers" in there.labels,
                "flag": "$Forwarded" in there.flags,
                "inbox": "\\Inbox" in there.labels,
            }
            assert is_done.get(kind, True)
        in_trash = {each.msgid for each in bench.sim.control.messages("[Gmail]/Trash")}
        assert ({old, new} <= in_trash) is (kind == "move")
