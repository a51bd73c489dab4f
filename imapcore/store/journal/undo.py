"""Undo, redo, and doing again what was refused.

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
from imapcore.store.changes.bulk import take_back_in_bulk
from imapcore.store.changes.inverse import Inverse, Resolution, StepNumbers, opposite_of, resolve
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
        new_op = self._writer.begin(tx, origin, op, undoes=op_id)
        rows = tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step DESC", (op_id,)
        )
        states = self.thread_states(tx)
        concerned: set[int] = set()
        for step, verb, names, destination in rows:
            changes = [
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
            for change in changes:
                concerned.update(change.msgids)
                remove, keep = (self._revived(tx, marks) for marks in (change.diff.remove, change.diff.keep))
                change.diff = replace(change.diff, remove=remove, keep=keep)
            if Verb(verb) in LABEL_VERBS:
                states.flush()
                if verb == Verb.RENAME_LABEL and (problem := self._rename_problem(tx, *json.loads(names))):
                    # A renaming is all of its op: nothing else has been taken back.
                    self._writer.drop(tx, new_op)
                    tx.execute("UPDATE op SET is_undone = 0, can_undo = 0 WHERE op_id = ?", (op_id,))
                    return InvalidArgument(problem, title="That cannot be taken back")
                self._take_back_label(tx, new_op, Verb(verb), json.loads(names), changes)
                states = self.thread_states(tx)
            where = Role(destination) if destination else None
            states = self._take_back_changes(tx, new_op, states, Verb(verb), where, changes)
            self._writer.write_changes(tx, new_op)
        states.flush()
        left = concerned - new_op.messages
        gone = left - stored_among(tx, left)
        if not self._writer.has_effect(new_op):
            self._writer.drop(tx, new_op)
            tx.execute("UPDATE op SET is_undone = 0, can_undo = 0 WHERE op_id = ?", (op_id,))
            return _nothing_left(summary, origin, len(concerned), len(gone))
        text = f"Undone: {summary}" if origin == UNDO else summary.removeprefix("Undone: ")
        receipt = self._writer.finish(tx, new_op, text, can_undo=True)
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
        self, tx: Transaction, new_op: NewOp, verb: Verb, names: list[str], changes: list[PendingChange]
    ) -> None:
        if not changes:
            return
        if verb is Verb.RENAME_LABEL:
            number = new_op.step(PlannedStep(verb, (names[1], names[0])))
        elif verb is Verb.DELETE_LABEL:
            if KnownLabels(tx.rows).names.find(names[0]) is not None:
                # Somebody has made it again meanwhile.
                return
            number = new_op.step(PlannedStep(Verb.CREATE_LABEL, (names[0],)))
        elif new_op.origin == REDO:
            self._writer.delete_label(tx, new_op, names[0])
            return
        elif self._is_unused(tx, names[0]):
            number = new_op.step(PlannedStep(Verb.DELETE_LABEL, (names[0],)))
        else:
            return
        unsent = [self.changes.get(tx, change.change_id) for change in changes if change.state != CANCELLED]
        others = (change.op_id for change in self.changes.all(tx) if change.op_id != new_op.op_id)
        last = max(others, default=0)
        # Nothing was sent and nothing else waits behind it: neither needs to leave at all.
        if (
            unsent
            and last <= changes[0].op_id
            and all(change and change.state == OPEN and not change.is_replay for change in unsent)
        ):
            new_op.settled_labels.add(number)
            for change in unsent:
                if change is not None:
                    self.changes.settle(tx, change, None, CANCELLED)
                    self._states.touch(change.op_id)
            self._states.refold_changes(tx, filter(None, unsent))

    def _is_unused(self, tx: Transaction, name: str) -> bool:
        """Whether nothing carries a label: only then undoing its creation deletes nothing else."""
        mark = self.marks.find_label(tx, name)
        return mark is None or not Targets(tx.rows).carrying(mark)

    def _take_back_changes(
        self,
        tx: Transaction,
        new_op: NewOp,
        states: ThreadStates,
        verb: Verb,
        destination: Role | None,
        changes: list[PendingChange],
    ) -> ThreadStates:
        """Take one step back, each of its changes in its own way; returns the states now in use."""
        numbers = StepNumbers(new_op.step)
        plans = [
            Inverse(change, steps, numbers, is_open=self.changes.get(tx, change.change_id) is not None)
            for change in changes
            if change.msgids
            and (steps := reversed_steps(verb, destination, change.diff, was_sent=change.state != CANCELLED))
        ]
        # Asked once: no message is in two changes of one step.
        busy = self.changes.touching(tx, (msgid for plan in plans for msgid in plan.change.msgids))
        for some in _portions(plans):
            plan_of = {msgid: plan for plan in some for msgid in plan.change.msgids}
            left: Set[int] = plan_of.keys()
            thrids = self._threads_of(tx, some[0].change.op_id, left)
            if len(thrids) >= self._writer.bulk_from:
                states.flush()
                states = self.thread_states(tx)
                result = take_back_in_bulk(
                    tx, self.marks, self.people, thrids, plan_of, busy, self.changes.deleted_labels(tx)
                )
                if result is not None:
                    self._writer.take_over(tx, new_op, result)
                    left = result.left
            if not left:
                continue
            there = {record.msgid for record in states.load_messages(left)}
            for plan in some:
                records = [states.records[msgid] for msgid in plan.change.msgids if msgid in there]
                if plan.is_open and records:
                    records = self._cancel_unsent(tx, new_op, plan, records, busy)
                if records:
                    self._writer.apply(tx, new_op, plan.steps(), records)
            if len(states.records) > MESSAGES_AT_ONCE:
                states.flush()
                states = self.thread_states(tx)
        return states

    def _threads_of(self, tx: Transaction, op_id: int, msgids: Iterable[int]) -> Sequence[int]:
        """The conversations of an op's messages: of the op before this one they are known, and need no
        looking up. (Since then a message may have come to another; ``sweep_back`` tells which.)
        """
        last, thrids = self._writer.last_op
        if op_id == last:
            return thrids
        source = "json_each(?) CROSS JOIN message ON msgid = value"
        return list(set(integers(tx.rows, "thrid", source, (listed(sorted(msgids)),))))

    def _cancel_unsent(
        self,
        tx: Transaction,
        new_op: NewOp,
        plan: Inverse,
        records: list[MessageState],
        busy: Mapping[int, Sequence[PendingChange]],
    ) -> list[MessageState]:
        """Take a change back that was not sent yet, message by message; those for which that is too
        late.
        """
        number, back = plan.first_step(), plan.back
        late: list[MessageState] = []
        cancelled: dict[PendingChange, set[int]] = defaultdict(set)
        deleted_labels = self.changes.deleted_labels(tx)
        # Of many messages, few differ in what is confirmed, shown and open.
        resolutions: dict[tuple[object, ...], Resolution | None] = {}
        msgids = new_op.changed[(number, back, CANCELLED)]
        for record in records:
            changes = busy.get(record.msgid, ())
            key = (record.confirmed, record.shown, *changes)
            if key not in resolutions:
                resolutions[key] = None
                if opposite_of(record.confirmed, changes, back, is_taken_back=True) is not None:
                    diffs = [(number, back)]
                    resolutions[key] = resolve(
                        record.shown, record.confirmed, changes, diffs, deleted_labels, is_taken_back=True
                    )
            resolution = resolutions[key]
            if resolution is None:
                late.append(record)
                continue
            record.shown, record.change_state = (
                self.marks.numbered(tx, resolution.ids),
                resolution.change_state,
            )
            for change in resolution.cancelled:
                cancelled[change].add(record.msgid)
            msgids.append(record.msgid)
            new_op.messages.add(record.msgid)
            new_op.threads.add(record.thrid)
        self._writer.cancel(tx, cancelled)
        if not msgids:
            del new_op.changed[(number, back, CANCELLED)]
        return late

    def retry(self, op_id: int) -> Receipt | None:
        """Try a refused op again, as a new one; None when there is nothing refused in it."""
        return self._write(lambda tx: self._retry(tx, op_id), is_user=True)

    def _retry(self, tx: Transaction, op_id: int) -> Receipt | None:
        row = tx.row("SELECT summary, op FROM op WHERE op_id = ? AND state = ?", (op_id, OpState.REJECTED))
        if row is None:
            return None
        new_op = self._writer.begin(tx, USER, str(row[1]))
        for step, verb, names, destination in tx.rows(
            "SELECT step, verb, names, destination FROM step WHERE op_id = ? ORDER BY step", (op_id,)
        ):
            refused = [
                read_pending(change)
                for change in tx.rows(
                    f"SELECT {PENDING_COLUMNS} FROM piece WHERE op_id = ? AND step = ? AND state = ?",
                    (op_id, step, REFUSED),
                )
            ]
            if not refused:
                continue
            for change in refused:
                add, keep = (self._revived(tx, marks) for marks in (change.diff.add, change.diff.keep))
                change.diff = replace(change.diff, add=add, keep=keep)
            named: list[int | str] = json.loads(names)
            if Verb(verb) is Verb.ADD_LABELS:
                named = [self.marks.living(tx, mark) for mark in named if isinstance(mark, int)]
            planned = PlannedStep(Verb(verb), tuple(named), Role(destination) if destination else None)
            number = new_op.step(planned)
            for change in refused:
                again = replace(planned, change=_again(change.diff))
                for msgids in chunks(change.msgids, THREADS_AT_ONCE):
                    states = self.thread_states(tx)
                    self._writer.apply(tx, new_op, [(number, again)], states.load_messages(msgids))
                    states.flush()
            self._writer.write_changes(tx, new_op)
        self.unmark(tx, op_id)
        tx.execute("UPDATE op SET state = ?, can_undo = 0 WHERE op_id = ?", (OpState.SUPERSEDED, op_id))
        return self._writer.finish(tx, new_op, str(row[0]), can_undo=True)

    def unmark(self, tx: Transaction, op_id: int) -> None:
        """Take the mark of refusal off an op's messages."""
        for row in tx.rows(
            f"SELECT {PENDING_COLUMNS} FROM piece WHERE op_id = ? AND state = ?", (op_id, REFUSED)
        ):
            states = self.thread_states(tx)
            for record in states.load_messages(read_pending(row).msgids):
                if record.change_state == REJECTED:
                    record.change_state = SETTLED
            states.flush()


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
        if held + len(plan.change.msgids) > MESSAGES_AT_ONCE and portion:
            yield portion
            portion, held = [], 0
        portion.append(plan)
        held += len(plan.change.msgids)
    if portion:
        yield portion


def _again(diff: MarkDiff) -> Change:
    """Do a recorded diff once more, as far as it is not to be seen already."""

    def change(ids: MarkIds) -> MarkDiff:
        real = MarkDiff.of(ids, diff.applied(ids))
        return replace(real, keep=diff.keep) if real else real

    return change
