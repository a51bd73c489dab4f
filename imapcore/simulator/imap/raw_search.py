r"""X-GM-RAW: Gmail's web search, asked of the messages of one view.

The language is in ``query``; here is what it may look at: a message as the session sees it, in the mailbox
that is selected and in no other, and only once it is in the index.
"""

from __future__ import annotations

from collections.abc import Callable

from imapcore.simulator.account.kinds import Kind
from imapcore.simulator.account.mailboxes import Entry, Mailbox, Message
from imapcore.simulator.account.source import Seed
from imapcore.simulator.imap.session import Session
from imapcore.simulator.search.query import Context, compile_query


class _Seen:
    """The message at hand (``query.Searchable``); one object serves a whole search."""

    __slots__ = ("_names", "_session", "message")

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[frozenset[Mailbox], frozenset[str]] = {}
        self.message: Message | None = None

    @property
    def _message(self) -> Message:
        assert self.message is not None
        return self.message

    @property
    def date_ms(self) -> int:
        """INTERNALDATE."""
        return self._message.date_ms

    @property
    def flags(self) -> frozenset[str]:
        """Flags and keywords, without the star."""
        return self._session.selected.state(self._message)[0]

    @property
    def label_names(self) -> frozenset[str]:
        """X-GM-LABELS, decoded, the selected mailbox's own included."""
        labels = self._session.selected.state(self._message)[1]
        names = self._names.get(labels)
        if names is None:
            names = self._names[labels] = frozenset(label.label for label in labels)
        return names

    @property
    def place_kind(self) -> Kind:
        """All Mail, Spam or Trash."""
        return self._message.place.kind

    @property
    def source(self) -> Seed:
        """Its content."""
        return self._message.source


def compile_raw(session: Session, text: str) -> Callable[[int, Entry], bool]:
    """A query as a test of the entries of the session's view."""
    account = session.account
    matches = compile_query(
        text, Context(account.now_ms(), account.options.email, account.options.zone_minutes)
    )
    seen = _Seen(session)
    indexed = session.selected.mailbox.uidnext - account.options.search_lag_messages

    def test(number: int, entry: Entry) -> bool:
        if entry.uid >= indexed:
            return False
        seen.message = entry.message
        return matches(seen)

    return test
