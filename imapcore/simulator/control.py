"""What tests do behind the server's back: deliver mail, act as another client, switch faults.

A ``Control`` is called from any thread and runs each act in the server's loop, one after the other with the
commands of the clients; every call has a deadline. ``control_lines`` speaks the same acts as lines.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Mailbox, Message
from imapcore.simulator.account.source import store
from imapcore.simulator.faults import Fault
from imapcore.simulator.server import Server
from imapcore.simulator.smtp.post import Departure

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
DEADLINE_SECONDS = 20.0


def _in_loop(
    act: Callable[Concatenate[Control, Parameters], Result],
) -> Callable[Concatenate[Control, Parameters], Result]:
    """Run a method in the server's loop, wherever it is called."""

    def hop(self: Control, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        async def run() -> Result:
            return act(self, *args, **kwargs)

        if self.is_in_loop():
            return act(self, *args, **kwargs)
        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(DEADLINE_SECONDS)

    functools.update_wrapper(hop, act)
    return hop


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A message as the account holds it at this moment."""

    msgid: int
    thrid: int
    date_ms: int
    subject: str
    message_id: str
    flags: frozenset[str]
    labels: frozenset[str]
    place: Kind
    modseq: int
    uids: dict[str, int]
    """Its UID by mailbox name."""


class Control:
    """What a test may do; every method may be called from any thread, and waits for its end."""

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._house = server.house
        self._account = server.house.account

    def is_in_loop(self) -> bool:
        """Whether the caller is the server's loop itself."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    # -- looking ---------------------------------------------------------------------------------

    @_in_loop
    def messages(self, mailbox: str = "") -> list[Snapshot]:
        """The messages of a mailbox by UID, or of the whole account by msgid."""
        if mailbox:
            return [self._snapshot(entry.message) for entry in self._mailbox(mailbox).entries]
        return [self._snapshot(self._account.messages[msgid]) for msgid in sorted(self._account.messages)]

    @_in_loop
    def message(self, msgid: int) -> Snapshot:
        """One message. Raises KeyError."""
        return self._snapshot(self._message(msgid))

    @_in_loop
    def source(self, msgid: int) -> bytes:
        """The octets of one message. Raises KeyError."""
        return self._message(msgid).source.mail().raw

    @_in_loop
    def mailboxes(self) -> dict[str, int]:
        """UIDVALIDITY of every mailbox, hidden ones included, by name."""
        return {mailbox.name: mailbox.uidvalidity for mailbox in self._account.by_name.values()}

    @_in_loop
    def modseq(self) -> int:
        """The account's HIGHESTMODSEQ."""
        return self._account.modseq

    @_in_loop
    def connections(self) -> int:
        """How many connections are open, signed in or not."""
        return len(self._house.sessions)

    @_in_loop
    def signed_in(self) -> int:
        """How many of them are signed in."""
        return self._house.signed_in()

    # -- mail ------------------------------------------------------------------------------------

    @_in_loop
    def deliver(
        self,
        raw: bytes,
        labels: Iterable[str] = ("\\Inbox",),
        flags: Iterable[str] = (),
        place: str = "all",
        date_ms: int | None = None,
    ) -> int:
        """New mail comes in (its msgid); ``place`` is ``all``, ``spam`` or ``trash``."""
        account = self._account
        date = account.now_ms() if date_ms is None else date_ms
        message = account.add(
            store(raw, date),
            date_ms=date,
            labels=self._labels(labels),
            place=self._place(place),
            flags=frozenset(flags),
        )
        account.announce()
        return message.msgid

    @_in_loop
    def departures(self) -> list[Departure]:
        """What left the house over SMTP, in order."""
        return list(self._server.post.departures)

    @_in_loop
    def deliver_next(self) -> int:
        """The next of the invented arrivals comes in (its msgid)."""
        return self._server.receive_next()

    @_in_loop
    def relabel(self, msgid: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Another client changes labels."""
        message = self._message(msgid)
        labels = (message.labels | self._labels(add)) - self._labels(remove)
        self._account.change(message, labels=labels)
        self._account.announce()

    @_in_loop
    def relabel_thread(self, thrid: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Somebody labels a conversation on the web: every message of it, sent ones and drafts included."""
        labels, gone = self._labels(add), self._labels(remove)
        for message in [one for one in self._account.messages.values() if one.thrid == thrid]:
            self._account.change(message, labels=(message.labels | labels) - gone)
        self._account.announce()

    @_in_loop
    def reflag(self, msgid: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        r"""Another client changes flags; ``\Flagged`` is the star."""
        message = self._message(msgid)
        account = self._account
        flags = (message.flags | set(add)) - set(remove)
        labels = message.labels | {account.starred} if "\\Flagged" in set(add) else message.labels
        if "\\Flagged" in set(remove):
            labels = labels - {account.starred}
        account.change(message, flags=flags - {"\\Flagged"}, labels=labels)
        account.announce()

    @_in_loop
    def move(self, msgid: int, mailbox: str) -> None:
        """Another client moves a message: to Trash, to Spam, back, or to a label."""
        self._account.file(self._message(msgid), self._mailbox(mailbox))
        self._account.announce()

    @_in_loop
    def erase(self, msgid: int) -> None:
        """Another client deletes a message forever."""
        self._account.erase(self._message(msgid))
        self._account.announce()

    # -- labels ----------------------------------------------------------------------------------

    @_in_loop
    def create_label(self, name: str) -> None:
        """Another client makes a label."""
        self._account.create_label(name)

    @_in_loop
    def rename_label(self, name: str, new_name: str) -> None:
        """Another client renames one."""
        self._account.rename(self._mailbox(name), new_name)

    @_in_loop
    def delete_label(self, name: str) -> None:
        """Another client deletes one."""
        self._account.delete_label(self._mailbox(name))

    @_in_loop
    def hide(self, name: str, is_hidden: bool = True) -> None:
        r"""Somebody unticks "Show in IMAP" for a mailbox, named or by attribute (``\Trash``, ``\Inbox``)."""
        self._mailbox(name).is_hidden = is_hidden
        self._account.announce()

    @_in_loop
    def show(self, name: str) -> None:
        """Somebody ticks it again."""
        self.hide(name, is_hidden=False)

    # -- the server ------------------------------------------------------------------------------

    @_in_loop
    def fault(self, fault: Fault | str) -> None:
        """Switch a fault on; as text in the form of the command line."""
        self._house.faults.arm(Fault.parse(fault) if isinstance(fault, str) else fault)

    @_in_loop
    def clear_faults(self) -> None:
        """Switch all faults off."""
        self._house.faults.clear()

    @_in_loop
    def set_options(self, /, **changes: Any) -> None:
        """Change options while the server runs; ``hidden`` and ``chats`` show and hide mailboxes at once."""
        if "hidden" in changes:
            changes["hidden"] = frozenset(changes["hidden"])
        self._account.options = replace(self._account.options, **changes)
        if not {"hidden", "chats"}.isdisjoint(changes):
            self._account.hide_by_options()
            self._account.announce()

    @_in_loop
    def leave_out(self, msgid: int, items: Iterable[str] = ()) -> None:
        """From now on FETCH has no line for this message if one of these items is asked for (none: ever).

        Items are named as in the answer: ``BODYSTRUCTURE``, ``ENVELOPE``, ``BODY[HEADER]``.
        """
        self._account.left_out[msgid] = frozenset(item.upper() for item in items)

    @_in_loop
    def put_back(self, msgid: int) -> None:
        """FETCH has a line for this message again."""
        self._account.left_out.pop(msgid, None)

    @_in_loop
    def claim_size(self, msgid: int, octets: int) -> None:
        """From now on RFC822.SIZE of this message says so, whatever its size is."""
        self._message(msgid).claim_size(octets)

    @_in_loop
    def reset_uidvalidity(self, mailbox: str) -> None:
        """Make a mailbox's UIDs worthless."""
        self._account.reset_uidvalidity(self._mailbox(mailbox))

    @_in_loop
    def skew_clock(self, seconds: float) -> None:
        """Make the server's clock wrong by so much."""
        self._account.skew_ms = int(seconds * 1000)

    @_in_loop
    def bump(self, count: int = 1) -> None:
        """Raise HIGHESTMODSEQ for no visible reason."""
        self._account.modseq += count

    @_in_loop
    def issue_token(self, seconds: float = 3600.0) -> str:
        """An access token, good for so long."""
        return self._house.credentials.issue_token(seconds)

    @_in_loop
    def expire_tokens(self) -> None:
        """Make every token worthless."""
        self._house.credentials.expire_tokens()

    @_in_loop
    def cut(self) -> int:
        """Break every connection without a word; how many there were."""
        for session in tuple(self._house.sessions):
            session.channel.abort()
        return len(self._house.sessions)

    # -- helpers ---------------------------------------------------------------------------------

    def _message(self, msgid: int) -> Message:
        return self._account.messages[msgid]

    def _mailbox(self, name: str) -> Mailbox:
        special = (mailbox for mailbox in self._account.special.values() if mailbox.kind.value == name)
        found = self._account.by_name.get(name.casefold()) or next(special, None)
        if found is None:
            raise KeyError(name)
        return found

    def _labels(self, names: Iterable[str]) -> set[Mailbox]:
        return {self._account.find_label(name) or self._account.create_label(name) for name in names}

    def _place(self, name: str) -> Mailbox:
        account = self._account
        return {"all": account.all, "spam": account.spam, "trash": account.trash}[name]

    def _snapshot(self, message: Message) -> Snapshot:
        account = self._account
        flags = message.flags | {"\\Flagged"} if account.is_starred(message) else message.flags
        homes = account.homes(message)
        return Snapshot(
            message.msgid,
            message.thrid,
            message.date_ms,
            message.source.subject,
            message.source.message_id,
            flags,
            frozenset(label.label for label in message.labels),
            message.place.kind,
            message.modseq,
            {mailbox.name: mailbox.by_msgid[message.msgid].uid for mailbox in homes},
        )
