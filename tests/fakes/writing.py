"""Drafts and an outbox in memory, as the engine keeps them; ``settle`` plays the server."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from imapcore.errors import InvalidArgument, WrongState
from imapcore.events import Event, OutgoingChanged
from imapcore.mime.compose.answer import Answered, ReplyTo, forward, reply
from imapcore.mime.compose.checks import problem, warnings
from imapcore.mime.compose.recipients import format_addresses, parse_recipients
from imapcore.model import Address, Body, Draft, DraftFile, Message, Outgoing, OutgoingState, Recipients

UNDER_WAY = (OutgoingState.HELD, OutgoingState.WAITING, OutgoingState.SENDING, OutgoingState.UNKNOWN)


class FakeWriting:
    """Meets MailWriting."""

    def __init__(
        self,
        own: tuple[Address, ...],
        now_ms: int,
        message: Callable[[int], Message | None],
        body: Callable[[int], Body | None],
        emit: Callable[[Event], None],
    ) -> None:
        self.own = own
        self._now = now_ms
        self._message = message
        self._body = body
        self._emit = emit
        self.kept: dict[int, Draft] = {}
        self.out: dict[int, Outgoing] = {}
        self.saved = 0
        """How often a draft was written down."""
        self.left: list[int] = []
        """Drafts that Gmail is to have."""
        self.archived: list[int] = []
        """Outgoing messages that were sent with their conversation archived."""

    def drafts(self) -> tuple[Draft, ...]:
        gone = {out.draft.draft_id for out in self.out.values() if out.state in UNDER_WAY}
        free = [draft for draft in self.kept.values() if draft.draft_id not in gone]
        return tuple(sorted(free, key=lambda draft: draft.changed_at, reverse=True))

    def draft(self, draft_id: int) -> Draft | None:
        return self.kept.get(draft_id)

    def save(self, draft: Draft) -> Draft:
        self.saved += 1
        number = draft.draft_id or max(self.kept, default=0) + 1
        if draft.draft_id and draft.draft_id not in self.kept:
            raise InvalidArgument("this draft was discarded")
        saved = replace(
            draft,
            draft_id=number,
            message_id=draft.message_id or f"<{number}@gmail.com>",
            changed_at=self._now + self.saved,
        )
        self.kept[number] = saved
        return saved

    def discard(self, draft: Draft) -> None:
        self.kept.pop(draft.draft_id, None)
        self._emit(OutgoingChanged())

    def leave(self, draft: Draft) -> None:
        self.left.append(draft.draft_id)

    def continue_draft(self, msgid: int) -> Draft:
        message, body = self._message(msgid), self._body(msgid)
        if message is None or body is None:
            raise WrongState("this draft is not here whole yet")
        return self.save(
            Draft(
                sender=self.own[0],
                to=message.to,
                subject=message.subject,
                text=message.snippet,
                continues=msgid,
            )
        )

    def attach(self, draft: Draft, path: Path) -> Draft:
        if not path.is_file():
            raise InvalidArgument(f"{path}: No such file or directory")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        number = 1 + sum(len(each.files) for each in self.kept.values())
        file = DraftFile(path.name, media_type, path.stat().st_size, number)
        return self.save(replace(draft, files=(*draft.files, file)))

    def identities(self) -> tuple[Address, ...]:
        return self.own

    def new(self) -> Draft:
        return Draft(sender=self.own[0])

    def reply(
        self,
        msgid: int,
        *,
        to_all: bool = False,
        to_list: bool = False,
        selected: str = "",
        is_above: bool = True,
    ) -> Draft:
        who = ReplyTo.LIST if to_list else ReplyTo.ALL if to_all else ReplyTo.SENDER
        return reply(self._answered(msgid), self.own, who, selected=selected, is_above=is_above)

    def forward(self, msgid: int, *, as_message: bool = False) -> Draft:
        return forward(self._answered(msgid), self.own)

    def _answered(self, msgid: int) -> Answered:
        message, body = self._message(msgid), self._body(msgid)
        if message is None or body is None:
            raise WrongState("this message is not here yet", hint="Open it first, then answer it")
        return Answered(message, body, datetime.fromtimestamp(message.date / 1000, UTC))

    def read_recipients(self, text: str) -> Recipients:
        return parse_recipients(text)

    def show_recipients(self, addresses: tuple[Address, ...]) -> str:
        return format_addresses(addresses)

    def warnings(self, draft: Draft) -> tuple[str, ...]:
        return warnings(draft)

    def send(
        self,
        draft: Draft,
        *,
        held_seconds: float = 10,
        not_before: int | None = None,
        archives: bool = False,
    ) -> Outgoing:
        wrong = problem(draft)
        if wrong:
            raise InvalidArgument(wrong)
        saved = self.save(draft)
        number = max(self.out, default=0) + 1
        state = OutgoingState.HELD if held_seconds else OutgoingState.WAITING
        self.out[number] = Outgoing(number, saved, state, self._now + int(held_seconds * 1000))
        if archives:
            self.archived.append(number)
        self._emit(OutgoingChanged(number, state))
        return self.out[number]

    def outbox(self) -> tuple[Outgoing, ...]:
        return tuple(self.out[number] for number in sorted(self.out))

    def take_back(self, outgoing_id: int) -> Draft | None:
        out = self.out.get(outgoing_id)
        if out is None or out.state not in (OutgoingState.HELD, OutgoingState.WAITING, OutgoingState.REFUSED):
            return None
        del self.out[outgoing_id]
        self._emit(OutgoingChanged(outgoing_id, None))
        return self.kept.get(out.draft.draft_id)

    def send_now(self, outgoing_id: int) -> bool:
        out = self.out.get(outgoing_id)
        if out is None or out.state not in (OutgoingState.HELD, OutgoingState.WAITING):
            return False
        self.out[outgoing_id] = replace(out, state=OutgoingState.WAITING, send_at=self._now)
        self._emit(OutgoingChanged(outgoing_id, OutgoingState.WAITING))
        return True

    def settle(self, outgoing_id: int, state: OutgoingState, title: str = "", detail: str = "") -> None:
        """The server has answered."""
        out = self.out[outgoing_id] = replace(self.out[outgoing_id], state=state, title=title, detail=detail)
        if state is OutgoingState.SENT:
            self.kept.pop(out.draft.draft_id, None)
        self._emit(OutgoingChanged(outgoing_id, state))
