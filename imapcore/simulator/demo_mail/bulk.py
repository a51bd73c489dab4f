r"""A mailbox of any size whose messages are made when they are looked at.

A ``BulkSeed`` is three numbers and a pointer to its ``Corpus``; every field and the octets follow from
them by arithmetic, so that 1,000,000 messages fit in memory and the same seed always gives the same mail.
Conversations, languages, labels, flags, HTML and attachments are spread as in a lived-in account.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import NamedTuple

from imapcore.simulator.account.envelope import quote
from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.stored_mail import Mail, parse_mail
from imapcore.simulator.demo_mail.compose import File, Letter, compose, encode_text, format_date
from imapcore.simulator.demo_mail.words import (
    FIRM_TABS,
    FIRMS,
    LABELS,
    NOTICES,
    OWNER,
    PARAGRAPHS,
    PEOPLE,
    SUBJECTS,
    THINGS,
)

_YEARS_MS = 9 * 365 * 86_400_000
_MASK = (1 << 64) - 1
_OWNER = (OWNER.name, OWNER.email)
_ZONES = (0, 60, 120, -300, 540, 180)
_BLOCKS = 256
"""Ready-made contents of each kind; few enough that what is known of them fits in the caches."""


def mix(*numbers: int) -> int:
    """A well-spread 64-bit number that depends on all of these and nothing else (splitmix64's finish)."""
    value = 0x9E3779B97F4A7C15
    for number in numbers:
        value = (value ^ number) * 0xBF58476D1CE4E5B9 & _MASK
        value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
        value ^= value >> 31
    return value


class BulkSeed:
    """One message of a corpus: conversation, place in it, date. Satisfies ``Seed``."""

    __slots__ = ("_conversation", "_corpus", "_position", "date_ms")

    def __init__(self, corpus: Corpus, conversation: int, position: int, date_ms: int) -> None:
        self._corpus = corpus
        self._conversation = conversation
        self._position = position
        self.date_ms = date_ms

    @property
    def is_mine(self) -> bool:
        """Whether the owner wrote it."""
        return self._corpus.is_mine(self._conversation, self._position)

    @property
    def place(self) -> Kind:
        """One conversation in forty is spam, one in fifty trash."""
        return self._corpus.about(self._conversation).place

    @property
    def labels(self) -> frozenset[str]:
        r"""User labels by conversation; ``\Inbox`` mostly on what is recent."""
        return self._corpus.labels(self)

    @property
    def flags(self) -> frozenset[str]:
        """Nearly all read; recent mail less so."""
        corpus = self._corpus
        pick = mix(corpus.seed, self._conversation, self._position, 3) % 100
        is_recent = corpus.now_ms - self.date_ms < 20 * 86_400_000
        if not self.is_mine and pick < (30 if is_recent else 4):
            return frozenset()
        if pick > 92:
            return frozenset(("\\Seen", "\\Answered"))
        return frozenset(("\\Seen", "$Forwarded")) if pick == 92 else frozenset(("\\Seen",))

    @property
    def category(self) -> str:
        """The tab."""
        return self._corpus.category(self._conversation)

    @property
    def subject(self) -> str:
        """Decoded subject."""
        subject = self._corpus.subject(self._conversation)
        return f"Re: {subject}" if self._position else subject

    @property
    def sender(self) -> str:
        """Decoded From."""
        return _show(self._corpus.sender(self._conversation, self._position))

    @property
    def to(self) -> str:
        """Decoded To."""
        return _show(self._corpus.recipient(self._conversation, self._position))

    @property
    def cc(self) -> str:
        """Decoded Cc."""
        copied = self._corpus.copied(self._conversation)
        return _show(copied) if copied else ""

    @property
    def date(self) -> str:
        """The Date header."""
        return format_date(self.date_ms, _ZONES[mix(self._conversation) % len(_ZONES)])

    @property
    def message_id(self) -> str:
        """Message-ID with its angle brackets."""
        return self._corpus.message_id(self._conversation, self._position)

    @property
    def in_reply_to(self) -> str:
        """Message-ID of the one before, or empty."""
        if not self._position:
            return ""
        return self._corpus.message_id(self._conversation, self._position - 1)

    @property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of the ones before; only the last dozen, as long threads have them cut."""
        first = max(0, self._position - 12)
        return tuple(
            self._corpus.message_id(self._conversation, number) for number in range(first, self._position)
        )

    @property
    def size(self) -> int:
        """Octets of ``raw()``."""
        return len(self._header()) + len(self._corpus.block(self._conversation, self._position))

    def raw(self) -> bytes:
        """RFC 5322 octets."""
        return self._header() + self._corpus.block(self._conversation, self._position)

    def mail(self) -> Mail:
        """The same, ready for sections and search; its ENVELOPE comes without the octets."""
        return Mail(self.raw, None, self.envelope, self.content)

    def content(self) -> Mail:
        """Its content without its header, shared with every message that has the same."""
        return _content(self._corpus.block(self._conversation, self._position))

    def envelope(self) -> bytes:
        """ENVELOPE's value, the same as one parsed from ``raw()``."""
        corpus, conversation, position = self._corpus, self._conversation, self._position
        sender = b"(%b)" % _address(corpus.sender(conversation, position))
        copied = corpus.copied(conversation)
        reply = self.in_reply_to
        return b"(%b %b %b %b %b %b %b NIL %b %b)" % (
            quote(self.date.encode("ascii")),
            quote(encode_text(self.subject).replace("\r\n", "").encode("ascii")),
            sender,
            sender,
            sender,
            b"(%b)" % _address(corpus.recipient(conversation, position)),
            b"(%b)" % _address(copied) if copied else b"NIL",
            quote(reply.encode("ascii")) if reply else b"NIL",
            quote(self.message_id.encode("ascii")),
        )

    def _header(self) -> bytes:
        corpus, conversation, position = self._corpus, self._conversation, self._position
        copied = corpus.copied(conversation)
        lines = [
            f"Delivered-To: {OWNER.email}",
            f"Date: {self.date}",
            f"From: {_written(corpus.sender(conversation, position))}",
            f"To: {_written(corpus.recipient(conversation, position))}",
            f"Subject: {encode_text(self.subject)}",
            f"Message-ID: {self.message_id}",
        ]
        if copied:
            lines.append(f"Cc: {_written(copied)}")
        if position:
            lines.append(f"In-Reply-To: {self.in_reply_to}")
            lines.append("References: " + "\r\n ".join(self.references))
        host = corpus.about(conversation).host
        if self.category == "forums":
            lines += [f"List-Id: <list.{host}>", f"List-Post: <mailto:list@{host}>"]
        elif self.category == "promotions":
            lines.append(f"List-Unsubscribe: <https://{host}/unsubscribe/{conversation:x}>")
        lines.append("MIME-Version: 1.0\r\n")
        return "\r\n".join(lines).encode("ascii")


class About(NamedTuple):
    """What the messages of one conversation have in common."""

    is_machine: bool
    category: str
    person: tuple[str, str, str]
    writer: tuple[str, str]
    """Who writes in it besides the owner: the person, or a firm's machine."""
    copied: tuple[str, str] | None
    subject: str
    identity: str
    """The part of its Message-IDs that is its own."""
    host: str
    """Where its first message came from."""
    place: Kind
    filing: int
    """What its labels are drawn from."""


@lru_cache(maxsize=16384)
def _about(seed: int, conversation: int) -> About:
    is_machine = mix(seed, conversation, 10) % 100 < 45
    person = PEOPLE[mix(seed, conversation, 14) % len(PEOPLE)]
    pick = mix(seed, conversation, 17)
    copied: tuple[str, str] | None = None
    if is_machine:
        category = FIRM_TABS[pick % len(FIRMS)]
        writer = FIRMS[pick % len(FIRMS)]
        subject = f"{NOTICES[pick % len(NOTICES)][0]} · {pick // 64 % 9000 + 1000}"
        first = writer
    else:
        category = "forums" if mix(seed, conversation, 12) % 100 < 6 else "primary"
        writer = person[:2]
        subject = _letter_subject(person[2], pick)
        other = mix(seed, conversation, 16)
        if other % 5 == 0:
            somebody = PEOPLE[other // 5 % len(PEOPLE)]
            copied = None if somebody == person else somebody[:2]
        first = _OWNER if mix(seed, conversation, 0, 11) % 100 < 12 else writer
    host = first[1].rpartition("@")[2]
    identity = f"{mix(seed, conversation):016x}"
    spread = mix(seed, conversation, 1) % 200
    place = Kind.SPAM if spread < 5 else Kind.TRASH if spread < 9 else Kind.ALL
    filing = mix(seed, conversation, 18)
    return About(is_machine, category, person, writer, copied, subject, identity, host, place, filing)


@lru_cache(maxsize=4096)
def _is_owners(seed: int, conversation: int, position: int) -> bool:
    return mix(seed, conversation, position, 11) % 100 < (35 if position else 12)


def _letter_subject(language: str, pick: int) -> str:
    subjects, things = SUBJECTS[language], THINGS[language]
    thing = things[pick // 64 % len(things)]
    subject = subjects[pick % len(subjects)].format(thing=thing)
    return subject[0].upper() + subject[1:] + ("" if pick // 4096 % 3 else f" ({pick // 8192 % 900 + 1})")


class Corpus:
    """The mailbox the numbers belong to: what a conversation is about, who takes part, how it looks."""

    def __init__(self, seed: int, now_ms: int) -> None:
        self.seed = seed
        self.now_ms = now_ms

    def about(self, conversation: int) -> About:
        """What is the same in all of a conversation."""
        return _about(self.seed, conversation)

    def is_machine(self, conversation: int) -> bool:
        """Whether it is one of those that nobody answers."""
        return _about(self.seed, conversation).is_machine

    def is_mine(self, conversation: int, position: int) -> bool:
        """Whether the owner wrote that message: about every third one in a conversation with people."""
        if _about(self.seed, conversation).is_machine:
            return False
        return _is_owners(self.seed, conversation, position)

    def category(self, conversation: int) -> str:
        """The tab, one for a whole conversation."""
        return _about(self.seed, conversation).category

    def person(self, conversation: int) -> tuple[str, str, str]:
        """The one who writes in it besides the owner: name, address, language."""
        return _about(self.seed, conversation).person

    def sender(self, conversation: int, position: int) -> tuple[str, str]:
        """Name and address of who wrote a message."""
        return _OWNER if self.is_mine(conversation, position) else _about(self.seed, conversation).writer

    def recipient(self, conversation: int, position: int) -> tuple[str, str]:
        """Name and address of whom a message went to."""
        return self.person(conversation)[:2] if self.is_mine(conversation, position) else _OWNER

    def copied(self, conversation: int) -> tuple[str, str] | None:
        """Somebody in Cc, in one conversation of five."""
        return _about(self.seed, conversation).copied

    def subject(self, conversation: int) -> str:
        """What a conversation is called."""
        return _about(self.seed, conversation).subject

    def message_id(self, conversation: int, position: int) -> str:
        """Message-ID of a message, from its numbers alone."""
        about = _about(self.seed, conversation)
        return f"<{about.identity}.{position}@{about.host}>"

    def labels(self, message: BulkSeed) -> frozenset[str]:
        """Where a message is filed."""
        conversation = message._conversation
        about = _about(self.seed, conversation)
        is_mine, pick = message.is_mine, about.filing
        chosen: list[str] = []
        if pick % 10 < 4:
            chosen += LABELS[pick // 10 % len(LABELS)]
        if is_mine:
            chosen.append("\\Sent")
        age_days = (self.now_ms - message.date_ms) // 86_400_000
        if about.place is Kind.ALL and (pick // 256 % 100) < (70 if age_days < 60 else 6) and not is_mine:
            chosen.append("\\Inbox")
        if not about.is_machine and pick // 65536 % 3 == 0:
            chosen.append("\\Important")
        if pick // 1048576 % 60 == 0:
            chosen.append("\\Starred")
        return _intern(frozenset(chosen))

    def block(self, conversation: int, position: int) -> bytes:
        """The rest of a message from its Content-Type on, out of a limited supply."""
        pick = mix(self.seed, conversation, position, 19) % _BLOCKS
        if self.is_machine(conversation):
            return _machine_block(mix(self.seed, conversation, 17) % len(NOTICES), pick)
        return _person_block(self.person(conversation)[2], pick)


def bulk_messages(count: int, seed: int, now_ms: int) -> list[BulkSeed]:
    """So many messages in conversations, oldest first."""
    corpus = Corpus(seed, now_ms)
    rng = random.Random(f"{seed}/bulk")
    dated: list[tuple[int, int, int]] = []
    conversation = 0
    while len(dated) < count:
        length = 1 if corpus.is_machine(conversation) else min(25, 1 + int(rng.expovariate(0.35)))
        # The square root lets mail grow denser towards today, as it does in life.
        date = now_ms - int(_YEARS_MS * (1 - rng.random() ** 0.5)) - 60_000
        for position in range(length):
            if date >= now_ms:
                break
            dated.append((date, conversation, position))
            date += int(rng.expovariate(1 / 40_000_000)) + 90_000
        conversation += 1
    del dated[count:]
    dated.sort()
    return [BulkSeed(corpus, number, position, date) for date, number, position in dated]


@lru_cache(maxsize=4096)
def _intern(labels: frozenset[str]) -> frozenset[str]:
    return labels


@lru_cache(maxsize=256)
def _written(person: tuple[str, str]) -> str:
    return _rendered(person)[0]


@lru_cache(maxsize=256)
def _address(person: tuple[str, str]) -> bytes:
    return _rendered(person)[1]


def _rendered(person: tuple[str, str]) -> tuple[str, bytes]:
    """A person as a header and as the envelope have them."""
    name, email = person
    words = encode_text(name)
    written = (
        f"{words} <{email}>" if all(c.isalnum() or c in " =?-_+/" for c in words) else f'"{words}" <{email}>'
    )
    local, _, host = email.partition("@")
    return written, b"(%b NIL %b %b)" % (quote(words.encode()), quote(local.encode()), quote(host.encode()))


def _show(person: tuple[str, str]) -> str:
    name, email = person
    return f"{name} <{email}>"


@lru_cache(maxsize=8192)
def _content(block: bytes) -> Mail:
    return parse_mail(block)


@lru_cache(maxsize=8192)
def _person_block(language: str, pick: int) -> bytes:
    """A letter's content: some paragraphs, every fourth also as HTML, every ninth with a file."""
    rng = random.Random(f"{language}/{pick}")
    supply = PARAGRAPHS[language] + (PARAGRAPHS["en"] if language == "de" else ())
    chosen = rng.sample(supply, rng.randint(1, min(7, len(supply))))
    text = "\n\n".join(chosen)
    html = "".join(f"<p>{paragraph}</p>\n" for paragraph in chosen) if pick % 4 == 0 else ""
    files = (File(f"notes-{pick}.txt", "application/octet-stream", rng.randbytes(1500 + pick * 9)),)
    return _block(text, html, files if pick % 9 == 0 else ())


@lru_cache(maxsize=8192)
def _machine_block(notice: int, pick: int) -> bytes:
    """A notice's content: HTML in a layout table beside the plain words."""
    host = FIRMS[notice][1].partition("@")[2]
    text = f"{NOTICES[notice][1]}\n\nReference {pick:06d}"
    html = (
        '<html><body><table width="100%"><tr><td align="center"><table width="600"><tr><td>\n'
        f"<h1>{NOTICES[notice][0]}</h1>\n<p>{NOTICES[notice][1]}</p>\n"
        f'<p><a href="https://www.{host}/r/{pick}">Open</a> · Reference {pick:06d}</p>\n'
        "</td></tr></table></td></tr></table></body></html>\n"
    )
    return _block(text, html * (1 if pick % 3 else 0), ())


def _block(text: str, html: str, files: tuple[File, ...]) -> bytes:
    """The Content-… fields and the body of a letter, without its own header."""
    written = compose(Letter(("", ""), (), "", 0, f"<{len(text)}{len(html)}block>", text, html, files=files))
    return written[written.index(b"Content-Type:") :]
