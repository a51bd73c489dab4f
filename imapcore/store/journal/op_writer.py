"""Writing an op into the journal, until it is durable and shown.

What lives here: what the steps of an op really change on each message, changes that cancel their opposite,
the rows of op, step and piece. What may not: where the steps come from (``journal``: from what the user asks;
``undo``: from what was done before).
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from imapcore.errors import InvalidArgument
from imapcore.model import OpState, Receipt
from imapcore.store.changes.bulk import BULK_FROM, BulkResult
from imapcore.store.changes.inverse import Resolution, resolve
from imapcore.store.changes.pending import CANCELLED, OPEN, TO_BE_SAID, PendingChange
from imapcore.store.changes.steps import LABEL_VERBS, NumberedSteps, PlannedStep, outcome
from imapcore.store.facts import Verb
from imapcore.store.journal.op_states import OpStates
from imapcore.store.mail.known_labels import KnownLabels, refuse
from imapcore.store.mail.label_tree import is_inside, missing_labels, need_label
from imapcore.store.mail.mailboxes import LabelStore
from imapcore.store.marks.values import MarkDiff
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, chunks
from imapcore.store.threads.message_state import PENDING, MessageState
from imapcore.store.threads.targets import Targets

OPS_KEPT = 1000
"""Ops that can be taken back and looked at; up to twice as many are kept."""

THREADS_AT_ONCE = 2000
"""Conversations held in memory while a large op is written."""

MESSAGES_AT_ONCE = 20_000
"""Messages held in memory while a large op is taken back; of an op with more nothing is remembered."""


class NewOp(Struct):
    """An op that is being written: its number, and what its steps change so far."""

    op_id: int
    origin: str
    steps: list[PlannedStep] = field(default_factory=list)
    changed: dict[tuple[int, MarkDiff, str], array[int]] = field(
        default_factory=lambda: defaultdict(lambda: array("q"))
    )
    """(step, diff, state of the pending change) → messages."""
    messages: set[int] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)
    settled_labels: set[int] = field(default_factory=set)
    """Steps about labels that are cancelled: what they are the opposite of was not sent."""

    def step(self, planned: PlannedStep) -> int:
        """The number of a step in the op."""
        self.steps.append(planned)
        return len(self.steps) - 1


class OpWriter(Repository):
    """Writing ops, inside a transaction of the caller's."""

    bulk_from = BULK_FROM
    """From so many conversations on, an op changes them by groups (``changes.bulk``)."""

    last_op: tuple[int, Sequence[int]] = (0, ())
    """The last op that was not too large, and its conversations: mostly undo takes that one back."""

    def __init__(self, shared: StoreContext, states: OpStates, labels: LabelStore) -> None:
        super().__init__(shared)
        self._states = states
        self._labels = labels

    def begin(self, tx: Transaction, origin: str, op: str, undoes: int | None = None) -> NewOp:
        """A new op, without steps so far."""
        tx.execute(
            "INSERT INTO op (at, origin, op, summary, state, threads, messages, undoes) "
            "VALUES (?, ?, ?, '', ?, 0, 0, ?)",
            (self._shared.clock.now_ms(), origin, op, OpState.PENDING, undoes),
        )
        return NewOp(tx.number("SELECT last_insert_rowid()"), origin)

    def apply(
        self,
        tx: Transaction,
        new_op: NewOp,
        steps: NumberedSteps,
        records: Iterable[MessageState],
    ) -> None:
        """Let steps change messages one after the other, and note for each step what it really changed."""
        batch = list(records)
        outcomes = {shown: outcome(steps, shown.ids) for shown in {record.shown for record in batch}}
        touched = frozenset().union(*(s.marks() for diffs, _ in outcomes.values() for _, s in diffs))
        busy: Mapping[int, Sequence[PendingChange]] = {}
        if any(change.marks & touched for change in self.changes.all(tx)):
            busy = self.changes.touching(
                tx, (record.msgid for record in batch if record.change_state == PENDING)
            )
        self.marks.number_all(tx, (after for _, after in outcomes.values()))
        # Of many messages, few differ in what is confirmed, shown and open.
        resolutions: dict[tuple[object, ...], Resolution] = {}
        deleted_labels = self.changes.deleted_labels(tx)
        cancelled: dict[PendingChange, set[int]] = defaultdict(set)
        for record in batch:
            diffs, _ = outcomes[record.shown]
            if not diffs or record.is_being_deleted:
                continue
            new_op.messages.add(record.msgid)
            new_op.threads.add(record.thrid)
            changes = busy.get(record.msgid, ())
            key = (record.shown, record.confirmed, *changes)
            resolution = resolutions.get(key)
            if resolution is None:
                resolution = resolutions[key] = resolve(
                    record.shown, record.confirmed, changes, diffs, deleted_labels
                )
            for each in resolution.diffs:
                new_op.changed[each].append(record.msgid)
            for change in resolution.cancelled:
                cancelled[change].add(record.msgid)
            record.shown = self.marks.numbered(tx, resolution.ids)
            record.change_state = resolution.change_state
        self.cancel(tx, cancelled)

    def take_over(self, tx: Transaction, new_op: NewOp, result: BulkResult) -> None:
        """Take over what was changed by groups."""
        new_op.threads.update(result.threads)
        for step, msgids in result.messages.items():
            new_op.changed[step].extend(msgids)
            new_op.messages.update(msgids)
        self.cancel(tx, result.cancelled)

    def cancel(self, tx: Transaction, cancelled: Mapping[PendingChange, set[int]]) -> None:
        """Cancel open changes on messages that got the opposite."""
        for change, msgids in cancelled.items():
            self.changes.settle(tx, change, msgids, CANCELLED)
            self._states.touch(change.op_id)

    def write_changes(self, tx: Transaction, new_op: NewOp) -> None:
        """Enter into the journal what the steps have changed so far: whatever comes after reckons with it."""
        for (step, diff, state), msgids in new_op.changed.items():
            is_general = new_op.steps[step].verb is Verb.DELETE_LABEL
            self.changes.add(tx, new_op.op_id, step, diff, state, msgids, is_general=is_general)
        new_op.changed.clear()

    @staticmethod
    def has_effect(new_op: NewOp) -> bool:
        """Whether an op changes anything at all."""
        return bool(new_op.messages) or any(planned.verb in LABEL_VERBS for planned in new_op.steps)

    @staticmethod
    def drop(tx: Transaction, new_op: NewOp) -> None:
        """An op that changes nothing never was."""
        tx.execute("DELETE FROM op WHERE op_id = ?", (new_op.op_id,))

    def finish(
        self, tx: Transaction, new_op: NewOp, summary: str, *, can_undo: bool, is_final: bool = False
    ) -> Receipt:
        """``is_final``: it cannot be taken back, and who tries is told so."""
        self.write_changes(tx, new_op)
        for number, planned in enumerate(new_op.steps):
            tx.execute(
                "INSERT INTO step (op_id, step, verb, names, destination) VALUES (?, ?, ?, ?, ?)",
                (
                    new_op.op_id,
                    number,
                    planned.verb,
                    json.dumps(planned.names),
                    planned.destination.value if planned.destination else None,
                ),
            )
            if planned.verb in LABEL_VERBS:
                # For the label itself, whatever becomes of the messages that carry it.
                state = CANCELLED if number in new_op.settled_labels else OPEN
                diff, is_general = self._label_diff(tx, planned)
                self.changes.add(tx, new_op.op_id, number, diff, state, (), is_general=is_general)
        used = {mark for planned in new_op.steps if planned.verb is Verb.ADD_LABELS for mark in planned.names}
        tx.execute(
            "UPDATE mark SET used_at = ? WHERE mark_id IN (SELECT value FROM json_each(?))",
            (self._shared.clock.now_ms(), json.dumps(sorted(used, key=str))),
        )
        has_label_step = any(planned.verb in LABEL_VERBS for planned in new_op.steps)
        has_effect = self.has_effect(new_op)
        undo = TO_BE_SAID if is_final else int(can_undo and has_effect)
        tx.execute(
            "UPDATE op SET summary = ?, threads = ?, messages = ?, can_undo = ? WHERE op_id = ?",
            (summary, len(new_op.threads), len(new_op.messages), undo, new_op.op_id),
        )
        if has_label_step:
            self._states.refold_labels(tx)
        self._states.settle(tx, {new_op.op_id})
        if new_op.op_id % OPS_KEPT == 0:
            self._forget_old(tx, new_op.op_id - OPS_KEPT)
        if len(new_op.messages) <= MESSAGES_AT_ONCE:
            self.last_op = (new_op.op_id, array("q", new_op.threads))
        return Receipt(
            new_op.op_id, summary, len(new_op.threads), len(new_op.messages), can_undo=can_undo and has_effect
        )

    @staticmethod
    def _forget_old(tx: Transaction, before: int) -> None:
        """Drop settled ops that nobody will take back any more."""
        old = f"SELECT op_id FROM op WHERE op_id < {before} AND state NOT IN ('pending', 'sent')"
        for table in ("piece", "step", "op"):
            tx.execute(f"DELETE FROM {table} WHERE op_id IN ({old})")

    def _label_diff(self, tx: Transaction, planned: PlannedStep) -> tuple[MarkDiff, bool]:
        """What a step about a label itself does to whatever message carries it, and whether it does
        anything.
        """
        mark = self.marks.find_label(tx, str(planned.names[0]))
        if planned.verb is not Verb.DELETE_LABEL or mark is None:
            return MarkDiff(), False
        return MarkDiff(remove=frozenset((mark,))), True

    def create_labels(self, tx: Transaction, new_op: NewOp, names: Iterable[str], known: KnownLabels) -> None:
        """Make the labels of these names that are not there, and the parents they need."""
        for name in missing_labels(tx.rows, names, known.hidden):
            self._labels.new_label(tx, name)
            self.marks.shown_label(tx, name)
            new_op.step(PlannedStep(Verb.CREATE_LABEL, (name,)))

    def rename_label(
        self, tx: Transaction, new_op: NewOp, name: str, new_name: str, known: KnownLabels
    ) -> None:
        """A label is to have another name. Raises InvalidArgument, in the words of the dialogs."""
        need_label(tx.rows, name)
        refuse(known.names.rename_problem(name, new_name), known.hint_on(new_name))
        self.marks.check_free(tx, new_name)
        for (shown,) in tx.rows("SELECT shown_name FROM mark WHERE kind = 'label'"):
            if is_inside(shown, name):
                self._free_name(tx, new_name + shown[len(name) :])
        new_op.step(PlannedStep(Verb.RENAME_LABEL, (name, new_name)))

    def _free_name(self, tx: Transaction, name: str) -> None:
        """A label is to be renamed to this: whatever had the name before must be out of use."""
        mark = self.marks.find_label(tx, name)
        if mark is None:
            return
        if self._labels.holding(tx, mark) or Targets(tx.rows).carrying(mark):
            raise InvalidArgument("Mail carries a label of that name, though it is not in the tree")
        self.marks.retire(tx, mark)

    def delete_label(self, tx: Transaction, new_op: NewOp, name: str) -> None:
        """A label is deleted, and taken off whatever carries it."""
        number = new_op.step(PlannedStep(Verb.DELETE_LABEL, (name,)))
        mark = self.marks.find_label(tx, name)
        if mark is None:
            return
        removing = PlannedStep(
            Verb.DELETE_LABEL, change=lambda ids: MarkDiff(remove=frozenset((mark,)) & ids)
        )
        for msgids in chunks(Targets(tx.rows).carrying(mark), THREADS_AT_ONCE):
            states = self.thread_states(tx)
            self.apply(tx, new_op, [(number, removing)], states.load_messages(msgids))
            states.flush()
