"""What the engine's tests share: an engine on the embedded server, patience with an end, and a comparison."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from imapcore.clock import Clock
from imapcore.engine import Engine, EngineOptions
from imapcore.events import Alerted, Event
from imapcore.model import Account, LinkState, OpState, Role, Security
from imapcore.simulator import Simulator
from imapcore.simulator.account.kinds import Kind
from imapcore.store import Store

DEADLINE = 20.0
STEP = 0.02
"""Conditions that no event announces (the server's side) are looked at so often."""

T = TypeVar("T", bound=Event)

QUICK = EngineOptions(
    poll_seconds=0.15,
    list_seconds=0.4,
    thorough_seconds=0.5,
    audit_seconds=0.6,
    connect_seconds=5.0,
    read_seconds=5.0,
    first_retry_seconds=0.05,
    longest_retry_seconds=0.2,
)

HASTY = replace(QUICK, poll_seconds=0.1, first_retry_seconds=0.01, longest_retry_seconds=0.05)
"""For runs that are cut often."""


class Watcher:
    """Hears every event of an engine; tests wait on it."""

    def __init__(self, engine: Engine) -> None:
        self._ready = threading.Condition()
        self.events: list[Event] = []
        self.unsubscribe = engine.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._ready:
            self.events.append(event)
            self._ready.notify_all()

    def wait_until(self, condition: Callable[[], bool], what: str = "", seconds: float = DEADLINE) -> None:
        """Wait until a condition holds; fails the test after ``seconds``."""
        steps = int(seconds / STEP)
        with self._ready:
            for _ in range(steps):
                if condition():
                    return
                self._ready.wait(STEP)
        raise AssertionError(f"waited too long for {what or condition}")

    def of(self, kind: type[T]) -> list[T]:
        """The events of a kind, so far."""
        with self._ready:
            return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind: type[T], test: Callable[[T], bool] = lambda _: True) -> T:
        """Wait for an event of a kind."""
        self.wait_until(lambda: any(test(event) for event in self.of(kind)), kind.__name__)
        return next(event for event in self.of(kind) if test(event))


def account_of(simulator: Simulator) -> Account:
    """The demo account on a simulator of this process."""
    return Account(simulator.options.email, "127.0.0.1", simulator.port, Security.NONE)


@contextmanager
def engine_on(
    simulator: Simulator,
    folder: Path,
    *,
    clock: Clock | None = None,
    secret: Callable[[], str] | None = None,
    is_token: bool = False,
    account: Account | None = None,
    options: EngineOptions = QUICK,
    **changes: object,
) -> Iterator[tuple[Engine, Watcher]]:
    """A running engine whose store is in ``folder``."""
    password = simulator.options.app_password
    engine = Engine(
        account or account_of(simulator),
        secret=secret or (lambda: password),
        is_token=is_token,
        data_dir=folder,
        clock=clock,
        options=replace(options, **changes),
    )
    with engine:
        yield engine, Watcher(engine)


def is_at_rest(engine: Engine) -> bool:
    """Live, wholly stored, nothing to send."""
    # In this order: while the link is not live, nothing counts as being synced.
    if engine.link().state is not LinkState.LIVE:
        return False
    progress = engine.progress()
    return not progress.is_syncing and progress.pending_ops == 0


def settle(engine: Engine, watcher: Watcher, seconds: float = DEADLINE) -> None:
    """Wait for the rest; fails saying what is going on instead."""
    try:
        watcher.wait_until(lambda: is_at_rest(engine), "the engine to come to rest", seconds)
    except AssertionError as error:
        lines = "\n".join(engine.transcript(40))
        waiting = [each for each in engine.activity() if each.state in (OpState.PENDING, OpState.SENT)]
        told = watcher.of(Alerted)
        raise AssertionError(
            f"{error}: {engine.link()} {engine.progress()} {told}\n{waiting}\n{lines}"
        ) from error


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as one side has it."""

    place: Role
    flags: frozenset[str]
    labels: frozenset[str]


PLACE_OF_KIND = {Kind.ALL: Role.ALL, Kind.SPAM: Role.SPAM, Kind.TRASH: Role.TRASH}
PLACE_LABELS = frozenset(("\\Spam", "\\Trash"))


def on_server(simulator: Simulator) -> dict[int, Seen]:
    """Every message as the server holds it."""
    return {
        each.msgid: Seen(
            PLACE_OF_KIND[each.place], _flags(each.flags, each.labels), frozenset(each.labels) - PLACE_LABELS
        )
        for each in simulator.control.messages()
    }


def in_store(store: Store) -> dict[int, Seen]:
    """Every message as the store shows it."""
    found: dict[int, Seen] = {}
    with store.reader() as reader:
        for place in (Role.ALL, Role.SPAM, Role.TRASH):
            msgids = store.uids.msgids(place, store.uids.ranges(place)).values()
            for message in reader.threads.messages(list(msgids)):
                found[message.msgid] = Seen(
                    message.place, _flags(message.flags, message.labels), message.labels - PLACE_LABELS
                )
    return found


def _flags(flags: frozenset[str], labels: frozenset[str]) -> frozenset[str]:
    """A star is a flag and a label at once."""
    return (flags | {"\\Flagged"}) if "\\Starred" in labels else flags - {"\\Flagged"}


def store_of(engine: Engine) -> Store:
    """The engine's store, for looking behind the façade."""
    assert engine._store is not None
    return engine._store


def differences(engine: Engine, simulator: Simulator) -> dict[int, tuple[Seen | None, Seen | None]]:
    """Messages that differ: msgid → (on the server, in the store)."""
    there, here = on_server(simulator), in_store(store_of(engine))
    return {
        msgid: (there.get(msgid), here.get(msgid))
        for msgid in there.keys() | here.keys()
        if there.get(msgid) != here.get(msgid)
    }


def agree(engine: Engine, watcher: Watcher, simulator: Simulator) -> None:
    """Wait until engine and server are at rest and hold the same; fails showing what differs."""
    settle(engine, watcher)
    try:
        watcher.wait_until(lambda: not differences(engine, simulator), seconds=8.0)
    except AssertionError as error:
        found = differences(engine, simulator)
        lines = "\n".join(engine.transcript(80))
        raise AssertionError(
            f"(on the server, in the store): {found}\n{engine.activity()}\n{lines}"
        ) from error
    assert store_of(engine).check() is None
