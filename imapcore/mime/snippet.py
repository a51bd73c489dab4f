"""The first words of a message for the list, also of a part of which only the beginning is here."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imapcore.mime import charsets
from imapcore.mime.alternatives import is_text, read_html_late
from imapcore.mime.links import Links
from imapcore.mime.parts import decode_transfer, parse_parts
from imapcore.mime.plain_text import read_plain
from imapcore.model import Block, BlockKind
from imapcore.sanitize import clean_line

MAX_SNIPPET = 200
_MAX_FIRST = 100_000
"""Characters of a text in which its first words are looked for."""
_URL = re.compile(r"https?://\S{1,4000}")
_DASHES = re.compile(r"[-=_*~#─━]{4,}")
_PREAMBLE = re.compile(
    r"\b(?:view|read|open) (?:this|the) (?:e-?mail|message|newsletter)"
    r" (?:in|on) (?:your|the|a) (?:web )?browser\W*"
    r"|\b(?:view|read) (?:it )?online\b\W*|\btrouble (?:viewing|reading) this (?:e-?mail|message)\?\W*",
    re.IGNORECASE,
)
"""What newsletters say before they say anything."""


def make_snippet(part: bytes, *, encoding: str, charset: str, is_html: bool) -> str:
    """The first words of a text part for the list, at most 200 characters, without quotes and signature.

    ``part`` may be cut anywhere, as a partial FETCH leaves it.
    """
    octets = decode_transfer(part, encoding)
    if not charset:
        octets = charsets.without_cut_end(octets)
    text, _ = charsets.decode_body(octets, charset, is_html=is_html)
    text = text.rstrip("\ufffd")
    preheader = ""
    if is_html:
        reading = read_html_late(text[:_MAX_FIRST], Links())
        blocks, preheader = reading.blocks, reading.preheader
    else:
        blocks = read_plain(text[:1200], Links())
        # Nearly always the beginning is enough; only a mail that begins with a long quote needs more of it.
        if len(text) > 1200 and len(_words(filter(_is_fresh, blocks))) < MAX_SNIPPET // 2:
            blocks = read_plain(text[:6000], Links())
    words = f"{preheader} {_words(filter(_is_fresh, blocks)) or _words(blocks)}"
    words = _DASHES.sub(" ", words)[: MAX_SNIPPET * 4]
    return clean_line(_PREAMBLE.sub(" ", _URL.sub(" ", words)), MAX_SNIPPET) or clean_line(words, MAX_SNIPPET)


def snippet(raw: bytes) -> str:
    """The first words of a whole message."""
    text = next((part for part in parse_parts(raw).walk() if is_text(part)), None)
    if text is None:
        return ""
    return make_snippet(
        text.octets, encoding=text.encoding, charset=text.charset, is_html=text.media_type == "text/html"
    )


def _is_fresh(block: Block) -> bool:
    """Whether it was written for this message."""
    return not block.quote and not block.is_signature


def _words(blocks: Iterable[Block]) -> str:
    """The blocks' words in one line, as far as a snippet needs them."""
    found: list[str] = []
    length = 0
    for block in blocks:
        if block.kind is BlockKind.RULE:
            continue
        text = _block_text(block)
        if text:
            found.append(text)
            length += len(text)
        if length > MAX_SNIPPET * 2:
            break
    return " ".join(found)


def _block_text(block: Block) -> str:
    if block.kind is BlockKind.TABLE:
        return " ".join(span.text for row in block.rows for cell in row for span in cell)
    return "".join(span.text for span in block.spans)
