"""The outbox: the journal on its way to the server, and what its answers make of messages, labels and ops.

What lives here: confirmations, refusals, a lost link. What may not: what the user does (``journal``),
talking to a server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from imapcore.model import Role
from imapcore.store.changes.pending import DONE, DROPPED, OPEN, REFUSED, SENT, PendingChange
from imapcore.store.changes.steps import LABEL_VERBS
from imapcore.store.facts import Batch, Delta, Settled, Verb
from imapcore.store.journal.op_states import BATCH_SIZE
from imapcore.store.journal.send_queue import SendQueue
from imapcore.store.mail.label_tree import is_inside, refold_shelf
from imapcore.store.marks.values import ALL, PLACE_OF_ROLE, PLACES, ROLE_OF_PLACE, MarkDiff
from imapcore.store.sqlite.connection import Transaction, chunks, integer_rows, integers, listed
from imapcore.store.threads.message_state import REJECTED

Echo = tuple[Role, Sequence[Delta]]
"""A place, and what the server said of messages there in its answer."""


class Answers(SendQueue):
    """The sending side of the journal; every method is safe on any thread and returns when committed."""

    def confirm(
        self,
        batch: Batch,
        msgids: Iterable[int] | None = None,
        *,
        uids: Mapping[int, int] | None = None,
        modseqs: Mapping[int, int] | None = None,
        echo: Echo | None = None,
    ) -> Settled:
        """The server did it, for some messages of the batch or all (None).

        ``uids``: msgid → uid at the destination of a MOVE (COPYUID, RFC 4315 §3), as far as known.
        ``modseqs``: msgid → modseq of the line that showed a change of labels or flags; where the store has
        heard something newer by now, that stands. ``echo``: what the answer said of messages, stored with it.
        """
        part = None if msgids is None else set(msgids)
        if batch.verb is Verb.DELETE_LABEL:
            # Before the rest, and in small steps: it can be on very many messages.
            self._mail.forget_label(batch.names[0])
            while self._write(lambda tx: self._confirm_some(tx, batch)):
                pass
        return self._write(lambda tx: self._confirm(tx, batch, part, uids or {}, modseqs or {}, echo))

    def _confirm(
        self,
        tx: Transaction,
        batch: Batch,
        msgids: set[int] | None,
        uids: Mapping[int, int],
        modseqs: Mapping[int, int],
        echo: Echo | None,
    ) -> Settled:
        self._write_commands(tx, batch)
        changed: list[tuple[MarkDiff, set[int]]] = [
            (piece.shift, self.pieces.settle(tx, piece, msgids, DONE)) for piece in self._pieces_of(tx, batch)
        ]
        # With the change settled, one look at each message stores what the server said of it.
        told = self._learn(tx, echo)
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
                is_move = batch.verb is Verb.MOVE
                newer = self._moved_since(tx, shift, part) if is_move else self._told_since(tx, modseqs)
                if is_move:
                    self._place(tx, shift, part - newer, uids)
                self._settle_messages(tx, shift, part if is_move else part - told, newer)
        return self._settled(tx, batch)

    def _confirm_some(self, tx: Transaction, batch: Batch) -> bool:
        """Confirm some messages of a batch of which the label itself comes last; False when none is left."""
        piece = next((piece for piece in self._pieces_of(tx, batch) if piece.msgids), None)
        if piece is not None:
            self._settle_messages(tx, piece.shift, self.pieces.settle(tx, piece, None, DONE), set())
        return piece is not None

    @staticmethod
    def _moved_since(tx: Transaction, shift: MarkDiff, msgids: set[int]) -> set[int]:
        """Messages a pass has already found where they were moved, with their uid and whatever they carry
        there.
        """
        source = "message WHERE place = ? AND uid IS NOT NULL AND msgid IN (SELECT value FROM json_each(?))"
        return set(integers(tx.rows, "msgid", source, (_destination(shift), listed(msgids))))

    @staticmethod
    def _told_since(tx: Transaction, modseqs: Mapping[int, int]) -> set[int]:
        """Messages of which the store has heard something newer than these."""
        return {
            msgid
            for msgid, modseq in integer_rows(
                tx.rows,
                "msgid, modseq",
                "message WHERE msgid IN (SELECT value FROM json_each(?))",
                (listed(modseqs),),
            )
            if modseq > modseqs[msgid]
        }

    def _place(self, tx: Transaction, shift: MarkDiff, msgids: set[int], uids: Mapping[int, int]) -> None:
        now = tx.number("SELECT value FROM meta WHERE key = 'pass'")
        tx.put(
            f"UPDATE message SET place = {_destination(shift)}, uid = v.column2, unplaced = {now}, "
            "modseq = 0 FROM (",
            [(msgid, uids.get(msgid)) for msgid in sorted(msgids)],
            ") AS v WHERE msgid = v.column1",
        )

    def _settle_messages(self, tx: Transaction, shift: MarkDiff, msgids: set[int], newer: set[int]) -> None:
        """What is confirmed is what the change made of it; of ``newer`` messages the store knows better."""
        for part in chunks(sorted(msgids), BATCH_SIZE):
            book = self.book(tx)
            records = book.load_messages(part)
            for record in records:
                if record.msgid not in newer:
                    record.confirmed = self.marks.numbered(tx, shift.applied(record.confirmed.ids))
            self.pieces.fold(tx, self.marks, records)
            book.flush()

    def reject(
        self,
        batch: Batch,
        answer: str,
        msgids: Iterable[int] | None = None,
        *,
        echo: Echo | None = None,
    ) -> Settled:
        """The server refused, for some messages of the batch or all; ``answer`` is sanitized, for a person.

        What is shown is again what Gmail has, but for what later ops change. ``echo``: as for ``confirm``.
        """
        part = None if msgids is None else set(msgids)
        return self._write(lambda tx: self._reject(tx, batch, answer, part, echo))

    def _reject(
        self, tx: Transaction, batch: Batch, answer: str, msgids: set[int] | None, echo: Echo | None
    ) -> Settled:
        self._write_commands(tx, batch)
        self._learn(tx, echo)
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
        self._refold_pieces(tx, general)
        self._note_answer(tx, answer, batch.op_ids)
        return self._settled(tx, batch)

    def _learn(self, tx: Transaction, echo: Echo | None) -> Set[int]:
        """Store what an answer said of messages; of which it was news."""
        return self._mail.learn(tx, *echo)[1] if echo is not None else frozenset()

    def refuse_unknown(self, answer: str, hidden: Collection[Role] = ()) -> Settled:
        """Refuse what waits for messages that the store does not have though it has all there are.

        An op rescued from a damaged store may speak of mail that was deleted meanwhile; it would wait for
        ever. ``hidden``: places that cannot be looked into, of which nothing will come.
        """
        if not self._has_open():
            return Settled()
        return self._write(lambda tx: self._refuse_unknown(tx, answer, hidden))

    def _refuse_unknown(self, tx: Transaction, answer: str, hidden: Collection[Role]) -> Settled:
        complete = {row[0] for row in tx.rows("SELECT place FROM sync_state WHERE is_complete")}
        if ROLE_OF_PLACE.keys() - complete - {PLACE_OF_ROLE[role] for role in hidden}:
            return Settled()
        op_ids: set[int] = set()
        for piece in self.pieces.all(tx):
            if piece.state != OPEN or piece.is_general:
                continue
            lost = set(piece.msgids) - self._known(tx, piece.msgids)
            if lost:
                self.pieces.settle(tx, piece, lost, REFUSED)
                op_ids.add(piece.op_id)
        self._note_answer(tx, answer, op_ids)
        return self._settle_ops(tx, op_ids)

    @staticmethod
    def _note_answer(tx: Transaction, answer: str, op_ids: Iterable[int]) -> None:
        tx.execute(
            "UPDATE op SET answer = ? WHERE op_id IN (SELECT value FROM json_each(?))",
            (answer, listed(op_ids)),
        )

    def release(self, batch: Batch) -> None:
        """Nobody knows what became of the unanswered rest (the link was lost): open again, as a replay."""

        def job(tx: Transaction) -> None:
            self._write_commands(tx, batch)
            for piece in self._pieces_of(tx, batch):
                self.pieces.set_state(tx, piece, OPEN, is_replay=True)
            self._settle_ops(tx, set(batch.op_ids))
            self._claimed.pop(batch.batch_id, None)

        self._write(job)

    def note_command(self, batch: Batch, command: str) -> None:
        """Remember the exact command line (redacted, sanitized) a batch is sent as, for Activity: it is
        written down together with the answer.
        """
        self._commands.setdefault(batch.batch_id, []).append(command)

    def _write_commands(self, tx: Transaction, batch: Batch) -> None:
        for command in self._commands.pop(batch.batch_id, ()):
            tx.execute(
                """
                UPDATE step SET commands = json_insert(commands, '$[#]', ?)
                WHERE (op_id, step) IN (
                    SELECT op_id, step FROM piece WHERE piece_id IN (SELECT value FROM json_each(?)))
                AND json_array_length(commands) < 50
                """,
                (command, listed(self._claimed.get(batch.batch_id, ()))),
            )

    def _pieces_of(self, tx: Transaction, batch: Batch) -> list[PendingChange]:
        found = (self.pieces.get(tx, piece_id) for piece_id in self._claimed.get(batch.batch_id, ()))
        return [piece for piece in found if piece is not None and piece.state == SENT]

    def _settled(self, tx: Transaction, batch: Batch) -> Settled:
        if not self._pieces_of(tx, batch):
            self._claimed.pop(batch.batch_id, None)
        return self._settle_ops(tx, {*batch.op_ids, *self._take_touched()})

    # -- labels ----------------------------------------------------------------------------------------

    def _confirm_label_step(self, tx: Transaction, batch: Batch) -> None:
        name = batch.names[0]
        self._mail.own_changes += 1
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


def _destination(shift: MarkDiff) -> int:
    """The place a move leads to."""
    return next(iter(shift.add & PLACES), ALL)
