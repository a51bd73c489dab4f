r"""Commands about messages: FETCH, STORE, COPY, MOVE, EXPUNGE and their UID forms (RFC 3501 §6.4, 6.3–6.4 of
RFC 9051, CONDSTORE, UIDPLUS, MOVE, X-GM-EXT-1).

Each works by uid unless ``is_uid`` is False. Results hold only what was asked for: the FETCH lines a server
sends of its own accord stay events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from imapcore.errors import InvalidArgument
from imapcore.protocol.commands.base import Collector, Command, Streaming
from imapcore.wire.codes import CopyUid, Modified
from imapcore.wire.encoder import Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Expunged, Response, Status, Vanished
from imapcore.wire.uidset import NO_UIDS, UidSet

_ITEM = re.compile(r"[A-Z][A-Z0-9.\-]*(?:\[[^\]\r\n\x00{}]*\](?:<\d{1,10}(?:\.[1-9]\d{0,9})?>)?)?")
_FIELD = re.compile(r"[!#-'*+\-/-9;<=>?@A-Z^-z|~$&.]+")
_SECTION = re.compile(r"(?:[1-9]\d*(?:\.[1-9]\d*)*(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT|)")


def body(section: str = "", *, peek: bool = True, start: int | None = None, length: int | None = None) -> str:
    r"""The item ``BODY.PEEK[section]<start.length>``; ``peek=False`` also sets ``\Seen``."""
    return _sectioned("BODY.PEEK" if peek else "BODY", section, start, length)


def binary(section: str, *, peek: bool = True, start: int | None = None, length: int | None = None) -> str:
    """The item ``BINARY.PEEK[section]``: the part decoded by the server (RFC 3516)."""
    return _sectioned("BINARY.PEEK" if peek else "BINARY", section, start, length)


def header_fields(names: Iterable[str], *, part: str = "", peek: bool = True) -> str:
    """The item ``BODY.PEEK[HEADER.FIELDS (…)]``, of the message or of a message/rfc822 part."""
    fields = [name.upper() for name in names]
    if not fields or any(not _FIELD.fullmatch(field) for field in fields):
        raise InvalidArgument("not names of header fields")
    if part and not _SECTION.fullmatch(part):
        raise InvalidArgument(f"not a section: {part[:40]!r}")
    prefix = f"{part}." if part else ""
    return f"{'BODY.PEEK' if peek else 'BODY'}[{prefix}HEADER.FIELDS ({' '.join(fields)})]"


def _sectioned(item: str, section: str, start: int | None, length: int | None) -> str:
    if not _SECTION.fullmatch(section.upper()):
        raise InvalidArgument(f"not a section: {section[:40]!r}")
    text = f"{item}[{section.upper()}]"
    if length is not None:
        return f"{text}<{start or 0}.{length}>"
    return text


class FetchCollector(Streaming["list[Fetched]"]):
    """Takes the FETCH lines of the messages asked for, which may be taken out while more arrive."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self._ranges = fetch.uids
        self._is_uid = fetch.is_uid
        # What "*" stands for only the server knows, and "$" too: there any message may be meant.
        self._asks_any = fetch.by_saved_search or fetch.uids.is_open
        self._required = fetch.required
        self._vanished = UidSet()

    def accepts(self, response: Response) -> bool:
        """Whether it is of a message asked for and says anything that was asked."""
        if isinstance(response, Fetched):
            number = response.uid if self._is_uid else response.seq
            if number is None or not (self._asks_any or number in self._ranges):
                return False
            if self._required and not self._says_required(response):
                return False
            self.items.append(response)
            return True
        if isinstance(response, Vanished) and response.is_earlier:
            self._vanished |= response.uids
            return True
        return False

    def _says_required(self, response: Fetched) -> bool:
        # Called for every message: a loop, since a generator would cost more than all the rest.
        for slot in self._required:  # noqa: SIM110
            if response[slot] is not None:
                return True
        return False

    @property
    def vanished(self) -> UidSet:
        """With the VANISHED modifier: which of the messages asked for are gone (RFC 7162 §3.2.6)."""
        return self._vanished

    def result(self, status: Status) -> list[Fetched]:
        """What had not been taken when the command ended."""
        return self.items


_UNSOLICITED = ("UID", "FLAGS", "MODSEQ")
"""Items a server also sends of its own accord; a line with nothing else may be no answer."""

_SLOTS = {name: index for index, name in enumerate(Fetched._fields)}
_ITEM_SLOT = {
    "INTERNALDATE": "internaldate",
    "RFC822.SIZE": "size",
    "X-GM-MSGID": "msgid",
    "X-GM-THRID": "thrid",
    "ENVELOPE": "envelope",
    "BODYSTRUCTURE": "bodystructure",
}


@dataclass(frozen=True, slots=True)
class Fetch(Command[list[Fetched]]):
    """FETCH → the messages, in the order sent. Stream it instead of collecting where there may be many."""

    name: ClassVar[str] = "FETCH"
    uids: UidSet
    items: tuple[str, ...]
    """``UID``, ``FLAGS``, ``X-GM-LABELS`` …, and what ``body``, ``binary``, ``header_fields`` make."""
    is_uid: bool = True
    changed_since: int | None = None
    """Only what changed after this modseq (RFC 7162 §3.1.4)."""
    vanished: bool = False
    """With ``changed_since`` and QRESYNC enabled: also tell what left."""
    partial: tuple[int, int] | None = None
    """Only these of the set, counted from 1, or from -1 backwards (RFC 9394)."""
    by_saved_search: bool = False
    """Fetch the saved search result ``$`` instead of ``uids`` (RFC 5182)."""

    @property
    def verb(self) -> str:
        """FETCH or UID FETCH."""
        return "UID FETCH" if self.is_uid else "FETCH"

    @property
    def required(self) -> tuple[int, ...]:
        """Slots of ``Fetched`` of which an answer must fill one; empty when none tells it from news."""
        wanted = [item for item in self.items if item not in _UNSOLICITED]
        slots = [_ITEM_SLOT.get(item) for item in wanted]
        known = [_SLOTS[slot] for slot in slots if slot is not None]
        return tuple(known) if known and len(known) == len(wanted) else ()

    def arguments(self, encoder: Encoder) -> None:
        """Set, items, modifiers."""
        if self.by_saved_search:
            encoder.word("$")
        else:
            encoder.uids(self.uids)
        if not self.items:
            raise InvalidArgument("FETCH needs an item")
        encoder.open()
        for item in self.items:
            if not _ITEM.fullmatch(item):
                raise InvalidArgument(f"not an item of FETCH: {item[:60]!r}")
            encoder.raw(item)
        encoder.close()
        if self.changed_since is not None or self.partial is not None:
            encoder.open()
            if self.changed_since is not None:
                encoder.word("CHANGEDSINCE").number(self.changed_since, 63)
                if self.vanished:
                    encoder.word("VANISHED")
            if self.partial is not None:
                encoder.word("PARTIAL").raw(partial_range(self.partial))
            encoder.close()

    def collector(self) -> FetchCollector:
        """Takes the lines of these messages."""
        return FetchCollector(self)

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With any command that may be answered by a line for one of the same messages."""
        return _share_messages(self, earlier)


def partial_range(partial: tuple[int, int]) -> str:
    """``1:100`` or ``-1:-100`` (RFC 9394 §3.1)."""
    low, high = partial
    if low * high <= 0 or max(abs(low), abs(high)) > 0xFFFF_FFFF:
        raise InvalidArgument("a partial range counts from 1 up or from -1 down")
    return f"{low}:{high}"


def _share_messages(command: Fetch | Store, earlier: Command[object]) -> bool:
    if isinstance(earlier, Fetch | Store):
        return (
            command.is_uid != earlier.is_uid
            or bool(command.uids & earlier.uids)
            or earlier.uids.is_open
            or _asks_saved(command)
            or _asks_saved(earlier)
        )
    return False


def _asks_saved(command: Fetch | Store) -> bool:
    return isinstance(command, Fetch) and command.by_saved_search


class StoreMode(StrEnum):
    """What STORE does with the flags or labels given."""

    ADD = "+"
    REMOVE = "-"
    REPLACE = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What STORE did."""

    fetched: tuple[Fetched, ...]
    """The messages' new state as echoed. Gmail echoes even a silent store of flags while CONDSTORE is on."""
    modified: UidSet = NO_UIDS
    """With ``unchanged_since``: left alone, because they had changed meanwhile."""


class _StoreCollector(Collector[Stored]):
    def __init__(self, store: Store) -> None:
        self._uids = store.uids
        self._is_uid = store.is_uid
        self._fetched: list[Fetched] = []

    def accepts(self, response: Response) -> bool:
        if isinstance(response, Fetched):
            number = response.uid if self._is_uid else response.seq
            if number is not None and (number in self._uids or self._uids.is_open):
                self._fetched.append(response)
                return True
        return False

    def result(self, status: Status) -> Stored:
        modified = status.code.uids if isinstance(status.code, Modified) else UidSet()
        return Stored(tuple(self._fetched), modified)


@dataclass(frozen=True, slots=True)
class Store(Command[Stored]):
    """STORE flags, or Gmail's labels: give exactly one of the two."""

    name: ClassVar[str] = "STORE"
    uids: UidSet
    mode: StoreMode
    flags: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    r"""X-GM-LABELS values; a name that is no system label becomes a user label. Unknown ones are created."""
    is_silent: bool = False
    unchanged_since: int | None = None
    """Leave alone what changed after this modseq (RFC 7162 §3.1.3)."""
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """STORE or UID STORE."""
        return "UID STORE" if self.is_uid else "STORE"

    def arguments(self, encoder: Encoder) -> None:
        """Set, condition, item, values."""
        if (self.flags is None) == (self.labels is None):
            raise InvalidArgument("STORE takes either flags or labels")
        encoder.uids(self.uids)
        if self.unchanged_since is not None:
            encoder.open().word("UNCHANGEDSINCE").number(self.unchanged_since, 63).close()
        item = "FLAGS" if self.flags is not None else "X-GM-LABELS"
        encoder.word(f"{self.mode}{item}{'.SILENT' if self.is_silent else ''}")
        if self.flags is not None:
            encoder.flags(self.flags)
        else:
            encoder.open()
            for label in sorted(self.labels or ()):
                encoder.label(label)
            encoder.close()

    def collector(self) -> Collector[Stored]:
        """Takes the echoed lines of these messages."""
        return _StoreCollector(self)

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With any command that may be answered by a line for one of the same messages."""
        return _share_messages(self, earlier)


class _CopyCollector(Collector[CopyUid | None]):
    def __init__(self) -> None:
        self._code: CopyUid | None = None

    def accepts(self, response: Response) -> bool:
        # MOVE answers in an untagged OK, before the EXPUNGEs (RFC 6851 §4.3); Gmail in the tagged one.
        if isinstance(response, Status) and isinstance(response.code, CopyUid):
            self._code = response.code
            return True
        return False

    def result(self, status: Status) -> CopyUid | None:
        return status.code if isinstance(status.code, CopyUid) else self._code


@dataclass(frozen=True, slots=True)
class Copy(Command[CopyUid | None]):
    """COPY → where the copies went, with UIDPLUS; None also when nothing was copied."""

    name: ClassVar[str] = "COPY"
    uids: UidSet
    mailbox: str
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """COPY or UID COPY."""
        return "UID COPY" if self.is_uid else "COPY"

    def arguments(self, encoder: Encoder) -> None:
        """Set and name."""
        encoder.uids(self.uids).mailbox(self.mailbox)

    def collector(self) -> Collector[CopyUid | None]:
        """Reads the response code."""
        return _CopyCollector()


@dataclass(frozen=True, slots=True)
class Move(Command[CopyUid | None]):
    """MOVE (RFC 6851) → where the messages went, with UIDPLUS."""

    name: ClassVar[str] = "MOVE"
    uids: UidSet
    mailbox: str
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """MOVE or UID MOVE."""
        return "UID MOVE" if self.is_uid else "MOVE"

    def arguments(self, encoder: Encoder) -> None:
        """Set and name."""
        encoder.uids(self.uids).mailbox(self.mailbox)

    def collector(self) -> Collector[CopyUid | None]:
        """Reads the response code, tagged or not."""
        return _CopyCollector()


@dataclass(frozen=True, slots=True)
class Removed:
    """What EXPUNGE removed: sequence numbers in the order told, or uids where QRESYNC is on."""

    numbers: tuple[int, ...]
    uids: UidSet = NO_UIDS


class ExpungeCollector(Collector[Removed]):
    """Notes what leaves. Takes nothing: everybody must hear of it."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._uids = UidSet()

    def accepts(self, response: Response) -> bool:
        """Notes EXPUNGE and VANISHED, and leaves them to the others too."""
        if isinstance(response, Expunged):
            self._numbers.append(response.seq)
        elif isinstance(response, Vanished):
            self._uids |= response.uids
        return False

    def result(self, status: Status) -> Removed:
        """What left while the command was in flight."""
        return Removed(tuple(self._numbers), self._uids)


@dataclass(frozen=True, slots=True)
class Expunge(Command[Removed]):
    r"""EXPUNGE what is ``\Deleted``; with ``uids``, UID EXPUNGE, only among these (UIDPLUS, RFC 4315)."""

    name: ClassVar[str] = "EXPUNGE"
    uids: UidSet | None = None

    @property
    def verb(self) -> str:
        """EXPUNGE or UID EXPUNGE."""
        return "EXPUNGE" if self.uids is None else "UID EXPUNGE"

    def arguments(self, encoder: Encoder) -> None:
        """The set, if any."""
        if self.uids is not None:
            encoder.uids(self.uids)

    def collector(self) -> Collector[Removed]:
        """Notes what leaves."""
        return ExpungeCollector()
