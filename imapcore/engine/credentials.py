"""The secret of the account while the engine runs: who is asked for it, when, and when again.

What lives here: one secret in memory, and the rule by which its source (the keyring, a command, a caller) is
asked. What may not: storing a secret anywhere (``net.keyring``), the network.

A source is asked once. What it answered, also that it has nothing or cannot be used, stands until the user
explicitly wishes another attempt: a locked keyring asks to be unlocked once for each wish, and a refused
password is not tried again by itself. A source that is silent is not waited for: whoever needs the secret is
told so after two seconds, and ``late`` is called if the answer comes after all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from imapcore.errors import AuthenticationFailed, GimapError, LinkError, SecretUnavailable
from imapcore.model import Account
from imapcore.net.keyring import PATIENCE_SECONDS, Question, ask_stored_secret, silence

GIVEN_UP_SECONDS = 60.0
"""A question that has not been answered for so long may be asked again."""


def _still_running() -> SecretUnavailable:
    return SecretUnavailable(
        "It may be asking you for something",
        title="What tells the password does not answer yet",
        hint="It is used as soon as it does; or type the password for this run",
    )


class SignedOut(AuthenticationFailed):
    """The user signed out: nobody is asked for a password before the user wishes it."""

    title = "Signed out"
    hint = "What is stored can be read; sign in to see what is new"


@runtime_checkable
class Perishable(Protocol):
    """A source that knows when what it told is good no more, so that it is asked before that."""

    def is_stale(self) -> bool:
        """Whether it should be asked again; cheap."""
        ...


class Credential:
    """A secret and what kind it is; never shown."""

    __slots__ = ("has_worked", "is_token", "text")

    def __init__(self, text: str, *, is_token: bool = False) -> None:
        self.text = text
        self.is_token = is_token
        """An OAuth access token, not a password."""
        self.has_worked = False

    def __repr__(self) -> str:
        return "Credential(•••)"


class Credentials:
    """The secret of one account; thread-safe. ``close`` ends every wait."""

    def __init__(
        self,
        account: Account,
        ask: Callable[[], str] | None,
        *,
        is_token: bool = False,
        late: Callable[[], None] = lambda: None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """``ask`` gives the secret, on a thread of its own (None: the keyring is asked); ``is_token``: an
        OAuth access token.
        """
        self._account = account
        self._ask = ask
        self._is_token = is_token
        self._late = late
        self._patience = patience_seconds
        self._ready = threading.Condition()
        self._question: Question[str | None] | None = None
        self._is_overdue = False
        self._is_closed = False
        self._credential: Credential | None = None
        self._problem: GimapError | None = None

    def __repr__(self) -> str:
        return f"Credentials({self._account.email!r})"

    def get(self) -> Credential:
        """The secret, waiting for it no longer than for a moment.

        Raises AuthenticationFailed when there is none, KeyringUnusable, SecretCommandFailed.
        """
        with self._ready:
            if self._credential is not None and self._credential.has_worked and self._is_stale():
                self._credential = None
            if self._credential is not None:
                return self._credential
            if self._problem is not None:
                raise self._problem
            if self._question is None:
                self._question = self._begin()
            question = self._question
            self._ready.wait_for(lambda: self._is_closed or question.wait(0), self._patience)
            if self._credential is not None:
                return self._credential
            if not question.wait(0):
                self._is_overdue = True
                raise silence(question.who()) if self._ask is None else _still_running()
            return self._take(question)

    def _begin(self) -> Question[str | None]:
        if self._ask is None:
            return ask_stored_secret(self._account, self._answered)
        return Question(self._ask, self._answered)

    def _take(self, question: Question[str | None]) -> Credential:
        self._question = None
        try:
            found = question.answer()
            if not found:
                raise AuthenticationFailed("", title=f"No password for {self._account.email} yet")
        except GimapError as error:
            # A network that is not there is none of the secret's faults: the next attempt asks again.
            if not isinstance(error, LinkError):
                self._problem = error
            raise
        self._credential = Credential(found, is_token=self._is_token)
        return self._credential

    def _is_stale(self) -> bool:
        return isinstance(self._ask, Perishable) and self._ask.is_stale()

    def _answered(self) -> None:
        with self._ready:
            self._ready.notify_all()
            is_overdue, self._is_overdue = self._is_overdue, False
        if is_overdue:
            self._late()

    # -- what became of it ---------------------------------------------------------------------------

    def accepted(self, credential: Credential) -> None:
        """The server let it in."""
        credential.has_worked = True

    def refused(self, credential: Credential, error: GimapError) -> bool:
        """The server did not let it in; whether a fresh one may help, since a token or a command's password
        worked before and may have run out.
        """
        with self._ready:
            if self._credential is not credential:
                # Another session was refused first: a newer one is known, or being asked for.
                return self._problem is None
            self._credential = None
            if credential.has_worked and self._ask is not None:
                return True
            self._problem = error
            return False

    # -- what the user does --------------------------------------------------------------------------

    def use(self, secret: str) -> None:
        """A password that the user typed and the server took: this one, for this run."""
        with self._ready:
            self._credential = Credential(secret)
            self._problem = self._question = None
            self._is_overdue = False
            self._ready.notify_all()

    def wish(self) -> None:
        """The user explicitly wants another attempt: what could not be had, or was refused, is asked for
        again. A secret that works stays; a question that is not answered yet is not asked twice, unless so
        much later that nobody seems to be there.
        """
        with self._ready:
            self._problem = None
            if self._question is not None and self._question.age_seconds > GIVEN_UP_SECONDS:
                self._question = None

    def sign_out(self) -> None:
        """Forget it, until the user wishes to sign in again."""
        with self._ready:
            self._credential = self._question = None
            self._problem = SignedOut()

    @property
    def is_signed_out(self) -> bool:
        """Whether the user signed out and has not wished to sign in since."""
        return isinstance(self._problem, SignedOut)

    def close(self) -> None:
        """Nobody waits any longer."""
        with self._ready:
            self._is_closed = True
            self._ready.notify_all()
