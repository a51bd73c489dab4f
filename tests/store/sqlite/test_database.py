"""The file: private, locked, checked, migrated, set aside when damaged, rescued as far as readable."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.clock import ManualClock
from imapcore.errors import StoreBusy, StoreError
from imapcore.model import (
    INBOX,
    Archive,
    ChangeLabels,
    DeleteLabel,
    Messages,
    OpState,
    Role,
    ThreadRow,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta, SyncState, Verb
from imapcore.store.repair.integrity import contradiction
from imapcore.store.sqlite.migrations import APPLICATION_ID, MIGRATIONS
from tests.store.worlds import ME, mailboxes, message, spoil


def open_store(path: Path) -> Store:
    return Store.open(path, clock=ManualClock(), email=ME.email)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "account" / "store.sqlite"


def fill(store: Store, count: int = 3) -> None:
    store.labels.replace_mailboxes(mailboxes("Work"))
    store.messages.apply([message(n, n, "\\Inbox", subject="A river " * 40) for n in range(1, count + 1)])


def test_file_and_folder_are_private(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    path.touch(mode=0o644)
    with open_store(path):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        for each in path.parent.iterdir():
            assert stat.S_IMODE(each.stat().st_mode) == 0o600, each.name


def test_it_is_a_wal_file_of_ours(path: Path) -> None:
    with open_store(path):
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        connection.close()


def test_what_was_written_is_there_again(path: Path) -> None:
    with open_store(path) as store:
        fill(store)
    with open_store(path) as store, store.reader() as reader:
        assert [row.thrid for row in reader.lists.window(INBOX).rows] == [3, 2, 1]
        assert store.notices == ()


def test_a_failed_migration_leaves_the_old_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(path) as store:
        fill(store)
    broken = (*MIGRATIONS, ("CREATE TABLE half (a)", "CREATE TABLE half (a)"))
    monkeypatch.setattr("imapcore.store.sqlite.migrations.MIGRATIONS", broken)
    with pytest.raises(StoreError, match="already exists"):
        open_store(path)
    monkeypatch.undo()
    with open_store(path) as store, store.reader() as reader:
        assert reader.stored() == 3


FOURTH_VERSION = (
    "ALTER TABLE conversation RENAME TO now",
    """CREATE TABLE conversation (
        conversation_id INTEGER PRIMARY KEY, thrid INTEGER NOT NULL, place INTEGER NOT NULL,
        row TEXT NOT NULL, UNIQUE (thrid, place))""",
    """INSERT INTO conversation SELECT conversation_id, thrid, place, row
        from now JOIN spot USING (conversation_id)""",
    "DROP TABLE now",
    "DROP TABLE spot",
    "ALTER TABLE entry DROP COLUMN place",
    "ALTER TABLE unread DROP COLUMN place",
    "ALTER TABLE sync_state DROP COLUMN settled_modseq",
    *(f"DROP TABLE {table}" for table in ("draft", "draft_file", "outgoing", "draft_copy")),
    "PRAGMA user_version = 4",
)
"""What makes a store look as the fourth version left it."""

FIRST_VERSION = (
    *FOURTH_VERSION,
    "ALTER TABLE conversation RENAME TO now",
    """CREATE TABLE conversation (
        conversation_id INTEGER PRIMARY KEY, thrid INTEGER NOT NULL, place INTEGER NOT NULL,
        bits INTEGER NOT NULL, people TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL,
        snippet TEXT NOT NULL, UNIQUE (thrid, place))""",
    """INSERT INTO conversation SELECT conversation_id, thrid, place, json_extract(row, '$[0]'),
        json_extract(row, '$[3]'), json_extract(row, '$[4]'), json_extract(row, '$[1]'),
        json_extract(row, '$[2]') FROM now""",
    "DROP TABLE now",
    "DELETE FROM meta WHERE key = 'messages'",
    "PRAGMA user_version = 1",
)
"""The same of the first version."""

SEARCH = View.of_search("in:anywhere river")


@pytest.mark.parametrize(
    ("statements", "kept"), [(FIRST_VERSION, 3), (FOURTH_VERSION, 4)], ids=["first", "fourth"]
)
def test_a_store_of_an_older_version_shows_what_it_did(
    path: Path, statements: tuple[str, ...], kept: int
) -> None:
    """Results of searches were dropped once, and are found again when somebody looks."""
    views = (INBOX, *(View.of_role(role) for role in (Role.SPAM, Role.TRASH)), SEARCH)

    def shown(reader: Reader) -> list[tuple[ThreadRow, ...]]:
        return [
            reader.lists.window(each).rows
            for view in views
            for each in (view, replace(view, is_unread_only=True))
        ]

    with open_store(path) as store, store.reader() as reader:
        fill(store)
        store.messages.apply(
            [message(4, 2, place=Role.SPAM), message(5, 3, place=Role.TRASH), message(6, 6, place=Role.TRASH)]
        )
        store.searches.begin(SEARCH.value)
        store.searches.add(SEARCH.value, [2, 3, 4, 6])
        before = shown(reader)
        assert all(before[::2])
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    with open_store(path) as store, store.reader() as reader:
        assert shown(reader)[: 2 * kept] == before[: 2 * kept]
        assert reader.check() is None
        assert reader.stored() == 6
        store.messages.apply([message(7, 2, "\\Inbox"), message(3, 3, "\\Inbox")])
        assert reader.stored() == 7
    connection = sqlite3.connect(path)
    assert contradiction(connection) is None
    connection.close()


def test_a_newer_version_is_left_alone(path: Path) -> None:
    with open_store(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(path)
    assert [each.name for each in path.parent.iterdir() if "damaged" in each.name] == []


def test_a_file_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA application_id = 12345")
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "file" / "store.sqlite")
    assert caught.value.hint


# -- two processes -------------------------------------------------------------------------------------


def hold(path: str, pipe: Connection) -> None:
    """Another process: keep the store open until told, then write once more."""
    with open_store(Path(path)) as store:
        fill(store)
        pipe.send(store.is_read_only)
        pipe.recv()
        store.messages.apply([message(9, 9, "\\Inbox")])
        pipe.send("written")
        pipe.recv()


def test_the_second_process_reads_and_says_so(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(str(path), theirs))
    process.start()
    try:
        assert ours.poll(30)
        assert ours.recv() is False
        with open_store(path) as store, store.reader() as reader:
            assert store.is_read_only
            assert reader.lists.window(INBOX).total == 3
            with pytest.raises(StoreBusy):
                store.journal.submit(Archive(Threads((1,))))
            with pytest.raises(StoreBusy):
                store.messages.apply([message(5)])
            assert store.uids.known([1, 2, 7]) == {1, 2}
            ours.send("write")
            assert ours.poll(30)
            ours.recv()
            assert reader.lists.window(INBOX).total == 4
        ours.send("end")
    finally:
        process.join(30)
        ours.close()
        theirs.close()
    assert process.exitcode == 0
    with open_store(path) as store:
        assert not store.is_read_only


def test_one_process_cannot_open_it_twice_for_writing(path: Path) -> None:
    with open_store(path) as first, open_store(path) as second:
        assert (first.is_read_only, second.is_read_only) == (False, True)


def test_a_store_being_made_is_busy(path: Path) -> None:
    with open_store(path):
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 0")
        connection.close()
        with pytest.raises(StoreBusy):
            open_store(path)


# -- damage --------------------------------------------------------------------------------------------


def test_a_damaged_file_is_set_aside_and_pending_ops_are_rescued(path: Path) -> None:
    with open_store(path) as store:
        fill(store, 30)
        store.searches.save("Rivers", "river")
        store.journal.submit(ChangeLabels(Messages((2, 3)), add=frozenset({"Work"})))
        done = store.journal.submit(Archive(Messages((1,))))
        batch = store.journal.queue.claim()
        assert batch is not None
        assert done.op_id not in batch.op_ids
    spoil(path, "message")
    with open_store(path) as store, store.reader() as reader:
        assert len(store.notices) == 1
        assert "2 changes not yet sent could be saved" in store.notices[0].detail
        assert [search.query for search in reader.lists.saved_searches()] == ["river"]
        assert reader.stored() == 0
        assert store.journal.queue.claim() is None, "nothing can be sent before its messages are known again"
        fill(store, 30)
        assert [row.thrid for row in reader.lists.window(View.of_label("Work")).rows] == [3, 2]
        assert 1 not in [row.thrid for row in reader.lists.window(INBOX).rows]
        sent = []
        while (batch := store.journal.queue.claim()) is not None:
            sent.append((batch.verb.value, batch.names, batch.msgids, batch.is_replay))
            store.journal.answers.confirm(batch)
        assert sent == [
            ("add_labels", ("Work",), (2, 3), True),
            ("remove_labels", ("\\Inbox",), (1,), True),
        ]
    assert len([each for each in path.parent.iterdir() if each.name.endswith(tuple("0123456789"))]) == 1


def test_a_rescued_change_of_mail_that_is_gone_is_refused_once_everything_is_here(path: Path) -> None:
    with open_store(path) as store:
        fill(store, 30)
        store.journal.submit(ChangeLabels(Messages((2, 3)), add=frozenset({"Work"})))
    spoil(path, "message")
    with open_store(path) as store, store.reader() as reader:
        fill(store, 2)
        assert store.journal.answers.refuse_unknown("It is gone.").rejected == ()
        for place in (Role.ALL, Role.SPAM, Role.TRASH):
            store.uids.save_sync_state(SyncState(place, place.value, 1, 99, 1, 2, 1, is_complete=True))
        assert store.journal.answers.refuse_unknown("It is gone.").rejected == ()
        batch = store.journal.queue.claim()
        assert batch is not None
        assert batch.msgids == (2,)
        (op_id,) = store.journal.answers.confirm(batch).rejected
        (line,) = reader.journal.activity()
        assert (line.op_id, line.state, line.done, line.answer) == (op_id, OpState.REJECTED, 1, "It is gone.")
        assert store.journal.queue.pending() == 0


def test_a_rescued_deletion_of_a_label_is_sent_though_the_mail_that_carried_it_is_gone(path: Path) -> None:
    with open_store(path) as store:
        fill(store, 30)
        store.messages.apply_deltas(Role.ALL, [Delta(2, labels=frozenset({"\\Inbox", "Work"}), modseq=2)])
        store.journal.submit(Archive(Messages((3,))))
        store.journal.submit(DeleteLabel("Work"))
    spoil(path, "message")
    with open_store(path) as store, store.reader() as reader:
        fill(store, 1)
        for place in (Role.ALL, Role.SPAM, Role.TRASH):
            store.uids.save_sync_state(SyncState(place, place.value, 1, 99, 1, 1, 1, is_complete=True))
        store.journal.answers.refuse_unknown("It is gone.")
        batch = store.journal.queue.claim()
        assert batch is not None
        assert (batch.verb, batch.names) == (Verb.DELETE_LABEL, ("Work",))
        store.journal.answers.confirm(batch)
        assert [line.state for line in reader.journal.activity()] == [OpState.CONFIRMED, OpState.REJECTED]


@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 9000, b"hello"])
def test_any_rubbish_in_its_place_gives_a_working_store(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with open_store(path) as store, store.reader() as reader:
        fill(store)
        assert reader.lists.window(INBOX).total == 3
        assert bool(store.notices) == bool(content)


def test_damage_found_while_working_is_said_and_mended_at_the_next_start(path: Path) -> None:
    with open_store(path) as store:
        fill(store, 400)
    spoil(path, "state")
    connection = sqlite3.connect(path)
    header = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    assert header[0] > 10
    with open_store(path) as store:
        assert len(store.notices) == 1
        fill(store)


def test_opening_and_closing_leaves_nothing_behind(path: Path) -> None:
    for _ in range(20):
        with open_store(path) as store:
            store.close()
    assert sorted(each.name for each in path.parent.iterdir()) == ["store.sqlite", "store.sqlite.lock"]
