"""A real pseudo-terminal with a child in it: what a person's terminal would see, with the time it took."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

_ENV = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}


_OVERRULING = ("COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
"""The size is the terminal's own, and what is installed has its bytecode beside it."""
WRITE_SECONDS = 30.0


class Terminal:
    """Runs a command on a terminal of so many cells; ends it when the context does."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 36,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._command = list(command)
        inherited = {name: value for name, value in os.environ.items() if name not in _OVERRULING}
        self._env = {**inherited, **_ENV, **(env or {})}
        self._size = (lines, columns)
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._process: subprocess.Popen[bytes] | None = None
        self._master = -1
        self.started = 0.0

    def __enter__(self) -> Self:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self._env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        os.set_blocking(self._master, False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            deadline = time.perf_counter() + 10
            while process.poll() is None and time.perf_counter() < deadline:
                self.read(0.05)
            if process.poll() is None:
                process.kill()
                process.wait(10)
        if self._master >= 0:
            os.close(self._master)

    def hang_up(self) -> None:
        """Close the window under the child."""
        os.close(self._master)
        self._master = -1

    @property
    def pid(self) -> int:
        """The child's."""
        assert self._process is not None
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        """The exit code, once it has ended; None when it still runs after so long."""
        assert self._process is not None
        deadline = time.perf_counter() + seconds
        while self._process.poll() is None and time.perf_counter() < deadline:
            self.read(0.05)
        return self._process.poll()

    def read(self, seconds: float) -> bytes:
        """What comes within so many seconds; empty when nothing does."""
        ready, _, _ = select.select([self._master] if self._master >= 0 else [], [], [], seconds)
        if not ready:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            return b""
        self._stream.feed(data)
        return data

    def write(self, data: bytes) -> None:
        """Type; what the child draws is read meanwhile, as a terminal does."""
        while data:
            readable, writable, _ = select.select([self._master], [self._master], [], WRITE_SECONDS)
            if not readable and not writable:
                raise TimeoutError("the child does not read what is typed")
            if readable:
                self.read(0)
            if writable:
                data = data[os.write(self._master, data) :]

    def wait_for(self, text: str, seconds: float) -> float | None:
        """Seconds since the start until the text is on the screen; None when it does not come."""
        deadline = time.perf_counter() + seconds
        while text not in self.text():
            if time.perf_counter() > deadline:
                return None
            while not self.read(0.05) and time.perf_counter() < deadline:
                pass
        return time.perf_counter() - self.started

    def settle(self, quiet: float = 0.25, seconds: float = 10.0) -> None:
        """Read until nothing has come for a while."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline and self.read(quiet):
            pass

    def paint_after(self, key: bytes, seconds: float = 2.0) -> float | None:
        """Seconds from a key to the first byte of what it drew; None when it drew nothing."""
        while self.read(0):
            pass
        begun = time.perf_counter()
        self.write(key)
        ready, _, _ = select.select([self._master], [], [], seconds)
        took = time.perf_counter() - begun
        if not ready:
            return None
        self.read(0)
        return took

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self._screen.display)

    def processor_seconds(self) -> float:
        """Processor time of the child so far: what a quiet machine would need."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Resident memory of the child, MB."""
        with Path(f"/proc/{self.pid}/status").open(encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1000
        return 0.0
