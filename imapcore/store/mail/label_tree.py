"""The tree of labels: which parents a label has, what is folded, and what of it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.model import Role
from imapcore.store.changes.pending import OPEN, SENT
from imapcore.store.facts import Verb
from imapcore.store.marks.registry import MarkRegistry, names_under_way
from imapcore.store.marks.values import VIEW_OF_ROLE, parse_mark_diff
from imapcore.store.sqlite.connection import Rows, Transaction

SEPARATOR = "/"
NO_LABEL = "There is no label of this name"


class TreeLine(Struct, frozen=True):
    """One line of the tree as the user sees it."""

    title: str
    role: Role | None
    is_selectable: bool


def leaf(name: str) -> str:
    """The last part of a mailbox name."""
    return name.rpartition(SEPARATOR)[2]


def parents(name: str) -> list[str]:
    """The names above a name, outermost first."""
    parts = name.split(SEPARATOR)
    return [SEPARATOR.join(parts[:depth]) for depth in range(1, len(parts))]


def missing_labels(rows: Rows, names: Iterable[str], hidden: Collection[str]) -> list[str]:
    """What is to be made so that these labels are there: themselves, after the parents that are in no list.

    ``hidden``: labels that are there though no list shows them.
    """
    lines = {
        name: bool(is_selectable)
        for name, is_selectable in rows("SELECT name, is_selectable FROM shelf WHERE role IS NULL", ())
    }
    missing: list[str] = []
    for name in names:
        if lines.get(name, False) or name in hidden:
            continue
        for each in (*(parent for parent in parents(name) if parent not in lines), name):
            if not lines.get(each, False):
                missing.append(each)
                lines[each] = True
    return missing


def need_label(rows: Rows, name: str) -> None:
    """Raise InvalidArgument where there is no such label of the user's in the tree."""
    found = rows("SELECT role FROM shelf WHERE name = ?", (name,))
    if not found:
        raise InvalidArgument(title=NO_LABEL)
    if found[0][0] is not None:
        raise InvalidArgument(title="Gmail's own mailboxes cannot be renamed or deleted")


def is_inside(name: str, parent: str) -> bool:
    """Whether a name is ``parent`` or lies below it."""
    return name == parent or name.startswith(parent + SEPARATOR)


def refold_tree(tx: Transaction, marks: MarkRegistry, sanitize: Callable[[str], str]) -> None:
    """Write the tree the user sees: the server's list with the open label ops applied, in their order."""
    lines = {
        name: TreeLine(title, Role(role) if role else None, bool(is_selectable))
        for name, title, role, is_selectable in tx.rows(
            "SELECT name, title, role, is_selectable FROM mailbox ORDER BY position"
        )
    }
    renames: list[tuple[str, str]] = []
    for verb, text, diff in tx.rows(
        "SELECT verb, names, shift FROM step JOIN piece USING (op_id, step) WHERE verb IN (?, ?, ?) "
        f"AND piece.state IN ('{OPEN}', '{SENT}') GROUP BY op_id, step ORDER BY op_id, step",
        (Verb.CREATE_LABEL, Verb.RENAME_LABEL, Verb.DELETE_LABEL),
    ):
        names = json.loads(text)
        if verb == Verb.RENAME_LABEL:
            renames.append((names[0], names[1]))
        if verb == Verb.DELETE_LABEL and (name := marks.label_named(tx, parse_mark_diff(diff).remove)):
            # It is sent for the label, however that is called: a renaming before it may have been refused.
            names = [name, *names_under_way(name, renames)][-1:]
        lines = _changed(lines, Verb(verb), names, sanitize)
    tx.execute("DELETE FROM shelf")
    tx.put(
        "INSERT INTO shelf (name, title, role, is_selectable, view_id)",
        [
            (
                name,
                line.title,
                line.role.value if line.role else None,
                int(line.is_selectable),
                VIEW_OF_ROLE[line.role] if line.role else marks.label_in_tree(tx, name),
            )
            for name, line in lines.items()
            if line.role or line.is_selectable or _has_label_below(lines, name)
        ],
    )
    marks.touch(tx)


def _changed(
    lines: dict[str, TreeLine], verb: Verb, names: Sequence[str], sanitize: Callable[[str], str]
) -> dict[str, TreeLine]:
    name = names[0]
    if verb is Verb.CREATE_LABEL:
        made = dict(lines)
        for parent in parents(name):
            made.setdefault(parent, TreeLine(sanitize(leaf(parent)), None, is_selectable=False))
        if name not in made or not made[name].is_selectable:
            made[name] = TreeLine(sanitize(leaf(name)), None, is_selectable=True)
        return made
    if verb is Verb.RENAME_LABEL:
        new = names[1]
        renamed = {}
        for each, line in lines.items():
            target = new + each[len(name) :] if line.role is None and is_inside(each, name) else each
            title = sanitize(leaf(target)) if target != each else line.title
            renamed[target] = replace(line, title=title)
        for parent in parents(new):
            renamed.setdefault(parent, TreeLine(sanitize(leaf(parent)), None, is_selectable=False))
        return renamed
    kept = dict(lines)
    if name in kept and kept[name].role is None:
        kept[name] = replace(kept[name], is_selectable=False)
        if not _has_label_below(kept, name):
            del kept[name]
    return kept


def _has_label_below(lines: dict[str, TreeLine], name: str) -> bool:
    return any(
        line.role is None and line.is_selectable and each.startswith(name + SEPARATOR)
        for each, line in lines.items()
    )
