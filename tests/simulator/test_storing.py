r"""STORE of flags and labels, and what ``\Deleted`` does (facts §6)."""

from __future__ import annotations

import pytest

from imapcore.simulator import ExpungeBehavior, Simulator
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.options import LabelStore
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected with CONDSTORE, three messages in the inbox."""
    for number in range(3):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select(condstore=True)
    return wire


def only(sim: Simulator) -> int:
    """The msgid of the first message."""
    return sim.control.messages("[Gmail]/All Mail")[0].msgid


# -- flags --------------------------------------------------------------------------------------------


def test_silent_is_not_silent_for_flags_once_condstore_is_on(sim: Simulator, opened: Wire) -> None:
    lines = opened.ask("UID STORE 1 +FLAGS.SILENT (\\Seen)")
    assert lines == [f"* 1 FETCH (UID 1 MODSEQ ({sim.control.modseq()}) FLAGS (\\Seen))", "OK Success"]


def test_silent_is_silent_without_condstore(sim: Simulator, wire: Wire) -> None:
    sim.control.deliver(mail())
    wire.select()
    assert wire.ask("UID STORE 1 +FLAGS.SILENT (\\Seen)") == ["OK Success"]
    assert wire.ask("UID STORE 1 +FLAGS (\\Answered)") == [
        "* 1 FETCH (UID 1 FLAGS (\\Answered \\Seen))",
        "OK Success",
    ]


def test_a_plain_store_omits_the_uid(sim: Simulator, opened: Wire) -> None:
    lines = opened.ok("STORE 1 FLAGS (\\Seen)")
    assert lines == [f"* 1 FETCH (MODSEQ ({sim.control.modseq()}) FLAGS (\\Seen))"]


def test_setting_a_flag_that_is_set_gives_just_ok(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +FLAGS (\\Seen)")
    modseq = sim.control.modseq()
    assert opened.ask("STORE 1 +FLAGS (\\Seen)") == ["OK Success"]
    assert sim.control.modseq() == modseq


def test_flags_are_listed_sorted_in_canonical_case(opened: Wire) -> None:
    assert (
        "FLAGS ($Forwarded \\Answered \\Seen)" in opened.ok("STORE 1 FLAGS (\\seen $Forwarded \\ANSWERED)")[0]
    )


def test_flags_may_come_without_parentheses(opened: Wire) -> None:
    assert "FLAGS (\\Answered \\Seen)" in opened.ok("STORE 1 FLAGS \\Seen \\Answered")[0]


def test_the_star_is_flagged_and_starred_in_both_directions(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +FLAGS (\\Flagged)")
    assert opened.ok("FETCH 1 X-GM-LABELS")[0].startswith(
        '* 1 FETCH (X-GM-LABELS ("\\\\Inbox" "\\\\Starred")'
    )
    labels, flags = opened.ok("UID STORE 1 -X-GM-LABELS (\\Starred)")
    modseq = sim.control.modseq()
    assert labels == f'* 1 FETCH (X-GM-LABELS ("\\\\Inbox") MODSEQ ({modseq}) UID 1)'
    assert flags == f"* 1 FETCH (UID 1 MODSEQ ({modseq}) FLAGS ())"
    assert sim.control.messages("[Gmail]/Starred") == []


def test_stale_unchangedsince_is_told_by_modified_and_the_current_state(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +FLAGS (\\Seen)")
    modseq = sim.control.modseq()
    assert opened.ask(f"UID STORE 1:2 (UNCHANGEDSINCE {modseq - 1}) +FLAGS (\\Answered)") == [
        f"* 2 FETCH (UID 2 MODSEQ ({modseq + 1}) FLAGS (\\Answered))",
        f"* 1 FETCH (UID 1 MODSEQ ({modseq}) FLAGS (\\Seen))",
        "OK [MODIFIED 1] Conditional Store Failed (Success)",
    ]


def test_a_set_that_matches_nothing_is_ok_too(opened: Wire) -> None:
    assert opened.ask("UID STORE 77 +FLAGS (\\Seen)") == ["OK Success"]
    assert opened.ask("UID STORE 77 +X-GM-LABELS (Nowhere)") == ["OK Success"]


# -- labels -------------------------------------------------------------------------------------------


def test_label_replies_carry_the_full_list_and_uid_only_for_uid_store(sim: Simulator, opened: Wire) -> None:
    first = opened.ok('UID STORE 1 +X-GM-LABELS ("work/project x")')
    assert first == [
        f'* 1 FETCH (X-GM-LABELS ("\\\\Inbox" "work/project x") MODSEQ ({sim.control.modseq()}) UID 1)'
    ]
    second = opened.ok("STORE 1 X-GM-LABELS (New)")
    assert second == [f"* 1 FETCH (X-GM-LABELS (New) MODSEQ ({sim.control.modseq()}))"]


def test_silent_is_silent_for_labels_even_with_condstore(sim: Simulator, opened: Wire) -> None:
    assert opened.ask("UID STORE 1 +X-GM-LABELS.SILENT (Quiet \\Starred)") == ["OK Success"]
    assert sim.control.message(only(sim)).labels == {"\\Inbox", "Quiet", "\\Starred"}


@pytest.mark.parametrize("spelled", ["(\\Starred)", '("\\\\Starred")', "\\Starred"])
def test_system_labels_are_taken_bare_and_quoted(sim: Simulator, opened: Wire, spelled: str) -> None:
    opened.ok(f"STORE 1 +X-GM-LABELS {spelled}")
    assert "\\Flagged" in sim.control.message(only(sim)).flags


def test_an_unknown_label_is_created_without_its_parents(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +X-GM-LABELS (Typo/Nested)")
    assert "Typo/Nested" in sim.control.mailboxes()
    assert "Typo" not in sim.control.mailboxes()
    opened.ok("STORE 1 -X-GM-LABELS (NeverThere)")
    assert "NeverThere" not in sim.control.mailboxes()


def test_labels_are_found_in_any_case(sim: Simulator, opened: Wire) -> None:
    sim.control.create_label("Work")
    opened.ok("STORE 1 +X-GM-LABELS (wORK)")
    assert sim.control.message(only(sim)).labels == {"\\Inbox", "Work"}


@pytest.mark.parametrize(("mailbox", "label"), [("INBOX", "\\Inbox"), ("Work", "Work")])
def test_removing_the_selected_mailboxs_own_label_is_a_silent_no_op(
    sim: Simulator, wire: Wire, mailbox: str, label: str
) -> None:
    msgid = sim.control.deliver(mail(), labels=["\\Inbox", "Work"])
    wire.select(mailbox)
    lines = wire.ask(f"UID STORE 1 -X-GM-LABELS ({label})")
    assert len(lines) == 2
    assert lines[0].startswith("* 1 FETCH (X-GM-LABELS (")
    assert lines[1] == "OK Success"
    assert wire.ask("NOOP") == ["OK Success"]
    assert sim.control.message(msgid).labels == {"\\Inbox", "Work"}


def test_removing_the_own_label_works_by_option() -> None:
    with Simulator(options(own_label_removal_works=True)) as sim, Wire(sim) as wire:
        wire.login()
        msgid = sim.control.deliver(mail())
        wire.select("INBOX")
        wire.ok("UID STORE 1 -X-GM-LABELS (\\Inbox)")
        assert sim.control.message(msgid).labels == set()
        assert wire.ok("NOOP") == ["* 1 EXPUNGE", "* 0 EXISTS"]


def test_sent_draft_and_muted_cannot_be_stored_but_by_option(sim: Simulator, opened: Wire) -> None:
    opened.ok("STORE 1 +X-GM-LABELS (\\Sent \\Draft \\Muted)")
    assert sim.control.message(only(sim)).labels == {"\\Inbox"}
    sim.control.set_options(
        sent_label_can_be_stored=True, draft_label_can_be_stored=True, muted_label_can_be_stored=True
    )
    opened.ok("STORE 1 +X-GM-LABELS (\\Sent \\Draft \\Muted)")
    assert sim.control.message(only(sim)).labels == {"\\Inbox", "\\Sent", "\\Draft", "\\Muted"}


def test_replacing_labels_leaves_those_that_cannot_be_stored(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail(), labels=["\\Sent", "Work"])
    wire.select()
    wire.ok("STORE 1 X-GM-LABELS (Play)")
    assert sim.control.message(msgid).labels == {"\\Sent", "Play"}


@pytest.mark.parametrize(
    ("label", "option", "kind"),
    [("\\Trash", "trash_label", Kind.TRASH), ("\\Spam", "spam_label", Kind.SPAM)],
)
def test_labels_that_are_places_move_or_are_ignored_by_option(
    sim: Simulator, opened: Wire, label: str, option: str, kind: Kind
) -> None:
    msgid = only(sim)
    sim.control.set_options(**{option: LabelStore.IGNORE})
    opened.ok(f"STORE 1 +X-GM-LABELS ({label})")
    assert sim.control.message(msgid).place is Kind.ALL
    sim.control.set_options(**{option: LabelStore.MOVE})
    opened.ok(f"STORE 1 +X-GM-LABELS ({label})")
    assert sim.control.message(msgid).place is kind
    assert opened.ok("NOOP") == ["* 1 EXPUNGE", "* 2 EXISTS"]


# -- \Deleted -----------------------------------------------------------------------------------------


def test_deleted_expunges_at_once_from_low_to_high_each_number_shifted(sim: Simulator, wire: Wire) -> None:
    for number in range(4):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select("INBOX")
    assert wire.ask("STORE 1,3:4 +FLAGS (\\Deleted)") == [
        "* 1 EXPUNGE",
        "* 2 EXPUNGE",
        "* 2 EXPUNGE",
        "* 1 EXISTS",
        "OK Success",
    ]
    assert wire.ask("EXPUNGE") == ["OK Success"]
    assert wire.ok("SEARCH DELETED") == ["* SEARCH"]


def test_without_auto_expunge_deleted_waits_for_expunge_or_close() -> None:
    with Simulator(options(auto_expunge=False)) as sim, Wire(sim) as wire:
        wire.login()
        for number in range(3):
            sim.control.deliver(mail(f"Number {number}"))
        wire.select("INBOX")
        assert wire.ok("STORE 1:2 +FLAGS (\\Deleted)") == [
            "* 1 FETCH (FLAGS (\\Deleted))",
            "* 2 FETCH (FLAGS (\\Deleted))",
        ]
        assert wire.ok("SEARCH DELETED") == ["* SEARCH 1 2"]
        assert wire.ok("UID EXPUNGE 2") == ["* 2 EXPUNGE", "* 2 EXISTS"]
        assert wire.ok("EXPUNGE") == ["* 1 EXPUNGE", "* 1 EXISTS"]
        wire.ok("STORE 1 +FLAGS (\\Deleted)")
        wire.ok("CLOSE")
        assert sim.control.messages("INBOX") == []
        assert len(sim.control.messages("[Gmail]/All Mail")) == 3


def test_deleted_in_a_labels_view_removes_that_label_and_nothing_else(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail(), labels=["\\Inbox", "Work"])
    wire.select("Work")
    wire.ok("STORE 1 +FLAGS (\\Deleted)")
    assert sim.control.message(msgid).labels == {"\\Inbox"}


@pytest.mark.parametrize(
    ("behavior", "kind"), [(ExpungeBehavior.ARCHIVE, Kind.ALL), (ExpungeBehavior.TRASH, Kind.TRASH)]
)
def test_expunge_behavior_applies_in_the_last_visible_mailbox(behavior: ExpungeBehavior, kind: Kind) -> None:
    with Simulator(options(expunge_behavior=behavior)) as sim, Wire(sim) as wire:
        wire.login()
        last = sim.control.deliver(mail("last"))
        not_last = sim.control.deliver(mail("not last"), labels=["\\Inbox", "Work"])
        wire.select("INBOX")
        wire.ok("STORE 1:2 +FLAGS (\\Deleted)")
        assert sim.control.message(last).place is kind
        assert sim.control.message(not_last).place is Kind.ALL


def test_expunge_behavior_delete_forever() -> None:
    with Simulator(options(expunge_behavior=ExpungeBehavior.DELETE_FOREVER)) as sim, Wire(sim) as wire:
        wire.login()
        sim.control.deliver(mail())
        wire.select("INBOX")
        wire.ok("STORE 1 +FLAGS (\\Deleted)")
        assert sim.control.messages() == []


def test_deleted_in_all_mail_deletes_nothing(sim: Simulator, opened: Wire) -> None:
    assert opened.ask("STORE 1 +FLAGS (\\Deleted)") == ["OK Success"]
    assert len(sim.control.messages("[Gmail]/All Mail")) == 3


@pytest.mark.parametrize("place", ["[Gmail]/Trash", "[Gmail]/Spam"])
def test_deleted_in_trash_or_spam_deletes_forever(sim: Simulator, opened: Wire, place: str) -> None:
    opened.ok(f'UID MOVE 1 "{place}"')
    opened.select(place)
    assert opened.ask("UID STORE 1 +FLAGS (\\Deleted)") == ["* 1 EXPUNGE", "* 0 EXISTS", "OK Success"]
    assert opened.ask("UID EXPUNGE 1") == ["OK Success"]
    assert len(sim.control.messages()) == 2
