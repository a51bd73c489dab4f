"""A process to be killed: backfills and triages without end, and says what it has done."""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

from imapcore.clock import SystemClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    Archive,
    ChangeFlags,
    ChangeLabels,
    MoveToInbox,
    MoveToTrash,
    Op,
    Receipt,
    Role,
    Threads,
    View,
)
from imapcore.store import Store
from tests.store.worlds import ME, message

THREADS = 60
SEEN_FROM = (Role.INBOX, Role.ALL, Role.TRASH)


def random_op(rng: random.Random) -> Op:
    """Something a user would do to some conversations."""
    some = Threads(tuple(rng.sample(range(1, THREADS), 5)), View.of_role(rng.choice(SEEN_FROM)))
    label = frozenset({rng.choice(("Work", "Play", "\\Starred"))})
    return rng.choice(
        (
            ChangeLabels(some, add=label),
            ChangeLabels(some, remove=label),
            ChangeFlags(some, add=frozenset({"\\Seen"})),
            Archive(some),
            MoveToTrash(some),
            MoveToInbox(some),
        )
    )


def undo(store: Store) -> Receipt | None:
    """Take the last change back, if anything of it can come back."""
    try:
        return store.journal.undo()
    except InvalidArgument:
        return None


def submit(store: Store, op: Op) -> Receipt | None:
    """Do it; None where nothing of what is meant is there yet."""
    try:
        return store.journal.submit(op)
    except InvalidArgument:
        return None


def main(path: str, seed: str) -> None:
    """Work until killed; one line on stdout for every op that is durable."""
    rng = random.Random(seed)
    with Store.open(Path(path), clock=SystemClock(), email=ME.email) as store:
        start = 1 + max((high for _, high in store.uids.ranges(Role.ALL)), default=0)
        for uid in itertools.count(start, 7):
            store.messages.apply(
                [
                    message(n, 1 + n % THREADS, "\\Inbox", date=1_700_000_000_000 + n * 1000)
                    for n in range(uid, uid + 7)
                ]
            )
            receipt = submit(store, random_op(rng)) if rng.random() < 0.8 else undo(store)
            if receipt is not None and receipt.messages:
                sys.stdout.write(f"{receipt.op_id}\n")
                sys.stdout.flush()
            if rng.random() < 0.5 and (batch := store.journal.queue.claim(20)) is not None:
                settle = rng.choice((store.journal.answers.confirm, store.journal.answers.release))
                settle(batch)


if __name__ == "__main__":
    main(*sys.argv[1:])
