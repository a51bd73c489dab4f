"""A world for the model test: an engine, a server, another client, and what must be true when all is at rest.

The model remembers for each (message, mark) what the user did last, as long as nobody else touched the same
message since; at rest that must be on the server. Whatever else happened, at rest store and server hold the
same, no op is under way, and none was refused but for a reason.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from array import array
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from imapcore.engine import Engine
from imapcore.errors import InvalidArgument
from imapcore.model import (
    Activity,
    Archive,
    ChangeFlags,
    ChangeLabels,
    DeleteForever,
    Everything,
    MarkAll,
    Messages,
    MoveToInbox,
    MoveToLabel,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Receipt,
    Role,
    Target,
    View,
    ViewKind,
)
from imapcore.simulator import Fault, FaultKind, Options, Simulator
from imapcore.sync.push.replay import GONE
from tests.engine.harness import QUICK, Seen, Watcher, account_of, agree, in_store, on_server, store_of

LABELS = ("A", "B/c", "Übung")
PLACE = "place"
SETTLED = frozenset((OpState.CONFIRMED, OpState.REJECTED, OpState.SUPERSEDED))
OPTIONS = replace(QUICK, read_seconds=0.5)
"""A server that stalls is given up soon."""
STALL_SECONDS = 0.8
BREATH_SECONDS = 0.1
REFUSING = frozenset((FaultKind.REFUSED, FaultKind.BAD, FaultKind.EXPUNGE_MID_FETCH))
DEFERRING = frozenset((FaultKind.SYSTEM_ERROR, FaultKind.UNAVAILABLE))
TREE_COMMANDS = ("CREATE ", "RENAME ", "DELETE ")
PATIENCE = 5
"""So many System Errors, and an op is given up."""

Value = bool | Role | None
"""Whether a mark is there; a place; or None for "nowhere"."""
Values = dict[int, dict[str, Value]]
"""Message → mark → value."""


@dataclass
class Deed:
    """An op of the user's: what it changes, and how that was shown before."""

    after: Values
    before: Values
    is_clean: bool = True
    """Whether nobody has touched these messages since."""


@dataclass
class World:
    """One account, seen from both sides."""

    messages: int = 40
    seed: int = 1
    expected: dict[tuple[int, str], Value] = field(default_factory=dict)
    asked_by: dict[tuple[int, str], int] = field(default_factory=dict)
    deeds: dict[int, Deed] = field(default_factory=dict)
    touched: dict[int, set[int]] = field(default_factory=dict)
    """Op → the messages it was meant for, also when nothing is expected of it any more."""
    others_touched: set[int] = field(default_factory=set)
    others_touched_lately: set[int] = field(default_factory=set)
    """Those of them that the store may not know of yet: what it showed is not what was."""
    has_renamed_lately: bool = False
    """Whether the other client changed labels themselves: what is put on now may be called otherwise there,
    and the tree is not what it was.
    """
    refused: set[int] = field(default_factory=set)
    """Ops that were refused when all was at rest the last time."""
    has_erased: bool = False
    """Whether the other client deleted anything forever: an op on a conversation means that, too."""
    may_refuse: bool = False
    """Whether something was done after which the server may refuse anything."""
    deferrals: int = 0
    faults: list[Fault] = field(default_factory=list)
    ops: int = 0

    def __post_init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gimap-world-"))
        self.sim = Simulator(Options(messages=self.messages, seed=self.seed)).__enter__()
        self._start()
        agree(self.engine, self.watcher, self.sim)

    def _start(self) -> None:
        password = self.sim.options.app_password
        self.engine = Engine(
            account_of(self.sim), secret=lambda: password, data_dir=self.folder, options=OPTIONS
        ).__enter__()
        self.watcher = Watcher(self.engine)

    def close(self) -> None:
        """End both sides."""
        self.engine.__exit__(None, None, None)
        self.sim.__exit__(None, None, None)
        shutil.rmtree(self.folder)

    def restart(self) -> None:
        """Leave and come back, in the middle of whatever goes on."""
        self.engine.__exit__(None, None, None)
        self._start()

    def breathe(self) -> None:
        """Let the sessions work for a moment, or until all is sent."""
        try:
            self.watcher.wait_until(lambda: self.engine.progress().pending_ops == 0, seconds=BREATH_SECONDS)
        except AssertionError:
            return

    # -- the user ------------------------------------------------------------------------------------

    def pick(self, indexes: Iterable[int]) -> tuple[int, ...]:
        """Some of the messages the store shows, by any numbers."""
        known = sorted(in_store(store_of(self.engine)))
        return tuple({known[index % len(known)] for index in indexes}) if known else ()

    def threads(self, indexes: Iterable[int]) -> tuple[int, ...]:
        """Their conversations."""
        with store_of(self.engine).reader() as reader:
            return tuple({message.thrid for message in reader.threads.messages(self.pick(indexes))})

    def do(self, op: Op) -> None:
        """Submit an op, and remember what it means."""
        target = _target_of(op)
        msgids: set[int] = set()
        if target is not None:
            with store_of(self.engine).reader() as reader:
                msgids.update(reader.threads.expand(target))
        shown = {msgid: seen for msgid, seen in in_store(store_of(self.engine)).items() if msgid in msgids}
        try:
            receipt = self.engine.submit(op)
        except InvalidArgument:
            # A label that exists already, or does not, or is being renamed: refused, and nothing happened.
            return
        # A pass may have found more for "everything in this view" since our look.
        msgids |= self._written(receipt.op_id)
        self._note(receipt, msgids)
        if target is None:
            return
        after: Values = {}
        before: Values = {}
        for msgid, seen in shown.items():
            wanted = _wanted(op, seen)
            changed = {mark: value for mark, value in wanted.items() if not _holds(seen, mark, value)}
            for mark in wanted.keys() - changed.keys():
                # It was shown so already: nothing was asked of the server.
                self.expected.pop((msgid, mark), None)
            if changed:
                after[msgid] = changed
                before[msgid] = _as_it_was(seen, changed)
        if receipt.messages != len(after):
            # Between our look and the op a pass has found that somebody else moved or changed one of them;
            # the op says for how many it was not done, and that one is as the other has it.
            self._forget(msgids)
            return
        self._expect(receipt.op_id, Deed(after, before, not msgids & self.others_touched_lately))

    def _written(self, op_id: int) -> set[int]:
        """The messages an op really changes, from the journal."""
        with closing(sqlite3.connect(store_of(self.engine).path)) as connection:
            rows = connection.execute("SELECT msgids FROM piece WHERE op_id = ?", (op_id,)).fetchall()
        return {msgid for (octets,) in rows for msgid in array("q", octets)}

    def _note(self, receipt: Receipt, msgids: set[int]) -> None:
        self.ops += 1
        self.touched[receipt.op_id] = msgids
        self._outdate(msgids)

    def _expect(self, op_id: int, deed: Deed) -> None:
        self.deeds[op_id] = deed
        for msgid, marks in deed.after.items():
            if PLACE in marks:
                # Gmail takes \Inbox off, and says nothing about the rest; only the place is certain.
                self._forget((msgid,))
            for mark, value in marks.items():
                if self.has_renamed_lately and mark in LABELS:
                    self.expected.pop((msgid, mark), None)
                    continue
                self.expected[(msgid, mark)] = value
                self.asked_by[(msgid, mark)] = op_id

    def undo(self) -> None:
        """Take the last thing back. If nobody touched its messages since, they are as they were.

        What is to come back may have a name that a label is just being renamed from: then nothing happens.
        """
        with suppress(InvalidArgument):
            self._took_back(self.engine.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._took_back(self.engine.redo())

    def _took_back(self, receipt: Receipt | None) -> None:
        if receipt is None:
            return
        undone = self._act(receipt.op_id).undoes
        assert undone is not None
        msgids = self.touched.get(undone, set())
        deed = self.deeds.get(undone)
        self._note_undo(receipt, msgids, deed)

    def _note_undo(self, receipt: Receipt, msgids: set[int], deed: Deed | None) -> None:
        is_clean = deed is not None and deed.is_clean
        self._note(receipt, msgids)
        if deed is not None and is_clean:
            self._expect(receipt.op_id, Deed(after=deed.before, before=deed.after))
        else:
            self._forget(msgids)

    def let_be(self, index: int) -> None:
        """Cancel one of the last ops: what was sent of it stays, what was not is not sent."""
        act = self._some_act(index)
        if act is not None:
            self._unsettle(act)
            self.engine.cancel(act.op_id)

    def discard(self, index: int) -> None:
        """Forget one of the last ops, if it was refused."""
        act = self._some_act(index)
        if act is not None:
            self._unsettle(act)
            self.engine.discard(act.op_id)

    def retry(self, index: int) -> None:
        """Send what was refused once more."""
        refused = [act for act in self.engine.activity() if act.state is OpState.REJECTED]
        if refused:
            act = refused[index % len(refused)]
            self._unsettle(act)
            receipt = self.engine.retry(act.op_id)
            if receipt is not None:
                self._note(receipt, self.touched.get(act.op_id, set()))

    def _some_act(self, index: int) -> Activity | None:
        acts = self.engine.activity(5)
        return acts[index % len(acts)] if acts else None

    def _act(self, op_id: int) -> Activity:
        return next(each for each in self.engine.activity(1000) if each.op_id == op_id)

    def _unsettle(self, act: Activity) -> None:
        """How much of an op remains is anybody's guess, and so is what followed on it."""
        if _is_about_labels(act):
            # A label that stays may be in the way of one that comes back.
            self.may_refuse = True
        msgids = self.touched.get(act.op_id, set())
        self._outdate(msgids)
        self._forget(msgids)

    def _forget(self, msgids: Iterable[int]) -> None:
        gone = set(msgids)
        for key in [key for key in self.expected if key[0] in gone]:
            del self.expected[key]

    def _outdate(self, msgids: Iterable[int]) -> None:
        touched = set(msgids)
        for deed in self.deeds.values():
            if touched & deed.after.keys():
                deed.is_clean = False

    # -- the other client ----------------------------------------------------------------------------

    def others(self, index: int) -> int | None:
        """A message of the server's that somebody else is about to touch."""
        known = sorted(on_server(self.sim))
        if not known:
            return None
        msgid = known[index % len(known)]
        self.others_touched.add(msgid)
        self.others_touched_lately.add(msgid)
        self._forget((msgid,))
        self._outdate((msgid,))
        return msgid

    def labels_changed(self, *, is_elsewhere: bool = True) -> None:
        """A label was made, renamed or deleted: what is expected of labels is anybody's guess.

        Done elsewhere, it may be the reason for which an op is refused.
        """
        self.may_refuse |= is_elsewhere
        self.has_renamed_lately |= is_elsewhere
        self.expected.clear()
        self.deeds.clear()

    def fail(self, fault: Fault) -> None:
        """Something will go wrong."""
        self.may_refuse |= fault.kind in REFUSING
        self.deferrals += fault.kind in DEFERRING
        self.may_refuse |= self.deferrals >= PATIENCE
        self.faults.append(fault)
        self.sim.control.fault(fault)

    # -- rest ------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Everything comes to rest; store and server agree, and what the user did last is so."""
        tree = self.tree()
        self.sim.control.clear_faults()
        self.engine.refresh()
        agree(self.engine, self.watcher, self.sim)
        acts = {each.op_id: each for each in self.engine.activity(1000)}
        assert {act.state for act in acts.values()} <= SETTLED
        refused = {op_id for op_id, act in acts.items() if act.state is OpState.REJECTED}
        for op_id in refused:
            is_erased = self.has_erased and acts[op_id].answer == GONE
            has_reason = self.may_refuse or is_erased or self.others_touched & self.touched[op_id]
            assert has_reason, f"refused for no reason: {self._told(acts)}"
        self.watcher.wait_until(lambda: self.tree() == self._labels_there(), "the tree")
        if not self.has_renamed_lately and not any(
            _is_about_labels(acts[op_id]) for op_id in refused - self.refused
        ):
            labels = self._labels_there()
            assert tree == labels, f"shown: {tree}, there: {labels}\n{self._told(acts)}"
        self.others_touched_lately.clear()
        self.has_renamed_lately = False
        self.refused = refused
        unsure = {msgid for op_id in refused for msgid in self.touched[op_id]}
        there = on_server(self.sim)
        for (msgid, mark), value in self.expected.items():
            if msgid in unsure or (value is not None and msgid not in there):
                continue
            seen = there.get(msgid)
            assert _holds(seen, mark, value), (
                f"{msgid}: {mark} should be {value}: {seen} after op {self.asked_by[(msgid, mark)]}\n"
                f"{self._told(acts)}"
            )

    def tree(self) -> set[str]:
        """The labels as the user sees them, without what only holds others."""
        return {each.name for each in self.engine.mailboxes() if each.role is None and each.is_selectable}

    def _labels_there(self) -> set[str]:
        """The labels as the server has them."""
        own = ("INBOX", "[Gmail]")
        return {name for name in self.sim.control.mailboxes() if name.partition("/")[0] not in own}

    def _told(self, acts: dict[int, Activity]) -> str:
        ops = [
            f"{each.op_id} {each.state} {each.summary} {each.commands} {each.answer}"
            for each in acts.values()
        ]
        return "\n".join((*ops, *map(str, self.faults), *self.engine.transcript(120)))


def _is_about_labels(act: Activity) -> bool:
    """Whether an op made, renamed or deleted a label, or tried to."""
    return any(command.startswith(TREE_COMMANDS) for command in act.commands)


def _target_of(op: Op) -> Target | None:
    if isinstance(op, MarkAll):
        return Everything(op.view)
    return getattr(op, "target", None)


def _wanted(op: Op, before: Seen) -> dict[str, Value]:
    """What an op makes of a message, mark by mark."""
    match op:
        case ChangeLabels(_, add, remove) | ChangeFlags(_, add, remove):
            return {**dict.fromkeys(add, True), **dict.fromkeys(remove, False)}
        case MarkAll(_, is_read):
            return {"\\Seen": is_read}
        case Archive():
            return {"\\Inbox": False}
        case MoveToTrash():
            return {PLACE: Role.TRASH}
        case MoveToSpam():
            return {PLACE: Role.SPAM}
        case MoveToInbox():
            return {PLACE: Role.ALL, "\\Inbox": True}
        case MoveToLabel(_, label, source):
            return {PLACE: Role.ALL, _label_of(source): False, label: True}
        case DeleteForever(_, place):
            return {PLACE: None if before.place is place else before.place}
        case _:
            return {}


def _label_of(view: View) -> str:
    return view.value if view.kind is ViewKind.LABEL else "\\Inbox"


def _as_it_was(seen: Seen, marks: Iterable[str]) -> dict[str, Value]:
    """How marks were shown; a message that comes back to All Mail is in the inbox again if it was."""
    was: dict[str, Value] = {mark: mark in seen.flags | seen.labels for mark in marks if mark != PLACE}
    if PLACE in marks:
        was[PLACE] = seen.place
        if seen.place is Role.ALL:
            was["\\Inbox"] = "\\Inbox" in seen.labels
    return was


def _holds(seen: Seen | None, mark: str, value: Value) -> bool:
    if seen is None:
        return value is None
    if mark == PLACE:
        return seen.place is value
    return (mark in seen.flags or mark in seen.labels) is value


def on(msgids: tuple[int, ...]) -> Messages:
    """A target of single messages."""
    return Messages(msgids)
