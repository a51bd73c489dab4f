"""Pieces: what is still open in the journal, message by message, and what follows for what is shown.

What lives here: the open pieces in memory (a piece is up to a thousand messages that one step of one op
changes alike), and *folding*: what a message shows is what Gmail confirmed, with the open shifts applied in
the order the user made them. What may not: how ops are planned, sent or undone.
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
"""Messages of a piece at most: no more go into one command."""

OPEN, SENT, DONE, REFUSED, CANCELLED, DROPPED = "open", "sent", "done", "refused", "cancelled", "dropped"
"""States of a piece. CANCELLED: an opposite change met it before it was sent; it was shown for a while, and
undo knows it. DROPPED: the user stopped it before it was sent, as if it had never been.
"""


class PendingChange(Struct, eq=False):
    """Some messages that one step of one op changes alike, and how that stands."""

    piece_id: int
    op_id: int
    step: int
    shift: MarkDiff
    state: str
    is_replay: bool
    msgids: array[int]
    is_general: bool = False
    """It concerns whatever message carries the marks, also those that arrive later: a label being deleted."""
    marks: MarkIds = frozenset()
    """Every mark its shift touches."""

    def __post_init__(self) -> None:
        self.marks = self.shift.marks()

    @property
    def order(self) -> tuple[int, int, int]:
        """Where it stands in the journal."""
        return (self.op_id, self.step, self.piece_id)


def read_pending(row: tuple[int, int, int, str, str, int, bytes]) -> PendingChange:
    """A piece from its row: piece_id, op_id, step, shift, state, is_replay, msgids."""
    msgids: array[int] = array("q")
    msgids.frombytes(row[6])
    return PendingChange(row[0], row[1], row[2], parse_mark_diff(row[3]), row[4], bool(row[5]), msgids)


PENDING_COLUMNS = "piece_id, op_id, step, shift, state, is_replay, msgids"


class OpenPieces:
    """The pieces that are open or sent, oldest op first; the writer's copy of what the table says."""

    def __init__(self) -> None:
        self._pieces: dict[int, PendingChange] | None = None

    def forget(self) -> None:
        """Drop the copy: it is read again when it is needed."""
        self._pieces = None

    def all(self, tx: Transaction) -> list[PendingChange]:
        """Every open or sent piece, in the order of the journal."""
        return sorted(self._loaded(tx).values(), key=lambda piece: piece.order)

    def _loaded(self, tx: Transaction) -> dict[int, PendingChange]:
        if self._pieces is None:
            self._pieces = {
                row[0]: read_pending(row)
                for row in tx.rows(f"SELECT {PENDING_COLUMNS} FROM piece WHERE state IN ('{OPEN}', '{SENT}')")
            }
            general = {
                (op_id, step)
                for op_id, step in tx.rows(
                    "SELECT op_id, step FROM step WHERE verb = ?", (Verb.DELETE_LABEL,)
                )
            }
            for piece in self._pieces.values():
                piece.is_general = (piece.op_id, piece.step) in general
        return self._pieces

    def touching(self, tx: Transaction, msgids: Iterable[int]) -> dict[int, list[PendingChange]]:
        """The open pieces of each of some messages, in the order of the journal."""
        found: dict[int, list[PendingChange]] = defaultdict(list)
        if self._loaded(tx):
            wanted = set(msgids)
            for piece in self.all(tx):
                for msgid in wanted.intersection(piece.msgids):
                    found[msgid].append(piece)
        return found

    def going(self, tx: Transaction) -> MarkIds:
        """Labels that are being deleted: no message shows them any more."""
        return frozenset().union(
            *(piece.shift.remove for piece in self._loaded(tx).values() if piece.is_general)
        )

    def get(self, tx: Transaction, piece_id: int) -> PendingChange | None:
        """An open or sent piece by its number."""
        return self._loaded(tx).get(piece_id)

    # -- writing ---------------------------------------------------------------------------------------

    def add(
        self,
        tx: Transaction,
        op_id: int,
        step: int,
        shift: MarkDiff,
        state: str,
        msgids: Iterable[int],
        *,
        is_general: bool = False,
    ) -> None:
        """Write a piece; more than a thousand messages make several."""
        packed = array("q", msgids)
        for start in range(0, max(len(packed), 1), CHANGE_SIZE):
            part = packed[start : start + CHANGE_SIZE]
            tx.execute(
                "INSERT INTO piece (op_id, step, shift, state, messages, msgids) VALUES (?, ?, ?, ?, ?, ?)",
                (op_id, step, shift.text(), state, len(part), part.tobytes()),
            )
            if state == OPEN:
                piece_id = tx.number("SELECT last_insert_rowid()")
                self._loaded(tx)[piece_id] = PendingChange(
                    piece_id, op_id, step, shift, state, False, part, is_general
                )

    def set_state(
        self, tx: Transaction, piece: PendingChange, state: str, *, is_replay: bool | None = None
    ) -> None:
        """Move a whole piece to another state."""
        piece.state = state
        if is_replay is not None:
            piece.is_replay = is_replay
        tx.execute(
            "UPDATE piece SET state = ?, is_replay = ? WHERE piece_id = ?",
            (state, int(piece.is_replay), piece.piece_id),
        )
        if state not in (OPEN, SENT):
            self._loaded(tx).pop(piece.piece_id, None)

    def settle(self, tx: Transaction, piece: PendingChange, msgids: set[int] | None, state: str) -> set[int]:
        """Move some messages of a piece (None: all) to another state; which ones those were.

        The rest stays as it is, in the old piece: a batch may be answered in parts.
        """
        part = set(piece.msgids) if msgids is None else msgids.intersection(piece.msgids)
        if part or not piece.msgids:
            self.split(tx, piece, part, state)
        return part

    def split(self, tx: Transaction, piece: PendingChange, part: set[int], state: str) -> PendingChange:
        """Move ``part`` of a piece's messages to another state; the piece that holds them now."""
        if len(part) == len(piece.msgids):
            self.set_state(tx, piece, state)
            return piece
        piece.msgids = array("q", (msgid for msgid in piece.msgids if msgid not in part))
        tx.execute(
            "UPDATE piece SET messages = ?, msgids = ? WHERE piece_id = ?",
            (len(piece.msgids), piece.msgids.tobytes(), piece.piece_id),
        )
        moved = array("q", sorted(part))
        tx.execute(
            "INSERT INTO piece (op_id, step, shift, state, is_replay, messages, msgids) VALUES (?, "
            "?, ?, ?, ?, ?, ?)",
            (
                piece.op_id,
                piece.step,
                piece.shift.text(),
                state,
                int(piece.is_replay),
                len(moved),
                moved.tobytes(),
            ),
        )
        made = PendingChange(
            tx.number("SELECT last_insert_rowid()"),
            piece.op_id,
            piece.step,
            piece.shift,
            state,
            piece.is_replay,
            moved,
            piece.is_general,
        )
        if state in (OPEN, SENT):
            self._loaded(tx)[made.piece_id] = made
        return made

    def renumber(self, tx: Transaction, old: int, new: int) -> None:
        """Two marks turned out to be one label: open changes speak of the one that stays."""

        def moved(marks: MarkIds) -> MarkIds:
            return marks - {old} | {new} if old in marks else marks

        for piece in self._loaded(tx).values():
            shift = MarkDiff(moved(piece.shift.add), moved(piece.shift.remove), moved(piece.shift.keep))
            if shift != piece.shift:
                piece.shift = shift
                piece.marks = shift.marks()
                tx.execute("UPDATE piece SET shift = ? WHERE piece_id = ?", (shift.text(), piece.piece_id))

    # -- folding ---------------------------------------------------------------------------------------

    def fold(self, tx: Transaction, marks: MarkRegistry, records: Iterable[MessageState]) -> None:
        """Set what each message shows, and its mood, from what is confirmed and what is open."""
        batch = list(records)
        open_pieces = self.touching(tx, (record.msgid for record in batch))
        general = [piece for piece in self._loaded(tx).values() if piece.is_general]
        for record in batch:
            pieces = open_pieces.get(record.msgid, [])
            if general:
                late = {piece for piece in general if piece.shift.remove & record.confirmed.ids}
                pieces = sorted({*pieces, *late}, key=lambda piece: piece.order)
            if not pieces:
                record.shown = record.confirmed
                record.mood = REJECTED if record.mood == REJECTED else SETTLED
                continue
            ids = record.confirmed.ids
            for piece in pieces:
                ids = piece.shift.applied(ids)
            record.shown = marks.numbered(tx, ids)
            record.mood = PENDING


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
