"""Lines under way and what becomes of them: runs of text → spans, drafts → blocks.

A ``Draft`` is what one element put on lines of its own. Whether the next begins after a blank line or just on
the next line is in its ``gap``; ``join`` makes one block of drafts that only line breaks part, so that an
address written as five ``div`` stays five lines, and what the sender set apart stands apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from imapcore.mime.html.style import Style
from imapcore.mime.links import Links
from imapcore.model import Block, BlockKind, Span
from imapcore.sanitize import clean_text

_SPACES = re.compile(" {2,}")
NO_MARKER = " "
"""The marker of an item that goes on: it keeps its indent and shows no bullet."""


class Anchor:
    """An open link; compared by identity, since two links to one place are two."""

    __slots__ = ("url",)

    def __init__(self, url: str) -> None:
        self.url = url


Run = tuple[str, Style, Anchor | None]
"""Text, the style it stands in, the link it belongs to."""


class Draft(Struct):
    """A block before it is joined with its neighbours."""

    kind: BlockKind
    spans: list[Span] = field(default_factory=list)
    level: int = 0
    quote: int = 0
    marker: str = ""
    gap: bool = False
    """A blank line stands before it."""
    item: int = 0
    """The list item it belongs to, counted from 1; 0: none."""
    is_signature: bool = False
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    has_header: bool = False

    def text(self) -> str:
        """Its words, without those of a table."""
        return "".join(span.text for span in self.spans)


def make_spans(runs: Sequence[Run], links: Links, *, is_pre: bool) -> list[Span]:
    """Sanitized spans, neighbours of one look joined, without blanks at the ends and around line breaks."""
    if len(runs) == 1:
        return _make_span(runs[0], links, is_pre=is_pre)
    groups: list[list[str]] = []
    looks: list[tuple[bool, bool, bool, bool, Anchor | None]] = []
    for text, style, anchor in runs:
        look = (style.is_bold, style.is_italic, style.is_code, style.is_struck, anchor)
        if looks and looks[-1] == look:
            groups[-1].append(text)
        else:
            groups.append([text])
            looks.append(look)
    texts = ["".join(group) for group in groups]
    if is_pre:
        texts = _without_tabs(texts)
    texts = [_clean(text, is_pre=is_pre) for text in texts]
    _trim(texts, is_pre=is_pre)
    spans: list[Span] = []
    place = 0
    while place < len(texts):
        anchor = looks[place][4]
        end = place + 1
        index: int | None = None
        if anchor is not None:
            while end < len(texts) and looks[end][4] is anchor:
                end += 1
            words = "".join(texts[place:end])
            index = links.add(anchor.url, words) if words.strip() else None
        for each in range(place, end):
            text = texts[each]
            if text:
                bold, italic, code, struck, _ = looks[each]
                spans.append(Span(text, bold, italic, code, index if text.strip() else None, struck))
        place = end
    return spans


def _make_span(run: Run, links: Links, *, is_pre: bool) -> list[Span]:
    """As ``make_spans`` for one run, which most lines are."""
    text, style, anchor = run
    if is_pre:
        text = _without_blank_lines(_clean(_without_tabs([text])[0], is_pre=True)).rstrip(" \n")
    else:
        text = _clean(text, is_pre=False).strip(" \n")
    if not text:
        return []
    link = links.add(anchor.url, text) if anchor is not None else None
    return [Span(text, style.is_bold, style.is_italic, style.is_code, link, style.is_struck)]


def _clean(text: str, *, is_pre: bool) -> str:
    """Sanitized, the blanks at its end kept: another run may follow on the line."""
    if text.isascii() and text.isprintable() and len(text) < 4000:
        return text
    clean = clean_text(text)
    if not is_pre and "  " in clean:
        clean = _SPACES.sub(" ", clean)
    last = text[-1:]
    if last == " " and (clean or is_pre or text == " "):
        tail = text[len(text.rstrip(" ")) :]
        clean = clean.rstrip(" ") + (tail if is_pre else " ")
    return clean


def _without_tabs(texts: list[str]) -> list[str]:
    """Tabs as blanks; a stop is counted from where its line began, in whatever run that was."""
    if not any("\t" in text for text in texts):
        return texts
    found: list[str] = []
    column = 0
    for text in texts:
        if "\t" in text:
            text = ("x" * column + text).expandtabs(8)[column:]
        found.append(text)
        _, is_broken, rest = text.rpartition("\n")
        column = len(rest) % 8 if is_broken else (column + len(text)) % 8
    return found


def _trim(texts: list[str], *, is_pre: bool) -> None:
    """Take blanks away at both ends and around line breaks, in place."""
    if not is_pre:
        previous = -1
        for place, text in enumerate(texts):
            if not text:
                continue
            if previous >= 0:
                if texts[previous].endswith((" ", "\n")):
                    text = texts[place] = text.lstrip(" ")
                if text.startswith("\n"):
                    texts[previous] = texts[previous].rstrip(" ")
            previous = place if text else previous
    ends = "\n" if is_pre else " \n"
    for place, text in enumerate(texts):
        texts[place] = text = text.lstrip(ends) if not is_pre else _without_blank_lines(text)
        if text:
            break
    for place in range(len(texts) - 1, -1, -1):
        texts[place] = text = texts[place].rstrip(" \n")
        if text:
            break


def _without_blank_lines(text: str) -> str:
    """Without the blank lines it begins with; the first words keep their indent."""
    head = text[: len(text) - len(text.lstrip(" \n"))]
    return text[head.rfind("\n") + 1 :]


def split(draft: Draft, line: int) -> tuple[Draft, Draft]:
    """A draft before and from one of its lines on."""
    first: list[Span] = []
    rest: list[Span] = []
    for span in draft.spans:
        if line <= 0:
            rest.append(span)
            continue
        breaks = span.text.count("\n")
        if breaks < line:
            line -= breaks
            first.append(span)
            continue
        place = -1
        for _ in range(line):
            place = span.text.find("\n", place + 1)
        line = 0
        if span.text[:place]:
            first.append(with_text(span, span.text[:place]))
        if span.text[place + 1 :]:
            rest.append(with_text(span, span.text[place + 1 :]))
    return _with_spans(draft, first, draft.gap), _with_spans(draft, rest, False)


def with_text(span: Span, text: str) -> Span:
    """The same look and link with other words."""
    return Span(text, span.is_bold, span.is_italic, span.is_code, span.link, span.is_struck)


def _with_spans(draft: Draft, spans: list[Span], gap: bool) -> Draft:
    return Draft(
        draft.kind, spans, draft.level, draft.quote, draft.marker, gap, draft.item, draft.is_signature
    )


def join(drafts: Iterable[Draft]) -> list[Block]:
    """The finished blocks."""
    blocks: list[Block] = []
    held: Draft | None = None
    spans: list[Span] = []
    for draft in drafts:
        separator = "" if held is None else _separator(held, draft)
        if separator:
            spans.append(Span(separator))
            spans += draft.spans
            continue
        if held is not None:
            blocks.append(_block(held, spans))
        held, spans = draft, list(draft.spans)
    if held is not None:
        blocks.append(_block(held, spans))
    return blocks


def _separator(one: Draft, other: Draft) -> str:
    """What stands between two drafts of one block; empty when they are two blocks."""
    if one.quote != other.quote or one.is_signature != other.is_signature:
        return ""
    if one.kind is BlockKind.PARAGRAPH and other.kind is BlockKind.PARAGRAPH:
        return "" if other.gap else "\n"
    if one.kind is BlockKind.ITEM and other.kind is BlockKind.ITEM:
        is_same = one.item == other.item and other.marker == NO_MARKER
        return ("\n\n" if other.gap else "\n") if is_same else ""
    return ""


def _block(draft: Draft, spans: list[Span]) -> Block:
    return Block(
        draft.kind,
        tuple(_merged(spans)),
        draft.level,
        draft.quote,
        draft.marker,
        draft.rows,
        draft.has_header,
        draft.is_signature,
    )


def _merged(spans: list[Span]) -> list[Span]:
    """Neighbours of one look as one span."""
    if len(spans) < 2:
        return spans
    found: list[Span] = []
    texts: list[str] = []
    for span in spans:
        if found and _look(found[-1]) == _look(span):
            texts.append(span.text)
            continue
        if len(texts) > 1:
            found[-1] = with_text(found[-1], "".join(texts))
        found.append(span)
        texts = [span.text]
    if len(texts) > 1:
        found[-1] = with_text(found[-1], "".join(texts))
    return found


def _look(span: Span) -> tuple[bool, bool, bool, bool, int | None]:
    return (span.is_bold, span.is_italic, span.is_code, span.is_struck, span.link)
