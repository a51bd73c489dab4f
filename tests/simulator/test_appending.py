"""APPEND, drafts, sent mail and conversations (facts §9)."""

from __future__ import annotations

import re

import pytest

from imapcore.clock import ManualClock
from imapcore.simulator import Simulator
from imapcore.simulator.account.kinds import Kind
from tests.simulator.conftest import options
from tests.simulator.wire import Wire, mail


def append(wire: Wire, raw: bytes, mailbox: str = "INBOX", extra: str = "") -> list[str]:
    """APPEND by a synchronizing literal."""
    return wire.ask(f'APPEND "{mailbox}" {extra}{{{len(raw)}}}\r\n'.encode() + raw)


def test_append_asks_for_its_literal_and_answers_appenduid(wire: Wire) -> None:
    raw = mail()
    wire.send(b"z APPEND INBOX {%d}\r\n" % len(raw))
    assert wire.line() == "+ go ahead"
    wire.send(raw + b"\r\n")
    assert wire.line() == "z OK [APPENDUID 1 1] (Success)"


def test_small_literals_need_not_wait_and_larger_ones_must(sim: Simulator, wire: Wire) -> None:
    small, large = mail("small"), mail("large", body="x" * 4096)
    wire.send(b"z APPEND INBOX {%d+}\r\n%b\r\n" % (len(small), small))
    assert wire.line() == "z OK [APPENDUID 1 1] (Success)"
    wire.send(b"z APPEND INBOX {%d+}\r\n%b\r\n" % (len(large), large))
    assert wire.line() == "z BAD Could not parse command"
    assert wire.last("NOOP") == "OK Success"
    assert len(sim.control.messages()) == 1


def test_append_to_the_selected_mailbox_announces_it(sim: Simulator, wire: Wire) -> None:
    wire.select("INBOX")
    assert append(wire, mail("one")) == ["* 1 EXISTS", "OK [APPENDUID 1 1] (Success)"]
    sim.control.set_options(append_reports_exists=False)
    assert append(wire, mail("two", message_id="<2@x>")) == ["OK [APPENDUID 1 2] (Success)"]
    assert wire.ok("NOOP") == ["* 2 EXISTS"]


def test_appending_what_is_there_adds_the_label_and_throws_the_rest_away(sim: Simulator, wire: Wire) -> None:
    msgid = sim.control.deliver(mail("First", message_id="<1@x>"))
    sim.control.create_label("Work")
    uidvalidity = sim.control.mailboxes()["Work"]
    again = mail("Second", message_id="<1@x>", body="another body")
    assert append(wire, again, "Work") == [f"OK [APPENDUID {uidvalidity} 1] (Success)"]
    [message] = sim.control.messages()
    assert (message.msgid, message.subject, message.labels) == (
        msgid,
        "First",
        frozenset(("\\Inbox", "Work")),
    )


def test_self_sent_mail_collapses_into_one_message(sim: Simulator, wire: Wire) -> None:
    append(wire, mail("Note to self", message_id="<1@x>"), "[Gmail]/Sent Mail", "(\\Seen) ")
    append(wire, mail("Note to self", message_id="<1@x>"), "INBOX")
    [message] = sim.control.messages()
    assert message.labels == {"\\Inbox", "\\Sent"}
    assert message.flags == {"\\Seen"}


@pytest.mark.parametrize(
    ("mailbox", "is_auto", "left"),
    [
        ("INBOX", True, ["[Gmail]/All Mail"]),
        ("[Gmail]/All Mail", True, ["[Gmail]/All Mail"]),
        ("[Gmail]/Trash", True, None),
        ("INBOX", False, ["INBOX", "[Gmail]/All Mail"]),
        ("[Gmail]/Trash", False, ["[Gmail]/Trash"]),
    ],
)
def test_a_message_that_comes_deleted_is_treated_as_if_it_were_stored_so(
    mailbox: str, is_auto: bool, left: list[str] | None
) -> None:
    with Simulator(options(auto_expunge=is_auto)) as sim, Wire(sim) as wire:
        wire.login()
        octets = mail()
        reply = wire.last(f'APPEND "{mailbox}" (\\Deleted) {{{len(octets)}}}\r\n'.encode() + octets)
        assert reply.startswith("OK [APPENDUID ")
        found = sim.control.messages()
        assert [sorted(message.uids) for message in found] == ([] if left is None else [left])
        wire.select(mailbox)
        deleted = wire.ok("SEARCH DELETED")
        assert deleted == (["* SEARCH"] if is_auto else ["* SEARCH 1"])


def test_the_date_is_internaldate_and_the_msgid_follows_it(sim: Simulator, wire: Wire) -> None:
    append(wire, mail(), extra='"08-Oct-2026 17:57:53 +0000" ')
    [message] = sim.control.messages()
    assert message.date_ms == 1_791_482_273_000
    assert message.msgid >> 20 == message.date_ms


@pytest.mark.parametrize("date", ["08-Oct-1969 17:57:53 +0000", "08-Oct-2036 17:57:53 +0000"])
def test_a_date_before_1970_or_in_the_future_becomes_now(date: str) -> None:
    clock = ManualClock()
    with Simulator(options(), clock=clock) as sim, Wire(sim) as wire:
        wire.login()
        append(wire, mail(), extra=f'"{date}" ')
        assert sim.control.messages()[0].date_ms == clock.now_ms()


def test_appending_into_a_label_is_that_label_and_all_mail(sim: Simulator, wire: Wire) -> None:
    sim.control.create_label("Work")
    append(wire, mail(), "Work", "(\\Seen \\Flagged $Forwarded) ")
    [message] = sim.control.messages()
    assert message.labels == {"Work", "\\Starred"}
    assert message.flags == {"\\Seen", "\\Flagged", "$Forwarded"}
    assert set(message.uids) == {"Work", "[Gmail]/All Mail", "[Gmail]/Starred"}


@pytest.mark.parametrize(
    ("mailbox", "kind"),
    [("[Gmail]/All Mail", Kind.ALL), ("[Gmail]/Spam", Kind.SPAM), ("[Gmail]/Trash", Kind.TRASH)],
)
def test_appending_into_a_place_is_no_label(sim: Simulator, wire: Wire, mailbox: str, kind: Kind) -> None:
    append(wire, mail(), mailbox)
    [message] = sim.control.messages()
    assert (message.place, message.labels) == (kind, frozenset())


def test_a_reply_joins_the_conversation_by_reference_and_subject(sim: Simulator, wire: Wire) -> None:
    first = sim.control.deliver(mail("Lunch", message_id="<1@x>"))
    append(wire, mail("Re: lunch", message_id="<2@x>", references="<0@x> <1@x>"), "[Gmail]/Drafts")
    append(wire, mail("AW: Re: Lunch", message_id="<3@x>", in_reply_to="<2@x>"), "[Gmail]/Sent Mail")
    append(wire, mail("Dinner", message_id="<4@x>", in_reply_to="<1@x>"))
    threads = {message.message_id: message.thrid for message in sim.control.messages()}
    assert threads["<1@x>"] == threads["<2@x>"] == threads["<3@x>"] == first
    assert threads["<4@x>"] != first


def test_each_appended_version_of_a_draft_is_a_new_message(sim: Simulator, wire: Wire) -> None:
    append(wire, mail("Draft", message_id="<1@x>"), "[Gmail]/Drafts", "(\\Draft \\Seen) ")
    append(wire, mail("Draft", message_id="<2@x>"), "[Gmail]/Drafts", "(\\Draft \\Seen) ")
    wire.select("[Gmail]/Drafts")
    wire.ok('UID MOVE 1 "[Gmail]/Trash"')
    [draft] = sim.control.messages("[Gmail]/Drafts")
    assert draft.message_id == "<2@x>"
    assert draft.labels == {"\\Draft"}


def test_a_draft_removed_from_drafts_alone_is_archived(sim: Simulator, wire: Wire) -> None:
    append(wire, mail("Draft"), "[Gmail]/Drafts")
    wire.select("[Gmail]/Drafts")
    wire.ok("UID STORE 1 +FLAGS (\\Deleted)")
    [message] = sim.control.messages()
    assert (message.place, message.labels) == (Kind.ALL, frozenset())


def test_utf8_append_after_enabling_it(sim: Simulator, wire: Wire) -> None:
    wire.ok("ENABLE UTF8=ACCEPT")
    raw = mail("Übung")
    wire.send(b"z APPEND INBOX UTF8 (~{%d}\r\n" % len(raw))
    assert wire.line() == "+ go ahead"
    wire.send(raw + b")\r\n")
    assert wire.line() == "z OK [APPENDUID 1 1] (Success)"
    assert sim.control.messages()[0].subject == "Übung"


def test_append_errors_have_words_of_options(sim: Simulator, wire: Wire) -> None:
    assert append(wire, mail(), "Nowhere") == ["NO [TRYCREATE] No folder Nowhere (Failure)"]
    wire.send(b"z APPEND INBOX {35651585}\r\n")
    assert wire.line() == "z NO [TOOBIG] Message too large (Failure)"
    assert re.match("NO ", append(wire, b"\r\n\r\n")[-1])
    sim.control.set_options(too_big_error="Too fat", unparsable_error="No mail", append_limit=100)
    wire.send(b"z APPEND INBOX {101}\r\n")
    assert wire.line() == "z NO Too fat"
    assert append(wire, b"\r\n\r\n") == ["NO No mail"]
