"""Commands about mailboxes that need not be selected: RFC 3501 §6.3, LIST-EXTENDED, STATUS, QUOTA, APPEND.

Names are plain ``str``; the encoder spells them as the server wants them now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from imapcore.errors import InvalidArgument
from imapcore.protocol import extensions
from imapcore.protocol.commands.base import Collector, Command, SimpleCommand
from imapcore.wire.codes import AppendUid, MailboxId
from imapcore.wire.datetimes import format_internaldate
from imapcore.wire.encoder import Encoder
from imapcore.wire.responses import (
    Listed,
    ListKind,
    MailboxStatus,
    Quota,
    QuotaRoots,
    Response,
    Status,
)

# -- making and listing ---------------------------------------------------------------------------------


class _CreateCollector(Collector[str | None]):
    def result(self, status: Status) -> str | None:
        return status.code.mailboxid if isinstance(status.code, MailboxId) else None


@dataclass(frozen=True, slots=True)
class Create(Command[str | None]):
    """CREATE → the mailbox's object id, where the server gives one (RFC 8474)."""

    name: ClassVar[str] = "CREATE"
    mailbox: str
    special_use: tuple[str, ...] = ()
    r"""``\Archive`` … where the server offers CREATE-SPECIAL-USE (RFC 6154)."""

    def needs(self) -> Iterable[extensions.Need]:
        """CREATE-SPECIAL-USE for a use."""
        if self.special_use:
            yield extensions.CREATE_SPECIAL_USE

    def arguments(self, encoder: Encoder) -> None:
        """The name and its use."""
        encoder.mailbox(self.mailbox)
        if self.special_use:
            encoder.open().word("USE").flags(self.special_use).close()

    def collector(self) -> Collector[str | None]:
        """Reads the response code."""
        return _CreateCollector()


@dataclass(frozen=True, slots=True)
class Delete(SimpleCommand):
    """DELETE. On Gmail: removes the label; the mail stays in All Mail."""

    name: ClassVar[str] = "DELETE"
    mailbox: str

    def arguments(self, encoder: Encoder) -> None:
        """The name."""
        encoder.mailbox(self.mailbox)


@dataclass(frozen=True, slots=True)
class Rename(SimpleCommand):
    """RENAME."""

    name: ClassVar[str] = "RENAME"
    mailbox: str
    new_name: str

    def arguments(self, encoder: Encoder) -> None:
        """Old and new name."""
        encoder.mailbox(self.mailbox).mailbox(self.new_name)


@dataclass(frozen=True, slots=True)
class Subscribe(SimpleCommand):
    """SUBSCRIBE."""

    name: ClassVar[str] = "SUBSCRIBE"
    mailbox: str

    def arguments(self, encoder: Encoder) -> None:
        """The name."""
        encoder.mailbox(self.mailbox)


@dataclass(frozen=True, slots=True)
class Unsubscribe(SimpleCommand):
    """UNSUBSCRIBE."""

    name: ClassVar[str] = "UNSUBSCRIBE"
    mailbox: str

    def arguments(self, encoder: Encoder) -> None:
        """The name."""
        encoder.mailbox(self.mailbox)


@dataclass(frozen=True, slots=True)
class Listing:
    """What LIST found; ``statuses`` only where RETURN (STATUS …) was asked for."""

    mailboxes: tuple[Listed, ...]
    statuses: tuple[MailboxStatus, ...] = ()


class _ListCollector(Collector[Listing]):
    def __init__(self, kind: ListKind) -> None:
        self._kind = kind
        self._mailboxes: list[Listed] = []
        self._statuses: list[MailboxStatus] = []

    def accepts(self, response: Response) -> bool:
        match response:
            case Listed(kind=kind) if kind is self._kind:
                self._mailboxes.append(response)
                return True
            case MailboxStatus() if self._kind is ListKind.LIST:
                self._statuses.append(response)
                return True
            case _:
                return False

    def result(self, status: Status) -> Listing:
        return Listing(tuple(self._mailboxes), tuple(self._statuses))


@dataclass(frozen=True, slots=True)
class List(Command[Listing]):
    """LIST, with selection and return options where the server has LIST-EXTENDED (RFC 5258, 5819, 6154)."""

    name: ClassVar[str] = "LIST"
    pattern: str = "*"
    reference: str = ""
    select: tuple[str, ...] = ()
    """SUBSCRIBED, REMOTE, RECURSIVEMATCH, SPECIAL-USE."""
    returns: tuple[str, ...] = ()
    """SUBSCRIBED, CHILDREN, SPECIAL-USE."""
    status: tuple[str, ...] = ()
    """Items of STATUS to return for each (LIST-STATUS)."""

    def needs(self) -> Iterable[extensions.Need]:
        """What its options need."""
        yield from extensions.of_list_options(self.select, self.returns)
        if self.status:
            yield extensions.LIST_STATUS
            yield from extensions.of_status_items(self.status)

    def arguments(self, encoder: Encoder) -> None:
        """Options, reference, pattern."""
        if self.select:
            encoder.open()
            for option in self.select:
                encoder.word(option)
            encoder.close()
        encoder.pattern(self.reference).pattern(self.pattern)
        if self.returns or self.status:
            encoder.word("RETURN").open()
            for option in self.returns:
                encoder.word(option)
            if self.status:
                encoder.word("STATUS").open()
                for item in self.status:
                    encoder.word(item)
                encoder.close()
            encoder.close()

    def collector(self) -> Collector[Listing]:
        """Gathers LIST and, where asked for, STATUS."""
        return _ListCollector(ListKind.LIST)

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With another LIST, and with STATUS, whose answers it may send too."""
        return earlier.name in ("LIST", "STATUS")


@dataclass(frozen=True, slots=True)
class Lsub(Command[Listing]):
    """LSUB: what is subscribed, on servers without LIST-EXTENDED."""

    name: ClassVar[str] = "LSUB"
    pattern: str = "*"
    reference: str = ""

    def arguments(self, encoder: Encoder) -> None:
        """Reference and pattern."""
        encoder.pattern(self.reference).pattern(self.pattern)

    def collector(self) -> Collector[Listing]:
        """Gathers LSUB."""
        return _ListCollector(ListKind.LSUB)


@dataclass(frozen=True, slots=True)
class Xlist(Command[Listing]):
    """XLIST: Gmail's own listing of special uses, from before RFC 6154. For servers with nothing else."""

    name: ClassVar[str] = "XLIST"
    pattern: str = "*"
    reference: str = ""

    def arguments(self, encoder: Encoder) -> None:
        """Reference and pattern."""
        encoder.pattern(self.reference).pattern(self.pattern)

    def collector(self) -> Collector[Listing]:
        """Gathers XLIST; ``gmail.from_xlist`` maps the attributes."""
        return _ListCollector(ListKind.XLIST)


# -- counting -----------------------------------------------------------------------------------------------


class _StatusCollector(Collector[MailboxStatus]):
    def __init__(self, name: str) -> None:
        self._found = MailboxStatus(name)

    def accepts(self, response: Response) -> bool:
        if isinstance(response, MailboxStatus) and _is_same(response.name, self._found.name):
            self._found = response
            return True
        return False

    def result(self, status: Status) -> MailboxStatus:
        return self._found


def _is_same(name: str, other: str) -> bool:
    return name == other or (name.upper() == "INBOX" and other.upper() == "INBOX")


STATUS_ITEMS = ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN")


@dataclass(frozen=True, slots=True)
class StatusOf(Command[MailboxStatus]):
    """STATUS of a mailbox that need not be selected."""

    name: ClassVar[str] = "STATUS"
    mailbox: str
    items: tuple[str, ...] = STATUS_ITEMS
    """MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ SIZE DELETED APPENDLIMIT MAILBOXID."""

    def needs(self) -> Iterable[extensions.Need]:
        """What its items need."""
        return extensions.of_status_items(self.items)

    def arguments(self, encoder: Encoder) -> None:
        """Name and items."""
        if not self.items:
            raise InvalidArgument("STATUS needs an item")
        encoder.mailbox(self.mailbox).open()
        for item in self.items:
            encoder.word(item)
        encoder.close()

    def collector(self) -> Collector[MailboxStatus]:
        """Takes the STATUS of this mailbox."""
        return _StatusCollector(self.mailbox)

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With STATUS of the same mailbox, and with LIST, which may send STATUS too."""
        return earlier.name == "LIST" or (
            isinstance(earlier, StatusOf) and _is_same(earlier.mailbox, self.mailbox)
        )


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits that count for a mailbox or root."""

    quotas: tuple[Quota, ...]
    roots: tuple[str, ...] = ()


class _QuotaCollector(Collector[Quotas]):
    def __init__(self) -> None:
        self._quotas: list[Quota] = []
        self._roots: tuple[str, ...] = ()

    def accepts(self, response: Response) -> bool:
        match response:
            case Quota():
                self._quotas.append(response)
                return True
            case QuotaRoots(roots=roots):
                self._roots = roots
                return True
            case _:
                return False

    def result(self, status: Status) -> Quotas:
        return Quotas(tuple(self._quotas), self._roots)


@dataclass(frozen=True, slots=True)
class GetQuota(Command[Quotas]):
    """GETQUOTA of a root (RFC 9208)."""

    name: ClassVar[str] = "GETQUOTA"
    root: str = ""

    def arguments(self, encoder: Encoder) -> None:
        """The root, often empty."""
        encoder.string(self.root)

    def collector(self) -> Collector[Quotas]:
        """Gathers QUOTA."""
        return _QuotaCollector()

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With any other question about quotas."""
        return earlier.name in ("GETQUOTA", "GETQUOTAROOT")


@dataclass(frozen=True, slots=True)
class GetQuotaRoot(Command[Quotas]):
    """GETQUOTAROOT: the roots of a mailbox and their quotas (RFC 9208)."""

    name: ClassVar[str] = "GETQUOTAROOT"
    mailbox: str = "INBOX"

    def arguments(self, encoder: Encoder) -> None:
        """The name."""
        encoder.mailbox(self.mailbox)

    def collector(self) -> Collector[Quotas]:
        """Gathers QUOTA and QUOTAROOT."""
        return _QuotaCollector()

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With any other question about quotas."""
        return earlier.name in ("GETQUOTA", "GETQUOTAROOT")


# -- adding


class _AppendCollector(Collector[AppendUid | None]):
    def result(self, status: Status) -> AppendUid | None:
        return status.code if isinstance(status.code, AppendUid) else None


@dataclass(frozen=True, slots=True)
class Append(Command[AppendUid | None]):
    """APPEND one message → where it went, with UIDPLUS (RFC 4315)."""

    name: ClassVar[str] = "APPEND"
    mailbox: str
    message: bytes = field(repr=False)
    """RFC 5322, lines ended by CRLF."""
    flags: frozenset[str] = frozenset()
    internaldate: int | None = None
    """Milliseconds since 1970-01-01 UTC; None: now, by the server's clock."""
    is_binary: bool = False
    """Send as literal8 (RFC 3516): the message holds NUL."""

    @classmethod
    def of(cls, mailbox: str, message: bytes, flags: Iterable[str] = ()) -> Append:
        """With flags from any iterable."""
        return cls(mailbox, message, frozenset(flags))

    def needs(self) -> Iterable[extensions.Need]:
        """BINARY for a literal8."""
        if self.is_binary:
            yield extensions.BINARY_APPEND

    def arguments(self, encoder: Encoder) -> None:
        """Name, flags, date, and the message as a literal (RFC 6855 §4 in UTF-8 mode)."""
        encoder.mailbox(self.mailbox)
        if self.flags:
            encoder.flags(self.flags)
        if self.internaldate is not None:
            encoder.raw(format_internaldate(self.internaldate))
        if encoder.is_utf8 and not self.message.isascii():
            encoder.word("UTF8").open().literal(self.message, is_binary=True).close()
        else:
            encoder.literal(self.message, is_binary=self.is_binary)

    def collector(self) -> Collector[AppendUid | None]:
        """Reads the response code."""
        return _AppendCollector()
