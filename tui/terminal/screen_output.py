"""What is written to the terminal, at the last moment: no foreign controls, no column off its place.

What lives here: the last filter of all text (``WithoutControls``), and the writing of a frame
(``SteadyUpdate``). Every string from outside has passed the sanitizer long before; here nothing is left to
trust. C0 and C1 controls that Textual did not write itself are dropped from whatever a widget drew,
whichever way it came there.

Terminals disagree on how wide some characters are: spacing marks (Mc) of Indic scripts take no cell by one
table and one by another, and so do joined emoji, new ones, and right-to-left text that is reordered. Whose
table is right cannot be known, so nothing that follows such a text may depend on it: its cells are cleared
first, and the column behind it is said, not assumed.
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_AGREED = (
    # Latin, Greek, Cyrillic; punctuation and what rules, arrows and marks are drawn with; Han, kana, Hangul.
    "\x00-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff"
    "\u2200-\u22ff\u2500-\u25ff\u2605\u2606\u2713\u2717\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff"
    "\uac00-\ud7a3\uff01-\uff5e"
)
_DISPUTED = re.compile(f"[^{_AGREED}]")


class WithoutControls(LineFilter):
    """Textual's filter of every line that a widget draws: controls are dropped."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments as they came, unless there is a control in one of them."""
        for segment in segments:
            # Printable text, nearly all there is, is known at once.
            if not segment.text.isprintable() and _CONTROLS.search(segment.text):
                return [_without_controls(each) for each in segments]
        return segments


def _without_controls(segment: Segment) -> Segment:
    if not _CONTROLS.search(segment.text):
        return segment
    # A control is measured as no cell, so the line stays as wide as it was.
    return Segment(_CONTROLS.sub("", segment.text), segment.style, segment.control)


class SteadyUpdate(CompositorUpdate):
    """A frame of Textual's, written so that every column is where it was counted."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate) -> None:
        self._update = update

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._update.__rich_console__(console, options)

    def render_segments(self, console: Console) -> str:
        """The octets of the frame."""
        update = self._update
        parts: list[str] = []
        if isinstance(update, LayoutUpdate):
            for y, line in enumerate(update.strips, update.region.y):
                x = update.region.x
                parts.append(f"\x1b[{y + 1};{x + 1}H")
                for each in line:
                    parts.append(written(each, x, console))
                    x += each.cell_length
            return "".join(parts)
        for y, left, right in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is None or x > right or end <= left:
                    continue
                is_whole = left <= x < right and end <= right
                shown = strip if is_whole else strip.crop(0, min(end, right) - x)
                parts += (f"\x1b[{y + 1};{x + 1}H", written(shown, x, console))
        return "".join(parts)


def written(strip: Strip, x: int, console: Console) -> str:
    """The octets of a strip that begins in column ``x``, counted from 0."""
    if not _DISPUTED.search("".join([segment.text for segment in strip._segments])):
        return strip.render(console)
    colours = console._color_system or ColorSystem.TRUECOLOR
    parts: list[str] = []
    last = len(strip._segments) - 1
    for index, (text, style, _) in enumerate(strip._segments):
        width = cell_len(text)
        if not _DISPUTED.search(text):
            parts.append(_styled(strip, text, style, colours))
        else:
            if index == last:
                # Behind it may be another widget, which is not drawn again.
                text = _at_most(text, width)
            parts += (
                _styled(strip, " " * width, style, colours),
                f"\x1b[{x + 1}G",
                _styled(strip, text, style, colours),
                f"\x1b[{x + width + 1}G",
            )
        x += width
    return "".join(parts)


def _styled(strip: Strip, text: str, style: object, colours: ColorSystem) -> str:
    return text if style is None else strip.render_style(style, text, color_system=colours)  # type: ignore[arg-type]


def _at_most(text: str, width: int) -> str:
    """The text without the end that would be too much where every spacing mark takes a cell."""
    while text and cell_len(text) + sum(unicodedata.category(char) == "Mc" for char in text) > width:
        text = text[:-1]
    return text
