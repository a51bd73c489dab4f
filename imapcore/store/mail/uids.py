"""Places: where the server keeps messages, and the passes of sync over them.

What lives here: uids, what sync remembers of a place, removal and pruning, UIDVALIDITY. What may not: what
messages say. RFC 3501 §2.3.1.1 (uids), RFC 7162 (modseq).

A message keeps its row, and with it body and identity, as long as a pass may still find it elsewhere: it is
``prune`` that forgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from imapcore.model import Role
from imapcore.store.facts import Changed, Location, SyncState, UidRanges
from imapcore.store.mail.envelopes import Envelopes
from imapcore.store.marks.values import PLACE_OF_ROLE, PLACES, ROLE_OF_PLACE
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, listed


class UidStore(Repository):
    """Where things are; every method is safe on any thread and returns when committed."""

    def __init__(self, shared: StoreContext, envelopes: Envelopes) -> None:
        super().__init__(shared)
        self._envelopes = envelopes

    # -- uids ------------------------------------------------------------------------------------------

    def remove_uids(self, place: Role, uids: UidRanges) -> Changed:
        """The server no longer has these uids in ``place``. Identity and body are kept until ``prune``."""
        changed = Changed()
        for low, high in uids:
            after = low - 1
            while True:
                part, after = self._write(
                    partial(self._remove_uids, place=PLACE_OF_ROLE[place], after=after, high=high)
                )
                changed = changed.merged(part)
                if after >= high:
                    break
        return changed

    def _remove_uids(self, tx: Transaction, place: int, after: int, high: int) -> tuple[Changed, int]:
        limit = self._shared.writer.rows_at_once
        rows = tx.rows(
            "SELECT msgid, uid FROM message WHERE place = ? AND uid > ? AND uid <= ? ORDER BY uid LIMIT ?",
            (place, after, high, limit),
        )
        changed = self._displace(tx, [row[0] for row in rows])
        done = rows[-1][1] if len(rows) == limit else high
        return Changed((), changed), done

    def remap(self, place: Role, uidvalidity: int, pairs: Mapping[int, int]) -> None:
        """UIDVALIDITY changed: give messages their new uids, and forget the place's other uids.

        ``pairs`` is msgid → new uid (RFC 3501 §2.3.1.1). Bodies and envelopes stay; modseqs start anew. The
        new UIDVALIDITY is remembered last: killed in between, the next pass finds it changed and begins
        again.
        """
        number = PLACE_OF_ROLE[place]
        while self._write(partial(self._unsettle, place=number)):
            pass
        for batch in self._portions(list(pairs.items())):
            self._write(partial(self._settle_in, place=number, pairs=dict(batch)))
        while self._write(partial(self._forget_uidless, place=number)):
            pass
        self._write(
            lambda tx: (
                tx.execute(
                    "UPDATE sync_state SET uidvalidity = ?, uidnext = 0, highestmodseq = 0, "
                    "settled_modseq = 0 WHERE place = ?",
                    (uidvalidity, number),
                ).rowcount
            )
        )

    def _unsettle(self, tx: Transaction, place: int) -> int:
        """Some messages of a place have no uid for the time being; how many."""
        return tx.execute(
            "UPDATE message SET uid = NULL, unplaced = ? WHERE msgid IN "
            "(SELECT msgid FROM message WHERE place = ? AND uid IS NOT NULL LIMIT ?)",
            (self.current_pass(tx), place, self._shared.writer.rows_at_once),
        ).rowcount

    def _settle_in(self, tx: Transaction, place: int, pairs: Mapping[int, int]) -> None:
        """Messages have new uids in a place."""
        states = self.thread_states(tx)
        records = states.load_messages(pairs)
        tx.put(
            f"UPDATE message SET place = {place}, uid = v.column2, unplaced = 0, modseq = 0 FROM (",
            list(pairs.items()),
            ") AS v WHERE msgid = v.column1",
        )
        for record in records:
            record.confirmed = self.marks.numbered(tx, record.confirmed.ids - PLACES | {place})
        self.changes.fold(tx, self.marks, records)
        states.flush()

    def _forget_uidless(self, tx: Transaction, place: int) -> int:
        """Messages that have no uid in a place are not there; how many were dealt with."""
        msgids = [
            row[0]
            for row in tx.rows(
                "SELECT msgid FROM message WHERE place = ? AND uid IS NULL LIMIT ?",
                (place, self._shared.writer.rows_at_once),
            )
        ]
        self._displace(tx, msgids)
        return len(msgids)

    def _displace(self, tx: Transaction, msgids: Sequence[int]) -> int:
        """Messages are nowhere for the time being; how many changed in view."""
        tx.execute(
            "UPDATE message SET place = NULL, uid = NULL, unplaced = ? "
            "WHERE msgid IN (SELECT value FROM json_each(?))",
            (self.current_pass(tx), listed(msgids)),
        )
        states = self.thread_states(tx)
        records = states.load_messages(msgids)
        for record in records:
            record.confirmed = self.marks.numbered(tx, record.confirmed.ids - PLACES)
        self.changes.fold(tx, self.marks, records)
        return states.flush()

    def begin_pass(self) -> int:
        """A pass over the three places begins; its number."""

        def job(tx: Transaction) -> int:
            tx.execute(
                "INSERT INTO meta VALUES ('pass', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
            )
            return self.current_pass(tx)

        return self._write(job)

    def prune(self, pass_id: int) -> int:
        """Forget messages that have been nowhere since before pass ``pass_id`` began; how many.

        Call it after the pass has looked into all three places. Messages with something open in the journal
        stay.
        """
        total = 0
        last: tuple[int, int] | None = (-1, 0)
        while last is not None:
            gone, last = self._write(partial(self._prune, pass_id=pass_id, last=last))
            total += gone
        return total

    def _prune(
        self, tx: Transaction, pass_id: int, last: tuple[int, int]
    ) -> tuple[int, tuple[int, int] | None]:
        """Look at some messages behind the last one looked at: how many are forgotten; the last of these."""
        rows = tx.rows(
            "SELECT unplaced, msgid FROM message WHERE uid IS NULL AND unplaced < ? "
            "AND (unplaced, msgid) > (?, ?) ORDER BY unplaced, msgid LIMIT ?",
            (pass_id, *last, self._shared.writer.rows_at_once),
        )
        msgids = [row[1] for row in rows]
        busy = self.changes.touching(tx, msgids)
        gone = [msgid for msgid in msgids if msgid not in busy]
        self._envelopes.forget_messages(tx, gone)
        return len(gone), rows[-1] if rows else None

    # -- what sync asks --------------------------------------------------------------------------------

    def ranges(self, place: Role) -> UidRanges:
        """Every uid the store knows in a place, as ranges."""
        rows = self._read_long(
            "SELECT min(uid), max(uid) FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island "
            "FROM message WHERE place = ? AND uid IS NOT NULL) GROUP BY island ORDER BY 1",
            (PLACE_OF_ROLE[place],),
        )
        return tuple((low, high) for low, high in rows)

    def count(self, place: Role) -> int:
        """How many messages the store holds in a place."""
        rows = self._read(
            "SELECT count(*) FROM message WHERE place = ? AND uid IS NOT NULL", (PLACE_OF_ROLE[place],)
        )
        return int(rows[0][0])

    def locations(self, msgids: Iterable[int]) -> dict[int, Location]:
        """Where the server keeps messages; those that are nowhere (or unknown) are left out."""
        rows = self._read(
            "SELECT msgid, place, uid FROM message WHERE place IS NOT NULL "
            "AND msgid IN (SELECT value FROM json_each(?))",
            (listed(msgids),),
        )
        return {msgid: Location(ROLE_OF_PLACE[place], uid) for msgid, place, uid in rows}

    def msgids(self, place: Role, uids: UidRanges) -> dict[int, int]:
        """uid → msgid for the uids of some ranges that the store knows."""
        found: dict[int, int] = {}
        for low, high in uids:
            found.update(
                self._read(
                    "SELECT uid, msgid FROM message WHERE place = ? AND uid BETWEEN ? AND ?",
                    (PLACE_OF_ROLE[place], low, high),
                )
            )
        return found

    def known(self, msgids: Iterable[int]) -> set[int]:
        """Those of some messages that are stored."""
        rows = self._read(
            "SELECT msgid FROM message WHERE msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)
        )
        return {row[0] for row in rows}

    def sync_state(self, place: Role) -> SyncState | None:
        """What the last finished pass over a place saw; None before the first."""
        rows = self._read(
            "SELECT name, uidvalidity, uidnext, highestmodseq, messages, backfilled_down_to, is_complete, "
            "settled_modseq "
            "FROM sync_state WHERE place = ?",
            (PLACE_OF_ROLE[place],),
        )
        if not rows:
            return None
        name, uidvalidity, uidnext, highestmodseq, exists, backfilled, is_complete, settled = rows[0]
        return SyncState(
            place, name, uidvalidity, uidnext, highestmodseq, exists, backfilled, bool(is_complete), settled
        )

    def save_sync_state(self, state: SyncState) -> None:
        """Remember what a finished pass saw."""
        self._write(
            lambda tx: (
                tx.execute(
                    "INSERT OR REPLACE INTO sync_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        PLACE_OF_ROLE[state.place],
                        state.name,
                        state.uidvalidity,
                        state.uidnext,
                        state.highestmodseq,
                        state.exists,
                        state.backfilled_down_to,
                        int(state.is_complete),
                        state.settled_modseq,
                    ),
                ).rowcount
            )
        )

    # -- inside a transaction of the caller's ----------------------------------------------------------

    @staticmethod
    def current_pass(tx: Transaction) -> int:
        """The number of the pass that began last."""
        return tx.number("SELECT value FROM meta WHERE key = 'pass'")
