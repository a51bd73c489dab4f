"""Events: in order, hints merged."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from imapcore.engine.event_queue import EventQueue
from imapcore.events import BodyArrived, Event, MessagesChanged, Progressed

DEADLINE = 5.0


class Ear:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._ready:
            self.heard.append(event)
            self._ready.notify_all()

    def wait_for(self, event: Event) -> None:
        with self._ready:
            assert self._ready.wait_for(lambda: event in self.heard, DEADLINE), self.heard


@pytest.fixture
def hub() -> Iterator[EventQueue]:
    made = EventQueue()
    made.start()
    yield made
    made.stop()


def test_ten_thousand_hints_are_a_handful_of_deliveries(hub: EventQueue) -> None:
    ear = Ear()
    hub.subscribe(ear)
    for _ in range(10_000):
        hub.tell(MessagesChanged())
    hub.tell(BodyArrived(1))
    ear.wait_for(BodyArrived(1))
    hub.stop()
    assert 1 <= ear.heard.count(MessagesChanged()) <= 10


def test_what_is_no_hint_is_told_each_time_and_in_order(hub: EventQueue) -> None:
    ear = Ear()
    hub.subscribe(ear)
    told = [BodyArrived(number) for number in range(200)]
    for event in told:
        hub.tell(event)
    ear.wait_for(told[-1])
    assert [event for event in ear.heard if isinstance(event, BodyArrived)] == told


def test_a_hint_told_last_is_not_lost_when_the_hub_stops(hub: EventQueue) -> None:
    ear = Ear()
    hub.subscribe(ear)
    hub.tell(Progressed())
    ear.wait_for(Progressed())
    hub.tell(MessagesChanged())
    hub.stop()
    assert MessagesChanged() in ear.heard


def test_nobody_hears_after_the_end(hub: EventQueue) -> None:
    ear, other = Ear(), Ear()
    unsubscribe = hub.subscribe(ear)
    hub.subscribe(other)
    unsubscribe()
    unsubscribe()
    hub.tell(BodyArrived(1))
    other.wait_for(BodyArrived(1))
    hub.stop()
    hub.tell(BodyArrived(2))
    assert (ear.heard, other.heard) == ([], [BodyArrived(1)])
