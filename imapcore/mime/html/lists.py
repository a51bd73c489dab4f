"""The marks before list items: bullets, numbers, letters, Roman numerals (CSS Counter Styles §6)."""

from __future__ import annotations

from msgspec import Struct

BULLET = "•"

_STYLES = {
    "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman", "1": "decimal",
    "lower-latin": "lower-alpha", "upper-latin": "upper-alpha",
}  # fmt: skip
_ORDERED = frozenset(
    (
        "decimal",
        "decimal-leading-zero",
        "lower-alpha",
        "upper-alpha",
        "lower-roman",
        "upper-roman",
        "lower-greek",
    )
)
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10,
    "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"


class ListFrame(Struct):
    """An open list."""

    is_ordered: bool
    number: int = 1
    """The number of the next item."""
    step: int = 1

    def take(self, value: str | None) -> int:
        """The number of an item; ``value`` is what the item itself asks for."""
        if value is not None:
            self.number = whole_number(value, self.number)
        number = self.number
        self.number += self.step
        return number


def whole_number(text: str | None, otherwise: int) -> int:
    """A number as HTML writes it, within what a list can need."""
    digits = (text or "").strip()[:9]
    try:
        return int(digits)
    except ValueError:
        return otherwise


def marker(kind: str, number: int, *, is_ordered: bool) -> str:
    """The mark of an item; ``kind`` is a ``type`` or a ``list-style-type``; empty where none is shown."""
    words = kind.split()
    name = next((_STYLES.get(word, word) for word in words if _STYLES.get(word, word) in _ORDERED), "")
    if not name:
        if "none" in words:
            return ""
        if not is_ordered or any(word in ("disc", "circle", "square") for word in words):
            return BULLET
        name = "decimal"
    return _written(name, number) + "."


def _written(name: str, number: int) -> str:
    if name == "decimal-leading-zero":
        return f"{number:02}"
    if name.endswith("alpha") and number > 0:
        letters = _letters(number, "abcdefghijklmnopqrstuvwxyz")
        return letters.upper() if name.startswith("upper") else letters
    if name == "lower-greek" and number > 0:
        return _letters(number, _GREEK)
    if name.endswith("roman") and 0 < number < 4000:
        letters = _roman(number)
        return letters.upper() if name.startswith("upper") else letters
    return str(number)


def _letters(number: int, alphabet: str) -> str:
    found = ""
    while number > 0:
        number, rest = divmod(number - 1, len(alphabet))
        found = alphabet[rest] + found
    return found


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        found += letters * count
    return found
