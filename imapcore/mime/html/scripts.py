"""Raised and lowered letters, which a terminal cannot draw, in letters that mean the same."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISABLE = re.compile(r"[0-9+\-−=()ni]{1,12}$")
_LOWERABLE = re.compile(r"[0-9+\-−=()]{1,12}$")
# Ordinals, marks of trade and footnote signs read well on the line: 1st, Mme, 2o, ®.
_LEVEL = re.compile(
    r"(?:st|nd|rd|th|er|re|e|me|ème|ère|nde?|o|a|os|as|ª|º|lle|mo|tm|sm|™|®|©|℠|\*{1,3}|[†‡§¶°'’])$", re.I
)


def raised(text: str, before: str) -> str:
    """What stands for ``<sup>``; ``before`` is the character in front of it."""
    words = text.strip()
    if not words or _LEVEL.match(words) or not before.strip():
        return text
    if _RAISABLE.match(words) and (words.isascii() or "−" in words):
        return words.translate(_RAISED)
    if len(words) > 40 or words.startswith("[") or not words[0].isalnum():
        return text
    return f"^{words}" if words.isalnum() else f"^({words})"


def lowered(text: str, before: str) -> str:
    """What stands for ``<sub>``."""
    words = text.strip()
    if not words or not before.strip():
        return text
    if _LOWERABLE.match(words):
        return words.translate(_LOWERED)
    if len(words) > 40 or not words[0].isalnum():
        return text
    return f"_{words}" if words.isalnum() else f"_({words})"
