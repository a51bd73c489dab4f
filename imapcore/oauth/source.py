"""Who tells an access token while the program runs, and knows when it will not be good any more.

What lives here: when to ask Google again. What may not: keeping the refresh token; that is the keyring's,
which is asked through ``load`` and told through ``save`` when Google has given out another one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from imapcore.clock import Clock, SystemClock
from imapcore.errors import AuthenticationFailed, GimapError
from imapcore.oauth.client import OAuthClient
from imapcore.oauth.tokens import Tokens, refresh_tokens

EARLY_SECONDS = 300.0
"""A token that is good for less than that is as good as none: a session made with it ends with it."""

_MARK = "oauth-refresh-token "


def as_kept(refresh: str) -> str:
    """A refresh token as the keyring keeps it: told apart from a password, which is never sent as one."""
    return _MARK + refresh


def from_kept(kept: str | None) -> str | None:
    """The refresh token in what the keyring has; None where that is something else."""
    return kept.removeprefix(_MARK) if kept is not None and kept.startswith(_MARK) else None


class TokenSource:
    """Called, it tells a fresh access token; thread-safe."""

    def __init__(
        self,
        client: OAuthClient,
        load: Callable[[], str | None],
        save: Callable[[str], None],
        *,
        refresh: Callable[[OAuthClient, str], Tokens] = refresh_tokens,
        clock: Clock | None = None,
    ) -> None:
        self._client = client
        self._load = load
        self._save = save
        self._refresh = refresh
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._stale_ms = 0

    def is_stale(self) -> bool:
        """Whether the token told last is good no more, or not for long."""
        return self._clock.now_ms() >= self._stale_ms

    def __call__(self) -> str:
        """A fresh access token: whoever asks again was refused with the last one.

        Raises OAuthFailed, LinkError, KeyringUnusable.
        """
        with self._lock:
            stored = self._load()
            if not stored:
                raise AuthenticationFailed(
                    "The keyring has no refresh token",
                    title="Not signed in with Google",
                    hint="gimap-tui account remove, then gimap-tui account add with --oauth-client",
                )
            tokens = self._refresh(self._client, stored)
            good = max(tokens.seconds - EARLY_SECONDS, tokens.seconds / 2)
            self._stale_ms = self._clock.now_ms() + int(good * 1000)
            if tokens.refresh and tokens.refresh != stored:
                try:
                    self._save(tokens.refresh)
                except GimapError:
                    # The access token is good all the same; the next start says what the keyring lacks.
                    return tokens.access
            return tokens.access
