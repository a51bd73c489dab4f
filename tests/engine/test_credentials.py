"""The secret while the engine runs: asked for once, again on a wish, never waited for, and what signs out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest

from imapcore.engine import Engine, has_store, secret_command
from imapcore.engine.credentials import Credentials, SignedOut
from imapcore.errors import AuthenticationFailed, GimapError, KeyringMood, KeyringUnusable, SecretUnavailable
from imapcore.model import INBOX, Account, LinkState
from imapcore.simulator import Simulator
from tests.engine.harness import QUICK, Watcher, account_of, agree, engine_on

ME = Account("me@gmail.com")


class Source:
    """Tells what it is set to tell, and counts."""

    def __init__(self, tells: str | GimapError) -> None:
        self.tells = tells
        self.asked = 0
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> str:
        self.asked += 1
        self.gate.wait(20)
        if isinstance(self.tells, GimapError):
            raise self.tells
        return self.tells


def locked() -> KeyringUnusable:
    return KeyringUnusable("Secret Service: locked", mood=KeyringMood.LOCKED)


def failing(credentials: Credentials) -> GimapError:
    with pytest.raises(GimapError) as caught:
        credentials.get()
    return caught.value


def test_it_is_asked_for_once() -> None:
    source = Source("one")
    credentials = Credentials(ME, source)
    assert credentials.get() is credentials.get()
    assert credentials.get().text == "one"
    assert source.asked == 1
    assert "one" not in repr(credentials) + repr(credentials.get())


@pytest.mark.parametrize("problem", [locked(), GimapError("x"), ""])
def test_a_source_that_cannot_tell_is_asked_once_for_each_wish(problem: GimapError | str) -> None:
    source = Source(problem)
    credentials = Credentials(ME, source)
    for _ in range(7):
        failing(credentials)
    assert source.asked == 1
    credentials.wish()
    for _ in range(7):
        failing(credentials)
    assert source.asked == 2
    source.tells = "one"
    credentials.wish()
    assert credentials.get().text == "one"


def test_what_was_refused_is_not_tried_again_by_itself() -> None:
    source = Source("wrong")
    credentials = Credentials(ME, source)
    assert not credentials.refused(credentials.get(), AuthenticationFailed("no"))
    assert failing(credentials).detail == "no"
    assert source.asked == 1


def test_what_had_worked_may_have_run_out() -> None:
    source = Source("old")
    credentials = Credentials(ME, source, is_token=True)
    credential = credentials.get()
    credentials.accepted(credential)
    source.tells = "new"
    assert credentials.refused(credential, AuthenticationFailed("expired"))
    assert credentials.get().text == "new"
    assert credentials.get().is_token


def test_a_refusal_of_one_that_is_no_longer_used_changes_nothing() -> None:
    credentials = Credentials(ME, Source("old"))
    old = credentials.get()
    credentials.use("typed")
    assert credentials.refused(old, AuthenticationFailed("no"))
    assert credentials.get().text == "typed"


def test_of_two_sessions_that_are_refused_both_get_the_newer_one() -> None:
    source = Source("old")
    credentials = Credentials(ME, source, is_token=True)
    old = credentials.get()
    credentials.accepted(old)
    source.tells = "new"
    assert credentials.refused(old, AuthenticationFailed("expired"))
    assert credentials.refused(old, AuthenticationFailed("expired"))
    assert credentials.get().text == "new"
    assert source.asked == 2


def test_a_silent_source_is_not_waited_for_and_not_asked_twice() -> None:
    source = Source("one")
    source.gate.clear()
    late = threading.Event()
    credentials = Credentials(ME, source, late=late.set, patience_seconds=0.01)
    for _ in range(3):
        error = failing(credentials)
        assert isinstance(error, SecretUnavailable)
        assert "does not answer yet" in error.title
        credentials.wish()
    assert source.asked == 1
    source.gate.set()
    assert late.wait(10)
    assert credentials.get().text == "one"


def test_a_typed_password_counts_more_than_a_late_answer() -> None:
    source = Source("stored")
    source.gate.clear()
    late = threading.Event()
    credentials = Credentials(ME, source, late=late.set, patience_seconds=0.01)
    failing(credentials)
    credentials.use("typed")
    source.gate.set()
    assert credentials.get().text == "typed"
    assert not late.is_set()


def test_closing_ends_the_wait() -> None:
    source = Source("one")
    source.gate.clear()
    credentials = Credentials(ME, source, patience_seconds=60.0)
    ended = threading.Event()

    def wait() -> None:
        failing(credentials)
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    credentials.close()
    assert ended.wait(10)
    source.gate.set()


def test_signed_out_until_the_user_wishes_otherwise() -> None:
    source = Source("one")
    credentials = Credentials(ME, source)
    credentials.get()
    credentials.sign_out()
    assert isinstance(failing(credentials), SignedOut)
    assert credentials.is_signed_out
    credentials.wish()
    assert credentials.get().text == "one"


# -- in the engine -----------------------------------------------------------------------------------------


class Ring:
    """A Secret Service in memory."""

    __module__ = "keyring.backends.SecretService"
    __qualname__ = "Keyring"

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.get_password(service, username)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.get_password(service, username)
        del self.entries[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


@contextmanager
def on_keyring(simulator: Simulator, folder: Path) -> Iterator[tuple[Engine, Watcher]]:
    """An engine whose password is in the keyring, or should be."""
    with Engine(account_of(simulator), data_dir=folder, options=QUICK) as engine:
        yield engine, Watcher(engine)


def entry(account: Account) -> tuple[str, str]:
    return (f"gimap-tui imap://{account.host}:{account.port}", account.email)


@pytest.mark.parametrize(
    "make_error", [lambda: RuntimeError("gone"), lambda: ConnectionRefusedError(111, "no")]
)
def test_a_keyring_that_is_gone_asks_on_the_screen_and_nothing_is_tried_again(
    small: Simulator, tmp_path: Path, ring: Ring, make_error: Callable[[], Exception]
) -> None:
    ring.error = make_error()
    assert not has_store(account_of(small), tmp_path)
    with on_keyring(small, tmp_path) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)
        assert "Secret Service" in engine.link().detail
        engine.open(INBOX)
        assert ring.asked == 1
        engine.use_secret(small.options.app_password)
        agree(engine, watcher, small)
        assert ring.asked == 1
    assert has_store(account_of(small), tmp_path)
    # What is stored opens at once, and asks again.
    with on_keyring(small, tmp_path) as (engine, watcher):
        assert engine.window(INBOX).rows
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)


def test_signing_out_forgets_the_password_and_hangs_up(small: Simulator, tmp_path: Path, ring: Ring) -> None:
    account = account_of(small)
    ring.entries[entry(account)] = small.options.app_password
    with on_keyring(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
        engine.sign_out()
        assert ring.entries == {}
        watcher.wait_until(lambda: engine.link().title == "Signed out")
        assert engine.link().state is LinkState.SIGN_IN
        assert engine.window(INBOX).rows
        watcher.wait_until(lambda: small.control.signed_in() == 0)
        engine.use_secret(small.options.app_password)
        agree(engine, watcher, small)


def test_a_token_that_ran_out_is_asked_for_once_more(small: Simulator, tmp_path: Path) -> None:
    asked: list[str] = []

    def token() -> str:
        asked.append(small.control.issue_token())
        return asked[-1]

    with engine_on(small, tmp_path, secret=token, is_token=True) as (engine, watcher):
        agree(engine, watcher, small)
        assert len(asked) == 1
        small.control.expire_tokens()
        small.control.cut()
        watcher.wait_until(lambda: len(asked) == 2)
        agree(engine, watcher, small)
        assert len(asked) == 2
        lines = "\n".join(engine.transcript(500))
        assert not any(each in lines for each in asked)


def test_a_token_that_is_none_is_said(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path, secret=lambda: "no-such-token", is_token=True) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)


def test_a_command_tells_the_password_and_a_bad_one_asks_on_the_screen(
    small: Simulator, tmp_path: Path
) -> None:
    good = secret_command(("echo", small.options.app_password))
    with engine_on(small, tmp_path, secret=good) as (engine, watcher):
        agree(engine, watcher, small)
    bad = secret_command(("sh", "-c", "echo 'gpg: no secret key' >&2; exit 2"))
    with engine_on(small, tmp_path, secret=bad) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)
        assert "gpg: no secret key" in engine.link().detail
        assert engine.window(INBOX).rows
        engine.use_secret(small.options.app_password)
        agree(engine, watcher, small)
