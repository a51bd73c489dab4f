"""One conversation with a server: tagged commands out, responses in, and what they said kept by type.

What lives here: the state an ``IMAP4`` object carries between two calls, and the half-public methods that
programs on top of imaplib are known to use (``_command``, ``_simple_command``, ``_untagged_response``,
``_get_response``, ``tagged_commands`` …). What does not: the commands themselves (``imap4``), sockets,
buffers and framing (``link``, over ``imapcore.net`` and ``imapcore.wire``).
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from imapcore.classic import commands, quoting
from imapcore.classic.errors import abort, error, readonly
from imapcore.classic.flags import Int2AP
from imapcore.classic.link import IMAP4_PORT, Link
from imapcore.classic.quoting import Literal, Piece, Text
from imapcore.classic.settings import debug_level
from imapcore.classic.trace import Trace
from imapcore.wire.encoder import Chunk, Encoder
from imapcore.wire.framing import Frame

Data = list[Any]
"""``bytes``, ``(header, literal)`` tuples, or one None: what imaplib's callers index into."""
Reply = tuple[str, Data]

_STATUSES = ("OK", "NO", "BAD")
_CODED = (*_STATUSES, "PREAUTH", "BYE")
"""Untagged responses whose text may begin with a response code (RFC 3501 §7.1)."""
_SHOWN = 80
"""Bytes of a line that an error shows."""
_SECRET_FROM = {"LOGIN": 1, "AUTHENTICATE": 1}
"""Command → from which argument on it must not be shown."""
_UNTAGGED = re.compile(rb"\* (?:(\d+) )?([A-Za-z][^ (]*)(?: (.*))?", re.DOTALL)
_CODE = re.compile(rb"\[([A-Za-z][A-Za-z0-9.-]*)(?: |(?=\]))")


class Conversation(Link, Trace):
    """The part of an IMAP4 object that sends commands and files the answers."""

    error: type[error] = error
    abort: type[abort] = abort
    readonly: type[readonly] = readonly

    def __init__(self, host: str = "", port: int = IMAP4_PORT, timeout: float | None = None) -> None:
        Link.__init__(self)
        Trace.__init__(self, debug_level())
        self.state = "LOGOUT"
        self.literal: bytes | Callable[[bytes], bytes] | None = None
        self.tagged_commands: dict[bytes, Reply | None] = {}
        self.untagged_responses: dict[str, Data] = {}
        self.continuation_response: bytes = b""
        self.capabilities: tuple[str, ...] = ()
        self.PROTOCOL_VERSION = ""
        self.is_readonly = False
        self.tagnum = 0
        self.tagpre = Int2AP(random.randint(4096, 65535))
        self._idle_heard: deque[Reply] | None = None
        self._mode_ascii()
        self.open(host, port, timeout)
        try:
            self._connect()
        except BaseException:
            self._abandon()
            raise

    def _connect(self) -> None:
        """Read the greeting and learn what the server can do."""
        self.welcome = self._greeting()
        self._refresh_capabilities()
        self.untagged_responses.pop("CAPABILITY", None)
        for version in commands.AllowedVersions:
            if version in self.capabilities:
                self.PROTOCOL_VERSION = version
                return
        raise self.error("the server speaks no version of IMAP4")

    def _greeting(self) -> bytes | None:
        """The server's first line. Raises ``error`` with that line where it is none of IMAP's."""
        frame = self._get_frame()
        try:
            welcome = self._file_response(frame)
        except self.abort:
            welcome = None
        if welcome is not None and "PREAUTH" in self.untagged_responses:
            self.state = "AUTH"
        elif welcome is not None and "OK" in self.untagged_responses:
            self.state = "NONAUTH"
        else:
            raise self.error("invalid greeting: " + frame.raw[:_SHOWN].decode("utf-8", "replace"))
        return welcome

    def _refresh_capabilities(self) -> None:
        """Take over the capabilities the server has just announced unasked; ask where it has not."""
        announced = self.untagged_responses.get("CAPABILITY")
        if announced:
            self._take_capabilities(announced[-1])
        else:
            self._get_capabilities()

    def _get_capabilities(self) -> None:
        typ, data = self._untagged_response(*self._simple_command("CAPABILITY"), "CAPABILITY")
        if data == [None]:
            raise self.error(f"no CAPABILITY response from the server: {typ}")
        self._take_capabilities(data[-1])

    def _take_capabilities(self, announced: bytes) -> None:
        self.capabilities = tuple(announced.decode("ascii", "replace").upper().split())

    def _mode_ascii(self) -> None:
        self.utf8_enabled = False
        self._encoding = "ascii"

    def _mode_utf8(self) -> None:
        self.utf8_enabled = True
        self._encoding = "utf-8"

    # -- sending --------------------------------------------------------------------------------------

    def _quote(self, arg: str) -> str:
        """A text in double quotes, for callers who assemble commands themselves."""
        return '"' + arg.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def _astring(self, arg: str | bytes) -> bytes:
        """An argument as it stands where it is an atom or quoted already, else quoted; for such callers."""
        return quoting.quoted_unless_atom(arg, self._encoding)

    def _list_mailbox(self, arg: str | bytes) -> bytes:
        """The same for a pattern of LIST, whose wildcards need no quotes."""
        return quoting.quoted_unless_pattern(arg, self._encoding)

    def _new_tag(self) -> bytes:
        tag = self.tagpre + b"%d" % self.tagnum
        self.tagnum += 1
        self.tagged_commands[tag] = None
        return tag

    def _states_of(self, name: str) -> Sequence[str] | None:
        return commands.Commands.get(name)

    def _check_state(self, name: str, states: Sequence[str]) -> None:
        if self.state not in states:
            self.literal = None
            raise self.error(
                f"command {name} is illegal in state {self.state}, only allowed in {', '.join(states)}"
            )

    def _simple_command(self, name: str, *args: Text | Piece | None) -> Reply:
        return self._command_complete(name, self._command(name, *args))

    def _command(self, name: str, *args: Text | Piece | None) -> bytes:
        """Send a command and return its tag; arguments that are None are left out.

        A ``literal`` waiting on the object is sent at the end, or, if it is a function, answers the
        server's continuations.
        """
        self._check_state(name, self._states_of(name) or ())
        return self._send_command(name, args)

    def _send_command(self, name: str, args: Sequence[Text | Piece | None]) -> bytes:
        literal, self.literal = self.literal, None
        for typ in _STATUSES:
            self.untagged_responses.pop(typ, None)
        if "READ-ONLY" in self.untagged_responses and not self.is_readonly:
            raise self.readonly("mailbox status changed to READ-ONLY")
        encoder = self._encoded(name, args, literal)
        self._check_early_answers()
        tag = self._new_tag()
        self._send_chunks(tag, encoder.chunks(tag.decode("ascii")))
        if callable(literal):
            while self._continued(tag):
                self._send_line(literal(self.continuation_response), is_secret=True)
        return tag

    def _check_early_answers(self) -> None:
        """End the connection if an answer is there that no command in flight has asked for.

        Whoever can write into the connection, or a server that guesses the next tag, could have a command
        succeed that was never carried out.
        """
        for line in self._waiting_lines():
            if line[:1] in (b"*", b"+", b""):
                continue
            if self.tagged_commands.get(line.partition(b" ")[0], ()) is not None:
                self.shutdown()
                raise self.abort(f"an answer came before its command: {line[:_SHOWN]!r}")

    def _send_line(self, line: bytes, *, is_secret: bool = False) -> None:
        """Send what is no command of its own: an answer to a challenge, DONE."""
        self._note_sent([Chunk(line, is_secret)])
        self._transmit(line + b"\r\n")

    def _encoded(self, name: str, args: Sequence[Text | Piece | None], literal: object) -> Encoder:
        encoder = Encoder(is_utf8=self.utf8_enabled).raw(name)
        secret_from = _SECRET_FROM.get(name, len(args))
        for position, arg in enumerate(args):
            if isinstance(arg, Literal):
                _encode_literal(encoder, arg, is_secret=position >= secret_from)
            elif arg is not None:
                word = quoting.to_bytes(arg, self._encoding)
                _ = encoder.secret_word(word) if position >= secret_from else encoder.raw(word)
        if isinstance(literal, bytes):
            encoder.literal(literal)
        return encoder

    def _send_chunks(self, tag: bytes, chunks: Sequence[Chunk]) -> None:
        """Send what may go in one go together; stop where the server refuses to take more."""
        self._note_sent(chunks)
        ready = bytearray()
        for chunk in chunks:
            ready += chunk.data
            if chunk.waits:
                self._transmit(bytes(ready))
                ready.clear()
                if not self._continued(tag):
                    return
        self._transmit(bytes(ready))

    def _continued(self, tag: bytes) -> bool:
        """Wait until the server asks for more (True) or has answered the command (False)."""
        while self._get_response() is not None:
            if self.tagged_commands[tag] is not None:
                return False
        return True

    # -- receiving ------------------------------------------------------------------------------------

    def _command_complete(self, name: str, tag: bytes) -> Reply:
        """Wait for a command's tagged response. Raises ``error`` for BAD, ``abort`` if the server leaves."""
        is_goodbye = name == "LOGOUT"
        if not is_goodbye:
            self._check_bye()
        try:
            typ, data = self._get_tagged_response(tag, expect_bye=is_goodbye)
        except self.abort as lost:
            if self.debug >= 1:
                self.print_log()
            raise self.abort(f"command: {name} => {lost}") from lost
        if not is_goodbye:
            self._check_bye()
        if typ == "BAD":
            raise self.error(f"{name} command error: {typ} {data!r}")
        return typ, data

    def _get_tagged_response(self, tag: bytes, expect_bye: bool = False) -> Reply:
        while True:
            reply = self.tagged_commands[tag]
            if reply is not None:
                del self.tagged_commands[tag]
                return reply
            if expect_bye:
                goodbye = self.untagged_responses.pop("BYE", None)
                if goodbye is not None:
                    return "BYE", goodbye
            self._check_bye()
            self._get_response()

    def _check_bye(self) -> None:
        goodbye = self.untagged_responses.get("BYE")
        if goodbye:
            raise self.abort(goodbye[-1].decode(self._encoding, "replace"))

    def _untagged_response(self, typ: str, dat: Data, name: str) -> Reply:
        """Take what was heard under ``name``; the reply itself if it is NO, ``[None]`` if nothing was."""
        if typ == "NO":
            return typ, dat
        return typ, self.untagged_responses.pop(name, [None])

    def _get_response(self) -> bytes | None:
        """Read one response and file it: its first line, or None for a request to continue."""
        return self._file_response(self._get_frame())

    def _wait_for_response(self, timeout: float | None) -> bool:
        """Read one response and file it, if it comes within ``timeout`` seconds; None waits for ever."""
        frame = self._wait_for_frame(timeout)
        if frame is None:
            return False
        self._file_response(frame)
        return True

    def _file_response(self, frame: Frame) -> bytes | None:
        self._note_received(frame)
        line, literals = frame.raw, _with_literals(frame) if frame.literals else None
        if literals:
            line = literals[0][0]
        if b"\n" in line or (literals and b"\n" in literals[-1]):
            raise self.abort(f"socket error: unterminated line: {line[:80]!r}")
        if line[:2] == b"* ":
            self._file_untagged(line, literals)
        elif line[:2] in (b"+ ", b"+"):
            self.continuation_response = line[2:]
            return None
        else:
            self._file_tagged(line)
        return line

    def _file_tagged(self, line: bytes) -> None:
        tag, _, rest = line.partition(b" ")
        kind, _, text = rest.partition(b" ")
        typ = _type_of(kind)
        if typ not in _STATUSES:
            raise self.abort(f"unexpected response: {line!r}")
        if tag not in self.tagged_commands:
            raise self.abort(f"unexpected tagged response: {line!r}")
        self.tagged_commands[tag] = (typ, [text])
        self._file_code(text)
        self._tell(typ, text)

    def _file_untagged(self, line: bytes, literals: Data | None) -> None:
        match = _UNTAGGED.fullmatch(line)
        if match is None:
            raise self.abort(f"unexpected response: {line[:80]!r}")
        number, kind, text = match.groups(b"")
        typ = _type_of(kind)
        if number:
            text = number + b" " + text if text else number
        if literals:
            literals[0] = (text, literals[0][1])
        self._keep(typ, literals or [text])
        if typ in _CODED:
            self._file_code(text)
        if self.debug:
            self._tell(typ, text)

    def _file_code(self, text: bytes) -> None:
        """Keep a response code (RFC 3501 §7.1) as if it were a response: ``[UIDNEXT 9] …`` → UIDNEXT."""
        match = _CODE.match(text)
        if match is not None:
            end = _end_of_code(text, match.end())
            if end is not None:
                self._keep(match[1].decode("ascii").upper(), [text[match.end() : end]])

    def _keep(self, typ: str, data: Data) -> None:
        if self._idle_heard is not None:
            self._idle_heard.append((typ, data))
        else:
            self.untagged_responses.setdefault(typ, []).extend(data)

    def _tell(self, typ: str, text: bytes) -> None:
        if self.debug >= 5:
            self._mesg(f"response: {typ}")
        if self.debug >= 1 and typ in ("NO", "BAD", "BYE"):
            self._mesg(f"{typ} response: {text!r}")


@lru_cache(maxsize=64)
def _type_of(word: bytes) -> str:
    return word.decode("ascii", "replace").upper()


def _with_literals(frame: Frame) -> Data:
    """Pairs of header and literal, the header without its line end; then what follows the last one."""
    raw, at = frame.raw, 0
    data: Data = []
    for start, end in frame.literals:
        data.append((raw[at : start - 2], raw[start:end]))
        at = end
    data.append(raw[at:])
    return data


def _encode_literal(encoder: Encoder, piece: Literal, *, is_secret: bool) -> None:
    if piece.is_utf8_message:
        encoder.word("UTF8").open().literal(piece.data, is_binary=True).close()
    else:
        encoder.literal(piece.data, is_secret=is_secret)


def _end_of_code(text: bytes, start: int) -> int | None:
    """Where a response code's ``]`` is: brackets inside it, as in Gmail's flag ``[test]``, come in pairs."""
    depth = parens = 0
    for position in range(start, len(text)):
        char = text[position]
        if char == 0x5B:
            depth += 1
        elif char == 0x28:
            parens += 1
        elif char == 0x29:
            parens -= 1
        elif char == 0x5D:
            if depth == 0 and parens <= 0:
                return position
            depth = max(depth - 1, 0)
    return None
