"""A conversation as lines: which messages are open, which line belongs to what.

Pure: no widget, no colour, no clock. The widget above it asks for the height and for single lines; bodies are
laid out only as far as they are asked for, and a body once laid out is kept while the width stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct, field

from imapcore.gmail.label_names import show_label
from imapcore.model import Body, Message, Thread
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.text import anchored, cells, cut, steady
from tui.widgets.reader.body_layout import WIDEST, lay_out
from tui.widgets.reader.body_lines import BLANK, Ink, Line, Piece
from tui.widgets.reader.body_wrap import break_lines
from tui.widgets.reader.message_details import details_lines
from tui.widgets.reader.message_head import folded_line, head_lines, run_line, show_sender
from tui.widgets.reader.section import STEP, Content, Failure, Feed, Part, Section, Waiting

BODY_INDENT = 2
_RUN_SHOWN = 3
"""Folded messages of a run that still get a line each."""
_EAGER_FEEDS = 4


class ReaderDocument(Struct):
    """The conversation that is being read."""

    owner: str = ""
    """The account's address: its owner is shown as ``me``."""
    now: int = 0
    zone: tzinfo | None = None
    glyphs: Glyphs = UNICODE
    unfold_key: str = ";"
    width: int = 80
    thread: Thread | None = None
    current: int | None = None
    """The msgid that verbs for one message mean, and that n and p move."""
    expanded: set[int] = field(default_factory=set)
    stood: set[int] = field(default_factory=set)
    """The messages that were there when the conversation was opened."""
    drawn: set[int] = field(default_factory=set)
    """Messages of which something has been on the screen since."""
    contents: dict[int, Content] = field(default_factory=dict)
    forms: dict[int, str] = field(default_factory=dict)
    """Sections of the forms that were asked for, by message; the others are shown in their first form."""
    sections: list[Section] = field(default_factory=list)
    detailed: set[int] = field(default_factory=set)
    """Messages whose details are shown."""
    is_message_only: bool = False
    """Whether verbs mean the current message only, which its head says."""
    _starts: list[int] = field(default_factory=list)
    _feeds: dict[int, Feed] = field(default_factory=dict)
    _opened: dict[int, frozenset[int] | None] = field(default_factory=dict)
    _is_run_shown: bool = False
    _eager: int = 0
    """Bodies that may still be begun while the sections are put together; the rest waits to be looked at."""

    # -- what is shown ------------------------------------------------------------------------------

    def show(self, thread: Thread | None) -> None:
        """Show a conversation: its unread messages open, or else its newest one."""
        is_same = thread is not None and self.thread is not None and thread.thrid == self.thread.thrid
        known = {message.msgid for message in self.thread.messages} if is_same and self.thread else set()
        self.thread = thread
        if not is_same:
            self.expanded.clear()
            self.take_stock()
            self.contents.clear()
            self.forms.clear()
            self.detailed.clear()
            self._feeds.clear()
            self._opened.clear()
            self._is_run_shown = False
            self.current = None
        if thread is not None and thread.messages:
            present = {message.msgid for message in thread.messages}
            self.expanded &= present
            fresh = [message for message in thread.messages if message.msgid not in known]
            if is_same:
                opening = {message.msgid for message in fresh if message.is_unread and not message.is_draft}
            else:
                opening = {message.msgid for message in thread.unfolded()}
            self.expanded |= opening
            if self.current not in present:
                first = next((m.msgid for m in thread.messages if m.msgid in opening), None)
                self.current = first if first is not None else thread.messages[-1].msgid
        self.build()

    def take_stock(self) -> None:
        """The conversation is opened: what is there now is what the user reads."""
        self.stood = {message.msgid for message in self.messages}
        self.drawn.clear()

    def unseen(self) -> tuple[Message, ...]:
        """Unread messages that came since, and of which nothing has been on the screen."""
        known = self.stood | self.drawn
        return tuple(each for each in self.messages if each.is_unread and each.msgid not in known)

    def resize(self, width: int) -> None:
        """Lay everything out anew for so many cells."""
        if width != self.width:
            self.width = width
            self._feeds.clear()
            self.build()

    def set_content(self, msgid: int, content: Content) -> None:
        """Give a message its body, or say why there is none."""
        self.set_contents({msgid: content})

    def set_contents(self, contents: Mapping[int, Content]) -> None:
        """The same for several messages at once."""
        # By identity: to compare two bodies of megabytes takes longer than to lay their first lines out.
        fresh = {msgid: each for msgid, each in contents.items() if self.contents.get(msgid) is not each}
        if fresh:
            self.contents.update(fresh)
            for msgid in fresh:
                self._feeds.pop(msgid, None)
            self.build()

    def missing(self) -> list[int]:
        """Open messages for which no body was given yet, the current one first."""
        wanted = [m.msgid for m in self.messages if m.msgid in self.expanded and m.msgid not in self.contents]
        return sorted(wanted, key=lambda msgid: msgid != self.current)

    # -- messages -------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[Message, ...]:
        """Oldest first."""
        return self.thread.messages if self.thread is not None else ()

    @property
    def message(self) -> Message | None:
        """The current message."""
        return next((message for message in self.messages if message.msgid == self.current), None)

    @property
    def body(self) -> Body | None:
        """The current message's body, if it is there."""
        content = self.contents.get(self.current) if self.current is not None else None
        return content if isinstance(content, Body) else None

    def step(self, by: int) -> bool:
        """Make the next or previous message the current one; False at the end."""
        ids = [message.msgid for message in self.messages]
        if self.current not in ids:
            return False
        index = ids.index(self.current) + by
        if not 0 <= index < len(ids):
            return False
        self.current = ids[index]
        if self._is_hidden(self.current):
            self._is_run_shown = True
        self.build()
        return True

    def toggle(self, msgid: int) -> None:
        """Open or fold one message."""
        self.current = msgid
        self.expanded ^= {msgid}
        self.build()

    def toggle_all(self) -> bool:
        """Open every message, or fold all but the current one if they are open; whether all are open now."""
        everything = {message.msgid for message in self.messages}
        if everything <= self.expanded:
            self.expanded = {self.current} & everything if self.current is not None else set()
            self._is_run_shown = False
        else:
            self.expanded = everything
        self.build()
        return everything <= self.expanded

    def unfold_for_finding(self) -> bool:
        """Open every message whose body is here, and every quotation; whether anything changed."""
        before = (set(self.expanded), dict(self._opened))
        self.expanded |= {
            message.msgid for message in self.messages if isinstance(self.contents.get(message.msgid), Body)
        }
        for msgid in self.expanded:
            if self._opened.get(msgid, frozenset()) is not None:
                self._opened[msgid] = None
                self._feeds.pop(msgid, None)
        if before == (self.expanded, self._opened):
            return False
        self.build()
        return True

    def toggle_details(self) -> bool:
        """Show or hide where the current message comes from, in full; whether it is shown now."""
        if self.current is None:
            return False
        self.detailed ^= {self.current}
        self.expanded.add(self.current)
        self.build()
        return self.current in self.detailed

    def show_form(self, msgid: int, section: str) -> None:
        """Want a message in another form; the one that is shown stays until it is here."""
        self.forms[msgid] = section
        self._opened.pop(msgid, None)

    def set_message_only(self, is_message_only: bool) -> None:
        """Whether verbs mean the current message only."""
        self.is_message_only = is_message_only
        self.build()

    def show_run(self) -> None:
        """Give every folded message a line of its own."""
        self._is_run_shown = True
        self.build()

    def toggle_quote(self, msgid: int, fold: int) -> None:
        """Show or hide one quotation."""
        opened = self._opened.get(msgid, frozenset())
        self._opened[msgid] = frozenset({fold}) ^ (opened if opened is not None else frozenset())
        self._feeds.pop(msgid, None)
        self.build()

    def toggle_quotes(self) -> bool:
        """Show or hide every quotation of the current message; whether they are shown now."""
        if self.current is None:
            return False
        is_open = bool(self._opened.get(self.current, frozenset()) is None)
        self._opened[self.current] = frozenset() if is_open else None
        self._feeds.pop(self.current, None)
        self.build()
        return not is_open

    # -- lines ----------------------------------------------------------------------------------------

    @property
    def column(self) -> int:
        """Cells of the reading column."""
        return max(16, min(self.width, WIDEST + BODY_INDENT))

    def build(self) -> None:
        """Put the sections together; cheap, since bodies keep their lines."""
        self.sections = []
        self._eager = _EAGER_FEEDS
        if self.thread is not None:
            self.sections.append(Section(Part.SUBJECT, self._subject(), tail=1))
            for run in self._runs():
                self.sections.extend(self._run_sections(run))
        self._measure()

    def _measure(self) -> None:
        self._starts = []
        total = 0
        for section in self.sections:
            self._starts.append(total)
            total += section.height

    @property
    def height(self) -> int:
        """Lines that are laid out by now."""
        return self._starts[-1] + self.sections[-1].height if self.sections else 0

    @property
    def is_complete(self) -> bool:
        """Whether every open body is laid out to its end."""
        return all(section.feed is None or section.feed.is_done for section in self.sections)

    def at(self, y: int) -> tuple[Section, int] | None:
        """The section of a line, and the line's index in it."""
        if not 0 <= y < self.height:
            return None
        index = bisect_right(self._starts, y) - 1
        # Sections without lines share their start with the next one; bisect has found the last of them.
        return self.sections[index], y - self._starts[index]

    def start_of(self, msgid: int) -> int | None:
        """The first line of a message (or of the run that hides it)."""
        ids = [message.msgid for message in self.messages]
        for section, start in zip(self.sections, self._starts, strict=True):
            if section.msgid == msgid:
                return start
            if section.part is Part.RUN and section.msgid in ids and msgid in ids:
                first = ids.index(section.msgid)
                if first <= ids.index(msgid) and self._is_hidden(msgid):
                    return start
        return None

    def head_of(self, msgid: int | None) -> int:
        """How many lines stand above the text of an open message."""
        found = (each for each in self.sections if each.msgid == msgid and each.part is Part.OPEN)
        return next((len(each.head) for each in found), 0)

    def grow(self, until: int | None = None) -> tuple[int, int] | None:
        """Lay out a little more of the first body that is not complete and begins above line ``until``.

        Returns (line where it was inserted, how many); None when there is nothing to do.
        """
        for section, start in zip(self.sections, self._starts, strict=True):
            feed = section.feed
            if feed is None or feed.is_done:
                continue
            at = start + len(section.head) + len(feed.lines)
            if until is not None and at > until:
                return None
            before = len(feed.lines)
            feed.grow(STEP)
            self._measure()
            return at, len(feed.lines) - before
        return None

    def text(self) -> list[str]:
        """The text of every line that is laid out, for finding and copying."""
        return [section.line(index).text for section in self.sections for index in range(section.height)]

    # -- putting together ---------------------------------------------------------------------------

    def _subject(self) -> list[Line]:
        thread = self.thread
        if thread is None:
            return []
        subject = steady(thread.subject) or "(no subject)"
        lines = [BLANK] if self.width >= 60 else []
        lines += [
            Line((Piece(subject[start:end], Ink.HEADING | Ink.BRIGHT),))
            for start, end in break_lines(subject[:2000], self.column)
        ]
        count = len(thread.messages)
        about = "" if count == 1 else f"{count} messages"
        chips: list[Piece] = []
        room = self.column
        for name in thread.labels:
            title = anchored(cut(show_label(name), 30, self.glyphs.ellipsis))
            if cells(title) + 3 > room - 6:
                chips.append(Piece("+", Ink.NOTE))
                break
            chips.extend((Piece(f" {title} ", Ink.CHIP, chip=name), Piece(" ")))
            room -= cells(title) + 3
        extra = [*chips, Piece("  " if chips else ""), Piece(about, Ink.NOTE)] if about else chips
        if not extra:
            return lines
        needed = sum(cells(piece.text) for piece in extra)
        used = cells(lines[-1].text)
        if used + 3 + needed <= self.column:
            lines[-1] = Line((*lines[-1].pieces, Piece("   "), *extra))
        else:
            lines.append(Line(tuple(extra)))
        return lines

    @property
    def _name_width(self) -> int:
        """Cells for the senders of folded messages: the same in the whole conversation."""
        return min(22, max((cells(show_sender(m, self.owner)) for m in self.messages), default=0) + 1)

    def _runs(self) -> list[list[Message]]:
        """Messages in runs of folded ones and single open ones."""
        runs: list[list[Message]] = []
        is_run = False
        for message in self.messages:
            is_folded = message.msgid not in self.expanded
            if is_folded and is_run:
                runs[-1].append(message)
            else:
                runs.append([message])
            is_run = is_folded
        return runs

    def _hidden_of(self, run: Sequence[Message]) -> list[Message]:
        """The messages of a run that the line "n more read messages" stands for."""
        if self._is_run_shown or len(run) < _RUN_SHOWN + 2:
            return []
        rest = run[_RUN_SHOWN:]
        return [] if any(m.is_unread or m.msgid == self.current for m in rest) else list(rest)

    def _is_hidden(self, msgid: int | None) -> bool:
        return any(message.msgid == msgid for run in self._runs() for message in self._hidden_of(run))

    def _run_sections(self, run: Sequence[Message]) -> Iterator[Section]:
        if run[0].msgid in self.expanded:
            yield self._open_section(run[0])
            return
        hidden = self._hidden_of(run)
        for message in run[: len(run) - len(hidden)]:
            line = folded_line(
                message, self.column, self.owner, self.now, self.zone, self.glyphs, self._name_width
            )
            yield Section(Part.FOLDED, [line], message.msgid)
        if hidden:
            yield Section(Part.RUN, [run_line(len(hidden), self.unfold_key, self.glyphs)], hidden[0].msgid)

    def _open_section(self, message: Message) -> Section:
        head = head_lines(message, self.column, self.owner, self.now, self.zone, self.glyphs)
        if self.is_message_only and message.msgid == self.current:
            words = f"{self.glyphs.bar} keys act on this message only"
            head.append(Line((Piece("  "), Piece(cut(words, self.column - 2), Ink.STAR))))
        if message.msgid in self.detailed:
            shown = self.contents.get(message.msgid)
            body = shown if isinstance(shown, Body) else None
            head.append(BLANK)
            head.extend(
                Line((Piece("  "), *line.pieces), is_continued=line.is_continued)
                for line in details_lines(message, body, self.column - 2, self.zone, self.glyphs)
            )
        head.append(BLANK)
        content = self.contents.get(message.msgid, Waiting.BEGUN)
        section = Section(Part.OPEN, head, message.msgid, tail=2)
        if isinstance(content, Body):
            feed = self._feeds.get(message.msgid)
            if feed is None:
                opened = self._opened.get(message.msgid, frozenset())
                feed = Feed(lay_out(content, self.column - BODY_INDENT, opened, self.glyphs))
                if self._eager > 0:
                    self._eager -= 1
                    feed.grow(STEP)
                self._feeds[message.msgid] = feed
            section.feed = feed
        else:
            head.extend(self._instead(content))
        return section

    def _instead(self, content: Failure | Waiting) -> Iterator[Line]:
        """What stands where the body would be."""
        room = self.column - BODY_INDENT
        if isinstance(content, Waiting):
            yield Line((Piece("  "), Piece(content.value.replace("…", self.glyphs.ellipsis), Ink.NOTE)))
            return
        for text, ink in (
            (content.title, Ink.WARNING),
            (content.detail, Ink.PLAIN),
            (content.hint, Ink.NOTE),
        ):
            if text:
                for start, end in break_lines(text, room):
                    yield Line((Piece("  "), Piece(text[start:end], ink)))
