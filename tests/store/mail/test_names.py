"""One rule for the names of labels, wherever one comes from; a label is a label in any case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.gmail.label_names import LONGEST, TAKEN, label_problem
from imapcore.model import (
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteLabel,
    Messages,
    MoveToLabel,
    Op,
    RenameLabel,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Verb
from tests.store.worlds import mailboxes, message

BAD = (
    "",
    " ",
    "a//b",
    "/a",
    " a",
    "a  b",
    "a^b",
    "a\x07b",
    "a\r\nb",
    "\\mine",
    "Sent",
    "inbox/new",
    "Updates",
    "[Gmail]/mine",
    "x" * (LONGEST + 1),
)
WAYS: dict[str, Callable[[str], Op]] = {
    "create": CreateLabel,
    "rename": lambda name: RenameLabel("Work", name),
    "apply": lambda name: ChangeLabels(Messages((1,)), add=frozenset((name,))),
    "move to": lambda name: MoveToLabel(Threads((1,)), name),
}


@pytest.fixture(autouse=True)
def mail(store: Store) -> None:
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "Play"))
    store.messages.apply([message(n, n, "\\Inbox") for n in range(1, 5)])


def drained(store: Store) -> list[tuple[Verb, tuple[str, ...]]]:
    sent = []
    while (batch := store.journal.queue.claim()) is not None:
        sent.append((batch.verb, batch.names))
        store.journal.answers.confirm(batch)
    return sent


def labels_of(reader: Reader, msgid: int) -> set[str]:
    return set(reader.threads.messages([msgid])[0].labels) - {"\\Inbox"}


def tree(reader: Reader) -> list[str]:
    return [mailbox.name for mailbox in reader.lists.mailboxes() if mailbox.role is None]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BAD, ids=repr)
def test_a_name_is_refused_in_the_same_words_wherever_it_comes_from(
    store: Store, reader: Reader, way: str, name: str
) -> None:
    for ask in (store.journal.submit, reader.previews().preview):
        with pytest.raises(InvalidArgument) as refused:
            ask(WAYS[way](name))
        assert refused.value.sentence() == f"{label_problem(name)}."
    assert reader.journal.activity() == ()
    assert tree(reader) == ["Play", "Work", "Work/Deep"]


@pytest.mark.parametrize("way", ["create", "rename"])
@pytest.mark.parametrize("name", ["Play", "PLAY", "play"])
def test_a_name_that_is_taken_is_refused_in_any_case(store: Store, way: str, name: str) -> None:
    with pytest.raises(InvalidArgument, match=TAKEN):
        store.journal.submit(WAYS[way](name))


@pytest.mark.parametrize("name", ["work", "WORK", "Work"])
def test_a_label_is_applied_as_it_is_spelled(store: Store, reader: Reader, name: str) -> None:
    for op in (WAYS["apply"](name), MoveToLabel(Threads((2,)), name)):
        store.journal.submit(op)
    assert labels_of(reader, 1) == labels_of(reader, 2) == {"Work"}
    assert (Verb.ADD_LABELS, ("Work",)) in (sent := drained(store))
    assert all(verb is not Verb.CREATE_LABEL for verb, _ in sent)
    store.journal.submit(ChangeLabels(Messages((1,)), remove=frozenset((name,))))
    assert labels_of(reader, 1) == set()


@pytest.mark.parametrize("way", ["create", "apply", "move to"])
def test_a_label_is_made_below_the_parent_that_is_there(store: Store, reader: Reader, way: str) -> None:
    store.journal.submit(WAYS[way]("work/DEEP/sub"))
    assert tree(reader) == ["Play", "Work", "Work/Deep", "Work/Deep/sub"]
    assert [names for verb, names in drained(store) if verb is Verb.CREATE_LABEL] == [("Work/Deep/sub",)]


def test_a_label_is_moved_below_the_parent_that_is_there(store: Store, reader: Reader) -> None:
    store.journal.submit(RenameLabel("play", "WORK/Games"))
    assert drained(store) == [(Verb.RENAME_LABEL, ("Play", "Work/Games"))]
    assert tree(reader) == ["Work", "Work/Deep", "Work/Games"]


def test_a_label_can_change_the_letters_of_its_name(store: Store, reader: Reader) -> None:
    store.journal.submit(WAYS["apply"]("Work/Deep"))
    store.journal.submit(RenameLabel("Work", "WORK"))
    assert tree(reader) == ["Play", "WORK", "WORK/Deep"]
    assert labels_of(reader, 1) == {"WORK/Deep"}
    drained(store)
    store.journal.submit(WAYS["apply"]("work/deep"))
    assert drained(store) == []


def test_a_label_is_deleted_in_any_case(store: Store, reader: Reader) -> None:
    store.journal.submit(DeleteLabel("play"))
    assert drained(store) == [(Verb.DELETE_LABEL, ("Play",))]
    assert tree(reader) == ["Work", "Work/Deep"]


def test_a_rename_is_not_taken_back_to_a_name_that_was_given_away(store: Store, reader: Reader) -> None:
    store.journal.submit(ChangeFlags(Messages((1,)), add=frozenset(("\\Seen",))))
    store.journal.submit(RenameLabel("Play", "Games"))
    drained(store)
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "Games", "PLAY"))
    with pytest.raises(InvalidArgument, match=TAKEN):
        store.journal.undo()
    assert tree(reader) == ["Games", "PLAY", "Work", "Work/Deep"]
    receipt = store.journal.undo()
    assert receipt is not None, "what came before it can be taken back"
    assert "read" in receipt.summary


def test_a_label_deleted_here_and_made_again_elsewhere_is_not_made_twice(
    store: Store, reader: Reader
) -> None:
    store.journal.submit(WAYS["apply"]("Play"))
    store.journal.submit(DeleteLabel("Play"))
    drained(store)
    store.labels.replace_mailboxes(mailboxes("Work", "Work/Deep", "PLAY"))
    store.journal.undo()
    assert drained(store) == [(Verb.ADD_LABELS, ("PLAY",))]
    assert labels_of(reader, 1) == {"PLAY"}


def test_a_hidden_label_is_put_on_mail_without_being_made(store: Store, reader: Reader) -> None:
    """ "Show in IMAP" hides it from every list; CREATE would be refused."""
    store.messages.apply([message(1, 1, "\\Inbox", "Hidden", modseq=2)])
    store.journal.submit(ChangeLabels(Messages((2,)), add=frozenset(("hidden",))))
    assert drained(store) == [(Verb.ADD_LABELS, ("Hidden",))]
    with pytest.raises(InvalidArgument, match=TAKEN):
        store.journal.submit(CreateLabel("HIDDEN"))


def test_a_label_with_a_backslash_is_the_users_where_it_is_listed(store: Store, reader: Reader) -> None:
    store.messages.apply([message(1, 1, "\\Inbox", "\\foo", "\\Muted", modseq=2)])
    assert reader.lists.window(View.of_role(Role.INBOX)).rows[-1].labels == ()
    store.labels.replace_mailboxes(mailboxes("Work", "\\foo"))
    row = next(row for row in reader.lists.window(View.of_role(Role.INBOX)).rows if row.thrid == 1)
    thread = reader.threads.thread(1, View.of_role(Role.INBOX))
    assert thread is not None
    assert row.labels == thread.labels == ("\\foo",)
    store.journal.submit(ChangeLabels(Messages((2,)), add=frozenset(("\\foo",))))
    assert drained(store) == [(Verb.ADD_LABELS, ("\\foo",))]
    assert reader.threads.label_counts(Messages((2,))).recent == ("\\foo",)


@pytest.mark.parametrize("flag", ["", "two words", "\\Deleted", "\\Draft", "\\Mine", "ä", "x" * 200])
def test_a_flag_that_cannot_be_set_is_refused(store: Store, reader: Reader, flag: str) -> None:
    with pytest.raises(InvalidArgument):
        store.journal.submit(ChangeFlags(Messages((1,)), add=frozenset((flag,))))
    assert reader.journal.activity() == ()


# -- which label it is ---------------------------------------------------------------------------------


def label_id(reader: Reader, name: str) -> str:
    return next(mailbox.label_id for mailbox in reader.lists.mailboxes() if mailbox.name == name)


def test_a_label_is_the_same_whoever_renames_it(store: Store, reader: Reader) -> None:
    store.journal.submit(WAYS["apply"]("Work/Deep"))
    before = label_id(reader, "Work"), label_id(reader, "Work/Deep")
    store.journal.submit(RenameLabel("Work", "Jobs"))
    assert (label_id(reader, "Jobs"), label_id(reader, "Jobs/Deep")) == before
    drained(store)
    store.journal.undo()
    assert (label_id(reader, "Work"), label_id(reader, "Work/Deep")) == before
    drained(store)
    # Another client: the server may say the new name on a message before anybody hears of the renaming.
    store.messages.apply([message(2, 2, "Zeta/Deep", modseq=2)])
    store.labels.rename("Work", "Zeta")
    store.labels.replace_mailboxes(mailboxes("Zeta", "Zeta/Deep", "Play"))
    assert (label_id(reader, "Zeta"), label_id(reader, "Zeta/Deep")) == before
    assert labels_of(reader, 1) == labels_of(reader, 2) == {"Zeta/Deep"}


def test_a_label_that_is_taken_back_is_the_same(store: Store, reader: Reader) -> None:
    before = label_id(reader, "Play")
    store.journal.submit(WAYS["apply"]("Play"))
    store.journal.submit(DeleteLabel("Play"))
    drained(store)
    store.journal.undo()
    drained(store)
    assert label_id(reader, "Play") == before


@pytest.mark.parametrize("way", ["create", "apply"])
def test_a_label_deleted_and_made_again_is_another(store: Store, reader: Reader, way: str) -> None:
    before = label_id(reader, "Play")
    store.journal.submit(WAYS["apply"]("Play"))
    store.journal.submit(DeleteLabel("Play"))
    drained(store)
    store.journal.submit(WAYS[way]("Play"))
    assert label_id(reader, "Play") != before
    drained(store)
    assert labels_of(reader, 1) == ({"Play"} if way == "apply" else set())


def test_only_labels_of_one_store_can_be_compared(store: Store, reader: Reader, tmp_path: Path) -> None:
    with Store.open(tmp_path / "other.sqlite", clock=ManualClock()) as other, other.reader() as there:
        other.labels.replace_mailboxes(mailboxes("Work"))
        assert label_id(there, "Work").partition("-")[0] != label_id(reader, "Work").partition("-")[0]
    assert {m.label_id for m in reader.lists.mailboxes() if m.role is not None} == {""}
