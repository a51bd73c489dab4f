"""The store's numbers: insert rate, window reads, submit-to-shown, size on disk, memory.

Run ``python -m tests.benchmarks.store [--messages N …]``; prints one line per number, its goal beside it.
The mail is invented, from a seed: two and a half messages a conversation, twelve years, thirty labels, every
eleventh message unread.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

from msgspec.structs import replace

from imapcore.clock import SystemClock
from imapcore.model import (
    INBOX,
    Address,
    Archive,
    Around,
    At,
    Bottom,
    ChangeFlags,
    ChangeLabels,
    Everything,
    Key,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Place,
    Role,
    Threads,
    Top,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import MailboxFacts, MessageFacts, SyncState
from tests.benchmarks.table import like_the_app, resident, say

YEARS_MS = 12 * 365 * 86_400_000
NOW = 1_795_251_600_000
LABELS = tuple(f"Label {number:02}" for number in range(30))
WORDS = (
    "river",
    "stone",
    "window",
    "garden",
    "market",
    "letter",
    "winter",
    "summer",
    "paper",
    "silver",
    "bridge",
    "copper",
    "orange",
    "velvet",
    "candle",
    "meeting",
    "invoice",
    "contract",
    "travel",
    "ticket",
    "order",
    "report",
    "draft",
    "review",
    "budget",
    "agenda",
    "minutes",
    "schedule",
)
WINDOW_ROWS = 50
"""Rows of a tall terminal."""

MANY = 10_000
"""Messages of a large change."""


def people(rng: random.Random) -> list[Address]:
    """Two thousand correspondents."""
    return [
        Address(f"{rng.choice(WORDS).title()} {rng.choice(WORDS).title()}", f"p{n}@example.org")
        for n in range(2000)
    ]


def mail(uids: Sequence[int], place: Role = Role.ALL, seed: int = 5) -> Iterator[MessageFacts]:
    """A message for each uid, newest first, as backfill brings them."""
    rng = random.Random(seed)
    regulars = people(rng)
    me = Address("Me", "me@example.org")
    threads: list[int] = []
    labels_of: dict[int, str | None] = {}
    step = YEARS_MS // len(uids)
    for at, uid in enumerate(uids):
        date = NOW - at * step
        msgid = (date << 20) | rng.getrandbits(20)
        if threads and rng.random() < 0.6:
            thrid = threads[-1 - int(len(threads[-200:]) * rng.random() ** 2)]
        else:
            thrid = msgid
            threads.append(msgid)
            labels_of[thrid] = (
                rng.choice(LABELS[: 1 + int(30 * rng.random())]) if rng.random() < 0.5 else None
            )
            del threads[:-400]
        is_mine = rng.random() < 0.2
        labels = {label for label in (labels_of.get(thrid),) if label is not None}
        if is_mine:
            labels.add("\\Sent")
        elif rng.random() < 0.3:
            labels.add("\\Inbox")
        if rng.random() < 0.1:
            labels.add("\\Important")
        yield MessageFacts(
            msgid,
            thrid,
            place,
            uid,
            date,
            rng.randrange(1000, 90_000),
            frozenset() if rng.random() < 1 / 11 else frozenset({"\\Seen"}),
            frozenset(labels),
            uid,
            " ".join(rng.choices(WORDS, k=5)),
            me if is_mine else rng.choice(regulars[: 1 + int(2000 * rng.random() ** 3)]),
            (rng.choice(regulars),) if is_mine else (me,),
            message_id=f"<{msgid:x}@mail.example.org>",
            has_attachment=rng.random() < 0.1,
            snippet=" ".join(rng.choices(WORDS, k=16)),
            text_section="1",
        )


def fill(store: Store, count: int) -> float:
    """Make an account of ``count`` messages, all in All Mail; seconds."""
    places = {Role.INBOX: "INBOX", Role.ALL: "[Gmail]/All Mail"}
    store.labels.replace_mailboxes(
        [MailboxFacts(name, name, role) for role, name in places.items()]
        + [MailboxFacts(n, n) for n in LABELS]
    )
    spent = write_mail(store, range(count, 0, -1))
    store.uids.save_sync_state(SyncState(Role.ALL, places[Role.ALL], 1, count + 1, count, count, 1, True))
    return spent


def write_mail(store: Store, uids: Sequence[int], place: Role = Role.ALL) -> float:
    """Write a message for each uid in batches of 200; seconds."""
    batch: list[MessageFacts] = []
    spent = 0.0
    for facts in mail(uids, place):
        batch.append(facts)
        if len(batch) == 200:
            began = time.perf_counter()
            store.messages.apply(batch)
            spent += time.perf_counter() - began
            batch = []
    store.messages.apply(batch)
    return spent


@dataclass(frozen=True, slots=True)
class Took:
    """How long an action took, in milliseconds."""

    wall: float
    work: float
    """Of this process's processor time: what a quiet machine would need."""


def timed(action: Callable[[], object]) -> Took:
    """Time an action."""
    began, worked = time.perf_counter(), time.process_time()
    action()
    return Took((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000)


def spread(times: list[Took]) -> str:
    """p50, p99 and the worst, in milliseconds."""
    wall = quantiles((took.wall for took in times), n=100)
    work = quantiles((took.work for took in times), n=100)
    worst = max(took.wall for took in times)
    return (
        f"p50 {wall[49]:.2f} ms, p99 {wall[98]:.2f} ms, worst {worst:.2f} ms "
        f"(processor: p50 {work[49]:.2f}, p99 {work[98]:.2f})"
    )


def windows(reader: Reader, view: View, rounds: int) -> dict[str, list[Took]]:
    """Times of window reads at random places of a view."""
    rng = random.Random(7)
    total = reader.lists.window(view, size=1).total
    keys = [reader.lists.window(view, At(rng.randrange(total)), 1).rows[0].key for _ in range(rounds)]
    cases: dict[str, list[Place]] = {
        "top": [Top()] * rounds,
        "bottom": [Bottom()] * rounds,
        "around a key": [Around(key) for key in keys],
        "at an index": [At(rng.randrange(total)) for _ in range(rounds)],
    }
    return {
        name: [timed(partial(reader.lists.window, view, place, WINDOW_ROWS)) for place in places]
        for name, places in cases.items()
    }


@contextmanager
def busy_thread() -> Iterator[None]:
    """A thread that wants the interpreter all the time, as one does that reads new mail."""
    is_over = threading.Event()

    def spin() -> None:
        while not is_over.is_set():
            pass

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def newest_keys(reader: Reader, view: View, messages: tuple[int, ...]) -> list[Key]:
    """Keys of the newest conversations of a view, until they hold ``MANY`` messages."""
    keys: list[Key] = []
    held = 0
    window = reader.lists.window(view, size=500)
    while held < min(MANY, len(messages)) and window.rows:
        for row in window.rows:
            if held < MANY and (not keys or row.key < keys[-1]):
                keys.append(row.key)
                held += row.count
        if window.first + len(window.rows) >= window.total:
            break
        window = reader.lists.window(view, At(window.first + len(window.rows)), 500)
    return keys


def make(path: str, count: int, pipe: Connection) -> None:
    """In a process of its own, so that the measuring one starts as the app does: fill a store."""
    with Store.open(Path(path), clock=SystemClock(), email="me@example.org") as store:
        pipe.send(fill(store, count))


def filled(path: Path, count: int) -> float:
    """Make a store of ``count`` messages; seconds spent writing."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=make, args=(str(path), count, theirs))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit(process.exitcode)
    return float(ours.recv())


def measure(folder: Path, count: int) -> None:
    """Every number, a line each."""
    path = folder / "store.sqlite"
    if not path.exists():
        spent = filled(path, count)
        say("insert", f"{count / spent:,.0f} messages/s ({spent:.1f} s)")
    size = sum(each.stat().st_size for each in folder.iterdir())
    say("on disk", f"{size / count:,.0f} bytes a message ({size / (1 << 20):,.0f} MiB)")
    like_the_app()
    before = resident()
    began = time.perf_counter()
    with Store.open(path, clock=SystemClock(), email="me@example.org") as store, store.reader() as reader:
        reader.lists.mailboxes()
        reader.lists.window(INBOX, size=WINDOW_ROWS)
        say("warm open to first window", f"{(time.perf_counter() - began) * 1000:.0f} ms")
        search(store, reader)
        for name, view in VIEWS.items():
            for where, times in windows(reader, view, 300).items():
                say(f"window of {WINDOW_ROWS} rows, {name}, {where}", spread(times), "p99 ≤ 1 ms")
        say("memory after these reads", f"{resident():.0f} MB ({before:.0f} before the store was opened)")
        measure_ops(store, reader)


QUERY = "has:attachment"
VIEWS = {
    "inbox": INBOX,
    "all mail": View.of_role(Role.ALL),
    "a label": View.of_label(LABELS[3]),
    "inbox, unread only": replace(INBOX, is_unread_only=True),
    "a search": View.of_search(QUERY),
}


def search(store: Store, reader: Reader) -> None:
    """Give a search some results, as the server would."""
    store.searches.begin(QUERY)
    store.searches.add(QUERY, reader.find(QUERY, 1000).msgids)
    store.searches.finish(QUERY, is_complete=True)


def measure_ops(store: Store, reader: Reader) -> None:
    """What the user waits for when something changes."""
    submit, undo, redo = store.journal.submit, store.journal.undo, store.journal.redo
    everyone = reader.threads.expand(Everything(INBOX))
    singles = [
        timed(partial(submit, ChangeLabels(Messages((msgid,)), add=frozenset({LABELS[7]}))))
        for msgid in everyone[-200:]
    ]
    say("submit of 1 message", spread(singles), "≤ 5 ms")
    # A small inbox does not hold ten thousand: then the newest of all mail.
    view = INBOX if len(everyone) >= MANY else View.of_role(Role.ALL)
    threads = tuple(key[1] for key in newest_keys(reader, view, reader.threads.expand(Everything(view))))
    some, binned = Threads(threads), Threads(threads, View.of_role(Role.TRASH))
    number = len(reader.threads.expand(some))
    steps: dict[str, Callable[[], object]] = {
        "label": lambda: submit(ChangeLabels(some, add=frozenset({LABELS[8]}))),
        "read": lambda: submit(ChangeFlags(some, add=frozenset({"\\Seen"}))),
        "archive": lambda: submit(Archive(some)),
        "undo of that": undo,
        "redo": redo,
        "to the inbox": lambda: submit(MoveToInbox(some)),
        "trash": lambda: submit(MoveToTrash(some)),
        "undo of the move": undo,
        "redo of the move": redo,
        "out of the trash": lambda: submit(MoveToInbox(binned)),
        "spam": lambda: submit(MoveToSpam(some)),
    }
    for name, action in steps.items():
        took = timed(action)
        say(
            f"submit of {number:,} messages: {name}",
            f"{took.wall:.0f} ms (processor: {took.work:.0f})",
            "≤ 100 ms",
        )
    with busy_thread():
        took = timed(lambda: submit(ChangeLabels(some, add=frozenset({LABELS[9]}))))
        say(f"submit of {number:,} messages: label, beside a busy thread", f"{took.wall:.0f} ms")
    say("uids of All Mail as ranges", f"{timed(lambda: store.uids.ranges(Role.ALL)).wall:.0f} ms")
    for query in ("silver invoice", "silver AROUND 2 invoice"):
        say(f"found offline: {query}", f"{timed(partial(reader.find, query, 200)).wall:.0f} ms")
    say("memory after those ops", f"{resident():.0f} MB")


def main() -> None:
    """Print the table for each size asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, nargs="+", default=[10_000])
    parser.add_argument("--folder", type=Path, help="keep the store here, and use it again (one size only)")
    arguments = parser.parse_args()
    for messages in arguments.messages:
        print(f"-- {messages:,} messages", flush=True)
        with tempfile.TemporaryDirectory() as temporary:
            process = multiprocessing.get_context("spawn").Process(
                target=measure, args=(arguments.folder or Path(temporary), messages)
            )
            process.start()
            process.join()
            if process.exitcode != 0:
                raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
