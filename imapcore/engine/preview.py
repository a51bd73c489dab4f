"""The commands an op would send, as lines for a person.

What lives here: previews of ops on one target, whose messages are looked up once. What may not: which batches
an op makes (the store), how a command is spelled (``sync.push.commands``). No transaction is opened for it,
and nobody who changes something waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from imapcore.model import Op, Role
from imapcore.sanitize import clean_line
from imapcore.store import Reader
from imapcore.store.facts import Batch, TargetStates
from imapcore.sync.push.commands import describe_batch
from imapcore.wire.uidset import UidSet


class Preview:
    """Previews while one choice is open; used by one thread at a time."""

    def __init__(self, borrow: Callable[[], AbstractContextManager[Reader]]) -> None:
        """``borrow`` lends a reader."""
        self._borrow = borrow
        self._states: list[TargetStates] = []
        self._uids: dict[tuple[int, ...], dict[Role, UidSet]] = {}
        """Of the batches of the last preview: while a name is typed, the messages stay the same."""

    def lines(self, op: Op) -> tuple[str, ...]:
        """The commands of an op, oldest first. Raises InvalidArgument for what cannot be asked."""
        with self._borrow() as reader:
            previews = reader.previews()
            states = previews.states_for(op, self._states)
            if states is not None and all(states is not each for each in self._states):
                self._states = [*self._states[-1:], states]
            batches = previews.preview(op, states)
            mailboxes = {
                role: reader.lists.mailbox_name(role)
                for role in {batch.destination for batch in batches}
                if role is not None
            }
        self._uids = {batch.msgids: self._uids.get(batch.msgids) or _uids(batch, states) for batch in batches}
        lines: list[str] = []
        for batch in batches:
            mailbox = mailboxes.get(batch.destination) if batch.destination is not None else None
            lines.extend(
                clean_line(line)
                for line in describe_batch(batch, self._uids[batch.msgids], mailbox or "INBOX")
            )
        return tuple(lines)


def _uids(batch: Batch, states: TargetStates | None) -> dict[Role, UidSet]:
    """The uids of a batch's messages by place, as far as known."""
    found: dict[Role, UidSet] = {}
    for place, uids in (states.uids if states is not None else {}).items():
        numbers = [uids[msgid] for msgid in batch.msgids if msgid in uids]
        if numbers:
            found[place] = UidSet(numbers)
    return found
