"""An HTML document as plain lines, for tests: what each block is, and what stands in it."""

from __future__ import annotations

from imapcore.mime.html import read_html
from imapcore.mime.links import Links
from imapcore.model import Block, BlockKind


def blocks(source: str) -> list[Block]:
    return read_html(source, Links()).blocks


def text(block: Block) -> str:
    return "".join(span.text for span in block.spans)


def texts(source: str) -> list[str]:
    return [text(block) for block in blocks(source)]


def rows(block: Block) -> list[list[str]]:
    return [["".join(span.text for span in cell) for cell in row] for row in block.rows]


def quoted(source: str) -> list[tuple[int, str]]:
    """Depth of quotation and text of every block that is no rule."""
    return [(block.quote, text(block)) for block in blocks(source) if block.kind is not BlockKind.RULE]
