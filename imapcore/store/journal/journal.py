"""The journal: what the user changed, durable and shown before anybody waits for a server.

What lives here: submitting ops, letting refused or unsent ones be; the parts of the journal are put together.
What may not: how undo works (``undo``), sending (``send_queue``, ``answers``), the meaning of ops
(``changes.steps``).

One transaction writes the op, exactly what it really changes on each message, and what is shown from now
on. A change that is the opposite of one not yet sent cancels it, and neither is sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from imapcore.errors import InvalidArgument
from imapcore.model import (
    ChangeFlags,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    Op,
    OpState,
    Receipt,
    RenameLabel,
)
from imapcore.store.changes.bulk import change_in_bulk
from imapcore.store.changes.pending import DROPPED, OPEN
from imapcore.store.changes.steps import check, labels_needed, steps_for, target_of
from imapcore.store.changes.wording import summarize_op
from imapcore.store.journal.answers import Answers
from imapcore.store.journal.op_states import OpStates
from imapcore.store.journal.op_writer import THREADS_AT_ONCE, NewOp, OpWriter
from imapcore.store.journal.send_queue import SendQueue
from imapcore.store.journal.undo import AUTOMATIC, USER, Undo
from imapcore.store.mail.known_labels import KnownLabels, refuse
from imapcore.store.mail.label_tree import need_label
from imapcore.store.mail.mailboxes import LabelStore
from imapcore.store.mail.messages import MessageStore
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import MarkIds
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction
from imapcore.store.threads.targets import Targets

NOTHING_CHANGED = "Nothing to change"
"""What is said of an op that changes nothing; it is not journalled."""


class _Numbers:
    """Numbers for plans, inside one transaction."""

    def __init__(self, tx: Transaction, marks: MarkRegistry) -> None:
        self._tx = tx
        self._marks = marks

    def label(self, name: str) -> int:
        return self._marks.shown_label(self._tx, name)

    def known(self, names: Iterable[str]) -> MarkIds:
        found = (self._marks.find_label(self._tx, name) for name in names)
        return frozenset(mark for mark in found if mark is not None)

    def flag(self, name: str) -> int:
        return self._marks.flag(self._tx, name)

    def is_user_label(self, mark: int) -> bool:
        return self._marks.is_user_label(self._tx, mark)


class Journal(Repository):
    """What the user does stands here; what the sender of it needs, in ``queue`` and ``answers``.

    Every method is safe on any thread and returns when it is on the disk.
    """

    def __init__(self, shared: StoreContext, labels: LabelStore, messages: MessageStore) -> None:
        super().__init__(shared)
        self._states = OpStates(shared, labels)
        self.queue = SendQueue(shared, self._states)
        """What is to be sent."""
        self.answers = Answers(shared, self._states, self.queue, labels, messages)
        """What the server said to it."""
        self.writer = OpWriter(shared, self._states, labels)
        """How an op gets into the journal."""
        self._undo = Undo(shared, self._states, self.writer)

    # -- submit ----------------------------------------------------------------------------------------

    def submit(self, op: Op) -> Receipt:
        """Journal an op and show it. Raises InvalidArgument for what cannot be asked, or of nothing that is
        there.
        """
        return self._write(lambda tx: self._submit(tx, op), is_user=True)

    def _submit(self, tx: Transaction, op: Op) -> Receipt:
        known = KnownLabels(tx.rows)
        op = known.resolve(op)
        check(op)
        is_automatic = isinstance(op, ChangeFlags) and op.is_automatic
        new_op = self.writer.begin(tx, AUTOMATIC if is_automatic else USER, type(op).__name__)
        target = target_of(op)
        if target is None:
            self._write_label_op(tx, new_op, op, known)
        else:
            self.writer.create_labels(tx, new_op, labels_needed(op), known)
            steps = steps_for(op, _Numbers(tx, self.marks))
            numbers = [new_op.step(step) for step in steps]
            numbered = list(zip(numbers, steps, strict=True))
            is_there = isinstance(target, Everything) or is_automatic
            for thrids, wanted in Targets(tx.rows).batches(target, THREADS_AT_ONCE):
                rest = thrids
                if len(thrids) >= self.writer.bulk_from:
                    result = change_in_bulk(
                        tx, self.marks, self.people, thrids, wanted, numbered, self.changes
                    )
                    if result is not None:
                        self.writer.take_over(tx, new_op, result)
                        rest, is_there = result.rest, True
                if rest:
                    states = self.thread_states(tx)
                    states.load(rest)
                    meant = wanted.among(rest).records(states)
                    is_there = is_there or bool(meant)
                    self.writer.apply(tx, new_op, numbered, meant)
                    states.flush()
            if not is_there:
                raise InvalidArgument("It was moved or deleted elsewhere", title="That is no longer there")
        if not self.writer.has_effect(new_op):
            self.writer.drop(tx, new_op)
            return Receipt(new_op.op_id, NOTHING_CHANGED, 0, 0, can_undo=False)
        summary = summarize_op(op, len(new_op.threads), len(new_op.messages), self._shared.sanitize)
        is_final = isinstance(op, DeleteForever)
        return self.writer.finish(
            tx, new_op, summary, can_undo=not is_final and not is_automatic, is_final=is_final
        )

    # -- labels ----------------------------------------------------------------------------------------

    def _write_label_op(self, tx: Transaction, new_op: NewOp, op: Op, known: KnownLabels) -> None:
        if isinstance(op, CreateLabel):
            refuse(known.names.create_problem(op.name), known.hint_on(op.name))
            self.writer.create_labels(tx, new_op, (op.name,), known)
        elif isinstance(op, RenameLabel):
            self.writer.rename_label(tx, new_op, op.name, op.new_name, known)
        elif isinstance(op, DeleteLabel):
            need_label(tx.rows, op.name)
            self.writer.delete_label(tx, new_op, op.name)

    # -- taking back -----------------------------------------------------------------------------------

    def undo(self) -> Receipt | None:
        """Take the last op back that is not taken back yet; as ``Undo.undo``."""
        return self._undo.undo()

    def redo(self) -> Receipt | None:
        """Do again what was taken back last; as ``Undo.redo``."""
        return self._undo.redo()

    def retry(self, op_id: int) -> Receipt | None:
        """Try a refused op again, as a new one; None when there is nothing refused in it."""
        return self._undo.retry(op_id)

    # -- activity --------------------------------------------------------------------------------------

    def discard(self, op_id: int) -> None:
        """Let a refused op be: its rows are no longer marked."""
        self._write(lambda tx: self._discard(tx, op_id), is_user=True)

    def _discard(self, tx: Transaction, op_id: int) -> None:
        if tx.row("SELECT 1 FROM op WHERE op_id = ? AND state = ?", (op_id, OpState.REJECTED)) is None:
            return
        self._undo.unmark(tx, op_id)
        tx.execute("UPDATE op SET state = ? WHERE op_id = ?", (OpState.SUPERSEDED, op_id))

    def cancel(self, op_id: int) -> None:
        """Stop what of an op is not sent yet; what is not confirmed is shown again as Gmail has it."""
        self._write(lambda tx: self._cancel(tx, op_id), is_user=True)

    def _cancel(self, tx: Transaction, op_id: int) -> None:
        unsent = [
            change
            for change in self.changes.all(tx)
            if change.op_id == op_id and change.state == OPEN and not change.is_replay
        ]
        for change in unsent:
            self.changes.set_state(tx, change, DROPPED)
        self._states.refold_changes(tx, unsent)
        self._states.refold_labels(tx)
        self._states.settle(tx, {op_id})
