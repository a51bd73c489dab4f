"""Rescue: what of the user's own can still be read from a damaged store.

What lives here: reading open ops, saved searches, drafts and mail on its way out row by row, as far as SQLite
gets, and writing them into a new store. What may not: mail, for Gmail has it.

The new store knows no message yet: a rescued change waits in the journal until its messages are stored
again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from imapcore.model import OpState, OutgoingState, Role
from imapcore.store.changes.pending import OPEN, SENT
from imapcore.store.facts import Verb
from imapcore.store.marks.registry import MarkRegistry
from imapcore.store.marks.values import MarkDiff, parse_mark_diff
from imapcore.store.sqlite.connection import Transaction, connect_reader

T = TypeVar("T")

UNDER_WAY = ("held", "waiting", "sending", "unknown")
"""States of outgoing mail that is neither sent nor refused."""


class Rescued(Struct):
    """Rows of the old store, with marks as (kind, name)."""

    ops: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    pieces: list[tuple[Any, ...]] = field(default_factory=list)
    marks: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    searches: list[tuple[str, str]] = field(default_factory=list)
    drafts: list[tuple[Any, ...]] = field(default_factory=list)
    files: list[tuple[Any, ...]] = field(default_factory=list)
    outgoing: list[tuple[Any, ...]] = field(default_factory=list)
    is_partial: bool = False
    """Whether some table could not be read to its end."""

    def read(self, connection: sqlite3.Connection, sql: str, understand: Callable[..., T]) -> Iterator[T]:
        """Rows of a query until SQLite stumbles, without those that make no sense."""
        try:
            for row in connection.execute(sql):
                try:
                    yield understand(*row)
                except (ValueError, TypeError, LookupError):
                    self.is_partial = True
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            self.is_partial = True


def rescue(path: Path) -> Rescued:
    """Read what can be read; never fails."""
    rescued = Rescued()
    try:
        connection = connect_reader(path)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        rescued.is_partial = True
        return rescued
    # Texts are decoded one by one: one that is no text any more must not cost the rest of its table.
    connection.text_factory = bytes
    try:
        marks = rescued.read(connection, "SELECT mark_id, kind, name, shown_name FROM mark", _mark)
        rescued.marks.update(marks)
        ops = rescued.read(
            connection,
            "SELECT op_id, at, origin, op, summary, threads, messages, undoes, can_undo FROM op",
            _op,
        )
        rescued.ops.update((op[0], op) for op in ops)
        rescued.steps += rescued.read(
            connection, "SELECT op_id, step, verb, names, destination FROM step", _step
        )
        rescued.pieces += rescued.read(
            connection,
            f"SELECT op_id, step, shift, messages, msgids FROM piece WHERE state IN ('{OPEN}', '{SENT}')",
            _piece,
        )
        rescued.searches += rescued.read(connection, "SELECT title, query FROM saved_search", _search)
        rescued.drafts += rescued.read(connection, "SELECT draft_id, draft, changed_at FROM draft", _draft)
        rescued.files += rescued.read(connection, "SELECT file_id, draft_id, octets FROM draft_file", _file)
        rescued.outgoing += rescued.read(
            connection,
            f"""
            SELECT outgoing_id, draft_id, draft, octets, state, send_at, archives FROM outgoing
            WHERE state IN {UNDER_WAY}
            """,
            _outgoing,
        )
    finally:
        connection.close()
    _keep_whole_ops(rescued)
    return rescued


# -- rows that make sense ------------------------------------------------------------------------------
# What stands in a damaged file may be anything; each of these raises ValueError for what cannot be.


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        raise ValueError(value)
    return value.decode("utf-8")


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(value)
    return value


def _mark(mark_id: object, kind: object, name: object, shown: object) -> tuple[int, tuple[str, str, str]]:
    if _text(kind) not in ("place", "label", "flag") or not _text(name) or not _text(shown):
        raise ValueError(kind)
    return _number(mark_id), (_text(kind), _text(name), _text(shown))


def _op(
    op_id: object,
    at: object,
    origin: object,
    op: object,
    summary: object,
    threads: object,
    messages: object,
    undoes: object,
    can_undo: object,
) -> tuple[Any, ...]:
    return (
        _number(op_id),
        _number(at),
        _text(origin),
        _text(op),
        _text(summary),
        _number(threads),
        _number(messages),
        None if undoes is None else _number(undoes),
        _number(can_undo),
    )


def _step(op_id: object, step: object, verb: object, names: object, destination: object) -> tuple[Any, ...]:
    named = json.loads(_text(names))
    if not isinstance(named, list) or not all(isinstance(name, (int, str)) for name in named):
        raise ValueError(names)
    where = None if destination is None else Role(_text(destination)).value
    return _number(op_id), _number(step), Verb(_text(verb)).value, _text(names), where


def _piece(op_id: object, step: object, shift: object, messages: object, msgids: object) -> tuple[Any, ...]:
    if not isinstance(msgids, bytes) or len(msgids) != 8 * _number(messages):
        raise ValueError(msgids)
    if parse_mark_diff(_text(shift)).text() != _text(shift):
        raise ValueError(shift)
    return _number(op_id), _number(step), _text(shift), messages, msgids


def _search(title: object, query: object) -> tuple[str, str]:
    return _text(title), _text(query)


def _draft(draft_id: object, draft: object, changed_at: object) -> tuple[Any, ...]:
    return _number(draft_id), _text(draft), _number(changed_at)


def _file(file_id: object, draft_id: object, octets: object) -> tuple[Any, ...]:
    if not isinstance(octets, bytes):
        raise ValueError(octets)
    return _number(file_id), _number(draft_id), octets


def _outgoing(
    outgoing_id: object,
    draft_id: object,
    draft: object,
    octets: object,
    state: object,
    send_at: object,
    archives: object,
) -> tuple[Any, ...]:
    if octets is not None and not isinstance(octets, bytes):
        raise ValueError(octets)
    known = OutgoingState(_text(state)).value
    return (
        _number(outgoing_id),
        _number(draft_id),
        _text(draft),
        octets,
        known,
        _number(send_at),
        _number(archives),
    )


def _keep_whole_ops(rescued: Rescued) -> None:
    """Drop what cannot be understood any more: a change without its op, step or names."""
    steps = {
        (op_id, step): [name for name in json.loads(names) if isinstance(name, int)]
        for op_id, step, _, names, _ in rescued.steps
    }
    usable = []
    for piece in rescued.pieces:
        op_id, step, shift, _, _ = piece
        change = parse_mark_diff(shift)
        marks = change.add | change.remove | change.keep | set(steps.get((op_id, step), ()))
        if op_id in rescued.ops and (op_id, step) in steps and marks <= rescued.marks.keys():
            usable.append(piece)
        else:
            rescued.is_partial = True
    rescued.pieces = usable
    open_steps = {(op_id, step) for op_id, step, *_ in usable}
    open_ops = {op_id for op_id, _ in open_steps}
    rescued.ops = {op_id: op for op_id, op in rescued.ops.items() if op_id in open_ops}
    whole = {step[:2]: step for step in rescued.steps if step[:2] in open_steps}
    rescued.steps = list(whole.values())


def restore(tx: Transaction, marks: MarkRegistry, rescued: Rescued) -> None:
    """Write what was rescued into a new, empty store."""
    tx.put("INSERT INTO saved_search (title, query)", rescued.searches)
    tx.put("INSERT INTO draft (draft_id, draft, changed_at)", rescued.drafts)
    tx.put("INSERT INTO draft_file (file_id, draft_id, octets)", rescued.files)
    tx.put(
        "INSERT INTO outgoing (outgoing_id, draft_id, draft, octets, state, send_at, archives)",
        rescued.outgoing,
    )
    numbers: dict[int, int] = {}
    for mark_id, (kind, name, shown) in rescued.marks.items():
        if kind == "place":
            numbers[mark_id] = mark_id
        else:
            numbers[mark_id] = marks.label(tx, name) if kind == "label" else marks.flag(tx, name)
            if shown != name:
                marks.rename(tx, numbers[mark_id], shown=shown)
    for op_id, at, origin, op, summary, threads, messages, undoes, can_undo in rescued.ops.values():
        tx.execute(
            "INSERT INTO op (op_id, at, origin, op, summary, state, threads, messages, undoes, can_undo) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (op_id, at, origin, op, summary, OpState.PENDING, threads, messages, undoes, can_undo),
        )
    for op_id, step, verb, names, destination in rescued.steps:
        renumbered = [numbers[name] if isinstance(name, int) else name for name in json.loads(names)]
        tx.execute(
            "INSERT INTO step (op_id, step, verb, names, destination) VALUES (?, ?, ?, ?, ?)",
            (op_id, step, verb, json.dumps(renumbered), destination),
        )
    for op_id, step, shift, messages, msgids in rescued.pieces:
        old = parse_mark_diff(shift)
        moved = MarkDiff(
            *(frozenset(numbers[mark] for mark in part) for part in (old.add, old.remove, old.keep))
        )
        tx.execute(
            # Whether it was sent cannot be trusted: all of it is a replay.
            "INSERT INTO piece (op_id, step, shift, state, is_replay, messages, msgids) VALUES (?, "
            "?, ?, ?, 1, ?, ?)",
            (op_id, step, moved.text(), OPEN, messages, msgids),
        )
