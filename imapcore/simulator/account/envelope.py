"""ENVELOPE and BODYSTRUCTURE as Gmail writes them (RFC 3501 §7.4.2, with Gmail's own habits).

Types, encodings and parameter names come in upper case, a leaf ends with md5, disposition and language
(no location), the envelope's date is the raw header, encoded words stay encoded. Pure rendering: bytes
for the wire from the byte ranges of ``mail_parts``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from imapcore.simulator.account.mime_parts import Parameters, Part, parse_disposition

_PLAIN = re.compile(rb"[\x20-\x7e]*")
_ATOM_RUN = re.compile(rb"[^\s\"(),:;<>@\\\[\]]+|.", re.DOTALL)
_ENCODINGS = frozenset((b"7BIT", b"8BIT", b"BINARY", b"BASE64", b"QUOTED-PRINTABLE"))
MAX_ADDRESSES = 2000


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One member of an address list as the envelope has it; None is NIL."""

    name: bytes | None
    local: bytes | None
    host: bytes | None
    route: bytes | None = None
    """The hosts of a source route, ``@a,@b`` (RFC 5322 §4.4); the envelope's ``addr-adl``."""


def quote(value: bytes | None) -> bytes:
    """An nstring: NIL, a quoted string, or a literal where a quoted string cannot hold it."""
    if value is None:
        return b"NIL"
    if _PLAIN.fullmatch(value):
        return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d}\r\n%b" % (len(value), value)


def render_envelope(part: Part) -> bytes:
    """The ten members of ENVELOPE; Sender and Reply-To fall back to From (RFC 3501 §7.4.2)."""
    sender = render_addresses(part.values(b"from"))
    return b"(%b)" % b" ".join(
        (
            quote(part.value(b"date")),
            quote(part.value(b"subject")),
            sender,
            _or_else(render_addresses(part.values(b"sender")), sender),
            _or_else(render_addresses(part.values(b"reply-to")), sender),
            render_addresses(part.values(b"to")),
            render_addresses(part.values(b"cc")),
            render_addresses(part.values(b"bcc")),
            quote(part.value(b"in-reply-to")),
            quote(part.value(b"message-id")),
        )
    )


def render_addresses(values: list[bytes]) -> bytes:
    """An address list of the envelope, NIL when there is nobody."""
    members = [member for value in values for member in parse_mailboxes(value)]
    if not members:
        return b"NIL"
    return b"(%b)" % b"".join(
        b"(%b %b %b %b)" % (quote(m.name), quote(m.route), quote(m.local), quote(m.host))
        for m in members[:MAX_ADDRESSES]
    )


def render_structure(part: Part, is_extended: bool = True) -> bytes:
    """BODYSTRUCTURE, or BODY when not extended."""
    if part.is_multipart:
        return _render_multipart(part, is_extended)
    words = [
        quote(part.media_type),
        quote(part.subtype),
        _render_parameters(part.parameters),
        quote(part.value(b"content-id")),
        quote(part.value(b"content-description")),
        quote(_encoding(part)),
        b"%d" % (part.end - part.body),
    ]
    lines = b"%d" % part.raw.count(b"\n", part.body, part.end)
    if part.message is not None:
        words += [render_envelope(part.message), render_structure(part.message, is_extended), lines]
    elif part.media_type == b"TEXT":
        words.append(lines)
    if is_extended:
        words += [quote(part.value(b"content-md5")), _render_disposition(part), _render_language(part)]
    return b"(%b)" % b" ".join(words)


def parse_mailboxes(value: bytes) -> list[Mailbox]:
    """An address header's members (RFC 5322 §3.4), names unquoted; groups in the envelope's own form."""
    members: list[Mailbox] = []
    is_group = False
    words: list[bytes] = []
    comment = b""
    address: bytes | None = None
    tokens = _tokens(value)

    def finish() -> None:
        nonlocal comment, address
        member = _member(words, comment, address)
        if member is not None:
            members.append(member)
        words.clear()
        comment, address = b"", None

    for kind, text in tokens:
        if kind == b"(":
            comment = comment or text
        elif kind == b"<":
            address = text
        elif text == b"," and kind == b"":
            finish()
        elif text == b":" and kind == b"" and not is_group and address is None and b"@" not in words:
            members.append(Mailbox(None, b" ".join(words).strip(), None))
            words.clear()
            is_group = True
        elif text == b";" and kind == b"":
            finish()
            if is_group:
                members.append(Mailbox(None, None, None))
            is_group = False
        else:
            words.append(text)
    finish()
    if is_group:
        members.append(Mailbox(None, None, None))
    return members


def _tokens(value: bytes) -> list[tuple[bytes, bytes]]:
    """Words, specials, and what stands in quotes, brackets and comments, each with its opening mark."""
    tokens: list[tuple[bytes, bytes]] = []
    position = 0
    while position < len(value):
        mark = value[position : position + 1]
        if mark == b'"':
            text, position = _quoted(value, position + 1)
            tokens.append((b'"', text))
        elif mark == b"(":
            text, position = _comment(value, position + 1)
            tokens.append((b"(", text))
        elif mark == b"<":
            text, position = _angle_address(value, position + 1)
            tokens.append((b"<", text))
        else:
            match = _ATOM_RUN.match(value, position)
            assert match is not None, "any byte matches"
            position = match.end()
            if match[0].strip():
                tokens.append((b"", match[0]))
            elif tokens and tokens[-1] != (b" ", b" "):
                tokens.append((b" ", b" "))
    return tokens


def _quoted(value: bytes, position: int) -> tuple[bytes, int]:
    out = bytearray()
    while position < len(value):
        byte = value[position]
        if byte == 0x5C and position + 1 < len(value):
            position += 1
            byte = value[position]
        elif byte == 0x22:
            return bytes(out), position + 1
        out.append(byte)
        position += 1
    return bytes(out), position


def _comment(value: bytes, position: int) -> tuple[bytes, int]:
    depth = 1
    begin = position
    while position < len(value):
        byte = value[position]
        if byte == 0x5C:
            position += 1
        elif byte == 0x28:
            depth += 1
        elif byte == 0x29:
            depth -= 1
            if depth == 0:
                return value[begin:position], position + 1
        position += 1
    return value[begin:], position


def _angle_address(value: bytes, position: int) -> tuple[bytes, int]:
    """What stands between ``<`` and ``>``, without comments, quotes and the blanks around its parts."""
    out = bytearray()
    while position < len(value):
        mark = value[position : position + 1]
        if mark == b">":
            return bytes(out).strip(), position + 1
        if mark == b'"':
            text, position = _quoted(value, position + 1)
            out += text
        elif mark == b"(":
            _, position = _comment(value, position + 1)
        else:
            out += mark
            position += 1
    return bytes(out).strip(), position


def _split_address(text: bytes) -> tuple[bytes | None, bytes, bytes | None]:
    """``@route:local@host`` → route, local part and host."""
    route: bytes | None = None
    if text.startswith(b"@") and b":" in text:
        route, _, text = text.partition(b":")
        route = b"".join(route.split())
    local, at, host = text.rpartition(b"@")
    return (route, local.strip(), host.strip() or None) if at else (route, text.strip(), None)


def _member(words: list[bytes], comment: bytes, address: bytes | None) -> Mailbox | None:
    text = b"".join(words).strip()
    if address is not None:
        route, local, host = _split_address(address)
        return Mailbox(text or comment or None, local if local or host else None, host, route)
    if not text:
        return None
    route, local, host = _split_address(text)
    return Mailbox(comment or None, local, host, route)


def _or_else(rendered: bytes, fallback: bytes) -> bytes:
    return fallback if rendered == b"NIL" else rendered


def _render_multipart(part: Part, is_extended: bool) -> bytes:
    """Children without spaces between them; one whose boundary never came has none, as Gmail serves it."""
    children = b"".join(render_structure(child, is_extended) for child in part.children)
    words = [children + b" " + quote(part.subtype) if children else quote(part.subtype)]
    if is_extended:
        words += [_render_parameters(part.parameters), _render_disposition(part), _render_language(part)]
    return b"(%b)" % b" ".join(words)


def _render_parameters(parameters: Parameters) -> bytes:
    if not parameters:
        return b"NIL"
    return b"(%b)" % b" ".join(quote(word) for pair in parameters for word in pair)


def _render_disposition(part: Part) -> bytes:
    value = part.value(b"content-disposition")
    parsed = parse_disposition(value) if value is not None else None
    if parsed is None:
        return b"NIL"
    return b"(%b %b)" % (quote(parsed[0]), _render_parameters(parsed[1]))


def _render_language(part: Part) -> bytes:
    value = part.value(b"content-language")
    tags = [tag.strip() for tag in value.split(b",") if tag.strip()] if value else []
    if not tags:
        return b"NIL"
    return quote(tags[0]) if len(tags) == 1 else b"(%b)" % b" ".join(quote(tag) for tag in tags)


def _encoding(part: Part) -> bytes:
    value = (part.value(b"content-transfer-encoding") or b"7BIT").strip().upper()
    return value if value in _ENCODINGS else value or b"7BIT"
