"""A store that is damaged anywhere, in any way: it opens, what can be read of the journal is kept, and who
opens it is told. Nothing but a StoreError is ever raised, and the next start mends what caused it.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from imapcore.clock import SystemClock
from imapcore.errors import InvalidArgument, StoreError
from imapcore.model import INBOX, Archive, ChangeLabels, Messages, MoveToTrash, View
from imapcore.store import Store
from tests.store.repair.test_killed import die
from tests.store.worlds import ME, mailboxes, message

MESSAGES = 120
PAGE = 4096
NOT_OURS = ("newer version", "another program")
"""Said of a file whose two numbers in the header are damaged: it may be anybody's."""
SEEDS = 15
SOAK_SEEDS = 1000


def open_store(path: Path) -> Store:
    return Store.open(path, clock=SystemClock(), email=ME.email)


def fill(store: Store) -> None:
    """What the next passes bring."""
    store.labels.replace_mailboxes(mailboxes("Work"))
    store.messages.apply([message(n, n, "\\Inbox", subject="A river " * 10) for n in range(1, MESSAGES + 1)])


def use(store: Store) -> None:
    """Look at it, sync it, change something, send everything."""
    with store.reader() as reader:
        for view in (INBOX, View.of_label("Work")):
            reader.lists.window(view)
        reader.lists.mailboxes()
        reader.journal.activity(1000)
    fill(store)
    store.journal.submit(Archive(Messages((100,))))
    for _ in range(200):
        batch = store.journal.queue.claim()
        if batch is None:
            return
        store.journal.answers.confirm(batch)
    raise AssertionError("the journal does not end")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store with mail, a journal that waits, and a saved search."""
    path = tmp_path_factory.mktemp("whole") / "store.sqlite"
    with open_store(path) as store:
        fill(store)
        for n in range(1, 30):
            store.journal.submit(ChangeLabels(Messages((n, n + 1)), add=frozenset({"Work"})))
        for n in range(30, 50):
            store.journal.submit((Archive, MoveToTrash)[n % 2](Messages((n,))))
        store.searches.save("Rivers", "river")
    return path.read_bytes()


def cut_short(octets: bytearray, chance: random.Random) -> None:
    del octets[chance.randrange(len(octets)) :]


def many_octets(octets: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 20)):
        noise = chance.randbytes(chance.randint(1, 64))
        start = chance.randrange(len(octets) - len(noise))
        octets[start : start + len(noise)] = noise


def a_page(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets) // PAGE) * PAGE
    octets[start : start + PAGE] = chance.randbytes(PAGE)


def a_hole(octets: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(octets))
    end = min(len(octets), start + chance.randint(1, 5 * PAGE))
    octets[start:end] = bytes(end - start)


def a_value(octets: bytearray, chance: random.Random) -> None:
    """One bit of one value, which stays a value to SQLite."""
    octets[18:20] = b"\x01\x01"  # In memory there is no log beside the file.
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(bytes(octets))
        tables = [row[0] for row in connection.execute(OUR_TABLES)]
        while not _changes_a_value(connection, chance.choice(tables), chance):
            pass
        octets[:] = connection.serialize()


OUR_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
    "AND name NOT LIKE 'words%' ORDER BY name"
)


def _changes_a_value(connection: sqlite3.Connection, table: str, chance: random.Random) -> bool:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    names, keys = [each[1] for each in columns], [each[1] for each in columns if each[5]]
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    name = chance.choice(names)
    found = connection.execute(f"SELECT * FROM {table} LIMIT 1 OFFSET ?", (chance.randrange(count + 1),))
    row = dict(zip(names, found.fetchone() or (), strict=False))
    value = row.get(name)
    changed: int | str | bytes
    if isinstance(value, int):
        changed = value ^ 1 << chance.randrange(40)
    elif isinstance(value, str | bytes) and value:
        octets = bytearray(value.encode() if isinstance(value, str) else value)
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(7)
        changed = bytes(octets).decode(errors="replace") if isinstance(value, str) else bytes(octets)
    else:
        return False
    where = " AND ".join(f"{key} = ?" for key in keys)
    try:
        connection.execute(
            f"UPDATE {table} SET {name} = ? WHERE {where}", (changed, *(row[key] for key in keys))
        )
    except sqlite3.IntegrityError:
        return False
    return True


def a_state(octets: bytearray, chance: random.Random) -> None:
    """What the journal says of one of its ops, in the row or in the index over it, is no text any more: it is
    read before anything else.
    """
    # Not where the tables are described.
    at = chance.choice([found.start() for found in re.finditer(rb"(?<!')pending", octets)])
    octets[at : at + 3] = b"]\xff\xfe"


Harm = Callable[[bytearray, random.Random], None]
HARMS: tuple[Harm, ...] = (cut_short, many_octets, a_page, a_hole, a_value, a_state)


def suffer(folder: Path, whole: bytes, harm: Harm, seed: int) -> str:
    """Damage a store and live with it; what became of it."""
    path = folder / f"{harm.__name__}-{seed}" / "store.sqlite"
    path.parent.mkdir()
    octets = bytearray(whole)
    harm(octets, random.Random(seed))
    path.write_bytes(octets)
    try:
        with open_store(path) as store:
            outcome = "rebuilt" if store.notices else "not noticed"
            use(store)
            return outcome
    except StoreError as caught:
        error = caught
    if any(words in error.detail for words in NOT_OURS):
        return "left alone"
    assert error.title == "The local store is damaged", error
    with open_store(path) as store:
        assert store.notices
        use(store)
    return "rebuilt at the next start"


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_store_opens_and_works(tmp_path: Path, whole: bytes, harm: Harm) -> None:
    # Of the values that are changed by one bit, one in seven is found out while the store is used.
    seeds = 3 * SEEDS if harm is a_value else SEEDS
    outcomes = {suffer(tmp_path, whole, harm, seed) for seed in range(seeds)}
    assert "rebuilt at the next start" in outcomes if harm in (a_value, a_state) else "rebuilt" in outcomes


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_store_damaged_in_many_ways_opens_and_works(
    tmp_path: Path, whole: bytes, harm: Harm, soak_seed: int, tell: Callable[[str], None]
) -> None:
    outcomes: dict[str, int] = {}
    for number in range(SOAK_SEEDS):
        outcome = suffer(tmp_path, whole, harm, soak_seed * SOAK_SEEDS + number)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    tell(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))


def test_rows_that_contradict_each_other_are_mended_at_the_next_start(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "folder" / "store.sqlite"
    path.parent.mkdir()
    path.write_bytes(whole)
    connection = sqlite3.connect(path)
    with connection:
        # As if one octet had changed: where a conversation stands in the lists, another is to come.
        connection.execute("UPDATE entry SET thrid = ? WHERE thrid = ?", (MESSAGES + 1, MESSAGES))
        (date,) = connection.execute("SELECT date FROM state WHERE thrid = ?", (MESSAGES,)).fetchone()
    connection.close()
    with open_store(path) as store:
        assert not store.notices
        with pytest.raises(StoreError, match="UNIQUE"):
            store.messages.apply([message(MESSAGES + 1, MESSAGES + 1, "\\Inbox", date=date)])
    with open_store(path) as store:
        assert "UNIQUE" in store.notices[0].detail
        use(store)


@pytest.mark.parametrize("value", ["x'ff'", "NULL", "'{'", "'[999]'", "7"])
@pytest.mark.parametrize(
    "column",
    ["mark.name", "op.summary", "op.undoes", "step.names", "step.verb", "piece.shift", "saved_search.query"],
)
def test_a_row_that_makes_no_sense_is_left_out_of_the_rescue(
    tmp_path: Path, whole: bytes, column: str, value: str
) -> None:
    path = tmp_path / "folder" / "store.sqlite"
    path.parent.mkdir()
    path.write_bytes(whole)
    table, name = column.split(".")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("PRAGMA writable_schema = ON")
        # Whatever damage could leave there, which no constraint stops.
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
        )
    connection.close()
    connection = sqlite3.connect(path)
    with connection:
        key = connection.execute(f"SELECT max(rowid) FROM {table}") if table != "step" else None
        where = "op_id = 3" if key is None else f"rowid = {key.fetchone()[0]}"
        connection.execute(f"UPDATE {table} SET {name} = {value} WHERE {where}")
        state = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'state'").fetchone()[0]
    connection.close()
    with path.open("r+b") as file:
        file.seek((state - 1) * PAGE)
        file.write(b"\xa5" * PAGE)
    with open_store(path) as store, store.reader() as reader:
        assert len(store.notices) == 1
        assert len(reader.journal.activity(1000)) >= 20
        use(store)


def test_a_header_that_names_a_format_there_is_not(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "folder" / "store.sqlite"
    path.parent.mkdir()
    octets = bytearray(whole)
    octets[44:48] = (0x77).to_bytes(4, "big")  # The schema format number, of which there are four.
    path.write_bytes(octets)
    with open_store(path) as store:
        assert "unsupported file format" in store.notices[0].detail
        use(store)


@pytest.mark.parametrize("seed", range(8))
def test_a_log_that_lacks_its_end_is_believed_as_far_as_it_goes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = tmp_path / "account" / "store.sqlite"
    die(path, seed, 12)
    log = path.with_name(path.name + "-wal")
    octets = bytearray(log.read_bytes())
    assert octets
    (cut_short, many_octets)[seed % 2](octets, chance)
    log.write_bytes(octets)
    with open_store(path) as store:
        assert store.check() is None
        assert all("damaged" in notice.title for notice in store.notices)
        use(store)


def test_half_a_character_is_refused_and_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "store.sqlite"
    path.parent.mkdir()
    with open_store(path) as store:
        fill(store)
        with pytest.raises(InvalidArgument, match="half a character"), store.reader() as reader:
            reader.lists.window(View.of_search("\ud83d"))
        with pytest.raises(InvalidArgument, match="half a character"):
            store.searches.save("\ud83d", "river")
    with open_store(path) as store:
        assert not store.notices
