"""What a person reads: a message's body as blocks, its links and its attachments."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from imapcore.model.mail import Address


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

    is_footnote: bool = False
    """The text itself writes its number beside it: it need not be written again."""

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


class Form(Struct, frozen=True):
    """One way to read a message, or one part of it: what can be asked for instead of what is shown."""

    section: str
    media_type: str
    title: str
    """For a person: ``plain text``, ``HTML``, a file's name."""
    is_shown: bool = False
    is_alternative: bool = False
    """Another form of the same words, rather than another part."""


class Verdict(Struct, frozen=True):
    """What the receiving server found out about a message's origin by one method (RFC 8601)."""

    method: str
    """``spf``, ``dkim``, ``dmarc`` or ``arc``."""
    result: str
    """``pass``, ``fail``, ``softfail``, ``neutral``, ``none`` …"""
    domain: str
    """The domain that the result speaks of; empty when it is not said."""


class Unsubscribe(Struct, frozen=True):
    """How to leave the list that a message came through (RFC 2369)."""

    url: str = ""
    """A web address, or empty."""
    mailto: str = ""
    """A ``mailto:`` address, or empty."""
    is_one_click: bool = False
    """``url`` takes a POST without any further question (RFC 8058)."""


class Details(Struct, frozen=True):
    """What a message's header says of its origin: for "show details"."""

    sender: Address | None = None
    """From, as the header itself has it: a server's ENVELOPE may have it wrong."""
    sent_by: Address | None = None
    """Sender, where it differs from From."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: str = ""
    """The Date header as it stands."""
    mailed_by: str = ""
    """The domain that SPF found to be allowed to send it."""
    signed_by: str = ""
    """The domain whose DKIM signature holds."""
    verdicts: tuple[Verdict, ...] = ()
    is_encrypted: bool | None = None
    """Whether the last server passed it on encrypted; None when it is not said."""
    list_id: str = ""
    list_post: str = ""
    list_archive: str = ""
    unsubscribe: Unsubscribe | None = None
    message_id: str = ""


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
    forms: tuple[Form, ...] = ()
    """Every part that can be read, in order; empty when there is only the one that is shown."""
    details: Details | None = None
    """From the message's header."""
