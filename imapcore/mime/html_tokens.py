"""HTML → a flat stream of tags and text, in one pass over the octets whatever they are.

A reader of mail, no browser: it never looks back, so that a hostile document costs no more than a long
one. Comments, declarations, scripts, styles and titles are passed over; attributes are read only where
somebody asks.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MAX_TAG = 16_384
"""Characters of one tag; what is longer is a trick, and is passed over."""

_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:_-]{0,40})")
_ATTRIBUTE = re.compile(
    r"([^\s=>\"'/]{1,100})(?:\s{0,20}=\s{0,20}(?:\"([^\"]{0,12000})\"|'([^']{0,12000})'|([^\s>\"']{0,12000})))?"
)
_NUMBER = re.compile(r"&#0*([0-9]+)(;?)")
_SKIPPED = frozenset(
    ("script", "style", "title", "template", "noframes", "xml", "iframe", "object", "svg", "math")
)
_LOWER = {upper: upper + 32 for upper in range(65, 91)}


class Tag:
    """An opening or closing tag; attributes are parsed when first asked for."""

    __slots__ = ("_attributes", "_source", "is_closing", "is_empty", "name")

    def __init__(self, name: str, source: str, is_closing: bool, is_empty: bool) -> None:
        self.name = name
        self.is_closing = is_closing
        self.is_empty = is_empty
        self._source = source
        self._attributes: dict[str, str] | None = None

    def get(self, name: str) -> str:
        """An attribute's value with entities decoded; empty when absent."""
        if self._attributes is None:
            found: dict[str, str] = {}
            for match in _ATTRIBUTE.finditer(self._source):
                found.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
            self._attributes = found
        return _unescaped(self._attributes.get(name, ""))

    def has(self, name: str) -> bool:
        """Whether the attribute is there, with a value or without."""
        self.get(name)
        return self._attributes is not None and name in self._attributes


def _unescaped(text: str) -> str:
    """Text with its entities decoded; a number past all characters is one replacement character."""
    if "&" not in text:
        return text
    if "&#" in text:
        # ``int`` refuses thousands of digits, and every number of eight is past the last character.
        text = _NUMBER.sub(_short_reference, text)
    return html.unescape(text)


def _short_reference(match: re.Match[str]) -> str:
    return f"&#{match[1]}{match[2]}" if len(match[1]) < 8 else "\N{REPLACEMENT CHARACTER}"


def read_tokens(source: str) -> Iterator[Tag | str]:
    """Tags and runs of text (entities decoded) in document order."""
    lower = source.translate(_LOWER)
    position = 0
    size = len(source)
    while position < size:
        opening = source.find("<", position)
        if opening < 0:
            yield _unescaped(source[position:])
            return
        match = _NAME.match(source, opening + 1)
        if match is None:
            mark = source[opening + 1 : opening + 2]
            if mark not in ("!", "?", "/"):
                # A ``<`` that opens nothing is text.
                end = source.find("<", opening + 1)
                end = size if end < 0 else end
                yield _unescaped(source[position:end])
                position = end
                continue
        if opening > position:
            yield _unescaped(source[position:opening])
        if match is None:
            position = _skip_markup(source, opening)
            continue
        end = _tag_end(source, match.end())
        if end < 0:
            # No tag ends any more: the rest is not markup.
            return
        if end - opening <= MAX_TAG:
            name = match[1].lower()
            is_closing = source[opening + 1] == "/"
            is_empty = source[end - 1] == "/"
            if name in _SKIPPED and not is_closing:
                if not is_empty:
                    closing = lower.find("</" + name, end)
                    end = source.find(">", closing) if closing >= 0 else -1
                    if end < 0:
                        return
            else:
                yield Tag(name.rpartition(":")[2], source[match.end() : end], is_closing, is_empty)
        position = end + 1


def _skip_markup(source: str, opening: int) -> int:
    """Where a comment, declaration or stray end begins to be over."""
    if source.startswith("<!--", opening):
        end = source.find("-->", opening + 4)
        return len(source) if end < 0 else end + 3
    end = source.find(">", opening)
    return len(source) if end < 0 else end + 1


def _tag_end(source: str, start: int) -> int:
    """The ``>`` that ends a tag, one inside a quoted value not counted; -1 when there is none at all."""
    end = source.find(">", start)
    for _ in range(4):
        if end < 0 or end - start > MAX_TAG:
            return end
        inside = source[start:end]
        if inside.count('"') % 2 == 0 and inside.count("'") % 2 == 0:
            return end
        if '="' not in inside and "='" not in inside and "= " not in inside:
            return end
        following = source.find(">", end + 1, start + MAX_TAG)
        if following < 0 or "<" in source[end:following]:
            return end
        end = following
    return end
