"""The smaller pieces: endpoints, wakeups, sessions, backoff."""

from __future__ import annotations

import threading

import pytest

from imapcore import errors
from imapcore.errors import Interrupted, InvalidArgument
from imapcore.model import Account, Security
from imapcore.net.backoff import Backoff
from imapcore.net.endpoint import Endpoint, is_loopback
from imapcore.net.wakeup import Wakeup
from imapcore.net.worker import Session

PATIENCE = 10.0

# -- endpoints -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST.", "[::1]"])
def test_this_machine_may_be_asked_without_tls(host: str) -> None:
    assert Endpoint(host, 143, Security.NONE).port == 143
    assert is_loopback(host.strip("[]"))


@pytest.mark.parametrize(
    "host",
    ["imap.gmail.com", "10.0.0.1", "0.0.0.0", "::", "localhost.example.com", "128.0.0.1", "127.0.0.1.x"],
)
def test_nobody_else_may(host: str) -> None:
    with pytest.raises(InvalidArgument, match="only this machine"):
        Endpoint(host, 143, Security.NONE)
    assert Endpoint(host).security is Security.TLS


@pytest.mark.parametrize(("host", "port"), [("", 993), ("a b", 993), ("a\r\n", 993), ("x", 0), ("x", 65536)])
def test_an_endpoint_must_make_sense(host: str, port: int) -> None:
    with pytest.raises(InvalidArgument):
        Endpoint(host, port)


def test_an_account_says_where() -> None:
    account = Account("me@gmail.com", "localhost", 1143, Security.NONE)
    assert Endpoint.of(account) == Endpoint("localhost", 1143, Security.NONE)


# -- wakeups ---------------------------------------------------------------------------------------------


def test_a_wakeup_remembers_one_ring() -> None:
    wakeup = Wakeup()
    for _ in range(100_000):
        wakeup.wake()
    wakeup.drain()
    wakeup.drain()
    assert wakeup.take()
    assert not wakeup.take()
    for _ in range(5000):
        wakeup.interrupt()
    wakeup.drain()
    assert wakeup.is_interrupted
    wakeup.close()
    wakeup.close()
    wakeup.drain()


# -- sessions --------------------------------------------------------------------------------------------


def test_a_session_does_its_jobs_in_order_on_its_own_thread() -> None:
    done: list[tuple[str, str]] = []
    finished = threading.Event()

    def main(session: Session[str]) -> None:
        while True:
            job = session.next_job(PATIENCE)
            if job is not None:
                done.append((job, threading.current_thread().name))
            if job == "last":
                finished.set()

    session = Session("test", main)
    session.post("first")
    session.start()
    session.post("last")
    assert finished.wait(PATIENCE)
    assert session.is_alive
    assert session.stop()
    assert not session.is_alive
    assert done == [("first", "session:test"), ("last", "session:test")]
    assert session.problem is None


def test_a_session_looks_without_waiting() -> None:
    looked: list[str | None] = []
    finished = threading.Event()

    def main(session: Session[str]) -> None:
        looked.append(session.next_job(0))
        looked.append(session.next_job(0))
        finished.set()

    session = Session("test", main)
    session.post("x")
    session.start()
    assert finished.wait(PATIENCE)
    assert looked == ["x", None]
    assert session.stop()


def test_a_crash_is_kept_and_told() -> None:
    told: list[BaseException] = []
    crashed = threading.Event()

    def main(session: Session[str]) -> None:
        raise ValueError("broken")

    def tell(error: BaseException) -> None:
        told.append(error)
        crashed.set()

    session = Session("test", main, on_crash=tell)
    session.start()
    assert crashed.wait(PATIENCE)
    assert session.stop()
    assert isinstance(session.problem, ValueError)
    assert told == [session.problem]


def test_a_crash_nobody_listens_to_is_not_swallowed() -> None:
    seen: list[threading.ExceptHookArgs] = []
    hook, threading.excepthook = threading.excepthook, seen.append

    def main(session: Session[str]) -> None:
        raise ValueError("broken")

    try:
        session = Session("test", main)
        session.start()
        assert session.stop()
    finally:
        threading.excepthook = hook
    assert [args.exc_type for args in seen] == [ValueError]


def test_stop_gives_up_on_a_thread_that_does_not_listen() -> None:
    release = threading.Event()

    def main(session: Session[str]) -> None:
        assert release.wait(PATIENCE)

    session = Session("test", main)
    session.start()
    assert not session.stop(0.01)
    assert session.is_stopping
    release.set()
    assert session.stop()


def test_a_session_that_never_began_can_be_stopped() -> None:
    session: Session[str] = Session("test", lambda _: None)
    assert session.stop()


def test_a_job_does_not_outrun_the_stop() -> None:
    session: Session[str] = Session("test", lambda _: None)
    session.post("x")
    session.wakeup.interrupt()
    with pytest.raises(Interrupted):
        session.next_job(1)
    assert session.stop()


# -- backoff ---------------------------------------------------------------------------------------------


def test_pauses_double_up_to_a_maximum() -> None:
    backoff = Backoff(1, 60, chance=lambda: 1.0)
    assert [backoff.next_pause() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.next_pause() == 1


def test_half_of_a_pause_is_left_to_chance() -> None:
    assert Backoff(8, chance=lambda: 0.0).next_pause() == 4
    assert all(4 <= Backoff(8).next_pause() <= 8 for _ in range(50))


@pytest.mark.parametrize(
    ("error", "least"),
    [
        (errors.OverQuota(), 900),
        (errors.Throttled(), 60),
        (errors.TooManyConnections(), 60),
        (errors.ConnectionLost(), 0.5),
    ],
)
def test_a_server_that_asks_for_rest_gets_it(error: errors.GimapError, least: float) -> None:
    assert Backoff(1, chance=lambda: 0.0).next_pause(error) == least
    assert Backoff(1).next_pause(error) >= least
