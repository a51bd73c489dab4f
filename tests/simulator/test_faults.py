"""Faults by switch: each does what it says, as often as it says, and nothing else."""

from __future__ import annotations

import time

import pytest

from imapcore.simulator import Fault, FaultKind, Simulator
from imapcore.simulator.options import LoginError
from tests.simulator.wire import Wire, mail


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected, four messages there."""
    for number in range(4):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select()
    return wire


def test_a_cut_after_n_octets_comes_after_the_command_was_done(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.CUT, command="UID STORE", octets=10))
    assert opened.ask("UID STORE 1 +X-GM-LABELS (Work)") == ["* 1 FETCH ", ""]
    assert opened.is_closed()
    assert "Work" in sim.control.messages("[Gmail]/All Mail")[0].labels


def test_a_cut_before_leaves_the_command_undone(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.CUT_BEFORE, command="UID STORE"))
    assert opened.ask("UID STORE 1 +X-GM-LABELS (Work)") == [""]
    assert "Work" not in sim.control.messages("[Gmail]/All Mail")[0].labels


def test_a_stall_holds_the_answer_back(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.STALL, command="NOOP", octets=4, seconds=0.2))
    start = time.monotonic()
    assert opened.last("NOOP") == "OK Success"
    assert time.monotonic() - start >= 0.2
    start = time.monotonic()
    assert opened.last("NOOP") == "OK Success"
    assert time.monotonic() - start < 0.2


def test_a_drip_delivers_the_same_octets_in_pieces(sim: Simulator, opened: Wire) -> None:
    expected = opened.ask("FETCH 1:4 (UID FLAGS)")
    sim.control.fault(Fault(FaultKind.DRIP, command="FETCH", octets=1))
    assert opened.ask("FETCH 1:4 (UID FLAGS)") == expected


def test_throttled_is_a_suffix_of_the_text(sim: Simulator, opened: Wire) -> None:
    sim.control.fault("throttled:times=2,command=NOOP")
    assert [opened.last("NOOP") for _ in range(3)] == ["OK Success [THROTTLED]"] * 2 + ["OK Success"]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (FaultKind.OVERQUOTA, "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits."),
        (FaultKind.EXPIRED, "* BYE Session expired, please login again."),
    ],
)
def test_byes_end_the_connection(sim: Simulator, opened: Wire, kind: FaultKind, line: str) -> None:
    sim.control.fault(Fault(kind, command="FETCH"))
    assert opened.ask("FETCH 1 FLAGS")[0] == line
    assert opened.is_closed()


def test_a_system_error_does_nothing_and_says_so_once(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.SYSTEM_ERROR, command="STORE", skip=1))
    assert opened.last("STORE 1 +FLAGS (\\Seen)") == "OK Success"
    assert opened.last("STORE 2 +FLAGS (\\Seen)") == "NO System Error (Failure)"
    assert opened.last("STORE 3 +FLAGS (\\Seen)") == "OK Success"
    assert [bool(message.flags) for message in sim.control.messages("INBOX")] == [True, False, True, False]


def test_unavailable_is_a_temporary_no(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.UNAVAILABLE, command="STATUS"))
    assert opened.last("STATUS INBOX (MESSAGES)") == "NO [UNAVAILABLE] Temporary System Problem (Failure)"


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (FaultKind.REFUSED, "NO [CANNOT] Operation not allowed (Failure)"),
        (FaultKind.BAD, "BAD Could not parse command"),
    ],
)
def test_a_command_can_be_refused_for_good(sim: Simulator, opened: Wire, kind: FaultKind, reply: str) -> None:
    sim.control.fault(Fault(kind, command="STORE"))
    assert opened.last("STORE 1 +FLAGS (\\Seen)") == reply
    assert not sim.control.messages("INBOX")[0].flags
    assert opened.last("STORE 1 +FLAGS (\\Seen)") == "OK Success"


def test_messages_may_be_expunged_in_mid_fetch(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.EXPUNGE_MID_FETCH, command="FETCH", octets=1))
    assert opened.ask("FETCH 1:4 UID") == [
        "* 1 FETCH (UID 1)",
        "* 3 FETCH (UID 3)",
        "* 4 FETCH (UID 4)",
        "OK Success",
    ]
    assert opened.ok("NOOP") == ["* 2 EXPUNGE", "* 3 EXISTS"]


def test_too_many_connections_can_be_had_at_once(sim: Simulator) -> None:
    sim.control.fault(Fault(FaultKind.TOO_MANY, command="LOGIN"))
    with Wire(sim) as wire:
        assert wire.login()[-1] == "NO [ALERT] Too many simultaneous connections. (Failure)"
        assert wire.login()[-1].startswith("OK ")


def test_a_refused_sign_in_can_be_switched_on_while_running(sim: Simulator) -> None:
    sim.control.set_options(login_error=LoginError.UNAVAILABLE)
    with Wire(sim) as wire:
        assert wire.login()[-1].startswith("NO [UNAVAILABLE]")
        sim.control.set_options(login_error=None)
        assert wire.login()[-1].startswith("OK ")


def test_a_skewed_clock_dates_what_arrives(sim: Simulator) -> None:
    honest = sim.control.message(sim.control.deliver(mail("one"))).date_ms
    sim.control.skew_clock(-86_400)
    skewed = sim.control.message(sim.control.deliver(mail("two"))).date_ms
    assert 86_300_000 < honest - skewed < 86_400_001


def test_faults_can_be_switched_off(sim: Simulator, opened: Wire) -> None:
    sim.control.fault(Fault(FaultKind.SYSTEM_ERROR, times=0))
    assert opened.last("NOOP") == "NO System Error (Failure)"
    assert opened.last("STATUS INBOX (MESSAGES)") == "NO System Error (Failure)"
    sim.control.clear_faults()
    assert opened.last("NOOP") == "OK Success"


def test_every_connection_can_be_cut(sim: Simulator, opened: Wire) -> None:
    with Wire(sim) as other:
        assert sim.control.cut() == 2
        assert opened.is_closed()
        assert other.is_closed()


@pytest.mark.parametrize(
    "text", ["nonsense", "cut:when=now", "cut:octets=many", "stall:seconds", "cut:octets=1,times=x"]
)
def test_a_fault_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Fault.parse(text)


def test_a_fault_is_read_from_text() -> None:
    assert Fault.parse("stall:command=uid fetch,skip=2,times=0,octets=9,seconds=1.5") == Fault(
        FaultKind.STALL, "UID FETCH", 2, 0, 9, 1.5
    )
