"""The queue to the server: what is to be sent next, in order.

What lives here: putting a batch together. What may not: answers (``answers``).

Order is kept per message: a batch never takes a message of which something older is still open. Nothing
passes a step about a label itself. Changes that ask the same are sent together, up to a
thousand messages.
"""

from __future__ import annotations

import json

from msgspec import Struct, field

from imapcore.model import OpState, Role
from imapcore.store.changes.pending import OPEN, SENT, PendingChange
from imapcore.store.changes.steps import LABEL_VERBS, batch_names
from imapcore.store.facts import Batch, Verb
from imapcore.store.journal.op_states import BATCH_SIZE, OpStates
from imapcore.store.mail.envelopes import stored_among
from imapcore.store.marks.values import FLAGGED, STARRED
from imapcore.store.repository import Repository, StoreContext
from imapcore.store.sqlite.connection import Transaction, listed

Step = tuple[int, int]
"""(op id, number of the step in it)."""


class _Choice(Struct):
    """A batch that is being put together."""

    verb: Verb | None = None
    names: frozenset[int] = frozenset()
    destination: Role | None = None
    is_replay: bool = False
    parts: list[tuple[PendingChange, set[int]]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    size: int = 0

    def fits(self, verb: Verb, names: frozenset[int], destination: Role | None, is_replay: bool) -> bool:
        """Whether a change asks the same as the batch."""
        return self.verb is None or (self.verb, self.names, self.destination, self.is_replay) == (
            verb,
            names,
            destination,
            is_replay,
        )


class SendQueue(Repository):
    """Handing work out; every method is safe on any thread and returns when committed."""

    def __init__(self, shared: StoreContext, states: OpStates) -> None:
        super().__init__(shared)
        self._states = states
        self._claimed: dict[int, list[int]] = {}
        """Batch → the changes it was made of."""
        self._next_batch = 1
        self._commands: dict[int, list[str]] = {}
        """Batch → the commands it was sent as, until its answer is written down."""

    def recover(self) -> None:
        """After a start: whatever was on its way is open again, as a replay."""

        def job(tx: Transaction) -> None:
            tx.execute("UPDATE piece SET state = ?, is_replay = 1 WHERE state = ?", (OPEN, SENT))
            self._states.settle(tx, {row[0] for row in tx.rows("SELECT op_id FROM op WHERE state = 'sent'")})

        self._write(job)

    def pending(self) -> int:
        """Ops that are not settled."""
        return int(self._read("SELECT count(*) FROM op WHERE state IN ('pending', 'sent')")[0][0])

    def claim(self, limit: int = BATCH_SIZE) -> Batch | None:
        """What is to be sent next, marked as sent; None when there is nothing that may be sent now."""
        return self._write(lambda tx: self._claim(tx, limit)) if self.has_open() else None

    def has_open(self) -> bool:
        """Whether anything waits to be sent: most looks find nothing, and open no transaction for it.

        Whoever writes something down afterwards asks for it to be sent.
        """
        return bool(
            self._read("SELECT 1 FROM piece WHERE state IN ('open', 'sent') AND state = 'open' LIMIT 1")
        )

    def _claim(self, tx: Transaction, limit: int) -> Batch | None:
        changes = self.changes.all(tx)
        if not changes:
            return None
        steps: dict[Step, tuple[Verb, list[str | int], Role | None]] = {
            (op_id, step): (Verb(verb), json.loads(names), Role(destination) if destination else None)
            for op_id, step, verb, names, destination in tx.rows(
                "SELECT op_id, step, verb, names, destination FROM step "
                "WHERE op_id IN (SELECT op_id FROM op WHERE state IN ('pending', 'sent'))"
            )
        }
        choice = _Choice()
        for index, change in enumerate(changes):
            verb, names, destination = steps[(change.op_id, change.step)]
            if verb in LABEL_VERBS:
                if choice.verb is None and not choice.blocked and change.state == OPEN:
                    same = [
                        other
                        for other in changes[index:]
                        if (other.op_id, other.step) == (change.op_id, change.step)
                    ]
                    return self._claim_label_step(tx, verb, [str(name) for name in names], same)
                break
            self._consider(tx, choice, change, verb, destination, limit)
            if choice.size >= limit:
                break
        return self._claim_choice(tx, choice) if choice.verb is not None else None

    def _consider(
        self,
        tx: Transaction,
        choice: _Choice,
        change: PendingChange,
        verb: Verb,
        destination: Role | None,
        limit: int,
    ) -> None:
        names = batch_names(verb, change.diff)
        free = set(change.msgids) - choice.blocked
        if change.state == OPEN and free and choice.fits(verb, names, destination, change.is_replay):
            known = stored_among(tx, free)
            taken = set(sorted(known)[: limit - choice.size])
            if taken:
                choice.verb, choice.names, choice.destination = verb, names, destination
                choice.is_replay = change.is_replay
                choice.parts.append((change, taken))
                choice.size += len(taken)
                choice.blocked |= free - taken
                return
        choice.blocked.update(change.msgids)

    def _claim_choice(self, tx: Transaction, choice: _Choice) -> Batch:
        claimed: list[PendingChange] = []
        msgids: list[int] = []
        for change, taken in choice.parts:
            claimed.append(self.changes.split(tx, change, taken, SENT))
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

    def _claim_label_step(
        self, tx: Transaction, verb: Verb, names: list[str], changes: list[PendingChange]
    ) -> Batch:
        for change in changes:
            self.changes.set_state(tx, change, SENT)
        if verb is Verb.DELETE_LABEL:
            # As Gmail calls it now: a renaming before this may have been refused.
            known = self.marks.label_named(tx, changes[0].diff.remove)
            names = names if known is None else [known]
        return self._hand_out(tx, changes, verb, tuple(names), (), None)

    def _spelled(self, tx: Transaction, verb: Verb, mark: int) -> str:
        if mark == STARRED and verb in (Verb.ADD_FLAGS, Verb.REMOVE_FLAGS):
            return FLAGGED
        return self.marks.name(tx, mark)

    def _hand_out(
        self,
        tx: Transaction,
        changes: list[PendingChange],
        verb: Verb,
        names: tuple[str, ...],
        msgids: tuple[int, ...],
        destination: Role | None,
    ) -> Batch:
        op_ids = tuple(sorted({change.op_id for change in changes}))
        tx.execute(
            "UPDATE op SET state = ? WHERE op_id IN (SELECT value FROM json_each(?))",
            (OpState.SENT, listed(op_ids)),
        )
        batch_id = self._next_batch
        self._next_batch += 1
        self._claimed[batch_id] = [change.change_id for change in changes]
        return Batch(
            batch_id, verb, op_ids, names, msgids, destination, any(change.is_replay for change in changes)
        )

    # -- what is on its way ----------------------------------------------------------------------------

    def note_command(self, batch: Batch, command: str) -> None:
        """Remember the exact command line (redacted, sanitized) a batch is sent as, for Activity: it is
        written down together with the answer.
        """
        self._commands.setdefault(batch.batch_id, []).append(command)

    def write_commands(self, tx: Transaction, batch: Batch) -> None:
        """Write down what a batch was sent as: its answer is there."""
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

    def changes_of(self, tx: Transaction, batch: Batch) -> list[PendingChange]:
        """The changes of a batch that are not answered yet."""
        found = (self.changes.get(tx, change_id) for change_id in self._claimed.get(batch.batch_id, ()))
        return [change for change in found if change is not None and change.state == SENT]

    def drop_batch(self, batch: Batch) -> None:
        """Nothing more will be said of a batch."""
        self._claimed.pop(batch.batch_id, None)
