"""Many at once: sync writes, the user triages, the wire answers, the screen reads; at the end the lists are
right.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    MarkAll,
    MoveToInbox,
    MoveToTrash,
    Role,
    Threads,
    View,
)
from imapcore.store import Reader, Store
from imapcore.store.facts import Delta
from tests.store.naive import expected_rows, shown_rows
from tests.store.worlds import mailboxes, message

MESSAGES = 240
THREADS = 80


def test_four_threads_on_one_store(store: Store, reader: Reader) -> None:
    store.labels.replace_mailboxes(mailboxes("Work"))
    store.messages.apply([message(n, 1 + n % THREADS, "\\Inbox") for n in range(1, MESSAGES // 2)])
    faults: list[BaseException] = []
    is_over = threading.Event()

    def watched(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except BaseException as fault:  # noqa: BLE001 - shown by the test
                faults.append(fault)

        return run

    def sync() -> None:
        rng = random.Random(1)
        for number in range(MESSAGES // 2, MESSAGES, 10):
            store.messages.apply([message(n, 1 + n % THREADS, "\\Inbox") for n in range(number, number + 10)])
            flags = frozenset({"\\Seen"} if rng.random() < 0.5 else ())
            labels = frozenset({"\\Inbox", "Work"} if rng.random() < 0.5 else {"\\Inbox"})
            store.messages.apply_deltas(
                Role.ALL, [Delta(uid, flags, labels, number + 5) for uid in rng.sample(range(1, number), 20)]
            )

    def triage() -> None:
        rng = random.Random(2)
        for _ in range(60):
            some = Threads(tuple(rng.sample(range(1, THREADS), 6)))
            store.journal.submit(
                rng.choice(
                    (
                        Archive(some),
                        MoveToInbox(some),
                        ChangeLabels(some, add=frozenset({"Work"})),
                        ChangeFlags(some, remove=frozenset({"\\Seen"})),
                        MoveToTrash(Threads(some.thrids[:1])),
                        MarkAll(View.of_label("Work")),
                    )
                )
            )
            if rng.random() < 0.3:
                store.journal.undo()

    def wire() -> None:
        rng = random.Random(3)
        while not is_over.is_set():
            batch = store.journal.queue.claim(30)
            if batch is None:
                is_over.wait(0.005)
            elif rng.random() < 0.2:
                store.journal.answers.reject(batch, "NO")
            elif rng.random() < 0.3:
                store.journal.answers.release(batch)
            else:
                store.journal.answers.confirm(batch)

    def look() -> None:
        with store.reader() as own:
            while not is_over.is_set():
                window = own.lists.window(INBOX, size=30)
                keys = [row.key for row in window.rows]
                assert keys == sorted(keys, reverse=True)
                assert len(keys) == min(30, window.total)
                for row in window.rows[:3]:
                    own.threads.thread(row.thrid, INBOX)
                own.lists.mailboxes()

    workers = [threading.Thread(target=watched(work)) for work in (sync, triage)]
    others = [threading.Thread(target=watched(work)) for work in (wire, look)]
    for thread in (*workers, *others):
        thread.start()
    for thread in workers:
        thread.join(50)
    is_over.set()
    for thread in others:
        thread.join(10)
    assert faults == []
    assert not any(thread.is_alive() for thread in (*workers, *others))
    messages = list(reader.threads.messages(range(1, MESSAGES + 20)))
    for role in (Role.INBOX, Role.ALL, Role.TRASH):
        view = View.of_role(role)
        assert shown_rows(reader, view, 500) == expected_rows(messages, view, set())
    assert store.check() is None
