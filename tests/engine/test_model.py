"""The model test: anything the user, another client, the network and a restart can do, in any order.

At rest the store is what the server is, and no op was lost or done twice. Hypothesis chooses and, when it
fails, shrinks. The short form has fixed choices; the long form (``-m soak``) has new ones each time.
"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from imapcore.model import (
    Archive,
    ChangeFlags,
    ChangeLabels,
    CreateLabel,
    DeleteForever,
    DeleteLabel,
    MarkAll,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    RenameLabel,
    Role,
    View,
)
from imapcore.simulator import Fault
from imapcore.simulator.faults import FaultKind
from imapcore.simulator.replies import Refusal
from tests.engine.harness import in_store, on_server, store_of
from tests.engine.world import LABELS, World, on

INDEX = st.integers(0, 1000)
LABEL = st.sampled_from(LABELS)
FLAG = st.sampled_from(("\\Seen", "\\Flagged", "$Forwarded"))
COMMAND = st.sampled_from(
    ("UID STORE", "UID MOVE", "UID FETCH", "UID SEARCH", "SELECT", "CREATE", "STATUS", "*")
)
KIND = st.sampled_from(
    (
        FaultKind.CUT,
        FaultKind.CUT_BEFORE,
        FaultKind.SYSTEM_ERROR,
        FaultKind.EXPIRED,
        FaultKind.THROTTLED,
        FaultKind.BARE_FETCH,
    )
)


def gone() -> contextlib.AbstractContextManager[None]:
    """What was chosen may be deleted, or made, by us before the other client touches it."""
    return contextlib.suppress(KeyError, Refusal)


class Account(RuleBasedStateMachine):
    """The rules; see ``World`` for what is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(seed=st.integers(1, 5))
    def begin(self, seed: int) -> None:
        self.world = World(seed=seed)

    def teardown(self) -> None:
        if self.world is not None:
            try:
                self.world.rest()
            finally:
                self.world.close()

    @property
    def w(self) -> World:
        assert self.world is not None
        return self.world

    # -- the user ------------------------------------------------------------------------------------

    @rule(first=INDEX, second=INDEX, label=LABEL, other=LABEL)
    def change_labels(self, first: int, second: int, label: str, other: str) -> None:
        msgids = self.w.pick(first, second)
        remove = frozenset((other,)) - {label}
        self.w.do(ChangeLabels(on(msgids), frozenset((label,)), remove), msgids)

    @rule(first=INDEX, second=INDEX, flag=FLAG, is_added=st.booleans())
    def change_flags(self, first: int, second: int, flag: str, is_added: bool) -> None:
        msgids = self.w.pick(first, second)
        marks, none = frozenset((flag,)), frozenset[str]()
        self.w.do(ChangeFlags(on(msgids), marks if is_added else none, none if is_added else marks), msgids)

    @rule(first=INDEX, second=INDEX)
    def archive(self, first: int, second: int) -> None:
        msgids = self.w.pick(first, second)
        self.w.do(Archive(on(msgids)), msgids)

    @rule(index=INDEX, where=st.sampled_from((MoveToTrash, MoveToSpam, MoveToInbox)))
    def move(self, index: int, where: type[MoveToTrash | MoveToSpam | MoveToInbox]) -> None:
        msgids = self.w.pick(index)
        self.w.do(where(on(msgids)), msgids)

    @rule(index=INDEX)
    def delete_forever(self, index: int) -> None:
        shown = in_store(store_of(self.w.engine))
        trashed = sorted(msgid for msgid, seen in shown.items() if seen.place is Role.TRASH)
        if trashed:
            msgids = (trashed[index % len(trashed)],)
            self.w.do(DeleteForever(on(msgids), Role.TRASH, is_confirmed=True), msgids)

    @rule(is_read=st.booleans())
    def mark_all(self, is_read: bool) -> None:
        self.w.do(MarkAll(View.of_label("A"), is_read), ())
        self.w.labels_changed_elsewhere()

    @rule(name=LABEL, new_name=st.sampled_from(("A", "D", "B/e")), what=st.integers(0, 2))
    def change_tree(self, name: str, new_name: str, what: int) -> None:
        op = (CreateLabel(name), RenameLabel(name, new_name), DeleteLabel(name))[what]
        self.w.do(op, ())
        self.w.labels_changed_elsewhere()

    @rule()
    def undo(self) -> None:
        self.w.undo()

    @rule()
    def redo(self) -> None:
        self.w.redo()

    # -- another client --------------------------------------------------------------------------------

    @rule(index=INDEX, label=LABEL, is_added=st.booleans())
    def other_relabels(self, index: int, label: str, is_added: bool) -> None:
        msgid = self.w.others(index)
        if msgid is not None:
            marks = (label, "\\Inbox")
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
            with gone():
                self.w.sim.control.erase(msgid)

    @rule()
    def mail_arrives(self) -> None:
        self.w.sim.control.deliver_next()

    @rule(name=LABEL, what=st.integers(0, 2))
    def other_changes_tree(self, name: str, what: int) -> None:
        control = self.w.sim.control
        self.w.labels_changed_elsewhere()
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
        self.w.sim.control.fault(Fault(kind, command=command, octets=octets, skip=skip))

    @rule()
    def network_changes(self) -> None:
        self.w.sim.control.cut()

    @rule()
    def restart(self) -> None:
        self.w.restart()

    @rule(mailbox=st.sampled_from(("[Gmail]/All Mail", "[Gmail]/Trash")))
    def uids_mean_something_else(self, mailbox: str) -> None:
        self.w.sim.control.reset_uidvalidity(mailbox)

    @precondition(lambda self: self.world is not None)
    @rule()
    def rest(self) -> None:
        self.w.rest()


def test_at_rest_the_store_is_what_the_server_is() -> None:
    run_state_machine_as_test(
        Account,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_at_rest_the_store_is_what_the_server_is_for_long() -> None:
    run_state_machine_as_test(
        Account,
        settings=settings(
            max_examples=200,
            stateful_step_count=60,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
