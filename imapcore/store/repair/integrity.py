"""Soundness: whether what stands in the tables can be.

What lives here: the questions no check of SQLite's asks, because each value by itself is a value; one octet
changed on the disk turns a number into another or a text into none. What may not: mending. It takes seconds
on a large store, so it is asked at a start after something has gone wrong.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from imapcore.model import OpState, Role
from imapcore.store.changes.pending import CANCELLED, DONE, DROPPED, OPEN, REFUSED, SENT
from imapcore.store.facts import Verb
from imapcore.store.marks.values import parse_mark_diff


def _among(values: Iterable[str]) -> str:
    """Values as the right side of IN."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


_ROLES, _VERBS, _OPS = _among(Role), _among(Verb), _among(OpState)
_PIECES = _among((OPEN, SENT, DONE, REFUSED, CANCELLED, DROPPED))


def _is_list(column: str) -> str:
    return f"CASE WHEN json_valid({column}) THEN json_type({column}) = 'array' ELSE 0 END"


def _lost(table: str) -> str:
    return (
        f"{table} AS e LEFT JOIN spot AS s ON s.thrid = e.thrid AND s.conversation_id = e.conversation_id "
        "WHERE s.place IS NOT e.place"
    )


OFFENDERS = {
    # JSON first: what comes after reads it.
    "a set of marks is none": f"mark_set WHERE NOT {_is_list('marks')}",
    "the people of a message are none": f"message WHERE NOT {_is_list('people')}",
    "the row of a conversation is none": (
        f"conversation WHERE NOT ({_is_list('row')}) OR json_array_length(row) <> 5 "
        + "".join(
            f"OR json_type(row, '$[{at}]') <> '{kind}' "
            for at, kind in enumerate(("integer", "text", "text", "array", "array"))
        )
    ),
    "a step of a change makes no sense": f"step WHERE NOT ({_is_list('names')} AND {_is_list('commands')})",
    # Words of which there are few.
    "a label has a role there is not": f"shelf WHERE role NOT IN {_ROLES}",
    "a mailbox has a role there is not": f"mailbox WHERE role NOT IN {_ROLES}",
    "a change is in a state there is not": f"op WHERE state NOT IN {_OPS}",
    "a part of a change is in a state there is not": f"piece WHERE state NOT IN {_PIECES}",
    "a change does what cannot be done": (f"step WHERE verb NOT IN {_VERBS} OR destination NOT IN {_ROLES}"),
    "a message is in a state there is not": "state WHERE mood NOT BETWEEN 0 AND 2",
    # What points somewhere.
    "what some messages show is not known": (
        "state WHERE shown NOT IN (SELECT set_id FROM mark_set) "
        "OR confirmed NOT IN (SELECT set_id FROM mark_set)"
    ),
    "a set holds marks nobody knows": (
        "mark_set, json_each(marks) AS one "
        "WHERE one.type <> 'integer' OR one.value NOT IN (SELECT mark_id FROM mark)"
    ),
    "a change is about marks nobody knows": (
        "step, json_each(names) AS one "
        "WHERE one.type = 'integer' AND one.value NOT IN (SELECT mark_id FROM mark)"
    ),
    "a part of a change belongs to none": (
        "piece WHERE (op_id, step) NOT IN (SELECT op_id, step FROM step) "
        "OR op_id NOT IN (SELECT op_id FROM op) OR length(msgids) <> 8 * messages"
    ),
    "a message has lost its envelope": (
        "state LEFT JOIN message USING (msgid) WHERE message.thrid IS NOT state.thrid"
    ),
    "an envelope has lost its message": (
        "message AS m LEFT JOIN state AS s ON s.thrid = m.thrid AND s.msgid = m.msgid WHERE s.msgid IS NULL"
    ),
    "a sender is not known": "state WHERE sender NOT IN (SELECT address_id FROM address)",
    "somebody a message names is not known": (
        "message, json_tree(people) AS one WHERE one.atom IS NOT NULL "
        "AND (one.type <> 'integer' OR one.atom NOT IN (SELECT address_id FROM address))"
    ),
    "the people of a message are not in their groups": (
        "message WHERE json_array_length(people) <> 5 OR json_type(people, '$[0]') <> 'integer' "
        "OR json_type(people, '$[1]') <> 'array'"
    ),
    "a list holds a conversation there is not": _lost("entry"),
    "a list of unread mail holds a conversation there is not": _lost("unread"),
    "a message has lost its conversation": (
        "state AS s JOIN mark_set ON set_id = s.shown, json_each(marks) AS one WHERE one.value <= 3 AND "
        "NOT EXISTS (SELECT 1 FROM spot WHERE spot.thrid = s.thrid AND spot.place = one.value)"
    ),
    "a conversation stands in one place twice": "spot GROUP BY thrid, place HAVING count(*) > 1",
    "a conversation has lost its row": (
        "spot LEFT JOIN conversation USING (conversation_id) WHERE conversation.row IS NULL"
    ),
}
"""Impossibilities, each by its name: rows that no store can have."""


def contradiction(connection: sqlite3.Connection) -> str | None:
    """What in a store cannot be; None if all of it can. Raises sqlite3.Error for what SQLite itself finds."""
    for name, rows in OFFENDERS.items():
        if connection.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone() is not None:
            return name
    known = {row[0] for row in connection.execute("SELECT mark_id FROM mark")}
    for (text,) in connection.execute("SELECT DISTINCT shift FROM piece"):
        try:
            shift = parse_mark_diff(text)
        except ValueError:
            return "what a change does makes no sense"
        if shift.text() != text or not shift.add | shift.remove | shift.keep <= known:
            return "what a change does makes no sense"
    return None
