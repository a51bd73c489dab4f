"""Which command is allowed in which state (RFC 3501 §6), as data a caller may read and extend.

``Commands`` is imaplib's public table: programs add to it (``Commands['ID'] = ('AUTH', 'SELECTED')``)
and it is asked before every command.
"""

from __future__ import annotations

AllowedVersions = ("IMAP4REV1", "IMAP4")
"""Protocol versions this face speaks, best first."""

NONAUTH, AUTH, SELECTED, LOGOUT = "NONAUTH", "AUTH", "SELECTED", "LOGOUT"
_ANY = (NONAUTH, AUTH, SELECTED, LOGOUT)
_SIGNED_IN = (AUTH, SELECTED)

_BY_STATES: dict[tuple[str, ...], str] = {
    _ANY: "CAPABILITY LOGOUT NOOP",
    (NONAUTH,): "AUTHENTICATE LOGIN STARTTLS",
    (AUTH,): "ENABLE PROXYAUTH",
    _SIGNED_IN: (
        "APPEND CREATE DELETE DELETEACL EXAMINE GETACL GETANNOTATION GETQUOTA GETQUOTAROOT IDLE LIST LSUB"
        " MYRIGHTS NAMESPACE RENAME SELECT SETACL SETANNOTATION SETQUOTA STATUS SUBSCRIBE UNSUBSCRIBE"
    ),
    (SELECTED,): ("CHECK CLOSE COPY EXPUNGE FETCH MOVE PARTIAL SEARCH SORT STORE THREAD UID UNSELECT"),
}

Commands: dict[str, tuple[str, ...]] = {
    name: states for states, names in _BY_STATES.items() for name in names.split()
}
"""Command → the states it is valid in."""
