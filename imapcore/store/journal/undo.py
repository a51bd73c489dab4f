"""History: undo, redo, and doing again what was refused.

What lives here: ops made of earlier ops. What may not: the meaning of ops (``changes.steps``).

Undo is an op of its own: the exact inverse of what the other really changed, as far as that is still to be
seen. What was not sent yet is simply dropped on both sides. Both lists are in the table of ops and outlive
a restart.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.model import OpState, Receipt, Role
from imapcore.store.changes.bulk import sweep_back
from imapcore.store.changes.inverse import Inverse, Resolution, StepNumbers, meet, opposite_of
from imapcore.store.changes.pending import (
    CANCELLED,
    DROPPED,
    NEXT_REDO,
    NEXT_UNDO,
    OPEN,
    PENDING_COLUMNS,
    REFUSED,
    TO_BE_SAID,
    PendingChange,
    read_pending,
)
from imapcore.store.changes.steps import LABEL_VERBS, Change, PlannedStep, reversed_steps
from imapcore.store.facts import Verb
from imapcore.store.journal.op_states import OpStates
from imapcore.store.journal.op_writer import MESSAGES_AT_ONCE, THREADS_AT_ONCE, NewOp, OpWriter
from imapcore.store.mail.envelopes import stored_among
from imapcore.store.mail.known_labels import KnownLabels
from imapcore.store.mail.label_tree import NO_LABEL
from imapcore.store.marks.values import MarkDiff, MarkIds
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, chunks, integers, listed
from imapcore.store.threads.message_state import REJECTED, SETTLED, MessageState
from imapcore.store.threads.targets import Targets
from imapcore.store.threads.thread_states import ThreadStates

USER, AUTOMATIC, UNDO, REDO = "user", "automatic", "undo", "redo"
"""Where an op comes from; only what a user did anew ends the possibility to redo."""


class Undo(Repository):
    """Taking back, doing again; every method is safe on any thread and returns when it is on the disk."""

    def __init__(self, shared: StoreContext, states: OpStates, writer: OpWriter) -> None:
        super().__init__(shared)
        self._states = states
        self._writer = writer

    # -- undo and redo ---------------------------------------------------------------------------------

    def undo(self) -> Receipt | None:
        """Take the last op back that is not taken back yet; None when there is none.

        Raises InvalidArgument where nothing of it can come back, and, once, where the last change is one that
        cannot be taken back; the next call goes on with the one before.
        """
        return self._told(self._write(lambda tx: self._take_back(tx, UNDO), is_user=True))

    def redo(self) -> Receipt | None:
        """Do again what was taken back last, unless something new was done since; None when there is
        nothing. Raises InvalidArgument where nothing of it can be done again.
        """
        return self._told(self._write(lambda tx: self._take_back(tx, REDO), is_user=True))

    @staticmethod
    def _told(outcome: Receipt | InvalidArgument | None) -> Receipt | None:
        """Raise a refusal; only here, so that the transaction that found it out has been committed."""
        if isinstance(outcome, InvalidArgument):
            raise outcome
        return outcome

    def _take_back(self, tx: Transaction, origin: str) -> Receipt | InvalidArgument | None:
        if origin == UNDO and (refusal := _final(tx)) is not None:
            return refusal
        row = tx.row(NEXT_UNDO if origin == UNDO else NEXT_REDO)
        if row is None:
            return None
        op_id, summary, op = int(row[0]), str(row[1]), str(row[2])
        tx.execute("UPDATE op SET is_undone = 1 WHERE op_id = ?", (op_id,))
        draft = self._writer.begin(tx, origin, op, undoes=op_id)
        rows = tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step DESC", (op_id,)
        )
        book = self.book(tx)
        concerned: set[int] = set()
        for step, verb, names, destination in rows:
            pieces = [
                read_pending(row)
                for row in tx.rows(
                    f"""
                    SELECT {PENDING_COLUMNS} FROM piece
                    WHERE op_id = ? AND step = ? AND state NOT IN (?, ?)
                    ORDER BY piece_id DESC
                    """,
                    (op_id, step, REFUSED, DROPPED),
                )
            ]
            for piece in pieces:
                concerned.update(piece.msgids)
                remove, keep = (self._revived(tx, marks) for marks in (piece.shift.remove, piece.shift.keep))
                piece.shift = replace(piece.shift, remove=remove, keep=keep)
            if Verb(verb) in LABEL_VERBS:
                book.flush()
                if verb == Verb.RENAME_LABEL and (problem := self._rename_problem(tx, *json.loads(names))):
                    # A renaming is all of its op: nothing else has been taken back.
                    self._writer.drop(tx, draft)
                    tx.execute("UPDATE op SET is_undone = 0, can_undo = 0 WHERE op_id = ?", (op_id,))
                    return InvalidArgument(problem, title="That cannot be taken back")
                self._take_back_label(tx, draft, Verb(verb), json.loads(names), pieces)
                book = self.book(tx)
            where = Role(destination) if destination else None
            book = self._take_back_pieces(tx, draft, book, Verb(verb), where, pieces)
            self._writer.write_changes(tx, draft)
        book.flush()
        left = concerned - draft.messages
        gone = left - stored_among(tx, left)
        if not self._writer.has_effect(draft):
            self._writer.drop(tx, draft)
            tx.execute("UPDATE op SET is_undone = 0, can_undo = 0 WHERE op_id = ?", (op_id,))
            return _nothing_left(summary, origin, len(concerned), len(gone))
        text = f"Undone: {summary}" if origin == UNDO else summary.removeprefix("Undone: ")
        receipt = self._writer.finish(tx, draft, text, can_undo=True)
        return replace(receipt, summary=f"{text}; {_were_deleted(len(gone))}") if gone else receipt

    def _revived(self, tx: Transaction, marks: MarkIds) -> MarkIds:
        """The numbers of marks that mail is to carry again: labels retired meanwhile must live."""
        return frozenset(self.marks.living(tx, mark) for mark in marks)

    @staticmethod
    def _rename_problem(tx: Transaction, before: str, name: str) -> str:
        """Why a label cannot have the name again that it had before; empty if it can."""
        known = KnownLabels(tx.rows).names
        return known.rename_problem(name, before) if known.find(name) == name else NO_LABEL

    def _take_back_label(
        self, tx: Transaction, draft: NewOp, verb: Verb, names: list[str], pieces: list[PendingChange]
    ) -> None:
        if not pieces:
            return
        if verb is Verb.RENAME_LABEL:
            number = draft.step(PlannedStep(verb, (names[1], names[0])))
        elif verb is Verb.DELETE_LABEL:
            if KnownLabels(tx.rows).names.find(names[0]) is not None:
                # Somebody has made it again meanwhile.
                return
            number = draft.step(PlannedStep(Verb.CREATE_LABEL, (names[0],)))
        elif draft.origin == REDO:
            self._writer.delete_label(tx, draft, names[0])
            return
        elif self._is_unused(tx, names[0]):
            number = draft.step(PlannedStep(Verb.DELETE_LABEL, (names[0],)))
        else:
            return
        unsent = [self.pieces.get(tx, piece.piece_id) for piece in pieces if piece.state != CANCELLED]
        others = (piece.op_id for piece in self.pieces.all(tx) if piece.op_id != draft.op_id)
        last = max(others, default=0)
        # Nothing was sent and nothing else waits behind it: neither needs to leave at all.
        if (
            unsent
            and last <= pieces[0].op_id
            and all(piece and piece.state == OPEN and not piece.is_replay for piece in unsent)
        ):
            draft.settled_labels.add(number)
            for piece in unsent:
                if piece is not None:
                    self.pieces.settle(tx, piece, None, CANCELLED)
                    self._states.touch(piece.op_id)
            self._states.refold_pieces(tx, filter(None, unsent))

    def _is_unused(self, tx: Transaction, name: str) -> bool:
        """Whether nothing carries a label: only then undoing its creation deletes nothing else."""
        mark = self.marks.find_label(tx, name)
        return mark is None or not Targets(tx.rows).carrying(mark)

    def _take_back_pieces(
        self,
        tx: Transaction,
        draft: NewOp,
        book: ThreadStates,
        verb: Verb,
        destination: Role | None,
        pieces: list[PendingChange],
    ) -> ThreadStates:
        """Take one step back, each of its pieces in its own way, all in few books; the book now in use."""
        numbers = StepNumbers(draft.step)
        plans = [
            Inverse(piece, steps, numbers, is_open=self.pieces.get(tx, piece.piece_id) is not None)
            for piece in pieces
            if piece.msgids
            and (steps := reversed_steps(verb, destination, piece.shift, was_sent=piece.state != CANCELLED))
        ]
        # Asked once: no message is in two pieces of one step.
        busy = self.pieces.touching(tx, (msgid for plan in plans for msgid in plan.piece.msgids))
        for some in _portions(plans):
            plan_of = {msgid: plan for plan in some for msgid in plan.piece.msgids}
            left: Set[int] = plan_of.keys()
            thrids = self._threads_of(tx, some[0].piece.op_id, left)
            if len(thrids) >= self._writer.sweep_from:
                book.flush()
                book = self.book(tx)
                swept = sweep_back(tx, self.marks, self.people, thrids, plan_of, busy, self.pieces.going(tx))
                if swept is not None:
                    self._writer.take_over(tx, draft, swept)
                    left = swept.left
            if not left:
                continue
            there = {record.msgid for record in book.load_messages(left)}
            for plan in some:
                records = [book.records[msgid] for msgid in plan.piece.msgids if msgid in there]
                if plan.is_open and records:
                    records = self._meet(tx, draft, plan, records, busy)
                if records:
                    self._writer.apply(tx, draft, plan.steps(), records)
            if len(book.records) > MESSAGES_AT_ONCE:
                book.flush()
                book = self.book(tx)
        return book

    def _threads_of(self, tx: Transaction, op_id: int, msgids: Iterable[int]) -> Sequence[int]:
        """The conversations of an op's messages: of the op before this one they are known, and need no
        looking up. (Since then a message may have come to another; ``sweep_back`` tells which.)
        """
        last, thrids = self._writer.last_op
        if op_id == last:
            return thrids
        source = "json_each(?) CROSS JOIN message ON msgid = value"
        return list(set(integers(tx.rows, "thrid", source, (listed(sorted(msgids)),))))

    def _meet(
        self,
        tx: Transaction,
        draft: NewOp,
        plan: Inverse,
        records: list[MessageState],
        busy: Mapping[int, Sequence[PendingChange]],
    ) -> list[MessageState]:
        """Take a change back that was not sent yet, message by message; those for which that is too
        late.
        """
        number, back = plan.first_step(), plan.back
        late: list[MessageState] = []
        met: dict[PendingChange, set[int]] = defaultdict(set)
        going = self.pieces.going(tx)
        # Of many messages, few differ in what is confirmed, shown and open.
        meetings: dict[tuple[object, ...], Resolution | None] = {}
        msgids = draft.changed[(number, back, CANCELLED)]
        for record in records:
            pieces = busy.get(record.msgid, ())
            key = (record.confirmed, record.shown, *pieces)
            if key not in meetings:
                meetings[key] = None
                if opposite_of(record.confirmed, pieces, back, is_taken_back=True) is not None:
                    shifts = [(number, back)]
                    meetings[key] = meet(
                        record.shown, record.confirmed, pieces, shifts, going, is_taken_back=True
                    )
            meeting = meetings[key]
            if meeting is None:
                late.append(record)
                continue
            record.shown, record.mood = self.marks.numbered(tx, meeting.ids), meeting.mood
            for piece in meeting.met:
                met[piece].add(record.msgid)
            msgids.append(record.msgid)
            draft.messages.add(record.msgid)
            draft.threads.add(record.thrid)
        self._writer.cancel_met(tx, met)
        if not msgids:
            del draft.changed[(number, back, CANCELLED)]
        return late

    def retry(self, op_id: int) -> Receipt | None:
        """Try a refused op again, as a new one; None when there is nothing refused in it."""
        return self._write(lambda tx: self._retry(tx, op_id), is_user=True)

    def _retry(self, tx: Transaction, op_id: int) -> Receipt | None:
        row = tx.row("SELECT summary, op FROM op WHERE op_id = ? AND state = ?", (op_id, OpState.REJECTED))
        if row is None:
            return None
        draft = self._writer.begin(tx, USER, str(row[1]))
        for step, verb, names, destination in tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step", (op_id,)
        ):
            refused = [
                read_pending(piece)
                for piece in tx.rows(
                    f"SELECT {PENDING_COLUMNS} FROM piece WHERE op_id = ? AND step = ? AND state = ?",
                    (op_id, step, REFUSED),
                )
            ]
            if not refused:
                continue
            for piece in refused:
                add, keep = (self._revived(tx, marks) for marks in (piece.shift.add, piece.shift.keep))
                piece.shift = replace(piece.shift, add=add, keep=keep)
            named: list[int | str] = json.loads(names)
            if Verb(verb) is Verb.ADD_LABELS:
                named = [self.marks.living(tx, mark) for mark in named if isinstance(mark, int)]
            planned = PlannedStep(Verb(verb), tuple(named), Role(destination) if destination else None)
            number = draft.step(planned)
            for piece in refused:
                again = replace(planned, change=_again(piece.shift))
                for msgids in chunks(piece.msgids, THREADS_AT_ONCE):
                    book = self.book(tx)
                    self._writer.apply(tx, draft, [(number, again)], book.load_messages(msgids))
                    book.flush()
            self._writer.write_changes(tx, draft)
        self.unmark(tx, op_id)
        tx.execute("UPDATE op SET state = ?, can_undo = 0 WHERE op_id = ?", (OpState.SUPERSEDED, op_id))
        return self._writer.finish(tx, draft, str(row[0]), can_undo=True)

    def unmark(self, tx: Transaction, op_id: int) -> None:
        """Take the mark of refusal off an op's messages."""
        for row in tx.rows(
            f"SELECT {PENDING_COLUMNS} FROM piece WHERE op_id = ? AND state = ?", (op_id, REFUSED)
        ):
            book = self.book(tx)
            for record in book.load_messages(read_pending(row).msgids):
                if record.mood == REJECTED:
                    record.mood = SETTLED
            book.flush()


def _final(tx: Transaction) -> InvalidArgument | None:
    """What to say, once, where the last change is one that cannot be taken back: it was refused, or it was
    for ever.
    """
    older = tx.row(NEXT_UNDO)
    row = tx.row(
        "SELECT op_id, summary, state FROM op WHERE can_undo = ? AND op_id > ? ORDER BY op_id DESC LIMIT 1",
        (TO_BE_SAID, 0 if older is None else older[0]),
    )
    if row is None:
        return None
    op_id, summary, state = row
    tx.execute("UPDATE op SET can_undo = 0 WHERE op_id = ?", (op_id,))
    hint = "" if older is None else f"Undo once more takes back: {older[1]}"
    if state == OpState.REJECTED:
        return InvalidArgument(
            summary, title="The last change was refused, so there is nothing to undo", hint=hint
        )
    return InvalidArgument(summary, title="What is deleted forever cannot be brought back", hint=hint)


def _were_deleted(count: int) -> str:
    """What became of messages that the store does not have any more."""
    return (
        "1 message was deleted forever elsewhere"
        if count == 1
        else f"{count:,} were deleted forever elsewhere"
    )


def _nothing_left(summary: str, origin: str, messages: int, gone: int) -> InvalidArgument:
    """Why nothing of an op could be taken back, or done again."""
    title = "That cannot be undone" if origin == UNDO else "That cannot be done again"
    if messages and gone == messages:
        why = "It was deleted forever elsewhere" if gone == 1 else "All of it was deleted forever elsewhere"
    elif messages:
        why = "It was changed elsewhere since, and is left as it is now"
    else:
        why = "The label is in use by now, and is left as it is"
    return InvalidArgument(f"{summary.removeprefix('Undone: ')}. {why}", title=title)


def _portions(plans: Iterable[Inverse]) -> Iterator[list[Inverse]]:
    """Plans in portions of so many messages as are held in memory."""
    portion: list[Inverse] = []
    held = 0
    for plan in plans:
        if held + len(plan.piece.msgids) > MESSAGES_AT_ONCE and portion:
            yield portion
            portion, held = [], 0
        portion.append(plan)
        held += len(plan.piece.msgids)
    if portion:
        yield portion


def _again(shift: MarkDiff) -> Change:
    """Do a recorded shift once more, as far as it is not to be seen already."""

    def change(ids: MarkIds) -> MarkDiff:
        real = MarkDiff.of(ids, shift.applied(ids))
        return replace(real, keep=shift.keep) if real else real

    return change
