"""Where the secret comes from: the system's keyring, asked only when needed.

The keyring library is slow to import and may ask the user to unlock something, so it is imported by the call
that needs it. Secrets are returned to be wrapped in a ``Secret`` at once; nothing here logs or keeps one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from imapcore.errors import GimapError, KeyringUnusable
from imapcore.protocol.auth import Mechanism, Plain
from imapcore.wire.encoder import Secret

SERVICE = "gimap-tui"
"""The name under which the keyring files our entries."""

SecretProvider: TypeAlias = Callable[[], Secret]
"""Asked each time a connection signs in, so that a token can be fresh."""


class NoSecret(GimapError):
    """Nothing is stored for this account."""

    title = "No password is stored for this account"
    hint = "Start gimap-tui with --account to enter an app password"


def stored_secret(email: str) -> str | None:
    """The app password stored for an account, or None. Raises KeyringUnusable."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, _user(email))
    except KeyringError as error:
        raise KeyringUnusable(type(error).__name__) from error


def store_secret(email: str, secret: str) -> None:
    """Store the app password of an account. Raises KeyringUnusable."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, _user(email), secret)
    except KeyringError as error:
        raise KeyringUnusable(type(error).__name__) from None


def forget_secret(email: str) -> None:
    """Remove what is stored for an account; fine if there is nothing. Raises KeyringUnusable."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, _user(email))
    except PasswordDeleteError:
        # Nothing was stored: that is what was wanted.
        return
    except KeyringError as error:
        raise KeyringUnusable(type(error).__name__) from error


def _user(email: str) -> str:
    return email.strip().lower()


def given(secret: str) -> SecretProvider:
    """A provider of a secret that is already known."""
    kept = Secret(secret)
    return lambda: kept


def from_keyring(email: str) -> SecretProvider:
    """A provider that asks the keyring each time. It raises NoSecret or KeyringUnusable."""

    def provide() -> Secret:
        secret = stored_secret(email)
        if secret is None:
            raise NoSecret(email)
        return Secret(secret)

    return provide


def app_password(email: str, provider: SecretProvider) -> Mechanism:
    """Sign in with an app password: spaces, which Google shows between its groups, do not count."""
    return Plain(email, Secret(provider().reveal().replace(b" ", b"").replace(b"\xc2\xa0", b"")))
