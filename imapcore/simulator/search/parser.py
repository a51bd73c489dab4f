"""Gmail's search language → a tree (support page "Refine searches in Gmail").

Nothing is ever refused: what the web search would ignore is ignored here, what it cannot read as an
operator is a word. Juxtaposition is AND, ``OR`` binds its two neighbours, ``{ }`` is OR of all inside,
``-`` negates, ``"…"`` is a phrase, ``+`` asks for the word exactly, ``AROUND n`` for words near each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_DEPTH = 50
"""Nesting of groups that is followed; deeper brackets are passed over."""
MAX_TERMS = 2000

OPERATORS = frozenset(
    (
        "from", "to", "cc", "bcc", "subject", "label", "category", "has", "list", "filename", "in", "is",
        "deliveredto", "rfc822msgid", "size", "larger", "smaller", "after", "before", "older", "newer",
        "older_than", "newer_than",
    )
)  # fmt: skip
"""Every operator; ``name:value`` with any other name is a phrase."""

_TOKEN = re.compile(
    r'\s+|(?P<mark>[-+](?=[^\s)}]))|(?P<bracket>[(){}])|"(?P<quoted>[^"]*)"?'
    r'|(?P<operator>[A-Za-z0-9_]+):|(?P<word>[^\s(){}"]+)'
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several when it is cut by punctuation; exact when asked for by ``+``."""

    text: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order and form."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Two terms at most so many words apart, in either order."""

    left: Word | Phrase
    right: Word | Phrase
    distance: int


@dataclass(frozen=True, slots=True)
class Field:
    """An operator and what it is asked."""

    operator: str
    value: Node


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a term."""

    term: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them; none of them is everything."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    terms: tuple[Node, ...]


Node = Word | Phrase | Near | Field | Not | And | Or


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    is_tight: bool
    """Whether no blank stood before it."""


def parse_query(text: str) -> Node:
    """A query's tree; never raises."""
    return _Parser(_tokenize(text)).parse()


def _tokenize(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    is_tight = False
    position = 0
    while position < len(text) and len(tokens) < MAX_TERMS * 2:
        after_operator = is_tight and bool(tokens) and tokens[-1].kind == "operator"
        # A value may hold colons and begin with a minus: ``rfc822msgid:<a-b@c:d>``, ``label:-x``.
        match = _VALUE.match(text, position) if after_operator else None
        if match is None:
            match = _TOKEN.match(text, position)
        if match is None:
            position += 1
            continue
        position = match.end()
        kind = match.lastgroup
        if kind is None:
            is_tight = False
            continue
        tokens.append(_Token(kind, match[kind], is_tight))
        is_tight = True
    return tokens


_VALUE = re.compile(r'(?P<word>[^\s(){}"]+)')


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    def parse(self) -> Node:
        terms: list[Node] = []
        while self.position < len(self.tokens):
            terms += _flat(self.sequence(""))
            self.position += 1  # a closing bracket that closes nothing
        return _and(terms)

    def sequence(self, closing: str) -> Node:
        """Terms up to the closing bracket, which is left to the caller."""
        terms: list[Node] = []
        is_or = False
        while (token := self.peek()) is not None:
            if token.kind == "bracket" and token.text in ")}":
                if not closing or token.text == closing:
                    break
                self.position += 1
                continue
            if token.kind == "word" and token.text in ("OR", "|"):
                self.position += 1
                is_or = bool(terms)
                continue
            if token.kind == "word" and token.text == "AND":
                self.position += 1
                continue
            if token.kind == "word" and token.text == "AROUND" and terms and self.around(terms):
                continue
            term = self.term()
            if term is None:
                continue
            if is_or:
                terms[-1] = _or([terms[-1], term])
                is_or = False
            else:
                terms.append(term)
        return _or(terms) if closing == "}" and len(terms) > 1 else _and(terms)

    def around(self, terms: list[Node]) -> bool:
        """``left AROUND n right``; n is 5 when left out. False when it is nothing of the kind."""
        start = self.position
        self.position += 1
        token = self.peek()
        distance = 5
        if token is not None and token.kind == "word" and token.text.isdecimal() and len(token.text) < 6:
            distance = int(token.text)
            self.position += 1
        left = terms[-1]
        right = self.term() if self.peek() is not None else None
        if isinstance(left, Word | Phrase) and isinstance(right, Word | Phrase):
            terms[-1] = Near(left, right, distance)
            return True
        self.position = start
        return False

    def term(self) -> Node | None:
        token = self.tokens[self.position]
        self.position += 1
        if token.kind == "mark":
            if token.text == "+":
                following = self.peek()
                if following is not None and following.kind == "word":
                    self.position += 1
                    return Word(following.text, is_exact=True)
                return None
            is_negated = True
            while (
                (following := self.peek()) is not None and following.kind == "mark" and following.text == "-"
            ):
                is_negated = not is_negated
                self.position += 1
            term = self.term() if self.peek() is not None else None
            return Not(term) if term is not None and is_negated else term
        if token.kind == "bracket":
            return self.group(token.text) if token.text in "({" else None
        if token.kind == "quoted":
            return Phrase(token.text) if token.text.strip() else None
        if token.kind == "operator":
            return self.field(token.text)
        return Word(token.text)

    def group(self, opening: str) -> Node | None:
        closing = ")" if opening == "(" else "}"
        if self.depth >= MAX_DEPTH:
            return None
        self.depth += 1
        inside = self.sequence(closing)
        self.depth -= 1
        if self.peek() is not None:
            self.position += 1
        return None if isinstance(inside, And) and not inside.terms else inside

    def field(self, name: str) -> Node | None:
        operator = name.lower()
        following = self.peek()
        has_value = following is not None and following.is_tight
        if operator not in OPERATORS:
            if has_value and following is not None and following.kind in ("word", "quoted"):
                self.position += 1
                return Phrase(f"{name} {following.text}")
            return Word(name)
        if not has_value or following is None:
            return None
        if following.kind == "bracket" and following.text in ")}":
            return None
        value = self.term()
        return None if value is None else Field(operator, value)

    def peek(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None


def _flat(node: Node) -> tuple[Node, ...]:
    return node.terms if isinstance(node, And) else (node,)


def _and(terms: list[Node]) -> Node:
    return terms[0] if len(terms) == 1 else And(tuple(terms))


def _or(terms: list[Node]) -> Node:
    flat: list[Node] = []
    for term in terms:
        flat += term.terms if isinstance(term, Or) else (term,)
    return Or(tuple(flat))
