"""The token endpoint: a code, or a refresh token, for an access token (RFC 6749 §4.1.3, §6).

What lives here: the only HTTP requests of the client. What may not: a token in any text or log.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

from msgspec import Struct

from imapcore.errors import AuthenticationFailed, LinkError
from imapcore.oauth.client import OAuthClient
from imapcore.sanitize import clean_line

SECONDS = 20.0
_LARGEST = 65_536
_USUAL_SECONDS, _LONGEST_SECONDS = 3600.0, 1e7
_SCOPE = "https://mail.google.com/"
_AGAIN = "Sign in again: gimap-tui account add with --oauth-client, after gimap-tui account remove"
_TESTING = (
    "In the testing state Google ends it after seven days: publish the app (its consent screen › Audience › "
    "Publish) and sign in again"
)


class OAuthFailed(AuthenticationFailed):
    """Google does not give a token; only the user can help."""

    title = "Google gave no token"
    hint = _AGAIN


class Tokens(Struct, frozen=True):
    """What the endpoint gave."""

    access: str
    refresh: str
    """Empty where none was given: the one that was used stays good."""
    seconds: float
    """So long the access token is good."""

    def __repr__(self) -> str:
        return "Tokens(•••)"


def exchange_code(client: OAuthClient, code: str, verifier: str, redirect: str) -> Tokens:
    """A code for tokens. Raises OAuthFailed, also when there is no refresh token; LinkError."""
    found = _post(
        client,
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect,
        },
    )
    if not found.refresh:
        raise OAuthFailed(
            "It came without a refresh token", hint="Begin again; consent must be asked for anew"
        )
    return found


def refresh_tokens(client: OAuthClient, refresh: str) -> Tokens:
    """A fresh access token. Raises OAuthFailed when the refresh token is good no more; LinkError."""
    return _post(client, {"grant_type": "refresh_token", "refresh_token": refresh})


def _post(client: OAuthClient, fields: dict[str, str]) -> Tokens:
    body = urlencode(
        {**fields, "client_id": client.client_id, "client_secret": client.client_secret}
    ).encode()
    request = urllib.request.Request(client.token_uri, body, {"Accept": "application/json"})
    try:
        with _opener().open(request, timeout=SECONDS) as answer:
            data = _object(answer.read(_LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, _object(error.read(_LARGEST)), fields["grant_type"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        raise LinkError(
            clean_line(str(reason), 200), title="Google's token server cannot be reached"
        ) from None
    return _tokens(data)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is posted is secret: it goes to the address that was configured and to no other."""

    def redirect_request(self, *arguments: object, **more: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _object(octets: bytes) -> dict[str, object]:
    try:
        data = json.loads(octets)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _refusal(status: int, data: dict[str, object], grant: str) -> OAuthFailed | LinkError:
    kind = clean_line(str(data.get("error", f"HTTP {status}")), 100)
    if status >= 500 or status == 429:
        return LinkError(kind, title="Google's token server has a problem")
    if kind == "invalid_grant" and grant == "refresh_token":
        return OAuthFailed(
            "It was revoked, the account's password was changed, or it has ended",
            title="The sign-in with Google holds no longer",
            hint=f"{_AGAIN}. {_TESTING}",
        )
    if kind == "invalid_grant":
        return OAuthFailed("The code was used already, or is too old", hint="Begin again")
    if kind in ("invalid_client", "unauthorized_client"):
        return OAuthFailed(
            "Google does not know the client", hint="Download its JSON again; it may be deleted"
        )
    return OAuthFailed(kind)


def _tokens(data: dict[str, object]) -> Tokens:
    access, refresh, scope = (data.get(name, "") for name in ("access_token", "refresh_token", "scope"))
    if not isinstance(access, str) or not access.isascii() or not access.isprintable() or not access:
        raise OAuthFailed("The answer has no access token in it")
    if isinstance(scope, str) and scope and _SCOPE not in scope.split():
        raise OAuthFailed(
            "The access to mail was not ticked",
            title="Google gave access to something else",
            hint="Begin again, and tick “Read, compose, send and delete all your email”",
        )
    seconds = data.get("expires_in")
    is_number = isinstance(seconds, int | float) and 0 < seconds < _LONGEST_SECONDS
    return Tokens(
        access,
        refresh if isinstance(refresh, str) else "",
        float(str(seconds)) if is_number else _USUAL_SECONDS,
    )
