r"""The journal on its way to the server: one batch at a time, confirmed by what the server shows.

What lives here: claiming batches, sending them, and deciding from the answers what is confirmed, what is
refused, and what nobody knows. What may not: what an op means (the store expanded it), when to send (the
session).

"OK" proves nothing on Gmail: a uid that is gone, and a label that cannot be stored, are answered OK too. So
a change counts as done when the echoed FETCH shows it, or a second look does. Labels and flags can be sent
again at any time; MOVE and expunge look first whether they have happened. RFC 3501 §6.4.6, RFC 6851, RFC
4315, X-GM-EXT-1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from imapcore.errors import (
    CommandRefused,
    GimapError,
    Interrupted,
    InvalidArgument,
    LinkError,
    MailboxFull,
    MailboxHidden,
    NotSupported,
    ProtocolError,
    ServerError,
    Throttled,
    Unavailable,
)
from imapcore.gmail.label_names import fold_label
from imapcore.model import ENGLISH_TITLES, Role
from imapcore.protocol.commands import Command
from imapcore.sanitize import clean_line
from imapcore.store import Store
from imapcore.store.facts import Batch, Delta, Settled, Verb
from imapcore.sync.convert.messages import message_delta
from imapcore.sync.locate import LocatedUids, locate, search_everywhere
from imapcore.sync.mailbox_numbers import PLACES
from imapcore.sync.pull.mailbox_pass import MailboxSync
from imapcore.sync.push.commands import (
    describe_order,
    expunge_order,
    is_shown,
    label_order,
    move_order,
    store_order,
)
from imapcore.sync.remote import Remote, hidden
from imapcore.wire.fetch import Fetched
from imapcore.wire.uidset import UidSet

UIDS_PER_COMMAND = 1000
MOST_FAILURES = 5
"""So often a batch may meet "System Error" before it is given up."""

MOST_BREAKS = 8
"""So often in a row the connection may break while an op is sent before the op is given up: it may be what
breaks it, and everything behind it waits.
"""

Echo = tuple[Role, Sequence[Delta]]
"""A place, and what the server said of messages there in its answer."""

GONE = "It was deleted forever elsewhere."
BREAKS = "The connection broke each time this was sent."
NOT_DONE = "Gmail accepted the command but did not make the change."
NOT_IN_PLACE = "The message is no longer in that mailbox, so it was not deleted."


class Replay:
    """Sends the journal; used by one session's thread."""

    def __init__(
        self,
        store: Store,
        settled: Callable[[Settled, str], None],
        moved: Callable[[], None],
        places: Mapping[Role, MailboxSync],
    ) -> None:
        """``settled`` hears what became of ops, with the server's words; ``moved`` that a pass is worth
        while.
        """
        self._places = places
        self._store = store
        self._settled = settled
        self._moved = moved
        self._failures: dict[int, int] = {}
        """Oldest op of a batch → how often in a row the server had a problem with it."""
        self._breaks: dict[int, int] = {}
        """The same, for how often the connection broke while it was sent."""

    def run(self, remote: Remote) -> Iterator[float]:
        """Send what is pending, oldest first, until nothing is left; a step per command or so."""
        while (batch := self._store.journal.queue.claim(UIDS_PER_COMMAND)) is not None:
            is_answered = False
            try:
                yield from self._send(remote, batch)
                is_answered = True
            except (LinkError, ProtocolError) as error:
                is_answered = self._broke(batch, error)
                raise
            finally:
                # Whatever happened, link lost or thread stopped: what was not answered is open again.
                if not is_answered:
                    self._store.journal.answers.release(batch)
            yield 0.0
        answer = self._gone(remote)
        settled = self._store.journal.answers.refuse_unknown(answer, self._hidden(remote))
        if settled.rejected or settled.confirmed:
            self._settled(settled, answer)

    def _send(self, remote: Remote, batch: Batch) -> Iterator[float]:
        try:
            match batch.verb:
                case Verb.ADD_LABELS | Verb.REMOVE_LABELS | Verb.ADD_FLAGS | Verb.REMOVE_FLAGS:
                    yield from self._store_marks(remote, batch)
                case Verb.MOVE:
                    yield from self._move(remote, batch)
                case Verb.EXPUNGE:
                    yield from self._expunge(remote, batch)
                case Verb.CREATE_LABEL | Verb.RENAME_LABEL | Verb.DELETE_LABEL:
                    yield from self._change_label(remote, batch)
        except (LinkError, ProtocolError):
            raise
        except Unavailable as error:
            failures = self._failures[batch.op_ids[0]] = self._failures.get(batch.op_ids[0], 0) + 1
            if failures < MOST_FAILURES:
                raise
            self._reject(batch, error.detail or error.title)
        except (ServerError, InvalidArgument, NotSupported) as error:
            if isinstance(error, Throttled) and not isinstance(error, MailboxFull):
                raise
            # Whatever the server says no to, it would say no to again: that ends this op, and no other.
            self._reject(batch, _words(self._explained(remote, batch.destination, error)))
        self._failures.pop(batch.op_ids[0], None)
        self._breaks.pop(batch.op_ids[0], None)

    def _broke(self, batch: Batch, error: GimapError) -> bool:
        """The connection broke while a batch was sent: whether the batch is given up for that."""
        if isinstance(error, (Interrupted, Throttled)):
            return False
        breaks = self._breaks[batch.op_ids[0]] = self._breaks.get(batch.op_ids[0], 0) + 1
        if breaks < MOST_BREAKS:
            return False
        del self._breaks[batch.op_ids[0]]
        self._reject(batch, BREAKS)
        return True

    @staticmethod
    def _hidden(remote: Remote) -> tuple[Role, ...]:
        """Places that Gmail's settings hide from IMAP, as far as known."""
        return remote.hidden_among(PLACES)

    @staticmethod
    def _explained(remote: Remote, role: Role | None, error: GimapError) -> GimapError:
        """A refusal, or what is behind it: a mailbox that was hidden from IMAP since it was last listed."""
        if isinstance(error, CommandRefused) and role is not None and remote.is_hidden(role):
            return hidden(role)
        return error

    def _gone(self, remote: Remote) -> str:
        """What to say of messages that were found in no place."""
        unseen = self._hidden(remote)
        if not unseen:
            return GONE
        setting = hidden(unseen[0]).sentence()
        return (
            f"It was deleted, or moved to {ENGLISH_TITLES[unseen[0]]}, which cannot be looked into. {setting}"
        )

    # -- answers ---------------------------------------------------------------------------------------

    def _confirm(
        self,
        batch: Batch,
        msgids: Iterable[int] | None,
        *,
        uids: dict[int, int] | None = None,
        modseqs: dict[int, int] | None = None,
        echo: Echo | None = None,
    ) -> None:
        settled = self._store.journal.answers.confirm(batch, msgids, uids=uids, modseqs=modseqs, echo=echo)
        self._settled(settled, "")

    def _reject(
        self, batch: Batch, answer: str, msgids: Iterable[int] | None = None, echo: Echo | None = None
    ) -> None:
        words = clean_line(answer)
        self._settled(self._store.journal.answers.reject(batch, words, msgids, echo=echo), words)

    def _note(self, batch: Batch, command: Command[Any]) -> None:
        self._store.journal.queue.note_command(batch, clean_line(describe_order(command)))

    # -- labels and flags ------------------------------------------------------------------------------

    def _store_marks(self, remote: Remote, batch: Batch) -> Iterator[float]:
        found, nowhere = locate(remote, self._store, batch.msgids)
        if nowhere:
            self._reject(batch, self._gone(remote), nowhere)
        lost: set[int] = set()
        for place, members in found.items():
            if self._is_out_of_reach(remote, batch, place, members):
                continue
            for chunk in UidSet(members.msgids).chunks(count=UIDS_PER_COMMAND):
                lost |= self._store_chunk(remote, batch, place, members.among(chunk))
                yield 0.0
        if lost:
            # They left their mailbox since the store last looked: once more, where they are now.
            for place, members in search_everywhere(remote, lost).items():
                gone = self._store_chunk(remote, batch, place, members)
                lost -= set(members.msgids.values()) - gone
                yield 0.0
            if lost:
                self._reject(batch, self._gone(remote), lost)

    def _is_out_of_reach(self, remote: Remote, batch: Batch, place: Role, members: LocatedUids) -> bool:
        """Refuse what is in a place that is hidden from IMAP; messages elsewhere are not concerned."""
        try:
            remote.ensure(place, members.uidvalidity)
        except (MailboxHidden, CommandRefused) as error:
            words = _words(self._explained(remote, place, error))
            self._reject(batch, words, members.msgids.values())
            return True
        return False

    def _store_chunk(self, remote: Remote, batch: Batch, place: Role, members: LocatedUids) -> set[int]:
        """STORE, and look whether it is so; the msgids of messages that were not there."""
        seen, echo = self._mark(remote, batch, place, members, batch.verb, batch.names)
        msgids = members.msgids
        done = {uid for uid in seen if is_shown(batch.verb, batch.names, seen[uid])}
        ignored = seen.keys() - done
        if done:
            told = {msgids[uid]: modseq for uid in done if (modseq := seen[uid].modseq) is not None}
            self._confirm(batch, [msgids[uid] for uid in done], modseqs=told, echo=echo)
        if ignored:
            self._reject(batch, NOT_DONE, [msgids[uid] for uid in ignored], None if done else echo)
        if echo is not None and not seen:
            self._store.messages.apply_deltas(*echo)
        return {msgid for uid, msgid in msgids.items() if uid not in seen}

    def _mark(
        self,
        remote: Remote,
        batch: Batch,
        place: Role,
        members: LocatedUids,
        verb: Verb,
        names: Sequence[str],
    ) -> tuple[dict[int, Fetched], Echo | None]:
        """Labels or flags of messages in one place: how those that are there are afterwards, by uid; and
        whatever the server said of messages there, to be stored.
        """
        remote.ensure(place, members.uidvalidity)
        uids = UidSet(members.msgids)
        lines, silent = self._order_marks(remote, batch, verb, names, uids)
        seen = _by_uid(lines)
        behind = [uid for uid in silent if uid in seen and not is_shown(verb, names, seen[uid])]
        if behind:
            # They arrived after the session had last looked, and the server passed over uids that the
            # session had not been told of. By now it has.
            lines.extend(self._order_marks(remote, batch, verb, names, UidSet(behind))[0])
            seen = _by_uid(lines)
        deltas: list[Delta] = [delta for line in lines if (delta := message_delta(line)) is not None]
        if deltas:
            remote.check(place)
        there = {uid: line for uid, line in seen.items() if uid in members.msgids}
        return there, (place, deltas) if deltas else None

    def _order_marks(
        self, remote: Remote, batch: Batch, verb: Verb, names: Sequence[str], uids: UidSet
    ) -> tuple[list[Fetched], UidSet]:
        """One STORE in the selected mailbox; how the messages are now, and which ones it was silent on."""
        order = store_order(verb, names, uids)
        self._note(batch, order)
        lines = list(remote.run(order).fetched)
        silent = uids - UidSet(line.uid for line in lines if line.uid is not None)
        unsure = silent | UidSet(
            uid for uid, line in _by_uid(lines).items() if not is_shown(verb, names, line)
        )
        if unsure:
            # What was so already is not echoed, nor is what cannot be done: look.
            lines.extend(remote.changes(unsure))
        return lines, silent

    # -- moves -----------------------------------------------------------------------------------------

    def _move(self, remote: Remote, batch: Batch) -> Iterator[float]:
        assert batch.destination is not None
        home = Role.ALL if batch.destination is Role.INBOX else batch.destination
        with self._places[home].storing():
            yield from self._move_home(remote, batch, home)
        self._moved()

    def _move_home(self, remote: Remote, batch: Batch, home: Role) -> Iterator[float]:
        left = set(batch.msgids)
        if batch.is_replay:
            left -= self._look_first(remote, batch, home, left)
            yield 0.0
        found, nowhere = locate(remote, self._store, sorted(left))
        if nowhere:
            self._reject(batch, self._gone(remote), nowhere)
        lost: set[int] = set()
        for place, members in found.items():
            if self._is_out_of_reach(remote, batch, place, members):
                continue
            if place is home:
                lost |= self._arrived(remote, batch, home, members)
                continue
            for chunk in UidSet(members.msgids).chunks(count=UIDS_PER_COMMAND):
                lost |= self._move_chunk(remote, batch, place, members.among(chunk))
                yield 0.0
        if lost:
            yield from self._move_lost(remote, batch, home, lost)

    def _look_first(self, remote: Remote, batch: Batch, home: Role, msgids: set[int]) -> set[int]:
        """It was sent before, and the answer was lost: what has arrived is done."""
        members = search_everywhere(remote, msgids, (home,)).get(home)
        if members is None:
            return set()
        return set(members.msgids.values()) - self._arrived(remote, batch, home, members)

    def _arrived(self, remote: Remote, batch: Batch, home: Role, members: LocatedUids) -> set[int]:
        """These are where they should be; for the inbox that is All Mail and the inbox's label. The msgids of
        messages that were not there.
        """
        there, echo = members, None
        if batch.destination is Role.INBOX:
            seen, echo = self._mark(remote, batch, home, members, Verb.ADD_LABELS, ("\\Inbox",))
            there = members.among(seen)
        if there.msgids:
            uids = {msgid: uid for uid, msgid in there.msgids.items()}
            self._confirm(batch, uids, uids=uids, echo=echo)
        elif echo is not None:
            self._store.messages.apply_deltas(*echo)
        return set(members.msgids.values()) - set(there.msgids.values())

    def _move_chunk(self, remote: Remote, batch: Batch, place: Role, members: LocatedUids) -> set[int]:
        """One MOVE; the msgids of messages that were not there."""
        assert batch.destination is not None
        remote.ensure(place, members.uidvalidity)
        order = move_order(UidSet(members.msgids), remote.name_of(batch.destination))
        self._note(batch, order)
        copied = remote.run(order)
        pairs = dict(copied.pairs()) if copied is not None else {}
        moved = {members.msgids[old]: new for old, new in pairs.items() if old in members.msgids}
        if copied is not None and moved:
            is_known = self._is_current(batch.destination, copied.uidvalidity)
            self._confirm(batch, moved, uids=moved if is_known else {})
        return set(members.msgids.values()) - moved.keys()

    def _is_current(self, destination: Role, uidvalidity: int) -> bool:
        """Whether uids told by COPYUID mean the same in the store.

        A move to INBOX tells the uid there; All Mail gives another one, found by the next pass.
        """
        state = None if destination is Role.INBOX else self._store.uids.sync_state(destination)
        return state is not None and state.uidvalidity == uidvalidity

    def _move_lost(self, remote: Remote, batch: Batch, home: Role, lost: set[int]) -> Iterator[float]:
        for place, members in search_everywhere(remote, lost).items():
            step = self._arrived if place is home else self._move_chunk
            lost -= set(members.msgids.values()) - step(remote, batch, place, members)
            yield 0.0
        if lost:
            self._reject(batch, self._gone(remote), lost)

    # -- delete forever --------------------------------------------------------------------------------

    def _expunge(self, remote: Remote, batch: Batch) -> Iterator[float]:
        """Inside Trash or Spam only; a message that is not there is never deleted anywhere else."""
        assert batch.destination in (Role.TRASH, Role.SPAM)
        place = batch.destination
        # Where it cannot be seen, nothing tells that it is gone.
        remote.name_of(place)
        members = search_everywhere(remote, batch.msgids, (place,)).get(place, LocatedUids(None))
        absent = set(batch.msgids) - set(members.msgids.values())
        yield 0.0
        for chunk in UidSet(members.msgids).chunks(count=UIDS_PER_COMMAND):
            remote.ensure(place, members.uidvalidity)
            mark, expunge = expunge_order(chunk)
            self._note(batch, mark)
            remote.run(mark)
            self._note(batch, expunge)
            remote.run(expunge)
            # That nobody is there by these uids says nothing if they have been given anew meanwhile.
            remote.look_again(place)
            remote.ensure(place, members.uidvalidity)
            there = {line.uid for line in remote.changes(chunk)}
            gone = [members.msgids[uid] for uid in chunk if uid not in there]
            if gone:
                self._confirm(batch, gone)
            kept = [members.msgids[uid] for uid in chunk if uid in there]
            if kept:
                self._reject(batch, NOT_DONE, kept)
            yield 0.0
        if absent:
            elsewhere = {
                msgid
                for found in search_everywhere(remote, absent).values()
                for msgid in found.msgids.values()
            }
            if absent - elsewhere:
                self._confirm(batch, absent - elsewhere)
            if elsewhere:
                self._reject(batch, NOT_IN_PLACE, elsewhere)

    # -- labels themselves -----------------------------------------------------------------------------

    def _change_label(self, remote: Remote, batch: Batch) -> Iterator[float]:
        order = label_order(batch)
        self._note(batch, order)
        try:
            remote.run(order)
        except CommandRefused as error:
            # Sent before, or done by another client meanwhile: what counts is how it is now.
            as_it_is = self._as_it_is(remote, batch, error)
            if as_it_is is None:
                self._reject(batch, error.detail or error.title)
                return
            batch = as_it_is
        self._confirm(batch, None)
        self._moved()
        yield 0.0

    def _as_it_is(self, remote: Remote, batch: Batch, error: CommandRefused) -> Batch | None:
        """The batch with the names that labels have by now, if what it asks for is so; else None.

        Gmail does not tell upper from lower case: another client may have made the label in other letters.
        """
        names = {fold_label(line.name): line.name for line in remote.list_mailboxes() if line.is_selectable}
        first, last = names.get(fold_label(batch.names[0])), names.get(fold_label(batch.names[-1]))
        if batch.verb is Verb.CREATE_LABEL:
            if first is None:
                # One that the settings hide from IMAP is there as well.
                return batch if error.code == "ALREADYEXISTS" else None
            if first != batch.names[0]:
                self._store.labels.rename(batch.names[0], first)
            return replace(batch, names=(first,))
        if batch.verb is Verb.RENAME_LABEL:
            is_so = last is not None and (first is None or first == last == batch.names[1])
            return batch if is_so else None
        return batch if first is None else None


def _words(error: GimapError) -> str:
    """What a refused op is told: the server's words; where the user can change it, what it means and how."""
    if isinstance(error, (MailboxHidden, MailboxFull)):
        return error.sentence()
    return error.detail or error.title


def _by_uid(lines: Iterable[Fetched]) -> dict[int, Fetched]:
    """One line per message: Gmail tells labels and flags in separate lines."""
    merged: dict[int, Fetched] = {}
    for line in lines:
        if line.uid is None:
            continue
        before = merged.get(line.uid)
        if before is None:
            merged[line.uid] = line
        else:
            merged[line.uid] = line._replace(
                flags=line.flags if line.flags is not None else before.flags,
                labels=line.labels if line.labels is not None else before.labels,
                modseq=line.modseq if line.modseq is not None else before.modseq,
            )
    return merged
