"""An HTML document → what a person would read of it, in order, and nothing that a sender hid or tracks.

One walk over the tree that lexbor builds, without recursion. Each element gives its style (``style``), may
end the line under way, and may open a list, a table, a link or a quotation that is closed behind it. Text
goes into *runs*, runs become spans at the end of their line, lines become drafts, and what stands in table
cells waits there until its table is judged (``tables``). Nothing is ever loaded.

**Blank lines** follow CSS as far as a terminal can: elements begin a new line; margins, padding and spacers
of half a line and more begin it after a blank one; a ``<br>`` ends its line, and on an empty line makes a
blank one. Margins do not add up, and two blank lines are one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from imapcore.mime.html import lists, scripts
from imapcore.mime.html.bounds import bounded
from imapcore.mime.html.css import Sheet
from imapcore.mime.html.drafts import NO_MARKER, Anchor, Draft, Run, join, make_spans
from imapcore.mime.html.replies import fold, marks
from imapcore.mime.html.style import GAP, Style, Styles
from imapcore.mime.html.tables import Cell, TableFrame
from imapcore.mime.links import Links
from imapcore.mime.quotes import MAX_QUOTE
from imapcore.model import Block, BlockKind
from imapcore.sanitize import clean_line

MAX_BLOCKS = 200_000
"""Blocks of one document; what is longer is cut, and said to be."""
MAX_TABLES = 100
"""Tables inside one another; deeper ones are read as lines."""
MAX_PREHEADER = 400
_MAX_LEVEL = 8

_BLANKS = re.compile(r"[ \t\n\r\f\v\xa0]+")
_MESSY = re.compile(r"[\t\n\r\f\v\xa0]|  ")
_PIXEL = re.compile(r"\s*[0-3](?:px)?\s*$")
_STYLE_SHEET = re.compile(r"<style\b[^>]*>([\s\S]*?)(?:</style|\Z)", re.IGNORECASE)
_MEDIA = re.compile(r"<style\b[^>]*\bmedia\s*=", re.IGNORECASE)

_SKIPPED = frozenset(
    ("style", "script", "head", "title", "template", "noframes", "noembed", "rp", "iframe", "object", "embed",
    "svg", "math", "audio", "video", "canvas", "datalist", "meta", "link", "base", "xml", "area", "param",
    "-comment", "-doctype", "!doctype", "_comment", "col", "colgroup")
)  # fmt: skip
_QUOTES = ("“”", "‘’")


class Reading(Struct):
    """What came of a document."""

    blocks: list[Block]
    pictures: int
    """Pictures that were left on their server."""
    preheader: str = ""
    """Hidden words before the first visible ones: what the sender wrote for the list of mails."""
    is_cut: bool = False
    """There was more than ``MAX_BLOCKS``."""


def read_html(source: str, links: Links) -> Reading:
    """The blocks of an HTML document; ``links`` collects where its links lead. Never raises."""
    reader = _Reader(_sheet(source), links)
    root = LexborHTMLParser(bounded(source)).root
    if root is not None:
        reader.walk(root)
    drafts = reader.finish()
    return Reading(join(fold(drafts)), reader.pictures, reader.preheader(), len(reader.drafts) >= MAX_BLOCKS)


def _sheet(source: str) -> Sheet:
    """The rules of all ``<style>``; those of one that is meant for other media are left out."""
    sheet = Sheet()
    for match in _STYLE_SHEET.finditer(source):
        tag = match[0][:400].partition(">")[0]
        if not _MEDIA.match(tag) or re.search(r"screen|all", tag, re.IGNORECASE):
            sheet.add(match[1])
    return sheet


Attributes = Mapping[str, str | None]
Closer = Callable[[], None]
"""What is to be done at an element's end."""
Opener = Callable[[LexborNode, Attributes, Style], Closer | None]


def _nothing() -> None:
    """For an element whose content is not to be read."""


class _Reader:
    """The state of one walk."""

    def __init__(self, sheet: Sheet, links: Links) -> None:
        self.drafts: list[Draft] = []
        """Where finished lines go: the document, or the cell under way."""
        self.pictures = 0
        self._shown_pictures = 0
        self._document = self.drafts
        self._styles = Styles(sheet)
        self._links = links
        self._runs: list[Run] = []
        self._is_at_space = True
        """Nothing or a blank stands before what comes next."""
        self._is_line_empty = True
        self._has_blank = False
        """The line so far is a blank that the sender put there to keep it open."""
        self._gap = False
        """A blank line comes before what comes next."""
        self._written = 0
        """How often something visible was written; tells an empty element from a full one."""
        self._preheader: list[str] = []
        self._preheader_size = 0
        self._has_text = False
        self._anchor: Anchor | None = None
        self._quote = 0
        self._quotes_in_text = 0
        self._signature = 0
        self._heading = 0
        self._lists: list[lists.ListFrame] = []
        self._item = 0
        self._items = 0
        self._marker = NO_MARKER
        self._tables: list[TableFrame] = []
        in_line: dict[str, Opener] = {
            "a": self._open_anchor, "br": self._break, "hr": self._rule, "img": self._picture,
            "input": self._input, "select": self._select, "q": self._open_q, "button": self._open_button,
            "sup": self._open_script, "sub": self._open_script, "rt": self._open_ruby,
        }  # fmt: skip
        self._openers = in_line
        self._block_openers: dict[str, Opener] = {
            **in_line, "ul": self._open_list, "ol": self._open_list, "menu": self._open_list,
            "dir": self._open_list, "li": self._open_item, "dd": self._open_definition,
            "table": self._open_table, "tr": self._open_row, "td": self._open_cell, "th": self._open_cell,
            "blockquote": self._open_quote, **{f"h{level}": self._open_heading for level in range(1, 7)},
        }  # fmt: skip

    # -- the walk ------------------------------------------------------------------------------------

    def walk(self, root: LexborNode) -> None:
        """Read a tree; bounded in what it yields, not in how deep it is."""
        stack: list[tuple[LexborNode, Style, Closer | None]] = []
        node: LexborNode | None = root
        style = self._styles.root
        styles_of, open_element = self._styles.of, self._open
        while True:
            while node is not None:
                tag = node.tag or ""
                if tag == "-text":
                    self._text(node.text_content or "", style)
                elif tag not in _SKIPPED:
                    attributes = node.attributes
                    inner = styles_of(tag, attributes, style)
                    if inner.is_gone:
                        self._hide(node)
                    else:
                        closer = None if inner.is_plain else open_element(node, tag, attributes, inner)
                        if closer is not _nothing:
                            child = node.first_child
                            if child is not None:
                                stack.append((node, style, closer))
                                node, style = child, inner
                                continue
                            if closer is not None:
                                closer()
                node = node.next
            if not stack or len(self.drafts) >= MAX_BLOCKS:
                break
            node, style, closer = stack.pop()
            if closer is not None:
                closer()
            node = node.next
        while stack:
            closer = stack.pop()[2]
            if closer is not None:
                closer()

    def finish(self) -> list[Draft]:
        """All drafts, the last line ended."""
        self._flush()
        return self._document[:MAX_BLOCKS]

    def preheader(self) -> str:
        """Hidden words from before the first visible ones, on one line."""
        return clean_line(" ".join(self._preheader), MAX_PREHEADER)

    # -- elements ------------------------------------------------------------------------------------

    def _open(self, node: LexborNode, tag: str, attributes: Attributes, style: Style) -> Closer | None:
        """Begin an element; what is to be done at its end, if anything."""
        if not style.is_block:
            opener = self._openers.get(tag)
            closer = None if opener is None else opener(node, attributes, style)
            if style.is_apart and closer is not _nothing:
                self._space(style)
                closer = partial(self._close_apart, closer, style)
            if attributes and ("class" in attributes or "id" in attributes):
                return self._marked(attributes, closer, is_block=False)
            return closer
        self._flush()
        if style.top >= GAP:
            self._gap = True
        opener = self._block_openers.get(tag)
        closer = None if opener is None else opener(node, attributes, style)
        if closer is _nothing:
            return closer
        if attributes and ("class" in attributes or "id" in attributes):
            closer = self._marked(attributes, closer, is_block=True)
        if closer is None and style.bottom < GAP and style.height < GAP:
            return self._flush
        return partial(self._close_block, closer, style, self._written)

    def _close_block(self, closer: Closer | None, style: Style, written: int) -> None:
        self._flush()
        if closer is not None:
            closer()
        if style.bottom >= GAP or (style.height >= GAP and written == self._written):
            self._gap = True

    def _close_apart(self, closer: Closer | None, style: Style) -> None:
        if closer is not None:
            closer()
        self._space(style)

    def _marked(self, attributes: Attributes, closer: Closer | None, *, is_block: bool) -> Closer | None:
        """What class and id say about quotations and signatures."""
        levels, is_beginning, is_signature = marks(
            f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        )
        if not (levels or is_beginning or is_signature):
            return closer
        self._flush()
        if is_beginning and self._has_text and not self._tables:
            self._quote += 1
        if not levels and not is_signature:
            return closer
        self._quote += levels
        self._signature += is_signature
        return partial(self._close_marked, closer, levels, is_signature)

    def _close_marked(self, closer: Closer | None, levels: int, is_signature: bool) -> None:
        self._flush()
        if closer is not None:
            closer()
        self._quote -= levels
        self._signature -= is_signature

    def _hide(self, node: LexborNode) -> None:
        """Remember what is hidden above the text, and where it leads nowhere."""
        if not self._has_text and self._preheader_size < MAX_PREHEADER:
            self._note_hidden(node.text(deep=True)[: MAX_PREHEADER * 4])

    def _note_hidden(self, text: str) -> None:
        words = clean_line(text, MAX_PREHEADER)
        if words:
            self._preheader.append(words)
            self._preheader_size += len(words)

    # -- text ----------------------------------------------------------------------------------------

    def _text(self, text: str, style: Style) -> None:
        if style.is_unseen:
            if not self._has_text and self._preheader_size < MAX_PREHEADER and not text.isspace():
                self._note_hidden(text[: MAX_PREHEADER * 4])
            return
        if style.is_pre:
            self._add(text, style)
            return
        if text.isspace():
            if self._is_line_empty:
                if "\xa0" in text:
                    self._has_blank = True
            else:
                self._space(style)
            return
        if _MESSY.search(text) is not None:
            text = _BLANKS.sub(" ", text)
        if self._is_at_space and text[0] == " ":
            text = text[1:]
        self._add(text, style)

    def _add(self, text: str, style: Style) -> None:
        if not text:
            return
        if self._runs and not self._is_at_space and text[0].isalnum():
            last = self._runs[-1][1]
            if last.is_struck and not style.is_struck and not style.is_pre:
                # "old" crossed out and "new" behind it are two words, also where nothing can be crossed out.
                text = " " + text
        self._runs.append((text, style, self._anchor))
        self._is_at_space = text[-1] == " "
        self._is_line_empty = False
        self._has_text = True
        self._written += 1

    def _space(self, style: Style) -> None:
        if not self._is_at_space:
            self._runs.append((" ", style, self._anchor))
            self._is_at_space = True

    def _break(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if style.is_unseen and style.size < 3:
            return None
        if style.is_pre:
            self._add("\n", style)
        elif self._is_line_empty:
            # An empty line, also one that a blank was put on.
            self._flush()
            self._gap = True
            self._has_blank = False
        else:
            self._runs.append(("\n", style, None))
            self._is_at_space = self._is_line_empty = True
        return None

    def _flush(self) -> None:
        """End the line under way, and with it the draft."""
        if not self._runs:
            if self._has_blank:
                self._gap = True
                self._has_blank = False
            return
        runs, self._runs = self._runs, []
        self._is_at_space = self._is_line_empty = True
        if self._has_blank:
            self._has_blank = False
        style = runs[0][1]
        is_pre = any(run[1].is_pre for run in runs) if len(runs) < 50 else style.is_pre
        spans = make_spans(runs, self._links, is_pre=is_pre)
        if not spans:
            return
        draft = Draft(BlockKind.PARAGRAPH, spans, quote=min(self._quote, MAX_QUOTE), gap=self._gap)
        draft.is_signature = self._signature > 0
        self._gap = False
        if style.is_mono:
            draft.kind = BlockKind.PREFORMATTED
        elif self._heading:
            draft.kind, draft.level = BlockKind.HEADING, self._heading
        elif self._item:
            draft.kind, draft.level = BlockKind.ITEM, max(0, min(len(self._lists) - 1, _MAX_LEVEL))
            draft.item, draft.marker = self._item, self._marker
            self._marker = NO_MARKER
        self.drafts.append(draft)

    # -- what stands in a line -----------------------------------------------------------------------

    def _open_anchor(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        url = (attributes.get("href") or "").strip()
        if not url:
            return None
        outer, self._anchor = self._anchor, Anchor(url)
        return partial(self._close_anchor, outer, self._written, self._shown_pictures, style)

    def _close_anchor(self, outer: Anchor | None, written: int, pictures: int, style: Style) -> None:
        if self._written == written and self._shown_pictures > pictures:
            # A link that shows only a picture without words must be within reach all the same.
            self._add("[picture]", style)
        self._anchor = outer

    def _picture(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        source = (attributes.get("src") or "").strip().lower()
        is_pixel = any(_PIXEL.match(attributes.get(name) or "") for name in ("width", "height"))
        if source.startswith(("http:", "https:", "//")):
            self.pictures += 1
        if is_pixel or style.is_invisible:
            return None
        self._shown_pictures += 1
        words = _BLANKS.sub(" ", attributes.get("alt") or "").strip()
        if words:
            self._add(f"[{words}]", style)
        return None

    def _input(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        kind = (attributes.get("type") or "text").lower()
        if kind == "hidden" or style.is_unseen:
            return None
        is_checked = "checked" in attributes
        if kind == "checkbox":
            shown = "[x]" if is_checked else "[ ]"
        elif kind == "radio":
            shown = "(x)" if is_checked else "( )"
        else:
            words = attributes.get("value") or attributes.get("placeholder") or attributes.get("alt") or ""
            words = clean_line(words, 200) if kind != "password" else ""
            is_button = kind in ("submit", "button", "reset", "image")
            shown = f"[{words or kind.capitalize()}]" if is_button else f"[{words or '____'}]"
        self._space(style)
        self._add(shown, style)
        self._space(style)
        return None

    def _select(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        """Only what is chosen is seen."""
        if style.is_unseen:
            return _nothing
        chosen = ""
        for option in node.traverse():
            if option.tag == "option":
                words = clean_line(option.text(deep=True), 200)
                if "selected" in option.attributes:
                    chosen = words
                    break
                chosen = chosen or words
        if chosen:
            self._space(style)
            self._add(f"[{chosen}]", style)
            self._space(style)
        return _nothing

    def _open_button(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if style.is_unseen:
            return None
        self._space(style)
        self._add("[", style)
        self._is_at_space = True
        return partial(self._close_button, style)

    def _close_button(self, style: Style) -> None:
        self._add("]", style)
        self._space(style)

    def _open_q(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if style.is_unseen:
            return None
        marks_of_it = _QUOTES[self._quotes_in_text % 2]
        self._quotes_in_text += 1
        self._add(marks_of_it[0], style)
        self._is_at_space = True
        return partial(self._close_q, marks_of_it[1], style)

    def _close_q(self, mark: str, style: Style) -> None:
        self._quotes_in_text -= 1
        self._add(mark, style)

    def _open_ruby(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        """How a word is read, which a page sets above it."""
        if style.is_unseen:
            return None
        self._add("(", style)
        return partial(self._add, ")", style)

    def _open_script(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if style.is_pre:
            return None
        make = scripts.raised if style.tag == "sup" else scripts.lowered
        return partial(self._close_script, make, len(self._runs), len(self.drafts))

    def _close_script(self, make: Callable[[str, str], str], start: int, drafts: int) -> None:
        """Replace what was written since, if it is one short run."""
        if len(self.drafts) != drafts or len(self._runs) != start + 1:
            return
        text, style, anchor = self._runs[start]
        before = self._runs[start - 1][0][-1:] if start else ""
        if len(text) <= 60:
            self._runs[start] = (make(text, before), style, anchor)

    # -- blocks --------------------------------------------------------------------------------------

    def _rule(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        self._flush()
        if not style.is_invisible:
            self.drafts.append(Draft(BlockKind.RULE, quote=min(self._quote, MAX_QUOTE), gap=True))
            self._gap = True
        return None

    def _open_heading(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        outer, self._heading = self._heading, int(style.tag[1])
        return partial(self._close_heading, outer)

    def _close_heading(self, outer: int) -> None:
        self._heading = outer

    def _open_quote(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if style.is_indent and "cite" not in attributes and attributes.get("type") != "cite":
            classes = attributes.get("class") or ""
            if "quote" not in classes:
                return None
        self._quote += 1
        return self._close_quote

    def _close_quote(self) -> None:
        self._quote -= 1

    def _open_list(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        is_ordered = style.tag == "ol"
        frame = lists.ListFrame(is_ordered, lists.whole_number(attributes.get("start"), 1))
        if is_ordered and "reversed" in attributes:
            frame.step = -1
            if "start" not in attributes:
                frame.number = sum(child.tag == "li" for child in node.iter())
        self._lists.append(frame)
        outer = (self._item, self._marker)
        return partial(self._close_list, outer)

    def _close_list(self, outer: tuple[int, str]) -> None:
        self._lists.pop()
        self._item, self._marker = outer

    def _open_item(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        frame = self._lists[-1] if self._lists else lists.ListFrame(False)
        number = frame.take(attributes.get("value"))
        mark = lists.marker(style.list_type, number, is_ordered=frame.is_ordered)
        return self._begin_item(mark, is_plain=not mark)

    def _open_definition(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        return self._begin_item(NO_MARKER, is_plain=False)

    def _begin_item(self, mark: str, *, is_plain: bool) -> Closer:
        outer = (self._item, self._marker)
        if is_plain:
            # A list without marks is a menu or a design, and reads as lines.
            self._item, self._marker = 0, NO_MARKER
        else:
            self._items += 1
            self._item, self._marker = self._items, mark
        return partial(self._close_item, outer)

    def _close_item(self, outer: tuple[int, str]) -> None:
        self._item, self._marker = outer

    # -- tables --------------------------------------------------------------------------------------

    def _open_table(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if len(self._tables) >= MAX_TABLES:
            return None
        border = attributes.get("border")
        is_layout = (attributes.get("role") or "").lower() in ("presentation", "none")
        has_borders = border is not None and border.strip() not in ("0", "0px")
        frame = TableFrame(self.drafts, is_layout, has_borders, min(self._quote, MAX_QUOTE))
        self._tables.append(frame)
        outer = (self._item, self._marker, self._heading, self._gap)
        self._item, self._heading, self._gap = 0, 0, False
        self.drafts = frame.loose
        return partial(self._close_table, outer)

    def _close_table(self, outer: tuple[int, str, int, bool]) -> None:
        frame = self._tables.pop()
        self.drafts = frame.outer
        self._item, self._marker, self._heading, gap = outer
        drafts, self._gap = frame.finish()
        if not drafts:
            self._gap = self._gap or gap
            return
        drafts[0].gap = drafts[0].gap or gap
        if self._item:
            # What stands in an item stays under its mark.
            first = drafts[0]
            if first.kind is BlockKind.PARAGRAPH and self._marker != NO_MARKER:
                first.kind, first.marker, first.item = BlockKind.ITEM, self._marker, self._item
                first.level = max(0, min(len(self._lists) - 1, _MAX_LEVEL))
                self._marker = NO_MARKER
        self.drafts += drafts

    def _open_row(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if self._tables:
            self._tables[-1].begin_row()
        return None

    def _open_cell(self, node: LexborNode, attributes: Attributes, style: Style) -> Closer | None:
        if not self._tables:
            return None
        frame = self._tables[-1]
        outer = self.drafts
        cell = frame.begin_cell(
            style.tag == "th",
            lists.whole_number(attributes["colspan"], 1) if "colspan" in attributes else 1,
            lists.whole_number(attributes["rowspan"], 1) if "rowspan" in attributes else 1,
        )
        self.drafts = cell.drafts
        gap, self._gap = self._gap, style.top >= GAP
        return partial(self._close_cell, cell, outer, gap, style, self._written)

    def _close_cell(self, cell: Cell, outer: list[Draft], gap: bool, style: Style, written: int) -> None:
        is_spacer = written == self._written and (style.height >= GAP or style.top + style.bottom >= GAP)
        cell.has_gap = self._gap or style.bottom >= GAP or is_spacer
        self.drafts, self._gap = outer, gap
