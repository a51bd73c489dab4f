"""The account on the server, in the verbs sync needs: one signed-in connection, and what is selected on it.

What lives here: the only place of sync that holds a connection; mailbox names by role; values of
``protocol`` in and out. What may not: the store, decisions. RFC 3501 §6, RFC 7162, RFC 4731, X-GM-EXT-1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct

from imapcore.errors import AllMailHidden, GimapError, MailboxHidden, Unavailable
from imapcore.model import ENGLISH_TITLES, Role
from imapcore.net.connection import Connection, Handle
from imapcore.protocol.commands import Command, Fetch, List, Noop, Search, Select, StatusOf, body
from imapcore.protocol.events import Alerted, Noticed, ProtocolEvent, SlowedDown, Unparsed
from imapcore.protocol.gmail import find_roles
from imapcore.protocol.search import All, GmailLabel, GmailMsgid, GmailThrid, Key, Or, Since, Uids
from imapcore.sync.convert.ids import stored_id, wire_id
from imapcore.sync.mailbox_numbers import Numbers
from imapcore.wire.fetch import Fetched
from imapcore.wire.responses import Exists, Expunged, Listed
from imapcore.wire.uidset import UidSet

T = TypeVar("T")

ENVELOPES = (
    "UID",
    "X-GM-MSGID",
    "X-GM-THRID",
    "X-GM-LABELS",
    "RFC822.SIZE",
    "INTERNALDATE",
    "FLAGS",
    "MODSEQ",
    "ENVELOPE",
    "BODYSTRUCTURE",
)
"""Everything a message is stored with."""

CHANGES = ("UID", "FLAGS", "MODSEQ", "X-GM-LABELS")
"""What can change of a message that is stored."""

IDENTITIES = ("UID", "X-GM-MSGID")

WITH_HEADER = (*(item for item in ENVELOPES if item not in ("ENVELOPE", "BODYSTRUCTURE")), body("HEADER"))
"""Of a message whose description cannot be read: its header comes as a literal, in which nothing can break.
"""

LEAST = ("UID", "X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS", "FLAGS")
"""What makes a row, whatever it says."""

MOST_ASKED = 3
"""So often a FETCH is asked whose answer does not say whose it is; then Gmail has a problem."""

NAMELESS = "FETCH answers without UID"

STATUS_ITEMS = ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ")


def hidden(role: Role) -> MailboxHidden:
    """The error for a role that no mailbox plays."""
    return AllMailHidden() if role is Role.ALL else MailboxHidden(ENGLISH_TITLES[role])


class UidsChanged(GimapError):
    """UIDVALIDITY is not what it was: uids at hand mean other messages now (RFC 3501 §2.3.1.1)."""

    title = "Gmail has numbered a mailbox anew"
    hint = "gimap-tui finds its messages again by itself; try again in a moment"


class PendingFetch(Struct, frozen=True):
    """A FETCH under way: while the server works on it, what came before can be stored."""

    remote: Remote
    place: Role
    uids: UidSet
    uidvalidity: int
    handle: Handle[list[Fetched]]
    heard: int
    """``Remote.strange`` when this was asked."""

    def lines(self) -> list[Fetched]:
        """Wait for the answer. Raises what it was refused with."""
        return self.remote.finish(self.handle)

    @property
    def is_doubtful(self) -> bool:
        """Whether a line since may have been part of the answer, and did not say whose it was."""
        return self.remote.strange != self.heard

    def check(self) -> None:
        """Raises UidsChanged when the uids mean other messages by now."""
        self.remote.check(self.place, self.uidvalidity)


class Remote:
    """One connection of one session; used by that session's thread only."""

    def __init__(
        self,
        connection: Connection,
        names: Mapping[Role, str],
        uidvalidity_of: Callable[[Role], int | None],
        alerted: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``names``: as last listed (``learn_names`` brings newer ones); ``uidvalidity_of``: under which the
        store holds a place's uids, None before the first pass; ``alerted`` hears ALERTs.
        """
        self._connection = connection
        self._uidvalidity_of = uidvalidity_of
        self._names = dict(names)
        self._is_listed = False
        self._alerted = alerted
        self._is_throttled = False
        self._nameless = 0
        self._unread = 0

    # -- names -----------------------------------------------------------------------------------------

    def learn_names(self, names: Mapping[Role, str]) -> None:
        """LIST was read."""
        self._names = dict(names)
        self._is_listed = True

    def find_name(self, role: Role) -> str | None:
        """A role's mailbox; None when Gmail's settings hide it."""
        return self._names.get(role)

    def name_of(self, role: Role) -> str:
        """A role's mailbox. LIST is asked again when none is known: it may be shown by now.

        Raises MailboxHidden when Gmail's settings hide it; no other mailbox is concerned by that.
        """
        name = self.find_name(role) or self._list_again().get(role)
        if name is None:
            raise hidden(role)
        return name

    def _list_again(self) -> Mapping[Role, str]:
        """What each role's mailbox is called now."""
        known = self._names
        for _ in range(2):
            lines = self.list_mailboxes()
            if lines:
                # Every account has an inbox at least: a list of nothing is no answer.
                self.learn_names({role: line.name for role, line in find_roles(lines).items()})
            if known.keys() <= self._names.keys():
                # A mailbox that is missing may be hidden, or its line was lost: twice is no accident.
                break
        return self._names

    def hidden_among(self, roles: Iterable[Role]) -> tuple[Role, ...]:
        """Which of some roles no mailbox plays; LIST is asked unless it was read on this connection."""
        missing = tuple(role for role in roles if self.find_name(role) is None)
        if missing and not self._is_listed:
            names = self._list_again()
            missing = tuple(role for role in missing if role not in names)
        return missing

    def is_hidden(self, role: Role) -> bool:
        """Ask LIST whether a role's mailbox is hidden now, whatever was known before."""
        return role not in self._list_again()

    # -- commands --------------------------------------------------------------------------------------

    def run(self, command: Command[T]) -> T:
        """Send a command and wait for its result. Raises what it was refused with."""
        try:
            return self._connection.run(command)
        finally:
            self._hear(self._connection.events())

    def run_all(self, commands: Sequence[Command[T]]) -> list[T]:
        """Send several commands before the first answer is read; their results in order."""
        handles = [self._connection.submit(command) for command in commands]
        try:
            return [handle.result() for handle in handles]
        finally:
            self._hear(self._connection.events())

    def finish(self, handle: Handle[T]) -> T:
        """Wait for an answer asked for earlier."""
        try:
            return handle.result()
        finally:
            self._hear(self._connection.events())

    def _hear(self, events: Iterable[ProtocolEvent]) -> bool:
        """Note what the server said of its own accord; whether there may be new mail."""
        has_news = False
        for event in events:
            match event:
                case SlowedDown():
                    self._is_throttled = True
                case Alerted(text):
                    self._alerted(text)
                case Noticed(Exists() | Expunged()):
                    has_news = True
                case Noticed(Fetched() as line):
                    has_news = True
                    self._nameless += line.uid is None
                case Unparsed():
                    self._unread += 1
                case _:
                    pass
        return has_news

    @property
    def nameless(self) -> int:
        """How many FETCH lines came without a UID, so that nobody knows which question they answered.

        Mostly news; now and then Gmail answers a question so.
        """
        return self._nameless

    @property
    def unread(self) -> int:
        """How many lines came of which nothing could be read."""
        return self._unread

    @property
    def strange(self) -> int:
        """How many lines came that may have been part of any answer."""
        return self._nameless + self._unread

    def noop(self) -> None:
        """Ask whether the server is there, and let it say what is new."""
        self.run(Noop())

    def probe(self, quiet_seconds: float) -> None:
        """Make sure that the server is there, if nothing came for so long. Raises Timeout where it is not."""
        try:
            self._connection.probe(quiet_seconds)
        finally:
            self._hear(self._connection.events())

    @property
    def silent_seconds(self) -> float:
        """From any thread: for how long something has been waited for; 0 when nothing is."""
        return self._connection.silent_seconds

    def tell_of_silence(self, told: Callable[[bool], None]) -> None:
        """``told`` hears when an answer takes long, and when something has come after all."""
        self._connection.on_silence = told

    def compress(self) -> bool:
        """Deflate both ways, if the server offers it; whether it is on."""
        return self._connection.compress()

    def close(self) -> None:
        """Close the connection, without a word: the server notices, and nobody waits."""
        self._connection.close()

    def take_throttled(self) -> bool:
        """Whether an answer asked to slow down since this was last asked."""
        was_throttled, self._is_throttled = self._is_throttled, False
        return was_throttled

    def idle(self, seconds: float, told: Callable[[], None]) -> None:
        """Listen to the selected mailbox for ``seconds``, or until woken; ``told`` each time something
        arrived or left.
        """
        # Closed here and not whenever: ending IDLE is a command, and may find that the link is gone.
        with closing(self._connection.idle(seconds)) as lots:
            for news in lots:
                if self._hear(news):
                    told()

    def list_mailboxes(self) -> tuple[Listed, ...]:
        """Every mailbox. Raises Unavailable when the list stays empty, or cannot be read."""
        for _ in range(MOST_ASKED):
            unread = self._unread
            mailboxes = self.run(List()).mailboxes
            if mailboxes and self._unread == unread:
                return mailboxes
        raise Unavailable("the list of mailboxes came without mailboxes, or could not be read")

    def list_counts(self) -> dict[str, tuple[Role | None, int, int]]:
        """Every selectable mailbox: name → role, UIDVALIDITY, messages (LIST-STATUS, RFC 5819)."""
        listing = self.run(List(status=("MESSAGES", "UIDVALIDITY")))
        roles = {line.name: role for role, line in find_roles(listing.mailboxes).items()}
        return {
            each.name: (roles.get(each.name), each.uidvalidity, each.messages)
            for each in listing.statuses
            if each.uidvalidity is not None and each.messages is not None
        }

    def status(self, names: Sequence[str]) -> list[Numbers]:
        """STATUS of mailboxes, all asked before the first answer is read. Raises Unavailable when it says too
        little.
        """
        for _ in range(MOST_ASKED):
            answers = self.run_all([StatusOf(name, STATUS_ITEMS) for name in names])
            numbers = [
                _numbers(each.uidvalidity, each.uidnext, each.highestmodseq, each.messages, each.unseen)
                for each in answers
            ]
            if found := [each for each in numbers if each is not None]:
                if len(found) == len(names):
                    return found
            elif not names:
                return []
        raise Unavailable("STATUS did not say how a mailbox stands")

    # -- selecting -------------------------------------------------------------------------------------

    @property
    def selected(self) -> str | None:
        """The mailbox that is selected."""
        mailbox = self._connection.mailbox
        return None if mailbox is None else mailbox.name

    def select(self, name: str) -> Numbers:
        """SELECT with CONDSTORE, also when it is selected already: only that gives a fresh view.

        Raises Unavailable when the answer says too little to be believed.
        """
        for _ in range(MOST_ASKED):
            mailbox = self.run(Select(name, condstore=True)).mailbox
            exists = mailbox.exists if mailbox.is_counted else None
            # NOMODSEQ is an answer, too.
            modseq = mailbox.highestmodseq if mailbox.has_modseqs else 0
            seen = _numbers(mailbox.uidvalidity, mailbox.uidnext, modseq, exists)
            if seen is not None:
                return seen
        raise Unavailable("SELECT did not say how a mailbox stands")

    @property
    def exists(self) -> int:
        """Messages in the selected mailbox, as far as the server has said."""
        mailbox = self._connection.mailbox
        return 0 if mailbox is None else mailbox.exists

    @property
    def uidvalidity(self) -> int:
        """Of the selected mailbox."""
        mailbox = self._connection.mailbox
        return 0 if mailbox is None else mailbox.uidvalidity or 0

    def ensure(self, place: Role, uidvalidity: int | None = None) -> None:
        """SELECT a place unless it is selected, and make sure that its uids mean what the store's mean.

        ``uidvalidity``: what the uids at hand were read under, if that is not simply what the store holds
        now. Raises UidsChanged when the server has given them anew; a pass then finds them again.
        """
        expected = self._uidvalidity_of(place) if uidvalidity is None else uidvalidity
        name = self.name_of(place)
        if self.selected != name or (expected is not None and self.uidvalidity != expected):
            self.select(name)
        if expected is not None and self.uidvalidity != expected:
            raise UidsChanged(name)

    def look_again(self, place: Role) -> None:
        """SELECT a place in any case: a view that is open may neither show what has just arrived nor say
        that its uids are worthless by now. Raises UidsChanged as ``ensure`` does.
        """
        self.select(self.name_of(place))
        self.check(place)

    def check(self, place: Role, uidvalidity: int | None = None) -> None:
        """Before uids go into the store: raises UidsChanged when they mean other messages there.

        ``uidvalidity``: what they were read under; None: that of the selected mailbox.
        """
        expected = self._uidvalidity_of(place)
        if expected is not None and (uidvalidity or self.uidvalidity) != expected:
            raise UidsChanged(self.name_of(place))

    # -- searching -------------------------------------------------------------------------------------

    def search(self, key: Key | None = None) -> UidSet:
        """The uids a key finds in the selected mailbox (None: all), as compact ranges.

        Raises Unavailable when the answer stays away: nothing found is said, too.
        """
        for _ in range(MOST_ASKED):
            found = self.run(Search(key or All()))
            if found.is_answered:
                return found.uids
        raise Unavailable("SEARCH did not say what it found")

    def search_label(self, label: str, since: int | None = None) -> UidSet:
        """The uids that carry a label; ``since`` (ms since 1970) bounds it for accounts that are very
        large.
        """
        key: Key = GmailLabel(label)
        if since is not None:
            key = key & Since(datetime.fromtimestamp(since / 1000, UTC).date())
        return self.search(key)

    def search_threads(self, thrids: Sequence[int]) -> UidSet:
        """The uids of whole conversations."""
        return self.search(Or(*(GmailThrid(wire_id(thrid)) for thrid in thrids)))

    def find_msgids(self, msgids: Sequence[int]) -> dict[int, int]:
        """uid → msgid, for those of ``msgids`` that are in the selected mailbox."""
        uids = self.search(Or(*(GmailMsgid(wire_id(msgid)) for msgid in msgids)))
        if not uids:
            return {}
        wanted = set(msgids)
        return {
            line.uid: stored_id(line.msgid)
            for line in self.fetch(uids, IDENTITIES)
            if line.uid is not None and line.msgid is not None and stored_id(line.msgid) in wanted
        }

    # -- fetching --------------------------------------------------------------------------------------

    def fetch(
        self, uids: UidSet, items: tuple[str, ...], *, changed_since: int | None = None
    ) -> Iterator[Fetched]:
        """UID FETCH, each line as soon as it is read; exhaust it before the next command.

        When lines came that do not say whose they are, or messages that are there were left out, what is
        still unanswered is asked again, so a line may come twice. Such lines are mostly news of other
        messages; only when nothing else comes, again and again, they must be the answer: then Unavailable is
        raised.
        """
        left = uids
        nameless = self._nameless
        is_answered = True
        for _ in range(MOST_ASKED):
            if not left:
                return
            heard = self.strange
            is_answered = False
            answered: list[int] = []
            try:
                for line in self._connection.stream(Fetch(left, items, changed_since=changed_since)):
                    is_answered = True
                    # Of what changed, nobody knows how much there is to be told; and it may be very much.
                    if changed_since is None and line.uid is not None:
                        answered.append(line.uid)
                    yield line
            finally:
                self._hear(self._connection.events())
            if changed_since is None and not left.is_open:
                left = left - UidSet(answered)
                if left and self.strange == heard:
                    left = self.present(left)
            elif self.strange == heard:
                return
        if not is_answered and self._nameless != nameless:
            raise Unavailable(NAMELESS)

    def present(self, uids: UidSet) -> UidSet:
        """Those of some uids that the selected mailbox has."""
        found = [self.search(Uids(chunk)) for chunk in uids.chunks()]
        return UidSet.of_ranges(each for part in found for each in part.ranges) & uids

    def ask(
        self, place: Role, uids: UidSet, items: tuple[str, ...], uidvalidity: int | None = None
    ) -> PendingFetch:
        """UID FETCH in a place, without waiting: its lines are taken from what this returns.

        ``uidvalidity`` as for ``ensure``.
        """
        self.ensure(place, uidvalidity)
        return PendingFetch(
            self, place, uids, self.uidvalidity, self._connection.submit(Fetch(uids, items)), self.strange
        )

    def changes(self, uids: UidSet, *, since: int | None = None) -> Iterator[Fetched]:
        """Flags and labels of messages; ``since`` a modseq, only of those that changed after it.

        Gmail now and then leaves out what was asked for; such lines are asked for once more.
        """
        bare: list[int] = []
        for line in self.fetch(uids, CHANGES, changed_since=since):
            if line.uid is not None and (line.flags is None or line.labels is None):
                bare.append(line.uid)
            else:
                yield line
        if bare:
            yield from self.fetch(UidSet(bare), CHANGES)

    def fetch_parts(self, wanted: Sequence[tuple[UidSet, str, int]]) -> list[Fetched]:
        """The first octets of parts, as (uids, section, octets); all asked before the first answer is
        read.
        """
        commands = [
            Fetch(uids, ("UID", body(section, start=0, length=octets))) for uids, section, octets in wanted
        ]
        return [line for lines in self.run_all(commands) for line in lines]


def _numbers(
    uidvalidity: int | None,
    uidnext: int | None,
    highestmodseq: int | None,
    exists: int | None,
    unseen: int | None = None,
) -> Numbers | None:
    """The numbers of a mailbox; None when one of those that everything is decided by was not said."""
    if uidvalidity is None or uidnext is None or highestmodseq is None or exists is None:
        return None
    return Numbers(uidvalidity, uidnext, highestmodseq, exists, unseen)
