"""The store's numbers: insert rate, window reads, submit-to-shown, size on disk, memory.

Run ``python -m tests.benchmarks.store [--messages N]``; prints one line per number. The mail is invented,
from a seed: two and a half messages a conversation, twelve years, thirty labels, every eleventh message
unread.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

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
    MoveToTrash,
    Op,
    Place,
    Role,
    Threads,
    Top,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import MailboxFacts, MessageFacts, SyncState

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


def people(rng: random.Random) -> list[Address]:
    """Two thousand correspondents."""
    return [
        Address(f"{rng.choice(WORDS).title()} {rng.choice(WORDS).title()}", f"p{n}@example.org")
        for n in range(2000)
    ]


def mail(count: int, seed: int = 5) -> Iterator[MessageFacts]:
    """``count`` messages, newest first, as backfill brings them."""
    rng = random.Random(seed)
    regulars = people(rng)
    me = Address("Me", "me@example.org")
    threads: list[int] = []
    labels_of: dict[int, str | None] = {}
    step = YEARS_MS // count
    for uid in range(count, 0, -1):
        date = NOW - (count - uid) * step
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
            Role.ALL,
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
    """Write ``count`` messages in batches of 200; seconds."""
    places = {Role.INBOX: "INBOX", Role.ALL: "[Gmail]/All Mail"}
    store.mail.replace_mailboxes(
        [MailboxFacts(name, name, role) for role, name in places.items()]
        + [MailboxFacts(n, n) for n in LABELS]
    )
    batch: list[MessageFacts] = []
    spent = 0.0
    for facts in mail(count):
        batch.append(facts)
        if len(batch) == 200:
            began = time.perf_counter()
            store.mail.apply_messages(batch)
            spent += time.perf_counter() - began
            batch = []
    store.mail.apply_messages(batch)
    store.mail.save_sync_state(SyncState(Role.ALL, places[Role.ALL], 1, count + 1, count, count, 1, True))
    return spent


@dataclass(frozen=True, slots=True)
class Took:
    """How long an action took, in milliseconds."""

    wall: float
    work: float
    """Of this thread's processor time: what a quiet machine would need."""


def timed(action: Callable[[], object]) -> Took:
    """Time an action on this thread."""
    began, worked = time.perf_counter(), time.thread_time()
    action()
    return Took((time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000)


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
    total = reader.window(view, size=1).total
    keys = [reader.window(view, At(rng.randrange(total)), 1).rows[0].key for _ in range(rounds)]
    cases: dict[str, list[Place]] = {
        "top": [Top()] * rounds,
        "bottom": [Bottom()] * rounds,
        "around a key": [Around(key) for key in keys],
        "at an index": [At(rng.randrange(total)) for _ in range(rounds)],
    }
    return {
        name: [timed(partial(reader.window, view, place, WINDOW_ROWS)) for place in places]
        for name, places in cases.items()
    }


def submit(store: Store, op: Op) -> Took:
    """Until an op is durable and shown; the work is the writer's, not this thread's."""
    return timed(lambda: store.journal.submit(op))


def newest_keys(reader: Reader, view: View, messages: tuple[int, ...]) -> list[Key]:
    """Keys of the newest conversations of a view, until they hold ten thousand messages."""
    keys: list[Key] = []
    held = 0
    window = reader.window(view, size=500)
    while held < min(10_000, len(messages)) and window.rows:
        for row in window.rows:
            if held < 10_000 and (not keys or row.key < keys[-1]):
                keys.append(row.key)
                held += row.count
        if window.first + len(window.rows) >= window.total:
            break
        window = reader.window(view, At(window.first + len(window.rows)), 500)
    return keys


def resident() -> float:
    """Resident memory of this process now, in MiB."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / (1 << 20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


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


def measure(folder: Path, count: int) -> Iterator[str]:
    """Every number, a line each."""
    path = folder / "store.sqlite"
    before = resident()
    if not path.exists():
        spent = filled(path, count)
        yield f"insert: {count / spent:,.0f} messages/s ({spent:.1f} s)"
    size = sum(each.stat().st_size for each in folder.iterdir())
    yield f"on disk: {size / count:,.0f} bytes a message ({size / (1 << 20):,.0f} MiB)"
    # As the app does once it stands: the collector sleeps until nobody is waiting.
    gc.collect()
    gc.freeze()
    gc.disable()
    began = time.perf_counter()
    with Store.open(path, clock=SystemClock(), email="me@example.org") as store, store.reader() as reader:
        reader.mailboxes()
        reader.window(INBOX, size=WINDOW_ROWS)
        yield f"warm open to first window: {(time.perf_counter() - began) * 1000:.0f} ms"
        for view in (INBOX, View.of_role(Role.ALL), View.of_label(LABELS[3])):
            for name, times in windows(reader, view, 300).items():
                yield f"window of {WINDOW_ROWS} rows, {view.value}, {name}: {spread(times)}"
        yield f"memory after these reads: {resident():.0f} MiB ({before:.0f} before the store was opened)"
        yield from measure_ops(store, reader)


def measure_ops(store: Store, reader: Reader) -> Iterator[str]:
    """What the user waits for when something changes."""
    everyone = reader.expand(Everything(INBOX))
    singles = [
        submit(store, ChangeLabels(Messages((msgid,)), add=frozenset({LABELS[7]})))
        for msgid in everyone[-200:]
    ]
    yield f"submit of 1 message: {spread(singles)}"
    threads = tuple(row[1] for row in newest_keys(reader, INBOX, everyone))
    some = Threads(threads)
    ops: dict[str, Op] = {
        "label": ChangeLabels(some, add=frozenset({LABELS[8]})),
        "read": ChangeFlags(some, add=frozenset({"\\Seen"})),
        "archive": Archive(some),
        "trash": MoveToTrash(some),
    }
    yield (
        f"submit of {len(reader.expand(some)):,} messages in {len(threads):,} conversations: "
        + ", ".join(f"{name} {submit(store, op).wall:.0f} ms" for name, op in ops.items())
    )
    yield f"undo of the last: {timed(store.journal.undo).wall:.0f} ms"
    yield f"uids of All Mail as ranges: {timed(lambda: store.mail.uids(Role.ALL)).wall:.0f} ms"
    yield f"words found offline: {timed(lambda: reader.find('silver invoice', 200)).wall:.0f} ms"
    yield f"memory after those ops: {resident():.0f} MiB"


def main() -> None:
    """Run the benchmark and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="keep the store here, and use it again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for line in measure(arguments.folder or Path(temporary), arguments.messages):
            print(line, flush=True)


if __name__ == "__main__":
    main()
