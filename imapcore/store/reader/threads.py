"""Conversations: messages as values, alone, in their conversation, or as the target of an op.

What lives here: questions whose answers are messages. What may not: bodies, writing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from imapcore.model import (
    Address,
    ChangeState,
    LabelCounts,
    Message,
    Role,
    Target,
    Thread,
    View,
    ViewKind,
)
from imapcore.store.marks.values import (
    FLAGGED,
    HAS_ATTACHMENT,
    HAS_INVITE,
    PLACES,
    ROLE_OF_PLACE,
    SENT,
    STARRED,
)
from imapcore.store.reader.connection import ReadConnection
from imapcore.store.sqlite.connection import Row, integer_rows, listed
from imapcore.store.threads.row_state import CHANGE_STATES
from imapcore.store.threads.targets import Targets

MESSAGE_ROWS = (
    "SELECT message.msgid, state.thrid, state.date, state.shown, state.mood, state.bits, size, "
    "message_id, people, "
    "subject, coalesce(snippet, '') FROM message JOIN state ON state.thrid = message.thrid "
    "AND state.msgid = message.msgid"
)

_SENT_LOOKED_AT = 200
"""Conversations in Sent that tell one's own addresses."""

_RECENT = 10
"""Labels used lately that stand first in an editor."""


class ThreadReader:
    """Messages, for one thread."""

    def __init__(self, connection: ReadConnection) -> None:
        self._reads = connection

    # -- conversations ---------------------------------------------------------------------------------

    def thread(self, thrid: int, view: View) -> Thread | None:
        """A conversation as seen from a view, oldest message first; None when nothing of it is there.

        From Spam and Trash: what is there. From a search: All Mail's messages and whatever else was found.
        """
        rows = self._reads.rows(
            f"{MESSAGE_ROWS} WHERE state.thrid = ? ORDER BY state.date, state.msgid", (thrid,)
        )
        self._reads.prepare(rows)
        wanted = Targets(self._reads.rows).places([thrid], view)[thrid]
        found: set[int] = set()
        if view.kind is ViewKind.SEARCH:
            found = {
                row[0]
                for row in self._reads.rows(
                    "SELECT msgid FROM search_result JOIN search USING (search_id) WHERE query = ? "
                    "AND msgid IN (SELECT value FROM json_each(?))",
                    (view.value, listed(row[0] for row in rows)),
                )
            }
        kept = [
            row
            for row in rows
            if wanted in self._reads.sets[row[3]] or (row[0] in found and PLACES & self._reads.sets[row[3]])
        ]
        if not kept:
            return None
        messages = tuple(self._messages(kept))
        own = frozenset(self._reads.labels.values())
        labels = sorted({label for message in messages for label in message.labels if label in own})
        return Thread(thrid, messages[0].subject, messages, tuple(labels))

    def message(self, msgid: int) -> Message | None:
        """One message by its X-GM-MSGID."""
        rows = self._reads.rows(f"{MESSAGE_ROWS} WHERE message.msgid = ?", (msgid,))
        self._reads.prepare(rows)
        return self._messages(rows)[0] if rows else None

    def own_addresses(self) -> tuple[Address, ...]:
        """Who the newest sent messages were sent as, most recent first, each address once."""
        rows = self._reads.rows(
            """
            SELECT state.msgid
            FROM (SELECT thrid FROM entry WHERE view_id = ? ORDER BY date DESC LIMIT ?) AS sent
            CROSS JOIN state ON state.thrid = sent.thrid
            """,
            (SENT, _SENT_LOOKED_AT),
        )
        messages = self.messages([row[0] for row in rows])
        newest = sorted(messages, key=lambda message: -message.date)
        senders = (message.sender for message in newest if "\\Sent" in message.labels)
        return tuple({sender.email.casefold(): sender for sender in reversed([*senders])}.values())[::-1]

    def was_written_to(self, email: str) -> bool:
        """Whether one has written to an address before."""
        rows = self._reads.rows(
            "SELECT 1 FROM address WHERE email = ? COLLATE NOCASE AND written > 0 LIMIT 1", (email,)
        )
        return bool(rows)

    def thrids_of(self, msgids: Sequence[int]) -> tuple[int, ...]:
        """The conversations of some messages, each once, in the order in which they first occur."""
        rows = self._reads.rows(
            "SELECT thrid FROM json_each(?) AS wanted JOIN message ON msgid = wanted.value "
            "GROUP BY thrid ORDER BY min(wanted.key)",
            (json.dumps(list(msgids)),),
        )
        return tuple(row[0] for row in rows)

    def messages(self, msgids: Sequence[int]) -> tuple[Message, ...]:
        """Messages by their X-GM-MSGIDs, in the order given; unknown ones are left out."""
        rows = self._reads.rows(
            f"{MESSAGE_ROWS} WHERE message.msgid IN (SELECT value FROM json_each(?))", (listed(msgids),)
        )
        self._reads.prepare(rows)
        found = {message.msgid: message for message in self._messages(rows)}
        return tuple(found[msgid] for msgid in msgids if msgid in found)

    def _messages(self, rows: Sequence[Row]) -> list[Message]:
        people = [json.loads(row[8]) for row in rows]
        wanted = {
            number
            for sender, *groups in people
            for number in (sender, *(n for group in groups for n in group))
        }
        addresses = {
            number: Address(name, email)
            for number, email, name in self._reads.rows(
                "SELECT address_id, email, name FROM address WHERE address_id IN (SELECT value FROM "
                "json_each(?))",
                (listed(wanted),),
            )
        }
        return [self._message(row, each, addresses) for row, each in zip(rows, people, strict=True)]

    def _message(self, row: Row, people: list[Any], addresses: dict[int, Address]) -> Message:
        msgid, thrid, date, shown, change_state, bits, size, message_id, _, subject, snippet = row
        marks = self._reads.sets[shown]
        sender = addresses[people[0]]
        to, cc, bcc, reply_to = (tuple(addresses[number] for number in group) for group in people[1:])
        kinds = self._reads.kinds
        labels = {kinds[mark][1] for mark in marks if kinds[mark][0] == "label"}
        flags = {kinds[mark][1] for mark in marks if kinds[mark][0] == "flag"}
        if STARRED in marks:
            flags.add(FLAGGED)
        place = next((ROLE_OF_PLACE[mark] for mark in marks if mark in PLACES), Role.ALL)
        return Message(
            msgid,
            thrid,
            date,
            sender,
            to,
            cc,
            subject,
            snippet,
            size,
            frozenset(flags),
            frozenset(labels),
            place,
            bcc,
            reply_to,
            bool(bits & HAS_ATTACHMENT),
            bool(bits & HAS_INVITE),
            "\\Sent" in labels or (bool(self._reads.email) and sender.email.casefold() == self._reads.email),
            message_id,
            CHANGE_STATES.get(change_state, ChangeState.SETTLED),
        )

    # -- targets ---------------------------------------------------------------------------------------

    def expand(self, target: Target) -> tuple[int, ...]:
        """The messages an op on a target would concern."""
        return tuple(msgid for thread in self.expanded(target) for msgid, _ in thread)

    def expanded(self, target: Target) -> Iterator[list[tuple[int, frozenset[int]]]]:
        """Conversation by conversation, the messages that are meant and what they show."""
        for thrids, wanted in Targets(self._reads.rows).batches(target, 2000):
            rows = integer_rows(
                self._reads.rows,
                "thrid, msgid, shown, confirmed",
                "(SELECT thrid, msgid, shown, confirmed FROM state "
                "WHERE thrid IN (SELECT value FROM json_each(?)) ORDER BY thrid, date, msgid)",
                (listed(thrids),),
            )
            self._reads.load_sets(number for row in rows for number in row[2:4])
            for thrid, group in groupby(rows, key=itemgetter(0)):
                # As an op does (``Wanted.records``): who is between two places is meant where nobody is in
                # the one; who is being deleted has no place but the one Gmail still knows.
                states = [
                    (msgid, self._reads.sets[shown], self._reads.sets[known])
                    for _, msgid, shown, known in group
                ]
                away = [
                    (msgid, marks)
                    for msgid, marks, known in states
                    if marks.isdisjoint(PLACES) and known.isdisjoint(PLACES)
                ]
                if wanted.msgids is None:
                    place = wanted.places[thrid]
                    meant = [(msgid, marks) for msgid, marks, _ in states if place in marks] or away
                else:
                    named = wanted.msgids
                    there = [(msgid, marks) for msgid, marks, _ in states if not marks.isdisjoint(PLACES)]
                    meant = [each for each in (*there, *away) if each[0] in named]
                if meant:
                    yield meant

    def label_counts(self, target: Target) -> LabelCounts:
        """How many conversations of a target carry each label, wholly or in part: for the tri-state
        editor.
        """
        self._reads.prepare(())
        used = self._reads.rows(
            "SELECT mark_id, shown_name FROM mark WHERE kind = 'label' AND used_at > 0 ORDER BY used_at DESC"
        )
        recent = [name for mark_id, name in used if mark_id in self._reads.labels][:_RECENT]
        return count_labels(self.expanded(target), self._reads.kinds, tuple(recent))


def count_labels(
    threads: Iterable[Sequence[tuple[int, frozenset[int]]]],
    kinds: Mapping[int, tuple[str, str]],
    recent: tuple[str, ...],
) -> LabelCounts:
    """Conversations with a label on some or on every message, and messages by flag."""
    some: Counter[int] = Counter()
    full: Counter[int] = Counter()
    flags: Counter[str] = Counter()
    conversations = messages = 0
    for thread in threads:
        conversations += 1
        sets = [marks for _, marks in thread]
        messages += len(sets)
        some.update(frozenset().union(*sets))
        full.update(sets[0].intersection(*sets))
        for marks in sets:
            flags.update(kinds[mark][1] for mark in marks if kinds[mark][0] == "flag")
            if STARRED in marks:
                flags[FLAGGED] += 1
    return LabelCounts(
        conversations,
        messages,
        {kinds[mark][1]: number for mark, number in some.items() if kinds[mark][0] == "label"},
        {kinds[mark][1]: number for mark, number in full.items() if kinds[mark][0] == "label"},
        recent,
        dict(flags),
    )
