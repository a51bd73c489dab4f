"""THE sanitizer: every string that came from outside passes here before a person or a terminal sees it.

What it takes away: control characters of both sets and whole terminal escape sequences, explicit
bidirectional embeddings, overrides and isolates, invisible characters that carry or hide text (tags,
zero-width spaces, fillers, variation selectors without a base), lone surrogates, noncharacters, private use.
What it keeps: every script, right-to-left text and its marks, emoji joined by ZWJ, ZWNJ between letters, a
bounded number of combining marks. Pure; linear in its input; idempotent.
"""

from __future__ import annotations

import re
import unicodedata

MAX_LINE = 2000
"""Characters of a one-line value; a longer one ends in an ellipsis."""
MAX_TEXT_LINE = 4000
"""Characters of a line of text; longer ones are broken, since a screen can do nothing with them."""
MAX_MARKS = 5
"""Combining marks on one base; no orthography needs more, a prank does."""
MAX_FILENAME = 120
"""Octets of UTF-8 in a file's name; every file system takes 255, and some of it is ours to add."""

_ESCAPE = re.compile(
    # CSI, in seven or eight bits; then strings (OSC, DCS, SOS, PM, APC) that end within their line; then
    # the rest of ECMA-48's escapes. An unterminated string loses only its opening: else it would hide what
    # follows. No string runs over another control, which keeps the search linear.
    "(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]{0,2048}(?:\x07|\x1b\\\\|\x9c)"
    "|\x1b[ -/]{0,8}[0-~]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\n\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_WIDE_BLANKS = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f]")
_DROPPED = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffc\U000e0000-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_DROP = re.compile(f"[{_DROPPED}]")
_BROKEN = re.compile(
    "[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 15))
    + "]"
)
_DELICATE = re.compile(f"[\u061c\u200c-\u200f\ufe0e\ufe0f]|[^\\w\\s\x00-\x7f]{{{MAX_MARKS + 1}}}")
"""What only its neighbours can judge: joiners, direction marks, emoji selectors, runs that may be marks."""
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_UNSEEN_IN_NAMES = re.compile("[\u061c\u200c-\u200f]")
_FORBIDDEN_IN_NAMES = re.compile('[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)


def clean_line(text: str, limit: int = MAX_LINE) -> str:
    """One line for the screen: no controls, runs of blanks as one space, at most ``limit`` characters."""
    if len(text) > limit * 4:
        text = text[: limit * 4]
    if not (text.isascii() and text.isprintable()):
        text = _SPACES.sub(" ", _purge(text.replace("\t", " ")))
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.strip(" ")
    return text if len(text) <= limit else text[: limit - 1].rstrip(" " + _JOINERS) + "…"


def clean_text(text: str) -> str:
    r"""Text of several lines: ``\n`` is the only control left, tabs expanded, no line endlessly long."""
    if text.isascii() and text.isprintable():
        lines = _break(text) if len(text) > MAX_TEXT_LINE else [text]
        return "\n".join(line.rstrip(" ") for line in lines)
    text = _purge(text)
    lines = text.split("\n")
    if "\t" in text:
        lines = [line.expandtabs(8) for line in lines]
    if len(text) > MAX_TEXT_LINE:
        lines = [
            piece for line in lines for piece in (_break(line) if len(line) > MAX_TEXT_LINE else (line,))
        ]
    return "\n".join(line.rstrip(" ") for line in lines)


def clean_filename(text: str, fallback: str = "attachment") -> str:
    """A name that is safe as the last component of a path on any system; never empty, hidden or reserved."""
    text = _UNSEEN_IN_NAMES.sub("", clean_line(text, 1000)).rstrip("/\\")
    name = _FORBIDDEN_IN_NAMES.sub("_", re.split(r"[/\\]", text)[-1]).strip(" .").lstrip("-~. ")
    if not name:
        return fallback
    if _RESERVED.match(name):
        name = "_" + name
    if len(name.encode("utf-8")) <= MAX_FILENAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    suffix = dot + suffix if stem and len(suffix.encode("utf-8")) <= 16 else ""
    kept = (stem if suffix else name).encode("utf-8")[: MAX_FILENAME - len(suffix.encode("utf-8"))]
    return kept.decode("utf-8", "ignore").rstrip(" .") + suffix


def _purge(text: str) -> str:
    r"""Everything dangerous gone or replaced; ``\n`` and tabs are left to the caller."""
    if "\x1b" in text or not text.isascii():
        text = _ESCAPE.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    if "\t" in text:
        # The tab is one of the dropped; it is kept by standing elsewhere for a moment.
        return "\t".join(_purge_run(run) for run in text.split("\t"))
    return _purge_run(text)


def _purge_run(text: str) -> str:
    text = _DROP.sub("", text)
    if text.isascii():
        return text
    text = _BROKEN.sub("\ufffd", _WIDE_BLANKS.sub(" ", text))
    return _weigh(text) if _DELICATE.search(text) else text


def _weigh(text: str) -> str:
    """Keep each joiner, mark and selector only where writing needs it."""
    out: list[str] = []
    marks = 0
    last = len(text) - 1
    for index, character in enumerate(text):
        if character < "\u0300":
            marks = 0
        elif character in "\u200c\u200d":
            follows = text[index + 1] if index < last else " "
            if not out or not _is_joinable(out[-1]) or not _is_joinable(follows) or _is_mark(follows):
                continue
        elif character in "\u200e\u200f\u061c":
            if out and out[-1] in "\u200e\u200f\u061c":
                continue
        elif character in "\ufe0e\ufe0f":
            if not out or not _takes_selector(out[-1]):
                continue
        elif _is_mark(character):
            marks += 1
            if marks > MAX_MARKS:
                continue
        else:
            marks = 0
        out.append(character)
    return "".join(out)


def _is_joinable(character: str) -> bool:
    """Whether a joiner beside it can mean something: letters and marks beyond ASCII, emoji, selectors."""
    if character < "\u00c0":
        return False
    return unicodedata.category(character) in ("Lo", "Ll", "Lu", "Mn", "Mc", "So", "Sk", "Cn")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


def _takes_selector(character: str) -> bool:
    """Whether an emoji selector may follow: symbols, keycap bases, and a few marks of punctuation."""
    if character in "#*0123456789‼⁉〰〽":
        return True
    return character > "\xa8" and unicodedata.category(character) in ("So", "Sm", "Po", "Cn", "Lo")


def _break(line: str) -> list[str]:
    pieces = (line[start : start + MAX_TEXT_LINE] for start in range(0, len(line), MAX_TEXT_LINE))
    # What joined or chose a form across the break stands alone now and means nothing.
    return [piece.lstrip(_JOINERS + _SELECTORS).rstrip(_JOINERS) for piece in pieces] or [""]
