"""The note kept with a message about its text: which part it is, and how its beginning is to be read. Pure.

The store keeps it as one opaque word list, ``1.1 quoted-printable utf-8 plain``, so that the snippet of an
old message can be fetched years later without asking for its structure again.
"""

from __future__ import annotations

from msgspec import Struct

from imapcore.wire.bodystructure import Part

PLAIN_OCTETS = 400
HTML_OCTETS = 6000
"""Octets that hold the first words: in HTML they stand behind a style sheet."""

MOST_HTML_OCTETS = 48_000
"""Octets of HTML that are asked for where the first ones held no word: style sheets of 30 kB are in use."""


class TextNote(Struct, frozen=True):
    """How to read the beginning of a part later: what ``MessageFacts.text_section`` holds."""

    section: str
    encoding: str
    charset: str
    is_html: bool

    @classmethod
    def of_part(cls, part: Part) -> TextNote:
        """The note of a text part."""
        charset = next((value for name, value in part.params if name == "charset"), "")
        return cls(
            part.section,
            _word(part.encoding),
            _word(charset),
            part.media_type != "text/plain",
        )

    @classmethod
    def parse(cls, text: str) -> TextNote | None:
        """Read a note back; None for an empty one."""
        if not text:
            return None
        section, encoding, charset, kind = (*text.split(" "), "", "", "")[:4]
        return cls(section, encoding.strip("-"), charset.strip("-"), kind == "html")

    def __str__(self) -> str:
        kind = "html" if self.is_html else "plain"
        return f"{self.section} {self.encoding or '-'} {self.charset or '-'} {kind}"

    @property
    def octets(self) -> int:
        """How much of the part to ask for: base64 and quoted-printable take more room for the same words."""
        octets = HTML_OCTETS if self.is_html else PLAIN_OCTETS
        return octets * 2 if self.encoding in ("base64", "quoted-printable") else octets

    @property
    def most_octets(self) -> int:
        """How much of the part to ask for when its first octets held no word."""
        return MOST_HTML_OCTETS * self.octets // HTML_OCTETS if self.is_html else self.octets


def _word(text: str) -> str:
    return "".join(text.lower().split())[:40]
