"""SELECT, EXAMINE and what leaves a mailbox again (RFC 3501 §6.3.1 and 6.4.1, RFC 7162, RFC 3691)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from imapcore.protocol import extensions
from imapcore.protocol.commands.base import Collector, Command, SimpleCommand
from imapcore.protocol.state import SelectedMailbox
from imapcore.wire.encoder import Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Response, Status, Vanished
from imapcore.wire.uidset import NO_UIDS, UidSet


@dataclass(frozen=True, slots=True)
class QuickResync:
    """What we know, so that SELECT can tell what changed (RFC 7162 §3.2.5)."""

    uidvalidity: int
    modseq: int
    known: UidSet | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What SELECT or EXAMINE found."""

    mailbox: SelectedMailbox
    vanished: UidSet = NO_UIDS
    """With QRESYNC: what left since the state we named."""
    changed: tuple[Fetched, ...] = ()
    """With QRESYNC: what changed since."""


class SelectCollector(Collector[Selection]):
    """Gathers the description of the mailbox, and what QRESYNC adds."""

    def __init__(self, select: Select) -> None:
        self.mailbox = SelectedMailbox(select.mailbox, is_read_only=select.is_read_only)
        self._vanished = UidSet()
        self._changed: list[Fetched] = []

    def accepts(self, response: Response) -> bool:
        """What describes a mailbox, VANISHED (EARLIER), and FETCH, which nobody else can have asked for."""
        if isinstance(response, Vanished) and response.is_earlier:
            self._vanished |= response.uids
            return True
        if isinstance(response, Fetched):
            self._changed.append(response)
            return True
        if isinstance(response, Status) and response.code is not None and response.code.name == "CLOSED":
            # What came before was still about the mailbox selected earlier (RFC 7162 §3.2.11).
            self.mailbox = SelectedMailbox(self.mailbox.name, is_read_only=self.mailbox.is_read_only)
            self._changed.clear()
            return True
        before, self.mailbox = self.mailbox, self.mailbox.after(response)
        return self.mailbox is not before

    def finish(self, status: Status) -> SelectedMailbox:
        """The mailbox at the OK, whose code says whether it can be written."""
        if status.code is not None:
            self.mailbox = self.mailbox.after_code(status.code)
        return self.mailbox

    def result(self, status: Status) -> Selection:
        """The mailbox and what changed."""
        return Selection(self.mailbox, self._vanished, tuple(self._changed))


@dataclass(frozen=True, slots=True)
class Select(Command[Selection]):
    """SELECT, or EXAMINE when ``is_read_only``."""

    name: ClassVar[str] = "SELECT"
    mailbox: str
    is_read_only: bool = False
    condstore: bool = False
    """Ask for modseqs (RFC 7162 §3.1.8)."""
    resync: QuickResync | None = None

    @property
    def verb(self) -> str:
        """SELECT or EXAMINE."""
        return "EXAMINE" if self.is_read_only else "SELECT"

    def needs(self) -> Iterable[extensions.Need]:
        """What its parameters need."""
        if self.resync is not None:
            yield extensions.QRESYNC
        elif self.condstore:
            yield extensions.CONDSTORE

    def arguments(self, encoder: Encoder) -> None:
        """The name and the parameters."""
        encoder.mailbox(self.mailbox)
        if self.resync is not None:
            encoder.open().word("QRESYNC").open()
            encoder.number(self.resync.uidvalidity, 32).number(self.resync.modseq, 63)
            if self.resync.known:
                encoder.uids(self.resync.known)
            encoder.close().close()
        elif self.condstore:
            encoder.open().word("CONDSTORE").close()

    def collector(self) -> Collector[Selection]:
        """Gathers what QRESYNC tells."""
        return SelectCollector(self)


@dataclass(frozen=True, slots=True)
class Check(SimpleCommand):
    """CHECK: a checkpoint; on most servers the same as NOOP."""

    name: ClassVar[str] = "CHECK"


@dataclass(frozen=True, slots=True)
class Close(SimpleCommand):
    r"""CLOSE: expunges what is ``\Deleted`` and deselects."""

    name: ClassVar[str] = "CLOSE"


@dataclass(frozen=True, slots=True)
class Unselect(SimpleCommand):
    """UNSELECT (RFC 3691): deselects and expunges nothing."""

    name: ClassVar[str] = "UNSELECT"
