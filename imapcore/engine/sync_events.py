"""What sync tells, as events and as reasons for more work.

What lives here: the ``Report`` of an engine. What may not: knowledge of sessions and queues.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from imapcore.events import (
    Alerted,
    Event,
    MailArrived,
    MailboxesChanged,
    MessagesChanged,
    Progressed,
)
from imapcore.store.facts import Changed, MessageFacts


class Listener(Protocol):
    """Who acts on what is reported."""

    @property
    def is_watching(self) -> bool:
        """Whether what arrives now is news."""
        ...

    def label_appeared(self) -> None:
        """A message carries a label the tree does not have."""
        ...

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""
        ...


class SyncEvents:
    """What sync tells, as events."""

    def __init__(self, listener: Listener, tell: Callable[[Event], None]) -> None:
        self._listener = listener
        self._tell = tell

    def changed(self, changed: Changed) -> None:
        """Rows moved; and a label nobody knew calls for a LIST."""
        if changed.messages:
            self._tell(MessagesChanged())
            self._tell(MailboxesChanged())
        if changed.has_new_label:
            self._listener.label_appeared()

    def texts_changed(self) -> None:
        """Snippets."""
        self._tell(MessagesChanged())

    def mailboxes_changed(self) -> None:
        """The tree."""
        self._tell(MailboxesChanged())

    def progressed(self) -> None:
        """More is stored."""
        self._tell(Progressed())

    def arrived(self, messages: Sequence[MessageFacts]) -> None:
        """New mail in the inbox is worth a word; new mail elsewhere is not."""
        fresh = [each for each in messages if "\\Inbox" in each.labels and "\\Seen" not in each.flags]
        if fresh and self._listener.is_watching:
            newest = max(fresh, key=lambda each: each.date)
            self._tell(MailArrived(len(fresh), newest.sender.title, newest.subject))

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""
        self._listener.throttled(is_throttled)

    def alert(self, title: str, detail: str, hint: str = "") -> None:
        """Something to read."""
        self._tell(Alerted(title, detail, hint))
