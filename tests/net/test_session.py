"""A session: started, asked, knocked, interrupted and ended from outside."""

from __future__ import annotations

import threading

from imapcore.net.session import Session


class Blocked:
    """Something a session is blocked in."""

    def __init__(self) -> None:
        self.woken = threading.Event()
        self.interrupted = threading.Event()

    def wake(self) -> None:
        self.woken.set()

    def interrupt(self) -> None:
        self.interrupted.set()


def ignore(error: BaseException) -> None:
    raise AssertionError("the session crashed") from error


def test_work_is_done_in_order_on_one_thread() -> None:
    done: list[tuple[int, str]] = []
    finished = threading.Event()

    def run() -> None:
        while not session.is_stopping:
            if (item := session.take(5)) is not None:
                done.append((item, threading.current_thread().name))
                if item == 3:
                    finished.set()

    session: Session[int] = Session("test", run, on_crash=ignore)
    session.start()
    for item in (1, 2, 3):
        session.post(item)
    assert finished.wait(5)
    session.stop()
    assert session.join(5)
    assert done == [(1, "session:test"), (2, "session:test"), (3, "session:test")]


def test_post_wakes_and_stop_interrupts_what_it_is_blocked_in() -> None:
    blocked = Blocked()
    is_blocked = threading.Event()

    def run() -> None:
        session.block_in(blocked)
        is_blocked.set()
        blocked.interrupted.wait(5)

    session: Session[str] = Session("test", run, on_crash=ignore)
    session.start()
    assert is_blocked.wait(5)
    session.post("news")
    assert blocked.woken.is_set()
    assert session.take_all() == ["news"]
    session.stop()
    assert blocked.interrupted.is_set()
    assert session.join(5)


def test_a_connection_made_while_stopping_is_interrupted_at_once() -> None:
    session: Session[str] = Session("test", lambda: None, on_crash=ignore)
    session.stop()
    blocked = Blocked()
    session.block_in(blocked)
    assert blocked.interrupted.is_set()
    assert session.join(0)


def test_a_crash_is_told() -> None:
    told: list[BaseException] = []

    def run() -> None:
        raise ValueError("broken")

    session: Session[str] = Session("test", run, on_crash=told.append)
    session.start()
    assert session.join(5)
    assert [str(error) for error in told] == ["broken"]
