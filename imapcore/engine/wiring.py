"""What of an engine speaks IMAP, put together: dialling, the sessions, their first connection.

What lives here: the imports that a first frame does not wait for, and the making of ``Connections``. What may
not: times and decisions; they are the crew's and the workers'.
"""

from __future__ import annotations

from collections.abc import Callable

from imapcore.clock import Clock
from imapcore.engine.connections import Connections
from imapcore.engine.credentials import Credentials
from imapcore.engine.link import LinkMonitor
from imapcore.engine.options import EngineOptions
from imapcore.engine.reader_pool import ReaderPool
from imapcore.engine.sign_in import Dialer
from imapcore.events import Alerted, Event
from imapcore.model import Account, Role
from imapcore.net.wakeup import Wakeup
from imapcore.store import Found, Store
from imapcore.sync.remote import Remote


class ConnectionFactory:
    """Makes signed-in connections that know the mailboxes as last listed; keeps what was said on them."""

    def __init__(
        self,
        account: Account,
        credentials: Credentials,
        options: EngineOptions,
        store: Store,
        readers: ReaderPool,
        tell: Callable[[Event], None],
    ) -> None:
        self._dialer = Dialer(account, credentials, options)
        self._store = store
        self._readers = readers
        self._tell = tell

    def transcript(self, limit: int) -> tuple[str, ...]:
        """The last lines between us and the server, redacted and sanitized, oldest first."""
        return self._dialer.transcript.lines(limit)

    def workers(self, options: EngineOptions, clock: Clock, board: LinkMonitor) -> Connections:
        """The sessions, not started."""
        return Connections(
            self._store,
            options,
            clock,
            board,
            self._dial,
            self._tell,
            self._find_offline,
            self._saved_queries,
        )

    def _dial(self, wakeup: Wakeup) -> Remote:
        with self._readers.borrow() as reader:
            names = {role: name for role in Role if (name := reader.lists.mailbox_name(role)) is not None}
        return Remote(
            self._dialer.connect(wakeup),
            names,
            self._uidvalidity_of,
            lambda text: self._tell(Alerted("Gmail says", text)),
        )

    def _uidvalidity_of(self, place: Role) -> int | None:
        state = self._store.uids.sync_state(place)
        return None if state is None else state.uidvalidity

    def _saved_queries(self) -> tuple[str, ...]:
        with self._readers.borrow() as reader:
            return tuple(saved.query for saved in reader.lists.saved_searches())

    def _find_offline(self, query: str) -> Found:
        with self._readers.borrow() as reader:
            return reader.find(query)
