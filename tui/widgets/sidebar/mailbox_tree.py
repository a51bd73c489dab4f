"""The tree of places, searches and labels: a line-API widget over ``tree_rows``.

It shows values it is given and posts what the user wants; folding is its own affair, and is told so that it
can be remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from imapcore.model import INBOX, Mailbox, Role, SavedSearch, View
from tui.bridge.messages import CommandChosen, ViewChosen
from tui.style.glyphs import Glyphs
from tui.style.text import cells, fit, number, steady
from tui.style.theme import Palette
from tui.widgets.sidebar.tree_rows import (
    OutboxCounts,
    TreeKind,
    TreeRow,
    TreeState,
    build_rows,
    follow_row,
)

_ROLES = tuple(Role)


class TreeFolded(Message):
    """A label was folded or unfolded."""

    def __init__(self, folded: frozenset[str]) -> None:
        self.folded = folded
        super().__init__()


class Remembered(Protocol):
    """What is remembered of the tree between two runs."""

    folded: list[str]
    hidden: list[str]
    pinned: list[str]


class MailboxTree(ScrollView, can_focus=True):
    """Gmail's places, kept searches, and the user's labels, nested."""

    DEFAULT_CSS = """
    MailboxTree {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(
        self,
        palette: Palette,
        ink_of: Callable[[str], str],
        glyphs: Glyphs,
        state: TreeState,
        *,
        id: str | None = None,
    ) -> None:
        """``ink_of`` gives the colour of a label's dot by its full name."""
        super().__init__(id=id)
        self._palette = palette
        self._ink_of = ink_of
        self._glyphs = glyphs
        self._state = state
        self._mailboxes: Sequence[Mailbox] = ()
        self._searches: Sequence[SavedSearch] = ()
        self._rows: tuple[TreeRow, ...] = ()
        self._outbox = OutboxCounts()
        self._cursor = 0
        self._here = INBOX

    # -- what is shown ---------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[TreeRow, ...]:
        """The rows as they are shown."""
        return self._rows

    @property
    def cursor_row(self) -> TreeRow | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    @property
    def state(self) -> TreeState:
        """What the user did to the tree."""
        return self._state

    def show(self, mailboxes: Sequence[Mailbox], searches: Sequence[SavedSearch]) -> None:
        """Show these; the cursor stays on its row."""
        self._mailboxes, self._searches = mailboxes, searches
        self._rebuild()

    def follow(self, moved: Mapping[str, str]) -> None:
        """Labels have other names: before they are shown, the rows that stand for them are called so."""
        self._rows = tuple(
            replace(row, name=moved[row.name]) if row.kind is TreeKind.LABEL and row.name in moved else row
            for row in self._rows
        )

    def take_state(self, state: Remembered) -> None:
        """What the user did to the tree, as it is remembered; the filter stays."""
        self.set_state(
            replace(
                self._state,
                folded=frozenset(state.folded),
                hidden=frozenset(state.hidden),
                pinned=tuple(state.pinned),
            )
        )

    def show_outbox(self, waiting: int, drafts: int, has_refused: bool) -> None:
        """Show how much waits to be sent, and how many drafts there are here."""
        counts = OutboxCounts(waiting, drafts, has_refused)
        if counts != self._outbox:
            self._outbox = counts
            self._rebuild()

    def set_state(self, state: TreeState) -> None:
        """Fold, hide, pin or filter."""
        self._state = state
        self._rebuild()

    def set_here(self, view: View) -> None:
        """Mark the view that is listed; the cursor goes there unless the user is in the tree."""
        self._here = replace(view, text="", is_unread_only=False)
        if not self.has_focus:
            self._cursor = self._index_of_view(self._here, self._cursor)
            self._show_cursor()
        self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another theme."""
        self._palette = palette
        self.refresh()

    def _rebuild(self) -> None:
        before, known = self.cursor_row, self._rows
        rows = build_rows(self._mailboxes, self._searches, self._state, self._outbox)
        if rows == self._rows:
            return
        self._rows = rows
        followed = follow_row(known, rows, before, self._cursor)
        # Where the keys are elsewhere, the cursor stands at what is listed.
        self._cursor = followed if self.has_focus else self._index_of_view(self._here, followed)
        self._show_cursor()
        self.virtual_size = Size(self.size.width, len(rows))
        self.refresh()

    def _index_of_view(self, view: View, default: int) -> int:
        return next((index for index, row in enumerate(self._rows) if row.view == view), default)

    # -- moving ----------------------------------------------------------------------------------------

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows that can have it."""
        step = 1 if rows > 0 else -1
        index = self._cursor
        for _ in range(abs(rows)):
            following = index + step
            while 0 <= following < len(self._rows) and not self._rows[following].can_have_cursor:
                following += step
            if not 0 <= following < len(self._rows):
                break
            index = following
        self.move_to(index)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row, or on the next one that can have it."""
        index = max(0, min(index, len(self._rows) - 1))
        while index < len(self._rows) - 1 and not self._rows[index].can_have_cursor:
            index += 1
        self._cursor = index
        self._show_cursor()
        self.refresh()

    def page(self, share: float) -> None:
        """Move by a share of the height."""
        self.move(int(self.size.height * share) or (1 if share > 0 else -1))

    def move_to_end(self, *, is_bottom: bool) -> None:
        """Put the cursor on the last or the first row."""
        self.move_to(len(self._rows) - 1 if is_bottom else 0)

    def _show_cursor(self) -> None:
        height, top = max(1, self.size.height), self.scroll_offset.y
        wanted = min(max(top, self._cursor - height + 1), self._cursor)
        if self._cursor <= 1:
            wanted = 0
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    # -- folding and choosing --------------------------------------------------------------------------

    def choose(self) -> None:
        """Open what the cursor is on; a parent that is no label itself folds."""
        row = self.cursor_row
        if row is None:
            return
        if row.kind is TreeKind.OUTBOX:
            self.post_message(CommandChosen("drafts-here"))
        elif row.view is not None:
            self.post_message(ViewChosen(row.view))
        elif row.has_children:
            self.fold(not row.is_folded)

    def fold(self, is_folded: bool) -> None:
        """Fold or unfold the label under the cursor; folding a leaf folds its parent."""
        row = self.cursor_row
        if row is None or row.kind is not TreeKind.LABEL:
            return
        name = row.name
        if is_folded and (not row.has_children or row.is_folded):
            name = name.rpartition("/")[0]
            if not name:
                return
            self.move_to(next((i for i, r in enumerate(self._rows) if r.name == name), self._cursor))
        elif not is_folded and row.has_children and not row.is_folded:
            self.move(1)
            return
        folded = (
            frozenset(self._state.folded) | {name} if is_folded else frozenset(self._state.folded) - {name}
        )
        self._state = replace(self._state, folded=folded)
        self._rebuild()
        self.post_message(TreeFolded(folded))

    # -- drawing ---------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.virtual_size = Size(self.size.width, len(self._rows))
        self._show_cursor()

    def on_focus(self) -> None:
        """The cursor shows where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor goes back to the view that is listed."""
        self._cursor = self._index_of_view(self._here, self._cursor)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the tree."""
        index = self.scroll_offset.y + y
        width, palette = self.scrollable_content_region.width, self._palette
        background = Style(bgcolor=palette.frame)
        if index >= len(self._rows):
            return Strip.blank(width, background)
        row = self._rows[index]
        if row.kind is TreeKind.SPACE:
            return Strip.blank(width, background)
        if row.kind is TreeKind.HEADING:
            ink = palette.bright if self.has_focus else palette.dim
            heading = Style(color=ink, bgcolor=palette.frame, bold=True)
            return Strip([Segment(fit(f" {row.title.upper()}", width), heading)])
        is_here = row.view is not None and row.view == self._here
        is_cursor = self.has_focus and index == self._cursor
        if is_cursor or (is_here and not self.has_focus):
            background = Style(bgcolor=palette.cursor)
        elif is_here:
            background = Style(bgcolor=palette.picked)
        bar = self._glyphs.bar if is_cursor else (self._glyphs.bar_far if is_here else " ")
        segments = self._segments(row, width, bar, is_here=is_here)
        return Strip(Segment.apply_style(segments, background)).adjust_cell_length(width, background)

    def _segments(self, row: TreeRow, width: int, mark: str, *, is_here: bool) -> list[Segment]:
        palette, glyphs = self._palette, self._glyphs
        bar = Segment(mark, Style(color=palette.here))
        indent = 2 * row.depth
        count = number(row.count) if row.count else ""
        icon, icon_ink = self._icon(row)
        room = width - 4 - indent - (cells(count) + 1 if count else 0)
        if room < 3:
            count, room = "", width - 4 - indent
        title = steady(row.title)
        if row.is_hidden:
            ink = Style(color=palette.faint, italic=True)
        elif row.is_unread or is_here:
            ink = Style(color=palette.bright, bold=row.is_unread or is_here)
        else:
            ink = Style(color=palette.middle)
        count_ink = Style(color=palette.here, bold=True) if row.is_unread else Style(color=palette.dim)
        return [
            bar,
            Segment(" " * indent),
            Segment(icon, Style(color=icon_ink)),
            Segment(" "),
            Segment(fit(title, max(0, room), glyphs.ellipsis), ink),
            Segment(f" {count}" if count else "", count_ink),
            Segment(" "),
        ]

    def _icon(self, row: TreeRow) -> tuple[str, str]:
        palette, glyphs = self._palette, self._glyphs
        if row.kind is TreeKind.PLACE and row.role is not None:
            is_starred = row.role in (Role.STARRED, Role.IMPORTANT)
            return glyphs.places[_ROLES.index(row.role)], palette.star if is_starred else palette.dim
        if row.kind is TreeKind.OUTBOX:
            return glyphs.pending, palette.star if row.is_unread else palette.dim
        if row.kind is TreeKind.SEARCH:
            return glyphs.search, palette.dim
        ink = self._ink_of(row.name)
        if row.has_children:
            return (glyphs.folded if row.is_folded else glyphs.unfolded), ink
        return glyphs.label, ink

    # -- the mouse -------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """A click opens; on the triangle it folds; with the right button it offers what can be done."""
        event.stop()
        index = self.scroll_offset.y + event.y
        if index >= len(self._rows) or not self._rows[index].can_have_cursor:
            return
        self._cursor = index
        row = self._rows[index]
        self.refresh()
        if event.button == 3:
            self.post_message(CommandChosen("actions"))
        elif row.has_children and event.x <= 2 * row.depth + 2:
            self.fold(not row.is_folded)
        else:
            self.choose()

    def _wheel(self, event: Message, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_to(y=max(0, self.scroll_offset.y + rows), animate=False, immediate=True)
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        self._wheel(event, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        self._wheel(event, -3)
