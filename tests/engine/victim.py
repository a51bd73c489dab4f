"""The process that is killed: an engine on a growing store, and somebody who triages mail without a pause.

``python -m tests.engine.victim PORT FOLDER SEED``. Each wish is announced on standard output before it is
submitted (``?``), and acknowledged when ``submit`` has returned (``!``): from then on it may not be lost.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from imapcore.engine import Engine
from imapcore.model import (
    Account,
    ChangeFlags,
    ChangeLabels,
    Messages,
    MoveToInbox,
    MoveToTrash,
    Op,
    Role,
    Security,
)
from imapcore.store import Store
from tests.engine.harness import QUICK, store_of

LABELS = ("One", "Two/three", "Vier ö")


def known(store: Store) -> list[int]:
    """Messages that are stored, oldest first."""
    return sorted(
        msgid
        for place in (Role.ALL, Role.TRASH)
        for msgid in store.uids.msgids(place, store.uids.ranges(place)).values()
    )


def wish(chance: random.Random, msgids: list[int]) -> tuple[Op, str]:
    """Something to do, and how the parent is told: mark, value, messages."""
    chosen = tuple(sorted(chance.sample(msgids, min(len(msgids), chance.randint(1, 4)))))
    is_added = chance.random() < 0.6
    target, none = Messages(chosen), frozenset[str]()
    listed = ",".join(map(str, chosen))
    kind = chance.random()
    if kind < 0.55:
        label = chance.choice(LABELS)
        marks = frozenset((label,))
        return ChangeLabels(target, marks if is_added else none, none if is_added else marks), (
            f"{label}\t{is_added}\t{listed}"
        )
    if kind < 0.85:
        flag = chance.choice(("\\Seen", "\\Flagged"))
        marks = frozenset((flag,))
        return ChangeFlags(target, marks if is_added else none, none if is_added else marks), (
            f"{flag}\t{is_added}\t{listed}"
        )
    if is_added:
        return MoveToTrash(target), f"place\ttrash\t{listed}"
    return MoveToInbox(target), f"place\tall\t{listed}"


def main(port: int, folder: Path, seed: int) -> None:
    """Triage until killed."""
    chance = random.Random(seed)
    account = Account("demo@gmail.com", "127.0.0.1", port, Security.NONE)
    with Engine(account, secret=lambda: "demodemodemodemo", data_dir=folder, options=QUICK) as engine:
        print("ready", flush=True)
        store = store_of(engine)
        msgids: list[int] = []
        while True:
            if chance.random() < 0.1 or not msgids:
                msgids = known(store)
            if not msgids:
                continue
            op, told = wish(chance, msgids)
            print(f"?\t{told}", flush=True)
            receipt = engine.submit(op)
            # What was so already is no op.
            print(f"!\t{receipt.op_id if receipt.messages else ''}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
