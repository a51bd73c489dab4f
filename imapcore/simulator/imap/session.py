"""One connection's conversation: greeting, commands one after the other, farewell.

Holds what belongs to the connection alone (state, selected view, what it enabled) and ends every command
in Gmail's words. What the commands do is in ``commands``; bytes are ``channel``'s.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from imapcore.clock import Clock
from imapcore.simulator import gmail_texts
from imapcore.simulator.account.account import Account
from imapcore.simulator.account.mailboxes import Entry, Mailbox, Message
from imapcore.simulator.faults import LINE_FAULTS, Fault, FaultBoard, FaultKind
from imapcore.simulator.imap.channel import Channel, Malformed
from imapcore.simulator.imap.command_entry import CommandEntry, Piggyback, Stage
from imapcore.simulator.imap.command_reader import Cursor, ParseError
from imapcore.simulator.imap.credentials import Credentials
from imapcore.simulator.imap.label_encoding import render_labels
from imapcore.simulator.imap.selected_view import View
from imapcore.simulator.options import LoginError, Options
from imapcore.simulator.replies import Farewell, Refusal, Reply

_TAG = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+\]]+')
_WORD = re.compile(rb"[^\x00-\x20\x7f-\xff]+")
_HTTP = re.compile(rb"[A-Z]+ \S* HTTP/[0-9.]+")
"""The first line of a browser's request."""
Read = TypeVar("Read")
LITERAL_MINUS = 4096
"""Octets of the largest literal that need not wait for us (RFC 7888 §5)."""


@dataclass
class ServerState:
    """What all connections of one server share."""

    account: Account
    credentials: Credentials
    clock: Clock
    faults: FaultBoard = field(default_factory=FaultBoard)
    sessions: set[Session] = field(default_factory=set)
    ghosts: list[float] = field(default_factory=list)
    """When connections that broke off stop counting, by the monotonic clock."""

    @property
    def options(self) -> Options:
        """How the server behaves at the moment."""
        return self.account.options

    def signed_in(self) -> int:
        """How many connections count against the limit."""
        now = self.clock.monotonic()
        self.ghosts = [end for end in self.ghosts if end > now]
        return sum(session.stage in Stage.SIGNED_IN for session in self.sessions) + len(self.ghosts)


class Session:
    """The server's end of one connection."""

    def __init__(
        self,
        house: ServerState,
        channel: Channel,
        table: Mapping[str, CommandEntry[Session]],
        *,
        identity: str,
        address: str,
    ) -> None:
        self.house = house
        self.channel = channel
        self.identity = identity
        """The opaque word Gmail puts into the greeting."""
        self.address = address
        """The client's address."""
        self.stage = Stage.NOT_AUTHENTICATED
        self.view: View | None = None
        self.is_utf8 = False
        self.has_condstore = False
        self.ends_ms: int | None = None
        """When the session ends by itself, in milliseconds since 1970."""
        self.faults: list[Fault] = []
        """What goes wrong with the command at hand."""
        self.tag = b""
        """Of the command at hand."""
        self.is_leaving = False
        """LOGOUT was answered."""
        self.compresses = False
        """COMPRESS was accepted; octets are deflated from the next command on."""
        self._table = table
        self._opened = house.clock.monotonic()
        self._bad_commands = 0
        self._rendered: dict[tuple[frozenset[Mailbox], Mailbox], bytes] = {}
        self._rendered_for: tuple[int, bool, Options] | None = None

    # -- shortcuts -------------------------------------------------------------------------------

    @property
    def account(self) -> Account:
        """The account this server holds."""
        return self.house.account

    @property
    def options(self) -> Options:
        """How the server behaves at the moment."""
        return self.house.account.options

    @property
    def selected(self) -> View:
        """The view of the selected mailbox; only commands of that state ask."""
        if self.view is None:
            raise ParseError("no mailbox is selected")
        return self.view

    def send(self, line: str | bytes) -> None:
        """Queue one line."""
        data = line.encode("utf-8") if isinstance(line, str) else line
        self.channel.write(data + b"\r\n")

    async def breathe(self) -> None:
        """Send the block that has gathered and let others have their turn, however fast this client reads."""
        await self.channel.flush()
        await asyncio.sleep(0)

    def fault(self, kind: FaultKind) -> Fault | None:
        """The fault of that kind that hits the command at hand."""
        return next((fault for fault in self.faults if fault.kind is kind), None)

    # -- the conversation ------------------------------------------------------------------------

    async def run(self) -> None:
        """Talk until the client leaves, is thrown out, or breaks off."""
        line = ""
        try:
            if len(self.house.sessions) - self.house.signed_in() > self.options.max_strangers:
                raise Farewell(gmail_texts.TOO_MANY_BYE)
            self.send(gmail_texts.GREETING.format(address=self.address, id=self.identity))
            await self.channel.flush()
            while True:
                await self._serve()
        except Farewell as farewell:
            line = farewell.line
        finally:
            self.leave_mailbox()
            if self.stage in Stage.SIGNED_IN and not self.is_leaving:
                self.house.ghosts.append(self.house.clock.monotonic() + self.options.ghost_seconds)
            self.stage = Stage.NOT_AUTHENTICATED
            await self.channel.close(line)

    async def _serve(self) -> None:
        try:
            command = await self.timed(self.channel.read_command(self._judge))
            self.check_expiry()
            await self._handle(command)
        except Malformed as malformed:
            self._end(malformed.tag if _TAG.fullmatch(malformed.tag) else b"*", malformed.reply)
        await self.channel.flush()
        self.channel.play(None)
        if self.is_leaving:
            raise Farewell
        if self.compresses and not self.channel.is_compressed:
            self.channel.compress()
        if self._bad_commands > self.options.max_bad_commands:
            raise Farewell(gmail_texts.FLOOD_BYE)

    async def timed(self, reading: Awaitable[Read], limit: float | None = None) -> Read:
        """Await something of the client within the time it has; Farewell when that is over."""
        options = self.options
        now = self.house.clock.monotonic()
        if self.stage is Stage.NOT_AUTHENTICATED:
            seconds = self._opened + options.login_seconds - now
        else:
            seconds = limit or options.silence_seconds
        if self.ends_ms is not None:
            seconds = min(seconds, (self.ends_ms - self.house.clock.now_ms()) / 1000)
        try:
            async with asyncio.timeout(max(seconds, 0)):
                return await reading
        except TimeoutError:
            self.check_expiry()
            raise Farewell(gmail_texts.TIMEOUT_BYE) from None

    def check_expiry(self) -> None:
        """Farewell if the session has lived as long as its password or token allows."""
        if self.ends_ms is not None and self.house.clock.now_ms() >= self.ends_ms:
            raise Farewell(gmail_texts.SESSION_EXPIRED)

    async def _handle(self, command: bytes) -> None:
        if self.stage is Stage.NOT_AUTHENTICATED and _HTTP.fullmatch(command):
            # A web page may make its browser POST lines here, which would be taken for commands.
            raise Farewell(gmail_texts.FLOOD_BYE)
        tag = _TAG.match(command)
        if tag is None or command[tag.end() : tag.end() + 1] != b" ":
            self._bad_commands += 1
            self.send(gmail_texts.INVALID_TAG)
            return
        cursor = Cursor(command, position=tag.end() + 1, is_utf8=self.is_utf8)
        self.tag = tag.group()
        self._end(self.tag, await self._answer(cursor))

    async def _answer(self, cursor: Cursor) -> Reply:
        word = _WORD.match(cursor.data, cursor.position)
        if word is None:
            return Reply("BAD", gmail_texts.PARSE_ERROR)
        name = word.group().decode("ascii").upper()
        cursor.position = word.end()
        if name == "UID":
            second = _WORD.match(cursor.data, cursor.position + 1)
            if second is None or cursor.peek() != b" ":
                return Reply("BAD", gmail_texts.PARSE_ERROR)
            name = "UID " + second.group().decode("ascii").upper()
            cursor.position = second.end()
        entry = self._table.get(name)
        if entry is None:
            spelled = word.group().decode("ascii")
            return Reply("BAD", gmail_texts.UNKNOWN_COMMAND.format(command=spelled))
        if self.stage not in entry.stage:
            return Reply("BAD", self.options.state_error.format(command=name))
        self.faults = [] if self.house.faults.is_quiet else self.house.faults.take(name)
        if self.faults:
            refusal = self._play_faults(cursor)
            if refusal is not None:
                return refusal
        return await self._run(entry, cursor)

    async def _run(self, entry: CommandEntry[Session], cursor: Cursor) -> Reply:
        try:
            reply = await entry.run(self, cursor)
        except ParseError:
            return Reply("BAD", gmail_texts.PARSE_ERROR)
        except Refusal as refusal:
            reply = refusal.reply
        rides = entry.ride is not Piggyback.NOTHING and self.fault(FaultKind.EMPTY) is None
        if self.view is not None and rides:
            self.catch_up(is_full=entry.ride is Piggyback.EVERYTHING)
        if self.fault(FaultKind.THROTTLED) is not None and reply.status != "BAD":
            return Reply(reply.status, reply.text + gmail_texts.THROTTLED)
        return reply

    def _play_faults(self, cursor: Cursor) -> Reply | None:
        """Arm what concerns the line; raise or return what replaces the command's answer."""
        for fault in self.faults:
            if fault.kind in LINE_FAULTS:
                self.channel.play(fault)
            elif fault.kind is FaultKind.CUT_BEFORE:
                raise Farewell
            elif fault.kind is FaultKind.OVERQUOTA:
                raise Farewell(gmail_texts.OVERQUOTA_BYE)
            elif fault.kind is FaultKind.EXPIRED:
                raise Farewell(gmail_texts.SESSION_EXPIRED)
            elif fault.kind is FaultKind.SYSTEM_ERROR:
                return Reply("NO", gmail_texts.SYSTEM_ERROR)
            elif fault.kind is FaultKind.REFUSED:
                return Reply("NO", gmail_texts.REFUSED)
            elif fault.kind is FaultKind.BAD:
                return Reply("BAD", gmail_texts.PARSE_ERROR)
            elif fault.kind is FaultKind.ECHO:
                told = cursor.data[len(self.tag) + 1 :].decode("utf-8", "replace").replace("\r\n", " ")
                return Reply("NO", gmail_texts.ECHO.format(command=told))
            elif fault.kind is FaultKind.UNAVAILABLE:
                return Reply("NO", gmail_texts.LOGIN_ERRORS[LoginError.UNAVAILABLE])
        return None

    def _end(self, tag: bytes, reply: Reply) -> None:
        self._bad_commands = self._bad_commands + 1 if reply.status == "BAD" else 0
        text = reply.text
        if self.stage is Stage.NOT_AUTHENTICATED and not text.endswith("(Failure)"):
            text = f"{text} {self.identity}"
        self.send(tag + b" " + reply.status.encode() + b" " + text.encode("utf-8"))

    def _judge(self, command: bytes, size: int, is_waiting: bool) -> Reply | None:
        """Whether a literal may come."""
        words = command[:200].upper().split(b" ")
        is_append = len(words) > 1 and words[1] == b"APPEND" and self.stage in Stage.SIGNED_IN
        if is_append and size > self.options.append_limit:
            return Reply("NO", self.options.too_big_error)
        if not is_append and len(command) + size > self.options.max_literal:
            return Reply("BAD", gmail_texts.PARSE_ERROR)
        if len(command) + size > self.options.append_limit + self.options.max_line:
            return Reply("BAD", gmail_texts.PARSE_ERROR)
        if not is_waiting and (self.stage is Stage.NOT_AUTHENTICATED or size > LITERAL_MINUS):
            return Reply("BAD", gmail_texts.PARSE_ERROR)
        return None

    # -- the selected mailbox --------------------------------------------------------------------

    def enter_mailbox(self, mailbox: Mailbox, is_read_only: bool) -> View:
        """Select: freeze a view."""
        self.leave_mailbox()
        self.view = View(self.account, mailbox, is_read_only)
        self.stage = Stage.SELECTED
        if self.options.late_changes:
            self.account.witnesses.add(self.view.remember)
        return self.view

    def leave_mailbox(self) -> None:
        """Deselect, if anything is selected."""
        if self.view is not None:
            self.account.witnesses.discard(self.view.remember)
            self.view = None
        if self.stage is Stage.SELECTED:
            self.stage = Stage.AUTHENTICATED

    def catch_up(self, *, is_full: bool, with_expunges: bool = False) -> None:
        """Tell the session what happened: arrivals, and with ``is_full`` expunges and flags too."""
        view = self.selected
        gone = view.drop_gone() if is_full or with_expunges else []
        for number in gone:
            self.send(b"* %d EXPUNGE" % number)
        if view.take_new() or gone:
            self.send(b"* %d EXISTS" % len(view))
        if is_full:
            changed = view.take_changed()
            if self.options.noop_reports_flags:
                self.report_flags(changed)

    def note_own(self, message: Message) -> None:
        """This session changed the message itself and need not be told of it."""
        view = self.selected
        view.known[message.msgid] = message.modseq
        view.old.pop(message.msgid, None)

    def report_flags(self, changed: list[tuple[int, Entry]]) -> None:
        """Unasked FETCH lines: flags, and the modseq for a client that knows of it."""
        for number, entry in changed:
            self.send(
                b"* %d FETCH (%s)" % (number, b" ".join(self.flag_items(entry, with_uid=self.has_condstore)))
            )

    # -- what FETCH and STORE both send -------------------------------------------------------------

    def flags_of(self, entry: Entry) -> bytes:
        r"""The flags as a sorted list: the message's, the star as ``\Flagged``, the entry's ``\Deleted``."""
        flags, labels, _ = self.selected.state(entry.message)
        return _render_flags(flags, self.account.starred in labels, entry.is_deleted)

    def labels_of(self, entry: Entry) -> bytes:
        """The labels as a list, the selected mailbox's own left out."""
        _, labels, _ = self.selected.state(entry.message)
        mailbox = self.selected.mailbox
        options = self.options
        state = (self.account.label_generation, self.is_utf8, options)
        if state != self._rendered_for:
            self._rendered.clear()
            self._rendered_for = state
        if options.places_are_labels and entry.message.place is not self.account.all:
            labels = labels | {entry.message.place}
            mailbox = self.account.all
        key = (labels, mailbox)
        rendered = self._rendered.get(key)
        if rendered is None:
            rendered = render_labels(labels - {mailbox}, self.is_utf8, options)
            self._rendered[key] = rendered
        return rendered

    def flag_items(self, entry: Entry, *, with_uid: bool) -> list[bytes]:
        """UID, MODSEQ and FLAGS in Gmail's order, for STORE's replies and unasked lines."""
        items = [b"UID %d" % entry.uid] if with_uid else []
        if self.has_condstore:
            items.append(b"MODSEQ (%d)" % self.selected.state(entry.message)[2])
        items.append(b"FLAGS " + self.flags_of(entry))
        return items


@lru_cache(maxsize=4096)
def _render_flags(flags: frozenset[str], is_starred: bool, is_deleted: bool) -> bytes:
    shown = set(flags)
    if is_starred:
        shown.add("\\Flagged")
    if is_deleted:
        shown.add("\\Deleted")
    return b"(" + " ".join(sorted(shown)).encode("ascii") + b")"
