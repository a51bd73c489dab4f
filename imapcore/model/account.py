"""The account, and how it stands with its server."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from imapcore.security import Security


class LinkState(StrEnum):
    """How the engine stands with the server."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"
    WAITING = "waiting"
    """Backing off; ``LinkStatus.retry_at`` says until when."""
    SIGN_IN = "sign_in"
    """The credentials were refused; only the user can help."""
    STOPPED = "stopped"


class LinkStatus(Struct, frozen=True):
    """State of the link, with words for a person when something is wrong."""

    state: LinkState
    title: str = ""
    detail: str = ""
    hint: str = ""
    retry_at: int | None = None
    is_throttled: bool = False
    is_silent: bool = False
    """Whether an answer of the server's has been due for some seconds."""


class Progress(Struct, frozen=True):
    """How much of the account the store holds, and how much is still to be sent."""

    stored: int
    total: int
    pending_ops: int
    is_syncing: bool
    missing: int = 0
    """Messages the server has and could not hand out in this run, so that no row stands for them."""


class Account(Struct, frozen=True):
    """Whose mail, and where. Holds no secret."""

    email: str
    host: str = "imap.gmail.com"
    port: int = 993
    security: Security = Security.TLS
    smtp_host: str = ""
    """Where mail is handed over; empty: Gmail's own server for an account of Gmail's, none for another."""
    smtp_port: int = 465
    smtp_security: Security = Security.TLS

    @property
    def submission_host(self) -> str:
        """The server that takes mail; empty where none is known."""
        return self.smtp_host or ("smtp.gmail.com" if self.host == "imap.gmail.com" else "")
