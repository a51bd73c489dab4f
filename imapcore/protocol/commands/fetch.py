"""FETCH and UID FETCH (RFC 3501 §6.4.5, CONDSTORE, QRESYNC, PARTIAL, SEARCHRES).

The one command whose answers are taken while more arrive. What a server sends of its own accord is told from
the answers by message and by item, so results hold only what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from imapcore.errors import InvalidArgument
from imapcore.protocol import extensions
from imapcore.protocol.commands.base import ByMessages, Streaming
from imapcore.protocol.commands.items import is_item, partial_range
from imapcore.wire.encoder import Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Response, Status, Vanished
from imapcore.wire.uidset import UidSet


class FetchCollector(Streaming["list[Fetched]"]):
    """Takes the FETCH lines of the messages asked for, which may be taken out while more arrive."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__()
        self._ranges = fetch.uids
        self._is_uid = fetch.is_uid
        # What "*" stands for only the server knows, and "$" too: there any message may be meant.
        self._asks_any = fetch.names_any
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
class Fetch(ByMessages[list[Fetched]]):
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
    def names_any(self) -> bool:
        """Whether ``*`` or ``$`` says which messages are meant."""
        return self.by_saved_search or self.uids.is_open

    @property
    def required(self) -> tuple[int, ...]:
        """Slots of ``Fetched`` of which an answer must fill one; empty when none tells it from news."""
        wanted = [item for item in self.items if item not in _UNSOLICITED]
        slots = [_ITEM_SLOT.get(item) for item in wanted]
        known = [_SLOTS[slot] for slot in slots if slot is not None]
        return tuple(known) if known and len(known) == len(wanted) else ()

    def needs(self) -> Iterable[extensions.Need]:
        """What its items and modifiers need."""
        yield from extensions.of_fetch_items(self.items)
        if self.changed_since is not None:
            yield extensions.QRESYNC if self.vanished else extensions.CONDSTORE
        if self.partial is not None:
            yield extensions.PARTIAL
        if self.by_saved_search:
            yield extensions.SEARCHRES

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
            if not is_item(item):
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
