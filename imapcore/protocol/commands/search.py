"""SEARCH, SORT and THREAD (RFC 3501 §6.4.4, 4731, 5182, 5256, 9394).

Criteria are values of ``protocol.search``. Where the server has ESEARCH, a search asks for compact ranges of
its own accord; the result is the same value either way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from imapcore.errors import InvalidArgument
from imapcore.protocol import extensions
from imapcore.protocol.commands.base import Collector, Command
from imapcore.protocol.commands.items import partial_range
from imapcore.protocol.search import All, Key
from imapcore.wire.encoder import Encoder
from imapcore.wire.responses import (
    ExtendedSearchResult,
    PartialResult,
    Response,
    SearchResult,
    Status,
    ThreadResult,
)
from imapcore.wire.uidset import UidSet


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. ``min``, ``max`` and ``count`` are there even where the server was not asked."""

    uids: UidSet
    """Uids, or sequence numbers if the search was not by uid; empty if only others were to be returned."""
    min: int | None = None
    max: int | None = None
    count: int = 0
    modseq: int | None = None
    """The highest modseq among them, if MODSEQ was a criterion."""
    partial: PartialResult | None = None
    is_answered: bool = field(default=True, compare=False)
    """Whether the server sent a result that could be read whole. Some servers send none when nothing is
    found; for Gmail, which always does, a missing one is no answer.
    """


class SearchCollector(Collector[Found]):
    """Takes SEARCH, or the ESEARCH that carries the tag of this command."""

    def __init__(self) -> None:
        self._plain: set[int] = set()
        self._is_answered = False
        self._modseq: int | None = None
        self._extended: ExtendedSearchResult | None = None
        self.tag = ""
        """Set by the protocol when the command is sent."""

    def accepts(self, response: Response) -> bool:
        """Whether it answers this search."""
        if isinstance(response, SearchResult) and not response.is_sorted:
            # A long result may come in several SEARCH lines.
            self._is_answered = True
            self._plain.update(response.numbers)
            self._modseq = response.modseq or self._modseq
            return True
        if isinstance(response, ExtendedSearchResult) and response.tag in (None, self.tag):
            self._extended = response
            return True
        return False

    def result(self, status: Status) -> Found:
        """Both forms as one value."""
        if self._extended is not None:
            found = self._extended
            uids = found.all
            inside = uids if uids and not uids.is_open else None
            return Found(
                uids,
                found.min if found.min is not None else (inside.min if inside else None),
                found.max if found.max is not None else (inside.max if inside else None),
                found.count if found.count is not None else (inside.count() if inside else 0),
                found.modseq,
                found.partial,
                is_answered=not found.unreadable,
            )
        self._plain.discard(0)
        uids = UidSet(self._plain)
        if not uids:
            return Found(uids, modseq=self._modseq, is_answered=self._is_answered)
        return Found(uids, uids.min, uids.max, uids.count(), self._modseq)


RETURN_OPTIONS = frozenset({"MIN", "MAX", "ALL", "COUNT", "SAVE"})


@dataclass(frozen=True, slots=True)
class Search(Command[Found]):
    """SEARCH by uid, or by sequence number."""

    name: ClassVar[str] = "SEARCH"
    key: Key = field(default_factory=All)
    returns: frozenset[str] | None = None
    """MIN, MAX, ALL, COUNT, SAVE; None: ALL if the server has ESEARCH, else the plain form."""
    partial: tuple[int, int] | None = None
    """Only this window of the result (PARTIAL, RFC 9394)."""
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """SEARCH or UID SEARCH."""
        return "UID SEARCH" if self.is_uid else "SEARCH"

    def needs(self) -> Iterable[extensions.Need]:
        """What its return options and its key need."""
        if self.partial is not None:
            yield extensions.PARTIAL_FORWARD if self.partial[0] > 0 else extensions.PARTIAL
        elif self.returns is not None and self.returns != {"SAVE"}:
            yield extensions.ESEARCH
        if self.returns and "SAVE" in self.returns:
            yield extensions.SEARCHRES
        yield from self.key.needs()

    def arguments(self, encoder: Encoder) -> None:
        """Return options, charset, key."""
        returns = self.returns
        if returns is None and self.partial is None and _has_esearch(encoder.capabilities):
            returns = frozenset({"ALL"})
        if returns is not None or self.partial is not None:
            if not (returns or frozenset()) <= RETURN_OPTIONS:
                raise InvalidArgument("not an option of SEARCH RETURN")
            encoder.word("RETURN").open()
            for option in sorted(returns or ()):
                encoder.word(option)
            if self.partial is not None:
                encoder.word("PARTIAL").raw(partial_range(self.partial))
            encoder.close()
        if _needs_charset(self.key, encoder):
            encoder.word("CHARSET").word("UTF-8")
        self.key.encode(encoder)

    def collector(self) -> Collector[Found]:
        """Takes SEARCH or ESEARCH."""
        return SearchCollector()


def _has_esearch(capabilities: frozenset[str]) -> bool:
    return "ESEARCH" in capabilities or "IMAP4REV2" in capabilities


def _needs_charset(key: Key, encoder: Encoder) -> bool:
    # After ENABLE UTF8=ACCEPT a charset must not be named (RFC 6855 §3).
    if encoder.is_utf8:
        return False
    trial = Encoder(capabilities=encoder.capabilities)
    key.encode(trial)
    return trial.has_8bit


SORT_KEYS = frozenset(
    {"ARRIVAL", "CC", "DATE", "FROM", "REVERSE", "SIZE", "SUBJECT", "TO", "DISPLAYFROM", "DISPLAYTO"}
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The messages found, in the order asked for."""

    numbers: tuple[int, ...]
    modseq: int | None = None


class _SortCollector(Collector[Sorted]):
    def __init__(self) -> None:
        self._found: list[int] = []
        self._modseq: int | None = None

    def accepts(self, response: Response) -> bool:
        if isinstance(response, SearchResult) and response.is_sorted:
            self._found.extend(response.numbers)
            self._modseq = response.modseq or self._modseq
            return True
        return False

    def result(self, status: Status) -> Sorted:
        return Sorted(tuple(self._found), self._modseq)


@dataclass(frozen=True, slots=True)
class Sort(Command[Sorted]):
    """SORT (RFC 5256)."""

    name: ClassVar[str] = "SORT"
    order: tuple[str, ...]
    """``("REVERSE", "DATE")`` …"""
    key: Key = field(default_factory=All)
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """SORT or UID SORT."""
        return "UID SORT" if self.is_uid else "SORT"

    def needs(self) -> Iterable[extensions.Need]:
        """What the order and the key need."""
        if any(each.startswith("DISPLAY") for each in self.order):
            yield extensions.SORT_DISPLAY
        yield from self.key.needs()

    def arguments(self, encoder: Encoder) -> None:
        """Order, charset, key."""
        if not self.order or not frozenset(self.order) <= SORT_KEYS or self.order[-1] == "REVERSE":
            raise InvalidArgument("not an order SORT knows")
        encoder.open()
        for each in self.order:
            encoder.word(each)
        encoder.close().word("UTF-8")
        self.key.encode(encoder)

    def collector(self) -> Collector[Sorted]:
        """Takes SORT."""
        return _SortCollector()


class _ThreadCollector(Collector[ThreadResult]):
    def __init__(self) -> None:
        self._found = ThreadResult(())

    def accepts(self, response: Response) -> bool:
        if isinstance(response, ThreadResult):
            self._found = ThreadResult(self._found.threads + response.threads)
            return True
        return False

    def result(self, status: Status) -> ThreadResult:
        return self._found


@dataclass(frozen=True, slots=True)
class Thread(Command[ThreadResult]):
    """THREAD (RFC 5256)."""

    name: ClassVar[str] = "THREAD"
    algorithm: str = "REFERENCES"
    """REFERENCES, ORDEREDSUBJECT, or another the server names as ``THREAD=…``."""
    key: Key = field(default_factory=All)
    is_uid: bool = True

    @property
    def verb(self) -> str:
        """THREAD or UID THREAD."""
        return "UID THREAD" if self.is_uid else "THREAD"

    def needs(self) -> Iterable[extensions.Need]:
        """Its algorithm, and what the key needs."""
        yield (f"THREAD={self.algorithm}",)
        yield from self.key.needs()

    def arguments(self, encoder: Encoder) -> None:
        """Algorithm, charset, key."""
        encoder.word(self.algorithm).word("UTF-8")
        self.key.encode(encoder)

    def collector(self) -> Collector[ThreadResult]:
        """Takes THREAD."""
        return _ThreadCollector()
