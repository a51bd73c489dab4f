"""A preview is a read: it says what would be sent, and neither writes nor keeps anybody waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    RenameLabel,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Batch
from imapcore.store.reader.connection import ReadConnection
from imapcore.store.sqlite.connection import Row
from tests.store.worlds import mailboxes, message

TRASH = View.of_role(Role.TRASH)
MANY = Threads(tuple(range(1, 9)))
SOME = Messages((1, 4, 5, 30))


@pytest.fixture(autouse=True)
def mail(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "Play"))
    labels = [("\\Inbox",), ("\\Inbox", "Work"), ("Play", "Work"), ()]
    facts = [message(n, (n + 1) // 2, *labels[n % 4], flags=("\\Seen",) * (n % 3 // 2)) for n in range(1, 17)]
    store.messages.apply([*facts, message(30, 1, "Play", place=Role.TRASH, uid=3)])


def added(target: Target, *names: str) -> ChangeLabels:
    return ChangeLabels(target, add=frozenset(names))


OPS: list[Op] = [
    *(added(target, "Work") for target in (MANY, SOME, Everything(INBOX), Threads((1,), TRASH))),
    added(MANY, "work/new/label", "Play", "\\Important", "\\Starred"),
    ChangeLabels(MANY, frozenset(("Play",)), frozenset(("work", "Nothing", "\\Inbox"))),
    ChangeFlags(MANY, frozenset(("\\Flagged", "$Mine")), frozenset(("\\Seen",))),
    Archive(MANY),
    MoveToTrash(SOME),
    MoveToSpam(MANY),
    MoveToInbox(SOME),
    MoveToInbox(Threads((1,), TRASH)),
    MoveToLabel(MANY, "PLAY", View.of_label("Work")),
    MoveToLabel(Threads((1,), TRASH), "New", TRASH),
    DeleteForever(Threads((1,), TRASH), Role.TRASH, is_confirmed=True),
    MarkAll(INBOX),
    CreateLabel("A/B"),
    RenameLabel("work", "Jobs"),
    DeleteLabel("play"),
]


def grouped(batches: Iterable[Batch]) -> dict[tuple[object, ...], list[int]]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for batch in batches:
        assert len(batch.msgids) <= 1000
        found[(batch.verb, batch.names, batch.destination)].extend(batch.msgids)
    return {what: sorted(msgids) for what, msgids in found.items()}


def drained(store: Store) -> list[Batch]:
    sent = []
    while (batch := store.journal.queue.claim()) is not None:
        sent.append(batch)
        store.journal.answers.confirm(batch)
    return sent


@pytest.mark.parametrize("op", OPS, ids=lambda op: type(op).__name__)
def test_a_preview_says_what_is_sent(store: Store, reader: Reader, op: Op) -> None:
    said = reader.previews().preview(op)
    assert reader.journal.activity() == ()
    store.journal.submit(op)
    assert grouped(said) == grouped(drained(store))
    assert said


def test_a_preview_counts_what_is_shown_with_what_is_open(store: Store, reader: Reader) -> None:
    store.journal.submit(added(MANY, "Play"))
    assert reader.previews().preview(added(MANY, "Play")) == ()
    store.journal.submit(RenameLabel("Work", "Jobs"))
    (batch,) = reader.previews().preview(added(Messages((4,)), "jobs"))
    assert batch.names == ("Jobs",)


@pytest.mark.parametrize(
    "op", [added(Messages((99,)), "Work"), added(Threads((99,)), "Work")], ids=["one", "thread"]
)
def test_a_preview_of_what_is_gone_says_so(reader: Reader, op: Op) -> None:
    with pytest.raises(InvalidArgument) as refused:
        reader.previews().preview(op)
    assert refused.value.title == "That is no longer there"


def test_a_preview_opens_no_transaction_and_waits_for_nobody(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.journal.submit(added(MANY, "Play"))
    kept = dict(store.labels.marks._sets)

    def refused(*_: object) -> None:
        raise AssertionError("a preview writes")

    monkeypatch.setattr(store.writer, "_enter", refused)
    for op in OPS:
        reader.previews().preview(op)
    assert store.labels.marks._sets == kept, "no cache is emptied"


def test_of_many_messages_only_the_first_preview_looks_at_each(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(tmp_path / "many.sqlite", clock=clock) as store, store.reader() as reader:
        store.labels.replace_mailboxes(mailboxes("Work", "Play"))
        for start in range(1, 2400, 200):
            store.messages.apply([message(n, n, "\\Inbox") for n in range(start, start + 200)])
        target = Everything(INBOX)
        states = reader.previews().states_for(added(target, "Work"))
        assert states is not None
        assert states.uids[Role.ALL][7] == 7
        asked: list[str] = []
        rows = ReadConnection.rows

        def noted(connection: ReadConnection, sql: str, parameters: Any = ()) -> list[Row]:
            asked.append(sql)
            return rows(connection, sql, parameters)

        monkeypatch.setattr(ReadConnection, "rows", noted)
        for name in ("Work", "Play", "W", "Wo"):
            op = added(target, name)
            previews = reader.previews()
            assert previews.states_for(op, [states]) is states
            assert sum(len(batch.msgids) for batch in previews.preview(op, states)) == 2400
        assert not any("state" in statement or "message" in statement for statement in asked)
