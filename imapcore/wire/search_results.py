"""SEARCH, SORT, ESEARCH and THREAD: reading what was found (RFC 3501 §7.2.5, 4731, 5256, 9394).

Results can be as long as a mailbox and conversations as deep as they are long, so nothing here recurses and
ranges stay ranges.
"""

from __future__ import annotations

import re
from typing import Any

from imapcore.errors import LimitExceeded
from imapcore.wire.lexer import Lexer, ParseError, Value
from imapcore.wire.responses import (
    ExtendedSearchResult,
    PartialResult,
    Reader,
    Response,
    SearchResult,
    ThreadResult,
)
from imapcore.wire.uidset import MAX_NUMBER, UidSet


def read_uids(text: bytes) -> UidSet:
    """A set of message numbers, perhaps empty. Raises ParseError."""
    try:
        return UidSet.parse(text) if text else UidSet()
    except ValueError as error:
        raise ParseError(str(error)) from error


_MODSEQ = re.compile(rb"\([ ]*MODSEQ[ ]+(\d{1,20})[ ]*\)[ ]*\Z", re.IGNORECASE)
_NUMBERS = re.compile(rb"[\d ]*+\Z")


def search_as(is_sorted: bool) -> Reader:
    """The reader of SEARCH, or of SORT."""

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
    number = int(word) if len(word) <= 10 else MAX_NUMBER + 1
    if number > MAX_NUMBER:
        raise ParseError("a message number of more than 32 bits")
    return number


_RETURNED = re.compile(rb"[ ](?:UID|MIN|MAX|COUNT|MODSEQ|ALL|PARTIAL)(?:[ ]|\Z)", re.IGNORECASE)


def read_esearch(lexer: Lexer, _: bool) -> Response:
    """ESEARCH (RFC 4731, 9394). What cannot be read of it is passed over and named."""
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
    unreadable: list[str] = []
    problem: ParseError | LimitExceeded | None = None
    while not lexer.is_at_end:
        name = ""
        try:
            name = lexer.keyword()
            lexer.spaces()
            if name == "UID":
                is_uid = True
            elif name in ("MIN", "MAX", "COUNT", "MODSEQ"):
                items[name.lower()] = lexer.number()
            elif name == "ALL":
                items["all"] = _closed(read_uids(lexer.atom()))
            elif name == "PARTIAL":
                items["partial"] = _partial(lexer.value())
            else:
                extra[name] = lexer.value()
        except (ParseError, LimitExceeded) as error:
            problem = problem or error
            unreadable.append(name)
            following = _RETURNED.search(lexer.data, lexer.pos)
            lexer.pos = len(lexer.data) if following is None else following.start()
        lexer.spaces()
    if problem is not None and not (items or extra):
        raise problem
    return ExtendedSearchResult(tag, is_uid, **items, extra=extra, unreadable=tuple(unreadable))


def _closed(uids: UidSet) -> UidSet:
    """A result names its messages: ``*`` would be one that only the server knows."""
    if uids.is_open:
        raise ParseError("a result with an open set")
    return uids


def _partial(value: Value) -> PartialResult:
    match value:
        case [bytes() as span, bytes() as uids]:
            return PartialResult(span.decode("ascii", "replace"), read_uids(uids))
        case [bytes() as span, None]:
            return PartialResult(span.decode("ascii", "replace"), UidSet())
        case _:
            raise ParseError("a partial result without range and numbers")


_THREAD_TOKEN = re.compile(rb"[()]|\d{1,10}")
_THREAD = re.compile(rb"[()\d ]*+\Z")


def read_thread(lexer: Lexer, _: bool) -> Response:
    """THREAD (RFC 5256)."""
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
