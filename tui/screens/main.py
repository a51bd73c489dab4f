"""The main screen: tree, list and reader, and the one place that knows all three.

Data goes down to the widgets as values, messages come up; what a verb does is in ``tui.actions``. Here are
the panes, the key dispatch (sequences, hints) and looking again when the mail changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from imapcore.errors import GimapError
from imapcore.model import INBOX, LinkState, Mailbox, Messages, Progress, SavedSearch, Target, Threads, View
from tui.actions import run_command
from tui.commands import BY_ID, Command, Needs, Where
from tui.desk import Desk
from tui.format import number, plural
from tui.keymap import Strokes, show_keys, stroke_of
from tui.layout import Layout, ReaderPlace, plan_layout
from tui.messages import (
    BodyWanted,
    CommandChosen,
    CursorMoved,
    DividerMoved,
    FilterChanged,
    FilterClosed,
    Flashed,
    SelectionChanged,
    ThreadOpened,
    Tone,
    ViewChosen,
)
from tui.views import empty_words, view_title
from tui.widgets.divider import Divider
from tui.widgets.filter_bar import FilterBar
from tui.widgets.flash import NOTHING, Flash
from tui.widgets.header import Header
from tui.widgets.mailbox_tree import MailboxTree, TreeFolded
from tui.widgets.reader import Reader
from tui.widgets.status_bar import StatusBar
from tui.widgets.thread_list import ThreadList
from tui.widgets.thread_row import Density
from tui.widgets.tree_rows import TreeState
from tui.widgets.view_head import ViewHead

BUSY_SECONDS = 0.08
"""How long after a key the engine lets the screen have the interpreter (architecture: the gate)."""
PAINTED_SECONDS = 0.004
PREFIX_SECONDS = 0.3
"""How long a prefix key waits before what may follow is shown."""
_AIRY_LINES = 28
"""Height from which there is air above the tree."""
PREVIEW_SECONDS = 0.12
"""How long the cursor rests before the reader's pane follows it."""


class MainScreen(Screen[None]):
    """Tree, list and reader."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.layout_now = Layout(ReaderPlace.NARROW, 0)
        self.history: list[View] = []
        self.message_only = False
        """Whether verbs in the reader mean its current message only."""
        self.open_thrid: int | None = None
        """The conversation in the reader."""
        self._prefix: Strokes = ()
        self._prefix_timer: Timer | None = None
        self._flash_timer: Timer | None = None
        self._preview_timer: Timer | None = None
        self._pane = Where.LIST
        self._filters_tree = False
        self.mailboxes: tuple[Mailbox, ...] = ()
        self.searches: tuple[SavedSearch, ...] = ()
        self.searching: dict[str, tuple[int, bool, str]] = {}
        """Of each query that was run: found, done, problem."""
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
        self.reader: Reader = Reader(
            owner=desk.mail.account.email,
            glyphs=desk.glyphs,
            now=desk.now,
            zone=desk.zone,
            body=desk.mail.body,
            id="reader",
        )
        self.header = Header(desk.mail.account.email, desk.palette, desk.glyphs)
        self.status_bar = StatusBar(desk.palette, desk.glyphs)
        self.view_head = ViewHead(desk.palette)
        self.filter_bar = FilterBar()

    def compose(self) -> ComposeResult:
        """Header, panes, bottom line."""
        palette, glyphs = self.desk.palette, self.desk.glyphs
        yield self.header
        with Horizontal(id="body"):
            with Horizontal(id="places"):
                yield self.places
                yield Divider(palette, glyphs, is_upright=True, shade="frame", name="tree", id="tree-divider")
            with Container(id="mail"):
                with Vertical(id="list-pane"):
                    yield self.view_head
                    yield self.thread_list
                yield Divider(
                    palette, glyphs, is_upright=False, shade="list", name="list", id="reader-divider"
                )
                yield self.reader
        yield self.filter_bar
        yield self.status_bar

    def on_mount(self) -> None:
        """Show what the store has, at once."""
        self.reader.dress(self.desk.palette, self.desk.chip)
        self.place_panes()
        self.thread_list.focus()
        self.look_again()
        self.thread_list.show(INBOX)
        self.desk.mail.open(INBOX)

    # -- panes -----------------------------------------------------------------------------------------

    @property
    def where(self) -> Where:
        """The pane the keys go to."""
        return self._pane

    @property
    def view(self) -> View:
        """What is listed."""
        return self.thread_list.view

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
        state, size = self.desk.state, self.app.size
        layout = plan_layout(
            size.width,
            size.height,
            wanted=self.desk.reader_wanted,
            tree_width=state.tree_width,
            list_share=state.list_share,
            has_tree=state.has_tree,
        )
        self.layout_now = layout
        for place in ReaderPlace:
            self.set_class(place is layout.place, f"-{place.value}")
        self.set_class(not layout.tree, "-treeless")
        column = self.query_one("#places")
        column.styles.width = "1fr" if layout.place is ReaderPlace.NARROW else layout.tree
        # With room to spare the tree begins level with the first row of the list.
        self.places.styles.margin = (1 if size.height >= _AIRY_LINES else 0, 0, 0, 0)
        pane = self.query_one("#list-pane")
        divider = self.query_one("#reader-divider", Divider)
        beside = layout.place is ReaderPlace.BESIDE
        divider.is_upright = beside
        pane.styles.width = layout.list_width if beside else "1fr"
        pane.styles.height = layout.list_height if layout.place is ReaderPlace.BELOW else "1fr"
        if not layout.tree and self._pane is Where.TREE:
            self.go_to_pane(Where.LIST)
        self.teach()

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
        target = {Where.TREE: self.places, Where.LIST: self.thread_list, Where.READER: self.reader.page}[pane]
        self.set_focus(target, scroll_visible=False)
        self.teach()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click into a pane gives it the keys."""
        panes = {self.places: Where.TREE, self.thread_list: Where.LIST, self.reader.page: Where.READER}
        pane = panes.get(event.widget)  # type: ignore[call-overload]
        if pane is not None and pane is not self._pane:
            self.go_to_pane(pane)

    # -- keys ------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Resolve a key in the pane it was pressed in; a field keeps its keys to itself."""
        if isinstance(self.focused, Input):
            return
        self.desk.mail.hold(BUSY_SECONDS)
        self.call_after_refresh(self._painted)
        strokes = (*self._prefix, stroke_of(event.key, event.character))
        if self._prefix and strokes[-1] == "escape":
            event.stop()
            self._end_prefix()
            return
        found = self.desk.keymap.resolve(self.where, strokes)
        if isinstance(found, Command):
            event.stop()
            event.prevent_default()
            self._end_prefix()
            self.command(found.id)
        elif found:
            event.stop()
            event.prevent_default()
            self._begin_prefix(strokes)
        elif self._prefix:
            event.stop()
            self._end_prefix()
            self.flash(f"{show_keys(strokes)} means nothing here", Tone.HINT)

    def _painted(self) -> None:
        self.desk.mail.hold(PAINTED_SECONDS)

    def _begin_prefix(self, strokes: Strokes) -> None:
        self._end_prefix()
        self._prefix = strokes
        self._prefix_timer = self.set_timer(PREFIX_SECONDS, self.teach_prefix)

    def _end_prefix(self) -> None:
        self._prefix = ()
        if self._prefix_timer is not None:
            self._prefix_timer.stop()
            self._prefix_timer = None
            self.teach()

    def teach_prefix(self) -> None:
        """Show what may follow the prefix that waits."""
        following = self.desk.keymap.resolve(self.where, self._prefix)
        if isinstance(following, tuple):
            self.status_bar.flash(NOTHING)
            self.status_bar.teach(
                [(show_keys(rest), command.word, command.id) for rest, command in following],
                show_keys(self._prefix),
            )

    def command(self, command_id: str) -> None:
        """Do what a verb says, or say why it does not apply."""
        command = BY_ID[command_id]
        if command.hint:
            self.flash(command.hint, Tone.HINT)
            return
        missing = self.missing_for(command)
        if missing is not None:
            self.flash(missing.value, Tone.HINT)
            return
        run_command(self, command_id)

    def guard(self, action: Callable[[], object]) -> None:
        """Run what a dialog asked for; an error of the engine's becomes a sentence."""
        try:
            action()
        except GimapError as error:
            self.flash(error.sentence(), Tone.PROBLEM)

    def missing_for(self, command: Command) -> Needs | None:
        """What a verb lacks here; None when it applies."""
        is_there = {
            Needs.NOTHING: True,
            Needs.TARGET: self.target() is not None,
            Needs.MESSAGE: self.open_thrid is not None and self.reader.message is not None,
            Needs.LABEL: self.places.cursor_row is not None,
            Needs.SEARCH: self.view.kind.value == "search",
        }[command.needs]
        return None if is_there else command.needs

    @on(CommandChosen)
    def _command_chosen(self, event: CommandChosen) -> None:
        event.stop()
        self.command(event.command_id)

    # -- the bottom line -------------------------------------------------------------------------------

    def teach(self) -> None:
        """Show the keys that matter in the pane that has them."""
        keys = [
            (key, self._word(command), command.id)
            for command, key in self.desk.keymap.footer(self.where)
            if self.missing_for(command) is None
        ]
        self.status_bar.teach(keys)

    def _word(self, command: Command) -> str:
        if command.id == "message-scope":
            return "whole conversation" if self.message_only else "this message only"
        return command.word

    def flash(self, text: str, tone: Tone = Tone.DONE) -> None:
        """Say what just happened, in the bottom line."""
        flash = Flash(text, tone)
        self.status_bar.flash(flash)
        if self._flash_timer is not None:
            self._flash_timer.stop()
        self._flash_timer = self.set_timer(flash.seconds, lambda: self.status_bar.flash(NOTHING))

    @on(Flashed)
    def _flashed(self, event: Flashed) -> None:
        event.stop()
        self.flash(event.text, event.tone)

    # -- looking again ---------------------------------------------------------------------------------

    def look_again(self) -> None:
        """Read again what is shown: the tree, the rows, the open conversation, the link."""
        mail = self.desk.mail
        self.mailboxes = mail.mailboxes()
        self.searches = mail.saved_searches()
        labels = tuple(mailbox.name for mailbox in self.mailboxes if mailbox.role is None)
        if self.desk.label_colours.give_out(labels):
            self.thread_list.set_row_styles(self.desk.row_styles())
        self.places.show(self.mailboxes, self.searches)
        self.thread_list.refresh_rows()
        self.look_at_link()
        self._show_head()
        if self.open_thrid is not None:
            self.show_thread(self.open_thrid)

    def look_at_link(self) -> None:
        """Show how the link stands."""
        mail = self.desk.mail
        link = mail.link()
        left = 0
        if link.state is LinkState.WAITING and link.retry_at is not None:
            left = max(0, (link.retry_at - self.desk.now()) // 1000)
        self.header.show(link, self._progress(), is_read_only=mail.is_read_only, seconds_left=left)

    def _progress(self) -> Progress:
        return self.desk.mail.progress()

    def _show_head(self) -> None:
        window, view, selection = self.thread_list.window, self.view, self.thread_list.selection
        title = view_title(view, self.mailboxes, self.searches)
        total = plural(window.total, "conversation")
        found = self.searching.get(view.value) if view.kind.value == "search" else None
        words = f"{number(window.unread)} unread of {total}" if window.unread else total
        if found is not None and not found[1]:
            words += f"{self.desk.glyphs.ellipsis} searching Gmail"
        elif not window.is_complete:
            words += " so far"
        key = self.desk.keymap.key_of("select-all")
        right = ""
        if selection.is_everything:
            right = f"all {number(window.total)} selected"
        elif selection:
            right = f"{number(len(selection))} selected"
            if window.total > len(selection):
                right += f" {self.desk.glyphs.dot} {key} all {number(window.total)}"
        elif view.text or view.is_unread_only:
            shown = [f"filter: {view.text}"] if view.text else []
            right = f" {self.desk.glyphs.dot} ".join(
                [*shown, *(["unread only"] if view.is_unread_only else [])]
            )
        self.view_head.show(title, words, right, is_selection=bool(selection))
        self.thread_list.set_empty(
            empty_words(view, self.desk.mail.link(), self._progress(), found, self.desk.keymap)
        )

    def redress(self) -> None:
        """Draw everything in the colours of the theme in force."""
        desk = self.desk
        self.thread_list.set_row_styles(desk.row_styles())
        self.reader.dress(desk.palette, desk.chip)
        for widget in (self.places, self.header, self.status_bar, self.view_head, *self.query(Divider)):
            widget.set_palette(desk.palette)

    # -- views and conversations -----------------------------------------------------------------------

    def show_view(self, view: View, *, remember: bool = True) -> None:
        """List another view."""
        before = self.view
        if remember and replace(before, text="") != replace(view, text=""):
            self.history = [*self.history[-20:], replace(before, text="")]
        self.thread_list.show(view)
        self.places.set_here(view)
        if not self.has_reader_pane:
            self.close_thread()
        self.desk.mail.open(view)
        self._show_head()
        self.teach()

    @on(ViewChosen)
    def _view_chosen(self, event: ViewChosen) -> None:
        event.stop()
        self.show_view(event.view)
        if event.is_final:
            self.go_to_pane(Where.LIST)

    @on(CursorMoved)
    def _cursor_moved(self, event: CursorMoved) -> None:
        event.stop()
        if self._preview_timer is not None:
            self._preview_timer.stop()
            self._preview_timer = None
        if not self.has_reader_pane or not self.desk.config.behaviour.preview:
            return
        if event.thrid is None:
            self.close_thread()
        elif self.open_thrid is None:
            self.show_thread(event.thrid)
        else:
            thrid = event.thrid
            self._preview_timer = self.set_timer(PREVIEW_SECONDS, lambda: self.show_thread(thrid))

    @on(ThreadOpened)
    def _thread_opened(self, event: ThreadOpened) -> None:
        event.stop()
        self.open_thread(event.thrid)

    def open_thread(self, thrid: int) -> None:
        """Read a conversation: show it, give it the keys, mark it as read."""
        if self.show_thread(thrid):
            self.message_only = False
            self.go_to_pane(Where.READER)
            if self.desk.config.behaviour.mark_read:
                run_command(self, "opened")

    def show_thread(self, thrid: int) -> bool:
        """Put a conversation in the reader; False when it is gone."""
        thread = self.desk.mail.thread(thrid, self.view)
        if thread is None:
            self.close_thread()
            return False
        self.open_thrid = thrid
        self.reader.show(thread)
        return True

    def close_thread(self) -> None:
        """Leave the reader empty, and give the keys back to the list."""
        self.open_thrid = None
        self.reader.show(None)
        if self._pane is Where.READER:
            self.go_to_pane(Where.LIST)

    @on(BodyWanted)
    def _body_wanted(self, event: BodyWanted) -> None:
        event.stop()
        body = self.desk.mail.body(event.msgid)
        if body is not None:
            self.reader.show_body(body)
        else:
            self.desk.mail.open_body(event.msgid)

    def target(self) -> Target | None:
        """What a verb acts on in the pane that has the keys."""
        if self._pane is Where.READER and self.open_thrid is not None:
            message = self.reader.message
            if self.message_only and message is not None:
                return Messages((message.msgid,))
            return Threads((self.open_thrid,), self.view)
        return self.thread_list.target()

    @on(SelectionChanged)
    def _selection_changed(self, event: SelectionChanged) -> None:
        event.stop()
        self._show_head()
        self.teach()

    # -- the tree, the filter, the dividers ------------------------------------------------------------

    @on(TreeFolded)
    def _tree_folded(self, event: TreeFolded) -> None:
        event.stop()
        self.desk.state.folded = sorted(event.folded)

    def open_filter(self) -> None:
        """Let the user narrow the list, or the tree while it has the keys."""
        self._filters_tree = self._pane is Where.TREE
        self.filter_bar.open(self.places.state.text if self._filters_tree else self.view.text)

    @on(FilterChanged)
    def _filter_changed(self, event: FilterChanged) -> None:
        event.stop()
        if self._filters_tree:
            self.places.set_state(replace(self.places.state, text=event.text))
        else:
            self.show_view(replace(self.view, text=event.text), remember=False)

    @on(FilterClosed)
    def _filter_closed(self, event: FilterClosed) -> None:
        event.stop()
        pane = Where.TREE if self._filters_tree else Where.LIST
        if not event.is_kept:
            if self._filters_tree:
                self.places.set_state(replace(self.places.state, text=""))
            else:
                self.show_view(replace(self.view, text=""), remember=False)
        self.go_to_pane(pane)

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
            state.list_share = max(20, min(80, round((layout.list_width + cells) * 100 / room)))
        elif layout.place is ReaderPlace.BELOW:
            room = max(1, self.app.size.height - 2)
            state.list_share = max(15, min(85, round((layout.list_height + cells) * 100 / room)))
        self.place_panes()
