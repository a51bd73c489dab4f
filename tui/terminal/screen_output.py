"""What is drawn, at the last moment before the terminal: no foreign controls, and where each strip stands.

What lives here: the last filter of all text (``WithoutControls``), and a frame of Textual's as pieces of
lines. Every string from outside has passed the sanitizer long before; here nothing is left to trust. C0 and
C1 controls that Textual did not write itself are dropped from whatever a widget drew, whichever way it came
there. Which octets bring the pieces to the terminal is ``shown_screen``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.color import Color
from textual.filter import LineFilter

from tui.terminal.shown_screen import Piece

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


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


def pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[Piece]:
    """What a frame of Textual's would write, and where."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, strip_there) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip_there is None or x > right or end <= left:
                continue
            is_whole = left <= x < right and end <= right
            yield y, x, strip_there if is_whole else strip_there.crop(0, min(end, right) - x)
