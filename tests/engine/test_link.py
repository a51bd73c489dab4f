"""The link: what goes wrong with it, what is said, and that nothing done here is lost by it."""

from __future__ import annotations

import errno
import itertools
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from imapcore.clock import SystemClock
from imapcore.engine import Engine, check_sign_in
from imapcore.engine.job_runner import QUICK_BREAKS, Job, JobRunner
from imapcore.engine.link import LinkMonitor
from imapcore.errors import (
    AllMailHidden,
    AuthenticationFailed,
    ConnectionLost,
    ConnectionRefused,
    GimapError,
    HostUnknown,
    NotGmail,
    TlsError,
    TooManyConnections,
)
from imapcore.events import (
    Alerted,
    BodyAwaited,
    BodyFailed,
    LinkChanged,
    OpRejected,
    OpSettled,
    SearchProgressed,
)
from imapcore.model import (
    INBOX,
    Account,
    Archive,
    ChangeLabels,
    LinkState,
    Messages,
    MoveToTrash,
    OpState,
    Role,
    Security,
    Threads,
    View,
)
from imapcore.net.backoff import Backoff
from imapcore.net.wakeup import Wakeup
from imapcore.simulator import Fault, Options, Simulator
from imapcore.sync.push.replay import BREAKS, MOST_BREAKS
from imapcore.sync.remote import Remote
from tests.engine.harness import QUICK, Watcher, account_of, agree, engine_on, in_store, settle, store_of


@contextmanager
def plain_imap() -> Iterator[int]:
    """A server that speaks IMAP and is not Gmail; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as lines:
                lines.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
                lines.flush()
                for line in lines:
                    tag = line.split()[0]
                    assert b"LOGIN" not in line.upper(), "the password was shown to a stranger"
                    lines.write(b"* BYE\r\n" + tag + b" OK done\r\n")
                    lines.flush()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


_PORTS = itertools.count(10_000 + os.getpid() % 10_000)


def free_port() -> int:
    """A port that stays free while nobody listens on it: the system gives none of these away by itself."""
    for port in _PORTS:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
    raise AssertionError


def here(port: int, security: Security = Security.NONE) -> Account:
    return Account("demo@gmail.com", "127.0.0.1", port, security)


def test_a_wrong_password_is_said_and_nothing_is_tried_again(small: Simulator, tmp_path: Path) -> None:
    asked: list[str] = []

    def secret() -> str:
        asked.append("")
        return "wrongwrongwrong"

    with engine_on(small, tmp_path, secret=secret) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)
        assert engine.link().title == AuthenticationFailed.title
        assert "apppasswords" in engine.link().hint
        engine.open(INBOX)
        assert engine.link().state is LinkState.SIGN_IN
        assert len(asked) == 1


def test_the_right_password_given_later_signs_in(small: Simulator, tmp_path: Path) -> None:
    secrets = ["wrongwrongwrong", "demo demo demo demo"]
    with engine_on(small, tmp_path, secret=lambda: secrets[0]) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.SIGN_IN)
        secrets.pop(0)
        engine.refresh()
        agree(engine, watcher, small)


def test_an_unknown_host_is_waited_for(small: Simulator, tmp_path: Path) -> None:
    account = Account("demo@gmail.com", "nowhere.invalid", 993, Security.TLS)
    with engine_on(small, tmp_path, account=account) as (engine, watcher):
        event = watcher.wait_for(LinkChanged, lambda event: event.link.state is LinkState.WAITING)
        assert event.link.title == HostUnknown.title
        assert event.link.retry_at is not None
        assert engine.window(INBOX).rows == ()


def test_a_refused_connection_is_tried_again_until_it_works(tmp_path: Path) -> None:
    port = free_port()
    with (
        Simulator(Options(messages=0)) as elsewhere,
        engine_on(elsewhere, tmp_path, account=here(port)) as (engine, watcher),
    ):
        event = watcher.wait_for(LinkChanged, lambda event: event.link.state is LinkState.WAITING)
        assert event.link.title == ConnectionRefused.title
        with Simulator(Options(messages=20, port=port)) as late:
            agree(engine, watcher, late)


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with Simulator(Options(messages=0, tls=True)) as sim:
        account = Account("demo@gmail.com", "localhost", sim.port, Security.TLS)
        with engine_on(sim, tmp_path, account=account) as (_, watcher):
            event = watcher.wait_for(LinkChanged, lambda event: event.link.state is LinkState.WAITING)
            assert event.link.title == TlsError.title


def test_a_server_that_is_not_gmail_never_sees_the_password(small: Simulator, tmp_path: Path) -> None:
    with plain_imap() as port, engine_on(small, tmp_path, account=here(port)) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.STOPPED)
        assert engine.link().title == NotGmail.title
        assert "X-GM-EXT-1" in engine.link().detail


def test_hidden_all_mail_is_refused_with_the_setting_to_change(tmp_path: Path) -> None:
    hidden = Options(messages=20, hidden=frozenset(("\\All",)))
    with Simulator(hidden) as sim, engine_on(sim, tmp_path) as (engine, watcher):
        watcher.wait_until(lambda: engine.link().state is LinkState.STOPPED)
        assert engine.link().title == AllMailHidden.title
        assert "Show in IMAP" in engine.link().hint
        sim.control.hide("[Gmail]/All Mail", False)
        engine.refresh()
        agree(engine, watcher, sim)


@pytest.mark.parametrize(
    ("account", "secret", "error"),
    [
        (Account("demo@gmail.com", "nowhere.invalid"), "x", HostUnknown),
        (here(1), "x", ConnectionRefused),
    ],
)
def test_check_sign_in_says_what_is_wrong(account: Account, secret: str, error: type[GimapError]) -> None:
    with pytest.raises(error):
        check_sign_in(account, secret)


def test_check_sign_in_against_a_server(small: Simulator) -> None:
    check_sign_in(account_of(small), "demodemodemodemo")
    with pytest.raises(AuthenticationFailed):
        check_sign_in(account_of(small), "nonsense")
    with plain_imap() as port, pytest.raises(NotGmail):
        check_sign_in(here(port), "x")
    small.control.hide("[Gmail]/All Mail")
    with pytest.raises(AllMailHidden):
        check_sign_in(account_of(small), "demodemodemodemo")


@pytest.mark.parametrize(
    "fault", ["cut:command=UID STORE", "cut-before:command=UID STORE", "cut:command=UID STORE,octets=30"]
)
def test_a_link_cut_in_a_store_and_the_label_arrives_once(
    small: Simulator, tmp_path: Path, fault: str
) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        row = engine.window(INBOX).rows[0]
        small.control.fault(fault)
        receipt = engine.submit(ChangeLabels(Threads((row.thrid,)), add=frozenset(("Once",))))
        assert "Once" in engine.window(INBOX).rows[0].labels
        watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
        agree(engine, watcher, small)
        assert "Once" in engine.window(INBOX).rows[0].labels


@pytest.mark.parametrize(
    "fault", ["cut:command=UID MOVE", "cut-before:command=UID MOVE", "cut:command=UID MOVE,octets=12"]
)
def test_a_link_cut_in_a_move_and_the_message_is_moved_once(
    small: Simulator, tmp_path: Path, fault: str
) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
        small.control.fault(fault)
        receipt = engine.submit(MoveToTrash(Messages((msgid,))))
        watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
        agree(engine, watcher, small)
        assert in_store(store_of(engine))[msgid].place is Role.TRASH


def test_work_done_without_a_link_is_sent_when_there_is_one(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
    with engine_on(small, tmp_path, is_offline=True) as (engine, watcher):
        assert engine.link().state is LinkState.OFFLINE
        rows = engine.window(INBOX).rows[:3]
        engine.submit(Archive(Threads(tuple(row.thrid for row in rows))))
        assert not {row.thrid for row in rows} & {row.thrid for row in engine.window(INBOX).rows}
        assert engine.progress().pending_ops == 1
    with engine_on(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
        assert engine.activity()[0].state is OpState.CONFIRMED
        assert engine.undo() is not None
        agree(engine, watcher, small)
        assert {row.thrid for row in rows} <= {row.thrid for row in engine.window(INBOX).rows}


def test_a_search_without_a_link_looks_into_the_store_and_says_so(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        subject = engine.window(INBOX).rows[0].subject
    word = max(subject.split(), key=len)
    with engine_on(small, tmp_path, is_offline=True) as (engine, watcher):
        view = View.of_search(f"subject:{word}")
        engine.open(view)
        event = watcher.wait_for(SearchProgressed, lambda event: event.is_done)
        assert event.is_offline
        assert event.problem
        assert event.found > 0
        assert subject in [row.subject for row in engine.window(view).rows]


def test_a_body_without_a_link_is_refused_with_words(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
    with engine_on(small, tmp_path, is_offline=True) as (engine, watcher):
        engine.open_body(msgid)
        failed = watcher.wait_for(BodyFailed)
        assert (failed.msgid, failed.title) == (msgid, "Working offline")
        assert failed.hint


def test_a_body_that_must_wait_for_the_link_is_told_as_not_stored(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        msgid = engine.window(INBOX).rows[0].thrid
    with engine_on(small, tmp_path, account=here(free_port())) as (engine, watcher):
        watcher.wait_for(LinkChanged, lambda event: event.link.state is LinkState.WAITING)
        engine.open_body(msgid)
        watcher.wait_for(BodyAwaited, lambda event: event.msgid == msgid)
        assert not watcher.of(BodyFailed)


def test_what_gmail_refuses_is_shown_again_as_gmail_has_it(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        row = engine.window(INBOX).rows[0]
        small.control.fault("refused:command=UID STORE")
        receipt = engine.submit(ChangeLabels(Threads((row.thrid,)), add=frozenset(("Updating",))))
        rejected = watcher.wait_for(OpRejected, lambda event: event.op_id == receipt.op_id)
        assert rejected.detail
        agree(engine, watcher, small)
        assert "Updating" not in engine.window(INBOX).rows[0].labels
        assert engine.activity()[0].answer == rejected.detail


def test_a_system_error_is_tried_again(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        small.control.fault(Fault.parse("system-error:command=UID STORE,times=2"))
        row = engine.window(INBOX).rows[0]
        receipt = engine.submit(Archive(Threads((row.thrid,))))
        watcher.wait_for(OpSettled, lambda event: event.op_id == receipt.op_id)
        agree(engine, watcher, small)


def test_a_session_that_expires_is_routine(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        for _ in range(3):
            small.control.fault(Fault.parse("expired:times=3"))
            msgid = small.control.deliver_next()
            watcher.wait_until(lambda msgid=msgid: msgid in in_store(store_of(engine)))  # type: ignore[misc]
        agree(engine, watcher, small)
        assert not watcher.of(Alerted)


def test_throttling_is_shown_and_slows_nothing_for_good(tmp_path: Path) -> None:
    with Simulator(Options(messages=900, seed=5)) as sim:
        sim.control.fault(Fault.parse("throttled:command=UID FETCH,skip=2,times=1"))
        with engine_on(sim, tmp_path) as (engine, watcher):
            watcher.wait_for(LinkChanged, lambda event: event.link.is_throttled)
            agree(engine, watcher, sim)
            watcher.wait_until(lambda: not engine.link().is_throttled)


def test_one_connection_too_many_holds_nothing_up_and_is_said_once(tmp_path: Path) -> None:
    with (
        Simulator(Options(messages=30, seed=5, max_connections=1)) as sim,
        engine_on(sim, tmp_path) as (engine, watcher),
    ):
        agree(engine, watcher, sim)
        engine.submit(Archive(Threads((engine.window(INBOX).rows[0].thrid,))))
        alert = watcher.wait_for(Alerted)
        assert TooManyConnections.title in alert.title
        assert "one connection" in alert.detail
        agree(engine, watcher, sim)
        assert engine.link().state is LinkState.LIVE
        sim.control.set_options(max_connections=15)
        engine.refresh()
        agree(engine, watcher, sim)
        assert len(watcher.of(Alerted)) == 1


def test_a_label_gmail_ignores_is_not_taken_for_set(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        here = in_store(store_of(engine))
        msgid = next(
            key for key, seen in here.items() if seen.place is Role.ALL and "\\Sent" not in seen.labels
        )
        receipt = engine.submit(ChangeLabels(Messages((msgid,)), add=frozenset(("\\Sent",))))
        rejected = watcher.wait_for(OpRejected, lambda event: event.op_id == receipt.op_id)
        assert "did not make the change" in rejected.detail
        agree(engine, watcher, small)


def test_a_second_engine_on_one_store_only_reads(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        settle(engine, watcher)
        with engine_on(small, tmp_path) as (second, _):
            assert not engine.is_read_only
            assert second.is_read_only
            assert second.link().state is LinkState.OFFLINE
            assert second.window(INBOX).rows == engine.window(INBOX).rows
            with pytest.raises(GimapError):
                second.submit(Archive(Threads((second.window(INBOX).rows[0].thrid,))))


def test_at_most_three_connections_and_none_afterwards(small: Simulator, tmp_path: Path) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
        engine.open_body(engine.window(INBOX).rows[0].thrid)
        watcher.wait_until(lambda: small.control.signed_in() == 3)
    watcher.wait_until(lambda: small.control.connections() == 0, "the server to see us gone")


def test_leaving_takes_less_than_two_seconds_whatever_the_server_does(
    small: Simulator, tmp_path: Path
) -> None:
    small.control.fault(Fault.parse("stall:command=UID FETCH,times=0,seconds=30"))
    engine = Engine(account_of(small), secret=lambda: "demodemodemodemo", data_dir=tmp_path, options=QUICK)
    with engine:
        watcher = Watcher(engine)
        watcher.wait_until(lambda: engine.link().state is LinkState.LIVE)
        clock = engine._clock
        began = clock.monotonic()
    assert clock.monotonic() - began < 2.0


def test_an_engine_can_be_left_before_it_has_connected(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        account = here(silent.getsockname()[1])
        options = replace(QUICK, connect_seconds=30.0, read_seconds=30.0)
        engine = Engine(account, secret=lambda: "x", data_dir=tmp_path, options=options)
        with engine:
            assert engine.link().state is LinkState.CONNECTING
            began = engine._clock.monotonic()
        assert engine._clock.monotonic() - began < 2.0


def test_a_change_that_breaks_every_connection_is_given_up_and_the_next_one_goes(
    small: Simulator, tmp_path: Path
) -> None:
    with engine_on(small, tmp_path) as (engine, watcher):
        agree(engine, watcher, small)
        first, second = (row.thrid for row in engine.window(INBOX).rows[:2])
        small.control.fault("cut-before:command=UID STORE,times=0")
        logins = _logins(engine)
        poison = engine.submit(Archive(Threads((first,))))
        behind = engine.submit(MoveToTrash(Threads((second,))))
        rejected = watcher.wait_for(OpRejected, lambda event: event.op_id == poison.op_id)
        assert rejected.detail == BREAKS
        watcher.wait_for(OpSettled, lambda event: event.op_id == behind.op_id)
        assert first in {row.thrid for row in engine.window(INBOX).rows}
        # Each attempt is a sign-in of the session that sends; the one that leads only looks whether it is
        # alive, and nobody signs in for anything else.
        assert _logins(engine) - logins <= MOST_BREAKS + 1
        small.control.clear_faults()
        agree(engine, watcher, small)


def test_connections_that_break_again_and_again_are_made_after_growing_pauses(tmp_path: Path) -> None:
    pauses: list[float] = []

    class Counted(Backoff):
        def next_pause(self, error: GimapError | None = None) -> float:
            pauses.append(super().next_pause(error))
            return 0.001

        def reset(self) -> None:
            assert not pauses, "a pause was forgotten while connections break"
            super().reset()

    dialled: list[FakeRemote] = []
    done = threading.Event()

    class FakeRemote:
        silent_seconds = 0.0

        def probe(self, _: float) -> None:
            """It is there."""

        def tell_of_silence(self, _: object) -> None:
            """It is never silent."""

        def close(self) -> None:
            """Nothing is open."""

    def dial(_: Wakeup) -> Remote:
        dialled.append(FakeRemote())
        if len(dialled) == 12:
            done.set()
        return cast(Remote, dialled[-1])

    def steps(_: Remote) -> Iterator[float]:
        yield 0.0
        raise ConnectionLost("again")

    board = LinkMonitor(SystemClock(), lambda _: None, Counted(1.0, 60.0, chance=lambda: 1.0))
    runner = JobRunner("tried", board, SystemClock(), dial, on_crash=lambda _: None, is_leader=True)
    board.attach(lambda _: None, runner.knock)
    runner.submit(Job("poison", steps, is_lasting=True))
    runner.start()
    assert done.wait(20)
    assert runner.stop(5)
    assert len(pauses) >= 12 - 1 - QUICK_BREAKS
    assert pauses == sorted(pauses)


def _logins(engine: Engine) -> int:
    return sum(" LOGIN " in line for line in engine.transcript(100_000))
