"""The reader: a conversation to read, and the field for finding in it.

Data down: the screen above calls ``show`` and answers ``BodyWanted`` with ``show_body`` or ``show_failure``.
Messages up: ``BodyWanted``, ``LinkOpened``, ``CommandChosen`` and ``Reader.Changed``. The methods are the
verbs of the registry that concern reading; nothing here knows a key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message as TextualMessage
from textual.widget import Widget
from textual.widgets import Input, Static

from imapcore.model import Body, Link, Message, Thread
from tui.bridge.messages import BodyWanted, StoredBodiesWanted
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.text import plural
from tui.style.theme import DARK, Palette, label_pair
from tui.widgets.line_input import LineInput
from tui.widgets.reader.document import ReaderDocument
from tui.widgets.reader.page import ReaderPage
from tui.widgets.reader.section import Content, Failure, Waiting
from tui.widgets.reader.style import ChipColours, ReaderStyles

_MINUTE = 60_000
_TICK_SECONDS = 30.0
NOTHING_OPEN = "No conversation is open"


class FindField(LineInput):
    """Where the words to find are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "step(1)", "next", show=False),
        Binding("up", "step(-1)", "previous", show=False),
        Binding("escape", "close", "close", show=False),
    ]

    class Stepped(TextualMessage):
        """The next or previous hit is wanted."""

        def __init__(self, by: int) -> None:
            self.by = by
            super().__init__()

    class Closed(TextualMessage):
        """Finding is over."""

    def action_step(self, by: int) -> None:
        """Ask for another hit."""
        self.post_message(self.Stepped(by))

    def action_close(self) -> None:
        """Leave the field."""
        self.post_message(self.Closed())


class Reader(Vertical):
    """One conversation, the messages that matter open, the rest one line each."""

    DEFAULT_CSS = """
    Reader {
        height: 1fr;
        background: $list-shade;
    }
    Reader > #find {
        height: 1;
        display: none;
        background: $head-shade;
        padding: 0 1;
    }
    Reader.-finding > #find { display: block; }
    Reader #find-word { width: auto; color: $middle-ink; }
    Reader #find-count { width: auto; color: $dim-ink; }
    Reader FindField { width: 1fr; }
    """

    class Changed(TextualMessage):
        """Another message is the current one, or messages were opened or folded."""

        def __init__(self, reader: Reader, unfolded: int | None) -> None:
            self.reader = reader
            self.unfolded = unfolded
            """The message that the user has just opened, if any: the screen may mark it as read."""
            super().__init__()

    def __init__(
        self,
        *,
        owner: str = "",
        glyphs: Glyphs = UNICODE,
        now: Callable[[], int],
        zone: tzinfo | None = None,
        body: Callable[[int], Body | None] | None = None,
        id: str | None = None,
    ) -> None:
        """``owner`` is shown as ``me``; ``now`` gives ms since 1970; ``body`` one that is in memory."""
        super().__init__(id=id)
        self._now = now
        self._body = body
        self.document = ReaderDocument(owner=owner, zone=zone, glyphs=glyphs)
        self.page = ReaderPage(self.document, id="page")
        self.page.placeholder = NOTHING_OPEN
        self._words = ""
        self._found_from: Widget | None = None
        """What had the keys before the field for finding."""

    def compose(self) -> ComposeResult:
        """The page, and under it the field for finding."""
        yield self.page
        with Horizontal(id="find"):
            yield Static("find ", id="find-word")
            yield FindField(id="find-field")
            yield Static("", id="find-count")

    def on_mount(self) -> None:
        """Let “3 min ago” stay true."""
        self.set_interval(_TICK_SECONDS, lambda: self.show(self.thread, placeholder=self.page.placeholder))

    # -- what is shown --------------------------------------------------------------------------------

    def dress(self, palette: Palette = DARK, chip: ChipColours | None = None) -> None:
        """Take the colours of a theme; ``chip`` gives a label's colours by its name."""
        self.page.dress(ReaderStyles(palette, chip or (lambda label: label_pair("grey", palette.is_dark))))

    def show(self, thread: Thread | None, *, placeholder: str = NOTHING_OPEN) -> None:
        """Show a conversation, or what stands there without one. The same one again keeps its place."""
        document = self.document
        now = self._now()
        if thread is not None and thread == document.thread and now // _MINUTE == document.now // _MINUTE:
            return
        document.now = now
        is_same = thread is not None and document.thread is not None and thread.thrid == document.thread.thrid
        self.page.placeholder = placeholder
        if is_same:
            self.page.keep_place(lambda: self._take(thread))
        else:
            if not self.is_finding:
                self.page.find("")
            self._take(thread)
            self.page.redraw(document.current)
        self._ask_for_missing()

    def _take(self, thread: Thread | None) -> None:
        """Hand a conversation to the document, with every body that can be had at once."""
        self.document.show(thread)
        self.document.set_contents(self._stored_bodies())

    def _stored_bodies(self) -> dict[int, Body]:
        """The bodies of open messages that can be had at once."""
        if self._body is None:
            return {}
        read = ((msgid, self._body(msgid)) for msgid in self.document.missing())
        return {msgid: body for msgid, body in read if body is not None}

    def show_body(self, body: Body, section: str = "") -> None:
        """A body is there; one in a form that is no longer wanted is passed over."""
        if self.document.forms.get(body.msgid, "") == section:
            self._set(body.msgid, body)

    def show_failure(self, msgid: int, title: str, detail: str = "", hint: str = "") -> None:
        """A body that was wanted cannot be had; one that is shown stays, whatever else of it was wanted."""
        if not isinstance(self.document.contents.get(msgid), Body):
            self._set(msgid, Failure(title, detail, hint))

    def show_waiting(self, msgid: int, waiting: Waiting) -> None:
        """Say why a body that was wanted is still not here."""
        if isinstance(self.document.contents.get(msgid), Waiting):
            self._set(msgid, waiting)

    def _set(self, msgid: int, content: Content) -> None:
        if any(message.msgid == msgid for message in self.document.messages):
            self.page.keep_place(lambda: self._change(msgid, content))

    def _change(self, msgid: int, content: Content) -> None:
        self.document.set_content(msgid, content)
        if self.has_class("-finding") and isinstance(content, Body):
            self.document.unfold_for_finding()

    def _want_bodies(self) -> None:
        stored = self._stored_bodies()
        if stored:
            self.page.keep_place(lambda: self.document.set_contents(stored))
        self._ask_for_missing()

    def _ask_for_missing(self) -> None:
        """Ask for the bodies of open messages that are not stored."""
        for msgid in self.document.missing():
            self.document.contents[msgid] = Waiting.BEGUN
            self.post_message(BodyWanted(msgid, self.document.forms.get(msgid, "")))

    # -- what is current --------------------------------------------------------------------------------

    @property
    def thread(self) -> Thread | None:
        """The conversation that is shown."""
        return self.document.thread

    @property
    def message(self) -> Message | None:
        """The message that verbs for one message mean."""
        return self.document.message

    @property
    def body(self) -> Body | None:
        """The current message's body, if it is there."""
        return self.document.body

    @property
    def links(self) -> tuple[Link, ...]:
        """The current message's links."""
        body = self.document.body
        return body.links if body is not None else ()

    def opened(self) -> None:
        """The user opened the conversation: what comes from now on has not been asked for."""
        self.document.take_stock()

    @property
    def unseen(self) -> tuple[Message, ...]:
        """Unread messages that came since it was opened, and have not been on the screen."""
        return self.document.unseen()

    def open_messages(self) -> tuple[Message, ...]:
        """The messages that are open, oldest first."""
        return tuple(message for message in self.document.messages if message.msgid in self.document.expanded)

    # -- verbs --------------------------------------------------------------------------------------------

    def next_message(self) -> bool:
        """Make the next message the current one; False when there is none."""
        return self._step(1)

    def previous_message(self) -> bool:
        """Make the previous message the current one; False when there is none."""
        return self._step(-1)

    def _step(self, by: int) -> bool:
        moved = False

        def change() -> None:
            nonlocal moved
            moved = self.document.step(by)

        self.page.keep_place(change)
        if moved and self.document.current is not None:
            self.page.bring_into_view(self.document.current)
            self.post_message(self.Changed(self, None))
        return moved

    def toggle_message(self) -> None:
        """Open the current message, or fold it; a body that failed is asked for again."""
        current = self.document.current
        if current is None:
            return
        if current in self.document.expanded and isinstance(self.document.contents.get(current), Failure):
            self.page.keep_place(lambda: self.document.contents.pop(current))
            self._want_bodies()
            return
        self.page.toggle(current)

    def toggle_all(self) -> bool:
        """Open every message, or fold all but the current one; whether all are open now."""
        self.page.keep_place(self.document.toggle_all)
        self._want_bodies()
        self.post_message(self.Changed(self, None))
        return len(self.document.expanded) == len(self.document.messages)

    def toggle_quotes(self) -> bool:
        """Show or hide what the current message quotes; whether it is shown now."""
        is_shown = False

        def change() -> None:
            nonlocal is_shown
            is_shown = self.document.toggle_quotes()

        self.page.keep_place(change)
        return is_shown

    def toggle_details(self) -> bool:
        """Show or hide where the current message comes from; whether it is shown now."""
        is_shown = False

        def change() -> None:
            nonlocal is_shown
            is_shown = self.document.toggle_details()

        self.page.keep_place(change)
        self._want_bodies()
        if self.document.current is not None:
            self.page.bring_into_view(self.document.current)
        return is_shown

    def show_form(self, section: str) -> None:
        """Show the current message in another form, or one part of it alone."""
        current = self.document.current
        if current is not None:
            self.document.show_form(current, section)
            self.post_message(BodyWanted(current, section))

    def set_message_only(self, is_message_only: bool) -> None:
        """Whether verbs mean the current message only: its head says so."""
        if is_message_only != self.document.is_message_only:
            self.page.keep_place(lambda: self.document.set_message_only(is_message_only))

    def scroll_lines(self, count: int) -> None:
        """Scroll by so many lines; negative is up."""
        self.page.scroll_to(y=self.page.scroll_y + count, animate=False, immediate=True)

    def scroll_screens(self, share: float) -> None:
        """Scroll by a share of the screen, keeping two lines of a whole one for the eye."""
        height = self.page.size.height
        step = max(1, round(height * abs(share)) - (2 if abs(share) >= 1 else 0))
        self.scroll_lines(step if share > 0 else -step)

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.document.is_complete and self.page.scroll_y >= self.page.max_scroll_y

    def to_top(self) -> None:
        """Scroll to the subject."""
        self.page.scroll_to(y=0, animate=False, immediate=True)

    def to_bottom(self) -> None:
        """Scroll to the last line."""
        self.page.scroll_to(y=self.page.max_scroll_y, animate=False, immediate=True)

    # -- finding --------------------------------------------------------------------------------------

    @property
    def is_finding(self) -> bool:
        """Whether the field for finding is open."""
        return self.has_class("-finding")

    @property
    def words_to_find(self) -> str:
        """What was looked for last."""
        return self._words

    def find(self) -> None:
        """Let the user type what to find; what is folded and here is unfolded, so that it is found too.

        The words of the last time stand there marked: what is typed takes their place.
        """
        self.page.keep_place(self._unfold_stored)
        if not self.is_finding:
            self._found_from = self.screen.focused
        self.add_class("-finding")
        field = self.query_one(FindField)
        field.value = self._words
        field.focus()
        field.select_all()
        self._count(self.page.find(field.value))

    def find_again(self, step: int) -> str | None:
        """Go to the next or previous place of the words of the last time; which of how many, None: none."""
        if self.page.query_text != self._words:
            self.page.keep_place(self._unfold_stored)
            count = self.page.find(self._words)
            step = min(step, 0)
        else:
            count = len(self.page.hits)
        if not count:
            return None
        self.page.step_hit(step)
        return self._told(count)

    def _unfold_stored(self) -> None:
        document = self.document
        absent = [m.msgid for m in document.messages if m.msgid not in document.contents]
        if self._body is not None:
            read = ((msgid, self._body(msgid)) for msgid in absent)
            document.set_contents({msgid: body for msgid, body in read if body is not None})
        absent = [msgid for msgid in absent if msgid not in document.contents]
        if absent:
            self.post_message(StoredBodiesWanted(absent))
        document.unfold_for_finding()

    @on(Input.Changed, "#find-field")
    def _find_typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_class("-finding"):
            self._words = event.value[:500]
            self._count(self.page.find(self._words))

    @on(FindField.Stepped)
    def _find_stepped(self, event: FindField.Stepped) -> None:
        event.stop()
        self.page.step_hit(event.by)
        self._count(len(self.page.hits))

    @on(FindField.Closed)
    def _find_closed(self, event: FindField.Closed) -> None:
        event.stop()
        self.remove_class("-finding")
        self.page.find("")
        origin = self._found_from
        (origin if origin is not None and origin.is_attached else self.page).focus()

    def _count(self, count: int) -> None:
        typed = self.query_one(FindField).value
        text = ""
        if typed:
            text = self._told(count) if count else "not found"
        self.query_one("#find-count", Static).update(text)

    def _told(self, count: int) -> str:
        return f"{self.page.hit + 1} of {plural(count, 'place')}"

    @on(ReaderPage.Changed)
    def _page_changed(self, event: ReaderPage.Changed) -> None:
        event.stop()
        self._want_bodies()
        self.post_message(self.Changed(self, event.unfolded))
