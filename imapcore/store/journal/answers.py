"""What the server answered to the journal, and what that makes of messages, labels and ops.

What lives here: confirmations, refusals, a lost link. What may not: what the user does (``journal``),
talking to a server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from imapcore.model import Role
from imapcore.store.changes.pending import DONE, DROPPED, OPEN, REFUSED
from imapcore.store.changes.steps import LABEL_VERBS
from imapcore.store.facts import Batch, Delta, Settled, Verb
from imapcore.store.journal.op_states import BATCH_SIZE, OpStates
from imapcore.store.journal.send_queue import SendQueue
from imapcore.store.mail.envelopes import stored_among
from imapcore.store.mail.mailboxes import LabelStore
from imapcore.store.mail.messages import MessageStore
from imapcore.store.marks.values import ALL, PLACE_OF_ROLE, PLACES, ROLE_OF_PLACE, MarkDiff
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, chunks, integer_rows, integers, listed
from imapcore.store.threads.message_state import REJECTED

Echo = tuple[Role, Sequence[Delta]]
"""A place, and what the server said of messages there in its answer."""


class Answers(Repository):
    """What became of batches; every method is safe on any thread and returns when committed."""

    def __init__(
        self,
        shared: StoreContext,
        states: OpStates,
        queue: SendQueue,
        labels: LabelStore,
        messages: MessageStore,
    ) -> None:
        super().__init__(shared)
        self._states = states
        self._queue = queue
        self._labels = labels
        self._messages = messages

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
            self._labels.forget(batch.names[0])
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
        self._queue.write_commands(tx, batch)
        changed: list[tuple[MarkDiff, set[int]]] = [
            (change.diff, self.changes.settle(tx, change, msgids, DONE))
            for change in self._queue.changes_of(tx, batch)
        ]
        # With the change settled, one look at each message stores what the server said of it.
        told = self._learn(tx, echo)
        if batch.verb in LABEL_VERBS:
            self._confirm_label_step(tx, batch)
        if batch.verb is Verb.EXPUNGE:
            gone = {msgid for _, part in changed for msgid in part}
            # What else was to be changed about them would wait for ever.
            for change in self.changes.all(tx):
                if change.state == OPEN and gone.intersection(change.msgids):
                    self.changes.settle(tx, change, gone, DROPPED)
                    self._states.touch(change.op_id)
            self._messages.forget(tx, sorted(gone))
        else:
            for diff, part in changed:
                is_move = batch.verb is Verb.MOVE
                newer = self._moved_since(tx, diff, part) if is_move else self._told_since(tx, modseqs)
                if is_move:
                    self._place(tx, diff, part - newer, uids)
                self._settle_messages(tx, diff, part if is_move else part - told, newer)
        return self._settled(tx, batch)

    def _confirm_some(self, tx: Transaction, batch: Batch) -> bool:
        """Confirm some messages of a batch of which the label itself comes last; False when none is left."""
        change = next((change for change in self._queue.changes_of(tx, batch) if change.msgids), None)
        if change is not None:
            self._settle_messages(tx, change.diff, self.changes.settle(tx, change, None, DONE), set())
        return change is not None

    @staticmethod
    def _moved_since(tx: Transaction, diff: MarkDiff, msgids: set[int]) -> set[int]:
        """Messages a pass has already found where they were moved, with their uid and whatever they carry
        there.
        """
        source = "message WHERE place = ? AND uid IS NOT NULL AND msgid IN (SELECT value FROM json_each(?))"
        return set(integers(tx.rows, "msgid", source, (_destination(diff), listed(msgids))))

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

    def _place(self, tx: Transaction, diff: MarkDiff, msgids: set[int], uids: Mapping[int, int]) -> None:
        now = tx.number("SELECT value FROM meta WHERE key = 'pass'")
        tx.put(
            f"UPDATE message SET place = {_destination(diff)}, uid = v.column2, unplaced = {now}, "
            "modseq = 0 FROM (",
            [(msgid, uids.get(msgid)) for msgid in sorted(msgids)],
            ") AS v WHERE msgid = v.column1",
        )

    def _settle_messages(self, tx: Transaction, diff: MarkDiff, msgids: set[int], newer: set[int]) -> None:
        """What is confirmed is what the change made of it; of ``newer`` messages the store knows better."""
        for part in chunks(sorted(msgids), BATCH_SIZE):
            states = self.thread_states(tx)
            records = states.load_messages(part)
            for record in records:
                if record.msgid not in newer:
                    record.confirmed = self.marks.numbered(tx, diff.applied(record.confirmed.ids))
            self.changes.fold(tx, self.marks, records)
            states.flush()

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
        self._queue.write_commands(tx, batch)
        self._learn(tx, echo)
        refused: set[int] = set()
        general = []
        for change in self._queue.changes_of(tx, batch):
            refused |= self.changes.settle(tx, change, msgids, REFUSED)
            general += [change] if change.is_general else []
        if batch.verb in LABEL_VERBS:
            # The rest of the op needs the label; it makes no sense without it.
            for change in self.changes.all(tx):
                if change.op_id in batch.op_ids and change.state == OPEN:
                    refused |= self.changes.settle(tx, change, None, REFUSED)
            self._states.refold_labels(tx)
        self._states.refold(tx, sorted(refused), change_state=REJECTED)
        self._states.refold_changes(tx, general)
        self._note_answer(tx, answer, batch.op_ids)
        return self._settled(tx, batch)

    def _learn(self, tx: Transaction, echo: Echo | None) -> Set[int]:
        """Store what an answer said of messages; of which it was news."""
        return self._messages.learn(tx, *echo)[1] if echo is not None else frozenset()

    def refuse_unknown(self, answer: str, hidden: Collection[Role] = ()) -> Settled:
        """Refuse what waits for messages that the store does not have though it has all there are.

        An op rescued from a damaged store may speak of mail that was deleted meanwhile; it would wait for
        ever. ``hidden``: places that cannot be looked into, of which nothing will come.
        """
        if not self._queue.has_open():
            return Settled()
        return self._write(lambda tx: self._refuse_unknown(tx, answer, hidden))

    def _refuse_unknown(self, tx: Transaction, answer: str, hidden: Collection[Role]) -> Settled:
        complete = {row[0] for row in tx.rows("SELECT place FROM sync_state WHERE is_complete")}
        if ROLE_OF_PLACE.keys() - complete - {PLACE_OF_ROLE[role] for role in hidden}:
            return Settled()
        op_ids: set[int] = set()
        for change in self.changes.all(tx):
            if change.state != OPEN or change.is_general:
                continue
            lost = set(change.msgids) - stored_among(tx, change.msgids)
            if lost:
                self.changes.settle(tx, change, lost, REFUSED)
                op_ids.add(change.op_id)
        self._note_answer(tx, answer, op_ids)
        return self._states.settle(tx, op_ids)

    @staticmethod
    def _note_answer(tx: Transaction, answer: str, op_ids: Iterable[int]) -> None:
        tx.execute(
            "UPDATE op SET answer = ? WHERE op_id IN (SELECT value FROM json_each(?))",
            (answer, listed(op_ids)),
        )

    def release(self, batch: Batch) -> None:
        """Nobody knows what became of the unanswered rest (the link was lost): open again, as a replay."""

        def job(tx: Transaction) -> None:
            self._queue.write_commands(tx, batch)
            for change in self._queue.changes_of(tx, batch):
                self.changes.set_state(tx, change, OPEN, is_replay=True)
            self._states.settle(tx, batch.op_ids)
            self._queue.drop_batch(batch)

        self._write(job)

    def _settled(self, tx: Transaction, batch: Batch) -> Settled:
        if not self._queue.changes_of(tx, batch):
            self._queue.drop_batch(batch)
        return self._states.settle(tx, batch.op_ids)

    def _confirm_label_step(self, tx: Transaction, batch: Batch) -> None:
        match batch.verb:
            case Verb.CREATE_LABEL:
                self._labels.confirm_created(tx, batch.names[0])
            case Verb.RENAME_LABEL:
                self._labels.confirm_renamed(tx, *batch.names)
            case _:
                self._labels.confirm_deleted(tx, batch.names[0])
        self._states.refold_labels(tx)


def _destination(diff: MarkDiff) -> int:
    """The place a move leads to."""
    return next(iter(diff.add & PLACES), ALL)
