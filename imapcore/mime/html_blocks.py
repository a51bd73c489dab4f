"""From what an HTML reader gathers to finished blocks: spans made tidy and safe, quotes recognised.

``html_text`` calls ``tidy`` at the end of every block and ``quote_originals`` at the end of the document.
"""

from __future__ import annotations

import re

from imapcore.mime.quotes import MAX_QUOTE, starts_original
from imapcore.mime.reply_words import is_attribution
from imapcore.model import Block, BlockKind, Span
from imapcore.sanitize import clean_text

_RUN = re.compile(" {2,}")


def tidy(spans: list[Span], keeps_blanks: bool) -> tuple[Span, ...]:
    """Sanitized spans, neighbours of one look joined, without blanks at the ends and around line breaks."""
    runs: list[tuple[Span, list[str]]] = []
    for span in spans:
        text = clean_text(span.text) if keeps_blanks else _clean_run(span.text)
        if not keeps_blanks and runs:
            last = runs[-1][1]
            if last[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
            if text.startswith("\n"):
                last[-1] = last[-1].rstrip(" ")
        if not text:
            continue
        if runs and _look(runs[-1][0]) == _look(span):
            runs[-1][1].append(text)
        else:
            runs.append((span, [text]))
    joined = [_with_text(span, "".join(texts)) for span, texts in runs]
    ends = "\n" if keeps_blanks else " \n"
    while joined and not joined[0].text.lstrip(ends):
        joined.pop(0)
    while joined and not joined[-1].text.rstrip(" \n"):
        joined.pop()
    if joined:
        joined[0] = _with_text(joined[0], joined[0].text.lstrip(ends))
        joined[-1] = _with_text(joined[-1], joined[-1].text.rstrip(" \n"))
    return tuple(span for span in joined if span.text)


def _clean_run(text: str) -> str:
    """A run of a paragraph: sanitized, its blanks at both ends kept as one."""
    if text == "\n":
        return text
    head = " " if text[:1] == " " else ""
    clean = _RUN.sub(" ", clean_text(text).replace("\n", " ")).strip(" ")
    tail = " " if text[-1:] == " " and clean else ""
    return head + clean + tail


def _look(span: Span) -> tuple[bool, bool, bool, int | None]:
    return (span.is_bold, span.is_italic, span.is_code, span.link)


def _with_text(span: Span, text: str) -> Span:
    return Span(text, span.is_bold, span.is_italic, span.is_code, span.link)


def quote_originals(blocks: list[Block]) -> list[Block]:
    """An untouched original under an answer, and the line that announces a quote, belong to the quote."""
    lines = ["".join(span.text for span in block.spans[:8])[:300] for block in blocks]
    out = list(blocks)
    for index, block in enumerate(blocks):
        if block.quote or index == 0:
            continue
        head = lines[index].split("\n") + [
            line for text in lines[index + 1 : index + 5] for line in text.split("\n")
        ]
        if starts_original(head):
            first = index - 1 if blocks[index - 1].kind is BlockKind.RULE else index
            if not any(lines[:first]):
                return out
            return out[:first] + [_deeper(b) for b in out[first:]]
        if index + 1 < len(blocks) and blocks[index + 1].quote and is_attribution(lines[index]):
            out[index] = _deeper(block)
    return out


def _deeper(block: Block) -> Block:
    return Block(
        block.kind,
        block.spans,
        block.level,
        min(block.quote + 1, MAX_QUOTE),
        block.marker,
        block.rows,
        block.has_header,
        block.is_signature,
    )
