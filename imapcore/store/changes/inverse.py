"""Inverses: how a change of an earlier op is taken back, and which open change a new one cancels.

What lives here: plans with the numbers of their steps, and the rule for opposites. What may not: messages,
rows; who carries it out (``journal.undo``; ``bulk`` for very many at once).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from imapcore.model import Role
from imapcore.store.changes.pending import CANCELLED, OPEN, PendingChange
from imapcore.store.changes.steps import NumberedSteps, PlannedStep
from imapcore.store.facts import Verb
from imapcore.store.marks.values import PLACES, SPAM, TRASH, MarkDiff, MarkIds, MarkSet
from imapcore.store.threads.message_state import PENDING, SETTLED


class StepNumbers:
    """Numbers for the plans of several changes: steps that ask the same are one step of the op.

    For any one message they stay in the order of its plan.
    """

    def __init__(self, number: Callable[[PlannedStep], int]) -> None:
        self._number = number
        self._known: dict[tuple[Verb, tuple[int | str, ...], Role | None], list[int]] = defaultdict(list)

    def numbered(self, steps: Iterable[PlannedStep]) -> list[tuple[int, PlannedStep]]:
        """The steps of one plan with their numbers."""
        last = -1
        numbered = []
        for step in steps:
            known = self._known[step.verb, step.names, step.destination]
            later = [number for number in known if number > last]
            if not later:
                later = [self._number(step)]
                known += later
            last = later[0]
            numbered.append((last, step))
        return numbered


class Inverse:
    """How one change is taken back on its messages."""

    def __init__(
        self, change: PendingChange, steps: Sequence[PlannedStep], numbers: StepNumbers, *, is_open: bool
    ) -> None:
        """``steps`` in their order; ``is_open``: the change was not sent yet, or not answered."""
        self.change = change
        diff = change.diff
        # Done again, a move to Spam or Trash must know the labels of its way back as it did at first.
        kept = diff.keep if diff.add & {SPAM, TRASH} else frozenset()
        self.back = MarkDiff(diff.remove, diff.add, kept)
        """What cancels the change while it is not sent."""
        self.is_open = is_open
        self._steps = steps
        self._numbers = numbers

    def first_step(self) -> int:
        """The step that stands for a change cancelled before it was sent."""
        return self._numbers.numbered(self._steps[:1])[0][0]

    def steps(self) -> NumberedSteps:
        """What must be sent otherwise."""
        return self._numbers.numbered(self._steps)


class Resolution(Struct, frozen=True, eq=False):
    """What becomes of an op's diffs on a message on which something is open."""

    diffs: tuple[tuple[int, MarkDiff, str], ...]
    """(step, diff, state of the pending change)."""
    cancelled: tuple[PendingChange, ...]
    """The open changes that are taken back: neither they nor their opposites are sent."""
    change_state: int
    ids: MarkIds
    """What it shows then."""


def resolve(
    before: MarkSet,
    confirmed: MarkSet,
    changes: Sequence[PendingChange],
    diffs: Iterable[tuple[int, MarkDiff]],
    deleted_labels: MarkIds,
    *,
    is_taken_back: bool = False,
) -> Resolution:
    """Resolve the diffs of one message with its open changes, in the order of both.

    ``before``: what it shows; ``deleted_labels``: those being deleted; ``is_taken_back``: the diffs take
    back what was not sent.
    """
    left = list(changes)
    cancelled: list[PendingChange] = []
    outcome: list[tuple[int, MarkDiff, str]] = []
    for step, diff in diffs:
        opposite = opposite_of(confirmed, left, diff, is_taken_back=is_taken_back)
        outcome.append((step, diff, OPEN if opposite is None else CANCELLED))
        if opposite is not None:
            left.remove(opposite)
            cancelled.append(opposite)
    sent = [diff for _, diff, state in outcome if state == OPEN]
    ids = before.ids
    if cancelled:
        # Not what it shows, changed back: Gmail may say more by now than what that was made of.
        ids = confirmed.ids
        for change in left:
            ids = change.diff.applied(ids)
        ids -= deleted_labels - before.ids
    for diff in sent:
        ids = diff.applied(ids)
    return Resolution(tuple(outcome), tuple(cancelled), PENDING if left or sent else SETTLED, ids)


def opposite_of(
    confirmed: MarkSet, changes: Sequence[PendingChange], diff: MarkDiff, *, is_taken_back: bool
) -> PendingChange | None:
    """Which of the open changes of a message a new one takes back before it was sent, if any.

    Not if Gmail meanwhile says by itself what the earlier change wanted: then only sending the later one
    helps. Nor if a message is nowhere for the moment and the new change asks for a place: wherever it turns
    up, it is to come there, unless all that is wanted is the earlier change taken back.
    """
    marks = diff.marks()
    touching = [change for change in changes if change.marks & marks]
    if not touching:
        return None
    last = touching[-1]
    # A label's deletion is sent whatever becomes of one message.
    if last.state != OPEN or last.is_replay or last.is_general or not last.diff.is_inverse_of(diff):
        return None
    ids = confirmed.ids
    for change in changes:
        if change is not last:
            ids = change.diff.applied(ids)
    after = diff.applied(ids)
    if is_taken_back and not ids & PLACES:
        # It is nowhere again when nothing of this is sent.
        after -= PLACES
    return last if after == ids else None
