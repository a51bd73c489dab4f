"""HTML mail → blocks: what a person would read of it, in order, and nothing that a sender hid or tracks.

Paragraphs, headings, lists, quotes, preformatted text, data tables, links with where they really lead,
pictures as their descriptions. Layout tables are flattened, hidden preheaders dropped, nothing is loaded.
One pass, bounded depth; tables are judged in ``html_tables``.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from imapcore.mime.html_blocks import quote_originals, tidy
from imapcore.mime.html_tables import TableFrame
from imapcore.mime.html_tokens import Tag, read_tokens
from imapcore.mime.links import Links
from imapcore.mime.quotes import MAX_QUOTE
from imapcore.model import Block, BlockKind, Span

MAX_DEPTH = 200
"""Open elements that are remembered; deeper ones change nothing."""
MAX_TABLES = 40
MAX_BLOCKS = 20_000

_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr")
)
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir",
     "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
     "h5", "h6", "header", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
     "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
_CLOSED_BY = {
    "p": ("p",), "li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",),
    "td": ("td", "th"), "th": ("td", "th"), "tr": ("tr",),
}  # fmt: skip
"""Elements whose end tags may be missing, by what ends them."""
_ENDS_P = _BLOCKS - {"td", "th", "tr", "tbody", "thead", "tfoot", "li", "html", "body"}
_BOLD = frozenset(("b", "strong", "th"))
_ITALIC = frozenset(("i", "em", "cite", "dfn", "var"))
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?!\.?\d)"
    r"|font-size\s*:\s*[01](?:px|pt|em|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)"
    r"|(?:^|;)\s*(?:width|height)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f\v\xa0]+")
_SMALL = re.compile(r"[0-3](?:px)?\s*$")


class Element(Struct):
    """An open element and what ends with it."""

    name: str
    is_hidden: bool = False
    quotes: int = 0
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False
    is_signature: bool = False


class Anchor(Struct):
    """An open link."""

    url: str
    start: int
    """Where its spans begin."""
    generation: int


class ListFrame(Struct):
    """An open list."""

    is_ordered: bool
    number: int = 1


class Reading(Struct):
    """What came of a document."""

    blocks: list[Block]
    pictures: int
    """Pictures that were left on their server."""


def read_html(source: str, links: Links) -> Reading:
    """The blocks of an HTML document; ``links`` collects where its links lead. Never raises."""
    reader = _Reader(links)
    for token in read_tokens(source):
        if isinstance(token, str):
            reader.text(token)
        elif token.is_closing:
            reader.close(token.name)
        else:
            reader.open(token)
        if len(reader.out) >= MAX_BLOCKS:
            break
    return Reading(quote_originals(reader.finish()[:MAX_BLOCKS]), reader.pictures)


class _Reader(Struct):
    links: Links
    out: list[Block] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lists: list[ListFrame] = field(default_factory=list)
    tables: list[TableFrame] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    anchor: Anchor | None = None
    hidden: int = 0
    quote: int = 0
    bold: int = 0
    italic: int = 0
    code: int = 0
    pre: int = 0
    signature: int = 0
    heading: int = 0
    marker: str = ""
    generation: int = 0
    pictures: int = 0

    # -- tags --------------------------------------------------------------------------------------

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name in _CLOSED_BY:
            self.close_nearest(_CLOSED_BY[name])
        if name in _ENDS_P and self.counts.get("p"):
            self.close_nearest(("p",))
        if name in _BLOCKS:
            self.flush()
        if name == "br":
            self.line_break()
        elif name == "hr":
            self.rule()
        elif name == "img":
            self.picture(tag)
        elif name == "a":
            self.end_anchor()
            url = tag.get("href")
            self.anchor = Anchor(url, len(self.spans), self.generation) if url.strip() else None
        if name in _VOID or (tag.is_empty and name not in _BLOCKS):
            return
        if len(self.stack) >= MAX_DEPTH:
            return
        self.begin(name)
        element = self.describe(tag)
        self.stack.append(element)
        self.counts[name] = self.counts.get(name, 0) + 1
        self.apply(element, 1)

    def begin(self, name: str) -> None:
        """What an element sets up besides its look."""
        if name in ("ul", "ol", "menu", "dir"):
            self.lists.append(ListFrame(name == "ol"))
        elif name == "li":
            frame = self.lists[-1] if self.lists else ListFrame(False)
            self.marker = f"{frame.number}." if frame.is_ordered else "•"
            frame.number += 1
        elif name == "pre":
            self.pre += 1
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self.heading = int(name[1])
        elif name == "table" and len(self.tables) < MAX_TABLES:
            self.tables.append(TableFrame(self.out))
        elif name == "tr" and self.tables:
            self.tables[-1].begin_row()
        elif name in ("td", "th") and self.tables:
            self.out = self.tables[-1].begin_cell(name == "th")

    def describe(self, tag: Tag) -> Element:
        name = tag.name
        element = Element(name, is_bold=name in _BOLD, is_italic=name in _ITALIC, is_code=name in _CODE)
        if name == "blockquote":
            element.quotes = 1
        if tag.has("style"):
            style = tag.get("style")
            element.is_hidden = _HIDDEN.search(style) is not None and name not in (
                "table",
                "td",
                "tr",
                "body",
            )
            if "display" in style and not element.is_hidden:
                element.is_hidden = re.search(r"display\s*:\s*none", style, re.IGNORECASE) is not None
            element.is_bold = element.is_bold or _BOLD_STYLE.search(style) is not None
        if tag.has("hidden") or (tag.get("aria-hidden") == "true" and name == "span"):
            element.is_hidden = True
        marks = f"{tag.get('class')} {tag.get('id')}".lower() if tag.has("class") or tag.has("id") else ""
        if marks.strip():
            if "preheader" in marks and name in ("div", "span", "p"):
                element.is_hidden = True
            if "gmail_attr" in marks or "moz-cite-prefix" in marks:
                element.quotes = 1
            if "gmail_signature" in marks or "moz-signature" in marks:
                element.is_signature = True
        return element

    def apply(self, element: Element, sign: int) -> None:
        self.hidden += sign * element.is_hidden
        self.quote += sign * element.quotes
        self.bold += sign * element.is_bold
        self.italic += sign * element.is_italic
        self.code += sign * element.is_code
        self.signature += sign * element.is_signature

    def close(self, name: str) -> None:
        if name in ("p", "br") and not self.counts.get(name):
            self.line_break()
            return
        if not self.counts.get(name):
            return
        if name in _BLOCKS:
            self.flush()
        is_bounded = name not in ("table", "td", "th", "tr", "tbody", "thead", "tfoot", "html", "body")
        index = len(self.stack) - 1
        while index >= 0 and self.stack[index].name != name:
            if is_bounded and self.stack[index].name in ("td", "th", "table"):
                return
            index -= 1
        if index >= 0:
            while len(self.stack) > index:
                self.pop()

    def close_nearest(self, names: tuple[str, ...]) -> None:
        """End the innermost of these, unless a table or list begins in between."""
        if not any(self.counts.get(name) for name in names):
            return
        for index in range(len(self.stack) - 1, -1, -1):
            name = self.stack[index].name
            if name in names:
                self.flush()
                while len(self.stack) > index:
                    self.pop()
                return
            if name in ("table", "ul", "ol", "dl", "blockquote") or (
                name in ("td", "th") and "tr" not in names
            ):
                return

    def pop(self) -> None:
        element = self.stack.pop()
        self.apply(element, -1)
        self.counts[element.name] -= 1
        name = element.name
        if name == "a":
            self.end_anchor()
        elif name in _BLOCKS:
            self.flush()
            if name in ("ul", "ol", "menu", "dir") and self.lists:
                self.lists.pop()
            elif name == "li":
                self.marker = ""
            elif name == "pre":
                self.pre = max(0, self.pre - 1)
            elif name[0] == "h" and name[1:] in ("1", "2", "3", "4", "5", "6"):
                self.heading = 0
            elif name in ("td", "th") and self.tables:
                self.out = self.tables[-1].end_cell()
            elif name == "table" and self.tables and self.counts["table"] < len(self.tables):
                self.end_table()

    def end_table(self) -> None:
        frame = self.tables.pop()
        self.out = frame.outer
        self.out += frame.blocks(self.quote)

    # -- text --------------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        if self.hidden or not text:
            return
        if not self.pre:
            text = _BLANKS.sub(" ", text)
            if text == " " and (not self.spans or self.spans[-1].text.endswith((" ", "\n"))):
                return
        self.add(text)

    def add(self, text: str) -> None:
        self.spans.append(Span(text, self.bold > 0, self.italic > 0, self.code > 0))

    def line_break(self) -> None:
        if self.hidden:
            return
        if self.spans and self.spans[-1].text.endswith("\n") and not self.pre:
            self.flush()
        elif self.spans:
            self.add("\n")

    def rule(self) -> None:
        if not self.hidden:
            self.out.append(Block(BlockKind.RULE, quote=min(self.quote, MAX_QUOTE)))

    def picture(self, tag: Tag) -> None:
        if self.hidden:
            return
        source = tag.get("src").strip().lower()
        if source.startswith(("http:", "https:", "//")):
            self.pictures += 1
        is_pixel = bool(_SMALL.match(tag.get("width") or "x") or _SMALL.match(tag.get("height") or "x"))
        words = _BLANKS.sub(" ", tag.get("alt")).strip()
        if words and not is_pixel:
            self.add(f"[{words}]")
        elif self.anchor is not None and not is_pixel and not self.has_text_since(self.anchor):
            self.add("[picture]")

    def has_text_since(self, anchor: Anchor) -> bool:
        start = anchor.start if anchor.generation == self.generation else 0
        return any(span.text.strip() for span in self.spans[start:])

    def end_anchor(self) -> None:
        """Give the spans since ``<a>`` their link; one that showed nothing leads nowhere."""
        anchor, self.anchor = self.anchor, None
        if anchor is None:
            return
        # A block may have ended inside the link; what is left of it is what can be marked.
        start = anchor.start if anchor.generation == self.generation else 0
        words = "".join(span.text for span in self.spans[start:])
        if not words.strip():
            return
        index = self.links.add(anchor.url, words)
        if index is not None:
            self.spans[start:] = [
                Span(s.text, s.is_bold, s.is_italic, s.is_code, index if s.text.strip() else None)
                for s in self.spans[start:]
            ]

    # -- blocks ------------------------------------------------------------------------------------

    def flush(self) -> None:
        """End the block under way."""
        anchor = self.anchor
        if anchor is not None:
            self.end_anchor()
            self.anchor = Anchor(anchor.url, 0, self.generation + 1)
        spans, self.spans = self.spans, []
        self.generation += 1
        words = tidy(spans, keeps_blanks=self.pre > 0)
        if not words:
            return
        quote = min(self.quote, MAX_QUOTE)
        if self.pre:
            self.out.append(Block(BlockKind.PREFORMATTED, words, quote=quote))
        elif self.heading:
            self.out.append(Block(BlockKind.HEADING, words, level=self.heading, quote=quote))
        elif self.lists and self.counts.get("li"):
            level = min(len(self.lists) - 1, 8)
            self.out.append(Block(BlockKind.ITEM, words, level=level, quote=quote, marker=self.marker))
            self.marker = ""
        else:
            self.out.append(Block(BlockKind.PARAGRAPH, words, quote=quote, is_signature=self.signature > 0))

    def finish(self) -> list[Block]:
        self.end_anchor()
        self.flush()
        while self.stack:
            self.pop()
        while self.tables:
            self.end_table()
        return self.out
