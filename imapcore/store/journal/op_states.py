"""The states of ops: what follows when changes of the journal are sent, answered or dropped.

What lives here: messages shown anew, names of labels folded anew, the states of ops derived from those
of their changes. What may not: why a change got another state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imapcore.model import OpState
from imapcore.store.changes.pending import (
    CANCELLED,
    DONE,
    DROPPED,
    OPEN,
    REFUSED,
    SENT,
    TO_BE_SAID,
    PendingChange,
)
from imapcore.store.facts import Settled
from imapcore.store.mail.label_tree import refold_tree
from imapcore.store.mail.mailboxes import LabelStore
from imapcore.store.marks.registry import names_under_way, open_renames
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, chunks

BATCH_SIZE = 1000
"""Messages per command at most."""


class OpStates(Repository):
    """What the parts of the journal share: each of them says what it did, and this writes what follows."""

    def __init__(self, shared: StoreContext, labels: LabelStore) -> None:
        super().__init__(shared)
        self._labels = labels
        self._touched_ops: set[int] = set()

    def touch(self, op_id: int) -> None:
        """Something of an op changed its state: the next ``settle`` looks at it too."""
        self._touched_ops.add(op_id)

    def refold_labels(self, tx: Transaction) -> None:
        """Steps about labels changed their state: show what labels are called, and which there are."""
        self._refold_names(tx)
        refold_tree(tx, self.marks, self._shared.sanitize)

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

    def refold_changes(self, tx: Transaction, changes: Iterable[PendingChange]) -> None:
        """Some changes are not open any more: show what follows. Together, for those of a label that is not
        deleted after all concern the same messages: whatever carries it.
        """
        msgids: set[int] = set()
        marks: set[int] = set()
        for change in changes:
            msgids.update(change.msgids)
            if change.is_general:
                marks |= change.diff.remove
        for mark in marks:
            msgids.update(self._labels.holding(tx, mark))
        self.refold(tx, sorted(msgids))

    def refold(self, tx: Transaction, msgids: Iterable[int], change_state: int | None = None) -> None:
        """Show what follows for some messages; ``change_state``: how they stood before that."""
        for part in chunks(list(msgids), BATCH_SIZE):
            states = self.thread_states(tx)
            records = states.load_messages(part)
            for record in records:
                if change_state is not None:
                    record.change_state = change_state
            self.changes.fold(tx, self.marks, records)
            states.flush()

    def settle(self, tx: Transaction, op_ids: Iterable[int]) -> Settled:
        """Derive the state of ops, and of those that were touched, from those of their changes."""
        touched, self._touched_ops = self._touched_ops, set()
        confirmed: list[int] = []
        rejected: dict[int, str] = {}
        for op_id in sorted({*op_ids, *touched}):
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
                if state in (OPEN, SENT, REFUSED):
                    left[int(step)] = left.get(int(step), 0) + int(total)
            now = state_of(counts)
            done = 0 if now is OpState.SUPERSEDED else max(messages - max(left.values(), default=0), 0)
            tx.execute("UPDATE op SET state = ?, done = ? WHERE op_id = ?", (now, done, op_id))
            if now in (OpState.REJECTED, OpState.SUPERSEDED) and not counts.keys() & {DONE, CANCELLED}:
                is_news = now is OpState.REJECTED and now.value != before
                tx.execute(
                    "UPDATE op SET can_undo = "
                    "CASE WHEN can_undo = 1 AND origin = 'user' AND ? THEN ? ELSE 0 END WHERE op_id = ?",
                    (is_news, TO_BE_SAID, op_id),
                )
            if now.value == before:
                continue
            if now is OpState.REJECTED:
                rejected[op_id] = summary
            elif now in (OpState.CONFIRMED, OpState.SUPERSEDED):
                confirmed.append(op_id)
        return Settled(tuple(confirmed), tuple(rejected), rejected)


def state_of(counts: Mapping[str, int]) -> OpState:
    """The state of an op from how many of its changes are in which state."""
    if counts.get(SENT) or (counts.get(OPEN) and counts.get(DONE)):
        return OpState.SENT
    if counts.get(OPEN):
        return OpState.PENDING
    if counts.get(REFUSED):
        return OpState.REJECTED
    if counts.get(DONE) or not (counts.get(CANCELLED) or counts.get(DROPPED)):
        return OpState.CONFIRMED
    return OpState.SUPERSEDED
