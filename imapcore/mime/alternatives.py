"""Which of several forms of the same words is shown (RFC 2046 §5.1.4): plain text where it says what the HTML
says, the HTML where only that carries the content, its tables or its links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from imapcore.mime.links import Links
from imapcore.mime.parts import Part
from imapcore.mime.textual import decode_part
from imapcore.model import Block, BlockKind

if TYPE_CHECKING:
    from imapcore.mime.html import Reading

MAX_JUDGED = 100_000
"""Characters of a form that are looked at to judge it."""
_URL = re.compile(r"(?:https?://|www\.)\S{1,4000}", re.IGNORECASE)
_EXCUSE = re.compile(
    r"(?:does not|doesn't|can(?:'|no)t) (?:support|display|show|view|read) html"
    r"|html(?:-| )(?:capable|enabled|compatible)"
    r"|view (?:this|the) (?:e-?mail|message|newsletter) (?:in|on|online)|to view this (?:e-?mail|message)"
    r"|this is an html (?:e-?mail|message)",
    re.IGNORECASE,
)
_ENOUGH_LINKS = 4
"""From so many links on, a plain form with less than half of them is poorer."""


def read_html_late(source: str, links: Links) -> Reading:
    """The HTML reader, loaded with its parser when there is HTML to read."""
    from imapcore.mime.html import read_html

    return read_html(source, links)


def is_text(part: Part) -> bool:
    """Whether a part is words to be read in place."""
    return not part.is_multipart and not part.is_attachment and part.media_type.startswith("text/") and (
        part.media_type != "text/calendar"
    )  # fmt: skip


def first_text(part: Part) -> Part | None:
    """The first such part in it, or itself."""
    return next((leaf for leaf in part.walk() if is_text(leaf)), None)


def choose_form(forms: Sequence[Part]) -> Part:
    """The form that is shown, of those that hold a text."""
    texts = [(child, first_text(child)) for child in forms]
    plain = next((c for c, text in texts if text and text.media_type != "text/html"), None)
    rich = next((c for c, text in reversed(texts) if text and text.media_type == "text/html"), None)
    if plain is None or rich is None:
        return rich or plain or forms[-1]
    return plain if _is_worth_reading(plain, rich) else rich


def _is_worth_reading(plain: Part, rich: Part) -> bool:
    """Whether the plain form says what the HTML says, and says it well."""
    plain_text, html_text = first_text(plain), first_text(rich)
    if plain_text is None or html_text is None:
        return plain_text is not None
    words = decode_part(plain_text, MAX_JUDGED)[0].strip()
    if not words:
        return False
    links = Links()
    reading = read_html_late(decode_part(html_text, MAX_JUDGED)[0][:MAX_JUDGED], links)
    shown = sum(len(text) for text in map(_block_text, reading.blocks))
    if _EXCUSE.search(words[:600]) and shown > 200:
        return False
    bare = _URL.sub("", words)
    if len(bare.strip()) * 4 < shown and shown > 200:
        return False
    urls = _URL.findall(words)
    if len(words) - len(bare) > len(bare) or sum(len(url) > 60 for url in urls) > 3:
        return False
    leads = sum(link.url.startswith("http") for link in links.found)
    if leads and not urls:
        return False
    if leads >= _ENOUGH_LINKS and len(urls) * 2 < leads:
        return False
    return not any(block.kind is BlockKind.TABLE and not block.quote for block in reading.blocks)


def _block_text(block: Block) -> str:
    if block.kind is BlockKind.TABLE:
        return " ".join(span.text for row in block.rows for cell in row for span in cell)
    return "".join(span.text for span in block.spans)
