r"""From a story (who says what when) to the seeds of a conversation.

A ``Story`` is what the ``content_…`` story modules write down; ``tell`` turns it into mail with proper
Message-ID, In-Reply-To and References, quotes in each correspondent's own manner, Gmail's labels and
flags. Deterministic: all that is random comes from the generator given.
"""

from __future__ import annotations

import html as html_escape
import random
import re
from dataclasses import dataclass, field
from enum import Enum

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.source import StoredSeed, store
from imapcore.simulator.demo_mail.compose import File, Flow, Letter, compose, format_date
from imapcore.simulator.demo_mail.words import OWNER

_MINUTE = 60_000
_DAY = 1440 * _MINUTE
_WHEN = re.compile(r"(?:(\d+)y)? ?(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?(?: ?@(\d\d):(\d\d))?")
_NUMBERED = re.compile(r"\d+\. ")
_QUOTED_LINES = 40


class Manner(Enum):
    """How somebody's program writes an answer."""

    PLAIN = "plain"
    """Fixed lines, answer on top, the rest quoted below."""
    FLOWED = "flowed"
    """format=flowed, quoted below."""
    WEB = "web"
    """Plain and HTML, the quote folded in the web client's own way."""
    OFFICE = "office"
    """Plain and HTML, the old mail under a block of From/Sent/To lines."""
    BARE = "bare"
    """Only what was written; nothing quoted."""


@dataclass(frozen=True, slots=True)
class Person:
    """A correspondent, their place on earth and their program."""

    name: str
    email: str
    manner: Manner = Manner.PLAIN
    zone: int = 60
    signature: str = ""
    charset: str = "utf-8"
    attribution: str = "On {date}, {name} <{email}> wrote:"

    @property
    def pair(self) -> tuple[str, str]:
        """Name and address."""
        return (self.name, self.email)


ME = Person(OWNER.name, OWNER.email, Manner.WEB, 60)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a story."""

    who: Person
    when: str
    """Its age: ``12m``, ``3h``, ``5d@09:12`` (that many days ago, at that hour of UTC), ``2y30d@18:00``."""
    text: str
    html: str = ""
    files: tuple[File, ...] = ()
    invite: str = ""
    subject: str = ""
    """Only where it differs from ``Re: `` and the story's own."""
    to: tuple[Person, ...] = ()
    """Only where it differs from everybody else in the story."""
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    is_unread: bool = False
    is_starred: bool = False
    is_draft: bool = False
    answers: int = -1
    """Which message of the story it answers; the last one when not said."""
    is_quoting: bool = True
    flags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Besides the story's."""


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation."""

    subject: str
    turns: tuple[Turn, ...]
    labels: tuple[str, ...] = ()
    category: str = "primary"
    place: Kind = Kind.ALL
    is_inbox: bool = True
    is_important: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    """Further header fields of the messages that are not the owner's."""
    cast: tuple[Person, ...] = field(default=())
    """Who is addressed though they never write."""


def tell(story: Story, now_ms: int, rng: random.Random) -> list[StoredSeed]:
    """The story's messages, oldest first."""
    people = list(dict.fromkeys([*(turn.who for turn in story.turns), *story.cast, ME]))
    seeds: list[StoredSeed] = []
    ids: list[str] = []
    told: list[tuple[Turn, int, str]] = []
    for turn in story.turns:
        past = told[turn.answers] if told else None
        date_ms = moment(turn.when, now_ms) + rng.randrange(_MINUTE)
        date_ms = min(date_ms, now_ms - 1000)
        message_id = f"<{rng.getrandbits(64):016x}.{len(ids)}@{turn.who.email.partition('@')[2]}>"
        words = unfold(turn.text)
        body = words + (f"\n\n-- \n{turn.who.signature}" if turn.who.signature else "")
        text, html = _dress(turn, body, past, story.subject)
        to = turn.to or tuple(p for p in people if p is not turn.who) or (ME,)
        subject = turn.subject or (f"Re: {story.subject}" if ids else story.subject)
        is_mine = turn.who is ME
        letter = Letter(
            sender=turn.who.pair,
            to=tuple(p.pair for p in to),
            cc=tuple(p.pair for p in turn.cc),
            bcc=tuple(p.pair for p in turn.bcc),
            subject=subject,
            date_ms=date_ms,
            zone=turn.who.zone,
            message_id=message_id,
            text=text,
            html=html,
            in_reply_to=ids[turn.answers] if ids else "",
            references=tuple(ids),
            charset=turn.who.charset,
            flow=_FLOW[turn.who.manner],
            files=turn.files,
            invite=turn.invite,
            extra=() if is_mine else (("Delivered-To", OWNER.email), *story.extra),
        )
        seeds.append(
            store(
                compose(letter),
                date_ms,
                labels=_labels(story, turn, is_mine),
                flags=_flags(story, turn, is_mine),
                place=story.place,
                category=story.category,
            )
        )
        if not turn.is_draft:
            ids.append(message_id)
            told.append((turn, date_ms, text))
    return seeds


def moment(when: str, now_ms: int) -> int:
    """An age as written in a ``Turn`` → milliseconds since 1970. Raises ValueError for what is none."""
    match = _WHEN.fullmatch(when)
    if match is None or not when:
        raise ValueError(f"no age: {when!r}")
    years, days, hours, minutes = (int(number or 0) for number in match.groups()[:4])
    then = now_ms - (years * 365 + days) * _DAY - (hours * 60 + minutes) * _MINUTE
    if match[5] is None:
        return then
    midnight = then - then % _DAY
    return midnight + (int(match[5]) * 60 + int(match[6])) * _MINUTE


def unfold(text: str) -> str:
    """A text as written in a story module: lines of a paragraph joined.

    A line that begins with a list mark, a number, a quote mark or two blanks stays a line; one that begins
    with ``|`` does too, without the mark.
    """
    out: list[str] = []
    for line in text.strip("\n").split("\n"):
        is_kept = not line.strip() or line.startswith(("  ", "- ", "> ", "| ", "|")) or _NUMBERED.match(line)
        if is_kept or not out or not out[-1].strip() or out[-1].startswith("  "):
            out.append(line.removeprefix("| ") if line.startswith("|") else line)
        else:
            out[-1] = f"{out[-1]} {line.strip()}"
    return "\n".join(line.rstrip() for line in out)


_FLOW = {
    Manner.PLAIN: Flow.FIXED,
    Manner.FLOWED: Flow.FLOWED,
    Manner.WEB: Flow.LONG,
    Manner.OFFICE: Flow.LONG,
    Manner.BARE: Flow.FIXED,
}


def _labels(story: Story, turn: Turn, is_mine: bool) -> set[str]:
    labels = {*story.labels, *turn.labels}
    if turn.is_draft:
        labels.add("\\Draft")
    elif is_mine:
        labels.add("\\Sent")
    elif story.is_inbox and story.place is Kind.ALL:
        labels.add("\\Inbox")
    if story.is_important and not turn.is_draft:
        labels.add("\\Important")
    if turn.is_starred:
        labels.add("\\Starred")
    return labels


def _flags(story: Story, turn: Turn, is_mine: bool) -> set[str]:
    flags = set(turn.flags)
    if not turn.is_unread:
        flags.add("\\Seen")
    position = story.turns.index(turn)
    answers = story.turns[position + 1 : position + 2]
    if not is_mine and any(answer.who is ME and not answer.is_draft for answer in answers):
        flags.add("\\Answered")
    return flags


def _dress(turn: Turn, body: str, past: tuple[Turn, int, str] | None, subject: str) -> tuple[str, str]:
    """The text with what it quotes, and its HTML twin when the writer's program makes one."""
    who = turn.who
    html = turn.html
    is_rich = who.manner in (Manner.WEB, Manner.OFFICE)
    if past is None or not turn.is_quoting or who.manner is Manner.BARE:
        if is_rich and not html and not turn.is_draft:
            html = _paragraphs(body)
        return body, html
    earlier, date_ms, text = past
    if who.manner is Manner.OFFICE:
        intro = _office_block(earlier, date_ms, earlier.subject or subject)
        quoted = text
        twin = f'<hr><div class="MsoNormal">{_breaks(intro)}</div>{_paragraphs(text)}'
    else:
        intro = _attribution(who, earlier, date_ms)
        kept = text.split("\n")[:_QUOTED_LINES]
        quoted = "\n".join((">" + line) if line.startswith(">") else f"> {line}".rstrip() for line in kept)
        twin = (
            '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            f"{html_escape.escape(intro)}<br></div>"
            '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc">'
            f"{_paragraphs(text)}</blockquote></div>"
        )
    if is_rich and not html:
        html = f"{_paragraphs(body)}<br>{twin}"
    return f"{body}\n\n{intro}\n{quoted}", html


def _attribution(who: Person, earlier: Turn, date_ms: int) -> str:
    date = format_date(date_ms, who.zone).rpartition(":")[0]
    return who.attribution.format(date=date, name=earlier.who.name, email=earlier.who.email)


def _office_block(earlier: Turn, date_ms: int, subject: str) -> str:
    date = format_date(date_ms, earlier.who.zone).rpartition(":")[0]
    return (
        "________________________________\n"
        f"From: {earlier.who.name} <{earlier.who.email}>\nSent: {date}\nSubject: {subject}\n"
    )


def _paragraphs(text: str) -> str:
    """Plain text as a web client's HTML: one block a paragraph, quotes as nested blocks."""
    lines = ['<div dir="auto">']
    depth = 0
    for paragraph in text.split("\n"):
        stripped = paragraph.lstrip("> ") if paragraph.startswith(">") else paragraph
        level = len(paragraph[: len(paragraph) - len(stripped)].replace(" ", ""))
        lines += ["<blockquote>"] * (level - depth) + ["</blockquote>"] * (depth - level)
        depth = level
        lines.append(f"<div>{html_escape.escape(stripped) or '<br>'}</div>")
    lines += ["</blockquote>"] * depth + ["</div>"]
    return "\n".join(lines)


def _breaks(text: str) -> str:
    return "<br>\n".join(html_escape.escape(line) for line in text.split("\n"))
