"""Lengths, font sizes and colours of CSS as numbers (CSS Values §6, CSS Fonts §2.5, CSS Color §5)."""

from __future__ import annotations

import re
from functools import lru_cache

NORMAL_SIZE = 16.0
"""Pixels of the letters of a document that says nothing."""

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(px|pt|em|rem|ex|ch|%|in|cm|mm|pc|q|vw|vh)?")
_UNITS = {
    "px": 1.0, "": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "pc": 16.0, "q": 0.945,
    "vw": 8.0, "vh": 6.0,
}  # fmt: skip
_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
    "xx-large": 32.0, "xxx-large": 48.0, "initial": 16.0,
}  # fmt: skip
_FONT_SIZE = re.compile(
    r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|em|rem|ex|%|in|cm|mm|pc)?|(?:xx?-)?small|medium|(?:xx?-)?large)"
    r"\s*(?:/|\s|$)"
)
_HEX = re.compile(r"#?([0-9a-f]{6})(?:[0-9a-f]{2})?$|#([0-9a-f]{3,4})$")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*(\d{0,3}\.?\d{0,9})%?)?\s*\)"
)
_NAMES = {
    "white": 0xFFFFFF, "black": 0, "red": 0xFF0000, "silver": 0xC0C0C0, "gray": 0x808080, "grey": 0x808080,
    "yellow": 0xFFFF00, "blue": 0x0000FF, "green": 0x008000, "snow": 0xFFFAFA, "ivory": 0xFFFFF0,
    "whitesmoke": 0xF5F5F5, "ghostwhite": 0xF8F8FF, "navy": 0x000080, "maroon": 0x800000,
}  # fmt: skip

TRANSPARENT = -1


def pixels(value: str, size: float = NORMAL_SIZE) -> float | None:
    """A length in pixels, ``em`` and ``%`` of ``size``; None for one that is not understood (``auto``)."""
    match = _LENGTH.match(value)
    if match is None:
        return None
    number, unit = float(match[1][:12]), match[2] or ""
    if unit == "em":
        return number * size
    if unit == "%":
        return number * size / 100
    if unit == "rem":
        return number * NORMAL_SIZE
    if unit in ("ex", "ch"):
        return number * size / 2
    return number * _UNITS[unit]


def font_size(value: str, parent: float) -> float:
    """The pixels that a ``font-size`` comes to inside letters of ``parent`` pixels."""
    named = _SIZES.get(value)
    if named is not None:
        return named
    if value == "smaller":
        return parent / 1.2
    if value == "larger":
        return parent * 1.2
    found = pixels(value, parent)
    return parent if found is None or found < 0 else found


def size_of_font(value: str) -> str:
    """The size inside a ``font`` shorthand, or empty."""
    match = _FONT_SIZE.search(value[:200])
    return match[1] if match else ""


@lru_cache(maxsize=512)
def colour(value: str) -> int | None:
    """0xRRGGBB, TRANSPARENT, or None for what is not understood."""
    value = value.strip().lower()[:60]
    match = _HEX.match(value)
    if match:
        if match[1]:
            return int(match[1], 16)
        return int("".join(digit * 2 for digit in match[2][:3]), 16)
    match = _RGB.match(value)
    if match:
        if match[4] is not None and float(match[4].strip(".") or "0") == 0:
            return TRANSPARENT
        return (min(255, int(match[1])) << 16) | (min(255, int(match[2])) << 8) | min(255, int(match[3]))
    if value == "transparent":
        return TRANSPARENT
    return _NAMES.get(value)


def is_same(one: int, other: int) -> bool:
    """Whether nobody could tell letters of one colour from a ground of the other."""
    return all(abs((one >> shift & 255) - (other >> shift & 255)) <= 3 for shift in (16, 8, 0))
