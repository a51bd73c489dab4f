r"""X-GM-RAW: does a message match a query in Gmail's language?

``compile_query`` turns the tree of ``query_parse`` into one function, cheap conditions first and bodies only
when nothing else decides. Words are compared as ``query_words`` has them. The scope is the caller's:
only messages of the selected mailbox are ever asked about, as on Gmail.
"""

from __future__ import annotations

from collections.abc import Callable

from imapcore.simulator.search.fields import (
    EVERYTHING,
    TEXTS,
    VALUES,
    Context,
    Rated,
    Searchable,
    Test,
    Text,
    label_key,
)
from imapcore.simulator.search.parser import And, Field, Near, Node, Not, Or, Phrase, Word, parse_query
from imapcore.simulator.search.words import exact, join, split, stem, stemmed

__all__ = ["Context", "Searchable", "Test", "compile_query", "label_key"]


def compile_query(query: str, context: Context) -> Test:
    """A query as a function of a message; never raises, an empty query matches everything."""
    return _compile(parse_query(query), _anywhere, 3, context)[1]


# -- the tree ----------------------------------------------------------------------------------------


def _compile(node: Node, text: Text, cost: int, context: Context) -> Rated:
    """A node as a condition; ``text`` is where its words are looked for."""
    if isinstance(node, And):
        return _all([_compile(term, text, cost, context) for term in node.terms])
    if isinstance(node, Or):
        return _any([_compile(term, text, cost, context) for term in node.terms])
    if isinstance(node, Not):
        if context.ignores_negated_lists and _is_list(node.term):
            return EVERYTHING
        rated = _compile(node.term, text, cost, context)
        if rated is EVERYTHING:
            return rated
        price, test = rated
        return price, lambda message: not test(message)
    if isinstance(node, Near):
        return cost, _near(node, text)
    if isinstance(node, Field):
        return _field(node, context)
    if isinstance(node, Phrase) or node.is_exact:
        return _contains(join(split(node.text)), text, exact, cost)
    return _contains(join([stem(word) for word in split(node.text)]), text, stemmed, cost)


def _is_list(node: Node) -> bool:
    return isinstance(node, Field) and isinstance(node.value, And) and len(node.value.terms) > 1


def _all(rated: list[Rated]) -> Rated:
    rated = [item for item in rated if item is not EVERYTHING]
    if not rated:
        return EVERYTHING
    tests = [test for _, test in sorted(rated, key=_price)]
    if len(tests) == 1:
        return rated[0]
    return max(map(_price, rated)), lambda message: all(test(message) for test in tests)


def _any(rated: list[Rated]) -> Rated:
    tests = [test for _, test in sorted(rated, key=_price)]
    return max(map(_price, rated)), lambda message: any(test(message) for test in tests)


def _price(rated: Rated) -> int:
    return rated[0]


# -- words -------------------------------------------------------------------------------------------


def _anywhere(message: Searchable) -> tuple[str, ...]:
    """Subject and people; the body is added by ``_contains`` and ``_near`` when these do not decide."""
    source = message.source
    return (source.subject, source.sender, source.to, source.cc)


def _body(message: Searchable) -> tuple[str, ...]:
    mail = message.source.mail()
    return (mail.text(), *(file.filename for file in mail.files()))


def _contains(needle: str, text: Text, look: Callable[[str], str], cost: int) -> Rated:
    """Whether a phrase stands in a text as ``look`` has it; most texts are ruled out by a mere substring."""
    longest = max(needle.split(), key=len, default="")
    if not longest:
        return EVERYTHING
    # A stem differs from its word by its last letter at most (``city``, ``cities``).
    probe = longest[:-1] if look is stemmed and len(longest) > 2 else longest

    def is_in(piece: str) -> bool:
        return (not piece.isascii() or probe in piece.lower()) and needle in look(piece)

    def test(message: Searchable) -> bool:
        if any(is_in(piece) for piece in text(message)):
            return True
        return text is _anywhere and any(needle in look(piece) for piece in _body(message))

    return cost, test


def _near(node: Near, text: Text) -> Test:
    left, right = split(node.left.text), split(node.right.text)

    def test(message: Searchable) -> bool:
        pieces = text(message) + (_body(message) if text is _anywhere else ())
        return any(_is_near(split(piece), left, right, node.distance) for piece in pieces)

    return test


def _is_near(words: list[str], left: list[str], right: list[str], distance: int) -> bool:
    """Whether at most ``distance`` words stand between the two, whichever comes first."""
    return any(
        0 <= (b - a - len(left) if a < b else a - b - len(right)) <= distance
        for a in _places(words, left)
        for b in _places(words, right)
        if a != b
    )


def _places(words: list[str], phrase: list[str]) -> list[int]:
    """Where a phrase stands, by stems; bounded, a body may repeat a word for ever."""
    stems = [stem(word) for word in phrase]
    have = [stem(word) for word in words]
    size = len(stems)
    return [i for i in range(len(have) - size + 1) if have[i : i + size] == stems][:200] if size else []


def _field(node: Field, context: Context) -> Rated:
    operator, value = node.operator, node.value
    if operator in TEXTS:
        text, cost = TEXTS[operator]
        if operator in ("from", "to", "cc", "bcc", "deliveredto"):
            value = _with_owner(value, context.owner)
        return _compile(value, text, cost, context)
    if isinstance(value, And | Or):
        rated = [_field(Field(operator, term), context) for term in value.terms]
        return _any(rated) if isinstance(value, Or) else _all(rated)
    if isinstance(value, Not):
        price, test = _field(Field(operator, value.term), context)
        return price, lambda message: not test(message)
    if isinstance(value, Word | Phrase):
        return VALUES[operator](value.text.strip(), context)
    return EVERYTHING


def _with_owner(node: Node, owner: str) -> Node:
    """``me`` is the account's address."""
    if isinstance(node, Word) and node.text.lower() == "me" and owner:
        return Phrase(owner)
    if isinstance(node, And | Or):
        return type(node)(tuple(_with_owner(term, owner) for term in node.terms))
    return Not(_with_owner(node.term, owner)) if isinstance(node, Not) else node
