"""What sync tells whoever runs it: few sentences, all past tense, none of them waited for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from imapcore.store.facts import Changed, MessageFacts


class Report(Protocol):
    """Listener of the sync; called on the session's thread and must return at once."""

    def changed(self, changed: Changed) -> None:
        """The store took something in; may be empty."""

    def texts_changed(self) -> None:
        """Snippets were stored."""

    def mailboxes_changed(self) -> None:
        """LIST differs from the last one, or a label moved on messages."""

    def progressed(self) -> None:
        """More of the account is stored, or its size is known better."""

    def arrived(self, messages: Sequence[MessageFacts]) -> None:
        """Messages that are new to the account, not merely to the store."""

    def throttled(self, is_throttled: bool) -> None:
        """The server asked to slow down, or is at ease again."""

    def alert(self, title: str, detail: str, hint: str = "") -> None:
        """Something the user must read."""
