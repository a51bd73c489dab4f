"""FETCH lines that say too little: flags only, without even the UID that would tell whose they are.

Such a line cannot be told from news, so the question it should have answered must be asked again: nothing
may be taken for seen, stored or gone because of it.
"""

from __future__ import annotations

import pytest

from imapcore.errors import Unavailable
from imapcore.model import Role
from imapcore.simulator import Fault
from imapcore.simulator.faults import FaultKind
from imapcore.sync.locate import search_everywhere
from imapcore.wire.uidset import UidSet
from tests.sync.bench import ALL_MAIL, SPAM, TRASH, Bench, exhaust


def say_too_little(bench: Bench, times: int = 1, skip: int = 0) -> None:
    """After ``skip`` more, so many answers to UID FETCH consist of flags only (0: all)."""
    bench.sim.control.fault(Fault(FaultKind.BARE_FETCH, command="UID FETCH", times=times, skip=skip))


@pytest.mark.parametrize("place", [SPAM, TRASH, ALL_MAIL])
def test_what_changed_elsewhere_is_asked_again(bench: Bench, place: str) -> None:
    msgid = bench.sim.control.messages(place)[0].msgid
    bench.sim.control.relabel(msgid, add=["Phone"])
    # A pass asks All Mail first, then Spam, then Trash.
    say_too_little(bench, skip=(ALL_MAIL, SPAM, TRASH).index(place))
    bench.look()
    assert "Phone" in bench.labels(msgid)


def test_changes_that_are_never_told_are_not_taken_for_seen(bench: Bench) -> None:
    msgid = bench.sim.control.messages(ALL_MAIL)[0].msgid
    bench.sim.control.relabel(msgid, add=["Phone"])
    say_too_little(bench, times=0)
    with pytest.raises(Unavailable):
        bench.look()
    bench.sim.control.clear_faults()
    bench.look()
    assert "Phone" in bench.labels(msgid)


def test_an_arrival_is_asked_again(bench: Bench) -> None:
    msgid = bench.sim.control.deliver_next()
    say_too_little(bench)
    bench.look()
    assert bench.store.uids.known([msgid]) == {msgid}


def test_a_backfill_leaves_nothing_out(bench: Bench) -> None:
    gone = UidSet(uid for low, high in bench.store.uids.ranges(Role.ALL) for uid in range(low, high + 1))
    bench.store.uids.remove_uids(Role.ALL, gone.ranges)
    mailbox = bench.sync.places[Role.ALL]
    say_too_little(bench, times=0)
    with pytest.raises(Unavailable):
        exhaust(mailbox.fetch(bench.remote, gone))
    bench.sim.control.clear_faults()
    say_too_little(bench, skip=1)
    exhaust(mailbox.fetch(bench.remote, gone))
    assert UidSet.of_ranges(bench.store.uids.ranges(Role.ALL)) == gone


def test_a_message_is_not_called_gone(bench: Bench) -> None:
    msgid = bench.sim.control.messages(TRASH)[0].msgid
    say_too_little(bench)
    found = search_everywhere(bench.remote, [msgid])
    assert list(found) == [Role.TRASH]
    say_too_little(bench, times=0)
    with pytest.raises(Unavailable):
        search_everywhere(bench.remote, [msgid])


def test_uids_found_anew_lose_nobody(bench: Bench) -> None:
    bodies = {each.msgid for each in bench.sim.control.messages(TRASH)}
    bench.sim.control.reset_uidvalidity(TRASH)
    say_too_little(bench)
    bench.look()
    places = bench.store.uids.locations(bodies)
    assert {msgid for msgid, where in places.items() if where.place is Role.TRASH} == bodies
