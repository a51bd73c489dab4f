"""``gimap-tui doctor`` on the command line: its lines, its JSON, its exit code, and no secret anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imapcore.engine.diagnosis import Check, Report, Verdict
from imapcore.model import Account
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from tui import command_line, doctor

PASSWORD = "demodemodemodemo"


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIMAP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIMAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(Options(messages=3)) as simulator:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "config.toml").write_text(
            f'[account]\nemail = "demo@gmail.com"\nhost = "127.0.0.1"\nport = {simulator.port}\n'
            f'password_command = ["echo", "{PASSWORD}"]\n'
        )
        yield simulator


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command_line.main(["doctor", "--no-tls", *arguments])
    captured = capsys.readouterr()
    assert PASSWORD not in captured.out + captured.err
    return code, captured.out


def test_lines_say_how_it_stands_and_advice_stands_below(
    server: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys)
    assert code == 0
    assert out.startswith(f"demo@gmail.com at 127.0.0.1:{server.port}\n")
    assert "ok       Sign-in        demo@gmail.com by LOGIN" in out
    assert "ok       Password       echo tells the password" in out
    assert "→ Leave out --no-tls" in out
    assert "\x1b" not in out


def test_json_has_each_check_and_the_exit_code_tells(
    server: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys, "--json")
    told = json.loads(out)
    assert (code, told["verdict"], told["account"]) == (0, "warning", "demo@gmail.com")
    assert all(set(each) == {"name", "title", "verdict", "told", "advice"} for each in told["checks"])
    server.control.fault(Fault(FaultKind.LOGIN_REFUSED, command="LOGIN", text="app-password"))
    code, out = run(capsys, "--json")
    told = json.loads(out)
    assert (code, told["verdict"]) == (1, "failed")
    (check,) = [each for each in told["checks"] if each["name"] == "sign-in"]
    assert "apppasswords" in check["advice"]


def test_an_address_is_never_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://support.google.com/mail/accounts/answer/78754-and-more-of-it"
    check = Check("sign-in", "Sign-in", Verdict.FAILED, "It failed " * 9, f"Open {address} and go on")
    monkeypatch.setenv("COLUMNS", "44")

    def examine(account: Account, *, told: Callable[[Check], None], **_: object) -> Report:
        told(check)
        return Report(account.email, account.host, account.port, (check,))

    monkeypatch.setattr(doctor, "examine", examine)
    assert doctor.run_doctor(Account("you@gmail.com")) == 1
    out = capsys.readouterr().out
    assert address in out
    assert [line for line in out.splitlines()[1:-1] if len(line) > 44 and address not in line] == []


def test_a_wrong_configuration_is_a_finding(
    server: Simulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "config" / "config.toml"
    path.write_text(path.read_text() + '[look]\nthem = "x"\n[keys]\narchive = "A"\ntrash = "A"\n')
    code, out = run(capsys)
    assert code == 0
    flat = " ".join(out.split())
    assert "did you mean “theme”?" in flat
    assert "asked for by both" in flat


def test_without_an_account_it_says_how_to_have_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys)
    assert code == 1
    assert "FAILED   Account        None is configured" in out
    assert json.loads(run(capsys, "--json")[1])["verdict"] == "failed"


def test_a_terminal_that_cannot_do_much(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "has_terminal", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("tui.doctor.locale.getpreferredencoding", lambda _: "ISO-8859-1")
    _, out = run(capsys)
    assert "--linear" in out
    assert "export LANG=C.UTF-8" in out
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("LINES", "8")
    assert "Make the window larger" in " ".join(run(capsys)[1].split())
