"""The model test: anything the user, another client, the network and a restart can do, in any order.

At rest the store is what the server is, and no op was lost or done twice. Hypothesis chooses and, when it
fails, shrinks. The short form has fixed choices; the long form (``-m soak``) draws new ones from ``--seed``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from imapcore.model import (
    INBOX,
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    RenameLabel,
    Role,
    Target,
    Threads,
    View,
)
from imapcore.simulator import Fault
from imapcore.simulator.faults import FaultKind
from imapcore.simulator.replies import Refusal
from tests.engine.harness import on_server
from tests.engine.world import LABELS, STALL_SECONDS, World

INDEX = st.integers(0, 1000)
INDEXES = st.lists(INDEX, min_size=1, max_size=3)
LABEL = st.sampled_from(LABELS)
FLAG = st.sampled_from(("\\Seen", "\\Flagged", "$Forwarded"))
SEARCH = View.of_search("a")
VIEW = st.sampled_from(
    (
        INBOX,
        View.of_role(Role.ALL),
        View.of_role(Role.STARRED),
        View.of_role(Role.TRASH),
        View.of_role(Role.SPAM),
        View.of_label("A"),
        View.of_label("B/c"),
        SEARCH,
    )
)
COMMAND = st.sampled_from(
    (
        "UID STORE",
        "UID MOVE",
        "UID EXPUNGE",
        "UID FETCH",
        "UID SEARCH",
        "SELECT",
        "CREATE",
        "RENAME",
        "DELETE",
        "LIST",
        "STATUS",
        "LOGIN",
        "*",
    )
)
KIND = st.sampled_from(
    (
        FaultKind.CUT,
        FaultKind.CUT_BEFORE,
        FaultKind.SYSTEM_ERROR,
        FaultKind.REFUSED,
        FaultKind.BAD,
        FaultKind.EXPIRED,
        FaultKind.THROTTLED,
        FaultKind.BARE_FETCH,
        FaultKind.STALL,
        FaultKind.EXPUNGE_MID_FETCH,
        FaultKind.NOT_FETCHED,
    )
)

PARTS = 15
EXAMPLES = 110
"""The long form: so many tests, which can run beside each other, of so many examples."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A target, before anybody knows which messages there are."""

    kind: type[Target]
    indexes: tuple[int, ...]
    view: View


MEANT = st.builds(
    Meant,
    # Most ops are about few messages: else there would soon be nothing left to change.
    st.sampled_from((Messages, Messages, Messages, Threads, Threads, Everything)),
    INDEXES.map(tuple),
    VIEW,
)


@dataclass(slots=True)
class Tally:
    """How much was done."""

    walks: int = 0
    steps: int = 0
    ops: int = 0

    def __str__(self) -> str:
        return f"{self.walks} examples, {self.steps} steps, {self.ops} ops"


def gone() -> contextlib.AbstractContextManager[None]:
    """What was chosen may be deleted, or made, by us before the other client touches it."""
    return contextlib.suppress(KeyError, Refusal)


class Account(RuleBasedStateMachine):
    """The rules; see ``World`` for what is remembered."""

    tally: ClassVar[Tally] = Tally()

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(seed=st.integers(1, 5))
    def begin(self, seed: int) -> None:
        self.tally.walks += 1
        self.world = World(seed=seed)

    def teardown(self) -> None:
        if self.world is not None:
            try:
                self.world.rest()
            finally:
                self.tally.ops += self.world.ops
                self.world.close()

    @property
    def w(self) -> World:
        assert self.world is not None
        return self.world

    @invariant()
    def one_step_more(self) -> None:
        self.tally.steps += 1

    def target(self, meant: Meant) -> Target:
        """What is meant, as things are now."""
        if meant.kind is Everything:
            return Everything(meant.view)
        if meant.kind is Threads:
            return Threads(self.w.threads(meant.indexes), meant.view)
        return Messages(self.w.pick(meant.indexes))

    # -- the user ------------------------------------------------------------------------------------

    @rule(meant=MEANT, label=LABEL, other=LABEL)
    def change_labels(self, meant: Meant, label: str, other: str) -> None:
        self.w.do(ChangeLabels(self.target(meant), frozenset((label,)), frozenset((other,)) - {label}))

    @rule(meant=MEANT, flag=FLAG, is_added=st.booleans())
    def change_flags(self, meant: Meant, flag: str, is_added: bool) -> None:
        marks, none = frozenset((flag,)), frozenset[str]()
        self.w.do(ChangeFlags(self.target(meant), marks if is_added else none, none if is_added else marks))

    @rule(meant=MEANT)
    def archive(self, meant: Meant) -> None:
        self.w.do(Archive(self.target(meant)))

    @rule(meant=MEANT, where=st.sampled_from((MoveToTrash, MoveToSpam, MoveToInbox)))
    def move(self, meant: Meant, where: type[MoveToTrash | MoveToSpam | MoveToInbox]) -> None:
        self.w.do(where(self.target(meant)))

    @rule(meant=MEANT, label=LABEL, source=VIEW)
    def move_to_label(self, meant: Meant, label: str, source: View) -> None:
        self.w.do(MoveToLabel(self.target(meant), label, source))

    @rule(meant=MEANT, place=st.sampled_from((Role.TRASH, Role.SPAM)))
    def delete_forever(self, meant: Meant, place: Role) -> None:
        self.w.do(DeleteForever(self.target(meant), place, is_confirmed=True))

    @rule(view=VIEW, is_read=st.booleans())
    def mark_all(self, view: View, is_read: bool) -> None:
        self.w.do(MarkAll(view, is_read))

    @rule(name=LABEL, new_name=st.sampled_from(("A", "D", "B/e")), what=st.integers(0, 2))
    def change_tree(self, name: str, new_name: str, what: int) -> None:
        op = (CreateLabel(name), RenameLabel(name, new_name), DeleteLabel(name))[what]
        self.w.do(op)
        self.w.labels_changed(is_elsewhere=False)

    @rule()
    def undo(self) -> None:
        self.w.undo()

    @rule()
    def redo(self) -> None:
        self.w.redo()

    @rule(index=INDEX)
    def cancel(self, index: int) -> None:
        self.w.let_be(index)

    @rule(index=INDEX)
    def discard(self, index: int) -> None:
        self.w.discard(index)

    @rule(index=INDEX)
    def retry(self, index: int) -> None:
        self.w.retry(index)

    @rule(view=VIEW)
    def look(self, view: View) -> None:
        self.w.engine.open(view)

    # -- another client --------------------------------------------------------------------------------

    @rule(index=INDEX, label=LABEL, is_added=st.booleans())
    def other_relabels(self, index: int, label: str, is_added: bool) -> None:
        msgid = self.w.others(index)
        if msgid is not None:
            marks = (label, "\\Inbox")
            # A label that is not there is made: there may be one of that name now. One that the user has just
            # deleted may go a moment before this or after it.
            if label not in self.w.sim.control.mailboxes() or label not in self.w.tree():
                self.w.may_refuse = self.w.has_renamed_lately = True
            with gone():
                self.w.sim.control.relabel(
                    msgid, add=marks if is_added else (), remove=() if is_added else marks
                )

    @rule(index=INDEX, flag=FLAG, is_added=st.booleans())
    def other_reflags(self, index: int, flag: str, is_added: bool) -> None:
        msgid = self.w.others(index)
        if msgid is not None:
            marks = (flag,)
            with gone():
                self.w.sim.control.reflag(
                    msgid, add=marks if is_added else (), remove=() if is_added else marks
                )

    @rule(index=INDEX, mailbox=st.sampled_from(("[Gmail]/Trash", "[Gmail]/Spam", "INBOX")))
    def other_moves(self, index: int, mailbox: str) -> None:
        msgid = self.w.others(index)
        if msgid is not None:
            with gone():
                self.w.sim.control.move(msgid, mailbox)

    @rule(index=INDEX)
    def other_erases(self, index: int) -> None:
        msgid = self.w.others(index)
        if msgid is not None and len(on_server(self.w.sim)) > 5:
            self.w.has_erased = True
            with gone():
                self.w.sim.control.erase(msgid)

    @rule()
    def mail_arrives(self) -> None:
        self.w.sim.control.deliver_next()

    @rule(name=LABEL, what=st.integers(0, 2))
    def other_changes_tree(self, name: str, what: int) -> None:
        control = self.w.sim.control
        self.w.labels_changed()
        with gone():
            has = name in control.mailboxes()
            if what == 0 and not has:
                control.create_label(name)
            elif what == 1 and has and "Zz" not in control.mailboxes():
                control.rename_label(name, "Zz")
            elif what == 2 and has:
                control.delete_label(name)

    # -- the world ---------------------------------------------------------------------------------------

    @rule(kind=KIND, command=COMMAND, octets=st.integers(0, 400), skip=st.integers(0, 3))
    def something_fails(self, kind: FaultKind, command: str, octets: int, skip: int) -> None:
        seconds = STALL_SECONDS if kind is FaultKind.STALL else 0.0
        self.w.fail(Fault(kind, command=command, octets=octets, skip=skip, seconds=seconds))

    @rule()
    def network_changes(self) -> None:
        self.w.sim.control.cut()

    @rule()
    def restart(self) -> None:
        self.w.restart()

    @rule(mailbox=st.sampled_from(("[Gmail]/All Mail", "[Gmail]/Trash")))
    def uids_mean_something_else(self, mailbox: str) -> None:
        self.w.sim.control.reset_uidvalidity(mailbox)

    @rule()
    def a_moment_passes(self) -> None:
        self.w.breathe()

    @precondition(lambda self: self.world is not None)
    @rule()
    def rest(self) -> None:
        self.w.rest()


def walk(account: type[Account], **changes: object) -> None:
    """Run the rules."""
    run_state_machine_as_test(
        account,
        settings=settings(
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            **changes,  # type: ignore[arg-type]
        ),
    )


def test_at_rest_the_store_is_what_the_server_is() -> None:
    walk(
        Account,
        max_examples=6,
        stateful_step_count=25,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(PARTS))
def test_at_rest_the_store_is_what_the_server_is_for_long(
    part: int, soak_seed: int, tell: Callable[[str], None]
) -> None:
    class Fresh(Account):
        tally = Tally()

    try:
        walk(
            seeded(soak_seed * PARTS + part)(Fresh),
            max_examples=EXAMPLES,
            stateful_step_count=40,
            derandomize=False,
            print_blob=True,
        )
    finally:
        tell(str(Fresh.tally))
