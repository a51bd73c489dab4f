"""Signing in on the bare terminal: what is asked, what is said, and what is kept."""

from __future__ import annotations

import getpass
import os
import sys

import pytest

import imapcore.engine as engine
from imapcore.engine import Question
from imapcore.errors import AuthenticationFailed, GimapError, InvalidArgument, KeyringMood, KeyringUnusable
from imapcore.model import Account
from tui.terminal import password_prompt as prompt

ME = Account("you@gmail.com")


class Keyring:
    """Stands in for the engine's sign-in: one password works."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, typed: list[str], stored: str | None = None) -> None:
        self.kept: dict[Account, str] = {ME: stored} if stored else {}
        self.typed = iter(typed)
        self.problems: list[GimapError] = []
        """Raised when it is read, and when it is written."""
        monkeypatch.setattr(
            engine, "ask_stored_secret", lambda account: Question(lambda: self._read(account))
        )
        monkeypatch.setattr(engine, "store_secret", self._write)
        monkeypatch.setattr(engine, "check_sign_in", self._check)
        monkeypatch.setattr(getpass, "getpass", lambda prompt: next(self.typed))

    def _read(self, account: Account) -> str | None:
        if self.problems:
            raise self.problems[0]
        return self.kept.get(account)

    def _write(self, account: Account, secret: str) -> None:
        if self.problems:
            raise self.problems[-1]
        self.kept[account] = secret

    @staticmethod
    def _check(account: Account, secret: str) -> None:
        if secret not in ("right", "demodemodemodemo"):
            raise AuthenticationFailed("Invalid credentials (Failure)")


def test_a_stored_password_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Keyring(monkeypatch, [], stored="right")
    assert prompt.sign_in(ME) is None


def test_a_password_that_works_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring = Keyring(monkeypatch, ["wrong", "right"])
    prompt.sign_in(ME)
    assert keyring.kept == {ME: "right"}
    captured = capsys.readouterr()
    assert "did not accept the password" in captured.err
    assert "An app password has 16 letters, this has 5" in captured.err
    assert "right" not in captured.out.replace("letters", "") + captured.err


def test_the_blanks_google_shows_are_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring(monkeypatch, [" demo demo demo demo\n"])
    prompt.sign_in(ME)
    assert keyring.kept == {ME: "demodemodemodemo"}


@pytest.mark.parametrize("mood", KeyringMood)
def test_whatever_the_keyrings_mood_the_password_is_asked_for_and_lives_as_long_as_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mood: KeyringMood
) -> None:
    keyring = Keyring(monkeypatch, ["right"])
    keyring.problems = [KeyringUnusable("Backend: reason", mood=mood)]
    secret = prompt.sign_in(ME)
    assert secret is not None
    assert secret() == "right"
    assert keyring.kept == {}
    assert capsys.readouterr().err.count("keyring cannot be used. Backend: reason.") == 1


def test_a_keyring_that_forgets_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring = Keyring(monkeypatch, ["right"])
    monkeypatch.setattr(engine, "ask_stored_secret", lambda account: Question(lambda: None))
    keyring.problems = [KeyringUnusable("it forgot", mood=KeyringMood.FORGETFUL)]
    assert prompt.sign_in(ME) is not None
    assert "it forgot" in capsys.readouterr().err


def test_a_keyring_that_hangs_leaves_a_way_to_type_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Keyring(monkeypatch, ["right"])
    silent: Question[str | None] = Question(_never)
    monkeypatch.setattr(engine, "ask_stored_secret", lambda account: silent)
    monkeypatch.setattr(prompt, "_WORD_SECONDS", 0.01)
    reading, writing = os.pipe()
    os.write(writing, b"\n")
    with os.fdopen(reading) as typed, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", typed)
        assert prompt.sign_in(ME) is None
    assert "press Enter" in capsys.readouterr().err


def _never() -> str | None:
    import threading

    threading.Event().wait(20)
    return None


def test_three_wrong_passwords_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = Keyring(monkeypatch, ["a", "b", "c", "right"])
    with pytest.raises(AuthenticationFailed):
        prompt.sign_in(ME)
    assert keyring.kept == {}


def test_no_password_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    Keyring(monkeypatch, [""])
    with pytest.raises(InvalidArgument):
        prompt.sign_in(ME)
