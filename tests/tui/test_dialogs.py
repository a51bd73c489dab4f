"""The small dialogs: prompt, confirm, links, attachments, keywords, help, raw source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.screen import Screen

from imapcore.gmail.keywords import describe_keyword, keyword_problem
from imapcore.model import Attachment, LabelCounts, Link
from tests.fakes.mail import build_messages
from tests.tui.stage import Stage
from tui.dialogs.attachments import AttachmentPicker
from tui.dialogs.colours import ColourPicker
from tui.dialogs.confirm import ConfirmScreen
from tui.dialogs.help import HelpScreen
from tui.dialogs.keywords import KeywordChange, KeywordEditor
from tui.dialogs.links import LinkPicker, can_open
from tui.dialogs.message_source import MessageScreen, SourceLines, harmless
from tui.dialogs.prompt import PromptScreen
from tui.keys.commands import Where
from tui.keys.keymap import Keymap
from tui.widgets.choice_list import ChoiceList
from tui.widgets.line_input import LineInput

LINKS = [
    Link("https://docs.example.org/x", "docs.example.org", "the sheet"),
    Link("https://evil.example/", "evil.example", "bank.example", True),
    Link("javascript:alert(1)", "", "click"),
    Link("mailto:ada@analytical.example", "", "write to Ada"),
]
FILES = [
    Attachment("2", "budget.pdf", "application/pdf", 183_204),
    Attachment("3", "予算.xlsx", "application/vnd.ms-excel", 4_000),
    Attachment("4.1", "setup.exe", "application/x-msdownload", 3_000_000),
]
COUNTS = LabelCounts(2, 4, {}, {}, flags={"\\Seen": 4, "\\Flagged": 1, "$Later": 4})


def dialogs() -> dict[str, Screen[Any]]:
    messages, _categories = build_messages()
    message = next(iter(messages.values()))
    return {
        "prompt": PromptScreen("New label", "Work/", lambda text: "" if text else "It needs a name"),
        "confirm": ConfirmScreen("Delete 3 conversations forever?", "This cannot be undone.", "delete"),
        "links": LinkPicker(LINKS),
        "attachments": AttachmentPicker(FILES, Path("~/Downloads")),
        "keywords": KeywordEditor("2 conversations", COUNTS),
        "help": HelpScreen(Keymap(), Where.LIST),
        "colours": ColourPicker("Papers", "", "sky", lambda _: None),
        "many attachments": AttachmentPicker(FILES * 5, Path("~/Downloads")),
        "source": MessageScreen(message, b"Subject: x\r\n\r\nbody\r\n"),
    }


async def pressed(screen: Screen[Any], *keys: str) -> object:
    app = Stage(screen=lambda: screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        (result,) = app.results
        return result


def text(app: Stage, selector: str) -> str:
    return str(app.screen.query_one(selector).render())


def rows(app: Stage) -> list[str]:
    choices = app.screen.query_one(ChoiceList)
    return [choices.render_line(y).text.strip() for y in range(choices.size.height)]


# -- every dialog -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(dialogs()))
async def test_escape_closes_and_changes_nothing(name: str) -> None:
    assert not await pressed(dialogs()[name], "escape")


@pytest.mark.parametrize("name", sorted(dialogs()))
@pytest.mark.parametrize("size", [(20, 5), (3, 2), (300, 90)])
async def test_any_window_and_any_key_is_survived(name: str, size: tuple[int, int]) -> None:
    app = Stage(screen=lambda: dialogs()[name])
    async with app.run_test(size=size) as pilot:
        await pilot.press(
            "down", "up", "pagedown", "pageup", "tab", "x", "0", "backspace", "home", "end", "ctrl+n"
        )
        for field in app.screen.query(LineInput):
            field.post_message(events.Paste("paste " * 20_000))
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert app.results
        assert not app.results[0]


@pytest.mark.parametrize(("name", "last"), [("colours", "grey"), ("many attachments", "setup.exe")])
async def test_the_line_with_the_cursor_is_seen_in_a_low_window(name: str, last: str) -> None:
    app = Stage(screen=lambda: dialogs()[name])
    async with app.run_test(size=(70, 12)) as pilot:
        await pilot.press("up")
        await pilot.pause()
        choices = app.screen.query_one(ChoiceList)
        shown = choices.render_line(choices.cursor - round(choices.scroll_y)).text
        assert last in shown
        assert choices.region.height <= 12
        assert app.screen.query_one("#keys").region.bottom <= 12


# -- prompt -------------------------------------------------------------------------------------------------


def check(text: str) -> str:
    return "Not a name" if text in ("", "bad") else ""


async def test_a_prompt_returns_what_was_typed() -> None:
    assert await pressed(PromptScreen("New label", "Work/", check), *"new", "enter") == "Work/new"


async def test_a_prompt_keeps_what_will_not_do_and_says_why() -> None:
    app = Stage(screen=lambda: PromptScreen("New label", "", check))
    async with app.run_test(size=(100, 30)) as pilot:
        assert text(app, "#problem") == ""
        await pilot.press(*"bad", "enter")
        await pilot.pause()
        assert app.results == []
        assert text(app, "#problem") == "Not a name"
        await pilot.press(*"ge", "enter")
        await pilot.pause()
        assert app.results == ["badge"]


# -- confirm ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), False),
        (("n",), False),
        (("escape",), False),
        (("y",), True),
        (("down", "enter"), True),
        (("tab", "tab", "enter"), False),
        (("#", "d", "x", "enter"), False),
    ],
)
async def test_only_a_deliberate_key_destroys(keys: tuple[str, ...], answer: bool) -> None:
    assert await pressed(ConfirmScreen("Delete?", "For ever.", "delete"), *keys) is answer


# -- links --------------------------------------------------------------------------------------------------


async def test_a_link_is_chosen_by_its_number() -> None:
    assert await pressed(LinkPicker(LINKS), "4", "enter") == "mailto:ada@analytical.example"


async def test_a_link_is_chosen_by_words() -> None:
    assert await pressed(LinkPicker(LINKS), *"sheet", "enter") == "https://docs.example.org/x"


async def test_a_lying_link_says_where_it_really_leads() -> None:
    app = Stage(screen=lambda: LinkPicker(LINKS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        assert "really evil.example" in rows(app)[1]
        assert text(app, "#where") == "https://evil.example/"


async def test_only_web_and_mail_addresses_are_returned() -> None:
    app = Stage(screen=lambda: LinkPicker(LINKS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("3", "enter")
        await pilot.pause()
        assert app.results == []
        assert "Only web and mail" in text(app, "#where")


@pytest.mark.parametrize(
    "url", ["javascript:x", "file:///etc/passwd", "data:text/html,x", "", "ftp://x", " https://x"]
)
def test_other_addresses_are_never_opened(url: str) -> None:
    assert not can_open(url)


async def test_a_link_can_be_copied_without_opening_it() -> None:
    app = Stage(screen=lambda: LinkPicker(LINKS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("2", "ctrl+y")
        await pilot.pause()
        assert app.results == [None]
        assert app.clipboard == "https://evil.example/"


# -- attachments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "sections"),
    [
        (("enter",), ("2",)),
        (("down", "enter"), ("3",)),
        (("space", "down", "down", "space", "enter"), ("2", "4.1")),
        (("ctrl+a", "enter"), ("2", "3", "4.1")),
        (("ctrl+a", "ctrl+a", "enter"), ("2",)),
    ],
)
async def test_attachments_are_ticked_and_saved(keys: tuple[str, ...], sections: tuple[str, ...]) -> None:
    assert await pressed(AttachmentPicker(FILES, Path("x")), *keys) == sections


async def test_a_program_is_called_one() -> None:
    app = Stage(screen=lambda: AttachmentPicker(FILES, Path("x")))
    async with app.run_test(size=(100, 30)):
        assert "only saved" in rows(app)[2]
        assert "only saved" not in rows(app)[0]


# -- keywords -----------------------------------------------------------------------------------------------


async def test_a_flag_on_all_is_cleared_and_one_on_some_is_set() -> None:
    change = await pressed(KeywordEditor("x", COUNTS), "space", "down", "space", "enter")
    assert change == KeywordChange(frozenset({"\\Flagged"}), frozenset({"\\Seen"}))


async def test_enter_at_once_changes_no_flag() -> None:
    assert await pressed(KeywordEditor("x", COUNTS), "enter") is None


async def test_a_flag_is_found_by_what_it_means() -> None:
    assert await pressed(KeywordEditor("x", COUNTS), *"forw", "enter") == KeywordChange(
        frozenset({"$Forwarded"})
    )


async def test_a_keyword_of_ones_own_is_set() -> None:
    assert await pressed(KeywordEditor("x", COUNTS), *"todo", "enter") == KeywordChange(frozenset({"todo"}))


async def test_what_cannot_be_a_keyword_is_said_and_kept() -> None:
    app = Stage(screen=lambda: KeywordEditor("x", COUNTS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"a(b", "enter")
        await pilot.pause()
        assert app.results == []
        assert "cannot have ( in it" in text(app, "#problem")


async def test_flags_that_gmail_does_not_keep_cannot_be_chosen() -> None:
    app = Stage(screen=lambda: KeywordEditor("x", COUNTS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"\\draft", "enter")
        await pilot.pause()
        assert app.results == []
        assert "not kept" in rows(app)[0]


@pytest.mark.parametrize("name", ["$Later", "todo", "a-b.c", "[x", "x" * 100])
def test_names_that_can_be_keywords(name: str) -> None:
    assert keyword_problem(name) == ""


@pytest.mark.parametrize(
    "name", ["", "a b", "a(b", "a%b", "a*b", 'a"b', "a]b", "a{b", "\\Own", "übung", "x" * 101, "a\x01b"]
)
def test_names_that_cannot(name: str) -> None:
    assert keyword_problem(name)


def test_a_keyword_is_known_whatever_its_case() -> None:
    assert describe_keyword("$forwarded").about == "forwarded"
    assert describe_keyword("$Mine").can_set


# -- help ---------------------------------------------------------------------------------------------------


async def test_help_lists_this_pane_first_and_every_key_once() -> None:
    app = Stage(screen=lambda: HelpScreen(Keymap(), Where.READER))
    async with app.run_test(size=(100, 200)):
        listed = rows(app)
        keymap = Keymap()
        titles = [command.title for _, verbs in keymap.sections([Where.READER]) for command, _ in verbs]
        for title in titles:
            assert sum(title in row for row in listed) >= 1, title
        assert any("Unfold a label" in row for row in listed)


async def test_help_is_filtered_by_words_and_by_key() -> None:
    app = Stage(screen=lambda: HelpScreen(Keymap(), Where.LIST))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"archive")
        await pilot.pause()
        assert rows(app)[0].startswith("e ") or "rchive" in rows(app)[0]
        await pilot.press(*["backspace"] * 7, "z")
        await pilot.pause()
        assert any("Undo" in row for row in rows(app)[:3])


async def test_help_follows_the_live_map() -> None:
    app = Stage(screen=lambda: HelpScreen(Keymap("gmail", {"archive": ["f7"]}), Where.LIST))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"archive it")
        await pilot.pause()
        assert any(row.startswith(("F7", "f7")) or " F7 " in f" {row} " for row in rows(app))


# -- source -------------------------------------------------------------------------------------------------


def source(raw: bytes, width: int = 20) -> list[str]:
    lines = SourceLines(raw, width)
    return [lines[index] for index in range(len(lines))]


def test_source_lines_end_where_they_end() -> None:
    assert source(b"a: b\r\n\r\nbody\nlast") == ["a: b", "", "body", "last"]
    assert SourceLines(b"a: b\r\nc: d\r\n\r\nbody: x", 20).header_lines == 2
    assert SourceLines(b"a: b", 20).header_lines == 1
    assert source(b"") == []


def test_long_lines_break_between_letters() -> None:
    assert source("ü".encode() * 6, 5) == ["üü", "üü", "üü"]
    assert source(b"x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_no_control_byte_of_a_message_is_drawn() -> None:
    for line in source(b"\x1b[31m\x00\x07\r x\r\n\x9b31m\xff\xfe" + "\u202e\u2066".encode() + b"\x7f", 80):
        assert line.isprintable(), line


async def test_the_source_is_copied_whole_with_no_octet_that_a_shell_obeys() -> None:
    raw = (
        b"Subject: x\x1b]52;c;cm0gLXJm\x07\r\n"
        b"\tfolded\r\n\r\n"
        b"\x1b[201~rm -rf ~\r\x00\x7f\xc2\x9b31m \x9b\xff gr\xc3\xbc\xc3\x9fe\r\n"
    )
    app = Stage(screen=lambda: MessageScreen(next(iter(build_messages()[0].values())), raw))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+y")
        await pilot.pause()
        copied = app.clipboard
        assert [notice.message for notice in app._notifications] == [
            "The whole source was copied; control characters in it as marks"
        ]
    assert copied.splitlines() == [
        "Subject: x\u241b]52;c;cm0gLXJm\u2407",
        "\tfolded",
        "",
        "\u241b[201~rm -rf ~\u240d\u2400\u2421\ufffd31m \ufffd\ufffd grüße",
    ]
    assert [each for each in copied if not each.isprintable() and each not in "\n\t"] == []


@pytest.mark.parametrize("code", [*range(32), *range(0x7F, 0xA0)])
def test_no_control_character_is_copied_as_itself(code: int) -> None:
    copied = harmless(b"a" + chr(code).encode() + b"b")
    assert len(copied) == 3
    assert copied[1].isprintable() == (code not in (9, 10))


def test_half_a_letter_at_the_edge_does_not_loop() -> None:
    assert source(b"\x80" * 30, 8)


def test_octets_that_are_no_letters_are_cut_into_whole_lines() -> None:
    # One octet to a line, and a step back over all others for each, took six seconds for a megabyte.
    assert len(SourceLines(b"\x80" * 8_000, 80)) <= 8_000 // 77 + 1


async def test_a_second_click_opens_a_link() -> None:
    app = Stage(screen=lambda: LinkPicker(LINKS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.click(ChoiceList, offset=(6, 1))
        await pilot.pause()
        assert app.results == []
        await pilot.click(ChoiceList, offset=(6, 1))
        await pilot.pause()
        assert app.results == ["https://evil.example/"]
