"""A query read into its tokens: the one reader of Gmail's search language.

What lives here: where a word, an operator's value, a phrase or a bracket begins and ends (pure). Completion,
advice and the search of the store all start from these tokens, so that ``subject:a"b c"`` is the same for
all: the word ``a`` in the subject, and the phrase ``b c`` anywhere. What may not: which operators there are
(``operators``), what a query means as a whole (``query``).

A token is ``[-][operator:]`` and then a phrase in quotation marks (one that is not closed goes to the end), a
word without spaces, quotation marks or brackets, or an opening bracket. A closing bracket is a token of its
own. A web address or a time of day has a colon and no operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_TOKEN = re.compile(
    r"""
    (?P<minus>-?)
    (?:(?P<operator>[A-Za-z_][A-Za-z0-9_]*):(?!//))?
    (?:"(?P<phrase>[^"]*)"? | (?P<word>[^\s(){}"]+) | (?P<opening>[({]) | (?(operator)|(?!)))
    | (?P<closing>[)}])
    """,
    re.VERBOSE,
)


class Token(Struct, frozen=True):
    """One word, phrase or bracket of a query, with its place in it."""

    start: int
    end: int
    text: str
    operator: str = ""
    """Lower case, without its colon; empty for a plain word."""
    value: str = ""
    """What follows the colon, without quotation marks; a plain word's text."""
    is_negated: bool = False
    is_quoted: bool = False
    bracket: str = ""
    """The bracket this token is, or opens with its operator before it; empty for words and phrases."""


def read_tokens(query: str) -> Iterator[Token]:
    """Words, phrases and brackets in their order; spaces are passed over."""
    for found in _TOKEN.finditer(query):
        opening, closing, phrase = found["opening"], found["closing"], found["phrase"]
        yield Token(
            found.start(),
            found.end(),
            found.group(),
            (found["operator"] or "").lower(),
            phrase if phrase is not None else found["word"] or "",
            bool(found["minus"]),
            phrase is not None,
            opening or closing or "",
        )


def read_words(query: str) -> Iterator[Token]:
    """The words and phrases of a query; of a bracket with an operator before it, the operator."""
    for token in read_tokens(query):
        if not token.bracket:
            yield token
        elif token.operator:
            yield Token(
                token.start, token.end - 1, token.text[:-1], token.operator, is_negated=token.is_negated
            )


def word_at(query: str, cursor: int) -> Token | None:
    """The word that ends at the cursor, read as if the query ended there; None after a space or bracket."""
    words = tuple(read_words(query[:cursor]))
    return words[-1] if words and words[-1].end == cursor else None
