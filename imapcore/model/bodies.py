"""What a person reads: a message's body as blocks, its links and its attachments."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class BlockKind(Enum):
    """What a block of a body is; the screen decides how it looks."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    PREFORMATTED = "preformatted"
    ITEM = "item"
    TABLE = "table"
    RULE = "rule"


class Span(Struct, frozen=True):
    """A run of text in one style. May contain newlines where the sender broke a line on purpose."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False
    link: int | None = None
    """Index into ``Body.links``."""
    is_struck: bool = False
    """Crossed out: an old price, a deleted word."""


class Block(Struct, frozen=True):
    """A paragraph, heading, list item, table …, in reading order."""

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    level: int = 0
    """Heading 1–6, or a list item's depth from 0."""
    quote: int = 0
    """Depth of quotation; 0 is what the sender wrote now."""
    marker: str = ""
    """A list item's bullet or number."""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    """A table's cells."""
    has_header: bool = False
    """Whether a table's first row is a header."""
    is_signature: bool = False


class Link(Struct, frozen=True):
    """Where a link really goes."""

    url: str
    host: str
    """The host in a form that cannot deceive (punycode where scripts are mixed)."""
    text: str
    is_suspicious: bool = False
    """The visible text names another's host than the one it leads to, or the address plays tricks."""
    number: int | None = None
    """What it is shown and chosen by: the text's own footnote where it has one; 0 for none, where its address
    stands in full sight; None for one more than its index.
    """
    domain: str = ""
    """The end of ``host`` that one owner registered, ``paypal.com`` of ``www.paypal.com``. Where a host must
    be cut, this part stays.
    """
    is_host_shown: bool = False
    """The text says the host already: it need not be written beside it."""
    is_senders: bool = False
    """It leads to the domain that the message says it is from."""
    is_tracker: bool = False
    """Its host is known to count clicks and to pass them on, which is worth a quiet word."""

    def label(self, index: int) -> str:
        """The number it is shown by, as text; empty when it needs none."""
        number = index + 1 if self.number is None else self.number
        return str(number) if number else ""


class Attachment(Struct, frozen=True):
    """A part that is a file."""

    section: str
    """IMAP section, e.g. ``2`` or ``1.3``."""
    filename: str
    """Sanitized, without any directory."""
    media_type: str
    size: int
    """Decoded octets, as well as they can be known before the download."""
    is_inline: bool = False


class Body(Struct, frozen=True):
    """A message's content, made readable."""

    msgid: int
    blocks: tuple[Block, ...]
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    is_html: bool = False
    """Whether it was drawn from HTML, for want of a plain part worth reading."""
    notice: str = ""
    """What the reader should know: remote pictures left out, broken encoding mended, part too big …"""
