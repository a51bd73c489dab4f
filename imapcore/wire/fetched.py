"""``Fetched``: what one FETCH response said of one message (RFC 3501 §7.4.2 and its extensions).

The value alone; how it is read is in ``fetch``, ``fetch_items`` and ``fetch_order``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from imapcore.wire import mutf7
from imapcore.wire.bodystructure import BodyStructure
from imapcore.wire.envelope import Envelope
from imapcore.wire.lexer import Value

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Fetched(NamedTuple):
    """What one FETCH response said of one message; None (or empty) where it said nothing."""

    seq: int
    uid: int | None = None
    flags: frozenset[str] | None = None
    internaldate: int | None = None
    """Milliseconds since 1970-01-01 UTC."""
    size: int | None = None
    """RFC822.SIZE in octets."""
    modseq: int | None = None
    msgid: int | None = None
    """X-GM-MSGID."""
    thrid: int | None = None
    """X-GM-THRID."""
    labels: frozenset[str] | None = None
    r"""X-GM-LABELS, decoded; without the selected mailbox's own label (Gmail omits it)."""
    envelope: Envelope | None = None
    bodystructure: BodyStructure | None = None
    """BODYSTRUCTURE, or the plainer BODY."""
    sections: Mapping[str, bytes | None] = NOTHING
    """BODY[…] by what stands in the brackets, upper case, with ``<origin>`` if partial: ``""`` is the whole
    message, ``HEADER``, ``1.2``, ``1<0>``, ``HEADER.FIELDS (FROM TO)``. None where the server sent NIL.
    RFC822, RFC822.HEADER and RFC822.TEXT are found as ``""``, ``HEADER`` and ``TEXT``."""
    binary: Mapping[str, bytes | None] = NOTHING
    """BINARY[…], decoded by the server (RFC 3516), keyed like ``sections``."""
    streamed: Mapping[str, int] = NOTHING
    """Sizes of the sections that were handed on in pieces; they are empty in ``sections``."""
    emailid: str | None = None
    threadid: str | None = None
    preview: str | None = None
    savedate: int | None = None
    """Milliseconds since 1970-01-01 UTC."""
    extra: Mapping[str, Value] = NOTHING
    """By name: items not known here (BINARY.SIZE[…], what a server invents), and an ENVELOPE or BODYSTRUCTURE
    that makes no sense, as its tokens."""
    unreadable: tuple[str, ...] = ()
    """Names of the items that were sent and could not be read; ``""`` stands for bytes that name none."""


SLOTS = {name: index for index, name in enumerate(Fetched._fields)}
"""Where each field stands: readers fill a list of values and make the tuple at the end."""

BLANK: tuple[Any, ...] = (0, *(Fetched._field_defaults[name] for name in Fetched._fields[1:]))
"""The values of a message of which nothing is known."""


def decode_name(name: bytes, is_utf8: bool) -> str:
    """A mailbox or label name: UTF-8 after ENABLE UTF8=ACCEPT, modified UTF-7 before."""
    return name.decode("utf-8", "replace") if is_utf8 else mutf7.decode(name)


def section_key(section: str) -> str:
    """How ``sections`` spells a section: upper case, header names unquoted."""
    return section.replace('"', "").strip().upper()
