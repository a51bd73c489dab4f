"""The secret of the account while the engine runs.

What lives here: when the keyring is asked, and when it is asked again. What may not: storing a secret
anywhere but in the system's keyring (``net.credentials``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from imapcore.errors import AuthenticationFailed
from imapcore.net.credentials import stored_secret


class Secrets:
    """The secret of one account: asked for once, kept in memory while it works."""

    def __init__(self, email: str, ask: Callable[[], str] | None) -> None:
        self._email = email
        self._ask = ask
        self._lock = threading.Lock()
        self._secret: str | None = None

    def __repr__(self) -> str:
        return f"Secrets({self._email!r})"

    def get(self) -> str:
        """The secret. Raises AuthenticationFailed when there is none, KeyringUnusable."""
        with self._lock:
            if self._secret is None:
                found = self._ask() if self._ask is not None else stored_secret(self._email)
                if not found:
                    raise AuthenticationFailed("", title=f"No password for {self._email} yet")
                self._secret = found
            return self._secret

    def forget(self) -> None:
        """It did not work, or there may be a newer one: ask again next time."""
        with self._lock:
            self._secret = None
