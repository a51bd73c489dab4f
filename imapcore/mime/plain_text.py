"""Plain text → blocks: paragraphs put together again, lists, what must keep its columns, quotes, links.

The sender wrapped the lines for a screen of 72 columns; ours is another, so that lines which were only
wrapped are joined, and lines which were broken on purpose are not. Telling the two apart is the art of
this file. Everything that leaves it is sanitized.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
_WRAP = 60
"""Lines shorter than this throughout were broken on purpose."""


def read_plain(
    text: str, links: Links, *, is_flowed: bool = False, deletes_space: bool = False
) -> list[Block]:
    """The blocks of a plain text, in order; ``links`` collects where its links lead."""
    lines = read_lines(text.replace("\r\n", "\n"), is_flowed=is_flowed, deletes_space=deletes_space)
    blocks: list[Block] = []
    for group in _paragraphs(lines):
        blocks += _read_paragraph(group, links, is_flowed)
        if len(blocks) >= MAX_BLOCKS:
            return blocks[:MAX_BLOCKS]
    return blocks


def find_links(text: str, links: Links) -> tuple[Span, ...]:
    """Sanitized text as spans, its web addresses made links."""
    if "://" not in text and "www." not in text.lower() and "mailto:" not in text.lower():
        return (Span(text),)
    spans: list[Span] = []
    position = 0
    for match in _URL.finditer(text):
        url = _without_trailing(match[1])
        index = links.add(url, url)
        if index is None:
            continue
        is_bracketed = match[0].startswith("<") and match[0].endswith(">")
        start = match.start() if is_bracketed else match.start(1)
        end = match.end() if is_bracketed else match.start(1) + len(url)
        if start > position:
            spans.append(Span(text[position:start]))
        spans.append(Span(url, link=index))
        position = end
    if position < len(text):
        spans.append(Span(text[position:]))
    return tuple(spans)


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


def _read_paragraph(lines: list[Line], links: Links, is_flowed: bool) -> list[Block]:
    quote, is_signature = lines[0].quote, lines[0].is_signature
    if is_signature and lines[0].text.rstrip() == "--":
        lines = lines[1:]
    texts = [clean_text(line.text).replace("\n", " ").rstrip() for line in lines]
    if not any(texts):
        return []
    if is_signature:
        return [
            Block(BlockKind.PARAGRAPH, find_links("\n".join(texts), links), quote=quote, is_signature=True)
        ]
    if _keeps_columns(texts):
        return [Block(BlockKind.PREFORMATTED, find_links(_dedent(texts), links), quote=quote)]
    blocks: list[Block] = []
    pending: list[tuple[str, bool]] = []

    def finish() -> None:
        if pending:
            joined = _join(pending, is_flowed)
            blocks.append(Block(BlockKind.PARAGRAPH, find_links(joined, links), quote=quote))
            pending.clear()

    index = 0
    while index < len(texts):
        text = texts[index]
        item = _ITEM.match(text)
        if _RULE.match(text):
            finish()
            blocks.append(Block(BlockKind.RULE, quote=quote))
        elif item and _is_item(texts, index):
            finish()
            indent = len(item[0])
            body = [(text[indent:], lines[index].is_soft)]
            while index + 1 < len(texts) and _continues(texts, lines, index, indent):
                index += 1
                body.append((texts[index].strip(), lines[index].is_soft))
            spans = find_links(_join(body, is_flowed, is_item=True), links)
            level = min(len(item[1].expandtabs(4)) // 2, 8)
            blocks.append(Block(BlockKind.ITEM, spans, level=level, quote=quote, marker=_marker(item[2])))
        else:
            pending.append((text, lines[index].is_soft))
        index += 1
    finish()
    return blocks


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


def _continues(texts: list[str], lines: list[Line], index: int, indent: int) -> bool:
    """Whether the next line still belongs to the item: indented, flowing, or wrapped."""
    following = texts[index + 1]
    if _ITEM.match(following) or _RULE.match(following):
        return False
    if lines[index].is_soft:
        return True
    if following.startswith(" "):
        return len(following) - len(following.lstrip(" ")) >= min(2, indent)
    return len(texts[index]) + 1 + len(following.split(" ", 1)[0]) > 68


def _join(parts: list[tuple[str, bool]], is_flowed: bool, is_item: bool = False) -> str:
    """Lines as one text: a space where the sender's program wrapped, a line end where the sender broke."""
    texts = [text for text, _ in parts]
    longest = max(map(len, texts))
    out = [texts[0].rstrip()]
    for index in range(1, len(texts)):
        before, following = texts[index - 1].rstrip(), texts[index].lstrip()
        if is_item or (is_flowed and parts[index - 1][1]):
            is_wrapped = True
        elif is_flowed:
            is_wrapped = False
        else:
            # It was wrapped when its neighbour's first word would not have fitted any more.
            is_wrapped = longest >= _WRAP and len(before) + 1 + len(following.split(" ", 1)[0]) > longest
        glue = (
            " "
            if is_wrapped and not _is_unspaced(before[-1:] + following[:1])
            else ""
            if is_wrapped
            else "\n"
        )
        out.append(glue + following)
    return "".join(out)


def _is_unspaced(pair: str) -> bool:
    """Between Han and kana a line end is no space."""
    return len(pair) == 2 and all(
        "\u2e80" <= character <= "\u9fff" or character >= "\uff00" for character in pair
    )


def _marker(marker: str) -> str:
    return "•" if marker in "-*•‣◦–" else marker
