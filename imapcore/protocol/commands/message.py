r"""Commands that change messages: STORE, COPY, MOVE, EXPUNGE and their UID forms (RFC 3501 §6.4, CONDSTORE,
UIDPLUS, MOVE, X-GM-EXT-1).

Each works by uid unless ``is_uid`` is False.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from imapcore.errors import InvalidArgument
from imapcore.protocol import extensions
from imapcore.protocol.commands.base import ByMessages, Collector, Command
from imapcore.wire.codes import CopyUid, Modified
from imapcore.wire.encoder import Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Expunged, Response, Status, Vanished
from imapcore.wire.uidset import NO_UIDS, UidSet


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
class Store(ByMessages[Stored]):
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

    def needs(self) -> Iterable[extensions.Need]:
        """Gmail for labels, CONDSTORE for the condition."""
        if self.labels is not None:
            yield extensions.GMAIL
        if self.unchanged_since is not None:
            yield extensions.CONDSTORE

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
