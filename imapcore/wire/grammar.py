"""Frames → responses: one table of readers (RFC 3501 §7, §9, and the extensions named at each reader).

What lives here: what an untagged response's arguments mean. What may not: state; the grammar does not know
which commands are in flight. A line that cannot be read raises ParseError; the protocol reports it as an
event and goes on, so one bad line of a server does not cost the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from imapcore.errors import LimitExceeded
from imapcore.wire.codes import read_capabilities, read_text, to_flags, to_names
from imapcore.wire.fetch import FetchReader
from imapcore.wire.fetched import decode_name
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.lexer import Lexer, ParseError, Value
from imapcore.wire.responses import (
    Capabilities,
    Condition,
    Continuation,
    Enabled,
    Exists,
    Expunged,
    ExtendedSearchResult,
    Listed,
    ListKind,
    MailboxFlags,
    MailboxStatus,
    Namespace,
    Namespaces,
    Other,
    PartialResult,
    Quota,
    QuotaResource,
    QuotaRoots,
    Recent,
    Response,
    SearchResult,
    ServerId,
    Status,
    ThreadResult,
    Vanished,
)
from imapcore.wire.uidset import UidSet

_CONDITION = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_TAG = re.compile(rb'([^\x00-\x20()"{\x7f%*+\\]{1,64}+) ')
_WORD = re.compile(rb"[A-Za-z][A-Za-z0-9.\-_]*+")
_NUMBERED = re.compile(rb"\* (\d{1,20}+)[ ]+([A-Za-z]+)", re.ASCII)
_STAR, _PLUS = b"*+"


class Grammar:
    """Reads the responses of one connection. ``is_utf8`` says how its server spells names now."""

    __slots__ = ("_fetch", "_limits")

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._fetch = FetchReader(self._limits)

    @property
    def is_utf8(self) -> bool:
        """Whether names are UTF-8 (ENABLE UTF8=ACCEPT was answered) or modified UTF-7."""
        return self._fetch.is_utf8

    @is_utf8.setter
    def is_utf8(self, value: bool) -> None:
        self._fetch.is_utf8 = value

    def read(self, frame: Frame) -> Response:
        """The response in a frame. Raises ParseError."""
        fetched = self._fetch.recognize(frame)
        if fetched is not None:
            return fetched
        raw = frame.raw
        first = raw[0] if raw else -1
        if first == _STAR:
            numbered = _NUMBERED.match(raw)
            if numbered is not None:
                return self._read_numbered(frame, numbered)
            return self._read_untagged(frame)
        if first == _PLUS:
            # "+" without the space the RFC wants has been seen from several servers.
            return Continuation(raw[1:].strip())
        return self._read_tagged(raw)

    def _read_numbered(self, frame: Frame, match: re.Match[bytes]) -> Response:
        name = match[2].upper()
        if name == b"FETCH":
            return self._fetch.read(frame)
        number = int(match[1])
        if name in _COUNTS:
            return _COUNTS[name](number)
        return Other(name.decode("ascii"), number, frame.raw[match.end() :].lstrip())

    def _read_tagged(self, raw: bytes) -> Status:
        tag = _TAG.match(raw)
        condition = _CONDITION.match(raw, tag.end()) if tag else None
        if tag is None or condition is None:
            raise ParseError("neither untagged, nor tagged, nor a continuation")
        return _status(tag[1].decode("ascii", "replace"), raw, condition)

    def _read_untagged(self, frame: Frame) -> Response:
        raw = frame.raw
        if raw[1:2] != b" ":
            raise ParseError("an asterisk without a response")
        condition = _CONDITION.match(raw, 2)
        if condition is not None:
            return _status(None, raw, condition)
        lexer = Lexer(frame, 2, self._limits)
        name = lexer.match(_WORD, "the name of a response")[0].decode("ascii").upper()
        reader = READERS.get(name)
        if reader is None:
            return Other(name, None, lexer.rest().lstrip())
        lexer.spaces()
        return reader(lexer, self.is_utf8)


def _status(tag: str | None, raw: bytes, condition: re.Match[bytes]) -> Status:
    code, text = read_text(raw[condition.end() :].lstrip())
    return Status(tag, Condition(condition[1].decode("ascii").upper()), code, text)


_COUNTS: dict[bytes, Callable[[int], Response]] = {
    b"EXISTS": Exists,
    b"RECENT": Recent,
    b"EXPUNGE": Expunged,
}


# -- readers: (lexer after the name, whether names are UTF-8) → response -----------------------------------


def _capability(lexer: Lexer, _: bool) -> Response:
    return Capabilities(read_capabilities(lexer))


def _enabled(lexer: Lexer, _: bool) -> Response:
    return Enabled(to_names(lexer.rest().split()))


def _flags(lexer: Lexer, _: bool) -> Response:
    return MailboxFlags(to_flags(lexer.strings()))


def _vanished(lexer: Lexer, _: bool) -> Response:
    is_earlier = lexer.is_list()
    if is_earlier:
        lexer.strings()
        lexer.space()
    text = lexer.rest().strip()
    # iCloud sends VANISHED without any uid.
    return Vanished(_uid_set(text), is_earlier)


def _uid_set(text: bytes) -> UidSet:
    try:
        return UidSet.parse(text) if text else UidSet()
    except ValueError as error:
        raise ParseError(str(error)) from error


def _list_as(kind: ListKind) -> Reader:
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


def _mailbox_status(lexer: Lexer, is_utf8: bool) -> Response:
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


_MODSEQ = re.compile(rb"\([ ]*MODSEQ[ ]+(\d{1,20})[ ]*\)[ ]*\Z", re.IGNORECASE)
_NUMBERS = re.compile(rb"[\d ]*+\Z")


def _search_as(is_sorted: bool) -> Reader:
    def reader(lexer: Lexer, _: bool) -> Response:
        text = lexer.rest()
        found = _MODSEQ.search(text[-48:])
        modseq = int(found[1]) if found else None
        if found:
            text = text[: text.rindex(b"(")]
        if not _NUMBERS.match(text):
            raise ParseError("something else than numbers in a search result")
        words = text.split()
        if len(words) > 8 * lexer.limits.items:
            raise LimitExceeded("a search result of more messages than any mailbox has")
        return SearchResult(tuple([_message_number(word) for word in words]), modseq, is_sorted)

    return reader


def _message_number(word: bytes) -> int:
    if len(word) > 10:
        raise ParseError("a message number of more than 32 bits")
    return int(word)


def _esearch(lexer: Lexer, _: bool) -> Response:
    tag: str | None = None
    if lexer.is_list():
        correlator = lexer.strings()
        if len(correlator) != 2 or correlator[0].upper() != b"TAG":
            raise lexer.fail("a search correlator")
        tag = correlator[1].decode("ascii", "replace")
        lexer.spaces()
    is_uid = False
    items: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    while not lexer.is_at_end:
        name = lexer.keyword()
        lexer.spaces()
        if name == "UID":
            is_uid = True
        elif name in ("MIN", "MAX", "COUNT", "MODSEQ"):
            items[name.lower()] = lexer.number()
        elif name == "ALL":
            items["all"] = _uid_set(lexer.atom())
        elif name == "PARTIAL":
            items["partial"] = _partial(lexer.value())
        else:
            extra[name] = lexer.value()
        lexer.spaces()
    return ExtendedSearchResult(tag, is_uid, **items, extra=extra)


def _partial(value: Value) -> PartialResult:
    match value:
        case [bytes() as span, bytes() as uids]:
            return PartialResult(span.decode("ascii", "replace"), _uid_set(uids))
        case [bytes() as span, None]:
            return PartialResult(span.decode("ascii", "replace"), UidSet())
        case _:
            raise ParseError("a partial result without range and numbers")


_THREAD_TOKEN = re.compile(rb"[()]|\d{1,10}")
_THREAD = re.compile(rb"[()\d ]*+\Z")


def _thread(lexer: Lexer, _: bool) -> Response:
    text = lexer.rest()
    if not _THREAD.match(text):
        raise ParseError("something else than numbers and parentheses in THREAD")
    threads: list[tuple[tuple[int, int | None], ...]] = []
    nodes: list[tuple[int, int | None]] = []
    # For each open parenthesis, the depth its first message stands at. Conversations can nest as deep as
    # they are long, so this counts instead of recursing, and no limit but the line's applies.
    starts: list[int] = []
    depth = 0
    is_first = True
    for token in _THREAD_TOKEN.findall(text):
        if token == b"(":
            if starts and is_first:
                # A parenthesis right after another: siblings whose parent the mailbox lacks (RFC 5256 §4).
                nodes.append((depth, None))
                depth += 1
            starts.append(depth)
            is_first = True
        elif token == b")":
            if not starts:
                raise ParseError("a closing parenthesis too many")
            depth = starts.pop()
            is_first = False
            if not starts:
                threads.append(tuple(nodes))
                nodes.clear()
                depth = 0
        elif not starts:
            raise ParseError("a message outside of any thread")
        else:
            nodes.append((depth, int(token)))
            depth += 1
            is_first = False
    if starts:
        raise ParseError("a parenthesis that is not closed")
    return ThreadResult(tuple(threads))


def _namespace(lexer: Lexer, is_utf8: bool) -> Response:
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


def _id(lexer: Lexer, _: bool) -> Response:
    words = lexer.nstrings()
    fields: dict[str, str | None] = {}
    for name, value in zip(words[::2], words[1::2], strict=False):
        if name is not None:
            text = None if value is None else value.decode("utf-8", "replace")
            fields[name.decode("utf-8", "replace").lower()] = text
    lexer.end()
    return ServerId(fields)


def _quota(lexer: Lexer, _: bool) -> Response:
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


def _quota_root(lexer: Lexer, is_utf8: bool) -> Response:
    mailbox = decode_name(lexer.astring(), is_utf8)
    roots = []
    lexer.spaces()
    while not lexer.is_at_end:
        roots.append(lexer.astring().decode("utf-8", "replace"))
        lexer.spaces()
    return QuotaRoots(_inbox(mailbox), tuple(roots))


Reader = Callable[[Lexer, bool], Response]

READERS: dict[str, Reader] = {
    "CAPABILITY": _capability,
    "ENABLED": _enabled,  # RFC 5161
    "FLAGS": _flags,
    "VANISHED": _vanished,  # RFC 7162
    "LIST": _list_as(ListKind.LIST),
    "LSUB": _list_as(ListKind.LSUB),
    "XLIST": _list_as(ListKind.XLIST),  # Gmail, before RFC 6154
    "STATUS": _mailbox_status,
    "SEARCH": _search_as(False),
    "SORT": _search_as(True),  # RFC 5256
    "THREAD": _thread,  # RFC 5256
    "ESEARCH": _esearch,  # RFC 4731, 9394
    "NAMESPACE": _namespace,  # RFC 2342
    "ID": _id,  # RFC 2971
    "QUOTA": _quota,  # RFC 9208
    "QUOTAROOT": _quota_root,
}
"""Who reads the arguments of which untagged response."""
