"""A document's source, made safe to build a tree of: cost bounded, nothing that cannot be shown.

The tree of an HTML document is built by the rules of the HTML standard (§13.2.6), and those are not linear.
Many a tag asks "is there an open ``p``?" and walks up all open elements to find out; every paragraph
opens anew whatever ``<b>`` or ``<font>`` the last one left open; an attribute is compared with all before it.
In a page that costs nothing. A mail of one megabyte that opens 200,000 elements and closes none takes
minutes, inside a library that cannot be interrupted.

So the tags are counted first, by one pattern that parts a source as the standard's tokenizer does (§13.2.5).
``_Depth`` follows the stack of open elements, erring only towards *more*: what is not surely closed counts as
open. Within the bounds, which real mail never meets, the source goes on untouched. Beyond them tags are left
out, never words.

Gone before that: pictures that stand in the source itself (``data:``), which may be megabytes, and the
elements whose content is no text of the mail and whose own grammar the pattern does not know.
"""

from __future__ import annotations

import re
from collections import defaultdict

MAX_DEPTH = 256
"""Open elements; the deepest newsletter seen had 90."""
MAX_FORMATTING = 48
"""Open elements that every following paragraph opens anew."""
_MAX_ATTRIBUTES = 200
_FREE_REOPENINGS = 200_000
_REOPENINGS_PER_TAG = 16

_DATA = re.compile(r"data:[\w.+/-]{0,80}(?:;[\w=.+-]{1,40}){0,4},[^\"'<>]{200,}", re.IGNORECASE)
_OPAQUE = "script|svg|math|template|title|xmp|iframe|noembed|noframes"
_OPAQUE_TAG = re.compile(
    rf"<!--(?:-?>|[\s\S]*?(?:--!?>|\Z))|<(?P<name>{_OPAQUE})(?=[\s/>])[^>]*>?", re.IGNORECASE
)
_OPAQUE_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE) for name in _OPAQUE.split("|")}
_PLAINTEXT = re.compile(r"<(?=plaintext[\s/>])", re.IGNORECASE)
# Separators and attributes as the tokenizer reads them; possessive, so that nothing is ever read twice.
_ATTRIBUTES = (
    r"(?:[\s/]++|[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+)"
    rf"{{0,{_MAX_ATTRIBUTES * 2}}}+"
)
_TOKEN = re.compile(
    r"<(?:!--(?:-?>|[\s\S]*?(?:--!?>|\Z))|[!?][^>]*+(?:>|\Z)|/(?![a-z])[^>]*+(?:>|\Z)"
    rf"|(?:style|textarea)(?=[\s/>]){_ATTRIBUTES}(?:>[\s\S]*?(?:</(?:style|textarea)(?=[\s/>])|\Z)|\Z)"
    rf"|(/)?([a-z][^\s/>]*+){_ATTRIBUTES}(>|\Z|)(?(1)|(?:[^<]*+(</\2\s*+>))?+))",
    re.IGNORECASE,
)
"""A comment, a declaration, an element of raw text, or a tag: its slash, its name, its end (empty: too long).

Last comes the end tag of an element that holds only words, which opens and closes at once: half of all tags.
"""

_VOID = frozenset(
    ("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input",
     "keygen", "link", "meta", "param", "source", "track", "wbr")
)  # fmt: skip
_UNCOUNTED = _VOID | {"html", "head", "body", "tbody", "thead", "tfoot", "tr", "colgroup"}
_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PLAIN_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "listing", "main", "menu",
    "nav", "ol", "p", "pre", "search", "section", "summary", "ul", *_HEADINGS)
)  # fmt: skip
_ITEMS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt")}
_SPECIAL = _PLAIN_BLOCKS | {"li", "dd", "dt", "button"}
_CELLS = frozenset(("td", "th", "caption"))
_WALLS = _CELLS | {"table", "select", "object", "applet", "marquee", "button"}
"""Elements that an end tag from inside does not reach beyond."""
_ROWS = frozenset(("tr", "tbody", "thead", "tfoot", "colgroup"))


def bounded(source: str) -> str:
    """The source, ready for the parser; linear in its length whatever it is."""
    if "data:" in source or "DATA:" in source:
        source = _DATA.sub("data:,", source)
    if _OPAQUE_TAG.search(source) is not None:
        source = _without_opaque(source)
    source = _PLAINTEXT.sub("<x-", source)
    depth = _Depth()
    depth.follow(_TOKEN.findall(source))
    if not depth.excess and not depth.is_reopening_too_much:
        return source
    return _thinned(source, depth)


def _without_opaque(source: str) -> str:
    """Without scripts, drawings and their like; one that never ends takes the rest with it."""
    kept: list[str] = []
    position = start = 0
    while True:
        opening = _OPAQUE_TAG.search(source, start)
        if opening is None:
            kept.append(source[position:])
            break
        start = opening.end()
        name = (opening["name"] or "").lower()
        if not name:
            # What a comment holds is no element.
            continue
        kept.append(source[position : opening.start()])
        position = start
        # A drawing may be closed in its own tag, as XML has it.
        if opening[0].endswith("/>") and name in ("svg", "math"):
            continue
        ending = _OPAQUE_ENDS[name].search(source, start)
        if ending is None:
            break
        position = start = ending.end()
    return "".join(kept)


def _thinned(source: str, depth: _Depth) -> str:
    """The source without the tags that went beyond a bound; a block becomes a line break."""
    number = -1

    def replace(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        name = (match[2] or "").lower()
        if number in depth.excess:
            return "<br>" if name in _SPECIAL else " "
        if depth.is_reopening_too_much and name in _FORMATTING:
            return match[0].partition(">")[2].rpartition("<")[0] if match[4] else ""
        return match[0]

    return _TOKEN.sub(replace, source)


class _Depth:
    """The stack of open elements, as the standard's tree construction keeps it or longer."""

    def __init__(self) -> None:
        self.excess: set[int] = set()
        """Numbers of the tokens that go beyond a bound."""
        self._number = -1
        self._stack: list[str] = []
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._walls: list[int] = [0]
        """Where on the stack the reach of an end tag stops, innermost last."""
        self._formatting: list[list[str]] = [[]]
        """Formatting elements to be opened anew, within each wall."""
        self._reopened = 0

    @property
    def is_reopening_too_much(self) -> bool:
        """Whether formatting elements left open would multiply the tree."""
        return self._reopened > _FREE_REOPENINGS + _REOPENINGS_PER_TAG * self._number

    def follow(self, tokens: list[tuple[str, str, str, str]]) -> None:
        """Take the tokens of a whole source, as ``_TOKEN`` finds them; all empty for what is no tag."""
        # The two commonest cases stand here, since this loop is run for every tag of every mail.
        stack, counts, formatting = self._stack, self._counts, _FORMATTING
        for number, (slash, name, end, is_at_once) in enumerate(tokens):
            if is_at_once or not name:
                continue
            name = name.lower()
            self._number = number
            if not end:
                self.excess.add(number)
            elif not slash:
                if name not in _UNCOUNTED:
                    self._open(name)
                elif name in _ROWS and counts["table"]:
                    self._cut(self._last("table") + 1)
            elif stack and stack[-1] == name and name not in _WALLS:
                stack.pop()
                counts[name] -= 1
                if name in formatting:
                    self._end_formatting(name)
            else:
                self._close(name)

    def _open(self, name: str) -> None:
        stack, counts = self._stack, self._counts
        if name in _CELLS:
            if not counts["table"]:
                return
            self._cut(self._last("table") + 1)
        elif name in _SPECIAL:
            if name in _ITEMS:
                self._end_item(_ITEMS[name])
            if counts["p"]:
                self._cut_at("p")
            if name in _HEADINGS and stack and stack[-1] in _HEADINGS:
                self._cut(len(stack) - 1)
        elif name == "option" and stack and stack[-1] == "option":
            self._cut(len(stack) - 1)
        formatting = self._formatting[-1]
        if name in _FORMATTING:
            if name == "a" and "a" in formatting:
                self._end_formatting("a")
                self._cut_at("a")
            if len(formatting) >= MAX_FORMATTING:
                self.excess.add(self._number)
                return
            formatting.append(name)
        elif formatting:
            self._reopened += len(formatting)
        if len(stack) >= MAX_DEPTH:
            self.excess.add(self._number)
            return
        stack.append(name)
        counts[name] += 1
        if name in _WALLS:
            self._walls.append(len(stack))
            self._formatting.append([])

    def _close(self, name: str) -> None:
        stack = self._stack
        if name in _ROWS:
            if self._counts["table"] and not self._counts["caption"]:
                self._cut(self._last("table") + 1)
        elif not self._counts[name]:
            if name in _FORMATTING:
                self._end_formatting(name)
        elif name == "table":
            self._cut(self._last("table"))
        elif name in _WALLS:
            place = self._last(name)
            if name in _CELLS and place < self._last("table"):
                return
            # Of walls that are no cells only the innermost can be closed for sure.
            if name in _CELLS or place == self._walls[-1] - 1:
                self._cut(place)
        elif name in _FORMATTING:
            self._end_formatting(name)
            floor = self._walls[-1]
            if name in stack[floor:]:
                place = self._last(name)
                self._counts[name] -= 1
                del stack[place]
        elif name in _SPECIAL:
            self._cut_at(name)
        else:
            for place in range(len(stack) - 1, self._walls[-1] - 1, -1):
                if stack[place] == name:
                    self._cut(place)
                    return
                if stack[place] in _SPECIAL:
                    return

    def _end_item(self, names: tuple[str, ...]) -> None:
        if not any(self._counts[name] for name in names):
            return
        for place in range(len(self._stack) - 1, self._walls[-1] - 1, -1):
            name = self._stack[place]
            if name in names:
                self._cut(place)
                return
            if name in _SPECIAL and name not in ("address", "div", "p"):
                return

    def _end_formatting(self, name: str) -> None:
        formatting = self._formatting[-1]
        if formatting and formatting[-1] == name:
            formatting.pop()
        elif name in formatting:
            formatting.remove(name)

    def _cut_at(self, name: str) -> None:
        """Close the innermost element of this name, unless a wall stands between."""
        place = self._last(name)
        if place >= self._walls[-1]:
            self._cut(place)

    def _cut(self, size: int) -> None:
        stack = self._stack
        while len(stack) > size:
            self._counts[stack.pop()] -= 1
        while self._walls[-1] > size:
            self._walls.pop()
            self._formatting.pop()

    def _last(self, name: str) -> int:
        """The place of the innermost element of this name; -1 if there is none."""
        stack = self._stack
        for place in range(len(stack) - 1, -1, -1):
            if stack[place] == name:
                return place
        return -1
