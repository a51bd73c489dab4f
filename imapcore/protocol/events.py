"""What the protocol tells whoever drives it, past tense.

Answers to commands do not appear here but in the commands' results; these are the rest: what the server
says of its own accord, and turning points of the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imapcore.errors import GimapError
from imapcore.wire.framing import Piece
from imapcore.wire.responses import Response

if TYPE_CHECKING:
    from imapcore.protocol.sent import Sent


@dataclass(frozen=True, slots=True)
class Greeted:
    """The server's first line came."""

    is_preauthenticated: bool
    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """A command ended, well or not: look at ``sent``."""

    sent: Sent[object]


@dataclass(frozen=True, slots=True)
class IdleBegan:
    """The server agreed to IDLE; what follows is news until it is ended."""

    sent: Sent[object]


@dataclass(frozen=True, slots=True)
class Noticed:
    """An untagged response that answers no command: EXISTS, EXPUNGE, VANISHED, FETCH, FLAGS, a status …"""

    response: Response


@dataclass(frozen=True, slots=True)
class CapabilitiesLearned:
    """The server said what it can do."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alerted:
    """An [ALERT] (or Gmail's [WEBALERT]): words the user must see, sanitized."""

    text: str


@dataclass(frozen=True, slots=True)
class SlowedDown:
    """An answer carried Gmail's [THROTTLED]: fewer and smaller commands, please."""

    text: str


@dataclass(frozen=True, slots=True)
class LiteralArrived:
    """Part of a literal too big to be held."""

    piece: Piece


@dataclass(frozen=True, slots=True)
class Unparsed:
    """An untagged response made no sense and was skipped; the session goes on."""

    problem: str
    raw: bytes
    """The beginning of it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The conversation is over: the server said BYE or broke the protocol, or the link closed."""

    error: GimapError | None
    """None after LOGOUT."""


ProtocolEvent: TypeAlias = (
    Greeted
    | Completed
    | IdleBegan
    | Noticed
    | CapabilitiesLearned
    | Alerted
    | SlowedDown
    | LiteralArrived
    | Unparsed
    | Ended
)
