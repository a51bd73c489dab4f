"""Values → bytes of a command, with no way for a value to become a command of its own (RFC 3501 §4, §9).

What lives here: atoms, strings, literals, sets, dates, names. What may not: which command takes which.

A command is built as a list of pieces. CR, LF and NUL are refused everywhere but in a literal, whose bytes
are counted. Whether a literal waits for the server's go-ahead is decided here too, from what the server
can do (RFC 7888): LITERAL+ never waits, LITERAL- does not up to 4096 bytes, else it waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from imapcore.errors import InvalidArgument
from imapcore.wire import mutf7
from imapcore.wire.uidset import UidSet

LITERAL_MINUS_MAX = 4096
"""RFC 7888 §5: the largest literal LITERAL- lets through without waiting."""

QUOTED_MAX = 1000
"""Longer strings go as literals: servers limit the length of a line."""


class LiteralMode(Enum):
    """What the server lets us do about literals."""

    SYNC = "sync"
    MINUS = "LITERAL-"
    PLUS = "LITERAL+"


class Secret(Struct, frozen=True):
    """A password or token. Shows itself to nobody but the wire."""

    value: str | bytes

    def __str__(self) -> str:
        return "•••"

    def __repr__(self) -> str:
        return "Secret(•••)"

    def reveal(self) -> bytes:
        """The bytes, for the wire only."""
        return self.value if isinstance(self.value, bytes) else self.value.encode("utf-8")


class Chunk(Struct, frozen=True):
    """Bytes that may be sent in one go."""

    data: bytes
    is_secret: bool = False
    """Whether the transcript must not show them."""
    waits: bool = False
    """Whether the server's ``+`` must come before anything after them."""

    def __repr__(self) -> str:
        return f"Chunk({'•••' if self.is_secret else self.data!r}, waits={self.waits})"


_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
_FLAG = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[\]^_`a-z|}~]+")
_FORBIDDEN = re.compile(rb"[\r\n\x00]")
_LITERAL_END = re.compile(rb"\{\d+[+\-]?\}[ ]*\Z")


class Encoder:
    """Builds one command line; ``capabilities`` are the server's, ``is_utf8`` is the spelling of names."""

    __slots__ = ("_chunks", "_is_first", "_text", "capabilities", "has_8bit", "is_utf8", "literals")

    def __init__(self, *, capabilities: frozenset[str] = frozenset(), is_utf8: bool = False) -> None:
        self.capabilities = capabilities
        self.literals = literal_mode(capabilities)
        self.is_utf8 = is_utf8
        self.has_8bit = False
        """Whether any string so far was not ASCII: SEARCH must then name its charset."""
        self._chunks: list[Chunk] = []
        self._text = bytearray()
        self._is_first = True

    # -- structure -----------------------------------------------------------------------------------

    def _separate(self) -> None:
        if self._is_first:
            self._is_first = False
        else:
            self._text += b" "

    def open(self) -> Encoder:
        """Begin a list."""
        self._separate()
        self._text += b"("
        self._is_first = True
        return self

    def close(self) -> Encoder:
        """End a list."""
        self._text += b")"
        self._is_first = False
        return self

    def chunks(self, tag: str) -> list[Chunk]:
        """The whole command, tag and CRLF included, cut where it must wait or be kept secret."""
        text = bytes(self._text) + b"\r\n"
        first, *rest = [*self._chunks, Chunk(text)]
        return [Chunk(tag.encode("ascii") + b" " + first.data, first.is_secret, first.waits), *rest]

    # -- what the grammar fixes -------------------------------------------------------------------------

    def word(self, word: str) -> Encoder:
        """A word of the grammar: a command, an item. Raises InvalidArgument unless it is an atom."""
        if not _ATOM.fullmatch(word):
            raise InvalidArgument(f"not an atom: {_shown(word)}")
        return self._raw(word.encode("ascii"))

    def raw(self, text: str | bytes) -> Encoder:
        """Text the caller has spelled himself: still no CR, LF, NUL, and no literal announced at its end."""
        data = text.encode("utf-8") if isinstance(text, str) else text
        _refuse_breaks(data)
        if _LITERAL_END.search(data):
            raise InvalidArgument("an argument must not end in {n}: the server would wait for a literal")
        return self._raw(data)

    def _raw(self, data: bytes) -> Encoder:
        self._separate()
        self._text += data
        return self

    def number(self, number: int, bits: int = 64) -> Encoder:
        """A number, 0 to 2^bits - 1."""
        if not 0 <= number < 1 << bits:
            raise InvalidArgument(f"not an unsigned {bits}-bit number: {number}")
        return self._raw(str(number).encode("ascii"))

    def uids(self, uids: UidSet) -> Encoder:
        """A sequence set, which must not be empty."""
        if not uids:
            raise InvalidArgument("an empty set of messages")
        return self._raw(str(uids).encode("ascii"))

    def flags(self, flags: Iterable[str]) -> Encoder:
        r"""A list of flags and keywords: atoms, with ``\`` before the system's own."""
        self.open()
        for flag in sorted(flags):
            if not _FLAG.fullmatch(flag):
                raise InvalidArgument(f"not a flag: {_shown(flag)}")
            self._raw(flag.encode("ascii"))
        return self.close()

    # -- what comes from people ----------------------------------------------------------------------------

    def string(self, text: str | bytes) -> Encoder:
        """A quoted string if it can be one, else a literal."""
        data = text.encode("utf-8") if isinstance(text, str) else text
        if b"\x00" in data:
            raise InvalidArgument("NUL cannot be sent")
        self.has_8bit = self.has_8bit or not data.isascii()
        if len(data) > QUOTED_MAX or b"\r" in data or b"\n" in data or not (self.is_utf8 or data.isascii()):
            return self.literal(data)
        return self._raw(_quote(data))

    def quoted(self, text: str) -> Encoder:
        """Always quoted; raises InvalidArgument for what a quoted string cannot hold."""
        data = text.encode("utf-8")
        _refuse_breaks(data)
        if not (self.is_utf8 or data.isascii()):
            raise InvalidArgument("text outside ASCII cannot be quoted here")
        return self._raw(_quote(data))

    def nstring(self, text: str | None) -> Encoder:
        """A string or NIL."""
        return self._raw(b"NIL") if text is None else self.string(text)

    def mailbox(self, name: str) -> Encoder:
        """A mailbox name in the spelling the server expects now, quoted. No CR, LF, NUL, no empty name."""
        if not name:
            raise InvalidArgument("a mailbox needs a name")
        return self.pattern(name)

    def pattern(self, name: str) -> Encoder:
        """A reference or pattern of LIST: like a name, but may be empty."""
        # Modified UTF-7 could spell line ends, but no server has such a name and some would decode it.
        _refuse_breaks(name.encode("utf-8", "replace"))
        return self.quoted(name) if self.is_utf8 else self.quoted(_to_mutf7(name))

    def label(self, name: str) -> Encoder:
        r"""A label in STORE: a system label (``\Inbox``) bare, any other quoted in the current spelling."""
        if not name:
            raise InvalidArgument("a label needs a name")
        if name in SYSTEM_LABELS:
            return self._raw(name.encode("ascii"))
        return self.pattern(name)

    def secret(self, secret: Secret) -> Encoder:
        """A password or token as a quoted string or literal which no transcript will show."""
        data = secret.reveal()
        if _FORBIDDEN.search(data):
            raise InvalidArgument("a password cannot hold CR, LF or NUL")
        if data.isascii() or self.is_utf8:
            return self._secret_text(_quote(data))
        return self.literal(data, is_secret=True)

    def secret_word(self, data: bytes) -> Encoder:
        """An initial SASL response (already base64, or ``=``) which no transcript will show."""
        _refuse_breaks(data)
        return self._secret_text(data)

    def _secret_text(self, data: bytes) -> Encoder:
        self._separate()
        self._flush()
        self._chunks.append(Chunk(data, is_secret=True))
        return self

    # -- literals -------------------------------------------------------------------------------------------

    def literal(self, data: bytes, *, is_binary: bool = False, is_secret: bool = False) -> Encoder:
        """Counted bytes; ``is_binary`` sends literal8, which alone may hold NUL (RFC 3516)."""
        if not is_binary and b"\x00" in data:
            raise InvalidArgument("NUL needs a binary literal")
        self._separate()
        waits = self.literals is LiteralMode.SYNC or (
            self.literals is LiteralMode.MINUS and len(data) > LITERAL_MINUS_MAX
        )
        self._text += b"%b{%d%b}\r\n" % (b"~" if is_binary else b"", len(data), b"" if waits else b"+")
        self._flush(waits)
        self._chunks.append(Chunk(data, is_secret))
        return self

    def _flush(self, waits: bool = False) -> None:
        self._chunks.append(Chunk(bytes(self._text), waits=waits))
        self._text.clear()


SYSTEM_LABELS = frozenset(
    {"\\Inbox", "\\Sent", "\\Draft", "\\Important", "\\Starred", "\\Muted", "\\Trash", "\\Spam"}
)
"""Gmail's own values of X-GM-LABELS; a user's label with a backslash is quoted like any other."""


def literal_mode(capabilities: frozenset[str]) -> LiteralMode:
    """Which literals a server with these capabilities takes without waiting (RFC 7888, RFC 9051 §4.3)."""
    if "LITERAL+" in capabilities:
        return LiteralMode.PLUS
    if "LITERAL-" in capabilities or "IMAP4REV2" in capabilities:
        return LiteralMode.MINUS
    return LiteralMode.SYNC


def _to_mutf7(name: str) -> str:
    try:
        return mutf7.encode(name)
    except ValueError as error:
        raise InvalidArgument("a name with half a surrogate pair cannot be sent") from error


def _quote(data: bytes) -> bytes:
    return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _refuse_breaks(data: bytes) -> None:
    if _FORBIDDEN.search(data):
        raise InvalidArgument("CR, LF and NUL cannot be sent")


def _shown(text: str) -> str:
    return repr(text[:40])
