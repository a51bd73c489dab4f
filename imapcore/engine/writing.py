"""What is written, as the screen sees it: drafts, answers, files, the outbox. Owned by ``Engine``.

What lives here: from a message that was read to a draft, and from a draft to the outbox; all of it answers
from the store. What may not: sending (``outbox``), rendering (``mime.compose``).
"""

from __future__ import annotations

import mimetypes
import os
import secrets
import stat
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from imapcore.clock import Clock
from imapcore.errors import InvalidArgument, WrongState
from imapcore.events import Event, OutgoingChanged
from imapcore.model import (
    Account,
    Address,
    Body,
    Draft,
    DraftFile,
    Message,
    Outgoing,
    OutgoingState,
    Recipients,
)
from imapcore.store import Reader, Store

if TYPE_CHECKING:
    from imapcore.engine.draft_copies import DraftCopies
    from imapcore.mime.compose.answer import Answered

HELD_SECONDS = 10
"""How long sending can be undone."""

LARGEST_FILE = 35_000_000
"""Octets of one file that are read at all; what Gmail takes is said by ``mime.compose.checks``."""


class Writing:
    """Drafts and the outbox of one account; thread-safe. Writing returns when it is on the disk."""

    def __init__(
        self,
        account: Account,
        store: Callable[[], Store],
        read: Callable[[Callable[[Reader], object]], object],
        body: Callable[[int], Body | None],
        raw: Callable[[int], bytes | None],
        head: Callable[[int], bytes | None],
        clock: Clock,
        tell: Callable[[Event], None],
        wake: Callable[[], None],
        copies: Callable[[], DraftCopies | None],
        zone: tzinfo | None = None,
    ) -> None:
        """``read``: runs a question on a reader. ``head``: what is stored of a message, with its header.
        ``wake``: the outbox has something to do. ``copies``: who keeps drafts at Gmail, once there is one.
        """
        self._account = account
        self._store = store
        self._read = read
        self._body = body
        self._raw = raw
        self._head = head
        self._clock = clock
        self._tell = tell
        self._wake = wake
        self._copies = copies
        self._zone = zone

    # -- drafts ----------------------------------------------------------------------------------------

    def drafts(self) -> tuple[Draft, ...]:
        """What is being written, the newest first."""
        return self._store().drafts.all()

    def draft(self, draft_id: int) -> Draft | None:
        """One draft; None when it was sent or discarded."""
        return self._store().drafts.get(draft_id)

    def save(self, draft: Draft) -> Draft:
        """Write a draft down; it comes back with its number, its date and its Message-ID.

        Raises InvalidArgument when it is on its way out or was discarded, StoreBusy when another program
        writes this store.
        """
        if not draft.message_id:
            from imapcore.mime.compose.render import new_message_id

            draft = replace(draft, message_id=new_message_id(secrets.token_urlsafe(18), draft.sender.email))
        saved = self._store().drafts.save(draft)
        self._tell(OutgoingChanged())
        if (copies := self._copies()) is not None:
            copies.changed(saved)
        return saved

    def discard(self, draft: Draft) -> None:
        """Forget a draft; one that was never saved is nothing yet."""
        if draft.draft_id:
            self._store().drafts.discard(draft.draft_id)
            self._tell(OutgoingChanged())
            self.leave(draft)

    def leave(self, draft: Draft) -> None:
        """The user turns away from a saved draft: its last version goes to Gmail's Drafts."""
        if (copies := self._copies()) is not None:
            copies.left(draft.draft_id)

    def continue_draft(self, msgid: int) -> Draft:
        """A draft of Gmail's, begun anywhere, as one of ours, saved; one that is a copy of ours is that one.

        Raises WrongState while it is not here whole.
        """
        from imapcore.mime.compose.parse import parse_draft

        raw = self._raw(msgid)
        if raw is None:
            raise WrongState(
                "this draft is not here whole yet", hint="Open its source once, then continue it"
            )
        parsed = parse_draft(raw, self.identities())
        known = next((each for each in self.drafts() if each.message_id == parsed.ours), None)
        if known is not None and parsed.ours:
            return known
        found: list[Message | None] = []
        self._read(lambda reader: found.append(reader.threads.message(msgid)))
        thrid = found[0].thrid if found[0] is not None else None
        draft = self.save(replace(parsed.draft, thrid=thrid, continues=msgid))
        for filename, media_type, octets in parsed.files:
            draft = self.attach_octets(draft, filename, media_type, octets)
        return draft

    def attach(self, draft: Draft, path: Path) -> Draft:
        """A saved draft with one file more. Raises InvalidArgument, in words, for what cannot be read."""
        octets = _read_file(path)
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return self.attach_octets(draft, path.name, media_type, octets)

    def attach_octets(self, draft: Draft, filename: str, media_type: str, octets: bytes) -> Draft:
        """The same with octets at hand: a part of another message, the message itself."""
        if not draft.draft_id:
            draft = self.save(draft)
        file = self._store().drafts.add_file(draft.draft_id, filename, media_type, octets)
        return self.save(replace(draft, files=(*draft.files, file)))

    def file_octets(self, file: DraftFile) -> bytes:
        """What a file holds."""
        return self._store().drafts.octets(file.file_id)

    # -- answers ---------------------------------------------------------------------------------------

    def identities(self) -> tuple[Address, ...]:
        """One's own addresses, the account's first, each with the name it was last sent with."""
        names: dict[str, Address] = {}

        def look(reader: Reader) -> None:
            for address in reader.threads.own_addresses():
                names.setdefault(address.email.casefold(), address)

        self._read(look)
        own = names.pop(self._account.email.casefold(), Address("", self._account.email))
        return (own, *names.values())

    def new(self) -> Draft:
        """An empty draft from the account's own address."""
        return Draft(sender=self.identities()[0])

    def reply(
        self,
        msgid: int,
        *,
        to_all: bool = False,
        to_list: bool = False,
        selected: str = "",
        is_above: bool = True,
    ) -> Draft:
        """The draft of a reply, not saved yet; ``is_above``: written above what it quotes.

        Raises WrongState while the message is not here to be read.
        """
        from imapcore.mime.compose.answer import ReplyTo, reply

        answered = self._answered(msgid)
        who = ReplyTo.LIST if to_list else ReplyTo.ALL if to_all else ReplyTo.SENDER
        return reply(answered, self.identities(), who, selected=selected, is_above=is_above)

    def forward(self, msgid: int, *, as_message: bool = False) -> Draft:
        """The draft of a forward, saved if it has files. Raises WrongState as ``reply`` does."""
        from imapcore.mime.compose.answer import forward
        from imapcore.mime.message import extract_part

        answered = self._answered(msgid)
        draft = forward(answered, self.identities())
        raw = self._raw(msgid)
        if as_message:
            if raw is None:
                raise WrongState("its source is not here yet", hint="Open its source once, then forward it")
            name = f"{draft.subject.removeprefix('Fwd: ') or 'message'}.eml"
            return self.attach_octets(replace(draft, text="\n"), name, "message/rfc822", raw)
        files = [each for each in answered.body.attachments if not each.is_inline]
        if files and raw is None:
            raise WrongState(
                "its files are not here yet", hint="Open its source once, then forward it; or forward without"
            )
        for each in files:
            assert raw is not None
            octets = extract_part(raw, each.section)
            draft = self.attach_octets(draft, each.filename, each.media_type, octets)
        return draft

    def _answered(self, msgid: int) -> Answered:
        from imapcore.mime.compose.answer import Answered, references_in

        found: list[Message | None] = []
        self._read(lambda reader: found.append(reader.threads.message(msgid)))
        message, body = found[0], self._body(msgid)
        if message is None or body is None:
            raise WrongState("this message is not here yet", hint="Open it first, then answer it")
        when = datetime.fromtimestamp(message.date / 1000, self._zone).astimezone(self._zone)
        list_post = "" if body.details is None else body.details.list_post
        return Answered(message, body, when, references_in(self._head(msgid) or b""), list_post)

    # -- recipients ------------------------------------------------------------------------------------

    def read_recipients(self, text: str) -> Recipients:
        """A field of recipients as it was typed: the addresses in it, and what is wrong with the rest."""
        from imapcore.mime.compose.recipients import parse_recipients

        return parse_recipients(text)

    def show_recipients(self, addresses: tuple[Address, ...]) -> str:
        """Addresses as they are typed; ``read_recipients`` reads them back."""
        from imapcore.mime.compose.recipients import format_addresses

        return format_addresses(addresses)

    # -- the outbox ------------------------------------------------------------------------------------

    def warnings(self, draft: Draft) -> tuple[str, ...]:
        """What may have been forgotten, in sentences; nothing of it forbids sending."""
        from imapcore.mime.compose.checks import warnings

        strangers: set[str] = set()

        def look(reader: Reader) -> None:
            strangers.update(
                each.email for each in draft.recipients if not reader.threads.was_written_to(each.email)
            )

        self._read(look)
        return warnings(draft, lambda address: address.email not in strangers)

    def send(
        self,
        draft: Draft,
        *,
        held_seconds: float = HELD_SECONDS,
        not_before: int | None = None,
        archives: bool = False,
    ) -> Outgoing:
        """Let a draft go, ``held_seconds`` from now or not before a moment (ms); until then it can be taken
        back. ``archives``: its conversation leaves the inbox when it is sent.

        Raises InvalidArgument for a draft that cannot be sent.
        """
        from imapcore.mime.compose.checks import problem
        from imapcore.mime.compose.recipients import address_problem

        wrong = problem(draft)
        for address in draft.recipients:
            wrong = wrong or address_problem(address.email)
        if wrong:
            raise InvalidArgument(wrong)
        saved = self.save(draft)
        at = self._clock.now_ms() + int(held_seconds * 1000)
        if not_before is not None:
            at = max(at, not_before)
        is_held = not_before is None and held_seconds > 0
        outgoing = self._store().outgoing.put(saved, at, is_held=is_held, archives=archives)
        self._told(outgoing.outgoing_id, outgoing.state)
        return outgoing

    def outbox(self) -> tuple[Outgoing, ...]:
        """What is on its way, and what became of the last ones; the oldest first."""
        return self._store().outgoing.all()

    def take_back(self, outgoing_id: int) -> Draft | None:
        """The draft as it was, to be written on; None when it is being sent, or was."""
        outgoing = self._store().outgoing.get(outgoing_id)
        if outgoing is None or not self._store().outgoing.take_back(outgoing_id):
            return None
        self._told(outgoing_id, None)
        return self.draft(outgoing.draft.draft_id) or outgoing.draft

    def send_now(self, outgoing_id: int) -> bool:
        """Let one that waits go at once; False when it does not wait."""
        is_waiting = self._store().outgoing.send_at(outgoing_id, self._clock.now_ms())
        if is_waiting:
            self._told(outgoing_id, OutgoingState.WAITING)
        return is_waiting

    def _told(self, outgoing_id: int, state: OutgoingState | None) -> None:
        self._tell(OutgoingChanged(outgoing_id, state))
        self._wake()


def _read_file(path: Path) -> bytes:
    """A file's octets. Raises InvalidArgument in words for what is none, cannot be read, or is too large."""
    try:
        # Opened without waiting: a pipe without a writer would hold us for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise InvalidArgument(f"{path.name} is no file that can be attached")
            octets = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidArgument(f"{path}: {error.strerror or error}") from error
    if len(octets) > LARGEST_FILE:
        raise InvalidArgument(f"{path.name} is larger than Gmail takes", hint="Send a link to it instead")
    return octets
