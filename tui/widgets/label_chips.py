"""Labels as chips: a bright name on a deep shade of its own hue. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style

from tui.style.glyphs import Glyphs
from tui.style.text import anchored, cells, cut, steady

_WIDEST = 18
_LEAST_ROOM = 6


def render_chips(
    names: Sequence[str], room: int, style_of: Callable[[str], Style], dim: Style, glyphs: Glyphs
) -> tuple[list[Segment], int]:
    """Chips for at most ``room`` cells and the cells they take; what finds no room is counted as ``+n``.

    Each chip has a plain cell before it and a cell of its own shade on either side of the name.
    """
    if not names or room < _LEAST_ROOM:
        return [], 0
    segments: list[Segment] = []
    used = 0
    for number, name in enumerate(names):
        left = len(names) - number
        # Room for "+n" must stay, unless this is the last one.
        reserve = 0 if left == 1 else 4
        available = min(room - used - reserve - 3, _WIDEST)
        text = label_words(name, available, glyphs)
        is_crumb = cells(text) < min(5, cells(name))
        if available < 3 or (segments and is_crumb):
            more = f" +{left}"
            segments.append(Segment(more, dim))
            used += len(more)
            break
        segments.append(Segment(" "))
        segments.append(Segment(f" {anchored(text)} ", style_of(name)))
        used += cells(text) + 3
    return segments, used


def label_words(name: str, width: int, glyphs: Glyphs) -> str:
    """A label's name for a chip: the leaf where the whole path does not fit, cut where that does not."""
    if name == "\\Inbox":
        return "Inbox"[: max(width, 0)]
    shown = label_title(name)
    if cells(shown) > width:
        shown = shown.rpartition("/")[2] or shown
    return cut(shown, width, glyphs.ellipsis)


def label_title(name: str) -> str:
    """A label's identity as it may be drawn: no control characters, a width every terminal agrees on."""
    return steady("".join(character if character.isprintable() else "·" for character in name))
