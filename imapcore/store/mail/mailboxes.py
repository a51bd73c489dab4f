"""Mailboxes: what LIST said, and the tree the user sees.

What lives here: replacing the list, folding open label ops (create, rename, delete) over it into the tree
(``shelf``), labels renamed or deleted elsewhere. What may not: counts (they are kept with the views). RFC
3501 §6.3.8 (LIST), RFC 6154 (special-use); Gmail: a user's label and its mailbox have one name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from imapcore.model import Role
from imapcore.store.facts import Changed, MailboxChanges, MailboxFacts
from imapcore.store.mail.label_tree import is_inside, leaf, refold_tree
from imapcore.store.marks.values import PLACES, ROLE_OF_PLACE
from imapcore.store.repository import Repository
from imapcore.store.sqlite.connection import Transaction, chunks
from imapcore.store.threads.targets import Targets

LABEL = "SELECT mark_id FROM mark WHERE kind = 'label' AND name = ?"
HOLDING = (
    "SELECT msgid FROM state WHERE confirmed IN ("
    "  SELECT set_id FROM mark_set, json_each(mark_set.marks) AS one WHERE one.value = ?)"
)


class LabelStore(Repository):
    """The tree; every method is safe on any thread and returns when committed."""

    own_changes = 0
    """How many labels were made, renamed or deleted here, as the server has confirmed, since the start."""

    def replace_mailboxes(
        self, facts: Sequence[MailboxFacts], *, own_changes: int | None = None
    ) -> MailboxChanges:
        """Take a whole LIST for what the server has; how it differs from the last one.

        A label that is gone from it keeps its messages: it may only be hidden from IMAP. Ask for those
        messages again, or say ``forget``. ``own_changes``: how many there were when the list
        was asked for; if there are more by now, it is an old one and changes nothing.
        """
        return self._write(lambda tx: self._replace(tx, facts, own_changes))

    def _replace(
        self, tx: Transaction, facts: Sequence[MailboxFacts], own_changes: int | None
    ) -> MailboxChanges:
        if own_changes is not None and own_changes != self.own_changes:
            return MailboxChanges(is_outdated=True)
        columns = "name, position, title, role, is_selectable, attributes"
        before = {row[0]: row for row in tx.rows(f"SELECT {columns} FROM mailbox")}
        after = {
            f.name: (
                f.name,
                position,
                f.title,
                f.role.value if f.role is not None else None,
                int(f.is_selectable),
                json.dumps(sorted(f.attributes)),
            )
            for position, f in enumerate(facts)
        }
        if before == after:
            return MailboxChanges()
        tx.execute("DELETE FROM mailbox")
        tx.put(f"INSERT INTO mailbox ({columns})", list(after.values()))
        refold_tree(tx, self.marks, self._shared.sanitize)
        old = {name for name, row in before.items() if _is_label(row)}
        new = {name for name, row in after.items() if _is_label(row)}
        return MailboxChanges(tuple(sorted(new - old)), tuple(sorted(old - new)), is_changed=True)

    def listed_labels(self) -> frozenset[str]:
        """The user's labels as the last LIST had them; no change made here is in it."""
        rows = self._read("SELECT name FROM mailbox WHERE role IS NULL AND is_selectable")
        return frozenset(row[0] for row in rows)

    def confirmed_counts(self) -> dict[Role, dict[str, int]]:
        """Place → label → messages there that carry it as far as the server said, by the server's names.

        One look at all messages; some tenth of a second at a million.
        """
        held: dict[int, int] = dict(
            self._read_long("SELECT confirmed, count(*) FROM state GROUP BY confirmed")
        )
        names: dict[int, str] = dict(self._read("SELECT mark_id, name FROM mark WHERE kind = 'label'"))
        counts: dict[Role, dict[str, int]] = {role: {} for role in ROLE_OF_PLACE.values()}
        for set_id, marks in self._read("SELECT set_id, marks FROM mark_set"):
            number = held.get(set_id, 0)
            ids = frozenset(json.loads(marks)) if number else frozenset()
            for place in ids & PLACES:
                of_place = counts[ROLE_OF_PLACE[place]]
                for name in (names[mark] for mark in ids if mark in names):
                    of_place[name] = of_place.get(name, 0) + number
        return counts

    def carrying(self, label: str) -> tuple[int, ...]:
        """Messages that carry a label as far as the server said (its name as the server knows it)."""
        rows = self._read_long(
            "SELECT state.msgid FROM state WHERE confirmed IN ("
            "  SELECT set_id FROM mark_set, json_each(mark_set.marks) AS one, mark"
            "  WHERE one.value = mark.mark_id AND mark.kind = 'label' AND mark.name = ?) ORDER BY "
            "state.msgid",
            (label,),
        )
        return tuple(row[0] for row in rows)

    def rename(self, old: str, new: str) -> None:
        """A label was renamed elsewhere (its children are named one by one): messages keep it under the new
        name.
        """

        def job(tx: Transaction) -> None:
            self.rename_marks(tx, old, new)
            refold_tree(tx, self.marks, self._shared.sanitize)

        self._write(job)

    def renew(self, name: str) -> None:
        """A label was made elsewhere: one of that name that was deleted before is another."""
        self._write(lambda tx: self.new_label(tx, name))

    def new_label(self, tx: Transaction, name: str) -> None:
        """Number a label that is made, anew if one of that name is remembered and out of use."""
        mark = self.marks.find_label(tx, name)
        if mark is not None and not self._is_in_use(tx, mark):
            self.marks.retire(tx, mark)
            self.marks.number_anew(tx, name)
            refold_tree(tx, self.marks, self._shared.sanitize)

    def _is_in_use(self, tx: Transaction, mark: int) -> bool:
        """Whether mail carries a label, or something open in the journal is about it."""
        return (
            any(mark in change.marks or mark in change.diff.keep for change in self.changes.all(tx))
            or bool(self.holding(tx, mark))
            or bool(Targets(tx.rows).carrying(mark))
        )

    def rename_marks(self, tx: Transaction, old: str, new: str) -> None:
        """The server knows a label (and those below it) under a new name now."""
        for mark_id, name, shown in tx.rows(
            "SELECT mark_id, name, shown_name FROM mark WHERE kind = 'label'"
        ):
            if is_inside(name, old):
                renamed = new + name[len(old) :]
                other = tx.row("SELECT mark_id FROM mark WHERE kind = 'label' AND name = ?", (renamed,))
                if other is not None and int(other[0]) != mark_id:
                    # Both names have a number: the server said the new one before it told of the renaming, or
                    # the tree shows the old one until the next list. The older number is the label's.
                    stays = min(mark_id, int(other[0]))
                    self._merge(tx, mark_id + int(other[0]) - stays, stays)
                    if stays != mark_id:
                        continue
                self.marks.rename(
                    tx, mark_id, name=renamed, shown=renamed if shown in (name, renamed) else None
                )

    def _merge(self, tx: Transaction, mark_id: int, into: int) -> None:
        """Two marks turned out to be one label: everything of one goes to the other."""
        self.changes.renumber(tx, mark_id, into)
        for msgids in chunks(self.holding(tx, mark_id), 200):
            states = self.thread_states(tx)
            records = states.load_messages(msgids)
            for record in records:
                record.confirmed = self.marks.numbered(tx, record.confirmed.ids - {mark_id} | {into})
            self.changes.fold(tx, self.marks, records)
            states.flush()
        self._refold_shown(tx, mark_id)
        self.marks.retire(tx, mark_id)

    def _refold_shown(self, tx: Transaction, mark_id: int) -> None:
        """Messages that only showed a mark: by a change that is open, and was renumbered."""
        for msgids in chunks(Targets(tx.rows).carrying(mark_id), 200):
            states = self.thread_states(tx)
            self.changes.fold(tx, self.marks, states.load_messages(msgids))
            states.flush()

    def forget(self, name: str) -> Changed:
        """A label was deleted elsewhere: no message carries it any more, unless an open change here says
        so.
        """
        changed = Changed()
        for (mark_id,) in self._read(LABEL, (name,)):
            bearers = [row[0] for row in self._read_long(HOLDING, (mark_id,))]
            for msgids in self._portions(bearers):
                changed = changed.merged(self._write(partial(self._take_off, mark_id=mark_id, msgids=msgids)))
        return changed

    # -- what the server did at our request, inside a transaction of the caller's -----------------------

    def confirm_created(self, tx: Transaction, name: str) -> None:
        """The server made a label."""
        self.own_changes += 1
        tx.execute(
            """
            INSERT INTO mailbox (name, position, title, role, is_selectable, attributes)
            SELECT ?, coalesce(max(position), 0) + 1, ?, NULL, 1, '[]' FROM mailbox WHERE true
            ON CONFLICT (name) DO UPDATE SET is_selectable = 1
            """,
            (name, self._title(name)),
        )

    def confirm_renamed(self, tx: Transaction, old: str, new: str) -> None:
        """The server gave a label, and those below it, another name."""
        self.own_changes += 1
        self.rename_marks(tx, old, new)
        for (each,) in tx.rows("SELECT name FROM mailbox WHERE role IS NULL"):
            if is_inside(each, old):
                target = new + each[len(old) :]
                tx.execute(
                    "UPDATE OR REPLACE mailbox SET name = ?, title = ? WHERE name = ?",
                    (target, self._title(target), each),
                )

    def confirm_deleted(self, tx: Transaction, name: str) -> None:
        """The server deleted a label: it is on no message any more."""
        self.own_changes += 1
        tx.execute("DELETE FROM mailbox WHERE name = ? AND role IS NULL", (name,))
        for (mark_id,) in tx.rows(LABEL, (name,)):
            for msgids in chunks(self.holding(tx, mark_id), 1000):
                self._take_off(tx, mark_id, msgids)

    def _take_off(self, tx: Transaction, mark_id: int, msgids: Sequence[int]) -> Changed:
        states = self.thread_states(tx)
        records = states.load_messages(msgids)
        for record in records:
            record.confirmed = self.marks.numbered(tx, record.confirmed.ids - {mark_id})
        self.changes.fold(tx, self.marks, records)
        states.flush()
        return Changed((), len(records))

    def _title(self, name: str) -> str:
        return self._shared.sanitize(leaf(name))

    @staticmethod
    def holding(tx: Transaction, mark_id: int) -> list[int]:
        """Messages whose confirmed marks hold a certain one."""
        return [row[0] for row in tx.rows(HOLDING, (mark_id,))]


def _is_label(row: tuple[object, ...]) -> bool:
    return row[3] is None and bool(row[4])
