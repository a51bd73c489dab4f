"""The frame of the main screen: its panes, where they stand, which one has the keys, the bottom line.

What the panes show and what keys do is the main screen's (``tui.main.screen``), which stands on this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer

from tui.bridge.messages import DividerMoved, Flashed, Tone
from tui.context import AppContext
from tui.keys.commands import Command, Needs, Where
from tui.style.layout import Layout, ReaderPlace, plan_layout
from tui.widgets.backdrop import Backdrop, flat_lines
from tui.widgets.divider import Divider
from tui.widgets.flash import NOTHING, Flash
from tui.widgets.header import Header
from tui.widgets.long_line import LongLine
from tui.widgets.sidebar.mailbox_tree import MailboxTree
from tui.widgets.sidebar.tree_rows import TreeState
from tui.widgets.status_bar import StatusBar, Taught
from tui.widgets.thread_list.thread_list import ThreadList
from tui.widgets.thread_list.thread_row import Density
from tui.widgets.view_head import ViewHead

if TYPE_CHECKING:
    from textual.widget import Widget

    from tui.compose.composer import Composer
    from tui.widgets.filter_bar import FilterBar
    from tui.widgets.reader.reader import Reader

_KEPT = ("-choosing", "-reading", "-composing", "-conversing")
"""Classes of the screen that say what is done, not where the panes stand."""
_FILTER_KEYS = (("Enter", "keep", ""), ("Esc", "show all again", ""))
_FIND_KEYS = (("Enter", "next", ""), ("↑", "previous", ""), ("Esc", "done", ""))
_AIRY_LINES = 28
"""Height from which there is air above the tree."""
_BOTH_LINES = 30
"""Height from which a conversation is read while its answer is written."""


def _classes_of(layout: Layout) -> set[str]:
    """The screen's classes that say where the panes stand."""
    place = f"-{layout.place.value}"
    return {place} if layout.tree else {place, "-treeless"}


class PanedScreen(Screen[None]):
    """Header, tree, list, reader, bottom line."""

    BINDINGS: ClassVar[list[BindingType]] = []
    # Textual would give the keys to the first pane, the tree, which a narrow terminal does not even show.
    AUTO_FOCUS = "#list"

    def __init__(self, desk: AppContext) -> None:
        super().__init__()
        self.desk = desk
        self.layout_now = Layout(ReaderPlace.NARROW, 0)
        self._placed_height = 0
        self.open_thrid: int | None = None
        """The conversation in the reader."""
        self._flash_timer: Timer | None = None
        self._news = ""
        self._pane = Where.LIST
        state = desk.state
        self.places: MailboxTree = MailboxTree(
            desk.palette,
            desk.ink,
            desk.glyphs,
            TreeState(frozenset(state.folded), frozenset(state.hidden), tuple(state.pinned)),
            id="tree",
        )
        self.thread_list: ThreadList = ThreadList(
            desk.mail.window,
            desk.row_styles(),
            desk.glyphs,
            desk.now,
            zone=desk.zone,
            density=Density(state.density or desk.config.look.density),
            has_day_headings=desk.config.look.day_headings,
            id="list",
        )
        self._reader: Reader | None = None
        self._reading: Backdrop | None = None
        self._composer: Composer | None = None
        self._is_about_conversation = False
        self.header = Header(desk.mail.account.email, desk.palette, desk.glyphs)
        self.status_bar = StatusBar(desk.palette, desk.glyphs)
        self.long_line = LongLine(desk.palette, desk.glyphs)
        self.view_head = ViewHead(desk.palette)
        self._filter_bar: FilterBar | None = None

    def compose(self) -> ComposeResult:
        """Header, panes, bottom line."""
        # Before there are panes: their rules are looked up once, with the classes that hold for them.
        self.set_classes(_classes_of(self._plan()))
        palette, glyphs = self.desk.palette, self.desk.glyphs
        yield self.header
        with Backdrop(id="body"):
            with Backdrop(id="places"):
                yield self.places
                yield Divider(palette, glyphs, is_upright=True, shade="frame", name="tree", id="tree-divider")
            with Backdrop(id="mail"):
                with Backdrop(id="list-pane"):
                    yield self.view_head
                    yield self.thread_list
                yield Divider(
                    palette, glyphs, is_upright=False, shade="list", name="list", id="reader-divider"
                )
        yield self.status_bar
        yield self.long_line

    def render_lines(self, crop: Region) -> list[Strip]:
        """What the panes leave free is one colour."""
        return flat_lines(super().render_lines, crop)

    @property
    def reader(self) -> Reader:
        """The reader; made when it is first needed, since the first frame shows the list."""
        if self._reader is None:
            from tui.widgets.reader.reader import Reader

            desk = self.desk
            self._reader = Reader(
                owner=desk.mail.account.email,
                glyphs=desk.glyphs,
                now=desk.now,
                zone=desk.zone,
                body=desk.mail.ready_body,
                id="reader",
            )
            self._reader.dress(desk.palette, desk.chip)
            self._reading_pane.mount(self._reader, before=0 if self._composer is not None else None)
        return self._reader

    @property
    def _reading_pane(self) -> Backdrop:
        """Holds the reader and the composer, one above the other."""
        if self._reading is None:
            self._reading = Backdrop(id="reading")
            self.query_one("#mail").mount(self._reading)
        return self._reading

    @property
    def composer(self) -> Composer:
        """Where mail is written, below what is read; made when it is first needed."""
        if self._composer is None:
            from tui.compose.composer import Composer

            desk = self.desk
            self._composer = Composer(
                desk.mail.writing, desk.mail.people, lambda: self.desk.keymap, desk.look, id="composer"
            )
            self._reading_pane.mount(self._composer)
        return self._composer

    @property
    def is_composing(self) -> bool:
        """Whether a mail is being written."""
        return self.has_class("-composing")

    @property
    def has_composer_keys(self) -> bool:
        """Whether the keys are text of a mail."""
        focused = self.focused
        return self.is_composing and focused is not None and self.composer in focused.ancestors

    def open_composer(self, *, with_conversation: bool) -> None:
        """Show the composer: below the conversation it is about, if there is room for both."""
        composer = self.composer
        self._is_about_conversation = with_conversation
        self.set_class(True, "-composing")
        self._place_composer()
        composer.begin()
        self.teach()

    def close_composer(self) -> None:
        """Give the room and the keys back to what was there."""
        self.remove_class("-composing", "-conversing")
        self.go_to_pane(self._pane)

    def _is_beside_composer(self, pane: Where) -> bool:
        """Whether a pane can be seen while the composer is open."""
        place = self.layout_now.place
        if place is ReaderPlace.NARROW:
            return False
        if pane is Where.LIST:
            return place is ReaderPlace.BESIDE
        return pane is Where.TREE or self.app.size.height >= _BOTH_LINES

    def _place_composer(self) -> None:
        has_room = self.app.size.height >= _BOTH_LINES and self.layout_now.place is not ReaderPlace.NARROW
        self.set_class(self.is_composing and self._is_about_conversation and has_room, "-conversing")

    @property
    def filter_bar(self) -> FilterBar:
        """The field for narrowing; made when it is first needed."""
        if self._filter_bar is None:
            from tui.widgets.filter_bar import FilterBar

            self._filter_bar = FilterBar()
            self.mount(self._filter_bar, before=self.status_bar)
        return self._filter_bar

    @property
    def has_reader(self) -> bool:
        """Whether the reader has been made."""
        return self._reader is not None

    # -- panes -----------------------------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The pane the keys go to."""
        return self._pane

    @property
    def is_reading(self) -> bool:
        """Whether a conversation is open in the reader, not only previewed."""
        return self.has_class("-reading")

    @property
    def has_reader_pane(self) -> bool:
        """Whether the reader has a pane of its own, beside or below."""
        return self.layout_now.place in (ReaderPlace.BESIDE, ReaderPlace.BELOW)

    def place_panes(self) -> None:
        """Put the panes where the terminal's size and the user want them."""
        size, layout = self.app.size, self._plan()
        if layout != self.layout_now or size.height != self._placed_height:
            self.layout_now, self._placed_height = layout, size.height
            self._place(layout, is_airy=size.height >= _AIRY_LINES)
        self.teach()

    def _plan(self) -> Layout:
        state, size = self.desk.state, self.app.size
        return plan_layout(
            size.width,
            size.height,
            wanted=self.desk.reader_wanted,
            tree_width=state.tree_width,
            list_share=state.list_share,
            has_tree=state.has_tree,
        )

    def _place(self, layout: Layout, *, is_airy: bool) -> None:
        # All classes at once: each change of one makes Textual look at every rule again.
        kept = {each for each in self.classes if each in _KEPT}
        self.set_classes(kept | _classes_of(layout))
        column = self.query_one("#places")
        column.styles.width = "1fr" if layout.place is ReaderPlace.NARROW else layout.tree
        # With room to spare the tree begins level with the first row of the list.
        self.places.styles.margin = (1 if is_airy else 0, 0, 0, 0)
        pane = self.query_one("#list-pane")
        divider = self.query_one("#reader-divider", Divider)
        beside = layout.place is ReaderPlace.BESIDE
        divider.is_upright = beside
        pane.styles.width = layout.list_width if beside else "1fr"
        pane.styles.height = layout.list_height if layout.place is ReaderPlace.BELOW else "1fr"
        self._place_composer()
        if not layout.tree and self._pane is Where.TREE:
            self.go_to_pane(Where.LIST)

    def on_resize(self) -> None:
        """The panes are planned anew for another size."""
        self.place_panes()

    def go_to_pane(self, pane: Where) -> None:
        """Give a pane the keys, and in a narrow terminal the whole screen."""
        if pane is Where.TREE and not self.layout_now.tree:
            pane = Where.LIST
        if pane is Where.READER and self.open_thrid is None:
            pane = Where.LIST
        self._pane = pane
        self.set_class(pane is Where.TREE, "-choosing")
        self.set_class(pane is Where.READER, "-reading")
        if self.is_composing:
            if self.has_composer_keys or not self._is_beside_composer(pane):
                # Whatever changes around it, what is typed goes on into the mail.
                if not self.has_composer_keys:
                    self.composer.go(self.composer.text)
                self.teach()
                return
            self._is_about_conversation |= pane is Where.READER
            self._place_composer()
        if pane is Where.READER:
            target: Widget = self.reader.page
        else:
            target = self.places if pane is Where.TREE else self.thread_list
        self.view_head.set_has_keys(pane is Where.LIST)
        self.set_focus(target, scroll_visible=False)
        self.teach()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click into a pane gives it the keys."""
        pane = self._pane_of(event.widget)
        if pane is not None and pane is not self._pane:
            self.go_to_pane(pane)
        else:
            # Into a field, or out of one.
            self.teach()

    def _pane_of(self, widget: Widget) -> Where | None:
        if widget is self.places:
            return Where.TREE
        if widget is self.thread_list:
            return Where.LIST
        return Where.READER if self._reader is not None and widget is self._reader.page else None

    def is_pane(self, widget: Widget) -> bool:
        """Whether a widget is a pane, whose keys are verbs; in all others keys are text."""
        return self._pane_of(widget) is not None

    # -- the bottom line -------------------------------------------------------------------------------

    def teach(self) -> None:
        """Show the keys that matter where the keys go now: a pane, or the field one types in."""
        if self._filter_bar is not None and self._filter_bar.is_open:
            self.show_keys(_FILTER_KEYS, "filter")
        elif self._reader is not None and self._reader.is_finding:
            self.show_keys(_FIND_KEYS, "find")
        elif self.has_composer_keys:
            footer = self.desk.keymap.footer(Where.COMPOSER)
            self.show_keys([(key, command.word, command.id) for command, key in footer])
        else:
            self.show_keys(self.taught_here(), self._lead())

    def taught_here(self) -> list[Taught]:
        """Key, word and id of the verbs worth knowing here, the most important first."""
        return []

    def _lead(self) -> str:
        """What stands before the keys: a mode that is on."""
        return ""

    def show_keys(self, keys: Sequence[Taught], lead: str = "", *, is_whole: bool = False) -> None:
        """Teach keys in the bottom line; ``is_whole``: all of them, in as many lines as they need."""
        self.status_bar.teach(keys, lead)
        self.long_line.show_keys(keys if is_whole else (), lead)

    def missing_for(self, command: Command) -> Needs | None:
        """What a verb lacks here; None when it applies."""
        return None

    def selected_text(self) -> str:
        """What is selected with the mouse; empty when nothing is."""
        return self.get_selected_text() or ""

    @property
    def shown_flash(self) -> str:
        """The sentence in the bottom line."""
        return self.status_bar.flash_text

    def flash(self, text: str, tone: Tone = Tone.DONE) -> None:
        """Say what just happened, in the bottom line."""
        flash = Flash(text, tone)
        self.status_bar.flash(flash)
        self.long_line.show_flash(flash)
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(flash.seconds, self.flash_over)

    def tell_news(self, text: str) -> None:
        """Say what nobody asked for: not before what was said last has been read."""
        if self.status_bar.flash_text:
            self._news = text
        else:
            self.flash(text)

    def flash_over(self) -> None:
        """The sentence has stood long enough."""
        news, self._news = self._news, ""
        self.status_bar.flash(NOTHING)
        self.long_line.show_flash(NOTHING)
        if news:
            self.flash(news)

    @on(Flashed)
    def _flashed(self, event: Flashed) -> None:
        event.stop()
        self.flash(event.text, event.tone)

    def redress(self) -> None:
        """Draw everything in the colours of the theme in force."""
        desk = self.desk
        self.thread_list.set_row_styles(desk.row_styles())
        if self._reader is not None:
            self._reader.dress(desk.palette, desk.chip)
        for widget in (
            self.places,
            self.header,
            self.status_bar,
            self.long_line,
            self.view_head,
            *self.query(Divider),
        ):
            widget.set_palette(desk.palette)

    @on(DividerMoved)
    def _divider_moved(self, event: DividerMoved) -> None:
        event.stop()
        self.move_divider(event.name, event.cells)

    def move_divider(self, name: str, cells: int) -> None:
        """Move the divider of the tree or of the list by so many cells."""
        state, layout = self.desk.state, self.layout_now
        if name == "tree" and layout.tree:
            state.tree_width = max(12, layout.tree + cells)
        elif layout.place is ReaderPlace.BESIDE:
            room = max(1, self.app.size.width - layout.tree)
            state.list_share = max(200, min(800, round((layout.list_width + cells) * 1000 / room)))
        elif layout.place is ReaderPlace.BELOW:
            room = max(1, self.app.size.height - 2)
            state.list_share = max(150, min(850, round((layout.list_height + cells) * 1000 / room)))
        self.place_panes()
