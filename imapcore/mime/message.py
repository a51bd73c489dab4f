"""A whole message → what the reader shows, what can be saved, what the list previews.

``read_body`` chooses among the parts as a person would: the plain text where it is worth reading, the HTML
where only that carries the content; invitations first, attachments named safely, and a notice of whatever
was left out or mended. Pure, bounded, and nothing raises for what a sender wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from imapcore.mime import charsets
from imapcore.mime.calendar import read_event, show_event
from imapcore.mime.links import Links
from imapcore.mime.parts import Part, decode_transfer, parse_parts, suggested_name
from imapcore.mime.plain_text import read_plain
from imapcore.model import Attachment, Block, BlockKind, Body, Span
from imapcore.sanitize import clean_line, clean_text

if TYPE_CHECKING:
    from imapcore.mime.html import Reading

MAX_TEXT = 400_000
"""Characters of one part of plain text that are read."""
MAX_HTML = 16_000_000
"""Characters of one part of HTML that are read; three megabytes take a quarter of a second."""
_MAX_JUDGED = 100_000
"""Characters of the HTML by which it is compared with the plain form."""
MAX_SNIPPET = 200
MAX_ATTACHMENTS = 500

_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
_SEALED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_URL = re.compile(r"https?://\S{1,4000}")
_EXCUSE = re.compile(
    r"(?:does not|doesn't|can(?:'|no)t) (?:support|display|show|view|read) html"
    r"|html(?:-| )(?:capable|enabled|compatible)"
    r"|view (?:this|the) (?:e-?mail|message|newsletter) (?:in|on|online)|to view this (?:e-?mail|message)"
    r"|this is an html (?:e-?mail|message)",
    re.IGNORECASE,
)
_DASHES = re.compile(r"[-=_*~#─━]{4,}")
_PREAMBLE = re.compile(
    r"\b(?:view|read|open) (?:this|the) (?:e-?mail|message|newsletter)"
    r" (?:in|on) (?:your|the|a) (?:web )?browser\W*"
    r"|\b(?:view|read) (?:it )?online\b\W*|\btrouble (?:viewing|reading) this (?:e-?mail|message)\?\W*",
    re.IGNORECASE,
)
"""What newsletters say before they say anything."""
_RICH_CODE = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")


def read_body(msgid: int, raw: bytes) -> Body:
    """A message's content for the screen; ``raw`` is its RFC 5322 source, whole or cut short."""
    reading = _Reading()
    root = parse_parts(raw)
    reading.part(root)
    if not reading.blocks and not reading.attachments:
        reading.notices.setdefault("This message has no text.")
    if reading.pictures:
        reading.notices.setdefault("Remote pictures were not loaded.")
    if root.is_cut or any(part.is_cut for part in root.children):
        reading.notices.setdefault("The message ends early.")
    return Body(
        msgid,
        tuple(reading.blocks),
        tuple(reading.links.found),
        tuple(reading.attachments[:MAX_ATTACHMENTS]),
        reading.is_html,
        " ".join(reading.notices),
    )


def make_snippet(part: bytes, *, encoding: str, charset: str, is_html: bool) -> str:
    """The first words of a text part for the list, at most 200 characters, without quotes and signature.

    ``part`` may be cut anywhere, as a partial FETCH leaves it.
    """
    text, _ = charsets.decode(decode_transfer(part, encoding), charset)
    text = text.rstrip("\ufffd")
    preheader = ""
    if is_html:
        reading = _read_html(text[:_MAX_JUDGED], Links())
        blocks, preheader = reading.blocks, reading.preheader
    else:
        blocks = read_plain(text[:1200], Links())
        # Nearly always the beginning is enough; only a mail that begins with a long quote needs more of it.
        if len(text) > 1200 and len(_words(filter(_is_fresh, blocks))) < MAX_SNIPPET // 2:
            blocks = read_plain(text[:6000], Links())
    words = f"{preheader} {_words(filter(_is_fresh, blocks)) or _words(blocks)}"
    words = _DASHES.sub(" ", words)[: MAX_SNIPPET * 4]
    return clean_line(_PREAMBLE.sub(" ", _URL.sub(" ", words)), MAX_SNIPPET) or clean_line(words, MAX_SNIPPET)


def _is_fresh(block: Block) -> bool:
    """Whether it was written for this message."""
    return not block.quote and not block.is_signature


def extract_part(raw: bytes, section: str) -> bytes:
    """An attachment's decoded octets. Raises KeyError when the message has no such section."""
    for part in parse_parts(raw).walk():
        if part.section == section and not part.is_multipart:
            return part.content()
    raise KeyError(section)


def snippet(raw: bytes) -> str:
    """The first words of a whole message."""
    text = next((part for part in parse_parts(raw).walk() if _is_text(part)), None)
    if text is None:
        return ""
    return make_snippet(
        text.octets, encoding=text.encoding, charset=text.charset, is_html=text.media_type == "text/html"
    )


class _Reading(Struct):
    """What has been gathered so far."""

    blocks: list[Block] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    attachments: list[Attachment] = field(default_factory=list)
    notices: dict[str, None] = field(default_factory=dict)
    """In order, each once."""
    is_html: bool = False
    pictures: int = 0
    has_event: bool = False

    def part(self, part: Part) -> None:
        if part.is_multipart:
            self.multipart(part)
        elif part.media_type in _SIGNATURES:
            self.notices.setdefault("Signed; the signature was not checked.")
        elif part.media_type in ("text/calendar", "application/ics"):
            if not self.event(part) or part.disposition == "attachment" or part.filename:
                self.attach(part)
        elif part.is_attachment:
            self.attach(part)
        else:
            self.text(part)

    def multipart(self, part: Part) -> None:
        kind = part.media_type.partition("/")[2]
        if kind == "alternative":
            self.alternative(part)
        elif kind == "related":
            self.related(part)
        elif kind == "encrypted":
            self.notices.setdefault("This message is encrypted; open it in a program that holds your key.")
            for child in part.children:
                self.attach(child)
        else:
            for child in part.children:
                self.part(child)

    def alternative(self, part: Part) -> None:
        """One of several forms of the same thing; what is no form of the text is kept beside it."""
        forms = [child for child in part.children if _first_text(child) is not None]
        for child in part.children:
            if child not in forms:
                self.part(child)
        if not forms:
            return
        texts = [(child, _first_text(child)) for child in forms]
        plain = next((c for c, text in texts if text and text.media_type != "text/html"), None)
        rich = next((c for c, text in reversed(texts) if text and text.media_type == "text/html"), None)
        if plain is None or rich is None:
            self.part(rich or plain or forms[-1])
            return
        chosen, other = (plain, rich) if self.is_worth_reading(plain, rich) else (rich, plain)
        self.part(chosen)
        for leaf in other.walk():
            if leaf.is_attachment:
                self.attach(leaf)

    def is_worth_reading(self, plain: Part, rich: Part) -> bool:
        """Whether the plain form says what the HTML says, and says it well."""
        plain_text, html_text = _first_text(plain), _first_text(rich)
        if plain_text is None or html_text is None:
            return plain_text is not None
        words = _decode(plain_text)[0].strip()
        source = _decode(html_text)[0]
        if not words:
            return False
        reading = _read_html(source[:_MAX_JUDGED], Links())
        shown = sum(len(text) for text in map(_block_text, reading.blocks))
        if _EXCUSE.search(words[:600]) and shown > 200:
            return False
        bare = _URL.sub("", words)
        if len(bare.strip()) * 4 < shown and shown > 200:
            return False
        urls = [match for match in _URL.findall(words) if len(match) > 60]
        if len(words) - len(bare) > len(bare) or len(urls) > 3:
            return False
        return not any(block.kind is BlockKind.TABLE and not block.quote for block in reading.blocks)

    def related(self, part: Part) -> None:
        """A root and what it refers to (RFC 2387)."""
        start = part.parameters.get("start", "").strip(" <>")
        root = next((child for child in part.children if start and child.content_id == start), None)
        root = root or next((c for c in part.children if _first_text(c) is not None), part.children[0])
        self.part(root)
        for child in part.children:
            if child is not root:
                self.attach(child, is_inline=child.media_type.startswith("image/"))

    def text(self, part: Part) -> None:
        text, is_mended = _decode(part)
        if is_mended and any(character > "\x7f" for character in text[:MAX_TEXT]):
            self.notices.setdefault("Its character encoding was wrong or missing and has been guessed.")
        limit = MAX_HTML if part.media_type == "text/html" else MAX_TEXT
        is_cut = len(text) > limit
        text = text[:limit]
        if part.media_type == "text/html":
            reading = _read_html(text, self.links)
            is_cut = is_cut or reading.is_cut
        if is_cut:
            self.notices.setdefault("The text is very long; only its beginning is shown.")
        if self.blocks and text.strip():
            self.blocks.append(Block(BlockKind.RULE))
        if part.media_type == "text/html":
            self.pictures += reading.pictures
            self.blocks += reading.blocks
            self.is_html = True
        elif part.media_type in ("text/plain", "text/markdown", "text/x-markdown"):
            is_flowed = part.parameters.get("format", "").lower() == "flowed"
            deletes = part.parameters.get("delsp", "").lower() == "yes"
            self.blocks += read_plain(text, self.links, is_flowed=is_flowed, deletes_space=deletes)
        elif part.media_type in ("text/enriched", "text/richtext"):
            self.blocks += read_plain(_strip_enriched(text), self.links)
        elif text.strip():
            self.blocks.append(Block(BlockKind.PREFORMATTED, (Span(clean_text(text).strip("\n")),)))
        if self.blocks and self.blocks[-1].kind is BlockKind.RULE:
            self.blocks.pop()

    def event(self, part: Part) -> bool:
        """An invitation, shown once however often it is enclosed; False when it cannot be read."""
        if self.has_event:
            return True
        event = read_event(_decode(part)[0])
        if event is None:
            return False
        self.has_event = True
        self.blocks[:0] = show_event(event)
        return True

    def attach(self, part: Part, is_inline: bool = False) -> None:
        if part.is_multipart:
            for child in part.children:
                self.attach(child, is_inline)
            return
        if part.media_type in _SEALED:
            self.notices.setdefault("This message is encrypted; open it in a program that holds your key.")
        elif part.media_type == "application/ms-tnef":
            self.notices.setdefault("Its attachments are packed in winmail.dat, a format of Outlook's.")
        self.attachments.append(
            Attachment(
                part.section,
                part.filename or suggested_name(part),
                clean_line(part.media_type, 100),
                part.size,
                is_inline or (part.disposition == "inline" and part.media_type.startswith("image/")),
            )
        )


def _read_html(source: str, links: Links) -> Reading:
    """The HTML reader, loaded with its parser when there is HTML to read."""
    from imapcore.mime.html import read_html

    return read_html(source, links)


def _is_text(part: Part) -> bool:
    return not part.is_multipart and not part.is_attachment and part.media_type.startswith("text/") and (
        part.media_type != "text/calendar"
    )  # fmt: skip


def _first_text(part: Part) -> Part | None:
    return next((leaf for leaf in part.walk() if _is_text(leaf)), None)


def _decode(part: Part) -> tuple[str, bool]:
    """A text part's text, and whether its label had to be set aside."""
    limit = MAX_HTML if part.media_type == "text/html" else MAX_TEXT
    octets = part.octets if part.encoding == "base64" else part.octets[: limit * 6]
    content = decode_transfer(octets[: limit * 8], part.encoding)
    charset = part.charset
    if not charset and b"\x1b$" in content:
        charset = "iso-2022-jp"
    text, is_mended = charsets.decode(content, charset)
    return text.removeprefix("\ufeff"), is_mended


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


def _strip_enriched(text: str) -> str:
    """text/enriched (RFC 1896) without its commands; a doubled ``<`` is one."""
    text = re.sub(r"<param>.{0,500}?</param>", "", text, flags=re.IGNORECASE | re.DOTALL)
    return "<".join(_RICH_CODE.sub("", piece) for piece in text.split("<<"))
