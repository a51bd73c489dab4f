"""The outbox: the journal on its way to the server.

What lives here: claiming batches in order, and what their answers make of messages, labels and ops. What
may not: what the user does (``journal.py``), talking to a server.

Order is kept per message: a batch never takes a message of which something older is still open. Steps about
labels themselves are fences: nothing passes them. Changes that ask the same are sent together, up to a
thousand messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imapcore.model import OpState, Role
from imapcore.store.facts import Batch, Settled, Verb
from imapcore.store.mail import Mail
from imapcore.store.mailboxes import is_inside, refold_shelf
from imapcore.store.marks import ALL, FLAGGED, PLACES, STARRED, Shift, names_under_way, open_renames
from imapcore.store.pieces import CANCELLED, DONE, DROPPED, OPEN, REFUSED, SENT, Piece
from imapcore.store.plan import LABEL_VERBS
from imapcore.store.record import REJECTED
from imapcore.store.rooms import Room, Shared
from imapcore.store.transaction import Transaction, chunks, listed

BATCH_SIZE = 1000
"""Messages per command at most."""

Step = tuple[int, int]
"""(op id, number of the step in it)."""


@dataclass(slots=True)
class _Choice:
    """A batch that is being put together."""

    verb: Verb | None = None
    names: frozenset[int] = frozenset()
    destination: Role | None = None
    is_replay: bool = False
    parts: list[tuple[Piece, set[int]]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    size: int = 0

    def fits(self, verb: Verb, names: frozenset[int], destination: Role | None, is_replay: bool) -> bool:
        """Whether a piece asks the same as the batch."""
        return self.verb is None or (self.verb, self.names, self.destination, self.is_replay) == (
            verb,
            names,
            destination,
            is_replay,
        )


class Outbox(Room):
    """The sending side of the journal; every method is safe on any thread and returns when committed."""

    def __init__(self, shared: Shared, mail: Mail) -> None:
        super().__init__(shared)
        self._mail = mail
        self._claimed: dict[int, list[int]] = {}
        self._next_batch = 1
        self._touched_ops: set[int] = set()

    def recover(self) -> None:
        """After a start: whatever was on its way is open again, as a replay."""

        def job(tx: Transaction) -> None:
            tx.execute("UPDATE piece SET state = ?, is_replay = 1 WHERE state = ?", (OPEN, SENT))
            self._settle_ops(tx, {row[0] for row in tx.rows("SELECT op_id FROM op WHERE state = 'sent'")})

        self._write(job)

    def pending(self) -> int:
        """Ops that are not settled."""
        return int(self._read("SELECT count(*) FROM op WHERE state IN ('pending', 'sent')")[0][0])

    # -- claiming --------------------------------------------------------------------------------------

    def claim(self, limit: int = BATCH_SIZE) -> Batch | None:
        """The next piece of work, marked as sent; None when there is nothing that may be sent now."""
        return self._write(lambda tx: self._claim(tx, limit))

    def _claim(self, tx: Transaction, limit: int) -> Batch | None:
        pieces = self.pieces.all(tx)
        if not pieces:
            return None
        steps: dict[Step, tuple[Verb, list[str | int], Role | None]] = {
            (op_id, step): (Verb(verb), json.loads(names), Role(destination) if destination else None)
            for op_id, step, verb, names, destination in tx.rows(
                "SELECT op_id, step, verb, names, destination FROM step "
                "WHERE op_id IN (SELECT op_id FROM op WHERE state IN ('pending', 'sent'))"
            )
        }
        choice = _Choice()
        for index, piece in enumerate(pieces):
            verb, names, destination = steps[(piece.op_id, piece.step)]
            if verb in LABEL_VERBS:
                if choice.verb is None and not choice.blocked and piece.state == OPEN:
                    same = [
                        other
                        for other in pieces[index:]
                        if (other.op_id, other.step) == (piece.op_id, piece.step)
                    ]
                    return self._claim_label_step(tx, verb, [str(name) for name in names], same)
                break
            self._consider(tx, choice, piece, verb, destination, limit)
            if choice.size >= limit:
                break
        return self._claim_choice(tx, choice) if choice.verb is not None else None

    def _consider(
        self, tx: Transaction, choice: _Choice, piece: Piece, verb: Verb, destination: Role | None, limit: int
    ) -> None:
        names = batch_names(verb, piece.shift)
        free = set(piece.msgids) - choice.blocked
        if piece.state == OPEN and free and choice.fits(verb, names, destination, piece.is_replay):
            known = self._known(tx, free)
            taken = set(sorted(known)[: limit - choice.size])
            if taken:
                choice.verb, choice.names, choice.destination = verb, names, destination
                choice.is_replay = piece.is_replay
                choice.parts.append((piece, taken))
                choice.size += len(taken)
                choice.blocked |= free - taken
                return
        choice.blocked.update(piece.msgids)

    @staticmethod
    def _known(tx: Transaction, msgids: Iterable[int]) -> set[int]:
        return {
            row[0]
            for row in tx.rows(
                "SELECT msgid FROM message WHERE msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)
            )
        }

    def _claim_choice(self, tx: Transaction, choice: _Choice) -> Batch:
        claimed: list[Piece] = []
        msgids: list[int] = []
        for piece, taken in choice.parts:
            claimed.append(self.pieces.split(tx, piece, taken, SENT))
            msgids.extend(sorted(taken))
        assert choice.verb is not None
        return self._hand_out(
            tx,
            claimed,
            choice.verb,
            tuple(self._spelled(tx, choice.verb, mark) for mark in sorted(choice.names)),
            tuple(sorted(msgids)),
            choice.destination,
        )

    def _claim_label_step(self, tx: Transaction, verb: Verb, names: list[str], pieces: list[Piece]) -> Batch:
        for piece in pieces:
            self.pieces.set_state(tx, piece, SENT)
        return self._hand_out(tx, pieces, verb, tuple(names), (), None)

    def _spelled(self, tx: Transaction, verb: Verb, mark: int) -> str:
        if mark == STARRED and verb in (Verb.ADD_FLAGS, Verb.REMOVE_FLAGS):
            return FLAGGED
        return self.marks.name(tx, mark)

    def _hand_out(
        self,
        tx: Transaction,
        pieces: list[Piece],
        verb: Verb,
        names: tuple[str, ...],
        msgids: tuple[int, ...],
        destination: Role | None,
    ) -> Batch:
        op_ids = tuple(sorted({piece.op_id for piece in pieces}))
        tx.execute(
            "UPDATE op SET state = ? WHERE op_id IN (SELECT value FROM json_each(?))",
            (OpState.SENT, listed(op_ids)),
        )
        batch_id = self._next_batch
        self._next_batch += 1
        self._claimed[batch_id] = [piece.piece_id for piece in pieces]
        return Batch(
            batch_id, verb, op_ids, names, msgids, destination, any(piece.is_replay for piece in pieces)
        )

    # -- answers ---------------------------------------------------------------------------------------

    def confirm(
        self,
        batch: Batch,
        msgids: Iterable[int] | None = None,
        *,
        uids: Mapping[int, int] | None = None,
    ) -> Settled:
        """The server did it, for some messages of the batch or all (None).

        ``uids``: msgid → uid at the destination of a MOVE (COPYUID, RFC 4315 §3), as far as known.
        """
        part = None if msgids is None else set(msgids)
        return self._write(lambda tx: self._confirm(tx, batch, part, uids or {}))

    def _confirm(
        self, tx: Transaction, batch: Batch, msgids: set[int] | None, uids: Mapping[int, int]
    ) -> Settled:
        changed: list[tuple[Shift, set[int]]] = [
            (piece.shift, self.pieces.settle(tx, piece, msgids, DONE)) for piece in self._pieces_of(tx, batch)
        ]
        if batch.verb in LABEL_VERBS:
            self._confirm_label_step(tx, batch)
        if batch.verb is Verb.EXPUNGE:
            gone = {msgid for _, part in changed for msgid in part}
            # What else was to be changed about them would wait for ever.
            for piece in self.pieces.all(tx):
                if piece.state == OPEN and gone.intersection(piece.msgids):
                    self.pieces.settle(tx, piece, gone, DROPPED)
                    self._touched_ops.add(piece.op_id)
            self._mail.forget_messages(tx, sorted(gone))
        else:
            for shift, part in changed:
                self._settle_messages(tx, shift, part, uids, is_move=batch.verb is Verb.MOVE)
        return self._settled(tx, batch)

    def _settle_messages(
        self, tx: Transaction, shift: Shift, msgids: set[int], uids: Mapping[int, int], *, is_move: bool
    ) -> None:
        if is_move:
            place = next(iter(shift.add & PLACES), ALL)
            now = tx.number("SELECT value FROM meta WHERE key = 'pass'")
            tx.put(
                f"UPDATE message SET place = {place}, uid = v.column2, unplaced = {now}, modseq = 0 FROM (",
                [(msgid, uids.get(msgid)) for msgid in sorted(msgids)],
                ") AS v WHERE msgid = v.column1",
            )
        for part in chunks(sorted(msgids), BATCH_SIZE):
            book = self.book(tx)
            records = book.load_messages(part)
            for record in records:
                record.confirmed = self.marks.numbered(tx, shift.applied(record.confirmed.ids))
            self.pieces.fold(tx, self.marks, records)
            book.flush()

    def reject(self, batch: Batch, answer: str, msgids: Iterable[int] | None = None) -> Settled:
        """The server refused, for some messages of the batch or all; ``answer`` is sanitized, for a person.

        What is shown is again what Gmail has, but for what later ops change.
        """
        part = None if msgids is None else set(msgids)
        return self._write(lambda tx: self._reject(tx, batch, answer, part))

    def _reject(self, tx: Transaction, batch: Batch, answer: str, msgids: set[int] | None) -> Settled:
        refused: set[int] = set()
        general = []
        for piece in self._pieces_of(tx, batch):
            refused |= self.pieces.settle(tx, piece, msgids, REFUSED)
            general += [piece] if piece.is_general else []
        if batch.verb in LABEL_VERBS:
            # The rest of the op needs the label; it makes no sense without it.
            for piece in self.pieces.all(tx):
                if piece.op_id in batch.op_ids and piece.state == OPEN:
                    refused |= self.pieces.settle(tx, piece, None, REFUSED)
            self._refold_names(tx)
            refold_shelf(tx, self.marks, self._shared.sanitize)
        self._refold(tx, sorted(refused), mood=REJECTED)
        for piece in general:
            self._refold_piece(tx, piece)
        tx.execute(
            "UPDATE op SET answer = ? WHERE op_id IN (SELECT value FROM json_each(?))",
            (answer, listed(batch.op_ids)),
        )
        return self._settled(tx, batch)

    def release(self, batch: Batch) -> None:
        """Nobody knows what became of the unanswered rest (the link was lost): open again, as a replay."""

        def job(tx: Transaction) -> None:
            for piece in self._pieces_of(tx, batch):
                self.pieces.set_state(tx, piece, OPEN, is_replay=True)
            self._settle_ops(tx, set(batch.op_ids))
            self._claimed.pop(batch.batch_id, None)

        self._write(job)

    def note_command(self, batch: Batch, command: str) -> None:
        """Remember the exact command line (redacted, sanitized) a batch was sent as, for Activity."""

        def job(tx: Transaction) -> None:
            tx.execute(
                "UPDATE step SET commands = json_insert(commands, '$[#]', ?) "
                "WHERE (op_id, step) IN (SELECT op_id, step FROM piece "
                "  WHERE piece_id IN (SELECT value FROM json_each(?))) AND json_array_length(commands) < 50",
                (command, listed(self._claimed.get(batch.batch_id, ()))),
            )

        self._write(job)

    def _pieces_of(self, tx: Transaction, batch: Batch) -> list[Piece]:
        found = (self.pieces.get(tx, piece_id) for piece_id in self._claimed.get(batch.batch_id, ()))
        return [piece for piece in found if piece is not None and piece.state == SENT]

    def _settled(self, tx: Transaction, batch: Batch) -> Settled:
        if not self._pieces_of(tx, batch):
            self._claimed.pop(batch.batch_id, None)
        return self._settle_ops(tx, {*batch.op_ids, *self._take_touched()})

    # -- labels ----------------------------------------------------------------------------------------

    def _confirm_label_step(self, tx: Transaction, batch: Batch) -> None:
        name = batch.names[0]
        if batch.verb is Verb.CREATE_LABEL:
            tx.execute(
                "INSERT INTO mailbox (name, position, title, role, is_selectable, attributes) "
                "SELECT ?, coalesce(max(position), 0) + 1, ?, NULL, 1, '[]' FROM mailbox WHERE true "
                "ON CONFLICT (name) DO UPDATE SET is_selectable = 1",
                (name, self._shared.sanitize(name.rpartition("/")[2])),
            )
        elif batch.verb is Verb.RENAME_LABEL:
            new = batch.names[1]
            self._mail.rename_marks(tx, name, new)
            for (each,) in tx.rows("SELECT name FROM mailbox WHERE role IS NULL"):
                if is_inside(each, name):
                    target = new + each[len(name) :]
                    tx.execute(
                        "UPDATE OR REPLACE mailbox SET name = ?, title = ? WHERE name = ?",
                        (target, self._shared.sanitize(target.rpartition("/")[2]), each),
                    )
        else:
            tx.execute("DELETE FROM mailbox WHERE name = ? AND role IS NULL", (name,))
            self._mail.drop_label(tx, name)
        self._refold_names(tx)
        refold_shelf(tx, self.marks, self._shared.sanitize)

    def _refold_names(self, tx: Transaction) -> None:
        """What labels are called: the server's names with the open renames applied, in their order."""
        renames = open_renames(tx)
        for mark_id, name, shown in tx.rows(
            "SELECT mark_id, name, shown_name FROM mark WHERE kind = 'label'"
        ):
            wanted = [name, *names_under_way(name, renames)][-1]
            if wanted != shown:
                self.marks.rename(tx, mark_id, shown=wanted)
        self.marks.forget_names()

    # -- what becomes of ops ---------------------------------------------------------------------------

    def _refold_piece(self, tx: Transaction, piece: Piece) -> None:
        """A piece is not open any more: show what follows."""
        self._refold(tx, piece.msgids)
        if piece.is_general:
            for mark in piece.shift.remove:
                self._refold(tx, self._mail.holding(tx, mark))

    def _refold(self, tx: Transaction, msgids: Iterable[int], mood: int | None = None) -> None:
        for part in chunks(list(msgids), BATCH_SIZE):
            book = self.book(tx)
            records = book.load_messages(part)
            for record in records:
                if mood is not None:
                    record.mood = mood
            self.pieces.fold(tx, self.marks, records)
            book.flush()

    def _take_touched(self) -> set[int]:
        touched, self._touched_ops = self._touched_ops, set()
        return touched

    def _settle_ops(self, tx: Transaction, op_ids: set[int]) -> Settled:
        """Derive the state of ops from that of their pieces."""
        confirmed: list[int] = []
        rejected: dict[int, str] = {}
        for op_id in sorted(op_ids):
            row = tx.row("SELECT state, messages, summary FROM op WHERE op_id = ?", (op_id,))
            if row is None:
                continue
            before, messages, summary = str(row[0]), int(row[1]), str(row[2])
            counts: dict[str, int] = {}
            left: dict[int, int] = {}
            for state, step, number, total in tx.rows(
                "SELECT state, step, count(*), sum(messages) FROM piece WHERE op_id = ? GROUP BY state, step",
                (op_id,),
            ):
                counts[state] = counts.get(state, 0) + int(number)
                if state in (OPEN, SENT):
                    left[int(step)] = left.get(int(step), 0) + int(total)
            now = state_of(counts)
            done = 0 if now is OpState.SUPERSEDED else max(messages - max(left.values(), default=0), 0)
            tx.execute("UPDATE op SET state = ?, done = ? WHERE op_id = ?", (now, done, op_id))
            if now in (OpState.REJECTED, OpState.SUPERSEDED) and not counts.keys() & {DONE, CANCELLED}:
                tx.execute("UPDATE op SET can_undo = 0 WHERE op_id = ?", (op_id,))
            if now.value == before:
                continue
            if now is OpState.REJECTED:
                rejected[op_id] = summary
            elif now in (OpState.CONFIRMED, OpState.SUPERSEDED):
                confirmed.append(op_id)
        return Settled(tuple(confirmed), tuple(rejected), rejected)


def state_of(counts: Mapping[str, int]) -> OpState:
    """The state of an op from how many of its pieces are in which state."""
    if counts.get(SENT) or (counts.get(OPEN) and counts.get(DONE)):
        return OpState.SENT
    if counts.get(OPEN):
        return OpState.PENDING
    if counts.get(REFUSED):
        return OpState.REJECTED
    if counts.get(DONE) or not (counts.get(CANCELLED) or counts.get(DROPPED)):
        return OpState.CONFIRMED
    return OpState.SUPERSEDED


def batch_names(verb: Verb, shift: Shift) -> frozenset[int]:
    """The marks a command for a shift names: exactly what is to change, not all that the op spoke of."""
    if verb in (Verb.ADD_LABELS, Verb.ADD_FLAGS):
        return shift.add | shift.keep
    if verb in (Verb.REMOVE_LABELS, Verb.REMOVE_FLAGS):
        return shift.remove
    return frozenset()
