"""One conversation as a line: pure, from a ``ThreadRow`` and a width to a ``Strip``.

The columns are decided once per width (``plan_columns``), the same for every row, so that the eye finds the
date at one edge whatever the script of the rest. No widget, no clock, no state: what a row looks like depends
on the arguments alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from enum import StrEnum

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from imapcore.model import ChangeState, Person, ThreadRow
from tui.style.glyphs import Glyphs
from tui.style.text import DATE_CELLS, anchored, cells, cut, fit, fit_right, steady, when
from tui.style.theme import Palette
from tui.widgets.label_chips import render_chips


class Density(StrEnum):
    """How many lines a conversation takes."""

    ONE = "one"
    TWO = "two"

    @property
    def lines(self) -> int:
        """Lines a row is high."""
        return 1 if self is Density.ONE else 2


class Columns(Struct, frozen=True):
    """Widths in cells; 0 leaves a column out. They add up to the width they were planned for."""

    width: int
    lines: int
    mark: int
    star: int
    important: int
    senders: int
    count: int
    text: int
    chips: int
    """Room for chips, taken from ``text`` only where there are any."""
    attachment: int
    date: int


_MARGIN = 1
"""Cells left free at the right edge, before the scroll bar."""


def plan_columns(width: int, density: Density = Density.ONE) -> Columns:
    """Decide the columns for a list ``width`` cells wide.

    Below 50 cells the star goes first, then the count; senders take about a fifth, the subject the rest.
    Two lines give the first to people, labels and date, the second to the text.
    """
    width = max(width, 8)
    mark = 3 if width >= 16 else 2
    star = 1 if width >= 48 else 0
    important = 2 if width >= 56 else (1 if star else 0)
    # Without the attachment column before it, the date keeps a cell of its own at its left.
    date = DATE_CELLS if width >= 44 else (DATE_CELLS + 1 if width >= 26 else 0)
    attachment = 2 if width >= 44 else 0
    count = 4 if width >= 40 else 0
    edge = mark + star + important + count + attachment + date + _MARGIN
    if density is Density.TWO:
        senders = max(4, width - edge)
        chips = max(0, (width - edge) - 16) if width >= 40 else 0
        text = max(0, width - mark - star - important - _MARGIN)
        return Columns(width, 2, mark, star, important, senders, count, text, chips, attachment, date)
    room = width - edge - 1
    if width >= 56:
        senders = min(28, max(14, room * 22 // 100))
    elif width >= 34:
        senders = max(9, room * 30 // 100)
    else:
        senders = max(0, room)
    senders = min(senders, max(0, room))
    text = max(0, room - senders)
    # Chips never take more than two fifths of the text, and nothing where a subject would no longer fit.
    chips = text * 2 // 5 if text >= 24 else 0
    return Columns(width, 1, mark, star, important, senders, count, text, chips, attachment, date)


class RowStyles:
    """Rich styles for one palette, made once per theme; colours of labels are asked for as they come."""

    def __init__(self, palette: Palette, chip: Callable[[str], tuple[str, str]]) -> None:
        """``chip`` gives foreground and background of a label's chip by its name."""
        self.palette = palette
        self._chip = chip
        self._chips: dict[str, Style] = {}
        self.bright = Style(color=palette.bright, bold=True)
        self.text = Style(color=palette.text)
        self.middle = Style(color=palette.middle)
        self.dim = Style(color=palette.dim)
        self.faint = Style(color=palette.faint)
        self.here = Style(color=palette.here, bold=True)
        self.star = Style(color=palette.star)
        self.good = Style(color=palette.good, bold=True)
        self.refusal = Style(color=palette.refusal)
        self.refusal_bold = Style(color=palette.refusal, bold=True)
        self.plain = Style(bgcolor=palette.list)
        self.cursor = Style(bgcolor=palette.cursor)
        self.cursor_far = Style(bgcolor=palette.picked)
        self.picked = Style(bgcolor=palette.picked)
        self.heading = Style(color=palette.dim, bgcolor=palette.list, bold=True)

    def chip(self, label: str) -> Style:
        """The style of a label's chip."""
        style = self._chips.get(label)
        if style is None:
            foreground, background = self._chip(label)
            style = self._chips[label] = Style(color=foreground, bgcolor=background)
        return style


class RowLook(Struct, frozen=True):
    """What is the same for every row of a list at one moment."""

    columns: Columns
    styles: RowStyles
    glyphs: Glyphs
    now_ms: int
    zone: tzinfo | None = None
    own_label: str | None = None
    """The view's own label, whose chip is left out."""
    shows_recipients: bool = False
    """Whether people are those written to (Sent, Drafts)."""
    shows_inbox: bool = False
    """Whether "Inbox" is worth a chip: in All Mail, searches and labels."""


def render_row(
    row: ThreadRow, look: RowLook, *, is_cursor: bool, is_focused: bool, is_selected: bool
) -> tuple[Strip, ...]:
    """The row's lines: one Strip each, exactly ``look.columns.width`` cells."""
    styles, columns = look.styles, look.columns
    ink = styles.bright if row.unread else styles.text
    bar = _bar(look, is_cursor=is_cursor, is_focused=is_focused)
    head = _marks(row, look, bar, is_selected=is_selected)
    tail = _tail(row, look, styles.bright if row.unread else styles.dim)
    chips, chips_width = _chips(row, look)
    if columns.lines == 1:
        body = [
            *_people(row, look, columns.senders, ink),
            *_count(row, look),
            Segment(" "),
            *_text(row, look, columns.text - chips_width, ink),
            *chips,
        ]
        lines: list[list[Segment]] = [[*head, *body, *tail]]
    else:
        indent = columns.mark + columns.star + columns.important
        lines = [
            [
                *head,
                *_people(row, look, columns.senders - chips_width, ink),
                *chips,
                *_count(row, look),
                *tail,
            ],
            [
                bar,
                Segment(" " * (indent - 1)),
                *_text(row, look, columns.text, styles.bright if row.unread else styles.middle),
                Segment(" " * _MARGIN),
            ],
        ]
    if is_cursor:
        background = styles.cursor if is_focused else styles.cursor_far
    elif is_selected:
        background = styles.picked
    else:
        background = styles.plain
    width = columns.width
    return tuple(
        Strip(Segment.apply_style(line, background)).adjust_cell_length(width, background) for line in lines
    )


def _bar(look: RowLook, *, is_cursor: bool, is_focused: bool) -> Segment:
    """What marks the cursor's row: full where the keys go, hollow where they do not."""
    if not is_cursor:
        return Segment(" ")
    return Segment(look.glyphs.bar if is_focused else look.glyphs.bar_far, look.styles.here)


def _marks(row: ThreadRow, look: RowLook, bar: Segment, *, is_selected: bool) -> list[Segment]:
    styles, glyphs, columns = look.styles, look.glyphs, look.columns
    segments = [bar]
    if is_selected:
        segments.append(Segment(glyphs.selected, styles.good))
    elif row.state is ChangeState.REJECTED:
        segments.append(Segment(glyphs.rejected, styles.refusal_bold))
    elif row.unread:
        segments.append(Segment(glyphs.unread, styles.here))
    else:
        segments.append(Segment(" "))
    if columns.mark > 2:
        # A change that is still to be sent has a mark of its own: it hides neither unread nor selection.
        pending = row.state is ChangeState.PENDING
        segments.append(Segment(glyphs.pending if pending else " ", styles.star))
    if columns.star:
        segments.append(
            Segment(glyphs.star, styles.star) if row.is_starred else Segment(glyphs.no_star, styles.faint)
        )
    if columns.important:
        mark = glyphs.important if row.is_important else " "
        segments.append(Segment(mark + " " * (columns.important - 1), styles.star))
    return segments


def _count(row: ThreadRow, look: RowLook) -> list[Segment]:
    width = look.columns.count
    if not width:
        return []
    text = str(row.count) if row.count > 1 else ""
    if len(text) > width - 1:
        text = "999"
    return [Segment(fit_right(text, width - 1) + " ", look.styles.dim)]


def _tail(row: ThreadRow, look: RowLook, ink: Style) -> list[Segment]:
    columns, glyphs = look.columns, look.glyphs
    segments: list[Segment] = []
    if columns.attachment:
        mark = glyphs.attachment if row.has_attachment else " "
        segments.append(Segment(f" {glyphs.invite if row.has_invite else mark}", look.styles.middle))
    if columns.date:
        shown = when(row.date, look.now_ms, look.zone, glyphs.apostrophe)
        segments.append(Segment(fit_right(shown, columns.date), ink))
    segments.append(Segment(" " * _MARGIN))
    return segments


# -- people ------------------------------------------------------------------------------------------


def _people(row: ThreadRow, look: RowLook, width: int, ink: Style) -> list[Segment]:
    """Who, as Gmail shows them, in exactly ``width`` cells."""
    if width <= 0:
        return []
    if look.shows_recipients and row.recipients:
        names: list[tuple[str, Style]] = [("To: ", look.styles.dim)]
        names += _listed([(steady(name), ink) for name in _unique(row.recipients)])
    else:
        names = shorten_people(row.people, width, look, ink)
        if row.has_draft and not any(person.is_draft for person in row.people):
            names += [(", ", look.styles.dim), ("Draft", look.styles.refusal)]
    return _fitted(names, width, look.glyphs)


def _unique(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _listed(names: Sequence[tuple[str, Style]]) -> list[tuple[str, Style]]:
    listed: list[tuple[str, Style]] = []
    for name, style in names:
        if listed:
            listed.append((", ", listed[-1][1]))
        listed.append((name, style))
    return listed


def shorten_people(
    people: Sequence[Person], width: int, look: RowLook, ink: Style
) -> list[tuple[str, Style]]:
    """Names for ``width`` cells: all of them, else the first and as many of the last as fit."""
    styles = look.styles
    named: list[tuple[str, Style]] = []
    for person in people:
        style = styles.bright if person.is_unread else (styles.text if ink is styles.bright else ink)
        if person.is_doubtful:
            style = styles.refusal_bold if person.is_unread else styles.refusal
        if person.is_draft:
            if not person.is_me or len(people) == 1 or person.name != "me":
                named.append((steady(person.name), style))
            named.append(("Draft", styles.refusal))
        else:
            named.append((steady(person.name), style))
    if not named:
        return [("(nobody)", styles.dim)]
    listed = _listed(named)
    if sum(cells(text) for text, _ in listed) <= width or len(named) < 3:
        return listed
    for kept in range(min(len(named) - 2, 3), 0, -1):
        short = [*_listed(named[:1]), (" .. ", styles.dim), *_listed(named[-kept:])]
        if sum(cells(text) for text, _ in short) <= width:
            return short
    return listed


def _fitted(parts: Sequence[tuple[str, Style]], width: int, glyphs: Glyphs) -> list[Segment]:
    """The parts cut or padded to exactly ``width`` cells."""
    segments: list[Segment] = []
    room = width
    for number, (text, style) in enumerate(parts):
        size = cells(text)
        is_last = number == len(parts) - 1
        if size > room or (size == room and not is_last):
            text = cut(text, room, glyphs.ellipsis) if size > room else cut(text + " ", room, glyphs.ellipsis)
            size = cells(text)
            segments.append(Segment(anchored(text), style))
            room -= size
            break
        segments.append(Segment(anchored(text), style))
        room -= size
    if room:
        segments.append(Segment(" " * room))
    return segments


# -- text and chips ----------------------------------------------------------------------------------


def _text(row: ThreadRow, look: RowLook, width: int, ink: Style) -> list[Segment]:
    """Subject — snippet, in exactly ``width`` cells."""
    if width <= 0:
        return []
    glyphs = look.glyphs
    subject = steady(row.subject)
    shown, ink = (subject, ink) if subject else ("(no subject)", look.styles.dim)
    size = cells(shown)
    if size + 6 > width or not row.snippet:
        return [Segment(fit(shown, width, glyphs.ellipsis), ink)]
    rest = width - size
    snippet = fit(f" {glyphs.dash} {steady(row.snippet)}", rest, glyphs.ellipsis)
    return [Segment(anchored(shown), ink), Segment(snippet, look.styles.dim)]


def _chips(row: ThreadRow, look: RowLook) -> tuple[list[Segment], int]:
    names = [name for name in row.labels if name != look.own_label]
    if look.shows_inbox and row.is_in_inbox:
        names.insert(0, "\\Inbox")
    return render_chips(names, look.columns.chips, look.styles.chip, look.styles.dim, look.glyphs)
