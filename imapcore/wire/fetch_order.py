"""The order a server sends data items in, as one regular expression (the fast way to read FETCH).

*Regular* items are those whose end can be found without counting. From the table of their patterns one
expression is composed for exactly the items a line begins with, ENVELOPE included. The expressions use
possessive quantifiers only: no line makes them step back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from imapcore.wire import envelope as envelopes
from imapcore.wire.datetimes import MONTHS
from imapcore.wire.envelope import Envelope
from imapcore.wire.fetched import BLANK, SLOTS, decode_name
from imapcore.wire.lexer import unescape

ENVELOPE = "ENVELOPE"
X_GM_LABELS = "X-GM-LABELS"
NO_LABEL = b"NIL"
"""Gmail has sent a bare NIL among labels; a label of that name is quoted."""

# -- values, remembered: a mailbox has few distinct flag lists, label lists and days -------------------------


@lru_cache(maxsize=1024)
def _flags(text: bytes) -> frozenset[str]:
    return frozenset(word.decode("utf-8", "replace") for word in text.split())


_LABEL = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^\s"]++)', re.DOTALL)


@lru_cache(maxsize=4096)
def _labels(text: bytes, is_utf8: bool) -> frozenset[str]:
    words = (bare if bare else unescape(quoted) for quoted, bare in _LABEL.findall(text) if bare != NO_LABEL)
    return frozenset(decode_name(word, is_utf8) for word in words if word)


@lru_cache(maxsize=4096)
def _midnight(day: bytes, zone: bytes) -> int:
    # What the pattern has checked need not be looked for again; the calendar checks the rest.
    month = _MONTHS.get(day[3:6].lower(), 0)
    days = date(int(day[7:]), month, int(day[:2])).toordinal() - _EPOCH
    minutes = 60 * int(zone[1:3]) + int(zone[3:])
    return 60_000 * (1440 * days + (minutes if zone[:1] == b"-" else -minutes))


_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = {name.lower().encode(): number for number, name in enumerate(MONTHS, 1)}


def _internaldate(text: bytes) -> int:
    # The day and the zone repeat; the time of day is six digits in fixed places.
    return _midnight(text[:11], text[-5:]) + 1000 * (
        3600 * int(text[12:14]) + 60 * int(text[15:17]) + int(text[18:20])
    )


# -- the table --------------------------------------------------------------------------------------------


class Regular(NamedTuple):
    """An item that can be part of a pattern."""

    slot: int
    pattern: bytes
    """One group holding the value, but for ENVELOPE."""
    convert: Callable[[bytes], Any]


REGULAR: dict[str, Regular] = {
    "UID": Regular(SLOTS["uid"], rb"UID ([1-9]\d{0,8}+)", int),
    "FLAGS": Regular(SLOTS["flags"], rb'FLAGS \(([^()"\x00-\x1f\x7f]*+)\)', _flags),
    "INTERNALDATE": Regular(
        SLOTS["internaldate"],
        rb'INTERNALDATE "([ \d]\d-[A-Za-z]{3}-\d{4} (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d [+-]\d{4})"',
        _internaldate,
    ),
    "RFC822.SIZE": Regular(SLOTS["size"], rb"RFC822\.SIZE (\d{1,18}+)", int),
    "MODSEQ": Regular(SLOTS["modseq"], rb"MODSEQ \((\d{1,18}+)\)", int),
    "X-GM-MSGID": Regular(SLOTS["msgid"], rb"X-GM-MSGID ([1-9]\d{0,18}+)", int),
    "X-GM-THRID": Regular(SLOTS["thrid"], rb"X-GM-THRID ([1-9]\d{0,18}+)", int),
    X_GM_LABELS: Regular(
        SLOTS["labels"],
        rb'X-GM-LABELS \(((?:[^()"\\{\x00-\x1f\x7f]++|\\|'
        rb'"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"(?=[ )]))*+)\)',
        bytes,
    ),
    ENVELOPE: Regular(SLOTS["envelope"], ENVELOPE.encode() + b" " + envelopes.PATTERN, bytes),
}
"""Items a pattern can hold: those whose end can be found without counting.

No pattern takes more digits than always make a number the general way would take, too."""


_LABELS_SLOT, _ENVELOPE_SLOT = SLOTS["labels"], SLOTS["envelope"]


class LearntOrder:
    """A pattern for one order of regular items at the start of a FETCH response."""

    __slots__ = ("_envelope", "_items", "_labels", "match", "names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        items = b" ".join(REGULAR[name].pattern for name in names)
        # After the last one: the end of the response, or more items for the general way.
        self.match = re.compile(rb"\* (\d{1,10}+) FETCH \(" + items + rb"(?:\)\Z|[ ](?=[A-Z]))", re.I).match
        self._items: list[tuple[int, int, Callable[[bytes], Any]]] = []
        self._envelope = self._labels = 0
        group = 2
        for name in names:
            if name == ENVELOPE:
                self._envelope = group
                group += 10
                continue
            if name == X_GM_LABELS:
                self._labels = group
            else:
                self._items.append((REGULAR[name].slot, group - 1, REGULAR[name].convert))
            group += 1

    def read(self, match: re.Match[bytes], is_utf8: bool) -> list[Any]:
        """The values of a ``Fetched`` from a match. Raises ValueError for a date no calendar has."""
        values = list(BLANK)
        groups = match.groups()
        values[0] = int(groups[0])
        for slot, group, convert in self._items:
            values[slot] = convert(groups[group])
        if self._labels:
            values[_LABELS_SLOT] = _labels(groups[self._labels - 1], is_utf8)
        if self._envelope:
            start = self._envelope - 1
            values[_ENVELOPE_SLOT] = Envelope(None, groups[start : start + 10])
        return values


@lru_cache(maxsize=64)
def learn_order(names: tuple[str, ...]) -> LearntOrder:
    """The pattern of an order, made once for all connections."""
    return LearntOrder(names)
