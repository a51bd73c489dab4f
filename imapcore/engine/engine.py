"""``Engine``: the one object the screen knows. Nothing here waits for the network.

What lives here: lifetimes, short reads on the caller's thread, changes that are durable and shown when they
return, and wishes handed to the sessions. What may not: IMAP, SQL, the order of the work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from imapcore.clock import Clock, SystemClock
from imapcore.engine.body_reader import BodyReader
from imapcore.engine.credentials import Credentials
from imapcore.engine.event_queue import EventQueue, Listener
from imapcore.engine.link import LinkMonitor
from imapcore.engine.options import EngineOptions
from imapcore.engine.reader_pool import ReaderPool
from imapcore.engine.second_instance import SecondInstance
from imapcore.engine.startup import DeferredStart
from imapcore.engine.writing import Writing
from imapcore.errors import GimapError, StoreBusy, StoreError
from imapcore.events import (
    Alerted,
    BodyArrived,
    BodyFailed,
    Event,
    LinkChanged,
    MailboxesChanged,
    MessagesChanged,
    Progressed,
    SourceArrived,
)
from imapcore.model import (
    Account,
    Activity,
    Address,
    Body,
    LabelCounts,
    LinkState,
    LinkStatus,
    Mailbox,
    Op,
    Place,
    Progress,
    Receipt,
    SavedSearch,
    Target,
    Thread,
    Top,
    View,
    ViewKind,
    Window,
)
from imapcore.net.backoff import Backoff
from imapcore.net.keyring import forget_secret
from imapcore.sanitize import clean_line
from imapcore.store import Reader, Store

if TYPE_CHECKING:
    from imapcore.engine.connections import Connections
    from imapcore.engine.draft_copies import DraftCopies
    from imapcore.engine.outbox import Outbox
    from imapcore.engine.wiring import ConnectionFactory

LONGEST_NAME = 180
"""Octets of a store's name before its ending; every file system takes 255."""

READ_AHEAD = 6
"""Messages of a conversation that are read before it is opened; a longer one shows the first of them."""


class Engine:
    """One account: its store, its sessions, its journal. Thread-safe; a context manager.

    Between ``__enter__`` and ``__exit__`` the store is open and the sessions run. Reads answer from the
    store on the caller's thread; ``submit`` and its kin return when the change is durable and shown;
    everything else returns at once and is answered by events.
    """

    def __init__(
        self,
        account: Account,
        *,
        secret: Callable[[], str] | None = None,
        is_token: bool = False,
        data_dir: Path | None = None,
        clock: Clock | None = None,
        options: EngineOptions | None = None,
    ) -> None:
        """``secret`` is asked when signing in (None: the keyring), on a thread of its own; what it tells is a
        password, or with ``is_token`` an OAuth access token. ``data_dir`` holds the stores of all accounts.
        """
        self.account = account
        self._options = options or EngineOptions()
        self._clock = clock or SystemClock()
        self._data_dir = data_dir
        self._hub = EventQueue()
        self._outbox: Outbox | None = None
        self._draft_copies: DraftCopies | None = None
        self._board = LinkMonitor(
            self._clock,
            self._link_changed,
            Backoff(self._options.first_retry_seconds, self._options.longest_retry_seconds),
        )
        self._credentials = Credentials(
            account, secret, is_token=is_token, late=lambda: self._board.nudge(is_explicit=True)
        )
        self._store: Store | None = None
        self._readers: ReaderPool | None = None
        self._network: ConnectionFactory | None = None
        self._crew = DeferredStart(self._make_workers, self._crashed)
        self._second: SecondInstance | None = None
        self.writing = Writing(
            account,
            lambda: self._open_store,
            self._ask_reader,
            self.body,
            self.raw,
            self._head,
            self._clock,
            self._hub.tell,
            self._wake_outbox,
            lambda: self._draft_copies,
        )
        """Drafts, answers and the outbox."""
        self._lock = threading.Lock()
        self._bodies = BodyReader(self._read_body, lambda: self._open_store.gate.pause())

    # -- lifetime --------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Open the store, start writer and sessions. Raises StoreError, StoreBusy; returns before any
        network.
        """
        store = self._store = self._open()
        self._readers = ReaderPool(store)
        self._hub.start()
        for notice in store.notices:
            self._hub.tell(Alerted(notice.title, notice.detail, notice.hint))
        if store.is_read_only:
            busy = StoreBusy()
            self._board.show(LinkStatus(LinkState.OFFLINE, busy.title, busy.detail, busy.hint))
            self._second = SecondInstance(
                store.version,
                self._hint,
                self._take_over,
                self._crashed,
                seconds=self._options.second_look_seconds,
            )
            self._second.start()
        elif self._options.is_offline:
            self._board.show(LinkStatus(LinkState.OFFLINE, "Working offline"))
        self._crew.begin(self._options.head_start_seconds)
        return self

    def _open(self) -> Store:
        store = Store.open(
            find_store(self.account, self._data_dir),
            clock=self._clock,
            email=self.account.email,
            sanitize=clean_line,
        )
        store.bodies.max_bytes = self._options.body_cache_bytes
        return store

    def _take_over(self) -> bool:
        """Become the one that writes, if the other process has left; whether it is so now."""
        reading, readers = self._open_store, self._readers
        if not reading.is_free():
            return False
        store = self._open()
        if store.is_read_only:
            # A third one was quicker.
            store.close()
            return False
        self._crew.stop(self._options.stop_seconds)
        crew = DeferredStart(self._make_workers, self._crashed)
        self._readers, self._store, self._crew = ReaderPool(store), store, crew
        if readers is not None:
            readers.close()
        reading.close()
        if self._options.is_offline:
            self._board.show(LinkStatus(LinkState.OFFLINE, "Working offline"))
        else:
            self._board.show(LinkStatus(LinkState.CONNECTING))
        self._hub.tell(Alerted("The other gimap-tui has left", "Changes can be made here now"))
        self._hint()
        crew.begin(0.0)
        return True

    def _hint(self) -> None:
        """Whatever is shown may have changed."""
        for hint in (MessagesChanged(), MailboxesChanged(), Progressed()):
            self._hub.tell(hint)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Interrupt the sessions, join them within 2 s, close the store."""
        self._credentials.close()
        if self._second is not None:
            self._second.stop()
        if self._outbox is not None:
            self._outbox.stop(self._options.stop_seconds)
        self._crew.stop(self._options.stop_seconds)
        self._bodies.close()
        self._hub.stop()
        if self._readers is not None:
            self._readers.close()
        if self._store is not None:
            self._store.close()

    def connect(self) -> None:
        """The screen stands: load and start the sessions, if they wait for it."""
        self._crew.go()

    def _make_workers(self) -> Connections:
        # Late: what speaks IMAP takes longer to load than a first frame to draw.
        from imapcore.engine.wiring import ConnectionFactory

        assert self._readers is not None
        network = self._network = ConnectionFactory(
            self.account, self._credentials, self._options, self._open_store, self._readers, self._tell
        )
        workers = network.workers(self._options, self._clock, self._board)
        if not self.is_read_only and not self._options.is_offline:
            workers.start()
            self._start_outbox(workers)
        return workers

    def _start_outbox(self, workers: Connections) -> None:
        from imapcore.engine.draft_copies import DraftCopies
        from imapcore.engine.outbox import Outbox

        copies = self._draft_copies = DraftCopies(self._open_store, self._clock, self._hub.tell, workers.act)
        outbox = self._outbox = Outbox(
            self.account,
            self._open_store,
            self._credentials,
            self._options,
            self._clock,
            self._hub.tell,
            workers.look_in_sent,
            self.submit,
            lambda: self._sent(workers),
        )
        outbox.start()
        copies.bring_up_to_date()

    def _sent(self, workers: Connections) -> None:
        workers.look_for_changes()
        if self._draft_copies is not None:
            self._draft_copies.bring_up_to_date()

    def _link_changed(self, status: LinkStatus) -> None:
        self._hub.tell(LinkChanged(status))
        if status.state is LinkState.LIVE and self._outbox is not None:
            self._outbox.hurry()

    def _wake_outbox(self) -> None:
        if self._outbox is not None:
            self._outbox.wake()

    def _ask_reader(self, question: Callable[[Reader], object]) -> object:
        with self._reader() as reader:
            return question(reader)

    def _head(self, msgid: int) -> bytes | None:
        """What is stored of a message, its header in any case."""
        from imapcore.sync.content.partial_message import SECTION

        with self._reader() as reader:
            found = reader.bodies.first_section(msgid, (SECTION, ""))
        return None if found is None else found[1]

    def _crashed(self, error: BaseException) -> None:
        self._hub.tell(
            Alerted(
                "gimap-tui cannot connect",
                f"{type(error).__name__}: {error}",
                "What is stored can be read; please start again and report this",
            )
        )
        self._board.show(LinkStatus(LinkState.STOPPED, "gimap-tui cannot connect"))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have every further event handed to ``listener``, on the engine's own thread; returns what ends
        it.
        """
        return self._hub.subscribe(listener)

    @property
    def is_read_only(self) -> bool:
        """Whether another process holds the writer of this account's store."""
        return self._open_store.is_read_only

    @property
    def views_changed(self) -> int:
        """Grows with every hint that rows or the tree changed. Who looks notes the number first: as long as
        it stays, whatever hints are still on their way tell nothing new.
        """
        return self._hub.views_changed

    @property
    def _open_store(self) -> Store:
        if self._store is None:
            raise StoreError("the engine has not been started")
        return self._store

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        if self._readers is None:
            raise StoreError("the engine has not been started")
        with self._readers.borrow() as reader:
            yield reader

    # -- what is there ---------------------------------------------------------------------------------

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Gmail's places in the order of ``Role``, then the user's labels by name, parents before
        children.
        """
        with self._reader() as reader:
            return reader.lists.mailboxes()

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """The searches kept in the tree."""
        with self._reader() as reader:
            return reader.lists.saved_searches()

    def window(self, view: View, place: Place | None = None, size: int = 100) -> Window:
        """``size`` conversations of a view around a place (default: the top), and where they lie in the
        whole.
        """
        with self._reader() as reader:
            window = reader.lists.window(view, place or Top(), size)
        bare = [row.thrid for row in window.rows if not row.snippet]
        if bare and not self.is_read_only:
            self._crew.ask(lambda work: work.want_snippets(bare))
        return window

    def thread(self, thrid: int, view: View) -> Thread | None:
        """A conversation as seen from a view, oldest message first; None when nothing of it is there."""
        with self._reader() as reader:
            return reader.threads.thread(thrid, view)

    def label_counts(self, target: Target) -> LabelCounts:
        """How many conversations of a target carry each label, wholly or in part."""
        with self._reader() as reader:
            return reader.threads.label_counts(target)

    def body(self, msgid: int) -> Body | None:
        """A message's content if it is stored, read here and now; None: ask with ``open_body``."""
        return self.form(msgid, "")

    def form(self, msgid: int, section: str) -> Body | None:
        """A message with another form of its text, or one part of it alone: one of its ``Body.forms``.

        None when the message is not stored.
        """
        known = self._bodies.ready(msgid, section)
        if known is None:
            known, octets = self._read_body(msgid, section)
            if known is not None:
                self._bodies.keep(msgid, section, known, octets)
        if known is not None:
            self._touch(msgid)
        return known

    def ready_body(self, msgid: int, section: str = "") -> Body | None:
        """A body that has been read already: for a screen, which waits for nothing; else ``open_body``."""
        return self._bodies.ready(msgid, section)

    def _touch(self, msgid: int) -> None:
        if not self.is_read_only:
            self._open_store.bodies.touch(msgid)

    def _read_body(self, msgid: int, section: str = "") -> tuple[Body | None, int]:
        # Late: nobody reads a message before the first frame.
        from imapcore.mime.message import read_body
        from imapcore.sync.content.partial_message import SECTION, restore_sizes

        # What is read of a large message is taken apart faster without its files; only the whole has them.
        order = ("", SECTION) if section else (SECTION, "")
        with self._reader() as reader:
            found = reader.bodies.first_section(msgid, order)
        if found is None:
            return None, 0
        stored, octets = found
        body = read_body(msgid, octets, section, datetime.astimezone)
        return restore_sizes(body, octets) if stored == SECTION else body, len(octets)

    def raw(self, msgid: int) -> bytes | None:
        """A message's RFC 5322 source if it is stored."""
        with self._reader() as reader:
            return reader.bodies.octets(msgid)

    def people(self, prefix: str, limit: int = 20) -> tuple[Address, ...]:
        """Addresses that begin with what was typed, best first."""
        with self._reader() as reader:
            return reader.people(prefix, limit)

    def link(self) -> LinkStatus:
        """How the account stands with the server."""
        return self._board.status

    def progress(self) -> Progress:
        """How much of the account is stored, how much is still to be sent."""
        with self._reader() as reader:
            stored, pending = reader.stored(), reader.journal.pending()
        workers = self._crew.workers
        if workers is None:
            return Progress(stored, stored, pending, False)
        account = workers.account
        is_syncing = self._board.is_live and not account.is_complete and self._options.backfill
        return Progress(stored, max(stored, account.total), pending, is_syncing, account.refused)

    def activity(self, limit: int = 200) -> tuple[Activity, ...]:
        """What was changed here and what became of it, newest first."""
        with self._reader() as reader:
            return reader.journal.activity(limit)

    def transcript(self, limit: int = 500) -> tuple[str, ...]:
        """The last lines between us and the server, redacted and sanitized, oldest first."""
        return () if self._network is None else self._network.transcript(limit)

    def next_undo(self) -> str | None:
        """What ``undo`` would take back."""
        with self._reader() as reader:
            return reader.journal.next_undo()

    def next_redo(self) -> str | None:
        """What ``redo`` would do again."""
        with self._reader() as reader:
            return reader.journal.next_redo()

    def preview(self, op: Op) -> tuple[str, ...]:
        """The IMAP commands an op would send. Raises InvalidArgument for what cannot be asked."""
        return self.previewer()(op)

    def previewer(self) -> Callable[[Op], tuple[str, ...]]:
        """``preview`` for as long as a choice is open: the messages of a target are looked up once."""
        from imapcore.engine.preview import Preview

        return Preview(self._reader).lines

    # -- asking ----------------------------------------------------------------------------------------

    def open(self, view: View) -> None:
        """The user looks at this: it jumps the queue; a search view runs the search."""
        if self.is_read_only:
            return
        if view.kind is ViewKind.SEARCH:
            self._crew.ask(lambda work: work.wishes.search(view.value))
        else:
            self._crew.ask(lambda work: work.open_view(view))

    def cancel_search(self, query: str) -> None:
        """Stop looking; what was found stays in the view."""
        self._crew.ask(lambda work: work.wishes.cancel_search(query))

    def open_body(self, msgid: int, section: str = "") -> None:
        """Read a message's content, or another form of it, and fetch it where it is not stored: BodyArrived
        or BodyFailed follows. Completes its conversation, too.
        """

        def done(body: Body | None, error: GimapError | None) -> None:
            if error is not None:
                self._hub.tell(BodyFailed(msgid, error.title, error.detail, error.hint))
            elif body is not None:
                self._touch(msgid)
                self._hub.tell(BodyArrived(msgid, section))
            else:
                self._fetch_body(msgid)

        self._bodies.ask(msgid, section, done)
        if not self.is_read_only:
            with self._reader() as reader:
                message = reader.threads.message(msgid)
            if message is not None:
                thrid = message.thrid
                self._crew.ask(lambda work: work.open_thread(thrid))

    def read_stored(self, msgids: Sequence[int]) -> None:
        """Read what is stored of these: BodyArrived follows for each; the others are passed over."""

        def done_with(msgid: int) -> Callable[[Body | None, GimapError | None], None]:
            return lambda body, _error: self._hub.tell(BodyArrived(msgid)) if body is not None else None

        for msgid in msgids:
            self._bodies.ask(msgid, "", done_with(msgid))

    def read_ahead(self, thrids: Sequence[int], view: View) -> None:
        """These conversations may be opened next: what is stored of them is read, when there is time."""

        def find() -> list[int]:
            found: list[int] = []
            for thrid in thrids:
                thread = self.thread(thrid, view)
                if thread is not None:
                    found += [message.msgid for message in thread.unfolded()[:READ_AHEAD]]
            return found

        self._bodies.read_ahead(find)

    def _fetch_body(self, msgid: int) -> None:
        if self.is_read_only:
            busy = StoreBusy()
            self._hub.tell(BodyFailed(msgid, busy.title, busy.detail, busy.hint))
            return
        with self._reader() as reader:
            message = reader.threads.message(msgid)
        size = message.size if message is not None else 0
        self._crew.ask(lambda work: work.wishes.fetch_body(msgid, size))

    def _tell(self, event: Event) -> None:
        """Pass on what the sessions say; a body that has come is read before it is announced."""
        if not isinstance(event, BodyArrived):
            self._hub.tell(event)
            return
        msgid = event.msgid

        def done(body: Body | None, error: GimapError | None) -> None:
            problem = error or StoreError("It came, and is not in the store", hint="Open it once more")
            failed = BodyFailed(msgid, problem.title, problem.detail, problem.hint)
            self._hub.tell(event if body is not None else failed)

        self._bodies.forget(msgid)
        self._bodies.ask(msgid, "", done)

    def open_source(self, msgid: int) -> None:
        """Fetch a message's whole source, whatever its size: SourceArrived or BodyFailed follows, and
        BodyProgressed on the way.
        """
        with self._reader() as reader:
            message = reader.threads.message(msgid)
            is_stored = "" in reader.bodies.sections(msgid)
        if is_stored:
            self._hub.tell(SourceArrived(msgid))
        elif self.is_read_only:
            busy = StoreBusy()
            self._hub.tell(BodyFailed(msgid, busy.title, busy.detail, busy.hint))
        else:
            size = message.size if message is not None else 0
            self._crew.ask(lambda work: work.wishes.fetch_source(msgid, size))

    def cancel_source(self, msgid: int) -> None:
        """Stop fetching a source; what had come is forgotten."""
        self._crew.ask(lambda work: work.wishes.cancel_source(msgid))

    def refresh(self) -> None:
        """Reconnect now if the link is down; look for changes now if it is up."""
        self._hint()
        if not self.is_read_only:
            self._credentials.wish()
            self._board.nudge(is_explicit=True)
            self._crew.ask(lambda work: work.look_for_changes())
            if self._outbox is not None:
                self._outbox.hurry()

    def use_secret(self, secret: str) -> None:
        """Sign in with this password from now on, as long as this engine runs: the user typed it, and the
        server took it.
        """
        self._credentials.use(secret)
        self._board.nudge(is_explicit=True)

    def sign_out(self) -> None:
        """Forget the password, in memory and in the keyring, and hang up; what is stored stays. Waits for the
        keyring, for a moment.

        Raises KeyringUnusable when it may still be in the keyring; signed out here it is all the same.
        """
        self._credentials.sign_out()
        self._crew.ask(lambda work: work.hang_up(lambda: self._credentials.is_signed_out))
        forget_secret(self.account)

    def hold(self, seconds: float) -> None:
        """The screen needs the interpreter until ``seconds`` from now: background work holds its breath."""
        self._open_store.gate.hold(seconds)

    def save_attachment(self, msgid: int, section: str, folder: Path) -> None:
        """Save a part into a folder; an ``Alerted`` tells the path, or what was in the way."""
        self._bodies.do(lambda: self._save_attachment(msgid, section, folder))

    def _save_attachment(self, msgid: int, section: str, folder: Path) -> None:
        from imapcore.mime.message import extract_part

        try:
            raw = self.raw(msgid)
            body = self.body(msgid)
            octets = extract_part(raw, section) if raw is not None else None
        except (GimapError, KeyError) as error:
            detail = error.sentence() if isinstance(error, GimapError) else "The message has no such part"
            self._hub.tell(Alerted("The attachment could not be saved", detail))
            return
        names = {} if body is None else {each.section: each.filename for each in body.attachments}
        name = names.get(section, f"part-{section}")
        if octets is not None:
            self._crew.ask(lambda work: work.wishes.save_octets(folder, name, octets))
        else:
            self._crew.ask(lambda work: work.wishes.save_part(msgid, section, name, folder))

    # -- doing -----------------------------------------------------------------------------------------

    def submit(self, op: Op) -> Receipt:
        """Do it: durable and shown when this returns, sent when the server can be reached.

        Raises InvalidArgument for nonsense, StoreBusy when this engine only reads.
        """
        receipt = self._open_store.journal.submit(op)
        self._submitted()
        return receipt

    def undo(self) -> Receipt | None:
        """Take the last change back, exactly as far as it changed something; None when there is none."""
        receipt = self._open_store.journal.undo()
        self._submitted()
        return receipt

    def redo(self) -> Receipt | None:
        """Do again what was taken back last; None when there is nothing."""
        receipt = self._open_store.journal.redo()
        self._submitted()
        return receipt

    def retry(self, op_id: int) -> Receipt | None:
        """Send a refused change once more."""
        receipt = self._open_store.journal.retry(op_id)
        self._submitted()
        return receipt

    def discard(self, op_id: int) -> None:
        """Forget a change that was refused or not sent yet; what it changed is shown as Gmail has it."""
        self._open_store.journal.discard(op_id)
        self._submitted()

    def cancel(self, op_id: int) -> None:
        """Send no more of a change that is under way; what was sent stays."""
        self._open_store.journal.cancel(op_id)
        self._submitted()

    def _submitted(self) -> None:
        self._hub.tell(MessagesChanged())
        self._hub.tell(MailboxesChanged())
        self._hub.tell(Progressed())
        if self._board.status.state is not LinkState.OFFLINE:
            self._crew.ask(lambda work: work.send())

    def save_search(self, title: str, query: str) -> SavedSearch:
        """Keep a search in the tree."""
        saved = self._open_store.searches.save(title, query)
        self._hub.tell(MailboxesChanged())
        self._crew.ask(lambda work: work.kept.look())
        return saved

    def rename_search(self, search_id: int, title: str, query: str) -> None:
        """Give a saved search another title or query."""
        self._open_store.searches.rename(search_id, title, query)
        self._hub.tell(MailboxesChanged())
        self._crew.ask(lambda work: work.kept.look())

    def delete_search(self, search_id: int) -> None:
        """Take a search out of the tree."""
        self._open_store.searches.delete(search_id)
        self._hub.tell(MailboxesChanged())


def has_store(account: Account, data_dir: Path | None = None) -> bool:
    """Whether anything of the account is stored here, so that there is something to show."""
    return find_store(account, data_dir).exists()


def find_store(account: Account, data_dir: Path | None = None) -> Path:
    """Where an account's store lies. One of an earlier version whose name was ambiguous is renamed."""
    path = store_path(account, data_dir)
    old = path.with_name(f"{_plain_name(account)[:LONGEST_NAME]}.sqlite3")
    if path == old or path.exists():
        return path
    from imapcore.store.adoption import adopt_store

    return adopt_store(old, path, account.email)


def data_folder() -> Path:
    """Where the stores of all accounts lie, unless said otherwise; need not exist."""
    from platformdirs import user_data_path

    return user_data_path("gimap-tui", appauthor=False)


def store_path(account: Account, data_dir: Path | None) -> Path:
    """Where an account's store belongs: one file per account and server, under a name any file system takes.

    Two accounts never share one: where an address has a character that a file's name should not have, or is
    very long, a digest of it is part of the name.
    """
    data_dir = data_dir or data_folder()
    whole, plain = _whole_name(account), _plain_name(account)
    if plain == whole and len(whole.encode()) <= LONGEST_NAME:
        return data_dir / f"{plain}.sqlite3"
    from hashlib import sha256

    digest = sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
    short = plain.encode()[:60].decode("utf-8", "ignore")
    return data_dir / f"{short}-{digest}.sqlite3"


def _whole_name(account: Account) -> str:
    host = "" if account.host == "imap.gmail.com" else f"@{account.host}-{account.port}"
    return account.email.lower() + host


def _plain_name(account: Account) -> str:
    return "".join(char if char.isalnum() or char in "@.-_+" else "_" for char in _whole_name(account))
