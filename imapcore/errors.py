"""One hierarchy of errors, each able to speak to a person.

Every error has a *title* (what happened), a *detail* (what it means, the server's own words where
there are any, already sanitized) and a *hint* (what to do next). None may ever hold a secret.
"""

from __future__ import annotations

from enum import StrEnum


class GimapError(Exception):
    """Base of everything imapcore raises on purpose."""

    title = "Something went wrong"
    hint = ""

    def __init__(self, detail: str = "", *, title: str | None = None, hint: str | None = None) -> None:
        self.detail = detail
        if title is not None:
            self.title = title
        if hint is not None:
            self.hint = hint
        super().__init__(detail or self.title)

    def sentence(self) -> str:
        """Title, detail and hint as one line for a log or a terminal without a screen."""
        return " ".join(_as_sentence(part) for part in (self.title, self.detail, self.hint) if part)


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."


# -- the link ------------------------------------------------------------------------------------


class LinkError(GimapError):
    """The connection could not be made, or was lost; trying again later may help."""

    title = "No connection to the mail server"
    hint = "Check the network; gimap-tui keeps trying and nothing you did is lost"


class HostUnknown(LinkError):
    """The host name does not resolve."""

    title = "The mail server's name is unknown"
    hint = "Check the spelling of the host, or the network"


class ConnectionRefused(LinkError):
    """Nothing listens at host and port."""

    title = "The mail server refused the connection"
    hint = "Check host and port"


class Timeout(LinkError):
    """A deadline passed: connect, read, write or a whole command."""

    title = "The mail server does not answer"


class ConnectionLost(LinkError):
    """The peer closed the connection, or the socket broke."""

    title = "The connection was lost"


class Interrupted(LinkError):
    """Another thread asked this connection to stop."""

    title = "Interrupted"
    hint = ""


class TlsError(LinkError):
    """The certificate is not trusted, or TLS could not be agreed on."""

    title = "The mail server's certificate is not trusted"
    hint = "Do not sign in on this network unless you know why; a proxy or a wrong clock can cause this"


# -- what the server says --------------------------------------------------------------------------


class ServerError(GimapError):
    """The server answered, and the answer is no. ``code`` is the response code, if any."""

    title = "Gmail refused"

    def __init__(
        self, detail: str = "", *, code: str | None = None, title: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(detail, title=title, hint=hint)
        self.code = code


class CommandRefused(ServerError):
    """A tagged NO: the command was understood and not done (RFC 3501 §7.1.2)."""


class CommandMalformed(ServerError):
    """A tagged BAD: the server did not understand the command (RFC 3501 §7.1.3)."""

    title = "Gmail did not understand a command"
    hint = "This is a fault of gimap-tui; please report it with the transcript"


class AuthenticationFailed(ServerError):
    """The credentials were not accepted."""

    title = "Gmail did not accept the password"
    hint = "Make an app password at https://myaccount.google.com/apppasswords (needs 2-Step Verification)"


class Alert(ServerError):
    """An [ALERT] the user must see (RFC 3501 §7.1)."""

    title = "Gmail says"


class Throttled(ServerError):
    """[THROTTLED] or [OVERQUOTA]: too much, too fast; slow down and try later."""

    title = "Gmail asks to slow down"
    hint = "gimap-tui waits and goes on by itself"


class OverQuota(Throttled):
    """[OVERQUOTA]: the account's bandwidth or command limit is used up for now."""

    title = "The account's IMAP limit is used up for now"
    hint = "Gmail lifts it within 24 hours; gimap-tui waits and goes on by itself"


class MailboxFull(OverQuota):
    """There is no room for what was to be added (RFC 5530 §3); waiting does not help."""

    title = "The mailbox is full"
    hint = "Make room: delete mail and empty the trash, then try again"


class Unavailable(ServerError):
    """[UNAVAILABLE] or a system error on the server's side: try again."""

    title = "Gmail has a temporary problem"
    hint = "gimap-tui tries again by itself"


class TooManyConnections(ServerError):
    """More than 15 IMAP connections on the account, all devices together."""

    title = "Too many IMAP connections on this account"
    hint = "Close another mail program; Gmail allows 15 connections, all devices together"


class ServerClosed(ServerError, LinkError):
    """An untagged BYE that was not asked for (RFC 3501 §7.1.5)."""

    title = "The server ended the session"
    hint = ""


class SessionExpired(ServerClosed):
    """Gmail's hourly (OAuth) or daily end of a session; signing in again is routine."""

    title = "The session expired"


class NotGmail(ServerError):
    """The server does not offer X-GM-EXT-1."""

    title = "This is not Gmail"
    hint = "gimap-tui needs X-GM-EXT-1; use imap.gmail.com, or `gimap-tui --demo`"


class MailboxHidden(ServerError):
    """One of Gmail's own mailboxes is not listed: "Show in IMAP" is off for it in Gmail's settings.

    What needs this mailbox cannot be done until it is shown again; everything else can.
    """

    def __init__(self, name: str) -> None:
        """``name``: what Gmail calls it in English."""
        super().__init__(
            title=f"{name} is hidden from IMAP",
            hint=f"In Gmail on the web: Settings › Labels › {name} › tick “Show in IMAP”, then try again",
        )


class AllMailHidden(MailboxHidden):
    r"""No mailbox with \All: without All Mail next to nothing can be done."""

    title = "All Mail is hidden from IMAP"

    def __init__(self) -> None:
        super().__init__("All Mail")


class ProtocolError(GimapError):
    """The bytes make no sense, or exceed a limit; the connection cannot go on."""

    title = "The server sent something that is not IMAP"
    hint = "gimap-tui reconnects; if it happens again, report it with the transcript"


class LimitExceeded(ProtocolError):
    """A line, literal, nesting or list longer than we accept."""

    title = "The server sent more than any mail needs"


# -- arguments, store --------------------------------------------------------------------------------


class InvalidArgument(GimapError, ValueError):
    """A value that cannot be sent: CR, LF or NUL in an argument, an empty set, a name too long."""

    title = "That cannot be sent"
    hint = ""


class SecretUnavailable(GimapError):
    """Who should tell the password cannot: only the user can help."""

    title = "The password cannot be had"
    hint = "Type it for this run"


class KeyringMood(StrEnum):
    """What is wrong with a keyring."""

    MISSING = "missing"
    UNTRUSTED = "untrusted"
    """It does not encrypt, or nobody knows whether it does."""
    LOCKED = "locked"
    SILENT = "silent"
    """It has not answered yet."""
    FORGETFUL = "forgetful"
    """What was stored is not there when it is read back."""
    FAILED = "failed"


class KeyringUnusable(SecretUnavailable):
    """There is no keyring, it is locked, it refused, or it may not be trusted; ``mood`` tells which."""

    title = "The system's keyring cannot be used"

    def __init__(self, detail: str = "", *, mood: KeyringMood = KeyringMood.FAILED) -> None:
        super().__init__(detail, hint=_KEYRING_HINTS[mood])
        self.mood = mood


_COMMAND = "or let a program tell it: password_command in [account] of the configuration"
_KEYRING_HINTS = {
    KeyringMood.MISSING: f"Without one the password is asked for at each start; type it, {_COMMAND}",
    KeyringMood.UNTRUSTED: f"The password is not put there; type it for this run, {_COMMAND}",
    KeyringMood.LOCKED: "Unlock it and try again, or type the password for this run",
    KeyringMood.SILENT: "It may be waiting to be unlocked; or type the password for this run",
    KeyringMood.FORGETFUL: f"The password holds for this run; {_COMMAND.removeprefix('or ')}",
    KeyringMood.FAILED: f"Type the password for this run, {_COMMAND}",
}


class SecretCommandFailed(SecretUnavailable):
    """The command of the configuration that tells the password, or the token, did not."""

    title = "The command that tells the password failed"
    hint = "Try it in a shell; or type the password for this run"


class StoreError(GimapError):
    """The local store cannot be read or written."""

    title = "The local store has a problem"


class StoreBusy(StoreError):
    """Another gimap-tui writes this store; this one reads only."""

    title = "Another gimap-tui has this account open"
    hint = "You can read here; make changes in the other one, or close it"


class NotSupported(GimapError):
    """The server lacks an extension this needs."""

    title = "The server cannot do that"


class WrongState(GimapError):
    """The conversation is not where this command would make sense: not signed in, nothing selected, ended."""

    title = "That cannot be done now"
