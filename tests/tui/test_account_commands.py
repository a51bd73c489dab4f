"""Accounts on the command line: added when the secret has worked and all of it, listed, tested, removed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from imapcore import engine
from imapcore.engine import google_sign_in
from imapcore.engine.google_sign_in import GoogleSignIn
from imapcore.errors import InvalidArgument, KeyringMood, KeyringUnusable
from imapcore.model import Account
from imapcore.oauth import as_kept
from imapcore.simulator import Options, Simulator
from tests.oauth.authorization_server import authorization_server
from tui import account_commands, command_line
from tui.settings.config import AccountSettings, Config, load_config, parse_config, show_config
from tui.settings.edit import ConfigUnwritable, add_account, remove_account
from tui.settings.known_accounts import choose_account, find_account, known_accounts
from tui.settings.paths import account_path
from tui.settings.state import remember_account
from tui.terminal import consent_prompt

PASSWORD = "demodemodemodemo"


class Keyring:
    """Plays the system's."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.error: KeyringUnusable | None = None

    def store(self, account: Account, secret: str) -> None:
        if self.error is not None:
            raise self.error
        self.kept[account.email] = secret

    def forget(self, account: Account) -> None:
        if self.error is not None:
            raise self.error
        self.kept.pop(account.email, None)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GIMAP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    keyring = Keyring()
    monkeypatch.setattr(engine, "store_secret", keyring.store)
    monkeypatch.setattr(account_commands, "forget_secret", keyring.forget)
    return keyring


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator(Options(messages=3)) as simulator:
        yield simulator


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed where a password is asked for."""
    answers: list[str] = []
    monkeypatch.setattr(account_commands, "has_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))
    return answers


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = command_line.main(["account", *arguments])
    captured = capsys.readouterr()
    assert PASSWORD not in captured.out + captured.err
    return code, captured.out, captured.err


def at(server: Simulator) -> tuple[str, ...]:
    return ("--host", "127.0.0.1", "--port", str(server.port), "--no-tls")


def config_file(folder: Path) -> Path:
    return folder / "config" / "config.toml"


def test_from_nothing_to_an_account_with_a_password(
    server: Simulator,
    keyring: Keyring,
    typed: list[str],
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    typed += ["wrong wrong", " demo demo demo demo\n"]
    code, out, err = run(capsys, "add", "demo@gmail.com", *at(server))
    assert code == 0
    assert "gimap-tui --account demo opens it" in out
    assert "did not accept the password" in err
    assert keyring.kept == {"demo@gmail.com": PASSWORD}
    text = config_file(folder).read_text()
    assert PASSWORD not in text
    assert config_file(folder).stat().st_mode & 0o777 == 0o600
    config = load_config(config_file(folder))
    assert config.problems == ()
    assert config.accounts["demo"].port == server.port
    assert not config.accounts["demo"].tls
    # Twice is once.
    assert "is there already" in run(capsys, "add", "Demo@gmail.com", *at(server))[2]


def test_a_command_tells_the_password_and_is_proven(
    server: Simulator, keyring: Keyring, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    told = f"sh -c 'echo {PASSWORD}'"
    assert (
        run(capsys, "add", "demo@gmail.com", "--name", "work", "--password-command", told, *at(server))[0]
        == 0
    )
    assert keyring.kept == {}
    settings = load_config(config_file(folder)).accounts["work"]
    assert settings.password_command == ("sh", "-c", f"echo {PASSWORD}")
    code, out, _ = run(capsys, "test", "work")
    assert code == 0
    assert "sh tells the password" in out
    assert (
        "[accounts.work]" in run(capsys, "sign-out", "work")[2]
        or "command" in run(capsys, "sign-out", "work")[2]
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "demo"), "is not an address"),
        (("add", "demo@gmail.com", "--password-command", "it's"), "cannot be read"),
        (("add", "demo@gmail.com", "--password-command", ""), "is empty"),
        (("add", "demo@gmail.com", "--password-command", "no-such-program"), "There is no program"),
        (("add", "demo@gmail.com", "--password-command", "echo wrong"), "did not accept"),
        (("add", "demo@gmail.com", "--password-command", "true"), "printed nothing"),
        (("add", "demo@gmail.com", "--password-command", "printf 'a\\nb\\n'"), "2 lines"),
        (("add", "demo@gmail.com", "--token-command", "echo stale"), "did not accept"),
        (("add", "demo@gmail.com", "--name", "a b", "--password-command", "x"), "is no name"),
        (("add", "demo@gmail.com"), "This is not a terminal"),
        (("add",), "This is not a terminal"),
        (("add", "a@b.cc", "d@e.ff"), "one account at most"),
        (("delete",), "There is no “delete” of accounts"),
        (("remove", "nobody"), "There is no account “nobody”"),
        (("remove",), "there is none"),
        (("sign-out", "x@y.zz"), "There is no account"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_nothing_is_half_saved(
    arguments: tuple[str, ...],
    told: str,
    server: Simulator,
    keyring: Keyring,
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    code, out, err = run(capsys, *arguments, *at(server))
    assert code in (1, 2)
    assert out == ""
    assert told in err
    assert err.startswith("gimap-tui: ")
    assert err.count("\n") == 1
    assert not config_file(folder).exists()
    assert keyring.kept == {}


def test_a_file_that_cannot_be_written_takes_the_password_back(
    server: Simulator,
    keyring: Keyring,
    typed: list[str],
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    config_file(folder).parent.mkdir()
    config_file(folder).write_text("[look\n")
    typed.append(PASSWORD)
    code, _, err = run(capsys, "add", "demo@gmail.com", *at(server))
    assert code == 1
    assert "is not TOML" in err
    assert config_file(folder).read_text() == "[look\n"
    assert keyring.kept == {}


def test_without_a_keyring_the_account_is_added_and_that_is_said(
    server: Simulator,
    keyring: Keyring,
    typed: list[str],
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    keyring.error = KeyringUnusable("no keyring runs", mood=KeyringMood.MISSING)
    typed.append(PASSWORD)
    code, out, err = run(capsys, "add", "demo@gmail.com", *at(server))
    assert code == 0
    assert "no keyring runs" in err
    assert "asked for at each start" in out
    assert "demo" in load_config(config_file(folder)).accounts
    # A keyring that is silent does not keep an account from being removed, either.
    code, out, err = run(capsys, "remove", "demo")
    assert code == 0
    assert "may still have its password" in err


def test_removing_forgets_the_password_and_keeps_the_mail(
    server: Simulator,
    keyring: Keyring,
    typed: list[str],
    capsys: pytest.CaptureFixture[str],
    folder: Path,
) -> None:
    typed.append(PASSWORD)
    run(capsys, "add", "demo@gmail.com", *at(server))
    store = engine.find_store(Account("demo@gmail.com", "127.0.0.1", server.port))
    store.parent.mkdir(parents=True)
    store.write_bytes(b"")
    code, out, _ = run(capsys, "remove", "demo")
    assert code == 0
    assert str(store) in out
    assert store.exists()
    assert keyring.kept == {}
    assert load_config(config_file(folder)).accounts == {}


def test_one_broken_account_does_not_keep_the_others_from_being_tested(
    server: Simulator, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    config_file(folder).parent.mkdir()
    config_file(folder).write_text(
        "".join(
            f'[accounts.{name}]\nemail = "demo@gmail.com"\nhost = "127.0.0.1"\nport = {server.port}\n'
            f'tls = false\npassword_command = "echo {password}"\n'
            for name, password in (("bad", "wrong"), ("good", PASSWORD))
        )
    )
    code, out, _ = run(capsys, "test")
    assert code == 1
    assert "did not accept the password" in " ".join(out.split())
    assert "ok       Sign-in" in out


def test_the_list_says_which_opens(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert "No account yet" in run(capsys, "list")[1]
    remember_account("first@gmail.com", account_path())
    config_file(folder).parent.mkdir()
    config_file(folder).write_text('[accounts.work]\nemail = "w@x.yy"\ntoken_command = "t"\n')
    code, out, _ = run(capsys, "list")
    assert code == 0
    first, second = out.splitlines()
    assert "first@gmail.com" in first
    assert "opens when none is named" in first
    assert "token command" in second
    told = json.loads(run(capsys, "list", "--json")[1])
    assert [(each["name"], each["opens_first"]) for each in told] == [("", True), ("work", False)]
    assert run(capsys, "remove", "first@gmail.com")[0] == 0
    assert "first@gmail.com" not in run(capsys)[1]


# -- which account is meant ----------------------------------------------------------------------------------

TWO = '[account]\nemail = "you@gmail.com"\nport = 994\n[accounts.Work]\nemail = "w@x.yy"\nhost = "h.yy"\n'


@pytest.mark.parametrize(
    ("text", "named", "email"),
    [
        (TWO, "", "you@gmail.com"),
        (TWO, "work", "w@x.yy"),
        (TWO, "W@X.yy", "w@x.yy"),
        (TWO, "YOU@gmail.com", "you@gmail.com"),
        (TWO, "new@gmail.com", "you@gmail.com"),
        ('[accounts.a]\nemail = "a@b.cc"\n[accounts.b]\nemail = "b@b.cc"\n', "", "a@b.cc"),
        ("", "", ""),
    ],
)
def test_the_account_that_is_meant(text: str, named: str, email: str) -> None:
    assert choose_account(parse_config(text), named).account.email == email


def test_a_name_that_is_none() -> None:
    with pytest.raises(InvalidArgument) as caught:
        choose_account(parse_config(TWO), "wrok")
    assert "Work" in caught.value.detail


def test_the_account_of_the_first_start_keeps_opening_first() -> None:
    remember_account("first@gmail.com", account_path())
    config = parse_config('[accounts.work]\nemail = "w@x.yy"\n')
    assert [each.settings.email for each in known_accounts(config)] == ["first@gmail.com", "w@x.yy"]
    named = parse_config('[accounts.work]\nemail = "first@gmail.com"\nhost = "h.yy"\n')
    assert [each.settings.host for each in known_accounts(named)] == ["h.yy"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accounts = 3", "write [accounts.work]"),
        ("accounts.work = 3", "write [accounts.work]"),
        ('[accounts.work]\nhost = "x"', "needs an address"),
        ('[accounts."a b"]\nemail = "a@b.cc"', "is no name"),
        ('[accounts."\\u001b]0;X"]\nemail = "a@b.cc"', "is no name"),
        ('[accounts.work]\nemail = "a@b.cc"\nprot = 3', "did you mean “port”?"),
        ('[[account]]\nemail = "a@b.cc"', "is a section"),
    ],
)
def test_what_is_wrong_with_several_accounts_is_said(text: str, told: str) -> None:
    config = parse_config(text)
    assert len(config.problems) == 1
    assert told in config.problems[0]
    assert config.problems[0].isprintable()


def test_what_is_in_force_can_be_read_again() -> None:
    config = parse_config(TWO)
    again = parse_config(show_config(config))
    assert again.problems == ()
    assert (again.account, again.accounts) == (config.account, config.accounts)
    assert find_account(Config(), "x") is None


# -- the file ------------------------------------------------------------------------------------------------


def test_what_people_wrote_stays_as_it_is(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    written = "# mine\n[look]  # so\ntheme = 'gimap-light'\n\n[accounts.a]\nemail = \"a@b.cc\" # first\n"
    real.write_text(written)
    real.chmod(0o640)
    path = tmp_path / "config.toml"
    path.symlink_to(real)
    add_account(path, "b", AccountSettings("b@c.dd", password_command=("pass", "x y")))
    text = real.read_text()
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert text.startswith(written)
    assert tomllib.loads(text)["accounts"]["b"] == {"email": "b@c.dd", "password_command": ["pass", "x y"]}
    with pytest.raises(InvalidArgument):
        add_account(path, "b", AccountSettings("b@c.dd"))
    remove_account(path, "b")
    assert real.read_text().rstrip() == written.rstrip()
    remove_account(path, "a")
    assert "accounts" not in tomllib.loads(real.read_text())
    assert "# mine" in real.read_text()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[look", b"a = 1\na = 2\n", b"accounts = 3\n"])
def test_a_file_that_cannot_be_read_is_left_alone(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigUnwritable):
        add_account(path, "b", AccountSettings("b@c.dd"))
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_files_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigUnwritable):
        add_account(tmp_path, "b", AccountSettings("b@c.dd"))


# -- where things are ----------------------------------------------------------------------------------------


def test_where_files_live(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert command_line.main(["locate", "config"]) == 0
    assert capsys.readouterr().out == f"{config_file(folder)}\n"
    assert command_line.main(["locate"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == ["config", "data", "state", "log"]
    assert command_line.main(["locate", "mail"]) == 2
    assert command_line.main(["keys", "x"]) == 2


def test_the_version_names_what_it_stands_on(capsys: pytest.CaptureFixture[str]) -> None:
    command_line.main(["--version"])
    out = capsys.readouterr().out
    assert all(name in out for name in ("gimap-tui ", "Python 3.", "Textual ", "SQLite 3."))


# -- Google OAuth ------------------------------------------------------------------------------------------


def test_from_nothing_to_mail_by_google_over_ssh(
    server: Simulator, capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setenv("SSH_CONNECTION", "1")
    monkeypatch.setattr(google_sign_in, "store_secret", lambda account, token: kept.update(token=token))
    monkeypatch.setattr(engine, "stored_secret", lambda account, seconds: kept.get("token"))
    with authorization_server(server.control.issue_token) as google:
        lines = iter([None, "nonsense\n", None])

        def pasted(attempt: GoogleSignIn, until: float) -> str | None:
            return next(lines) or google.consent(attempt.address)

        # The first wrong paste is said, and the next one counts.
        monkeypatch.setattr(consent_prompt, "_next_answer", lambda attempt, until: pasted(attempt, until))
        next(lines)
        path = google.client_file(folder)
        code, out, err = run(capsys, "add", "demo@gmail.com", "--oauth-client", str(path), *at(server))
        assert code == 0
        assert "Open this address in a browser, on any machine" in out
        assert "not Google's answer" in err
        assert kept == {"token": as_kept("1//first")}
        assert "1//first" not in config_file(folder).read_text() + out + err
        code, out, _ = run(capsys, "test", "demo")
        assert code == 0
        assert "Google OAuth tells the token" in out
        assert "by XOAUTH2" in out
        assert "Google OAuth" in run(capsys, "list")[1]
        google.refresh = set()
        code, out, _ = run(capsys, "test", "demo")
        assert code == 1
        assert "seven days" in " ".join(out.split())


def test_the_file_of_a_web_client_and_no_answer_save_nothing(
    server: Simulator, capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_prompt, "_next_answer", lambda attempt, until: None)
    monkeypatch.setenv("SSH_CONNECTION", "1")
    with authorization_server(server.control.issue_token) as google:
        for kind, told in (("web", "Web application"), ("installed", "no answer from Google")):
            path = google.client_file(folder, kind)
            code, _, err = run(capsys, "add", "demo@gmail.com", "--oauth-client", str(path), *at(server))
            assert code == 2
            assert told in err
    assert not config_file(folder).exists()
