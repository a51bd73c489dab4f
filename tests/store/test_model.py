"""The store against a model: random changes here and on the phone, faults, restarts; what is shown is
always right.

Three promises are held at every step: the lists say what the messages say; an op shows at once exactly what
it asks; undo brings back exactly what was. At rest the server has what the user saw, and the store what the
server has.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from imapcore.clock import ManualClock
from imapcore.errors import InvalidArgument
from imapcore.model import (
    Archive,
    Around,
    At,
    Bottom,
    ChangeFlags,
    ChangeLabels,
    ChangeState,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    Key,
    MarkAll,
    Message,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Place,
    Receipt,
    RenameLabel,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.store import Store
from imapcore.store.facts import Batch
from tests.store.naive import PLACES, Server, delta, expected_rows, shown_rows, synchronize
from tests.store.worlds import ME

MSGIDS = st.integers(1, 12)
LABELS = st.sampled_from(["Work", "Play", "New", "Work/Deep"])
SYSTEM = st.sampled_from(["\\Inbox", "\\Starred", "\\Important"])
FLAGS = st.sampled_from(["\\Seen", "\\Flagged", "\\Answered", "$Forwarded"])
QUERY = "in:inbox ann"
VIEWS = st.sampled_from(
    [View.of_role(role) for role in Role]
    + [View.of_label("Work"), View.of_label("Play"), View.of_search(QUERY)]
)

Shown = dict[int, tuple[Role | None, frozenset[str], frozenset[str]]]
Seen = tuple[Shown, set[str]]
"""Messages, and the labels in the tree."""


@st.composite
def targets(draw: st.DrawFn) -> Target:
    """Conversations as seen from a view, single messages, or a whole view."""
    kind = draw(st.sampled_from(["threads", "messages", "everything"]))
    if kind == "messages":
        return Messages(tuple(draw(st.lists(MSGIDS, max_size=4, unique=True))))
    if kind == "threads":
        return Threads(tuple(draw(st.lists(st.integers(1, 4), max_size=3, unique=True))), draw(VIEWS))
    return Everything(draw(VIEWS))


@st.composite
def ops(draw: st.DrawFn) -> Op:
    """Any op but those about labels themselves."""
    target = draw(targets())
    names = draw(st.sets(LABELS | SYSTEM, max_size=3))
    flags = draw(st.sets(FLAGS, max_size=2))
    split = draw(st.integers(0, 2))
    some, rest = frozenset(sorted(names)[:split]), frozenset(sorted(names)[split:])
    choices: list[Op] = [
        ChangeLabels(target, some, rest),
        ChangeFlags(target, add=frozenset(flags)),
        ChangeFlags(target, remove=frozenset(flags)),
        Archive(target),
        MoveToTrash(target),
        MoveToSpam(target),
        MoveToInbox(target),
        MoveToLabel(target, "Play", View.of_label("Work")),
        DeleteForever(target, Role.TRASH, is_confirmed=True),
        MarkAll(draw(VIEWS), is_read=draw(st.booleans())),
    ]
    return draw(st.sampled_from(choices))


class StoreMachine(RuleBasedStateMachine):
    """One store, one server, one user who also has a phone."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.server = Server()
        self.results: set[int] = set()
        self.undoable: list[tuple[int, int, Seen]] = []
        self.ended: set[int] = set()
        """Ops that may need no undo any more: cancelled, tried again, let be."""
        self.calm = 0
        self.bulk_from = 1
        self.open()

    def open(self) -> None:
        self.store = Store.open(Path(self.folder.name) / "store.sqlite", clock=self.clock, email=ME.email)
        self.store.journal.writer.bulk_from = self.bulk_from
        self.reader = self.store.reader()

    def close(self) -> None:
        self.reader.close()
        self.store.close()

    def messages(self) -> list[Message]:
        """Every message that is somewhere."""
        found = self.reader.threads.messages(range(1, 30))
        return [message for message in found if message.msgid in self.placed()]

    def placed(self) -> set[int]:
        """Messages that any place shows."""
        return {
            message.msgid
            for role in PLACES
            for row in self.reader.lists.window(View.of_role(role), size=100).rows
            for thread in [self.reader.threads.thread(row.thrid, View.of_role(role))]
            if thread is not None
            for message in thread.messages
        }

    def shown(self) -> Shown:
        return {m.msgid: (m.place, m.labels, m.flags) for m in self.messages()}

    def labels(self) -> set[str]:
        """The labels in the tree, without what only holds others."""
        return {box.name for box in self.reader.lists.mailboxes() if box.role is None and box.is_selectable}

    def seen(self) -> Seen:
        return self.shown(), self.labels()

    def known(self) -> Shown:
        """What is shown, and with no place what is between two places: an op may mean that, too."""
        shown = self.shown()
        return {
            m.msgid: shown.get(m.msgid, (None, m.labels, m.flags))
            for m in self.reader.threads.messages(range(1, 30))
        }

    # -- the world changes -----------------------------------------------------------------------------

    @initialize(
        mail=st.lists(
            st.tuples(
                MSGIDS, st.integers(1, 4), st.sampled_from(PLACES), st.sets(LABELS | SYSTEM, max_size=2)
            ),
            min_size=3,
            max_size=9,
            unique_by=lambda each: each[0],
        ),
        results=st.sets(MSGIDS, max_size=4) | st.none(),
        bulk_from=st.sampled_from([1, 1000]),
    )
    def begin(
        self, mail: list[tuple[int, int, Role, set[str]]], results: set[int] | None, bulk_from: int
    ) -> None:
        self.bulk_from = self.store.journal.writer.bulk_from = bulk_from
        for msgid, thrid, place, labels in mail:
            kept = labels if place is Role.ALL else labels - {"\\Inbox"}
            self.server.arrive(msgid, thrid, place, kept, {"\\Seen"} if msgid % 2 else set())
        self.server.labels = sorted(
            {"Work", "Play", *(x for m in self.server.mail.values() for x in m.labels)}
        )
        self.server.labels = [label for label in self.server.labels if not label.startswith("\\")]
        if results is not None:
            self.store.searches.begin(QUERY)
            self.store.searches.add(QUERY, sorted(results))
            self.results = results
        self.sync()

    @rule(msgid=st.integers(13, 16), thrid=st.integers(1, 4), place=st.sampled_from(PLACES))
    def mail_arrives(self, msgid: int, thrid: int, place: Role) -> None:
        if msgid not in self.server.mail:
            self.server.arrive(msgid, thrid, place, {"\\Inbox"} if place is Role.ALL else set(), set())

    @rule(msgid=MSGIDS, label=LABELS | SYSTEM, is_on=st.booleans())
    def phone_labels(self, msgid: int, label: str, is_on: bool) -> None:
        mail = self.server.mail.get(msgid)
        if mail is None or (label == "\\Inbox" and mail.place is not Role.ALL):
            return
        if is_on and not label.startswith("\\") and label not in self.server.labels:
            return
        (mail.labels.add if is_on else mail.labels.discard)(label)
        self.server.touch(mail)

    @rule(msgid=MSGIDS, is_on=st.booleans())
    def phone_reads(self, msgid: int, is_on: bool) -> None:
        if msgid in self.server.mail:
            self.server.flag(self.server.mail[msgid], {"\\Seen"}, is_on=is_on)
            self.server.touch(self.server.mail[msgid])

    @rule(msgid=MSGIDS, to=st.sampled_from([Role.TRASH, Role.SPAM, Role.INBOX]))
    def phone_moves(self, msgid: int, to: Role) -> None:
        if msgid in self.server.mail:
            self.server.move(self.server.mail[msgid], to)

    @rule(msgid=MSGIDS)
    def phone_deletes_forever(self, msgid: int) -> None:
        if msgid in self.server.mail and self.server.mail[msgid].place is not Role.ALL:
            del self.server.mail[msgid]

    @rule()
    def sync(self) -> None:
        synchronize(self.server, self.store)
        self.calm += 1

    @rule(msgid=MSGIDS)
    def a_delta_comes(self, msgid: int) -> None:
        mail = self.server.mail.get(msgid)
        if mail is not None:
            self.store.messages.apply_deltas(mail.place, [delta(mail)])
            self.calm += 1

    # -- the user changes ------------------------------------------------------------------------------

    @rule(op=ops())
    def submit(self, op: Op) -> None:
        before, known = self.seen(), self.known()
        target = Everything(op.view) if isinstance(op, MarkAll) else getattr(op, "target", Messages(()))
        meant = set(self.reader.threads.expand(target))
        try:
            receipt = self.store.journal.submit(op)
        except InvalidArgument:
            assert self.seen() == before
            return
        after = self.shown()
        wanted = {msgid: asked(op, *state) if msgid in meant else state for msgid, state in known.items()}
        assert after == {msgid: state for msgid, state in wanted.items() if state[0] is not None}
        changed = {msgid for msgid, state in wanted.items() if state != known[msgid]}
        assert receipt.messages == len(changed)
        if receipt.can_undo:
            self.undoable.append((receipt.op_id, self.calm, before))
        elif isinstance(op, DeleteForever) and changed:
            self.calm += 1

    @rule(
        name=st.sampled_from(["Work", "Play", "New", "Other"]),
        to=st.sampled_from(["Moved", "New", "Work/Deep"]),
    )
    def rename_label(self, name: str, to: str) -> None:
        self.attempt(partial(self.store.journal.submit, RenameLabel(name, to)))

    @rule(name=st.sampled_from(["Other", "Other/Deep", "New"]))
    def create_label(self, name: str) -> None:
        self.attempt(partial(self.store.journal.submit, CreateLabel(name)))

    @rule(name=st.sampled_from(["Work", "Play", "New", "Moved", "Other"]))
    def delete_label(self, name: str) -> None:
        self.attempt(partial(self.store.journal.submit, DeleteLabel(name)))

    def attempt(self, action: Callable[[], Receipt | None]) -> None:
        """Do what may be asked in vain, and remember what undo must bring back."""
        before = self.seen()
        try:
            receipt = action()
        except InvalidArgument:
            assert self.seen() == before
            return
        if receipt is not None and receipt.can_undo:
            self.undoable.append((receipt.op_id, self.calm, before))

    @rule()
    def undo(self) -> None:
        after_op = self.seen()
        try:
            receipt = self.store.journal.undo()
        except InvalidArgument:
            # What is to come back has a name that another label is just being renamed from.
            assert self.seen() == after_op
            return
        states = {line.op_id: line.state for line in self.reader.journal.activity(1000)}
        if receipt is None:
            # Only what was refused outright, or taken out of hand, needs no undo.
            assert all(self.is_over(states, op_id) for op_id, _, _ in self.undoable)
            self.undoable.clear()
            return
        undone = self.reader.journal.activity(1)[0].undoes
        while self.undoable[-1][0] != undone:
            assert self.is_over(states, self.undoable.pop()[0])
        _, calm, before = self.undoable.pop()
        if calm == self.calm:
            assert self.seen() == before
            assert self.store.journal.redo() is not None
            assert self.seen() == after_op
            self.store.journal.undo()
            assert self.seen() == before

    def is_over(self, states: dict[int, OpState], op_id: int) -> bool:
        return states[op_id] is OpState.REJECTED or op_id in self.ended

    @rule()
    def redo(self) -> None:
        self.attempt(self.store.journal.redo)

    @rule(back=st.integers(0, 2))
    def cancel(self, back: int) -> None:
        for line in self.reader.journal.activity(3)[back : back + 1]:
            self.store.journal.cancel(line.op_id)
            self.ended.add(line.op_id)
            self.calm += 1

    @rule(back=st.integers(0, 2), is_retried=st.booleans())
    def see_to_what_was_refused(self, back: int, is_retried: bool) -> None:
        refused = [line for line in self.reader.journal.activity(1000) if line.state is OpState.REJECTED]
        for line in refused[back : back + 1]:
            self.ended.add(line.op_id)
            self.calm += 1
            if is_retried:
                self.attempt(partial(self.store.journal.retry, line.op_id))
            else:
                before = self.seen()
                self.store.journal.discard(line.op_id)
                assert self.seen() == before

    # -- the wire --------------------------------------------------------------------------------------

    @rule(outcome=st.sampled_from(["done", "half", "refused", "lost before", "lost after"]))
    def send(self, outcome: str) -> None:
        batch = self.store.journal.queue.claim()
        if batch is None:
            return
        self.calm += 1
        # Whoever sends a replay looks first: what was done already is no reason to refuse.
        if outcome == "refused" and not batch.is_replay:
            self.store.journal.answers.reject(batch, "NO not today")
            return
        elsewhere = self.server.perform(batch) if outcome != "lost before" else set()
        if outcome == "half" and batch.msgids:
            self.answer(batch, batch.msgids[: len(batch.msgids) // 2], elsewhere)
        if outcome == "done":
            self.answer(batch, batch.msgids, elsewhere)
        else:
            self.store.journal.answers.release(batch)

    def answer(self, batch: Batch, msgids: Sequence[int], elsewhere: set[int]) -> None:
        """What the sender makes of the answers about some messages: nothing is deleted that is elsewhere."""
        refused = elsewhere.intersection(msgids)
        if refused:
            self.store.journal.answers.reject(batch, "NO not there", refused)
        self.store.journal.answers.confirm(batch, set(msgids) - refused if batch.msgids else None)

    @rule(is_claimed=st.booleans(), is_performed=st.booleans())
    def restart(self, is_claimed: bool, is_performed: bool) -> None:
        batch = self.store.journal.queue.claim() if is_claimed else None
        if batch is not None:
            self.calm += 1
            if is_performed:
                self.server.perform(batch)
        before = self.seen()
        self.close()
        self.open()
        assert self.seen() == before

    # -- what holds always -----------------------------------------------------------------------------

    @invariant()
    def lists_say_what_messages_say(self) -> None:
        messages = self.messages()
        for view in self.views():
            rows = expected_rows(messages, view, self.results)
            assert shown_rows(self.reader, view) == rows, view
            window = self.reader.lists.window(view, size=3)
            assert (window.total, window.first) == (len(rows), 0)
            self.windows_are_parts_of_the_list(view, [row[0] for row in rows])
        counted = {mailbox.role: (mailbox.total, mailbox.unread) for mailbox in self.reader.lists.mailboxes()}
        for role in Role:
            view = View.of_role(role)
            unread = View(view.kind, view.value, is_unread_only=True)
            assert counted[role] == (
                len(expected_rows(messages, view, set())),
                len(expected_rows(messages, unread, set())),
            )
        assert self.reader.stored() == len(self.reader.threads.messages(range(1, 30)))
        assert self.reader.check() is None

    def views(self) -> Iterator[View]:
        for view in (
            *(View.of_role(role) for role in Role),
            *(View.of_label(name) for name in ("Work", "Play", "New", "Moved")),
            View.of_search(QUERY),
        ):
            yield view
            yield View(view.kind, view.value, is_unread_only=True)

    def windows_are_parts_of_the_list(self, view: View, keys: list[Key]) -> None:
        places: list[Place] = [At(1), Bottom(), *(Around(key) for key in keys[1:3])]
        for place in places:
            window = self.reader.lists.window(view, place, 2)
            found = [(row.date, row.thrid) for row in window.rows]
            assert found == keys[window.first : window.first + len(found)], (view, place)
            assert len(found) == min(2, len(keys))
            if isinstance(place, Around):
                assert place.key in found

    def teardown(self) -> None:
        """At rest: what the user saw is what the server has, and the store agrees."""
        try:
            self.come_to_rest()
        finally:
            self.close()
            self.folder.cleanup()

    def come_to_rest(self) -> None:
        synchronize(self.server, self.store)
        saw, saw_labels = listed(self.shown()), self.labels()
        for _ in range(200):
            batch = self.store.journal.queue.claim()
            if batch is None:
                break
            self.answer(batch, batch.msgids, self.server.perform(batch))
        assert self.store.journal.queue.pending() == 0
        has: Shown = {
            mail.msgid: (
                mail.place,
                frozenset(mail.labels),
                frozenset(mail.flags | ({"\\Flagged"} if "\\Starred" in mail.labels else set())),
            )
            for mail in self.server.mail.values()
        }
        assert {msgid: state for msgid, state in saw.items() if msgid in has} == listed(has)
        assert set(self.server.labels) == saw_labels
        synchronize(self.server, self.store)
        synchronize(self.server, self.store)
        assert self.shown() == has
        assert not any(m.state is ChangeState.PENDING for m in self.messages())
        self.lists_say_what_messages_say()


def listed(states: Shown) -> Shown:
    r"""States without ``\Inbox`` on what is in Spam or Trash.

    It lists nothing there, and whether Gmail keeps it on a message somebody else has moved away is not known.
    """
    return {
        msgid: (place, labels if place is Role.ALL else labels - {"\\Inbox"}, flags)
        for msgid, (place, labels, flags) in states.items()
    }


def asked(
    op: Op, place: Role | None, labels: frozenset[str], flags: frozenset[str]
) -> tuple[Role | None, frozenset[str], frozenset[str]]:
    """What an op makes of one message it is meant for."""
    match op:
        case ChangeLabels(add=add, remove=remove):
            labels = (labels | add) - remove
            if "\\Starred" in add | remove:
                flags = (flags - {"\\Flagged"}) | ({"\\Flagged"} if "\\Starred" in add else set())
        case ChangeFlags(add=add, remove=remove):
            flags = (flags | add) - remove
            if "\\Flagged" in add | remove:
                labels = (labels - {"\\Starred"}) | ({"\\Starred"} if "\\Flagged" in add else set())
        case MarkAll(is_read=is_read):
            flags = flags | {"\\Seen"} if is_read else flags - {"\\Seen"}
        case Archive():
            labels = labels - {"\\Inbox"}
        case MoveToTrash() | MoveToSpam():
            to = Role.TRASH if isinstance(op, MoveToTrash) else Role.SPAM
            labels = labels if place is to else labels - {"\\Inbox"}
            place = to
        case MoveToInbox():
            place, labels = Role.ALL, labels | {"\\Inbox"}
        case MoveToLabel(label=label):
            moved = {"\\Inbox"} if place is not Role.ALL else set()
            place, labels = Role.ALL, (labels | moved | {label}) - {"Work"}
        case DeleteForever(place=where):
            place = None if place is where else place
        case _:
            raise AssertionError(op)
    return place, labels, flags


@pytest.mark.timeout(300)
def test_random_walks() -> None:
    """The short form: always the same walks."""
    walk(StoreMachine, max_examples=20, stateful_step_count=25, derandomize=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(5))
def test_many_long_random_walks(part: int, soak_seed: int, tell: Callable[[str], None]) -> None:
    """The long form: walks drawn from ``--seed``; a failure prints its steps."""

    class Fresh(StoreMachine):
        steps = 0

        @invariant()
        def count(self) -> None:
            Fresh.steps += 1

    walk(seeded(soak_seed * 5 + part)(Fresh), max_examples=300, stateful_step_count=40, derandomize=False)
    tell(f"300 examples, {Fresh.steps} steps")


def walk(
    machine: type[StoreMachine], *, max_examples: int, stateful_step_count: int, derandomize: bool
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max_examples,
            stateful_step_count=stateful_step_count,
            derandomize=derandomize,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
