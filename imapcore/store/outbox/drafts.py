"""Drafts: what is being written, on the disk with every save.

What lives here: drafts and the octets of their files. What may not: what a draft becomes
(``mime.compose``), its copy at Gmail (sync). A row that cannot be read any more is left alone and not shown:
nothing written is deleted but by whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, ValidationError
from msgspec.json import decode, encode
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.model import Draft, DraftFile
from imapcore.store.repository import Repository
from imapcore.store.sqlite.connection import Row, Transaction

UNDER_WAY = ("held", "waiting", "sending", "unknown")
"""States of outgoing mail whose draft is not to be written on meanwhile."""


class CopyRow(Struct, frozen=True):
    """A version of a draft that stands in Gmail's Drafts."""

    copy_id: int
    draft_id: int
    draft_message_id: str
    copy_message_id: str
    uidvalidity: int
    uid: int
    is_kept: bool
    """The draft was thrown away: its copy goes to Trash and is not erased there."""


class Drafts(Repository):
    """Drafts by their number; every method is safe on any thread and returns when committed."""

    def save(self, draft: Draft) -> Draft:
        """Write a draft down, as a new one or over the last version; it comes back numbered and dated.

        Survives a power cut. Raises InvalidArgument for one that is on its way out, or was discarded.
        """
        saved = replace(draft, changed_at=self._shared.clock.now_ms())

        def job(tx: Transaction) -> Draft:
            if not saved.draft_id:
                tx.execute("INSERT INTO draft (draft, changed_at) VALUES ('', ?)", (saved.changed_at,))
                numbered = replace(saved, draft_id=tx.number("SELECT last_insert_rowid()"))
            else:
                numbered = saved
                if _is_under_way(tx, saved.draft_id):
                    raise InvalidArgument("this mail is on its way out", hint="Take it back first")
            changed = tx.execute(
                "UPDATE draft SET draft = ?, changed_at = ? WHERE draft_id = ?",
                (encode(numbered).decode(), numbered.changed_at, numbered.draft_id),
            ).rowcount
            if not changed:
                raise InvalidArgument("this draft was discarded")
            return numbered

        return self._write(job, is_user=True)

    def get(self, draft_id: int) -> Draft | None:
        """A draft; None when there is none (any more)."""
        rows = self._read("SELECT draft_id, draft FROM draft WHERE draft_id = ?", (draft_id,))
        return next(iter(_read(rows)), None)

    def all(self) -> tuple[Draft, ...]:
        """Drafts that are being written, the newest first; without those on their way out."""
        return tuple(
            _read(
                self._read(
                    f"""
                    SELECT draft_id, draft FROM draft WHERE draft_id NOT IN
                        (SELECT draft_id FROM outgoing WHERE state IN {UNDER_WAY})
                    ORDER BY changed_at DESC, draft_id DESC
                    """
                )
            )
        )

    def discard(self, draft_id: int) -> None:
        """Forget a draft and its files. Raises InvalidArgument for one that is on its way out."""

        def job(tx: Transaction) -> None:
            if _is_under_way(tx, draft_id):
                raise InvalidArgument("this mail is on its way out", hint="Take it back first")
            tx.execute("UPDATE draft_copy SET is_kept = 1 WHERE draft_id = ?", (draft_id,))
            forget(tx, draft_id)

        self._write(job, is_user=True)

    def add_file(
        self, draft_id: int, filename: str, media_type: str, octets: bytes, content_id: str = ""
    ) -> DraftFile:
        """Keep a file's octets for a draft; the draft itself names it when it is saved with it."""

        def job(tx: Transaction) -> int:
            tx.execute("INSERT INTO draft_file (draft_id, octets) VALUES (?, ?)", (draft_id, octets))
            return tx.number("SELECT last_insert_rowid()")

        file_id = self._write(job, is_user=True)
        return DraftFile(filename, media_type, len(octets), file_id, content_id)

    def octets(self, file_id: int) -> bytes:
        """A file's octets. Raises InvalidArgument when they are gone."""
        rows = self._read("SELECT octets FROM draft_file WHERE file_id = ?", (file_id,))
        if not rows:
            raise InvalidArgument("a file of this mail is gone", hint="Attach it again")
        return bytes(rows[0][0])

    # -- versions at Gmail -------------------------------------------------------------------------------

    def without_copy(self) -> tuple[Draft, ...]:
        """Drafts whose last version is not at Gmail."""
        newest: dict[int, int] = dict(
            self._read("SELECT draft_id, max(changed_at) FROM draft_copy GROUP BY draft_id")
        )
        return tuple(draft for draft in self.all() if draft.changed_at > newest.get(draft.draft_id, 0))

    def copied(self, draft: Draft, copy_message_id: str, uidvalidity: int, uid: int) -> None:
        """A version was put into Gmail's Drafts."""
        self._write(
            lambda tx: (
                tx.execute(
                    """
                INSERT INTO draft_copy
                    (draft_id, changed_at, draft_message_id, copy_message_id, uidvalidity, uid)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                    (draft.draft_id, draft.changed_at, draft.message_id, copy_message_id, uidvalidity, uid),
                ).rowcount
            ),
            is_user=True,
        )

    def outdated_copies(self) -> tuple[CopyRow, ...]:
        """Versions at Gmail that a newer one replaced, or whose draft was sent or thrown away."""
        rows = self._read(
            """
            SELECT copy_id, draft_id, draft_message_id, copy_message_id, uidvalidity, uid, is_kept
            FROM draft_copy AS old
            WHERE draft_id NOT IN (SELECT draft_id FROM draft) OR EXISTS (
                SELECT 1 FROM draft_copy AS newer
                WHERE newer.draft_id = old.draft_id AND newer.copy_id > old.copy_id)
            ORDER BY copy_id
            """
        )
        return tuple(
            CopyRow(copy_id, draft_id, message_id, version_id, uidvalidity, uid, bool(is_kept))
            for copy_id, draft_id, message_id, version_id, uidvalidity, uid, is_kept in rows
        )

    def forget_copy(self, copy_id: int) -> None:
        """A version is gone from Gmail's Drafts, or not ours to touch."""
        self._write(
            lambda tx: tx.execute("DELETE FROM draft_copy WHERE copy_id = ?", (copy_id,)).rowcount,
            is_user=True,
        )


def _is_under_way(tx: Transaction, draft_id: int) -> bool:
    return bool(
        tx.number(f"SELECT count(*) FROM outgoing WHERE draft_id = ? AND state IN {UNDER_WAY}", (draft_id,))
    )


def forget(tx: Transaction, draft_id: int) -> None:
    """Delete a draft and its files."""
    tx.execute("DELETE FROM draft WHERE draft_id = ?", (draft_id,))
    tx.execute("DELETE FROM draft_file WHERE draft_id = ?", (draft_id,))


def read_draft(text: str) -> Draft | None:
    """A draft from its JSON; None for what is none (any more)."""
    try:
        return decode(text, type=Draft)
    except (ValidationError, ValueError):
        return None


def _read(rows: Iterable[Row]) -> Iterable[Draft]:
    for draft_id, text in rows:
        draft = read_draft(text)
        if draft is not None:
            # The table's number is the true one, whatever the text says.
            yield replace(draft, draft_id=draft_id)
