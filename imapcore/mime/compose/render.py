"""A draft → a message: RFC 5322's header, MIME's parts, octets that any server takes.

Made by Python's own ``email``, which folds and encodes headers and files by the standards. What comes from
people (names, subjects, file names) is stripped of control characters first: a line break in a subject would
be a header of its own. Octets are 7bit where that is possible; a forwarded message goes as it came, in 8bit
where it needs that (Gmail announces 8BITMIME).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from imapcore.mime.compose.flowed import flow
from imapcore.mime.compose.recipients import needs_utf8, wire_address
from imapcore.model import Address, Draft, DraftFile

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,900}>")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", re.IGNORECASE)
MOST_REFERENCES = 40
"""Ids named in References: the first, which is the conversation's, and the newest."""


def render_message(
    draft: Draft,
    octets_of: Callable[[int], bytes],
    *,
    now: datetime,
    keeps_bcc: bool = False,
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """The octets of a draft, lines ended by CRLF.

    ``octets_of``: a file's octets by its ``file_id``. ``now``: with its zone; it becomes the Date.
    ``keeps_bcc``: for the copy in Drafts, which must not lose whom one meant; never for what is sent.
    ``extra``: header fields of ours. Raises ValueError for a draft without a sender.
    """
    if not draft.sender.email:
        raise ValueError("a message needs a sender")
    is_utf8 = needs_utf8((draft.sender, *draft.recipients))
    rules = policy.SMTP.clone(utf8=is_utf8, cte_type="7bit")
    message = EmailMessage(policy=rules)
    message["From"] = _people((draft.sender,))
    for name, people in (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc if keeps_bcc else ())):
        if people:
            message[name] = _people(people)
    message["Subject"] = _line(draft.subject)
    message["Date"] = format_datetime(now)
    if _MESSAGE_ID.fullmatch(draft.message_id):
        message["Message-ID"] = draft.message_id
    if _MESSAGE_ID.fullmatch(draft.in_reply_to):
        message["In-Reply-To"] = draft.in_reply_to
    if references := _references(draft.references):
        message["References"] = references
    for name, value in (extra or {}).items():
        message[name] = _line(value)
    _write_text(message, draft)
    messages: dict[str, bytes] = {}
    for file in draft.files:
        octets = octets_of(file.file_id)
        if file.media_type.lower() == "message/rfc822":
            mark = f"message-{len(messages)}-{sha256(octets).hexdigest()}"
            messages[mark] = octets
            _attach_message(message, _line(file.filename) or "message.eml", octets, mark)
        else:
            _attach(message, file, octets)
    if not all(octets.isascii() for octets in messages.values()):
        message["Content-Transfer-Encoding"] = "8bit"
    return _insert(message.as_bytes(policy=rules), messages)


def new_message_id(token: str, email: str) -> str:
    """A Message-ID: ``token`` must be new each time; the right side names the sender's domain, never this
    machine.
    """
    domain = wire_address(email).rpartition("@")[2] or "localhost"
    return f"<{token}@{domain if domain.isascii() else 'localhost'}>"


def _line(text: str) -> str:
    """One line without control characters."""
    return _CONTROLS.sub(" ", text).strip()


def _people(addresses: Iterable[Address]) -> tuple[HeaderAddress, ...]:
    people = []
    for address in addresses:
        local, _, domain = wire_address(address.email).rpartition("@")
        people.append(HeaderAddress(_line(address.name), _line(local), _line(domain)))
    return tuple(people)


def _references(ids: tuple[str, ...]) -> str:
    known = [each for each in dict.fromkeys(ids) if _MESSAGE_ID.fullmatch(each)]
    if len(known) > MOST_REFERENCES:
        known = [known[0], *known[1 - MOST_REFERENCES :]]
    return " ".join(known)


def _write_text(message: EmailMessage, draft: Draft) -> None:
    lines = flow(draft.text)
    message.set_content(lines, subtype="plain", charset="utf-8" if not lines.isascii() else "us-ascii")
    message.set_param("format", "flowed")
    if draft.is_markdown:
        message.add_alternative(_html(draft.text), subtype="html")


def _html(text: str) -> str:
    """Markdown → HTML that needs no style sheet; what looks like HTML in it stays text."""
    # Late: most mail is plain.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return f'<div dir="auto">\n{reader.render(text)}</div>\n'


def _attach(message: EmailMessage, file: DraftFile, octets: bytes) -> None:
    media_type = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    kind, _, subtype = media_type.lower().partition("/")
    name = _line(file.filename) or "attachment"
    if kind in ("multipart", "message"):
        kind, subtype = "application", "octet-stream"
    cid = f"<{_line(file.content_id)}>" if file.content_id else None
    message.add_attachment(octets, maintype=kind, subtype=subtype, filename=name, cid=cid)


def _attach_message(message: EmailMessage, name: str, octets: bytes, mark: str) -> None:
    """A message as a part of another; ``mark`` stands for its octets until the rest is written."""
    part = EmailMessage(policy=message.policy)
    part["Content-Type"] = "message/rfc822"
    part["Content-Disposition"] = "attachment"
    part.set_param("filename", name, header="Content-Disposition")
    if not octets.isascii():
        part["Content-Transfer-Encoding"] = "8bit"
    inner = EmailMessage(policy=message.policy)
    inner.set_payload(mark)
    part.set_payload([inner])
    if message.get_content_type() != "multipart/mixed":
        message.make_mixed()
    message.attach(part)


def _insert(rendered: bytes, messages: Mapping[str, bytes]) -> bytes:
    """Put forwarded messages in the place of their marks, as they came but for the ends of lines.

    Python's generator would fold their headers anew and stops at octets that no charset explains.
    """
    for mark, octets in messages.items():
        lines = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        # The inner message has no header: the empty line before its mark would end the forwarded one's.
        rendered = rendered.replace(b"\r\n" + mark.encode(), lines, 1)
    return rendered
