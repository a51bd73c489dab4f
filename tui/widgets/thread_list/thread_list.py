"""The list of conversations: a line-API widget over a window of rows.

It holds some hundred rows around the viewport and asks for others by key; scrolling, cursor and selection
are all in terms of rows, so that a million of them cost what ten do. The cursor belongs to a conversation,
not to a line: when rows come or go above, it stays where it was. The widget changes nothing but what it
shows; what the user wants is posted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imapcore.model import (
    INBOX,
    Around,
    At,
    Bottom,
    Key,
    Place,
    Role,
    Target,
    ThreadRow,
    Threads,
    Top,
    View,
    Window,
)
from tui.bridge.messages import CommandChosen, CursorMoved, SelectionChanged, ThreadOpened
from tui.style.glyphs import Glyphs
from tui.style.text import cells, cut, day_group
from tui.widgets.thread_list.row_window import NOTHING, Line, RowWindow, last_top, lay_out
from tui.widgets.thread_list.selection import Selection
from tui.widgets.thread_list.thread_row import Columns, Density, RowLook, RowStyles, plan_columns, render_row

ReadWindow = Callable[[View, Place, int], Window]
"""How rows are read: ``MailPort.window``."""

_MARGIN_ROWS = 60
"""Rows held beyond each edge of the viewport."""
_WHEEL_ROWS = 3
_RANGE_LIMIT = 10_000


class ThreadList(ScrollView, can_focus=True):
    """Conversations, newest first, with a cursor and a selection."""

    DEFAULT_CSS = """
    ThreadList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(
        self,
        read: ReadWindow,
        styles: RowStyles,
        glyphs: Glyphs,
        now: Callable[[], int],
        *,
        zone: tzinfo | None = None,
        density: Density = Density.ONE,
        has_day_headings: bool = True,
        id: str | None = None,
    ) -> None:
        """``read`` gives windows of rows, ``now`` the time in ms; neither may wait for anything."""
        super().__init__(id=id)
        self._read = read
        self._row_styles = styles
        self._glyphs = glyphs
        self._now = now
        self._zone = zone
        self._density = density
        self._has_day_headings = has_day_headings
        self._window = RowWindow(Window(INBOX, (), 0, 0))
        self._cursor_row: ThreadRow | None = None
        self._cursor = 0
        self._told_thrid: int | None = None
        self._has_moved = False
        """Whether the user has chosen where the cursor is since the view was opened."""
        self._places: dict[View, tuple[Key, int]] = {}
        self.selection = Selection()
        self._empty: tuple[str, ...] = ()
        self._lines: list[Line] | None = None
        self._look: RowLook | None = None
        self._strips: dict[tuple[int, bool, bool, bool], tuple[ThreadRow, tuple[Strip, ...]]] = {}

    # -- what is shown ---------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """What is listed."""
        return self._window.view

    @property
    def window(self) -> RowWindow:
        """The rows held."""
        return self._window

    @property
    def cursor_row(self) -> ThreadRow | None:
        """The conversation under the cursor."""
        return self._cursor_row

    def around(self, thrid: int) -> tuple[int, ...]:
        """A conversation, the next one and the one before it, as far as they are listed."""
        ids = [row.thrid for row in self.window.rows]
        if thrid not in ids:
            return (thrid,)
        at = ids.index(thrid)
        return (thrid, *ids[at + 1 : at + 2], *ids[max(0, at - 1) : at])

    @property
    def cursor_index(self) -> int:
        """Where the cursor is, 0 for the newest row."""
        return self._cursor

    @property
    def density(self) -> Density:
        """How many lines a conversation takes."""
        return self._density

    def target(self, count: int = 1) -> Target | None:
        """What an op acts on: the selection, else so many conversations from the cursor down."""
        chosen = self.selection.target(self.view)
        if chosen is not None:
            return chosen
        if count > 1:
            self._hold_rows(self._cursor, min(self._cursor + count, self._window.total))
            rows = (self._window.row(index) for index in range(self._cursor, self._cursor + count))
            thrids = tuple(row.thrid for row in rows if row is not None)
            return Threads(thrids, self.view) if thrids else None
        return Threads((self._cursor_row.thrid,), self.view) if self._cursor_row else None

    def show(self, view: View) -> None:
        """List another view; its cursor is where it was left."""
        if view == self.view and self._window.rows:
            self.refresh_rows()
            return
        self._remember_place()
        self.selection.clear()
        place = self._places.get(view)
        self._has_moved = place is not None
        key, offset = place if place else (None, 0)
        self._window = RowWindow(self._read(view, Around(key) if key else Top(), self._window_size()))
        self._place_cursor(self._window.place_of(key) if key else 0, offset)
        self.post_message(SelectionChanged())

    def refresh_rows(self) -> None:
        """Look again, because rows changed; cursor and viewport stay with their conversations."""
        window, top = self._window, self._top
        visible = self._visible_rows()
        is_filling = not (self._has_moved or window.is_complete or self.selection or self._cursor or top)
        if self._cursor_row is None or not window.rows or is_filling:
            # A first look may have seen part of the first mail to come; the rest of it comes above.
            self._window = RowWindow(self._read(self.view, Top(), self._window_size()))
            self._told_thrid = self._told_thrid if is_filling else -1
            self._set_cursor(0)
            self._scroll_top(0, is_cursor_seen=True)
            return
        # What holds still is the cursor's row where it can be seen, else the row at the top.
        is_cursor_seen = top <= self._cursor < top + max(1, visible)
        held = self._cursor_row if is_cursor_seen else (window.row(top) or self._cursor_row)
        offset = (self._cursor if is_cursor_seen else top) - top
        self._window = RowWindow(self._read(self.view, Around(held.key), self._window_size()))
        found = self._window.find(held.thrid)
        index = self._window.place_of(held.key) if found is None else found
        new_top = index - offset
        if top == 0 and is_cursor_seen and index < visible:
            new_top = 0
        cursor = index if is_cursor_seen else self._locate(self._cursor_row)
        self._set_cursor(cursor)
        self._scroll_top(new_top, is_cursor_seen=is_cursor_seen)

    def _locate(self, row: ThreadRow) -> int:
        """Index of a row that may lie outside of the rows held; of its successor, if it is gone."""
        found = self._window.find(row.thrid)
        if found is None:
            found = RowWindow(self._read(self.view, Around(row.key), 3)).place_of(row.key)
        return found

    def forget(self, view: View) -> None:
        """Begin at the top the next time this view is shown."""
        self._places.pop(view, None)

    def set_empty(self, lines: Sequence[str]) -> None:
        """What to say where there are no rows."""
        if tuple(lines) != self._empty:
            self._empty = tuple(lines)
            self.refresh()

    def set_density(self, density: Density) -> None:
        """One or two lines for each conversation."""
        self._density = density
        self._restyle()

    def set_day_headings(self, is_on: bool) -> None:
        """Whether days are parted by headings."""
        self._has_day_headings = is_on
        self._restyle()

    def set_row_styles(self, styles: RowStyles) -> None:
        """Draw in the colours of another theme."""
        self._row_styles = styles
        self._restyle()

    def tick(self) -> None:
        """The minute changed: dates may read differently."""
        self._restyle()

    def _restyle(self) -> None:
        self._look = None
        self._strips.clear()
        self._scroll_top(self._top, is_cursor_seen=True)

    # -- the cursor ------------------------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows and keep it in view."""
        self.move_to(self._cursor + rows)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row."""
        if self._window.total == 0:
            return
        self._has_moved = True
        index = max(0, min(index, self._window.total - 1))
        self._hold_rows(index, index + 1)
        self._set_cursor(index)
        self._scroll_top(self._top, is_cursor_seen=True)

    def move_to_end(self, *, is_bottom: bool) -> None:
        """Put the cursor on the newest or the oldest row."""
        window = self._read(self.view, Bottom() if is_bottom else Top(), self._window_size())
        self._window = RowWindow(window)
        self.move_to(self._window.total - 1 if is_bottom else 0)

    def move_on_screen(self, share: float) -> None:
        """Put the cursor on a row of those shown: 0 the first, 1 the last."""
        shown = self._shown()
        if shown:
            self.move_to(shown[round((len(shown) - 1) * share)])

    def move_to_unread(self, step: int) -> bool:
        """Go to the next (1) or previous (-1) unread conversation, held or not; False when there is none."""
        row = self._cursor_row
        if row is None:
            return False
        unread = replace(self.view, is_unread_only=True)
        near = RowWindow(self._read(unread, Around(row.key), 8))
        index = near.place_of(row.key)
        at = near.row(index)
        if step > 0:
            is_here = at is not None and at.thrid == row.thrid
            found = near.row(index + 1) if is_here else at
        else:
            found = near.row(index - 1) if index > 0 else None
        if found is None or found.thrid == row.thrid:
            return False
        self._window = RowWindow(self._read(self.view, Around(found.key), self._window_size()))
        place = self._window.find(found.thrid)
        self.move_to(self._window.place_of(found.key) if place is None else place)
        return True

    def page(self, share: float) -> None:
        """Move by a share of the viewport, down or (negative) up."""
        rows = max(1, int(self._visible_rows() * abs(share)))
        self.move(rows if share > 0 else -rows)

    def _set_cursor(self, index: int) -> None:
        index = max(0, min(index, self._window.total - 1))
        self._cursor = index
        # Scrolled out of the rows held, the cursor keeps the row it had; moving reads around it again.
        self._cursor_row = self._window.row(index) or (self._cursor_row if self._window.total else None)
        if self.selection.anchor is not None:
            self._draw_range()
        thrid = self._cursor_row.thrid if self._cursor_row else None
        if thrid != self._told_thrid:
            self._told_thrid = thrid
            self.post_message(CursorMoved(thrid))

    def _place_cursor(self, index: int, offset: int) -> None:
        self._told_thrid = -1
        self._set_cursor(index)
        self._scroll_top(index - offset, is_cursor_seen=True)

    def _remember_place(self) -> None:
        if self._cursor_row is not None:
            if self._cursor == 0 and self._top == 0:
                self._places.pop(self.view, None)
            else:
                self._places[self.view] = (self._cursor_row.key, self._cursor - self._top)

    # -- scrolling -------------------------------------------------------------------------------------

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    def _height(self) -> int:
        return max(1, self.size.height)

    def _shown(self) -> list[int]:
        """Indices of the rows that the viewport shows in full."""
        last = self._density.lines - 1
        return [line.index for line in self._laid() if line.part == last and line.index is not None]

    def _visible_rows(self) -> int:
        """How many rows the viewport shows in full from its top."""
        return max(1, len(self._shown()))

    def _window_size(self) -> int:
        return self._height() + 2 * _MARGIN_ROWS

    def _hold_rows(self, first: int, end: int) -> None:
        """See to it that the rows of a range are held."""
        if self._window.holds(first, end):
            return
        near = self._window.row(max(first, 0)) or self._window.row(min(end, self._window.total) - 1)
        place: Place = Around(near.key) if near else At(max(0, first))
        self._window = RowWindow(self._read(self.view, place, self._window_size()))
        if not self._window.holds(first, end):
            self._window = RowWindow(self._read(self.view, At(max(0, first)), self._window_size()))

    def _group_of(self, row: ThreadRow) -> str:
        return day_group(row.date, self._now(), self._zone) if self._has_day_headings else ""

    def _scroll_top(self, top: int, *, is_cursor_seen: bool) -> None:
        """Make ``top`` the first row shown, moved as little as the cursor and the ends ask for."""
        height, lines = self._height(), self._density.lines
        top = max(0, min(top, self._window.total - 1))
        if is_cursor_seen:
            top = min(top, self._cursor)
            self._hold_rows(min(top, self._cursor) - height, self._cursor + 1)
            top = max(top, last_top(self._window, height, lines, self._group_of, self._cursor))
        self._hold_rows(top - 1, top + height)
        # Near the end the greatest top is known exactly; elsewhere headings do not matter to it.
        if self._window.end >= self._window.total:
            end = last_top(self._window, height, lines, self._group_of)
        else:
            end = max(0, self._window.total - height // lines)
        top = min(top, end)
        self.virtual_size = Size(self.size.width, end + height if self._window.total else 0)
        self._lines = None
        if top != self._top:
            self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Rows that come into view are read at once: by key it takes less than a frame."""
        top = round(new_value)
        self._hold_rows(top - 1, top + self._height())
        self._lines = None
        super().watch_scroll_y(old_value, new_value)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """The columns are planned anew; the cursor stays in view."""
        self._look = None
        self._strips.clear()
        self._lines = None
        self._scroll_top(self._top, is_cursor_seen=True)

    def on_focus(self) -> None:
        """The cursor's shade tells where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor's shade tells where the keys go; who has gone elsewhere went from this row."""
        self._has_moved = True
        self.refresh()

    # -- selecting -------------------------------------------------------------------------------------

    def toggle_selected(self, count: int = 1) -> None:
        """Select the row under the cursor, or take it out; with a count, select so many from there on."""
        if count > 1:
            target = self.target(count) if not self.selection else None
            if isinstance(target, Threads):
                self.selection.add(target.thrids)
                self._selection_changed()
                return
        if self._cursor_row is not None:
            self.selection.toggle(self._cursor_row.thrid)
            self._selection_changed()

    def toggle_range(self) -> None:
        """Begin a range at the cursor, or end the one that is under way."""
        if self.selection.anchor is None:
            self.selection.anchor = self._cursor
            self._draw_range()
        else:
            self.selection.settle_range()
        self._selection_changed()

    def extend(self, rows: int) -> None:
        """Move the cursor and select what it passes."""
        if self.selection.anchor is None:
            self.selection.anchor = self._cursor
            self._draw_range()
        self.move(rows)
        self._selection_changed()

    def select_where(self, wanted: Callable[[ThreadRow], bool]) -> int:
        """Select those of the rows on the screen that are wanted; how many."""
        shown = (self._window.row(index) for index in self._shown())
        self.selection.choose(row.thrid for row in shown if row is not None and wanted(row))
        self._selection_changed()
        return len(self.selection)

    def select_everything(self) -> None:
        """Select the whole view, beyond the rows held."""
        self.selection.choose_everything()
        self._selection_changed()

    def select_none(self) -> None:
        """Select nothing."""
        self.selection.clear()
        self._selection_changed()

    @property
    def is_screen_selected(self) -> bool:
        """Whether every row on the screen is selected one by one."""
        shown = [self._window.row(index) for index in self._shown()]
        return bool(shown) and all(row is not None and row.thrid in self.selection for row in shown)

    def _draw_range(self) -> None:
        anchor = self.selection.anchor
        if anchor is None:
            return
        first, last = sorted((anchor, self._cursor))
        last = min(last, first + _RANGE_LIMIT - 1)
        window = self._window
        if not window.holds(first, last + 1):
            size = last - first + 1
            window = RowWindow(self._read(self.view, At(first + size // 2), size + 2))
        rows = (window.row(index) for index in range(first, last + 1))
        self.selection.draw_range(row.thrid for row in rows if row is not None)
        self.post_message(SelectionChanged())

    def _selection_changed(self) -> None:
        self.refresh()
        self.post_message(SelectionChanged())

    # -- drawing ---------------------------------------------------------------------------------------

    def _laid(self) -> list[Line]:
        if self._lines is None:
            self._lines = lay_out(
                self._window, self._top, self._height(), self._density.lines, self._group_of
            )
        return self._lines

    def _get_look(self) -> RowLook:
        if self._look is None or self._look.columns.width != self.size.width:
            self._strips.clear()
            self._look = RowLook(
                plan_columns(self.size.width, self._density),
                self._row_styles,
                self._glyphs,
                self._now(),
                self._zone,
            )
        view = self.view
        own, is_written = view.label, view.role in (Role.SENT, Role.DRAFTS)
        shows_inbox = own != INBOX.label and view.role in (None, Role.ALL, Role.STARRED, Role.IMPORTANT)
        look = self._look
        if (look.own_label, look.shows_recipients, look.shows_inbox) != (own, is_written, shows_inbox):
            self._strips.clear()
            self._look = replace(look, own_label=own, shows_recipients=is_written, shows_inbox=shows_inbox)
        return self._look

    @property
    def columns(self) -> Columns:
        """The columns in force."""
        return self._get_look().columns

    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        width = self.size.width
        if self._window.total == 0:
            return self._render_empty(y)
        laid = self._laid()
        line = laid[y] if y < len(laid) else NOTHING
        if line.index is None:
            return Strip.blank(width, self._row_styles.plain)
        if line.part < 0:
            return self._render_heading(line.heading)
        row = self._window.row(line.index)
        if row is None:
            return Strip.blank(width, self._row_styles.plain)
        return self._render_row(row, is_cursor=line.index == self._cursor)[line.part]

    def _render_row(self, row: ThreadRow, *, is_cursor: bool) -> tuple[Strip, ...]:
        look = self._get_look()
        state = (row.thrid, is_cursor, self.has_focus, row.thrid in self.selection)
        kept = self._strips.get(state)
        if kept is not None and kept[0] == row:
            return kept[1]
        strips = render_row(row, look, is_cursor=is_cursor, is_focused=self.has_focus, is_selected=state[3])
        if len(self._strips) > 600:
            self._strips.clear()
        self._strips[state] = (row, strips)
        return strips

    def _render_heading(self, heading: str) -> Strip:
        width, styles = self.size.width, self._row_styles
        text = cut(f"  {heading}", width)
        return Strip([Segment(text, styles.heading)]).adjust_cell_length(width, styles.plain)

    def _render_empty(self, y: int) -> Strip:
        width, styles = self.size.width, self._row_styles
        first = max(0, (self._height() - len(self._empty)) // 3)
        number = y - first
        if not 0 <= number < len(self._empty):
            return Strip.blank(width, styles.plain)
        text = cut(self._empty[number], max(0, width - 2))
        ink: Style = styles.bright if number == 0 else styles.dim
        pad = " " * max(0, (width - cells(text)) // 2)
        return Strip([Segment(pad + text, ink + styles.plain)]).adjust_cell_length(width, styles.plain)

    # -- the mouse -------------------------------------------------------------------------------------

    def _line_at(self, y: int) -> Line:
        laid = self._laid()
        return laid[y] if 0 <= y < len(laid) and self._window.total else NOTHING

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on a mark it selects, on a star it stars; a double click opens."""
        event.stop()
        index = self._line_at(event.y).index
        if index is None:
            return
        was_here = index == self._cursor
        columns = self.columns
        if event.shift:
            if self.selection.anchor is None:
                self.selection.anchor = self._cursor
            self.move_to(index)
            self._selection_changed()
            return
        self.move_to(index)
        if event.button == 3:
            self.post_message(CommandChosen("actions"))
        elif event.x < columns.mark or event.ctrl:
            self.toggle_selected()
        elif columns.star and event.x < columns.mark + columns.star:
            self.post_message(CommandChosen("star"))
        elif columns.important and event.x < columns.mark + columns.star + 1:
            important = self._cursor_row is not None and self._cursor_row.is_important
            self.post_message(CommandChosen("not-important" if important else "important"))
        elif (event.chain > 1 or (was_here and event.chain == 1 and self.has_focus)) and self._cursor_row:
            self.post_message(ThreadOpened(self._cursor_row.thrid))

    def _wheel(self, event: Message, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._scroll_top(self._top + rows, is_cursor_seen=False)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls; the cursor stays on its conversation."""
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls; the cursor stays on its conversation."""
        self._wheel(event, -_WHEEL_ROWS)
