"""What a pass asks when little or nothing has changed: every command is a round trip somebody waits for."""

from __future__ import annotations

from tests.sync.bench import ALL_MAIL, SPAM, Bench


def test_a_poll_that_finds_nothing_is_one_command(bench: Bench) -> None:
    # Else HIGHESTMODSEQ may have crept up by itself, and only a pass shows that this means nothing.
    bench.sim.control.set_options(spurious_bumps=False)
    bench.look()
    bench.look()
    assert bench.commands(bench.sync.poll(bench.remote)) == ["STATUS"]


def test_a_pass_after_one_change_is_four_commands(bench: Bench) -> None:
    bench.look()
    msgid = bench.sim.control.messages(ALL_MAIL)[0].msgid
    bench.sim.control.relabel(msgid, add=["Phone"])
    said = bench.commands(bench.sync.run(bench.remote))
    assert said == ["SELECT", "UID FETCH", "STATUS", "STATUS"]
    assert "Phone" in bench.labels(msgid)


def test_a_pass_after_one_arrival_fetches_it_and_what_changed(bench: Bench) -> None:
    bench.look()
    msgid = bench.sim.control.deliver_next()
    said = bench.commands(bench.sync.run(bench.remote))
    assert said == ["SELECT", "UID FETCH", "UID FETCH", "STATUS", "STATUS"]
    assert bench.store.uids.known([msgid]) == {msgid}


def test_spam_that_arrives_is_seen_by_its_numbers(bench: Bench) -> None:
    bench.look()
    msgid = bench.sim.control.messages(ALL_MAIL)[-1].msgid
    bench.sim.control.move(msgid, SPAM)
    assert bench.commands(bench.sync.run(bench.remote))
    assert {where.place.value for where in bench.store.uids.locations([msgid]).values()} == {"spam"}
