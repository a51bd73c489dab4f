"""The application: one engine, one desk, one main screen; themes, the bridge, leaving.

Lifetimes stand outside: ``with Engine(...) as engine: GimapApp(Desk(engine, ...)).run()``.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from textual import events as textual_events
from textual.app import App
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from imapcore import events
from imapcore.model import LinkState, Role
from tui.bridge.bridge import Bridge
from tui.bridge.messages import EngineSpoke, MailHinted, Tone
from tui.context import AppContext
from tui.keys.commands import Where
from tui.keys.key_queue import KeyQueue
from tui.keys.keymap import Keymap
from tui.main.screen import MainScreen
from tui.settings.config import brief, keep_in_force, load_config
from tui.settings.known_accounts import choose_account
from tui.settings.paths import crash_path
from tui.settings.state import StateKeeper
from tui.style.scroll_bar import scroll_bar
from tui.style.text import plural
from tui.style.theme import OURS, Palette, in_few_colours, our_themes, palette_of
from tui.terminal.driver import TerminalDriver
from tui.terminal.last_frame import Frame
from tui.terminal.terminal_app import TerminalApp
from tui.widgets.thread_list.thread_row import Density

SECOND = 1.0
_COLLECT_SECONDS = 60.0
_TOLD_PROBLEMS = 4
_LONGEST_NOTICE = 200
# XTWINOPS: terminals without a stack of titles ignore both.
_PUSH_TITLE, _POP_TITLE = "\x1b[22;0t", "\x1b[23;0t"
OFFERED_SEARCHES = ("Primary", "Social", "Promotions", "Updates", "Forums")
"""Gmail's tabs of the inbox, whose mail IMAP knows only by ``category:`` searches."""


def _stamp(path: Path | None) -> float:
    """When a file was last written; 0 where there is none."""
    try:
        return path.stat().st_mtime if path is not None else 0.0
    except OSError:
        return 0.0


def unknown_theme(app: App[None], name: str) -> str:
    """The sentence for a theme that is not there."""
    from difflib import get_close_matches

    near = get_close_matches(name[:80], app.available_themes, n=1)
    meant = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(sorted(app.available_themes))}"
    return f"There is no theme “{brief(name)}”; {meant}"


class GimapApp(TerminalApp[None]):
    """gimap-tui on a terminal."""

    TITLE = "gimap-tui"
    ENABLE_COMMAND_PALETTE = False
    # The default screen's own CSS_PATH is not read by Textual 8.2: its stylesheet is the app's.
    CSS_PATH = "main/screen.tcss"

    def __init__(
        self,
        desk: AppContext,
        *,
        keeper: StateKeeper | None = None,
        config_path: Path | None = None,
        theme: str = "",
        has_timers: bool = True,
        has_few_colours: bool = False,
    ) -> None:
        """``keeper`` saves the state; ``config_path`` is watched; pictures are taken without timers.

        ``theme``: another one for this run, which is not remembered.

        ``has_few_colours``: the terminal has 16.
        """
        # Textual asks for colours while it is made.
        self._has_few_colours = has_few_colours
        super().__init__(crash_path())
        self.desk = desk
        self._keeper = keeper
        self._config_path = config_path
        self._config_stamp = _stamp(config_path)
        self._terminal_title = ""
        self._is_signing_in = False
        self._has_timers = has_timers
        self._unsubscribe: Callable[[], None] | None = None
        self._bridge = Bridge(self.post_message, self._later)
        self._type_ahead = KeyQueue(self, super().on_event)
        self._minute = desk.now() // 60_000
        self.next_frame: Frame = []
        """What the next start will show first; empty where that is not known."""
        ScrollBar.renderer = scroll_bar(is_ascii=desk.look.is_ascii)
        for each in our_themes():
            self.register_theme(each)
        wanted = theme or desk.state.theme or desk.config.look.theme
        if wanted not in self.available_themes:
            problem = unknown_theme(self, wanted)
            desk.config = replace(desk.config, problems=(*desk.config.problems, problem))
            wanted = next(iter(OURS))
        self.theme = wanted
        desk.palette = self._palette()

    def _palette(self) -> Palette:
        palette = palette_of(self.current_theme)
        return in_few_colours(palette) if self._has_few_colours else palette

    def get_default_screen(self) -> Screen[None]:
        """The main screen is there from the first frame on."""
        return MainScreen(self.desk)

    @property
    def main(self) -> MainScreen:
        """The main screen, also while a dialog is above it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def tell(self, sentence: str) -> None:
        """Say something: in the bottom line, or above the dialog that covers it."""
        if len(self.screen_stack) == 1:
            self.main.flash(sentence, Tone.HINT)
        else:
            super().tell(sentence)

    def action_help(self) -> None:
        """F1 in a dialog: its keys."""
        from tui.dialogs.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            places = getattr(self.screen, "PLACES", ()) or (Where.DIALOG,)
            self.push_screen(HelpScreen(self.desk.keymap, places[0], look=self.desk.look))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for stylesheets, whatever the theme."""
        return self._palette().variables()

    def refresh_css(self, animate: bool = True) -> None:
        """Read the stylesheets again for other colours; before there is a screen, none has been read."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    async def on_event(self, event: textual_events.Event) -> None:
        """Hand keys on one at a time, so that what is typed ahead reaches what it was meant for."""
        if isinstance(event, textual_events.Key) and not event.is_forwarded:
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    # -- life ------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Listen to the engine; after the first frame let the collector rest."""
        self._unsubscribe = self.desk.mail.subscribe(self._bridge.listen)
        self.theme_changed_signal.subscribe(self, lambda _: self._theme_changed())
        if self.desk.keymap.problems or self.desk.config.problems:
            self._tell_problems()
        if self._has_timers:
            self.set_interval(SECOND, self._tick)
            self.call_after_refresh(self._started)

    def _started(self) -> None:
        self.desk.mail.connect()
        # A collection in the middle of a frame costs more than the frame: what is here now stays, the rest
        # is collected when the keys are quiet. There is next to no garbage yet, and looking for it would cost
        # the first key 40 ms.
        gc.freeze()
        gc.disable()
        self.set_interval(_COLLECT_SECONDS, self._collect)
        self._offer_searches()

    @staticmethod
    def _collect() -> None:
        # Textual counts the parameters of a callback, which it cannot do for a builtin function.
        gc.collect()

    def _offer_searches(self) -> None:
        """At the very first start, Gmail's tabs as searches in the tree; what was taken out stays out."""
        mail, state = self.desk.mail, self.desk.state
        if state.has_offered_searches or mail.is_read_only or self.main.searches:
            return
        state.has_offered_searches = True

        def offer() -> None:
            for title in OFFERED_SEARCHES:
                mail.save_search(title, f"category:{title.lower()} in:inbox")

        self.main.guard(offer)
        self.main.look_again()

    def leave(self) -> None:
        """Leave; what the next start will show first is drawn before, unseen (``last_frame``)."""
        if len(self.screen_stack) > 1 or not isinstance(self._driver, TerminalDriver):
            self.exit()
            return
        self._driver.stop_drawing()
        self.main.be_as_at_the_start()
        self.call_after_refresh(self._settle_frame)

    def _settle_frame(self) -> None:
        # A list that was hidden has its size only now, and takes the focus.
        self.main.be_as_at_the_start()
        self.call_after_refresh(self._leave_with_frame)

    def _leave_with_frame(self) -> None:
        try:
            self.next_frame = self.frame_now()
        finally:
            self.exit()

    def on_unmount(self) -> None:
        """Stop listening before the engine goes; write down what is remembered."""
        self._give_title_back()
        if self._keeper is not None:
            self._keeper.close()
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
            main.thread_list.tick()
        if self._keeper is not None:
            self._keeper.save_soon()
        stamp = _stamp(self._config_path)
        if stamp != self._config_stamp:
            self._config_stamp = stamp
            self._reload_config()

    def _reload_config(self) -> None:
        """The configuration file changed: what it says is in force at once."""
        assert self._config_path is not None
        desk, before = self.desk, self.desk.config
        config = choose_account(load_config(self._config_path), desk.mail.account.email)
        if config.look.theme not in self.available_themes:
            problems = (*config.problems, unknown_theme(self, config.look.theme))
            config = replace(config, problems=problems, given=config.given - {"look.theme"})
        if config.problems or Keymap(config.keymap, config.keys).problems:
            config = keep_in_force(before, config)
        desk.config = config
        # What is written now counts more than what was chosen before.
        if config.keymap != before.keymap:
            desk.state.keymap = ""
        desk.keymap = Keymap(desk.state.keymap or config.keymap, config.keys)
        if config.look.theme != before.look.theme:
            self.theme = config.look.theme
        if config.look.density != before.look.density:
            desk.state.density = ""
            self.main.thread_list.set_density(Density(config.look.density))
        if config.look.reader != before.look.reader:
            desk.state.reader = ""
        self.main.thread_list.set_day_headings(config.look.day_headings)
        self.main.place_panes()
        self.set_terminal_title()
        if not self._tell_problems("Configuration: the rest stays as it was"):
            is_for_later = config.look.ascii != before.look.ascii or config.account != before.account
            later = "; ascii and [account] count from the next start" if is_for_later else ""
            self.main.flash(f"The configuration was read again{later}")

    def _tell_problems(self, title: str = "Configuration") -> bool:
        problems = [*self.desk.config.problems, *self.desk.keymap.problems]
        for problem in problems[:_TOLD_PROBLEMS]:
            self.notify(brief(problem, 400), title=title, severity="warning", timeout=15, markup=False)
        return bool(problems)

    def _theme_changed(self) -> None:
        self.desk.palette = self._palette()
        is_configured = self.theme == self.desk.config.look.theme
        self.desk.state.theme = "" if is_configured else self.theme
        self.main.redress()

    @property
    def _has_left(self) -> bool:
        """Whether the screens are gone already: what was posted before is still handed on."""
        return not self.screen_stack

    # -- what the engine says --------------------------------------------------------------------------

    def on_mail_hinted(self, _: MailHinted) -> None:
        """Look again at what is shown, unless the screen has looked since it changed."""
        self._bridge.hint_taken()
        if self._has_left:
            return
        self.main.follow_hints()
        self.set_terminal_title()

    def on_engine_spoke(self, message: EngineSpoke) -> None:
        """Hand an event to whom it concerns."""
        if self._has_left:
            return
        event = message.event
        main = self.main
        match event:
            case events.LinkChanged(link):
                main.look_at_link()
                if link.state is LinkState.SIGN_IN and not self._is_signing_in:
                    from tui.actions.sign_in import ask_to_sign_in

                    self._is_signing_in = True
                    ask_to_sign_in(main, link, self._signed_in)
            case events.BodyArrived(msgid, section):
                main.body_arrived(msgid, section)
            case events.BodyAwaited(msgid):
                main.body_awaited(msgid)
            case events.BodyFailed(msgid, title, detail, hint):
                main.reader.show_failure(msgid, title, detail, hint)
            case events.SearchProgressed(query, found, is_done, _, problem):
                main.searching[query] = (found, is_done, problem)
                main.look_again()
                if problem and main.view.value == query:
                    main.flash(problem, Tone.PROBLEM)
            case events.MailArrived(count, sender, subject):
                main.tell_news(f"{plural(count, 'new message')}: {sender}, {subject}")
                self._tell_of_mail(sender, subject)
            case events.OpRejected(_, summary, title, detail, hint):
                text = " ".join(part for part in (detail, hint) if part)
                self.notify(text, title=f"{title}: {summary}", severity="error", timeout=12, markup=False)
            case events.Alerted(title, detail, hint):
                main.flash(" ".join(part for part in (title, detail, hint) if part), Tone.HINT)
            case events.OutgoingChanged():
                main.look_at_outbox()
            case events.OpSettled():
                # The rows it changed have a hint of their own.
                pass
            case _:
                main.look_again()
        main.composing.engine_spoke(event)
        for screen in self.screen_stack[1:]:
            listener: object = getattr(screen, "engine_spoke", None)
            if callable(listener):
                listener(event)

    def _signed_in(self) -> None:
        self._is_signing_in = False

    # -- the terminal around us ------------------------------------------------------------------------

    def _write_terminal(self, sequence: str) -> None:
        """Send a sequence that draws nothing, in order with what is drawn."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def set_terminal_title(self) -> None:
        """Keep the number of unread conversations in the terminal's title."""
        if not self.desk.config.behaviour.title:
            self._give_title_back()
            return
        unread = next((box.unread for box in self.main.mailboxes if box.role is Role.INBOX), 0)
        title = f"({unread}) gimap-tui" if unread else "gimap-tui"
        if title != self._terminal_title:
            if not self._terminal_title:
                self._write_terminal(_PUSH_TITLE)
            self._terminal_title = title
            self._write_terminal(f"\x1b]0;{title}\x07")

    def _give_title_back(self) -> None:
        if self._terminal_title:
            self._terminal_title = ""
            self._write_terminal(_POP_TITLE)

    def _tell_of_mail(self, sender: str, subject: str) -> None:
        """A notice by the terminal's own means, if wished."""
        # This goes past everything that draws, and a semicolon would end a field of OSC 777.
        text = f"{sender}: {subject}".replace(";", ",")
        text = "".join(char for char in text if char.isprintable())[:_LONGEST_NOTICE]
        wanted = self.desk.config.behaviour.notify
        if wanted == "osc9":
            self._write_terminal(f"\x1b]9;{text}\x07")
        elif wanted == "osc777":
            self._write_terminal(f"\x1b]777;notify;gimap-tui;{text}\x07")
        elif wanted == "bell":
            self._write_terminal("\x07")
