"""What a selected session is told, and when (facts §6 end, §8): a frozen view, NOOP, IDLE."""

from __future__ import annotations

import pytest

from imapcore.simulator import Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected, two messages there."""
    for number in range(2):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select()
    return wire


# -- the frozen view ----------------------------------------------------------------------------------


def test_new_mail_rides_on_the_end_of_another_commands_reply(sim: Simulator, opened: Wire) -> None:
    sim.control.deliver(mail("Three"))
    assert opened.ask("UID SEARCH ALL") == ["* SEARCH 1 2", "* 3 EXISTS", "OK SEARCH completed (Success)"]
    assert opened.ok("UID SEARCH ALL") == ["* SEARCH 1 2 3"]


def test_new_mail_is_told_on_noop(sim: Simulator, opened: Wire) -> None:
    sim.control.deliver(mail("Three"))
    assert opened.ask("NOOP") == ["* 3 EXISTS", "OK Success"]
    assert opened.ask("NOOP") == ["OK Success"]


def test_expunges_by_others_wait_for_noop(sim: Simulator, opened: Wire) -> None:
    sim.control.move(sim.control.messages("[Gmail]/All Mail")[0].msgid, "[Gmail]/Trash")
    assert opened.ask("FETCH 1:2 UID") == ["* 2 FETCH (UID 2)", "OK Success"]
    assert opened.ok("NOOP") == ["* 1 EXPUNGE", "* 1 EXISTS"]
    assert opened.ok("FETCH 1 UID") == ["* 1 FETCH (UID 2)"]


def test_noop_tells_flags_changed_elsewhere_or_not_by_option(sim: Simulator, opened: Wire) -> None:
    msgid = sim.control.messages("[Gmail]/All Mail")[1].msgid
    sim.control.reflag(msgid, add=["\\Seen"])
    assert opened.ok("NOOP") == ["* 2 FETCH (FLAGS (\\Seen))"]
    sim.control.set_options(noop_reports_flags=False)
    sim.control.reflag(msgid, remove=["\\Seen"])
    assert opened.ok("NOOP") == []


def test_a_session_is_not_told_of_what_it_did_itself(opened: Wire) -> None:
    opened.ok("STORE 1 +FLAGS (\\Seen)")
    opened.ok("STORE 1 +X-GM-LABELS (Work)")
    assert opened.ok("NOOP") == []


def test_label_changes_elsewhere_show_in_changedsince(sim: Simulator, opened: Wire) -> None:
    since = sim.control.modseq()
    message = sim.control.messages("[Gmail]/All Mail")[0]
    sim.control.relabel(message.msgid, add=["Work"], remove=["\\Inbox"])
    assert opened.ok(f"UID FETCH 1:* (UID X-GM-LABELS) (CHANGEDSINCE {since})") == [
        f"* 1 FETCH (X-GM-LABELS (Work) UID 1 MODSEQ ({since + 1}))"
    ]


def test_a_fetched_modseq_may_exceed_the_one_of_select(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail())
    lines = wire.select(condstore=True)
    selected = next(int(line.split()[3].rstrip("]")) for line in lines if "HIGHESTMODSEQ" in line)
    sim.control.relabel(msgid, add=["Work"])
    assert f"MODSEQ ({selected + 1})" in wire.ok("FETCH 1 MODSEQ")[0]


def test_a_label_applied_on_the_web_goes_to_the_whole_conversation(sim: Simulator, wire: Wire) -> None:
    first = sim.control.deliver(mail("Lunch", message_id="<1@x>"))
    sim.control.deliver(mail("Re: Lunch", message_id="<2@x>", in_reply_to="<1@x>"), labels=["\\Sent"])
    sim.control.deliver(mail("Re: Lunch", message_id="<3@x>", in_reply_to="<1@x>"), labels=["\\Draft"])
    sim.control.deliver(mail("Other", message_id="<4@x>"))
    sim.control.relabel_thread(first, add=["Work"])
    assert len(sim.control.messages("Work")) == 3


def test_a_rename_elsewhere_is_never_announced_and_bumps_nothing(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail(), labels=["Work"])
    wire.select(condstore=True)
    since = sim.control.modseq()
    sim.control.rename_label("Work", "Job")
    assert wire.ask("NOOP") == ["OK Success"]
    assert wire.ok(f"UID FETCH 1:* (X-GM-LABELS) (CHANGEDSINCE {since})") == []
    assert "(X-GM-LABELS (Job) " in wire.ok("UID FETCH 1 X-GM-LABELS")[0]


def test_changes_reach_a_connected_session_late_by_option() -> None:
    with Simulator(options(late_changes=True)) as sim, Wire(sim) as wire:
        wire.login()
        msgid = sim.control.deliver(mail())
        wire.select(condstore=True)
        since = sim.control.modseq()
        sim.control.relabel(msgid, add=["Work"])
        assert f"(HIGHESTMODSEQ {since + 1})" in wire.ok("STATUS INBOX (HIGHESTMODSEQ)")[0]
        assert wire.ok(f"UID FETCH 1:* (X-GM-LABELS) (CHANGEDSINCE {since})") == []
        wire.ok("NOOP")
        assert len(wire.ok(f"UID FETCH 1:* (X-GM-LABELS) (CHANGEDSINCE {since})")) == 1


def test_a_changed_uidvalidity_shows_at_the_next_select(sim: Simulator, opened: Wire) -> None:
    sim.control.reset_uidvalidity("[Gmail]/All Mail")
    lines = opened.select()
    assert "* OK [UIDVALIDITY 100011] UIDs valid." in lines
    assert "* 2 EXISTS" in lines


# -- IDLE ---------------------------------------------------------------------------------------------


def idle(wire: Wire) -> None:
    """Begin."""
    wire.send(b"i IDLE\r\n")
    assert wire.line() == "+ idling"


def done(wire: Wire) -> list[str]:
    """End; every line until the tagged one."""
    wire.send(b"DONE\r\n")
    lines = [wire.line()]
    while not lines[-1].startswith("i "):
        lines.append(wire.line())
    return lines


def test_idle_says_idling_and_ends_on_done(opened: Wire) -> None:
    idle(opened)
    assert done(opened) == ["i OK IDLE terminated (Success)"]


def test_idle_reports_arrivals(sim: Simulator, opened: Wire) -> None:
    idle(opened)
    sim.control.deliver(mail("Three"))
    assert opened.line() == "* 3 EXISTS"
    sim.control.deliver(mail("Four"))
    assert opened.line() == "* 4 EXISTS"
    assert done(opened) == ["i OK IDLE terminated (Success)"]


def test_idle_begins_with_what_arrived_before(sim: Simulator, opened: Wire) -> None:
    sim.control.deliver(mail("Three"))
    opened.send(b"i IDLE\r\n")
    assert [opened.line(), opened.line()] == ["+ idling", "* 3 EXISTS"]
    done(opened)


def test_idle_reports_nothing_but_arrivals(sim: Simulator, opened: Wire) -> None:
    idle(opened)
    first, second = (message.msgid for message in sim.control.messages("[Gmail]/All Mail"))
    sim.control.relabel(first, add=["Work"])
    sim.control.reflag(first, add=["\\Seen"])
    sim.control.move(second, "[Gmail]/Trash")
    assert done(opened) == ["i OK IDLE terminated (Success)"]


def test_idle_reports_only_the_selected_mailbox(sim: Simulator, opened: Wire) -> None:
    opened.select("[Gmail]/Trash")
    idle(opened)
    sim.control.deliver(mail("Three"))
    assert done(opened) == ["i OK IDLE terminated (Success)"]


def test_idle_reports_flags_and_expunges_by_option(sim: Simulator, opened: Wire) -> None:
    sim.control.set_options(idle_reports_flags=True, idle_reports_expunges=True)
    first, second = (message.msgid for message in sim.control.messages("[Gmail]/All Mail"))
    idle(opened)
    sim.control.reflag(second, add=["\\Seen"])
    assert opened.line() == "* 2 FETCH (FLAGS (\\Seen))"
    sim.control.move(first, "[Gmail]/Trash")
    assert [opened.line(), opened.line()] == ["* 1 EXPUNGE", "* 1 EXISTS"]
    done(opened)


def test_anything_but_done_is_bad_on_the_idle_tag(opened: Wire) -> None:
    idle(opened)
    opened.send(b"a9 NOOP\r\n")
    assert opened.line() == "i BAD Could not parse command"
    assert opened.last("NOOP") == "OK Success"


@pytest.mark.parametrize("is_bye", [True, False])
def test_a_long_idle_is_ended_with_or_without_a_word(is_bye: bool) -> None:
    with Simulator(options(idle_seconds=0.05, idle_end_is_bye=is_bye)) as sim, Wire(sim) as wire:
        wire.login()
        wire.select("INBOX")
        idle(wire)
        if is_bye:
            assert wire.line().startswith("* BYE ")
        assert wire.is_closed()


def test_mail_arrives_by_itself_when_asked_to() -> None:
    with Simulator(options(arrivals_seconds=0.05)) as sim, Wire(sim) as wire:
        wire.login()
        wire.select()
        idle(wire)
        assert wire.line().endswith(" EXISTS")
        done(wire)
