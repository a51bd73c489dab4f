"""Signing in with Google for the first time: from consent to a refresh token in the keyring that has worked.

What lives here: the order, in which nothing is kept before all of it has worked. What may not: asking the
user; whoever does opens ``address`` or shows it, and brings the answer.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from imapcore.engine.sign_in import check_sign_in
from imapcore.errors import KeyringUnusable
from imapcore.model import Account
from imapcore.net.keyring import store_secret
from imapcore.oauth import Consent, Listener, OAuthFailed, as_kept, exchange_code, read_client


class GoogleSignIn:
    """One attempt; a context manager, as it listens on a port of this machine's."""

    def __init__(self, account: Account, client_file: Path) -> None:
        """Raises InvalidArgument for a file that is none of a desktop client; OAuthFailed without a port."""
        self._account = account
        self._client = read_client(client_file)
        self._listener = Listener()
        self._consent = Consent(self._client, account.email, self._listener.redirect)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return self._consent.address

    def __enter__(self) -> Self:
        self._listener.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.__exit__(kind, error, trace)

    def wait(self, seconds: float) -> str | None:
        """The answer, if the browser brought it to this machine within so many seconds."""
        return self._listener.wait(seconds)

    def finish(self, answer: str) -> None:
        """Take the answer, sign in to IMAP with what it gives, and only then keep it.

        Raises OAuthFailed, LinkError, what ``check_sign_in`` raises; nothing is kept then.
        """
        code = self._consent.code_in(answer)
        tokens = exchange_code(self._client, code, self._consent.verifier, self._consent.redirect)
        check_sign_in(self._account, tokens.access, is_token=True)
        try:
            store_secret(self._account, as_kept(tokens.refresh))
        except KeyringUnusable as error:
            raise OAuthFailed(
                error.detail,
                title="The sign-in with Google could not be kept",
                hint="A refresh token goes into a keyring alone: unlock one, or take --token-command",
            ) from error
