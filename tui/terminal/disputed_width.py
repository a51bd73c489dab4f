"""Text of which terminals disagree how many cells it takes.

Spacing marks (Mc) of Indic scripts take no cell by one table and one by another, and so do joined emoji, new
ones, and right-to-left text that is reordered. Whose table is right cannot be known, so nothing that follows
such a text may depend on it. What is written instead is ``shown_screen``'s.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

_AGREED = (
    # Latin, Greek, Cyrillic; punctuation and what rules, arrows and marks are drawn with; Han, kana, Hangul.
    "\x00-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff"
    "\u2200-\u22ff\u2500-\u25ff\u2605\u2606\u2713\u2717\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff"
    "\uac00-\ud7a3\uff01-\uff5e"
)
_DISPUTED = re.compile(f"[^{_AGREED}]")


def is_disputed(text: str) -> bool:
    """Whether some terminal may give this text another number of cells than ours."""
    return _DISPUTED.search(text) is not None


def at_most(text: str, width: int) -> str:
    """The text without the end that would be too much where every spacing mark takes a cell."""
    # Spacing marks are counted as a cell already (``tui.style.cell_widths``).
    while text and cell_len(text) > width:
        text = text[:-1]
    return text
