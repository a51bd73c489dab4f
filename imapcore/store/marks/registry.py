r"""Marks: the places, labels and flags a message can carry, as small numbers, and the sets of them that
occur.

What lives here: the numbering (one table each for marks and for sets), what a set means (place, unread,
starred, the views it belongs to), and diffs: what an op really changes on one message. What may not:
messages.

A place is a mark like a label, with one rule of its own: a message is in one place at a time, so that
adding a place takes the other two away. Gmail's star is one mark too, though IMAP shows it twice
(``\Flagged`` and the label ``\Starred``). Sets are never changed once numbered; a label renamed keeps its
number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from imapcore.errors import InvalidArgument
from imapcore.gmail.label_names import fold_label, is_user_label
from imapcore.store.marks.values import (
    ALL,
    DRAFT,
    FLAGGED,
    PLACES,
    SEEN,
    SENT,
    STARRED,
    TRASH,
    MarkIds,
    MarkSet,
)
from imapcore.store.sqlite.connection import Transaction, listed


class MarkRegistry:
    """The numbering of marks and sets on the writer's side; caches what the tables say."""

    def __init__(self) -> None:
        self._labels: dict[str, int] = {}
        self._flags: dict[str, int] = {}
        self._kinds: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._sets: dict[int, MarkSet] = {}
        self._set_of: dict[MarkIds, MarkSet] = {}

    def forget(self) -> None:
        """Drop the caches: a rollback took away what they hold."""
        for cache in (self._labels, self._flags, self._kinds, self._names, self._sets, self._set_of):
            cache.clear()

    # -- names -----------------------------------------------------------------------------------------

    def _load_names(self, tx: Transaction) -> None:
        self._labels.clear()
        self._flags.clear()
        renames = open_renames(tx)
        later: list[tuple[str, int]] = []
        for mark_id, kind, name in tx.rows("SELECT mark_id, kind, name FROM mark ORDER BY mark_id"):
            self._kinds[mark_id] = kind
            self._names[mark_id] = name
            if kind == "label":
                self._labels[name] = mark_id
                later += [(each, mark_id) for each in names_under_way(name, renames)]
            elif kind == "flag":
                self._flags[name] = mark_id
        for name, mark_id in later:
            # A rename under way: the server may say the new name before it has answered us.
            self._labels.setdefault(name, mark_id)

    def forget_names(self) -> None:
        """Renames came, went or were answered: what the server may call a label has changed."""
        self._kinds.clear()

    def label(self, tx: Transaction, name: str) -> int:
        """The number of a label the server named; a new one is numbered."""
        return self._number(tx, self._labels, "label", name)

    def flag(self, tx: Transaction, name: str) -> int:
        r"""The number of a flag the server named; ``\Flagged`` is the star."""
        return STARRED if name == FLAGGED else self._number(tx, self._flags, "flag", name)

    def _number(self, tx: Transaction, known: dict[str, int], kind: str, name: str) -> int:
        if not self._kinds:
            self._load_names(tx)
        number = known.get(name)
        if number is None:
            shown = [name, *names_under_way(name, open_renames(tx))][-1] if kind == "label" else name
            retired = tx.row(
                "SELECT mark_id FROM mark WHERE kind = 'retired' AND shown_name = ? ORDER BY mark_id DESC",
                (name,),
            )
            if kind == "label" and shown == name and retired is not None:
                # What is open in the journal may speak of it, as of a label being deleted.
                self._revive(tx, int(retired[0]))
                return int(retired[0])
            number = self._insert(tx, known, kind, name, shown)
        return number

    def number_anew(self, tx: Transaction, name: str) -> int:
        """A new number for a label that had one before: it is another label of the same name."""
        if not self._kinds:
            self._load_names(tx)
        return self._insert(tx, self._labels, "label", name, name)

    def _insert(self, tx: Transaction, known: dict[str, int], kind: str, name: str, shown: str) -> int:
        tx.execute("INSERT INTO mark (kind, name, shown_name) VALUES (?, ?, ?)", (kind, name, shown))
        number = known[name] = tx.number("SELECT last_insert_rowid()")
        self._kinds[number] = kind
        self._names[number] = name
        self.touch(tx)
        return number

    def find_label(self, tx: Transaction, shown_name: str) -> int | None:
        """The number of a label by the name the user sees, if there is one."""
        row = tx.row("SELECT mark_id FROM mark WHERE kind = 'label' AND shown_name = ?", (shown_name,))
        return None if row is None else int(row[0])

    def shown_label(self, tx: Transaction, name: str) -> int:
        """The number of a label by the name the user sees; a new one is numbered.

        Raises InvalidArgument for a name that a label is just being renamed away from: Gmail still calls that
        one so, and two labels cannot share a name.
        """
        number = self.find_label(tx, name)
        if number is not None:
            return number
        self.check_free(tx, name)
        return self.label(tx, name)

    @staticmethod
    def check_free(tx: Transaction, name: str) -> None:
        """Raise InvalidArgument when a label is just being renamed away from a name, or has it on its way."""
        is_passed = any(new == name or new.startswith(f"{name}/") for _, new in open_renames(tx))
        if is_passed or tx.row(
            "SELECT 1 FROM mark WHERE kind = 'label' AND shown_name <> name "
            "AND (name = ?1 OR substr(name, 1, length(?1) + 1) = ?1 || '/')",
            (name,),
        ):
            raise InvalidArgument("A label is being renamed from that; try again when Gmail has done it")

    def label_in_tree(self, tx: Transaction, name: str) -> int | None:
        """The number of a label the tree shows; None while its name is another's (see ``shown_label``)."""
        number = self.find_label(tx, name)
        if number is None and tx.row("SELECT 1 FROM mark WHERE kind = 'label' AND name = ?", (name,)) is None:
            number = self.label(tx, name)
        return number

    def name(self, tx: Transaction, mark_id: int) -> str:
        """A mark's name as the server knows it now."""
        if not self._kinds:
            self._load_names(tx)
        return self._names[mark_id]

    def label_named(self, tx: Transaction, marks: MarkIds) -> str | None:
        """The server's name of a label in use among some marks; None when there is none."""
        row = tx.row(
            "SELECT name FROM mark WHERE kind = 'label' AND mark_id IN (SELECT value FROM json_each(?))",
            (listed(marks),),
        )
        return None if row is None else str(row[0])

    def retire(self, tx: Transaction, mark_id: int) -> None:
        """A label no message carries gives its name free; old ops may still speak of its number."""
        tx.execute(
            "UPDATE mark SET kind = 'retired', name = name || '#' || mark_id WHERE mark_id = ?", (mark_id,)
        )
        self.forget_names()
        self.touch(tx)

    def living(self, tx: Transaction, mark_id: int) -> int:
        """The number by which a mark goes that mail is to carry again.

        A label that was retired comes back under its name; if another has that name by now, it is that one.
        Raises InvalidArgument as ``shown_label`` does.
        """
        if not self._kinds:
            self._load_names(tx)
        is_retired = self._kinds[mark_id] == "retired"
        if not is_retired and (mark_id <= DRAFT or self._kinds[mark_id] != "label"):
            return mark_id
        (name,) = tx.rows("SELECT shown_name FROM mark WHERE mark_id = ?", (mark_id,))[0]
        if not is_retired:
            # Deleted here and made again elsewhere, in other letters: it is that one now.
            is_listed = tx.row("SELECT 1 FROM shelf WHERE view_id = ?", (mark_id,)) is not None
            return mark_id if is_listed else self._label_in_tree(tx, name) or mark_id
        found = self.find_label(tx, name) or self._label_in_tree(tx, name)
        if found is not None:
            return found
        self.check_free(tx, name)
        self._revive(tx, mark_id)
        return mark_id

    @staticmethod
    def _label_in_tree(tx: Transaction, name: str) -> int | None:
        """The number of the tree's label that has this name in other letters, if there is one."""
        folded = fold_label(name)
        labels = tx.rows(
            """
            SELECT mark_id, shelf.name FROM shelf JOIN mark ON mark_id = view_id
            WHERE role IS NULL AND is_selectable AND kind = 'label'
            """
        )
        return next((mark_id for mark_id, each in labels if fold_label(each) == folded), None)

    def _revive(self, tx: Transaction, mark_id: int) -> None:
        """A label that was retired is one again, under its name."""
        tx.execute("UPDATE mark SET kind = 'label', name = shown_name WHERE mark_id = ?", (mark_id,))
        self.forget_names()
        self.touch(tx)

    def rename(
        self, tx: Transaction, mark_id: int, *, name: str | None = None, shown: str | None = None
    ) -> None:
        """Give a label another name: the server's, the shown one, or both."""
        if name is not None:
            tx.execute("UPDATE mark SET name = ? WHERE mark_id = ?", (name, mark_id))
        if shown is not None:
            tx.execute("UPDATE mark SET shown_name = ? WHERE mark_id = ?", (shown, mark_id))
        self._load_names(tx)
        self.touch(tx)

    @staticmethod
    def touch(tx: Transaction) -> None:
        """Tell readers that names changed: they keep them under this number."""
        tx.execute("INSERT INTO meta VALUES ('names', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1")

    # -- sets ------------------------------------------------------------------------------------------

    def of_facts(self, tx: Transaction, place: int, flags: Iterable[str], labels: Iterable[str]) -> MarkSet:
        """The set for what a FETCH said."""
        ids = {place}
        ids.update(self.flag(tx, flag) for flag in flags)
        ids.update(self.label(tx, label) for label in labels)
        return self.numbered(tx, frozenset(ids))

    def is_user_label(self, tx: Transaction, mark_id: int) -> bool:
        """Whether a mark is a label of the user's own making: LIST decides, not its first letter."""
        if mark_id <= DRAFT or self.is_flag(tx, mark_id):
            return False
        name = self._names[mark_id]
        if not name.startswith("\\"):
            return True
        listed = tx.rows("SELECT name FROM mailbox WHERE name = ? AND role IS NULL", (name,))
        return is_user_label(name, [row[0] for row in listed])

    def is_flag(self, tx: Transaction, mark_id: int) -> bool:
        """Whether a mark is a flag or keyword (the star is a label here)."""
        if not self._kinds:
            self._load_names(tx)
        return self._kinds[mark_id] == "flag"

    def numbered(self, tx: Transaction, ids: MarkIds) -> MarkSet:
        """The numbered set with exactly these marks."""
        found = self._set_of.get(ids)
        if found is not None:
            return found
        text = json.dumps(sorted(ids), separators=(",", ":"))
        row = tx.row("SELECT set_id FROM mark_set WHERE marks = ?", (text,))
        if row is None:
            tx.execute("INSERT INTO mark_set (marks) VALUES (?)", (text,))
            row = (tx.number("SELECT last_insert_rowid()"),)
        return self._keep(tx, int(row[0]), ids)

    def number_all(self, tx: Transaction, many: Iterable[MarkIds]) -> None:
        """Number many sets at once: a large op makes a new set of every set it changes."""
        unknown = {
            json.dumps(sorted(ids), separators=(",", ":")): ids for ids in many if ids not in self._set_of
        }
        if not unknown:
            return
        tx.put("INSERT OR IGNORE INTO mark_set (marks)", [(text,) for text in unknown])
        for set_id, text in tx.rows(
            "SELECT set_id, marks FROM mark_set WHERE marks IN (SELECT value FROM json_each(?))",
            (json.dumps(list(unknown)),),
        ):
            self._keep(tx, set_id, unknown[text])

    def load_sets(self, tx: Transaction, set_ids: Iterable[int]) -> Mapping[int, MarkSet]:
        """Read many sets at once; a mapping in which all of them are found."""
        missing = {set_id for set_id in set_ids if set_id not in self._sets}
        if missing:
            for set_id, text in tx.rows(
                "SELECT set_id, marks FROM mark_set WHERE set_id IN (SELECT value FROM json_each(?))",
                (listed(missing),),
            ):
                self._keep(tx, set_id, frozenset(json.loads(text)))
        return self._sets

    def get(self, tx: Transaction, set_id: int) -> MarkSet:
        """A set by its number."""
        found = self._sets.get(set_id)
        if found is None:
            row = tx.row("SELECT marks FROM mark_set WHERE set_id = ?", (set_id,))
            if row is None:
                raise LookupError(set_id)
            found = self._keep(tx, set_id, frozenset(json.loads(row[0])))
        return found

    def _keep(self, tx: Transaction, set_id: int, ids: MarkIds) -> MarkSet:
        place = next(iter(ids & PLACES), 0)
        views: tuple[int, ...] = (place,) if place else ()
        if place == ALL:
            views += tuple(sorted(mark for mark in ids if mark > TRASH and not self.is_flag(tx, mark)))
        made = MarkSet(set_id, ids, place, SEEN not in ids, bool(ids & {SENT, DRAFT}), views)
        self._sets[set_id] = self._set_of[ids] = made
        return made


def open_renames(tx: Transaction) -> list[tuple[str, str]]:
    """Renames of labels the server has not answered, in their order."""
    return [
        tuple(json.loads(row[0]))
        for row in tx.rows(
            "SELECT names FROM step WHERE verb = 'rename_label' AND EXISTS (SELECT 1 FROM piece "
            "  WHERE piece.op_id = step.op_id AND piece.step = step.step "
            "  AND piece.state IN ('open', 'sent')) ORDER BY op_id, step"
        )
    ]


def names_under_way(name: str, renames: Iterable[tuple[str, str]]) -> list[str]:
    """The names a label takes on, one after the other, by renames of it or of a parent."""
    names: list[str] = []
    for old, new in renames:
        if name == old or name.startswith(old + "/"):
            name = new + name[len(old) :]
            names.append(name)
    return names
