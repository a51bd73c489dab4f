"""The terminal, which may vanish: a window is closed, the line to another machine is cut.

What lives here: taking that for the end of the run. Textual's driver writes on a thread of its own, from a
queue that is bounded; a write that fails would end the thread, and whoever writes next would wait for ever,
with the store's lock in hand.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, cast

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

HUNG_UP = 129
"""The exit code of who was ended by SIGHUP: 128 + 1."""


def lasting(chosen: type[Driver]) -> type[Driver]:
    """Textual's choice of a driver; for a terminal, the one that leaves when it does."""
    return TerminalDriver if chosen is LinuxDriver else chosen


class Output(io.TextIOBase):
    """Standard error until it fails; then a hole that everything fits into."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone
        self._is_gone = False

    def write(self, text: str) -> int:
        """Write, or lose it when nobody is there to read."""
        self._do(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._do(self._file.flush)

    def _do(self, action: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            action()
        except OSError:
            self._is_gone = True
            self._gone()

    def fileno(self) -> int:
        """The descriptor behind it."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is, or was, a terminal."""
        return self._file.isatty()


class TerminalDriver(LinuxDriver):
    """Textual's driver; without a terminal it leaves instead of waiting for one."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        """``options``: as Textual's driver takes them."""
        super().__init__(app, **options)
        if self._file is not None:
            self._file = cast(Any, Output(self._file, self._hung_up))

    def run_input_thread(self) -> None:
        """Read keys until the app ends or the terminal does."""
        try:
            super().run_input_thread()
        except OSError:
            self._hung_up()

    def _hung_up(self) -> None:
        self._app.call_later(self._app.exit, None, HUNG_UP)
