"""Frames → responses: one table of readers (RFC 3501 §7, §9, and the extensions named at each reader).

What lives here: what an untagged response's arguments mean. What may not: state; the grammar does not know
which commands are in flight. A reader gives up what it cannot read of a line and keeps the rest; a line of
which nothing is left raises ParseError. The protocol reports it as an event and goes on, so one bad line of a
server does not cost the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imapcore.wire.codes import read_capabilities, read_text, to_flags, to_names
from imapcore.wire.fetch import FetchReader
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.lexer import Lexer, ParseError
from imapcore.wire.mailbox_lines import (
    list_as,
    read_id,
    read_namespace,
    read_quota,
    read_quota_root,
    read_status,
)
from imapcore.wire.responses import (
    Capabilities,
    Condition,
    Continuation,
    Enabled,
    Exists,
    Expunged,
    ListKind,
    MailboxFlags,
    Other,
    Reader,
    Recent,
    Response,
    Status,
    Vanished,
)
from imapcore.wire.search_results import read_esearch, read_thread, read_uids, search_as
from imapcore.wire.uidset import MAX_NUMBER

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
            if number > MAX_NUMBER:
                raise ParseError("more messages than can be numbered")
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


# -- readers of the short ones ------------------------------------------------------------------------------


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
    return Vanished(read_uids(text), is_earlier)


READERS: dict[str, Reader] = {
    "CAPABILITY": _capability,
    "ENABLED": _enabled,  # RFC 5161
    "FLAGS": _flags,
    "VANISHED": _vanished,  # RFC 7162
    "LIST": list_as(ListKind.LIST),
    "LSUB": list_as(ListKind.LSUB),
    "XLIST": list_as(ListKind.XLIST),  # Gmail, before RFC 6154
    "STATUS": read_status,
    "SEARCH": search_as(False),
    "SORT": search_as(True),  # RFC 5256
    "THREAD": read_thread,  # RFC 5256
    "ESEARCH": read_esearch,  # RFC 4731, 9394
    "NAMESPACE": read_namespace,  # RFC 2342
    "ID": read_id,  # RFC 2971
    "QUOTA": read_quota,  # RFC 9208
    "QUOTAROOT": read_quota_root,
}
"""Who reads the arguments of which untagged response."""
