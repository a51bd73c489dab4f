"""The application: one engine, one desk, one main screen; themes, the bridge, leaving.

Lifetimes stand outside: ``with Engine(...) as engine: GimapApp(Desk(engine, ...)).run()``.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from imapcore import events
from imapcore.model import LinkState
from tui.bridge import Bridge
from tui.desk import Desk
from tui.format import plural
from tui.messages import EngineSpoke, MailHinted, Tone
from tui.screens.main import MainScreen
from tui.theme import OURS, our_themes, palette_of

SECOND = 1.0
_COLLECT_SECONDS = 60.0


class GimapApp(App[None]):
    """gimap-tui on a terminal."""

    TITLE = "gimap-tui"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    # The default screen's own CSS_PATH is not read by Textual 8.2: its stylesheet is the app's.
    CSS_PATH = "screens/main.tcss"

    def __init__(
        self, desk: Desk, *, changed: Callable[[], None] | None = None, has_timers: bool = True
    ) -> None:
        """``changed`` is told when something worth remembering changed; pictures are taken without timers."""
        super().__init__()
        self.desk = desk
        self._changed = changed
        self._has_timers = has_timers
        self._unsubscribe: Callable[[], None] | None = None
        self._bridge = Bridge(self.post_message, self._later)
        self._minute = 0
        for theme in our_themes():
            self.register_theme(theme)
        wanted = desk.state.theme or desk.config.look.theme
        self.theme = wanted if wanted in self.available_themes else next(iter(OURS))
        desk.palette = palette_of(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is there from the first frame on."""
        return MainScreen(self.desk)

    @property
    def main(self) -> MainScreen:
        """The main screen, also while a dialog is above it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for stylesheets, whatever the theme."""
        return palette_of(self.current_theme).variables()

    # -- life ------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Listen to the engine; after the first frame let the collector rest."""
        self._unsubscribe = self.desk.mail.subscribe(self._bridge.listen)
        self.theme_changed_signal.subscribe(self, lambda _: self._theme_changed())
        if self._has_timers:
            self.set_interval(SECOND, self._tick)
            self.call_after_refresh(self._started)

    def _started(self) -> None:
        # A collection in the middle of a frame costs more than the frame: what is here now stays, the rest
        # is collected when the keys are quiet.
        gc.collect()
        gc.freeze()
        gc.disable()
        self.set_interval(_COLLECT_SECONDS, gc.collect)

    def on_unmount(self) -> None:
        """Stop listening before the engine goes."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        self.set_timer(seconds, call)

    def _tick(self) -> None:
        main = self.main
        if self.desk.mail.link().state is LinkState.WAITING:
            main.look_at_link()
        minute = self.desk.now() // 60_000
        if minute != self._minute:
            self._minute = minute
            main.list.tick()

    def _theme_changed(self) -> None:
        self.desk.palette = palette_of(self.current_theme)
        self.desk.state.theme = self.theme
        self.main.redress()
        self.remember()

    def remember(self) -> None:
        """Something worth remembering changed."""
        if self._changed is not None:
            self._changed()

    # -- what the engine says --------------------------------------------------------------------------

    def on_mail_hinted(self, _: MailHinted) -> None:
        """Look again at what is shown."""
        self._bridge.hint_taken()
        self.main.look_again()

    def on_engine_spoke(self, message: EngineSpoke) -> None:
        """Hand an event to whom it concerns."""
        event = message.event
        main = self.main
        match event:
            case events.LinkChanged():
                main.look_at_link()
            case events.BodyArrived(msgid):
                body = self.desk.mail.body(msgid)
                if body is not None:
                    main.reader.show_body(body)
            case events.BodyFailed(msgid, title, detail, hint):
                main.reader.show_failure(msgid, title, detail, hint)
            case events.SearchProgressed(query, found, is_done, _, problem):
                main.searching[query] = (found, is_done, problem)
                main.look_again()
            case events.MailArrived(count, sender, subject):
                main.flash(f"{plural(count, 'new message')}: {sender}, {subject}")
            case events.OpRejected(_, summary, title, detail, hint):
                text = " ".join(part for part in (detail, hint) if part)
                self.notify(text, title=f"{title}: {summary}", severity="error", timeout=12)
            case events.Alerted(title, detail, hint):
                main.flash(" ".join(part for part in (title, detail, hint) if part), Tone.HINT)
            case _:
                main.look_again()
        for screen in self.screen_stack[1:]:
            listener: object = getattr(screen, "engine_spoke", None)
            if callable(listener):
                listener(event)

    def post_message(self, message: Message) -> bool:
        """As Textual's, but False instead of an error once the loop is gone: engine threads may be late."""
        return super().post_message(message)
