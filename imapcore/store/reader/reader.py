"""The reader: everything the screen asks of the store, for one thread, without waiting for anybody.

What lives here: bodies, people, the journal as Activity shows it, the offline search; lists and messages
come from its bases. What may not: writing; the network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from imapcore.model import (
    Activity,
    Address,
    OpState,
    Role,
)
from imapcore.store.changes.pending import NEXT_REDO, NEXT_UNDO
from imapcore.store.changes.wording import command_line
from imapcore.store.facts import Verb
from imapcore.store.mail.bodies import unpack
from imapcore.store.marks.values import FLAGGED, STARRED_LABEL
from imapcore.store.query.offline_search import Found, find
from imapcore.store.reader.lists import ListReader
from imapcore.store.reader.threads import ThreadReader

if TYPE_CHECKING:
    from imapcore.store.reader.preview import Previews


class Reader(ListReader, ThreadReader):
    """Questions to the store, for one thread; a context manager."""

    # -- bodies and people -----------------------------------------------------------------------------

    def octets(self, msgid: int, section: str = "") -> bytes | None:
        """Cached octets of a message or one of its parts; None when they are not here."""
        rows = self._rows("SELECT octets FROM body WHERE msgid = ? AND section = ?", (msgid, section))
        return unpack(rows[0][0]) if rows else None

    def first_section(self, msgid: int, sections: Sequence[str]) -> tuple[str, bytes] | None:
        """Of some sections, in their order, the first that is cached, and its octets; None when none is."""
        rows = self._rows(
            """
            SELECT section, octets FROM json_each(?) AS wanted JOIN body ON section = wanted.value
            WHERE msgid = ? ORDER BY wanted.key LIMIT 1
            """,
            (json.dumps(list(sections)), msgid),
        )
        return (str(rows[0][0]), unpack(rows[0][1])) if rows else None

    def sections(self, msgid: int) -> tuple[str, ...]:
        """Which parts of a message are cached."""
        return tuple(
            row[0] for row in self._rows("SELECT section FROM body WHERE msgid = ? ORDER BY 1", (msgid,))
        )

    def text_section(self, msgid: int) -> str:
        """The section worth previewing, as sync noted it; "" when it is not known."""
        rows = self._rows("SELECT text_section FROM message WHERE msgid = ?", (msgid,))
        return str(rows[0][0]) if rows else ""

    def people(self, prefix: str, limit: int = 20) -> tuple[Address, ...]:
        """Addresses for completion: the name, a word of it, or the address begins so. Those written to come
        first.
        """
        pattern = prefix.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._rows(
            "SELECT name, email FROM (SELECT name, email, max(written * 4 + seen) AS weight, "
            "max(last) AS last "
            "FROM address WHERE email LIKE ?1 ESCAPE '\\' OR name LIKE ?1 ESCAPE '\\' "
            "OR name LIKE '% ' || ?1 ESCAPE '\\' GROUP BY lower(email)) WHERE email <> '' "
            "ORDER BY weight DESC, last DESC, email LIMIT ?2",
            (pattern, limit),
        )
        return tuple(Address(name, email) for name, email in rows)

    # -- previews ------------------------------------------------------------------------------------

    def previews(self) -> Previews:
        """What ops would send, as the store is now."""
        # Late: before the first frame nobody asks what a change would send.
        from imapcore.store.reader.preview import Previews

        self._prepare(())
        return Previews(self._rows, self._kinds, self._labels, self._expanded)

    # -- the journal -----------------------------------------------------------------------------------

    def activity(self, limit: int = 200) -> tuple[Activity, ...]:
        """The newest ops first, with the commands they stand for."""
        rows = self._rows(
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
        for verb, names, destination, commands, messages in self._rows(
            "SELECT verb, names, destination, commands, (SELECT sum(messages) FROM piece "
            "  WHERE piece.op_id = step.op_id AND piece.step = step.step) FROM step WHERE op_id = ? "
            "ORDER BY step",
            (op_id,),
        ):
            sent = json.loads(commands)
            lines += sent or [self._command(Verb(verb), json.loads(names), messages or 0, destination)]
        return tuple(lines)

    def _command(self, verb: Verb, names: list[int | str], messages: int, destination: str | None) -> str:
        self._prepare(())
        spelled = [self._kinds[name][1] if isinstance(name, int) else name for name in names]
        if verb in (Verb.ADD_FLAGS, Verb.REMOVE_FLAGS):
            spelled = [FLAGGED if name == STARRED_LABEL else name for name in spelled]
        return command_line(verb, spelled, messages, Role(destination) if destination else None)

    def next_undo(self) -> str | None:
        """The summary of the op ``undo`` would take back."""
        rows = self._rows(NEXT_UNDO)
        return str(rows[0][1]) if rows else None

    def next_redo(self) -> str | None:
        """The summary of what ``redo`` would do again."""
        rows = self._rows(NEXT_REDO)
        return str(rows[0][1]).removeprefix("Undone: ") if rows else None

    def pending_ops(self) -> int:
        """Ops that are not settled."""
        return int(self._rows("SELECT count(*) FROM op WHERE state IN ('pending', 'sent')")[0][0])

    def stored(self) -> int:
        """Messages in the store."""
        return int(self._rows("SELECT value FROM meta WHERE key = 'messages'")[0][0])

    # -- searching here --------------------------------------------------------------------------------

    def find(self, query: str, limit: int = 5000, *, zone: tzinfo | None = None) -> Found:
        """The offline search: newest messages first that match, and which operators could not be
        understood. Days are those of ``zone``, by default the machine's own.
        """
        return find(self._rows, query, limit, zone)
