"""Contrast: what must be read can be read, in every theme."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import asdict
from rich.color import Color, ColorSystem
from textual.theme import BUILTIN_THEMES

from tui.style.glyphs import ASCII, UNICODE
from tui.style.theme import (
    AUTOMATIC,
    COLOUR_NAMES,
    DARK,
    HUES,
    LIGHT,
    MAY_READ,
    MUST_READ,
    OURS,
    LabelColours,
    Palette,
    contrast,
    in_few_colours,
    label_pair,
    palette_of,
    readable_on,
)

SHADES = ("frame", "list", "head", "cursor", "picked")
INKS = ("text", "bright", "middle", "dim", "here", "star", "good", "refusal")


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("shade", SHADES)
def test_our_themes_meet_their_contrast(palette: Palette, shade: str) -> None:
    for ink in INKS:
        assert contrast(getattr(palette, ink), getattr(palette, shade)) >= MUST_READ, ink
    assert contrast(palette.faint, getattr(palette, shade)) >= MAY_READ


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_every_theme_of_textuals_gives_a_readable_palette(name: str) -> None:
    palette = palette_of(BUILTIN_THEMES[name])
    for field, value in asdict(palette).items():
        assert isinstance(value, bool) or re.fullmatch(r"#[0-9a-f]{6}", value), field
    for shade in ("list", "frame"):
        for ink in ("text", "dim", "refusal"):
            assert contrast(getattr(palette, ink), getattr(palette, shade)) >= MAY_READ


@pytest.mark.parametrize("colour", COLOUR_NAMES)
@pytest.mark.parametrize("is_dark", [True, False])
def test_every_chip_can_be_read(colour: str, is_dark: bool) -> None:
    foreground, background = label_pair(colour, is_dark)
    assert contrast(foreground, background) >= MUST_READ


@pytest.mark.parametrize("name", sorted([*OURS, *BUILTIN_THEMES]))
def test_every_dot_of_the_tree_can_be_seen_in_every_theme(name: str) -> None:
    palette = OURS.get(name) or palette_of(BUILTIN_THEMES[name])
    for colour in COLOUR_NAMES:
        ink = LabelColours({"x": colour}).ink("x", palette)
        for shade in (palette.frame, palette.head, palette.cursor, palette.picked):
            assert contrast(ink, shade) >= MAY_READ, (colour, shade)


@pytest.mark.parametrize("name", [*OURS, *BUILTIN_THEMES])
def test_what_shows_where_one_is_stands_out_from_what_it_lies_on(name: str) -> None:
    palette = OURS.get(name) or palette_of(BUILTIN_THEMES[name])
    for shade in (palette.frame, palette.list, palette.head, palette.cursor, palette.picked):
        assert contrast(palette.here, shade) >= MAY_READ, "the bar of the cursor"
    for shade in (palette.frame, palette.list):
        assert contrast(palette.faint, shade) >= MAY_READ, "the thumb of a scroll bar"
    for shade in (palette.list, palette.head):
        assert contrast(palette.here, shade) >= MAY_READ, "selected text beside what is not"
    assert contrast(palette.frame, palette.here) >= MUST_READ, "selected text"


@pytest.mark.parametrize("palette", OURS.values())
def test_quiet_text_can_be_read_on_the_cursors_line_of_sixteen_colours(palette: Palette) -> None:
    few = in_few_colours(palette)

    def nearest(colour: str) -> str:
        return Color.parse(colour).downgrade(ColorSystem.STANDARD).get_truecolor().hex

    for shade in (few.cursor, few.picked, few.list, few.frame):
        for ink in (few.text, few.bright, few.middle, few.dim, few.here, few.star):
            assert contrast(nearest(ink), nearest(shade)) >= MUST_READ, (ink, shade)


def test_a_nested_label_takes_its_parents_colour() -> None:
    colours = LabelColours({"Work": "teal", "Work/press": "pink"})
    assert colours.name_of("Work/contracts/old") == "teal"
    assert colours.name_of("Work/press") == "pink"
    assert colours.name_of("Other") == "grey"


def test_colours_are_given_out_evenly_and_once() -> None:
    chosen: dict[str, str] = {}
    given: dict[str, str] = {}
    colours = LabelColours(chosen, given)
    names = tuple(f"label {number}" for number in range(len(HUES)))
    assert colours.give_out((*names, "label 1/nested"))
    assert sorted(given.values()) == sorted(HUES)
    assert chosen == {}
    before = dict(given)
    assert not colours.give_out(names)
    assert given == before


def test_automatic_is_the_colour_a_label_has_without_a_wish() -> None:
    colours = LabelColours({"Work": "teal"}, {"Home": "rose"})
    for label, wanted in (("Work/press", "pink"), ("Home", "amber")):
        before = colours.name_of(label)
        assert colours.chosen_of(label) == AUTOMATIC
        colours.choose(label, wanted)
        assert (colours.chosen_of(label), colours.name_of(label)) == (wanted, wanted)
        colours.choose(label, AUTOMATIC)
        assert (colours.chosen_of(label), colours.name_of(label)) == (AUTOMATIC, before)
    colours.choose("Work", AUTOMATIC)
    assert colours.name_of("Work") in HUES


def test_colours_that_are_tried_on_stay_a_trial() -> None:
    colours = LabelColours({"Work": "teal"})
    trial = colours.copy()
    trial.choose("Work", "pink")
    assert (trial.name_of("Work"), colours.name_of("Work")) == ("pink", "teal")


def test_readable_on_moves_no_further_than_it_must() -> None:
    assert readable_on("#c0caf5", "#1a1b26") == "#c0caf5"
    moved = readable_on("#565f89", "#1a1b26")
    assert MUST_READ <= contrast(moved, "#1a1b26") < MUST_READ + 1.5


def test_every_mark_has_an_ascii_twin_of_one_cell() -> None:
    twins = asdict(ASCII)
    assert twins.keys() == asdict(UNICODE).keys()
    for name, twin in twins.items():
        for mark in twin:
            assert mark.isascii(), name
            assert len(mark) == 1, name
    assert len(ASCII.places) == len(UNICODE.places) == 8
