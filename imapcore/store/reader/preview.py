"""What an op would send, if it were submitted now and alone: read, never written.

What lives here: the messages of a target by what they show, and the batches an op makes of them. What may
not: what a step changes (``changes.steps``, the same for an op that is submitted), how commands are spelled.

An op that is submitted asks of every message what each step really changes on it. Messages that show the same
fare alike, and few sets of marks occur among many messages: so a preview asks once per set. The messages are
looked up once for all previews of one target; who lets a person choose keeps them while the choice is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from imapcore.errors import InvalidArgument
from imapcore.model import CreateLabel, DeleteLabel, Everything, Op, RenameLabel, Role, Target
from imapcore.store.changes.steps import (
    PlannedStep,
    batch_names,
    check,
    labels_needed,
    outcome,
    steps_for,
    target_of,
)
from imapcore.store.facts import Batch, TargetStates, Verb
from imapcore.store.mail.known_labels import KnownLabels, refuse
from imapcore.store.mail.label_tree import missing_labels, need_label
from imapcore.store.marks.values import FLAGGED, ROLE_OF_PLACE, STARRED, MarkIds
from imapcore.store.sqlite.connection import Rows, chunks, integer_rows, listed

_NEW = 1 << 40
"""Numbers from here on stand for marks that are not numbered yet; like new ones, they come last."""

BATCH_SIZE = 1000
"""Messages per command, as the send queue hands them out."""


class Previews:
    """Previews of one look at the store."""

    def __init__(
        self,
        rows: Rows,
        kinds: Mapping[int, tuple[str, str]],
        users: Mapping[int, str],
        expand: Callable[[Target], Iterable[Iterable[tuple[int, MarkIds]]]],
    ) -> None:
        """``kinds``: mark → its kind and name; ``users``: the user's labels among them; ``expand``: a
        target's conversations as (message, what it shows).
        """
        self._rows = rows
        self._kinds = kinds
        self._users = users
        self._expand = expand

    def target_states(self, target: Target) -> TargetStates:
        """The messages of a target, for any number of previews."""
        by_marks: dict[MarkIds, list[int]] = defaultdict(list)
        for thread in self._expand(target):
            for msgid, marks in thread:
                by_marks[marks].append(msgid)
        for msgids in by_marks.values():
            msgids.sort()
        uids: dict[Role, dict[int, int]] = defaultdict(dict)
        for msgid, place, uid in integer_rows(
            self._rows,
            "msgid, place, uid",
            "message WHERE uid IS NOT NULL AND msgid IN (SELECT value FROM json_each(?))",
            (listed(msgid for msgids in by_marks.values() for msgid in msgids),),
        ):
            uids[ROLE_OF_PLACE[place]][msgid] = uid
        return TargetStates(target, by_marks, uids)

    def states_for(self, op: Op, at_hand: Iterable[TargetStates] = ()) -> TargetStates | None:
        """The messages of an op's target, looked up unless they are at hand; None for an op without one."""
        target = target_of(op)
        if target is None:
            return None
        return next((each for each in at_hand if each.target == target), None) or self.target_states(target)

    def preview(self, op: Op, states: TargetStates | None = None) -> tuple[Batch, ...]:
        """What an op would send. ``states``: of its target (``states_for``), if they are at hand.

        Raises InvalidArgument for what cannot be asked, or of nothing that is there.
        """
        known = KnownLabels(self._rows)
        op = known.resolve(op)
        check(op)
        states = states or self.states_for(op)
        if states is None:
            return self._preview_label(op, known)
        if not states.by_marks and not isinstance(states.target, Everything):
            raise InvalidArgument("It was moved or deleted elsewhere", title="That is no longer there")
        numbers = _ReadNumbers(self._kinds, self._users)
        steps = list(enumerate(steps_for(op, numbers)))
        asked: dict[tuple[int, tuple[str, ...]], list[int]] = defaultdict(list)
        for marks, msgids in states.by_marks.items():
            for number, diff in outcome(steps, marks)[0]:
                verb = steps[number][1].verb
                names = sorted(batch_names(verb, diff))
                asked[(number, tuple(numbers.spelled(verb, mark) for mark in names))].extend(msgids)
        created = self._created(labels_needed(op), known)
        sent = [
            batch
            for (number, names), msgids in sorted(asked.items())
            for batch in _batches(steps[number][1], names, msgids)
        ]
        return (*created, *sent)

    def _created(self, names: Iterable[str], known: KnownLabels) -> list[Batch]:
        new = [name for name in names if not known.is_listed(name)]
        missing = missing_labels(self._rows, new, known.hidden) if new else []
        return [Batch(0, Verb.CREATE_LABEL, (), (name,)) for name in missing]

    def _preview_label(self, op: Op, known: KnownLabels) -> tuple[Batch, ...]:
        match op:
            case CreateLabel(name=name):
                refuse(known.names.create_problem(name), known.hint_on(name))
                return tuple(self._created((name,), known))
            case RenameLabel(name=name, new_name=new_name):
                need_label(self._rows, name)
                refuse(known.names.rename_problem(name, new_name), known.hint_on(new_name))
                return (Batch(0, Verb.RENAME_LABEL, (), (name, new_name)),)
            case DeleteLabel(name=name):
                need_label(self._rows, name)
                return (Batch(0, Verb.DELETE_LABEL, (), (name,)),)
            case _:
                return ()


class _ReadNumbers:
    """How steps number names, without writing: a new name gets a number that no mark has."""

    def __init__(self, kinds: Mapping[int, tuple[str, str]], users: Mapping[int, str]) -> None:
        self._users = users
        self._names = {mark: name for mark, (_, name) in kinds.items()}
        self._marks = {kind_and_name: mark for mark, kind_and_name in kinds.items()}

    def _number(self, kind: str, name: str) -> int:
        number = self._marks.get((kind, name))
        if number is None:
            number = self._marks[(kind, name)] = _NEW + len(self._names)
            self._names[number] = name
        return number

    def label(self, name: str) -> int:
        return self._number("label", name)

    def known(self, names: Iterable[str]) -> MarkIds:
        found = (self._marks.get(("label", name)) for name in names)
        return frozenset(mark for mark in found if mark is not None)

    def flag(self, name: str) -> int:
        return STARRED if name == FLAGGED else self._number("flag", name)

    def is_user_label(self, mark: int) -> bool:
        return mark in self._users

    def spelled(self, verb: Verb, mark: int) -> str:
        """A mark as the command for it names it."""
        if mark == STARRED and verb in (Verb.ADD_FLAGS, Verb.REMOVE_FLAGS):
            return FLAGGED
        return self._names[mark]


def _batches(step: PlannedStep, names: tuple[str, ...], msgids: list[int]) -> Iterable[Batch]:
    msgids.sort()
    for part in chunks(msgids, BATCH_SIZE):
        yield Batch(0, step.verb, (), names, tuple(part), step.destination)
