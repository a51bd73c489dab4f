"""``Talk``: a conversation as a story of lines, the server's given and the client's looked at."""

from __future__ import annotations

from typing import TypeVar

from imapcore.protocol.commands import Capability, Command, Enable, Login, Select
from imapcore.protocol.events import Noticed, ProtocolEvent
from imapcore.protocol.protocol import Protocol
from imapcore.protocol.sent import Sent
from imapcore.protocol.transcript import Transcript
from imapcore.wire.encoder import Secret
from imapcore.wire.framing import Limits
from imapcore.wire.responses import Response

T = TypeVar("T")

GMAIL = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE "
    "MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584"
)
"""What Gmail offers after the login."""


class Talk:
    """A protocol and both sides of what is said. Tags are A1, A2 …; ``cut`` feeds it in pieces."""

    def __init__(
        self,
        *,
        cut: int | None = None,
        depth: int = 8,
        limits: Limits | None = None,
        extensions_off: frozenset[str] = frozenset(),
    ) -> None:
        self.transcript = Transcript()
        self.protocol = Protocol(
            transcript=self.transcript, depth=depth, limits=limits, extensions_off=extensions_off
        )
        self.cut = cut
        self.news: list[ProtocolEvent] = []

    def s(self, *lines: str | bytes) -> None:
        """The server says these lines."""
        data = b"".join((line.encode() if isinstance(line, str) else line) + b"\r\n" for line in lines)
        step = self.cut or max(1, len(data))
        for start in range(0, len(data), step):
            self.protocol.receive_data(data[start : start + step])
            self.news.extend(self.protocol.events_received())

    def c(self) -> str:
        """What the client has said since the last time, without the last line's CRLF."""
        return self.protocol.data_to_send().decode("utf-8", "backslashreplace").removesuffix("\r\n")

    def ask(self, command: Command[T], *answers: str | bytes) -> T:
        """Send a command, let the server answer (``%`` stands for the tag), and return the result."""
        sent = self.send(command)
        self.s(*(self._tagged(line, sent) for line in answers))
        return sent.result()

    def send(self, command: Command[T]) -> Sent[T]:
        """Send a command, and throw away what that says."""
        sent = self.protocol.send(command)
        self.c()
        return sent

    @staticmethod
    def _tagged(line: str | bytes, sent: Sent[T]) -> bytes:
        data = line.encode() if isinstance(line, str) else line
        return str(sent.tag).encode() + data[1:] if data.startswith(b"%") else data

    def events(self, kind: type[ProtocolEvent] | None = None) -> list[ProtocolEvent]:
        """The news so far, forgotten afterwards; only those of a kind if one is given."""
        found, self.news = self.news, []
        return [event for event in found if kind is None or isinstance(event, kind)]

    def noticed(self) -> list[Response]:
        """The untagged responses that answered nothing."""
        return [event.response for event in self.events() if isinstance(event, Noticed)]


def greeted(capabilities: str = GMAIL, *, cut: int | None = None, depth: int = 8) -> Talk:
    """A conversation before the login, capabilities known."""
    talk = Talk(cut=cut, depth=depth)
    talk.s("* OK hello")
    talk.ask(Capability(), f"* CAPABILITY {capabilities}", "% OK")
    talk.events()
    return talk


def signed_in(
    capabilities: str = GMAIL, *, cut: int | None = None, depth: int = 8, is_resyncing: bool = True
) -> Talk:
    """A conversation after the login, with QRESYNC enabled where it is offered."""
    talk = greeted(capabilities, cut=cut, depth=depth)
    talk.ask(Login("me", Secret("pw")), f"* CAPABILITY {capabilities}", "% OK me authenticated (Success)")
    if is_resyncing and {"QRESYNC", "ENABLE"} <= set(capabilities.split()):
        talk.ask(Enable(("QRESYNC",)), "* ENABLED QRESYNC", "% OK")
    talk.events()
    return talk


def selected(
    capabilities: str = GMAIL,
    *,
    cut: int | None = None,
    depth: int = 8,
    exists: int = 9,
    is_resyncing: bool = True,
) -> Talk:
    """A conversation with a mailbox selected."""
    talk = signed_in(capabilities, cut=cut, depth=depth, is_resyncing=is_resyncing)
    talk.ask(Select("INBOX"), f"* {exists} EXISTS", "* OK [UIDVALIDITY 1]", "% OK [READ-WRITE] selected")
    talk.events()
    return talk
