"""How scroll bars are drawn: Textual's own, with ends between cells; in ASCII whole cells alone."""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBarRender


class AsciiScrollBar(ScrollBarRender):
    """Whole cells; where a part of a cell would do, a stroke in it."""

    VERTICAL_BARS: ClassVar[list[str]] = ["|"] * 7 + [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = ["-"] * 7 + [" "]


def scroll_bar(*, is_ascii: bool) -> type[ScrollBarRender]:
    """The way to draw them."""
    return AsciiScrollBar if is_ascii else ScrollBarRender
