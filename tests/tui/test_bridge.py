"""Thousands of hints a second wake the screen ten times; what carries something always gets through."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from textual.message import Message

from imapcore.events import BodyArrived, Event, MailArrived, MailboxesChanged, MessagesChanged, Progressed
from tests.tui.pilot import make_app, make_desk
from tui.bridge.bridge import Bridge
from tui.bridge.messages import EngineSpoke, MailHinted


class Loop:
    """Takes messages and calls for later, as the app would."""

    def __init__(self) -> None:
        self.posted: list[Message] = []
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.bridge = Bridge(self._post, lambda seconds, call: self.later.append((seconds, call)))

    def _post(self, message: Message) -> bool:
        self.posted.append(message)
        return True

    def hints(self) -> int:
        return sum(isinstance(message, MailHinted) for message in self.posted)

    def pass_time(self) -> None:
        due, self.later = self.later, []
        for _, call in due:
            call()


def test_the_first_hint_wakes_at_once() -> None:
    loop = Loop()
    loop.bridge.listen(MessagesChanged())
    assert loop.hints() == 1


def test_a_flood_is_one_hint_until_it_is_taken_and_one_after() -> None:
    loop = Loop()
    for _ in range(1000):
        loop.bridge.listen(MessagesChanged())
        loop.bridge.listen(MailboxesChanged())
    assert loop.hints() == 1
    loop.bridge.hint_taken()
    for _ in range(1000):
        loop.bridge.listen(Progressed())
    assert loop.hints() == 1
    loop.pass_time()
    assert loop.hints() == 2


def test_no_hint_is_lost_between_looking_and_waking() -> None:
    loop = Loop()
    loop.bridge.listen(MessagesChanged())
    loop.bridge.hint_taken()
    loop.pass_time()
    assert loop.hints() == 1
    loop.bridge.listen(MessagesChanged())
    assert loop.hints() == 2


def test_what_carries_something_is_never_merged() -> None:
    loop = Loop()
    for msgid in range(50):
        loop.bridge.listen(BodyArrived(msgid))
    carried = [message.event for message in loop.posted if isinstance(message, EngineSpoke)]
    wanted: list[Event] = [BodyArrived(msgid) for msgid in range(50)]
    assert carried == wanted


def test_hints_from_many_threads_wake_once() -> None:
    loop = Loop()
    start = threading.Barrier(8)

    def shout() -> None:
        start.wait(10)
        for _ in range(500):
            loop.bridge.listen(MessagesChanged())

    threads = [threading.Thread(target=shout) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert loop.hints() == 1


@pytest.mark.parametrize(
    "message",
    [MailHinted(), EngineSpoke(MailArrived(1, "Ann", "Late"))],
    ids=lambda each: type(each).__name__,
)
async def test_what_comes_when_the_screens_are_gone_is_nobodys(message: MailHinted | EngineSpoke) -> None:
    app = make_app(make_desk())
    assert not app.screen_stack
    match message:
        case MailHinted():
            app.on_mail_hinted(message)
        case EngineSpoke():
            app.on_engine_spoke(message)
