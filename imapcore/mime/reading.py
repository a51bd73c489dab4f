"""The parts of a message, read in their order as a person would: what ``Body`` is made from.

Chooses among alternatives, opens what is packed, puts forwarded messages in their place, gathers
files, notices and reports. The rules of each format live beside; which part becomes what is decided here.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from imapcore.mime import charsets, reports
from imapcore.mime.alternatives import choose_form, first_text, is_text, read_html_late
from imapcore.mime.calendar import Event, Localize, read_event, show_description, show_event
from imapcore.mime.containers import MAX_NESTED, MESSAGES, contained, embedded, is_container, is_sealed
from imapcore.mime.headers import decode_header, parse_addresses
from imapcore.mime.links import Links
from imapcore.mime.parts import Part, header_fields, suggested_name
from imapcore.mime.plain_text import read_plain
from imapcore.mime.quotes import MAX_QUOTE
from imapcore.mime.smime import Kind, open_smime
from imapcore.mime.textual import decode_part, strip_armor, strip_enriched
from imapcore.mime.uuencode import take_files
from imapcore.model import Address, Attachment, Block, BlockKind, Span
from imapcore.sanitize import clean_line, clean_text

MAX_TEXT = 3_000_000
"""Characters of one part of plain text that are read."""
MAX_HTML = 16_000_000
"""Characters that are read over all parts; three megabytes of HTML take a quarter of a second."""
MAX_MESSAGES = 200
"""Messages shown within one."""

_SIGNATURES = {
    "application/pgp-signature": "OpenPGP",
    "application/pkcs7-signature": "S/MIME",
    "application/x-pkcs7-signature": "S/MIME",
}
_REPORTS = {
    "message/delivery-status": reports.read_delivery_status,
    "message/global-delivery-status": reports.read_delivery_status,
    "message/disposition-notification": reports.read_disposition,
    "message/global-disposition-notification": reports.read_disposition,
    "message/feedback-report": reports.read_feedback,
}
_HEADERS_ALONE = frozenset(("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"))


class Reading(Struct):
    """What has been gathered so far."""

    links: Links
    wanted: str = ""
    """The section of the form that was asked for."""
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notices: dict[str, None] = field(default_factory=dict)
    """In order, each once."""
    reports: list[str] = field(default_factory=list)
    """What mail systems say, in sentences."""
    shown: set[str] = field(default_factory=set)
    """Sections of the texts that are shown."""
    is_html: bool = False
    pictures: int = 0
    event_shown: Event | None = None
    localize: Localize | None = None
    room: int = MAX_HTML
    is_parted: bool = False
    """What comes next stands below its own head: it needs no rule above it."""
    nested: int = 0
    messages: int = 0

    def part(self, part: Part) -> None:
        """Whatever a part is."""
        kind = part.media_type
        if part.is_multipart:
            self.multipart(part)
        elif kind in _SIGNATURES:
            self.notices.setdefault(f"Signed with {_SIGNATURES[kind]}; the signature was not checked.")
        elif kind in ("text/calendar", "application/ics"):
            if not self.event(part) or part.disposition == "attachment" or part.filename:
                self.attach(part)
        elif kind in _REPORTS:
            self.reports += _REPORTS[kind](charsets.decode(part.content())[0])
        elif kind in _HEADERS_ALONE:
            self.headers(part)
        elif kind in MESSAGES:
            self.message(part)
        elif is_container(part):
            self.container(part)
        elif part.is_attachment:
            self.attach(part)
        else:
            self.text(part)

    def single(self, part: Part) -> None:
        """One part alone, because it was asked for."""
        if part.media_type in MESSAGES or not part.media_type.startswith("text/"):
            self.part(part)
        elif part.media_type == "text/calendar":
            if not self.event(part):
                self.text(part)
        else:
            self.text(part)

    def multipart(self, part: Part) -> None:
        """Several parts, by how they belong together."""
        kind = part.media_type.partition("/")[2]
        if kind == "alternative":
            self.alternative(part)
        elif kind == "related":
            self.related(part)
        elif kind == "encrypted":
            self.sealed("OpenPGP")
            for child in part.children:
                self.attach(child)
        elif kind == "digest":
            for child in part.children:
                if child.media_type in MESSAGES:
                    self.message(child, is_file=False)
                else:
                    self.part(child)
        elif kind == "report":
            self.report(part)
        else:
            for child in part.children:
                self.part(child)

    def alternative(self, part: Part) -> None:
        """One of several forms of the same thing; what is no form of the text is kept beside it."""
        forms = [child for child in part.children if first_text(child) is not None]
        for child in part.children:
            if child not in forms:
                self.part(child)
        if not forms:
            return
        asked = next((c for c in forms if any(leaf.section == self.wanted for leaf in c.walk())), None)
        chosen = asked if asked is not None and self.wanted else choose_form(forms)
        self.part(chosen)
        for other in forms:
            if other is chosen:
                continue
            for leaf in other.walk():
                if leaf.is_attachment and leaf.media_type not in _SIGNATURES:
                    self.attach(leaf)

    def related(self, part: Part) -> None:
        """A root and what it refers to (RFC 2387)."""
        start = part.parameters.get("start", "").strip(" <>")
        root = next((child for child in part.children if start and child.content_id == start), None)
        root = root or next((c for c in part.children if first_text(c) is not None), part.children[0])
        self.part(root)
        for child in part.children:
            if child is not root:
                self.attach(child, is_inline=child.media_type.startswith("image/"))

    def report(self, part: Part) -> None:
        """Words for a person, the facts for programs, and the message that it is about (RFC 6522)."""
        for child in part.children:
            before = len(self.blocks)
            self.part(child)
            if child.media_type in MESSAGES or child.media_type in _HEADERS_ALONE:
                # One's own message come back: it is there, and folded away.
                self.blocks[before:] = [_deeper(block) for block in self.blocks[before:]]

    def message(self, part: Part, *, is_file: bool = True) -> None:
        """A message within this one: who wrote it, when, about what; then its own content."""
        inner = None
        if self.nested < MAX_NESTED and self.messages < MAX_MESSAGES:
            inner = embedded(part)
        if inner is None or is_file:
            self.attach(part)
        if inner is None:
            return
        self.messages += 1
        self.nested += 1
        self.head(header_fields(part.content()))
        self.part(inner)
        self.nested -= 1
        self.is_parted = False

    def headers(self, part: Part) -> None:
        """The header of a message without the message."""
        self.head(header_fields(part.content() + b"\r\n\r\n"))
        self.is_parted = False

    def head(self, fields: dict[str, str]) -> None:
        """What stands above a message within this one."""
        if self.blocks:
            self.blocks.append(Block(BlockKind.RULE))
        subject = decode_header(fields.get("subject"))
        self.blocks.append(Block(BlockKind.HEADING, (Span(subject or "(no subject)"),), level=3))
        rows = [
            ("From", _people(parse_addresses(fields.get("from")))),
            ("To", _people(parse_addresses(fields.get("to")))),
            ("Cc", _people(parse_addresses(fields.get("cc")))),
            ("Date", decode_header(fields.get("date"))),
        ]
        spans: list[Span] = []
        for name, value in rows:
            if value:
                spans += [Span(("\n" if spans else "") + f"{name}: ", is_bold=True), Span(value)]
        if spans:
            self.blocks.append(Block(BlockKind.PARAGRAPH, tuple(spans)))
        self.is_parted = True

    def container(self, part: Part) -> None:
        """What a program packed into one part: an opaque signature, a ``winmail.dat``."""
        if is_sealed(part):
            opened = open_smime(part.content())
            if opened.kind is Kind.SIGNED and opened.content:
                self.notices.setdefault("Signed with S/MIME; the signature was not checked.")
            elif opened.kind is Kind.SIGNED:
                self.notices.setdefault("It holds S/MIME certificates and nothing to read.")
            elif opened.kind is Kind.COMPRESSED:
                self.notices.setdefault("Its content is compressed in a way that is not read here.")
            else:
                self.sealed("S/MIME")
        inner = contained(part) if self.nested < MAX_NESTED else None
        if inner is None:
            if not is_sealed(part):
                self.notices.setdefault(
                    "Outlook packed its attachments in winmail.dat, which could not be opened here."
                )
            self.attach(part)
            return
        self.nested += 1
        if is_sealed(part):
            self.part(inner)
        else:
            has_text = any(block.kind is not BlockKind.RULE for block in self.blocks)
            for child in inner.children:
                # Outlook packs the text once more, beside the one that everybody can read.
                if not is_text(child) or not has_text:
                    self.part(child)
        self.nested -= 1

    def sealed(self, how: str) -> None:
        """What only a key opens."""
        self.notices.setdefault(
            f"This message is encrypted with {how}; open it in a program that holds your key."
        )

    def text(self, part: Part) -> None:
        """Words to be read in place."""
        text, is_mended = decode_part(part, self.room)
        if is_mended and not text.isascii():
            self.notices.setdefault("Its character encoding was wrong or missing and has been guessed.")
        limit = self.room if part.media_type == "text/html" else min(self.room, MAX_TEXT)
        is_cut = len(text) > limit
        text = text[:limit]
        if part.media_type == "text/html":
            reading = read_html_late(text, self.links)
            is_cut = is_cut or reading.is_cut
        if is_cut:
            self.notices.setdefault("The text is very long; only its beginning is shown.")
        self.room -= len(text)
        self.shown.add(part.section)
        if part.media_type == "text/plain":
            text, armor = strip_armor(text)
            if armor == "signed":
                self.notices.setdefault("Signed with OpenPGP; the signature was not checked.")
            elif armor == "encrypted":
                self.sealed("OpenPGP")
            text, files = take_files(text, part.section)
            for file in files:
                self.attach(file)
        if self.blocks and text.strip() and not self.is_parted:
            self.blocks.append(Block(BlockKind.RULE))
        self.is_parted = False
        if part.media_type == "text/html":
            self.pictures += reading.pictures
            self.blocks += reading.blocks
            self.is_html = True
        elif part.media_type in ("text/plain", "text/markdown", "text/x-markdown"):
            is_flowed = part.parameters.get("format", "").lower() == "flowed"
            deletes = part.parameters.get("delsp", "").lower() == "yes"
            self.blocks += read_plain(text, self.links, is_flowed=is_flowed, deletes_space=deletes)
        elif part.media_type in ("text/enriched", "text/richtext"):
            self.blocks += read_plain(strip_enriched(text), self.links)
        elif text.strip():
            self.blocks.append(Block(BlockKind.PREFORMATTED, (Span(clean_text(text).strip("\n")),)))
        if self.blocks and self.blocks[-1].kind is BlockKind.RULE:
            self.blocks.pop()

    def event(self, part: Part) -> bool:
        """An invitation, shown once however often it is enclosed; False when it cannot be read."""
        if self.event_shown is not None:
            return True
        event = read_event(decode_part(part, MAX_TEXT)[0], self.localize)
        if event is None:
            return False
        self.event_shown = event
        return True

    def finish_event(self) -> None:
        """The invitation goes first; what its sender wrote into it only where the mail says nothing else."""
        if self.event_shown is not None:
            if not any(block.spans or block.rows for block in self.blocks):
                self.blocks[:] = show_description(self.event_shown, self.links)
            self.blocks[:0] = show_event(self.event_shown, self.links)

    def attach(self, part: Part, is_inline: bool = False) -> None:
        """A file, or all of several."""
        if part.is_multipart:
            for child in part.children:
                self.attach(child, is_inline)
            return
        self.attachments.append(
            Attachment(
                part.section,
                part.filename or suggested_name(part),
                clean_line(part.media_type, 100),
                part.size,
                is_inline or (part.disposition == "inline" and part.media_type.startswith("image/")),
            )
        )


def _deeper(block: Block) -> Block:
    return replace(block, quote=min(block.quote + 1, MAX_QUOTE))


def _people(addresses: tuple[Address, ...]) -> str:
    shown = [f"{each.name} <{each.email}>" if each.name else each.email for each in addresses[:20]]
    return ", ".join(shown) + (" …" if len(addresses) > 20 else "")
