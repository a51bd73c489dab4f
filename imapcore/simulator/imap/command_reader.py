r"""One command's bytes, read from left to right as strictly as Gmail reads them (RFC 3501 §9).

A command is held whole, its literals in place (``… {5}\r\nhello …``). What is not exactly the grammar
raises ``ParseError``: a trailing space, two spaces, a raw 8-bit byte in a quoted string before
UTF8=ACCEPT. This is the server's own reader; the client's lexer is never used here, so that the two can
disagree.
"""

from __future__ import annotations

import re

from imapcore.wire.uidset import UidSet

_ATOM = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_ASTRING = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+')
_LIST_MAILBOX = re.compile(rb'[^\x00-\x20\x7f-\xff(){"\\]+')
_FLAG = re.compile(rb'\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
_LABEL = re.compile(rb'\\?[^\x00-\x20\x7f-\xff(){%*"\\]+')
_QUOTED = re.compile(rb'"((?:[^\x00\r\n"\\\x80-\xff]|\\["\\])*)"')
_QUOTED_UTF8 = re.compile(rb'"((?:[^\x00\r\n"\\]|\\["\\])*)"')
_LITERAL = re.compile(rb"~?\{([0-9]{1,10})\+?\}\r\n")
_ITEM = re.compile(rb"[A-Za-z0-9.-]+")
_NUMBER = re.compile(rb"[0-9]+")
_SET = re.compile(rb"[0-9*:,]+")
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)


class ParseError(Exception):
    """The command is not what the grammar says; Gmail answers BAD and tells no more."""


class Cursor:
    """A position in one command, and the readers that move it."""

    __slots__ = ("data", "is_utf8", "position")

    def __init__(self, data: bytes, *, position: int = 0, is_utf8: bool = False) -> None:
        self.data = data
        self.position = position
        self.is_utf8 = is_utf8

    # -- looking ---------------------------------------------------------------------------------

    def peek(self) -> bytes:
        """The next byte, or nothing at the end."""
        return self.data[self.position : self.position + 1]

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.data)

    # -- moving ----------------------------------------------------------------------------------

    def skip(self, expected: bytes) -> None:
        """Step over exactly these bytes."""
        if not self.data.startswith(expected, self.position):
            raise ParseError(f"expected {expected!r}")
        self.position += len(expected)

    def accept(self, expected: bytes) -> bool:
        """Step over these bytes if they are next, in any case."""
        end = self.position + len(expected)
        if self.data[self.position : end].upper() != expected:
            return False
        self.position = end
        return True

    def space(self) -> None:
        """Exactly one space."""
        self.skip(b" ")

    def end(self) -> None:
        """Nothing may be left, not even a space."""
        if not self.is_at_end:
            raise ParseError("something is left over")

    def _match(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self.data, self.position)
        if match is None:
            raise ParseError(f"expected {pattern.pattern!r}")
        self.position = match.end()
        return match.group()

    # -- tokens ----------------------------------------------------------------------------------

    def atom(self) -> str:
        """An atom, as written."""
        return self._match(_ATOM).decode("ascii")

    def keyword(self) -> str:
        """An atom in upper case: a command, an item, a search key."""
        return self.atom().upper()

    def item_as_written(self) -> str:
        """A FETCH item or a section's word, which may be followed by a bracket."""
        return self._match(_ITEM).decode("ascii")

    def item(self) -> str:
        """The same in upper case."""
        return self.item_as_written().upper()

    def number(self) -> int:
        """An unsigned number of at most 64 bits."""
        value = int(self._match(_NUMBER)[:21])
        if value >= 1 << 64:
            raise ParseError("number too large")
        return value

    def quoted(self) -> bytes:
        """A quoted string's value; raw 8-bit only after UTF8=ACCEPT, and then only UTF-8."""
        pattern = _QUOTED_UTF8 if self.is_utf8 else _QUOTED
        value = _ESCAPE.sub(rb"\1", self._match(pattern)[1:-1])
        if self.is_utf8:
            try:
                value.decode("utf-8")
            except UnicodeDecodeError as error:
                raise ParseError("not UTF-8") from error
        return value

    def literal(self) -> bytes:
        """A literal's octets."""
        match = _LITERAL.match(self.data, self.position)
        if match is None:
            raise ParseError("expected a literal")
        start = match.end()
        end = start + int(match[1])
        if end > len(self.data):
            raise ParseError("the literal is cut")
        self.position = end
        return self.data[start:end]

    def string(self) -> bytes:
        """A quoted string or a literal (RFC 3501 ``string``)."""
        return self.quoted() if self.peek() == b'"' else self.literal()

    def astring(self) -> bytes:
        """An atom, a quoted string or a literal (RFC 3501 ``astring``)."""
        # ``~`` begins an atom here: a binary literal (RFC 6855 §4) stands in APPEND only.
        return self.string() if self.peek() in (b'"', b"{") else self._match(_ASTRING)

    def ascii_string(self) -> str:
        """An astring that can only be ASCII: a charset, a header's name."""
        value = self.astring()
        if not value.isascii():
            raise ParseError("8-bit where only ASCII can be")
        return value.decode("ascii")

    def list_mailbox(self) -> bytes:
        """A LIST pattern: an astring that may hold ``%`` and ``*``."""
        return self.string() if self.peek() in (b'"', b"{") else self._match(_LIST_MAILBOX)

    def sequence_set(self) -> UidSet:
        """A set of message numbers or UIDs, ``*`` included."""
        try:
            return UidSet.parse(self._match(_SET))
        except ValueError as error:
            raise ParseError("not a sequence set") from error

    def flag(self) -> str:
        r"""A flag or keyword; ``\*`` is none."""
        return self._match(_FLAG).decode("ascii")

    def label(self) -> bytes:
        r"""A label: an astring, or ``\Inbox`` bare."""
        return self.string() if self.peek() in (b'"', b"{") else self._match(_LABEL)
