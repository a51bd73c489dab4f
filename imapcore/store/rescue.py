"""Rescue: what of the user's own can still be read from a damaged store.

What lives here: reading open ops and saved searches row by row, as far as SQLite gets, and writing them
into a new store. What may not: mail, for Gmail has it.

The new store knows no message yet: a rescued change waits in the journal until its messages are stored
again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from imapcore.model import OpState
from imapcore.store.marks import DRAFT, Marks, Shift, parse_shift
from imapcore.store.pieces import OPEN, SENT
from imapcore.store.transaction import Transaction, connect_reader


class Rescued(Struct):
    """Rows of the old store, with marks as (kind, name)."""

    ops: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    pieces: list[tuple[Any, ...]] = field(default_factory=list)
    marks: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    searches: list[tuple[str, str]] = field(default_factory=list)
    is_partial: bool = False
    """Whether some table could not be read to its end."""

    def read(self, connection: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query until SQLite stumbles."""
        try:
            yield from connection.execute(sql)
        except sqlite3.DatabaseError:
            self.is_partial = True


def rescue(path: Path) -> Rescued:
    """Read what can be read; never fails."""
    rescued = Rescued()
    try:
        connection = connect_reader(path)
    except sqlite3.DatabaseError:
        rescued.is_partial = True
        return rescued
    try:
        for row in rescued.read(connection, "SELECT mark_id, kind, name, shown_name FROM mark"):
            rescued.marks[row[0]] = (row[1], row[2], row[3])
        for row in rescued.read(
            connection, "SELECT op_id, at, origin, op, summary, threads, messages, undoes, can_undo FROM op"
        ):
            rescued.ops[row[0]] = row
        rescued.steps += rescued.read(connection, "SELECT op_id, step, verb, names, destination FROM step")
        rescued.pieces += rescued.read(
            connection,
            f"SELECT op_id, step, shift, messages, msgids FROM piece WHERE state IN ('{OPEN}', '{SENT}')",
        )
        rescued.searches += rescued.read(connection, "SELECT title, query FROM saved_search")
    finally:
        connection.close()
    _keep_whole_ops(rescued)
    return rescued


def _keep_whole_ops(rescued: Rescued) -> None:
    """Drop what cannot be understood any more: a change without its op, step or names."""
    steps = {(op_id, step) for op_id, step, *_ in rescued.steps}
    usable = []
    for piece in rescued.pieces:
        op_id, step, shift, _, _ = piece
        known = all(mark in rescued.marks for mark in parse_shift(shift).marks() if mark > DRAFT)
        if op_id in rescued.ops and (op_id, step) in steps and known:
            usable.append(piece)
        else:
            rescued.is_partial = True
    rescued.pieces = usable
    open_ops = {piece[0] for piece in usable}
    rescued.ops = {op_id: op for op_id, op in rescued.ops.items() if op_id in open_ops}
    rescued.steps = [step for step in rescued.steps if step[0] in open_ops]


def restore(tx: Transaction, marks: Marks, rescued: Rescued) -> None:
    """Write what was rescued into a new, empty store."""
    tx.put("INSERT INTO saved_search (title, query)", rescued.searches)
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
        old = parse_shift(shift)
        moved = Shift(
            *(frozenset(numbers[mark] for mark in part) for part in (old.add, old.remove, old.keep))
        )
        tx.execute(
            # Whether it was sent cannot be trusted: all of it is a replay.
            "INSERT INTO piece (op_id, step, shift, state, is_replay, messages, msgids) VALUES (?, "
            "?, ?, ?, 1, ?, ?)",
            (op_id, step, moved.text(), OPEN, messages, msgids),
        )
