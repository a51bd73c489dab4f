"""LIST, STATUS, QUOTA, NAMESPACE and ID: reading what is said of mailboxes and the account.

RFC 3501 §7.2, 5258, 9208, 2342, 2971. Names of mailboxes are decoded here, as the server spells them now.
"""

from __future__ import annotations

from typing import Any

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
        attributes = to_flags(lexer.strings())
        lexer.space()
        delimiter = lexer.nstring()
        lexer.space()
        name = decode_name(_name(lexer), is_utf8)
        extended: dict[str, Value] = {}
        lexer.spaces()
        if lexer.is_list():
            extended = _pairs(lexer.value())
        lexer.end()
        text = delimiter.decode("utf-8", "replace") if delimiter else None
        return Listed(_inbox(name), text, attributes, kind, extended)

    return reader


def _name(lexer: Lexer) -> bytes:
    """A mailbox name: an astring, but where a bare name holds spaces or parentheses, all to the end."""
    start = lexer.pos
    if lexer.is_string():
        return lexer.string()
    name = lexer.atom()
    if not lexer.is_at_end and lexer.peek() != 0x20:
        lexer.pos = start
        return lexer.rest()
    return name


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
    # The name is whatever stands before the last list: Gmail sends "+Folder" bare, others names with spaces.
    name = lexer.string() if lexer.is_string() else _before_list(lexer)
    lexer.spaces()
    items: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    for key, value in _pairs(lexer.value()).items():
        if key in _STATUS_NUMBERS:
            items[_STATUS_NUMBERS[key]] = _int(value)
        elif key == "MAILBOXID" and isinstance(value, list) and value and isinstance(value[0], bytes):
            items["mailboxid"] = value[0].decode("ascii", "replace")
        else:
            extra[key] = value
    lexer.end()
    return MailboxStatus(_inbox(decode_name(name, is_utf8)), **items, extra=extra)


def _before_list(lexer: Lexer) -> bytes:
    at = lexer.data.rfind(b" (", lexer.pos)
    if at < 0:
        raise lexer.fail("a list of status items")
    name = lexer.data[lexer.pos : at]
    lexer.pos = at + 1
    return name


def _int(value: Value) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 20 else None


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
