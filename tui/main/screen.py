"""The main screen: tree, list and reader, and the one place that knows all three.

Data goes down to the widgets as values, messages come up; what a verb does is in ``tui.actions``, where the
panes stand in ``tui.main.panes``. Here are the key dispatch (sequences, hints), views and conversations,
and looking again when the mail changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events, on
from textual.timer import Timer

from imapcore.errors import GimapError
from imapcore.model import (
    INBOX,
    LinkState,
    LinkStatus,
    Mailbox,
    Messages,
    Progress,
    SavedSearch,
    Target,
    Threads,
    View,
)
from tui.actions import run_command
from tui.bridge.background import Background
from tui.bridge.messages import (
    BodyWanted,
    CommandChosen,
    ComposerAsked,
    ComposerChanged,
    CursorMoved,
    FilterChanged,
    FilterClosed,
    SelectionChanged,
    StoredBodiesWanted,
    ThreadOpened,
    Tone,
    ViewChosen,
)
from tui.context import AppContext
from tui.keys.commands import BY_ID, Command, Group, Needs, Where
from tui.keys.counts import repeats, takes_count
from tui.keys.dead_keys import dead_key_words
from tui.keys.key_reader import Dead, KeyReader, Verb, Waits
from tui.keys.keymap import show_keys, stroke_of
from tui.main.panes import PanedScreen
from tui.main.taught_keys import Moment, taught_keys
from tui.settings.label_memory import see_labels
from tui.style.layout import ReaderPlace
from tui.style.text import number, plural
from tui.widgets.sidebar.mailbox_tree import TreeFolded
from tui.widgets.sidebar.tree_rows import TreeKind
from tui.widgets.sidebar.view_titles import empty_words, view_title
from tui.widgets.status_bar import Taught

if TYPE_CHECKING:
    from tui.compose.composing import Composing

BUSY_SECONDS = 0.08
"""How long after a key the engine lets the screen have the interpreter."""
PAINTED_SECONDS = 0.004
PREFIX_SECONDS = 0.3
"""How long a prefix key waits before what may follow is shown."""
WORD_SECONDS = 0.15
"""How long a body may take before a word stands in its place."""
LATE_SECONDS = 1.5
"""How long until a missing connection is the likely reason."""
PREVIEW_SECONDS = 0.12
"""How long the cursor rests before the reader's pane follows it."""
_REMEMBERED = 20
"""Views that one can go back to."""
_REPEATABLE = frozenset(
    {
        "archive",
        "archive-newer",
        "archive-older",
        "trash",
        "spam",
        "remove-label",
        "to-inbox",
        "star",
        "read",
        "unread",
        "important",
        "not-important",
        "delete-forever",
    }
)
"""Verbs that are changes by themselves; what a dialog was asked for is done again by its own action."""


class MainScreen(PanedScreen):
    """What the panes show, and what keys do."""

    def __init__(self, desk: AppContext) -> None:
        super().__init__(desk)
        self.aside = Background(self, lambda sentence: self.flash(sentence, Tone.PROBLEM))
        self.history: list[View] = []
        self.future: list[View] = []
        self.again: Callable[[], None] | None = None
        """Does the last change again, to what is meant now."""
        self.count = 0
        """The number typed before the verb that is being done."""
        self._message_only = False
        self.mailboxes: tuple[Mailbox, ...] = ()
        self.searches: tuple[SavedSearch, ...] = ()
        self.searching: dict[str, tuple[int, bool, str]] = {}
        """Of each query that was run: found, done, problem."""
        self._views_seen = -1
        """How often views had changed when they were last looked at."""
        self._typed = KeyReader()
        self._prefix_timer: Timer | None = None
        self._read_timer: Timer | None = None
        self._preview_timer: Timer | None = None
        self._filters_tree = False
        self._ahead: tuple[int, ...] = ()
        self._awaited: set[int] = set()
        """Messages whose body was asked for and is not stored."""
        self._link_seen: LinkState | None = None
        self._composing: Composing | None = None

    @property
    def view(self) -> View:
        """What is listed."""
        return self.thread_list.view

    @property
    def message_only(self) -> bool:
        """Whether verbs in the reader mean its current message only."""
        return self._message_only

    @message_only.setter
    def message_only(self, value: bool) -> None:
        self._message_only = value
        if self.has_reader:
            self.reader.set_message_only(value)

    # -- writing ---------------------------------------------------------------------------------------

    @property
    def composing(self) -> Composing:
        """The mail that is being written; made when it is first needed."""
        if self._composing is None:
            from tui.compose.composing import Composing

            self._composing = Composing(self)
        return self._composing

    def on_unmount(self) -> None:
        """What is being written is on the disk before the engine goes."""
        if self._composing is None:
            return
        try:
            self._composing.flush()
        except GimapError as error:
            # There is no screen any more; what was kept half a second before is on the disk.
            self.app.exit(message=f"The last words of your mail could not be kept: {error.sentence()}")

    def look_at_outbox(self) -> None:
        """Show in the tree how much waits, and how many drafts there are here."""
        composing = self.composing

        def shown(found: tuple[int, int, bool]) -> None:
            self.places.show_outbox(*found)

        self.aside.do(composing.counts, shown, is_long=True)

    @on(ComposerChanged)
    def _composer_changed(self, event: ComposerChanged) -> None:
        event.stop()
        self.composing.changed()

    @on(ComposerAsked)
    def _composer_asked(self, event: ComposerAsked) -> None:
        event.stop()
        self.command(event.command_id)

    def on_mount(self) -> None:
        """Show what the store has, at once."""
        self.place_panes()
        self.thread_list.focus()
        self.look_again()
        self.desk.mail.open(INBOX)
        self.call_after_refresh(self.look_at_outbox)

    def be_as_at_the_start(self) -> None:
        """Show what a start would show first: the inbox from its top, nothing open, nothing told."""
        self._end_prefix()
        if self._filter_bar is not None:
            self._filter_bar.remove_class("-open")
        threads = self.thread_list
        with threads.prevent(CursorMoved):
            self.close_thread()
            self.go_to_pane(Where.LIST)
            threads.forget(INBOX)
            self.show_view(INBOX, remember=False)
            threads.select_none()
            threads.move_to_end(is_bottom=False)
        progress, is_read_only = self._progress(), self.desk.mail.is_read_only
        self.header.show(LinkStatus(LinkState.CONNECTING), progress, is_read_only=is_read_only)
        self._show_head()
        self.flash("")
        self.teach()

    # -- keys ------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Resolve a key in the pane it was pressed in; a field keeps its keys to itself."""
        if self.focused is not None and not self.is_pane(self.focused):
            return
        self.desk.mail.hold(BUSY_SECONDS)
        self.call_after_refresh(self._painted)
        read = self._typed.read(self.desk.keymap, self.where, stroke_of(event.key, event.character))
        if isinstance(read, Dead) and event.key in self.active_bindings:
            # Textual's own: copying what is marked, and the like.
            self._end_prefix()
            return
        event.stop()
        event.prevent_default()
        if isinstance(read, Waits):
            self._begin_prefix()
            return
        self._end_prefix()
        if isinstance(read, Verb):
            self.command(read.command.id, read.count)
        elif isinstance(read, Dead):
            self.flash(dead_key_words(self.desk.keymap, self.where, read.strokes), Tone.HINT)

    def _painted(self) -> None:
        self.desk.mail.hold(PAINTED_SECONDS)

    def _begin_prefix(self) -> None:
        self._stop_prefix_timer()
        if self._typed.prefix:
            self._prefix_timer = self.set_timer(PREFIX_SECONDS, self.teach_prefix)
        else:
            self.teach()

    def _end_prefix(self) -> None:
        was_shown = self._prefix_timer is not None or bool(self._lead())
        self._typed.clear()
        self._stop_prefix_timer()
        if was_shown or self.status_bar.lead:
            self.teach()

    def _stop_prefix_timer(self) -> None:
        if self._prefix_timer is not None:
            self._prefix_timer.stop()
            self._prefix_timer = None

    def teach_prefix(self) -> None:
        """Show what may follow the prefix that waits."""
        following = self.desk.keymap.resolve(self.where, self._typed.prefix)
        if isinstance(following, tuple) and following:
            self.flash_over()
            self.show_keys(
                [
                    (show_keys(rest), command.word, command.id)
                    # What most people press it for comes first.
                    for rest, command in sorted(following, key=lambda each: each[1].group is not Group.GOING)
                ],
                self._typed.lead,
                is_whole=True,
            )

    def command(self, command_id: str, count: int = 0) -> None:
        """Do what a verb says, so many times or to so many, or say why it does not apply."""
        command = BY_ID[command_id]
        if command.hint:
            self.flash(command.hint, Tone.HINT)
            return
        if count and not takes_count(command, self.where):
            self.flash(f"A number before “{command.word}” means nothing: nothing was done", Tone.HINT)
            return
        missing = self.missing_for(command)
        if missing is not None:
            self.flash(missing.value, Tone.HINT)
            return
        if command.id in _REPEATABLE:
            self.again = lambda: run_command(self, command_id)
        self.count = count
        try:
            for _ in range(repeats(command, count)):
                run_command(self, command_id)
        finally:
            self.count = 0

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
            Needs.MESSAGE: self.message_on_screen,
            Needs.LABEL: self._is_on_label,
            Needs.SEARCH: self.view.kind.value == "search",
            Needs.WRITER: not self.desk.mail.is_read_only,
        }[command.needs]
        return None if is_there else command.needs

    def taught_here(self) -> list[Taught]:
        """Key, word and id of the verbs worth knowing here."""
        moment = Moment(
            self.where,
            self.view,
            bool(self.thread_list.selection),
            self.layout_now.place is ReaderPlace.NARROW,
            self.message_only,
        )
        return taught_keys(self.desk.keymap, moment, lambda command: self.missing_for(command) is not None)

    def _lead(self) -> str:
        """What is typed of a verb so far, or the mode that is on."""
        if self._typed.lead:
            return self._typed.lead
        if self._pane is Where.READER and self.message_only:
            return "this message only"
        if self._pane is Where.LIST and self.thread_list.selection.anchor is not None:
            return "range"
        return ""

    @property
    def message_on_screen(self) -> bool:
        """Whether there is a message to read on the screen: in the reader, or beside the list."""
        if self._pane is Where.READER:
            return self.open_thrid is not None and self.reader.message is not None
        return self.has_reader_pane and (
            self.open_thrid is not None or self.thread_list.cursor_row is not None
        )

    @property
    def _is_on_label(self) -> bool:
        row = self.places.cursor_row
        return row is not None and row.kind in (TreeKind.LABEL, TreeKind.SEARCH)

    @on(CommandChosen)
    def _command_chosen(self, event: CommandChosen) -> None:
        event.stop()
        self.command(event.command_id)

    # -- looking again ---------------------------------------------------------------------------------

    def look_again(self) -> None:
        """Read again what is shown: the tree, the rows, the open conversation, the link."""
        self.guard(self._look_again)

    def follow_hints(self) -> None:
        """Something was said to have changed: look again, unless that was seen since. A change made here is
        shown at once, and the hint of it comes later.
        """
        if self.desk.mail.views_changed == self._views_seen:
            self.guard(self.look_at_link)
        else:
            self.look_again()

    def _look_again(self) -> None:
        mail = self.desk.mail
        # Before anything is read: what is said to have changed meanwhile is looked at once more.
        self._views_seen = mail.views_changed
        self.mailboxes = mail.mailboxes()
        self.searches = mail.saved_searches()
        moved, others = see_labels(self.desk.state, self.mailboxes)
        if moved or others:
            self._follow_labels(moved, others)
        labels = tuple(mailbox.name for mailbox in self.mailboxes if mailbox.role is None)
        if self.desk.label_colours.give_out(labels):
            self.thread_list.set_row_styles(self.desk.row_styles())
        self.places.show(self.mailboxes, self.searches)
        if moved or others:
            # Labels as they are called now first: the cursor stays on the row of its label.
            self.places.take_state(self.desk.state)
        self.thread_list.refresh_rows()
        self.look_at_link()
        self._show_head()
        if self.open_thrid is not None:
            self.show_thread(self.open_thrid)
        self.teach()

    def _follow_labels(self, moved: dict[str, str], others: frozenset[str]) -> None:
        """What hangs on the names of labels goes with them."""
        # Late: it happens seldom.
        from tui.actions.follow_labels import move_names, renamed_query, renamed_view

        mail = self.desk.mail
        move_names(self.desk.state, self.desk.label_colours, moved, others)
        self.thread_list.set_row_styles(self.desk.row_styles())
        self.places.follow(moved)
        self.history = [renamed_view(view, moved) for view in self.history]
        for search in self.searches:
            query = renamed_query(search.query, moved)
            if query != search.query and not mail.is_read_only:
                mail.rename_search(search.search_id, search.title, query)
        self.searches = mail.saved_searches()
        view = renamed_view(self.view, moved)
        if view != self.view:
            self.show_view(view, remember=False)

    def look_at_link(self) -> None:
        """Show how the link stands."""
        mail = self.desk.mail
        link = mail.link()
        if link.state is not self._link_seen:
            self._link_seen = link.state
            for msgid in self._awaited:
                self._say_why(msgid)
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
            words = f"{words} so far" if window.rows else ""
        if self._hidden_place() is not None and window.rows:
            words = f"{words}, as last seen"
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
        if not window.rows:
            says = empty_words(
                view,
                self.desk.mail.link(),
                self._progress(),
                found,
                self.desk.keymap,
                is_complete=window.is_complete,
                hidden=self._hidden_place(),
            )
            self.thread_list.set_empty(says)

    def _hidden_place(self) -> Mailbox | None:
        """The place that is looked at, if Gmail's settings hide it from IMAP."""
        role = self.view.role
        return next((box for box in self.mailboxes if box.is_hidden and box.role is role), None)

    # -- views and conversations -----------------------------------------------------------------------

    def show_view(self, view: View, *, remember: bool = True) -> None:
        """List another view; ``remember``: one can come back to this one."""
        before = self.view
        if remember and replace(before, text="") != replace(view, text=""):
            self.history = [*self.history[-_REMEMBERED:], replace(before, text="")]
            self.future = []
        self.thread_list.show(view)
        self.places.set_here(view)
        if not self.has_reader_pane:
            self.close_thread()
        self.desk.mail.open(view)
        self._show_head()
        self.teach()
        if hidden := self._hidden_place():
            title = hidden.title
            self.flash(
                f"Gmail hides {title} from IMAP: Settings › Labels › {title} › Show in IMAP", Tone.HINT
            )

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
        if event.thrid is not None:
            # After the frame: at the start the list is drawn first.
            self.call_after_refresh(self._read_ahead, event.thrid)
        if not self.has_reader_pane or not self.desk.config.behaviour.preview:
            return
        if event.thrid is None:
            self.close_thread()
        elif not self.has_reader:
            # At the start the list is drawn first; the reader comes with the second frame.
            self.call_after_refresh(self._preview, event.thrid)
        elif self.open_thrid is None:
            self.show_thread(event.thrid)
        else:
            thrid = event.thrid
            self._preview_timer = self.set_timer(PREVIEW_SECONDS, lambda: self.show_thread(thrid))

    def _preview(self, thrid: int) -> None:
        row = self.thread_list.cursor_row
        if row is not None and row.thrid == thrid and self.open_thrid is None:
            self.show_thread(thrid)

    @on(ThreadOpened)
    def _thread_opened(self, event: ThreadOpened) -> None:
        event.stop()
        self.open_thread(event.thrid)

    def bring_preview(self) -> None:
        """Put the conversation under the cursor in the reader's pane now, where there is one."""
        row = self.thread_list.cursor_row
        if self._pane is Where.LIST and self.has_reader_pane and row is not None:
            if self._preview_timer is not None:
                self._preview_timer.stop()
                self._preview_timer = None
            if row.thrid != self.open_thrid:
                self.show_thread(row.thrid)

    def open_thread(self, thrid: int) -> None:
        """Read a conversation: show it, give it the keys, mark it as read when that is due."""
        if self.show_thread(thrid):
            self.message_only = False
            self.reader.opened()
            self.go_to_pane(Where.READER)
            self._mark_read_later()

    def show_reader(self) -> None:
        """Give the conversation in the reader the keys: it is being read."""
        self.reader.opened()
        self.go_to_pane(Where.READER)
        self._mark_read_later()

    def _mark_read_later(self) -> None:
        """Mark what was opened as read: at once, after the seconds that the configuration says, or never."""
        self._stop_reading()
        behaviour = self.desk.config.behaviour
        if not behaviour.mark_read:
            return
        if not behaviour.mark_read_after:
            run_command(self, "opened")
            return
        thrid = self.open_thrid
        self._read_timer = self.set_timer(behaviour.mark_read_after, lambda: self._read_due(thrid))

    def _read_due(self, thrid: int | None) -> None:
        """It is read now, if it is still read."""
        if self.open_thrid == thrid and self._pane is Where.READER:
            run_command(self, "opened")

    def _stop_reading(self) -> None:
        if self._read_timer is not None:
            self._read_timer.stop()
            self._read_timer = None

    def show_thread(self, thrid: int) -> bool:
        """Put a conversation in the reader; False when it is gone."""
        thread = self.desk.mail.thread(thrid, self.view)
        if thread is None:
            self.close_thread()
            return False
        if thrid != self.open_thrid:
            self.message_only = False
        self.open_thrid = thrid
        self.reader.show(thread)
        self._read_ahead(thrid)
        return True

    def close_thread(self) -> None:
        """Leave the reader empty, and give the keys back to the list."""
        self.open_thrid = None
        self.message_only = False
        self._stop_reading()
        if self.has_reader:
            self.reader.show(None)
        if self._pane is Where.READER:
            self.go_to_pane(Where.LIST)

    @on(BodyWanted)
    def _body_wanted(self, event: BodyWanted) -> None:
        event.stop()
        msgid = event.msgid
        body = self.desk.mail.ready_body(msgid, event.section)
        if body is not None:
            self.reader.show_body(body, event.section)
            return
        self._awaited.discard(msgid)
        self.desk.mail.open_body(msgid, event.section)
        self.set_timer(WORD_SECONDS, lambda: self._say_why(msgid))
        self.set_timer(LATE_SECONDS, lambda: self._say_why(msgid, is_late=True))

    @on(StoredBodiesWanted)
    def _stored_wanted(self, event: StoredBodiesWanted) -> None:
        event.stop()
        self.desk.mail.read_stored(event.msgids)

    def body_awaited(self, msgid: int) -> None:
        """A body is not stored: where there is no connection to wait for, that is said at once."""
        self._awaited.add(msgid)
        if self.desk.mail.link().state is LinkState.WAITING:
            self._say_why(msgid)

    def _say_why(self, msgid: int, *, is_late: bool = False) -> None:
        """Whoever waits for a body for longer than an eye does is told what for."""
        from tui.widgets.reader.section import Waiting

        state = self.desk.mail.link().state
        has_none = state is LinkState.WAITING or (is_late and state is not LinkState.LIVE)
        is_offline = has_none and msgid in self._awaited
        if self.has_reader:
            self.reader.show_waiting(msgid, Waiting.OFFLINE if is_offline else Waiting.LOADING)

    def body_arrived(self, msgid: int, section: str) -> None:
        """A body has been read: show it, if it is still looked at."""
        self._awaited.discard(msgid)
        body = self.desk.mail.ready_body(msgid, section) if self.has_reader else None
        if body is not None:
            self.reader.show_body(body, section)

    def _read_ahead(self, thrid: int) -> None:
        """The conversation under the cursor and its neighbours are likely to be opened next."""
        thrids = self.thread_list.around(thrid)
        if thrids != self._ahead:
            self._ahead = thrids
            self.desk.mail.read_ahead(thrids, self.view)

    def target(self) -> Target | None:
        """What a verb acts on in the pane that has the keys."""
        if self._pane is Where.READER and self.open_thrid is not None:
            message = self.reader.message
            if self.message_only and message is not None:
                return Messages((message.msgid,))
            return Threads((self.open_thrid,), self.view)
        return self.thread_list.target(max(1, self.count))

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
        self.teach()

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
