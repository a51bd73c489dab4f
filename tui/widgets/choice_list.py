"""A list to choose from in a dialog: a line-API widget that draws only what is seen.

It holds no values: it is told how many lines there are, asks for those in view, and says which was chosen.
Some lines (gaps, headings) cannot be chosen and the cursor passes over them.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.style.text import cells, cut, steady
from tui.widgets.dialog_style import Look


class Bit(Struct, frozen=True):
    """A run of text in one tone: a colour's name in the palette, or ``#rrggbb``."""

    text: str
    tone: str = "text"
    is_bold: bool = False
    is_underlined: bool = False
    back: str = ""
    """A background of its own, for a chip."""


class ChoiceLine(Struct, frozen=True):
    """One line: what stands at its left, and what at its right."""

    left: tuple[Bit, ...] = ()
    right: tuple[Bit, ...] = ()
    is_choosable: bool = True


class ChoiceList(ScrollView, can_focus=False):
    """Lines with a cursor; the dialog around it has the keys."""

    DEFAULT_CSS = """
    ChoiceList {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $head-shade;
        scrollbar-background: $head-shade;
        scrollbar-background-hover: $head-shade;
        scrollbar-background-active: $head-shade;
    }
    """

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, choices: ChoiceList, index: int, *, is_again: bool) -> None:
            self.choices = choices
            self.index = index
            self.is_again = is_again
            """Whether the cursor was there already: a second click means it."""
            super().__init__()

        @property
        def control(self) -> ChoiceList:
            """The list it comes from, for ``on`` with a selector."""
            return self.choices

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, choices: ChoiceList, index: int) -> None:
            self.choices = choices
            self.index = index
            super().__init__()

        @property
        def control(self) -> ChoiceList:
            """The list it comes from, for ``on`` with a selector."""
            return self.choices

    def __init__(self, look: Look, *, back: str = "head", id: str | None = None) -> None:
        """``back`` names the palette's shade behind the lines."""
        super().__init__(id=id)
        self.look = look
        self._back = back
        self._count = 0
        self._line: Callable[[int], ChoiceLine] = lambda index: ChoiceLine()
        self._empty = ""
        self.cursor = -1
        self.is_cursor_shown = True
        """Whether the line under the cursor is marked; a list of suggestions begins without."""

    # -- what is shown ------------------------------------------------------------------------------------

    def show(
        self,
        count: int,
        line: Callable[[int], ChoiceLine],
        *,
        cursor: int | None = None,
        empty: str = "",
    ) -> None:
        """Show ``count`` lines that ``line`` gives one by one, with the cursor at or after ``cursor``.

        ``empty`` is the sentence that stands there when there is no line.
        """
        self._count = count
        self._line = line
        self._empty = empty
        self.virtual_size = Size(self.size.width, count)
        self.cursor = self._choosable_from(0 if cursor is None else max(0, min(cursor, count - 1)))
        self.refresh()
        self._keep_in_view()
        self.post_message(self.Moved(self, self.cursor))

    def redraw(self) -> None:
        """Ask for the lines in view again."""
        self.refresh()

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._count

    def _choosable_from(self, index: int) -> int:
        """The first line at or after an index that can be chosen, else the last before it, else -1."""
        for candidate in range(max(0, index), self._count):
            if self._line(candidate).is_choosable:
                return candidate
        for candidate in range(min(index, self._count) - 1, -1, -1):
            if self._line(candidate).is_choosable:
                return candidate
        return -1

    # -- moving -------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Move the cursor over lines that can be chosen; from one end to the other by single steps."""
        if self.cursor < 0:
            return
        step = 1 if by > 0 else -1
        at = self.cursor
        for _ in range(abs(by)):
            candidate = at + step
            while 0 <= candidate < self._count and not self._line(candidate).is_choosable:
                candidate += step
            if not 0 <= candidate < self._count:
                break
            at = candidate
        if at == self.cursor and abs(by) == 1:
            at = self._choosable_from(0 if by > 0 else self._count - 1)
        self.go(at)

    def go(self, index: int) -> None:
        """Put the cursor on a line."""
        if index != self.cursor and 0 <= index < self._count:
            self.cursor = index
            self._keep_in_view()
            self.refresh()
            self.post_message(self.Moved(self, index))

    def page(self, by: int) -> None:
        """Move by a screen."""
        self.move(by * max(1, self.size.height - 1))

    def _keep_in_view(self) -> None:
        if self.cursor < 0 or not self.size.height:
            return
        top, height = round(self.scroll_y), self.size.height
        if self.cursor <= top:
            # A heading above the first line belongs to it.
            first = self.cursor
            while first > 0 and not self._line(first - 1).is_choosable:
                first -= 1
            self.scroll_to(
                y=first if self.cursor - first < height else self.cursor, animate=False, immediate=True
            )
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view in a window of another size."""
        self.virtual_size = Size(self.size.width, self._count)
        self._keep_in_view()

    def on_click(self, event: events.Click) -> None:
        """Choose a line with the mouse."""
        index = event.y + round(self.scroll_y)
        if 0 <= index < self._count and self._line(index).is_choosable:
            is_again = index == self.cursor and self.is_cursor_shown
            self.go(index)
            self.post_message(self.Chosen(self, index, is_again=is_again))

    # -- drawing ------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        width = self.size.width
        base = Style(color=self.look.palette.text, bgcolor=self.look.ink(self._back))
        index = y + round(self.scroll_y)
        if not self._count and y == 0 and self._empty:
            line = ChoiceLine((Bit(self._empty, "dim"),))
            return self._draw(line, width, base)
        if index >= self._count:
            return Strip.blank(width, base)
        is_cursor = index == self.cursor and self.is_cursor_shown
        if is_cursor:
            base = Style(color=self.look.palette.text, bgcolor=self.look.palette.cursor)
        return self._draw(self._line(index), width, base, is_cursor=is_cursor)

    def _draw(self, line: ChoiceLine, width: int, base: Style, *, is_cursor: bool = False) -> Strip:
        bar = self.look.glyphs.bar if is_cursor else " "
        segments = [Segment(bar, base + Style(color=self.look.palette.here))]
        right = [(steady(bit.text), bit) for bit in line.right]
        right_width = sum(cells(text) for text, _ in right)
        # What stands at the right gives way before the name at the left becomes unreadable.
        if right_width > width // 2:
            right_width = 0
        room = width - 2 - (right_width + 1 if right_width else 0)
        for bit in line.left:
            text = cut(steady(bit.text), room, self.look.glyphs.ellipsis)
            if text:
                segments.append(Segment(text, base + self._style(bit)))
            room -= cells(text)
            if room <= 0:
                break
        if right_width:
            segments.append(Segment(" " * (room + 1), base))
            segments.extend(Segment(text, base + self._style(bit)) for text, bit in right)
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, bit: Bit) -> Style:
        return Style(
            color=self.look.ink(bit.tone),
            bgcolor=self.look.ink(bit.back) if bit.back else None,
            bold=bit.is_bold or None,
            underline=bit.is_underlined or None,
        )
