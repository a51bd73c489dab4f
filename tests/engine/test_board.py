"""Whose turn it is to connect, and what is said meanwhile. A clock that is turned by hand."""

from __future__ import annotations

import pytest

from imapcore.clock import ManualClock
from imapcore.engine.link import NUDGE_SECONDS, LinkMonitor
from imapcore.errors import (
    AllMailHidden,
    AuthenticationFailed,
    ConnectionLost,
    GimapError,
    HostUnknown,
    NotGmail,
    OverQuota,
    TooManyConnections,
)
from imapcore.model import LinkState, LinkStatus
from imapcore.net.backoff import Backoff


class Desk:
    """A board with everything that it tells."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.told: list[LinkStatus] = []
        self.knocks = 0
        backoff = Backoff(1.0, 60.0, chance=lambda: 1.0)
        self.board = LinkMonitor(self.clock, self.told.append, backoff)
        self.board.attach(lambda _: None, self._knock)

    def _knock(self) -> None:
        self.knocks += 1

    def leader(self) -> float | None:
        return self.board.patience(is_leader=True)

    def follower(self) -> float | None:
        return self.board.patience(is_leader=False)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_leader_goes_first_and_the_others_when_it_is_live(desk: Desk) -> None:
    assert (desk.leader(), desk.follower()) == (0.0, None)
    desk.board.live()
    assert (desk.leader(), desk.follower()) == (0.0, 0.0)
    assert desk.told == [LinkStatus(LinkState.LIVE)]
    assert desk.knocks == 1


def test_failures_wait_twice_as_long_each_time_and_success_starts_anew(desk: Desk) -> None:
    waits = []
    for _ in range(4):
        desk.board.failed(HostUnknown("nowhere"))
        waits.append(desk.leader())
        assert desk.follower() is None
    assert waits == [1.0, 2.0, 4.0, 8.0]
    status = desk.board.status
    assert (status.state, status.title) == (LinkState.WAITING, HostUnknown.title)
    assert status.retry_at == desk.clock.now_ms() + 8000
    desk.clock.advance(8.0)
    assert desk.leader() == 0.0
    desk.board.live()
    desk.board.worked()
    desk.board.failed(ConnectionLost())
    assert desk.leader() == 1.0


def test_a_lost_link_is_made_again_at_once(desk: Desk) -> None:
    desk.board.live()
    desk.board.lost(ConnectionLost("cut"))
    assert desk.board.status.state is LinkState.CONNECTING
    assert (desk.leader(), desk.follower()) == (0.0, None)


def test_the_user_need_not_wait(desk: Desk) -> None:
    for _ in range(4):
        desk.board.connecting()
        desk.board.failed(HostUnknown("nowhere"))
    assert desk.leader() == 8.0
    desk.clock.advance(2.0)
    desk.board.nudge()
    assert desk.leader() == 0.0
    # One attempt per nudge, and what is done by the way makes no more than one a second.
    desk.board.connecting()
    desk.board.failed(HostUnknown("nowhere"))
    assert desk.leader() == 16.0
    for _ in range(10):
        desk.board.nudge()
        assert desk.leader() == NUDGE_SECONDS


def test_an_explicit_wish_holds_for_the_attempt_that_is_under_way(desk: Desk) -> None:
    desk.board.connecting()
    desk.board.nudge(is_explicit=True)
    desk.board.failed(HostUnknown("nowhere"))
    assert desk.leader() == 0.0
    assert desk.leader() == 1.0


def test_an_explicit_wish_does_not_try_a_refused_password_again(desk: Desk) -> None:
    desk.board.connecting()
    desk.board.nudge(is_explicit=True)
    desk.board.failed(AuthenticationFailed())
    assert desk.leader() is None


def test_the_link_says_that_an_answer_is_due_as_long_as_one_session_waits(desk: Desk) -> None:
    desk.board.silent("sync", True)
    assert not desk.board.status.is_silent, "there is no link yet"
    desk.board.live()
    assert desk.board.status.is_silent
    desk.board.silent("actions", True)
    desk.board.silent("sync", False)
    assert desk.board.status.is_silent
    desk.board.silent("actions", False)
    assert not desk.board.status.is_silent


@pytest.mark.parametrize("error", [OverQuota(), TooManyConnections()], ids=lambda error: type(error).__name__)
def test_where_gmail_counts_attempts_only_an_explicit_wish_makes_one(desk: Desk, error: GimapError) -> None:
    desk.board.failed(error)
    patience = desk.leader()
    assert patience is not None
    assert patience >= 60.0
    desk.board.nudge()
    assert desk.leader() == patience
    desk.board.nudge(is_explicit=True)
    assert desk.leader() == 0.0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (AuthenticationFailed(), LinkState.SIGN_IN),
        (NotGmail("other.example"), LinkState.STOPPED),
        (AllMailHidden(), LinkState.STOPPED),
    ],
    ids=("sign in", "not Gmail", "All Mail hidden"),
)
def test_what_only_the_user_can_mend_waits_for_the_user(
    desk: Desk, error: GimapError, state: LinkState
) -> None:
    desk.board.failed(error)
    assert desk.board.status.state is state
    assert (desk.board.status.title, desk.board.status.hint) == (error.title, error.hint)
    desk.clock.advance(100_000.0)
    assert desk.leader() is None
    desk.board.nudge()
    assert desk.leader() is None
    desk.board.nudge(is_explicit=True)
    assert desk.leader() == 0.0


def test_throttling_is_part_of_the_status_and_survives_a_new_connection(desk: Desk) -> None:
    desk.board.live()
    desk.board.throttled(True)
    desk.board.throttled(True)
    assert [status.is_throttled for status in desk.told] == [False, True]
    desk.board.lost(ConnectionLost())
    desk.board.live()
    assert desk.board.status.is_throttled
