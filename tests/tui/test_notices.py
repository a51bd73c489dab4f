"""What is written to the terminal beside the screen: its title, and notices of new mail."""

from __future__ import annotations

import pytest
from textual.widgets._toast import Toast

from imapcore.events import MailArrived, OpRejected
from tests.tui.pilot import Stage, running
from tui.app import GimapApp
from tui.settings.config import Config, parse_config


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sequences sent to the terminal; a headless one gets none."""
    sent: list[str] = []
    monkeypatch.setattr(GimapApp, "_write_terminal", lambda _, sequence: sent.append(sequence))
    return sent


def behaviour(line: str) -> Config:
    return parse_config(f"[behaviour]\n{line}\n")


async def arrive(stage: Stage, sender: str, subject: str) -> None:
    stage.mail.emit(MailArrived(1, sender, subject))
    await stage.rest()


async def test_the_title_counts_what_is_unread_and_is_given_back(written: list[str]) -> None:
    async with running() as stage:
        stage.app.set_terminal_title()
        assert written == ["\x1b[22;0t", "\x1b]0;(6) gimap-tui\x07"]
        await stage.press("I")
        stage.app.set_terminal_title()
        assert written[-1] == "\x1b]0;(5) gimap-tui\x07"
        stage.app.set_terminal_title()
        assert len(written) == 3
    assert written[-1] == "\x1b[23;0t"


async def test_a_title_that_is_not_wished_is_never_touched(written: list[str]) -> None:
    async with running(config=behaviour("title = false")) as stage:
        stage.app.set_terminal_title()
        await arrive(stage, "Ada", "Hello")
    assert written == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("off", []),
        ("osc9", ["\x1b]9;Ada: Lunch\x07"]),
        ("osc777", ["\x1b]777;notify;gimap-tui;Ada: Lunch\x07"]),
        ("bell", ["\x07"]),
    ],
)
async def test_new_mail_is_told_as_wished(written: list[str], wanted: str, expected: list[str]) -> None:
    async with running(config=behaviour(f'title = false\nnotify = "{wanted}"')) as stage:
        await arrive(stage, "Ada", "Lunch")
    assert written == expected


@pytest.mark.parametrize("wanted", ["osc9", "osc777"])
async def test_a_subject_cannot_leave_the_notice(written: list[str], wanted: str) -> None:
    async with running(config=behaviour(f'title = false\nnotify = "{wanted}"')) as stage:
        await arrive(stage, "Eve\x1b\\\x9c\x07", "a;b\x07\x1b]52;c;ZXZpbA==\x07\u202e\nend" + "x" * 500)
    (notice,) = written
    head, body = notice[: notice.index("Eve")], notice[notice.index("Eve") : -1]
    assert head in ("\x1b]9;", "\x1b]777;notify;gimap-tui;")
    assert body.isprintable()
    assert ";" not in body
    assert len(body) <= 200
    assert notice.endswith("\x07")


async def test_a_servers_words_are_no_markup() -> None:
    async with running((120, 36), has_notices=True) as stage:
        stage.mail.emit(
            OpRejected(1, "Labelled [b]x[/b]", "Gmail refused", "[CANNOT] no [/such] label [", "Try [red]")
        )
        await stage.rest()
        text = str(stage.app.screen.query_one(Toast).render())
        assert "[CANNOT] no [/such] label [" in text
        assert "Gmail refused: Labelled [b]x[/b]" in text
