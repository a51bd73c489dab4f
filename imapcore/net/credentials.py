"""Secrets: they live in the system's keyring and nowhere else.

``keyring`` is imported only when a secret is really read or written, since finding a backend costs more
than drawing the first frame. No function here puts a secret into an exception or a log.
"""

from __future__ import annotations

from imapcore.errors import GimapError

SERVICE = "gimap-tui"
"""The name under which the keyring files our entries."""


class KeyringUnavailable(GimapError):
    """The system offers no keyring, or it is locked."""

    title = "The system's keyring cannot be used"
    hint = (
        "Unlock it, or install one (GNOME Keyring, KWallet, macOS Keychain); "
        "until then the password is asked at each start"
    )


def stored_secret(email: str) -> str | None:
    """The secret kept for an account; None when there is none. Raises KeyringUnavailable."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, email)
    except KeyringError as error:
        raise KeyringUnavailable(type(error).__name__) from None


def store_secret(email: str, secret: str) -> None:
    """Keep an account's secret. Raises KeyringUnavailable; nothing is written anywhere else."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, email, secret)
    except KeyringError as error:
        raise KeyringUnavailable(type(error).__name__) from None


def forget_secret(email: str) -> None:
    """Remove an account's secret; quiet when there is none. Raises KeyringUnavailable."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, email)
    except PasswordDeleteError:
        return  # There was none: what was wanted is so.
    except KeyringError as error:
        raise KeyringUnavailable(type(error).__name__) from None
