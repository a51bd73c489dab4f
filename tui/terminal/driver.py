"""The terminal as Textual's driver of it, with what Textual leaves out.

What lives here: reading keys (by ``input_events``, octets that are no UTF-8 included), where the screen is
drawn and how large it is, stopping and coming back (Ctrl+Z), and a terminal that vanishes: a window is
closed, the line to another machine is cut. Textual's driver writes on a thread of its own, from a queue that
is bounded; a write that fails would end the thread, and whoever writes next would wait for ever, with the
store's lock in hand.
"""

from __future__ import annotations

import codecs
import io
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import IO, Any, cast

from textual.app import App, ScreenStackError
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from tui.terminal import last_frame
from tui.terminal.input_events import LEAVING, InputEvents
from tui.terminal.shown_screen import ShownScreen

HUNG_UP = 129
"""The exit code of who was ended by SIGHUP: 128 + 1."""
LARGEST = (1000, 500)
"""Columns and lines that are drawn at most, whatever a terminal says."""
_USUAL = (80, 24)
_LOOK_SECONDS = 0.1
"""How often the reading thread looks whether the run is over."""
_READ_OCTETS = 4096
_TYPED_AHEAD = 16
"""Keys that a person presses at most until the screen is loaded; a paste is longer, or in brackets."""
_MOST_REPEATED, _MOST_WAITING = 8, 200
"""Messages that may wait for the app when another comes: one that repeats the last, any other."""
_STOP_SECONDS = 0.3
"""How long a stop that was asked for may take to happen."""
_MODES = "\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?2004h"
"""What Textual's driver sets, but for the screen it draws on and the protocol of the keyboard."""
_OWN_SCREEN = "\x1b[?1049h"
_ERRORS = "gimap-controls"


def lasting(chosen: type[Driver]) -> type[Driver]:
    """Textual's choice of a driver; for a terminal, the one that leaves when it does."""
    return TerminalDriver if chosen is LinuxDriver else chosen


def _replace(error: UnicodeError) -> tuple[str, int]:
    """An octet that is no UTF-8: a C1 control where it is one by itself, else U+FFFD."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    # A terminal that was told to send controls of eight bits sends them outside of UTF-8, too.
    is_control = len(wrong) == 1 and 0x80 <= wrong[0] <= 0x9F
    return (chr(wrong[0]) if is_control else "\ufffd"), error.end


codecs.register_error(_ERRORS, _replace)


class Decoder:
    """Octets as they are read, to text; a character may be cut between two reads."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(_ERRORS)

    def decode(self, octets: bytes) -> str:
        """The text that is complete by now; what is no UTF-8 is U+FFFD, or the C1 control that it is."""
        return self._decoder.decode(octets)


class Output(io.TextIOBase):
    """Where the screen is drawn, until that fails; then a hole that everything fits into."""

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
        self._output = Output(_screen_file(), self._hung_up)
        self._file = cast(Any, self._output)
        self.shown = ShownScreen()
        """What stands on the terminal."""
        self.has_drawn = False
        """Whether the app has drawn a frame since the terminal was taken."""
        self.is_drawing = True
        self._is_taken = False
        self._is_first_read = False
        self._is_stopping = False
        self._was_continued = False
        self._ahead = 0
        self._last_name = ""

    def start_application_mode(self) -> None:
        """Take the terminal. Nothing is known of it any more, but for a frame that was drawn early."""
        self.shown.forget()
        self.has_drawn = False
        painted = last_frame.take()
        if painted is not None:
            self.shown.assume(painted.frame, painted.size)
        self._is_taken = self._is_first_read = painted is not None
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        finally:
            self._is_taken = False
        if painted is not None:
            self.attrs_before = painted.attributes

    def write(self, data: str) -> None:
        """Write; a screen of our own that is there already is not asked for, which would clear it."""
        if not (self._is_taken and data == _OWN_SCREEN):
            super().write(data)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and lines as the terminal says; the environment may be another terminal's."""
        for descriptor in (self._output.fileno(), self.fileno):
            try:
                columns, lines = os.get_terminal_size(descriptor)
            except OSError:
                continue
            if columns > 0 and lines > 0:
                return min(columns, LARGEST[0]), min(lines, LARGEST[1])
        return _USUAL

    def _query_in_band_window_resize(self) -> None:
        """Not asked for: SIGWINCH tells of another size, and a report that anybody can forge need not."""

    # -- reading ---------------------------------------------------------------------------------------

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._hung_up()
        except BaseException:  # noqa: BLE001 - whatever it is, nobody would read the keys that follow
            failed = getattr(self._app, "input_failed", None)
            self._app.call_later(failed or self._app.exit, traceback.format_exc())

    def run_input_thread(self) -> None:
        """Read keys until the app ends or the terminal does. Raises OSError when the terminal is gone."""
        decoder, events = Decoder(), InputEvents()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                due = events.deadline
                seconds = _LOOK_SECONDS if due is None else min(_LOOK_SECONDS, due - time.monotonic())
                messages = events.tick(time.monotonic())
                if not messages and selector.select(max(0.0, seconds)):
                    octets = os.read(self.fileno, _READ_OCTETS)
                    if not octets:
                        raise OSError("the terminal has ended")
                    text = decoder.decode(octets)
                    messages = []
                    for part in self._reads(text):
                        messages += events.feed(part, time.monotonic())
                self._hand_on(messages)

    def _hand_on(self, messages: list[Message]) -> None:
        """Hand messages to the app, as many as it can follow: what comes faster is not typed.

        A key that is held down, or a line that repeats one octet without an end, would otherwise be obeyed
        for minutes after it has stopped, and Ctrl+Q would wait behind it. Different keys are words in a
        field, so they may wait longer than one that repeats.
        """
        for message in messages:
            name = message.key if isinstance(message, Key) else type(message).__name__
            most = _MOST_REPEATED if name == self._last_name else _MOST_WAITING
            self._last_name = name
            if name == LEAVING or self._waiting() < most:
                self._ahead += 1
                self.process_message(message)
                self._loop.call_soon_threadsafe(self._was_seen)

    def _was_seen(self) -> None:
        self._ahead -= 1

    def _waiting(self) -> int:
        """Messages that wait on a key's way: for the loop, the app, its screen, the widget with the keys."""
        waiting = self._ahead + self._app.message_queue_size
        try:
            screen = self._app.screen
        except ScreenStackError:
            # It starts, or ends.
            return waiting
        holder = screen.focused
        return waiting + screen.message_queue_size + (0 if holder is None else holder.message_queue_size)

    def _reads(self, text: str) -> list[str]:
        """What was typed at the early frame waited to be read: each key was pressed by itself."""
        was_typed = self._is_first_read and "\x1b" not in text and len(text) <= _TYPED_AHEAD
        self._is_first_read = False
        return list(text) if was_typed else [text]

    def _hung_up(self) -> None:
        self._app.call_later(self._app.exit, None, HUNG_UP)

    # -- drawing again, stopping, coming back ----------------------------------------------------------

    def set_modes(self) -> None:
        """Set again what another program, or a reset, may have changed in the terminal."""
        self.write(_MODES)

    def stop_drawing(self) -> None:
        """What is drawn from now on is for nobody to see."""
        self.is_drawing = False

    @property
    def _has_terminal(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def stop_process(self) -> bool:
        """Give the terminal back and stop until a shell continues us, as Ctrl+Z does elsewhere.

        Returns whether that happened: where no shell could bring us back the system does not stop us.
        """
        self._is_stopping, self._was_continued = True, False
        try:
            self.suspend_application_mode()
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            # All that the shell started with us, as the terminal itself would do it.
            os.kill(0, signal.SIGTSTP)
            deadline = time.monotonic() + _STOP_SECONDS
            while not self._was_continued and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            signal.signal(signal.SIGTSTP, self._sigtstp_application)
            self._is_stopping = False
        self._must_signal_resume = True
        self.resume_application_mode()
        return self._was_continued

    def _sigcont_application(self, *_: object) -> None:
        """Continued: by a shell after Ctrl+Z, or after somebody stopped us from outside."""
        self._was_continued = True
        if self._is_stopping or not self._auto_restart:
            return
        if self._has_terminal:
            # Nobody asked whether we could stop, so the terminal was not given back; it may be anything now.
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()


def _screen_file() -> IO[str]:
    """Where to draw: standard error as Textual does, or standard output where that is none of the two."""
    for stream in (sys.__stderr__, sys.__stdout__):
        if stream is not None and not stream.closed and stream.isatty():
            return stream
    raise RuntimeError("There is no terminal to draw on")
