"""Gmail's ids as the store keeps them. Pure.

X-GM-MSGID and X-GM-THRID are unsigned numbers of 64 bits; SQLite's integers have a sign. The upper half goes
to the negative numbers, and comes back from there, so that every id has its row. Real ones follow
INTERNALDATE and will not get there in this age.
"""

from __future__ import annotations

_MOST = (1 << 63) - 1
_ALL = 1 << 64
MILLISECONDS = 20
"""Shifted by so many bits, an id is the moment its message came, in milliseconds since 1970. Undocumented."""
FIRST_DAY = 1_080_777_600_000
"""1 April 2004: there was no Gmail before. Milliseconds since 1970."""


def stored_id(number: int) -> int:
    """An id as the wire has it → as the store keeps it."""
    return number if number <= _MOST else number - _ALL


def wire_id(number: int) -> int:
    """An id as the store keeps it → as the wire has it."""
    return number if number >= 0 else number + _ALL


def date_of_id(number: int, now: int) -> int | None:
    """When a message came, in milliseconds since 1970, by its id as the wire has it; None if that is no
    moment before ``now``.
    """
    moment = number >> MILLISECONDS
    return moment if FIRST_DAY <= moment <= now else None
