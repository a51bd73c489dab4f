"""Drafts: an op while it is being written, until it is durable and shown.

What lives here: what the steps of an op really change on each message, changes that meet their opposite, the
rows of op, step and piece. What may not: where the steps come from (``journal``: from what the user asks;
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
from imapcore.store.changes.bulk import SWEEP_FROM, Swept
from imapcore.store.changes.inverse import Resolution, meet
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
    """(step, shift, state of the piece) → messages."""
    messages: set[int] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)
    settled_labels: set[int] = field(default_factory=set)
    """Steps about labels that met their opposite before it was sent."""

    def step(self, planned: PlannedStep) -> int:
        """The number of a step in the op."""
        self.steps.append(planned)
        return len(self.steps) - 1


class OpWriter(Repository):
    """Writing ops, inside a transaction of the caller's."""

    sweep_from = SWEEP_FROM
    """Conversations from which on an op is swept over them instead of going through a book."""

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
        draft: NewOp,
        steps: NumberedSteps,
        records: Iterable[MessageState],
    ) -> None:
        """Let steps change messages one after the other, and note for each step what it really changed."""
        batch = list(records)
        outcomes = {shown: outcome(steps, shown.ids) for shown in {record.shown for record in batch}}
        touched = frozenset().union(*(s.marks() for shifts, _ in outcomes.values() for _, s in shifts))
        busy: Mapping[int, Sequence[PendingChange]] = {}
        if any(piece.marks & touched for piece in self.pieces.all(tx)):
            busy = self.pieces.touching(tx, (record.msgid for record in batch if record.mood == PENDING))
        self.marks.number_all(tx, (after for _, after in outcomes.values()))
        # Of many messages, few differ in what is confirmed, shown and open.
        meetings: dict[tuple[object, ...], Resolution] = {}
        going = self.pieces.going(tx)
        met: dict[PendingChange, set[int]] = defaultdict(set)
        for record in batch:
            shifts, _ = outcomes[record.shown]
            if not shifts or record.is_being_deleted:
                continue
            draft.messages.add(record.msgid)
            draft.threads.add(record.thrid)
            pieces = busy.get(record.msgid, ())
            key = (record.shown, record.confirmed, *pieces)
            meeting = meetings.get(key)
            if meeting is None:
                meeting = meetings[key] = meet(record.shown, record.confirmed, pieces, shifts, going)
            for each in meeting.shifts:
                draft.changed[each].append(record.msgid)
            for piece in meeting.met:
                met[piece].add(record.msgid)
            record.shown = self.marks.numbered(tx, meeting.ids)
            record.mood = meeting.mood
        self.cancel_met(tx, met)

    def take_over(self, tx: Transaction, draft: NewOp, swept: Swept) -> None:
        """Take over what a sweep changed."""
        draft.threads.update(swept.threads)
        for step, msgids in swept.messages.items():
            draft.changed[step].extend(msgids)
            draft.messages.update(msgids)
        self.cancel_met(tx, swept.met)

    def cancel_met(self, tx: Transaction, met: Mapping[PendingChange, set[int]]) -> None:
        """Cancel open changes that met their opposite: which, and on which messages."""
        for piece, msgids in met.items():
            self.pieces.settle(tx, piece, msgids, CANCELLED)
            self._states.touch(piece.op_id)

    def write_changes(self, tx: Transaction, draft: NewOp) -> None:
        """Enter into the journal what the steps have changed so far: whatever comes after reckons with it."""
        for (step, shift, state), msgids in draft.changed.items():
            is_general = draft.steps[step].verb is Verb.DELETE_LABEL
            self.pieces.add(tx, draft.op_id, step, shift, state, msgids, is_general=is_general)
        draft.changed.clear()

    @staticmethod
    def has_effect(draft: NewOp) -> bool:
        """Whether an op changes anything at all."""
        return bool(draft.messages) or any(planned.verb in LABEL_VERBS for planned in draft.steps)

    @staticmethod
    def drop(tx: Transaction, draft: NewOp) -> None:
        """An op that changes nothing never was."""
        tx.execute("DELETE FROM op WHERE op_id = ?", (draft.op_id,))

    def finish(
        self, tx: Transaction, draft: NewOp, summary: str, *, can_undo: bool, is_final: bool = False
    ) -> Receipt:
        """``is_final``: it cannot be taken back, and who tries is told so."""
        self.write_changes(tx, draft)
        for number, planned in enumerate(draft.steps):
            tx.execute(
                "INSERT INTO step (op_id, step, verb, names, destination) VALUES (?, ?, ?, ?, ?)",
                (
                    draft.op_id,
                    number,
                    planned.verb,
                    json.dumps(planned.names),
                    planned.destination.value if planned.destination else None,
                ),
            )
            if planned.verb in LABEL_VERBS:
                # For the label itself, whatever becomes of the messages that carry it.
                state = CANCELLED if number in draft.settled_labels else OPEN
                shift, is_general = self._label_shift(tx, planned)
                self.pieces.add(tx, draft.op_id, number, shift, state, (), is_general=is_general)
        used = {mark for planned in draft.steps if planned.verb is Verb.ADD_LABELS for mark in planned.names}
        tx.execute(
            "UPDATE mark SET used_at = ? WHERE mark_id IN (SELECT value FROM json_each(?))",
            (self._shared.clock.now_ms(), json.dumps(sorted(used, key=str))),
        )
        has_label_step = any(planned.verb in LABEL_VERBS for planned in draft.steps)
        has_effect = self.has_effect(draft)
        undo = TO_BE_SAID if is_final else int(can_undo and has_effect)
        tx.execute(
            "UPDATE op SET summary = ?, threads = ?, messages = ?, can_undo = ? WHERE op_id = ?",
            (summary, len(draft.threads), len(draft.messages), undo, draft.op_id),
        )
        if has_label_step:
            self._states.refold_labels(tx)
        self._states.settle(tx, {draft.op_id})
        if draft.op_id % OPS_KEPT == 0:
            self._forget_old(tx, draft.op_id - OPS_KEPT)
        if len(draft.messages) <= MESSAGES_AT_ONCE:
            self.last_op = (draft.op_id, array("q", draft.threads))
        return Receipt(
            draft.op_id, summary, len(draft.threads), len(draft.messages), can_undo=can_undo and has_effect
        )

    @staticmethod
    def _forget_old(tx: Transaction, before: int) -> None:
        """Drop settled ops that nobody will take back any more."""
        old = f"SELECT op_id FROM op WHERE op_id < {before} AND state NOT IN ('pending', 'sent')"
        for table in ("piece", "step", "op"):
            tx.execute(f"DELETE FROM {table} WHERE op_id IN ({old})")

    def _label_shift(self, tx: Transaction, planned: PlannedStep) -> tuple[MarkDiff, bool]:
        """What a step about a label itself does to whatever message carries it, and whether it does
        anything.
        """
        mark = self.marks.find_label(tx, str(planned.names[0]))
        if planned.verb is not Verb.DELETE_LABEL or mark is None:
            return MarkDiff(), False
        return MarkDiff(remove=frozenset((mark,))), True

    def create_labels(self, tx: Transaction, draft: NewOp, names: Iterable[str], known: KnownLabels) -> None:
        """Make the labels of these names that are not there, and the parents they need."""
        for name in missing_labels(tx.rows, names, known.hidden):
            self._labels.new_label(tx, name)
            self.marks.shown_label(tx, name)
            draft.step(PlannedStep(Verb.CREATE_LABEL, (name,)))

    def rename_label(
        self, tx: Transaction, draft: NewOp, name: str, new_name: str, known: KnownLabels
    ) -> None:
        """A label is to have another name. Raises InvalidArgument, in the words of the dialogs."""
        need_label(tx.rows, name)
        refuse(known.names.rename_problem(name, new_name), known.hint_on(new_name))
        self.marks.check_free(tx, new_name)
        for (shown,) in tx.rows("SELECT shown_name FROM mark WHERE kind = 'label'"):
            if is_inside(shown, name):
                self._free_name(tx, new_name + shown[len(name) :])
        draft.step(PlannedStep(Verb.RENAME_LABEL, (name, new_name)))

    def _free_name(self, tx: Transaction, name: str) -> None:
        """A label is to be renamed to this: whatever had the name before must be out of use."""
        mark = self.marks.find_label(tx, name)
        if mark is None:
            return
        if self._labels.holding(tx, mark) or Targets(tx.rows).carrying(mark):
            raise InvalidArgument("Mail carries a label of that name, though it is not in the tree")
        self.marks.retire(tx, mark)

    def delete_label(self, tx: Transaction, draft: NewOp, name: str) -> None:
        """A label is deleted, and taken off whatever carries it."""
        number = draft.step(PlannedStep(Verb.DELETE_LABEL, (name,)))
        mark = self.marks.find_label(tx, name)
        if mark is None:
            return
        removing = PlannedStep(
            Verb.DELETE_LABEL, change=lambda ids: MarkDiff(remove=frozenset((mark,)) & ids)
        )
        for msgids in chunks(Targets(tx.rows).carrying(mark), THREADS_AT_ONCE):
            book = self.book(tx)
            self.apply(tx, draft, [(number, removing)], book.load_messages(msgids))
            book.flush()
