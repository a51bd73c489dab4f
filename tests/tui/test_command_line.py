"""The command line: every mistake is a sentence and an exit code, and never a traceback."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from imapcore.errors import InvalidArgument
from imapcore.model import Account, Security
from tui import command_line
from tui.settings.accounts import account_of, configured_command
from tui.settings.config import AccountSettings, Config, parse_config


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIMAP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path / "state"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = command_line.main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--version")
    assert code == 0
    assert out.startswith("gimap-tui ")


def test_the_version_says_what_a_report_begins_with(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, out, _ = run(capsys, "--version")
    for part in (
        "Python 3.",
        "Textual ",
        "SQLite 3.",
        str(tmp_path / "config"),
        str(tmp_path / "state"),
        "mail: ",
    ):
        assert part in out


def test_windows_is_told_what_to_do_and_nothing_fails_before_that() -> None:
    script = (
        "import sys; sys.modules.update(fcntl=None, termios=None, pwd=None, tty=None, resource=None); "
        "sys.platform = 'win32'; from tui.__main__ import main; sys.exit(main(['--demo']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "WSL" in done.stderr
    assert done.stderr.count("\n") == 1


def test_lines_work_in_a_pipe_and_end_with_the_input(tmp_path: Path) -> None:
    """Both ends are pipes: nothing is asked, nothing decorated, and the end of the input is the end."""
    env = {**os.environ, "GIMAP_CONFIG_DIR": str(tmp_path), "GIMAP_STATE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--demo", "--linear"],
        input="list 2\narchive 1\nundo\n1\nlinks\n",
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env=env,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Inbox: 38 conversations" in done.stdout
    assert "\n2. " in done.stdout
    assert "Archived “" in done.stdout
    assert "Undone: Archived “" in done.stdout
    assert "> " not in done.stdout
    assert "Goodbye" not in done.stdout


def test_keys_in_force(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "keys")
    assert (code, err) == (0, "")
    assert "[archive]" in out


def test_keys_of_another_map(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Key map “mutt”" in run(capsys, "keys", "--keys", "mutt")[1]


def test_the_configuration_in_force(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('[look]\ndensity = "two"\nthem = "x"\n')
    code, out, err = run(capsys, "config")
    assert code == 2
    assert 'density = "two"' in out
    assert "did you mean “theme”?" in err


def test_a_conflict_of_keys_is_told_at_the_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('[keys]\narchive = "A"\ntrash = "A"\n')
    code, _, err = run(capsys, "keys")
    assert code == 2
    assert "asked for by both" in err


def test_a_configuration_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "--config", str(tmp_path / "none.toml"))
    assert code == 2
    assert "The configuration cannot be read." in err


def test_an_empty_configuration_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "config", "--config", "/dev/null")[0] == 0
    assert "This is not a terminal" in run(capsys, "--demo", "--config", "/dev/null")[2]


def test_nothing_that_was_typed_moves_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for arguments in (
        ("--config", "/\x1b]0;x\x07"),
        ("keys", "--keys", "\x1b[2J"),
        ("--config", str(tmp_path)),
    ):
        code, out, err = run(capsys, *arguments)
        assert code == 2
        assert "\x1b" not in out + err
        assert err.startswith("gimap-tui: ")


def test_without_a_terminal_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--demo")
    assert code == 2
    assert "This is not a terminal." in err


def options(**given: object) -> argparse.Namespace:
    values = vars(command_line.build_parser().parse_args([])) | given
    return argparse.Namespace(**values)


def test_an_account_is_gmails_unless_said_otherwise() -> None:
    account = account_of("you@gmail.com", options(), Config())
    assert account == Account("you@gmail.com", "imap.gmail.com", 993, Security.TLS)


def test_without_tls_only_to_this_machine() -> None:
    account = account_of("demo@gmail.com", options(host="127.0.0.1", port=1143, no_tls=True), Config())
    assert account.security is Security.NONE
    with pytest.raises(InvalidArgument) as caught:
        account_of("demo@gmail.com", options(host="mail.example.org", no_tls=True), Config())
    assert "not this machine" in caught.value.detail


@pytest.mark.parametrize(
    "email", ["", "you", "you@", "@gmail.com", "a b@gmail.com", "you@gmail", "a\x1b@b.cc"]
)
def test_what_is_no_address(email: str) -> None:
    with pytest.raises(InvalidArgument):
        account_of(email, options(), Config())


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port(port: int) -> None:
    with pytest.raises(InvalidArgument):
        account_of("you@gmail.com", options(port=port), Config())


COMMAND = ("pass", "show", "gmail")


@pytest.mark.parametrize(
    ("account", "is_for_it"),
    [
        (Account("you@gmail.com"), True),
        (Account("You@Gmail.com", "IMAP.gmail.com"), True),
        (Account("other@gmail.com"), False),
        (Account("you@gmail.com", "127.0.0.1", 993), False),
        (Account("you@gmail.com", "imap.gmail.com", 1993), False),
        (Account("you@gmail.com", "imap.gmail.com", 993, Security.NONE), False),
    ],
)
def test_the_command_is_asked_for_the_configured_account_and_server_alone(
    account: Account, is_for_it: bool
) -> None:
    config = Config(account=AccountSettings(email="you@gmail.com", password_command=COMMAND))
    assert (configured_command(account, config) is not None) is is_for_it
    assert configured_command(account, Config()) is None


def test_python_m_tui_ends_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("gimap-tui: ")


def in_shell(line: str, unbuffered: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line.replace("PYTHON", shlex.quote(sys.executable)),
        shell=True,
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("PYTHON -m tui keys >/dev/full", 1, "gimap-tui: No space left on device: what was printed"),
        ("PYTHON -m tui config >/dev/full", 1, "gimap-tui: No space left on device: what was printed"),
        ("PYTHON -m tui keys >&-", 0, ""),
        ("PYTHON -m tui keys 2>&-", 0, ""),
        ("(PYTHON -m tui keys; echo $? >&2) | true", 0, "0"),
        ("PYTHON -m tui 2>/dev/full </dev/null", 2, ""),
    ],
)
def test_output_that_nobody_takes(line: str, code: int, told: str, unbuffered: str) -> None:
    done = in_shell(line, unbuffered)
    assert done.returncode == code
    assert done.stderr.startswith(told)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_error(unbuffered: str) -> None:
    done = in_shell("PYTHON -m tui keys | head -1", unbuffered)
    assert done.stderr == ""


def test_where_mail_is_sent_through() -> None:
    gmail = account_of("you@gmail.com", options(), Config())
    assert (gmail.submission_host, gmail.smtp_port) == ("smtp.gmail.com", 465)
    config = parse_config('[account]\nsmtp_host = "mx.example.org"\nsmtp_security = "starttls"')
    given = account_of("you@gmail.com", options(smtp_port=587), config)
    assert (given.submission_host, given.smtp_port, given.smtp_security) == (
        "mx.example.org",
        587,
        Security.STARTTLS,
    )
    with pytest.raises(InvalidArgument, match="could read the password"):
        account_of("you@gmail.com", options(host="127.0.0.1", no_tls=True), config)


def test_a_password_is_told_to_no_other_server_that_takes_mail() -> None:
    config = parse_config('[account]\npassword_command = "pass gmail"')
    account = account_of("you@gmail.com", options(smtp_host="mx.example.org"), config)
    assert configured_command(account, config) is None
