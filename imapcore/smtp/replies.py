"""Octets → SMTP replies (RFC 5321 §4.2): three digits, some lines, perhaps an enhanced code (RFC 2034).

Pure. A reply has an end: lines and their number are bounded, and what is no reply ends the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from imapcore.errors import LimitExceeded, ProtocolError

MAX_LINE = 4096
"""Octets of a line; RFC 5321 says 512, some servers say more."""
MAX_LINES = 128
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server, whole."""

    code: int
    lines: tuple[str, ...]
    """Its text, line by line, without codes; as it came, not sanitized."""
    enhanced: str = ""

    @property
    def text(self) -> str:
        """Its lines as one."""
        return " ".join(line.strip() for line in self.lines if line.strip())


class ReplyReader:
    """Takes octets as they come and gives replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[str] = []
        self._code = 0
        self._enhanced = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come that was not yet taken."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> None:
        """Take octets."""
        self._rest += data
        if len(self._rest) > MAX_LINE * MAX_LINES:
            raise LimitExceeded("the server's answer has no end")

    def next_reply(self) -> Reply | None:
        """The next whole reply, or None. Raises ProtocolError for what is none, LimitExceeded."""
        while True:
            line, ending, rest = self._rest.partition(b"\n")
            if not ending:
                if len(line) > MAX_LINE:
                    raise LimitExceeded("a line of the server's answer has no end")
                return None
            self._rest = rest
            if self._take(line.removesuffix(b"\r")):
                reply = Reply(self._code, tuple(self._lines), self._enhanced)
                self._lines, self._code, self._enhanced = [], 0, ""
                return reply

    def _take(self, line: bytes) -> bool:
        """Take a line; whether it is its reply's last."""
        match = _LINE.fullmatch(line)
        if match is None or len(line) > MAX_LINE:
            raise ProtocolError("that is no answer of a mail server")
        code = int(match[1])
        if self._lines and code != self._code:
            raise ProtocolError("the lines of an answer contradict each other")
        if len(self._lines) >= MAX_LINES:
            raise LimitExceeded("the server's answer has no end")
        self._code = code
        text = (match[3] or b"").decode("utf-8", "replace")
        if enhanced := _ENHANCED.match(text):
            self._enhanced = self._enhanced or enhanced[1]
            text = text[enhanced.end() :]
        self._lines.append(text)
        return match[2] != b"-"
