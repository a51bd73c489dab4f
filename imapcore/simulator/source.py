"""What the account needs to know of a message's content, however it came to be."""

from __future__ import annotations

from typing import Protocol

from imapcore.simulator.mail import Mail


class Source(Protocol):
    """A message's content: cheap fields for threading and lists, the octets only when asked for."""

    @property
    def size(self) -> int:
        """Octets of ``raw()``."""
        ...

    @property
    def subject(self) -> str:
        """Decoded subject."""
        ...

    @property
    def sender(self) -> str:
        """Decoded From."""
        ...

    @property
    def to(self) -> str:
        """Decoded To."""
        ...

    @property
    def cc(self) -> str:
        """Decoded Cc."""
        ...

    @property
    def category(self) -> str:
        """Gmail's tab."""
        ...

    @property
    def message_id(self) -> str:
        """Message-ID with its angle brackets; empty when the mail has none."""
        ...

    @property
    def in_reply_to(self) -> str:
        """Message-ID of what it answers, or empty."""
        ...

    @property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of its ancestors, oldest first."""
        ...

    def raw(self) -> bytes:
        """The mail itself, RFC 5322, CRLF line ends."""
        ...

    def mail(self) -> Mail:
        """The mail, parsed."""
        ...
