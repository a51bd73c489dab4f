"""Pending changes: what is still open in the journal, and what messages show because of it.

What lives here: the open changes in memory (a change is a row of ``piece``: up to a thousand messages that
one step of one op changes alike), and *folding*: what a message shows is what Gmail confirmed, with the open
diffs applied in the order the user made them. What may not: how ops are planned, sent or undone.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from imapcore.store.facts import Verb
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import MarkDiff, MarkIds, parse_mark_diff
from imapcore.store.sqlite.connection import Transaction
from imapcore.store.threads.message_state import PENDING, REJECTED, SETTLED, MessageState

CHANGE_SIZE = 1000
"""Messages of a change at most: no more go into one command."""

OPEN, SENT, DONE, REFUSED, CANCELLED, DROPPED = "open", "sent", "done", "refused", "cancelled", "dropped"
"""States of a change. CANCELLED: an opposite came before it was sent; it was shown for a while, and
undo knows it. DROPPED: the user stopped it before it was sent, as if it had never been.
"""


class PendingChange(Struct, eq=False):
    """Some messages that one step of one op changes alike, and how that stands."""

    change_id: int
    op_id: int
    step: int
    diff: MarkDiff
    state: str
    is_replay: bool
    msgids: array[int]
    is_general: bool = False
    """It concerns whatever message carries the marks, also those that arrive later: a label being deleted."""
    marks: MarkIds = frozenset()
    """Every mark its diff touches."""

    def __post_init__(self) -> None:
        self.marks = self.diff.marks()

    @property
    def order(self) -> tuple[int, int, int]:
        """Where it stands in the journal."""
        return (self.op_id, self.step, self.change_id)


def read_pending(row: tuple[int, int, int, str, str, int, bytes]) -> PendingChange:
    """A change from its row: piece_id, op_id, step, shift, state, is_replay, msgids."""
    msgids: array[int] = array("q")
    msgids.frombytes(row[6])
    return PendingChange(row[0], row[1], row[2], parse_mark_diff(row[3]), row[4], bool(row[5]), msgids)


PENDING_COLUMNS = "piece_id, op_id, step, shift, state, is_replay, msgids"


class PendingChanges:
    """The changes that are open or sent, oldest op first; the writer's copy of what the table says."""

    def __init__(self) -> None:
        self._changes: dict[int, PendingChange] | None = None

    def forget(self) -> None:
        """Drop the copy: it is read again when it is needed."""
        self._changes = None

    def all(self, tx: Transaction) -> list[PendingChange]:
        """Every open or sent change, in the order of the journal."""
        return sorted(self._loaded(tx).values(), key=lambda change: change.order)

    def _loaded(self, tx: Transaction) -> dict[int, PendingChange]:
        if self._changes is None:
            self._changes = {
                row[0]: read_pending(row)
                for row in tx.rows(f"SELECT {PENDING_COLUMNS} FROM piece WHERE state IN ('{OPEN}', '{SENT}')")
            }
            general = {
                (op_id, step)
                for op_id, step in tx.rows(
                    "SELECT op_id, step FROM step WHERE verb = ?", (Verb.DELETE_LABEL,)
                )
            }
            for change in self._changes.values():
                change.is_general = (change.op_id, change.step) in general
        return self._changes

    def touching(self, tx: Transaction, msgids: Iterable[int]) -> dict[int, list[PendingChange]]:
        """The open changes of each of some messages, in the order of the journal."""
        found: dict[int, list[PendingChange]] = defaultdict(list)
        if self._loaded(tx):
            wanted = set(msgids)
            for change in self.all(tx):
                for msgid in wanted.intersection(change.msgids):
                    found[msgid].append(change)
        return found

    def deleted_labels(self, tx: Transaction) -> MarkIds:
        """Labels that are being deleted: no message shows them any more."""
        return frozenset().union(
            *(change.diff.remove for change in self._loaded(tx).values() if change.is_general)
        )

    def get(self, tx: Transaction, change_id: int) -> PendingChange | None:
        """An open or sent change by its number."""
        return self._loaded(tx).get(change_id)

    # -- writing ---------------------------------------------------------------------------------------

    def add(
        self,
        tx: Transaction,
        op_id: int,
        step: int,
        diff: MarkDiff,
        state: str,
        msgids: Iterable[int],
        *,
        is_general: bool = False,
    ) -> None:
        """Write a change; more than a thousand messages make several."""
        packed = array("q", msgids)
        for start in range(0, max(len(packed), 1), CHANGE_SIZE):
            part = packed[start : start + CHANGE_SIZE]
            tx.execute(
                "INSERT INTO piece (op_id, step, shift, state, messages, msgids) VALUES (?, ?, ?, ?, ?, ?)",
                (op_id, step, diff.text(), state, len(part), part.tobytes()),
            )
            if state == OPEN:
                change_id = tx.number("SELECT last_insert_rowid()")
                self._loaded(tx)[change_id] = PendingChange(
                    change_id, op_id, step, diff, state, False, part, is_general
                )

    def set_state(
        self, tx: Transaction, change: PendingChange, state: str, *, is_replay: bool | None = None
    ) -> None:
        """Move a whole change to another state."""
        change.state = state
        if is_replay is not None:
            change.is_replay = is_replay
        tx.execute(
            "UPDATE piece SET state = ?, is_replay = ? WHERE piece_id = ?",
            (state, int(change.is_replay), change.change_id),
        )
        if state not in (OPEN, SENT):
            self._loaded(tx).pop(change.change_id, None)

    def settle(self, tx: Transaction, change: PendingChange, msgids: set[int] | None, state: str) -> set[int]:
        """Move some messages of a change (None: all) to another state; which ones those were.

        The rest stays as it is, in the old change: a batch may be answered in parts.
        """
        part = set(change.msgids) if msgids is None else msgids.intersection(change.msgids)
        if part or not change.msgids:
            self.split(tx, change, part, state)
        return part

    def split(self, tx: Transaction, change: PendingChange, part: set[int], state: str) -> PendingChange:
        """Move ``part`` of a change's messages to another state; the change that holds them now."""
        if len(part) == len(change.msgids):
            self.set_state(tx, change, state)
            return change
        change.msgids = array("q", (msgid for msgid in change.msgids if msgid not in part))
        tx.execute(
            "UPDATE piece SET messages = ?, msgids = ? WHERE piece_id = ?",
            (len(change.msgids), change.msgids.tobytes(), change.change_id),
        )
        moved = array("q", sorted(part))
        tx.execute(
            "INSERT INTO piece (op_id, step, shift, state, is_replay, messages, msgids) VALUES (?, "
            "?, ?, ?, ?, ?, ?)",
            (
                change.op_id,
                change.step,
                change.diff.text(),
                state,
                int(change.is_replay),
                len(moved),
                moved.tobytes(),
            ),
        )
        made = PendingChange(
            tx.number("SELECT last_insert_rowid()"),
            change.op_id,
            change.step,
            change.diff,
            state,
            change.is_replay,
            moved,
            change.is_general,
        )
        if state in (OPEN, SENT):
            self._loaded(tx)[made.change_id] = made
        return made

    def renumber(self, tx: Transaction, old: int, new: int) -> None:
        """Two marks turned out to be one label: open changes speak of the one that stays."""

        def moved(marks: MarkIds) -> MarkIds:
            return marks - {old} | {new} if old in marks else marks

        for change in self._loaded(tx).values():
            diff = MarkDiff(moved(change.diff.add), moved(change.diff.remove), moved(change.diff.keep))
            if diff != change.diff:
                change.diff = diff
                change.marks = diff.marks()
                tx.execute("UPDATE piece SET shift = ? WHERE piece_id = ?", (diff.text(), change.change_id))

    # -- folding ---------------------------------------------------------------------------------------

    def fold(self, tx: Transaction, marks: MarkRegistry, records: Iterable[MessageState]) -> None:
        """Set what each message shows, and how the journal stands on it, from what is confirmed and what is
        open.
        """
        batch = list(records)
        open_changes = self.touching(tx, (record.msgid for record in batch))
        general = [change for change in self._loaded(tx).values() if change.is_general]
        for record in batch:
            changes = open_changes.get(record.msgid, [])
            if general:
                late = {change for change in general if change.diff.remove & record.confirmed.ids}
                changes = sorted({*changes, *late}, key=lambda change: change.order)
            if not changes:
                record.shown = record.confirmed
                record.change_state = REJECTED if record.change_state == REJECTED else SETTLED
                continue
            ids = record.confirmed.ids
            for change in changes:
                ids = change.diff.applied(ids)
            record.shown = marks.numbered(tx, ids)
            record.change_state = PENDING


TO_BE_SAID = -1
"""Of an op's ``can_undo`` (1: yes, 0: no): it cannot be taken back, and who asks for the last change to be
taken back is told so once, before an older one is.
"""

NEXT_UNDO = (
    "SELECT op_id, summary, op FROM op WHERE origin <> 'undo' AND can_undo = 1 AND NOT is_undone "
    "ORDER BY op_id DESC LIMIT 1"
)


NEXT_REDO = (
    "SELECT op_id, summary, op FROM op WHERE origin = 'undo' AND can_undo = 1 AND NOT is_undone AND op_id > "
    "(SELECT coalesce(max(op_id), 0) FROM op WHERE origin = 'user') ORDER BY op_id DESC LIMIT 1"
)
