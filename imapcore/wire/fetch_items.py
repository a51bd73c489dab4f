"""Data items one by one: the general way to read FETCH (RFC 3501 §7.4.2; each extension's where it is named).

One table says who reads which item. Lenient where servers err; a reader that raises ParseError costs its
own item (``fetch`` goes on behind it), and so does an ENVELOPE or BODYSTRUCTURE that makes no sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from imapcore.wire.bodystructure import BodyStructure, build_bodystructure
from imapcore.wire.datetimes import parse_internaldate
from imapcore.wire.envelope import build_envelope
from imapcore.wire.fetch_order import ENVELOPE, NO_LABEL, X_GM_LABELS
from imapcore.wire.fetched import NOTHING, SLOTS, decode_name, section_key
from imapcore.wire.lexer import Lexer, ParseError, Value
from imapcore.wire.uidset import MAX_NUMBER

ItemReader = Callable[[Lexer, list[Any], bool], None]
"""Reads the item at the lexer into the values; the last argument says whether names are UTF-8."""

# Header names may be quoted and are folded to upper case anyway; nothing sensible has "]" in it.
SECTION = re.compile(rb"\[([^\]\r\n]*+)\](?:<(\d{1,20}+)(?:\.\d{1,20}+)?>)?")


MOST_MODSEQ = (1 << 63) - 1
"""RFC 7162 §7 and RFC 9051 §9 (``number64``): modseqs and sizes have 63 bits."""

MOST_ID = (1 << 64) - 1
"""X-GM-MSGID and X-GM-THRID are unsigned numbers of 64 bits, in Google's words."""


def _set(slot: str, read: Callable[[Lexer], Any]) -> ItemReader:
    index = SLOTS[slot]

    def reader(lexer: Lexer, values: list[Any], _: bool) -> None:
        values[index] = read(lexer)

    return reader


def note_unreadable(values: list[Any], name: str) -> None:
    """An item was sent and could not be read."""
    values[_UNREADABLE] = (*values[_UNREADABLE], name)


_UNREADABLE = SLOTS["unreadable"]


def put_item(values: list[Any], slot: str, key: str, value: Any) -> None:
    """Add to one of the mappings among the values."""
    index = SLOTS[slot]
    if values[index] is NOTHING:
        values[index] = {}
    values[index][key] = value


def _read_flags(lexer: Lexer) -> frozenset[str]:
    return frozenset(word.decode("utf-8", "replace") for word in lexer.astrings())


def _read_modseq(lexer: Lexer) -> int:
    lexer.expect(b"(")
    number = lexer.number()
    if number > MOST_MODSEQ:
        raise lexer.fail("a modseq of 63 bits")
    lexer.spaces()
    lexer.expect(b")")
    return number


def _number(least: int, most: int) -> Callable[[Lexer], int | None]:
    def read(lexer: Lexer) -> int | None:
        # Quoted numbers, and decimals such as mail.ru's "1024.0", have been seen; the fraction means nothing.
        text = lexer.nstring()
        if text is None:
            return None
        whole = text.partition(b".")[0]
        if not whole.isdigit() or len(whole) > 20 or not least <= int(whole) <= most:
            raise lexer.fail(f"a number from {least} to {most}")
        return int(whole)

    return read


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


def _read_labels(lexer: Lexer, values: list[Any], is_utf8: bool) -> None:
    values[SLOTS["labels"]] = frozenset(
        decode_name(word, is_utf8) for word in lexer.astrings(without=NO_LABEL) if word
    )


def _read_built(slot: str, item: str, build: Callable[[Value], Any]) -> ItemReader:
    """An item made of nested lists. One that makes no sense must not cost the rest of the message."""
    index = SLOTS[slot]

    def reader(lexer: Lexer, values: list[Any], _: bool) -> None:
        value = lexer.value()
        try:
            values[index] = build(value)
        except ParseError:
            put_item(values, "extra", item, value)
            note_unreadable(values, item)

    return reader


def _build_structure(value: Value) -> BodyStructure | None:
    return None if value is None else build_bodystructure(value)


_read_structure = _read_built("bodystructure", "BODYSTRUCTURE", _build_structure)


def _read_section(slot: str) -> ItemReader:
    def reader(lexer: Lexer, values: list[Any], _: bool) -> None:
        match = lexer.match(SECTION, "a section")
        lexer.space()
        key = section_key(match[1].decode("ascii", "replace"))
        _put_section(lexer, values, slot, key + f"<{int(match[2])}>" if match[2] else key)

    return reader


def _read_rfc822(key: str) -> ItemReader:
    def reader(lexer: Lexer, values: list[Any], _: bool) -> None:
        _put_section(lexer, values, "sections", key)

    return reader


def _put_section(lexer: Lexer, values: list[Any], slot: str, key: str) -> None:
    size = lexer.streamed_size
    if size is not None:
        put_item(values, "streamed", key, size)
    put_item(values, slot, key, lexer.nstring())


def _read_body(lexer: Lexer, values: list[Any], is_utf8: bool) -> None:
    if lexer.peek() == ord("["):
        _read_section("sections")(lexer, values, is_utf8)
        return
    lexer.space()
    if values[SLOTS["bodystructure"]] is None:
        _read_structure(lexer, values, is_utf8)
    else:
        lexer.value()


def _read_binary_size(lexer: Lexer, values: list[Any], _: bool) -> None:
    match = lexer.match(SECTION, "a section")
    lexer.space()
    put_item(values, "extra", f"BINARY.SIZE[{match[1].decode('ascii', 'replace')}]", lexer.value())


SECTIONED: dict[str, ItemReader] = {
    "BODY": _read_body,
    "BINARY": _read_section("binary"),
    "BINARY.SIZE": _read_binary_size,
}
"""Items whose name goes on with brackets."""

ITEMS: dict[str, ItemReader] = {
    "UID": _set("uid", _number(1, MAX_NUMBER)),
    "FLAGS": _set("flags", _read_flags),
    "INTERNALDATE": _set("internaldate", _read_date),
    "RFC822.SIZE": _set("size", _number(0, MOST_MODSEQ)),
    "MODSEQ": _set("modseq", _read_modseq),
    "X-GM-MSGID": _set("msgid", _number(1, MOST_ID)),
    "X-GM-THRID": _set("thrid", _number(1, MOST_ID)),
    X_GM_LABELS: _read_labels,
    ENVELOPE: _read_built("envelope", ENVELOPE, build_envelope),
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
