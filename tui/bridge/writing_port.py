"""What the screen needs of what is written: drafts, answers, files, the outbox; ``imapcore.engine`` has it.

Everything here answers from the store and may wait for the disk, so that it is asked beside the screen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from imapcore.model import Address, Draft, Outgoing, Recipients


class MailWriting(Protocol):
    """One account's drafts and its outbox. Whatever it refuses is a GimapError."""

    def drafts(self) -> tuple[Draft, ...]:
        """What is being written, the newest first."""
        ...

    def draft(self, draft_id: int) -> Draft | None:
        """One draft; None when it was sent or discarded."""
        ...

    def save(self, draft: Draft) -> Draft:
        """Write a draft down; it comes back with its number."""
        ...

    def discard(self, draft: Draft) -> None:
        """Forget a draft."""
        ...

    def leave(self, draft: Draft) -> None:
        """The writer turns away from a saved draft: Gmail gets its last version."""
        ...

    def continue_draft(self, msgid: int) -> Draft:
        """A draft of Gmail's as one of ours. Raises WrongState while it is not here whole."""
        ...

    def attach(self, draft: Draft, path: Path) -> Draft:
        """A saved draft with one file more."""
        ...

    def identities(self) -> tuple[Address, ...]:
        """One's own addresses, the account's first."""
        ...

    def new(self) -> Draft:
        """An empty draft from the account's own address."""
        ...

    def reply(
        self,
        msgid: int,
        *,
        to_all: bool = ...,
        to_list: bool = ...,
        selected: str = ...,
        is_above: bool = ...,
    ) -> Draft:
        """The draft of a reply. Raises WrongState while the message is not here to be read."""
        ...

    def forward(self, msgid: int, *, as_message: bool = ...) -> Draft:
        """The draft of a forward, with its files."""
        ...

    def read_recipients(self, text: str) -> Recipients:
        """A field of recipients as it was typed: the addresses in it, and what is wrong."""
        ...

    def show_recipients(self, addresses: tuple[Address, ...]) -> str:
        """Addresses as they are typed; ``read_recipients`` reads them back."""
        ...

    def warnings(self, draft: Draft) -> tuple[str, ...]:
        """What may have been forgotten, in sentences; nothing of it forbids sending."""
        ...

    def send(
        self, draft: Draft, *, held_seconds: float = ..., not_before: int | None = ..., archives: bool = ...
    ) -> Outgoing:
        """Let a draft go; for ``held_seconds`` it can be taken back. Raises InvalidArgument for one that
        cannot be sent.
        """
        ...

    def outbox(self) -> tuple[Outgoing, ...]:
        """What is on its way, and what became of the last ones; the oldest first."""
        ...

    def take_back(self, outgoing_id: int) -> Draft | None:
        """The draft as it was; None when it is being sent, or was."""
        ...

    def send_now(self, outgoing_id: int) -> bool:
        """Let one that waits go at once; False when it does not wait."""
        ...
