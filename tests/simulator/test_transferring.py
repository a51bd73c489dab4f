"""COPY, MOVE and the places that exclude each other (facts §6)."""

from __future__ import annotations

import pytest

from imapcore.simulator import Simulator
from imapcore.simulator.account.kinds import Kind
from tests.simulator.wire import Wire, mail


@pytest.fixture
def opened(sim: Simulator, wire: Wire) -> Wire:
    """Signed in, All Mail selected, two messages in the inbox."""
    for number in range(2):
        sim.control.deliver(mail(f"Number {number}"))
    wire.select()
    return wire


def test_move_tells_expunge_then_exists_then_copyuid_in_the_tagged_ok(opened: Wire) -> None:
    assert opened.ask('UID MOVE 1 "[Gmail]/Trash"') == [
        "* 1 EXPUNGE",
        "* 1 EXISTS",
        "OK [COPYUID 2 1 1] (Success)",
    ]


def test_copy_tells_copyuid_and_nothing_untagged(sim: Simulator, opened: Wire) -> None:
    sim.control.create_label("Work")
    uidvalidity = sim.control.mailboxes()["Work"]
    assert opened.ask("COPY 1:2 Work") == [f"OK [COPYUID {uidvalidity} 1:2 1:2] (Success)"]
    assert opened.ask("UID COPY 77 Work") == ["OK Success"]


def test_a_move_from_all_mail_to_a_label_leaves_the_message_there(sim: Simulator, opened: Wire) -> None:
    sim.control.create_label("Work")
    [line] = opened.ask("UID MOVE 1 Work")
    assert line.startswith("OK [COPYUID ")
    assert opened.ok("NOOP") == []
    assert sim.control.messages("Work")[0].labels == {"\\Inbox", "Work"}


def test_a_move_between_labels_takes_one_and_gives_the_other(sim: Simulator, opened: Wire) -> None:
    msgid = sim.control.deliver(mail("Three"), labels=["A", "\\Starred"])
    sim.control.create_label("B")
    opened.select("A")
    assert opened.ask("MOVE 1 B")[:2] == ["* 1 EXPUNGE", "* 0 EXISTS"]
    assert sim.control.message(msgid).labels == {"B", "\\Starred"}


def test_a_move_from_inbox_to_all_mail_archives(sim: Simulator, opened: Wire) -> None:
    opened.select("INBOX")
    msgid = sim.control.messages("INBOX")[0].msgid
    assert opened.ask('UID MOVE 1 "[Gmail]/All Mail"') == [
        "* 1 EXPUNGE",
        "* 1 EXISTS",
        "OK [COPYUID 11 1 1] (Success)",
    ]
    assert sim.control.message(msgid).labels == set()


@pytest.mark.parametrize(("place", "kind"), [("[Gmail]/Trash", Kind.TRASH), ("[Gmail]/Spam", Kind.SPAM)])
@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_trash_and_spam_exclude_all_mail_and_every_label_view(
    sim: Simulator, wire: Wire, place: str, kind: Kind, verb: str
) -> None:
    msgid = sim.control.deliver(mail(), labels=["\\Inbox", "\\Starred", "Work"])
    wire.select()
    wire.ok(f'{verb} 1 "{place}"')
    message = sim.control.message(msgid)
    assert message.place is kind
    assert set(message.uids) == {place}
    for mailbox in ("[Gmail]/All Mail", "INBOX", "Work", "[Gmail]/Starred"):
        assert "* 0 EXISTS" in wire.select(mailbox)


def test_not_spam_is_a_move_to_inbox(sim: Simulator, opened: Wire) -> None:
    msgid = sim.control.messages()[0].msgid
    sim.control.move(msgid, "[Gmail]/Spam")
    opened.select("[Gmail]/Spam")
    assert opened.ask("UID MOVE 1 INBOX")[-1] == "OK [COPYUID 1 1 3] (Success)"
    message = sim.control.message(msgid)
    assert (message.place, message.labels) == (Kind.ALL, frozenset(("\\Inbox",)))
    assert message.uids["[Gmail]/All Mail"] == 3


def test_expunge_numbers_of_a_move_are_each_already_shifted(sim: Simulator, opened: Wire) -> None:
    sim.control.deliver(mail("Three"))
    opened.ok("NOOP")
    assert opened.ask('MOVE 1,3 "[Gmail]/Trash"')[:3] == ["* 1 EXPUNGE", "* 2 EXPUNGE", "* 1 EXISTS"]


def test_a_move_in_a_read_only_mailbox_is_refused(sim: Simulator, opened: Wire) -> None:
    opened.ok("EXAMINE INBOX")
    assert opened.last('MOVE 1 "[Gmail]/Trash"').startswith("NO ")
    assert len(sim.control.messages("INBOX")) == 2


def test_copying_a_draft_is_refused_by_option(sim: Simulator, opened: Wire) -> None:
    draft = sim.control.deliver(mail("Draft"), labels=["\\Draft"])
    sim.control.create_label("Work")
    sim.control.set_options(draft_copy_is_refused=True)
    opened.ok("NOOP")
    assert opened.last("COPY 3 Work").startswith("NO ")
    assert sim.control.message(draft).labels == {"\\Draft"}
    sim.control.set_options(draft_copy_is_refused=False)
    opened.ok("COPY 3 Work")
    assert sim.control.message(draft).labels == {"\\Draft", "Work"}
