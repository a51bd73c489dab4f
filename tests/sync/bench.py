"""A store synced with the embedded server, driven by one thread: each look happens when the test says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapcore.clock import SystemClock
from imapcore.engine.credentials import Credential
from imapcore.engine.sign_in import sign_in
from imapcore.model import Account, Role, Security
from imapcore.net.connection import Connection
from imapcore.net.endpoint import Deadlines, Endpoint
from imapcore.protocol.transcript import Transcript
from imapcore.simulator import Options, Simulator
from imapcore.store import Reader, Store
from imapcore.store.facts import Changed, MessageFacts
from imapcore.sync.pull.account import AccountSync
from imapcore.sync.push.replay import Replay
from imapcore.sync.remote import Remote

SPAM, TRASH, ALL_MAIL = "[Gmail]/Spam", "[Gmail]/Trash", "[Gmail]/All Mail"


class Silence:
    """A report nobody reads."""

    def changed(self, changed: Changed) -> None:
        """Nobody cares."""

    def texts_changed(self) -> None:
        """Nobody cares."""

    def mailboxes_changed(self) -> None:
        """Nobody cares."""

    def progressed(self) -> None:
        """Nobody cares."""

    def arrived(self, messages: Sequence[MessageFacts]) -> None:
        """Nobody cares."""

    def throttled(self, is_throttled: bool) -> None:
        """Nobody cares."""

    def alert(self, title: str, detail: str, hint: str = "") -> None:
        """Nobody cares."""


@dataclass
class Bench:
    """A synced store, and the account it was synced from."""

    sim: Simulator
    store: Store
    reader: Reader
    remote: Remote
    sync: AccountSync
    transcript: Transcript

    def look(self) -> None:
        """A thorough pass: what changed, in all three places."""
        exhaust(self.sync.run(self.remote, is_thorough=True))

    def commands(self, steps: Iterator[float]) -> list[str]:
        """What a job asks the server, by the names of the commands."""
        mark = "before the job"
        self.transcript.noted(mark)
        exhaust(steps)
        lines = self.transcript.lines(1000)
        start = max(index for index, line in enumerate(lines) if mark in line)
        said = [line.split() for line in lines[start:] if line.startswith("C: ")]
        return [" ".join(words[2:4] if words[2] == "UID" else words[2:3]) for words in said]

    def list(self) -> None:
        """A LIST, and what follows from it."""
        exhaust(self.sync.labels.run(self.remote))

    def audit(self) -> None:
        """Are the labels on the mail the server says?"""
        exhaust(self.sync.labels.audit(self.remote))

    def send(self) -> None:
        """Everything in the journal."""
        exhaust(Replay(self.store, lambda *_: None, lambda: None, self.sync.places).run(self.remote))

    def labels(self, msgid: int) -> set[str]:
        """The user's labels a message shows."""
        (message,) = self.reader.threads.messages([msgid])
        return users_own(message.labels)

    def labels_there(self, msgid: int) -> set[str]:
        """The user's labels a message has on the server."""
        return users_own(self.sim.control.message(msgid).labels)

    def tag(self, place: str, label: str) -> int:
        """Put a label on some message of a place, and let it be seen; its msgid."""
        msgid = self.sim.control.messages(place)[0].msgid
        self.sim.control.relabel(msgid, add=[label])
        self.look()
        assert label in self.labels(msgid)
        return msgid


def exhaust(steps: Iterator[float]) -> None:
    """Take all steps of a job, without its rests."""
    for _ in steps:
        pass


@contextmanager
def connected(sim: Simulator, store: Store, transcript: Transcript) -> Iterator[Remote]:
    """A signed-in connection, which knows the mailboxes' names if the store does."""
    account = Account(sim.options.email, "127.0.0.1", sim.port, Security.NONE)
    with (
        Connection.open(
            Endpoint.of(account), deadlines=Deadlines(connect=5.0, read=5.0), transcript=transcript
        ) as connection,
        store.reader() as reader,
    ):
        sign_in(connection, account, Credential(sim.options.app_password))
        yield Remote(
            connection,
            {role: name for role in Role if (name := reader.lists.mailbox_name(role)) is not None},
            lambda place: state.uidvalidity if (state := store.uids.sync_state(place)) else None,
        )


@contextmanager
def synced(folder: Path, options: Options | None = None) -> Iterator[Bench]:
    """The demo account, wholly stored in ``folder``."""
    with (
        Simulator(options or Options(seed=3)) as sim,
        Store.open(folder / "store.sqlite3", clock=SystemClock(), email=sim.options.email) as store,
        store.reader() as reader,
    ):
        transcript = Transcript()
        with connected(sim, store, transcript) as remote:
            made = Bench(sim, store, reader, remote, AccountSync(store, Silence(), SystemClock()), transcript)
            exhaust(made.sync.first_screen(remote))
            made.look()
            exhaust(made.sync.backfill(remote))
            yield made


def users_own(labels: frozenset[str]) -> set[str]:
    """Labels without Gmail's."""
    return {label for label in labels if not label.startswith("\\")}
