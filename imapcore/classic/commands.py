"""Which command is allowed in which state, as imaplib's public table.

What every IMAP server has comes from the protocol's own table; added are the commands only this face
knows. Programs extend ``Commands`` (``Commands['X'] = ('AUTH', 'SELECTED')``); it is asked each time.
"""

from __future__ import annotations

from imapcore.protocol.commands.table import ANY, RULES
from imapcore.protocol.state import State

AllowedVersions = ("IMAP4REV1", "IMAP4")
"""Protocol versions this face speaks, best first."""

_NAMES = {State.NOT_AUTHENTICATED: "NONAUTH", State.AUTHENTICATED: "AUTH", State.SELECTED: "SELECTED"}
_SIGNED_IN = ("AUTH", "SELECTED")
_ADDED: dict[tuple[str, ...], str] = {
    # RFC 5161 §3.1 allows ENABLE before a mailbox is selected; only RFC 9051 is wider.
    ("AUTH",): "ENABLE PROXYAUTH",
    _SIGNED_IN: "DELETEACL EXAMINE GETACL GETANNOTATION MYRIGHTS SETACL SETANNOTATION SETQUOTA",
    ("SELECTED",): "PARTIAL UID",
}


def _states(states: frozenset[State]) -> tuple[str, ...]:
    named = tuple(name for state, name in _NAMES.items() if state in states)
    return (*named, "LOGOUT") if states == ANY else named


Commands: dict[str, tuple[str, ...]] = {
    **{name: _states(rule.states) for name, rule in RULES.items() if " " not in name},
    **{name: states for states, names in _ADDED.items() for name in names.split()},
}
"""Command → the states it is valid in."""
