r"""FETCH: one message's data items, in whatever order they come (RFC 3501 §7.4.2 and its extensions).

Two ways lead to the same value. The general one reads item by item by a table. While doing so it notes
which *regular* items the line began with, and in which order; from the same table it then composes one
regular expression for exactly that beginning, ENVELOPE included, and tries it first on the lines that
follow. A server keeps its order through a whole answer (Gmail has one fixed order for everything), so
nearly every line is read by one match; any line that differs — a literal in a subject, a quote too many —
falls back to the general way. The expressions use possessive quantifiers only: no line makes them step
back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from imapcore.wire import envelope as envelopes
from imapcore.wire import mutf7
from imapcore.wire.bodystructure import BodyStructure, build_bodystructure
from imapcore.wire.datetimes import parse_internaldate
from imapcore.wire.envelope import Envelope, build_envelope
from imapcore.wire.framing import Frame, Limits
from imapcore.wire.lexer import Lexer, ParseError, Value, unescape

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Fetched(NamedTuple):
    """What one FETCH response said of one message; None (or empty) where it said nothing."""

    seq: int
    uid: int | None = None
    flags: frozenset[str] | None = None
    internaldate: int | None = None
    """Milliseconds since 1970-01-01 UTC."""
    size: int | None = None
    """RFC822.SIZE in octets."""
    modseq: int | None = None
    msgid: int | None = None
    """X-GM-MSGID."""
    thrid: int | None = None
    """X-GM-THRID."""
    labels: frozenset[str] | None = None
    r"""X-GM-LABELS, decoded; without the selected mailbox's own label (Gmail omits it)."""
    envelope: Envelope | None = None
    bodystructure: BodyStructure | None = None
    """BODYSTRUCTURE, or the plainer BODY."""
    sections: Mapping[str, bytes | None] = NOTHING
    """BODY[…] by what stands in the brackets, upper case, with ``<origin>`` if partial: ``""`` is the whole
    message, ``HEADER``, ``1.2``, ``1<0>``, ``HEADER.FIELDS (FROM TO)``. None where the server sent NIL.
    RFC822, RFC822.HEADER and RFC822.TEXT are found as ``""``, ``HEADER`` and ``TEXT``."""
    binary: Mapping[str, bytes | None] = NOTHING
    """BINARY[…], decoded by the server (RFC 3516), keyed like ``sections``."""
    streamed: Mapping[str, int] = NOTHING
    """Sizes of the sections that were handed on in pieces; they are empty in ``sections``."""
    emailid: str | None = None
    threadid: str | None = None
    preview: str | None = None
    savedate: int | None = None
    """Milliseconds since 1970-01-01 UTC."""
    extra: Mapping[str, Value] = NOTHING
    """By name: items not known here (BINARY.SIZE[…], what a server invents), and an ENVELOPE or BODYSTRUCTURE
    that makes no sense, as its tokens."""


# -- values of items, remembered: a mailbox has few distinct flag lists, label lists and days --------------


@lru_cache(maxsize=1024)
def _flags(text: bytes) -> frozenset[str]:
    return frozenset(word.decode("utf-8", "replace") for word in text.split())


_LABEL = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^\s"]++)', re.DOTALL)


@lru_cache(maxsize=4096)
def _labels(text: bytes, is_utf8: bool) -> frozenset[str]:
    words = (bare if bare else unescape(quoted) for quoted, bare in _LABEL.findall(text))
    return frozenset(decode_name(word, is_utf8) for word in words if word != b"NIL")


@lru_cache(maxsize=2048)
def _midnight(day: bytes, zone: bytes) -> int:
    return parse_internaldate(day + b" 00:00:00 " + zone)


def _internaldate(text: bytes) -> int:
    # The day and the zone repeat; the time of day is six digits in fixed places.
    return _midnight(text[:11], text[-5:]) + 1000 * (
        3600 * int(text[12:14]) + 60 * int(text[15:17]) + int(text[18:20])
    )


def decode_name(name: bytes, is_utf8: bool) -> str:
    """A mailbox or label name: UTF-8 after ENABLE UTF8=ACCEPT, modified UTF-7 before."""
    return name.decode("utf-8", "replace") if is_utf8 else mutf7.decode(name)


# -- regular items: the table behind the composed patterns -------------------------------------------------


class _Regular(NamedTuple):
    slot: int
    pattern: bytes
    """One group holding the value, but for ENVELOPE."""
    convert: Callable[[bytes], Any]


_SLOT = {name: index for index, name in enumerate(Fetched._fields)}

_ENVELOPE = "ENVELOPE"
_X_GM_LABELS = "X-GM-LABELS"

REGULAR: dict[str, _Regular] = {
    "UID": _Regular(_SLOT["uid"], rb"UID (\d{1,20}+)", int),
    "FLAGS": _Regular(_SLOT["flags"], rb'FLAGS \(([^()"\x00-\x1f]*+)\)', _flags),
    "INTERNALDATE": _Regular(
        _SLOT["internaldate"],
        rb'INTERNALDATE "([ \d]\d-[A-Za-z]{3}-\d{4} [0-2]\d:[0-5]\d:[0-5]\d [+-]\d{4})"',
        _internaldate,
    ),
    "RFC822.SIZE": _Regular(_SLOT["size"], rb"RFC822\.SIZE (\d{1,20}+)", int),
    "MODSEQ": _Regular(_SLOT["modseq"], rb"MODSEQ \((\d{1,20}+)\)", int),
    "X-GM-MSGID": _Regular(_SLOT["msgid"], rb"X-GM-MSGID (\d{1,20}+)", int),
    "X-GM-THRID": _Regular(_SLOT["thrid"], rb"X-GM-THRID (\d{1,20}+)", int),
    _X_GM_LABELS: _Regular(
        _SLOT["labels"],
        rb'X-GM-LABELS \(((?:[^()"\\{\x00-\x1f]++|\\|"[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+)*+"(?=[ )]))*+)\)',
        bytes,
    ),
    _ENVELOPE: _Regular(_SLOT["envelope"], _ENVELOPE.encode() + b" " + envelopes.PATTERN, bytes),
}
"""Items a pattern can hold: those whose end can be found without counting."""


class _Learnt:
    """A pattern for one order of regular items at the start of a FETCH response."""

    __slots__ = ("_envelope", "_items", "_labels", "match")

    def __init__(self, names: tuple[str, ...]) -> None:
        items = b" ".join(REGULAR[name].pattern for name in names)
        # After the last one: the end of the response, or more items for the general way.
        self.match = re.compile(rb"\* (\d{1,10}+) FETCH \(" + items + rb"(?:\)\Z|[ ](?=[A-Z]))", re.I).match
        self._items: list[tuple[int, int, Callable[[bytes], Any]]] = []
        self._envelope = self._labels = 0
        group = 2
        for name in names:
            if name == _ENVELOPE:
                self._envelope = group
                group += 10
                continue
            if name == _X_GM_LABELS:
                self._labels = group
            else:
                self._items.append((REGULAR[name].slot, group, REGULAR[name].convert))
            group += 1

    def read(self, match: re.Match[bytes], is_utf8: bool) -> list[Any]:
        """The values of a ``Fetched`` from a match."""
        values = _BLANK.copy()
        groups = match.groups()
        values[0] = int(groups[0])
        for slot, group, convert in self._items:
            values[slot] = convert(groups[group - 1])
        if self._labels:
            values[_SLOT["labels"]] = _labels(groups[self._labels - 1], is_utf8)
        if self._envelope:
            start = self._envelope - 1
            values[_SLOT["envelope"]] = Envelope(spans=groups[start : start + 10])
        return values


_BLANK: list[Any] = [0, *(Fetched._field_defaults[name] for name in Fetched._fields[1:])]


@lru_cache(maxsize=64)
def _learn(names: tuple[str, ...]) -> _Learnt:
    return _Learnt(names)


# -- the general way ---------------------------------------------------------------------------------------

_Reader = Callable[["FetchReader", Lexer, list[Any]], None]

_ITEM = re.compile(rb"[A-Za-z][A-Za-z0-9.\-_]*+")
# Header names may be quoted and are folded to upper case anyway; nothing sensible has "]" in it.
_SECTION = re.compile(rb"\[([^\]\r\n]*+)\](?:<(\d{1,20}+)(?:\.\d{1,20}+)?>)?")


def _set(slot: str, read: Callable[[Lexer], Any]) -> _Reader:
    index = _SLOT[slot]

    def reader(_: FetchReader, lexer: Lexer, values: list[Any]) -> None:
        values[index] = read(lexer)

    return reader


def _put(values: list[Any], slot: str, key: str, value: Any) -> None:
    index = _SLOT[slot]
    if values[index] is NOTHING:
        values[index] = {}
    values[index][key] = value


def _read_flags(lexer: Lexer) -> frozenset[str]:
    return frozenset(word.decode("utf-8", "replace") for word in lexer.strings())


def _read_modseq(lexer: Lexer) -> int:
    lexer.expect(b"(")
    number = lexer.number()
    lexer.spaces()
    lexer.expect(b")")
    return number


def _read_number(lexer: Lexer) -> int | None:
    # Quoted numbers, and decimals such as mail.ru's "1024.0", have been seen; the fraction means nothing.
    text = lexer.nstring()
    if text is None:
        return None
    whole = text.partition(b".")[0]
    if not whole.isdigit() or len(whole) > 20:
        raise lexer.fail("a number")
    return int(whole)


def _read_date(lexer: Lexer) -> int | None:
    text = lexer.nstring()
    if text is None:
        return None
    try:
        return parse_internaldate(text)
    except ValueError as error:
        raise lexer.fail("a date") from error


def _read_id(lexer: Lexer) -> str | None:
    return b"".join(lexer.strings()).decode("ascii", "replace") or None


def _read_text(lexer: Lexer) -> str | None:
    text = lexer.nstring()
    return None if text is None else text.decode("utf-8", "replace")


def _read_labels(reader: FetchReader, lexer: Lexer, values: list[Any]) -> None:
    values[_SLOT["labels"]] = frozenset(decode_name(word, reader.is_utf8) for word in lexer.strings())


def _read_built(slot: str, item: str, build: Callable[[Value], Any]) -> _Reader:
    """An item made of nested lists. One that makes no sense must not cost the rest of the message."""
    index = _SLOT[slot]

    def reader(_: FetchReader, lexer: Lexer, values: list[Any]) -> None:
        value = lexer.value()
        try:
            values[index] = build(value)
        except ParseError:
            _put(values, "extra", item, value)

    return reader


def _build_structure(value: Value) -> BodyStructure | None:
    return None if value is None else build_bodystructure(value)


_read_structure = _read_built("bodystructure", "BODYSTRUCTURE", _build_structure)


def _read_section(slot: str) -> _Reader:
    def reader(_: FetchReader, lexer: Lexer, values: list[Any]) -> None:
        match = lexer.match(_SECTION, "a section")
        lexer.space()
        key = section_key(match[1].decode("ascii", "replace"))
        _put_section(lexer, values, slot, key + f"<{int(match[2])}>" if match[2] else key)

    return reader


def _read_rfc822(key: str) -> _Reader:
    def reader(_: FetchReader, lexer: Lexer, values: list[Any]) -> None:
        _put_section(lexer, values, "sections", key)

    return reader


def _put_section(lexer: Lexer, values: list[Any], slot: str, key: str) -> None:
    size = lexer.streamed_size
    if size is not None:
        _put(values, "streamed", key, size)
    _put(values, slot, key, lexer.nstring())


def _read_body(reader: FetchReader, lexer: Lexer, values: list[Any]) -> None:
    if lexer.peek() == ord("["):
        _read_section("sections")(reader, lexer, values)
        return
    lexer.space()
    if values[_SLOT["bodystructure"]] is None:
        _read_structure(reader, lexer, values)
    else:
        lexer.value()


def _read_binary_size(_: FetchReader, lexer: Lexer, values: list[Any]) -> None:
    match = lexer.match(_SECTION, "a section")
    lexer.space()
    _put(values, "extra", f"BINARY.SIZE[{match[1].decode('ascii', 'replace')}]", lexer.value())


def section_key(section: str) -> str:
    """How ``sections`` spells a section: upper case, header names unquoted."""
    return section.replace('"', "").strip().upper()


SECTIONED: dict[str, _Reader] = {
    "BODY": _read_body,
    "BINARY": _read_section("binary"),
    "BINARY.SIZE": _read_binary_size,
}
"""Items whose name goes on with brackets."""

ITEMS: dict[str, _Reader] = {
    "UID": _set("uid", _read_number),
    "FLAGS": _set("flags", _read_flags),
    "INTERNALDATE": _set("internaldate", _read_date),
    "RFC822.SIZE": _set("size", _read_number),
    "MODSEQ": _set("modseq", _read_modseq),
    "X-GM-MSGID": _set("msgid", _read_number),
    "X-GM-THRID": _set("thrid", _read_number),
    _X_GM_LABELS: _read_labels,
    _ENVELOPE: _read_built("envelope", _ENVELOPE, build_envelope),
    "BODYSTRUCTURE": _read_structure,
    "RFC822": _read_rfc822(""),
    "RFC822.HEADER": _read_rfc822("HEADER"),
    "RFC822.TEXT": _read_rfc822("TEXT"),
    "EMAILID": _set("emailid", _read_id),
    "THREADID": _set("threadid", _read_id),
    "PREVIEW": _set("preview", _read_text),
    "SAVEDATE": _set("savedate", _read_date),
}
"""Items whose name a space follows."""


class FetchReader:
    """Reads FETCH responses of one connection, learning the order its server uses.

    ``is_utf8`` says how names are spelled: set it when ENABLE UTF8=ACCEPT has been answered.
    """

    __slots__ = ("_learnt", "_met", "is_utf8", "limits")

    KEPT = 4
    """Orders remembered at a time: an answer, and what may come unasked in between."""

    LEARN_AFTER = 8
    """Lines of one order before its pattern is composed: that takes as long as reading some twenty lines the
    general way, and the first message should not have to wait for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.is_utf8 = False
        self._learnt: list[_Learnt] = []
        self._met: dict[tuple[str, ...], int] = {}

    def read(self, frame: Frame) -> Fetched:
        """One ``* n FETCH (…)`` frame. Raises ParseError when it cannot be read."""
        return self.recognize(frame) or self._read_all(frame)

    def recognize(self, frame: Frame) -> Fetched | None:
        """A frame that begins as one of the orders learnt so far; None for any other, FETCH or not."""
        raw = frame.raw
        for index, learnt in enumerate(self._learnt):
            match = learnt.match(raw)
            if match is not None:
                if index:
                    self._learnt.insert(0, self._learnt.pop(index))
                values = learnt.read(match, self.is_utf8)
                if match.end() < len(raw):
                    self._read_items(Lexer(frame, match.end(), self.limits), values)
                return Fetched._make(values)
        return None

    def _read_all(self, frame: Frame) -> Fetched:
        lexer = Lexer(frame, 2, self.limits)
        values = _BLANK.copy()
        values[0] = lexer.number()
        lexer.match(_FETCH_NAME, "FETCH")
        lexer.expect(b"(")
        self._note_order(tuple(self._read_items(lexer, values)))
        return Fetched._make(values)

    def _note_order(self, names: tuple[str, ...]) -> None:
        count = self._met.get(names, 0) + 1
        if len(self._met) > 4 * self.KEPT:
            self._met.clear()
        self._met[names] = count
        if count < self.LEARN_AFTER or not names:
            return
        learnt = _learn(names)
        if learnt in self._learnt:
            self._learnt.remove(learnt)
        self._learnt.insert(0, learnt)
        del self._learnt[self.KEPT :]

    def _read_items(self, lexer: Lexer, values: list[Any]) -> list[str]:
        """Read items to the end; returns the regular ones the list began with, in order."""
        prefix: list[str] = []
        is_prefix = True
        while lexer.more():
            start = lexer.pos
            name = lexer.match(_ITEM, "a data item")[0].decode("ascii").upper()
            self._read_item(name, lexer, values)
            is_prefix = is_prefix and name in REGULAR and name not in prefix and lexer.pos > start
            if is_prefix:
                prefix.append(name)
        lexer.end()
        return prefix

    def _read_item(self, name: str, lexer: Lexer, values: list[Any]) -> None:
        sectioned = SECTIONED.get(name)
        if sectioned is not None:
            sectioned(self, lexer, values)
            return
        reader = ITEMS.get(name)
        if reader is not None:
            lexer.space()
            reader(self, lexer, values)
            return
        if lexer.peek() == ord("["):
            name += lexer.match(_SECTION, "a section")[0].decode("ascii", "replace")
        lexer.space()
        _put(values, "extra", name, lexer.value())


_FETCH_NAME = re.compile(rb"[ ]+FETCH[ ]+", re.IGNORECASE)
