"""SELECT, EXAMINE, flags, UIDs and MODSEQ (facts §4)."""

from __future__ import annotations

import re

from imapcore.simulator import Simulator
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail

FLAGS = "\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing"


def highest(wire: Wire, mailbox: str) -> int:
    """HIGHESTMODSEQ by STATUS."""
    [line] = wire.ok(f'STATUS "{mailbox}" (HIGHESTMODSEQ)')
    match = re.search(r"HIGHESTMODSEQ (\d+)", line)
    assert match is not None
    return int(match[1])


def test_the_select_block_is_exactly_gmails(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail("one"))
    sim.control.deliver(mail("two"))
    modseq = sim.control.modseq()
    assert wire.ask('SELECT "[Gmail]/All Mail" (CONDSTORE)') == [
        f"* FLAGS ({FLAGS})",
        f"* OK [PERMANENTFLAGS ({FLAGS} \\*)] Flags permitted.",
        "* OK [UIDVALIDITY 11] UIDs valid.",
        "* 2 EXISTS",
        "* 0 RECENT",
        "* OK [UIDNEXT 3] Predicted next UID.",
        f"* OK [HIGHESTMODSEQ {modseq}]",
        "OK [READ-WRITE] [Gmail]/All Mail selected. (Success)",
    ]


def test_examine_has_no_permanent_flags_and_is_read_only(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    lines = wire.ask("EXAMINE INBOX")
    assert lines[1] == "* OK [PERMANENTFLAGS ()] Flags permitted."
    assert lines[-1] == "OK [READ-ONLY] INBOX selected. (Success)"
    assert wire.last("STORE 1 +FLAGS (\\Seen)") == "NO STORE attempt on READ-ONLY folder (Failure)"
    wire.ok("FETCH 1 BODY[]")
    assert wire.ok("FETCH 1 FLAGS") == ["* 1 FETCH (FLAGS ())"]


def test_no_line_names_the_first_unseen_message_and_recent_stays_zero(sim: Simulator, wire: Wire) -> None:
    wire.ok(b"APPEND INBOX {%d}\r\n%b" % (len(mail()), mail()))
    lines = wire.select("INBOX")
    assert "* 0 RECENT" in lines
    assert not any("UNSEEN" in line for line in lines)
    assert wire.ok("STATUS INBOX (RECENT)") == ['* STATUS "INBOX" (RECENT 0)']


def test_parent_of_the_special_mailboxes_cannot_be_selected(wire: Wire) -> None:
    assert wire.last('SELECT "[Gmail]"') == (
        "NO [NONEXISTENT] Unknown Mailbox: [Gmail] (now in authenticated state) (Failure)"
    )


def test_close_and_unselect_return_to_authenticated_state(wire: Wire) -> None:
    for command in ("CLOSE", "UNSELECT"):
        wire.select("INBOX")
        assert wire.ask(command) == ["OK Returned to authenticated state. (Success)"]
        assert wire.last("FETCH 1 FLAGS") == "BAD FETCH not allowed now."


def test_keywords_are_kept_and_listed_in_every_mailbox_after_the_system_flags(
    sim: Simulator, wire: Wire
) -> None:
    sim.control.deliver(mail())
    wire.select("INBOX")
    wire.ok("STORE 1 +FLAGS ($Forwarded Junk)")
    assert wire.ok("FETCH 1 FLAGS") == ["* 1 FETCH (FLAGS ($Forwarded Junk))"]
    lines = wire.select("[Gmail]/Trash")
    assert lines[0] == (
        "* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $Forwarded $NotPhishing $Phishing Junk)"
    )


def test_an_account_may_have_odd_keywords_from_the_start() -> None:
    with Simulator(options(account_keywords=("[odd]", "Old"))) as sim, Wire(sim) as wire:
        wire.login()
        assert "$NotPhishing $Phishing Old [odd])" in wire.select("INBOX")[0]


def test_drafts_have_a_label_and_no_draft_flag(wire: Wire) -> None:
    raw = mail("unfinished")
    wire.ok(b'APPEND "[Gmail]/Drafts" (\\Draft \\Seen) {%d}\r\n%b' % (len(raw), raw))
    wire.select()
    assert wire.ok("FETCH 1 (FLAGS X-GM-LABELS)") == ['* 1 FETCH (X-GM-LABELS ("\\\\Draft") FLAGS (\\Seen))']


def test_the_draft_flag_is_kept_by_option() -> None:
    raw = mail("unfinished")
    with Simulator(options(draft_flag_is_kept=True)) as sim, Wire(sim) as wire:
        wire.login()
        wire.ok(b'APPEND "[Gmail]/Drafts" (\\Draft \\Seen) {%d}\r\n%b' % (len(raw), raw))
        wire.select()
        assert wire.ok("FETCH 1 FLAGS") == ["* 1 FETCH (FLAGS (\\Draft \\Seen))"]


def test_flags_belong_to_the_message_but_deleted_to_the_mailbox() -> None:
    with Simulator(options(auto_expunge=False)) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail())
        wire.select("INBOX")
        wire.ok("STORE 1 +FLAGS (\\Seen \\Deleted \\Flagged)")
        assert wire.ok("FETCH 1 FLAGS") == ["* 1 FETCH (FLAGS (\\Deleted \\Flagged \\Seen))"]
        wire.select()
        assert wire.ok("FETCH 1 FLAGS") == ["* 1 FETCH (FLAGS (\\Flagged \\Seen))"]


def test_uidvalidity_is_small_and_fixed(sim: Simulator) -> None:
    boxes = sim.control.mailboxes()
    assert {
        name: boxes[name] for name in ("INBOX", "[Gmail]/Trash", "[Gmail]/Spam", "[Gmail]/Sent Mail")
    } == {
        "INBOX": 1,
        "[Gmail]/Trash": 2,
        "[Gmail]/Spam": 3,
        "[Gmail]/Sent Mail": 5,
    }
    assert (boxes["[Gmail]/Drafts"], boxes["[Gmail]/Important"], boxes["[Gmail]/All Mail"]) == (6, 9, 11)
    sim.control.create_label("Work")
    assert 10 <= sim.control.mailboxes()["Work"] <= 999


def test_uidvalidity_of_old_accounts_has_nine_digits() -> None:
    with Simulator(options(large_uidvalidity=True)) as sim:
        assert all(len(str(value)) == 9 for value in sim.control.mailboxes().values())


def test_a_message_that_returns_to_all_mail_gets_a_new_uid_there(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail())
    uids = [sim.control.message(msgid).uids["[Gmail]/All Mail"]]
    for exile in ("[Gmail]/Trash", "[Gmail]/Spam"):
        wire.select()
        wire.ok(f'UID MOVE {uids[-1]} "{exile}"')
        wire.select(exile)
        wire.ok("MOVE 1 INBOX")
        message = sim.control.message(msgid)
        assert message.labels == {"\\Inbox"}
        uids.append(message.uids["[Gmail]/All Mail"])
    assert uids == [1, 2, 3]


def test_highestmodseq_is_one_counter_for_the_account(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    boxes = ("INBOX", "[Gmail]/All Mail", "[Gmail]/Spam", "[Gmail]/Trash")
    before = {highest(wire, box) for box in boxes}
    assert len(before) == 1
    wire.select("INBOX")
    wire.ok("STORE 1 +FLAGS (\\Seen)")
    after = {highest(wire, box) for box in boxes}
    assert len(after) == 1
    assert after.pop() > before.pop()


def test_highestmodseq_creeps_up_with_no_visible_change() -> None:
    with Simulator(options(spurious_bumps=True)) as sim, Wire(sim) as wire:
        wire.login()
        seen = [highest(wire, "INBOX") for _ in range(20)]
        assert seen == sorted(seen)
        assert len(set(seen)) > 2


def test_ids_are_milliseconds_shifted_by_twenty_and_follow_the_date_not_arrival(sim: Simulator) -> None:
    newer = sim.control.deliver(mail("new"), date_ms=1_700_000_000_000)
    older = sim.control.deliver(mail("old"), date_ms=1_600_000_000_000)
    assert newer >> 20 == 1_700_000_000_000
    assert older >> 20 == 1_600_000_000_000
    uids = [sim.control.message(msgid).uids["[Gmail]/All Mail"] for msgid in (newer, older)]
    assert uids == [1, 2]
