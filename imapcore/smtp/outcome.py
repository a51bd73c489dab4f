"""What became of a message that was handed to a server: exactly one of four.

The theory. A server owns a message from the moment its positive answer to the end of DATA is *sent*, a client
knows that from the moment it is *read*; between the two lies the one gap that no protocol closes (RFC 5321
§4.2.5, RFC 1047). Before the last octet of the message has left, a server cannot have taken it. So what is
known follows from where the link broke:

- before the end of the data was sent: ``NotSent``, it may be sent again;
- after it, without an answer: ``Unknown``, somebody has to look in Sent before anything is sent again;
- an answer came: ``Accepted`` or ``Refused``, and nothing that happens to the link later changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from imapcore.errors import GimapError


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has taken the message, for every recipient."""

    words: str = ""
    """What it said, sanitized."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server has said no, and has nothing of the message."""

    code: int
    """The reply's three digits; 0 where the client itself knew better than to ask."""
    enhanced: str
    """RFC 3463's three numbers, ``5.7.8``; empty where the server gives none."""
    words: str
    """The server's own, sanitized."""
    title: str
    hint: str
    is_temporary: bool
    """4xx: the same message may be taken later."""
    is_sign_in: bool = False
    """It is the secret that was refused, not the message."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The link could not be made or broke while the server cannot have taken anything."""

    error: GimapError


@dataclass(frozen=True, slots=True)
class Unknown:
    """The link broke when the whole message had been sent: the server may have it, or not."""

    error: GimapError


Outcome = Accepted | Refused | NotSent | Unknown
