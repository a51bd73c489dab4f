"""The journal as Activity shows it: ops with their state and commands, and what undo would take back.

What lives here: questions about ops. What may not: sending, undoing (``journal``).
"""

from __future__ import annotations

import json

from imapcore.model import Activity, OpState, Role
from imapcore.store.changes.pending import NEXT_REDO, NEXT_UNDO
from imapcore.store.changes.wording import command_line
from imapcore.store.facts import Verb
from imapcore.store.marks.values import FLAGGED, STARRED_LABEL
from imapcore.store.reader.connection import ReadConnection


class JournalReader:
    """The journal, for one thread."""

    def __init__(self, connection: ReadConnection) -> None:
        self._reads = connection

    def activity(self, limit: int = 200) -> tuple[Activity, ...]:
        """The newest ops first, with the commands they stand for."""
        rows = self._reads.rows(
            "SELECT op_id, at, summary, state, messages, done, answer, is_undone, undoes FROM op "
            "ORDER BY op_id DESC LIMIT ?",
            (limit,),
        )
        return tuple(
            Activity(
                op_id,
                at,
                summary,
                OpState(state),
                messages,
                done,
                self._commands(op_id),
                answer,
                bool(is_undone),
                undoes,
            )
            for op_id, at, summary, state, messages, done, answer, is_undone, undoes in rows
        )

    def _commands(self, op_id: int) -> tuple[str, ...]:
        lines: list[str] = []
        for verb, names, destination, commands, messages in self._reads.rows(
            "SELECT verb, names, destination, commands, (SELECT sum(messages) FROM piece "
            "  WHERE piece.op_id = step.op_id AND piece.step = step.step) FROM step WHERE op_id = ? "
            "ORDER BY step",
            (op_id,),
        ):
            sent = json.loads(commands)
            lines += sent or [self._command(Verb(verb), json.loads(names), messages or 0, destination)]
        return tuple(lines)

    def _command(self, verb: Verb, names: list[int | str], messages: int, destination: str | None) -> str:
        self._reads.prepare(())
        spelled = [self._reads.kinds[name][1] if isinstance(name, int) else name for name in names]
        if verb in (Verb.ADD_FLAGS, Verb.REMOVE_FLAGS):
            spelled = [FLAGGED if name == STARRED_LABEL else name for name in spelled]
        return command_line(verb, spelled, messages, Role(destination) if destination else None)

    def next_undo(self) -> str | None:
        """The summary of the op ``undo`` would take back."""
        rows = self._reads.rows(NEXT_UNDO)
        return str(rows[0][1]) if rows else None

    def next_redo(self) -> str | None:
        """The summary of what ``redo`` would do again."""
        rows = self._reads.rows(NEXT_REDO)
        return str(rows[0][1]).removeprefix("Undone: ") if rows else None

    def pending(self) -> int:
        """Ops that are not settled."""
        return int(self._reads.rows("SELECT count(*) FROM op WHERE state IN ('pending', 'sent')")[0][0])
