"""The keyring in every mood: what is answered, what is said, what is never read, and how long it takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import cast

import keyring
import pytest
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from imapcore.errors import KeyringMood, KeyringUnusable
from imapcore.model import Account, Security
from imapcore.net.keyring import (
    ENCRYPTING,
    ask_stored_secret,
    forget_secret,
    store_secret,
    stored_secret,
)

GMAIL = Account("me@gmail.com")
HERE = Account("me@gmail.com", "127.0.0.1", 1143, Security.NONE)
SECRET = "abcdefghijklmnop"
OLD = ("gimap-tui", "me@gmail.com")


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.error: BaseException | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.asked = 0
        self.reached = threading.Event()
        self.is_forgetful = False

    def _check(self) -> None:
        self.asked += 1
        self.reached.set()
        self.gate.wait(20)
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if not self.is_forgetful:
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")


def named(path: str) -> Ring:
    """A keyring that says it is another backend."""
    module, _, name = path.rpartition(".")
    return cast(Ring, type(name, (Ring,), {"__module__": module, "__qualname__": name})())


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    made = named("keyring.backends.SecretService.Keyring")
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    yield made
    made.gate.set()


def refused(act: Callable[[], object]) -> KeyringUnusable:
    with pytest.raises(KeyringUnusable) as caught:
        act()
    return caught.value


def acts() -> list[Callable[[], object]]:
    return [
        lambda: stored_secret(GMAIL),
        lambda: store_secret(GMAIL, SECRET),
        lambda: forget_secret(GMAIL),
    ]


def test_a_secret_is_stored_found_and_forgotten(ring: Ring) -> None:
    assert stored_secret(GMAIL) is None
    store_secret(Account("Me@Gmail.com "), SECRET)
    assert ring.entries == {("gimap-tui imaps://imap.gmail.com:993", "me@gmail.com"): SECRET}
    assert stored_secret(Account("me@gmail.com", "IMAP.gmail.com.")) == SECRET
    forget_secret(GMAIL)
    forget_secret(GMAIL)
    assert stored_secret(GMAIL) is None


@pytest.mark.parametrize(
    "other",
    [
        HERE,
        Account("me@gmail.com", "localhost"),
        Account("me@gmail.com", "imap.gmail.com.evil.example"),
        Account("me@gmail.com", "imap.gmail.com", 1993),
        Account("me@gmail.com", "imap.gmail.com", 993, Security.NONE),
        Account("me@gmail.com", "imap.gmail.com", 993, Security.STARTTLS),
        Account("you@gmail.com"),
    ],
)
def test_a_secret_is_never_offered_to_another_server(ring: Ring, other: Account) -> None:
    ring.entries[OLD] = SECRET
    if other.security is not Security.STARTTLS:
        store_secret(GMAIL, SECRET)
    assert stored_secret(other) is None
    forget_secret(other)
    assert ring.entries[OLD] == SECRET


def test_without_tls_only_what_was_stored_for_that_very_server(ring: Ring) -> None:
    store_secret(Account("me@gmail.com", "127.0.0.1", 1143), "for TLS only")
    assert stored_secret(HERE) is None
    store_secret(HERE, SECRET)
    assert stored_secret(HERE) == SECRET


def test_an_entry_by_address_is_filed_under_gmails_server(ring: Ring) -> None:
    ring.entries[OLD] = SECRET
    assert stored_secret(GMAIL) == SECRET
    assert list(ring.entries) == [("gimap-tui imaps://imap.gmail.com:993", "me@gmail.com")]
    ring.entries[OLD] = SECRET
    forget_secret(GMAIL)
    assert ring.entries == {}


def test_an_old_entry_that_cannot_be_moved_stays_and_is_used(ring: Ring) -> None:
    ring.entries[OLD] = SECRET
    ring.is_forgetful = True
    assert stored_secret(GMAIL) == SECRET
    assert ring.entries == {OLD: SECRET}


@pytest.mark.parametrize("act", acts())
@pytest.mark.parametrize(
    ("error", "mood"),
    [
        (KeyringLocked("Failed to unlock the collection!"), KeyringMood.LOCKED),
        (NoKeyringError("none"), KeyringMood.MISSING),
        (InitError("no collection: Prompt dismissed.."), KeyringMood.FAILED),
        (RuntimeError(""), KeyringMood.FAILED),
        (ConnectionRefusedError(111, "Connection refused"), KeyringMood.FAILED),
        (KeyError("x"), KeyringMood.FAILED),
        (SystemExit(3), KeyringMood.FAILED),
        (RecursionError("deep"), KeyringMood.FAILED),
    ],
)
def test_whatever_a_backend_raises_is_a_sentence_that_names_it(
    ring: Ring, act: Callable[[], object], error: BaseException, mood: KeyringMood
) -> None:
    ring.error = error
    told = refused(act)
    assert told.mood is mood
    assert "Secret Service" in told.detail
    assert told.hint
    assert ".." not in told.sentence()


@pytest.mark.parametrize("shape", ["{}", "could not store {} here", "\x1b]0;{}\x07", "a" * 500 + "{}"])
def test_no_error_tells_the_secret(ring: Ring, shape: str) -> None:
    ring.error = RuntimeError(shape.format(SECRET))
    told = refused(lambda: store_secret(GMAIL, SECRET))
    assert SECRET not in told.sentence() + repr(told) + str(told.__cause__)
    assert told.__suppress_context__
    assert "\x1b" not in told.sentence()


@pytest.mark.parametrize(
    "act",
    [
        lambda: stored_secret(GMAIL, 0.05),
        lambda: store_secret(GMAIL, SECRET, 0.05),
        lambda: forget_secret(GMAIL, 0.05),
    ],
)
def test_a_keyring_that_hangs_is_silent_and_nobody_waits_for_it(
    ring: Ring, act: Callable[[], object]
) -> None:
    ring.gate.clear()
    told = refused(act)
    assert told.mood is KeyringMood.SILENT
    assert told.detail.endswith("does not answer yet")
    assert all(each.daemon for each in threading.enumerate() if each.name == "secret")


def test_a_late_answer_is_told(ring: Ring) -> None:
    ring.entries[OLD] = SECRET
    ring.gate.clear()
    told = threading.Event()
    question = ask_stored_secret(GMAIL, told.set)
    assert ring.reached.wait(10)
    assert not question.wait(0)
    assert question.who() == "Secret Service"
    ring.gate.set()
    assert told.wait(10)
    assert question.answer() == SECRET
    assert SECRET not in repr(question)


def test_what_was_stored_is_read_back(ring: Ring) -> None:
    ring.is_forgetful = True
    told = refused(lambda: store_secret(GMAIL, SECRET))
    assert told.mood is KeyringMood.FORGETFUL


@pytest.mark.parametrize(
    ("path", "mood"),
    [
        ("keyrings.alt.file.PlaintextKeyring", KeyringMood.UNTRUSTED),
        ("keyrings.alt.file.EncryptedKeyring", KeyringMood.UNTRUSTED),
        ("keyrings.cryptfile.cryptfile.CryptFileKeyring", KeyringMood.UNTRUSTED),
        ("somebody.elses.Keyring", KeyringMood.UNTRUSTED),
        ("keyring.backends.fail.Keyring", KeyringMood.MISSING),
        ("keyring.backends.null.Keyring", KeyringMood.MISSING),
    ],
)
@pytest.mark.parametrize("act", acts())
def test_only_what_encrypts_is_asked(
    monkeypatch: pytest.MonkeyPatch, path: str, mood: KeyringMood, act: Callable[[], object]
) -> None:
    made = named(path)
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    told = refused(act)
    assert told.mood is mood
    assert (path in told.detail) is (mood is KeyringMood.UNTRUSTED)
    assert "password_command" in told.hint
    assert made.asked == 0


@pytest.mark.parametrize("path", ENCRYPTING)
def test_what_encrypts_is_used(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    made = named(path)
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    store_secret(GMAIL, SECRET)
    assert stored_secret(GMAIL) == SECRET


def test_the_librarys_own_backends_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: tuple[Callable[[], object], ...] = (fail.Keyring, null.Keyring)
    for kind in kinds:
        backend = kind()
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        assert refused(lambda: stored_secret(GMAIL)).mood is KeyringMood.MISSING


def test_a_chain_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, good = named("keyrings.alt.file.PlaintextKeyring"), named("keyring.backends.kwallet.DBusKeyring")
    links: list[Ring] = [plain, good]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", links)
    monkeypatch.setattr(keyring, "get_keyring", chainer.ChainerBackend)
    store_secret(GMAIL, SECRET)
    assert plain.asked == 0
    assert stored_secret(GMAIL) == SECRET
    links.remove(good)
    assert "PlaintextKeyring" in refused(lambda: stored_secret(GMAIL)).detail
    links.remove(plain)
    assert refused(lambda: stored_secret(GMAIL)).mood is KeyringMood.MISSING


def test_a_backend_that_cannot_be_loaded_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'no'")

    monkeypatch.setattr(keyring, "get_keyring", missing)
    told = refused(lambda: stored_secret(GMAIL))
    assert told.mood is KeyringMood.FAILED
    assert "No module named" in told.detail
