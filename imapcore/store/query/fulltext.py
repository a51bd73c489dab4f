"""The words of messages: what the full-text index is given, and how a search asks it.

What lives here: the text of the index's three columns and queries over them (FTS5). What may not: Gmail's
query language (``imapcore.gmail.query``).

The index is contentless: to take a message out, it must be given the very words that were put in. East
Asian writing has no spaces, so each of its characters stands as a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from imapcore.model import Address
from imapcore.store.sqlite.connection import Transaction

Words = tuple[int, str, str, str]
"""(msgid, subject, people, snippet) as they are indexed."""

_WORD = re.compile(r"\w+")


@cache
def _ideographs() -> re.Pattern[str]:
    # Late: the ranges take two milliseconds to compile, and no first frame waits for a word to be indexed.
    return re.compile(
        "([\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])"
    )


def spaced(text: str) -> str:
    """Text with its ideographs and kana set apart, so that each is a word to the index."""
    return text if text.isascii() else _ideographs().sub(r" \1 ", text)


def people_words(addresses: Iterable[Address]) -> str:
    """Names and addresses as one text."""
    return " ".join(f"{address.name} {address.email}" for address in addresses)


def words_of(msgid: int, subject: str, people: Iterable[Address], snippet: str | None) -> Words:
    """What the index holds of a message."""
    return (msgid, spaced(subject), spaced(people_words(people)), spaced(snippet or ""))


def put_words(tx: Transaction, rows: Sequence[Words]) -> None:
    """Index messages that are not indexed yet."""
    tx.put("INSERT INTO words (rowid, subject, people, snippet)", rows)


def drop_words(tx: Transaction, rows: Sequence[Words]) -> None:
    """Take messages out of the index, given exactly what was put in."""
    tx.put("INSERT INTO words (words, rowid, subject, people, snippet)", [("delete", *row) for row in rows])


def match_words(text: str, column: str = "", *, is_exact: bool = False) -> str:
    """An FTS5 expression for "has every word of ``text``"; "" for no words.

    The last letters of a word may be missing, unless ``is_exact`` or a ``+`` before them asks for the word as
    it is.
    """
    words = _WORD.findall(spaced(text))
    prefix = f"{column} : " if column else ""
    more = "" if is_exact or text.startswith("+") else " *"
    return " AND ".join(f'{prefix}"{word}"{more}' for word in words)


def _folded_words(text: str) -> list[str]:
    """The words of a text as the index sees them: without case and diacritics."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", spaced(text)) if not unicodedata.combining(c))
    return _WORD.findall(text.casefold())


def is_near(text: str, left: str, right: str, distance: int, *, is_ordered: bool) -> bool:
    """Whether at most ``distance`` words stand between ``left`` and ``right``, words or phrases; the last
    letters of a word may be missing. The index keeps no positions, so this looks at the text.
    """
    words = _folded_words(text)
    one, other = _places(words, _folded_words(left)), _places(words, _folded_words(right))
    return any(
        0 <= begins - ended <= distance or (not is_ordered and 0 <= began - ends <= distance)
        for began, ended in one
        for begins, ends in other
    )


def has_phrase(text: str, phrase: str) -> bool:
    """Whether the words of ``phrase`` stand in a text, one after the other and whole."""
    words, sought = _folded_words(text), _folded_words(phrase)
    return any(words[start : start + len(sought)] == sought for start in range(len(words)))


def _places(words: Sequence[str], phrase: Sequence[str]) -> list[tuple[int, int]]:
    """Where a phrase begins and ends among words."""
    length = len(phrase)
    return [
        (start, start + length)
        for start in range(len(words) - length + 1)
        if all(words[start + at].startswith(each) for at, each in enumerate(phrase))
    ]
