r"""From Python values to the bytes of a command: when to quote, when to leave alone, what to refuse.

The rule of imaplib's documentation, per position in a command:

- in a place for a *string* (mailbox, user, a value in SEARCH …) an argument is quoted where its
  characters demand it; one in parentheses, or already one whole quoted string, is left alone;
- in a place for *program text* (a SEARCH program, FETCH items, a message set …) it is sent as it stands;
- the password is always quoted.

CR, LF and NUL are refused everywhere: no argument can start a second command (RFC 3501 §9 ``CHAR``,
``quoted``). Nothing here knows a connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from imapcore.errors import InvalidArgument
from imapcore.wire import mutf7

Text = str | bytes | bytearray | memoryview | int
"""What a caller may write where the protocol has an atom, a number or a string."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A string that no quoted string can hold: sent as a literal after the server's ``+`` (§4.3)."""

    data: bytes = field(repr=False)
    is_utf8_message: bool = False
    """Whether it is a message that may hold UTF-8 in its header: ``UTF8 (~{310}…)`` (RFC 6855 §4)."""


Piece = bytes | Literal
"""One argument, ready to be sent."""

_ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
"""``ASTRING-CHAR`` of RFC 3501 §9: an atom, and ``]`` too."""
_PATTERN = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"\\]+")
"""``list-char``: as above, with the wildcards."""
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
"""One whole quoted string. Any escaped character is fine: callers of imaplib write ``"a\b"``."""
_ESCAPED = re.compile(rb"\\(.)")
_UNSAFE = re.compile(rb"[\r\n\x00]")

_FETCH_MACROS = (b"ALL", b"FAST", b"FULL")

STRING_KEYS = frozenset(
    {b"BCC", b"BODY", b"CC", b"FROM", b"SUBJECT", b"TEXT", b"TO", b"X-GM-RAW", b"X-GM-LABELS"}
)
"""SEARCH keys followed by one string (RFC 3501 §6.4.4, X-GM-EXT-1); HEADER is followed by two."""


def to_bytes(argument: Text, encoding: str = "ascii") -> bytes:
    """An argument as bytes, unquoted. Raises InvalidArgument for CR, LF and NUL, UnicodeEncodeError else."""
    if isinstance(argument, int):
        return b"%d" % argument
    if isinstance(argument, str):
        # A charset without a codec here is no obstacle to text that is the same in all of them.
        data = argument.encode("ascii" if argument.isascii() else encoding)
    else:
        data = bytes(argument)
    if _UNSAFE.search(data):
        raise InvalidArgument("an argument of a command may not hold CR, LF or NUL")
    return data


def quote(argument: Text, encoding: str = "ascii", charset: str | None = None) -> Piece:
    """An argument as a quoted string whatever it holds, or as a literal where no quoted string can be.

    ``encoding`` is what the connection speaks (``ascii``, or ``utf-8`` once UTF8=ACCEPT is on), ``charset``
    what this one argument is written in. A quoted string is seven bits wide (RFC 3501 §4.3) but for
    UTF8=ACCEPT (RFC 6855 §3).
    """
    data = to_bytes(argument, charset or encoding)
    if encoding != "utf-8" and not data.isascii():
        return Literal(data)
    return _in_quotes(data)


def _in_quotes(data: bytes) -> bytes:
    return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def is_enclosed(data: bytes) -> bool:
    """Whether an argument stands in parentheses or is one whole quoted string: then it is left alone."""
    return (data[:1] == b"(" and data[-1:] == b")") or _QUOTED.fullmatch(data) is not None


def astring(argument: Text, encoding: str = "ascii", charset: str | None = None) -> Piece:
    """A string argument, quoted where necessary."""
    return _unless(_ATOM, argument, encoding, charset)


def mailbox(argument: Text, encoding: str = "ascii") -> Piece:
    """A mailbox name, quoted where necessary; one outside ASCII is first spelled in modified UTF-7.

    ASCII names are taken as they are, so a name read from LIST can be handed back.
    """
    return _unless(_ATOM, _spelled(argument, encoding), encoding)


def quoted_unless_atom(argument: str | bytes, encoding: str = "ascii") -> bytes:
    """``astring`` for callers who assemble a command themselves: always bytes, never a literal.

    Quoting twice is quoting once. CR, LF and NUL are refused when the command is sent.
    """
    return _plain_or_quoted(_ATOM, argument, encoding)


def quoted_unless_pattern(argument: str | bytes, encoding: str = "ascii") -> bytes:
    """``list_mailbox`` for such callers; a name outside ASCII is not spelled in modified UTF-7."""
    return _plain_or_quoted(_PATTERN, argument, encoding)


def _plain_or_quoted(plain: re.Pattern[bytes], argument: str | bytes, encoding: str) -> bytes:
    data = argument.encode(encoding) if isinstance(argument, str) else bytes(argument)
    if plain.fullmatch(data) or _QUOTED.fullmatch(data):
        return data
    return _in_quotes(data)


def list_mailbox(argument: Text, encoding: str = "ascii") -> Piece:
    """A pattern for LIST and LSUB: as ``mailbox``, and the wildcards ``*`` and ``%`` need no quoting."""
    return _unless(_PATTERN, _spelled(argument, encoding), encoding)


def parenthesized(argument: Text, encoding: str = "ascii") -> bytes:
    """A list argument (flags, STATUS names), in parentheses if the caller gave none."""
    data = to_bytes(argument, encoding)
    return data if data[:1] == b"(" and data[-1:] == b")" else b"(" + data + b")"


def fetch_items(argument: Text, encoding: str = "ascii") -> bytes:
    """The items of FETCH, in parentheses if the caller gave none; the macros may have none (§6.4.5)."""
    data = to_bytes(argument, encoding)
    return data if data.upper() in _FETCH_MACROS else parenthesized(data, encoding)


def search_program(
    criteria: Iterable[Text | None], encoding: str = "ascii", charset: str | None = None
) -> list[Piece]:
    r"""The criteria of SEARCH, SORT and THREAD: the value after a key that takes a string is quoted.

    Only a key that ends an argument claims the next one: ``("FROM", "Bob B")`` becomes ``FROM "Bob B"``,
    while ``("FROM Bob UNSEEN",)`` is a program and sent as it stands. ``HEADER`` claims two; ``KEYWORD``
    and its like take an atom and claim none.
    """
    pieces: list[Piece] = []
    strings_due = 0
    for criterion in criteria:
        if criterion is None:
            continue
        word = to_bytes(criterion, charset or encoding)
        # No header field has a space in its name: an argument with one is name and value in one.
        if strings_due and not (strings_due == 2 and b" " in word and not is_enclosed(word)):
            pieces.append(astring(criterion, encoding, charset))
            strings_due -= 1
        else:
            pieces.append(word)
            strings_due = _strings_due(word.upper().split(b" ")[-2:])
    return pieces


def _strings_due(last_words: list[bytes]) -> int:
    if last_words[-1] == b"HEADER":
        return 2
    return int(last_words[-1] in STRING_KEYS or last_words[0] == b"HEADER")


def extension_argument(argument: Text, encoding: str = "ascii") -> Piece:
    r"""An argument whose grammar is unknown: one token (atom, flag, list, section) stays; else quoted."""
    data = to_bytes(argument, encoding)
    return data if data and _is_one_token(data) else quote(argument, encoding)


def _unless(plain: re.Pattern[bytes], argument: Text, encoding: str, charset: str | None = None) -> Piece:
    data = to_bytes(argument, charset or encoding)
    if plain.fullmatch(data):
        return data
    if not is_enclosed(data):
        return quote(data, encoding)
    if data[:1] == b'"' and encoding != "utf-8" and not data.isascii():
        return Literal(_ESCAPED.sub(rb"\1", data[1:-1]))
    return data


def _spelled(argument: Text, encoding: str) -> Text:
    if isinstance(argument, str) and encoding == "ascii" and not argument.isascii():
        return mutf7.encode(argument)
    return argument


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[()\[\]]|[^\x00-\x20\x7f"()\[\]]+| ')
_OPENERS = {b"(": b")", b"[": b"]"}


def _is_one_token(data: bytes) -> bool:
    """Whether brackets and quotes balance and no space stands outside them."""
    open_until: list[bytes] = []
    position = 0
    while position < len(data):
        token = _TOKEN.match(data, position)
        if token is None:
            return False
        text = token[0]
        if text in _OPENERS:
            open_until.append(_OPENERS[text])
        elif text in (b")", b"]"):
            if not open_until or open_until.pop() != text:
                return False
        elif text == b" " and not open_until:
            return False
        position = token.end()
    return not open_until
