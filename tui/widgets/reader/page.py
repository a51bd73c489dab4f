"""The page of the reader: a conversation drawn line by line, only the lines in view.

A line-API widget over ``ReaderDocument``. It scrolls, shows hits, is clicked and selected from; it does not
know the engine and decides nothing about messages but what is folded.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.bridge.messages import CommandChosen, LinkOpened
from tui.style.text import cells
from tui.style.theme import DARK, label_pair
from tui.widgets.reader.body_lines import Line, Piece
from tui.widgets.reader.body_wrap import break_lines
from tui.widgets.reader.document import BODY_INDENT, ReaderDocument
from tui.widgets.reader.find import Range, find_all
from tui.widgets.reader.section import Part, Section
from tui.widgets.reader.style import ReaderStyles

_WIDE_MARGIN = 3
_NARROW_MARGIN = 1
_SLICE_SECONDS = 0.005
_PAUSE_SECONDS = 0.02
_CACHED_STRIPS = 2000


class ReaderPage(ScrollView, can_focus=True):
    """The lines of a conversation."""

    DEFAULT_CSS = """
    ReaderPage {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
    }
    """
    ALLOW_SELECT: ClassVar[bool] = True

    class Changed(TextualMessage):
        """Messages were opened or folded, or another one is the current one."""

        def __init__(self, unfolded: int | None = None) -> None:
            self.unfolded = unfolded
            """The message that the user has just opened, if any."""
            super().__init__()

    def __init__(self, document: ReaderDocument, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document = document
        self.styles_of = ReaderStyles(DARK, lambda label: label_pair("grey", True))
        self.placeholder = ""
        """What stands on the page while there is no conversation."""
        self.hits: list[tuple[Range, ...]] = []
        self.hit = -1
        self._query = ""
        self._hit_lines: dict[int, list[tuple[int, int, bool]]] = {}
        self._strips: dict[int, Strip] = {}
        self._is_growing = False
        self._wanted: int | None = None

    # -- what is shown --------------------------------------------------------------------------------

    def dress(self, styles: ReaderStyles) -> None:
        """Take other colours."""
        self.styles_of = styles
        self._forget()

    @property
    def margin_cells(self) -> int:
        """Cells left free at both sides."""
        return _WIDE_MARGIN if self.size.width >= 60 else _NARROW_MARGIN

    @property
    def _column(self) -> int:
        """Cells between the margins; the scroll bar's are never used, so that it may come and go."""
        return max(8, self.scrollable_content_region.width - 2 * self.margin_cells)

    def redraw(self, scroll_to: int | None = None) -> None:
        """Draw anew after the document changed; ``scroll_to`` is a message to bring to the top."""
        self._forget()
        self._wanted = scroll_to
        self._fill()
        if scroll_to is not None:
            self._bring(scroll_to)

    def keep_place(self, change: Callable[[], object]) -> None:
        """Run something that changes the document while the line at the top stays where it is."""
        held = self._hold()
        change()
        self._forget()
        self._fill()
        self._return_to(held)

    def _hold(self) -> tuple[int | None, int, bool] | None:
        """Which line is at the top, said so that it can be found again: the message, and the line counted
        from its beginning, or from where its text begins.
        """
        found = self.document.at(round(self.scroll_y))
        if found is None:
            return None
        section, index = found
        is_text = section.feed is not None and index >= len(section.head)
        return section.msgid, index - (len(section.head) if is_text else 0), is_text

    def _return_to(self, held: tuple[int | None, int, bool] | None) -> None:
        if held is None:
            return
        msgid, index, is_text = held
        start = 0 if msgid is None else self.document.start_of(msgid)
        if start is not None:
            # A head may have more lines now, or fewer: what was read stays where it was.
            head = self.document.head_of(msgid) if is_text else 0
            self.scroll_to(y=start + head + index, animate=False, immediate=True)

    def _forget(self) -> None:
        self._strips.clear()
        if self._query:
            self._search()
        self.refresh()

    def _fill(self) -> None:
        """Lay out what the eye can reach now, tell the scroll bar, and go on in slices with the rest."""
        self.document.resize(self._column)
        reach = round(self.scroll_y) + 2 * self.size.height + 50
        while self.document.grow(reach) is not None:
            pass
        self.virtual_size = Size(self.size.width, self.document.height)
        if not self.document.is_complete and not self._is_growing:
            self._is_growing = True
            self.set_timer(_PAUSE_SECONDS, self._grow)

    def _grow(self) -> None:
        self._is_growing = False
        until = perf_counter() + _SLICE_SECONDS
        top = round(self.scroll_y)
        shift = 0
        first: int | None = None
        while perf_counter() < until and (grown := self.document.grow()) is not None:
            at, count = grown
            first = at if first is None else min(first, at)
            if at < top + shift:
                shift += count
        self.virtual_size = Size(self.size.width, self.document.height)
        if shift:
            self.scroll_to(y=top + shift, animate=False, immediate=True)
        self._strips.clear()
        if first is not None and first < top + self.size.height:
            # What came below the screen changes nothing on it.
            self.refresh()
        if not self.document.is_complete and not self._is_growing:
            self._is_growing = True
            self.set_timer(_PAUSE_SECONDS, self._grow)

    def _bring(self, msgid: int) -> None:
        """Scroll so that a message's head is at the top, the subject too when both fit."""
        start = self.document.start_of(msgid)
        if start is None or not self.size.height:
            return
        # A message that begins on the first half of the screen keeps its subject in view.
        y = 0 if start < self.size.height // 2 else start
        self.scroll_to(y=y, animate=False, immediate=True)

    def bring_into_view(self, msgid: int) -> None:
        """Scroll as little as shows the beginning of a message."""
        start = self.document.start_of(msgid)
        if start is None:
            return
        top, height = round(self.scroll_y), self.size.height
        if start < top:
            self.scroll_to(y=start, animate=False, immediate=True)
        elif start >= top + height - 3:
            self.scroll_to(y=max(0, start - height // 3), animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new width, keeping the place."""
        if self._wanted is not None:
            self.redraw(self._wanted)
        else:
            self.keep_place(lambda: self.document.resize(self._column))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out further when the end of what is known comes near."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) != round(old_value):
            self._wanted = None

    # -- finding --------------------------------------------------------------------------------------

    def find(self, query: str) -> int:
        """Mark every place of a query and go to the first at or after what is in view; how many there are."""
        self._query = query
        if query:
            while self.document.grow() is not None:
                pass
            self.virtual_size = Size(self.size.width, self.document.height)
        self._search()
        top = round(self.scroll_y)
        current = self.document.start_of(self.document.current) if self.document.current is not None else None
        if current is not None and top <= current < top + self.size.height:
            # What is folded above is in view too, but the message that is read comes first.
            top = current
        self.hit = next((index for index, hit in enumerate(self.hits) if hit[0][0] >= top), 0)
        self.hit = self.hit if self.hits else -1
        self._show_hit()
        return len(self.hits)

    @property
    def query_text(self) -> str:
        """What is marked."""
        return self._query

    def step_hit(self, by: int) -> None:
        """Go to the next or previous hit, round and round."""
        if self.hits:
            self.hit = (self.hit + by) % len(self.hits)
            self._show_hit()

    def _search(self) -> None:
        lines = [section.line(index) for section in self.document.sections for index in range(section.height)]
        self.hits = find_all(lines, self._query)
        self.hit = min(self.hit, len(self.hits) - 1)
        self._mark_hits()

    def _mark_hits(self) -> None:
        self._hit_lines = {}
        for index, hit in enumerate(self.hits):
            for y, start, end in hit:
                self._hit_lines.setdefault(y, []).append((start, end, index == self.hit))

    def _show_hit(self) -> None:
        self._mark_hits()
        self._strips.clear()
        if 0 <= self.hit < len(self.hits):
            y = self.hits[self.hit][0][0]
            if not self.scroll_y <= y < self.scroll_y + self.size.height:
                self.scroll_to(y=max(0, y - self.size.height // 3), animate=False, immediate=True)
        self.refresh()

    # -- mouse ----------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Open, fold, follow: what was clicked decides."""
        if self.text_selection is not None:
            return
        found = self.document.at(event.y + round(self.scroll_y))
        if found is None:
            return
        section, index = found
        line = section.line(index)
        x = event.x - self.margin_cells - self._indent(section, index)
        piece = _piece_at(line, x)
        content = self.document.contents.get(section.msgid) if section.msgid is not None else None
        if piece is not None and piece.link is not None and section.feed is not None:
            links = getattr(content, "links", ())
            self.post_message(LinkOpened(links[piece.link].url))
        elif line.fold is not None and section.msgid is not None:
            msgid, fold = section.msgid, line.fold
            self.keep_place(lambda: self.document.toggle_quote(msgid, fold))
        elif line.attachment is not None:
            self._make_current(section.msgid)
            self.post_message(CommandChosen("attachments"))
        elif line.command:
            self._make_current(section.msgid)
            self.post_message(CommandChosen(line.command))
        elif section.part is Part.RUN:
            self.keep_place(self.document.show_run)
        elif section.part is Part.FOLDED or (section.part is Part.OPEN and index == 0):
            self.toggle(section.msgid)
        elif section.part is Part.OPEN:
            self._make_current(section.msgid)

    def _make_current(self, msgid: int | None) -> None:
        if msgid is not None and self.document.current != msgid:
            self.document.current = msgid
            self._forget()
            self.post_message(self.Changed())

    def toggle(self, msgid: int | None) -> None:
        """Open or fold a message."""
        if msgid is None:
            return
        self.keep_place(lambda: self.document.toggle(msgid))
        self.bring_into_view(msgid)
        self.post_message(self.Changed(msgid if msgid in self.document.expanded else None))

    # -- drawing ----------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the page."""
        width = self.size.width
        number = round(self.scroll_y) + y
        if self.document.thread is None:
            return self._placeholder_line(y, width)
        strip = self._strips.get(number)
        if strip is None or strip.cell_length != width:
            if len(self._strips) > _CACHED_STRIPS:
                self._strips.clear()
            strip = self._strips[number] = self._draw(number, width)
        return strip

    def _placeholder_line(self, y: int, width: int) -> Strip:
        style = self.styles_of
        room = max(8, width - 2 * self.margin_cells)
        text = self.placeholder
        ranges = list(break_lines(text, room)) if text else []
        index = y - 1
        if not 0 <= index < len(ranges):
            return Strip.blank(width, style.page)
        start, end = ranges[index]
        segments = [
            Segment(" " * self.margin_cells, style.page),
            Segment(text[start:end], style.page + Style(color=style.palette.dim)),
        ]
        return Strip(segments).adjust_cell_length(width, style.page)

    @staticmethod
    def _indent(section: Section, index: int) -> int:
        return BODY_INDENT if section.feed is not None and index >= len(section.head) else 0

    def _draw(self, number: int, width: int) -> Strip:
        style = self.styles_of
        found = self.document.at(number)
        if found is None:
            return Strip.blank(width, style.page).apply_offsets(0, number)
        section, index = found
        if section.msgid is not None:
            self.document.drawn.add(section.msgid)
        line = section.line(index)
        is_current = section.msgid is not None and index == 0 and section.msgid == self.document.current
        base = style.page
        if is_current and section.part is Part.FOLDED and self.has_focus:
            base = base + style.cursor
        margin = self.margin_cells
        lead = " " * margin
        bar = Segment(lead, base)
        if is_current and self.has_focus:
            bar = Segment(self.document.glyphs.bar + " " * (margin - 1), base + style.bar)
        indent = self._indent(section, index)
        content: list[tuple[str, Style]] = [(" " * indent, base)] if indent else []
        content.extend((piece.text, base + style.of(piece)) for piece in line.pieces)
        marks = [
            (start + indent, end + indent, style.hit_here if is_here else style.hit)
            for start, end, is_here in self._hit_lines.get(number, ())
        ]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number)) is not None:
            start, end = span
            last = (len(line.text) + indent) if end == -1 else end - margin
            marks.append((start - margin, last, style.selected))
        segments = [bar, *(Segment(text, style_) for text, style_ in _mark(content, marks))]
        strip = Strip(segments).adjust_cell_length(width, base)
        return strip.apply_offsets(0, number)

    def on_focus(self) -> None:
        """Show which message is the current one."""
        self._strips.clear()

    def on_blur(self) -> None:
        """The mark of the current message goes with the focus."""
        self._strips.clear()

    # -- selecting text -------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is selected, with lines of one paragraph joined again."""
        lead = " " * self.margin_cells
        joined: list[str] = []
        ends: list[bool] = []
        for section in self.document.sections:
            for index in range(section.height):
                line = section.line(index)
                joined.append(lead + " " * self._indent(section, index) + line.text)
                ends.append(line.is_continued)
        last = len(joined) - 1
        start = selection.start.y if selection.start is not None else 0
        end = min(selection.end.y if selection.end is not None else last, last)
        text = ""
        for y in range(start, end + 1):
            span = selection.get_span(y)
            if span is None:
                continue
            low, high = span
            part = joined[y][low:] if high == -1 else joined[y][low:high]
            text += part.strip() if y > start else part.rstrip()
            if y < end:
                text += " " if ends[y] else "\n"
        return text, "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self._strips.clear()
        self.refresh()


def _piece_at(line: Line, x: int) -> Piece | None:
    """The piece of a line at a cell."""
    for piece in line.pieces:
        x -= cells(piece.text)
        if x < 0:
            return piece if x + cells(piece.text) >= 0 else None
    return None


def _mark(content: list[tuple[str, Style]], marks: list[tuple[int, int, Style]]) -> list[tuple[str, Style]]:
    """Lay styles over ranges of characters."""
    for start, end, style in marks:
        if end <= start:
            continue
        cut: list[tuple[str, Style]] = []
        offset = 0
        for text, base in content:
            low, high = max(0, start - offset), min(len(text), end - offset)
            if high <= low:
                cut.append((text, base))
            else:
                cut.extend(
                    (part, look)
                    for part, look in (
                        (text[:low], base),
                        (text[low:high], base + style),
                        (text[high:], base),
                    )
                    if part
                )
            offset += len(text)
        content = cut
    return content
