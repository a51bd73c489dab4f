"""The writer and the gate: order, urgency, deadlines, rollback, the end."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument, StoreError
from imapcore.store.sqlite.connection import Transaction, connect_reader, integer_rows
from imapcore.store.sqlite.lockfile import make_private, suspect_mark
from imapcore.store.sqlite.ui_priority import UiPriority
from imapcore.store.sqlite.writer import (
    LOG_BYTES,
    LOG_BYTES_WHILE_WORKING,
    QUEUE_LENGTH,
    QUIET_LOG_BYTES,
    ROWS_AT_ONCE,
    ROWS_WHILE_WORKING,
    WORKING_SECONDS,
    Writer,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "folder" / "store.sqlite"
    make_private(made)
    return made


def table(tx: Transaction) -> None:
    tx.execute("CREATE TABLE note (text TEXT UNIQUE)")


def add(tx: Transaction, text: str) -> int:
    return tx.execute("INSERT INTO note VALUES (?)", (text,)).rowcount


def notes(writer: Writer) -> list[str]:
    return writer.call(lambda tx: [row[0] for row in tx.rows("SELECT text FROM note ORDER BY rowid")])


def test_a_job_that_fails_leaves_no_trace_and_caches_are_told(path: Path) -> None:
    writer = Writer(path, UiPriority())
    told: list[str] = []
    writer.on_rollback(lambda: told.append("rolled back"))
    writer.call(table)

    def half(tx: Transaction) -> None:
        tx.execute("INSERT INTO note VALUES ('a')")
        raise InvalidArgument("no")

    with pytest.raises(InvalidArgument):
        writer.call(half)
    assert notes(writer) == []
    assert told == ["rolled back"]
    writer.stop()


def test_what_the_user_waits_for_goes_first(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)
    begun, may_end = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        begun.set()
        assert may_end.wait(10)

    writer.post(slow)
    assert begun.wait(10)
    for number in range(QUEUE_LENGTH):
        writer.post(partial(add, text=f"later {number}"))
    urgent = threading.Thread(
        target=writer.call,
        args=(partial(add, text="urgent"),),
        kwargs={"is_urgent": True},
    )
    urgent.start()
    while not writer.has_urgent:
        pass
    may_end.set()
    urgent.join(10)
    assert notes(writer)[0] == "urgent"
    writer.stop()


def test_a_full_queue_makes_the_next_one_wait_and_then_say_so(path: Path) -> None:
    writer = Writer(path, UiPriority(), deadline=0.05)
    begun, may_end = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        begun.set()
        assert may_end.wait(10)

    writer.post(slow)
    assert begun.wait(10)
    for _ in range(QUEUE_LENGTH):
        writer.post(lambda tx: None)
    with pytest.raises(StoreError, match="queue is full"):
        writer.post(lambda tx: None)
    may_end.set()
    writer.stop()


def test_after_the_end_it_says_that_it_is_closed(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.stop()
    with pytest.raises(StoreError) as caught:
        writer.call(table)
    assert caught.value.title == "The local store is closed"


def test_accepted_jobs_are_finished_before_the_end(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)
    for number in range(3):
        writer.post(partial(add, text=str(number)))
    writer.stop()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM note").fetchone() == (3,)
    connection.close()


def test_damage_is_remembered_for_the_next_start(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)

    def broken(tx: Transaction) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(StoreError) as caught:
        writer.call(broken)
    assert caught.value.title == "The local store is damaged"
    assert suspect_mark(path).exists()
    writer.stop()


def test_many_rows_go_in_few_statements(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)

    def many(tx: Transaction) -> int:
        tx.put("INSERT INTO note", [(str(number),) for number in range(203)])
        tx.drop("DELETE FROM note WHERE (text, text) IN", [(str(n), str(n)) for n in range(0, 203, 2)])
        return tx.number("SELECT count(*) FROM note")

    assert writer.call(many) == 101
    writer.stop()


def test_rows_of_integers_are_what_they_were_and_nonsense_is_damage(path: Path) -> None:
    writer = Writer(path, UiPriority())
    highest = (1 << 63) - 1
    numbers = [(-1, highest), (0, -highest - 1)]

    def read(tx: Transaction) -> list[tuple[int, ...]]:
        return integer_rows(tx.rows, "a, b", "number")

    writer.call(lambda tx: tx.execute("CREATE TABLE number (a, b)"))
    assert writer.call(read) == []
    writer.call(lambda tx: tx.put("INSERT INTO number", numbers))
    assert writer.call(read) == numbers
    for nonsense in ("no number", b"octets", 0.5, None):
        writer.call(lambda tx, value=nonsense: tx.execute("UPDATE number SET b = ? WHERE a = 0", (value,)))  # type: ignore[misc]
        with pytest.raises(StoreError) as raised:
            writer.call(read)
        assert raised.value.title == "The local store is damaged"
    writer.stop()


class Hands:
    """A clock whose hands move when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_the_gate_holds_until_the_moment_but_not_beyond_the_floor() -> None:
    hands = Hands()
    gate = UiPriority(hands.monotonic, hands.sleep, floor=0.2)
    assert gate.pause() == 0.0
    gate.hold(0.08)
    assert gate.pause() == pytest.approx(0.08)
    assert gate.pause() == 0.0
    gate.hold(5)
    assert gate.pause() == pytest.approx(0.2)
    gate.hold(0.05)
    assert gate.pause() == pytest.approx(0.05)
    gate.hold(5)
    gate.hold(0)
    assert gate.pause() == 0.0


def test_urgent_work_passes_the_gate(path: Path) -> None:
    gate = UiPriority(floor=30)
    writer = Writer(path, gate)
    gate.hold(30)
    assert writer.call(lambda tx: tx.number("SELECT 1"), is_urgent=True) == 1
    gate.hold(0)
    writer.stop()


def test_a_job_at_the_gate_goes_on_when_somebody_waits_behind_it(path: Path) -> None:
    """A key holds the gate for its frame; what it changes must not wait behind what waits for that frame."""
    gate = UiPriority(floor=30)
    writer = Writer(path, gate, deadline=10)
    begun = threading.Event()

    def background(tx: Transaction) -> int:
        begun.set()
        return tx.number("SELECT 1")

    gate.hold(30)
    writer.post(background)
    assert begun.wait(10)
    assert writer.call(lambda tx: tx.number("SELECT 2"), is_urgent=True) == 2
    writer.stop()


def test_holding_the_gate_for_less_wakes_who_waits_for_more() -> None:
    """The frame was painted sooner than expected."""
    looks: list[float] = []
    is_waiting = threading.Event()

    def monotonic() -> float:
        looks.append(time.monotonic())
        if threading.current_thread() is waiter and len(looks) > 1:
            is_waiting.set()
        return looks[-1]

    gate = UiPriority(monotonic, floor=30)
    waiter = threading.Thread(target=gate.pause)
    gate.hold(30)
    waiter.start()
    assert is_waiting.wait(10)
    gate.hold(0.001)
    waiter.join(10)
    assert not waiter.is_alive()


def test_background_work_takes_small_steps_while_the_user_works(path: Path) -> None:
    clock = ManualClock()
    writer = Writer(path, UiPriority(), clock)
    assert writer.rows_at_once == ROWS_AT_ONCE
    writer.call(lambda tx: tx.number("SELECT 1"))
    assert writer.rows_at_once == ROWS_AT_ONCE
    writer.call(lambda tx: tx.number("SELECT 1"), is_urgent=True)
    assert writer.rows_at_once == ROWS_WHILE_WORKING
    clock.advance(WORKING_SECONDS + 1)
    assert writer.rows_at_once == ROWS_AT_ONCE
    writer.stop()


def test_opening_the_gate_lets_a_waiter_go_on_at_once(path: Path) -> None:
    gate = UiPriority(floor=30)
    writer = Writer(path, gate)
    gate.hold(30)
    answers: list[int] = []
    waiter = threading.Thread(target=lambda: answers.append(writer.call(lambda tx: tx.number("SELECT 1"))))
    waiter.start()
    gate.hold(0)
    waiter.join(10)
    assert answers == [1]
    writer.stop()


def test_the_log_is_moved_into_the_store_between_jobs(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)
    log = path.with_name(path.name + "-wal")
    for number in range(6):
        text = f"{number}" * 3_000_000
        writer.call(partial(add, text=text))
    writer.call(partial(add, text="small"))
    assert log.stat().st_size < 16 << 20
    assert path.stat().st_size > 8 << 20
    writer.stop()


def test_a_log_that_was_moved_is_short_again(path: Path) -> None:
    """By its length the writer tells when to move it: one that stayed long was moved after every job."""
    writer = Writer(path, UiPriority())
    writer.call(table)
    log = path.with_name(path.name + "-wal")
    writer.call(partial(add, text="x" * (LOG_BYTES + 1)))
    assert log.stat().st_size > LOG_BYTES
    writer.call(partial(add, text="small"))
    assert log.stat().st_size < 1 << 20
    writer.stop()


def test_a_log_that_somebody_still_reads_is_not_asked_for_after_every_job(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)
    said: list[str] = []
    with closing(connect_reader(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM note").fetchall()
        writer.call(partial(add, text="x" * (LOG_BYTES + 1)))
        writer.call(lambda tx: writer._connection.set_trace_callback(said.append))
        for number in range(20):
            writer.call(partial(add, text=f"{number}"))
        reader.execute("COMMIT")
    assert not any("wal_checkpoint" in each for each in said)
    writer.stop()


def test_the_log_waits_while_the_user_works(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving it takes longer than most changes do, and the next one would stand behind it."""
    monkeypatch.setattr("imapcore.store.sqlite.writer.QUIET_SECONDS", 60)
    clock = ManualClock()
    writer = Writer(path, UiPriority(), clock)
    writer.call(table)
    said: list[str] = []

    def is_moved() -> bool:
        writer.call(lambda tx: None)
        return any("wal_checkpoint" in each for each in said)

    writer.call(lambda tx: writer._connection.set_trace_callback(said.append))
    writer.call(partial(add, text="x" * (LOG_BYTES + 1)), is_urgent=True)
    assert not is_moved()
    writer.call(partial(add, text="x" * LOG_BYTES_WHILE_WORKING))
    assert is_moved()
    # The next commit cuts its file.
    writer.call(partial(add, text="small"))
    said.clear()
    writer.call(partial(add, text="y" * (LOG_BYTES + 1)), is_urgent=True)
    assert not is_moved()
    clock.advance(WORKING_SECONDS + 1)
    writer.call(lambda tx: None)
    assert is_moved()
    writer.stop()


def test_what_stands_in_the_log_is_moved_when_nobody_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes something next would wait until the disk has all of it."""
    monkeypatch.setattr("imapcore.store.sqlite.writer.QUIET_SECONDS", 0.01)
    writer = Writer(path, UiPriority())
    writer.call(table)
    moved = threading.Event()

    def watch(sql: str) -> None:
        if "wal_checkpoint" in sql:
            moved.set()

    writer.call(lambda tx: writer._connection.set_trace_callback(watch))
    writer.call(partial(add, text="x" * (QUIET_LOG_BYTES + 1)))
    assert moved.wait(10)
    writer.stop()


def test_a_full_disk_is_said_and_nothing_is_half_done(path: Path) -> None:
    writer = Writer(path, UiPriority())
    writer.call(table)
    writer.call(lambda tx: tx.number("PRAGMA max_page_count = 20"))
    with pytest.raises(StoreError) as caught:
        writer.call(partial(add, text="x" * 1_000_000))
    assert caught.value.title == "The disk is full"
    assert notes(writer) == []
    writer.stop()
