"""Colours: two themes of our own, what we read out of Textual's, and a colour for every label.

Everything that draws takes its colours from a ``Palette``; stylesheets get the same values as variables
(``$frame``, ``$list``, ``$head`` …), so that a theme is said once. Text that must be read meets a contrast of
4.5:1 on every shade it can stand on, the rest 3:1; colours of foreign themes and of labels are moved until
they do.
"""

from __future__ import annotations

import colorsys
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

if TYPE_CHECKING:
    from textual.theme import Theme

MUST_READ = 4.5
"""Contrast of text that must be read (WCAG 2 level AA)."""
_COMFORT = 7.0
"""Contrast of plain text on the cursor's line, so that quieter text on it can be read too."""
MAY_READ = 3.0
"""Contrast of marks and of text that only helps."""


class Palette(Struct, frozen=True):
    """The colours of one theme, each ``#rrggbb``."""

    frame: str
    """Behind the tree, the top line and the bottom line."""
    list: str
    """Behind the list and the reader."""
    head: str
    """Behind headings and dialogs."""
    cursor: str
    """The line the cursor is on."""
    picked: str
    """A selected line."""
    text: str
    bright: str
    """What needs you."""
    middle: str
    dim: str
    """Still to be read: snippets, dates."""
    faint: str
    """Helps, need not be read: rules, empty stars."""
    here: str
    """The accent: where you are."""
    star: str
    good: str
    refusal: str
    is_dark: bool = True

    def variables(self) -> dict[str, str]:
        """The same as stylesheet variables; ``list`` is ``$list`` and so on, text colours end in ``-ink``."""
        named = asdict(self)
        del named["is_dark"]
        inks = ("text", "bright", "middle", "dim", "faint")
        return {f"{name}-ink" if name in inks else f"{name}-shade": colour for name, colour in named.items()}


DARK = Palette(
    frame="#16161e",
    list="#1a1b26",
    head="#20222f",
    cursor="#283457",
    picked="#24283b",
    text="#c0caf5",
    bright="#e6ebff",
    middle="#a9b4dc",
    dim="#939dca",
    faint="#747eae",
    here="#7aa2f7",
    star="#e0af68",
    good="#9ece6a",
    refusal="#f7768e",
)
LIGHT = Palette(
    frame="#e4e6ee",
    list="#f7f8fb",
    head="#eceef4",
    cursor="#d3def8",
    picked="#e3e9f7",
    text="#2f3549",
    bright="#12151f",
    middle="#474e68",
    dim="#565d78",
    faint="#737a94",
    here="#2450b8",
    star="#855600",
    good="#2f6a12",
    refusal="#b0203f",
    is_dark=False,
)
OURS = {"gimap-dark": DARK, "gimap-light": LIGHT}
"""Our own themes by name."""


def our_themes() -> tuple[Theme, ...]:
    """Our palettes as Textual themes."""
    from textual.theme import Theme

    return tuple(
        Theme(
            name=name,
            primary=palette.here,
            secondary=palette.middle,
            warning=palette.star,
            error=palette.refusal,
            success=palette.good,
            accent=palette.here,
            foreground=palette.text,
            background=palette.frame,
            surface=palette.list,
            panel=palette.head,
            dark=palette.is_dark,
            variables={
                "input-cursor-background": palette.here,
                "input-selection-background": palette.here,
                "input-selection-foreground": palette.frame,
                "footer-background": palette.frame,
                "scrollbar": palette.faint,
                "scrollbar-hover": palette.dim,
                "scrollbar-active": palette.here,
                "scrollbar-background": palette.list,
                "scrollbar-background-hover": palette.list,
                "scrollbar-background-active": palette.list,
                "scrollbar-corner-color": palette.list,
            },
        )
        for name, palette in OURS.items()
    )


def palette_of(theme: Theme) -> Palette:
    """The palette of any theme: ours as they are, a foreign one read out of its colours."""
    if theme.name in OURS:
        return OURS[theme.name]
    system = theme.to_color_system().generate()
    # A theme of Textual's may name an ANSI colour or leave one out: those fall back to ours.
    base = DARK if theme.dark else LIGHT

    def colour(name: str, fallback: str) -> str:
        value = system.get(name, "")
        return value[:7].lower() if value.startswith("#") and len(value) >= 7 else fallback

    frame = colour("background", base.frame)
    shade = colour("surface", base.list)
    text = colour("foreground", base.text)
    here = colour("primary", base.here)
    # As much of the accent as still lets text be read on it.
    shares = (0.28, 0.22, 0.17, 0.12)
    cursors = [_mixed(shade, here, share) for share in shares]
    cursor = next((each for each in cursors if contrast(text, each) >= _COMFORT), cursors[-1])
    picked = _mixed(shade, here, 0.12)
    head = _mixed(shade, text, 0.05)
    shades = (frame, shade, head, cursor, picked)

    def readable(value: str, contrast: float) -> str:
        for background in shades:
            value = readable_on(value, background, contrast)
        return value

    return Palette(
        frame=frame,
        list=shade,
        head=head,
        cursor=cursor,
        picked=picked,
        text=readable(text, MUST_READ),
        bright=readable(_mixed(text, "#ffffff" if theme.dark else "#000000", 0.6), MUST_READ),
        middle=readable(_mixed(text, shade, 0.15), MUST_READ),
        dim=readable(_mixed(text, shade, 0.35), MUST_READ),
        faint=readable(_mixed(text, shade, 0.55), MAY_READ),
        here=readable(here, MUST_READ),
        star=readable(colour("warning", base.star), MUST_READ),
        good=readable(colour("success", base.good), MUST_READ),
        refusal=readable(colour("error", base.refusal), MUST_READ),
        is_dark=theme.dark,
    )


_FEW_DARK = {
    "frame": "#000000", "list": "#000000", "head": "#000000", "cursor": "#000080", "picked": "#000080",
    "text": "#c0c0c0", "bright": "#ffffff", "middle": "#c0c0c0", "dim": "#c0c0c0", "faint": "#808080",
    "here": "#00ffff", "star": "#ffff00", "good": "#00ff00",
}  # fmt: skip
_FEW_LIGHT = {
    "frame": "#ffffff", "list": "#ffffff", "head": "#ffffff", "cursor": "#c0c0c0", "picked": "#c0c0c0",
    "text": "#000000", "bright": "#000000", "middle": "#000000", "dim": "#000000", "faint": "#808080",
    "here": "#000080", "star": "#800000", "good": "#008000", "refusal": "#800000",
}  # fmt: skip


def in_few_colours(palette: Palette) -> Palette:
    """For a terminal of 16 colours: those that it has, since what lies between them becomes grey on grey."""
    return replace(palette, **(_FEW_DARK if palette.is_dark else _FEW_LIGHT))


# -- contrast ----------------------------------------------------------------------------------------


def contrast(first: str, second: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=1024)
def readable_on(colour: str, background: str, wanted: float = MUST_READ) -> str:
    """The colour, moved towards white or black no further than the contrast asks for."""
    if contrast(colour, background) >= wanted:
        return colour
    towards = "#ffffff" if contrast("#ffffff", background) > contrast("#000000", background) else "#000000"
    for step in range(1, 21):
        moved = _mixed(colour, towards, step / 20)
        if contrast(moved, background) >= wanted:
            return moved
    return towards


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


@lru_cache(maxsize=1024)
def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(first: str, second: str, share: float) -> str:
    pairs = zip(_channels(first), _channels(second), strict=True)
    return _hex(tuple(a + (b - a) * share for a, b in pairs))


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


# -- labels ------------------------------------------------------------------------------------------

HUES: dict[str, float] = {
    "sky": 197,
    "green": 95,
    "orange": 24,
    "rose": 348,
    "violet": 265,
    "teal": 168,
    "amber": 42,
    "blue": 220,
    "pink": 315,
    "lime": 72,
}
"""Label colours by name, in the order they are given out, in degrees; ``grey`` has no hue."""
COLOUR_NAMES: tuple[str, ...] = (*HUES, "grey")


@lru_cache(maxsize=64)
def label_pair(colour: str, is_dark: bool, contrast_wanted: float = MUST_READ) -> tuple[str, str]:
    """Foreground and background of a chip: a bright foreground on a deep shade of the same hue."""
    hue = HUES.get(colour, 0.0) / 360
    tint = 1.0 if colour in HUES else 0.12
    if is_dark:
        background = _hex(colorsys.hls_to_rgb(hue, 0.17, 0.45 * tint))
        foreground = _hex(colorsys.hls_to_rgb(hue, 0.72, 0.75 * tint))
    else:
        background = _hex(colorsys.hls_to_rgb(hue, 0.86, 0.60 * tint))
        foreground = _hex(colorsys.hls_to_rgb(hue, 0.28, 0.70 * tint))
    return readable_on(foreground, background, contrast_wanted), background


AUTOMATIC = ""
"""In place of a colour's name: the parent's colour, or one that is given out."""


class LabelColours:
    """Which colour each label has: chosen by the user, inherited from its parent, or given out once."""

    def __init__(self, chosen: dict[str, str], given: dict[str, str] | None = None) -> None:
        """Both map label names to colour names and are read and written in place.

        ``chosen`` holds what the user wants, ``given`` what was given out to labels without a wish.
        """
        self._chosen = chosen
        self._given = {} if given is None else given

    def copy(self) -> LabelColours:
        """The same colours, to try others on."""
        return LabelColours(dict(self._chosen), dict(self._given))

    def name_of(self, label: str) -> str:
        """The colour's name; a nested label without its own takes its parent's."""
        part = label
        while part:
            colour = self._chosen.get(part) or self._given.get(part)
            if colour in COLOUR_NAMES:
                return colour
            part = part.rpartition("/")[0]
        return "grey"

    def chosen_of(self, label: str) -> str:
        """The colour the user chose for this very label; ``AUTOMATIC`` where none was."""
        colour = self._chosen.get(label, AUTOMATIC)
        return colour if colour in COLOUR_NAMES else AUTOMATIC

    def pair(self, label: str, palette: Palette) -> tuple[str, str]:
        """Foreground and background of the label's chip."""
        return label_pair(self.name_of(label), palette.is_dark)

    def ink(self, label: str, palette: Palette) -> str:
        """The label's colour as text or a dot on the tree, readable on every shade there."""
        foreground = self.pair(label, palette)[0]
        for background in (palette.frame, palette.head, palette.cursor, palette.picked):
            foreground = readable_on(foreground, background, MAY_READ)
        return foreground

    def choose(self, label: str, colour: str) -> None:
        """Give a label its own colour, or with ``AUTOMATIC`` the one it would have without a wish."""
        if colour == AUTOMATIC:
            self._chosen.pop(label, None)
            self.give_out((label,))
        else:
            self._chosen[label] = colour

    def move_all(self, moved: Mapping[str, str], forgotten: Collection[str] = ()) -> None:
        """Carry labels' colours over to their new names, all at once: two may have changed names."""
        for colours in (self._chosen, self._given):
            kept = {
                moved.get(label, label): colour for label, colour in colours.items() if label not in forgotten
            }
            colours.clear()
            colours.update(kept)

    def give_out(self, labels: tuple[str, ...]) -> bool:
        """Give every top-level label that has none the colour used least; tells whether any was given."""
        is_any = False
        for label in labels:
            if "/" in label or label in self._chosen or label in self._given:
                continue
            used = [*self._chosen.values(), *self._given.values()]
            self._given[label] = min(HUES, key=used.count)
            is_any = True
        return is_any
