"""Octets → text, whatever the label says: aliases, supersets, and a rescue for what is mislabelled.

Only decoding; the result is not yet sanitized. Names of charsets come from mail, so that only a known
set of real character encodings is ever handed to the codec machinery.
"""

from __future__ import annotations

import codecs
import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,39}")
_SUPERSETS = {
    # What senders call the first is nearly always the second.
    "ascii": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "korean": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "utf8": "utf-8", "x-utf-8": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic",
    "cp-850": "cp850", "x-windows-1252": "cp1252", "ansi": "cp1252",
}  # fmt: skip
_UNTEXTUAL = frozenset(
    ("idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape",
     "undefined", "palmos", "mbcs", "oem")
)  # fmt: skip
"""Codecs that are no character sets, or that warn, or that take more than linear time."""

_SEVEN_BIT = bytes(range(0x80))
_UNSAID = frozenset(("us-ascii", "ascii", "unknown-8bit", "x-unknown", "binary", "8bit", "7bit", "default"))
"""Labels of programs that did not know; octets beyond ASCII prove them wrong."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\xff\xfe", "utf-16-le"),
          (b"\xfe\xff", "utf-16-be"))  # fmt: skip
_META = re.compile(
    rb"<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9._:-]{2,40})", re.IGNORECASE
)
_META_WITHIN = 8192
_SAMPLE = 20_000
_ENOUGH = 8
"""Octets beyond ASCII that say something of the language."""
_SURE = 0.2
"""The detector's confidence is low where it is right, and lower still where it is wrong: of samples in
thirteen charsets it named every right one with 0.25 or more, every wrong one with 0.14 or less.
"""
_DETECTED = frozenset(
    ("koi8-r", "koi8-u", "windows-1251", "iso-8859-5", "cp866", "mac-cyrillic", "windows-1253",
     "iso-8859-7", "windows-1255", "windows-1256", "big5", "big5hkscs", "gb18030", "gbk", "gb2312",
     "cp932", "shift_jis", "shift-jis", "euc-jp", "euc-jis-2004", "shift_jis_2004", "euc-kr", "cp949",
     "iso-2022-jp", "cp874", "tis-620")
)  # fmt: skip


def codec_name(charset: str) -> str | None:
    """The codec to decode a charset with, or None for one nobody knows."""
    charset = charset.strip().strip("\"'").lower()
    if not _NAME.fullmatch(charset):
        return None
    try:
        found = codecs.lookup(_SUPERSETS.get(charset, charset))
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True) and found.name not in _UNTEXTUAL
    return found.name if is_text else None


def decode(octets: bytes, charset: str = "") -> tuple[str, bool]:
    """The text, and whether the label had to be set aside to read it.

    Tries the label, then UTF-8, then the label again with replacement characters. Unlabelled octets are
    UTF-8 or else Windows-1252, the commonest lie.
    """
    name = codec_name(charset)
    if name is None:
        name = "utf-8"
        was_known = not charset.strip()
    else:
        was_known = True
    try:
        return octets.decode(name), not was_known
    except (UnicodeError, ValueError):
        pass
    if name != "utf-8":
        try:
            return octets.decode("utf-8"), True
        except UnicodeDecodeError:
            return octets.decode(name, "replace"), True
    if charset.strip().lower() in ("utf-8", "utf8"):
        return _repair_utf8(octets), True
    return octets.decode("cp1252", "replace"), True


def decode_body(octets: bytes, charset: str = "", *, is_html: bool = False) -> tuple[str, bool]:
    """The text of a whole body, and whether its charset had to be guessed.

    A label that is known is taken at its word. Without one it is a byte order mark's, UTF-8, what HTML says
    in its ``<meta>``, what the detector is sure of, and Windows-1252 at last. The detector may name no
    charset of Latin letters, since between those it only guesses.
    """
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(name, "replace"), False
    if codec_name(charset) is not None and charset.strip().strip("\"'").lower() not in _UNSAID:
        return decode(octets, charset)
    try:
        return octets.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    meta = _META.search(octets[:_META_WITHIN]) if is_html else None
    codec = codec_name(meta[1].decode("ascii")) if meta else None
    if codec is None or codec.startswith("utf-"):
        codec = _detect(octets)
    if codec is not None:
        try:
            return octets.decode(codec), True
        except (UnicodeError, ValueError):
            pass
    return decode(octets, charset)


def without_cut_end(octets: bytes) -> bytes:
    """Octets of UTF-8 without a letter at their end of which only the beginning is there."""
    for length in (1, 2, 3):
        lead = octets[-length] if len(octets) >= length else 0
        if lead >= 0xC0:
            try:
                octets[:-length].decode("utf-8")
            except UnicodeDecodeError:
                return octets
            return octets[:-length] if (2 if lead < 0xE0 else 3 if lead < 0xF0 else 4) > length else octets
        if lead < 0x80:
            break
    return octets


def _detect(octets: bytes) -> str | None:
    """The codec of text in other letters than Latin ones, where the detector is sure; else None."""
    sample = octets[:_SAMPLE]
    if len(sample.translate(None, _SEVEN_BIT)) < _ENOUGH:
        return None
    # Late: its tables take a quarter of a second, and few mails in ten thousand need them.
    import chardet

    found = chardet.detect(sample)
    name = (found["encoding"] or "").lower()
    return codec_name(name) if name in _DETECTED and found["confidence"] >= _SURE else None


def _repair_utf8(octets: bytes) -> str:
    """Octets labelled UTF-8 that are not: cut at the end, broken in places, or another charset altogether."""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(octets) and error.reason == "unexpected end of data":
            return octets[: error.start].decode("utf-8")
    text = octets.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    high = len(octets.translate(None, _SEVEN_BIT))
    return octets.decode("cp1252", "replace") if high and broken > high * 0.6 else text
