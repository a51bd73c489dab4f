r"""Before and around the mailbox: CAPABILITY, ID, LOGIN, AUTHENTICATE, ENABLE, COMPRESS, QUOTA, LOGOUT.

RFC 3501 §6.1 and §6.2, RFC 2971 (ID), RFC 2342 (NAMESPACE), RFC 2087 (QUOTA), RFC 5161 (ENABLE), RFC 4978
(COMPRESS), RFC 4959 (SASL-IR), RFC 7628 (OAUTHBEARER) and Google's XOAUTH2.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from imapcore.simulator import gmail_texts
from imapcore.simulator.faults import FaultKind
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage, command, no_arguments
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.label_encoding import decode_name, quote
from imapcore.simulator.imap.session import Session
from imapcore.simulator.options import LoginError
from imapcore.simulator.replies import SUCCESS, Farewell, Reply

QUOTA_KIB = 31_457_280
"""The storage quota reported, in KiB."""


def capabilities(session: Session) -> str:
    """The capability list as it is now."""
    if session.stage is Stage.NOT_AUTHENTICATED:
        return gmail_texts.CAPABILITY_BEFORE
    return gmail_texts.CAPABILITY_AFTER.format(append_limit=session.options.append_limit)


async def _capability(session: Session, _: None) -> Reply:
    session.send(f"* CAPABILITY {capabilities(session)}")
    return Reply("OK", gmail_texts.CAPABILITY_DONE) if session.stage is Stage.NOT_AUTHENTICATED else SUCCESS


async def _noop(session: Session, _: None) -> Reply:
    return SUCCESS


async def _logout(session: Session, _: None) -> Reply:
    session.send(gmail_texts.BYE)
    session.is_leaving = True
    return Reply("OK", gmail_texts.LOGGED_OUT)


# -- ID --------------------------------------------------------------------------------------------


def _read_id(cursor: Cursor) -> None:
    cursor.space()
    if cursor.accept(b"NIL"):
        return
    cursor.skip(b"(")
    count = 0
    while not cursor.accept(b")"):
        if count:
            cursor.space()
        if count % 2 or not cursor.accept(b"NIL"):
            if not (count % 2 and cursor.accept(b"NIL")):
                cursor.string()
        else:
            raise ParseError("a field without a name")
        count += 1
    if count % 2:
        raise ParseError("a field without a value")


async def _id(session: Session, _: None) -> Reply:
    session.send(gmail_texts.ID_REPLY.format(address=session.address))
    return SUCCESS


# -- signing in --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoginArguments:
    """LOGIN's user and password."""

    user: str
    password: str = field(repr=False)


def _read_login(cursor: Cursor) -> LoginArguments:
    cursor.space()
    user = cursor.astring().decode("utf-8", "replace")
    cursor.space()
    return LoginArguments(user, cursor.astring().decode("utf-8", "replace"))


async def _login(session: Session, arguments: LoginArguments) -> Reply:
    if session.house.credentials.is_password(arguments.user, arguments.password):
        return _admit(session, None)
    return _refuse(session, LoginError.INVALID)


def _refuse(session: Session, error: LoginError) -> Reply:
    if error is LoginError.OVERQUOTA_BYE:
        raise Farewell(gmail_texts.OVERQUOTA_BYE)
    if error is LoginError.TOO_MANY and session.options.too_many_is_bye:
        raise Farewell(gmail_texts.TOO_MANY_BYE)
    if error is LoginError.WEB_LOGIN:
        session.send(gmail_texts.WEBALERT.format(id=session.identity))
    return Reply("NO", gmail_texts.LOGIN_ERRORS[error])


def _admit(session: Session, token_end_ms: int | None) -> Reply:
    """The credentials are right; let the client in unless something else forbids it."""
    options = session.options
    if options.login_error is not None:
        return _refuse(session, options.login_error)
    refused = session.fault(FaultKind.LOGIN_REFUSED)
    if refused is not None:
        return _refuse(session, LoginError(refused.text))
    is_full = session.house.signed_in() >= options.max_connections
    if is_full or session.fault(FaultKind.TOO_MANY) is not None:
        return _refuse(session, LoginError.TOO_MANY)
    session.stage = Stage.AUTHENTICATED
    end_ms = session.house.clock.now_ms() + int(options.session_seconds * 1000)
    session.ends_ms = end_ms if token_end_ms is None else min(end_ms, token_end_ms)
    owner = f"{options.email} {options.display_name}".rstrip()
    done = gmail_texts.AUTHENTICATED.format(owner=owner)
    if options.capability_in_ok:
        return Reply("OK", f"[CAPABILITY {capabilities(session)}] {done}")
    session.send(f"* CAPABILITY {capabilities(session)}")
    return Reply("OK", done)


@dataclass(frozen=True, slots=True)
class AuthenticateArguments:
    """AUTHENTICATE's mechanism, and the initial response if one came."""

    mechanism: str
    initial: bytes | None = field(default=None, repr=False)


def _read_authenticate(cursor: Cursor) -> AuthenticateArguments:
    cursor.space()
    mechanism = cursor.keyword()
    if cursor.is_at_end:
        return AuthenticateArguments(mechanism)
    cursor.space()
    rest = cursor.data[cursor.position :]
    cursor.position = len(cursor.data)
    if not rest:
        raise ParseError("an empty initial response is =")
    return AuthenticateArguments(mechanism, b"" if rest == b"=" else _decode(rest))


def _decode(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise ParseError("not base64") from error


async def _authenticate(session: Session, arguments: AuthenticateArguments) -> Reply:
    mechanism = arguments.mechanism
    if mechanism not in ("PLAIN", "XOAUTH2", "OAUTHBEARER", "PLAIN-CLIENTTOKEN"):
        return Reply("NO", "Unsupported authentication mechanism (Failure)")
    response = arguments.initial
    if response is None:
        response = await _ask(session, b"")
    if mechanism == "PLAIN":
        return _plain(session, response)
    if mechanism == "PLAIN-CLIENTTOKEN":
        return _refuse(session, LoginError.INVALID)
    user, token = _read_xoauth2(response) if mechanism == "XOAUTH2" else _read_oauthbearer(response)
    end_ms = session.house.credentials.token_end_ms(user, token)
    if end_ms is not None:
        return _admit(session, end_ms)
    dummy = await _ask(session, b64encode(gmail_texts.CHALLENGE))
    if dummy != (b"" if mechanism == "XOAUTH2" else b"\x01"):
        return Reply("BAD", gmail_texts.PARSE_ERROR)
    return _refuse(session, LoginError.INVALID)


async def _ask(session: Session, challenge: bytes) -> bytes:
    """Send a challenge and read the client's answer; ParseError when it gives up with ``*``."""
    session.send(b"+ " + challenge)
    await session.channel.flush()
    line = await session.timed(session.channel.read_line())
    if line == b"*":
        raise ParseError("cancelled by the client")
    return _decode(line)


def _plain(session: Session, response: bytes) -> Reply:
    parts = response.split(b"\0")
    if len(parts) != 3:
        return Reply("BAD", gmail_texts.PARSE_ERROR)
    user, password = (part.decode("utf-8", "replace") for part in parts[1:])
    if session.house.credentials.is_password(user, password):
        return _admit(session, None)
    return _refuse(session, LoginError.INVALID)


def _read_xoauth2(response: bytes) -> tuple[str, str]:
    """``user=… ^A auth=Bearer … ^A ^A`` → (user, token), empty where missing."""
    fields = dict(part.split("=", 1) for part in _text(response).split("\x01") if "=" in part)
    return fields.get("user", ""), _bearer(fields.get("auth", ""))


def _read_oauthbearer(response: bytes) -> tuple[str, str]:
    """``n,a=user,^A host=… ^A auth=Bearer … ^A ^A`` (RFC 7628 §3.1) → (user, token)."""
    header, *rest = _text(response).split("\x01")
    fields = dict(part.split("=", 1) for part in rest if "=" in part)
    identity = next((part[2:] for part in header.split(",") if part.startswith("a=")), "")
    return identity, _bearer(fields.get("auth", ""))


def _text(response: bytes) -> str:
    return response.decode("utf-8", "replace")


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


# -- signed in ---------------------------------------------------------------------------------------


def _read_enable(cursor: Cursor) -> list[str]:
    wanted: list[str] = []
    while not wanted or not cursor.is_at_end:
        cursor.space()
        wanted.append(cursor.keyword())
    return wanted


async def _enable(session: Session, wanted: list[str]) -> Reply:
    enabled: list[str] = []
    if "UTF8=ACCEPT" in wanted and not session.is_utf8:
        session.is_utf8 = True
        enabled.append("UTF8=ACCEPT")
    if "CONDSTORE" in wanted and not session.has_condstore:
        session.has_condstore = True
        enabled.append("CONDSTORE")
    session.send(" ".join(("* ENABLED", *enabled)))
    return SUCCESS


def _read_compress(cursor: Cursor) -> str:
    cursor.space()
    return cursor.keyword()


async def _compress(session: Session, algorithm: str) -> Reply:
    if algorithm != "DEFLATE":
        raise ParseError("unknown compression")
    if session.channel.is_compressed:
        return Reply("NO", "[COMPRESSIONACTIVE] DEFLATE active (Failure)")
    session.compresses = True
    return Reply("OK", session.options.compress_ok)


async def _namespace(session: Session, _: None) -> Reply:
    session.send('* NAMESPACE (("" "/")) NIL NIL')
    return SUCCESS


def _read_astring(cursor: Cursor) -> bytes:
    cursor.space()
    return cursor.astring()


def _quota(session: Session) -> None:
    used = sum(message.size for message in session.account.messages.values()) // 1024
    session.send(f'* QUOTA "" (STORAGE {used} {QUOTA_KIB})')


async def _getquota(session: Session, root: bytes) -> Reply:
    if root:
        return Reply("NO", "[NONEXISTENT] Unknown quota root (Failure)")
    _quota(session)
    return SUCCESS


async def _getquotaroot(session: Session, name: bytes) -> Reply:
    mailbox = session.account.mailbox(decode_name(name, session.is_utf8))
    if mailbox is None:
        spelled = name.decode("utf-8")
        return Reply("NO", gmail_texts.UNKNOWN_STATUS.format(mailbox=spelled))
    session.send(b"* QUOTAROOT " + quote(name) + b' ""')
    _quota(session)
    return SUCCESS


COMMANDS: dict[str, CommandEntry[Session]] = {
    "CAPABILITY": command(Stage.ANY, no_arguments, _capability),
    "NOOP": command(Stage.ANY, no_arguments, _noop, Piggyback.EVERYTHING),
    "LOGOUT": command(Stage.ANY, no_arguments, _logout),
    "ID": command(Stage.ANY, _read_id, _id),
    "LOGIN": command(Stage.NOT_AUTHENTICATED, _read_login, _login),
    "AUTHENTICATE": command(Stage.NOT_AUTHENTICATED, _read_authenticate, _authenticate),
    "ENABLE": command(Stage.SIGNED_IN, _read_enable, _enable),
    "COMPRESS": command(Stage.SIGNED_IN, _read_compress, _compress),
    "NAMESPACE": command(Stage.SIGNED_IN, no_arguments, _namespace),
    "GETQUOTA": command(Stage.SIGNED_IN, _read_astring, _getquota),
    "GETQUOTAROOT": command(Stage.SIGNED_IN, _read_astring, _getquotaroot),
}
