r"""The operators of the search language, each as a condition on a message.

``TEXTS`` are those that narrow where words are looked for (``from:``, ``subject:``), ``VALUES`` those that
ask for something else (``has:``, ``in:``, dates, sizes). A value that Gmail would not understand makes the
operator disappear. The tree of a query is put together in ``query``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.source import Seed
from imapcore.simulator.search.words import exact, fold, join, split


class Searchable(Protocol):
    """A message as search sees it."""

    @property
    def date_ms(self) -> int:
        """INTERNALDATE."""
        ...

    @property
    def flags(self) -> Collection[str]:
        r"""IMAP flags and keywords; ``\Seen`` is what counts here."""
        ...

    @property
    def label_names(self) -> Collection[str]:
        r"""X-GM-LABELS, decoded, all of them: ``\Inbox``, ``\Starred``, ``Work/contracts``."""
        ...

    @property
    def place_kind(self) -> Kind:
        """Kind.ALL, Kind.SPAM or Kind.TRASH."""
        ...

    @property
    def source(self) -> Seed:
        """Its content."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a query means besides its words."""

    now_ms: int
    owner: str = ""
    """The account's address: who ``me`` is."""
    zone_minutes: int = 0
    """The account's time zone, east positive; dates in queries are days there."""
    ignores_negated_lists: bool = True
    """``-from:(a b c)`` has no effect, as was reported of Gmail."""


Test = Callable[[Searchable], bool]
Text = Callable[[Searchable], tuple[str, ...]]
Rated = tuple[int, Test]
"""A condition and what it costs: 0 the server's own fields, 1 the header at hand, 2 parsing, 3 the body."""

CATEGORIES = frozenset(("primary", "personal", "social", "promotions", "updates", "forums"))
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})(?:[/.-](\d{1,4}))?")
_SPAN = re.compile(r"(\d{1,5})([hdmy])")
_SIZE = re.compile(r"(\d{1,15})([kmg]?)b?")
_NAME_BREAK = re.compile(r"[\s/&()\"|{}_-]")
_LINKS = {
    "drive": ("drive.google.com", "docs.google.com"),
    "document": ("docs.google.com/document",),
    "spreadsheet": ("docs.google.com/spreadsheets",),
    "presentation": ("docs.google.com/presentation",),
    "youtube": ("youtube.com/", "youtu.be/"),
}
_STARS = re.compile(
    r"(?:yellow|orange|red|purple|blue|green)-star|red-bang|yellow-bang|orange-guillemet|green-check|blue-info"
    r"|purple-question"
)
_BOOKED = (" reservation ", " booking ", " ticket ", " itinerary ", " flight ")
_BOUGHT = (" order ", " receipt ", " invoice ", " purchase ")


def everything(message: Searchable) -> bool:
    """True."""
    return True


EVERYTHING: Rated = (0, everything)
"""What an ignored operator comes to."""


def _header(*names: str) -> Text:
    def read(message: Searchable) -> tuple[str, ...]:
        mail = message.source.mail()
        return tuple(value for name in names for value in mail.headers(name))

    return read


TEXTS: dict[str, tuple[Text, int]] = {
    "from": (lambda message: (message.source.sender,), 1),
    # Web search finds a copied recipient by ``to:`` as well.
    "to": (lambda message: (message.source.to, message.source.cc), 1),
    "cc": (lambda message: (message.source.cc,), 1),
    "bcc": (_header("bcc"), 2),
    "subject": (lambda message: (message.source.subject,), 1),
    "list": (_header("list-id", "list-post"), 2),
    "deliveredto": (_header("delivered-to", "x-original-to"), 2),
}
"""Operator → where its words are looked for, and what that costs."""


def _label(value: str, context: Context) -> Rated:
    """A label by the name the query language gives it: folded, ``-`` for blank and slash."""
    wanted = label_key(value)
    if wanted in _IN:
        return _in(value, context)
    return 0, lambda message: any(
        label_key(name) == wanted for name in message.label_names if name[:1] != "\\"
    )


def label_key(name: str) -> str:
    """How a label is called in a query: ``Work/Project X`` → ``work-project-x``."""
    return _NAME_BREAK.sub("-", fold(name))


def _has_label(label: str) -> Test:
    return lambda message: label in message.label_names


def _has_flag(flag: str, is_there: bool = True) -> Test:
    return lambda message: (flag in message.flags) is is_there


def _is_at(kind: Kind) -> Test:
    return lambda message: message.place_kind is kind


def _nothing(message: Searchable) -> bool:
    return False


def _is_archived(message: Searchable) -> bool:
    labels = message.label_names
    return message.place_kind is Kind.ALL and not any(
        label in labels for label in ("\\Inbox", "\\Sent", "\\Draft")
    )


_IN: dict[str, Test] = {
    "anywhere": everything,
    "all": everything,
    "inbox": _has_label("\\Inbox"),
    "sent": _has_label("\\Sent"),
    "draft": _has_label("\\Draft"),
    "drafts": _has_label("\\Draft"),
    "starred": _has_label("\\Starred"),
    "important": _has_label("\\Important"),
    "muted": _has_label("\\Muted"),
    "spam": _is_at(Kind.SPAM),
    "trash": _is_at(Kind.TRASH),
    "bin": _is_at(Kind.TRASH),
    "archive": _is_archived,
    "unread": _has_flag("\\Seen", False),
    "read": _has_flag("\\Seen"),
    "snoozed": _nothing,
    "scheduled": _nothing,
    "chats": _nothing,
    "chat": _nothing,
    "^i": _has_label("\\Inbox"),
    "^f": _has_label("\\Sent"),
    "^r": _has_label("\\Draft"),
    "^t": _has_label("\\Starred"),
    "^io-im": _has_label("\\Important"),
    "^s": _is_at(Kind.SPAM),
    "^k": _is_at(Kind.TRASH),
    "^u": _has_flag("\\Seen", False),
}
"""``in:`` and ``is:`` by name; the short ones are Gmail's internal labels."""


def _in(value: str, context: Context) -> Rated:
    test = _IN.get(fold(value))
    if test is everything:
        return EVERYTHING
    return (0, test) if test is not None else _label(value, context)


def _is(value: str, context: Context) -> Rated:
    test = _IN.get(fold(value))
    return (0, test) if test is not None and test is not everything else EVERYTHING


def _category(value: str, context: Context) -> Rated:
    name = fold(value)
    if name in ("reservations", "purchases"):
        marks = _BOOKED if name == "reservations" else _BOUGHT
        return (
            1,
            lambda message: (
                message.source.category in ("updates", "promotions")
                and any(mark in exact(message.source.subject) for mark in marks)
            ),
        )
    if name not in CATEGORIES:
        return 0, _nothing
    tab = "primary" if name == "personal" else name
    return 1, lambda message: message.source.category == tab


def _has(value: str, context: Context) -> Rated:
    name = fold(value)
    if name == "attachment":
        return 2, lambda message: any(not file.is_inline for file in message.source.mail().files())
    if name in ("userlabels", "nouserlabels"):
        is_with = name == "userlabels"
        return 0, lambda message: any(label[:1] != "\\" for label in message.label_names) is is_with
    if name in _LINKS:
        hosts = _LINKS[name]
        return 3, lambda message: _links_to(message.source, hosts)
    if name == "yellow-star":
        return 0, _has_label("\\Starred")
    # The other colours exist only in the web client; over IMAP every star is the yellow one.
    return (0, _nothing) if _STARS.fullmatch(name) else EVERYTHING


def _links_to(source: Seed, hosts: tuple[str, ...]) -> bool:
    octets = source.raw()
    text = source.mail().text().lower() if b"google" in octets or b"youtu" in octets else ""
    return any(host in text or host.encode() in octets for host in hosts)


def _filename(value: str, context: Context) -> Rated:
    wanted = fold(value)
    needle = join(split(value))
    if not needle.strip():
        return EVERYTHING

    def test(message: Searchable) -> bool:
        for file in message.source.mail().files():
            name = fold(file.filename)
            if name == wanted or name.endswith("." + wanted.lstrip(".")) or needle in exact(file.filename):
                return True
        return False

    return 2, test


def _message_id(value: str, context: Context) -> Rated:
    wanted = value.strip("<>")
    return 1, lambda message: message.source.message_id.strip("<>") == wanted


def _size(value: str, context: Context, is_smaller: bool = False) -> Rated:
    match = _SIZE.fullmatch(value.lower())
    if match is None:
        return EVERYTHING
    octets = int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[match[2]]
    if is_smaller:
        return 1, lambda message: message.source.size < octets
    return 1, lambda message: message.source.size >= octets


def _smaller(value: str, context: Context) -> Rated:
    return _size(value, context, is_smaller=True)


def _after(value: str, context: Context) -> Rated:
    start = parse_moment(value, context)
    return EVERYTHING if start is None else (0, lambda message: message.date_ms >= start)


def _before(value: str, context: Context) -> Rated:
    end = parse_moment(value, context)
    return EVERYTHING if end is None else (0, lambda message: message.date_ms < end)


def _newer_than(value: str, context: Context) -> Rated:
    start = _ago(value, context)
    return EVERYTHING if start is None else (0, lambda message: message.date_ms > start)


def _older_than(value: str, context: Context) -> Rated:
    end = _ago(value, context)
    return EVERYTHING if end is None else (0, lambda message: message.date_ms < end)


def parse_moment(value: str, context: Context) -> int | None:
    """``2026/11/20``, ``11/20/2026``, ``2026/11`` or seconds since 1970 → milliseconds, or None."""
    if value.isdecimal() and 5 <= len(value) <= 12:
        return int(value) * 1000
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    first, second, third = int(match[1]), int(match[2]), int(match[3] or 1)
    year, month, day = (first, second, third) if first > 31 else (third, first, second)
    if first <= 31 and match[3] is None:
        return None
    try:
        midnight = datetime(year + 2000 if year < 100 else year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return (midnight - _EPOCH) // timedelta(milliseconds=1) - context.zone_minutes * 60_000


def _ago(value: str, context: Context) -> int | None:
    """``2d``, ``3m``, ``1y`` before now; months and years by the calendar."""
    match = _SPAN.fullmatch(value.lower())
    if match is None:
        return None
    number, unit = int(match[1]), match[2]
    if unit in "hd":
        return context.now_ms - number * (_DAY_MS if unit == "d" else _DAY_MS // 24)
    now = _EPOCH + timedelta(milliseconds=context.now_ms)
    months = now.year * 12 + now.month - 1 - number * (12 if unit == "y" else 1)
    if months < 12:
        return None
    last = (datetime(months // 12 + (months % 12 == 11), (months + 1) % 12 + 1, 1) - timedelta(days=1)).day
    then = now.replace(year=months // 12, month=months % 12 + 1, day=min(now.day, last))
    return (then - _EPOCH) // timedelta(milliseconds=1)


VALUES: dict[str, Callable[[str, Context], Rated]] = {
    "label": _label,
    "in": _in,
    "is": _is,
    "category": _category,
    "has": _has,
    "filename": _filename,
    "rfc822msgid": _message_id,
    "size": _size,
    "larger": _size,
    "smaller": _smaller,
    "after": _after,
    "newer": _after,
    "before": _before,
    "older": _before,
    "newer_than": _newer_than,
    "older_than": _older_than,
}
"""Operator → the condition its value makes."""
