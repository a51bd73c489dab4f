"""Where the secret comes from: the system's keyring, asked only when needed.

The keyring library is slow to import and may ask the user to unlock something, so it is imported by the call
that needs it. Nothing here logs a secret or keeps one.
"""

from __future__ import annotations

from imapcore.errors import KeyringUnusable

SERVICE = "gimap-tui"
"""The name under which the keyring files our entries."""


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
