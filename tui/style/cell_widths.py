"""How wide characters are: spacing marks as terminals draw them.

Rich's tables give every combining mark no cell. A spacing mark (general category Mc: the vowel signs of Indic
scripts) stands beside its letter, and xterm, tmux, the Linux console and the C library give it one. Where a
terminal gives it none after all, a blank follows, which harms less than a line that is longer than its room.
Rich has no setting for it; its one place that loads a table is given ours.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from rich import cells
from rich._unicode_data import load


@cache
def load_table(unicode_version: str = "auto") -> cells.CellTable:
    """Rich's table of a version, with spacing marks one cell wide."""
    table = load(unicode_version)
    widths: list[tuple[int, int, int]] = []
    for start, end, width in table.widths:
        if width:
            widths.append((start, end, width))
            continue
        # What is in no entry is one cell wide: the marks are left out, and part their entry.
        for code in range(start, end + 1):
            if unicodedata.category(chr(code)) == "Mc":
                continue
            if widths and widths[-1][1] == code - 1 and widths[-1][2] == 0:
                widths[-1] = (widths[-1][0], code, 0)
            else:
                widths.append((code, code, 0))
    return table._replace(widths=tuple(widths))


cells.load_cell_table = load_table  # type: ignore[attr-defined]
