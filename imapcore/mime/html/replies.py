"""Quoted and quoting: what of an HTML mail is somebody else's, and what is a signature.

Two ways to know. Programs mark their quotations: ``MARKS_OF_QUOTES`` lists the names they give to the element
around one, ``BEGINNINGS`` those of an element that stands before one and around nothing. Where nothing is
marked, the words tell (``reply_words``): ``fold`` goes over the finished lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

from imapcore.mime.html.drafts import Draft, split
from imapcore.mime.quotes import MAX_QUOTE
from imapcore.mime.reply_words import (
    MAX_ATTRIBUTION,
    begins_header_block,
    is_attribution,
    is_dated_attribution,
    is_header_line,
    is_phone_signature,
    is_separator,
)
from imapcore.model import BlockKind

MARKS_OF_QUOTES = re.compile(
    r"(?:^|[\s_-])(?:gmail_attr|moz-cite-prefix|yahoo_quoted|yahooquotedtext|olk_src_body_section|zmail_extra"
    r"|protonmail_quote|tutanota_quote|mail-editor-reference-message-container|moz-email-headers-table"
    r"|replyforwardmessage|ms-outlook-mobile-reference-message|crm-original-message|gmx-quote|hm_quote|mail_quote"
    r"|wordsection1-quote|airmail_on|bloop_on|mailbox_quote|inky_quote|quoted-?text|freebirdquote|qtbox|ox-quote"
    r"|original-?message|reply-?quote)(?:$|[\s_-])"
)
"""In a class or id of an element around a quotation: Gmail, Thunderbird, Yahoo, Outlook for Mac, Zoho,
Proton, …
"""
BEGINNINGS = re.compile(r"(?:^|[\s_])(?:divrplyfwdmsg|appendonsend)(?:$|\s)")
"""From here on the rest is the original: Outlook on the web and on phones."""
MARKS_OF_SIGNATURES = re.compile(
    r"(?:^|[\s_-])(?:gmail_signature|moz-signature|applemailsignature(?:-[\w-]+)?|ms-outlook-mobile-signature"
    r"|protonmail_signature_block|yahoo_signature|yahoo-signature|bloop_sign|airmail_sign|mailbox_signature"
    r"|tutanota_signature|email-signature|emailsignature|zmail_signature|mail_signature|signature)(?:$|\s)"
)
_SIGNATURE_LINES = 12
_LINES_OF_ATTRIBUTION = 3


@lru_cache(maxsize=512)
def marks(names: str) -> tuple[int, bool, bool]:
    """What an element's class and id say: levels of quotation, "the rest is quoted", "a signature"."""
    names = names[:400].lower()
    return (
        1 if MARKS_OF_QUOTES.search(names) else 0,
        BEGINNINGS.search(names) is not None,
        MARKS_OF_SIGNATURES.search(names) is not None,
    )


class _Lines:
    """The lines of all drafts, each with the draft it belongs to."""

    def __init__(self, drafts: list[Draft]) -> None:
        self.texts: list[str] = []
        self.places: list[tuple[int, int]] = []
        for number, draft in enumerate(drafts):
            if draft.kind is BlockKind.RULE:
                continue
            if draft.kind is BlockKind.TABLE:
                lines = [
                    " ".join("".join(span.text for span in cell) for cell in row) for row in draft.rows[:20]
                ]
            else:
                lines = draft.text().split("\n")
            for line, text in enumerate(lines):
                self.texts.append(text.strip())
                self.places.append((number, line))


def fold(drafts: list[Draft]) -> list[Draft]:
    """Drafts with unmarked originals, announcements of quotes and unmarked signatures told apart."""
    drafts = _fold_original(drafts)
    drafts = _fold_attributions(drafts)
    return _mark_signature(drafts)


def _fold_original(drafts: list[Draft]) -> list[Draft]:
    """From the head of an untouched original on, everything is a quotation."""
    lines = _Lines(drafts)
    texts = lines.texts
    for index, text in enumerate(texts):
        number, line = lines.places[index]
        # Nearly every line is told apart by this alone.
        if not text or not (":" in text or text[0] in "-_=*>" or "：" in text) or drafts[number].quote:
            continue
        if _begins_original(texts, index) or _begins_unmarked(drafts, lines, index):
            if not any(texts[:index]) or all(drafts[at].quote for at, _ in lines.places[:index]):
                # A forward without a word of its own: quoting everything would leave nothing to read.
                return drafts
            return _quote_from(drafts, number, line)
    return drafts


def _begins_original(texts: list[str], index: int) -> bool:
    text = texts[index]
    if is_separator(text):
        return True
    return is_header_line(text) and begins_header_block(
        [each for each in texts[index : index + 16] if each][:9]
    )


def _begins_unmarked(drafts: list[Draft], lines: _Lines, index: int) -> bool:
    """``On Monday 4 May, Ada wrote:`` above text that no program has marked as quoted."""
    if not is_dated_attribution(lines.texts[index]):
        return False
    for number, _ in lines.places[index + 1 :]:
        if drafts[number].quote:
            return False
        if drafts[number].kind is not BlockKind.RULE:
            return True
    return False


def _quote_from(drafts: list[Draft], number: int, line: int) -> list[Draft]:
    before, rest = drafts[:number], drafts[number:]
    if line:
        first, second = split(rest[0], line)
        before, rest = [*before, first], [second, *rest[1:]]
    elif before and before[-1].kind is BlockKind.RULE:
        # The line that a program draws above the original belongs to it.
        rest.insert(0, before.pop())
    for draft in rest:
        draft.quote = min(draft.quote + 1, MAX_QUOTE)
        draft.is_signature = False
    rest[0].gap = True
    return before + rest


def _fold_attributions(drafts: list[Draft]) -> list[Draft]:
    """The line that announces a quotation belongs to it, also where it is broken over a few."""
    found: list[Draft] = []
    for draft in drafts:
        if found and draft.quote > found[-1].quote:
            _announce(found, draft.quote)
        found.append(draft)
    return found


def _announce(found: list[Draft], quote: int) -> None:
    """Raise the last lines to the quotation that follows if they announce it."""
    joined = ""
    count = 0
    for place in range(len(found) - 1, max(-1, len(found) - 1 - _LINES_OF_ATTRIBUTION), -1):
        draft = found[place]
        if draft.quote >= quote or draft.quote != found[-1].quote or draft.kind is not BlockKind.PARAGRAPH:
            return
        texts = draft.text().split("\n")
        for line in range(len(texts) - 1, -1, -1):
            joined = f"{texts[line].strip()} {joined}".strip()
            count += 1
            if count > _LINES_OF_ATTRIBUTION or len(joined) >= MAX_ATTRIBUTION:
                return
            # A verb alone may end a line; the day that belongs to it may stand on the one before.
            if is_attribution(joined) and (
                is_dated_attribution(joined) or count > 1 or not _goes_up(found, place, line)
            ):
                if line:
                    first, rest = split(draft, line)
                    found[place : place + 1] = [first, rest]
                    place += 1
                for each in found[place:]:
                    each.quote = quote
                found[place].gap = True
                return


def _goes_up(found: list[Draft], place: int, line: int) -> bool:
    """Whether the line above begins what a line without a day ends."""
    draft = found[place]
    if line:
        above = draft.text().split("\n")[line - 1]
    elif place and found[place - 1].kind is BlockKind.PARAGRAPH and not draft.gap:
        above = found[place - 1].text().rpartition("\n")[2]
    else:
        return False
    return any(letter.isdigit() for letter in above) and above.rstrip().endswith((",", "<", "at", "um", "à"))


def _mark_signature(drafts: list[Draft]) -> list[Draft]:
    """``-- `` and a few lines, or what a phone adds, at the end of what is no quotation."""
    end = len(drafts)
    while end > 0 and (drafts[end - 1].quote or drafts[end - 1].kind is BlockKind.RULE):
        end -= 1
    for index in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        draft = drafts[index]
        if draft.quote or draft.kind is not BlockKind.PARAGRAPH:
            break
        texts = draft.text().split("\n")
        for line, text in enumerate(texts):
            is_last = index == end - 1 and line == len(texts) - 1
            if text.strip() in ("--", "—") or (is_last and is_phone_signature(text)):
                count = (
                    len(texts) - line + sum(len(each.text().split("\n")) for each in drafts[index + 1 : end])
                )
                if count > _SIGNATURE_LINES or (index == 0 and line == 0):
                    return drafts
                found = drafts[:index]
                rest = draft
                if line:
                    first, rest = split(draft, line)
                    found.append(first)
                for each in (rest, *drafts[index + 1 : end]):
                    each.is_signature = True
                    found.append(each)
                return found + drafts[end:]
    return drafts
