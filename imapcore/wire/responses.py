"""The values of every server response (RFC 3501 §7 and extensions), named by what they say.

No bytes are read here: ``grammar`` makes these, ``fetch.Fetched`` is the one for FETCH. Names of mailboxes
are decoded ``str``; numbers of messages are never expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from imapcore.wire.codes import Code
from imapcore.wire.fetch import Fetched
from imapcore.wire.lexer import Lexer, Value
from imapcore.wire.uidset import NO_UIDS, UidSet


class Condition(StrEnum):
    """What a status response says."""

    OK = "OK"
    NO = "NO"
    BAD = "BAD"
    BYE = "BYE"
    PREAUTH = "PREAUTH"


@dataclass(frozen=True, slots=True)
class Status:
    """OK, NO, BAD, BYE or PREAUTH: tagged it ends a command, untagged it is a notice."""

    tag: str | None
    condition: Condition
    code: Code | None
    text: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """``+``: the server waits for more. A SASL challenge is the text, still base64."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Capabilities:
    """CAPABILITY, upper case."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Enabled:
    """What ENABLE has switched on (RFC 5161)."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class MailboxFlags:
    """FLAGS: the flags and keywords that exist in the selected mailbox."""

    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exists:
    """The number of messages in the selected mailbox."""

    count: int


@dataclass(frozen=True, slots=True)
class Recent:
    r"""The number of messages with \\Recent; always 0 on Gmail."""

    count: int


@dataclass(frozen=True, slots=True)
class Expunged:
    """A message left: every higher sequence number is one less from here on."""

    seq: int


@dataclass(frozen=True, slots=True)
class Vanished:
    """Messages left, by uid (RFC 7162 §3.2.10); ``is_earlier``: before this session looked."""

    uids: UidSet
    is_earlier: bool = False


class ListKind(StrEnum):
    """Which command a mailbox line answers."""

    LIST = "LIST"
    LSUB = "LSUB"
    XLIST = "XLIST"


@dataclass(frozen=True, slots=True)
class Listed:
    """One mailbox of LIST, LSUB or XLIST."""

    name: str
    delimiter: str | None
    """What separates levels; None for a flat name."""
    attributes: frozenset[str]
    r"""As sent: ``\\HasNoChildren``, ``\\All`` …; compare with ``has``."""
    kind: ListKind = ListKind.LIST
    extended: Mapping[str, Value] = field(default_factory=dict)
    """CHILDINFO, OLDNAME … by upper-case name (RFC 5258 §6, RFC 9051 §6.3.9.7)."""

    def has(self, attribute: str) -> bool:
        """Whether it carries an attribute, in any case (RFC 3501 attributes have none)."""
        wanted = attribute.lower()
        return any(each.lower() == wanted for each in self.attributes)

    @property
    def is_selectable(self) -> bool:
        r"""Whether SELECT can work: neither ``\\Noselect`` nor ``\\NonExistent``."""
        return not (self.has("\\Noselect") or self.has("\\NonExistent"))


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """STATUS of one mailbox; None where an item was not asked for."""

    name: str
    messages: int | None = None
    recent: int | None = None
    uidnext: int | None = None
    uidvalidity: int | None = None
    unseen: int | None = None
    highestmodseq: int | None = None
    size: int | None = None
    deleted: int | None = None
    appendlimit: int | None = None
    mailboxid: str | None = None
    extra: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """SEARCH or SORT: the numbers in the order sent; with CONDSTORE the highest modseq of them."""

    numbers: tuple[int, ...]
    modseq: int | None = None
    is_sorted: bool = False
    """Whether it is a SORT, whose order means something."""


@dataclass(frozen=True, slots=True)
class PartialResult:
    """One window of a search (RFC 9394): the range asked for and what lies in it."""

    range: str
    uids: UidSet


@dataclass(frozen=True, slots=True)
class ExtendedSearchResult:
    """ESEARCH (RFC 4731): only what was asked to be returned; ``all`` stays compact."""

    tag: str | None
    is_uid: bool
    min: int | None = None
    max: int | None = None
    count: int | None = None
    all: UidSet = NO_UIDS
    modseq: int | None = None
    partial: PartialResult | None = None
    extra: Mapping[str, Value] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    """Names of what was returned and could not be read; ``""`` for what has no name."""


@dataclass(frozen=True, slots=True)
class ThreadResult:
    """THREAD (RFC 5256): conversations in the server's order, each as (depth, number) in document order.

    A conversation may nest thousands deep, so it is kept flat: ``depth`` 0 is its first message; number
    None stands for a missing parent.
    """

    threads: tuple[tuple[tuple[int, int | None], ...], ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace: what its mailboxes' names begin with, and the delimiter."""

    prefix: str
    delimiter: str | None


@dataclass(frozen=True, slots=True)
class Namespaces:
    """NAMESPACE (RFC 2342)."""

    personal: tuple[Namespace, ...]
    others: tuple[Namespace, ...]
    shared: tuple[Namespace, ...]


@dataclass(frozen=True, slots=True)
class ServerId:
    """ID (RFC 2971): what the server says of itself; empty for NIL."""

    fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class QuotaResource:
    """Usage and limit of one resource; STORAGE counts KiB."""

    name: str
    usage: int
    limit: int


@dataclass(frozen=True, slots=True)
class Quota:
    """QUOTA of one root (RFC 2087/9208); Gmail's root is the empty name."""

    root: str
    resources: tuple[QuotaResource, ...]


@dataclass(frozen=True, slots=True)
class QuotaRoots:
    """QUOTAROOT: which roots count for a mailbox."""

    mailbox: str
    roots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """An untagged response this library has no type for."""

    name: str
    number: int | None
    text: bytes
    """All that follows the name."""


Response: TypeAlias = (
    Status
    | Continuation
    | Capabilities
    | Enabled
    | MailboxFlags
    | Exists
    | Recent
    | Expunged
    | Vanished
    | Fetched
    | Listed
    | MailboxStatus
    | SearchResult
    | ExtendedSearchResult
    | ThreadResult
    | Namespaces
    | ServerId
    | Quota
    | QuotaRoots
    | Other
)

Reader: TypeAlias = Callable[[Lexer, bool], Response]
"""Reads an untagged response, the lexer standing behind its name; the bool says whether names are UTF-8."""
