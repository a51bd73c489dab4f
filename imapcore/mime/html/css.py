"""What a style sheet or a ``style=`` says, as far as it decides what can be read.

A reader of mail, no browser: only the properties of ``_PROPERTIES`` are kept, and of selectors those made of
element names, classes and ids, one below another. A rule that needs more (attributes, siblings, states of the
mouse) is passed over, and so is what holds for paper, for narrow screens or for dark ones. Linear in the
sheet; the number of rules is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct, field

MAX_RULES = 3000
_MAX_STYLE = 4000
_MAX_RULES_A_NAME = 60
"""Rules that end in one class or name; a sheet made to cost time has more."""

_PROPERTIES = frozenset(
    ("display", "visibility", "opacity", "font-size", "font-weight", "font-style", "font", "color",
     "background", "background-color", "background-image", "text-decoration", "text-decoration-line",
     "white-space", "overflow", "overflow-x", "overflow-y", "height", "width", "max-height", "max-width",
     "margin", "margin-top", "margin-bottom", "padding", "padding-top", "padding-bottom", "border",
     "border-left", "list-style", "list-style-type", "text-indent", "position", "left", "top", "clip")
)  # fmt: skip
_DECLARATION = re.compile(
    r"([A-Za-z-]{3,30})\s*+:\s*+((?:[^;\"'(]|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|\([^)]*+(?:\)|\Z))++)"
)
_IMPORTANT = re.compile(r"!\s*important", re.IGNORECASE)
_COMMENT = re.compile(r"/\*[\s\S]*?(?:\*/|\Z)|<!--|-->")
_BRACE = re.compile(r"[{}]")
_STATEMENT = re.compile(r"@(?:import|charset|namespace)[^;{]*+;?", re.IGNORECASE)
_COMPOUND = re.compile(r"(\*|[A-Za-z][\w:\\-]*)?((?:[.#][\w-]+)*)")
_PART = re.compile(r"([.#])([\w-]+)")
_UNSEEN_MEDIA = re.compile(
    r"print|max-(?:device-)?width|max-width|prefers-color-scheme\s*:\s*dark|handheld|speech|orientation|\bnot\b"
    r"|-webkit-(?:min-)?device-pixel-ratio|yahoo",
    re.IGNORECASE,
)


class Declarations(Struct, frozen=True):
    """What is declared, by property; what is marked ``!important`` apart."""

    normal: Mapping[str, str] = MappingProxyType({})
    important: Mapping[str, str] = MappingProxyType({})


NOTHING = Declarations()


@lru_cache(maxsize=1024)
def declarations(style: str) -> Declarations:
    """The declarations of a ``style=`` or of a rule's body."""
    normal: dict[str, str] = {}
    important: dict[str, str] = {}
    for match in _DECLARATION.finditer(style[:_MAX_STYLE]):
        name = match[1].lower()
        if name not in _PROPERTIES:
            continue
        value = match[2].strip().lower()
        if "!" in value and _IMPORTANT.search(value):
            important[name] = _IMPORTANT.sub("", value).strip()
        else:
            normal[name] = value
    return Declarations(normal, important) if normal or important else NOTHING


class Compound(Struct, frozen=True):
    """One element of a selector: ``td.wide#first``."""

    tag: str
    classes: frozenset[str]
    id: str

    def fits(self, tag: str, classes: frozenset[str], identity: str) -> bool:
        """Whether an element is meant."""
        return (
            (not self.tag or self.tag == tag)
            and self.classes <= classes
            and (not self.id or self.id == identity)
        )


class Rule(Struct, frozen=True):
    """A selector and what it declares."""

    subject: Compound
    above: tuple[tuple[bool, Compound], ...]
    """Elements that must stand above it, innermost first; True: directly above."""
    weight: tuple[int, int, int, int]
    """Specificity (ids, classes, names), then the order of coming."""
    style: Declarations


class Sheet(Struct):
    """The rules of a document, found by what their subject must have."""

    by_name: dict[str, list[Rule]] = field(default_factory=dict)
    """Keys as in selectors: ``.class``, ``#id``, ``td``, ``*``."""
    count: int = 0

    def add(self, source: str) -> None:
        """Read a style sheet."""
        source = _STATEMENT.sub(" ", _COMMENT.sub(" ", source))
        for selectors, body in _rules(source):
            style = declarations(body)
            if style is NOTHING:
                continue
            for selector in selectors.split(",")[:200]:
                if self.count >= MAX_RULES:
                    return
                rule = _rule(selector.strip(), style, self.count)
                if rule is not None:
                    self._file(rule)

    def _file(self, rule: Rule) -> None:
        subject = rule.subject
        if subject.id:
            key = "#" + subject.id
        elif subject.classes:
            key = "." + min(subject.classes)
        else:
            key = subject.tag or "*"
        rules = self.by_name.setdefault(key, [])
        if len(rules) < _MAX_RULES_A_NAME:
            rules.append(rule)
            self.count += 1

    def candidates(self, tag: str, classes: frozenset[str], identity: str) -> list[Rule]:
        """Rules whose subject is this element, the weakest first; what stands above is for the caller."""
        by_name = self.by_name
        if not by_name:
            return []
        found = [*by_name.get(tag, ()), *by_name.get("*", ())]
        for name in classes:
            found += by_name.get("." + name, ())
        if identity:
            found += by_name.get("#" + identity, ())
        if not found:
            return found
        fitting = [rule for rule in found if rule.subject.fits(tag, classes, identity)]
        fitting.sort(key=lambda rule: rule.weight)
        return fitting


def _rules(source: str) -> Iterator[tuple[str, str]]:
    """Selectors and bodies of what holds for a screen; blocks inside blocks are followed two deep."""
    start = skipping = depth = 0
    head: str | None = None
    for match in _BRACE.finditer(source):
        place = match.start()
        if match[0] == "{":
            words = source[start:place].rpartition(";")[2].strip()
            if words.startswith("@"):
                depth += 1
                name = words[1:7].lower()
                is_seen = name.startswith(("media", "suppor", "layer"))
                is_seen = is_seen and _UNSEEN_MEDIA.search(words[:400]) is None
                if not is_seen and not skipping:
                    skipping = depth
            else:
                head = words
        elif head is not None:
            if not skipping:
                yield head, source[start:place]
            head = None
        else:
            depth = max(0, depth - 1)
            if depth < skipping:
                skipping = 0
        start = place + 1
    if head is not None and not skipping:
        yield head, source[start:]


def _rule(selector: str, style: Declarations, order: int) -> Rule | None:
    if not selector or len(selector) > 300 or any(mark in selector for mark in "[]+~:()@\\"):
        return None
    compounds: list[tuple[bool, Compound]] = []
    is_direct = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            is_direct = True
            continue
        compound = _compound(word)
        if compound is None:
            return None
        compounds.append((is_direct, compound))
        is_direct = False
    if not compounds or is_direct:
        return None
    ids = sum(bool(compound.id) for _, compound in compounds)
    classes = sum(len(compound.classes) for _, compound in compounds)
    names = sum(bool(compound.tag) for _, compound in compounds)
    subject = compounds[-1][1]
    # A mark says how a compound follows the one before it; seen from below it belongs to the one above.
    above = tuple(
        (compounds[place + 1][0], compounds[place][1]) for place in range(len(compounds) - 2, -1, -1)
    )
    return Rule(subject, above, (ids, classes, names, order), style)


def _compound(word: str) -> Compound | None:
    match = _COMPOUND.fullmatch(word)
    if match is None:
        return None
    parts = _PART.findall(match[2])
    classes = frozenset(name for mark, name in parts if mark == ".")
    ids = [name for mark, name in parts if mark == "#"]
    tag = (match[1] or "").lower()
    return Compound("" if tag == "*" else tag, classes, ids[0] if ids else "")
