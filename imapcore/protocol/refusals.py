"""A server's "no" → the error a person can act on (RFC 5530 codes, and what Gmail says in prose).

Tables only: first by response code, then by words of the text, since Gmail puts most of what matters into
an [ALERT] or into the text itself. The server's words are kept as the error's detail, made harmless.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from imapcore import errors
from imapcore.wire.responses import Condition, Status

TEXT_MAX = 400
"""How much of a server's text an error carries."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a code or a phrase means."""

    error: type[errors.ServerError]
    title: str | None = None
    hint: str | None = None


_WEB = Refusal(
    errors.AuthenticationFailed,
    "Gmail wants a sign-in on the web first",
    "Sign in at https://mail.google.com/ in a web browser, confirm that it was you, then try again",
)
_APP_PASSWORD = Refusal(
    errors.AuthenticationFailed,
    "Gmail wants an app password",
    "Make an app password at https://myaccount.google.com/apppasswords and use that",
)
_IMAP_OFF = Refusal(
    errors.AuthenticationFailed,
    "IMAP is switched off",
    "Switch IMAP on at https://mail.google.com/mail/#settings/fwdandpop; at work ask the administrator",
)
_DOMAIN_OFF = Refusal(
    errors.AuthenticationFailed,
    "IMAP is switched off for your organisation",
    "Only its administrator can change that, at https://admin.google.com/: Apps › Google Workspace › Gmail "
    "› End User Access",
)
_NO_GMAIL = Refusal(
    errors.AuthenticationFailed,
    "This account has no Gmail",
    "See whether https://mail.google.com/ opens with it; at work the administrator can switch Gmail on",
)
_CHILD = Refusal(
    errors.AuthenticationFailed,
    "IMAP is not allowed for this account",
    "Google allows no mail program for a supervised account; its mail is at https://mail.google.com/",
)

_ALLOWANCE = "command or bandwidth limits"
_FULL = Refusal(errors.MailboxFull)

BY_CODE: dict[str, Refusal] = {
    "AUTHENTICATIONFAILED": Refusal(errors.AuthenticationFailed),
    "AUTHORIZATIONFAILED": Refusal(errors.AuthenticationFailed),
    "EXPIRED": Refusal(errors.AuthenticationFailed, "The password or token has expired"),
    "OVERQUOTA": Refusal(errors.OverQuota),
    "THROTTLED": Refusal(errors.Throttled),
    "LIMIT": Refusal(errors.Throttled),
    "UNAVAILABLE": Refusal(errors.Unavailable),
    "INUSE": Refusal(errors.Unavailable),
    "SERVERBUG": Refusal(errors.Unavailable),
    "WEBALERT": _WEB,
}
"""Response codes that mean something to do."""

BY_PHRASE: tuple[tuple[str, Refusal], ...] = (
    ("too many simultaneous connections", Refusal(errors.TooManyConnections)),
    (_ALLOWANCE, Refusal(errors.OverQuota)),
    ("[overquota]", Refusal(errors.OverQuota)),
    ("over quota", Refusal(errors.OverQuota)),
    ("[throttled]", Refusal(errors.Throttled)),
    ("application-specific password required", _APP_PASSWORD),
    ("not enabled for imap", _IMAP_OFF),
    ("imap access is disabled for your domain", _DOMAIN_OFF),
    ("imap access is disabled", _IMAP_OFF),
    ("imap access is not allowed", _CHILD),
    ("lookup failed", _NO_GMAIL),
    ("via your web browser", _WEB),
    ("web login required", _WEB),
    ("invalid credentials", Refusal(errors.AuthenticationFailed)),
    ("temporary system problem", Refusal(errors.Unavailable)),
    ("try again later", Refusal(errors.Unavailable)),
    ("system error", Refusal(errors.Unavailable)),
    ("session expired", Refusal(errors.SessionExpired)),
)
"""Words of Gmail's texts (``over quota``: Cyrus's), lower case, the more telling ones first."""


def sanitize(text: str) -> str:
    """A server's text as one harmless line of bounded length."""
    harmless = "".join(
        " " if unicodedata.category(char).startswith("C") else char for char in text[:TEXT_MAX]
    )
    return " ".join(harmless.split())


def refusal_of(status: Status) -> Refusal | None:
    """What a NO, BAD or BYE means beyond "no"."""
    if status.code is not None and status.code.name in BY_CODE:
        return BY_CODE[status.code.name]
    text = status.text.lower()
    return next((refusal for phrase, refusal in BY_PHRASE if phrase in text), None)


def error_of(status: Status, *, is_login: bool = False, is_adding: bool = False) -> errors.ServerError:
    """The error for a tagged NO or BAD, or for a BYE nobody asked for.

    ``is_login``: a NO to LOGIN or AUTHENTICATE without a better reason means the credentials, but a throttled
    login is no rejected credential. ``is_adding``: to a command that puts something into a mailbox, OVERQUOTA
    means that there is no room (RFC 5530 §3, RFC 9208 §4.3.1); elsewhere it is Gmail's word for too much
    traffic.
    """
    refusal = refusal_of(status)
    if is_adding and refusal == BY_CODE["OVERQUOTA"] and not _is_about_traffic(status):
        refusal = _FULL
    if refusal is None and is_login and status.condition is Condition.NO:
        refusal = Refusal(errors.AuthenticationFailed)
    if refusal is None or (
        status.condition is Condition.BAD and refusal.error is errors.AuthenticationFailed
    ):
        refusal = Refusal(_PLAIN[status.condition])
    code = status.code.name if status.code is not None else None
    return refusal.error(sanitize(status.text), code=code, title=refusal.title, hint=refusal.hint)


def _is_about_traffic(status: Status) -> bool:
    return status.condition is Condition.BYE or _ALLOWANCE in status.text.lower()


_PLAIN: dict[Condition, type[errors.ServerError]] = {
    Condition.NO: errors.CommandRefused,
    Condition.BAD: errors.CommandMalformed,
    Condition.BYE: errors.ServerClosed,
    Condition.OK: errors.CommandRefused,
    Condition.PREAUTH: errors.CommandRefused,
}


def is_slowed_down(status: Status) -> bool:
    """Whether an answer, even an OK, carries Gmail's ``[THROTTLED]``: as code, or at the end of the text."""
    return (status.code is not None and status.code.name == "THROTTLED") or "[THROTTLED]" in status.text
