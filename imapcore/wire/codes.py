"""Response codes: the bracketed word a status response may begin with (RFC 3501 §7.1, RFC 5530 and others).

A code that is not known, or whose arguments make no sense, is a plain ``Code`` with its text: a server
that invents one (Exchange does) costs nothing but its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from imapcore.wire.lexer import Lexer, ParseError
from imapcore.wire.uidset import MAX_NUMBER, NO_UIDS, Range, UidSet, parse_ranges


@dataclass(frozen=True, slots=True)
class Code:
    """A response code; its subclasses are those whose arguments have a type."""

    name: str
    """Upper case: ``ALERT``, ``UIDNEXT`` …"""
    text: str = ""
    """The arguments as they came."""


@dataclass(frozen=True, slots=True)
class NumberCode(Code):
    """UIDNEXT, UIDVALIDITY, UNSEEN, HIGHESTMODSEQ, APPENDLIMIT …: one number."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class CapabilityCode(Code):
    """The capabilities, sent along with a greeting or an OK (RFC 3501 §7.1)."""

    capabilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PermanentFlags(Code):
    r"""The flags a client may change for good; ``\*`` among them means new keywords may be made."""

    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BadCharset(Code):
    """The charsets SEARCH knows, after one it does not."""

    charsets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppendUid(Code):
    """Where APPEND put the message (RFC 4315 §3)."""

    uidvalidity: int = 0
    uids: UidSet = NO_UIDS


MOST_COPIED = 1_000_000
"""Messages of one COPY: two ranges of nine octets can name four thousand million."""


@dataclass(frozen=True, slots=True)
class CopyUid(Code):
    """Where COPY or MOVE put the messages (RFC 4315 §3): two lists that pair in the order written."""

    uidvalidity: int = 0
    source: tuple[Range, ...] = ()
    destination: tuple[Range, ...] = ()

    def pairs(self) -> Iterator[tuple[int, int]]:
        """(old uid, new uid), one at a time; ends with the shorter list, or after ``MOST_COPIED``."""
        pairs = zip(_numbers(self.source), _numbers(self.destination), strict=False)
        return islice(pairs, MOST_COPIED)


def _numbers(ranges: tuple[Range, ...]) -> Iterator[int]:
    return chain.from_iterable(range(low, high + 1) for low, high in ranges)


@dataclass(frozen=True, slots=True)
class Modified(Code):
    """The messages a conditional STORE left alone (RFC 7162 §3.1.3)."""

    uids: UidSet = NO_UIDS


@dataclass(frozen=True, slots=True)
class MailboxId(Code):
    """The mailbox's object id (RFC 8474 §4.2)."""

    mailboxid: str = ""


def to_names(words: list[bytes]) -> frozenset[str]:
    """Words of the grammar as a set of upper-case names."""
    return frozenset(word.decode("ascii", "replace").upper() for word in words)


def to_flags(words: list[bytes]) -> frozenset[str]:
    """Flags and keywords as text, spelled as the server does."""
    return frozenset(word.decode("utf-8", "replace") for word in words)


def read_capabilities(lexer: Lexer) -> frozenset[str]:
    """Words to the end, whatever the spacing (some servers end the list with a space)."""
    return to_names(lexer.rest().split())


def _number_to(most: int, least: int = 0) -> Callable[[str, str, Lexer], Code]:
    def read(name: str, text: str, lexer: Lexer) -> Code:
        number = lexer.number()
        lexer.end()
        if not least <= number <= most:
            raise lexer.fail(f"a number from {least} to {most}")
        return NumberCode(name, text, number)

    return read


_MOST_MODSEQ = (1 << 63) - 1


def _capability(name: str, text: str, lexer: Lexer) -> Code:
    return CapabilityCode(name, text, read_capabilities(lexer))


def _permanent_flags(name: str, text: str, lexer: Lexer) -> Code:
    return PermanentFlags(name, text, to_flags(lexer.strings()))


def _bad_charset(name: str, text: str, lexer: Lexer) -> Code:
    words = lexer.strings() if lexer.is_list() else lexer.rest().split()
    return BadCharset(name, text, tuple(word.decode("ascii", "replace") for word in words))


def _append_uid(name: str, text: str, lexer: Lexer) -> Code:
    uidvalidity = lexer.number()
    lexer.space()
    return AppendUid(name, text, uidvalidity, UidSet.parse(lexer.atom()))


def _copy_uid(name: str, text: str, lexer: Lexer) -> Code:
    uidvalidity = lexer.number()
    lexer.space()
    source = parse_ranges(lexer.atom())
    lexer.space()
    return CopyUid(name, text, uidvalidity, source, parse_ranges(lexer.atom()))


def _modified(name: str, text: str, lexer: Lexer) -> Code:
    return Modified(name, text, UidSet.parse(lexer.atom()))


def _mailbox_id(name: str, text: str, lexer: Lexer) -> Code:
    return MailboxId(name, text, b"".join(lexer.strings()).decode("ascii", "replace"))


READERS: dict[str, Callable[[str, str, Lexer], Code]] = {
    "UIDNEXT": _number_to(MAX_NUMBER + 1, 1),
    "UIDVALIDITY": _number_to(MAX_NUMBER, 1),
    "UNSEEN": _number_to(MAX_NUMBER),
    "HIGHESTMODSEQ": _number_to(_MOST_MODSEQ),
    "APPENDLIMIT": _number_to(_MOST_MODSEQ),
    "CAPABILITY": _capability,
    "PERMANENTFLAGS": _permanent_flags,
    "BADCHARSET": _bad_charset,
    "APPENDUID": _append_uid,
    "COPYUID": _copy_uid,
    "MODIFIED": _modified,
    "MAILBOXID": _mailbox_id,
}
"""Who reads the arguments of which code."""

# Brackets inside strings and lists do not end a code: a keyword may hold "]".
_CODE = re.compile(rb'\[((?:[^\]"(]|"(?:[^"\\]|\\.)*+"|\([^)]*+\))*+)\][ ]?|\[([^\]]*+)\][ ]?')
_NAME = re.compile(rb"[^\s(=]+")


def read_text(data: bytes) -> tuple[Code | None, str]:
    """``resp-text``: the code, if there is one, and the human text, which may be missing."""
    match = _CODE.match(data)
    if match is None:
        return None, data.decode("utf-8", "replace").strip()
    text = data[match.end() :].decode("utf-8", "replace").strip()
    return read_code(match[1] if match[1] is not None else match[2]), text


def read_code(data: bytes) -> Code | None:
    """The inside of the brackets; None when there is not even a word."""
    match = _NAME.match(data.strip())
    if match is None:
        return None
    name = match[0].decode("ascii", "replace").upper()
    arguments = data.strip()[match.end() :].strip()
    text = arguments.decode("utf-8", "replace")
    reader = READERS.get(name)
    if reader is None or not (arguments or reader is _capability):
        return Code(name, text)
    try:
        return reader(name, text, Lexer.over(arguments))
    except (ParseError, ValueError):
        return Code(name, text)
