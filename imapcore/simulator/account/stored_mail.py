"""A stored mail and everything a FETCH or SEARCH may ask of it (RFC 3501 §6.4.5).

``parse_mail`` looks at the octets only when something needs them; sections are exact slices of them.
Rendering is in ``mail_structure``, the tree of parts in ``mail_parts``. Neither shares a line with
``imapcore.mime`` or the client's parser.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from imapcore.simulator.account.envelope import render_envelope, render_structure
from imapcore.simulator.account.mime_parts import Part, parse_disposition, parse_part

_SPEC = re.compile(
    r"((?:[1-9][0-9]{0,8}\.)*[1-9][0-9]{0,8})?(?:(?:(?<=[0-9])\.)?([A-Z][A-Z.]*)(?: *\((.*)\))?)?", re.DOTALL
)
_ENCODED_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_TAG = re.compile(
    r"<(?:style|script|head)\b.*?</(?:style|script|head)\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE
)
_ENTITY = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&quot;": '"', "&#39;": "'"}


@dataclass(frozen=True, slots=True)
class File:
    """A part that has a name: what ``filename:`` and ``has:attachment`` look at."""

    filename: str
    media_type: str
    is_inline: bool


class Mail:
    """One mail: its octets, and views of them. Immutable; parses itself when first asked."""

    __slots__ = ("_envelope", "_files", "_get_raw", "_get_twin", "_raw", "_root", "_size", "_text", "_twin")

    def __init__(
        self,
        get_raw: Callable[[], bytes],
        size: int | None = None,
        envelope: Callable[[], bytes] | None = None,
        twin: Callable[[], Mail] | None = None,
    ) -> None:
        """``twin`` is a mail of the same content under another header, which may already be parsed."""
        self._get_raw = get_raw
        self._raw: bytes | None = None
        self._root: Part | None = None
        self._envelope = envelope
        self._get_twin = twin
        self._twin: Mail | None = None
        self._text: str | None = None
        self._files: tuple[File, ...] | None = None
        self._size = size

    @property
    def size(self) -> int:
        """Octets of ``raw``."""
        return len(self.raw) if self._size is None else self._size

    @property
    def raw(self) -> bytes:
        """The mail as stored."""
        if self._raw is None:
            self._raw = self._get_raw()
        return self._raw

    @property
    def root(self) -> Part:
        """The tree of its parts."""
        if self._root is None:
            self._root = parse_part(self.raw)
        return self._root

    def _find_twin(self) -> Mail | None:
        if self._twin is None and self._get_twin is not None:
            self._twin = self._get_twin()
        return self._twin

    # -- what FETCH asks -------------------------------------------------------------------------

    def envelope(self) -> bytes:
        """ENVELOPE's parenthesised value; needs no octets where the source knows its own header."""
        return self._envelope() if self._envelope else render_envelope(self.root)

    def bodystructure(self) -> bytes:
        """BODYSTRUCTURE's value, extension data included."""
        twin = self._find_twin()
        return twin.bodystructure() if twin else render_structure(self.root)

    def body(self) -> bytes:
        """The value of BODY without a section: BODYSTRUCTURE without extension data."""
        return render_structure(self.root, is_extended=False)

    def section(self, spec: str) -> bytes | None:
        """The octets of ``BODY[spec]``; None is NIL: no such part, or no such thing in that part.

        Any case; ``""``, ``HEADER``, ``TEXT``, ``HEADER.FIELDS (a b)``, ``HEADER.FIELDS.NOT (a b)``, ``1.2``,
        ``1.MIME``, ``2.HEADER``, ``2.TEXT``, ``2.HEADER.FIELDS (a)``. Raises ValueError for what is no
        section.
        """
        match = _SPEC.fullmatch(spec.strip().upper())
        if match is None:
            raise ValueError(f"no section: {spec[:60]!r}")
        path, word, names = match[1], match[2] or "", match[3]
        if word in ("HEADER.FIELDS", "HEADER.FIELDS.NOT") and names is not None:
            wanted = tuple(name.strip('"') for name in names.split())
        elif names is None and (word in ("", "HEADER", "TEXT") or (word == "MIME" and path)):
            wanted = ()
        else:
            raise ValueError(f"no section: {spec[:60]!r}")
        numbers = [int(number) for number in path.split(".")] if path else []
        return self._section(numbers, word, wanted)

    def _section(self, numbers: list[int], word: str, wanted: tuple[str, ...]) -> bytes | None:
        if not numbers:
            return self.raw if not word else _of_message(self.root, word, wanted)
        part = self._find(numbers)
        if part is None:
            return None
        if not word:
            return part.raw[part.body : part.end]
        if word == "MIME":
            return part.raw[part.start : part.body]
        return _of_message(part.message, word, wanted) if part.message else None

    def _find(self, numbers: list[int]) -> Part | None:
        """The part of a number path: a message without a multipart has one part, itself, as number 1."""
        part, is_message = self.root, True
        for number in numbers:
            if part.message is not None and not is_message:
                part, is_message = part.message, True
            if part.is_multipart and part.children:
                if number > len(part.children):
                    return None
                part, is_message = part.children[number - 1], False
            elif number == 1 and is_message:
                is_message = False
            else:
                return None
        return part

    # -- what SEARCH asks ------------------------------------------------------------------------

    def header(self, name: str) -> str:
        """The first value of a header field, unfolded, encoded words decoded; empty when absent."""
        value = self.root.value(name.lower().encode("ascii", "replace"))
        return "" if value is None else decode_words(value)

    def headers(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, decoded."""
        return tuple(decode_words(v) for v in self.root.values(name.lower().encode("ascii", "replace")))

    def text(self) -> str:
        """The words of its text parts, decoded, HTML without its tags; embedded messages included."""
        if twin := self._find_twin():
            return twin.text()
        if self._text is None:
            self._text = "\n".join(
                _text_of(part) for part in _leaves(self.root) if part.media_type == b"TEXT"
            )
        return self._text

    def files(self) -> tuple[File, ...]:
        """Its named parts, in order."""
        if twin := self._find_twin():
            return twin.files()
        if self._files is None:
            self._files = tuple(file for part in _leaves(self.root) for file in _file_of(part))
        return self._files


def parse_mail(raw: bytes) -> Mail:
    """A mail from its octets; never raises, whatever they are."""
    return Mail(lambda: raw, len(raw))


def decode_words(value: bytes) -> str:
    """A header value as text: RFC 2047 words decoded, raw 8-bit taken as UTF-8."""
    text = value.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    return _ENCODED_WORD.sub(_decode_word, _BETWEEN_WORDS.sub(r"\1", text))


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    octets = text.encode("utf-8")
    try:
        if encoding in "bB":
            octets = base64.b64decode(octets + b"=" * (-len(octets) % 4))
        else:
            octets = quopri.decodestring(octets, header=True)
        return octets.decode(charset, "replace")
    except (LookupError, binascii.Error, ValueError):
        return match[0]


def _of_message(message: Part, word: str, wanted: tuple[str, ...]) -> bytes:
    raw = message.raw
    if word == "HEADER":
        return raw[message.start : message.body]
    if word == "TEXT":
        return raw[message.body : message.end]
    return _select_fields(message, wanted, is_not=word.endswith(".NOT"))


def _select_fields(message: Part, wanted: Iterable[str], is_not: bool) -> bytes:
    """The fields asked for, as they stand, and the empty line that ends every header (RFC 3501 §6.4.5)."""
    names = {name.lower().encode("utf-8") for name in wanted}
    chosen = [message.raw[f.start : f.end] for f in message.fields if (f.name in names) is not is_not]
    return b"".join(line if line.endswith(b"\n") else line + b"\r\n" for line in chosen) + b"\r\n"


def _leaves(part: Part) -> Iterator[Part]:
    if part.message is not None:
        yield part
        yield from _leaves(part.message)
    elif part.children:
        for child in part.children:
            yield from _leaves(child)
    else:
        yield part


def _decoded(part: Part) -> bytes:
    octets = part.raw[part.body : part.end]
    encoding = (part.value(b"content-transfer-encoding") or b"").strip().lower()
    if encoding == b"base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
        letters = letters[: -1 if len(letters) % 4 == 1 else None]
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    return quopri.decodestring(octets) if encoding == b"quoted-printable" else octets


def _text_of(part: Part) -> str:
    charset = dict(part.parameters).get(b"CHARSET", b"utf-8").decode("ascii", "replace")
    octets = _decoded(part)
    try:
        text = octets.decode(charset, "replace")
    except (LookupError, ValueError):
        text = octets.decode("latin-1")
    if part.subtype != b"HTML":
        return text
    text = _TAG.sub(" ", text)
    for entity, character in _ENTITY.items():
        text = text.replace(entity, character)
    return text


def _file_of(part: Part) -> Iterator[File]:
    value = part.value(b"content-disposition")
    disposition = parse_disposition(value) if value is not None else None
    name = _name_in(disposition[1]) if disposition else ""
    name = name or _name_in(part.parameters)
    if name:
        media_type = (part.media_type + b"/" + part.subtype).decode("ascii", "replace").lower()
        yield File(name, media_type, disposition is not None and disposition[0] == b"INLINE")


def _name_in(parameters: tuple[tuple[bytes, bytes], ...]) -> str:
    """FILENAME or NAME, plain, in encoded words, or in RFC 2231's form (one piece)."""
    values = dict(parameters)
    for key in (b"FILENAME", b"NAME"):
        if key in values:
            return decode_words(values[key])
        if key + b"*" in values:
            charset, _, rest = values[key + b"*"].partition(b"'")
            octets = re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes((int(m[1], 16),)), rest.partition(b"'")[2])
            try:
                return octets.decode(charset.decode("ascii", "replace") or "utf-8", "replace")
            except LookupError:
                return octets.decode("latin-1")
    return ""
