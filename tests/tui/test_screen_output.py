"""The last moment before the terminal: no control that Textual did not write, no column off its place."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.app import ComposeResult
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tests.tui.stage import Stage
from tui.style.text import cells
from tui.terminal.screen_output import WithoutControls, pieces
from tui.terminal.shown_screen import ShownScreen
from tui.terminal.terminal_app import TerminalApp
from tui.widgets.dialog_style import words

SUBJECTS = (
    "हिन्दी में समाचार और किताबें",
    "বাংলা সংবাদ আজকের",
    "தமிழ் செய்திகள்",
    "ไทย ภาษา",
    "👩 family",
    "שלום ערב",
)
OURS = re.compile(r"\x1b\[[0-9;]*[mHG]")


def written(strip: Strip, x: int) -> str:
    """What is written for a strip on a terminal of which nothing is known."""
    return ShownScreen().changes([(0, x, strip)], (80, 24))


def as_drawn(octets: str, width: int, *, marks: int) -> list[str]:
    """One line as a terminal draws it that gives a spacing mark so many cells; joiners and the like none."""
    row, x = [" "] * (width + 20), 0
    for part in re.split(r"(\x1b\[[0-9;]*[A-Za-z])", octets):
        if part.startswith("\x1b"):
            if part.endswith(("G", "H")):
                x = int(part[2:-1].split(";")[-1]) - 1
            continue
        for character in part:
            takes = marks if unicodedata.category(character) == "Mc" else cell_len(character)
            if takes:
                row[x] = character
                row[x + 1 : x + takes] = [""] * (takes - 1)
            x += takes
    return row


@pytest.mark.parametrize("marks", [0, 1])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_time_is_in_its_column_whatever_a_spacing_mark_takes(subject: str, marks: int) -> None:
    style = Style(color="red")
    pad = " " * (40 - cell_len(subject))
    strip = Strip([Segment(subject, style), Segment(f"{pad} ", style), Segment("09:12", style)])
    row = as_drawn(written(strip, 10), 80, marks=marks)
    assert "".join(row[51:56]) == "09:12"
    assert "".join(row[56:]).strip() == ""


@pytest.mark.parametrize("subject", SUBJECTS[:3])
def test_what_ends_a_strip_does_not_run_into_what_is_beside_it(subject: str) -> None:
    width = cell_len(subject)
    row = as_drawn(written(Strip([Segment(subject, Style())]), 0), 80, marks=1)
    assert "".join(row[width:]).strip() == ""


def test_what_all_terminals_agree_on_costs_nothing() -> None:
    for text in (
        "plain",
        "Ünïcode — “quoted” … ★ ▎",
        "Ελληνικά",
        "Русский",
        "来週の打ち合わせ",
        "한국어",
        "┌──┐▓░",
    ):
        assert written(Strip([Segment(text, Style(bold=True))]), 3) == f"\x1b[1;4H\x1b[1m{text}\x1b[0m"


def test_a_frame_is_what_textual_would_write_but_for_the_columns() -> None:
    lines: list[Iterable[Strip]] = [
        [Strip([Segment("one", Style(bold=True))]), Strip([Segment("two")])],
        [Strip([Segment("three")])],
    ]
    octets = ShownScreen().changes(pieces(LayoutUpdate(lines, Region(4, 2, 10, 2))), (80, 24))
    assert OURS.sub("", octets) == "onetwothree"
    assert "\x1b[3;5H" in octets
    assert "\x1b[4;5H" in octets


EVERY_CONTROL = "".join(map(chr, [*range(32), 127, *range(0x80, 0xA0)]))


def test_every_control_is_dropped_and_nothing_else() -> None:
    kept = "a b \xa0 é שלום e\u0301 👩"
    filtered = WithoutControls().apply(
        [Segment(kept), Segment(f"x{EVERY_CONTROL}y", Style(bold=True))], Color(0, 0, 0)
    )
    assert [segment.text for segment in filtered] == [kept, "xy"]
    assert filtered[1].style == Style(bold=True)


def test_lines_without_controls_are_handed_on_as_they_are() -> None:
    segments = [Segment("plain"), Segment("é 来 ▎")]
    assert WithoutControls().apply(segments, Color(0, 0, 0)) is segments


class Careless(Widget):
    """Draws what it was given."""

    def render_line(self, y: int) -> Strip:
        return Strip([Segment("a\x1b[31m\x9b2J\x07b")])


async def test_nothing_a_widget_draws_brings_a_control_to_the_terminal(tmp_path: object) -> None:
    class Hostile(TerminalApp[None]):
        def compose(self) -> ComposeResult:
            yield Careless()
            box = Static("in\x1b]0;title\x07side\x9b", markup=False)
            box.styles.border = ("round", "red")
            box.border_title = words("a\x1b[2Jb")
            yield box

    app = Hostile(Path(str(tmp_path)) / "crash.log")
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        lines = app.screen._compositor.render_strips()
        text = "".join(segment.text for strip in lines for segment in strip)
        assert "a[31m2Jb" in text
        assert not [each for each in text if unicodedata.category(each) == "Cc"]


@pytest.mark.parametrize("name", ["[Imap]/Drafts", "[JIRA]", "a/[/x]", "[b]bold[/b]", "[$x]", "\\[y]"])
async def test_a_label_in_a_title_is_its_name(name: str) -> None:
    from tui.dialogs.confirm import ConfirmScreen

    async with Stage(screen=lambda: ConfirmScreen(f"Delete the label “{name}”?", name, "Delete")).run_test(
        size=(80, 24)
    ) as pilot:
        await pilot.pause()
        box = pilot.app.screen.query_one(".box")
        assert box._border_title is not None
        assert box._border_title.plain == f"Delete the label “{name}”?"


def test_a_spacing_mark_is_counted_as_the_terminal_draws_it() -> None:
    assert cells("कि") == 2
    assert cells("e\u0301") == 1
    assert cells("किताबें") == len([each for each in "किताबें" if unicodedata.category(each) != "Mn"])


def test_colours_survive_the_columns() -> None:
    octets = written(Strip([Segment("हिन्दी", Style(color="#ff0000"))]), 0)
    # Set once, and held from the clearing to the last mark.
    assert re.fullmatch(r"\x1b\[1;1H\x1b\[38;2;255;0;0m +\x1b\[1Gहिन्\S*\x1b\[\d+G\x1b\[0m", octets)


def test_no_text_of_others_is_read_as_markup() -> None:
    """Every place that takes Textual's markup is given constants, ``Content``, or told that it is none."""
    takes_markup = {"Static", "Label", "notify", "Option", "from_markup"}
    for path in (Path(__file__).parents[2] / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr in (
                        "border_title",
                        "border_subtitle",
                    ):
                        assert ast.unparse(node.value).startswith("words("), (path, node.lineno)
            if not isinstance(node, ast.Call) or not node.args or isinstance(node.args[0], ast.Constant):
                continue
            if ast.unparse(node.func).rpartition(".")[2] in takes_markup:
                says = {each.arg: ast.unparse(each.value) for each in node.keywords}
                given = ast.unparse(node.args[0])
                is_ours = given.startswith(("words(", "Content", "self.look.glyphs."))
                assert says.get("markup") == "False" or is_ours, (path, node.lineno, given)
