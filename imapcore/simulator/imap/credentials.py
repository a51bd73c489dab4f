"""Who may sign in: the app password, and tokens that expire. Secrets leave this module in no form."""

from __future__ import annotations

import hmac
import secrets

from imapcore.simulator.account.account import Account


class Credentials:
    """Checks passwords and tokens of the one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._tokens: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"Credentials({self._account.options.email!r})"

    def issue_token(self, seconds: float = 3600.0) -> str:
        """A new access token that is good for so long (negative: expired already)."""
        token = "ya29." + secrets.token_urlsafe(32)
        self._tokens[token] = self._account.clock.now_ms() + int(seconds * 1000)
        return token

    def expire_tokens(self) -> None:
        """Make every token worthless now."""
        self._tokens.clear()

    def is_password(self, user: str, password: str) -> bool:
        """Whether this pair signs in."""
        if self._account.options.app_password_spaces:
            password = password.replace(" ", "")
        return self._is_owner(user) and hmac.compare_digest(
            password.encode("utf-8", "surrogatepass"), self._account.options.app_password.encode("utf-8")
        )

    def token_end_ms(self, user: str, token: str) -> int | None:
        """When the token ends, in milliseconds since 1970; None if it is no good (any more)."""
        end = self._tokens.get(token)
        if end is None or end <= self._account.clock.now_ms() or (user and not self._is_owner(user)):
            return None
        return end

    def _is_owner(self, user: str) -> bool:
        return user.casefold() == self._account.options.email.casefold()
