"""What is about very many conversations is written beside the screen, in order, and said when it is done."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from imapcore.errors import StoreError
from imapcore.model import INBOX, MarkAll, Op, Receipt
from tests.fakes.engine import FakeEngine
from tests.tui.pilot import Stage, running
from tui.bridge import background
from tui.dialogs.activity import ActivityScreen

PATIENCE = 20.0


@dataclass
class SlowEngine(FakeEngine):
    """One whose journal takes its time until it is let go."""

    may_go: threading.Event = field(default_factory=threading.Event)
    problem: str = ""
    threads: list[str] = field(default_factory=list)

    def submit(self, op: Op) -> Receipt:
        self.threads.append(threading.current_thread().name)
        if threading.current_thread() is not threading.main_thread():
            assert self.may_go.wait(PATIENCE)
            if self.problem:
                raise StoreError(self.problem)
        return super().submit(op)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LARGE", 5)


async def end(stage: Stage) -> None:
    await stage.app.workers.wait_for_complete()
    await stage.rest()


async def test_the_screen_goes_on_while_everything_is_archived() -> None:
    mail = SlowEngine()
    async with running(mail=mail) as stage:
        total = stage.threads.window.total
        await stage.press("asterisk", "a", "asterisk", "a", "e")
        assert stage.flash.startswith(f"Changing {total} conversations")
        here = stage.here()
        await stage.press("j")
        assert stage.here() != here
        assert stage.threads.window.total == total
        mail.may_go.set()
        await end(stage)
        assert stage.threads.window.total == 0
        assert stage.flash.startswith("Archived")


async def test_what_is_done_meanwhile_waits_its_turn_and_undo_takes_the_last_back() -> None:
    mail = SlowEngine()
    async with running(mail=mail) as stage:
        total = stage.threads.window.total
        await stage.press("asterisk", "a", "asterisk", "a", "I", "asterisk", "n")
        await stage.press("s", "z")
        assert mail.submitted == []
        mail.may_go.set()
        await end(stage)
        assert [type(op).__name__ for op in mail.submitted] == ["ChangeFlags", "ChangeFlags"]
        assert stage.flash.startswith("Undone: ")
        assert not any(row.unread for row in stage.threads.window.rows)
        assert stage.threads.window.total == total


async def test_what_the_store_refuses_is_said_and_the_rest_goes_on() -> None:
    mail = SlowEngine(problem="the disk is full")
    async with running(mail=mail) as stage:
        await stage.press("asterisk", "a", "asterisk", "a", "e")
        mail.may_go.set()
        await end(stage)
        assert "the disk is full" in stage.flash
        mail.problem = ""
        await stage.press("s")
        await end(stage)
        assert [type(op).__name__ for op in mail.submitted] == ["ChangeFlags"]


async def test_a_few_conversations_are_done_at_once() -> None:
    mail = SlowEngine()
    async with running(mail=mail) as stage:
        await stage.press("e")
        assert len(mail.submitted) == 1
        assert mail.threads == [threading.main_thread().name]


@dataclass
class SlowToUndo(FakeEngine):
    """One that takes back only when it may."""

    may_go: threading.Event = field(default_factory=threading.Event)

    def undo(self) -> Receipt | None:
        assert threading.current_thread() is not threading.main_thread()
        assert self.may_go.wait(PATIENCE)
        return super().undo()


@pytest.mark.parametrize("leaves", [False, True])
async def test_activity_takes_back_beside_the_screen(leaves: bool) -> None:
    mail = SlowToUndo()
    async with running(mail=mail) as stage:
        await stage.press("asterisk", "a", "asterisk", "a", "e")
        await end(stage)
        assert stage.threads.window.total == 0
        await stage.press("g", "h")
        assert isinstance(stage.app.screen, ActivityScreen)
        await stage.press("z")
        assert mail.next_redo() is None
        if leaves:
            await stage.press("escape")
        mail.may_go.set()
        await end(stage)
        assert mail.next_redo() is not None
        if not leaves:
            await stage.press("escape")
        assert stage.threads.window.total > 0


async def test_after_a_restart_a_large_change_is_taken_back_beside_the_screen() -> None:
    mail = SlowToUndo()
    mail.submit(MarkAll(INBOX, is_read=True))
    async with running(mail=mail) as stage:
        await stage.press("z")
        assert mail.next_redo() is None
        mail.may_go.set()
        await end(stage)
        assert mail.next_redo() is not None
