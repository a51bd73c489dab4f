"""The system's keyring: which backends may keep a password, under what name, and what is wrong with it.

What lives here: every call of the ``keyring`` library. What may not: keeping a secret, deciding when to ask.

A keyring is another program behind D-Bus, or a file, or nothing at all; it may hang, ask its user to unlock
it, raise whatever it likes, or take a password and forget it. So a question to it is a ``Question``: asked on
a daemon thread that nobody has to wait for, answered by a value or by ``KeyringUnusable``, whose ``mood``
and sentence tell which backend it was and why. Only backends known to encrypt are used.

An entry is filed under protocol, host and port: a password is never offered to another server than the one it
was stored for. Entries by address alone, which earlier versions made, belong to imap.gmail.com:993.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from imapcore.errors import GimapError, KeyringMood, KeyringUnusable
from imapcore.sanitize import clean_line
from imapcore.security import Security

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from imapcore.model import Account

T = TypeVar("T")

SERVICE = "gimap-tui"
"""What the name of each entry begins with."""
PATIENCE_SECONDS = 2.0
"""A keyring that has not answered by then is said to be silent; its answer still counts when it comes."""
WHY_MAX = 200
"""Characters of a backend's own words that a sentence shows."""

ENCRYPTING = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
"""Backends that encrypt what they keep, and what people call them."""

_READABLE = "it keeps passwords in a file, readable to everybody who can read the file"
_ASKS = "it asks for a password of its own on the terminal"
REFUSED = {
    "keyring.backends.fail.Keyring": (KeyringMood.MISSING, "no keyring is installed here, or none runs"),
    "keyring.backends.null.Keyring": (
        KeyringMood.MISSING,
        "the keyring is switched off (keyring --disable)",
    ),
    "keyrings.alt.file.PlaintextKeyring": (KeyringMood.UNTRUSTED, _READABLE),
    "keyrings.alt.file.EncryptedKeyring": (KeyringMood.UNTRUSTED, _ASKS),
    "keyrings.cryptfile.cryptfile.CryptFileKeyring": (KeyringMood.UNTRUSTED, _ASKS),
}
"""Backends that are never used, and why; so is every one that is in neither table."""


class Question(Generic[T]):
    """One question, asked at once on a thread of its own; whoever wants the answer waits as long as it likes.

    ``answered`` is called on that thread when there is an answer, whatever it is.
    """

    def __init__(
        self,
        ask: Callable[[], T],
        answered: Callable[[], None] = lambda: None,
        who: Callable[[], str] = lambda: "The keyring",
    ) -> None:
        self.who = who
        """Names who is asked, as far as that is known."""
        self._ask = ask
        self._answered = answered
        self._done = threading.Event()
        self._asked_at = time.monotonic()
        self._answer: list[T] = []
        self._problem: GimapError | None = None
        threading.Thread(target=self._run, name="secret", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether there is an answer within so many seconds."""
        return self._done.wait(seconds)

    @property
    def age_seconds(self) -> float:
        """How long ago it was asked."""
        return time.monotonic() - self._asked_at

    def answer(self) -> T:
        """What was answered. Raises the error that came instead; only after ``wait`` was true."""
        if self._problem is not None:
            raise self._problem
        return self._answer[0]

    def _run(self) -> None:
        try:
            self._answer.append(self._ask())
        except GimapError as error:
            self._problem = error
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it, as a sentence
            self._problem = KeyringUnusable(why(error), mood=KeyringMood.FAILED)
        self._done.set()
        self._answered()


def ask_stored_secret(account: Account, answered: Callable[[], None] = lambda: None) -> Question[str | None]:
    """Ask for the secret stored for an account at its server: a string, None, or KeyringUnusable."""
    reached: list[str] = []
    return Question(lambda: _read(account, reached), answered, lambda: _name_of(reached))


def stored_secret(account: Account, seconds: float = PATIENCE_SECONDS) -> str | None:
    """The secret stored for an account at its server, or None. Raises KeyringUnusable, also for silence."""
    return _within(ask_stored_secret(account), seconds)


def store_secret(account: Account, secret: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Store the secret of an account and read it back.

    Raises KeyringUnusable where it is not kept; for silence, it may still be kept later.
    """
    reached: list[str] = []
    question = Question(lambda: _write(account, secret, reached), who=lambda: _name_of(reached))
    _within(question, seconds)


def forget_secret(account: Account, seconds: float = PATIENCE_SECONDS) -> None:
    """Remove what is stored for an account at its server, if anything is. Raises KeyringUnusable."""
    reached: list[str] = []
    _within(Question(lambda: _delete(account, reached), who=lambda: _name_of(reached)), seconds)


def keyring_name(seconds: float = PATIENCE_SECONDS) -> str:
    """What people call the keyring that keeps passwords here. Raises KeyringUnusable where none does."""
    reached: list[str] = []
    return _within(Question(lambda: _find_backend(reached)[1], who=lambda: _name_of(reached)), seconds)


def silence(what: str) -> KeyringUnusable:
    """What is said of a keyring, or of whoever else is asked, that has not answered yet."""
    return KeyringUnusable(f"{what} does not answer yet", mood=KeyringMood.SILENT)


def _within(question: Question[T], seconds: float) -> T:
    if not question.wait(seconds):
        raise silence(question.who())
    return question.answer()


def _name_of(reached: list[str]) -> str:
    return reached[0] if reached else "The keyring"


# -- on the question's thread -----------------------------------------------------------------------------


def _read(account: Account, reached: list[str]) -> str | None:
    backend, name = _find_backend(reached)
    with _Naming(name):
        found = backend.get_password(_service(account), _user(account))
        if found is not None or not _may_have_old_entry(account):
            return found
        old = backend.get_password(SERVICE, _user(account))
    if old is not None:
        _move_old_entry(backend, account, old)
    return old


def _move_old_entry(backend: KeyringBackend, account: Account, secret: str) -> None:
    """File an entry by address under its server. Where that fails it stays as it was, and is found again."""
    try:
        backend.set_password(_service(account), _user(account), secret)
        if backend.get_password(_service(account), _user(account)) == secret:
            backend.delete_password(SERVICE, _user(account))
    except Exception:  # noqa: BLE001 - the secret is read, and the old entry is still there
        return


def _write(account: Account, secret: str, reached: list[str]) -> None:
    backend, name = _find_backend(reached)
    with _Naming(name, secret):
        backend.set_password(_service(account), _user(account), secret)
        is_kept = backend.get_password(_service(account), _user(account)) == secret
    if not is_kept:
        raise KeyringUnusable(f"{name} took the password and does not have it", mood=KeyringMood.FORGETFUL)


def _delete(account: Account, reached: list[str]) -> None:
    backend, name = _find_backend(reached)
    services = [_service(account)] + [SERVICE] * _may_have_old_entry(account)
    with _Naming(name):
        for service in services:
            # Asked first: backends differ in what they raise for an entry that is not there.
            if backend.get_password(service, _user(account)) is not None:
                backend.delete_password(service, _user(account))


def _find_backend(reached: list[str]) -> tuple[KeyringBackend, str]:
    """The keyring in force, or the first of a chain that encrypts, and its name, also in ``reached``."""
    # Slow to import, and not needed for a first frame.
    with _Naming("The keyring library"):
        import keyring
        from keyring.backends.chainer import ChainerBackend

        found = keyring.get_keyring()
        links: list[KeyringBackend] = list(found.backends) if isinstance(found, ChainerBackend) else [found]
    refusals: list[KeyringUnusable] = []
    for backend in links:
        try:
            reached.append(_judge(backend))
            return backend, reached[0]
        except KeyringUnusable as error:
            refusals.append(error)
    raise (
        refusals[0]
        if refusals
        else KeyringUnusable("No keyring is installed here, or none runs", mood=KeyringMood.MISSING)
    )


def _judge(backend: KeyringBackend) -> str:
    """A backend's name for people. Raises KeyringUnusable for one that is not known to encrypt."""
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(backend).__mro__]
    shown = _clean(names[0])
    for name in names:
        if name in ENCRYPTING:
            return ENCRYPTING[name]
        if name in REFUSED:
            mood, reason = REFUSED[name]
            text = reason[0].upper() + reason[1:] if mood is KeyringMood.MISSING else f"{shown}: {reason}"
            raise KeyringUnusable(text, mood=mood)
    raise KeyringUnusable(f"{shown}: nobody has vouched that it encrypts", mood=KeyringMood.UNTRUSTED)


class _Naming:
    """Turns whatever a backend raises into ``KeyringUnusable`` that names it and never shows a secret."""

    def __init__(self, name: str, secret: str = "") -> None:
        self._name = name
        self._secret = secret

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, GimapError):
            return
        raise KeyringUnusable(f"{self._name}: {why(error, self._secret)}", mood=_mood_of(error)) from None


def _mood_of(error: BaseException) -> KeyringMood:
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        return KeyringMood.LOCKED
    return KeyringMood.MISSING if "NoKeyringError" in names else KeyringMood.FAILED


def why(error: BaseException, secret: str = "") -> str:
    """An exception as words for a person: its own, or its kind where they are none or would tell a secret."""
    text = _clean(str(error)).rstrip(".")
    kind = type(error).__name__
    if not text or (secret and secret in str(error)):
        return kind
    return text if kind in ("KeyringLocked", "InitError") else f"{kind}, {text}"


def _clean(text: str) -> str:
    return clean_line(text, WHY_MAX)


def _service(account: Account) -> str:
    protocol = "imap" if account.security is Security.NONE else "imaps"
    return f"{SERVICE} {protocol}://{_host(account)}:{account.port}"


def _host(account: Account) -> str:
    return account.host.strip().lower().rstrip(".")


def _user(account: Account) -> str:
    return account.email.strip().lower()


def _may_have_old_entry(account: Account) -> bool:
    server = (_host(account), account.port, account.security)
    return server == ("imap.gmail.com", 993, Security.TLS)
