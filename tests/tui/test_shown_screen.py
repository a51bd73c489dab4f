"""The picture of the terminal: after any frames it shows what one whole frame would have drawn, for less."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.test_screen_output import as_drawn
from tui.terminal.shown_screen import Piece, ShownScreen

WIDTH, HEIGHT = 24, 8
SIZE = (WIDTH, HEIGHT)
STYLES = (
    None,
    Style(),
    Style(bold=True),
    Style(color="#ff0000"),
    Style(color="#ff0000", bgcolor="#000080"),
    Style(bgcolor="#000080"),
    Style(color="#00ff00", bgcolor="#000080", bold=True, italic=True),
    Style(underline=True, color="#ff0000"),
    Style(reverse=True),
    Style(strike=True, bgcolor="#000080"),
    Style(color="yellow", bgcolor="color(120)"),
)
CHARACTERS = "aab  .—é★来韓😀"
"""Of which our table and the emulator's say the same."""


@st.composite
def strips(draw: st.DrawFn) -> tuple[int, Strip]:
    """A column, and a strip that fits behind it."""
    x = draw(st.integers(0, WIDTH - 1))
    segments, room = [], draw(st.integers(1, WIDTH - x))
    while room > 0:
        text = draw(st.text(CHARACTERS, min_size=1, max_size=9))
        while cell_len(text) > room:
            text = text[:-1] or "x"
        segments.append(Segment(text, draw(st.sampled_from(STYLES))))
        room -= cell_len(text)
    return x, Strip(segments)


FRAMES = st.lists(st.lists(st.tuples(st.integers(0, HEIGHT - 1), strips()), max_size=6), max_size=6)


def pieces_of(frame: list[tuple[int, tuple[int, Strip]]]) -> list[Piece]:
    """As a frame gives them."""
    return [(y, x, strip) for y, (x, strip) in frame]


class Screen:
    """An emulated terminal, with nothing on it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    def looks(self) -> list[list[tuple[object, ...]]]:
        """Each cell as it is seen: of a blank, the ink is not."""
        return [[self._look(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]

    @staticmethod
    def _look(cell: pyte.screens.Char) -> tuple[object, ...]:
        if cell.data == " " and not (cell.underscore or cell.strikethrough or cell.reverse):
            return (" ", cell.bg)
        return tuple(cell)


def blank_frame(mark: str = " ") -> list[Piece]:
    """The whole screen, with nothing on it."""
    return [(y, 0, Strip([Segment(mark * WIDTH, Style())])) for y in range(HEIGHT)]


@settings(max_examples=40)
@given(FRAMES)
def test_after_any_frames_the_terminal_shows_what_was_drawn_last(
    frames: list[list[tuple[int, tuple[int, Strip]]]],
) -> None:
    shown, kept, told = ShownScreen(), Screen(), Screen()
    kept.stream.feed(shown.changes(blank_frame(), SIZE))
    for frame in map(pieces_of, frames):
        kept.stream.feed(shown.changes(frame, SIZE))
        for y, x, strip in frame:
            # One after the other, as though nothing were known of what is there.
            told.stream.feed(ShownScreen().changes([(y, x, strip)], SIZE))
    for y in range(HEIGHT):
        for x, (ours, wanted) in enumerate(zip(kept.looks()[y], told.looks()[y], strict=True)):
            # What is left of a wide character cut in two is each terminal's own affair.
            if shown._lines[y][x] is not None:
                assert ours == wanted, (y, x)


@settings(max_examples=40)
@given(FRAMES)
def test_what_is_there_is_not_sent_again(frames: list[list[tuple[int, tuple[int, Strip]]]]) -> None:
    shown = ShownScreen()
    shown.changes(blank_frame(), SIZE)
    for frame in map(pieces_of, frames):
        last = frame[-1:]
        shown.changes(frame, SIZE)
        assert shown.changes(last, SIZE) == ""


def rows(first: int, *, cursor: int = -1, count: int = HEIGHT) -> list[Piece]:
    """A list from its row ``first`` on."""
    styles = [Style(bgcolor="#333333") if number == cursor else Style() for number in range(count)]
    return [
        (y, 0, Strip([Segment(f"row {first + y}, some words".ljust(WIDTH), styles[y])])) for y in range(count)
    ]


@pytest.mark.parametrize("shift", [1, 2, 4, -1, -3])
def test_a_block_of_lines_is_moved_by_the_terminal(shift: int) -> None:
    shown, screen = ShownScreen(), Screen()
    screen.stream.feed(shown.changes(rows(10), SIZE))
    octets = shown.changes(rows(10 + shift), SIZE)
    screen.stream.feed(octets)
    assert [line.split(",")[0] for line in screen.screen.display] == [
        f"row {10 + shift + y}" for y in range(HEIGHT)
    ]
    assert len(octets) < 30 + 40 * abs(shift)
    assert shown.changes(rows(10 + shift), SIZE) == ""


def test_a_row_taken_out_of_the_middle_moves_those_below_it() -> None:
    shown, screen = ShownScreen(), Screen()
    screen.stream.feed(shown.changes(rows(0, cursor=2), SIZE))
    after = [*rows(0)[:2], *[(y, 0, strip) for y, (_, _, strip) in enumerate(rows(1, cursor=2)[2:], 2)]]
    octets = shown.changes(after, SIZE)
    screen.stream.feed(octets)
    assert [line.split(",")[0] for line in screen.screen.display] == [
        f"row {y}" for y in (0, 1, 3, 4, 5, 6, 7, 8)
    ]
    assert screen.screen.buffer[2][0].bg == "333333"
    assert screen.screen.buffer[3][0].bg == "default"
    assert len(octets) < 150


LOOKS = st.tuples(st.integers(0, 30), st.integers(-1, HEIGHT - 1), st.booleans())
"""The first row, the cursor's line, whether there is a heading."""


@settings(max_examples=60)
@given(st.lists(LOOKS, min_size=2, max_size=9))
def test_however_a_list_scrolls_the_terminal_shows_it(looks: list[tuple[int, int, bool]]) -> None:
    shown, kept = ShownScreen(), Screen()
    for first, cursor, has_heading in looks:
        frame = rows(first, cursor=cursor)
        if has_heading:
            # One that stays where it is, and one that stands twice.
            frame[2] = frame[5] = (2, 0, Strip([Segment("Yesterday".ljust(WIDTH), Style(bold=True))]))
            frame[5] = (5, *frame[2][1:])
        kept.stream.feed(shown.changes(frame, SIZE))
        told = Screen()
        told.stream.feed(ShownScreen().changes(frame, SIZE))
        assert kept.looks() == told.looks()


@pytest.mark.parametrize("marks", [0, 1])
def test_behind_a_disputed_text_that_goes_all_is_drawn_again(marks: int) -> None:
    subject = "हिन्दी में समाचार"
    width = cell_len(subject)
    shown = ShownScreen()
    first = [Segment(subject), Segment(" " * (20 - width)), Segment("09:12")]
    drawn = shown.changes([(0, 0, Strip(first))], (40, 1))
    then = shown.changes([(0, 0, Strip([Segment("plain".ljust(20)), Segment("09:12")]))], (40, 1))
    row = as_drawn(drawn + then, 60, marks=marks)
    assert "".join(row[:25]) == "plain".ljust(20) + "09:12"


def test_a_change_before_a_disputed_text_costs_itself_alone() -> None:
    shown = ShownScreen()
    shown.changes([(0, 0, Strip([Segment("a "), Segment("हिन्दी")]))], SIZE)
    assert shown.changes([(0, 0, Strip([Segment("b "), Segment("हिन्दी")]))], SIZE) == "\x1b[1;1Hb"


def test_nothing_is_known_after_another_size_or_another_program() -> None:
    shown = ShownScreen()
    whole = shown.changes(rows(0), SIZE)
    assert shown.changes(rows(0), SIZE) == ""
    shown.forget()
    assert shown.changes(rows(0), SIZE) == whole
    shown.changes(rows(0), (WIDTH, HEIGHT + 1))
    assert shown.changes(rows(0), SIZE) == whole


def test_half_of_a_wide_character_is_written_whole_or_not_trusted() -> None:
    shown, screen = ShownScreen(), Screen()
    screen.stream.feed(shown.changes(blank_frame(), SIZE))
    screen.stream.feed(shown.changes([(0, 0, Strip([Segment("来来来")]))], SIZE))
    screen.stream.feed(shown.changes([(0, 3, Strip([Segment("x")]))], SIZE))
    # The second character has lost a half: as soon as anybody says what stands there, it is written.
    screen.stream.feed(shown.changes([(0, 0, Strip([Segment("来  x来")]))], SIZE))
    assert screen.screen.display[0].startswith("来  x来")


def test_an_address_behind_text_is_opened_and_closed_once() -> None:
    link = Style(link="https://example.org/")
    strip = Strip([Segment("see ", Style()), Segment("this", link), Segment(" and", Style())])
    octets = ShownScreen().changes([(0, 0, strip)], SIZE)
    assert octets.count("\x1b]8;") == 2
    assert "\x1b]8;;\x1b\\" in octets
    assert octets.index("https://example.org/") < octets.index("this") < octets.index("\x1b]8;;")


def test_colours_are_switched_only_where_they_change() -> None:
    segments = [Segment("a b c", Style(color="#ff0000", bgcolor="#000080")) for _ in range(4)]
    octets = ShownScreen().changes([(0, 0, Strip(segments))], SIZE)
    assert octets.count("\x1b[38;2;255;0;0") == 1
    assert octets.count("m") == 2
