r"""Labels that come and go behind our back, also on mail in Spam and Trash, where no mailbox shows them.

Neither a rename nor a deletion raises a modseq, and a label's mailbox counts only what is in All Mail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imapcore.errors import Unavailable
from imapcore.model import ChangeLabels, CreateLabel, DeleteLabel, Messages, OpState
from imapcore.simulator import Fault, Options
from imapcore.simulator.faults import FaultKind
from imapcore.store.facts import MailboxChanges
from tests.sync.bench import ALL_MAIL, SPAM, TRASH, Bench, synced

PLACES = pytest.mark.parametrize("place", [SPAM, TRASH, ALL_MAIL])


@PLACES
def test_a_label_made_and_deleted_between_two_lists_leaves_the_mail(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Passing")
    bench.sim.control.delete_label("Passing")
    bench.list()
    bench.audit()
    assert bench.labels(msgid) == bench.labels_there(msgid)


@PLACES
def test_a_label_deleted_and_made_anew_between_two_lists_leaves_the_mail(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Again")
    bench.list()
    bench.audit()
    bench.sim.control.delete_label("Again")
    bench.sim.control.create_label("Again")
    bench.list()
    bench.audit()
    assert bench.labels(msgid) == bench.labels_there(msgid)


@PLACES
def test_a_label_made_anew_while_nobody_looked_is_found_by_the_first_audit(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Again")
    bench.list()
    bench.sim.control.delete_label("Again")
    bench.sim.control.create_label("Again")
    bench.list()
    bench.audit()
    assert bench.labels(msgid) == bench.labels_there(msgid)


@PLACES
def test_a_label_renamed_elsewhere_is_followed_wherever_its_mail_is(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Before")
    bench.list()
    bench.sim.control.rename_label("Before", "After")
    bench.list()
    assert "After" in bench.labels(msgid)
    assert bench.labels(msgid) == bench.labels_there(msgid)


@PLACES
def test_a_renamed_label_is_read_again_where_its_mail_is_not_the_same(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Before")
    bench.list()
    bench.sim.control.rename_label("Before", "After")
    bench.sim.control.relabel(bench.sim.control.messages(ALL_MAIL)[-1].msgid, add=["After"])
    bench.list()
    assert bench.labels(msgid) == bench.labels_there(msgid)


@PLACES
def test_what_follows_from_a_list_is_made_up_for_when_it_was_cut_short(bench: Bench, place: str) -> None:
    msgid = bench.tag(place, "Before")
    bench.list()
    bench.sim.control.rename_label("Before", "After")
    bench.sim.control.fault(Fault(FaultKind.SYSTEM_ERROR, command="UID SEARCH", skip=1))
    with pytest.raises(Unavailable):
        bench.list()
    bench.list()
    assert "After" in bench.labels(msgid)
    assert bench.labels(msgid) == bench.labels_there(msgid)


def test_an_older_list_does_not_undo_what_was_done_here(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label is deleted and brought back while what a list says is followed up: the names are the same as
    before, the list is not.
    """
    labels, journal = bench.store.labels, bench.store.journal
    replace = labels.replace_mailboxes
    taken: list[MailboxChanges] = []

    def replaced(*facts: Any, **asked: Any) -> MailboxChanges:
        if not taken:
            for op in (DeleteLabel("Mine"), CreateLabel("Mine")):
                journal.submit(op)
                batch = journal.queue.claim()
                assert batch is not None
                journal.answers.confirm(batch)
            bench.sim.control.create_label("Mine")
        taken.append(replace(*facts, **asked))
        return taken[-1]

    bench.sim.control.create_label("Mine")
    bench.list()
    bench.sim.control.delete_label("Mine")
    monkeypatch.setattr(labels, "replace_mailboxes", replaced)
    bench.list()
    assert "Mine" in labels.listed_labels()
    assert [changes.is_outdated for changes in taken] == [True, False]


def test_chats_are_no_label_of_the_users(tmp_path: Path) -> None:
    with synced(tmp_path, Options(seed=3, chats=True)) as bench:
        assert "[Gmail]/Chats" in {line.name for line in bench.remote.list_mailboxes()}
        assert all("Chats" not in mailbox.name for mailbox in bench.reader.lists.mailboxes())


def test_a_label_that_somebody_made_meanwhile_in_other_letters_is_that_label(bench: Bench) -> None:
    msgid = bench.sim.control.messages(ALL_MAIL)[0].msgid
    bench.store.journal.submit(ChangeLabels(Messages((msgid,)), add=frozenset(("work/sub",))))
    bench.sim.control.create_label("WORK/Sub")
    bench.send()
    assert "WORK/Sub" in bench.labels(msgid)
    assert bench.labels(msgid) == bench.labels_there(msgid)
    assert [line.state for line in bench.reader.journal.activity()] == [OpState.CONFIRMED]
    bench.list()
    assert [
        mailbox.name for mailbox in bench.reader.lists.mailboxes() if "sub" in mailbox.name.casefold()
    ] == ["WORK/Sub"]
    assert bench.labels(msgid) == bench.labels_there(msgid)


def ids(bench: Bench) -> dict[str, str]:
    return {mailbox.name: mailbox.label_id for mailbox in bench.reader.lists.mailboxes() if mailbox.label_id}


def test_a_parent_renamed_elsewhere_takes_its_children_along_also_those_without_mail(bench: Bench) -> None:
    for name in ("Old", "Old/empty", "Old/full", "Old/full/deep"):
        bench.sim.control.create_label(name)
    bench.tag(ALL_MAIL, "Old/full")
    bench.list()
    before = ids(bench)
    bench.sim.control.rename_label("Old", "New")
    bench.list()
    after = ids(bench)
    for name in ("New", "New/empty", "New/full", "New/full/deep"):
        assert after[name] == before[name.replace("New", "Old")]


def test_a_label_without_mail_renamed_elsewhere_is_known_by_its_mailbox(bench: Bench) -> None:
    for name in ("Empty", "Void"):
        bench.sim.control.create_label(name)
    bench.list()
    bench.audit()
    before = ids(bench)
    bench.sim.control.rename_label("Empty", "Full")
    bench.sim.control.rename_label("Void", "VOID")
    bench.list()
    after = ids(bench)
    assert (after["Full"], after["VOID"]) == (before["Empty"], before["Void"])


def test_a_label_deleted_elsewhere_and_made_again_later_is_another(bench: Bench) -> None:
    bench.sim.control.create_label("Empty")
    bench.list()
    before = ids(bench)["Empty"]
    bench.sim.control.delete_label("Empty")
    bench.list()
    bench.sim.control.create_label("Empty")
    bench.list()
    assert ids(bench)["Empty"] != before
