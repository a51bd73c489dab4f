"""How a command ends: OK, NO or BAD with Gmail's words (RFC 3501 §7.1)."""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.simulator import gmail_texts


@dataclass(frozen=True, slots=True)
class Reply:
    """The tagged line that ends a command, without its tag."""

    status: str
    """``OK``, ``NO`` or ``BAD``."""
    text: str = gmail_texts.SUCCESS


SUCCESS = Reply("OK")


class Refusal(Exception):
    """A command that is understood and not done: its tagged NO."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.reply = Reply("NO", text)


class Farewell(Exception):
    """The connection ends now, with this untagged BYE line (none: a bare close)."""

    def __init__(self, line: str = "") -> None:
        super().__init__(line)
        self.line = line
