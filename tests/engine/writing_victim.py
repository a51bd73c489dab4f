"""The process that is killed while it writes and sends.

``python -m tests.engine.writing_victim IMAP-PORT SMTP-PORT FOLDER SEED``.

Each mail is announced by its Message-ID before it is put into the outbox (``?``) and acknowledged afterwards
(``!``): from then on it may be neither lost nor sent twice.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from msgspec.structs import replace

from imapcore.engine import Engine
from imapcore.model import Account, Address, Security
from tests.engine.harness import QUICK

EMAIL, SECRET = "demo@gmail.com", "demodemodemodemo"


def account_on(imap_port: int, smtp_port: int) -> Account:
    """The demo account on these ports."""
    return Account(
        EMAIL,
        "127.0.0.1",
        imap_port,
        Security.NONE,
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_security=Security.NONE,
    )


def main(imap_port: str, smtp_port: str, folder: str, seed: str) -> None:
    """Write and send without a pause, until killed."""
    chance = random.Random(seed)
    account = account_on(int(imap_port), int(smtp_port))
    with Engine(account, secret=lambda: SECRET, data_dir=Path(folder), options=QUICK) as engine:
        print("ready", flush=True)
        number = 0
        while True:
            number += 1
            draft = engine.writing.save(
                replace(engine.writing.new(), to=(Address("", "lin@example.org"),), subject=f"Mail {number}")
            )
            for words in range(chance.randint(1, 3)):
                draft = engine.writing.save(replace(draft, text="word " * (words + 1)))
            if chance.random() < 0.2:
                engine.writing.leave(draft)
            print(f"?\t{draft.message_id}", flush=True)
            out = engine.writing.send(draft, held_seconds=chance.choice((0, 0, 0.01)))
            if chance.random() < 0.2:
                engine.writing.take_back(out.outgoing_id)
            print(f"!\t{draft.message_id}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
