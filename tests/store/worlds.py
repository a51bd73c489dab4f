"""Small worlds for tests of the store: facts with little typing, and a store on a temporary path."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from imapcore.model import Address, Role
from imapcore.store.facts import MailboxFacts, MessageFacts

ME = Address("Me", "me@example.org")
ANN = Address("Ann Lee", "ann@example.org")
BOB = Address("Bob Ray", "bob@example.org")
NOON = 1_795_251_600_000
HOUR = 3_600_000


def message(
    msgid: int,
    thrid: int | None = None,
    *labels: str,
    place: Role = Role.ALL,
    uid: int | None = None,
    date: int | None = None,
    flags: tuple[str, ...] = (),
    subject: str = "",
    sender: Address = ANN,
    to: tuple[Address, ...] = (ME,),
    snippet: str | None = "",
    modseq: int = 1,
    has_attachment: bool = False,
) -> MessageFacts:
    """Facts of one message; its uid is its msgid, its date grows with it."""
    return MessageFacts(
        msgid,
        msgid if thrid is None else thrid,
        place,
        msgid if uid is None else uid,
        NOON + msgid * HOUR if date is None else date,
        1000,
        frozenset(flags),
        frozenset(labels),
        modseq,
        subject or f"Subject {msgid}",
        sender,
        to,
        message_id=f"<{msgid}@example.org>",
        has_attachment=has_attachment,
        snippet=snippet,
    )


def mailboxes(*labels: str) -> list[MailboxFacts]:
    """Gmail's own mailboxes and some labels."""
    roles = {
        "INBOX": Role.INBOX,
        "[Gmail]/All Mail": Role.ALL,
        "[Gmail]/Drafts": Role.DRAFTS,
        "[Gmail]/Important": Role.IMPORTANT,
        "[Gmail]/Sent Mail": Role.SENT,
        "[Gmail]/Spam": Role.SPAM,
        "[Gmail]/Starred": Role.STARRED,
        "[Gmail]/Trash": Role.TRASH,
    }
    own = [MailboxFacts(name, name.rpartition("/")[2], role) for name, role in roles.items()]
    return [
        *own[:1],
        *(MailboxFacts(label, label.rpartition("/")[2]) for label in labels),
        MailboxFacts("[Gmail]", "[Gmail]", None, is_selectable=False),
        *own[1:],
    ]


def spoil(path: Path, table: str) -> None:
    """Overwrite every page of a table with noise."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    pages = [row[0] for row in connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))]
    connection.close()
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xa5" * size)
