"""Activity: the journal, what can be done about an entry, and the transcript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import pytest
from msgspec.structs import replace

from imapcore.events import Event
from imapcore.model import INBOX, Archive, ChangeFlags, ChangeLabels, OpState, Threads
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import NOW_MS
from tests.tui.pilot import running
from tests.tui.stage import Stage
from tui.dialogs.activity import ActivityScreen, take_back_to
from tui.dialogs.confirm import ConfirmScreen
from tui.settings.config import Config
from tui.widgets.choice_list import ChoiceList

WIDE, NARROW = (130, 30), (80, 24)


def engine() -> FakeEngine:
    """One archived, one refused, one pending."""
    mail = FakeEngine(stays_pending=True)
    rows = mail.window(INBOX).rows
    mail.submit(Archive(Threads((rows[3].thrid,))))
    mail.settle()
    mail.submit(ChangeLabels(Threads((rows[0].thrid,)), frozenset({"Travel"})))
    mail.reject("[CANNOT] Label is reserved")
    mail.submit(Archive(Threads((rows[1].thrid,))))
    return mail


def stage(mail: FakeEngine) -> Stage:
    return Stage(screen=lambda: ActivityScreen(mail, now=lambda: NOW_MS, zone=UTC))


def rows(app: Stage, selector: str = "#ops") -> list[str]:
    choices = app.screen.query_one(selector, ChoiceList)
    return [line for y in range(choices.size.height) if (line := choices.render_line(y).text.strip(" ▎"))]


def text(app: Stage, selector: str) -> str:
    return str(app.screen.query_one(selector).render())


async def test_newest_first_with_what_became_of_each() -> None:
    app = stage(engine())
    async with app.run_test(size=WIDE):
        listed = rows(app)
        assert [line.rpartition("  ")[2] for line in listed] == ["to be sent", "refused", "done"]
        assert "1 to be sent" in text(app, "#head")
        assert "1 refused" in text(app, "#head")


async def test_details_have_the_commands_and_the_servers_words() -> None:
    app = stage(engine())
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("down")
        await pilot.pause()
        assert "Label is reserved" in text(app, "#detail")
        assert "X-GM-LABELS" in text(app, "#detail")


@pytest.mark.parametrize(("key", "words"), [("r", "retry"), ("d", "discard")])
async def test_verbs_are_offered_only_where_they_apply(key: str, words: str) -> None:
    app = stage(engine())
    async with app.run_test(size=WIDE) as pilot:
        assert words not in text(app, "#keys")
        before = rows(app)
        await pilot.press(key)
        await pilot.pause()
        assert rows(app) == before
        await pilot.press("down")
        await pilot.pause()
        assert words in text(app, "#keys")


async def test_what_was_refused_in_part_says_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = engine()
    refused = next(each for each in mail.activity() if each.state is OpState.REJECTED)
    in_part = replace(refused, messages=117, done=116)
    monkeypatch.setattr(mail, "activity", lambda limit=200: (in_part,))
    app = stage(mail)
    async with app.run_test(size=WIDE):
        assert "refused for 1 of 117 messages" in text(app, "#detail")


async def test_a_refused_change_is_sent_again() -> None:
    mail = engine()
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("j", "r")
        await pilot.pause()
        assert isinstance(mail.submitted[-1], ChangeLabels)
        assert len(mail.submitted) == 4


async def test_a_refused_change_is_forgotten() -> None:
    mail = engine()
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("down", "d")
        await pilot.pause()
        assert not any("refused" in line for line in rows(app))


async def test_undo_and_redo_from_here() -> None:
    mail = engine()
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        assert "z takes back" in text(app, "#head")
        await pilot.press("z")
        await pilot.pause()
        assert mail.next_redo() is not None
        await pilot.press("Z")
        await pilot.pause()
        assert mail.next_redo() is None


async def test_taking_back_down_to_here_asks_and_says_how_many() -> None:
    mail = FakeEngine()
    thrids = [row.thrid for row in mail.window(INBOX).rows]
    for thrid in thrids[:3]:
        mail.submit(Archive(Threads((thrid,))))
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("j", "t")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("n")
        await pilot.pause()
        assert not any(each.is_undone for each in mail.activity())
        await pilot.press("t", "y")
        await pilot.pause()
        assert [each.is_undone for each in mail.activity()] == [True, True, False]


def test_what_cannot_be_taken_back_is_not_passed_over() -> None:
    mail = FakeEngine()
    thrids = [row.thrid for row in mail.window(INBOX).rows]
    mail.submit(Archive(Threads((thrids[0],))))
    automatic = mail.submit(ChangeFlags(Threads((thrids[1],)), add=frozenset({"\\Seen"}), is_automatic=True))
    mail.submit(Archive(Threads((thrids[2],))))
    assert take_back_to(mail, automatic.op_id) == (1, False)
    assert [each.is_undone for each in mail.activity()] == [True, False, False]


async def test_its_keys_are_the_users() -> None:
    async with running(WIDE, config=Config(keys={"activity-take-back": ("B",)})) as run:
        await run.press("e", "e", "g", "h", "j")
        assert "Shift+B take back to here" in run.screen_text()
        await run.press("t")
        assert isinstance(run.app.screen, ActivityScreen)
        await run.press("B", "y")
        assert all(each.is_undone for each in run.mail.activity())


async def test_it_follows_the_engine() -> None:
    mail = engine()
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        mail.settle()
        for _ in range(50):
            if not any("to be sent" in line for line in rows(app)):
                break
            await pilot.pause(0.02)
        assert not any("to be sent" in line for line in rows(app))


async def test_the_cursor_stays_on_its_op_when_others_come() -> None:
    mail = engine()
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("down")
        mail.submit(Archive(Threads((mail.window(INBOX).rows[0].thrid,))))
        screen = app.screen
        assert isinstance(screen, ActivityScreen)
        screen.read_again()
        await pilot.pause()
        assert "Label is reserved" in text(app, "#detail")


async def test_narrow_terminals_show_journal_or_transcript() -> None:
    app = stage(engine())
    async with app.run_test(size=NARROW) as pilot:
        assert app.screen.query_one("#left").display
        assert not app.screen.query_one("#right").display
        await pilot.press("tab")
        await pilot.pause()
        assert not app.screen.query_one("#left").display
        assert any("LOGIN" in line for line in rows(app, "#transcript"))


async def test_an_empty_journal_says_what_will_stand_there() -> None:
    app = stage(FakeEngine())
    async with app.run_test(size=WIDE) as pilot:
        assert "Nothing was done here yet" in rows(app)[0]
        await pilot.press("r", "d", "c", "z", "enter")
        await pilot.pause()
        assert app.results == []


@pytest.mark.parametrize("size", [(20, 5), (3, 2)])
async def test_any_window_is_survived(size: tuple[int, int]) -> None:
    app = stage(engine())
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", "tab", "pagedown", "up", "tab", "q")
        await pilot.pause()
        assert app.results == [None]


async def test_leaving_ends_the_subscription() -> None:
    mail = engine()
    ended: list[bool] = []
    subscribe = mail.subscribe

    def watched(listener: Callable[[Event], None]) -> Callable[[], None]:
        end = subscribe(listener)

        def stop() -> None:
            ended.append(True)
            end()

        return stop

    mail.subscribe = watched  # type: ignore[method-assign]
    app = stage(mail)
    async with app.run_test(size=WIDE) as pilot:
        assert not ended
        await pilot.press("escape")
        await pilot.pause()
        assert ended == [True]
