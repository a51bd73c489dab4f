"""Google OAuth for the user's own desktop client: consent in a browser, tokens, fresh ones in time.

- ``client``   the user's client, from the JSON file Google gives out
- ``consent``  what is asked of Google and what comes back: PKCE, state, loopback redirect, pasted answer
- ``tokens``   the token endpoint: the only HTTP of the client
- ``source``   who tells an access token while the program runs

RFC 6749, RFC 7636 (PKCE, S256), RFC 8252 (native apps: system browser, loopback redirect).
"""

from __future__ import annotations

from imapcore.oauth.client import OAuthClient, read_client
from imapcore.oauth.consent import SCOPE, Consent, Listener
from imapcore.oauth.source import TokenSource, as_kept, from_kept
from imapcore.oauth.tokens import OAuthFailed, Tokens, exchange_code, refresh_tokens

__all__ = [
    "SCOPE",
    "Consent",
    "Listener",
    "OAuthClient",
    "OAuthFailed",
    "TokenSource",
    "Tokens",
    "as_kept",
    "exchange_code",
    "from_kept",
    "read_client",
    "refresh_tokens",
]
