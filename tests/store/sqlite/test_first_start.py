"""What a start may meet: a disk without room, a store that somebody else has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.errors import StoreError
from imapcore.store import Store, store
from imapcore.store.sqlite.connection import connect_writer
from tests.store.worlds import ME


@pytest.mark.parametrize("pages", [1, 3, 10, 40])
def test_a_full_disk_at_the_first_start_is_said_to_be_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    def connect(path: Path) -> sqlite3.Connection:
        connection = connect_writer(path)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(store, "connect_writer", connect)
    path = tmp_path / "store.sqlite3"
    with pytest.raises(StoreError) as caught:
        Store.open(path, clock=SystemClock(), email=ME.email)
    assert caught.value.title == "The disk is full"
    monkeypatch.undo()
    with Store.open(path, clock=SystemClock(), email=ME.email) as opened:
        assert opened.check() is None


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE saved_search", "CREATE VIEW saved_search AS SELECT 1 saved_id, 'x' title, 'y' query"),
        ("CREATE VIEW more AS SELECT 1",),
        ("CREATE TRIGGER more AFTER INSERT ON saved_search BEGIN DELETE FROM op; END",),
    ],
    ids=["view for table", "view", "trigger"],
)
def test_a_store_with_what_we_never_made_is_rebuilt(tmp_path: Path, statements: tuple[str, ...]) -> None:
    path = tmp_path / "store.sqlite3"
    Store.open(path, clock=SystemClock(), email=ME.email).close()
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    with Store.open(path, clock=SystemClock(), email=ME.email) as opened:
        assert "rebuilt" in opened.notices[0].title
        opened.searches.save("One", "in:inbox")
        with opened.reader() as reader:
            assert "One" in [search.title for search in reader.lists.saved_searches()]


def test_an_sqlite_that_is_too_old_is_named_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match=r"needs 3\.35"):
        Store.open(tmp_path / "x.sqlite3", clock=SystemClock())
    assert list(tmp_path.iterdir()) == []
