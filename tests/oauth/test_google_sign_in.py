"""Signing in with Google: from consent to mail, and whatever can go wrong on the way keeps nothing."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapcore.clock import ManualClock
from imapcore.engine import google_sign_in
from imapcore.engine.credentials import Credentials
from imapcore.engine.google_sign_in import GoogleSignIn
from imapcore.errors import AuthenticationFailed, GimapError, InvalidArgument, KeyringUnusable, LinkError
from imapcore.model import Account
from imapcore.oauth import OAuthClient, OAuthFailed, TokenSource, as_kept, from_kept, read_client
from imapcore.simulator import Options, Simulator
from tests.engine.harness import account_of
from tests.oauth.authorization_server import AuthorizationServer, authorization_server

EMAIL = "demo@gmail.com"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def mail() -> Iterator[Simulator]:
    with Simulator(Options(messages=3)) as simulator:
        yield simulator


@pytest.fixture
def google(mail: Simulator) -> Iterator[AuthorizationServer]:
    with authorization_server(mail.control.issue_token) as server:
        yield server


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the keyring was given."""
    given: list[str] = []
    monkeypatch.setattr(google_sign_in, "store_secret", lambda account, secret: given.append(secret))
    return given


def test_the_browser_brings_the_answer(
    mail: Simulator, google: AuthorizationServer, kept: list[str], tmp_path: Path
) -> None:
    with GoogleSignIn(account_of(mail), google.client_file(tmp_path)) as attempt:
        assert attempt.wait(0) is None
        page = urllib.request.urlopen(google.consent(attempt.address), timeout=5).read()
        assert b"close this window" in page
        answer = attempt.wait(5)
        assert answer is not None
        attempt.finish(answer)
    assert kept == [as_kept("1//first")]


@pytest.mark.server
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_a_real_browser_follows_the_redirect(
    mail: Simulator, google: AuthorizationServer, kept: list[str], tmp_path: Path
) -> None:
    assert CHROMIUM is not None
    with GoogleSignIn(account_of(mail), google.client_file(tmp_path)) as attempt:
        command = [CHROMIUM, "--headless", "--no-sandbox", f"--user-data-dir={tmp_path}/profile",
                   "--dump-dom", attempt.address]  # fmt: skip
        page = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False).stdout
        answer = attempt.wait(5)
        assert answer is not None
        attempt.finish(answer)
    assert "You can close this window." in page
    assert kept == [as_kept("1//first")]


def test_the_answer_is_pasted(
    mail: Simulator, google: AuthorizationServer, kept: list[str], tmp_path: Path
) -> None:
    with GoogleSignIn(account_of(mail), google.client_file(tmp_path)) as attempt:
        attempt.finish(f"  {google.consent(attempt.address)}\n")
    assert kept == [as_kept("1//first")]


def test_a_token_that_is_none_of_this_account_keeps_nothing(
    google: AuthorizationServer, mail: Simulator, kept: list[str], tmp_path: Path
) -> None:
    google.issue = lambda: "ya29.somebody-elses"
    path = google.client_file(tmp_path)
    with GoogleSignIn(account_of(mail), path) as attempt, pytest.raises(AuthenticationFailed):
        attempt.finish(google.consent(attempt.address))
    assert kept == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("state", "answers another question"),
        ("denied", "no access"),
        ("nonsense", "not Google's answer"),
        ("scope", "something else"),
        ("used", "used already"),
        ("down", "has a problem"),
        ("client", "does not know the client"),
    ],
)
def test_what_goes_wrong_is_said_and_keeps_nothing(
    kind: str, told: str, mail: Simulator, google: AuthorizationServer, kept: list[str], tmp_path: Path
) -> None:
    more = {"client_secret": "other"} if kind == "client" else {}
    google.is_denied = kind == "denied"
    google.scope = "openid" if kind == "scope" else google.scope
    google.error = (503, "unavailable") if kind == "down" else None
    with GoogleSignIn(account_of(mail), google.client_file(tmp_path, **more)) as attempt:
        answer = google.consent(attempt.address)
        if kind == "state":
            answer = answer.replace("state=", "state=x")
        if kind == "nonsense":
            answer = "http://127.0.0.1/"
        if kind == "used":
            google.codes.clear()
        with pytest.raises(GimapError) as caught:
            attempt.finish(answer)
    sentence = caught.value.sentence()
    assert told in sentence
    assert caught.value.hint
    assert not any(secret in sentence for secret in ("4/0", "not-so-secret", "ya29"))
    assert kept == []


def test_nobody_answers_at_the_token_endpoint(mail: Simulator, kept: list[str], tmp_path: Path) -> None:
    with authorization_server(mail.control.issue_token) as google:
        path = google.client_file(tmp_path)
    with GoogleSignIn(account_of(mail), path) as attempt, pytest.raises(LinkError):
        attempt.finish(google.consent(attempt.address))
    assert kept == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[]", "no “installed”"),
        ('{"web": {}}', "Web application"),
        ('{"installed": {"client_id": "x"}}', "client_secret"),
        ('{"installed": {"client_id": 3, "client_secret": "x"}}', "client_id"),
        ('{"installed": {"client_id": "x", "client_secret": "y", "token_uri": "http://h.yy/"}}', "https"),
        ('{"installed": {"client_id": "x", "client_secret": "y", "auth_uri": "file:///etc"}}', "https"),
    ],
)
def test_a_file_that_is_no_desktop_clients(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    path.write_text(text)
    with pytest.raises(InvalidArgument) as caught:
        read_client(path)
    assert told in caught.value.detail
    assert "Desktop app" in caught.value.hint
    with pytest.raises(InvalidArgument):
        read_client(tmp_path / "none.json")


# -- while the program runs ----------------------------------------------------------------------------------


def source(
    google: AuthorizationServer, folder: Path, kept: dict[str, str], clock: ManualClock
) -> TokenSource:
    client = read_client(google.client_file(folder))
    return TokenSource(client, lambda: kept.get("r"), lambda token: kept.update(r=token), clock=clock)


def test_a_token_is_fresh_before_the_old_one_ends(google: AuthorizationServer, tmp_path: Path) -> None:
    clock = ManualClock()
    credentials = Credentials(
        Account(EMAIL), source(google, tmp_path, {"r": "1//first"}, clock), is_token=True
    )
    first = credentials.get()
    credentials.accepted(first)
    clock.advance(3000)
    assert credentials.get() is first
    clock.advance(400)
    second = credentials.get()
    assert second.text != first.text
    credentials.accepted(second)
    # Refused in the middle of its life: one more, and no third.
    assert credentials.refused(second, AuthenticationFailed())
    assert credentials.get().text not in (first.text, second.text)
    assert len(google.asked) == 3


def test_a_rotated_refresh_token_is_kept_and_a_revoked_one_is_explained(
    google: AuthorizationServer, tmp_path: Path
) -> None:
    kept = {"r": "1//first"}
    google.rotates = True
    tell = source(google, tmp_path, kept, ManualClock())
    tell()
    assert kept["r"].startswith("1//rotated")
    tell()
    google.refresh = set()
    with pytest.raises(OAuthFailed) as caught:
        tell()
    assert "seven days" in caught.value.hint
    assert kept["r"] not in caught.value.sentence()
    kept.clear()
    with pytest.raises(AuthenticationFailed):
        tell()


def test_a_keyring_that_does_not_take_the_rotated_one_costs_nothing_now(
    google: AuthorizationServer, tmp_path: Path
) -> None:
    google.rotates = True

    def refuse(_: str) -> None:
        raise KeyringUnusable("locked")

    client = read_client(google.client_file(tmp_path))
    assert TokenSource(client, lambda: "1//first", refuse)().startswith("ya29.")


def test_an_endpoint_that_is_away_is_asked_again(google: AuthorizationServer, tmp_path: Path) -> None:
    credentials = Credentials(
        Account(EMAIL), source(google, tmp_path, {"r": "1//first"}, ManualClock()), is_token=True
    )
    google.error = (503, "unavailable")
    with pytest.raises(LinkError):
        credentials.get()
    google.error = None
    assert credentials.get().is_token


def test_nothing_of_it_shows_a_secret() -> None:
    assert "secret" not in repr(OAuthClient("id", "secret"))


def test_a_password_in_the_keyring_is_never_sent_as_a_token() -> None:
    assert from_kept(as_kept("1//first")) == "1//first"
    assert from_kept("demodemodemodemo") is None
    assert from_kept(None) is None
