"""Plain text → blocks: paragraphs put together again, lists, what must keep its columns, quotes, links.

The sender wrapped the lines for a screen of 72 columns; ours is another, so that lines which were only
wrapped are joined, and lines which were broken on purpose are not. Telling the two apart is the art of
this file: joined is only what a program must have broken, in a text of which much was broken at the same
column (``_Wrapping``). In doubt a line stays a line. Everything that leaves it is sanitized.

Footnotes of the text's own, ``[1] https://…``, keep their numbers, and ``[1]`` elsewhere leads there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from imapcore.mime.links import Links
from imapcore.mime.quotes import Line, read_lines
from imapcore.model import Block, BlockKind, Span
from imapcore.sanitize import clean_text

MAX_BLOCKS = 20_000

_URL = re.compile(
    r"<?\b(https?://[^\s<>\"]{1,4000}|www\.[^\s<>\"]{3,1000}|mailto:[^\s<>\"]{3,500})>?", re.IGNORECASE
)
_ITEM = re.compile(r"^(\s{0,12})([-*•‣◦–]|\(?\d{1,3}[.)]|[a-z][.)])\s+(?=\S)")
_RULE = re.compile(r"^\s*([-=_*~#·—])(?:\s?\1){4,}\s*$")
_COLUMNS = re.compile(r"\S {3,}\S|^\s{4,}\S|[│┃║╔╗╚╝┌┐└┘├┤─━═]{2,}|^\s*\|.*\|\s*$")
_CODE = re.compile(r"^(?:diff --git |@@ -\d|[+-]{3} [ab]/|\$ \S|#!|```|\s*[{}]\s*$)")
_TRAILING = ".,;:!?'’”»…"
_WRAP = (60, 84)
"""Columns at which programs wrap; a text of longer lines was not wrapped, one of shorter lines by hand."""
_EVIDENCE = 2
"""So many breaks inside of sentences make sure that a text was wrapped."""
_LABEL = re.compile(r"[^\W\d_][\w .&/()'’-]{0,40}[:：](?:\s|$)")
"""``Price: 12 EUR`` begins a line of its own."""
_ENDS = re.compile(r"[:：>]\s*$|[@/]\S*$")
_NOTE = re.compile(
    r"^\s{0,8}\[(\d{1,4})\][:.]?\s{1,8}<?((?:https?://|www\.)[^\s<>\"]{1,4000})", re.IGNORECASE
)
_REPEATED = re.compile(r"(?<![\w.+%-])([\w.+%-]{1,64}@[\w.-]{1,200})<mailto:\1>")
_MARK = re.compile(r"\[(\d{1,4})\]")


def read_plain(
    text: str, links: Links, *, is_flowed: bool = False, deletes_space: bool = False
) -> list[Block]:
    """The blocks of a plain text, in order; ``links`` collects where its links lead."""
    lines = read_lines(text.replace("\r\n", "\n"), is_flowed=is_flowed, deletes_space=deletes_space)
    links.keep_free(
        int(match[1]) for line in lines if "[" in line.text for match in _MARK.finditer(line.text)
    )
    footnotes = _read_footnotes(lines)
    wrappings = {} if is_flowed else _find_wrapping(lines)
    blocks: list[Block] = []
    for group in _paragraphs(lines):
        quote = group[0].quote
        paragraph = _Paragraph(links, footnotes.get(quote, {}), wrappings.get(quote, _Wrapping()), is_flowed)
        blocks += paragraph.read(group)
        if len(blocks) >= MAX_BLOCKS:
            return blocks[:MAX_BLOCKS]
    return blocks


def find_links(text: str, links: Links, footnotes: Mapping[int, str] | None = None) -> tuple[Span, ...]:
    """Sanitized text as spans, its web addresses made links, and its references to ``footnotes`` as well."""
    spans: list[Span] = []
    position = 0
    for start, end, shown, url, number in _targets(text, footnotes or {}):
        index = links.add(url, url, number) if start >= position else None
        if index is None:
            continue
        if start > position:
            spans.append(Span(text[position:start]))
        spans.append(Span(shown, link=index))
        position = end
    if position < len(text):
        spans.append(Span(text[position:]))
    return tuple(spans) or (Span(text),)


def _targets(text: str, footnotes: Mapping[int, str]) -> Iterable[tuple[int, int, str, str, int | None]]:
    """Every place that leads somewhere: from, to, what is shown of it, the address, its footnote's number."""
    numbers = {url: number for number, url in footnotes.items()}
    found: list[tuple[int, int, str, str, int | None]] = []
    lower = text.lower()
    if "://" in text or "www." in lower or "mailto:" in lower:
        for match in _URL.finditer(text):
            url = _without_trailing(match[1])
            # In ``here<https://…>`` the brackets are all that parts the two.
            before = text[max(0, match.start() - 1) : match.start()].strip()
            is_bracketed = match[0].startswith("<") and match[0].endswith(">") and not before
            start = match.start() if is_bracketed else match.start(1)
            end = match.end() if is_bracketed else match.start(1) + len(url)
            found.append((start, end, url, url, numbers.get(url)))
    for match in _MARK.finditer(text) if footnotes and "[" in text else ():
        target = footnotes.get(int(match[1]))
        if target is None:
            continue
        behind = text[match.end() : match.end() + len(target) + 20].lstrip(" \t:.<")
        # Before its own address a number is a number.
        if not behind.startswith(target):
            found.append((match.start(), match.end(), match[0], target, int(match[1])))
    return sorted(found)


def _read_footnotes(lines: list[Line]) -> dict[int, dict[int, str]]:
    """Depth of quotation → number → address: of several with one number the first."""
    found: dict[int, dict[int, str]] = {}
    for line in lines:
        match = _NOTE.match(line.text) if "[" in line.text[:12] else None
        if match is not None:
            url = _without_trailing(clean_text(match[2]))
            found.setdefault(line.quote, {}).setdefault(int(match[1]), url)
    return found


class _Wrapping(Struct, frozen=True):
    """At which column a text was wrapped, and whether it is sure that it was."""

    column: int = 0
    is_sure: bool = False

    def joins(self, before: str, following: str) -> bool:
        """Whether a program broke between these two lines."""
        head = following.lstrip()
        if not self.is_sure or not self.is_full(before, head) or _LABEL.match(head):
            return False
        if _goes_on(before, head):
            return True
        # A line that ends in an address ends there.
        return not _ITEM.match(head) and _ENDS.search(before[-200:]) is None

    def is_full(self, before: str, following: str) -> bool:
        """Whether the second line's first word would not have fitted into the first any more."""
        word = following.split(None, 1)[0] if following.strip() else ""
        return len(before) >= _WRAP[0] - 20 and len(before) + 1 + len(word) > self.column


def _goes_on(before: str, following: str) -> bool:
    """Whether a sentence goes on in the next line: it begins with a small letter, or letters have no size."""
    first = following[:1]
    return first.islower() or (bool(first) and _is_unspaced(before[-1:] + first))


def _find_wrapping(lines: list[Line]) -> dict[int, _Wrapping]:
    """Depth of quotation → at which column its text was wrapped."""
    lengths: dict[int, list[int]] = {}
    for line in lines:
        text = line.text.rstrip()
        # A long address cannot be broken, and says nothing.
        if len(text) > _WRAP[0] - 20 and "://" not in text and (" " in text or _is_unspaced(text[-2:])):
            lengths.setdefault(line.quote, []).append(len(text))
    found: dict[int, _Wrapping] = {}
    for quote, known in lengths.items():
        # One line in twenty may stick out.
        column = sorted(known)[(len(known) - 1) * 19 // 20]
        if _WRAP[0] <= column <= _WRAP[1]:
            found[quote] = _Wrapping(column)
    evidence: dict[int, int] = {}
    for line, following in pairwise(lines):
        wrapping = found.get(line.quote)
        if wrapping is None or following.quote != line.quote or not following.text.strip():
            continue
        before, head = line.text.rstrip(), following.text.strip()
        if _goes_on(before, head) and wrapping.is_full(before, head) and not _LABEL.match(head):
            evidence[line.quote] = evidence.get(line.quote, 0) + 1
    return {
        quote: _Wrapping(each.column, evidence.get(quote, 0) >= _EVIDENCE) for quote, each in found.items()
    }


def _without_trailing(url: str) -> str:
    """An address without the punctuation of the sentence it stands in; a bracket it opened stays closed."""
    end = len(url)
    unopened = url.count(")") - url.count("(")
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and unopened > 0)):
        unopened -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _paragraphs(lines: list[Line]) -> Iterable[list[Line]]:
    """Runs of lines of one depth without an empty one between them."""
    group: list[Line] = []
    for line in lines:
        is_blank = not line.text.strip()
        is_other = bool(group) and _kind(line) != _kind(group[-1])
        if group and (is_blank or is_other):
            yield group
            group = []
        if not is_blank:
            group.append(line)
    if group:
        yield group


def _kind(line: Line) -> tuple[int, bool, bool]:
    return (line.quote, line.is_signature, line.is_attribution)


class _Paragraph(Struct):
    """What the lines of one paragraph are made into."""

    links: Links
    footnotes: Mapping[int, str]
    wrapping: _Wrapping
    is_flowed: bool

    def read(self, lines: list[Line]) -> list[Block]:
        """Its blocks; none when nothing of it can be seen."""
        quote, is_signature = lines[0].quote, lines[0].is_signature
        if is_signature and lines[0].text.rstrip() == "--":
            lines = lines[1:]
        texts = [_without_repeats(clean_text(line.text).replace("\n", " ").rstrip()) for line in lines]
        if not any(texts):
            return []
        if is_signature:
            spans = self.spans("\n".join(texts))
            return [Block(BlockKind.PARAGRAPH, spans, quote=quote, is_signature=True)]
        if _keeps_columns(texts):
            return [Block(BlockKind.PREFORMATTED, self.spans(_dedent(texts)), quote=quote)]
        return self.blocks(texts, [line.is_soft for line in lines], quote)

    def blocks(self, texts: list[str], soft: list[bool], quote: int) -> list[Block]:
        """Paragraphs, items and rules."""
        blocks: list[Block] = []
        begin = index = 0

        def finish(end: int) -> None:
            if begin < end:
                joined = self.join(texts[begin:end], soft[begin:end])
                blocks.append(Block(BlockKind.PARAGRAPH, self.spans(joined), quote=quote))

        while index < len(texts):
            item = _ITEM.match(texts[index])
            if _RULE.match(texts[index]):
                finish(index)
                blocks.append(Block(BlockKind.RULE, quote=quote))
                begin = index + 1
            elif item and _is_item(texts, index):
                finish(index)
                indent, first = len(item[0]), index
                while index + 1 < len(texts) and self.continues(texts, soft, index, indent):
                    index += 1
                body = [texts[first][indent:], *texts[first + 1 : index + 1]]
                spans = self.spans(self.join(body, soft[first : index + 1], indent))
                level = min(len(item[1].expandtabs(4)) // 2, 8)
                blocks.append(Block(BlockKind.ITEM, spans, level=level, quote=quote, marker=_marker(item[2])))
                begin = index + 1
            index += 1
        finish(len(texts))
        return blocks

    def spans(self, text: str) -> tuple[Span, ...]:
        """The text with its links."""
        return find_links(text, self.links, self.footnotes)

    def continues(self, texts: list[str], soft: list[bool], index: int, indent: int) -> bool:
        """Whether the next line still belongs to the item: indented, flowing, or wrapped."""
        following = texts[index + 1]
        if _ITEM.match(following) or _RULE.match(following):
            return False
        if soft[index]:
            return True
        if following.startswith(" "):
            return len(following) - len(following.lstrip(" ")) >= min(2, indent)
        return self.wrapping.joins(texts[index], following)

    def join(self, texts: list[str], soft: list[bool], indent: int = 0) -> str:
        """Lines as one text: a space where a program wrapped, a line end where the sender broke.

        ``indent``: of a list's item, how far its later lines are set in.
        """
        out = [texts[0]]
        for index in range(1, len(texts)):
            before, following = texts[index - 1], texts[index]
            is_joined = soft[index - 1] if self.is_flowed else False
            if not self.is_flowed:
                # The item's first line has lost its marker.
                length = indent if index == 1 else 0
                is_joined = self.wrapping.joins(" " * length + before, following)
            if is_joined:
                following = following.lstrip()
                glue = "" if _is_unspaced(before[-1:] + following[:1]) else " "
                out[-1] = out[-1].rstrip()
            else:
                glue = "\n"
                following = following[min(indent, len(following) - len(following.lstrip())) :]
            out.append(glue + following)
        return "".join(out)


def _without_repeats(text: str) -> str:
    """Outlook writes ``ada@x.example<mailto:ada@x.example>``."""
    return _REPEATED.sub(r"\1", text) if "<mailto:" in text else text


def _keeps_columns(texts: list[str]) -> bool:
    """Whether the lines are a table, code or a drawing, whose columns must not move."""
    marked = sum(_COLUMNS.search(text) is not None for text in texts)
    if any(_CODE.match(text) for text in texts[:2]):
        return True
    if all(_ITEM.match(text) or text[:2] == "  " for text in texts) and any(
        _ITEM.match(text) for text in texts
    ):
        return False
    return marked * 2 > len(texts) if len(texts) > 1 else marked == 1 and texts[0][:4] == "    "


def _dedent(texts: list[str]) -> str:
    indent = min((len(text) - len(text.lstrip(" ")) for text in texts if text.strip()), default=0)
    return "\n".join(text[indent:] for text in texts)


def _is_item(texts: list[str], index: int) -> bool:
    """A dash may begin a list or a signature line of dialogue; numbers may be a date: look around."""
    text = texts[index]
    if text.lstrip()[:1].isdigit() or text.lstrip()[:1].isalpha():
        neighbours = [texts[i] for i in (index - 1, index + 1, index + 2) if 0 <= i < len(texts)]
        return index == 0 or any(_ITEM.match(other) for other in neighbours) or text[:1] == " "
    return True


def _is_unspaced(pair: str) -> bool:
    """Between Han and kana a line end is no space."""
    return len(pair) == 2 and all(
        "\u2e80" <= character <= "\u9fff" or character >= "\uff00" for character in pair
    )


def _marker(marker: str) -> str:
    return "•" if marker in "-*•‣◦–" else marker
