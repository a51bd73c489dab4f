"""What each of our apps asks of the terminal, whichever screen it shows.

What lives here: the driver, keys that mean the same everywhere (stop, draw again), pastes that no field
takes, faults of our own, and what is never written to a log. What the screens show does not live here.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any, ClassVar, TypeVar

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.actions import SkipAction
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input

from tui.terminal.crash_report import crash_sentence
from tui.terminal.debug_log import keep_private
from tui.terminal.driver import TerminalDriver, lasting
from tui.terminal.last_frame import Frame
from tui.terminal.screen_output import WithoutControls, pieces
from tui.terminal.shown_screen import ShownScreen

ReturnType = TypeVar("ReturnType")
_FAILED = 1
_EVERYWHERE = {"ctrl+z": "stop_process", "ctrl+l": "draw_again", "f1": "help"}
_COPIED_SHOWN = 60
"""Characters of what was copied that are said again."""
_LAST_FILTER = WithoutControls()


class TerminalApp(App[ReturnType]):
    """An app on a terminal that may do anything."""

    # Wherever no key map is asked first: in dialogs, in fields, on the first screen.
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, show=False) for key, action in _EVERYWHERE.items()),
        # Of an app's bindings, Textual asks only those with priority while a dialog is in front.
        *(
            Binding(key, f"in_dialog({action!r})", show=False, priority=True)
            for key, action in _EVERYWHERE.items()
        ),
        # Before Textual's own, which copies and says nothing.
        Binding("ctrl+c,super+c", "copy_marked", "Copy", show=False, priority=True),
    ]

    def __init__(self, crash_file: Path) -> None:
        """``crash_file``: where the traceback of a fault of our own goes."""
        keep_private()
        super().__init__()
        self._crash_file = crash_file

    def get_driver_class(self) -> type[Driver]:
        """One that leaves when the terminal does."""
        return lasting(super().get_driver_class())

    def on_mount(self) -> None:
        """SIGTERM and SIGHUP leave as a key would, so that the terminal is left as it was found."""
        if threading.current_thread() is not threading.main_thread() or self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ended_by, number)

    def _ended_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def tell(self, sentence: str) -> None:
        """Say something, wherever there is room for it now."""
        self.notify(sentence, markup=False)

    def on_paste(self, event: events.Paste) -> None:
        """A paste that no field took."""
        event.stop()
        count = len(event.text)
        self.tell(f"{count:,} characters came at once, like a paste: there is no field here")

    def action_help(self) -> None:
        """F1: what the keys are here."""

    async def action_in_dialog(self, action: str) -> None:
        """One of ours while a dialog is in front; elsewhere the key map is asked first."""
        if not self.screen.is_modal:
            raise SkipAction
        await self.run_action(action)

    def action_copy_marked(self) -> None:
        """Ctrl+C: copy what the mouse has marked, and say so; it ends nothing. What a field has marked is the
        field's affair, and so is a password.
        """
        field = self.focused
        if isinstance(field, Input) and (field.password or field.selected_text):
            raise SkipAction
        marked = self.screen.get_selected_text()
        if not marked:
            self.tell("Ctrl+C copies what the mouse has marked; Ctrl+Q quits")
            return
        self.copy_to_clipboard(marked)
        lines = len(marked.splitlines())
        self.tell(f"Copied: {shorten(marked, _COPIED_SHOWN)}" if lines < 2 else f"Copied {lines:,} lines")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, and the last one of all."""
        return [*super().get_line_filters(), _LAST_FILTER]

    # -- drawing ---------------------------------------------------------------------------------------

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Bring a frame to the terminal: what is not there yet, and nothing at all where all of it is."""
        driver = self._driver
        if not isinstance(driver, TerminalDriver) or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, renderable)
            return
        try:
            if self._running and not self._closed and not self._batch_count and driver.is_drawing:
                self._write_frame(driver, renderable)
        finally:
            self.post_display_hook()

    def _write_frame(self, driver: TerminalDriver, frame: LayoutUpdate | ChopsUpdate) -> None:
        try:
            octets = driver.shown.changes(pieces(frame), self.size, self._colours)
        except Exception as error:  # noqa: BLE001 - as Textual does: whatever it is ends the run
            self._handle_exception(error)
            return
        driver.has_drawn = True
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not octets and cursor == self._previous_cursor_position:
            return
        self._previous_cursor_position = cursor
        octets += f"\x1b[{cursor.y + 1};{cursor.x + 1}H"
        driver.write(f"{SYNC_START}{octets}{SYNC_END}" if self._sync_available else octets)
        driver.flush()

    def frame_now(self) -> Frame:
        """What is on the screen, as a frame that can be kept."""
        shown = ShownScreen()
        update = self.screen._compositor.render_full_update()
        shown.changes(pieces(update), self.size, self._colours)
        return shown.drawn()

    @property
    def _colours(self) -> ColorSystem:
        return self.console._color_system or ColorSystem.TRUECOLOR

    def on_resize(self) -> None:
        """A terminal that had another size may have lost what was beyond it, also where the size came back;
        Textual's driver says the size once more whenever it has got the terminal back.
        """
        driver = self._driver
        if isinstance(driver, TerminalDriver) and self._dom_ready:
            if driver.has_drawn:
                driver.shown.forget()
            self.call_after_refresh(self._draw_missing)

    def action_draw_again(self) -> None:
        """Ctrl+L: draw the whole screen, whatever stands on the terminal now."""
        driver = self._driver
        if isinstance(driver, TerminalDriver):
            driver.set_modes()
        self.draw_all()

    def draw_all(self) -> None:
        """Write every cell once more."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.shown.forget()
            self.call_after_refresh(self._draw_missing)

    def _draw_missing(self) -> None:
        screen = self.screen
        self._display(
            screen, screen._compositor.render_update(full=True, screen_stack=self._background_screens)
        )

    def action_stop_process(self) -> None:
        """Ctrl+Z: give the terminal back to the shell that started us, until it says fg."""
        driver = self._driver
        if not isinstance(driver, TerminalDriver):
            return
        self._suspend_signal()
        if not driver.stop_process():
            self.tell("Ctrl+Z is for a shell that can bring this back with fg; there is none here")

    def on_driver_signal_resume(self) -> None:
        """Continued after a stop: nothing of what was drawn is there any more."""
        self.draw_all()

    def leave(self) -> None:
        """The user wants to leave."""
        self.exit()

    async def action_quit(self) -> None:
        """Textual's own key for it."""
        self.leave()

    # -- faults of our own -----------------------------------------------------------------------------

    def input_failed(self, text: str) -> None:
        """The thread that reads keys has ended; ``text`` is its traceback."""
        self._return_code = _FAILED
        self.panic(crash_sentence(text, self._crash_file))

    def _fatal_error(self) -> None:
        """A sentence on the terminal, the traceback in a file."""
        self.panic(crash_sentence(traceback.format_exc(), self._crash_file))
