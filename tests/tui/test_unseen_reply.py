"""A reply that arrives below the fold while a long message is read: no key takes it away unseen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from imapcore.events import MessagesChanged
from imapcore.model import Archive, ChangeFlags, Messages, MoveToSpam, MoveToTrash, Threads
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, running

REPLY = 77_000_000


def reply_to(mail: FakeEngine, thrid: int) -> None:
    """Somebody answers the conversation."""
    newest = max((m for m in mail._messages.values() if m.thrid == thrid), key=lambda m: m.date)
    mail._messages[REPLY] = replace(
        newest, msgid=REPLY, date=newest.date + 60_000, flags=frozenset(), labels=frozenset(("\\Inbox",))
    )
    mail._categories[REPLY] = "primary"
    mail._rows.clear()
    mail.emit(MessagesChanged())


async def opened(stage: Stage) -> tuple[int, tuple[int, ...]]:
    """Open the first conversation; its number, and its messages."""
    await stage.press("enter")
    thread = stage.main.reader.thread
    assert thread is not None
    return thread.thrid, tuple(message.msgid for message in thread.messages)


@pytest.mark.parametrize(
    ("key", "kind"), [("e", Archive), ("#", MoveToTrash), ("!", MoveToSpam), ("I", ChangeFlags)]
)
async def test_a_reply_below_the_fold_is_left_out_and_said_to_be(
    key: str, kind: type[Archive | MoveToTrash | MoveToSpam | ChangeFlags]
) -> None:
    async with running((80, 12)) as stage:
        thrid, there = await opened(stage)
        stage.main.reader.to_top()
        reply_to(stage.mail, thrid)
        await stage.rest()
        assert [message.msgid for message in stage.main.reader.unseen] == [REPLY]
        await stage.press(key)
        op = next(each for each in reversed(stage.mail.submitted) if isinstance(each, kind))
        assert op.target == Messages(there)
        assert "1 new unread stays" in stage.flash or kind is ChangeFlags, "it was read already"


async def test_a_reply_that_was_on_the_screen_is_meant() -> None:
    async with running((80, 12)) as stage:
        thrid, _ = await opened(stage)
        reply_to(stage.mail, thrid)
        await stage.rest()
        stage.main.reader.to_bottom()
        await stage.rest()
        assert stage.main.reader.unseen == ()
        await stage.press("e")
        op = next(each for each in reversed(stage.mail.submitted) if isinstance(each, Archive))
        assert op.target == Threads((thrid,), stage.main.view)
        assert "stays" not in stage.flash


async def test_a_reply_that_was_there_when_it_was_opened_again_is_meant() -> None:
    async with running((80, 12)) as stage:
        thrid, _ = await opened(stage)
        stage.main.reader.to_top()
        reply_to(stage.mail, thrid)
        await stage.press("escape", "enter")
        assert stage.main.reader.unseen == ()
