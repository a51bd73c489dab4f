"""Mailboxes that Gmail's settings hide from IMAP: each of them, with every verb, before the start and later.

What needs a hidden mailbox ends with a sentence that names the setting, and nothing waits behind it. Rows are
as the server has them; nothing signs in again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from imapcore.engine import Engine
from imapcore.events import OpRejected
from imapcore.model import (
    Activity,
    Archive,
    ChangeFlags,
    ChangeLabels,
    DeleteForever,
    LinkState,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Role,
    View,
)
from imapcore.simulator import Options, Simulator
from tests.engine.harness import QUICK, Watcher, agree, engine_on, in_store, on_server, settle, store_of

ATTRIBUTES = {
    Role.INBOX: "\\Inbox",
    Role.STARRED: "\\Flagged",
    Role.IMPORTANT: "\\Important",
    Role.SENT: "\\Sent",
    Role.DRAFTS: "\\Drafts",
    Role.ALL: "\\All",
    Role.SPAM: "\\Junk",
    Role.TRASH: "\\Trash",
}
SETTLED = (OpState.CONFIRMED, OpState.REJECTED, OpState.SUPERSEDED)
MOST_LOGINS = 6
"""Three connections, and each of them once again."""
PLACES = {Role.ALL: "all", Role.SPAM: "spam", Role.TRASH: "trash"}


@dataclass(frozen=True)
class Verb:
    """What a key does to a message of one place, and which mailboxes IMAP needs for it and for its undo."""

    name: str
    op: Callable[[Messages], Op]
    place: Role = Role.ALL
    needs: frozenset[Role] = field(default_factory=frozenset)
    undo_needs: frozenset[Role] = field(default_factory=frozenset)


def verb(name: str, op: Callable[[Messages], Op], place: Role = Role.ALL, to: Role | None = None) -> Verb:
    needs = frozenset((place,)) if to is None else frozenset((place, to))
    if to is None:
        return Verb(name, op, place, needs, needs)
    home = Role.ALL if to is Role.INBOX else to
    back = Role.INBOX if place is Role.ALL else place
    return Verb(name, op, place, needs, frozenset((home, back)))


def starring(target: Messages) -> Op:
    return ChangeFlags(target, add=frozenset(("\\Flagged",)))


VERBS = (
    verb("archive", Archive),
    verb("star", starring),
    verb("read", lambda target: ChangeFlags(target, add=frozenset(("\\Seen",)))),
    verb("important", lambda target: ChangeLabels(target, add=frozenset(("\\Important",)))),
    verb("label", lambda target: ChangeLabels(target, add=frozenset(("New",)))),
    verb("move", lambda target: MoveToLabel(target, "Elsewhere")),
    verb("trash", MoveToTrash, to=Role.TRASH),
    verb("spam", MoveToSpam, to=Role.SPAM),
    verb("star in spam", starring, Role.SPAM),
    verb("star in trash", starring, Role.TRASH),
    verb("no spam", MoveToInbox, Role.SPAM, to=Role.INBOX),
    verb("untrash", MoveToInbox, Role.TRASH, to=Role.INBOX),
    verb("spam to trash", MoveToTrash, Role.SPAM, to=Role.TRASH),
    verb("trash to spam", MoveToSpam, Role.TRASH, to=Role.SPAM),
    verb("delete forever", lambda target: DeleteForever(target, Role.TRASH, is_confirmed=True), Role.TRASH),
    verb("delete spam", lambda target: DeleteForever(target, Role.SPAM, is_confirmed=True), Role.SPAM),
)


def mail(number: int) -> bytes:
    return (
        f"From: a{number}@example.com\r\nTo: demo@gmail.com\r\nSubject: case {number}\r\n"
        f"Message-ID: <case-{number}@example.com>\r\n\r\nWords.\r\n"
    ).encode()


class Desk:
    """An engine on a server one of whose mailboxes is hidden, and a message for each verb."""

    def __init__(self, sim: Simulator, engine: Engine, watcher: Watcher, cases: dict[str, int]) -> None:
        self.sim = sim
        self.engine = engine
        self.watcher = watcher
        self.cases = cases

    def settled(self, op_id: int) -> Activity:
        """What became of an op, once something has."""

        def found() -> Activity:
            return next(each for each in self.engine.activity() if each.op_id == op_id)

        self.watcher.wait_until(lambda: found().state in SETTLED, "an op to end")
        return found()

    def is_as_there(self) -> bool:
        """Whether what is stored is as the server has it."""
        there, here = on_server(self.sim), in_store(store_of(self.engine))
        return {msgid: seen for msgid, seen in there.items() if msgid in here} == here

    def logins(self) -> int:
        return sum(" LOGIN " in line for line in self.engine.transcript(100_000))


@contextmanager
def desk_with(role: Role, folder: Path, *, is_running: bool) -> Iterator[Desk]:
    with Simulator(Options(messages=20, seed=3)) as sim:
        cases = {
            each.name: sim.control.deliver(mail(number), place=PLACES[each.place])
            for number, each in enumerate(VERBS)
        }
        if not is_running:
            sim.control.hide(ATTRIBUTES[role])
        options = replace(QUICK, list_seconds=3600.0, audit_seconds=3600.0)
        with engine_on(sim, folder, options=options) as (engine, watcher):
            if is_running:
                agree(engine, watcher, sim)
                sim.control.hide(ATTRIBUTES[role])
            elif role is Role.ALL:
                watcher.wait_until(lambda: engine.link().state is LinkState.STOPPED)
            else:
                settle(engine, watcher)
            yield Desk(sim, engine, watcher, cases)


@pytest.mark.parametrize("is_running", [False, True], ids=["before the start", "while running"])
@pytest.mark.parametrize("role", list(Role))
def test_a_hidden_mailbox_ends_what_needs_it_and_nothing_else(
    role: Role, tmp_path: Path, is_running: bool
) -> None:
    with desk_with(role, tmp_path, is_running=is_running) as desk:
        for each in VERBS:
            msgid = desk.cases[each.name]
            stored = in_store(store_of(desk.engine))
            if msgid not in stored:
                assert each.place is role or role is Role.ALL, each.name
                continue
            receipt = desk.engine.submit(each.op(Messages((msgid,))))
            act = desk.settled(receipt.op_id)
            is_refused = role in each.needs
            assert act.state is (OpState.REJECTED if is_refused else OpState.CONFIRMED), (each.name, act)
            if is_refused:
                assert "Show in IMAP" in act.answer, (each.name, act)
                assert in_store(store_of(desk.engine))[msgid] == stored[msgid], each.name
                continue
            if each.name.startswith("delete"):
                continue
            # A pass that had begun before may still show the old state: undo is about what is there.
            if role is not Role.ALL:
                desk.watcher.wait_until(desk.is_as_there, "the store to be as the server")
            undone = desk.engine.undo()
            assert undone is not None
            act = desk.settled(undone.op_id)
            is_refused = role in each.undo_needs
            assert act.state is (OpState.REJECTED if is_refused else OpState.CONFIRMED), (each.name, act)
            if is_refused:
                assert "Show in IMAP" in act.answer, (each.name, act)
        assert desk.engine.progress().pending_ops == 0
        assert desk.logins() <= MOST_LOGINS
        if role is not Role.ALL:
            desk.watcher.wait_until(desk.is_as_there, "the store to be as the server is")
        desk.sim.control.show(ATTRIBUTES[role])
        desk.engine.refresh()
        agree(desk.engine, desk.watcher, desk.sim)
        assert desk.logins() <= MOST_LOGINS


def test_what_was_refused_works_when_the_mailbox_is_shown_again(tmp_path: Path) -> None:
    with desk_with(Role.TRASH, tmp_path, is_running=True) as desk:
        msgid = desk.cases["trash"]
        receipt = desk.engine.submit(MoveToTrash(Messages((msgid,))))
        rejected = desk.watcher.wait_for(OpRejected, lambda event: event.op_id == receipt.op_id)
        assert "Settings › Labels › Trash" in rejected.detail
        desk.sim.control.show("\\Trash")
        again = desk.engine.retry(receipt.op_id)
        assert again is not None
        assert desk.settled(again.op_id).state is OpState.CONFIRMED
        agree(desk.engine, desk.watcher, desk.sim)
        assert in_store(store_of(desk.engine))[msgid].place is Role.TRASH


@pytest.mark.parametrize("role", [Role.SPAM, Role.TRASH])
def test_the_rows_of_a_hidden_place_stay_and_the_tree_says_so(role: Role, tmp_path: Path) -> None:
    with desk_with(role, tmp_path, is_running=True) as desk:
        view = View.of_role(role)
        before = [row.thrid for row in desk.engine.window(view).rows]
        assert before
        desk.engine.refresh()
        desk.watcher.wait_until(
            lambda: any(each.role is role and each.is_hidden for each in desk.engine.mailboxes()), "the tree"
        )
        assert [row.thrid for row in desk.engine.window(view).rows] == before
        settle(desk.engine, desk.watcher)
        desk.sim.control.show(ATTRIBUTES[role])
        msgid = desk.sim.control.deliver(mail(99), place=PLACES[role])
        desk.engine.refresh()
        agree(desk.engine, desk.watcher, desk.sim)
        assert msgid in in_store(store_of(desk.engine))
        assert not any(each.is_hidden for each in desk.engine.mailboxes())
