"""Plain text → lines with their depth of quotation, attributions and the signature told apart (RFC 3676).

What a line is, not how it looks: ``plain_text`` makes blocks of it, ``html_text`` borrows the marks of
attributions. Works on text that may still hold anything; cleaning is the caller's.
"""

from __future__ import annotations

import re

from msgspec import Struct

from imapcore.mime.reply_words import (
    begins_header_block,
    is_attribution,
    is_dated_attribution,
    is_phone_signature,
    is_separator,
)

MAX_QUOTE = 20
"""Depth that is told apart; deeper quotes count as this deep."""

_QUOTE = re.compile(r"[> ]*>")
_RULE = re.compile(r"^\s*_{20,}\s*$")
_BEGINS_DATED = re.compile(r"\s{0,8}[^<@]{0,24}?\d{1,4}[./:-]\d{1,2}\b")
"""A line that begins with a day or an hour begins an attribution, also right below what was written."""
_SIGNATURE_LINES = 12


class Line(Struct, frozen=True):
    """One line of a plain text."""

    text: str
    """Without its quote marks."""
    quote: int = 0
    is_soft: bool = False
    """It goes on in the next line (format=flowed)."""
    is_signature: bool = False
    is_attribution: bool = False


def read_lines(text: str, *, is_flowed: bool = False, deletes_space: bool = False) -> list[Line]:
    """Every line with its depth; attributions and Outlook's header blocks belong to the quote below them."""
    lines = [_read_line(line, is_flowed, deletes_space) for line in text.split("\n")]
    _mark_originals(lines)
    _mark_attributions(lines)
    _mark_unmarked(lines)
    _mark_signature(lines)
    _mark_phone_signatures(lines)
    return lines


def starts_original(lines: list[str]) -> bool:
    """Whether an answer's untouched original begins here: a separator, or From: with Subject: close below.

    From: and To: alone would do for a train ticket too.
    """
    if not lines:
        return False
    if is_separator(lines[0]):
        return True
    return begins_header_block(lines[1:] if _RULE.match(lines[0]) else lines)


def _read_line(line: str, is_flowed: bool, deletes_space: bool) -> Line:
    line = line.rstrip("\r")
    quote = 0
    if line.startswith(">") or (line[:2] == " >" and not is_flowed):
        match = _QUOTE.match(line)
        assert match is not None, "it holds a quote mark"
        marks = match[0]
        # ``> > text`` and ``>> text`` are both two deep; ``>   code`` is one deep and keeps its blanks.
        quote = min(marks.count(">"), MAX_QUOTE)
        line = line[match.end() :].removeprefix(" ")
    elif is_flowed:
        line = line.removeprefix(" ")
    if not is_flowed:
        return Line(line, quote)
    if line == "-- ":
        return Line(line, quote)
    is_soft = line.endswith(" ")
    return Line(line[:-1] if is_soft and deletes_space else line, quote, is_soft)


def _mark_originals(lines: list[Line]) -> None:
    """What stands below a separator or a header block is quoted once more than it says."""
    for index, line in enumerate(lines):
        if line.quote or (line.text[:1].isalnum() and ":" not in line.text[:20]):
            continue
        if line.text.strip() and starts_original([following.text for following in lines[index : index + 9]]):
            if index == 0 or not any(before.text.strip() for before in lines[:index]):
                # A forward without a word of its own: quoting everything would leave nothing to read.
                return
            for place in range(index, len(lines)):
                old = lines[place]
                lines[place] = Line(old.text, min(old.quote + 1, MAX_QUOTE), old.is_soft)
            return


def _mark_attributions(lines: list[Line]) -> None:
    """``On … wrote:``, also broken over two or three lines, joins the quote it announces."""
    for index in range(1, len(lines)):
        depth = lines[index].quote
        if depth == 0 or lines[index - 1].quote >= depth:
            continue
        last = index - 1
        while last >= 0 and last > index - 4 and not lines[last].text.strip():
            last -= 1
        if last < 0 or lines[last].quote >= depth or not lines[last].text.strip():
            continue
        for count in (1, 2, 3):
            first = last - count + 1
            if first < 0 or lines[first].quote != lines[last].quote or not lines[first].text.strip():
                break
            joined = " ".join(line.text.strip() for line in lines[first : last + 1])
            is_start = (
                first == 0
                or not lines[first - 1].text.strip()
                or lines[first - 1].quote != lines[first].quote
            )
            if (is_start and is_attribution(joined)) or (
                _BEGINS_DATED.match(lines[first].text) and is_dated_attribution(joined)
            ):
                for place in range(first, index):
                    lines[place] = Line(lines[place].text, depth, lines[place].is_soft, is_attribution=True)
                break


def _mark_unmarked(lines: list[Line]) -> None:
    """What stands below ``On 16 November, Ada wrote:`` without any marks is a quotation too.

    Only where something was written above it: else the answer may stand below.
    """
    written = next((index for index, line in enumerate(lines) if line.text.strip()), len(lines))
    for index in range(written + 1, len(lines)):
        if lines[index].quote or not lines[index].text.rstrip().endswith((":", "：")):
            continue
        first = index
        while first > written + 1 and index - first < 2 and lines[first - 1].text.strip():
            first -= 1
        if lines[first - 1].text.strip() or lines[first].quote:
            continue
        if not is_dated_attribution(" ".join(line.text.strip() for line in lines[first : index + 1])):
            continue
        below = next((line for line in lines[index + 1 :] if line.text.strip()), None)
        if below is None or below.quote:
            return
        for place in range(first, len(lines)):
            old = lines[place]
            depth = min(old.quote + 1, MAX_QUOTE)
            lines[place] = Line(old.text, depth, old.is_soft, is_attribution=place <= index)
        return


def _mark_phone_signatures(lines: list[Line]) -> None:
    """``Sent from my iPhone``, where it ends what was written."""
    below: Line | None = None
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if not line.text.strip():
            continue
        is_last = below is None or below.quote > line.quote or below.is_signature
        has_room = index == 0 or not lines[index - 1].text.strip() or lines[index - 1].is_signature
        if is_last and has_room and not line.is_signature and is_phone_signature(line.text.strip()):
            lines[index] = Line(line.text, line.quote, line.is_soft, is_signature=True)
        below = lines[index]


def _mark_signature(lines: list[Line]) -> None:
    """From the last ``-- `` at depth 0 to the quote or the end, unless that is more than a signature."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].quote or lines[index].text.rstrip("\r") not in ("-- ", "--"):
            continue
        end = index
        while end < len(lines) and not lines[end].quote:
            end += 1
        if sum(bool(line.text.strip()) for line in lines[index:end]) <= _SIGNATURE_LINES:
            for place in range(index, end):
                lines[place] = Line(lines[place].text, 0, lines[place].is_soft, is_signature=True)
        return
