"""A text part's octets → its text, without what programs wrap around words: charsets, armor, codes.

Only the wrapping; what the words are made into is for ``plain_text`` and the HTML reader.
"""

from __future__ import annotations

import re

from imapcore.mime import charsets
from imapcore.mime.parts import Part, decode_transfer

_DATA_URL = re.compile(r"(data:[a-z]{1,20}/[\w.+-]{1,60};base64,)[A-Za-z0-9+/=\s]{100,}+", re.IGNORECASE)
_LONG_HTML = 200_000
_RICH_CODE = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")
_RICH_PARAMETER = re.compile(r"<param>[^<]{0,500}+</param>", re.IGNORECASE)
_RICH_BREAKS = re.compile(r"\n(\n*+)")
_SIGNED = re.compile(
    r"(?:\A|\n)-----BEGIN PGP SIGNED MESSAGE-----[ \t]{0,80}\n"
    r"((?:[^\S\n]{0,80}+\S[^\n]{0,1000}+\n){0,20}+)[ \t]{0,80}\n"
)
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_ENCRYPTED = re.compile(r"(?:\A|\n)-----BEGIN PGP MESSAGE-----")
_DASHED = re.compile(r"^- ", re.MULTILINE)


def decode_part(part: Part, limit: int) -> tuple[str, bool]:
    """A text part's text, and whether its charset had to be guessed. A little more than ``limit`` at most."""
    octets = part.octets if part.encoding == "base64" else part.octets[: limit * 6 + 6]
    content = decode_transfer(octets[: limit * 8 + 8], part.encoding)
    charset = part.charset
    if not charset and b"\x1b$" in content:
        charset = "iso-2022-jp"
    is_html = part.media_type == "text/html"
    text, is_mended = charsets.decode_body(content, charset, is_html=is_html)
    if is_html and len(text) > _LONG_HTML:
        # A picture inside the HTML is no text, and must not use up the room for what is.
        text = _DATA_URL.sub(r"\1", text)
    return text.removeprefix("\ufeff"), is_mended


def strip_armor(text: str) -> tuple[str, str]:
    """A text without OpenPGP's frame around it (RFC 9580 §7), and ``signed``, ``encrypted`` or nothing."""
    if "-----BEGIN PGP" not in text:
        return text, ""
    text = text.replace("\r\n", "\n")
    signed = _SIGNED.search(text)
    if signed is not None:
        end = text.find(_SIGNATURE, signed.end())
        inside = text[signed.end() : end if end >= 0 else len(text)]
        after = text.find(_SIGNATURE_END, end) if end >= 0 else -1
        rest = text[after + len(_SIGNATURE_END) :] if after >= 0 else ""
        return text[: signed.start()] + "\n" + _DASHED.sub("", inside) + rest, "signed"
    return text, "encrypted" if _ENCRYPTED.search(text) else ""


def strip_enriched(text: str) -> str:
    """text/enriched (RFC 1896) without its commands; a doubled ``<`` is one, a single line end a space."""
    text = _RICH_PARAMETER.sub("", text.replace("\r\n", "\n"))
    text = _RICH_BREAKS.sub(lambda match: match[1] or " ", text)
    return "<".join(_RICH_CODE.sub("", piece) for piece in text.split("<<"))
