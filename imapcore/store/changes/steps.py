r"""Plans: an op of the user's as steps, and what each step makes of one message.

What lives here: the table from ops to steps (archive is ``-\Inbox`` in All Mail, trash and
spam are MOVE, nothing is expunged but by DeleteForever), validation of what cannot be asked. What may not:
rows, the order of sending. Gmail: a message in Spam or Trash comes back by MOVE to INBOX.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from imapcore.errors import InvalidArgument
from imapcore.gmail.label_names import system_label
from imapcore.model import (
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    RenameLabel,
    Role,
    Target,
)
from imapcore.store.facts import Verb
from imapcore.store.marks.values import (
    ALL,
    DRAFT,
    IMPORTANT,
    INBOX,
    PLACE_OF_ROLE,
    PLACES,
    SENT,
    SPAM,
    STARRED,
    MarkDiff,
    MarkIds,
)

LABEL_VERBS = frozenset((Verb.CREATE_LABEL, Verb.RENAME_LABEL, Verb.DELETE_LABEL))
"""Steps about a label itself: nothing later may overtake them."""

PLACE_NAMES = frozenset(("\\All", "\\Trash", "\\Spam", "\\Junk"))
"""Places are reached by moving; as labels they are not defined."""

Change = Callable[[MarkIds], MarkDiff]
"""From what a message shows to what a step changes on it; an empty diff leaves the message out."""


class PlannedStep(Struct, frozen=True):
    """One thing to ask the server, and whom it concerns."""

    verb: Verb
    names: tuple[int | str, ...] = ()
    """Marks by number; names of labels for the verbs about labels themselves."""
    destination: Role | None = None
    change: Change | None = None
    """None for a step that changes no message."""
    is_follow_up: bool = False
    """Whether it concerns only messages that the first step of its plan changed."""


NumberedSteps = Sequence[tuple[int, PlannedStep]]
"""Steps with their numbers in the op."""


class Numbers(Protocol):
    """How a plan numbers names."""

    def label(self, name: str) -> int:
        """The mark of a label by the name the user sees; a new one gets one."""
        ...

    def known(self, names: Iterable[str]) -> MarkIds:
        """The marks of labels, without those there are not: nothing can be taken off."""
        ...

    def flag(self, name: str) -> int:
        """The mark of a flag or keyword."""
        ...

    def is_user_label(self, mark: int) -> bool:
        """Whether a mark is a label of the user's own."""
        ...


def target_of(op: Op) -> Target | None:
    """Whose messages an op concerns; None for ops about a label itself."""
    if isinstance(op, CreateLabel | RenameLabel | DeleteLabel):
        return None
    return Everything(op.view) if isinstance(op, MarkAll) else op.target


def labels_needed(op: Op) -> tuple[str, ...]:
    """User labels an op puts on messages: they are created first where they are missing."""
    if isinstance(op, MoveToLabel):
        names: frozenset[str] = frozenset((op.label,))
    elif isinstance(op, ChangeLabels):
        names = op.add
    else:
        return ()
    return tuple(sorted(name for name in names if system_label(name) is None))


def check(op: Op) -> None:
    """Raise InvalidArgument for an op that must never be journalled; its names are spelled as labels are."""
    if isinstance(op, DeleteForever):
        if op.place not in (Role.TRASH, Role.SPAM):
            raise InvalidArgument("Only mail in Trash or Spam can be deleted forever")
        if not op.is_confirmed:
            raise InvalidArgument("Deleting forever must be confirmed")
    if isinstance(op, ChangeLabels) and (op.add | op.remove) & PLACE_NAMES:
        raise InvalidArgument("Trash, Spam and All Mail are places: move there instead")
    if isinstance(op, ChangeLabels | ChangeFlags) and op.add & op.remove:
        raise InvalidArgument("The same label cannot be added and removed at once")


def steps_for(op: Op, numbers: Numbers) -> list[PlannedStep]:
    """The steps of an op about messages."""
    label, flag = numbers.label, numbers.flag
    match op:
        case ChangeLabels(add=add, remove=remove):
            return _adding(frozenset(map(label, add))) + _removing(numbers.known(remove))
        case ChangeFlags(add=add, remove=remove):
            return _adding(frozenset(map(flag, add)), Verb.ADD_FLAGS) + _removing(
                frozenset(map(flag, remove)), Verb.REMOVE_FLAGS
            )
        case MarkAll(is_read=is_read):
            seen = frozenset((flag("\\Seen"),))
            return _adding(seen, Verb.ADD_FLAGS) if is_read else _removing(seen, Verb.REMOVE_FLAGS)
        case Archive():
            return _removing(frozenset((INBOX,)))
        case MoveToTrash():
            return [moving(Role.TRASH, numbers)]
        case MoveToSpam():
            return [moving(Role.SPAM, numbers)]
        case MoveToInbox():
            return [moving(Role.INBOX, numbers), *_adding(frozenset((INBOX,)), place=ALL)]
        case MoveToLabel(label=name, source=source):
            number = label(name)
            inbox = frozenset((INBOX,))
            leaving = inbox if source.label is None else numbers.known((source.label,))
            # Sent, drafts, starred, important are no places to leave: out of the inbox is what is meant.
            if leaving & {SENT, DRAFT, STARRED, IMPORTANT} or source.role in (Role.SPAM, Role.TRASH):
                leaving = inbox
            return [
                moving(Role.INBOX, numbers),
                *_adding(frozenset((number,)), place=ALL),
                *_removing(leaving - {number}),
            ]
        case DeleteForever(place=role):
            place = PLACE_OF_ROLE[role]
            return [
                PlannedStep(
                    Verb.EXPUNGE,
                    destination=role,
                    change=lambda ids: MarkDiff(remove=frozenset((place,)) & ids),
                )
            ]
        case _:
            return []


def moving(role: Role, numbers: Numbers) -> PlannedStep:
    """MOVE to Trash, Spam or the inbox, for messages that are elsewhere."""
    to_inbox = role is Role.INBOX
    place = ALL if to_inbox else PLACE_OF_ROLE[role]

    def kept(ids: MarkIds) -> MarkIds:
        # What Gmail may drop on the way through Trash.
        return frozenset(mark for mark in ids if mark == IMPORTANT or numbers.is_user_label(mark))

    def change(ids: MarkIds) -> MarkDiff:
        here = ids & PLACES
        if place in ids:
            return MarkDiff()
        if to_inbox:
            return MarkDiff(frozenset((ALL, INBOX)) - ids, here, kept(ids))
        # What is nowhere for the moment: undo brings it back to All Mail.
        return MarkDiff(frozenset((place,)), (here or frozenset((ALL,))) | (ids & {INBOX}), kept(ids))

    return PlannedStep(Verb.MOVE, destination=role, change=change)


def _adding(names: MarkIds, verb: Verb = Verb.ADD_LABELS, *, place: int | None = None) -> list[PlannedStep]:
    if not names:
        return []

    def change(ids: MarkIds) -> MarkDiff:
        return MarkDiff(names - ids) if place is None or place in ids else MarkDiff()

    return [PlannedStep(verb, tuple(sorted(names)), change=change)]


def _removing(names: MarkIds, verb: Verb = Verb.REMOVE_LABELS) -> list[PlannedStep]:
    if not names:
        return []
    return [PlannedStep(verb, tuple(sorted(names)), change=lambda ids: MarkDiff(remove=names & ids))]


def reversed_steps(
    verb: Verb, destination: Role | None, diff: MarkDiff, *, was_sent: bool
) -> list[PlannedStep]:
    """What takes one recorded diff back, in order; each acts only where the diff is still to be seen.

    ``was_sent``: False for a change that was cancelled before it left.
    """
    if verb is Verb.MOVE:
        return _moving_back(diff, was_sent=was_sent)
    back = MarkDiff(diff.remove, diff.add)
    steps = []
    if back.remove:
        undone = Verb.REMOVE_FLAGS if verb is Verb.ADD_FLAGS else Verb.REMOVE_LABELS
        steps += _removing(back.remove, undone)
    if back.add:
        undone = Verb.ADD_FLAGS if verb is Verb.REMOVE_FLAGS else Verb.ADD_LABELS
        steps += _adding(back.add, undone)
    return steps


def _moving_back(diff: MarkDiff, *, was_sent: bool) -> list[PlannedStep]:
    there, here = diff.add & PLACES, diff.remove & PLACES
    if not there:
        # It is nowhere again since a move of it to the inbox was taken back unsent; any other move assumes
        # that it was in All Mail.
        def landing(ids: MarkIds) -> MarkDiff:
            return MarkDiff() if ids & PLACES else MarkDiff(frozenset((ALL, INBOX)) - ids)

        return [] if was_sent else [PlannedStep(Verb.MOVE, destination=Role.INBOX, change=landing)]
    if not here:
        # It was nowhere for the moment, and cannot be sent there: this only cancels what was not sent.
        return [PlannedStep(Verb.MOVE, destination=Role.INBOX, change=lambda _: MarkDiff())]
    kept = diff.keep
    back = MarkDiff(diff.remove, diff.add, kept)

    def is_as_left(ids: MarkIds) -> bool:
        # What was nowhere for the moment is so again when a move of it was taken back unsent.
        places = ids & PLACES
        return places == there if places else not was_sent

    def change(ids: MarkIds) -> MarkDiff:
        return back if is_as_left(ids) else MarkDiff()

    if ALL not in here:
        role = Role.SPAM if SPAM in here else Role.TRASH
        return [PlannedStep(Verb.MOVE, destination=role, change=change)]
    # MOVE to INBOX is the way back to All Mail; what was not in the inbox leaves it again.
    if INBOX in diff.remove:
        steps = [PlannedStep(Verb.MOVE, destination=Role.INBOX, change=change)]
    else:
        landed = MarkDiff(diff.remove | {INBOX}, diff.add, kept)
        steps = [
            PlannedStep(
                Verb.MOVE,
                destination=Role.INBOX,
                change=lambda ids: landed if is_as_left(ids) else MarkDiff(),
            ),
            replace(_removing(frozenset((INBOX,)))[0], is_follow_up=True),
        ]
    if kept:
        steps.append(
            PlannedStep(
                Verb.ADD_LABELS,
                tuple(sorted(kept)),
                change=lambda ids: MarkDiff(kept - ids, keep=kept & ids),
                is_follow_up=True,
            )
        )
    return steps


def outcome(steps: NumberedSteps, ids: MarkIds) -> tuple[list[tuple[int, MarkDiff]], MarkIds]:
    """What steps change, one after the other, on a message that shows ``ids``; and what it shows then."""
    diffs: list[tuple[int, MarkDiff]] = []
    for number, step in steps:
        if step.change is None or (step.is_follow_up and not diffs):
            continue
        diff = step.change(ids)
        if diff:
            diffs.append((number, diff))
            ids = diff.applied(ids)
    return diffs, ids


def batch_names(verb: Verb, diff: MarkDiff) -> MarkIds:
    """The marks a command for a diff names: exactly what is to change, not all that the op spoke of."""
    if verb in (Verb.ADD_LABELS, Verb.ADD_FLAGS):
        return diff.add | diff.keep
    if verb in (Verb.REMOVE_LABELS, Verb.REMOVE_FLAGS):
        return diff.remove
    return frozenset()
