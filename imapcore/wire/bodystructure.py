"""BODYSTRUCTURE and BODY: the tree of a message's parts (RFC 3501 §7.4.2; extension data included).

Each part knows its section number, the name FETCH wants for it. Text values are as the server took them
from the header; decoding them (RFC 2047, 2231) is the work of ``imapcore.mime``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from imapcore.wire.envelope import Envelope, build_envelope
from imapcore.wire.lexer import ParseError, Value

Params = tuple[tuple[str, str], ...]
"""Parameters in the order sent; names in lower case."""


class Extension(Struct, frozen=True):
    """What leaf and multipart may both carry after the basics; all absent in a plain BODY."""

    disposition: str | None = None
    """Lower case: ``attachment``, ``inline`` …"""
    disposition_params: Params = ()
    languages: tuple[str, ...] = ()
    location: str | None = None


class Part(Struct, frozen=True):
    """A part without children of its own, or a message/rfc822 that holds one message."""

    section: str
    """``1``, ``2.3`` … as FETCH wants it."""
    media_type: str
    """Lower case: ``text/plain``."""
    params: Params
    content_id: str | None
    description: str | None
    encoding: str
    """Lower case: ``base64``, ``quoted-printable`` …; ``7bit`` when the server sends nothing."""
    size: int
    """Octets as transferred, that is encoded."""
    lines: int | None = None
    """For text and message/rfc822."""
    md5: str | None = None
    extension: Extension = Extension()
    envelope: Envelope | None = None
    """Of the embedded message."""
    message: BodyStructure | None = None
    """The embedded message's own structure."""

    @property
    def filename(self) -> str | None:
        """The name given with the disposition, else with the type, undecoded."""
        for name, value in (*self.extension.disposition_params, *self.params):
            if name in ("filename", "name", "filename*", "name*"):
                return value
        return None

    def walk(self) -> Iterator[BodyStructure]:
        """This part and all within it, in document order."""
        yield self
        if self.message is not None:
            yield from self.message.walk()


class Multipart(Struct, frozen=True):
    """A part made of parts. Gmail sends some without any children."""

    section: str
    """Empty for the message's own outermost multipart."""
    media_type: str
    """Lower case: ``multipart/alternative``."""
    parts: tuple[BodyStructure, ...]
    params: Params = ()
    extension: Extension = Extension()

    def walk(self) -> Iterator[BodyStructure]:
        """This part and all within it, in document order."""
        yield self
        for part in self.parts:
            yield from part.walk()


BodyStructure: TypeAlias = "Part | Multipart"


def build_bodystructure(value: Value, section: str = "") -> BodyStructure:
    """A structure from its tokens, whose nesting the lexer has already bounded. Raises ParseError."""
    if not isinstance(value, list) or not value:
        raise ParseError("a body structure that is not a list")
    if isinstance(value[0], list):
        return _multipart(value, section)
    # Gmail bug: a multipart whose children it could not find is sent as its subtype alone. A real leaf
    # always has its subtype as second string.
    if len(value) < 2 or not isinstance(value[1], bytes):
        return Multipart(
            section, f"multipart/{_lower(value[0])}", (), _params(_at(value, 1)), _extension(value, 2)
        )
    return _leaf(value, section or "1")


def _multipart(value: list[Value], section: str) -> Multipart:
    count = next((i for i, each in enumerate(value) if not isinstance(each, list)), len(value))
    prefix = f"{section}." if section else ""
    parts = tuple(build_bodystructure(each, f"{prefix}{i}") for i, each in enumerate(value[:count], 1))
    subtype = _lower(_at(value, count)) or "mixed"
    return Multipart(
        section, f"multipart/{subtype}", parts, _params(_at(value, count + 1)), _extension(value, count + 2)
    )


def _leaf(value: list[Value], section: str) -> Part:
    media_type = f"{_lower(value[0]) or 'application'}/{_lower(value[1]) or 'octet-stream'}"
    envelope: Envelope | None = None
    message: BodyStructure | None = None
    lines: int | None = None
    after = 7
    if media_type.startswith("text/"):
        lines = _number(_at(value, 7))
        after = 8
    elif media_type in ("message/rfc822", "message/global") and isinstance(_at(value, 8), list):
        envelope = build_envelope(_at(value, 7))
        message = _embedded(_at(value, 8), section)
        lines = _number(_at(value, 9))
        after = 10
    return Part(
        section=section,
        media_type=media_type,
        params=_params(_at(value, 2)),
        content_id=_text(_at(value, 3)),
        description=_text(_at(value, 4)),
        # Exchange and others send NIL for the encoding.
        encoding=_lower(_at(value, 5)) or "7bit",
        size=_number(_at(value, 6)) or 0,
        lines=lines,
        md5=_text(_at(value, after)),
        extension=_extension(value, after + 1),
        envelope=envelope,
        message=message,
    )


def _embedded(value: Value, section: str) -> BodyStructure:
    # The parts of an embedded multipart are numbered right below the message/rfc822 part; an embedded
    # single part is number 1 of it (RFC 3501 §6.4.5).
    is_multipart = isinstance(value, list) and bool(value) and isinstance(value[0], list)
    return build_bodystructure(value, section if is_multipart else f"{section}.1")


def _extension(value: list[Value], at: int) -> Extension:
    disposition, params = _disposition(_at(value, at))
    languages = _at(value, at + 1)
    if isinstance(languages, list):
        spoken = tuple(text for each in languages if (text := _text(each)))
    else:
        spoken = (text,) if (text := _text(languages)) else ()
    return Extension(disposition, params, spoken, _text(_at(value, at + 2)))


def _disposition(value: Value) -> tuple[str | None, Params]:
    if isinstance(value, list) and value:
        return _lower(value[0]) or None, _params(_at(value, 1))
    # A bare string instead of a list: seen from servers that have no parameters to send.
    return _lower(value) or None, ()


def _params(value: Value) -> Params:
    if not isinstance(value, list):
        return ()
    pairs = zip(value[::2], value[1::2], strict=False)
    return tuple((_lower(name), _text(content) or "") for name, content in pairs)


def _at(value: list[Value], index: int) -> Value:
    return value[index] if index < len(value) else None


def _text(value: Value) -> str | None:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else None


def _lower(value: Value) -> str:
    return (_text(value) or "").lower()


def _number(value: Value) -> int | None:
    """Digits; None for NIL, a list, or the negative sizes Exchange has sent."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 20 else None
