"""What one change costs, from the key to Gmail's answer: transactions, whole looks at the store, reads."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from imapcore.events import MessagesChanged
from imapcore.model import OpState, Role, View
from imapcore.store import Writer
from imapcore.store.reader.bodies import BodyReader
from imapcore.store.sqlite.writer import Ticket
from tests.tui.pilot import come_to_rest, running
from tests.tui.test_whole_way import Way, whole_way
from tui.main.screen import MainScreen

TRANSACTIONS, LOOKS = 4, 4
"""Of one change at most: it is written, claimed, answered; two looks would do, when it is made and when it is
answered, but a verb in each run takes four.
"""

ABOUT_THE_CHANGE = ("imapcore.store.journal.", "imapcore.store.mail.messages")


class Count:
    """Counts whole looks of the screen, and transactions that are about the user's changes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.looks = 0
        self.jobs: list[str] = []
        look, serve = MainScreen._look_again, Writer._serve

        def looking(screen: MainScreen) -> None:
            self.looks += 1
            look(screen)

        def serving(writer: Writer, ticket: Ticket[Any]) -> None:
            job = ticket.job.func if isinstance(ticket.job, partial) else ticket.job
            if job.__module__.startswith(ABOUT_THE_CHANGE):
                self.jobs.append(job.__qualname__)
            serve(writer, ticket)

        patch.setattr(MainScreen, "_look_again", looking)
        patch.setattr(Writer, "_serve", serving)

    def begin(self) -> None:
        """From now on."""
        self.looks = 0
        self.jobs.clear()


async def at_rest(way: Way, count: Count) -> None:
    """Wait until nothing is under way and nothing has been looked at for a while."""
    await way.settled()
    seen = (-1, -1)
    while seen != (seen := (count.looks, len(count.jobs))):
        # Longer than hints are held back.
        await asyncio.sleep(0.3)
        await come_to_rest(way.pilot)


KEYS = {"star": "s", "archive": "e", "not important": "-", "unread": "U", "trash": "#"}


@pytest.mark.parametrize("verb", KEYS)
def test_one_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    count = Count(monkeypatch)

    async def story() -> None:
        async with whole_way(tmp_path) as way:
            await at_rest(way, count)
            count.begin()
            await way.press(KEYS[verb])
            await at_rest(way, count)
            assert [each.state for each in way.engine.activity(1)] == [OpState.CONFIRMED]
            assert 1 <= count.looks <= LOOKS
            assert 1 <= len(count.jobs) <= TRANSACTIONS, count.jobs

    asyncio.run(story())


def test_a_hint_of_what_was_looked_at_since_is_no_reason_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    count = Count(monkeypatch)

    async def story() -> None:
        async with running() as stage:
            count.begin()
            for _ in range(3):
                stage.mail.emit(MessagesChanged())
            await stage.rest()
            assert count.looks == 1
            stage.mail.views_changed += 1
            stage.main.look_again()
            stage.main.follow_hints()
            assert count.looks == 2

    asyncio.run(story())


def test_a_body_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetched: looks ahead of its opening, one when it is opened, one reading. Stored: one reading, however
    often it is shown.
    """
    looked: list[int] = []
    first = BodyReader.first_section

    def looking(reader: BodyReader, msgid: int, sections: Any) -> tuple[str, bytes] | None:
        looked.append(msgid)
        return first(reader, msgid, sections)

    monkeypatch.setattr(BodyReader, "first_section", looking)
    monkeypatch.setattr(BodyReader, "octets", lambda *_: pytest.fail("a body is read in another way"))

    async def story() -> None:
        async with whole_way(tmp_path, size=(80, 24)) as way:
            thrid = next(row.thrid for row in way.threads.window.rows if row.count == 1)
            thread = way.engine.thread(thrid, View.of_role(Role.INBOX))
            assert thread is not None
            index = way.threads.window.find(thrid)
            assert index is not None
            way.threads.move_to(index)
            await way.press("enter")
            await way.until(lambda: way.app.main.reader.body is not None)
            msgid = thread.messages[0].msgid
            assert 2 <= looked.count(msgid) <= 4
            looked.clear()
            await way.press("u", "enter", "u", "enter")
            await way.until(lambda: way.app.main.reader.body is not None)
            assert looked.count(msgid) == 0
            way.engine._bodies.forget(msgid)
            await way.press("u", "j", "k", "enter")
            await way.until(lambda: way.app.main.reader.body is not None)
            assert looked.count(msgid) <= 1

    asyncio.run(story())
