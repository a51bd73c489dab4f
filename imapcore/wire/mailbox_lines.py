"""LIST, STATUS, QUOTA, NAMESPACE and ID: reading what is said of mailboxes and the account.

RFC 3501 §7.2, 5258, 9208, 2342, 2971. Names of mailboxes are decoded here, as the server spells them now.
"""

from __future__ import annotations

import re
from typing import Any

from imapcore.errors import LimitExceeded
from imapcore.wire.codes import to_flags
from imapcore.wire.fetched import decode_name
from imapcore.wire.lexer import Lexer, ParseError, Value
from imapcore.wire.responses import (
    Listed,
    ListKind,
    MailboxStatus,
    Namespace,
    Namespaces,
    Quota,
    QuotaResource,
    QuotaRoots,
    Reader,
    Response,
    ServerId,
)


def list_as(kind: ListKind) -> Reader:
    """The reader of LIST, LSUB or XLIST, whose lines look alike."""

    def reader(lexer: Lexer, is_utf8: bool) -> Response:
        start = lexer.pos
        try:
            attributes = to_flags(lexer.strings())
            lexer.space()
            delimiter = lexer.nstring()
            lexer.space()
        except ParseError:
            attributes, delimiter = _before_name(lexer, start)
        name, extended = _name(lexer)
        text = delimiter.decode("utf-8", "replace") if delimiter else None
        return Listed(_inbox(decode_name(name, is_utf8)), text, attributes, kind, extended)

    return reader


_DELIMITER = re.compile(rb'[ )]("(?:[^"\\]|\\.)"|NIL)[ ]+')
_ATTRIBUTE = re.compile(rb"\\[A-Za-z]+")


def _before_name(lexer: Lexer, start: int) -> tuple[frozenset[str], bytes | None]:
    """What stands before a name, in a line that is broken there: the name is what counts."""
    lexer.pos = start
    found = _DELIMITER.search(lexer.data, start)
    if found is None:
        raise lexer.fail("a delimiter")
    lexer.pos = found.end()
    attributes = to_flags(_ATTRIBUTE.findall(lexer.data, start, found.start()))
    return attributes, None if found[1] == b"NIL" else found[1][1:-1][-1:]


def _name(lexer: Lexer) -> tuple[bytes, dict[str, Value]]:
    """A mailbox name, an astring, and what is said of it after; of a bare name that holds spaces or
    parentheses all to the end belongs to it.
    """
    start = lexer.pos
    is_string = lexer.is_string()
    name = lexer.string() if is_string else lexer.atom()
    extended: dict[str, Value] = {}
    try:
        if not lexer.is_at_end and lexer.peek() != 0x20:
            raise lexer.fail("a space")
        lexer.spaces()
        if lexer.is_list():
            extended = _pairs(lexer.value())
        lexer.end()
    except (ParseError, LimitExceeded):
        if not is_string:
            lexer.pos = start
            return lexer.rest(), {}
    return name, extended


def _inbox(name: str) -> str:
    # INBOX is the one name whose case means nothing (RFC 3501 §5.1).
    return "INBOX" if name.upper() == "INBOX" else name


def _pairs(value: Value) -> dict[str, Value]:
    if not isinstance(value, list):
        raise ParseError("a word where names and values belong")
    pairs = zip(value[::2], value[1::2], strict=False)
    return {
        name.decode("utf-8", "replace").upper(): content for name, content in pairs if isinstance(name, bytes)
    }


MOST_PARENTHESES = 32
"""So many parentheses in a bare name are looked at."""

_STATUS_NUMBERS = {
    "MESSAGES": "messages",
    "RECENT": "recent",
    "UIDNEXT": "uidnext",
    "UIDVALIDITY": "uidvalidity",
    "UNSEEN": "unseen",
    "HIGHESTMODSEQ": "highestmodseq",
    "SIZE": "size",
    "DELETED": "deleted",
    "APPENDLIMIT": "appendlimit",
}


def read_status(lexer: Lexer, is_utf8: bool) -> Response:
    """STATUS."""
    if lexer.is_string():
        name = lexer.string()
        lexer.spaces()
        pairs = _status_items(lexer)
    else:
        name, pairs = _before_list(lexer)
    items: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    for key, value in pairs.items():
        if key in _STATUS_NUMBERS:
            items[_STATUS_NUMBERS[key]] = _int(value)
        elif key == "MAILBOXID" and isinstance(value, list) and value and isinstance(value[0], bytes):
            items["mailboxid"] = value[0].decode("ascii", "replace")
        else:
            extra[key] = value
    return MailboxStatus(_inbox(decode_name(name, is_utf8)), **items, extra=extra)


def _before_list(lexer: Lexer) -> tuple[bytes, dict[str, Value]]:
    """A bare name and its items. The name is what stands before the first list that reaches to the end of the
    line: Gmail sends "+Folder" bare, others names with spaces and parentheses; and an item's value may be a
    list (RFC 8474 §4.3).
    """
    start = at = lexer.pos
    for _ in range(MOST_PARENTHESES):
        at = lexer.data.find(b" (", at)
        if at < 0:
            break
        lexer.pos = at + 1
        try:
            pairs = _pairs(lexer.value())
            lexer.end()
        except (ParseError, LimitExceeded):
            at += 1
            continue
        return lexer.data[start:at], pairs
    # No list is whole: what can be read of the last one.
    at = lexer.data.rfind(b" (", start)
    if at < 0:
        raise lexer.fail("a list of status items")
    lexer.pos = at + 1
    return lexer.data[start:at], _status_items(lexer)


def _status_items(lexer: Lexer) -> dict[str, Value]:
    """Names and values; those behind one that cannot be read are missing."""
    lexer.expect(b"(")
    found: dict[str, Value] = {}
    try:
        while lexer.more():
            key = lexer.keyword()
            lexer.space()
            value = lexer.value()
            if not lexer.is_at_end:
                # At the end of a line that was cut, a number may be the half of one.
                found[key] = value
    except (ParseError, LimitExceeded):
        if not found:
            raise
    return found


def _int(value: Value) -> int | None:
    if not (isinstance(value, bytes) and value.isdigit() and len(value) <= 20):
        return None
    number = int(value)
    return number if number < 1 << 63 else None


def read_namespace(lexer: Lexer, is_utf8: bool) -> Response:
    """NAMESPACE (RFC 2342)."""
    kinds = []
    for _ in range(3):
        lexer.spaces()
        kinds.append(_namespaces(lexer.value() if not lexer.is_at_end else None, is_utf8))
    lexer.end()
    return Namespaces(*kinds)


def _namespaces(value: Value, is_utf8: bool) -> tuple[Namespace, ...]:
    found = []
    for each in value if isinstance(value, list) else ():
        match each:
            case [bytes() as prefix, bytes() | None as delimiter, *_]:
                text = delimiter.decode("utf-8", "replace") if delimiter else None
                found.append(Namespace(decode_name(prefix, is_utf8), text))
            case _:
                raise ParseError("a namespace without prefix and delimiter")
    return tuple(found)


def read_id(lexer: Lexer, _: bool) -> Response:
    """ID (RFC 2971)."""
    words = lexer.nstrings()
    fields: dict[str, str | None] = {}
    for name, value in zip(words[::2], words[1::2], strict=False):
        if name is not None:
            text = None if value is None else value.decode("utf-8", "replace")
            fields[name.decode("utf-8", "replace").lower()] = text
    lexer.end()
    return ServerId(fields)


def read_quota(lexer: Lexer, _: bool) -> Response:
    """QUOTA (RFC 9208)."""
    root = lexer.astring().decode("utf-8", "replace")
    lexer.spaces()
    words = lexer.strings()
    resources = []
    for name, usage, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
        used, most = _int(usage), _int(limit)
        if used is None or most is None:
            raise lexer.fail("numbers of a quota")
        resources.append(QuotaResource(name.decode("ascii", "replace").upper(), used, most))
    lexer.end()
    return Quota(root, tuple(resources))


def read_quota_root(lexer: Lexer, is_utf8: bool) -> Response:
    """QUOTAROOT (RFC 9208)."""
    mailbox = decode_name(lexer.astring(), is_utf8)
    roots = []
    lexer.spaces()
    while not lexer.is_at_end:
        roots.append(lexer.astring().decode("utf-8", "replace"))
        lexer.spaces()
    return QuotaRoots(_inbox(mailbox), tuple(roots))
