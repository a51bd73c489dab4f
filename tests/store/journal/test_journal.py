"""Summaries, and what is an op at all."""

from __future__ import annotations

import pytest

from imapcore.model import (
    INBOX,
    Archive,
    ChangeLabels,
    CreateLabel,
    DeleteLabel,
    MarkAll,
    Messages,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    RenameLabel,
    Threads,
)
from imapcore.store import Reader, Store
from tests.store.journal.asking import claimed, label, states, unlabel


@pytest.mark.parametrize(
    ("op", "summary"),
    [
        (Archive(Threads((1, 2))), "Archived 2 conversations"),
        (MoveToTrash(Messages((1,))), "Moved 1 message to Trash"),
        (MoveToSpam(Threads((1,))), "Reported 1 conversation as spam"),
        (label("Work", "Play", of=(1, 2)), "Labelled 2 messages “Play” and “Work”"),
        (label("a", "b", "c"), "Labelled 1 message “a” and 2 more"),
        (unlabel("\\Inbox"), "Archived 1 message"),
        (label("\\Starred"), "Starred 1 message"),
        (ChangeLabels(Messages((1,)), frozenset({"Work"}), frozenset({"\\Inbox"})), None),
        (MarkAll(INBOX), "Marked 4 conversations read"),
        (MoveToLabel(Threads((1,)), "Play"), "Moved 1 conversation to “Play”"),
        (CreateLabel("New"), "Created label “New”"),
        (RenameLabel("Play", "Fun"), "Renamed label “Play” to “Fun”"),
        (DeleteLabel("Play"), "Deleted label “Play”"),
    ],
)
def test_summaries(store: Store, op: Op, summary: str | None) -> None:
    said = store.journal.submit(op).summary
    assert said == (summary or "Labelled 1 message “Work”, took “Inbox” off")


def test_nothing_to_change_is_no_step_of_history(store: Store, reader: Reader) -> None:
    receipt = store.journal.submit(unlabel("Work"))
    assert (receipt.messages, receipt.can_undo) == (0, False)
    assert "0" not in receipt.summary
    assert store.journal.undo() is None
    assert store.journal.queue.pending() == 0
    assert states(reader) == []


def test_very_old_ops_are_forgotten_but_open_ones_never(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imapcore.store.journal.op_writer.OPS_KEPT", 5)
    waiting = store.journal.submit(label("Work", of=(8,)))
    store.journal.answers.release(claimed(store))
    for number in range(20):
        store.journal.submit((label, unlabel)[number % 2]("Play"))
    ids = [line.op_id for line in reader.journal.activity()]
    assert waiting.op_id in ids
    assert len(ids) < 15
