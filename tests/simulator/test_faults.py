"""Faults by switch: each does what it says, as often as it says, and nothing else."""

from __future__ import annotations

import time

import pytest

from imapcore.simulator import Fault, FaultKind, Simulator
from imapcore.simulator.gmail_texts import LOGIN_ERRORS
from imapcore.simulator.options import LoginError
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

OVERQUOTA = "* BYE [OVERQUOTA] Account exceeded command or bandwidth limits."


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
    assert sim.control._house.faults.is_quiet, "once"


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


@pytest.mark.parametrize("error", list(LoginError))
def test_a_sign_in_is_refused_in_each_way_of_the_table_as_often_as_said(
    sim: Simulator, error: LoginError
) -> None:
    sim.control.fault(f"login-refused:text={error}")
    with Wire(sim) as wire:
        answer = wire.login()
        if error is LoginError.OVERQUOTA_BYE:
            assert answer[0] == OVERQUOTA
        else:
            assert answer[-1] == f"NO {LOGIN_ERRORS[error]}"
    with Wire(sim) as wire:
        assert wire.login()[-1].startswith("OK ")


@pytest.mark.parametrize("text", ["login-refused", "login-refused:text=no-such"])
def test_a_refusal_that_is_none_cannot_be_switched_on(text: str) -> None:
    with pytest.raises(ValueError, match="LoginError"):
        Fault.parse(text)


def test_a_server_may_repeat_what_it_refuses(sim: Simulator) -> None:
    sim.control.fault("echo:command=LOGIN")
    with Wire(sim) as wire:
        assert wire.login() == ["NO Cannot do LOGIN demo@gmail.com demodemodemodemo (Failure)"]


def test_fetch_leaves_a_line_out_and_says_ok(sim: Simulator, opened: Wire) -> None:
    sim.control.fault("left-out:command=UID FETCH,octets=3")
    assert [line[:3] for line in opened.ok("UID FETCH 1:* UID")] == ["* 1", "* 2", "* 4"]
    assert len(opened.ok("UID FETCH 1:* UID")) == 4
    sim.control.fault("left-out:command=UID FETCH")
    assert opened.ok("UID FETCH 1:* UID") == []


def test_a_message_is_left_out_whenever_an_item_is_asked(sim: Simulator, opened: Wire) -> None:
    msgid = sim.control.messages("[Gmail]/All Mail")[1].msgid
    sim.control.leave_out(msgid, ["BODYSTRUCTURE", "body[header]"])
    assert len(opened.ok("FETCH 1:* (UID ENVELOPE)")) == 4
    assert len(opened.ok("FETCH 1:* (UID BODYSTRUCTURE)")) == 3
    assert len(opened.ok("FETCH 1:* (BODY.PEEK[HEADER])")) == 3
    sim.control.leave_out(msgid)
    assert len(opened.ok("FETCH 1:* UID")) == 3
    sim.control.put_back(msgid)
    assert len(opened.ok("FETCH 1:* (UID BODYSTRUCTURE)")) == 4


@pytest.mark.parametrize("command", ['LIST "" "*"', 'LSUB "" "*"', 'XLIST "" "*"'])
def test_list_names_nothing_once(sim: Simulator, wire: Wire, command: str) -> None:
    sim.control.fault("no-mailboxes")
    assert wire.ok(command) == []
    assert len(wire.ok(command)) > 5


@pytest.mark.parametrize("command", ["UID SEARCH RETURN (ALL) ALL", "SEARCH ALL"])
def test_search_ends_without_a_result_once(sim: Simulator, opened: Wire, command: str) -> None:
    sim.control.fault("no-result")
    assert opened.ok(command) == []
    assert len(opened.ok(command)) == 1


def test_a_mailbox_looks_empty_for_a_moment(sim: Simulator, opened: Wire) -> None:
    sim.control.fault("empty:times=3")
    assert "* 0 EXISTS" in opened.select()
    assert opened.ok("UID SEARCH RETURN (ALL) ALL")[0].endswith(" UID")
    assert opened.ok('STATUS "[Gmail]/All Mail" (MESSAGES UNSEEN)')[0].endswith("(MESSAGES 0 UNSEEN 0)")
    assert "* 4 EXISTS" in opened.ok("NOOP")
    assert "* 4 EXISTS" in opened.select()


def test_ids_modseqs_and_sizes_may_need_all_64_bits() -> None:
    high = 1 << 63
    with Simulator(options(first_id=high, first_modseq=high)) as sim, Wire(sim) as wire:
        msgid = sim.control.deliver(mail())
        sim.control.claim_size(msgid, high + 5)
        wire.login()
        wire.ok('SELECT "[Gmail]/All Mail" (CONDSTORE)')
        (line,) = wire.ok("UID FETCH 1 (X-GM-MSGID X-GM-THRID RFC822.SIZE MODSEQ)")
        assert f"X-GM-THRID {msgid} X-GM-MSGID {msgid}" in line
        assert f"RFC822.SIZE {high + 5}" in line
        assert f"MODSEQ ({high + 1})" in line
        assert msgid > high
        assert wire.ok(f"UID SEARCH X-GM-MSGID {msgid}") == ["* SEARCH 1"]
