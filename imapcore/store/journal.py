"""The journal: what the user changed, durable and shown before anybody waits for a server.

What lives here: submit, undo, redo, retry, discard, cancel: everything the user does to the journal. What
may not: sending (``outbox.py``, its base), the meaning of ops (``plan.py``).

One transaction writes the op, exactly what it really changes on each message, and what is shown from now
on. A change that is the opposite of one not yet sent meets it, and neither is sent. Undo is an op of its
own: the exact inverse of what the other really changed, as far as that is still to be seen.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from imapcore.errors import InvalidArgument
from imapcore.model import (
    ChangeFlags,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Op,
    OpState,
    Receipt,
    RenameLabel,
    Role,
)
from imapcore.store.facts import Verb
from imapcore.store.mailboxes import is_inside, parents, refold_shelf
from imapcore.store.marks import MarkIds, Marks, Shift
from imapcore.store.outbox import Outbox
from imapcore.store.pieces import CANCELLED, DROPPED, OPEN, PIECE_COLUMNS, REFUSED, Piece, read_piece
from imapcore.store.plan import (
    LABEL_VERBS,
    Change,
    PlannedStep,
    check,
    labels_needed,
    reversed_steps,
    steps_for,
    target_of,
)
from imapcore.store.record import PENDING, REJECTED, SETTLED, Record
from imapcore.store.summary import summarize_op
from imapcore.store.targets import Targets
from imapcore.store.transaction import Transaction, chunks

THREADS_AT_ONCE = 2000
"""Conversations held in memory while a large op is written."""

USER, AUTOMATIC, UNDO, REDO = "user", "automatic", "undo", "redo"
"""Where an op comes from; only what a user did anew ends the possibility to redo."""


@dataclass(slots=True)
class _Draft:
    """An op that is being written: its number, and what its steps change so far."""

    op_id: int
    origin: str
    steps: list[PlannedStep] = field(default_factory=list)
    changed: dict[tuple[int, Shift, str], array[int]] = field(
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


@dataclass(slots=True)
class _Met:
    """Open changes that met their opposite, to be cancelled together."""

    messages: dict[Piece, set[int]] = field(default_factory=dict)


class _Numbers:
    """Numbers for plans, inside one transaction."""

    def __init__(self, tx: Transaction, marks: Marks) -> None:
        self._tx = tx
        self._marks = marks

    def label(self, name: str) -> int:
        return self._marks.shown_label(self._tx, name)

    def flag(self, name: str) -> int:
        return self._marks.flag(self._tx, name)

    def is_user_label(self, mark: int) -> bool:
        return self._marks.is_user_label(self._tx, mark)


class Journal(Outbox):
    """The user's side of the journal; every method is safe on any thread and returns when it is on the
    disk.
    """

    # -- submit ----------------------------------------------------------------------------------------

    def submit(self, op: Op) -> Receipt:
        """Journal an op and show it. Raises InvalidArgument for what cannot be asked."""
        check(op)
        return self._write(lambda tx: self._submit(tx, op), is_user=True)

    def _submit(self, tx: Transaction, op: Op) -> Receipt:
        is_automatic = isinstance(op, ChangeFlags) and op.is_automatic
        draft = self._begin(tx, AUTOMATIC if is_automatic else USER, repr(op))
        target = target_of(op)
        if target is None:
            self._draft_label_op(tx, draft, op)
        else:
            self._create_missing(tx, draft, labels_needed(op))
            steps = steps_for(op, _Numbers(tx, self.marks))
            numbers = [draft.step(step) for step in steps]
            for thrids, wanted in Targets(tx.rows).batches(target, THREADS_AT_ONCE):
                book = self.book(tx)
                book.load(thrids)
                self._draft_changes(tx, draft, list(zip(numbers, steps, strict=True)), wanted.records(book))
                book.flush()
        summary = summarize_op(op, len(draft.threads), len(draft.messages), self._shared.sanitize)
        return self._finish(
            tx, draft, summary, can_undo=not isinstance(op, DeleteForever) and not is_automatic
        )

    def _begin(self, tx: Transaction, origin: str, op: str, undoes: int | None = None) -> _Draft:
        tx.execute(
            "INSERT INTO op (at, origin, op, summary, state, threads, messages, undoes) "
            "VALUES (?, ?, ?, '', ?, 0, 0, ?)",
            (self._shared.clock.now_ms(), origin, op, OpState.PENDING, undoes),
        )
        return _Draft(tx.number("SELECT last_insert_rowid()"), origin)

    def _draft_changes(
        self,
        tx: Transaction,
        draft: _Draft,
        steps: Sequence[tuple[int, PlannedStep]],
        records: Iterable[Record],
    ) -> None:
        """Let steps change messages one after the other, and note for each step what it really changed."""
        batch = list(records)
        busy = self.pieces.touching(tx, (record.msgid for record in batch if record.mood == PENDING))
        met = _Met()
        outcomes = {shown: outcome(steps, shown.ids) for shown in {record.shown for record in batch}}
        self.marks.number_all(tx, (after for _, after in outcomes.values()))
        for record in batch:
            shifts, after = outcomes[record.shown]
            if not shifts:
                continue
            draft.messages.add(record.msgid)
            draft.threads.add(record.thrid)
            pieces = busy.get(record.msgid, [])
            is_open = False
            for step, shift in shifts:
                if pieces and self._meets_opposite(met, record, pieces, shift):
                    draft.changed[(step, shift, CANCELLED)].append(record.msgid)
                else:
                    draft.changed[(step, shift, OPEN)].append(record.msgid)
                    is_open = True
            record.shown = self.marks.numbered(tx, after)
            record.mood = PENDING if pieces or is_open else SETTLED
        self._cancel_met(tx, met)

    @staticmethod
    def _meets_opposite(met: _Met, record: Record, pieces: list[Piece], shift: Shift) -> bool:
        """Whether the last open change of the same marks is the exact opposite and still unsent: both are
        dropped.

        Not if Gmail meanwhile says by itself what the earlier change wanted: then only sending the later
        one helps.
        """
        touching = [piece for piece in pieces if piece.shift.marks() & shift.marks()]
        if not touching:
            return False
        last = touching[-1]
        if last.state != OPEN or last.is_replay or not last.shift.is_inverse_of(shift):
            return False
        ids = record.confirmed.ids
        for piece in pieces:
            if piece is not last:
                ids = piece.shift.applied(ids)
        if shift.applied(ids) != ids:
            return False
        met.messages.setdefault(last, set()).add(record.msgid)
        pieces.remove(last)
        return True

    def _cancel_met(self, tx: Transaction, met: _Met) -> None:
        for piece, msgids in met.messages.items():
            self.pieces.settle(tx, piece, msgids, CANCELLED)
            self._touched_ops.add(piece.op_id)

    def _finish(self, tx: Transaction, draft: _Draft, summary: str, *, can_undo: bool) -> Receipt:
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
            if planned.verb in LABEL_VERBS and not any(step == number for step, _, _ in draft.changed):
                state = CANCELLED if number in draft.settled_labels else OPEN
                self.pieces.add(tx, draft.op_id, number, Shift(), state, ())
        for (step, shift, state), msgids in draft.changed.items():
            self.pieces.add(tx, draft.op_id, step, shift, state, msgids)
        has_label_step = any(planned.verb in LABEL_VERBS for planned in draft.steps)
        has_effect = bool(draft.messages) or has_label_step
        tx.execute(
            "UPDATE op SET summary = ?, threads = ?, messages = ?, can_undo = ? WHERE op_id = ?",
            (summary, len(draft.threads), len(draft.messages), int(can_undo and has_effect), draft.op_id),
        )
        if has_label_step:
            self._refold_names(tx)
            refold_shelf(tx, self.marks, self._shared.sanitize)
        self._settle_ops(tx, {draft.op_id, *self._take_touched()})
        return Receipt(
            draft.op_id, summary, len(draft.threads), len(draft.messages), can_undo=can_undo and has_effect
        )

    # -- labels ----------------------------------------------------------------------------------------

    def _create_missing(self, tx: Transaction, draft: _Draft, names: Iterable[str]) -> None:
        shelves = {
            row[0]: bool(row[1])
            for row in tx.rows("SELECT name, is_selectable FROM shelf WHERE role IS NULL")
        }
        for name in names:
            for each in (*(parent for parent in parents(name) if parent not in shelves), name):
                if not shelves.get(each, False):
                    draft.step(PlannedStep(Verb.CREATE_LABEL, (each,)))
                    shelves[each] = True

    def _draft_label_op(self, tx: Transaction, draft: _Draft, op: Op) -> None:
        shelves = {
            row[0]: (row[1], bool(row[2])) for row in tx.rows("SELECT name, role, is_selectable FROM shelf")
        }
        if isinstance(op, CreateLabel):
            if shelves.get(op.name, (None, False))[1]:
                raise InvalidArgument("There is a label of that name already")
            self._create_missing(tx, draft, (op.name,))
        elif isinstance(op, RenameLabel):
            self._need_label(shelves, op.name)
            if op.new_name in shelves and not is_inside(op.new_name, op.name):
                raise InvalidArgument("There is a label of that name already")
            if is_inside(op.new_name, op.name):
                raise InvalidArgument("A label cannot be moved into itself")
            draft.step(PlannedStep(Verb.RENAME_LABEL, (op.name, op.new_name)))
        elif isinstance(op, DeleteLabel):
            self._need_label(shelves, op.name)
            self._draft_delete(tx, draft, op.name)

    @staticmethod
    def _need_label(shelves: dict[str, tuple[str | None, bool]], name: str) -> None:
        if name not in shelves:
            raise InvalidArgument("There is no label of that name")
        if shelves[name][0] is not None:
            raise InvalidArgument("Gmail's own mailboxes cannot be renamed or deleted")

    def _draft_delete(self, tx: Transaction, draft: _Draft, name: str) -> None:
        number = draft.step(PlannedStep(Verb.DELETE_LABEL, (name,)))
        mark = self.marks.find_label(tx, name)
        if mark is None:
            return
        removing = PlannedStep(Verb.DELETE_LABEL, change=lambda ids: Shift(remove=frozenset((mark,)) & ids))
        for msgids in chunks(Targets(tx.rows).carrying(mark), THREADS_AT_ONCE):
            book = self.book(tx)
            self._draft_changes(tx, draft, [(number, removing)], book.load_messages(msgids))
            book.flush()

    # -- undo and redo ---------------------------------------------------------------------------------

    def undo(self) -> Receipt | None:
        """Take the last op back that is not taken back yet; None when there is none."""
        return self._write(lambda tx: self._take_back(tx, UNDO), is_user=True)

    def redo(self) -> Receipt | None:
        """Do again what was taken back last, unless something new was done since; None when there is
        nothing.
        """
        return self._write(lambda tx: self._take_back(tx, REDO), is_user=True)

    def _take_back(self, tx: Transaction, origin: str) -> Receipt | None:
        row = tx.row(NEXT_UNDO if origin == UNDO else NEXT_REDO)
        if row is None:
            return None
        op_id, summary, op = int(row[0]), str(row[1]), str(row[2])
        tx.execute("UPDATE op SET is_undone = 1 WHERE op_id = ?", (op_id,))
        draft = self._begin(tx, origin, op, undoes=op_id)
        rows = tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step DESC", (op_id,)
        )
        for step, verb, names, destination in rows:
            pieces = [
                read_piece(row)
                for row in tx.rows(
                    f"SELECT {PIECE_COLUMNS} FROM piece WHERE op_id = ? AND step = ? AND state NOT IN (?, ?) "
                    "ORDER BY piece_id DESC",
                    (op_id, step, REFUSED, DROPPED),
                )
            ]
            if Verb(verb) in LABEL_VERBS:
                self._take_back_label(tx, draft, Verb(verb), json.loads(names), pieces)
            for piece in pieces:
                self._take_back_piece(
                    tx, draft, Verb(verb), Role(destination) if destination else None, piece
                )
        text = f"Undone: {summary}" if origin == UNDO else summary.removeprefix("Undone: ")
        return self._finish(tx, draft, text, can_undo=True)

    def _take_back_label(
        self, tx: Transaction, draft: _Draft, verb: Verb, names: list[str], pieces: list[Piece]
    ) -> None:
        if not pieces:
            return
        if verb is Verb.RENAME_LABEL:
            number = draft.step(PlannedStep(verb, (names[1], names[0])))
        elif verb is Verb.DELETE_LABEL:
            number = draft.step(PlannedStep(Verb.CREATE_LABEL, (names[0],)))
        elif draft.origin == REDO:
            self._draft_delete(tx, draft, names[0])
            return
        elif self._is_unused(tx, names[0]):
            number = draft.step(PlannedStep(Verb.DELETE_LABEL, (names[0],)))
        else:
            return
        unsent = [self.pieces.get(tx, piece.piece_id) for piece in pieces]
        last = max((piece.op_id for piece in self.pieces.all(tx)), default=0)
        # Nothing was sent and nothing else waits behind it: neither needs to leave at all.
        if last <= pieces[0].op_id and all(
            piece and piece.state == OPEN and not piece.is_replay for piece in unsent
        ):
            draft.settled_labels.add(number)
            for piece in unsent:
                if piece is not None:
                    self.pieces.settle(tx, piece, None, CANCELLED)
                    self._refold(tx, piece.msgids)
                    self._touched_ops.add(piece.op_id)

    def _is_unused(self, tx: Transaction, name: str) -> bool:
        """Whether nothing carries a label: only then undoing its creation deletes nothing else."""
        mark = self.marks.find_label(tx, name)
        return mark is None or not Targets(tx.rows).carrying(mark)

    def _take_back_piece(
        self, tx: Transaction, draft: _Draft, verb: Verb, destination: Role | None, piece: Piece
    ) -> None:
        steps = reversed_steps(verb, destination, piece.shift)
        if not steps or not piece.msgids:
            return
        unsent = self.pieces.get(tx, piece.piece_id)
        numbered: list[tuple[int, PlannedStep]] = []
        for msgids in chunks(list(piece.msgids), THREADS_AT_ONCE):
            book = self.book(tx)
            records = book.load_messages(msgids)
            if unsent is not None:
                records = self._meet(tx, draft, steps[0], piece.shift, records)
            if records and not numbered:
                numbered = [(draft.step(step), step) for step in steps]
            self._draft_changes(tx, draft, numbered, records)
            book.flush()

    def _meet(
        self, tx: Transaction, draft: _Draft, step: PlannedStep, shift: Shift, records: list[Record]
    ) -> list[Record]:
        """Take a change back that was not sent yet, message by message; those for which that is too
        late.
        """
        back = Shift(shift.remove, shift.add)
        busy = self.pieces.touching(tx, (record.msgid for record in records))
        late: list[Record] = []
        opposites = _Met()
        met: list[Record] = []
        for record in records:
            pieces = busy.get(record.msgid, [])
            if self._meets_opposite(opposites, record, pieces, back):
                record.shown = self.marks.numbered(tx, back.applied(record.shown.ids))
                record.mood = PENDING if pieces else SETTLED
                met.append(record)
            else:
                late.append(record)
        self._cancel_met(tx, opposites)
        if met:
            number = draft.step(step)
            draft.changed[(number, back, CANCELLED)].extend(record.msgid for record in met)
            draft.messages.update(record.msgid for record in met)
            draft.threads.update(record.thrid for record in met)
        return late

    # -- activity --------------------------------------------------------------------------------------

    def retry(self, op_id: int) -> Receipt | None:
        """Try a refused op again, as a new one; None when there is nothing refused in it."""
        return self._write(lambda tx: self._retry(tx, op_id), is_user=True)

    def _retry(self, tx: Transaction, op_id: int) -> Receipt | None:
        row = tx.row("SELECT summary, op FROM op WHERE op_id = ? AND state = ?", (op_id, OpState.REJECTED))
        if row is None:
            return None
        draft = self._begin(tx, USER, str(row[1]))
        for step, verb, names, destination in tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step", (op_id,)
        ):
            refused = [
                read_piece(piece)
                for piece in tx.rows(
                    f"SELECT {PIECE_COLUMNS} FROM piece WHERE op_id = ? AND step = ? AND state = ?",
                    (op_id, step, REFUSED),
                )
            ]
            if not refused:
                continue
            planned = PlannedStep(
                Verb(verb), tuple(json.loads(names)), Role(destination) if destination else None
            )
            number = draft.step(planned)
            for piece in refused:
                again = replace(planned, change=_again(piece.shift))
                for msgids in chunks(piece.msgids, THREADS_AT_ONCE):
                    book = self.book(tx)
                    self._draft_changes(tx, draft, [(number, again)], book.load_messages(msgids))
                    book.flush()
        self._calm(tx, op_id)
        tx.execute("UPDATE op SET state = ?, can_undo = 0 WHERE op_id = ?", (OpState.SUPERSEDED, op_id))
        return self._finish(tx, draft, str(row[0]), can_undo=True)

    def discard(self, op_id: int) -> None:
        """Let a refused op be: its rows are no longer marked."""
        self._write(lambda tx: self._discard(tx, op_id), is_user=True)

    def _discard(self, tx: Transaction, op_id: int) -> None:
        if tx.row("SELECT 1 FROM op WHERE op_id = ? AND state = ?", (op_id, OpState.REJECTED)) is None:
            return
        self._calm(tx, op_id)
        tx.execute("UPDATE op SET state = ? WHERE op_id = ?", (OpState.SUPERSEDED, op_id))

    def _calm(self, tx: Transaction, op_id: int) -> None:
        """Take the mark of refusal off an op's messages."""
        for row in tx.rows(
            f"SELECT {PIECE_COLUMNS} FROM piece WHERE op_id = ? AND state = ?", (op_id, REFUSED)
        ):
            book = self.book(tx)
            for record in book.load_messages(read_piece(row).msgids):
                if record.mood == REJECTED:
                    record.mood = SETTLED
            book.flush()

    def cancel(self, op_id: int) -> None:
        """Stop what of an op is not sent yet; what is not confirmed is shown again as Gmail has it."""
        self._write(lambda tx: self._cancel(tx, op_id), is_user=True)

    def _cancel(self, tx: Transaction, op_id: int) -> None:
        for piece in self.pieces.all(tx):
            if piece.op_id == op_id and piece.state == OPEN and not piece.is_replay:
                self.pieces.set_state(tx, piece, DROPPED)
                self._refold(tx, piece.msgids)
        self._refold_names(tx)
        refold_shelf(tx, self.marks, self._shared.sanitize)
        self._settle_ops(tx, {op_id})


NEXT_UNDO = (
    "SELECT op_id, summary, op FROM op WHERE origin <> 'undo' AND can_undo AND NOT is_undone "
    "ORDER BY op_id DESC LIMIT 1"
)
NEXT_REDO = (
    "SELECT op_id, summary, op FROM op WHERE origin = 'undo' AND can_undo AND NOT is_undone AND op_id > "
    "(SELECT coalesce(max(op_id), 0) FROM op WHERE origin = 'user') ORDER BY op_id DESC LIMIT 1"
)


def outcome(
    steps: Sequence[tuple[int, PlannedStep]], ids: MarkIds
) -> tuple[list[tuple[int, Shift]], MarkIds]:
    """What steps change, one after the other, on a message that shows ``ids``; and what it shows then."""
    shifts: list[tuple[int, Shift]] = []
    for number, step in steps:
        if step.change is None or (step.is_follow_up and not shifts):
            continue
        shift = step.change(ids)
        if shift:
            shifts.append((number, shift))
            ids = shift.applied(ids)
    return shifts, ids


def _again(shift: Shift) -> Change:
    """Do a recorded shift once more, as far as it is not to be seen already."""

    def change(ids: MarkIds) -> Shift:
        real = Shift.of(ids, shift.applied(ids))
        return replace(real, keep=shift.keep) if real else real

    return change
