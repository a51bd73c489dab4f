"""ENVELOPE: the parsed header of a message (RFC 3501 §7.4.2), undecoded until it is looked at.

The strings are what the server took from the header: bytes, still MIME-encoded (RFC 2047); making them
readable is the work of ``imapcore.mime``. An envelope read by the fast pattern of ``fetch`` keeps the ten
spans the pattern has already checked and takes them apart when one is asked for, since a list of messages
shows half of them and a sync may show none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from imapcore.wire.lexer import ParseError, Value, unescape


class EnvelopeAddress(NamedTuple):
    """One address. A group begins with ``host`` None and its name in ``mailbox``, and ends with both None.

    Gmail sends a local address without a host the same way as a group's start, and some servers swap name
    and mailbox: do not rely on the difference for display.
    """

    name: bytes | None
    route: bytes | None
    mailbox: bytes | None
    host: bytes | None


Addresses = tuple[EnvelopeAddress, ...]
Fields = tuple[
    bytes | None,
    bytes | None,
    Addresses,
    Addresses,
    Addresses,
    Addresses,
    Addresses,
    Addresses,
    bytes | None,
    bytes | None,
]

_NSTRING = rb'(?:(?i:NIL)|"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+")'
_ADDRESS = rb"\(" + rb" ".join([_NSTRING] * 4) + rb"\)"
_LIST = rb"(?:(?i:NIL)|\((?:" + _ADDRESS + rb"[ ]?+)++\))"
# Sender and Reply-To mostly repeat From: comparing is quicker than reading. What repeats a whole list can be
# no part of a longer one, so there is nothing to go back for.
_AS_FROM = rb"(?>(?P=from)|" + _LIST + rb")"
PATTERN = (
    rb"\("
    + rb" ".join(
        [
            *[rb"(%b)" % _NSTRING] * 2,
            rb"(?P<from>%b)" % _LIST,
            *[rb"(%b)" % _AS_FROM] * 2,
            *[rb"(%b)" % _LIST] * 3,
            *[rb"(%b)" % _NSTRING] * 2,
        ]
    )
    + rb"\)"
)
"""An envelope in its common form, without literals, as ten groups. No step back is possible in it."""

_FIND_PLAIN = re.compile(rb"\(" + rb" ".join([rb'(?:(?i:NIL)|"([^"]*+)")'] * 4) + rb"\)")
_FIND_ADDRESS = re.compile(rb"\(" + rb" ".join([rb"(%b)" % _NSTRING] * 4) + rb"\)")


class Envelope:
    """A message's header as the server sees it. Equal when all ten fields are."""

    __slots__ = ("_fields", "_spans")

    def __init__(self, fields: Fields | None = None, spans: tuple[bytes, ...] = ()) -> None:
        """``spans`` are the ten groups of ``PATTERN``, trusted to match it; else ``fields`` are given."""
        self._fields = fields
        self._spans = spans

    @property
    def fields(self) -> Fields:
        """All ten, in the order of the RFC."""
        if self._fields is None:
            s = self._spans
            # Sender and Reply-To are mostly absent, and the server repeats From for them.
            from_ = _addresses(s[2])
            self._fields = (
                _string(s[0]),
                _string(s[1]),
                from_,
                from_ if s[3] == s[2] else _addresses(s[3]),
                from_ if s[4] == s[2] else _addresses(s[4]),
                _addresses(s[5]),
                _addresses(s[6]),
                _addresses(s[7]),
                _string(s[8]),
                _string(s[9]),
            )
            self._spans = ()
        return self._fields

    @property
    def date(self) -> bytes | None:
        """The Date header, unparsed."""
        return self.fields[0]

    @property
    def subject(self) -> bytes | None:
        """The Subject header, still MIME-encoded."""
        return self.fields[1]

    @property
    def from_(self) -> Addresses:
        """Who wrote it."""
        return self.fields[2]

    @property
    def sender(self) -> Addresses:
        """Who sent it; the server repeats ``from_`` when there is no Sender header."""
        return self.fields[3]

    @property
    def reply_to(self) -> Addresses:
        """Where answers go; the server repeats ``from_`` when there is no Reply-To header."""
        return self.fields[4]

    @property
    def to(self) -> Addresses:
        """The To header."""
        return self.fields[5]

    @property
    def cc(self) -> Addresses:
        """The Cc header."""
        return self.fields[6]

    @property
    def bcc(self) -> Addresses:
        """The Bcc header."""
        return self.fields[7]

    @property
    def in_reply_to(self) -> bytes | None:
        """The In-Reply-To header, unparsed."""
        return self.fields[8]

    @property
    def message_id(self) -> bytes | None:
        """The Message-ID header, with its angle brackets."""
        return self.fields[9]

    def __eq__(self, other: object) -> bool:
        return self.fields == other.fields if isinstance(other, Envelope) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fields)

    def __repr__(self) -> str:
        return f"Envelope({self.fields!r})"


def _string(span: bytes) -> bytes | None:
    if span[:1] != b'"':
        return None
    return unescape(span[1:-1]) if b"\\" in span else span[1:-1]


def _addresses(span: bytes) -> Addresses:
    if span[:1] != b"(":
        return ()
    # People write more than once.
    return _remembered(span) if len(span) <= _SHORT else _take_apart(span)


_SHORT = 256


@lru_cache(maxsize=4096)
def _remembered(span: bytes) -> Addresses:
    return _take_apart(span)


def _take_apart(span: bytes) -> Addresses:
    if b"\\" not in span and b'""' not in span:
        # Nothing to unescape, and an empty group can only be NIL.
        return tuple(
            [
                EnvelopeAddress(name or None, route or None, mailbox or None, host or None)
                for name, route, mailbox, host in _FIND_PLAIN.findall(span)
            ]
        )
    return tuple(
        [
            EnvelopeAddress(_string(name), _string(route), _string(mailbox), _string(host))
            for name, route, mailbox, host in _FIND_ADDRESS.findall(span)
        ]
    )


def build_envelope(value: Value) -> Envelope:
    """An envelope from its tokens: the general way, for literals and for what servers get wrong.

    Fields a server leaves off the end are missing; NIL is an envelope without any field. Raises ParseError
    when there is a list where a string must be, or the other way round.
    """
    if value is None:
        return Envelope((None, None, (), (), (), (), (), (), None, None))
    if not isinstance(value, list):
        raise ParseError("an envelope that is not a list")
    padded = [*value[:10], *[None] * (10 - len(value))]
    to = [_build_addresses(each) for each in padded[2:8]]
    return Envelope(
        (
            _plain(padded[0]),
            _plain(padded[1]),
            to[0],
            to[1],
            to[2],
            to[3],
            to[4],
            to[5],
            _plain(padded[8]),
            _plain(padded[9]),
        )
    )


def _plain(value: Value) -> bytes | None:
    if isinstance(value, list):
        raise ParseError("a list where an envelope has a string")
    return value


def _build_addresses(value: Value) -> Addresses:
    # Some servers send "" for no addresses at all.
    if not value:
        return ()
    if not isinstance(value, list):
        raise ParseError("a string where an envelope has addresses")
    found = []
    for each in value:
        if not isinstance(each, list):
            raise ParseError("an address that is not a list")
        padded = [*each, None, None, None, None]
        found.append(EnvelopeAddress(*[_plain(part) for part in padded[:4]]))
    return tuple(found)
