"""A program of the user's that tells the password or a token: pass, secret-tool, op, age, gpg, a script.

What lives here: running it and reading exactly one line. What may not: keeping what it told; it is neither
written anywhere nor part of any sentence.

It runs without a shell, unless the configuration names one; without our terminal, which is the screen's (a
password that it must ask for needs a window, or an agent); in a process group of its own, so that ``stop``
and the time limit end what it has started, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from imapcore.errors import SecretCommandFailed
from imapcore.sanitize import clean_line

LIMIT_SECONDS = 60.0
"""So long a program may take; its window may be waiting for its user."""
MOST_OCTETS = 16_384
"""More than any password or token has."""
SHOWN = 300
"""Characters of its error output that a sentence shows: the last ones say what went wrong."""
_SHELL_SIGNS = ("|", "$", ">", "<", "`", ";", "&&", "~/", "*")


class SecretCommand:
    """One program; called, it tells the secret. One run at a time; ``stop`` ends it, now and for good."""

    def __init__(self, words: Sequence[str], *, limit_seconds: float = LIMIT_SECONDS) -> None:
        """``words``: the program and its arguments, at least one word."""
        self._words = tuple(words)
        self._limit = limit_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    @property
    def name(self) -> str:
        """The program, for sentences; its arguments may be nobody's business."""
        return clean_line(Path(self._words[0]).name, 60)

    def __call__(self) -> str:
        """Run it; its one line. Raises SecretCommandFailed, in words."""
        process = self._start()
        timer = threading.Timer(self._limit, self._end, (process,))
        timer.daemon = True
        timer.start()
        try:
            told, complaint = _read(process)
        finally:
            is_late = not timer.is_alive()
            timer.cancel()
            self._end(process)
            with self._lock:
                self._process = None
        if self._is_stopped:
            raise SecretCommandFailed(f"{self.name} was stopped")
        if is_late:
            raise SecretCommandFailed(
                f"{self.name} took longer than {self._limit:g} s{_said(complaint, told)}"
            )
        if len(told) > MOST_OCTETS:
            raise SecretCommandFailed(f"{self.name} printed more than any password has")
        if process.returncode:
            raise SecretCommandFailed(f"{self.name} {_ending(process.returncode)}{_said(complaint, told)}")
        return self._one_line(told, complaint)

    def stop(self) -> None:
        """End it, and run it no more."""
        with self._lock:
            self._is_stopped = True
            process = self._process
        if process is not None:
            self._end(process)

    def _start(self) -> subprocess.Popen[bytes]:
        first = self._words[0]
        program = str(Path(first).expanduser()) if first.startswith("~/") else first
        environment = {name: value for name, value in os.environ.items() if name != "GPG_TTY"}
        with self._lock:
            if self._is_stopped:
                raise SecretCommandFailed(f"{self.name} was stopped")
            try:
                process = subprocess.Popen(
                    (program, *self._words[1:]),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    env=environment,
                )
            except FileNotFoundError:
                raise SecretCommandFailed(f"There is no program {self.name}{self._shell_remark()}") from None
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "its name or arguments cannot be used"
                raise SecretCommandFailed(f"{self.name} cannot be run: {reason}") from None
            self._process = process
            return process

    def _shell_remark(self) -> str:
        has_signs = any(sign in word for word in self._words for sign in _SHELL_SIGNS)
        return "; it is run without a shell: write sh -c '…' where it needs one" if has_signs else ""

    def _one_line(self, told: bytes, complaint: bytes) -> str:
        try:
            text = told.decode("utf-8")
        except UnicodeDecodeError:
            raise SecretCommandFailed(f"{self.name} printed something that is not UTF-8 text") from None
        line = text.removesuffix("\n").removesuffix("\r")
        if not line.strip():
            raise SecretCommandFailed(
                f"{self.name} printed nothing{_said(complaint, told)}{self._shell_remark()}"
            )
        if "\n" in line:
            count = line.count("\n") + 1
            raise SecretCommandFailed(
                f"{self.name} printed {count} lines; exactly one is taken. Where the first one is meant, "
                f"write sh -c '… | head -n 1'"
            )
        if any(char < " " or char == "\x7f" for char in line):
            raise SecretCommandFailed(f"{self.name} printed control characters; no password has any")
        return line

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        """End the program and whatever it has started in its group."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # It has ended by itself.


def _read(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What it prints and complains of, as much as is wanted; it is not waited for beyond that."""
    assert process.stdout is not None
    assert process.stderr is not None
    complaint: list[bytes] = []
    listener = threading.Thread(target=_drain, args=(process.stderr, complaint), daemon=True)
    listener.start()
    with process.stdout, process:
        told = process.stdout.read(MOST_OCTETS + 1)
        if len(told) > MOST_OCTETS:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    listener.join(1.0)
    return told, b"".join(complaint)


def _drain(stream: IO[bytes], into: list[bytes]) -> None:
    """Read to the end, so that it never blocks, and keep the last part."""
    while chunk := stream.read1(4096):  # type: ignore[attr-defined]
        into.append(chunk)
        del into[:-4]


def _said(complaint: bytes, told: bytes) -> str:
    """Its error output as a part of a sentence, without what it printed as the secret."""
    for line in told.splitlines():
        if line.strip():
            complaint = complaint.replace(line.strip(), "•••".encode())
    text = clean_line(" ".join(complaint.decode("utf-8", "replace").split()), 10 * SHOWN)
    return f": {text[-SHOWN:]}" if text else ""


def _ending(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
