"""A body that was read → quoted text, as an answer begins with.

Blocks know what the mail's author meant: paragraphs, items with their numbers, tables, depths of quotation. A
quotation is made of them and not of octets, so that HTML is quoted as what was read. Signatures are not
quoted; nor is what lies deeper than anybody reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from imapcore.model import Address, Block, BlockKind, Body, Span

DEEPEST = 3
"""Depth of quotation that an answer still carries; what is deeper is left out."""


def attribution(sender: Address, when: datetime) -> str:
    """The line above a quotation: who wrote it, and when in the reader's zone."""
    stamp = f"{when:%a}, {when.day} {when:%b %Y} at {when:%H:%M}"
    return f"On {stamp}, {sender.name or sender.email} wrote:"


def quote(text: str) -> str:
    """Text as a quotation: ``>`` before each line, and a blank where it is none already (RFC 3676 §4.5)."""
    lines = text.strip("\n").split("\n")
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)


def body_text(body: Body, *, deepest: int = DEEPEST, has_signature: bool = False) -> str:
    """A body as plain text: blocks parted by empty lines, quotations marked, links written out."""
    parts: list[str] = []
    depth = 0
    for block in body.blocks:
        if block.quote > deepest or (block.is_signature and not has_signature):
            continue
        text = "\n".join(_lines(block, body))
        if not text:
            continue
        marks = ">" * block.quote
        if marks:
            text = "\n".join(f"{marks} {line}".rstrip() for line in text.split("\n"))
        is_list = parts and block.kind is BlockKind.ITEM and block.quote == depth
        parts.append(text if is_list and _is_item(parts[-1], marks) else f"\n{text}")
        depth = block.quote
    return "\n".join(parts).strip("\n")


def _is_item(text: str, marks: str) -> bool:
    """Whether a text just written is an item of a list, so that the next stands right below it."""
    first = text.strip("\n").split("\n")[0].removeprefix(marks).lstrip()
    return first.startswith(("- ", "* ", "• ")) or first.split(" ")[0].rstrip(".)").isalnum()


def _lines(block: Block, body: Body) -> Iterator[str]:
    match block.kind:
        case BlockKind.RULE:
            yield "-" * 20
        case BlockKind.TABLE:
            yield from _table(block.rows, body)
        case BlockKind.ITEM:
            lines = _text(block.spans, body).split("\n")
            marker = block.marker or "-"
            indent = "  " * block.level
            yield f"{indent}{marker} {lines[0]}".rstrip()
            yield from (f"{indent}{' ' * len(marker)} {line}".rstrip() for line in lines[1:])
        case _:
            yield from _text(block.spans, body).split("\n")


def _text(spans: Iterable[Span], body: Body) -> str:
    """Spans as text; where a link's text does not say where it leads, that is written behind it."""
    words: list[str] = []
    for span in spans:
        words.append(span.text)
        if span.link is not None and 0 <= span.link < len(body.links):
            link = body.links[span.link]
            if link.url.startswith(("http:", "https:")) and link.url not in link.text:
                words.append(f" <{link.url}>")
    return "".join(words)


def _table(rows: Sequence[Sequence[Sequence[Span]]], body: Body) -> Iterator[str]:
    cells = [[_text(cell, body).replace("\n", " ") for cell in row] for row in rows]
    columns = max((len(row) for row in cells), default=0)
    widths = [max((len(row[at]) for row in cells if at < len(row)), default=0) for at in range(columns)]
    for row in cells:
        yield "  ".join(text.ljust(widths[at]) for at, text in enumerate(row)).rstrip()
