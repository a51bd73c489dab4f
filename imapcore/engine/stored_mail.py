"""What is stored of an account, for whoever only looks: no engine, no thread, no lock, also beside one that
writes.

What lives here: the store found by account, and its questions in values. What may not: changing, connecting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from imapcore.engine.engine import find_store
from imapcore.errors import StoreError
from imapcore.model import Account, LabelCounts, Mailbox, Message, Op, Role, Target, Thread, View
from imapcore.store import Reader

_MOST = 1_000_000
"""Messages that one question finds at most."""
_PLACES = (Role.ALL, Role.SPAM, Role.TRASH)


class FoundMail(Struct, frozen=True):
    """What a query found here."""

    thrids: tuple[int, ...]
    """Conversations, the one with the newest message first."""
    ignored: tuple[str, ...] = ()
    """What of the query could not be answered from the store."""


class StoredMail:
    """One account's store, read only; a context manager for one thread."""

    def __init__(self, account: Account, data_dir: Path | None = None) -> None:
        """Raises StoreError where nothing is stored, or what is there is of another version."""
        path = find_store(account, data_dir)
        if not path.exists():
            raise StoreError(
                title=f"Nothing of {account.email} is stored here", hint="gimap-tui sync fetches it"
            )
        self._reader = Reader(path, account.email)
        try:
            if not self._reader.is_current():
                raise StoreError(
                    title="The stored mail is of another version of gimap-tui",
                    hint="Start gimap-tui once: it converts what is older",
                )
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is not None:
            self._reader.explain(error)

    def close(self) -> None:
        """Close the connection."""
        self._reader.close()

    def find(self, query: str) -> FoundMail:
        """Conversations with a message that matches a query of Gmail's language."""
        found = self._reader.find(query, _MOST)
        return FoundMail(self._reader.threads.thrids_of(found.msgids), found.ignored)

    def messages(self, msgids: Sequence[int]) -> tuple[Message, ...]:
        """Messages by their X-GM-MSGIDs; unknown ones are left out."""
        return self._reader.threads.messages(msgids)

    def unread_in_inbox(self) -> tuple[int, ...]:
        """X-GM-MSGIDs of unread messages in the inbox, newest first."""
        return self._reader.find("in:inbox is:unread", _MOST).msgids

    def thread(self, thrid: int) -> tuple[Thread, View] | None:
        """A conversation, and the view it is to be seen from: All Mail, or else Spam or Trash."""
        for role in _PLACES:
            view = View.of_role(role)
            thread = self._reader.threads.thread(thrid, view)
            if thread is not None:
                return thread, view
        return None

    def thrid_of(self, number: int) -> int | None:
        """The conversation that a number names: an X-GM-THRID, or an X-GM-MSGID of one of its messages."""
        if self.thread(number) is not None:
            return number
        found = self._reader.threads.message(number)
        return found.thrid if found is not None else None

    def label_counts(self, target: Target) -> LabelCounts:
        """How many conversations of a target carry each label."""
        return self._reader.threads.label_counts(target)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Places, then labels."""
        return self._reader.lists.mailboxes()

    def next_undo(self) -> str | None:
        """What undo would take back."""
        return self._reader.journal.next_undo()

    def previewer(self) -> Callable[[Op], tuple[str, ...]]:
        """What tells the IMAP commands an op would send."""
        from imapcore.engine.preview import Preview

        @contextmanager
        def borrow() -> Iterator[Reader]:
            yield self._reader

        return Preview(borrow).lines
