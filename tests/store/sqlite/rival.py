"""A process that wants the store at the same moment as others: whoever gets it writes until killed.

Says on standard output what it has become: ``writer``, ``reader``, or ``busy`` when the store is just being
made.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from imapcore.clock import SystemClock
from imapcore.errors import StoreBusy
from imapcore.model import INBOX
from imapcore.store import Store
from tests.store.worlds import ME, message


def main(path: Path) -> None:
    """Wait for the word, then open the store and use it."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        store = Store.open(path, clock=SystemClock(), email=ME.email)
    except StoreBusy:
        print("busy", flush=True)
        return
    with store, store.reader() as reader:
        print("reader" if store.is_read_only else "writer", flush=True)
        if store.is_read_only:
            for _ in range(50):
                reader.lists.window(INBOX)
            return
        for number in itertools.count(1):
            store.messages.apply([message(number, number, "\\Inbox")])
            print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
