"""The reader: what is open, what is folded, keys and clicks, and conversations of any size."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from textual.geometry import Offset
from textual.selection import Selection

from imapcore.model import (
    Address,
    Attachment,
    Block,
    BlockKind,
    Body,
    Details,
    Link,
    Message,
    Role,
    Span,
    Thread,
    Unsubscribe,
    Verdict,
)
from tests.tui.stage import Stage
from tui.bridge.messages import BodyWanted, CommandChosen, LinkOpened
from tui.style.glyphs import UNICODE
from tui.widgets.reader.body_layout import attachment_pieces
from tui.widgets.reader.body_lines import Ink
from tui.widgets.reader.document import ReaderDocument
from tui.widgets.reader.message_details import details_lines
from tui.widgets.reader.message_head import head_lines, long_date, short_date, show_people
from tui.widgets.reader.page import ReaderPage
from tui.widgets.reader.reader import Reader
from tui.widgets.reader.section import Part, Waiting

NOW = 1_795_252_320_000
MINUTE, DAY = 60_000, 86_400_000
ME = "ada.l@gmail.com"
ADA = Address("Ada Byron", "ada@analytical.example")
SIZE = (90, 30)


def message(
    number: int, *, is_read: bool = True, labels: frozenset[str] = frozenset(), **more: object
) -> Message:
    made = Message(
        msgid=100 + number,
        thrid=100,
        date=NOW - (30 - number) * DAY,
        sender=ADA,
        to=(Address("Ada Lovelace", ME),),
        cc=(),
        subject="Budget",
        snippet=f"snippet {number}",
        size=1000,
        flags=frozenset({"\\Seen"}) if is_read else frozenset(),
        labels=labels,
    )
    return replace(made, **more)


def thread(count: int, unread: tuple[int, ...] = (), thrid: int = 100) -> Thread:
    messages = tuple(message(n, is_read=n not in unread, thrid=thrid) for n in range(count))
    return Thread(thrid, "Budget 2027", messages, ("Finance",))


def body(msgid: int, text: str = "", lines: int = 3) -> Body:
    text = text or "\n".join(f"line {n} of {msgid}" for n in range(lines))
    return Body(msgid, (Block(BlockKind.PARAGRAPH, (Span(text),)),))


def document(count: int, unread: tuple[int, ...] = ()) -> ReaderDocument:
    made = ReaderDocument(owner=ME, now=NOW, zone=UTC)
    made.show(thread(count, unread))
    return made


def shape(made: ReaderDocument) -> str:
    signs = {Part.SUBJECT: "s", Part.FOLDED: "f", Part.RUN: "r", Part.OPEN: "O"}
    return "".join(signs[section.part] for section in made.sections)


# -- what is open -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "unread", "expected"),
    [
        (1, (), "sO"),
        (3, (), "sffO"),
        (5, (), "sffffO"),
        (7, (), "sfffrO"),
        (7, (6,), "sfffrO"),
        (7, (2, 6), "sffOfffO"),
        (25, (), "sfffrO"),
        (3, (0, 1, 2), "sOOO"),
    ],
)
def test_unread_messages_and_else_the_newest_are_open(
    count: int, unread: tuple[int, ...], expected: str
) -> None:
    assert shape(document(count, unread)) == expected


def test_the_first_unread_message_is_the_current_one() -> None:
    assert document(7, (2, 6)).current == 102
    assert document(7).current == 106


def test_stepping_to_a_hidden_message_gives_it_a_line() -> None:
    made = document(7)
    assert made.step(-1)
    assert made.current == 105
    assert shape(made) == "sffffffO"


def test_stepping_ends_at_the_ends() -> None:
    made = document(2)
    assert not made.step(1)
    assert made.step(-1)
    assert not made.step(-1)


def test_everything_opens_and_folds_again() -> None:
    made = document(7)
    assert made.toggle_all()
    assert shape(made) == "sOOOOOOO"
    assert not made.toggle_all()
    assert shape(made) == "sfffrO"


def test_a_new_message_joins_and_what_was_open_stays_open() -> None:
    made = document(3)
    made.toggle(100)
    grown = thread(4, unread=(3,))
    made.show(grown)
    assert shape(made) == "sOfOO"
    assert made.current == 100


def test_a_message_that_is_gone_takes_its_place_with_it() -> None:
    made = document(3)
    made.show(replace(thread(2), thrid=100))
    assert shape(made) == "sff"
    assert made.current == 101


def test_another_conversation_begins_anew() -> None:
    made = document(3)
    made.toggle_all()
    made.show(thread(3, thrid=200))
    assert shape(made) == "sffO"


def test_lines_are_found_by_their_number() -> None:
    made = document(3)
    made.set_content(102, body(102))
    texts = made.text()
    assert len(texts) == made.height
    for y, text in enumerate(texts):
        found = made.at(y)
        assert found is not None
        section, index = found
        assert section.line(index).text == text
    assert made.at(made.height) is None
    assert made.at(-1) is None


def test_a_missing_body_says_why() -> None:
    made = document(1)
    assert "Loading" not in "\n".join(made.text())
    made.set_content(100, Waiting.LOADING)
    assert "Loading" in "\n".join(made.text())
    made.set_content(100, Waiting.OFFLINE)
    assert "connection is back" in "\n".join(made.text())


# -- heads --------------------------------------------------------------------------------------------------


def test_dates_say_no_more_than_needed() -> None:
    assert short_date(NOW - MINUTE, NOW, UTC) == "09:11"
    assert short_date(NOW - 5 * DAY, NOW, UTC) == "Mon 16 Nov"
    assert short_date(NOW - 800 * DAY, NOW, UTC) == "Thu 12 Sep 2024"
    assert long_date(NOW - 3 * MINUTE, NOW, UTC) == "09:09, 3 min ago"
    assert long_date(NOW - 5 * DAY, NOW, UTC) == "Mon 16 Nov, 09:12, 5 days ago"
    assert long_date(10**20, NOW, UTC)


def test_people_are_short_and_me_comes_first() -> None:
    people = [
        Address("Lin Wei", "lin@x.example"),
        Address("Ada Lovelace", ME.upper()),
        Address("", "bob@x.example"),
    ]
    assert show_people(people, ME) == "me, Lin, bob"
    crowd = [Address(f"P{n} Q", f"p{n}@x.example") for n in range(9)]
    assert show_people(crowd, ME) == "P0, P1, P2, P3 and 5 more"


@pytest.mark.parametrize("width", [16, 30, 60, 88])
def test_heads_fit_their_width(width: int) -> None:
    hostile = replace(
        message(1),
        sender=Address("A very long name that goes on and on and on and on", "x" * 200 + "@y.example"),
        to=tuple(Address(f"Person {n}", f"p{n}@x.example") for n in range(50)),
        cc=(Address("日本語", "n@x.example"),),
        reply_to=(Address("", "elsewhere@evil.example"),),
        flags=frozenset({"\\Flagged"}),
        place=Role.SPAM,
    )
    lines = [line.text for line in head_lines(hostile, width, ME, NOW, UTC)]
    assert "in spam" in "\n".join(lines)
    assert cell_len(lines[0].rstrip()) <= max(width, 24)


# -- on the screen ------------------------------------------------------------------------------------------


class ReaderStage(Stage):
    """Remembers what the reader asked for."""

    def __init__(self, bodies: dict[int, Body] | None = None) -> None:
        self.seen: list[object] = []
        known = bodies or {}
        self.reader = Reader(owner=ME, now=lambda: NOW, zone=UTC, body=known.get, id="reader")
        super().__init__(widget=lambda: self.reader)

    def on_body_wanted(self, event: BodyWanted) -> None:
        self.seen.append(("body", event.msgid))

    def on_link_opened(self, event: LinkOpened) -> None:
        self.seen.append(("link", event.url))

    def on_command_chosen(self, event: CommandChosen) -> None:
        self.seen.append(("command", event.command_id))

    def on_reader_changed(self, event: Reader.Changed) -> None:
        self.seen.append(("unfolded", event.unfolded))


def shown(app: ReaderStage) -> list[str]:
    page = app.reader.page
    return [page.render_line(y).text.rstrip() for y in range(page.size.height)]


async def test_a_body_that_is_not_there_is_wanted_once_and_shown_when_it_comes() -> None:
    app = ReaderStage()
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(2))
        await pilot.pause()
        app.reader.show(thread(2))
        await pilot.pause()
        assert app.seen == [("body", 101)]
        app.reader.show_body(body(101, "Here it is."))
        await pilot.pause()
        assert any("Here it is." in line for line in shown(app))


async def test_a_failure_is_said_and_asked_for_again() -> None:
    app = ReaderStage()
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        app.reader.show_failure(100, "It is gone", "Gmail has no such message", "Look in the trash")
        await pilot.pause()
        text = "\n".join(shown(app))
        assert "It is gone" in text
        assert "Look in the trash" in text
        app.reader.toggle_message()
        await pilot.pause()
        assert app.seen.count(("body", 100)) == 2
        assert app.reader.open_messages()


async def test_stored_bodies_are_there_in_the_first_frame() -> None:
    app = ReaderStage({101: body(101, "Stored.")})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(2))
        assert any("Stored." in line for line in app.reader.document.text())
        await pilot.pause()
        assert app.seen == []


async def test_next_and_previous_message_and_opening() -> None:
    app = ReaderStage({100 + n: body(100 + n) for n in range(7)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(7))
        await pilot.pause()
        assert not app.reader.next_message()
        assert app.reader.previous_message()
        assert app.reader.message is not None
        assert app.reader.message.msgid == 105
        app.reader.toggle_message()
        await pilot.pause()
        assert ("unfolded", 105) in app.seen
        assert any("line 0 of 105" in line for line in shown(app))


async def test_an_unread_message_below_is_brought_to_the_top() -> None:
    bodies = {100 + n: body(100 + n, lines=60) for n in range(3)}
    app = ReaderStage(bodies)
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(
            Thread(100, "B", (message(0, is_read=False), message(1), message(2, is_read=False)), ())
        )
        await pilot.pause()
        assert app.reader.page.scroll_y == 0
        app.reader.next_message()
        app.reader.next_message()
        await pilot.pause()
        assert any("Ada Byron" in line for line in shown(app))


async def test_the_place_is_kept_when_a_message_above_opens() -> None:
    bodies = {100 + n: body(100 + n, lines=40) for n in range(4)}
    app = ReaderStage(bodies)
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(4))
        await pilot.pause()
        app.reader.scroll_lines(12)
        await pilot.pause()
        before = shown(app)
        app.reader.page.keep_place(lambda: app.reader.document.toggle(100))
        await pilot.pause()
        assert shown(app) == before


async def test_everything_opens_by_one_verb_and_wants_its_bodies() -> None:
    app = ReaderStage()
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(5))
        assert app.reader.toggle_all()
        await pilot.pause()
        assert set(app.seen) >= {("body", msgid) for msgid in range(100, 105)}


async def test_quotations_open_and_close() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, (Span("Yes."),)),
        Block(BlockKind.PARAGRAPH, (Span("\n".join(f"quoted {n}" for n in range(9))),), quote=1),
    )
    app = ReaderStage({100: Body(100, blocks)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        assert any("9 quoted lines" in line for line in shown(app))
        assert app.reader.toggle_quotes()
        assert any("quoted 8" in line for line in app.reader.document.text())
        assert not app.reader.toggle_quotes()
        y = next(y for y, line in enumerate(shown(app)) if "9 quoted lines" in line)
        await pilot.click(ReaderPage, offset=(8, y))
        assert any("quoted 8" in line for line in app.reader.document.text())


async def test_clicks_open_messages_links_and_attachments() -> None:
    link = Link("https://docs.example.org/x", "docs.example.org", "the sheet")
    value = Body(101, (Block(BlockKind.PARAGRAPH, (Span("the sheet", link=0),)),), (link,))
    app = ReaderStage({100: body(100), 101: value})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(2))
        await pilot.pause()
        y = next(y for y, line in enumerate(shown(app)) if "the sheet" in line)
        await pilot.click(ReaderPage, offset=(8, y))
        assert ("link", "https://docs.example.org/x") in app.seen
        y = next(y for y, line in enumerate(shown(app)) if "snippet 0" in line)
        await pilot.click(ReaderPage, offset=(20, y))
        await pilot.pause()
        assert any("line 0 of 100" in line for line in shown(app))


async def test_finding_goes_round_and_says_where() -> None:
    app = ReaderStage({100: body(100, lines=200)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        app.reader.find()
        await pilot.press(*"line 19")
        await pilot.pause()
        count = str(app.reader.query_one("#find-count").render())
        assert count == "1 of 11 places"
        await pilot.press("enter")
        assert app.reader.page.hit == 1
        assert any("line 190" in line for line in shown(app))
        await pilot.press("up", "up")
        assert app.reader.page.hit == 10
        await pilot.press(*"zzz")
        assert str(app.reader.query_one("#find-count").render()) == "not found"
        await pilot.press("escape")
        assert not app.reader.has_class("-finding")
        assert app.focused is app.reader.page


async def test_selected_text_is_copied_with_its_paragraphs_whole() -> None:
    app = ReaderStage({100: body(100, "word " * 40 + "\nsecond")})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        first = next(y for y, line in enumerate(shown(app)) if "word" in line)
        last = next(y for y, line in enumerate(shown(app)) if "second" in line)
        selected = app.reader.page.get_selection(Selection(Offset(5, first), Offset(11, last)))
        assert selected is not None
        assert selected[0] == "word " * 39 + "word\nsecond"


@pytest.mark.parametrize("size", [(20, 5), (3, 2), (300, 90)])
async def test_any_window_is_survived(size: tuple[int, int]) -> None:
    app = ReaderStage({100 + n: body(100 + n) for n in range(7)})
    async with app.run_test(size=size) as pilot:
        app.reader.show(thread(7))
        app.reader.toggle_all()
        app.reader.to_bottom()
        app.reader.find()
        await pilot.press(*"line", "enter", "escape")
        app.reader.to_top()
        app.reader.show(None)
        await pilot.pause()


async def test_a_narrower_window_keeps_the_place() -> None:
    app = ReaderStage({100: body(100, lines=300)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        app.reader.scroll_lines(100)
        await pilot.pause()
        before = shown(app)[0].strip()
        await pilot.resize_terminal(70, 24)
        await pilot.pause()
        assert shown(app)[0].strip() == before


async def test_nothing_open_says_so() -> None:
    app = ReaderStage()
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(None, placeholder="Nothing here")
        await pilot.pause()
        assert any("Nothing here" in line for line in shown(app))


# -- size ---------------------------------------------------------------------------------------------------


def _timed(act: Callable[[], object]) -> float:
    started = time.thread_time()
    act()
    return time.thread_time() - started


async def test_a_long_conversation_and_a_megabyte_stay_quick() -> None:
    huge = "wörd " * 200_000
    bodies = {100 + n: body(100 + n, lines=50) for n in range(25)} | {124: body(124, huge)}
    app = ReaderStage(bodies)
    async with app.run_test(size=(120, 40)) as pilot:
        assert _timed(lambda: app.reader.show(thread(25))) < 0.5
        assert _timed(lambda: shown(app)) < 0.5
        assert _timed(app.reader.toggle_all) < 1.0
        await pilot.pause()
        # The rest is laid out in slices, between which keys are answered.
        while not app.reader.document.is_complete:
            await pilot.pause(0.01)
        app.reader.to_bottom()
        await pilot.pause()
        assert app.reader.is_at_end
        assert app.reader.document.height > 12_000


# -- who it is from -----------------------------------------------------------------------------------------

FALSE = Address("PayPal Customer Service <service@paypal.com>", "x7@attacker-mail-domain.example")
LONG = Address(
    "The Committee for the Preparation of the Yearly Assembly", "committee.assembly@lists.example.org"
)
SENDERS = (ADA, FALSE, LONG, Address("", "bare@x.example"), Address("ש" * 60, "he@mail.example.co.il"))


@pytest.mark.parametrize("width", [34, 44, 60, 74, 82, 120])
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("starred", [False, True])
def test_the_real_address_is_in_the_head_at_every_width(width: int, sender: Address, starred: bool) -> None:
    flags = frozenset({"\\Flagged"}) if starred else frozenset()
    lines = head_lines(message(3, sender=sender, flags=flags), width, ME, NOW, UTC)
    text = "\n".join(line.text for line in lines)
    seen = sender.email if len(sender.email) + 4 <= width else sender.email.partition("@")[2]
    assert seen in text.replace("\u200e", "")
    assert all(cell_len(line.text) <= width for line in lines)


@pytest.mark.parametrize("width", [44, 74, 120])
def test_a_name_that_is_anothers_address_is_said_to_be_a_claim(width: int) -> None:
    lines = head_lines(message(3, sender=FALSE), width, ME, NOW, UTC)
    claim = next(piece for line in lines for piece in line.pieces if "PayPal" in piece.text)
    assert claim.ink is Ink.WARNING
    assert "calls itself" in claim.text
    assert "PayPal" not in lines[0].text


def test_an_address_too_long_for_the_line_keeps_its_domain() -> None:
    long = Address("", "a" * 90 + "@evil.example")
    lines = head_lines(message(3, sender=long), 60, ME, NOW, UTC)
    assert "@evil.example" in lines[0].text


DETAILS = Details(
    sender=FALSE,
    sent_by=Address("", "bounce@mailer.example"),
    reply_to=(Address("", "answers@elsewhere.example"),),
    date="Thu, 22 Oct 2026 09:12:00 +0000",
    mailed_by="mailer.example",
    signed_by="attacker-mail-domain.example",
    verdicts=(Verdict("spf", "pass", "mailer.example"), Verdict("dmarc", "fail", "paypal.com")),
    is_encrypted=False,
    list_id="news.example.org",
    unsubscribe=Unsubscribe("https://leave.example.org/u?1", is_one_click=True),
    message_id="abc@x.example",
)


@pytest.mark.parametrize("width", [30, 74, 120])
def test_details_say_who_vouches_for_it_within_the_width(width: int) -> None:
    value = replace(body(100), details=DETAILS)
    lines = details_lines(message(0), value, width, UTC)
    assert all(cell_len(line.text) <= width for line in lines)
    joined = " ".join(" ".join(line.text for line in lines).split())
    for words in ("x7@attacker-mail-domain.example", "answers@elsewhere.example", "mailer.example"):
        assert words in joined.replace(" ", "") or words in joined
    failed = next(piece for line in lines for piece in line.pieces if "DMARC" in piece.text)
    assert failed.ink is Ink.WARNING
    assert "without encryption" in joined
    assert "Gmail id" in joined


async def test_details_come_and_go_with_one_verb_and_end_with_the_conversation() -> None:
    app = ReaderStage({100: replace(body(100), details=DETAILS)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        assert not any("signed by" in line for line in shown(app))
        assert app.reader.toggle_details()
        assert any("signed by" in line for line in shown(app))
        assert not app.reader.toggle_details()
        app.reader.toggle_details()
        app.reader.show(replace(thread(1), thrid=7))
        assert not any("signed by" in line for line in shown(app))


async def test_how_to_unsubscribe_stands_below_and_is_clicked() -> None:
    app = ReaderStage({100: replace(body(100), details=DETAILS)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        y = next(y for y, line in enumerate(shown(app)) if "leave.example.org" in line)
        await pilot.click(ReaderPage, offset=(8, y))
        assert ("command", "unsubscribe") in app.seen


async def test_a_late_answer_for_a_form_that_is_no_longer_wanted_is_passed_over() -> None:
    app = ReaderStage({100: body(100)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        app.reader.show_form("1.1")
        app.reader.show_form("1.2")
        app.reader.show_body(body(100, "the first"), "1.1")
        app.reader.show_body(body(100, "as before"), "")
        assert not any("the first" in line or "as before" in line for line in shown(app))
        app.reader.show_body(body(100, "the second"), "1.2")
        assert any("the second" in line for line in shown(app))


async def test_that_keys_mean_one_message_is_seen_in_its_head() -> None:
    app = ReaderStage({101: body(101)})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(2))
        await pilot.pause()
        app.reader.set_message_only(True)
        assert any("this message only" in line for line in shown(app))
        app.reader.set_message_only(False)
        assert not any("this message only" in line for line in shown(app))


async def test_selected_text_is_seen() -> None:
    app = ReaderStage({100: body(100, "to be selected")})
    async with app.run_test(size=SIZE) as pilot:
        app.reader.show(thread(1))
        await pilot.pause()
        y = next(y for y, line in enumerate(shown(app)) if "to be selected" in line)
        app.screen.selections = {app.reader.page: Selection(Offset(0, y), Offset(60, y))}
        await pilot.pause()
        marked = [segment.style for segment in app.reader.page.render_line(y) if "selected" in segment.text]
        assert marked
        for style in marked:
            assert style is not None
            assert style.color is not None
            assert style.bgcolor is not None
            pair = style.color.get_truecolor(), style.bgcolor.get_truecolor(foreground=False)
            assert contrast(*pair) >= 4.5


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """WCAG 2.2's ratio of two colours' luminances."""

    def luminance(colour: ColorTriplet) -> float:
        parts = (value / 255 for value in colour)
        red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("width", [20, 34, 44, 76, 120])
def test_no_line_of_files_or_notes_is_wider_than_asked(width: int) -> None:
    kinds = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/png",
        "application/x-gzip",
    )
    names = ("a.gz", "文" * 40 + ".docx", "A name that is long and goes on and on for a while.pdf", "")
    for kind in kinds:
        for name in names:
            pieces = attachment_pieces(Attachment("2", name, kind, 4711), width, UNICODE)
            assert sum(cell_len(piece.text) for piece in pieces) <= width
            assert any("5 kB" in piece.text for piece in pieces)
    answers = (Address("", "one." * 30 + "@answers.example.org"), Address("", "two@answers.example.org"))
    odd = message(1, reply_to=answers, place=Role.TRASH, labels=frozenset({"\\Draft"}))
    lines = head_lines(odd, width, ME, NOW, UTC)
    assert all(cell_len(line.text) <= width for line in lines)
    assert any(line.text.endswith("example.org") for line in lines)
