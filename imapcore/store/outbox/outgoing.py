"""Mail on its way out: one row a message, written before each step that cannot be taken back.

The theory. ``smtp.outcome`` says why nobody can know everything; what can be promised is that a message is
never sent twice and never lost in silence. That takes one rule: *the row says what may have happened before
it may happen.*

    held ──► waiting ──► sending ──► unknown ──► sent
      ╰────────╯ taken back   │          ╰──────► refused (a draft again)
                              ╰─► waiting (nothing left the house) or refused

- **held**: it goes at ``send_at``, until then it can be taken back as it was. **waiting**: for its time, for
  a connection, or for another try.
- **sending**: a session works on it; a message that was only signed in for or half transmitted is still no
  message. A run that dies here goes back to waiting when the next one begins.
- **unknown** is written to the disk, through the operating system's caches, right before the octets go out
  after which the server may own the message. A run that dies from here on finds it at its next start, and so
  does one whose link broke: Gmail is asked for the Message-ID. Found, it is sent. Not found by every look, it
  is *refused* with a sentence that says that nobody knows; it is never sent again without the user.
- **sent** and **refused** are final; a refused one's draft is a draft again.

Taking back and claiming are transactions on the one writer: either the one or the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.json import encode

from imapcore.model import Draft, Outgoing, OutgoingState
from imapcore.store.outbox.drafts import UNDER_WAY, forget, read_draft
from imapcore.store.repository import Repository
from imapcore.store.sqlite.connection import Row, Transaction

KEPT = 50
"""Sent and refused messages that stay in the list, for whoever looks what became of them."""

_COLUMNS = "outgoing_id, draft, state, send_at, title, detail, hint"


class Claimed(Struct, frozen=True):
    """A message that is to be sent now."""

    outgoing_id: int
    draft: Draft
    octets: bytes
    """Rendered before, at an earlier try: the same message is sent again; empty for the first."""
    archives: bool
    attempts: int


class Doubtful(Struct, frozen=True):
    """A message of which nobody knows whether the server has it."""

    outgoing_id: int
    message_id: str
    looks: int
    """How often Gmail was asked already."""


class OutgoingMail(Repository):
    """The outbox; every method is safe on any thread and returns when committed."""

    def put(self, draft: Draft, send_at: int, *, is_held: bool, archives: bool = False) -> Outgoing:
        """Let a saved draft go at ``send_at`` (ms); its draft is not to be written on from now on."""
        state = OutgoingState.HELD if is_held else OutgoingState.WAITING

        def job(tx: Transaction) -> int:
            # What became of an earlier try is no news any more.
            tx.execute("DELETE FROM outgoing WHERE draft_id = ? AND state = 'refused'", (draft.draft_id,))
            tx.execute(
                "INSERT INTO outgoing (draft_id, draft, state, send_at, archives) VALUES (?, ?, ?, ?, ?)",
                (draft.draft_id, encode(draft).decode(), state, send_at, int(archives)),
            )
            return tx.number("SELECT last_insert_rowid()")

        return Outgoing(self._write(job, is_user=True), draft, state, send_at)

    def all(self) -> tuple[Outgoing, ...]:
        """What is on its way, and what became of the last ones; the oldest first."""
        return tuple(_read(self._read(f"SELECT {_COLUMNS} FROM outgoing ORDER BY outgoing_id")))

    def get(self, outgoing_id: int) -> Outgoing | None:
        """One of them."""
        rows = self._read(f"SELECT {_COLUMNS} FROM outgoing WHERE outgoing_id = ?", (outgoing_id,))
        return next(iter(_read(rows)), None)

    def next_at(self) -> int | None:
        """When the next is due (ms), to be sent or to be looked for; None when there is none."""
        rows = self._read("SELECT min(send_at) FROM outgoing WHERE state IN ('held', 'waiting', 'unknown')")
        return None if rows[0][0] is None else int(rows[0][0])

    def claim(self, now_ms: int) -> Claimed | None:
        """The next that is due is being sent from now on; None when none is."""

        def job(tx: Transaction) -> Claimed | None:
            rows = tx.rows(
                """
                SELECT outgoing_id, draft, coalesce(octets, x''), archives, attempts FROM outgoing
                WHERE state IN ('held', 'waiting') AND send_at <= ? ORDER BY send_at, outgoing_id
                """,
                (now_ms,),
            )
            for outgoing_id, text, octets, archives, attempts in rows:
                draft = read_draft(text)
                if draft is None:
                    _set(tx, outgoing_id, OutgoingState.REFUSED, title="This mail cannot be read any more")
                    continue
                tx.execute(
                    "UPDATE outgoing SET state = 'sending', attempts = attempts + 1 WHERE outgoing_id = ?",
                    (outgoing_id,),
                )
                return Claimed(outgoing_id, draft, bytes(octets), bool(archives), attempts)
            return None

        return self._write(job, is_user=True)

    def keep(self, outgoing_id: int, octets: bytes) -> None:
        """The message as it was rendered: whatever is sent later is this very one."""
        self._write(
            lambda tx: (
                tx.execute(
                    "UPDATE outgoing SET octets = ? WHERE outgoing_id = ?", (octets, outgoing_id)
                ).rowcount
            ),
            is_user=True,
        )

    def may_be_taken(self, outgoing_id: int, look_at: int) -> None:
        """The next octets make it the server's; on the disk when this returns. ``look_at``: when Gmail is to
        be asked for it, if nobody says more.
        """
        self._write(
            lambda tx: (
                tx.execute(
                    "UPDATE outgoing SET state = 'unknown', send_at = ?, looks = 0 WHERE outgoing_id = ?",
                    (look_at, outgoing_id),
                ).rowcount
            ),
            is_user=True,
        )

    def doubtful(self, now_ms: int) -> tuple[Doubtful, ...]:
        """Those that Gmail is to be asked for by now."""
        found = []
        for outgoing_id, text, looks in self._read(
            "SELECT outgoing_id, draft, looks FROM outgoing WHERE state = 'unknown' AND send_at <= ?",
            (now_ms,),
        ):
            draft = read_draft(text)
            found.append(Doubtful(outgoing_id, "" if draft is None else draft.message_id, looks))
        return tuple(found)

    def postpone(self, outgoing_id: int, look_at: int) -> None:
        """When to ask (again) whether Gmail has it."""
        self._write(
            lambda tx: (
                tx.execute(
                    "UPDATE outgoing SET send_at = ? WHERE outgoing_id = ? AND state = 'unknown'",
                    (look_at, outgoing_id),
                ).rowcount
            )
        )

    def hurry(self, now_ms: int) -> None:
        """What waits because something was in the way is due now; what waits for its time is not."""
        self._write(
            lambda tx: (
                tx.execute(
                    "UPDATE outgoing SET send_at = min(send_at, ?) WHERE state = 'waiting' AND title <> ''",
                    (now_ms,),
                ).rowcount
            )
        )

    def looked(self, outgoing_id: int, look_at: int) -> None:
        """Gmail was asked and does not have it (yet): when to ask again."""
        self._write(
            lambda tx: (
                tx.execute(
                    """
                UPDATE outgoing SET looks = looks + 1, send_at = ?
                WHERE outgoing_id = ? AND state = 'unknown'
                """,
                    (look_at, outgoing_id),
                ).rowcount
            )
        )

    def later(
        self, outgoing_id: int, send_at: int, title: str = "", detail: str = "", hint: str = ""
    ) -> None:
        """Nothing left the house: try again at ``send_at``."""
        self._write(
            lambda tx: _set(tx, outgoing_id, OutgoingState.WAITING, title, detail, hint, send_at=send_at),
            is_user=True,
        )

    def sent(self, outgoing_id: int) -> None:
        """The server has it: the draft and its files go."""

        def job(tx: Transaction) -> None:
            _set(tx, outgoing_id, OutgoingState.SENT)
            tx.execute("UPDATE outgoing SET octets = NULL WHERE outgoing_id = ?", (outgoing_id,))
            for (draft_id,) in tx.rows("SELECT draft_id FROM outgoing WHERE outgoing_id = ?", (outgoing_id,)):
                forget(tx, draft_id)
            _trim(tx)

        self._write(job, is_user=True)

    def refused(self, outgoing_id: int, title: str, detail: str = "", hint: str = "") -> None:
        """It will not be sent by itself: its draft is a draft again."""

        def job(tx: Transaction) -> None:
            _set(tx, outgoing_id, OutgoingState.REFUSED, title, detail, hint)
            _trim(tx)

        self._write(job, is_user=True)

    def take_back(self, outgoing_id: int) -> bool:
        """Its draft is a draft again, as if it had never been sent; False when it is being sent already."""
        return self._write(
            lambda tx: (
                tx.execute(
                    "DELETE FROM outgoing WHERE outgoing_id = ? AND state IN ('held', 'waiting', 'refused')",
                    (outgoing_id,),
                ).rowcount
                > 0
            ),
            is_user=True,
        )

    def send_at(self, outgoing_id: int, send_at: int) -> bool:
        """Let one go at another time; False when it is not waiting."""
        return self._write(
            lambda tx: (
                tx.execute(
                    """
                    UPDATE outgoing SET state = 'waiting', send_at = ?
                    WHERE outgoing_id = ? AND state IN ('held', 'waiting')
                    """,
                    (send_at, outgoing_id),
                ).rowcount
                > 0
            ),
            is_user=True,
        )

    def recover(self, now_ms: int) -> None:
        """At the start: what the last run was sending has not left, or it would be unknown."""
        if self._read("SELECT 1 FROM outgoing WHERE state = 'sending' LIMIT 1"):
            self._write(
                lambda tx: (
                    tx.execute(
                        "UPDATE outgoing SET state = 'waiting', send_at = ? WHERE state = 'sending'",
                        (now_ms,),
                    ).rowcount
                )
            )


def _set(
    tx: Transaction,
    outgoing_id: int,
    state: OutgoingState,
    title: str = "",
    detail: str = "",
    hint: str = "",
    *,
    send_at: int | None = None,
) -> None:
    tx.execute(
        """
        UPDATE outgoing SET state = ?, title = ?, detail = ?, hint = ?, send_at = coalesce(?, send_at)
        WHERE outgoing_id = ?
        """,
        (state, title, detail, hint, send_at, outgoing_id),
    )


def _trim(tx: Transaction) -> None:
    """Forget what became of very old ones."""
    tx.execute(
        f"""
        DELETE FROM outgoing WHERE state NOT IN {UNDER_WAY} AND outgoing_id <=
            (SELECT outgoing_id FROM outgoing WHERE state NOT IN {UNDER_WAY}
             ORDER BY outgoing_id DESC LIMIT 1 OFFSET {KEPT})
        """
    )


def _read(rows: Iterable[Row]) -> Iterable[Outgoing]:
    for outgoing_id, text, state, send_at, title, detail, hint in rows:
        draft = read_draft(text)
        if draft is not None:
            yield Outgoing(outgoing_id, draft, OutgoingState(state), send_at, title, detail, hint)
