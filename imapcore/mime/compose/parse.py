"""A draft's octets, from Gmail's Drafts, → a draft: the way back of ``render``.

A draft begun on the web or the phone is continued as what it says: people, subject, text, files, threading.
Of HTML the words stay; its looks would not survive a text editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from msgspec import Struct

from imapcore.mime.compose.answer import references_in
from imapcore.mime.compose.quoting import body_text
from imapcore.mime.headers import decode_header, parse_addresses
from imapcore.mime.message import read_body
from imapcore.model import Address, Draft

OURS = "X-Gimap-Draft"


class ParsedDraft(Struct, frozen=True):
    """What a draft's source says."""

    draft: Draft
    files: tuple[tuple[str, str, bytes], ...]
    """Name, media type, octets."""
    ours: str
    """The Message-ID of the draft of ours that it is a copy of; empty for one begun elsewhere."""


def parse_draft(source: bytes, own: Sequence[Address]) -> ParsedDraft:
    """Read a draft's source; never fails. ``own``: one's addresses, the first for a draft without a From."""
    message = BytesParser(policy=policy.default).parsebytes(source)
    sender = next(iter(_people(message, "From")), None) or (own[0] if own else Address("", ""))
    draft = Draft(
        sender=sender,
        to=_people(message, "To"),
        cc=_people(message, "Cc"),
        bcc=_people(message, "Bcc"),
        subject=decode_header(_raw(message, "Subject")),
        text=_text(message, source),
        in_reply_to=_raw(message, "In-Reply-To").strip(),
        references=references_in(source) if _raw(message, "In-Reply-To") else (),
    )
    return ParsedDraft(draft, tuple(_files(message)), _raw(message, OURS).strip())


def _raw(message: EmailMessage, name: str) -> str:
    """A field as it stands, unfolded; Python's own reading of hostile fields may raise."""
    found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return str(found).replace("\r", "").replace("\n", "")


def _people(message: EmailMessage, name: str) -> tuple[Address, ...]:
    return tuple(each for each in parse_addresses(_raw(message, name)) if each.email)


def _text(message: EmailMessage, source: bytes) -> str:
    part = message.get_body(("plain",))
    if part is None:
        return body_text(read_body(0, source), deepest=99, has_signature=True) + "\n"
    octets = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    try:
        text = octets.decode(charset, "replace") if isinstance(octets, bytes) else str(part.get_payload())
    except LookupError:
        text = octets.decode("utf-8", "replace") if isinstance(octets, bytes) else ""
    text = text.replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text)
    return text


def unflow(text: str) -> str:
    """The lines of format=flowed as they were typed (RFC 3676 §4.1); quotations stay line by line."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if line.startswith(">"):
            lines.append(line)
            is_open = False
            continue
        bare = line[1:] if line.startswith(" ") else line
        if is_open:
            lines[-1] += bare
        else:
            lines.append(bare)
        is_open = bare.endswith(" ") and bare != "-- "
    return "\n".join(lines)


def _files(message: EmailMessage) -> list[tuple[str, str, bytes]]:
    found: list[tuple[str, str, bytes]] = []
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        if part.get_content_disposition() != "attachment":
            continue
        name = part.get_filename() or "attachment"
        if part.get_content_type() == "message/rfc822":
            inner = next(part.iter_parts(), None)
            octets = inner.as_bytes() if inner is not None else b""
        else:
            payload = part.get_payload(decode=True)
            octets = payload if isinstance(payload, bytes) else b""
        found.append((name, part.get_content_type(), octets))
    return found
