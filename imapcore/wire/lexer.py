"""Frames → tokens: atoms, numbers, strings, lists (RFC 3501 §4, §9).

What lives here: a cursor over one frame. What may not: the meaning of any token. Reading is by regular
expressions anchored at the cursor, each of which looks at a byte once. Nothing recurses, so nesting costs
a server nothing of our stack.

Where servers are known to err a reader is lenient; each such place says who errs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TypeAlias

from imapcore.errors import LimitExceeded, ProtocolError
from imapcore.wire.framing import Frame, Limits


class ParseError(ProtocolError):
    """A response that does not follow the grammar. The session can go on without it."""

    title = "The server sent a response that cannot be read"


Value: TypeAlias = "bytes | list[Value] | None"
"""A token nobody has a type for: a string or atom, NIL, or a list of such."""

# Anything but the delimiters is an atom here: servers send flags with brackets, labels with "+" or "["
# first, 8-bit names and bare backslashes, none of which RFC 3501's atom allows.
_ATOM = re.compile(rb'[^\x00-\x20()"\x7f]+')
_NUMBER = re.compile(rb"\d{1,20}")
_QUOTED = re.compile(rb'"([^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+)"', re.DOTALL)
# A quote that no delimiter follows does not end the string: Gmail has sent display names with bare quotes.
_SLOPPY = re.compile(rb'"((?:[^"\\]|\\.|"(?![ )]|\Z))*+)"', re.DOTALL)
_DELIMITED = re.compile(_QUOTED.pattern + rb"(?=[ )])", re.DOTALL)
_LITERAL = re.compile(rb"~?\{(\d{1,20})\+?\}\r\n")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
# One token of a value nobody needs: its parentheses are counted, its strings passed over.
_SKIPPED = re.compile(rb'[ \t]+|\(+|\)+|"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"|[^\x00-\x20()"\x7f]+', re.DOTALL)

_AFTER_STRING = (b"", b" ", b")", b"]")

_SPACE, _QUOTE, _OPEN, _CLOSE, _BRACE, _TILDE = b' "(){~'


def unescape(quoted: bytes) -> bytes:
    r"""Undo ``\"`` and ``\\`` once, in the content of a quoted string."""
    return _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted


class Lexer:
    """A cursor over one frame. Every reader moves it past what it returns, or raises ParseError."""

    __slots__ = ("_has_ends", "_literals", "_streamed", "data", "limits", "pos")

    def __init__(self, frame: Frame, pos: int = 0, limits: Limits | None = None) -> None:
        self.data = frame.raw
        self.pos = pos
        self.limits = limits or Limits()
        self._streamed = dict(frame.streamed) if frame.streamed else None
        self._literals = frame.literals
        self._has_ends = True

    @classmethod
    def over(cls, text: bytes) -> Lexer:
        """A cursor over text that holds no literals."""
        return cls(Frame(text))

    # -- looking ---------------------------------------------------------------------------------

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.pos >= len(self.data)

    def peek(self) -> int:
        """The next byte, -1 at the end."""
        return self.data[self.pos] if self.pos < len(self.data) else -1

    def fail(self, expected: str) -> ParseError:
        """The error to raise here. Names the place, not the content: that may be private."""
        return ParseError(f"expected {expected} at byte {self.pos} of {len(self.data)}")

    # -- moving ----------------------------------------------------------------------------------

    def skip(self, literal: bytes) -> bool:
        """Move past these bytes if they are next."""
        if self.data.startswith(literal, self.pos):
            self.pos += len(literal)
            return True
        return False

    def expect(self, literal: bytes) -> None:
        """Move past these bytes, which must be next."""
        if not self.skip(literal):
            raise self.fail(repr(literal.decode("ascii")))

    def spaces(self) -> None:
        """Move past any number of spaces, none included."""
        data, pos = self.data, self.pos
        while pos < len(data) and data[pos] in b" \t":
            pos += 1
        self.pos = pos

    def space(self) -> None:
        """Move past the one space that must be here; some servers send several."""
        if self.peek() != _SPACE:
            raise self.fail("a space")
        self.spaces()

    def rest(self) -> bytes:
        """Everything that is left."""
        text = self.data[self.pos :]
        self.pos = len(self.data)
        return text

    def end(self) -> None:
        """Nothing may be left but spaces (Gmail, Exchange and others leave one)."""
        self.spaces()
        if not self.is_at_end:
            raise self.fail("the end of the response")

    # -- tokens ----------------------------------------------------------------------------------

    def match(self, pattern: re.Pattern[bytes], expected: str) -> re.Match[bytes]:
        """Move past a pattern that must match here."""
        match = pattern.match(self.data, self.pos)
        if match is None:
            raise self.fail(expected)
        self.pos = match.end()
        return match

    def atom(self) -> bytes:
        """A run of bytes up to a space, parenthesis, quote or control character."""
        return self.match(_ATOM, "an atom")[0]

    def keyword(self) -> str:
        """An atom as a name of the grammar: upper case, never encoded."""
        return self.atom().decode("ascii", "replace").upper()

    def number(self) -> int:
        """Digits: up to 20 of them, so any unsigned 64-bit value."""
        return int(self.match(_NUMBER, "a number")[0])

    def string(self) -> bytes:
        """A quoted string or a literal, as the bytes it stands for."""
        byte = self.peek()
        if byte == _QUOTE:
            return self._quoted()
        if byte in (_BRACE, _TILDE):
            return self._literal()
        raise self.fail("a string")

    def _quoted(self) -> bytes:
        match = _QUOTED.match(self.data, self.pos)
        is_delimited = match is not None and self.data[match.end() : match.end() + 1] in _AFTER_STRING
        if not is_delimited and self._has_ends:
            sloppy = _SLOPPY.match(self.data, self.pos)
            # Where no string ends from here to the end of the frame, none does further on: look only once.
            self._has_ends = sloppy is not None
            match = sloppy or match
        if match is None:
            raise self.fail("a closing quote")
        self.pos = match.end()
        return unescape(match[1])

    def _literal(self) -> bytes:
        match = self.match(_LITERAL, "a literal")
        if self._streamed is not None and match.end() in self._streamed:
            return b""
        size = int(match[1])
        start = self.pos
        if start + size > len(self.data):
            raise self.fail("the bytes of a literal")
        self.pos = start + size
        return self.data[start : self.pos]

    @property
    def streamed_size(self) -> int | None:
        """If a literal that was handed on in pieces stands here, its size."""
        if self._streamed is None:
            return None
        match = _LITERAL.match(self.data, self.pos)
        return self._streamed.get(match.end()) if match else None

    def astring(self) -> bytes:
        """A string, or an atom as it stands (mailbox names come either way)."""
        return self.string() if self.is_string() else self.atom()

    def nstring(self) -> bytes | None:
        """A string or NIL; a bare atom is taken as a string, as some servers omit quotes."""
        if self.is_string():
            return self.string()
        atom = self.atom()
        return None if atom.upper() == b"NIL" else atom

    def is_string(self) -> bool:
        """Whether a quoted string or a literal stands here."""
        byte = self.peek()
        if byte in (_BRACE, _TILDE):
            return _LITERAL.match(self.data, self.pos) is not None
        return byte == _QUOTE

    def is_list(self) -> bool:
        """Whether a parenthesis opens here."""
        return self.peek() == _OPEN

    def more(self) -> bool:
        """Inside a list: whether another element follows; moves past the separator or the end."""
        self.spaces()
        if self.peek() == _CLOSE:
            self.pos += 1
            return False
        if self.is_at_end:
            raise self.fail("a closing parenthesis")
        return True

    def nstrings(self) -> list[bytes | None]:
        """A flat list of strings, atoms and NIL; NIL for the whole list is the empty one."""
        if not self.is_list():
            start = self.pos
            if self.nstring() is None:
                return []
            self.pos = start
            raise self.fail("a list")
        self.pos += 1
        found: list[bytes | None] = []
        while self.more():
            self._check_items(len(found))
            found.append(self.nstring())
        return found

    def astrings(self, *, without: bytes = b"") -> list[bytes]:
        """A flat list of astrings, without a certain atom; NIL for the whole list is the empty one."""
        if not self.is_list():
            return self.strings()
        self.pos += 1
        found: list[bytes] = []
        while self.more():
            self._check_items(len(found))
            if self.peek() == _QUOTE:
                # No name has bare quotes, so an open one would only swallow what follows.
                found.append(unescape(self.match(_DELIMITED, "a string and its end")[1]))
            elif self.is_string():
                found.append(self._literal())
            elif (atom := self.atom()) != without:
                found.append(atom)
        return found

    def strings(self) -> list[bytes]:
        """A flat list of strings and atoms, without any NIL in it."""
        return [each for each in self.nstrings() if each is not None]

    def value(self) -> Value:
        """Whatever stands here, lists nested up to the limit, without recursion."""
        if not self.is_list():
            return self.nstring()
        self.pos += 1
        outermost: list[Value] = []
        stack = [outermost]
        count = 0
        while True:
            if not self.more():
                stack.pop()
                if not stack:
                    return outermost
                continue
            count += 1
            self._check_items(count)
            if self.is_list():
                if len(stack) >= self.limits.nesting:
                    raise LimitExceeded(f"lists nested more than {self.limits.nesting} deep")
                self.pos += 1
                inner: list[Value] = []
                stack[-1].append(inner)
                stack.append(inner)
            else:
                stack[-1].append(self.nstring())

    def skip_value(self) -> None:
        """Move past a value without making anything of it, however deep its lists are nested."""
        depth = 0
        while True:
            if self.peek() in (_BRACE, _TILDE) and self.is_string():
                self._literal()
            else:
                token = self.match(_SKIPPED, "a value")[0]
                if token[:1] == b"(":
                    depth += len(token)
                elif token[:1] == b")":
                    # Behind the value stands the end of the list that it is in.
                    self.pos -= max(0, len(token) - depth)
                    depth -= min(depth, len(token)) or 1
                elif token[:1] in b" \t":
                    continue
            if depth < 0:
                raise self.fail("a value")
            if depth == 0:
                return

    def skip_section(self, pattern: re.Pattern[bytes]) -> None:
        """Move past the brackets of an item's name, if it has any."""
        match = pattern.match(self.data, self.pos)
        if match is not None:
            self.pos = match.end()

    def is_in_literal(self, at: int) -> bool:
        """Whether a byte is part of a literal, in which nothing has a meaning."""
        index = bisect_right(self._literals, at, key=lambda literal: literal[0]) - 1
        return index >= 0 and at < self._literals[index][1]

    def _check_items(self, count: int) -> None:
        if count > self.limits.items:
            raise LimitExceeded(f"a list of more than {self.limits.items} elements")
