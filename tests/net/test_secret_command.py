"""The program that tells the password: one line or a sentence; no shell, no terminal, nothing kept."""

from __future__ import annotations

import stat
import sys
import threading
import time
from pathlib import Path

import pytest

from imapcore.errors import SecretCommandFailed
from imapcore.net.secret_command import MOST_OCTETS, SecretCommand

SECRET = "qwertzuiopasdfgh"


def python(code: str) -> SecretCommand:
    return SecretCommand((sys.executable, "-c", code))


def failing(command: SecretCommand) -> str:
    with pytest.raises(SecretCommandFailed) as caught:
        command()
    assert SECRET not in caught.value.sentence()
    return caught.value.sentence()


@pytest.mark.parametrize("end", ["", "\\n", "\\r\\n"])
def test_one_line_is_the_secret_with_or_without_its_end(end: str) -> None:
    assert python(f"import sys; sys.stdout.write('{SECRET} é{end}')")() == f"{SECRET} é"


def test_blanks_inside_and_around_are_the_secrets_own() -> None:
    assert python("print(' a b ')")() == " a b "


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("pass", "printed nothing"),
        ("print()", "printed nothing"),
        ("import sys; sys.stderr.write('no key\\n')", "printed nothing: no key"),
        (f"print('{SECRET}\\nurl: x')", "printed 2 lines"),
        (f"print('{SECRET}\\n')", "printed 2 lines"),
        (f"print('{SECRET}\\x1b[2J')", "control characters"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "not UTF-8"),
        ("import sys\nwhile True: sys.stdout.write('y' * 9999)", "more than any password"),
        ("import sys; sys.exit(3)", "ended with exit code 3."),
        (f"import sys; print('{SECRET}'); sys.exit('{SECRET}: bad')", "ended with exit code 1: •••: bad"),
        (
            "import sys; sys.exit('\\x1b]0;x\\x07\\x1b[2Jgpg: decryption failed\\nNo secret key')",
            "No secret key",
        ),
        ("import sys; sys.exit('x' * 100000)", "exit code 1: xxx"),
        ("import os; os.kill(os.getpid(), 15)", "ended by signal 15"),
    ],
)
def test_anything_else_is_a_sentence(code: str, told: str) -> None:
    sentence = failing(python(code))
    assert told in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 600


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "child.wait()"
    )
    command = SecretCommand((sys.executable, "-c", code), limit_seconds=1.5)
    assert "took longer than 1.5 s" in failing(command)
    assert _is_gone(int(mark.read_text()))


def _is_gone(pid: int) -> bool:
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_a_child_that_keeps_the_pipe_open_is_not_waited_for_for_ever() -> None:
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('x')"
    )
    assert "took longer" in failing(SecretCommand((sys.executable, "-c", code), limit_seconds=1.0))


def test_stopping_ends_it_at_once() -> None:
    command = python("import time; time.sleep(60)")
    ended = threading.Event()

    def run() -> None:
        assert "stopped" in failing(command)
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    command.stop()
    assert ended.wait(10)
    assert "stopped" in failing(command)


def test_no_shell_reads_it() -> None:
    assert SecretCommand(("echo", "$HOME; echo x"))() == "$HOME; echo x"
    assert SecretCommand(("sh", "-c", "printf 'one\\ntwo\\n' | head -n 1"))() == "one"
    assert "sh -c" in failing(SecretCommand(("nosuchprogram", "show", "x", "|", "head")))


@pytest.mark.parametrize("words", [("nosuchprogram",), ("/etc",), ("a\0b",), ("",), ("/etc/passwd",)])
def test_what_cannot_be_run_is_a_sentence(words: tuple[str, ...]) -> None:
    assert failing(SecretCommand(words)).startswith("The command that tells the password failed. ")


def test_it_has_no_terminal_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPG_TTY", "/dev/pts/0")
    code = (
        "import os, sys\n"
        "try: os.open('/dev/tty', os.O_RDWR)\n"
        "except OSError: print(repr(sys.stdin.read()), os.environ.get('GPG_TTY'))"
    )
    assert python(code)() == "'' None"


def test_nothing_of_it_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho {SECRET}\n")
    script.chmod(stat.S_IRWXU)
    assert SecretCommand(("~/script",))() == SECRET
    assert [each.name for each in tmp_path.iterdir()] == ["script"]


def test_a_long_token_fits() -> None:
    assert len(python(f"print('t' * {MOST_OCTETS - 1})")()) == MOST_OCTETS - 1
