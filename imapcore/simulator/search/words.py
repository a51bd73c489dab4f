"""How web search sees text: folded, cut into words, reduced to stems.

Case and diacritics do not count, words are whole, scripts written without spaces are searched character by
character. Pure; the results are strings with a space around every word, so that looking for a phrase is
looking for a substring.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ASCII_WORD = re.compile(r"[a-z0-9_]+")
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts written without blanks: Thai, Lao, Burmese, Khmer, kana, Han."""
_WORD = re.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED})\w)+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "’": "'"}
)
_VOWEL = re.compile(r"[aeiouy]")


def fold(text: str) -> str:
    """Text without case and diacritics."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def split(text: str) -> list[str]:
    """Its words, folded."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return _WORD.findall(folded)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """An English word without its commonest endings: ``meeting`` and ``meetings`` are one."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) > 2 and _VOWEL.search(rest):
            if rest[-1] == rest[-2] and rest[-1] not in "lsz":
                rest = rest[:-1]
            return rest
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def join(words: list[str]) -> str:
    """Words as a searchable string."""
    return f" {' '.join(words)} "


@lru_cache(maxsize=8192)
def exact(text: str) -> str:
    """The searchable string of a text's words."""
    return join(split(text))


@lru_cache(maxsize=8192)
def stemmed(text: str) -> str:
    """The searchable string of a text's stems."""
    return join([stem(word) for word in split(text)])
