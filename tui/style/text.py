"""Pure text: dates, numbers and strings as a row of cells.

Nothing here knows a widget or a clock. What matters: a string measured here takes exactly that many cells in
the terminal, whatever its script, so that a column never breaks. Sequences whose width terminals disagree on
(emoji joined or varied by invisible characters, flags, key caps) are drawn in a plainer form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, tzinfo
from functools import cache, lru_cache

from rich.cells import cell_len

from tui.style import cell_widths as _cell_widths  # noqa: F401 - how cells are counted, for all of Rich

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DATE_CELLS = 7
"""Cells that every result of ``when`` fits in."""

_MARK = "\u200e"
_JOINER = "\u200d"


@cache
def _joined() -> re.Pattern[str]:
    """What is joined to the emoji before it. Compiled when first met: few terminals ever see one."""
    return re.compile("\u200d[\u2190-\u2bff\U0001f000-\U0001faff]")


@cache
def _right_to_left() -> re.Pattern[str]:
    return re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@cache
def _plainer() -> dict[int, str | None]:
    """Translation of what terminals measure differently: left out, or a flag's letter."""
    dropped = [*range(0xFE00, 0xFE10), 0x20E3, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]
    dropped += [*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)]
    table: dict[int, str | None] = dict.fromkeys(dropped)
    table.update({0x1F1E6 + number: chr(ord("A") + number) for number in range(26)})
    return table


@lru_cache(maxsize=4096)
def steady(text: str) -> str:
    """The text in a form whose width every terminal agrees on.

    A family joined from four emoji becomes the first of them, variation selectors and skin tones go, a flag
    becomes its two letters. Scripts that need joiners (Arabic, Indic) keep their letters.
    """
    if text.isascii():
        return text
    if _JOINER in text:
        text = _joined().sub("", text)
    return text.translate(_plainer())


def cells(text: str) -> int:
    """How many terminal cells the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """At most ``width`` cells of the text; what is left out shows as an ellipsis."""
    if width <= 0:
        return ""
    if cells(text) <= width:
        return text
    if text.isascii():
        return text[: width - 1].rstrip() + ellipsis
    room = width - 1
    kept: list[str] = []
    for character in text:
        room -= cell_len(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ellipsis


def cut_left(text: str, width: int, ellipsis: str = "…") -> str:
    """At most ``width`` cells of the text's end: what is left out of a host stands at its left."""
    if width <= 0 or cells(text) <= width:
        return text if width > 0 else ""
    kept = text
    while kept and cells(kept) > width - 1:
        kept = kept[1:]
    return ellipsis + kept


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """The text in exactly ``width`` cells: cut, or padded at its right.

    Text with right-to-left letters ends in a left-to-right mark, so that a terminal that reorders a line does
    not carry the next column into it.
    """
    if text.isascii() and len(text) <= width:
        return text.ljust(width)
    shown = cut(text, width, ellipsis)
    pad = " " * (width - cells(shown))
    return shown + (_MARK if _right_to_left().search(shown) else "") + pad


def fit_right(text: str, width: int) -> str:
    """Short text at the right edge of ``width`` cells."""
    shown = cut(text, width)
    return " " * (width - cells(shown)) + shown


def anchored(text: str) -> str:
    """The text, ended by a left-to-right mark if it has right-to-left letters."""
    return text if text.isascii() or not _right_to_left().search(text) else text + _MARK


def initial(text: str) -> str:
    """The first letter of a name with its combining marks, for the narrowest of columns."""
    kept = text[:1]
    for character in text[1:]:
        if not unicodedata.combining(character):
            break
        kept += character
    return kept


# -- dates -------------------------------------------------------------------------------------------


def local(date_ms: int, zone: tzinfo | None) -> datetime:
    """The moment in the user's zone (None: the machine's)."""
    try:
        return datetime.fromtimestamp(date_ms / 1000, zone)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, zone)


def when(date_ms: int, now_ms: int, zone: tzinfo | None = None, apostrophe: str = "’") -> str:
    """A date as a list shows it: ``09:12`` today, ``Fri`` this week, ``16 Nov`` this year, ``Nov ’24``."""
    date, now = local(date_ms, zone), local(now_ms, zone)
    days = (now.date() - date.date()).days
    if days == 0:
        return f"{date:%H:%M}"
    if 0 < days < 7:
        return _DAYS[date.weekday()]
    if date.year == now.year or 0 < days < 180:
        return f"{date.day} {_MONTHS[date.month - 1]}"
    return f"{_MONTHS[date.month - 1]} {apostrophe}{date.year % 100:02}"


def when_in_full(date_ms: int, zone: tzinfo | None = None) -> str:
    """``Sat 21 Nov 2026, 09:12``."""
    date = local(date_ms, zone)
    return f"{_DAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]} {date.year}, {date:%H:%M}"


def age(date_ms: int, now_ms: int) -> str:
    """How long ago: ``3 min ago``, ``2 h ago``, ``5 days ago``; empty for what is older than a month."""
    minutes = (now_ms - date_ms) // 60_000
    if minutes < 0:
        return ""
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return ("1 day ago" if days == 1 else f"{days} days ago") if days <= 30 else ""


def day_group(date_ms: int, now_ms: int, zone: tzinfo | None = None) -> str:
    """The heading a date stands under: Today, Yesterday, This week, Last week, a month."""
    date, now = local(date_ms, zone).date(), local(now_ms, zone).date()
    days = (now - date).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    if days <= now.weekday():
        return "This week"
    if days <= now.weekday() + 7:
        return "Last week"
    if date.year == now.year:
        return "Earlier this month" if date.month == now.month else _MONTH_NAMES[date.month - 1]
    return f"{_MONTH_NAMES[date.month - 1]} {date.year}"


# -- numbers -----------------------------------------------------------------------------------------


def number(count: int) -> str:
    """``104,218``."""
    return f"{count:,}"


def plural(count: int, noun: str) -> str:
    """``1 conversation``, ``3,481 conversations``."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def size(octets: int) -> str:
    """``812 B``, ``47 kB``, ``3.1 MB``."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 999_500:
        return f"{round(octets / 1000)} kB"
    if octets < 999_500_000:
        return f"{octets / 1_000_000:.1f} MB"
    return f"{octets / 1_000_000_000:.1f} GB"
