r"""Search keys as values (RFC 3501 §6.4.4, WITHIN, CONDSTORE, OBJECTID, X-GM-EXT-1).

A search is built from these, never by pasting strings, so no text a person types can become a key. Label
names go decoded, as Gmail wants them in SEARCH; text outside ASCII goes as a literal with CHARSET UTF-8, or
quoted once ENABLE UTF8=ACCEPT was answered. ``a & b``, ``a | b`` and ``~a`` do what they look like.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from imapcore.errors import InvalidArgument
from imapcore.protocol import extensions
from imapcore.wire.datetimes import format_date
from imapcore.wire.encoder import Encoder
from imapcore.wire.uidset import UidSet


class Key(ABC):
    """One condition a message can meet."""

    @abstractmethod
    def encode(self, encoder: Encoder) -> None:
        """Spell it."""

    def needs(self) -> Iterable[extensions.Need]:
        """What the server must offer to know this key."""
        return ()

    def __and__(self, other: Key) -> Key:
        return And(self, other)

    def __or__(self, other: Key) -> Key:
        return Or(self, other)

    def __invert__(self) -> Key:
        return Not(self)


@dataclass(frozen=True)
class All(Key):
    """Every message."""

    def encode(self, encoder: Encoder) -> None:
        """ALL."""
        encoder.word("ALL")


@dataclass(frozen=True, init=False)
class And(Key):
    """All of the keys."""

    keys: tuple[Key, ...]

    def __init__(self, *keys: Key) -> None:
        if not keys:
            raise InvalidArgument("And needs a key")
        object.__setattr__(self, "keys", keys)

    def needs(self) -> Iterable[extensions.Need]:
        """What the keys need."""
        return [need for key in self.keys for need in key.needs()]

    def encode(self, encoder: Encoder) -> None:
        """The keys in parentheses."""
        encoder.open()
        for key in self.keys:
            key.encode(encoder)
        encoder.close()


@dataclass(frozen=True, init=False)
class Or(Key):
    """Any of the keys."""

    keys: tuple[Key, ...]

    def __init__(self, *keys: Key) -> None:
        if not keys:
            raise InvalidArgument("Or needs a key")
        object.__setattr__(self, "keys", keys)

    def needs(self) -> Iterable[extensions.Need]:
        """What the keys need."""
        return [need for key in self.keys for need in key.needs()]

    def encode(self, encoder: Encoder) -> None:
        """``OR a OR b c``: IMAP's OR takes two."""
        for key in self.keys[:-1]:
            encoder.word("OR")
            key.encode(encoder)
        self.keys[-1].encode(encoder)


@dataclass(frozen=True)
class Not(Key):
    """None of it."""

    key: Key

    def needs(self) -> Iterable[extensions.Need]:
        """What the key needs."""
        return self.key.needs()

    def encode(self, encoder: Encoder) -> None:
        """NOT."""
        encoder.word("NOT")
        self.key.encode(encoder)


@dataclass(frozen=True)
class _Text(Key):
    text: str

    def encode(self, encoder: Encoder) -> None:
        """The class's name in capitals, and the text."""
        encoder.word(type(self).__name__.upper()).string(self.text)


class From(_Text):
    """The From header contains the text."""


class To(_Text):
    """The To header contains the text."""


class Cc(_Text):
    """The Cc header contains the text."""


class Bcc(_Text):
    """The Bcc header contains the text."""


class Subject(_Text):
    """The Subject contains the text."""


class Body(_Text):
    """The body contains the text."""


class Text(_Text):
    """Header or body contain the text."""


@dataclass(frozen=True)
class Header(Key):
    """A header contains the text; with empty text, exists."""

    field: str
    text: str = ""

    def encode(self, encoder: Encoder) -> None:
        """HEADER."""
        encoder.word("HEADER").string(self.field).string(self.text)


@dataclass(frozen=True)
class _Date(Key):
    day: date

    def encode(self, encoder: Encoder) -> None:
        """The class's name in capitals, and the date."""
        encoder.word(type(self).__name__.upper()).raw(format_date(self.day))


class Since(_Date):
    """INTERNALDATE on the day or later, in the server's idea of a day."""


class Before(_Date):
    """INTERNALDATE earlier than the day."""


class On(_Date):
    """INTERNALDATE on the day."""


class SentSince(_Date):
    """The Date header on the day or later."""


class SentBefore(_Date):
    """The Date header earlier than the day."""


class SentOn(_Date):
    """The Date header on the day."""


@dataclass(frozen=True)
class _Number(Key):
    number: int

    def encode(self, encoder: Encoder) -> None:
        """The class's name in capitals, and the number."""
        encoder.word(type(self).__name__.upper()).number(self.number)


class Larger(_Number):
    """RFC822.SIZE above this many octets."""


class Smaller(_Number):
    """RFC822.SIZE below this many octets."""


class Older(_Number):
    """INTERNALDATE at least this many seconds ago (WITHIN, RFC 5032)."""

    def needs(self) -> Iterable[extensions.Need]:
        """WITHIN."""
        yield extensions.WITHIN


class Younger(_Number):
    """INTERNALDATE at most this many seconds ago (WITHIN, RFC 5032)."""

    def needs(self) -> Iterable[extensions.Need]:
        """WITHIN."""
        yield extensions.WITHIN


class ModSeq(_Number):
    """Changed at this modseq or later (RFC 7162 §3.1.5)."""

    def needs(self) -> Iterable[extensions.Need]:
        """CONDSTORE."""
        yield extensions.CONDSTORE


_FLAG_KEYS = {
    "\\Answered": "ANSWERED",
    "\\Deleted": "DELETED",
    "\\Draft": "DRAFT",
    "\\Flagged": "FLAGGED",
    "\\Seen": "SEEN",
    "\\Recent": "RECENT",
}


@dataclass(frozen=True)
class HasFlag(Key):
    r"""Carries a flag (``\Seen`` …) or a keyword."""

    flag: str

    def encode(self, encoder: Encoder) -> None:
        """SEEN …, or KEYWORD."""
        known = _FLAG_KEYS.get(self.flag)
        if known is not None:
            encoder.word(known)
        else:
            encoder.word("KEYWORD").word(self.flag)


@dataclass(frozen=True)
class LacksFlag(Key):
    """Does not carry a flag or keyword."""

    flag: str

    def encode(self, encoder: Encoder) -> None:
        """UNSEEN …, UNKEYWORD, or OLD, which is how RFC 3501 spells "not recent"."""
        known = _FLAG_KEYS.get(self.flag)
        if known == "RECENT":
            encoder.word("OLD")
        elif known is not None:
            encoder.word(f"UN{known}")
        else:
            encoder.word("UNKEYWORD").word(self.flag)


@dataclass(frozen=True)
class Uids(Key):
    """Is one of these, by uid."""

    uids: UidSet

    def encode(self, encoder: Encoder) -> None:
        """UID."""
        encoder.word("UID").uids(self.uids)


@dataclass(frozen=True)
class Numbers(Key):
    """Is one of these, by sequence number."""

    numbers: UidSet

    def encode(self, encoder: Encoder) -> None:
        """The bare set."""
        encoder.uids(self.numbers)


@dataclass(frozen=True)
class Saved(Key):
    """Is in the result saved by an earlier search (SEARCHRES, RFC 5182)."""

    def needs(self) -> Iterable[extensions.Need]:
        """SEARCHRES."""
        yield extensions.SEARCHRES

    def encode(self, encoder: Encoder) -> None:
        """``$``."""
        encoder.word("$")


@dataclass(frozen=True)
class EmailId(Key):
    """Has this object id (RFC 8474)."""

    emailid: str

    def needs(self) -> Iterable[extensions.Need]:
        """OBJECTID."""
        yield extensions.OBJECTID

    def encode(self, encoder: Encoder) -> None:
        """EMAILID."""
        encoder.word("EMAILID").word(self.emailid)


@dataclass(frozen=True)
class ThreadId(Key):
    """Belongs to this thread, by object id (RFC 8474)."""

    threadid: str

    def needs(self) -> Iterable[extensions.Need]:
        """OBJECTID."""
        yield extensions.OBJECTID

    def encode(self, encoder: Encoder) -> None:
        """THREADID."""
        encoder.word("THREADID").word(self.threadid)


class _Gmail(Key):
    def needs(self) -> Iterable[extensions.Need]:
        """Gmail's extensions."""
        yield extensions.GMAIL


@dataclass(frozen=True)
class GmailRaw(_Gmail):
    """Is found by Gmail's own search for this query, within the selected mailbox."""

    query: str

    def encode(self, encoder: Encoder) -> None:
        """X-GM-RAW and the whole query as one string."""
        encoder.word("X-GM-RAW").string(self.query)


@dataclass(frozen=True)
class GmailMsgid(_Gmail):
    """Is this message."""

    msgid: int

    def encode(self, encoder: Encoder) -> None:
        """X-GM-MSGID."""
        encoder.word("X-GM-MSGID").number(self.msgid)


@dataclass(frozen=True)
class GmailThrid(_Gmail):
    """Belongs to this conversation."""

    thrid: int

    def encode(self, encoder: Encoder) -> None:
        """X-GM-THRID."""
        encoder.word("X-GM-THRID").number(self.thrid)


@dataclass(frozen=True)
class GmailLabel(_Gmail):
    r"""Carries this label: the decoded name, system labels as ``\Inbox``."""

    label: str

    def encode(self, encoder: Encoder) -> None:
        """X-GM-LABELS; always as a string, since Gmail refuses a bare backslash here."""
        encoder.word("X-GM-LABELS").string(self.label)
