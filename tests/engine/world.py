"""A world for the model test: an engine, a server, another client, and what must be true when all is at rest.

The model remembers for each (message, mark) what the user did last, as long as nobody else touched the same
message since; at rest that must be on the server. Whatever else happened, at rest store and server hold the
same.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from imapcore.engine import Engine, EngineOptions
from imapcore.errors import InvalidArgument
from imapcore.model import (
    Archive,
    ChangeFlags,
    ChangeLabels,
    DeleteForever,
    Messages,
    MoveToInbox,
    MoveToSpam,
    MoveToTrash,
    Op,
    OpState,
    Receipt,
    Role,
)
from imapcore.simulator import Options, Simulator
from tests.engine.harness import QUICK, Seen, Watcher, account_of, agree, in_store, on_server, store_of

LABELS = ("A", "B/c", "Übung")
PLACE = "place"


@dataclass
class Deed:
    """Something the user did, and how the messages were shown before."""

    receipt: Receipt
    before: dict[int, Seen]
    is_clean: bool = True
    """Whether nobody has touched these messages since."""


@dataclass
class World:
    """One account, seen from both sides."""

    messages: int = 40
    seed: int = 1
    options: EngineOptions = QUICK
    expected: dict[tuple[int, str], bool | Role] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    asked_by: dict[tuple[int, str], int] = field(default_factory=dict)
    steps: int = 0
    ops: int = 0

    def __post_init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gimap-world-"))
        self.sim = Simulator(Options(messages=self.messages, seed=self.seed)).__enter__()
        self._start()
        agree(self.engine, self.watcher, self.sim)

    def _start(self) -> None:
        password = self.sim.options.app_password
        self.engine = Engine(
            account_of(self.sim), secret=lambda: password, data_dir=self.folder, options=self.options
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

    # -- the user ------------------------------------------------------------------------------------

    def pick(self, *indexes: int) -> tuple[int, ...]:
        """Some of the messages the store shows, by any numbers."""
        known = sorted(in_store(store_of(self.engine)))
        return tuple({known[index % len(known)] for index in indexes}) if known else ()

    def do(self, op: Op, msgids: tuple[int, ...]) -> None:
        """Submit an op on messages, and remember what it means."""
        before = {msgid: seen for msgid, seen in in_store(store_of(self.engine)).items() if msgid in msgids}
        try:
            receipt = self.engine.submit(op)
        except InvalidArgument:
            # A label that exists already, or does not, or is being renamed: refused, and nothing happened.
            return
        self.ops += 1
        self._outdate(msgids)
        self.deeds.append(Deed(receipt, before))
        wanted = {msgid: self._wanted(op, seen) for msgid, seen in before.items()}
        asked = [
            msgid
            for msgid, marks in wanted.items()
            if not all(self._holds(before[msgid], mark, value) for mark, value in marks.items())
        ]
        if not isinstance(op, DeleteForever) and receipt.messages != len(asked):
            # Between our look and the op a pass has found that somebody else moved or changed one of them;
            # the op says for how many it was not done, and that one is as the other has it.
            for msgid in before:
                self._forget(msgid)
            return
        for msgid, marks in wanted.items():
            self._expect(receipt.op_id, msgid, marks, before[msgid])

    @staticmethod
    def _wanted(op: Op, before: Seen) -> dict[str, bool | Role]:
        """What an op makes of a message, mark by mark."""
        match op:
            case ChangeLabels(_, add, remove) | ChangeFlags(_, add, remove):
                return {**dict.fromkeys(add, True), **dict.fromkeys(remove, False)}
            case Archive():
                return {"\\Inbox": False}
            case MoveToTrash():
                return {PLACE: Role.TRASH}
            case MoveToSpam():
                return {PLACE: Role.SPAM}
            case MoveToInbox():
                return {PLACE: Role.ALL, "\\Inbox": True}
            case _:
                return {}

    def _expect(self, op_id: int, msgid: int, wanted: dict[str, bool | Role], before: Seen) -> None:
        if PLACE in wanted:
            # Gmail takes \Inbox off, and says nothing about the rest; only the place is certain.
            self._forget(msgid)
        for mark, value in wanted.items():
            if self._holds(before, mark, value):
                # It was shown so already: nothing was asked of the server.
                self.expected.pop((msgid, mark), None)
            else:
                self.expected[(msgid, mark)] = value
                self.asked_by[(msgid, mark)] = op_id

    def undo(self) -> None:
        """Take the last thing back. If nobody touched its messages since, they are as they were."""
        receipt = self.engine.undo()
        if receipt is None:
            return
        self.ops += 1
        self._outdate(())
        for deed in self.deeds:
            for msgid in deed.before:
                self._forget(msgid)
        self.deeds.clear()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.engine.redo() is not None:
            self.ops += 1
            self.expected.clear()
            self.deeds.clear()

    def _forget(self, msgid: int) -> None:
        for key in [key for key in self.expected if key[0] == msgid]:
            del self.expected[key]

    def _outdate(self, msgids: tuple[int, ...]) -> None:
        for deed in self.deeds:
            if set(deed.before) & set(msgids):
                deed.is_clean = False

    # -- the other client ----------------------------------------------------------------------------

    def others(self, index: int) -> int | None:
        """A message of the server's that somebody else is about to touch."""
        known = sorted(on_server(self.sim))
        if not known:
            return None
        msgid = known[index % len(known)]
        self._forget(msgid)
        self._outdate((msgid,))
        return msgid

    def labels_changed_elsewhere(self) -> None:
        """Somebody renamed or deleted a label: what is expected of labels is anybody's guess."""
        self.expected.clear()
        self.deeds.clear()

    # -- rest ------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Everything comes to rest; store and server agree, and what the user did last is so."""
        self.sim.control.clear_faults()
        self.engine.refresh()
        agree(self.engine, self.watcher, self.sim)
        acts = {each.op_id: each for each in self.engine.activity(1000)}
        there = on_server(self.sim)
        for (msgid, mark), value in self.expected.items():
            act = acts[self.asked_by[(msgid, mark)]]
            if msgid in there and act.state is not OpState.REJECTED:
                history = "\n".join(
                    f"{each.op_id} {each.state} {each.summary} {each.commands}" for each in acts.values()
                )
                assert self._holds(there[msgid], mark, value), (
                    f"{msgid}: {mark} should be {value}: {there[msgid]} after op {act.op_id}\n{history}"
                )

    @staticmethod
    def _holds(seen: Seen, mark: str, value: bool | Role) -> bool:
        if mark == PLACE:
            return seen.place is value
        return (mark in seen.flags or mark in seen.labels) is value


def on(msgids: tuple[int, ...]) -> Messages:
    """A target of single messages."""
    return Messages(msgids)
