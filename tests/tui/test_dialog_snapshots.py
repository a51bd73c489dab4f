"""Pictures of the reader and the dialogs, each looked at before it was accepted.

Taken on a bare stage: what stands behind a dialog is the main screen's and has pictures of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Any, Protocol

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from imapcore.errors import AuthenticationFailed
from imapcore.model import (
    INBOX,
    Account,
    Archive,
    Attachment,
    Block,
    BlockKind,
    Body,
    ChangeLabels,
    LabelCounts,
    Link,
    Message,
    Messages,
    Span,
    Thread,
    Threads,
)
from tests.fakes.engine import FakeEngine
from tests.fakes.mail import ME, NOW_MS, build_body, build_messages
from tests.tui.stage import Stage, at_rest
from tui.dialogs.activity import ActivityScreen
from tui.dialogs.attachments import AttachmentPicker
from tui.dialogs.colours import ColourPicker
from tui.dialogs.confirm import ConfirmScreen
from tui.dialogs.help import HelpScreen
from tui.dialogs.keywords import KeywordEditor
from tui.dialogs.label_choices import LabelChange
from tui.dialogs.label_editor import LabelEditor, Scope
from tui.dialogs.links import LinkPicker
from tui.dialogs.message_source import MessageScreen
from tui.dialogs.prompt import PromptScreen
from tui.dialogs.search import SearchScreen
from tui.dialogs.sign_in import SignInScreen
from tui.first_run.screen import FirstRunScreen
from tui.keys.commands import Where
from tui.keys.keymap import Keymap
from tui.style.glyphs import ASCII, UNICODE, Glyphs
from tui.style.theme import DARK, LIGHT, LabelColours, Palette
from tui.widgets.dialog_style import Look
from tui.widgets.reader.reader import Reader
from tui.widgets.reader.section import Waiting

SMALL, MIDDLE, NARROW, TINY = (80, 24), (120, 36), (44, 20), (30, 8)


class Compare(Protocol):
    """What ``snap_compare`` is."""

    def __call__(
        self,
        app: Stage,
        press: Sequence[str] = (),
        terminal_size: tuple[int, int] = SMALL,
        run_before: Callable[[Pilot[None]], Any] | None = None,
    ) -> bool: ...


def look(palette: Palette = DARK, glyphs: Glyphs = UNICODE) -> Look:
    colours = LabelColours({})
    colours.give_out(tuple(box.name for box in FakeEngine().mailboxes() if box.role is None))
    return Look(palette, glyphs, lambda label: colours.pair(label, palette))


# -- dialogs ------------------------------------------------------------------------------------------------


def label_editor(style: Look, *, is_move: bool = False) -> LabelEditor:
    mail = FakeEngine()
    rows = mail.window(INBOX).rows[:3]
    threads = Threads(tuple(row.thrid for row in rows))
    single = Messages((rows[0].thrid,))
    counts = replace(mail.label_counts(threads), recent=("Travel/trains", "Family"))

    def preview(change: LabelChange) -> Sequence[str]:
        return mail.preview(ChangeLabels(threads, change.add, change.remove))

    return LabelEditor(
        [box for box in mail.mailboxes() if box.role is None],
        Scope("3 conversations", counts),
        message=Scope("this message", mail.label_counts(single)),
        is_move=is_move,
        preview=preview,
        look=style,
    )


def search(style: Look) -> SearchScreen:
    mail = FakeEngine()
    labels = [box.name for box in mail.mailboxes() if box.role is None]
    history = ("has:attachment from:ada", "is:unread older_than:7d")
    return SearchScreen("", history, labels, mail.people, today=date(2026, 11, 21), look=style)


def activity(style: Look) -> ActivityScreen:
    mail = FakeEngine(stays_pending=True)
    rows = mail.window(INBOX).rows
    mail.submit(Archive(Threads((rows[3].thrid,))))
    mail.settle()
    mail.submit(ChangeLabels(Threads((rows[0].thrid,)), frozenset({"Travel"})))
    mail.reject()
    mail.submit(Archive(Threads((rows[1].thrid, rows[2].thrid))))
    return ActivityScreen(mail, now=lambda: NOW_MS, zone=UTC, look=style)


LINKS = (
    Link("https://docs.example.org/sheet/1?view=all", "docs.example.org", "the shared sheet"),
    Link("https://evil.example/login", "evil.example", "https://bank.example/login", True),
    Link("javascript:alert(1)", "", "click here"),
    Link("mailto:ada@analytical.example", "", "write to Ada"),
)
FILES = (
    Attachment("2", "budget-2027.pdf", "application/pdf", 183_204),
    Attachment("3", "予算.xlsx", "application/vnd.ms-excel", 48_222),
    Attachment("4", "setup.exe", "application/x-msdownload", 3_000_000),
    Attachment("5", "logo.png", "image/png", 4_000, is_inline=True),
)
RAW = (
    b"Delivered-To: ada.l@gmail.com\r\nFrom: Ada Byron <ada@analytical.example>\r\nTo: ada.l@gmail.com\r\n"
    b"Subject: Budget 2027\r\nDate: Sat, 21 Nov 2026 09:12:00 +0000\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nHere are the numbers for the second half.\r\n"
    b"An escape \x1b[31m and a bell \x07 that stay harmless, and " + "ünïcödé".encode() + b".\r\n"
)


def keywords(style: Look) -> KeywordEditor:
    flags = {"\\Seen": 9, "\\Flagged": 11, "$Forwarded": 2, "$label1": 11}
    return KeywordEditor("3 conversations", LabelCounts(3, 11, {}, {}, flags=flags), look=style)


def refuse(account: Account, secret: str) -> None:
    raise AuthenticationFailed("Invalid credentials (Failure)")


def sign_in(style: Look) -> SignInScreen:
    return SignInScreen(Account("ada.l@gmail.com"), refuse, None, look=style)


def help_of(style: Look) -> HelpScreen:
    return HelpScreen(Keymap(), Where.LIST, look=style)


def links(style: Look) -> LinkPicker:
    return LinkPicker(LINKS, look=style)


def attachments(style: Look) -> AttachmentPicker:
    return AttachmentPicker(FILES, Path("Downloads"), look=style)


def source(style: Look) -> MessageScreen:
    return MessageScreen(next(iter(build_messages()[0].values())), RAW, look=style)


def confirm(style: Look) -> ConfirmScreen:
    return ConfirmScreen(
        "Delete 3 conversations forever?",
        "This cannot be undone, neither here nor in Gmail.",
        "delete",
        look=style,
    )


def prompt(style: Look) -> PromptScreen:
    return PromptScreen("New label", "Work/", lambda text: "Gmail refuses ^ in a label", look=style)


def first_run(style: Look) -> FirstRunScreen:
    return FirstRunScreen(look=style)


def colours(style: Look) -> ColourPicker:
    return ColourPicker("contracts", "violet", "teal", lambda _: None, look=style)


def move(style: Look) -> LabelEditor:
    return label_editor(style, is_move=True)


@dataclass(frozen=True)
class Shot:
    """One picture of a dialog."""

    screen: Callable[[Look], Screen[Any]]
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = SMALL
    palette: Palette = DARK
    glyphs: Glyphs = UNICODE


SHOTS: dict[str, Shot] = {
    "label-editor": Shot(label_editor),
    "label-editor-filtered": Shot(label_editor, ("t", "r")),
    "label-editor-ticked": Shot(label_editor, ("space", "down", "space", "down", "down", "down", "space")),
    "label-editor-creating": Shot(label_editor, (*"work/new/deep",)),
    "label-editor-refusing": Shot(label_editor, (*"a^b",)),
    "label-editor-message": Shot(label_editor, ("tab",)),
    "label-editor-light": Shot(label_editor, ("t", "r"), palette=LIGHT),
    "label-editor-ascii": Shot(label_editor, glyphs=ASCII),
    "label-editor-narrow": Shot(label_editor, size=NARROW),
    "label-editor-tiny": Shot(label_editor, size=TINY),
    "move": Shot(move),
    "colours": Shot(colours, ("down",)),
    "colours-light": Shot(colours, ("up",), palette=LIGHT),
    "search": Shot(search),
    "search-completing": Shot(search, (*"from:a", "down")),
    "search-doubting": Shot(search, (*"form:ada subject:two words older_than:2w", "space"), MIDDLE),
    "search-narrow": Shot(search, (*"is:",), NARROW),
    "help": Shot(help_of, size=MIDDLE),
    "help-filtered": Shot(help_of, (*"label",)),
    "activity": Shot(activity, ("down",), MIDDLE),
    "activity-narrow": Shot(activity),
    "activity-transcript": Shot(activity, ("tab",)),
    "links": Shot(links, ("down",)),
    "attachments": Shot(attachments, ("space", "down")),
    "keywords": Shot(keywords, ("down", "space"), (100, 30)),
    "source": Shot(source),
    "confirm": Shot(confirm),
    "prompt": Shot(prompt, ("^",)),
    "sign-in-refused": Shot(sign_in, (*"abcd", "enter")),
    "first-run": Shot(first_run),
    "first-run-account": Shot(first_run, ("down", *"ada@")),
    "first-run-light-narrow": Shot(first_run, ("down",), NARROW, LIGHT),
}


@pytest.mark.parametrize("name", SHOTS)
def test_snapshot_of_dialog(name: str, snap_compare: Compare) -> None:
    shot = SHOTS[name]

    async def settle(pilot: Pilot[None]) -> None:
        await pilot.press(*shot.keys)
        await at_rest(pilot)

    app = Stage(screen=lambda: shot.screen(look(shot.palette, shot.glyphs)), palette=shot.palette)
    assert snap_compare(app, terminal_size=shot.size, run_before=settle)


# -- the reader ---------------------------------------------------------------------------------------------


MESSAGES = build_messages()[0]


def conversation(subject: str) -> Thread:
    found = sorted((m for m in MESSAGES.values() if m.subject == subject), key=lambda m: m.date)
    labels = sorted({name for m in found for name in m.labels if not name.startswith("\\")})
    return Thread(found[0].thrid, subject, tuple(found), tuple(labels))


def newsletter() -> tuple[Thread, Body]:
    """A body with everything a body can have."""
    message = replace(MESSAGES[min(MESSAGES)], subject="Everything at once", is_mine=False)
    spans = (
        Span("A "),
        Span("bold", is_bold=True),
        Span(", an "),
        Span("italic", is_italic=True),
        Span(" and a "),
    )
    quoted = "\n".join(f"quoted line {n}" for n in range(9))
    body = Body(
        message.msgid,
        (
            Block(BlockKind.HEADING, (Span("A heading over it all"),), level=1),
            Block(BlockKind.PARAGRAPH, (*spans, Span("code()", is_code=True), Span(" word."))),
            Block(BlockKind.PARAGRAPH, (Span("日本語の文章も、正しい場所で折り返されます。" * 3),)),
            Block(BlockKind.PARAGRAPH, (Span("مرحبا، هذا نص من اليمين إلى اليسار"),)),
            Block(BlockKind.ITEM, (Span("first of a list"),), marker="1."),
            Block(BlockKind.ITEM, (Span("and one below it"),), level=1),
            Block(BlockKind.PREFORMATTED, (Span("def f(x):\n    return x"),)),
            Block(BlockKind.RULE),
            Block(BlockKind.PARAGRAPH, (Span("Log in at "), Span("bank.example", link=1), Span(" now"))),
            Block(BlockKind.PARAGRAPH, (Span(quoted),), quote=1),
            Block(BlockKind.PARAGRAPH, (Span("Ada\nAnalytical Engines"),), is_signature=True),
        ),
        LINKS,
        FILES[:2],
        is_html=True,
        notice="3 remote pictures were left out",
    )
    return Thread(message.thrid, message.subject, (message,), ()), body


@dataclass(frozen=True)
class Page:
    """One picture of the reader."""

    do: Callable[[Reader], object]
    size: tuple[int, int] = (100, 34)
    palette: Palette = DARK
    glyphs: Glyphs = UNICODE
    keys: tuple[str, ...] = ()


def show(subject: str) -> Callable[[Reader], object]:
    return lambda reader: reader.show(conversation(subject))


def everything(reader: Reader) -> None:
    thread, body = newsletter()
    reader.show(thread)
    reader.show_body(body)


def failed(reader: Reader) -> None:
    thread, _body = newsletter()
    reader.show(thread)
    reader.show_failure(
        thread.messages[0].msgid, "It is gone", "Gmail has no such message any more", "Look in the trash"
    )


def offline(reader: Reader) -> None:
    thread, _body = newsletter()
    reader.show(thread)
    reader.show_waiting(thread.messages[0].msgid, Waiting.OFFLINE)


def unfolded(reader: Reader) -> None:
    reader.show(conversation("Budget 2027"))
    reader.toggle_all()
    reader.toggle_quotes()


def finding(reader: Reader) -> None:
    reader.show(conversation("Budget 2027"))
    reader.find()


def stepped(reader: Reader) -> None:
    reader.show(conversation("Budget 2027"))
    reader.previous_message()
    reader.previous_message()


PAGES: dict[str, Page] = {
    "reader": Page(show("Budget 2027")),
    "reader-light": Page(show("Budget 2027"), palette=LIGHT),
    "reader-ascii": Page(show("Budget 2027"), glyphs=ASCII),
    "reader-narrow": Page(show("Budget 2027"), NARROW),
    "reader-wide": Page(show("Budget 2027"), (200, 40)),
    "reader-everything": Page(everything, (100, 44)),
    "reader-everything-narrow": Page(everything, NARROW),
    "reader-unfolded": Page(unfolded),
    "reader-stepped": Page(stepped),
    "reader-finding": Page(finding, keys=(*"the",)),
    "reader-failed": Page(failed, SMALL),
    "reader-offline": Page(offline, SMALL),
    "reader-empty": Page(lambda reader: reader.show(None), SMALL),
}


def _stored(msgid: int) -> Body | None:
    message: Message = MESSAGES[msgid]
    return None if message.msgid == min(MESSAGES) else build_body(message)


@pytest.mark.parametrize("name", PAGES)
def test_snapshot_of_reader(name: str, snap_compare: Compare) -> None:
    page = PAGES[name]
    style = look(page.palette, page.glyphs)

    def make() -> Widget:
        reader = Reader(
            owner=ME.email, glyphs=page.glyphs, now=lambda: NOW_MS, zone=UTC, body=_stored, id="reader"
        )
        reader.dress(page.palette, style.chip)
        return reader

    async def settle(pilot: Pilot[None]) -> None:
        reader = pilot.app.query_one(Reader)
        reader.page.focus()
        page.do(reader)
        await pilot.pause()
        await pilot.press(*page.keys)
        await pilot.pause()

    app = Stage(widget=make, palette=page.palette)
    assert snap_compare(app, terminal_size=page.size, run_before=settle)
