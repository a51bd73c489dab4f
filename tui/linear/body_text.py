"""A message as lines to be read aloud: links with their numbers and hosts, quotes counted or read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from imapcore.model import Attachment, Block, Body, Link, Span
from tui.style.text import plural, size


def body_lines(body: Body, *, has_quotes: bool = False) -> list[str]:
    """A body as lines: what was written now, how much was quoted (or that, too), the attachments."""
    lines: list[str] = []
    quoted = 0
    depth = 0
    for block in body.blocks:
        if block.quote and not has_quotes:
            quoted += 1
            continue
        if block.quote != depth and has_quotes:
            lines.append(f"Quoted, level {block.quote}:" if block.quote else "End of what is quoted.")
        depth = block.quote
        lines.extend(_block_lines(block, body))
    if quoted:
        lines.append(f"Quoted text left out, {plural(quoted, 'paragraph')}. Type quotes to hear it.")
    lines.extend(
        f"Attachment {number}: {attachment_words(part)}" for number, part in enumerate(body.attachments, 1)
    )
    if body.notice:
        lines.append(body.notice)
    return [line for line in lines if line]


def _block_lines(block: Block, body: Body) -> Iterator[str]:
    if block.rows:
        for row in block.rows:
            yield ", ".join(_words(cell, body) for cell in row)
        return
    marker = block.marker
    for line in _words(block.spans, body).splitlines():
        yield f"{marker} {line}".strip()
        marker = ""


def _words(spans: Iterable[Span], body: Body) -> str:
    """Text with each link followed by its number, and by its host where that is not plain to see."""
    words: list[str] = []
    for index, run in groupby(spans, key=lambda span: span.link):
        words.extend(f"struck out: {span.text}" if span.is_struck else span.text for span in run)
        if index is not None and 0 <= index < len(body.links):
            words.append(_note(body.links[index], index))
    return "".join(words)


def _note(link: Link, index: int) -> str:
    number = link.label(index)
    if link.is_suspicious:
        return f" [link {number}, really {link.host}]".replace("link ,", "link,")
    if not number or link.is_footnote:
        return ""
    is_known = link.is_host_shown or link.is_senders or not link.host
    return f" [link {number}]" if is_known else f" [link {number}, {link.host}]"


def link_words(link: Link, index: int) -> str:
    """A link as a line of the list of links: number, text, where it really goes."""
    number = link.label(index)
    text = " ".join(link.text.split())
    said = f"{text}, " if text and text != link.url else ""
    warning = f"really {link.host}, " if link.is_suspicious else ""
    return f"{f'{number}. ' if number else ''}{said}{warning}{link.url}"


def attachment_words(part: Attachment) -> str:
    """``budget.pdf, application/pdf, 47 kB``."""
    return f"{part.filename or 'no name'}, {part.media_type}, {size(part.size)}"
