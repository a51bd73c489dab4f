"""What a command is: a frozen value that spells itself, and a collector that makes its typed result.

``Command[T]`` is generic in what ``Connection.run`` returns for it. A command holds its arguments and no
state; every time it is sent, ``collector`` makes a fresh collector, which is shown the untagged responses
while the command is in flight and says which of them are its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from imapcore.protocol.extensions import Need
from imapcore.wire.encoder import Encoder
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Response, Status
from imapcore.wire.uidset import UidSet

T = TypeVar("T", covariant=True)


class Collector(ABC, Generic[T]):
    """Gathers the responses that belong to one command in flight."""

    def accepts(self, response: Response) -> bool:
        """Take a response that is an answer to this command; False leaves it to others."""
        return False

    @abstractmethod
    def result(self, status: Status) -> T:
        """The command's result, once it ended in OK."""


class Command(ABC, Generic[T]):
    """One IMAP command with its arguments. Subclasses are frozen dataclasses."""

    name: ClassVar[str]
    """As sent and as the table of rules has it: ``SELECT``, ``UID FETCH``."""

    @property
    def verb(self) -> str:
        """The name this value really sends: some commands have a UID form and one by sequence number."""
        return self.name

    def encode(self, encoder: Encoder) -> None:
        """Spell verb and arguments. Raises InvalidArgument for what cannot be sent."""
        for word in self.verb.split():
            encoder.word(word)
        self.arguments(encoder)

    def arguments(self, encoder: Encoder) -> None:
        """Spell what follows the verb; nothing unless a command says otherwise."""
        return

    def needs(self) -> Iterable[Need]:
        """What the server must offer for these arguments, each in its turn; the table has the name's own."""
        return ()

    @abstractmethod
    def collector(self) -> Collector[T]:
        """A fresh collector for one time this command is sent."""

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """Whether its answers could be taken for those of one already in flight (RFC 9051 §5.5)."""
        return self.name == earlier.name


class ByMessages(Command[T]):
    """A command answered by FETCH lines of the messages it names."""

    uids: UidSet
    is_uid: bool

    @property
    def names_any(self) -> bool:
        """Whether only the server knows which messages are meant."""
        return self.uids.is_open

    def conflicts_with(self, earlier: Command[object]) -> bool:
        """With any command that may be answered by a line for one of the same messages."""
        if not isinstance(earlier, ByMessages):
            return False
        is_apart = self.is_uid == earlier.is_uid and not (self.names_any or earlier.names_any)
        return not is_apart or bool(self.uids & earlier.uids)


class Nothing(Collector[None]):
    """For commands whose OK says all."""

    def result(self, status: Status) -> None:
        """Nothing."""
        return


class SimpleCommand(Command[None]):
    """A command whose only result is that it was done."""

    def collector(self) -> Collector[None]:
        """Gathers nothing."""
        return Nothing()


class Streaming(Collector[T]):
    """A collector whose items may be taken while the command is still in flight."""

    def __init__(self) -> None:
        self.items: list[Fetched] = []

    def take(self) -> list[Fetched]:
        """The items that came since the last call."""
        taken, self.items = self.items, []
        return taken


def describe(command: Command[object], *, is_utf8: bool = False) -> str:
    """The command as a person may read it, without tag and secrets: what would be sent."""
    encoder = Encoder(capabilities=frozenset({"LITERAL+"}), is_utf8=is_utf8)
    command.encode(encoder)
    shown = b"".join(
        "•••".encode() if chunk.is_secret else chunk.data[:1000] for chunk in encoder.chunks("*")
    )
    return " ".join(shown.decode("utf-8", "replace").removeprefix("* ").split())
