r"""From a batch of the journal to IMAP commands, and whether a message's state shows that one was done. Pure.

What lives here: which command stands for which verb, spelled by ``protocol``; used by the replay and,
without a connection, by the preview of what would be sent. What may not: sending. A star is a flag and a
label at once on Gmail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imapcore.model import Role
from imapcore.protocol.commands import (
    Command,
    Create,
    Delete,
    Expunge,
    Move,
    Rename,
    Store,
    StoreMode,
    describe,
)
from imapcore.store.facts import Batch, Verb
from imapcore.wire.fetch import Fetched
from imapcore.wire.uidset import UidSet

MODES: dict[Verb, StoreMode] = {
    Verb.ADD_LABELS: StoreMode.ADD,
    Verb.REMOVE_LABELS: StoreMode.REMOVE,
    Verb.ADD_FLAGS: StoreMode.ADD,
    Verb.REMOVE_FLAGS: StoreMode.REMOVE,
}


def store_order(verb: Verb, names: Sequence[str], uids: UidSet) -> Store:
    """UID STORE of labels or flags; never silent, for the echo is what confirms it."""
    marks = frozenset(names)
    if verb in (Verb.ADD_LABELS, Verb.REMOVE_LABELS):
        return Store(uids, MODES[verb], labels=marks)
    return Store(uids, MODES[verb], flags=marks)


def move_order(uids: UidSet, mailbox: str) -> Move:
    """UID MOVE."""
    return Move(uids, mailbox)


def expunge_order(uids: UidSet) -> tuple[Store, Expunge]:
    r"""``\Deleted`` and UID EXPUNGE, for these messages only."""
    return Store(uids, StoreMode.ADD, flags=frozenset(("\\Deleted",)), is_silent=True), Expunge(uids)


def label_order(batch: Batch) -> Command[Any]:
    """CREATE, RENAME or DELETE, for a batch that is about a label itself."""
    if batch.verb is Verb.CREATE_LABEL:
        return Create(batch.names[0])
    if batch.verb is Verb.RENAME_LABEL:
        return Rename(batch.names[0], batch.names[1])
    return Delete(batch.names[0])


def describe_order(command: Command[Any]) -> str:
    """The command as it is sent, without its tag."""
    return describe(command)


def describe_batch(batch: Batch, uids: dict[Role, UidSet], mailbox: str) -> tuple[str, ...]:
    """The commands a batch would be sent as; ``uids`` by place as far as known, ``mailbox`` where a MOVE
    goes.
    """
    sets = [each for each in uids.values() if each]
    match batch.verb:
        case Verb.MOVE:
            return tuple(describe_order(move_order(each, mailbox)) for each in sets)
        case Verb.EXPUNGE:
            return tuple(describe_order(order) for each in sets for order in expunge_order(each))
        case Verb.CREATE_LABEL | Verb.RENAME_LABEL | Verb.DELETE_LABEL:
            return (describe_order(label_order(batch)),)
        case _:
            return tuple(describe_order(store_order(batch.verb, batch.names, each)) for each in sets)


def is_shown(verb: Verb, names: Sequence[str], line: Fetched) -> bool:
    """Whether a message's state has what the verb wanted; False when the line does not say.

    Gmail's label names and IMAP's keywords have no case.
    """
    wanted = {name.casefold() for name in names}
    present = line.labels if verb in (Verb.ADD_LABELS, Verb.REMOVE_LABELS) else line.flags
    if present is None:
        return False
    shown = {each.casefold() for each in present}
    return wanted <= shown if verb in (Verb.ADD_LABELS, Verb.ADD_FLAGS) else not wanted & shown
