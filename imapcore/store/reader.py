"""The reader: everything the screen asks of the store, for one thread, without waiting for anybody.

What lives here: a read-only connection and the questions put to it. What may not: writing; the network.

A window is read in one step (see ``windows.py``); the meaning of sets of marks and the names of labels are
kept between reads, under a version the writer raises when a name changes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from imapcore.model import (
    Activity,
    Address,
    ChangeState,
    LabelCounts,
    Mailbox,
    Message,
    OpState,
    Place,
    Role,
    SavedSearch,
    Target,
    Thread,
    Top,
    View,
    ViewKind,
    Window,
)
from imapcore.store.bodies import unpack
from imapcore.store.counts import count_labels
from imapcore.store.facts import Verb
from imapcore.store.find import Found, find
from imapcore.store.history import NEXT_REDO, NEXT_UNDO
from imapcore.store.marks import FLAGGED, PLACES, ROLE_OF_PLACE, STARRED, STARRED_LABEL
from imapcore.store.record import HAS_ATTACHMENT, HAS_INVITE
from imapcore.store.summary import command_line
from imapcore.store.targets import Targets, narrowing
from imapcore.store.transaction import Row, connect_reader, listed
from imapcore.store.trouble import explained
from imapcore.store.windows import (
    MOODS,
    PICKED,
    Faces,
    RawWindow,
    first_index,
    make_face,
    read_raw,
    set_ids,
    thread_row,
    window_statement,
)

SETS_KEPT = 20_000
"""Sets of marks whose meaning is kept in memory."""

MESSAGE_ROWS = (
    "SELECT message.msgid, state.thrid, state.date, state.shown, state.mood, state.bits, size, "
    "message_id, people, "
    "subject, coalesce(snippet, '') FROM message JOIN state ON state.thrid = message.thrid "
    "AND state.msgid = message.msgid"
)


class Reader:
    """Questions to the store, for one thread; a context manager."""

    def __init__(self, path: Path, email: str = "") -> None:
        self._email = email.casefold()
        self._path = path
        self._connection = connect_reader(path)
        self._names_version = -1
        self._labels: dict[int, str] = {}
        self._label_ids: dict[str, int] = {}
        self._narrow: tuple[View, int, list[Row]] | None = None
        self._kinds: dict[int, tuple[str, str]] = {}
        self._faces: Faces = {}
        self._sets: dict[int, frozenset[int]] = {}

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def check(self) -> str | None:
        """SQLite's own check of the whole file; what it finds, or None."""
        answer = str(self._rows("PRAGMA quick_check(1)")[0][0])
        return None if answer == "ok" else answer

    def _rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    # -- the tree --------------------------------------------------------------------------------------

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Roles in the order of ``Role``, then the user's labels by name, parents before children."""
        rows = self._rows(
            "SELECT name, title, role, is_selectable, coalesce(total, 0), coalesce(unread, 0) "
            "FROM shelf LEFT JOIN view_count USING (view_id)"
        )
        found = [
            Mailbox(name, title, Role(role) if role else None, bool(is_selectable), total, unread)
            for name, title, role, is_selectable, total, unread in rows
        ]
        order = list(Role)
        roles = sorted(
            (m for m in found if m.role is not None), key=lambda m: order.index(m.role or Role.ALL)
        )
        labels = sorted(
            (m for m in found if m.role is None), key=lambda m: (m.name.casefold().split("/"), m.name)
        )
        return (*roles, *labels)

    def mailbox_name(self, role: Role) -> str | None:
        """The name of one of Gmail's own mailboxes, as last listed."""
        rows = self._rows("SELECT name FROM mailbox WHERE role = ?", (role.value,))
        return str(rows[0][0]) if rows else None

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """The searches kept in the tree, with the counts of their last run."""
        return tuple(
            SavedSearch(*row)
            for row in self._rows(
                "SELECT saved_id, title, saved_search.query, CASE WHEN search_id IS NULL THEN NULL ELSE "
                "coalesce(total, 0) END, CASE WHEN search_id IS NULL THEN NULL ELSE coalesce(unread, 0) END "
                "FROM saved_search LEFT JOIN search USING (query) LEFT JOIN view_count ON view_id = "
                "-search_id "
                "ORDER BY saved_id"
            )
        )

    # -- lists -----------------------------------------------------------------------------------------

    def window(self, view: View, place: Place | None = None, size: int = 100) -> Window:
        """``size`` conversations of a view around a place; a view the store does not know is empty."""
        place = Top() if place is None else place
        for _ in range(3):
            view_id = self._view_id(view)
            if view_id is None:
                return Window(view, (), 0, 0, is_complete=False)
            if view.text.strip():
                raw = self._narrowed(view, view_id, place, size)
            else:
                statement, parameters = window_statement(view, view_id, place, size)
                raw = read_raw(self._rows(statement, parameters)[0], is_unread_only=view.is_unread_only)
            if raw.names_version == self._names_version:
                break
            # Labels were renamed since the last read: what this view's name means may have changed too.
            self._load_names(raw.names_version)
        self._load_faces({(each[8], each[2]) for each in raw.rows})
        faces = self._faces
        rows = tuple([thread_row(each, faces) for each in raw.rows])
        return Window(view, rows, raw.first, raw.total, raw.unread, raw.is_complete)

    def _view_id(self, view: View) -> int | None:
        if view.kind is ViewKind.LABEL:
            known = self._label_ids.get(view.value)
            if known is not None:
                return known
        return Targets(self._rows).view_id(view)

    def _narrowed(self, view: View, view_id: int, place: Place, size: int) -> RawWindow:
        """A view narrowed by words: all its keys are found once and kept until the store changes."""
        version = self._rows("PRAGMA data_version")[0][0]
        if self._narrow is None or self._narrow[:2] != (view, version):
            table, conditions, parameters = narrowing(view)
            keys = self._rows(
                "SELECT date, thrid, EXISTS (SELECT 1 FROM unread WHERE unread.view_id = e.view_id "
                "  AND unread.date = e.date AND unread.thrid = e.thrid) "
                f"FROM {table} AS e WHERE view_id = ?{conditions} ORDER BY date DESC, thrid DESC",
                (view_id, *parameters),
            )
            self._narrow = (view, version, keys)
        keys = self._narrow[2]
        first = first_index(keys, place, size)
        chosen = [[date, thrid] for date, thrid, _ in keys[first : first + size]]
        row = self._rows(PICKED, {"view": view_id, "keys": json.dumps(chosen)})[0]
        raw = read_raw(row, is_unread_only=False)
        unread = sum(key[2] for key in keys)
        return RawWindow(first, len(keys), unread, raw.names_version, raw.is_complete, raw.rows)

    def _load_names(self, version: int) -> None:
        self._names_version = version
        self._kinds = {
            mark_id: (kind, name)
            for mark_id, kind, name in self._rows("SELECT mark_id, kind, shown_name FROM mark")
        }
        self._label_ids = {name: mark_id for mark_id, (kind, name) in self._kinds.items() if kind == "label"}
        self._labels = {
            mark_id: name
            for mark_id, (kind, name) in self._kinds.items()
            if kind == "label" and not name.startswith("\\")
        }
        self._faces.clear()

    def _load_sets(self, set_ids: Iterable[int]) -> None:
        missing = {set_id for set_id in set_ids if set_id not in self._sets}
        if missing:
            if len(self._sets) > SETS_KEPT:
                self._sets.clear()
            for set_id, marks in self._rows(
                "SELECT set_id, marks FROM mark_set WHERE set_id IN (SELECT value FROM json_each(?))",
                (listed(missing),),
            ):
                self._sets[set_id] = frozenset(json.loads(marks))

    def _load_faces(self, keys: set[tuple[str, int]]) -> None:
        missing = [key for key in keys if key not in self._faces]
        if missing:
            self._load_sets({number for states, _ in missing for number in set_ids(states)})
            if len(self._faces) > SETS_KEPT:
                self._faces = {key: self._faces[key] for key in keys if key in self._faces}
            for states, place in missing:
                self._faces[(states, place)] = make_face(states, place, self._sets, self._labels)

    # -- conversations ---------------------------------------------------------------------------------

    def thread(self, thrid: int, view: View) -> Thread | None:
        """A conversation as seen from a view, oldest message first; None when nothing of it is there.

        From Spam and Trash: what is there. From a search: All Mail's messages and whatever else was found.
        """
        rows = self._rows(f"{MESSAGE_ROWS} WHERE state.thrid = ? ORDER BY state.date, state.msgid", (thrid,))
        self._prepare(rows)
        wanted = Targets(self._rows).places([thrid], view)[thrid]
        found: set[int] = set()
        if view.kind is ViewKind.SEARCH:
            found = {
                row[0]
                for row in self._rows(
                    "SELECT msgid FROM search_result JOIN search USING (search_id) WHERE query = ? "
                    "AND msgid IN (SELECT value FROM json_each(?))",
                    (view.value, listed(row[0] for row in rows)),
                )
            }
        kept = [
            row
            for row in rows
            if wanted in self._sets[row[3]] or (row[0] in found and PLACES & self._sets[row[3]])
        ]
        if not kept:
            return None
        messages = tuple(self._messages(kept))
        labels = sorted(
            {label for message in messages for label in message.labels if not label.startswith("\\")}
        )
        return Thread(thrid, messages[0].subject, messages, tuple(labels))

    def message(self, msgid: int) -> Message | None:
        """One message by its X-GM-MSGID."""
        rows = self._rows(f"{MESSAGE_ROWS} WHERE message.msgid = ?", (msgid,))
        self._prepare(rows)
        return self._messages(rows)[0] if rows else None

    def messages(self, msgids: Sequence[int]) -> tuple[Message, ...]:
        """Messages by their X-GM-MSGIDs, in the order given; unknown ones are left out."""
        rows = self._rows(
            f"{MESSAGE_ROWS} WHERE message.msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)
        )
        self._prepare(rows)
        found = {message.msgid: message for message in self._messages(rows)}
        return tuple(found[msgid] for msgid in msgids if msgid in found)

    def _prepare(self, rows: Sequence[Row]) -> None:
        version = self._rows("SELECT coalesce((SELECT value FROM meta WHERE key = 'names'), 0)")[0][0]
        if version != self._names_version:
            self._load_names(version)
        self._load_sets(row[3] for row in rows)

    def _messages(self, rows: Sequence[Row]) -> list[Message]:
        people = [json.loads(row[8]) for row in rows]
        wanted = {
            number
            for sender, *groups in people
            for number in (sender, *(n for group in groups for n in group))
        }
        addresses = {
            number: Address(name, email)
            for number, email, name in self._rows(
                "SELECT address_id, email, name FROM address WHERE address_id IN (SELECT value FROM "
                "json_each(?))",
                (listed(wanted),),
            )
        }
        return [self._message(row, each, addresses) for row, each in zip(rows, people, strict=True)]

    def _message(self, row: Row, people: list[Any], addresses: dict[int, Address]) -> Message:
        msgid, thrid, date, shown, mood, bits, size, message_id, _, subject, snippet = row
        marks = self._sets[shown]
        sender = addresses[people[0]]
        to, cc, bcc, reply_to = (tuple(addresses[number] for number in group) for group in people[1:])
        kinds = self._kinds
        labels = {kinds[mark][1] for mark in marks if kinds[mark][0] == "label"}
        flags = {kinds[mark][1] for mark in marks if kinds[mark][0] == "flag"}
        if STARRED in marks:
            flags.add(FLAGGED)
        place = next((ROLE_OF_PLACE[mark] for mark in marks if mark in PLACES), Role.ALL)
        return Message(
            msgid,
            thrid,
            date,
            sender,
            to,
            cc,
            subject,
            snippet,
            size,
            frozenset(flags),
            frozenset(labels),
            place,
            bcc,
            reply_to,
            bool(bits & HAS_ATTACHMENT),
            bool(bits & HAS_INVITE),
            "\\Sent" in labels or (bool(self._email) and sender.email.casefold() == self._email),
            message_id,
            MOODS.get(mood, ChangeState.SETTLED),
        )

    # -- targets ---------------------------------------------------------------------------------------

    def expand(self, target: Target) -> tuple[int, ...]:
        """The messages an op on a target would concern."""
        return tuple(msgid for thread in self._expanded(target).values() for msgid, _ in thread)

    def _expanded(self, target: Target) -> dict[int, list[tuple[int, frozenset[int]]]]:
        """Conversation → its messages that are meant, with what they show."""
        found: dict[int, list[tuple[int, frozenset[int]]]] = {}
        for thrids, wanted in Targets(self._rows).batches(target, 2000):
            rows = self._rows(
                "SELECT thrid, msgid, shown FROM state WHERE thrid IN (SELECT value FROM json_each(?)) "
                "ORDER BY thrid, date, msgid",
                (listed(thrids),),
            )
            self._load_sets(row[2] for row in rows)
            for thrid, msgid, shown in rows:
                marks = self._sets[shown]
                if (
                    msgid in wanted.msgids and marks & PLACES
                    if wanted.msgids is not None
                    else wanted.places[thrid] in marks
                ):
                    found.setdefault(thrid, []).append((msgid, marks))
        return found

    def label_counts(self, target: Target) -> LabelCounts:
        """How many conversations of a target carry each label, wholly or in part: for the tri-state
        editor.
        """
        self._prepare(())
        recent = self._rows(
            "SELECT shown_name FROM mark WHERE kind = 'label' AND used_at > 0 AND substr(shown_name, "
            "1, 1) <> '\\' "
            "ORDER BY used_at DESC LIMIT 10"
        )
        return count_labels(self._expanded(target), self._kinds, tuple(row[0] for row in recent))

    # -- bodies and people -----------------------------------------------------------------------------

    def octets(self, msgid: int, section: str = "") -> bytes | None:
        """Cached octets of a message or one of its parts; None when they are not here."""
        rows = self._rows("SELECT octets FROM body WHERE msgid = ? AND section = ?", (msgid, section))
        return unpack(rows[0][0]) if rows else None

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
        return int(self._rows("SELECT count(*) FROM state")[0][0])

    # -- searching here --------------------------------------------------------------------------------

    def find(self, query: str, limit: int = 5000) -> Found:
        """The offline search: newest messages first that match, and which operators could not be
        understood.
        """
        return find(self._rows, query, limit)
